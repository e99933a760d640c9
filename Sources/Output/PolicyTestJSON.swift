internal import GitModel
public import Policy

/// What came of policy tests, as JSON. The shape is version 1; keys are only ever added.
public enum PolicyTestJSON {
  /// The document.
  public static func text(_ report: PolicyTestReport) throws(JSONFault) -> String {
    try JSONFault.encode(Document(report))
  }

  private struct Document: Encodable {
    let version = 1
    let cases: [Case]
    let failed: Int
    let untested: [Untested]

    init(_ report: PolicyTestReport) {
      cases = report.cases.map(Case.init)
      failed = report.failures.count
      untested = report.untested.map(Untested.init)
    }
  }

  private struct Case: Encodable {
    let file: String
    let line: Int
    let name: String
    let holds: Bool
    let answer: String
    let mismatches: [Difference]
    let refusedBy: [String]
    let undecidedBy: [String]

    init(_ one: TestedCase) {
      (file, line, name) = (one.file, one.position.line, one.name)
      (holds, answer) = (one.holds, one.decision.answer.rawValue)
      mismatches = one.mismatches.map(Difference.init)
      let refusing = one.decision.all.filter(\.refuses)
      refusedBy = refusing.filter { $0.verdict.outcome == .violated }.map(\.rule.text)
      undecidedBy = refusing.filter { $0.verdict.outcome == .indeterminate }.map(\.rule.text)
    }
  }

  private struct Difference: Encodable {
    let expected: String
    let found: String

    init(_ mismatch: Mismatch) {
      (expected, found) = (mismatch.expected, mismatch.found)
    }
  }

  private struct Untested: Encodable {
    let policy: String
    let line: Int
    let ruleset: String
    let rule: String

    init(_ untested: UntestedRule) {
      (policy, ruleset) = (untested.policy, untested.ruleset)
      (rule, line) = (untested.rule.text, untested.position.line)
    }
  }
}
