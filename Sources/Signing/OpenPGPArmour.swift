internal import GitModel

/// Reads the armour of OpenPGP (RFC 9580, 6.2) strictly: what gpg is given are the bytes that were
/// read here, so that no two readers can differ over the text.
enum OpenPGPArmour {
  /// The bytes of a block of `type`, such as `PGP SIGNATURE`; after it there is only white space.
  static func decode(_ text: BytesSlice, type: String) throws(SigningFault) -> Bytes {
    var lines = Lines(text)
    guard lines.next()?.elementsEqual("-----BEGIN \(type)-----".utf8) == true else {
      throw SigningFault("does not start with the line `-----BEGIN \(type)-----`")
    }
    while let line = lines.next(), !line.isEmpty {
      guard SignatureFormat.armourKeys.contains(where: { line.starts(with: $0.utf8) }) else {
        throw SigningFault("has the line `\(line.prefix(60).printable)` where its header ends")
      }
    }
    var base64 = Bytes()
    base64.reserveCapacity(text.count)
    var isSummed = false
    while true {
      guard let line = lines.next() else { throw SigningFault("has no end") }
      if line.first == UInt8(ascii: "-"), line.elementsEqual("-----END \(type)-----".utf8) { break }
      guard !isSummed else { throw SigningFault("goes on after its checksum") }
      // The checksum itself must not be looked at (6.1): what is signed is told by the signature.
      isSummed = line.first == UInt8(ascii: "=") && line.count == 5
      if !isSummed { base64 += line }
    }
    guard lines.allSatisfy(\.isEmpty) else {
      throw SigningFault("has text after its end, which nobody signed")
    }
    guard let bytes = Base64.decode(base64), !bytes.isEmpty else {
      throw SigningFault("is not whole: its lines are no Base64")
    }
    return bytes
  }

  /// The lines of a text, without white space at their ends.
  private struct Lines: Sequence, IteratorProtocol {
    private var rest: BytesSlice?

    init(_ text: BytesSlice) { rest = text }

    mutating func next() -> BytesSlice? {
      guard let text = rest else { return nil }
      var line = text
      if let end = text.firstIndex(of: UInt8(ascii: "\n")) {
        (line, rest) = (text[..<end], text[(end + 1)...])
      } else {
        rest = nil
      }
      while let last = line.last, last.isASCIISpace { line = line.dropLast() }
      return line
    }
  }
}

/// One packet of OpenPGP (RFC 9580, 4).
struct OpenPGPPacket {
  let tag: UInt8
  let body: BytesSlice

  /// The packets of a block. Lengths that are not known beforehand are for streams, and refused.
  static func all(in bytes: Bytes) throws(SigningFault) -> [OpenPGPPacket] {
    var reader = WireReader(bytes[...])
    var packets: [OpenPGPPacket] = []
    while !reader.remaining.isEmpty {
      let head = try reader.byte()
      guard head & 0x80 != 0 else { throw SigningFault("holds what is no OpenPGP packet") }
      let isNew = head & 0x40 != 0
      let length = isNew ? try newLength(&reader) : try oldLength(&reader, head & 3)
      let tag = isNew ? head & 0x3F : head >> 2 & 0xF
      packets.append(OpenPGPPacket(tag: tag, body: try reader.bytes(length)))
    }
    return packets
  }

  private static func newLength(_ reader: inout WireReader) throws(SigningFault) -> Int {
    let first = Int(try reader.byte())
    switch first {
    case 0..<192: return first
    case 192..<224: return (first - 192) << 8 + Int(try reader.byte()) + 192
    case 255: return Int(try reader.number())
    default: throw unknownLength
    }
  }

  private static func oldLength(
    _ reader: inout WireReader, _ kind: UInt8
  ) throws(SigningFault) -> Int {
    switch kind {
    case 0: return Int(try reader.byte())
    case 1: return Int(try reader.byte()) << 8 | Int(try reader.byte())
    case 2: return Int(try reader.number())
    default: throw unknownLength
    }
  }

  private static let unknownLength = SigningFault("holds a packet that does not say its length")
}
