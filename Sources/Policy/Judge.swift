public import GitModel

/// One ref update of a push, ready to be judged.
public struct ProposedUpdate: Sendable {
  /// The update, with the old id that the repository really held.
  public let update: RefUpdate
  /// Verdicts that stand before any rule: the built-in checks on names, objects and history.
  public let builtIn: [JudgedRule]
  /// The rulesets that guard the ref, each with its facts.
  public let matters: [(ruleset: Ruleset, facts: Facts)]

  /// An update with its facts.
  public init(
    update: RefUpdate, builtIn: [JudgedRule] = [], matters: [(ruleset: Ruleset, facts: Facts)]
  ) {
    (self.update, self.builtIn, self.matters) = (update, builtIn, matters)
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
  /// Its people.
  public let people: People
  /// The ref updates.
  public let updates: [ProposedUpdate]
  /// Verdicts on the push as a whole.
  public let whole: [JudgedRule]

  /// A push from its parts.
  public init(
    instant: Instant, pusher: String?, policy: PolicyOrigin, people: People,
    updates: [ProposedUpdate], whole: [JudgedRule] = []
  ) {
    (self.instant, self.pusher, self.policy) = (instant, pusher, policy)
    (self.people, self.updates, self.whole) = (people, updates, whole)
  }

  /// The decision: every rule of every guarding ruleset, all violations at once.
  public func judged() -> Decision {
    let decisions = updates.map { proposed in
      let stated = proposed.matters.flatMap { ruleset, facts in
        let matter = Matter(
          update: proposed.update, facts: facts, instant: instant, pusher: pusher, people: people)
        return ruleset.rules.map { stated in
          JudgedRule(
            rule: stated.id, ruleset: ruleset.name, position: stated.position,
            enforcement: stated.enforcement, verdict: stated.rule.judge(matter))
        }
      }
      return UpdateDecision(
        update: proposed.update, isGuarded: !proposed.matters.isEmpty,
        judged: proposed.builtIn + stated)
    }
    return Decision(
      instant: instant, pusher: pusher, policy: policy, updates: decisions, whole: whole)
  }
}
