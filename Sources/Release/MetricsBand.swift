/// Where a figure stands among those of other teams: the levels of the survey of DORA, "Accelerate State
/// of DevOps Report 2023", the last whose four levels keep one order in every key. It has none for rework.
///
/// What is worse than the table's medium is low, also where the table has the same figure for both (frequency, lead
/// time) or none (recovery between a week and a month): docs/metrics.md has the tables of the years.
public enum MetricsBand: String, Hashable, Sendable, CaseIterable {
  case elite, high, medium, low

  /// How the source of the levels is told.
  public static let source = "DORA's Accelerate State of DevOps Report 2023"

  /// Some spans, in seconds.
  public static let (hour, day, week): (Int64, Int64, Int64) = (3600, 86_400, 604_800)
  /// A twelfth of 365.25 days.
  public static let month: Int64 = 2_629_800

  /// So many releases in so many seconds: at least one a day, a week, a month.
  public static func frequency(_ releases: Int, in seconds: Int64) -> MetricsBand? {
    guard seconds > 0 else { return nil }
    func isOnce(in span: Int64) -> Bool { Int128(releases) * Int128(span) >= Int128(seconds) }
    if isOnce(in: day) { return .elite }
    if isOnce(in: week) { return .high }
    return isOnce(in: month) ? .medium : .low
  }

  /// The median from commit to release: below a day, to a week, to a month.
  public static func leadTime(_ seconds: Int64) -> MetricsBand {
    if seconds < day { return .elite }
    if seconds <= week { return .high }
    return seconds <= month ? .medium : .low
  }

  /// So many failures of so many releases: to 5 %, to 10 %, to 15 %.
  public static func failureRate(_ failed: Int, of releases: Int) -> MetricsBand? {
    guard releases > 0 else { return nil }
    func isBelow(_ percent: Int) -> Bool { failed * 100 <= releases * percent }
    if isBelow(5) { return .elite }
    if isBelow(10) { return .high }
    return isBelow(15) ? .medium : .low
  }

  /// The median from failure to recovery: below an hour, below a day, to a week.
  public static func recovery(_ seconds: Int64) -> MetricsBand {
    if seconds < hour { return .elite }
    if seconds < day { return .high }
    return seconds <= week ? .medium : .low
  }
}
