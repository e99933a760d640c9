public import GitModel
public import Schedule

/// Some calendars put together, which are open where all of them are.
public struct CalendarReading: Sendable {
  private let parts: [(calendar: Calendar, declared: Declared)]

  /// How often the calendars may take turns in being closed before no opening is in sight.
  private static let maximumTurns = 2000

  /// The calendars, with what people have declared.
  public init(_ calendars: [Calendar], _ times: DeclaredTimes) {
    parts = calendars.map { ($0, times.declared(for: $0)) }
  }

  /// The calendars.
  public var calendars: [Calendar] { parts.map(\.calendar) }

  /// The first calendar that is closed at `instant`, and why; nil where all are open.
  public func closed(at instant: Instant) -> (calendar: Calendar, cause: ClosedCause)? {
    for (calendar, declared) in parts {
      if let cause = calendar.closedCause(at: instant, declared) { return (calendar, cause) }
    }
    return nil
  }

  /// The first instant at or after `instant` at which all are open; nil where none is in sight.
  public func opening(after instant: Instant) -> Instant? {
    var now = instant
    for _ in 0..<Self.maximumTurns {
      var latest = now
      for (calendar, declared) in parts {
        guard let next = calendar.nextOpening(after: latest, declared) else { return nil }
        latest = next
      }
      if latest == now { return now }
      now = latest
    }
    return nil
  }

  /// The first instant after `instant`, at which all are open, at which one is closed; nil for none.
  public func closing(after instant: Instant) -> Instant? {
    parts.compactMap { calendar, declared in
      guard case .open(let until?) = calendar.state(at: instant, declared) else { return nil }
      return until
    }.min()
  }

  /// A time in which the calendars are all open, or one of them is closed.
  public struct Span: Sendable {
    /// When it begins.
    public let start: Instant
    /// Its end, not included.
    public let end: Instant
    /// Why it is closed at its start; nil where it is open.
    public let closed: (calendar: Calendar, cause: ClosedCause)?
  }

  /// The spans from `start` to `end`.
  public func spans(from start: Instant, to end: Instant) -> [Span] {
    var spans: [Span] = []
    var now = start
    while now < end {
      let closed = closed(at: now)
      let next = closed == nil ? closing(after: now) : opening(after: now)
      let last = min(next ?? end, end)
      guard last > now else { break }
      spans.append(Span(start: now, end: last, closed: closed))
      now = last
    }
    return spans
  }
}

/// The freezes of a policy's calendars that are not over at a moment.
public struct FreezeListing: Sendable {
  /// One freeze on one calendar.
  public struct Item: Sendable {
    /// The calendar.
    public let calendar: Calendar
    /// What it is called.
    public let id: String
    /// Why.
    public let reason: String
    /// Who declared it; nil for the policy.
    public let person: String?
    /// When it begins, and when it is over.
    public let start, end: Instant
    /// Whether it is on until somebody ends it.
    public let isOpenEnded: Bool
  }

  /// The moment.
  public let instant: Instant
  /// The freezes, by calendar and start.
  public let items: [Item]

  /// The freezes of `document`, and those that are declared.
  public init(_ document: PolicyDocument, _ times: DeclaredTimes, at instant: Instant) {
    self.instant = instant
    items = document.calendars.values.sorted { $0.name < $1.name }.flatMap { calendar in
      let stated = calendar.freezes.map { freeze in
        let (start, end) = freeze.instants(in: calendar.zone)
        return Item(
          calendar: calendar, id: freeze.id, reason: freeze.reason, person: nil, start: start,
          end: end, isOpenEnded: false)
      }
      let declared = times.declared(for: calendar).freezes.map {
        Item(
          calendar: calendar, id: $0.id, reason: $0.reason, person: $0.person, start: $0.start,
          end: $0.end, isOpenEnded: $0.isOpenEnded)
      }
      return (stated + declared).filter { $0.end > instant }.sorted { $0.start < $1.start }
    }
  }
}

extension ClosedCause {
  /// Why nothing goes out, as a clause.
  public func words(_ calendar: Calendar, at now: Instant) -> String {
    switch self {
    case .frozen(let freeze):
      return
        "frozen: \(freeze.reason) (`\(freeze.id)`, until \(freeze.until) \(calendar.zone.identifier))"
    case .declared(let freeze):
      let end =
        freeze.isOpenEnded
        ? "until it is ended" : "until \(calendar.zone.format(freeze.end, reference: now))"
      return "frozen by \(freeze.person): \(freeze.reason) (`\(freeze.id)`, \(end))"
    case .holiday(let name, let end):
      return
        "\(name.isEmpty ? "a holiday" : name), until \(calendar.zone.format(end, reference: now))"
    case .denied(let window): return window.reason ?? "closed \(window)"
    case .outside:
      return
        "outside the hours of `\(calendar.name)` (\(listed(calendar.allow.map(\.description), "or")))"
    case .unstaffed(let role, let seconds, let end):
      let span = durationWords(seconds)
      guard let end else { return "nobody is on duty as \(role) for the next \(span)" }
      return
        "on duty as \(role) is somebody until \(calendar.zone.format(end, reference: now)) only,"
        + " and must be for the next \(span)"
    }
  }

  /// The kind of reason, for programs.
  public var word: String {
    switch self {
    case .frozen: "freeze"
    case .declared: "declared-freeze"
    case .holiday: "holiday"
    case .denied: "deny"
    case .outside: "outside"
    case .unstaffed: "staffing"
    }
  }
}
