internal import GitModel

/// What a TZif file holds (RFC 9636, versions 1 to 4): when the clocks of a place changed, to what,
/// and the rule for the time after the last change that is written down.
struct ZoneFile: Hashable, Sendable {
  /// Seconds since 1970, strictly ascending.
  var transitions: [Int64] = []
  /// For each transition, which of `types` holds from it on.
  var typeIndexes: [Int] = []
  /// At least one; the first holds before the first transition.
  var types: [LocalTimeType] = []
  /// What holds after the last transition; nil when the file does not say.
  var rule: ZoneRule?

  /// How far local time is from UTC, and what that is called.
  struct LocalTimeType: Hashable, Sendable {
    /// Seconds east of UTC.
    let offset: Int
    /// `GMT`, `BST`, `+0530`.
    let abbreviation: String
  }

  /// The largest file that is read. The largest of the real ones has some 4,000 bytes.
  static let maximumSize = 1 << 18

  /// Offsets beyond these are not to be written (RFC 9636, 3.2).
  static let offsets = -89_999...93_599

  init(_ bytes: Bytes) throws(ZoneFault) {
    guard bytes.count <= Self.maximumSize else { throw ZoneFault("the zone file is too large") }
    var cursor = Cursor(bytes: bytes)
    var header = try Header(&cursor)
    guard header.version > 1 else {
      try readBlock(header, timeSize: 4, &cursor)
      return
    }
    // Versions 2 and up repeat everything with 64 bits; the first block is for old readers.
    _ = try cursor.take(header.blockSize(timeSize: 4))
    let version = header.version
    header = try Header(&cursor)
    guard header.version == version else { throw ZoneFault("the zone file has two versions") }
    try readBlock(header, timeSize: 8, &cursor)
    try readFooter(version: version, &cursor)
  }

  private mutating func readBlock(
    _ header: Header, timeSize: Int, _ cursor: inout Cursor
  ) throws(ZoneFault) {
    guard header.leaps == 0 else {
      throw ZoneFault("the zone file counts leap seconds, which POSIX time does not")
    }
    guard header.types > 0, header.types <= 256, header.characters > 0,
      header.utcFlags == 0 || header.utcFlags == header.types,
      header.standardFlags == 0 || header.standardFlags == header.types
    else { throw ZoneFault("the zone file has counts that do not agree") }

    let times = try cursor.take(header.transitions * timeSize)
    let indexes = try cursor.take(header.transitions)
    let records = try cursor.take(header.types * 6)
    let names = try cursor.take(header.characters)
    _ = try cursor.take(header.leaps * (timeSize + 4) + header.standardFlags + header.utcFlags)

    for number in 0..<header.transitions {
      let first = times.startIndex + number * timeSize
      let time = Self.signed(times[first..<first + timeSize])
      if let last = transitions.last, last >= time {
        throw ZoneFault("the zone file has changes out of order")
      }
      transitions.append(time)
    }
    typeIndexes = indexes.map { Int($0) }
    guard typeIndexes.allSatisfy({ $0 < header.types }) else {
      throw ZoneFault("the zone file points at a kind of time that it does not have")
    }
    for number in 0..<header.types {
      let first = records.startIndex + number * 6
      let offset = Int(Self.signed(records[first..<first + 4]))
      guard Self.offsets ~= offset, records[first + 4] <= 1 else {
        throw ZoneFault("the zone file has a kind of time that cannot be")
      }
      let tail = names.dropFirst(Int(records[first + 5]))
      guard let end = tail.firstIndex(of: 0) else {
        throw ZoneFault("the zone file has an abbreviation without an end")
      }
      types.append(
        LocalTimeType(offset: offset, abbreviation: try Self.abbreviation(tail[..<end])))
    }
  }

  private mutating func readFooter(
    version: Int, _ cursor: inout Cursor
  ) throws(ZoneFault) {
    let newline = UInt8(ascii: "\n")
    let footer = cursor.rest
    guard footer.count >= 2, footer.first == newline, footer.last == newline else {
      throw ZoneFault("the zone file has no footer")
    }
    let text = footer.dropFirst().dropLast()
    if !text.isEmpty { rule = try ZoneRule(text, extended: version >= 3) }
  }

  /// The names of kinds of time are printed, so they are held to what RFC 9636 allows them.
  static func abbreviation(_ bytes: BytesSlice) throws(ZoneFault) -> String {
    let isFit = bytes.allSatisfy {
      $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
    }
    guard isFit, 1...16 ~= bytes.count else {
      throw ZoneFault("the zone file has an abbreviation that cannot be")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A big-endian two's complement number of 4 or 8 bytes.
  private static func signed(_ bytes: BytesSlice) -> Int64 {
    let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return bytes.count == 4
      ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(truncatingIfNeeded: bits)
  }
}

/// The 44 bytes that stand before each block.
private struct Header {
  let version: Int
  let utcFlags: Int
  let standardFlags: Int
  let leaps: Int
  let transitions: Int
  let types: Int
  let characters: Int

  init(_ cursor: inout Cursor) throws(ZoneFault) {
    guard try cursor.take(4).elementsEqual("TZif".utf8) else {
      throw ZoneFault("the zone file is no TZif file")
    }
    switch try cursor.take(1).first {
    case 0: version = 1
    case UInt8(ascii: "2"): version = 2
    case UInt8(ascii: "3"): version = 3
    case UInt8(ascii: "4"): version = 4
    default: throw ZoneFault("the zone file has a version that gitrel does not know")
    }
    _ = try cursor.take(15)
    utcFlags = try cursor.count()
    standardFlags = try cursor.count()
    leaps = try cursor.count()
    transitions = try cursor.count()
    types = try cursor.count()
    characters = try cursor.count()
  }

  func blockSize(timeSize: Int) -> Int {
    transitions * (timeSize + 1) + types * 6 + characters + leaps * (timeSize + 4)
      + standardFlags + utcFlags
  }
}

/// Reads on in bytes and never beyond them.
private struct Cursor {
  let bytes: Bytes
  var position = 0

  var rest: BytesSlice { bytes[position...] }

  mutating func take(_ count: Int) throws(ZoneFault) -> BytesSlice {
    guard count >= 0, count <= bytes.count - position else {
      throw ZoneFault("the zone file is cut short")
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// A big-endian count of 4 bytes; below 2^32, so that sums of products of them do not overflow.
  mutating func count() throws(ZoneFault) -> Int {
    try take(4).reduce(0) { $0 << 8 | Int($1) }
  }
}
