public import GitModel

/// Hours that come back every week.
public struct WeeklyWindow: Hashable, Sendable {
  /// The days that the hours start on.
  public let days: Days
  /// The hours; those after midnight fall on the day after.
  public let hours: HourRange
  /// What a refusal says, when the policy gives a reason.
  public let reason: String?

  /// A window on `days` at `hours`.
  public init(days: Days, hours: HourRange, reason: String? = nil) {
    self.days = days
    self.hours = hours
    self.reason = reason
  }

  /// The window as a policy writes it: `days` as `Mon-Thu`, `hours` as `09:00-16:00`.
  public init(days: String, hours: String, reason: String? = nil) throws(ScheduleFault) {
    try self.init(days: Days(days), hours: HourRange(hours), reason: reason)
  }

  /// Whether a wall clock that shows `local` shows a time of this window.
  public func contains(_ local: LocalDateTime) -> Bool {
    contains(local.date.weekday, minute: local.secondOfDay / 60)
  }

  func contains(_ day: Weekday, minute: Int) -> Bool {
    let start = hours.start.minutes
    let end = hours.end.minutes
    guard hours.crossesMidnight else {
      return days.contains(day) && start <= minute && minute < end
    }
    return days.contains(day) && start <= minute || days.contains(day.previous) && minute < end
  }
}

extension WeeklyWindow: CustomStringConvertible {
  /// The window as `Mon-Thu 09:00-16:00`.
  public var description: String { "\(days) \(hours)" }
}

/// A time in which nothing goes out, whatever the windows say.
///
/// It has no holes: it runs from the first instant at which the clocks have reached `from` to the
/// last instant before they reach `until` for good, also when they are set back in between.
public struct Freeze: Hashable, Sendable {
  /// What the policy calls it.
  public let id: String
  /// When it begins.
  public let from: LocalDateTime
  /// When it is over.
  public let until: LocalDateTime
  /// What a refusal says.
  public let reason: String

  /// A freeze from `from` up to but not including `until`.
  public init(
    id: String, from: LocalDateTime, until: LocalDateTime, reason: String
  ) throws(ScheduleFault) {
    guard from < until else {
      throw ScheduleFault("the freeze \(quoted(id)) ends at \(until), not after its start \(from)")
    }
    self.id = id
    self.from = from
    self.until = until
    self.reason = reason
  }

  /// The freeze as a policy writes it: `from` and `until` as `2026-12-18T17:00`.
  public init(
    id: String, from: String, until: String, reason: String
  ) throws(ScheduleFault) {
    try self.init(
      id: id, from: LocalDateTime(from), until: LocalDateTime(until), reason: reason)
  }
}

/// When code may go out: windows of the week and freezes, on the wall clocks of one zone.
///
/// Deny beats allow; where there is any allow window, all time outside them is closed; freezes are
/// denies. An instant is inside a window exactly when the clocks show a time of the window, so an
/// hour that the clocks skip is no time, and an hour that they show twice counts twice.
public struct Calendar: Hashable, Sendable {
  /// What the policy calls it.
  public let name: String
  /// Whose clocks decide.
  public let zone: Zone
  /// The windows that are open; none means open at all times.
  public let allow: [WeeklyWindow]
  /// The windows that are closed, also inside `allow`.
  public let deny: [WeeklyWindow]
  /// The freezes, in any order; they may overlap.
  public let freezes: [Freeze]

  private let week: Week
  private let frozen: [FrozenSpan]

  /// A calendar of these windows and freezes.
  public init(
    name: String, zone: Zone, allow: [WeeklyWindow] = [], deny: [WeeklyWindow] = [],
    freezes: [Freeze] = []
  ) {
    self.name = name
    self.zone = zone
    self.allow = allow
    self.deny = deny
    self.freezes = freezes
    week = Week(allow: allow, deny: deny)
    frozen = freezes.map { FrozenSpan($0, in: zone) }
  }
}

/// Whether a calendar is open at an instant, and until when that holds.
public enum CalendarState: Hashable, Sendable {
  /// Open; `until` is the first instant that is closed, nil when none is in sight.
  case open(until: Instant?)
  /// Closed; `opensNext` is the first instant that is open, nil when none is in sight.
  case closed(ClosedCause, opensNext: Instant?)

  /// Whether it is open.
  public var isOpen: Bool {
    if case .open = self { true } else { false }
  }
}

/// Why a calendar is closed.
public enum ClosedCause: Hashable, Sendable {
  /// A freeze is on. Named before windows, as it lasts longer; of several, the one that ends last.
  case frozen(Freeze)
  /// A window of `deny` is on; the first one of the policy.
  case denied(WeeklyWindow)
  /// No window of `allow` is on.
  case outside
}

extension Calendar {
  /// Whether the windows leave no minute of the week open.
  public var neverOpens: Bool { !week.isOpen.contains(true) }

  /// Whether the calendar is open at `instant`, why not, and what comes next.
  public func state(at instant: Instant) -> CalendarState {
    let seconds = Zone.near(instant)
    guard let cause = closedCause(at: seconds) else {
      return .open(until: firstInstant(from: seconds, open: false))
    }
    return .closed(cause, opensNext: firstInstant(from: seconds, open: true))
  }

  /// The first instant at or after `instant` that is open; nil when there is none in sight. Nothing
  /// between the two is open.
  public func nextOpening(after instant: Instant) -> Instant? {
    firstInstant(from: Zone.near(instant), open: true)
  }

  private func closedCause(at seconds: Int64) -> ClosedCause? {
    let on = frozen.indices.filter { frozen[$0].contains(seconds) }
    if let longest = on.max(by: { frozen[$0].end < frozen[$1].end }) {
      return .frozen(freezes[longest])
    }
    let local = LocalDateTime(wallSeconds: Int(seconds) + zone.type(at: seconds).offset)
    if let window = deny.first(where: { $0.contains(local) }) { return .denied(window) }
    return allow.isEmpty || allow.contains { $0.contains(local) } ? nil : .outside
  }

  /// The first instant at or after `seconds` at which being open is `open`. It goes from boundary
  /// to boundary: between two changes of the clocks wall time runs as the instants do.
  private func firstInstant(from seconds: Int64, open: Bool) -> Instant? {
    if open && neverOpens { return nil }
    var now = seconds
    for _ in 0..<Self.maximumSteps {
      if (closedCause(at: now) == nil) == open { return Instant(seconds: now) }
      guard let next = nextBoundary(after: now) else { return nil }
      now = next
    }
    return nil
  }

  /// Far more than it takes: a freeze is one step, and outside freezes the week comes round. It
  /// makes a zone that somebody made up end all the same.
  private static let maximumSteps = 50_000

  /// The next instant at which being open can change. While a freeze is on only its end matters.
  private func nextBoundary(after seconds: Int64) -> Int64? {
    let on = frozen.filter { $0.contains(seconds) }
    if let end = on.map(\.end).max() { return end }
    let start = frozen.map(\.start).filter { $0 > seconds }.min()
    guard !week.changes.isEmpty else { return start }
    let offset = Int64(zone.type(at: seconds).offset)
    let change = week.nextChange(after: Int(seconds + offset))
    return [start, zone.nextChange(after: seconds), Int64(change) - offset].compactMap(\.self).min()
  }
}

/// The instants of a freeze, the end not included.
private struct FrozenSpan: Hashable {
  let start: Int64
  let end: Int64

  init(_ freeze: Freeze, in zone: Zone) {
    switch zone.instants(of: freeze.from) {
    case .one(let instant), .gap(after: let instant), .overlap(first: let instant, second: _):
      start = instant.seconds
    }
    switch zone.instants(of: freeze.until) {
    case .one(let instant), .gap(after: let instant), .overlap(first: _, second: let instant):
      end = instant.seconds
    }
  }

  func contains(_ seconds: Int64) -> Bool { start <= seconds && seconds < end }
}

/// The windows of a week put together: which minutes of it are open, when nothing is frozen.
private struct Week: Hashable {
  /// For each minute since Monday 00:00 whether it is open.
  let isOpen: [Bool]
  /// The minutes at which that changes, ascending; empty when it never does.
  let changes: [Int]

  static let minutes = 7 * 1440

  init(allow: [WeeklyWindow], deny: [WeeklyWindow]) {
    var open = [Bool](repeating: allow.isEmpty, count: Self.minutes)
    for window in allow { Self.set(&open, window, to: true) }
    for window in deny { Self.set(&open, window, to: false) }
    isOpen = open
    changes = open.indices.filter { open[$0] != open[($0 + Self.minutes - 1) % Self.minutes] }
  }

  private static func set(_ open: inout [Bool], _ window: WeeklyWindow, to value: Bool) {
    let start = window.hours.start.minutes
    let end = window.hours.end.minutes + (window.hours.crossesMidnight ? 1440 : 0)
    for day in Weekday.allCases where window.days.contains(day) {
      for minute in start..<end { open[(day.rawValue * 1440 + minute) % minutes] = value }
    }
  }

  /// The first change after `wallSeconds`; asked for only when there are changes.
  func nextChange(after wallSeconds: Int) -> Int {
    // 1970-01-01 was a Thursday.
    let (week, second) = (wallSeconds + 3 * 86_400).floorDivided(by: 7 * 86_400)
    let monday = week * 7 * 86_400 - 3 * 86_400
    let later = changes.partitioningIndex { $0 * 60 > second }
    return later < changes.count
      ? monday + changes[later] * 60
      : monday + (Self.minutes + (changes.first ?? 0)) * 60
  }
}
