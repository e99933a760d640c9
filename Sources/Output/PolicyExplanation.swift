public import GitModel
public import Policy

/// What `gitrel explain` tells, as values: why rulesets guard a ref or do not, with which settings a
/// rule is in force, and what both come to.
public struct PolicyExplanation: Sendable {
  /// The policy.
  let origin: PolicyOrigin
  /// The ref, when one was asked about.
  let name: RefName?
  /// The rule or built-in check, when one was asked about.
  let rule: RuleID?
  let rulesets: [Ruleset]
  /// The verdicts, as if the ref were pushed now; nil where there is nothing to judge.
  public let decision: Decision?
  /// Which commit was judged, as the line above the verdicts.
  let looked: String?

  /// Explains a ref, a rule, or a rule on a ref. Of a decision only what the rule says is kept.
  public init(
    _ policy: PolicyDocument, _ origin: PolicyOrigin, ref name: RefName? = nil,
    rule: RuleID? = nil, decision: Decision? = nil, looked: String? = nil
  ) {
    self.looked = looked
    (self.origin, self.name, self.rule) = (origin, name, rule)
    rulesets = policy.rulesets
    self.decision = rule.map { rule in decision?.only(rule) } ?? decision
  }

  /// A rule as some ruleset states it.
  struct Statement {
    let ruleset: Ruleset
    let stated: StatedRule
    /// What is stated, in the order of the file.
    let settings: [Setting]
    /// What is not, and has a default.
    let defaults: [Setting]
  }

  /// One key with what is in force.
  struct Setting {
    let key: String
    let value: String
    /// What docs/policy-reference.md says of the key.
    let meaning: String?
  }

  /// Where the asked-for rule is stated; where a ref was asked about too, by what guards it.
  var statements: [Statement] {
    rulesets.filter { ruleset in name.map { ruleset.refs.contains($0) } ?? true }
      .flatMap { ruleset in
        ruleset.rules.filter { $0.id == rule }.map { Self.statement($0, of: ruleset) }
      }
  }

  private static func statement(_ stated: StatedRule, of ruleset: Ruleset) -> Statement {
    let keys = KeyReference.keys(of: stated.id)
    var settings: [Setting] = []
    if case .map(let entries) = stated.settings.value {
      settings = entries.map { entry in
        Setting(
          key: entry.key, value: entry.node.yaml,
          meaning: keys.first { $0.key == entry.key }?.meaning)
      }
    }
    let defaults = keys.filter { key in !settings.contains { $0.key == key.key } }
      .map { Setting(key: $0.key, value: $0.standard, meaning: $0.meaning) }
    return Statement(ruleset: ruleset, stated: stated, settings: settings, defaults: defaults)
  }

  /// `base.yml:7`.
  func place(_ position: Position) -> String {
    "\((position.file ?? origin.file).cleaned):\(position.line)"
  }
}

extension Decision {
  /// What one rule says; the rest is left out.
  fileprivate func only(_ rule: RuleID) -> Decision {
    Decision(
      instant: instant, pusher: pusher, policy: policy,
      updates: updates.map { update in
        UpdateDecision(
          update: update.update, isGuarded: update.isGuarded,
          judged: update.judged.filter { $0.rule == rule })
      }, whole: whole.filter { $0.rule == rule })
  }
}

extension SettingsNode {
  /// The value as one line of YAML, fit for a terminal.
  var yaml: String {
    switch value {
    case .absent: ""
    case .scalar(let text, let isQuoted): isQuoted ? Self.quoted(text) : text.cleaned
    case .list(let items): "[\(items.map(\.yaml).joined(separator: ", "))]"
    case .map(let entries):
      "{\(entries.map { "\($0.key.cleaned): \($0.node.yaml)" }.joined(separator: ", "))}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var out = "'"
    for scalar in text.cleaned.unicodeScalars { out += scalar == "'" ? "''" : String(scalar) }
    return out + "'"
  }
}
