public import GitModel

/// When code may go out: windows, freezes, holidays and duties, on the wall clocks of one zone.
///
/// Deny beats allow; where there is any allow window, all time outside them is closed; freezes and
/// holidays are denies. An instant is inside a window exactly when the clocks show a time of the window,
/// so an hour that the clocks skip is no time, and an hour that they show twice counts twice.
public struct Calendar: Hashable, Sendable {
  /// What the policy calls it.
  public let name: String
  /// Whose clocks decide.
  public let zone: Zone
  /// The windows that are open; none means open at all times.
  public let allow: [TimeWindow]
  /// The windows that are closed, also inside `allow`.
  public let deny: [TimeWindow]
  /// The freezes, in any order; they may overlap.
  public let freezes: [Freeze]
  /// The files of holidays.
  public let holidays: [EventList]
  /// Who must be on duty; nil for nobody.
  public let staffing: Staffing?
  /// The people who may declare a freeze.
  public let freezers: Set<String>

  /// The windows of `allow`; none also where one of them is always open.
  private let hours: [TimeWindow]
  private let frozen: [ClosedSpans.Span]

  /// A calendar of these.
  public init(
    name: String, zone: Zone, allow: [TimeWindow] = [], deny: [TimeWindow] = [],
    freezes: [Freeze] = [], holidays: [EventList] = [], staffing: Staffing? = nil,
    freezers: Set<String> = []
  ) {
    self.name = name
    self.zone = zone
    self.allow = allow
    self.deny = deny
    self.freezes = freezes
    self.holidays = holidays
    self.staffing = staffing
    self.freezers = freezers
    hours = allow.contains(where: \.isAlways) ? [] : allow
    frozen = freezes.map { ClosedSpans.Span(span: $0.span(in: zone), cause: .frozen($0)) }
  }

  /// Whether statements of people have a say in whether it is open.
  public var listens: Bool { !freezers.isEmpty || staffing != nil }
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
  /// A freeze of the policy is on. Freezes and holidays are named before windows, as they last longer;
  /// of several, the one that ends last.
  case frozen(Freeze)
  /// A freeze is on that somebody declared.
  case declared(DeclaredFreeze)
  /// It is a holiday, until the instant.
  case holiday(String, until: Instant)
  /// A window of `deny` is on; the first one of the policy.
  case denied(TimeWindow)
  /// No window of `allow` is on.
  case outside
  /// A role is not on duty for so many seconds; `until` is when its duty ends, nil when nobody is.
  case unstaffed(role: String, seconds: Int64, until: Instant?)
}

/// Spans of time that are closed, each with why.
struct ClosedSpans {
  struct Span: Hashable {
    let span: Range<Int64>
    let cause: ClosedCause
  }

  /// By their starts.
  private let spans: [Span]
  /// For each of them, which of those up to it ends last.
  private let longest: [Int]

  init(_ spans: [Span]) {
    self.spans = spans.sorted { $0.span.lowerBound < $1.span.lowerBound }
    var longest: [Int] = []
    for (index, span) in self.spans.enumerated() {
      if let last = longest.last, self.spans[last].span.upperBound >= span.span.upperBound {
        longest.append(last)
      } else {
        longest.append(index)
      }
    }
    self.longest = longest
  }

  /// The one that is on at `seconds`; of several, the one that ends last.
  func on(at seconds: Int64) -> Span? {
    let started = spans.partitioningIndex { $0.span.lowerBound > seconds }
    guard started > 0 else { return nil }
    let last = spans[longest[started - 1]]
    return last.span.upperBound > seconds ? last : nil
  }

  func nextStart(after seconds: Int64) -> Int64? {
    let started = spans.partitioningIndex { $0.span.lowerBound > seconds }
    return started < spans.count ? spans[started].span.lowerBound : nil
  }
}

extension Calendar {
  /// Whether the calendar is open at `instant`, why not, and what comes next.
  public func state(at instant: Instant, _ declared: Declared = Declared()) -> CalendarState {
    let seconds = Zone.near(instant)
    let sight = sight(of: Self.near, from: seconds, declared)
    guard let cause = closedCause(at: seconds, sight) else {
      return .open(until: first(from: seconds, sight, open: false, declared))
    }
    return .closed(cause, opensNext: first(from: seconds, sight, open: true, declared))
  }

  /// The first instant at or after `instant` that is open; nil when there is none in sight. Nothing
  /// between the two is open.
  public func nextOpening(after instant: Instant, _ declared: Declared = Declared()) -> Instant? {
    let seconds = Zone.near(instant)
    let sight = sight(of: Self.near, from: seconds, declared)
    return first(from: seconds, sight, open: true, declared)
  }

  /// Why the calendar is closed at `instant`; nil when it is open.
  public func closedCause(
    at instant: Instant, _ declared: Declared = Declared()
  ) -> ClosedCause? {
    let seconds = Zone.near(instant)
    return closedCause(at: seconds, sight(of: 1, from: seconds, declared))
  }

  /// What recurs, worked out for some time from an instant on.
  private struct Sight {
    let closed: ClosedSpans
    /// For each post when somebody is on duty.
    let covered: [[Range<Int64>]]
    /// Where it ends; nil where nothing comes after it.
    let end: Int64?
    /// How many events it took.
    let size: Int
  }

  /// How far what recurs is worked out at first, and from there on.
  private static let (near, far): (Int64, Int64) = (32 * 86_400, 400 * 86_400)

  private func sight(of reach: Int64, from seconds: Int64, _ declared: Declared) -> Sight {
    let span = seconds..<seconds + reach
    var spans = frozen
    for list in holidays {
      spans += list.occurrences(in: span).map {
        ClosedSpans.Span(
          span: $0.span,
          cause: .holiday(
            list.events[$0.event].summary, until: Instant(seconds: $0.span.upperBound)))
      }
    }
    spans += declared.freezes.filter { $0.start < $0.end }.map {
      ClosedSpans.Span(span: $0.start.seconds..<$0.end.seconds, cause: .declared($0))
    }
    var covered: [[Range<Int64>]] = []
    var size = spans.count
    if let staffing {
      let wanted = span.lowerBound..<span.upperBound + staffing.seconds
      let shifts = staffing.roster?.occurrences(in: wanted) ?? []
      size += shifts.count
      covered = staffing.posts.map { staffing.covered($0, shifts, declared.duties) }
    }
    let lists = holidays + [staffing?.roster].compactMap { $0 }
    let goesOn = lists.contains { $0.end.map { $0.seconds > span.upperBound } ?? true }
    return Sight(
      closed: ClosedSpans(spans), covered: covered, end: goesOn ? span.upperBound : nil, size: size)
  }

  private func closedCause(at seconds: Int64, _ sight: Sight) -> ClosedCause? {
    if let span = sight.closed.on(at: seconds) { return span.cause }
    let local = LocalDateTime(wallSeconds: Int(seconds) + zone.type(at: seconds).offset)
    return closedCause(on: local) ?? unstaffed(at: seconds, sight)
  }

  /// What the windows say.
  private func closedCause(on local: LocalDateTime) -> ClosedCause? {
    if let window = deny.first(where: { $0.contains(local) }) { return .denied(window) }
    return hours.isEmpty || hours.contains { $0.contains(local) } ? nil : .outside
  }

  private func unstaffed(at seconds: Int64, _ sight: Sight) -> ClosedCause? {
    guard let staffing else { return nil }
    for (post, covered) in zip(staffing.posts, sight.covered) {
      let now = covered.first { $0.contains(seconds) }
      if let now, seconds + staffing.seconds <= now.upperBound { continue }
      return .unstaffed(
        role: post.role, seconds: staffing.seconds,
        until: now.map { Instant(seconds: $0.upperBound) })
    }
    return nil
  }

  /// The first instant at or after `seconds` at which being open is `open`. It goes from boundary
  /// to boundary: between two changes of the clocks wall time runs as the instants do.
  private func first(
    from seconds: Int64, _ sight: Sight, open: Bool, _ declared: Declared
  ) -> Instant? {
    var now = seconds
    var sight = sight
    var sights = 1
    var size = sight.size
    for _ in 0..<Self.maximumSteps {
      if (closedCause(at: now, sight) == nil) == open { return Instant(seconds: now) }
      guard let next = nextBoundary(after: now, sight), next <= Zone.farthest else { return nil }
      now = next
      guard let end = sight.end, now >= end else { continue }
      sights += 1
      guard sights <= Self.maximumSights, size <= Self.maximumSize else { return nil }
      sight = self.sight(of: Self.far, from: now, declared)
      size += sight.size
    }
    return nil
  }

  /// Far more than it takes: a freeze is one step, and outside of freezes what recurs comes round
  /// within months. It makes what never changes end all the same.
  private static let maximumSteps = 20_000
  private static let maximumSights = 40
  /// After how many events of lists nothing more is worked out: they may all lie over one another for ever.
  private static let maximumSize = 100_000

  /// The next instant at which being open can change. While a freeze is on only its end matters.
  private func nextBoundary(after seconds: Int64, _ sight: Sight) -> Int64? {
    if let span = sight.closed.on(at: seconds) { return span.span.upperBound }
    var next = [sight.closed.nextStart(after: seconds), sight.end]
    if !hours.isEmpty || !deny.isEmpty {
      let offset = zone.type(at: seconds).offset
      let local = LocalDateTime(wallSeconds: Int(seconds) + offset)
      let edges = (hours + deny).compactMap { $0.nextEdge(after: local) }
      next += [zone.nextChange(after: seconds), edges.min().map { Int64($0 - offset) }]
    }
    if let staffing {
      for range in sight.covered.joined() {
        // At the last instant with enough duty left it is still open.
        let edges = [range.lowerBound, range.upperBound - staffing.seconds + 1, range.upperBound]
        next += edges.filter { $0 > seconds }
      }
    }
    return next.compactMap(\.self).min()
  }
}

extension Calendar {
  /// Whether the windows leave no minute open, whatever is frozen or a holiday.
  public var neverOpens: Bool {
    guard !hours.isEmpty || !deny.isEmpty else { return false }
    // Whatever comes first in a time that is open starts with a window of `allow`, follows one of
    // `deny`, or is the start of a day.
    let edges = (hours + deny).flatMap { [$0.hours.start.minutes, $0.hours.end.minutes % 1440] }
    let minutes = Set(edges + [0])
    func isClosed(_ date: LocalDate) -> Bool {
      minutes.allSatisfy { minute in
        LocalDateTime(date: date, secondOfDay: minute * 60).map { closedCause(on: $0) != nil }
          ?? true
      }
    }
    var left = Self.cycle
    for case .dates(let dates) in hours.map(\.days) {
      var date = dates.first(from: LocalDate(daysSinceEpoch: -800_000))
      while let day = date, left > 0 {
        left -= 1
        if !isClosed(day) || !isClosed(day.adding(days: 1)) { return false }
        date = dates.first(from: day.adding(days: 1))
      }
    }
    // What comes again comes in every way within 28 years.
    let start = LocalDate(daysSinceEpoch: 20_000)
    return (0..<Self.cycle).allSatisfy { isClosed(start.adding(days: $0)) }
  }

  /// The days of 28 years, after which the days of the week fall on the same dates.
  private static let cycle = 28 * 365 + 7
}
