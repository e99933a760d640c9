public import GitModel
internal import Schedule

/// The calendars that a ref has to wait for, at a moment.
public struct WindowListing: Sendable {
  /// A window that applies under conditions, or that somebody may override.
  public struct Clause: Hashable, Sendable {
    /// The ruleset.
    public let ruleset: String
    /// What is to be known of it: `only where docs/** is changed`.
    public let words: String
  }

  /// The ref.
  public let ref: RefName
  /// The policy.
  public let policy: PolicyOrigin
  /// The moment.
  public let instant: Instant
  /// The lane that is looked at: the one asked for, else the one without a word.
  public let lane: Lane
  /// The calendars of the windows that guard the ref on that lane, with what is declared of them.
  public let reading: CalendarReading
  /// The calendars of each lane; none where all lanes wait for the same, or one was asked for.
  public let lanes: [(lane: Lane, reading: CalendarReading)]
  /// What else is to be known of the windows, in the order of the policy.
  public let clauses: [Clause]
  /// Whether a window only applies under conditions other than the lane.
  public let isConditional: Bool
  /// How many days are drawn; 0 for none.
  public let days: Int

  /// A listing of the windows that guard `ref` in `document` on `lane`; nil for all lanes.
  public init(
    _ document: PolicyDocument, _ times: DeclaredTimes, ref: RefName, policy: PolicyOrigin,
    at instant: Instant, lane: Lane? = nil, days: Int = 0
  ) {
    let windows = document.rulesets(guarding: ref).flatMap { ruleset in
      ruleset.rules.compactMap { stated in
        (stated.rule as? Window).map { (ruleset: ruleset, stated: stated, calendars: $0.calendars) }
      }
    }
    func reading(_ lane: Lane) -> CalendarReading {
      var calendars: [Calendar] = []
      for window in windows
      where window.ruleset.conditions.mayHold(on: lane)
        && window.stated.conditions.mayHold(on: lane)
      {
        for calendar in window.calendars
        where !calendars.contains(where: { $0.name == calendar.name }) {
          calendars.append(calendar)
        }
      }
      return CalendarReading(calendars, times)
    }
    (self.ref, self.policy, self.instant, self.days) = (ref, policy, instant, days)
    self.lane = lane ?? .normal
    self.reading = reading(self.lane)
    let differ = windows.contains { window in
      window.ruleset.conditions.nameLanes || window.stated.conditions.nameLanes
    }
    lanes = lane == nil && differ ? Lane.allCases.map { ($0, reading($0)) } : []
    let people = document.people
    var clauses: [Clause] = []
    var isConditional = false
    for window in windows
    where lane.map({
      window.ruleset.conditions.mayHold(on: $0) && window.stated.conditions.mayHold(on: $0)
    }) ?? true {
      var words =
        (window.ruleset.conditions.clauses(people)
          + window.stated.conditions.clauses(people))
      isConditional = isConditional || !words.isEmpty
      if let by = window.stated.overrideBy { words.append("\(by.words(people)) may override it") }
      let clause = Clause(ruleset: window.ruleset.name, words: words.joined(separator: "; "))
      if !words.isEmpty, !clauses.contains(clause) { clauses.append(clause) }
    }
    (self.clauses, self.isConditional) = (clauses, isConditional)
  }
}

extension Conditions {
  /// Whether a lane is asked for.
  fileprivate var nameLanes: Bool { when?.lanes != nil || except?.lanes != nil }

  /// Whether they can hold on a lane, whatever else is so.
  fileprivate func mayHold(on lane: Lane) -> Bool {
    if let lanes = when?.lanes, !lanes.contains(lane) { return false }
    guard let except, except.isOfLanesAlone, let lanes = except.lanes else { return true }
    return !lanes.contains(lane)
  }

  /// What they ask beside the lane, each a clause.
  fileprivate func clauses(_ people: People) -> [String] {
    var clauses: [String] = []
    var asked = when
    asked?.lanes = nil
    if let words = asked?.clause(people, isException: false) { clauses.append("only \(words)") }
    if let except, !except.isOfLanesAlone,
      let words = except.clause(people, isException: true)
    {
      clauses.append("not \(words)")
    }
    return clauses
  }
}

extension Condition {
  fileprivate var isOfLanesAlone: Bool {
    var only = Condition()
    only.lanes = lanes
    return lanes != nil && self == only
  }

  /// What it asks, for people; nil where it asks nothing.
  fileprivate func clause(_ people: People, isException: Bool) -> String? {
    var words: [String] = []
    if let paths {
      let patterns = listed(paths.included.map(\.text), "or")
      words.append("where \(isException ? "nothing but " : "")\(patterns) is changed")
    }
    if let lanes { words.append("on the lane \(listed(lanes.map(\.rawValue), "or"))") }
    if let risks { words.append("where the risk is \(listed(risks.map(\.rawValue), "or"))") }
    if let pushers { words.append("where \(pushers.words(people)) pushes") }
    if let kinds { words.append("for \(listed(kinds.map(\.described), "or"))") }
    if let routes { words.append("via \(listed(routes.map(\.rawValue), "or"))") }
    return words.isEmpty ? nil : listed(words)
  }
}
