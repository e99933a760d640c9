internal import GitModel
public import Policy

/// A decision as JSON for machines. The shape is version 1; keys are only ever added.
public enum DecisionJSON {
  /// The document of a decision.
  public static func text(_ decision: Decision) throws(JSONFault) -> String {
    try JSONFault.encode(DecisionDocument(decision))
  }
}

struct DecisionDocument: Encodable {
  let version = 1
  let answer: String
  let time: String
  let pusher: String?
  let policy: PolicyPart?
  let updates: [UpdatePart]
  let whole: [VerdictPart]

  init(_ decision: Decision) {
    answer = decision.answer.rawValue
    time = decision.instant.utcText
    pusher = decision.pusher?.cleaned
    policy = decision.policy.map(PolicyPart.init)
    updates = decision.updates.map { UpdatePart($0, of: decision) }
    whole = decision.whole.map { VerdictPart($0, decision.policy) }
  }
}

struct PolicyPart: Encodable {
  let label: String
  let file: String
  let sha256: String

  init(_ origin: PolicyOrigin) {
    (label, file, sha256) = (origin.label.cleaned, origin.file.cleaned, origin.digest)
  }
}

struct UpdatePart: Encodable {
  let ref: String
  let old: String
  let new: String
  let kind: String
  let guarded: Bool
  let verdicts: [VerdictPart]
  let plan: [String]?

  init(_ decision: UpdateDecision, of whole: Decision) {
    let update = decision.update
    (ref, old, new) = (update.name.full, update.old.hex, update.new.hex)
    (kind, guarded) = (update.kind.rawValue, decision.isGuarded)
    verdicts = decision.judged.map { VerdictPart($0, whole.policy) }
    plan = whole.plan(for: decision)?.steps
  }
}

struct VerdictPart: Encodable {
  let rule: String
  let ruleset: String?
  let file: String?
  let line: Int?
  let column: Int?
  let enforce: String
  let activeFrom: String?
  let outcome: String
  let refuses: Bool
  let summary: String
  let expected: String?
  let findings: [FindingPart]
  let findingsTotal: Int
  let fixes: [String]
  let conditions: [ConditionPart]?
  let override: OverridePart?

  init(_ judged: JudgedRule, _ policy: PolicyOrigin?) {
    file = judged.position.flatMap { $0.file ?? policy?.file }?.cleaned
    (rule, ruleset) = (judged.rule.text, judged.ruleset?.cleaned)
    (line, column) = (judged.position?.line, judged.position?.column)
    (enforce, refuses) = (judged.enforcement.rawValue, judged.refuses)
    activeFrom = judged.activeFrom?.utcText
    outcome = judged.verdict.outcome.rawValue
    summary = judged.verdict.explanation.summary
    expected = judged.verdict.explanation.expected
    findings = judged.verdict.explanation.findings.map(FindingPart.init)
    findingsTotal = judged.verdict.explanation.total
    fixes = judged.verdict.explanation.fixes
    conditions = judged.readings.isEmpty ? nil : judged.readings.map(ConditionPart.init)
    override = judged.override.map(OverridePart.init)
  }
}

struct OverridePart: Encodable {
  let state: String
  let by: String
  let reason: String?
  let source: String?

  init(_ answer: OverrideAnswer) {
    switch answer {
    case .open(let by): (state, self.by, reason, source) = ("open", by.cleaned, nil, nil)
    case .refused(let words, let by):
      (state, self.by, reason, source) = ("refused", by.cleaned, words.cleaned, nil)
    case .accepted(let person, let reason, let source):
      (state, by, self.reason, self.source) = (
        "accepted", person.cleaned, reason.cleaned, source.cleaned
      )
    }
  }
}

struct ConditionPart: Encodable {
  let of: String
  let under: String
  let key: String
  let answer: String
  let detail: String

  init(_ reading: ConditionReading) {
    of = reading.isOfRuleset ? "ruleset" : "rule"
    under = reading.isException ? "except" : "when"
    (key, answer, detail) = (reading.key, reading.answer.rawValue, reading.words)
  }
}

struct FindingPart: Encodable {
  let commit: String?
  let title: String
  let detail: String

  init(_ finding: Finding) {
    (commit, title, detail) = (finding.commit?.hex, finding.title, finding.detail)
  }
}
