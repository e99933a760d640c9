internal import GitModel

/// Reads what SSH sends over a wire (RFC 4251, 5). No length is believed before it is compared with
/// what is there.
struct WireReader {
  private var rest: BytesSlice

  init(_ bytes: BytesSlice) { rest = bytes }

  /// What was not read yet.
  var remaining: BytesSlice { rest }

  /// Nothing may follow the last part: what nobody reads can be changed unseen.
  func finish() throws(SigningFault) {
    guard rest.isEmpty else { throw SigningFault("has \(rest.count) bytes too many at its end") }
  }

  mutating func byte() throws(SigningFault) -> UInt8 {
    guard let byte = rest.popFirst() else { throw Self.cut }
    return byte
  }

  mutating func number() throws(SigningFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 { value = value << 8 | UInt32(try byte()) }
    return value
  }

  mutating func longNumber() throws(SigningFault) -> UInt64 {
    let high = try number()
    return UInt64(high) << 32 | UInt64(try number())
  }

  mutating func bytes(_ count: Int) throws(SigningFault) -> BytesSlice {
    guard rest.count >= count else { throw Self.cut }
    let part = rest.prefix(count)
    rest = rest.dropFirst(count)
    return part
  }

  mutating func string() throws(SigningFault) -> BytesSlice { try bytes(Int(try number())) }

  /// A whole number that is not negative, in as few bytes as there can be, without the zero that
  /// keeps its sign. A second spelling of one number would make two keys of one.
  mutating func magnitude() throws(SigningFault) -> BytesSlice {
    var digits = try string()
    guard let first = digits.first, first < 0x80 else {
      throw SigningFault("holds a number that is not positive")
    }
    if first == 0 {
      digits = digits.dropFirst()
      guard let next = digits.first, next >= 0x80 else {
        throw SigningFault("holds a number with zeros before it")
      }
    }
    return digits
  }

  private static let cut = SigningFault("is cut short")
}

/// Writes what `WireReader` reads.
struct WireWriter {
  private(set) var bytes: Bytes

  /// Starts with these bytes as they are.
  init(_ start: some Sequence<UInt8> = []) { bytes = Bytes(start) }

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func number(_ value: UInt32) {
    for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func raw(_ part: some Sequence<UInt8>) { bytes += part }

  mutating func string(_ part: some Collection<UInt8>) {
    number(UInt32(part.count))
    bytes += part
  }
}
