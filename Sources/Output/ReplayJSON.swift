internal import GitModel
public import Policy

/// What came of a replay, as JSON. The shape is version 1; keys are only ever added.
public enum ReplayJSON {
  /// The document.
  public static func text(_ report: ReplayReport) throws(JSONFault) -> String {
    try JSONFault.encode(Document(report))
  }

  private struct Document: Encodable {
    let version = 1
    let refs: String
    let source: String
    let policy: String
    let policySha256: String
    let from: String?
    let until: String?
    let updates: Int
    let commits: Int
    let refused: Int
    let notTold: Int
    let unguarded: Int
    let rules: [Rule]
    let notes: [String]

    init(_ report: ReplayReport) {
      let tally = report.tally
      (refs, source, notes) = (report.refs, report.source, report.notes)
      (policy, policySha256) = (report.policy.label, report.policy.digest)
      (from, until) = (tally.span?.lowerBound.utcText, tally.span?.upperBound.utcText)
      (updates, commits) = (tally.updates, tally.commits)
      (refused, notTold, unguarded) = (tally.refused, tally.untold, tally.unguarded)
      rules = tally.rules.map { Rule($0, of: report.policy) }
    }
  }

  private struct Rule: Encodable {
    let rule: String
    let ruleset: String?
    let file: String?
    let line: Int?
    let refused: Int
    let held: Int
    let notApplicable: Int
    let notTold: Int
    let reasons: [Reason]
    let examples: [ReplayJSON.Example]

    init(_ tally: RuleTally, of policy: PolicyOrigin) {
      (rule, ruleset) = (tally.rule.text, tally.ruleset)
      file = tally.position.map { $0.file ?? policy.file }
      line = tally.position?.line
      (refused, held) = (tally.refused, tally.held)
      (notApplicable, notTold) = (tally.notApplicable, tally.untold)
      reasons = tally.reasons.map { Reason(why: $0.why, count: $0.count) }
      examples = tally.examples.map { [file, line] in ReplayJSON.Example($0, file: file, line: line)
      }
    }
  }

  private struct Reason: Encodable {
    let why: String
    let count: Int
  }

  struct Example: Encodable {
    let file: String?
    let line: Int?
    let ref: String
    let old: String
    let new: String
    let time: String
    let title: String
    let summary: String
    let findings: [Finding]
    let findingsTotal: Int

    init(_ example: ReplayExample, file: String?, line: Int?) {
      (self.file, self.line) = (file, line)
      let update = example.update
      (ref, old, new) = (update.name.full, update.old.hex, update.new.hex)
      (time, title) = (example.instant.utcText, example.title)
      summary = example.explanation.summary
      findings = example.explanation.findings.map {
        Finding(commit: $0.commit?.hex, title: $0.title, detail: $0.detail)
      }
      findingsTotal = example.explanation.total
    }
  }

  struct Finding: Encodable {
    let commit: String?
    let title: String
    let detail: String
  }
}

/// The counts of a replay as CSV (RFC 4180): a line for each rule.
public enum ReplayCSV {
  /// The lines, the names of the columns first.
  public static func lines(_ report: ReplayReport) -> [String] {
    let head =
      "ruleset,rule,line,updates,refused,held,not_applicable,not_told,example,file,not_told_why"
    return [head]
      + report.tally.rules.map { rule in
        [
          quoted(rule.ruleset ?? ""), quoted(rule.rule.text),
          rule.position.map { "\($0.line)" } ?? "", "\(report.tally.updates)", "\(rule.refused)",
          "\(rule.held)", "\(rule.notApplicable)", "\(rule.untold)",
          rule.examples.first?.update.new.hex ?? "",
          quoted(rule.position.map { $0.file ?? report.policy.file } ?? ""),
          quoted(rule.reasons.map { "\($0.count) x \($0.why)" }.joined(separator: "; ")),
        ].joined(separator: ",")
      }
  }

  private static func quoted(_ text: String) -> String {
    var shown = Bytes(text.utf8).printable
    // What a spreadsheet would take for a formula is text.
    if let first = shown.first, "=+-@".contains(first) { shown = "'" + shown }
    guard shown.contains(where: { ",\"".contains($0) }) else { return shown }
    return "\""
      + shown.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
