internal import GitModel
internal import Policy

extension DecisionJSON {
  /// The document of an explanation.
  public static func text(_ explanation: PolicyExplanation) throws(JSONFault) -> String {
    try JSONFault.encode(ExplanationDocument(explanation))
  }
}

private struct ExplanationDocument: Encodable {
  let version = 1
  let policy: PolicyPart
  let rule: RulePart?
  let ref: RefPart?
  let decision: DecisionDocument?

  init(_ explanation: PolicyExplanation) {
    policy = PolicyPart(explanation.origin)
    rule = explanation.rule.map { RulePart($0, explanation) }
    ref = explanation.name.map { RefPart($0, explanation) }
    decision = explanation.decision.map(DecisionDocument.init)
  }
}

private struct RulePart: Encodable {
  let id: String
  let summary: String
  let builtIn: Bool
  let statements: [StatementPart]

  init(_ rule: RuleID, _ explanation: PolicyExplanation) {
    (id, summary, builtIn) = (rule.text, rule.summary ?? "", rule.isBuiltIn)
    statements = explanation.statements.map { StatementPart($0, explanation) }
  }
}

private struct StatementPart: Encodable {
  let ruleset: String
  let refs: [String]
  let file: String
  let line: Int
  let column: Int
  let enforce: String
  let activeFrom: String?
  let settings: [SettingPart]
  let defaults: [SettingPart]

  init(_ statement: PolicyExplanation.Statement, _ explanation: PolicyExplanation) {
    let (stated, position) = (statement.stated, statement.stated.position)
    (ruleset, refs) = (statement.ruleset.name.cleaned, statement.ruleset.patterns.map(\.cleaned))
    file = (position.file ?? explanation.origin.file).cleaned
    (line, column) = (position.line, position.column)
    switch stated.enforcement {
    case .always(let enforcement): (enforce, activeFrom) = (enforcement.rawValue, nil)
    case .activeFrom(let start): (enforce, activeFrom) = ("active-from", start.utcText)
    }
    settings = statement.settings.map(SettingPart.init)
    defaults = statement.defaults.map(SettingPart.init)
  }
}

private struct SettingPart: Encodable {
  let key: String
  let value: String
  let meaning: String?

  init(_ setting: PolicyExplanation.Setting) {
    (key, value, meaning) = (setting.key.cleaned, setting.value, setting.meaning)
  }
}

private struct RefPart: Encodable {
  let name: String
  let rulesets: [RulesetPart]

  init(_ name: RefName, _ explanation: PolicyExplanation) {
    self.name = name.full
    rulesets = explanation.rulesets.map { RulesetPart($0, name, explanation) }
  }
}

private struct RulesetPart: Encodable {
  let name: String
  let refs: [String]
  let file: String
  let line: Int
  let guards: Bool
  let match: String
  let pattern: String?
  let rules: [String]

  init(_ ruleset: Ruleset, _ name: RefName, _ explanation: PolicyExplanation) {
    (self.name, refs) = (ruleset.name.cleaned, ruleset.patterns.map(\.cleaned))
    file = (ruleset.position.file ?? explanation.origin.file).cleaned
    line = ruleset.position.line
    rules = ruleset.rules.map(\.id.text)
    switch ruleset.match(name) {
    case .selected(let by): (guards, match, pattern) = (true, "selected", by.cleaned)
    case .takenOut(let by): (guards, match, pattern) = (false, "taken-out", by.cleaned)
    case .unmatched: (guards, match, pattern) = (false, "unmatched", nil)
    }
  }
}
