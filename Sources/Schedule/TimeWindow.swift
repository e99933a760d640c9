/// Hours of some days: those of every week, some of a month, or days that come once.
public struct TimeWindow: Hashable, Sendable {
  /// The days that the hours start on.
  public enum Start: Hashable, Sendable {
    /// Days that come again.
    case days(Days)
    /// Days that come once.
    case dates(Dates)
  }

  /// The days that the hours start on.
  public let days: Start
  /// The hours; those after midnight fall on the day after.
  public let hours: HourRange
  /// What a refusal says, when the policy gives a reason.
  public let reason: String?

  /// A window on `days` at `hours`.
  public init(days: Start, hours: HourRange, reason: String? = nil) {
    (self.days, self.hours, self.reason) = (days, hours, reason)
  }

  /// A window on days that come again.
  public init(days: Days, hours: HourRange, reason: String? = nil) {
    self.init(days: .days(days), hours: hours, reason: reason)
  }

  /// The window as a policy writes it: `days` as `Mon-Thu`, `hours` as `09:00-16:00`.
  public init(days: String, hours: String, reason: String? = nil) throws(ScheduleFault) {
    try self.init(days: Days(days), hours: HourRange(hours), reason: reason)
  }

  /// The same with `dates` as a policy lists them; without `hours` it is the whole of each day.
  public init(dates: [String], hours: String?, reason: String? = nil) throws(ScheduleFault) {
    try self.init(
      days: .dates(Dates(dates)), hours: HourRange(hours ?? "00:00-24:00"), reason: reason)
  }

  /// Whether a wall clock that shows `local` shows a time of this window.
  public func contains(_ local: LocalDateTime) -> Bool {
    let minute = local.secondOfDay / 60
    let start = hours.start.minutes
    let end = hours.end.minutes
    guard hours.crossesMidnight else {
      return start <= minute && minute < end && days.contains(local.date)
    }
    return start <= minute && days.contains(local.date)
      || minute < end && days.contains(local.date.adding(days: -1))
  }

  /// Whether it is there at all times.
  var isAlways: Bool {
    days == .days(.daily) && hours.start.minutes == 0 && hours.end.minutes == 1440
  }

  /// The first time after `local` at which the window starts or ends, in seconds of the wall clock.
  func nextEdge(after local: LocalDateTime) -> Int? {
    let now = local.wallSeconds
    let length = hours.end.minutes + (hours.crossesMidnight ? 1440 : 0)
    func edges(_ date: LocalDate) -> [Int] {
      [hours.start.minutes, length].map { date.daysSinceEpoch * 86_400 + $0 * 60 }
    }
    let near = [local.date.adding(days: -1), local.date].filter(days.contains)
    let later = days.first(from: local.date.adding(days: 1))
    return (near + [later].compactMap { $0 }).flatMap(edges).filter { $0 > now }.min()
  }
}

extension TimeWindow.Start: CustomStringConvertible {
  /// Whether `date` is one of the days.
  public func contains(_ date: LocalDate) -> Bool {
    switch self {
    case .days(let days): days.contains(date)
    case .dates(let dates): dates.contains(date)
    }
  }

  func first(from date: LocalDate) -> LocalDate? {
    switch self {
    case .days(let days): days.first(from: date)
    case .dates(let dates): dates.first(from: date)
    }
  }

  /// The days as a policy writes them.
  public var description: String {
    switch self {
    case .days(let days): days.description
    case .dates(let dates): dates.description
    }
  }
}

extension TimeWindow: CustomStringConvertible {
  /// The window as `Mon-Thu 09:00-16:00`.
  public var description: String { "\(days) \(hours)" }
}
