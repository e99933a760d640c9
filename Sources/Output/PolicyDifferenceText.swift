internal import GitModel
public import Policy

/// What a new policy states otherwise than an old one, and what that does to past updates.
public struct PolicyDifferenceReport: Sendable {
  /// The old policy.
  public let old: PolicyOrigin
  /// The new one.
  public let new: PolicyOrigin
  /// What is stated otherwise.
  public let comparison: PolicyComparison
  /// The refs whose past was judged.
  public let refs: String
  /// Where the updates come from, in words.
  public let source: String
  /// What came of it.
  public let difference: ReplayDifference
  /// The counts of the old policy, and of the new one.
  public let tallies: [ReplayTally]
  /// What a reader must know to read the counts.
  public let notes: [String]

  /// A report from its parts.
  public init(
    old: PolicyOrigin, new: PolicyOrigin, comparison: PolicyComparison, refs: String,
    source: String, difference: ReplayDifference, tallies: [ReplayTally], notes: [String]
  ) {
    (self.old, self.new, self.comparison) = (old, new, comparison)
    (self.refs, self.source, self.difference) = (refs, source, difference)
    (self.tallies, self.notes) = (tallies, notes)
  }
}

/// The difference of two policies as text for people.
public struct PolicyDifferenceText {
  private let width: Int

  /// A renderer of lines that are as wide as this.
  public init(width: Int = 80) { self.width = width }

  /// The lines: what is stated otherwise, then what it would have done to past updates.
  public func lines(_ report: PolicyDifferenceReport) -> [String] {
    var lines = ["policy \(report.old.label) -> \(report.new.label)"]
    if report.comparison.changes.isEmpty { lines.append("  both state the same") }
    for change in report.comparison.changes {
      let detail = change.detail.isEmpty ? "" : "  \(change.detail)"
      lines.append("  \(Self.sign(change.kind)) \(change.subject)\(detail)")
    }
    let difference = report.difference
    lines.append("")
    lines.append("replay of \(report.refs) by both")
    lines.append(
      "  from \(report.source): \(report.tallies.last.map(ReplayText.amount) ?? "nothing")")
    lines.append(
      "  \(ReplayText.grouped(difference.newlyRefused)) newly refused,"
        + " \(ReplayText.grouped(difference.noLongerRefused)) no longer,"
        + " \(ReplayText.grouped(difference.refusedByBoth)) by both")
    for turn in PolicyComparison.Turn.allCases {
      let isRefusing = turn == .switchedOn || turn == .stricter
      let rows = isRefusing ? difference.refusing : difference.released
      let turned = rows.filter { row in
        report.comparison.turn(of: row.rule, in: row.ruleset, isRefusing: isRefusing) == turn
      }
      lines += self.rows(turned, turn, isRefusing ? "newly refuses" : "no longer refuses")
    }
    lines += untold(report)
    lines.append("")
    return (lines + report.notes.map { "note: \($0)" }).wrapped(to: width)
  }

  private func rows(
    _ rows: [ReplayDifference.Row], _ turn: PolicyComparison.Turn, _ verb: String
  ) -> [String] {
    rows.flatMap { row -> [String] in
      let name = ReplayText.name(row.ruleset, row.rule)
      let counts = [
        row.count > 0 ? ReplayText.grouped(row.count) : nil,
        row.anyway > 0 ? "\(ReplayText.grouped(row.anyway)) that both refuse anyway" : nil,
      ].compactMap { $0 }.joined(separator: ", and ")
      var lines = ["", "\(name) is \(Self.words(turn)): \(verb) \(counts):"]
      for example in row.examples { lines += ReplayText.lines(example) }
      let rest = row.count + row.anyway - row.examples.count
      if rest > 0 { lines.append("  and \(ReplayText.grouped(rest)) more") }
      return lines
    }
  }

  /// Rules of the new policy of which nothing could be told: what they would refuse is not in the counts.
  private func untold(_ report: PolicyDifferenceReport) -> [String] {
    let rules = report.tallies.last?.rules.filter { $0.untold > 0 } ?? []
    guard !rules.isEmpty else { return [] }
    return ["", "could not be told, and so not counted:"]
      + rules.map { rule in
        let why = rule.reasons.first.map { "  \($0.why)" } ?? ""
        return "  \(ReplayText.name(rule))  \(ReplayText.grouped(rule.untold)) x\(why)"
      }
  }

  private static func words(_ turn: PolicyComparison.Turn) -> String {
    switch turn {
    case .switchedOn: "switched on"
    case .stricter: "stricter"
    case .looser: "looser"
    case .switchedOff: "switched off"
    }
  }

  private static func sign(_ kind: PolicyComparison.Change.Kind) -> String {
    switch kind {
    case .added: "+"
    case .removed: "-"
    case .changed: "~"
    }
  }
}

/// The difference of two policies as JSON. The shape is version 1; keys are only ever added.
public enum PolicyDifferenceJSON {
  /// The document.
  public static func text(_ report: PolicyDifferenceReport) throws(JSONFault) -> String {
    try JSONFault.encode(Document(report))
  }

  private struct Document: Encodable {
    let version = 1
    let old: String
    let new: String
    let changes: [Change]
    let refs: String
    let source: String
    let updates: Int
    let newlyRefused: Int
    let noLongerRefused: Int
    let refusedByBoth: Int
    let refusing: [Row]
    let released: [Row]
    let notTold: [Untold]
    let notes: [String]

    init(_ report: PolicyDifferenceReport) {
      let difference = report.difference
      (old, new, notes) = (report.old.label, report.new.label, report.notes)
      changes = report.comparison.changes.map {
        Change(kind: $0.kind.rawValue, subject: $0.subject, detail: $0.detail)
      }
      (refs, source, updates) = (report.refs, report.source, difference.updates)
      (newlyRefused, noLongerRefused) = (difference.newlyRefused, difference.noLongerRefused)
      refusedByBoth = difference.refusedByBoth
      func row(_ row: ReplayDifference.Row, isRefusing: Bool) -> Row {
        Row(
          row, report.comparison.turn(of: row.rule, in: row.ruleset, isRefusing: isRefusing),
          of: isRefusing ? report.new : report.old)
      }
      refusing = difference.refusing.map { row($0, isRefusing: true) }
      released = difference.released.map { row($0, isRefusing: false) }
      notTold = (report.tallies.last?.rules ?? []).filter { $0.untold > 0 }.map {
        Untold(ruleset: $0.ruleset, rule: $0.rule.text, count: $0.untold)
      }
    }
  }

  private struct Change: Encodable {
    let kind: String
    let subject: String
    let detail: String
  }

  private struct Row: Encodable {
    let ruleset: String?
    let rule: String
    let turn: String
    let count: Int
    let refusedAnyway: Int
    let examples: [ReplayJSON.Example]

    init(
      _ row: ReplayDifference.Row, _ turn: PolicyComparison.Turn, of policy: PolicyOrigin
    ) {
      (ruleset, rule, self.turn) = (row.ruleset, row.rule.text, turn.rawValue)
      (count, refusedAnyway) = (row.count, row.anyway)
      let file = row.position.map { $0.file ?? policy.file }
      let line = row.position?.line
      examples = row.examples.map { ReplayJSON.Example($0, file: file, line: line) }
    }
  }

  private struct Untold: Encodable {
    let ruleset: String?
    let rule: String
    let count: Int
  }
}
