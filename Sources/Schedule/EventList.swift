public import GitModel

/// The events of an iCalendar file (RFC 5545), with all times at which they come again.
public struct EventList: Hashable, Sendable {
  /// What the file says of an event.
  public struct Event: Hashable, Sendable {
    /// Its SUMMARY, fit for a terminal.
    public let summary: String
    /// The addresses of its ATTENDEEs who have not declined, without `mailto:`; nil when it names none.
    public let attendees: [String]?
    /// Whether it is only planned.
    public let isTentative: Bool
    /// The line of the file on which it starts.
    public let line: Int
  }

  /// One time at which an event is on.
  public struct Occurrence: Hashable, Sendable {
    /// The event, by its index.
    public let event: Int
    /// From when to when, the end not included, in seconds since 1970.
    public let span: Range<Int64>
  }

  /// The events, in the order of the file.
  public let events: [Event]
  /// When the last event is over; nil where one comes again without an end.
  public let end: Instant?

  /// By their starts.
  private let fixed: [Occurrence]
  let series: [EventSeries]
  /// The longest that an event lasts.
  private let longest: Int64

  init(events: [Event], series: [EventSeries]) {
    self.events = events
    self.series = series
    fixed = series.flatMap(\.fixed).sorted { $0.span.lowerBound < $1.span.lowerBound }
    longest = fixed.map { $0.span.upperBound - $0.span.lowerBound }.max() ?? 0
    let rules = series.compactMap { one in one.recurrence.map { (one, $0) } }
    guard rules.allSatisfy(\.1.isBounded) else {
      end = nil
      return
    }
    let ends = rules.map { one, rule in one.end(of: rule) } + fixed.map(\.span.upperBound)
    end = Instant(seconds: ends.max() ?? Int64.min)
  }

  /// When events are on at any time of `span`, by their starts.
  public func occurrences(in span: Range<Int64>) -> [Occurrence] {
    guard !span.isEmpty else { return [] }
    let first = fixed.partitioningIndex { $0.span.lowerBound > span.lowerBound - longest - 1 }
    let last = fixed.partitioningIndex { $0.span.lowerBound >= span.upperBound }
    // What an RDATE names may come by the rule too, and comes once.
    let all = Set(
      fixed[first..<max(first, last)].filter { $0.span.overlaps(span) }
        + series.flatMap { $0.recurring(in: span) })
    return all.sorted {
      ($0.span.lowerBound, $0.event, $0.span.upperBound)
        < ($1.span.lowerBound, $1.event, $1.span.upperBound)
    }
  }
}

/// When an event comes: at some times, and by a rule.
struct EventSeries: Hashable {
  /// The index of the event.
  var event: Int
  /// Whose clocks its times are of.
  let zone: Zone
  /// Whether it starts with a day, and not at a time.
  let isDay: Bool
  /// Whole days of the clocks that it lasts, and seconds on top of them.
  let days: Int
  let seconds: Int64
  /// The times at which it comes whatever the rule says.
  let times: [LocalDateTime]
  let recurrence: Recurrence?
  /// The times at which it does not come.
  let excluded: AbsentTimes
  /// The times for which other events stand.
  var replaced = AbsentTimes()

  /// The longest that an event may last, in days.
  static let maximumDays = 366

  var fixed: [EventList.Occurrence] { Set(times).filter(comes).compactMap(occurrence) }

  private func comes(_ start: LocalDateTime) -> Bool {
    ![excluded, replaced].contains { $0.contains(start, in: zone, isDay: isDay) }
  }

  func recurring(in span: Range<Int64>) -> [EventList.Occurrence] {
    guard let recurrence else { return [] }
    let length = Int64(days) * 86_400 + seconds + 172_800
    let first = zone.local(at: Instant(seconds: span.lowerBound - length))
    let last = zone.local(at: Instant(seconds: span.upperBound + 86_400))
    return recurrence.times(from: first, to: last).filter(comes).compactMap(occurrence)
      .filter { $0.span.overlaps(span) }
  }

  /// When it is over for good.
  func end(of rule: Recurrence) -> Int64 {
    (rule.until ?? rule.last).flatMap(occurrence)?.span.upperBound ?? Int64.min
  }

  /// The event as it starts when the clocks show `start`: of a time that they show twice it is the first.
  /// Whole days end the last time that the clocks show it.
  private func occurrence(_ start: LocalDateTime) -> EventList.Occurrence? {
    let first = zone.first(start)
    let last = LocalDateTime(wallSeconds: start.wallSeconds + days * 86_400)
    let end = (days > 0 ? zone.last(last) : first) + seconds
    return first < end ? EventList.Occurrence(event: event, span: first..<end) : nil
  }
}

extension Zone {
  /// When the clocks first show `local`.
  func first(_ local: LocalDateTime) -> Int64 {
    switch instants(of: local) {
    case .one(let instant), .overlap(first: let instant, second: _): instant.seconds
    case .gap(after: let instant): skipped(local, before: instant)
    }
  }

  /// When the clocks last show `local`.
  func last(_ local: LocalDateTime) -> Int64 {
    switch instants(of: local) {
    case .one(let instant), .overlap(first: _, second: let instant): instant.seconds
    case .gap(after: let instant): skipped(local, before: instant)
    }
  }

  /// When the clocks would show `local` that jump over it to `instant`.
  // RFC 5545, 3.3.5: "the DATE-TIME value is interpreted using the UTC offset before the gap in local times."
  private func skipped(_ local: LocalDateTime, before instant: Instant) -> Int64 {
    Int64(local.wallSeconds - type(at: instant.seconds - 1).offset)
  }
}
