// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel
public import Schedule

/// The ref moves only while its calendar is open.
public struct Window: Rule {
  public static let id: RuleID = "window"
  public static let summary = "the push comes while the calendar is open"

  /// The calendar; nil only when the policy did not load.
  public let calendar: Calendar?

  public init(from reader: SettingsReader, context: PolicyContext) {
    let isMissing = reader.lacks("calendar")
    guard let name = reader.calendarName("calendar") else {
      calendar = nil
      if isMissing {
        reader.problems.add(
          "`window` names no calendar", at: reader.position,
          hint: "write `window: {calendar: NAME}` with a name from `calendars`")
      }
      return
    }
    calendar = context.calendars[name]
    if calendar == nil, !context.broken.contains(name) {
      let names = context.calendars.keys.sorted()
      reader.problems.add(
        "there is no calendar \(name.quoted)",
        at: reader.node("calendar")?.position ?? reader.position,
        hint: Spelling.suggestion(for: name, among: names)
          ?? (names.isEmpty ? "state it under `calendars`" : "there is \(listed(names))"))
    }
  }

  public func judge(_ matter: Matter) -> Verdict {
    guard let calendar else { return .indeterminate("the calendar was not read") }
    let now = calendar.zone.format(matter.instant)
    switch calendar.state(at: matter.instant) {
    case .open(let until):
      let end = until.map { ", until \(calendar.zone.format($0))" } ?? ""
      return .satisfied("\(now): \(calendar.name) is open\(end)")
    case .closed(let cause, let opensNext):
      return .violated(.closed(calendar, now: now, matter.instant, cause, opensNext: opensNext))
    }
  }
}

extension SettingsReader {
  /// The name of a calendar under `key`.
  fileprivate func calendarName(_ key: String) -> String? {
    node(key).flatMap { records(.calendar, at: $0) ? nil : text(of: $0, for: key) }
  }
}

extension ClosedCause {
  /// Why nothing goes out, as a clause.
  fileprivate func words(_ calendar: Calendar) -> String {
    switch self {
    case .frozen(let freeze):
      "frozen: \(freeze.reason) (`\(freeze.id)`, until \(freeze.until) \(calendar.zone.identifier))"
    case .denied(let window): window.reason ?? "closed \(window)"
    case .outside:
      "outside the hours of `\(calendar.name)` (\(listed(calendar.allow.map(\.description), "or")))"
    }
  }
}

extension Explanation {
  fileprivate static func closed(
    _ calendar: Calendar, now: String, _ instant: Instant, _ cause: ClosedCause,
    opensNext: Instant?
  ) -> Explanation {
    let summary = "\(now): \(cause.words(calendar))"
    guard let opensNext else {
      return Explanation(
        summary, findings: [Finding(calendar.name, "does not open again in sight")],
        fixes: ["give the calendar `\(calendar.name)` a window, or end the freeze, in the policy"])
    }
    let opening = calendar.zone.format(opensNext, reference: instant)
    return Explanation(
      summary,
      findings: [Finding("opens \(opening)", "in \(duration(from: instant, to: opensNext))")],
      mend: .wait("from \(opening)"))
  }
}
