// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel
public import Schedule

/// The ref moves only while its calendars are open.
public struct Window: Rule {
  public static let id: RuleID = "window"
  public static let summary = "the push comes while the calendar is open"

  /// The calendars, all of which must be open; none only when the policy did not load.
  public let calendars: [Calendar]

  /// How many calendars a rule may name.
  static let limit = 16

  public init(from reader: SettingsReader, context: PolicyContext) {
    if reader.lacks("calendar", "calendars") {
      reader.problems.add(
        "`window` names no calendar", at: reader.position,
        hint: "write `window: {calendar: NAME}` with a name from `calendars`")
    }
    let one = reader.node("calendar").flatMap { node -> SettingsNode? in
      reader.records(.calendar, at: node) ? nil : node
    }
    var nodes = one.map { [("calendar", $0)] } ?? []
    if !reader.recordsItems(.calendar, under: "calendars"), let more = reader.items("calendars") {
      let place = reader.node("calendars")?.position ?? reader.position
      if one != nil {
        reader.problems.add("`window` has `calendar` and `calendars`", at: place, hint: "write one")
      }
      if more.isEmpty || more.count > Self.limit {
        reader.problems.add("`calendars` takes 1 to \(Self.limit) names", at: place)
      }
      nodes += more.prefix(Self.limit).map { ("calendars", $0) }
    }
    var calendars: [Calendar] = []
    for (key, node) in nodes {
      guard let name = reader.text(of: node, for: key) else { continue }
      guard let calendar = context.calendars[name] else {
        if !context.broken.contains(name) {
          let names = context.calendars.keys.sorted()
          reader.problems.add(
            "there is no calendar \(name.quoted)", at: node.position,
            hint: Spelling.suggestion(for: name, among: names)
              ?? (names.isEmpty ? "state it under `calendars`" : "there is \(listed(names))"))
        }
        continue
      }
      if calendars.contains(where: { $0.name == name }) {
        reader.problems.add("`calendars` names \(name.quoted) twice", at: node.position)
      }
      calendars.append(calendar)
    }
    self.calendars = calendars
  }

  public var needs: Needs { Needs(calendars.contains(where: \.listens) ? .times : []) }

  public func judge(_ matter: Matter) -> Verdict {
    guard let first = calendars.first else { return .indeterminate("the calendar was not read") }
    var times = DeclaredTimes([], at: matter.instant)
    if calendars.contains(where: \.listens) {
      switch matter.facts.times {
      case .known(let all): times = DeclaredTimes(all, at: matter.instant)
      case .unknown(let why): return .indeterminate(Self.untold(why))
      case .notGathered: return .indeterminate(Self.untold(Fact<Bool>.faultWords))
      }
    }
    let reading = CalendarReading(calendars, times)
    let others = calendars.flatMap { times.others(for: $0, at: matter.instant) }
    let now = matter.instant
    guard let (calendar, cause) = reading.closed(at: now) else {
      return .satisfied(openWords(reading, first.zone, at: now), others)
    }
    return .violated(
      .closed(
        calendar, cause, at: now, opensNext: reading.opening(after: now), others,
        people: matter.people))
  }

  private func openWords(_ reading: CalendarReading, _ zone: Zone, at now: Instant) -> String {
    let end = reading.closing(after: now).map { ", until \(zone.format($0, reference: now))" } ?? ""
    let names = listed(calendars.map(\.name))
    return "\(zone.format(now)): \(names) \(calendars.count == 1 ? "is" : "are") open\(end)"
  }

  private static func untold(_ why: String) -> String {
    "whether somebody froze the calendar, or is on duty, cannot be told: \(why)"
  }
}

extension Explanation {
  fileprivate static func closed(
    _ calendar: Calendar, _ cause: ClosedCause, at instant: Instant, opensNext: Instant?,
    _ others: [Finding], people: People
  ) -> Explanation {
    let summary = "\(calendar.zone.format(instant)): \(cause.words(calendar, at: instant))"
    var fixes: [String] = []
    switch cause {
    case .declared(let freeze):
      let holders = listed(calendar.freezers.sorted(), "or")
      fixes = ["gitrel freeze end \(freeze.id.asWord)    by \(holders), when it is over"]
    case .unstaffed(let role, let seconds, _):
      // A duty of just that length is too short when the push comes a second later.
      let words = durationWords(min(2 * seconds, DeclaredTimes.longestDuty))
      fixes = ["gitrel duty --as \(role.asWord) --for \(words)    by who is on duty"]
    default: break
    }
    guard let opensNext else {
      return Explanation(
        summary, findings: [Finding(calendar.name, "does not open again in sight")] + others,
        fixes: fixes.isEmpty
          ? ["give the calendar `\(calendar.name)` a window, or end the freeze, in the policy"]
          : fixes)
    }
    let opening = calendar.zone.format(opensNext, reference: instant)
    let atLatest = if case .declared(let freeze) = cause { freeze.isOpenEnded } else { false }
    let finding = Finding(
      "opens \(opening)\(atLatest ? " at the latest" : "")",
      "in \(duration(from: instant, to: opensNext))")
    return Explanation(
      summary, findings: [finding] + others, rather: fixes, mend: .wait("from \(opening)"))
  }
}
