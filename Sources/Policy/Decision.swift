public import GitModel

/// One verdict of a decision, with where it comes from.
public struct JudgedRule: Hashable, Sendable {
  /// The rule, or the built-in check.
  public let rule: RuleID
  /// The ruleset that states it; nil for built-in checks, which no policy can switch off.
  public let ruleset: String?
  /// The place in the policy file; nil for built-in checks.
  public let position: Position?
  /// Whether it can refuse.
  public let enforcement: Enforcement
  /// When it begins to refuse, where it does not yet.
  public let activeFrom: Instant?
  /// The answer.
  public fileprivate(set) var verdict: Verdict
  /// How the conditions that stand before the rule were answered.
  public let readings: [ConditionReading]
  /// What the policy says to overriding it; nil where it would not refuse or nobody may.
  public let override: OverrideAnswer?

  /// A verdict of a stated rule.
  public init(
    rule: RuleID, ruleset: String?, position: Position?, enforcement: Enforcement,
    activeFrom: Instant? = nil, verdict: Verdict, readings: [ConditionReading] = [],
    override: OverrideAnswer? = nil
  ) {
    self.override = override
    (self.activeFrom, self.readings) = (activeFrom, readings)
    (self.rule, self.ruleset, self.position) = (rule, ruleset, position)
    (self.enforcement, self.verdict) = (enforcement, verdict)
  }

  /// A verdict of a built-in check, always enforced.
  public init(builtIn rule: RuleID, _ verdict: Verdict) {
    self.init(rule: rule, ruleset: nil, position: nil, enforcement: .active, verdict: verdict)
  }

  /// Whether this verdict refuses the push.
  public var refuses: Bool {
    enforcement == .active && !isOverridden
      && (verdict.outcome == .violated || verdict.outcome == .indeterminate)
  }
}

/// All verdicts on one ref update.
public struct UpdateDecision: Hashable, Sendable {
  /// The update, with the old id that the repository really held.
  public let update: RefUpdate
  /// Whether a ruleset guards the ref. An unguarded ref is let through and said to be so.
  public let isGuarded: Bool
  /// The verdicts.
  public fileprivate(set) var judged: [JudgedRule]
  /// The `gitrel tag` that would make this update, where it is only planned.
  fileprivate(set) var command: TagCommand?

  /// The verdicts on `update`.
  public init(update: RefUpdate, isGuarded: Bool, judged: [JudgedRule]) {
    (self.update, self.isGuarded, self.judged) = (update, isGuarded, judged)
  }
}

/// The answer to a push.
public struct Decision: Hashable, Sendable {
  /// The three answers.
  public enum Answer: String, Hashable, Sendable {
    /// Every enforced rule holds or has nothing to judge.
    case accepted
    /// At least one is violated.
    case refused
    /// None is violated, and at least one could not be told. The push is refused all the same.
    case undecided
  }

  /// The moment of the decision.
  public let instant: Instant
  /// Who pushed, when that was authenticated.
  public let pusher: String?
  /// The id of the person of the policy who that is; nil where it knows none.
  public let pushingPerson: String?
  /// The policy that judged; nil when there was none to be had.
  public let policy: PolicyOrigin?
  /// The verdicts, one entry a ref update.
  public private(set) var updates: [UpdateDecision]
  /// Verdicts on the push as a whole: its input, its policy.
  public let whole: [JudgedRule]

  /// A decision from its parts.
  public init(
    instant: Instant, pusher: String?, policy: PolicyOrigin?, updates: [UpdateDecision],
    whole: [JudgedRule] = [], pushingPerson: String? = nil
  ) {
    (self.instant, self.pusher, self.policy) = (instant, pusher, policy)
    self.pushingPerson = pushingPerson
    (self.updates, self.whole) = (updates, whole)
  }

  /// The same, where the update is that of a tag which `command` would make: what to do is told by it.
  public func planned(by command: TagCommand) -> Decision {
    var decision = self
    for place in decision.updates.indices {
      decision.updates[place].command = command
      for rule in decision.updates[place].judged.indices {
        decision.updates[place].judged[rule].verdict =
          updates[place].judged[rule].verdict.told(for: command)
      }
    }
    return decision
  }

  /// Every verdict.
  public var all: [JudgedRule] { whole + updates.flatMap(\.judged) }

  /// The statements that its verdicts rest on, each once.
  public var uses: [StatementUse] { Set(all.flatMap(\.verdict.uses)).sorted() }

  /// The answer.
  public var answer: Answer {
    let refusing = all.filter(\.refuses)
    if refusing.isEmpty { return .accepted }
    return refusing.contains { $0.verdict.outcome == .violated } ? .refused : .undecided
  }
}
