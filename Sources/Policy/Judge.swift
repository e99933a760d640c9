public import GitModel

/// One ref update of a push, ready to be judged.
public struct ProposedUpdate: Sendable {
  /// The update, with the old id that the repository really held.
  public let update: RefUpdate
  /// Verdicts that stand before any rule: the built-in checks on names, objects and history.
  public let builtIn: [JudgedRule]
  /// The rulesets that guard the ref, each with its facts.
  public let matters: [(ruleset: Ruleset, facts: Facts)]
  /// What is said so that rules need not hold for it.
  public let overrides: [OverrideClaim]

  /// An update with its facts.
  public init(
    update: RefUpdate, builtIn: [JudgedRule] = [], matters: [(ruleset: Ruleset, facts: Facts)],
    overrides: [OverrideClaim] = []
  ) {
    (self.update, self.builtIn, self.matters) = (update, builtIn, matters)
    self.overrides = overrides
  }
}

/// A push as a value: everything that the rules may look at.
public struct Proposal: Sendable {
  /// The moment of the decision.
  public let instant: Instant
  /// Who pushes, when that was authenticated.
  public let pusher: String?
  /// The policy that judges.
  public let policy: PolicyOrigin
  /// How it comes; nil when nobody can tell.
  public let route: Route?
  /// Its people.
  public let people: People
  /// The ref updates.
  public let updates: [ProposedUpdate]
  /// Verdicts on the push as a whole.
  public let whole: [JudgedRule]

  /// A push from its parts.
  public init(
    instant: Instant, pusher: String?, route: Route? = nil, policy: PolicyOrigin, people: People,
    updates: [ProposedUpdate], whole: [JudgedRule] = []
  ) {
    (self.instant, self.pusher, self.policy) = (instant, pusher, policy)
    (self.route, self.people) = (route, people)
    (self.updates, self.whole) = (updates, whole)
  }

  /// The decision: every rule of every guarding ruleset, all violations at once.
  public func judged() -> Decision {
    let decisions = updates.map { proposed in
      let stated = proposed.matters.flatMap { ruleset, facts in
        let matter = Matter(
          update: proposed.update, facts: facts, instant: instant, pusher: pusher, route: route,
          people: people, overrides: proposed.overrides)
        return ruleset.judged(matter)
      }
      return UpdateDecision(
        update: proposed.update, isGuarded: !proposed.matters.isEmpty,
        judged: proposed.builtIn + stated)
    }
    return Decision(
      instant: instant, pusher: pusher, policy: policy, updates: decisions, whole: whole,
      pushingPerson: pusher.flatMap { people.person(login: $0)?.id })
  }
}

extension Ruleset {
  /// The verdicts of every rule on `matter`: first whether the rule applies, then what it says.
  public func judged(_ matter: Matter) -> [JudgedRule] {
    rules.map { stated in
      guard conditions.isStated || stated.conditions.isStated || stated.rule.differsByRef else {
        return stated.judgement(on: matter, of: name, stated.rule.judge(matter))
      }
      let matter = seen(by: stated, matter)
      return stated.judgement(
        on: matter, of: name,
        conditions.verdict(on: matter) ?? stated.conditions.verdict(on: matter)
          ?? stated.rule.judge(matter),
        readings: conditions.readings(on: matter, isOfRuleset: true)
          + stated.conditions.readings(on: matter, isOfRuleset: false))
    }
  }

  /// What a rule judges: where a condition may have spared another ref, that one's commits count as new.
  private func seen(by stated: StatedRule, _ matter: Matter) -> Matter {
    guard conditions.differByRef || stated.differsByRef, let own = matter.facts.own.first else {
      return matter
    }
    return Matter(
      update: matter.update, facts: own, instant: matter.instant, pusher: matter.pusher,
      route: matter.route, people: matter.people, overrides: matter.overrides, isPast: matter.isPast
    )
  }

  /// Whether one of its rules may have judged commits on one ref and not on another.
  public var differsByRef: Bool {
    conditions.differByRef || rules.contains(where: \.differsByRef)
  }
}

extension Ruleset {
  /// The programs that the rules that apply to `matter` want asked.
  public func programs(for matter: Matter) -> [ProgramCall] {
    applying(to: matter).flatMap(\.programs)
  }

  /// The program that says what is promised, where a rule that applies to `matter` wants one asked.
  public func scopeProgram(for matter: Matter) -> ProgramCall? {
    for needs in applying(to: matter) {
      if case .program(let call) = needs.scope { return call }
    }
    return nil
  }

  /// What the rules need that apply to `matter`.
  private func applying(to matter: Matter) -> [Needs] {
    rules.filter { stated in
      let matter = seen(by: stated, matter)
      return conditions.verdict(on: matter) == nil && stated.conditions.verdict(on: matter) == nil
    }.map(\.rule.needs)
  }
}

extension StatedRule {
  /// A verdict of this rule, with where it comes from and whether it can refuse at the moment of
  /// `matter`.
  public func judgement(
    on matter: Matter, of ruleset: String, _ verdict: Verdict, readings: [ConditionReading] = []
  ) -> JudgedRule {
    let enforcement = enforcement.enforcement(at: matter.instant)
    var start: Instant?
    if case .activeFrom(let moment) = self.enforcement, enforcement == .evaluate { start = moment }
    let refuses = verdict.outcome == .violated || verdict.outcome == .indeterminate
    return JudgedRule(
      rule: id, ruleset: ruleset, position: position, enforcement: enforcement, activeFrom: start,
      verdict: verdict, readings: readings,
      override: refuses && enforcement == .active ? overriding(matter, in: ruleset) : nil)
  }
}
