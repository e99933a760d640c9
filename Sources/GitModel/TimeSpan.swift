/// A span of time as somebody types it, counted back from a moment: `90d`, `12w`, `6 months ago`, `1 year`.
///
/// A whole number from 1 to 9999, and `d`, `day`, `w`, `week`, `month`, `y` or `year`, also with `s` where
/// it is a word; a space between them and `ago` behind them say nothing. There is no `m`, which could be a
/// minute.
public struct TimeSpan: Hashable, Sendable {
  private enum Unit: String, CaseIterable {
    case day, week, month, year
  }

  private let count: Int64
  private let unit: Unit

  /// Reads a span; nil when it is none.
  public init?(_ text: String) {
    var rest = Bytes(text.utf8)[...]
    let digits = rest.prefix { $0.isASCIIDigit }
    rest = rest.dropFirst(digits.count)
    guard (1...4).contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
    if rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
    var word = String(decoding: rest, as: UTF8.self)
    if word.hasSuffix(" ago") { word.removeLast(4) }
    let known = Unit.allCases.first { unit in
      let name = unit.rawValue
      return word == name || word == name + "s" || (unit != .month && word == name.prefix(1))
    }
    guard let known else { return nil }
    count = digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    unit = known
  }

  /// The moment so long before `instant`. Months and years are those of the calendar, in UTC: the same time
  /// of day on the same day of the month or, where there is none, on the last one.
  public func before(_ instant: Instant) -> Instant {
    switch unit {
    case .day: Instant(seconds: instant.seconds - count * 86_400)
    case .week: Instant(seconds: instant.seconds - count * 7 * 86_400)
    case .month: Self.months(count, before: instant)
    case .year: Self.months(count * 12, before: instant)
    }
  }

  private static func months(_ count: Int64, before instant: Instant) -> Instant {
    let (days, second) = Instant.floorDivide(instant.seconds, by: 86_400)
    let (year, month, day) = Instant.civil(days)
    let (wantedYear, wantedMonth) = Instant.floorDivide(year * 12 + month - 1 - count, by: 12)
    let first = Instant.daysBefore(year: wantedYear, month: wantedMonth + 1, day: 1)
    let next =
      wantedMonth == 11
      ? Instant.daysBefore(year: wantedYear + 1, month: 1, day: 1)
      : Instant.daysBefore(year: wantedYear, month: wantedMonth + 2, day: 1)
    return Instant(seconds: min(first + day - 1, next - 1) * 86_400 + second)
  }
}
