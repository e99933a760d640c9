/// What came of one case of a policy test.
public struct TestedCase: Hashable, Sendable {
  /// The test file, as messages call it.
  public let file: String
  /// Where the case starts in it.
  public let position: Position
  /// What the case is called.
  public let name: String
  /// How the decision differs from what is expected; empty when the case holds.
  public let mismatches: [Mismatch]
  /// The decision.
  public let decision: Decision

  /// What came of a case.
  public init(
    file: String, position: Position, name: String, mismatches: [Mismatch], decision: Decision
  ) {
    (self.file, self.position, self.name) = (file, position, name)
    (self.mismatches, self.decision) = (mismatches, decision)
  }

  /// Whether it is as expected.
  public var holds: Bool { mismatches.isEmpty }

  /// `file:line` of the case.
  public var place: String { "\(file):\(position.line)" }
}

/// A rule of a policy under test that refuses in no case, so that nothing shows that it can.
public struct UntestedRule: Hashable, Sendable {
  /// The policy, as messages call it.
  public let policy: String
  /// The ruleset that states it.
  public let ruleset: String
  /// The rule.
  public let rule: RuleID
  /// Where it is stated.
  public let position: Position

  /// A rule of a policy.
  public init(policy: String, ruleset: String, rule: RuleID, position: Position) {
    (self.policy, self.ruleset) = (policy, ruleset)
    (self.rule, self.position) = (rule, position)
  }
}

/// What came of a run of policy tests.
public struct PolicyTestReport: Hashable, Sendable {
  /// The cases in the order of the files.
  public let cases: [TestedCase]
  /// The rules that refuse in no case.
  public let untested: [UntestedRule]

  /// What came of some cases.
  public init(cases: [TestedCase], untested: [UntestedRule]) {
    (self.cases, self.untested) = (cases, untested)
  }

  /// The cases that are not as expected.
  public var failures: [TestedCase] { cases.filter { !$0.holds } }

  /// The rules of `policy` that no case of `cases` shows to refuse.
  public static func untested(
    of policy: PolicyDocument, called label: String, in cases: [TestedCase]
  ) -> [UntestedRule] {
    var refusing: Set<[String]> = []
    for judged in cases.flatMap(\.decision.all) {
      guard let ruleset = judged.ruleset,
        [.violated, .indeterminate].contains(judged.verdict.outcome)
      else { continue }
      refusing.insert([ruleset, judged.rule.text])
    }
    return policy.rulesets.flatMap { ruleset in
      ruleset.rules.filter { !refusing.contains([ruleset.name, $0.id.text]) }.map {
        UntestedRule(
          policy: label, ruleset: ruleset.name, rule: $0.id, position: $0.position)
      }
    }
  }
}
