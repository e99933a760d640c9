public import GitModel

/// Files in one file, in the one spelling that gitrel writes: plain files of `ustar` (POSIX.1-1988), in
/// the order of their names, without owners or times. Equal content is equal bytes, and any tar unpacks
/// it.
///
/// Whatever is spelled otherwise is not read: so there is no name twice, no link, no path that leads out,
/// no size that two readers take for another, and nothing behind the end.
public struct TarArchive: Hashable, Sendable {
  /// One file.
  public struct Member: Hashable, Sendable {
    /// Its path: small and large letters, digits, `.`, `-`, `_` and `/`.
    public let name: String
    /// What it holds.
    public let content: Bytes

    /// A file.
    public init(_ name: String, _ content: Bytes) { (self.name, self.content) = (name, content) }
  }

  /// How many bytes an archive may have.
  public static let byteLimit = 64 << 20
  /// How many files it may hold.
  public static let memberLimit = 20_000
  private static let block = 512
  private static let nameLength = 100

  /// The files, in the order of their names.
  public let members: [Member]

  /// An archive of these files.
  ///
  /// - Throws: where a name cannot be written, or is there twice, or the whole would be too large.
  public init(_ members: [Member]) throws(EvidenceFault) {
    let sorted = members.sorted { Self.isBefore($0.name, $1.name) }
    for (member, next) in zip(sorted, sorted.dropFirst()) where member.name == next.name {
      throw EvidenceFault("the archive would hold \(member.name) twice")
    }
    for member in sorted where !Self.isProper(member.name) {
      throw EvidenceFault("the archive cannot hold `\(Bytes(member.name.utf8).printable)`")
    }
    let size = sorted.reduce(2 * Self.block) { $0 + Self.block + Self.padded($1.content.count) }
    guard sorted.count <= Self.memberLimit, size <= Self.byteLimit else {
      throw EvidenceFault(
        "the archive would have \(sorted.count) files and \(size) bytes; it has "
          + "\(Self.memberLimit) and \(Self.byteLimit) at most")
    }
    self.members = sorted
  }

  /// Reads an archive that gitrel wrote, all of it and nothing else.
  public init(parsing bytes: Bytes) throws(EvidenceFault) {
    guard bytes.count <= Self.byteLimit else {
      throw EvidenceFault("the archive has more than \(Self.byteLimit) bytes")
    }
    var members: [Member] = []
    var offset = 0
    while true {
      guard bytes.count - offset >= Self.block else {
        throw EvidenceFault(
          offset == 0
            ? "it is too short for an archive"
            : "the archive is cut off after \(members.count) files")
      }
      let header = bytes[offset..<offset + Self.block]
      offset += Self.block
      if header.allSatisfy({ $0 == 0 }) { break }
      guard members.count < Self.memberLimit else {
        throw EvidenceFault("the archive has more than \(Self.memberLimit) files")
      }
      let name = String(decoding: header.prefix(Self.nameLength).prefix { $0 != 0 }, as: UTF8.self)
      // What is written back must be what was read: no field says anything else.
      guard Self.isProper(name), let size = Self.size(in: header),
        header.elementsEqual(Self.header(name, size: size))
      else {
        throw EvidenceFault(
          "file \(members.count + 1) of the archive, `\(Bytes(name.utf8.prefix(60)).printable)`, is "
            + "none that gitrel wrote")
      }
      if let last = members.last, !Self.isBefore(last.name, name) {
        throw EvidenceFault(
          last.name == name
            ? "the archive holds \(name) twice" : "\(name) stands behind \(last.name)")
      }
      let end = offset + Self.padded(size)
      guard end <= bytes.count else { throw EvidenceFault("\(name) is cut off in the archive") }
      guard bytes[offset + size..<end].allSatisfy({ $0 == 0 }) else {
        throw EvidenceFault("something stands behind the end of \(name)")
      }
      members.append(Member(name, Bytes(bytes[offset..<offset + size])))
      offset = end
    }
    guard bytes.count == offset + Self.block, bytes[offset...].allSatisfy({ $0 == 0 }) else {
      throw EvidenceFault("the archive does not end as gitrel ends one")
    }
    self.members = members
  }

  /// The archive as it is written.
  public var encoded: Bytes {
    var out = Bytes()
    for member in members {
      out += Self.header(member.name, size: member.content.count)
      out += member.content
      out += repeatElement(0, count: Self.padded(member.content.count) - member.content.count)
    }
    return out + repeatElement(0, count: 2 * Self.block)
  }

  // MARK: - Names

  private static func isBefore(_ name: String, _ other: String) -> Bool {
    name.utf8.lexicographicallyPrecedes(other.utf8)
  }

  private static func isProper(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return name.utf8.count <= nameLength
      && name.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "-_./".utf8.contains($0) }
      && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }

  // MARK: - Headers

  private static func padded(_ size: Int) -> Int { (size + block - 1) / block * block }

  /// The size that a header states, in eleven octal digits; nil where it states none or more than is read.
  private static func size(in header: BytesSlice) -> Int? {
    let start = header.startIndex + 124
    let digits = header[start..<start + 11]
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }) else {
      return nil
    }
    let size = digits.reduce(0) { $0 << 3 | Int($1 - UInt8(ascii: "0")) }
    return size <= byteLimit ? size : nil
  }

  private static func octal(_ value: Int, _ width: Int) -> Bytes {
    let digits = String(value, radix: 8)
    return Bytes((String(repeating: "0", count: max(0, width - digits.count)) + digits).utf8)
  }

  /// The header of a plain file that everybody may read, of nobody, from the first second of 1970.
  private static func header(_ name: String, size: Int) -> Bytes {
    var header = Bytes(name.utf8)
    header += repeatElement(0, count: max(0, nameLength - header.count))
    for (value, width) in [(0o644, 7), (0, 7), (0, 7), (size, 11), (0, 11)] {
      header += octal(value, width) + [0]
    }
    let sumAt = header.count
    header += repeatElement(UInt8(ascii: " "), count: 8)
    header.append(UInt8(ascii: "0"))
    header += repeatElement(0, count: 100)
    header += "ustar".utf8
    header += [0] + "00".utf8
    header += repeatElement(0, count: 64)
    header += octal(0, 7) + [0] + octal(0, 7) + [0]
    header += repeatElement(0, count: block - header.count)
    let sum = header.reduce(0) { $0 + Int($1) }
    header.replaceSubrange(sumAt..<sumAt + 7, with: octal(sum, 6) + [0])
    return header
  }
}
