public import GitModel

/// A decision that let a push in because rules were overridden, and what was said of that since.
public struct Debt: Hashable, Sendable {
  /// Its number in the log.
  public let decision: Int
  /// When it was made.
  public let instant: Instant
  /// What was overridden, each as `ref rule person: reason`.
  public let overrides: [String]
  /// The people who overrode, and who pushed: none of them settles it.
  public let people: Set<String>
  /// The reviews of it, whether they count or not.
  public let reviews: [StatedDeclaration]

  /// A debt from its parts.
  public init(
    decision: Int, instant: Instant, overrides: [String], people: Set<String>,
    reviews: [StatedDeclaration]
  ) {
    (self.decision, self.instant, self.overrides) = (decision, instant, overrides)
    (self.people, self.reviews) = (people, reviews)
  }
}

extension PolicyDocument {
  /// Whether one of these claims names a rule that it may lift on the ref.
  public func takes(_ claims: [OverrideClaim], on ref: RefName) -> Bool {
    rulesets(guarding: ref).contains { ruleset in
      ruleset.rules.contains { rule in
        rule.overrideBy != nil
          && claims.contains { rule.isCalled($0.rule, in: ruleset.name) && $0.fault == nil }
      }
    }
  }
}

extension Fact<DebtReading> {
  /// The same, where overrides are claimed for other refs of the push.
  public func with(elsewhere refs: [RefName]) -> Fact<DebtReading> {
    guard case .known(var reading) = self else { return self }
    reading.elsewhere = refs
    return .known(reading)
  }
}

/// The incidents of a release.
public struct ReleaseIncidents: Hashable, Sendable {
  /// The tag.
  public let tag: RefName
  /// What they come to.
  public let state: IncidentState

  /// The incidents of the release at `tag`.
  public init(tag: RefName, state: IncidentState) { (self.tag, self.state) = (tag, state) }
}

/// What is known of overrides and incidents when a ref update is judged.
public struct DebtReading: Hashable, Sendable {
  /// Those of the log, the newest first.
  public let debts: [Debt]
  /// The releases with incidents that are open or were not looked at, the highest version first.
  public let incidents: [ReleaseIncidents]
  /// Other refs of the same push for which an override is claimed: nobody can have looked at that yet.
  public var elsewhere: [RefName]

  /// A reading from its parts.
  public init(
    debts: [Debt], incidents: [ReleaseIncidents] = [], elsewhere: [RefName] = []
  ) {
    (self.debts, self.incidents, self.elsewhere) = (debts, incidents, elsewhere)
  }
}
