public import GitModel

/// Why a text of a calendar does not mean anything; the words are a clause for people and quote
/// the offending text.
public struct ScheduleFault: WordedFault, Hashable, Sendable, CustomStringConvertible {
  /// The clause, such as "`25:00` is not a time of day; write HH:MM, 00:00 to 24:00".
  public let words: String

  init(_ words: String) { self.words = words }

  /// The clause.
  public var description: String { words }
}

/// `text` between backquotes, never raw and never a novel.
func quoted(_ text: String) -> String {
  let longest = 40
  let bytes = Bytes(text.utf8.prefix(longest))
  return "`" + bytes.printable + (text.utf8.count > longest ? "..." : "") + "`"
}

/// The number that exactly these ASCII digits write, nil for anything else or for over 9 digits.
func number(_ digits: BytesSlice) -> Int? {
  guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy(\.isASCIIDigit) else { return nil }
  return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
}

/// `value` with at least `width` digits.
func padded(_ value: Int, _ width: Int = 2) -> String {
  let digits = String(value.magnitude)
  let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
  return (value < 0 ? "-" : "") + zeros + digits
}

extension Int {
  /// Division that rounds towards the past, and the remainder that goes with it (never negative
  /// for a positive divisor).
  func floorDivided(by divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
