public import GitModel

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

extension Freeze {
  /// The instants of the freeze, the end not included.
  func span(in zone: Zone) -> Range<Int64> {
    let start = zone.first(from)
    return start..<max(start, zone.last(until))
  }
}

extension Freeze {
  /// When it begins and when it is over, on the clocks of `zone`.
  public func instants(in zone: Zone) -> (start: Instant, end: Instant) {
    let span = span(in: zone)
    return (Instant(seconds: span.lowerBound), Instant(seconds: span.upperBound))
  }
}
