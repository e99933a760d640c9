import GitModel

/// Numbers as reports write them, read from bytes that a zero byte ends: never a rounded one.
enum Decimal {
  /// The number that decimal digits at the cursor spell, the cursor behind them; nil for none and
  /// for more than twelve.
  @inline(__always)
  static func digits(_ cursor: inout UnsafePointer<UInt8>) -> Int? {
    let start = cursor
    var number = 0
    while cursor.pointee.isASCIIDigit {
      guard cursor - start < 12 else { return nil }
      number = number &* 10 &+ Int(cursor.pointee &- UInt8(ascii: "0"))
      cursor += 1
    }
    return cursor == start ? nil : number
  }

  /// Whether a hit count is more than zero. Counts beyond 64 bits are seen, and `1.0` and `1e3` are
  /// written by some (SPECS.md 1, rule 4); nil for what is no such number, a negative one included.
  static func isPositive(_ start: UnsafePointer<UInt8>) -> Bool? {
    var cursor = start
    var isPositive = false
    var hasDigits = false
    func skipDigits() {
      while cursor.pointee.isASCIIDigit {
        if cursor.pointee != UInt8(ascii: "0") { isPositive = true }
        hasDigits = true
        cursor += 1
      }
    }
    skipDigits()
    guard hasDigits else { return nil }
    if cursor.pointee == UInt8(ascii: ".") {
      cursor += 1
      skipDigits()
    }
    if cursor.pointee | 0x20 == UInt8(ascii: "e") {
      cursor += 1
      if cursor.pointee == UInt8(ascii: "+") || cursor.pointee == UInt8(ascii: "-") { cursor += 1 }
      guard digits(&cursor) != nil else { return nil }
    }
    return cursor.pointee == 0 ? isPositive : nil
  }

  /// The number that all of the text spells in at most twelve decimal digits; nil for anything else.
  static func count(_ text: BytesSlice) -> Int? {
    guard (1...12).contains(text.count) else { return nil }
    var number = 0
    for digit in text {
      guard digit.isASCIIDigit else { return nil }
      number = number &* 10 &+ Int(digit &- UInt8(ascii: "0"))
    }
    return number
  }

  /// A line number, 0 to `CoveredLines.limit`; nil for anything else.
  static func line(_ text: BytesSlice) -> Int? {
    count(text).flatMap { $0 <= CoveredLines.limit ? $0 : nil }
  }

  /// Whether a hit count is more than zero; nil for what is none.
  static func isPositive(_ text: BytesSlice) -> Bool? {
    if let count = count(text) { return count > 0 }
    guard !text.contains(0) else { return nil }
    return (Bytes(text) + [0]).withUnsafeBufferPointer { bytes in
      bytes.baseAddress.flatMap { isPositive($0) }
    }
  }
}

extension XMLValue {
  /// A line number in decimal digits; nil for anything else and beyond the largest line.
  @inline(__always)
  var lineNumber: Int? {
    guard let number = count, number <= CoveredLines.limit else { return nil }
    return number
  }

  /// A count in at most twelve decimal digits; nil for anything else.
  @inline(__always)
  var count: Int? {
    var cursor = start
    guard let number = Decimal.digits(&cursor), cursor.pointee == 0 else { return nil }
    return number
  }

  /// Whether a hit count is more than zero; nil for what is none.
  var isPositive: Bool? { Decimal.isPositive(start) }

  /// The refusal of a value that makes no sense.
  func refusal(as what: String) -> XMLRefusal {
    XMLRefusal(words: "gives '\(bytes(limit: 40).printable)' as a \(what)")
  }
}
