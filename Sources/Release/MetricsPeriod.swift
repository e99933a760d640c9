public import GitModel

/// A month or a quarter of the calendar, in UTC.
public struct MetricsPeriod: Hashable, Sendable {
  /// How time is cut.
  public enum Length: String, Hashable, Sendable, CaseIterable {
    case month, quarter

    var months: Int { self == .month ? 1 : 3 }
  }

  /// `2026-11`, or `2026-Q4`.
  public let name: String
  /// The first moment that is looked at: its own, or a later one where less than all of it is.
  public let start: Instant
  /// The first moment that is not looked at any more.
  public let end: Instant
  /// Whether all of it is looked at.
  public let isWhole: Bool

  /// How many periods there are at most.
  public static let limit = 600

  /// The periods from `start` to `end`, the first and the last cut there; nil where there are more than
  /// `limit`, or the years do not have four digits.
  public static func all(
    _ length: Length, from start: Instant, to end: Instant
  ) -> [MetricsPeriod]? {
    guard start < end else { return [] }
    guard var (year, month) = civil(start) else { return nil }
    month -= (month - 1) % length.months
    var periods: [MetricsPeriod] = []
    while true {
      guard let first = instant(year, month) else { return nil }
      if first >= end { return periods }
      guard periods.count < limit else { return nil }
      let name =
        length == .month
        ? "\(year)-\(month < 10 ? "0" : "")\(month)" : "\(year)-Q\((month + 2) / 3)"
      month += length.months
      if month > 12 { (year, month) = (year + 1, 1) }
      guard let next = instant(year, month) else { return nil }
      periods.append(
        MetricsPeriod(
          name: name, start: max(first, start), end: min(next, end),
          isWhole: start <= first && next <= end))
    }
  }

  /// The start of so many periods up to the one that holds `instant`; nil where the years do not have four
  /// digits.
  public static func start(of count: Int, _ length: Length, until instant: Instant) -> Instant? {
    guard let (year, month) = civil(instant) else { return nil }
    let months = year * 12 + month - 1
    let first = months - months % length.months - (count - 1) * length.months
    return Self.instant(first / 12, first % 12 + 1)
  }

  private static func civil(_ instant: Instant) -> (year: Int, month: Int)? {
    let parts = instant.utcText.split(separator: "-")
    guard parts.count == 3, parts[0].utf8.count == 4, let year = Int(parts[0]),
      let month = Int(parts[1])
    else { return nil }
    return (year, month)
  }

  private static func instant(_ year: Int, _ month: Int) -> Instant? {
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    return Instant(utcText: Bytes("\(padded(year, 4))-\(padded(month, 2))-01T00:00:00Z".utf8))
  }
}
