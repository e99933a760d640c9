internal import GitModel
public import Policy
internal import Schedule

extension DecisionJSON {
  /// The document of what a ref has to wait for.
  public static func text(_ listing: WindowListing) throws(JSONFault) -> String {
    try JSONFault.encode(WindowDocument(listing))
  }

  /// The document of the freezes that there are.
  public static func text(_ listing: FreezeListing) throws(JSONFault) -> String {
    try JSONFault.encode(FreezeDocument(listing))
  }
}

private struct WindowDocument: Encodable {
  let version = 1
  let ref: String
  let at: String
  let policy: PolicyPart
  let calendars: [CalendarPart]
  let conditional: Bool
  let conditions: [ClausePart]
  let lane: String
  let open: Bool
  let until: String?
  let opens: String?
  let calendar: String?
  let cause: String?
  let reason: String?
  let lanes: [LanePart]
  let spans: [SpanPart]

  init(_ listing: WindowListing) {
    let reading = listing.reading
    let now = listing.instant
    ref = listing.ref.full
    at = now.utcText
    policy = PolicyPart(listing.policy)
    calendars = reading.calendars.map(CalendarPart.init)
    conditional = listing.isConditional
    conditions = listing.clauses.map(ClausePart.init)
    lane = listing.lane.rawValue
    lanes = listing.lanes.map { LanePart($0.lane, $0.reading, at: now) }
    let closed = reading.closed(at: now)
    open = closed == nil
    until = open ? reading.closing(after: now)?.utcText : nil
    opens = open ? nil : reading.opening(after: now)?.utcText
    calendar = closed?.calendar.name
    cause = closed?.cause.word
    reason = closed.map { $0.cause.words($0.calendar, at: now).cleaned }
    let end = Instant(seconds: now.seconds + Int64(listing.days) * 86_400)
    spans = reading.spans(from: now, to: end).map(SpanPart.init)
  }
}

private struct ClausePart: Encodable {
  let ruleset: String
  let words: String

  init(_ clause: WindowListing.Clause) {
    (ruleset, words) = (clause.ruleset.cleaned, clause.words.cleaned)
  }
}

private struct LanePart: Encodable {
  let lane: String
  let open: Bool
  let until: String?
  let opens: String?
  let reason: String?

  init(_ lane: Lane, _ reading: CalendarReading, at now: Instant) {
    let closed = reading.closed(at: now)
    self.lane = lane.rawValue
    open = closed == nil
    until = open ? reading.closing(after: now)?.utcText : nil
    opens = open ? nil : reading.opening(after: now)?.utcText
    reason = closed.map { $0.cause.words($0.calendar, at: now).cleaned }
  }
}

private struct CalendarPart: Encodable {
  let name: String
  let timezone: String

  init(_ calendar: Calendar) { (name, timezone) = (calendar.name, calendar.zone.identifier) }
}

private struct SpanPart: Encodable {
  let from: String
  let until: String
  let open: Bool
  let calendar: String?
  let cause: String?
  let reason: String?

  init(_ span: CalendarReading.Span) {
    (from, until, open) = (span.start.utcText, span.end.utcText, span.closed == nil)
    calendar = span.closed?.calendar.name
    cause = span.closed?.cause.word
    reason = span.closed.map { $0.cause.words($0.calendar, at: span.start).cleaned }
  }
}

private struct FreezeDocument: Encodable {
  let version = 1
  let at: String
  let freezes: [FreezePart]

  init(_ listing: FreezeListing) {
    at = listing.instant.utcText
    freezes = listing.items.map(FreezePart.init)
  }
}

private struct FreezePart: Encodable {
  let calendar: String
  let id: String
  let reason: String
  let by: String?
  let from: String
  let until: String
  let openEnded: Bool

  init(_ item: FreezeListing.Item) {
    (calendar, id, reason) = (item.calendar.name, item.id.cleaned, item.reason.cleaned)
    (by, from, until) = (item.person, item.start.utcText, item.end.utcText)
    openEnded = item.isOpenEnded
  }
}
