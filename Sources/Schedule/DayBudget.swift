internal import GitModel

/// How many days may be looked at to work out the rules of one iCalendar file: a small file can ask for very
/// many, and a push does not wait for them.
struct DayBudget {
  /// In all; more where days are held against long lists.
  static let maximum = 1_000_000

  private var left = maximum

  /// Takes `days` away for the rule on `line`.
  mutating func spend(_ days: Int, on line: ICSLine) throws(ICSFault) {
    left -= days
    guard left >= 0 else {
      throw ICSFault(
        "`RRULE:\(line.value.prefix(80).printable)` is too much: for the rules of a file \(Self.maximum) days at most are looked at",
        line: line.line)
    }
  }
}
