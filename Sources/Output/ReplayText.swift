internal import GitModel
public import Policy

/// What came of a replay, as text for people.
public struct ReplayText {
  static let maximumFindings = 3

  /// How wide lines may be; the table is as wide as it has to be.
  private let width: Int

  /// A renderer.
  public init(width: Int = 80) { self.width = width }

  /// The lines: what was replayed, a table of the rules, examples of what they would have refused.
  public func lines(_ report: ReplayReport) -> [String] {
    let tally = report.tally
    var lines = [
      "replay of \(report.refs) by policy \(report.policy.label)",
      "  from \(report.source): \(Self.amount(tally))",
    ]
    if tally.updates == 0 {
      return (lines + ["  there is nothing to judge"]).wrapped(to: width)
    }
    lines.append("  \(Self.answer(tally))")
    if tally.unguarded > 0 {
      lines.append("  no ruleset guards \(tally.unguarded) of them")
    }
    let rest = untold(tally) + examples(report) + [""] + report.notes.map { "note: \($0)" }
    return lines.wrapped(to: width) + [""] + table(tally.rules) + rest.wrapped(to: width)
  }

  static func amount(_ tally: ReplayTally) -> String {
    let days = tally.span.map {
      ", \($0.lowerBound.day) to \($0.upperBound.day)"
    }
    // Tags bring in nothing that is counted.
    let commits = tally.commits == 0 ? "" : ", \(grouped(tally.commits, "commit"))"
    return "\(grouped(tally.updates, "update"))\(days ?? "")\(commits)"
  }

  static func answer(_ tally: ReplayTally) -> String {
    var parts = ["\(grouped(tally.refused)) would have broken a rule\(share(tally.refused, tally))"]
    if tally.untold > 0 {
      parts.append("of \(grouped(tally.untold)) others some rule could not be told")
    }
    return parts.joined(separator: "; ")
  }

  private static func share(_ part: Int, _ tally: ReplayTally) -> String {
    guard tally.updates > 0, part > 0 else { return "" }
    let tenths = part * 1000 / tally.updates
    return " (\(tenths / 10).\(tenths % 10)%)"
  }

  private func table(_ rules: [RuleTally]) -> [String] {
    let rows = rules.map { tally in
      [
        Self.name(tally), Self.grouped(tally.refused), Self.grouped(tally.held),
        Self.grouped(tally.notApplicable), Self.grouped(tally.untold),
      ]
    }
    let all = [["rule", "refused", "held", "not applicable", "not told"]] + rows
    let widths = (0..<5).map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let name = row[0] + String(repeating: " ", count: widths[0] - row[0].count)
      let numbers = (1..<5).map { column in
        String(repeating: " ", count: widths[column] - row[column].count) + row[column]
      }
      return "  \(name)  \(numbers.joined(separator: "  "))"
    }
  }

  private func untold(_ tally: ReplayTally) -> [String] {
    let rules = tally.rules.filter { $0.untold > 0 }
    guard !rules.isEmpty else { return [] }
    var lines = ["", "could not be told:"]
    for rule in rules {
      for reason in rule.reasons {
        lines.append("  \(Self.name(rule))  \(Self.grouped(reason.count)) x  \(reason.why)")
      }
      let rest = rule.untold - rule.reasons.reduce(0) { $0 + $1.count }
      if rest > 0 { lines.append("  \(Self.name(rule))  \(Self.grouped(rest)) x  other reasons") }
    }
    return lines
  }

  private func examples(_ report: ReplayReport) -> [String] {
    var lines: [String] = []
    for rule in report.tally.rules where !rule.examples.isEmpty {
      let place = rule.position.map { " (\($0.file ?? report.policy.file):\($0.line))" } ?? ""
      lines += ["", "\(Self.name(rule))\(place), \(Self.grouped(rule.refused)) refused:"]
      for example in rule.examples { lines += Self.lines(example) }
      let rest = rule.refused - rule.examples.count
      if rest > 0 { lines.append("  and \(Self.grouped(rest)) more") }
    }
    return lines
  }

  static func lines(_ example: ReplayExample) -> [String] {
    let ref = example.update.name.isTag ? "\(example.update.name.short)  " : ""
    var lines = [
      "  \(example.update.new.short)  \(example.instant.day)  \(ref)\(example.title.shortened)"
    ]
    let explanation = example.explanation
    let summary = explanation.summary.split(separator: "\n").first.map(String.init) ?? ""
    // A commit that is all there is to an update is named above.
    let findings = explanation.findings
    if findings.count == 1, findings[0].commit == example.update.new {
      lines.append("      \(findings[0].detail)")
      return lines
    }
    lines.append("      \(summary)")
    for finding in findings.prefix(maximumFindings) {
      let id = finding.commit.map { "\($0.short)  " } ?? ""
      lines.append("        \(id)\(finding.title.shortened)  \(finding.detail)")
    }
    let rest = explanation.total - min(findings.count, maximumFindings)
    if rest > 0 { lines.append("        and \(rest) more") }
    return lines
  }

  static func name(_ tally: RuleTally) -> String { name(tally.ruleset, tally.rule) }

  static func name(_ ruleset: String?, _ rule: RuleID) -> String {
    "\(ruleset.map { "\(Bytes($0.utf8).printable)/" } ?? "")\(rule)"
  }

  static func grouped(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// `12,345`.
  static func grouped(_ count: Int) -> String {
    var digits = String(count)
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.append(Substring(digits.suffix(3)))
      digits = String(digits.dropLast(3))
    }
    return ([Substring(digits)] + groups.reversed()).joined(separator: ",")
  }
}

extension [String] {
  /// The lines broken at spaces, what goes on indented below what it belongs to.
  func wrapped(to width: Int) -> [String] {
    flatMap { $0.wrapped(to: width, hanging: $0.prefix { $0 == " " }.count + 4) }
  }
}

extension Instant {
  /// The day in UTC.
  var day: String { String(utcText.prefix { $0 != "T" }) }
}
