/// The checks that stand before every policy and that no policy can switch off.
public enum BuiltIn {
  /// What the hook is given on its standard input.
  public static let input: RuleID = "hook-input"
  /// The policy itself.
  public static let policy: RuleID = "policy"
  /// The names of refs.
  public static let name: RuleID = "ref-name"
  /// Old ids that a client claims.
  public static let stale: RuleID = "stale"
  /// New objects.
  public static let object: RuleID = "object"
  /// New commits, whatever the policy says of them.
  public static let history: RuleID = "history"
  /// Changes of the policy.
  public static let policyChange: RuleID = "policy-change"
  /// Changes of the ref that holds statements.
  public static let evidenceRef: RuleID = "evidence-ref"
  /// What a client sends with `git push -o`.
  public static let pushOptions: RuleID = "push-options"
  /// The record of the decision.
  public static let log: RuleID = "decision-log"

  /// Every check with what it wants, in one clause for people, in the order of the reference.
  public static let summaries: [(id: RuleID, summary: String)] = [
    (input, "the hook gets lines as git writes them, each ref once, and not too many"),
    (policy, "there is a policy, and it loads"),
    (name, "refs have names that git takes, that look like no other, in places that are open"),
    (stale, "the push starts from what the server has"),
    (object, "the new objects are there"),
    (history, "guarded branches stand on whole commits of one history, merged two at a time"),
    (policyChange, "the policy's ref keeps a policy that loads and takes in nothing unjudged"),
    (evidenceRef, "statements are only added, and well-formed"),
    (pushOptions, "a push that is refused overrides no rule that is not there"),
    (log, "the decision can be recorded, and the clock was not set back"),
  ]
}

extension RuleID {
  /// What the rule or built-in check of this name wants, in one clause; nil when there is none.
  public var summary: String? {
    RuleRegistry.all.first { $0.id == self }?.summary
      ?? BuiltIn.summaries.first { $0.id == self }?.summary
  }

  /// Whether this is a check that no policy can switch off.
  public var isBuiltIn: Bool { BuiltIn.summaries.contains { $0.id == self } }
}
