internal import GitModel
public import Policy
internal import Schedule

/// Whether a ref may move, and a drawing of the days to come.
public enum WindowText {
  /// The lines.
  public static func lines(_ listing: WindowListing) -> [String] {
    let now = listing.instant
    let parts = listing.lanes.isEmpty ? [(listing.lane, listing.reading)] : listing.lanes
    let all = parts.flatMap(\.1.calendars).reduce(into: [Calendar]()) { seen, calendar in
      if !seen.contains(where: { $0.name == calendar.name }) { seen.append(calendar) }
    }
    guard let first = all.first else {
      let lane = listing.lane == .normal ? "" : " on the lane \(listing.lane.rawValue)"
      return [
        "no window guards \(listing.ref.short)\(lane), by policy \(listing.policy.label): open at all times"
      ].map(\.cleaned)
    }
    let calendars = all.map { "\($0.name) (\($0.zone.identifier))" }
    var lines = [
      "\(listing.ref.short) at \(first.zone.format(now)), by \(calendars.joined(separator: ", ")) of policy \(listing.policy.label)"
    ]
    if listing.lanes.isEmpty {
      lines += Self.state(listing.reading, at: now).map { "  \($0)" }
    } else {
      lines += listing.lanes.map { lane, reading in
        "  \(lane.rawValue): \(Self.state(reading, at: now).joined(separator: "; "))"
      }
    }
    lines += listing.clauses.map { "  the window of `\($0.ruleset)`: \($0.words)" }
    if listing.days > 0, let shown = listing.reading.calendars.first {
      lines.append("")
      if !listing.lanes.isEmpty { lines.append("  the lane \(listing.lane.rawValue)") }
      lines += WindowDrawing(listing, shown).lines
    }
    return lines.flatMap { $0.wrapped(to: 80, hanging: 6) }.map(\.cleaned)
  }

  /// Whether calendars are open, and until when; two clauses where they are closed.
  private static func state(_ reading: CalendarReading, at now: Instant) -> [String] {
    guard let first = reading.calendars.first else { return ["open at all times"] }
    if let (calendar, cause) = reading.closed(at: now) {
      let opening = reading.opening(after: now).map { next in
        "opens \(calendar.zone.format(next, reference: now))\(cause.mayEndBefore ? " at the latest" : ""),"
          + " in \(duration(from: now, to: next))"
      }
      return [
        "closed: \(cause.words(calendar, at: now))", opening ?? "does not open again in sight",
      ]
    }
    let end = reading.closing(after: now).map { end in
      "open until \(first.zone.format(end, reference: now)), for \(duration(from: now, to: end))"
    }
    return [end ?? "open, and no end is in sight"]
  }
}

extension ClosedCause {
  /// Whether it is over when somebody says so.
  var mayEndBefore: Bool {
    switch self {
    case .declared(let freeze): freeze.isOpenEnded
    default: false
    }
  }
}

/// Days as rows, half hours as characters, on the clocks of one zone.
private struct WindowDrawing {
  private let listing: WindowListing
  private let calendar: Calendar

  private static let slots = 48

  init(_ listing: WindowListing, _ calendar: Calendar) {
    (self.listing, self.calendar) = (listing, calendar)
  }

  var lines: [String] {
    let margin = String(repeating: " ", count: 14)
    let hours = stride(from: 0, through: 24, by: 3).map { hour in
      "\(hour)" + String(repeating: " ", count: hour < 10 ? 5 : 4)
    }
    var lines = [margin + hours.joined().trimmed]
    var notes: [String] = []
    var isPartial = false
    var date = calendar.zone.local(at: listing.instant).date
    for _ in 0..<listing.days {
      var row = ""
      var marks: [Int] = []
      for slot in 0..<Self.slots {
        let (character, note) = cell(date, slot)
        row.append(character)
        isPartial = isPartial || character == "+"
        guard let note else { continue }
        let mark = notes.firstIndex(of: note) ?? notes.count
        if mark == notes.count { notes.append(note) }
        if !marks.contains(mark) { marks.append(mark) }
      }
      let numbers = marks.map { "\($0 + 1)" }.joined(separator: ",")
      lines.append("  \(Self.label(date))  \(row)  \(numbers)".trimmed)
      date = date.adding(days: 1)
    }
    lines.append("")
    lines.append(
      "  # open   . closed   = frozen or a holiday\(isPartial ? "   + partly open" : "")")
    for (index, note) in notes.enumerated() { lines.append("  \(index + 1)  \(note)") }
    return lines
  }

  private static func label(_ date: LocalDate) -> String {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    return "\(date.weekday) \(date.day < 10 ? " " : "")\(date.day) \(months[date.month - 1])"
  }

  /// What stands for half an hour, and a reason beside the hours of the calendar.
  private func cell(_ date: LocalDate, _ slot: Int) -> (Character, note: String?) {
    guard let local = LocalDateTime(date: date, secondOfDay: slot * 1800) else { return (" ", nil) }
    let start: Instant
    switch calendar.zone.instants(of: local) {
    case .one(let instant), .overlap(first: let instant, second: _): start = instant
    case .gap: return (" ", nil)
    }
    let end = Instant(seconds: start.seconds + 1800)
    let spans = listing.reading.spans(from: start, to: end)
    let closed = spans.compactMap(\.closed).first
    let note = closed.flatMap { calendar, cause -> String? in
      if case .outside = cause { return nil }
      return cause.words(calendar, at: start)
    }
    if spans.count > 1 { return ("+", note) }
    guard let closed else { return ("#", nil) }
    switch closed.cause {
    case .frozen, .declared, .holiday: return ("=", note)
    case .denied, .outside, .unstaffed: return (".", note)
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

/// The freezes that there are, as text for people.
public enum FreezeText {
  /// The lines, one for each freeze on each calendar.
  public static func lines(_ listing: FreezeListing) -> [String] {
    guard !listing.items.isEmpty else { return ["nothing is frozen, and no freeze is to come"] }
    return listing.items.flatMap { item -> [String] in
      let zone = item.calendar.zone
      let now = listing.instant
      let start =
        item.start > now
        ? "from \(zone.format(item.start, reference: now))"
        : "since \(zone.format(item.start, reference: now))"
      let end =
        item.isOpenEnded
        ? "until it is ended, \(zone.format(item.end, reference: now)) at the latest"
        : "until \(zone.format(item.end, reference: now))"
      return [
        "\(item.id)  \(item.calendar.name), by \(item.person ?? "the policy"): \(item.reason)",
        "    \(start), \(end)",
      ]
    }.flatMap { $0.wrapped(to: 80, hanging: 6) }.map(\.cleaned)
  }
}
