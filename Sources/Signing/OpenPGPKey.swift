internal import Crypto
public import GitModel

/// A public key of OpenPGP as a policy holds it: the armoured block that `gpg --export` writes, with
/// one primary key in it. What it may sign, and when, is for gpg to say.
public struct OpenPGPKey: Hashable, Sendable {
  /// The fingerprint of the primary key, 40 capital hexadecimal digits.
  public let fingerprint: String
  /// The packets, which gpg reads.
  public let packets: Bytes
  /// The block that was read.
  let armoured: Bytes
  /// The primary key and the subkeys by fingerprint, and why one does not count, if it does not.
  let parts: [String: SigningFault?]

  /// Reads an armoured block.
  public init(armoured text: BytesSlice) throws(SigningFault) {
    if text.starts(with: "-----BEGIN PGP PRIVATE KEY BLOCK-----".utf8) {
      throw SigningFault(
        "is a private key; take it away and make a new one: it is no secret any more")
    }
    packets = try OpenPGPArmour.decode(text, type: "PGP PUBLIC KEY BLOCK")
    var parts: [String: SigningFault?] = [:]
    var primary: String?
    for (index, packet) in try OpenPGPPacket.all(in: packets).enumerated() {
      switch packet.tag {
      case Self.primaryTag:
        guard index == 0 else { throw SigningFault("holds two keys; write one block for each") }
        let fingerprint = try Self.fingerprint(packet.body)
        primary = fingerprint
        parts[fingerprint] = try Self.weakness(packet.body)
      case Self.subkeyTag:
        parts[try Self.fingerprint(packet.body)] = try Self.weakness(packet.body)
      case 2, 12, 13, 17:  // signatures, trust, names and pictures
        guard primary != nil else { throw SigningFault("does not start with a public key") }
      default:
        throw SigningFault("holds a packet of type \(packet.tag), which no public key has")
      }
    }
    guard let primary else { throw SigningFault("does not start with a public key") }
    (fingerprint, armoured, self.parts) = (primary, Bytes(text), parts)
  }

  private static let primaryTag: UInt8 = 6
  private static let subkeyTag: UInt8 = 14

  /// SHA-1 of the packet as RFC 9580, 5.5.4.2 puts it; of version 4, which is what gpg 2.2 reads.
  private static func fingerprint(_ body: BytesSlice) throws(SigningFault) -> String {
    guard body.first == 4, body.count <= 0xFFFF else {
      throw SigningFault(
        "is a key of version \(body.first ?? 0), and version 4 is what is read here")
    }
    let head: [UInt8] = [0x99, UInt8(body.count >> 8), UInt8(body.count & 0xFF)]
    return Insecure.SHA1.hash(data: head + body).flatMap { [$0 >> 4, $0 & 15] }.map {
      String($0, radix: 16, uppercase: true)
    }.joined()
  }

  /// Why a signature by this key is not to count.
  private static func weakness(_ body: BytesSlice) throws(SigningFault) -> SigningFault? {
    var reader = WireReader(body)
    _ = try reader.bytes(5)
    switch try reader.byte() {
    case 1, 2, 3:
      let bits = Int(try reader.byte()) << 8 | Int(try reader.byte())
      let least = SSHPublicKey.modulusBits.lowerBound
      return bits >= least
        ? nil : SigningFault("is an RSA key of \(bits) bits, and fewer than \(least) are too weak")
    case 17: return SigningFault("is a DSA key, which is too weak")
    default: return nil
    }
  }
}

/// A signature of OpenPGP, read as far as it says that it is one and by whom.
struct OpenPGPSignature: Sendable {
  /// The one packet, which gpg reads.
  let packet: Bytes
  /// The fingerprint or the key id of who it says made it: the last 40 or 16 digits of one.
  let issuer: String?

  /// Reads an armoured signature: exactly one, detached, over bytes.
  init(armoured text: BytesSlice) throws(SigningFault) {
    guard text.count <= SSHSignature.maximumSize else {
      throw SigningFault("is larger than \(SSHSignature.maximumSize) bytes")
    }
    packet = try OpenPGPArmour.decode(text, type: "PGP SIGNATURE")
    let packets = try OpenPGPPacket.all(in: packet)
    guard let first = packets.first, packets.allSatisfy({ $0.tag == 2 }) else {
      throw SigningFault("holds something else than a signature")
    }
    guard packets.count == 1 else {
      throw SigningFault("holds \(packets.count) signatures, and one is what counts")
    }
    var reader = WireReader(first.body)
    let version = try reader.byte()
    guard version == 4 else {
      throw SigningFault("is of version \(version), and version 4 is what is read here")
    }
    guard try reader.byte() == 0 else {
      throw SigningFault(
        "is not made over bytes as they are (gpg --detach-sign without --textmode)")
    }
    _ = try reader.byte()
    let hash = try reader.byte()
    guard [8, 9, 10].contains(hash) else {
      let name = Self.hashes[hash] ?? "the algorithm \(hash)"
      throw SigningFault("hashes with \(name), and SHA-256, SHA-384 and SHA-512 are what counts")
    }
    var issuer: String?
    for _ in 0..<2 {
      let length = Int(try reader.byte()) << 8 | Int(try reader.byte())
      if let found = Self.issuer(in: try reader.bytes(length)) {
        issuer = [issuer, found].compactMap { $0 }.max { $0.count < $1.count }
      }
    }
    self.issuer = issuer
  }

  private static let hashes: [UInt8: String] = [
    1: "MD5", 2: "SHA-1", 3: "RIPEMD-160", 11: "SHA-224",
  ]

  /// The subpackets `Issuer Fingerprint` (33) and `Issuer Key ID` (16), as a hint only: gpg decides.
  private static func issuer(in area: BytesSlice) -> String? {
    var rest = area
    var found: String?
    while let first = rest.popFirst() {
      var length = Int(first)
      // Longer ones hold no issuer; gpg will read on.
      guard length < 192 else { return found }
      guard length > 0, rest.count >= length else { return found }
      let kind = rest.removeFirst()
      length -= 1
      let value = rest.prefix(length)
      rest = rest.dropFirst(length)
      if kind == 33, value.count == 21 { return hex(value.dropFirst()) }
      if kind == 16, value.count == 8 { found = hex(value) }
    }
    return found
  }

  private static func hex(_ bytes: BytesSlice) -> String {
    func digit(_ value: UInt8) -> UInt8 { value + UInt8(ascii: value < 10 ? "0" : "7") }
    var digits = Bytes()
    digits.reserveCapacity(2 * bytes.count)
    for byte in bytes {
      digits.append(digit(byte >> 4))
      digits.append(digit(byte & 15))
    }
    return String(decoding: digits, as: UTF8.self)
  }
}
