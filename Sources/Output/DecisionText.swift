internal import GitModel
public import Policy

/// A decision as text for people: what was refused, why, and the command that mends it.
public struct DecisionText {
  /// How wide lines may be. Behind git's `remote: ` 72 columns are left of 80.
  public var width: Int
  /// Whether satisfied and inapplicable rules are told too.
  public var isVerbose: Bool
  /// Whether each verdict names the line of the policy behind it.
  public var showsLines: Bool

  static let maximumFindings = 10
  static let maximumVerdicts = 20

  /// A renderer.
  public init(width: Int = 72, isVerbose: Bool = false, showsLines: Bool = false) {
    (self.width, self.isVerbose, self.showsLines) = (width, isVerbose, showsLines)
  }

  /// The lines. `more` is the command that tells more, when there is one.
  public func lines(_ decision: Decision, more: String? = nil) -> [String] {
    var lines = wrapped(headline(decision), hanging: 8)
    let told = rows(of: decision).filter { isTold($0.judged) }
    // Where not all can be shown, what refuses comes before what only would.
    let shown =
      told.count <= Self.maximumVerdicts
      ? told : told.filter(\.judged.refuses) + told.filter { !$0.judged.refuses }
    for row in shown.prefix(Self.maximumVerdicts) { lines += verdict(row.judged, ref: row.ref) }
    let left = told.count - Self.maximumVerdicts
    if left > 0 { lines.append("  and \(left) more") }
    if decision.answer != .accepted, let more { lines.append("  more: \(more)") }
    return lines
  }

  private func headline(_ decision: Decision) -> String {
    let all = decision.all
    let by = decision.policy.map { " by policy \($0.label)" } ?? ""
    let refusing = all.filter(\.refuses).count
    switch decision.answer {
    case .refused, .undecided:
      let word = decision.answer == .refused ? "refused" : "could not decide, so refused"
      return "gitrel: \(word)\(by): \(refusing) of \(counted(all.count, "rule"))"
    case .accepted: return "gitrel: accepted\(by): \(accepted(decision).joined(separator: ", "))"
    }
  }

  /// What is behind a yes: what holds, what did not apply, what was only evaluated, what nobody guards.
  private func accepted(_ decision: Decision) -> [String] {
    let all = decision.all
    let held = all.filter { $0.verdict.outcome == .satisfied }.count
    let idle = all.filter { $0.verdict.outcome == .notApplicable }.count
    let would = all.count - held - idle
    var parts: [String] = []
    if decision.updates.contains(where: \.isGuarded) || decision.updates.isEmpty || would > 0 {
      parts.append("\(counted(held, "rule")) \(held == 1 ? "holds" : "hold")")
      if idle > 0 { parts.append("\(idle) \(idle == 1 ? "does" : "do") not apply") }
      if would > 0 { parts.append("\(would) would refuse, but only evaluated") }
    }
    let free = decision.updates.filter { !$0.isGuarded }
    if !free.isEmpty {
      let names = free.prefix(3).map(\.update.name.short).joined(separator: ", ")
      let more = free.count > 3 ? " and \(free.count - 3) more" : ""
      parts.append("no ruleset guards \(names)\(more)")
    }
    return parts
  }

  private func rows(of decision: Decision) -> [(ref: String, judged: JudgedRule)] {
    decision.whole.map { ("", $0) }
      + decision.updates.flatMap { update in
        update.judged.map { (update.update.name.short, $0) }
      }
  }

  private func isTold(_ judged: JudgedRule) -> Bool {
    if isVerbose || judged.refuses { return true }
    return judged.verdict.outcome == .violated || judged.verdict.outcome == .indeterminate
  }

  private func mark(_ judged: JudgedRule) -> String {
    switch judged.verdict.outcome {
    case .satisfied: "+"
    case .notApplicable: "-"
    case .violated: judged.refuses ? "x" : "~"
    case .indeterminate: judged.refuses ? "?" : "~"
    }
  }

  private static func enforcement(_ judged: JudgedRule) -> String {
    if let start = judged.activeFrom { return " (evaluate; refuses from \(start.utcText))" }
    return judged.enforcement == .evaluate ? " (evaluate)" : ""
  }

  private func verdict(_ judged: JudgedRule, ref: String) -> [String] {
    let explanation = judged.verdict.explanation
    let name = judged.rule.text + Self.enforcement(judged)
    let head = "  \(mark(judged)) \(ref.isEmpty ? "" : "\(ref)  ")\(name)"
    let padded =
      head.count < 28 ? head + String(repeating: " ", count: 28 - head.count) : head + " "
    // A summary of several lines (the problems of a policy file) keeps its lines.
    let summary = explanation.summary.split(separator: "\n", omittingEmptySubsequences: false)
    var lines = wrapped("\(padded) \(summary.first ?? "")", hanging: 8)
    for line in summary.dropFirst() { lines += wrapped("      \(line)", hanging: 10) }
    if showsLines, let position = judged.position, let ruleset = judged.ruleset {
      lines.append("      policy line \(position.line), ruleset `\(Bytes(ruleset.utf8).printable)`")
    }
    if let expected = explanation.expected {
      lines += wrapped("      wants: \(expected)", hanging: 13)
    }
    for finding in explanation.findings.prefix(Self.maximumFindings) {
      let id = finding.commit.map { "\($0.short)  " } ?? ""
      // Counted in code points: one character may carry marks without end.
      let scalars = finding.title.unicodeScalars
      let title = scalars.count > 50 ? String(scalars.prefix(47)) + "..." : finding.title
      lines += wrapped("      \(id)\(title)  \(finding.detail)", hanging: 10)
    }
    let rest = explanation.total - min(explanation.findings.count, Self.maximumFindings)
    if rest > 0 { lines.append("      and \(rest) more") }
    if judged.verdict.outcome == .violated || judged.verdict.outcome == .indeterminate {
      for (number, fix) in explanation.fixes.enumerated() {
        lines += self.fix("      \(number == 0 ? "fix:" : " or:") ", fix)
      }
    }
    return lines
  }

  /// A sentence wrapped; a command, which is to be copied, whole on one line, with the words behind
  /// it on the same line or below.
  private func fix(_ label: String, _ fix: String) -> [String] {
    let isCommand = fix.hasPrefix("git ") || fix.hasPrefix("gitrel ")
    guard isCommand, label.count + fix.count > width else {
      return wrapped(label + fix, hanging: label.count)
    }
    let gap = fix.firstRange(of: "    ")
    let command = gap.map { fix[..<$0.lowerBound] } ?? fix[...]
    let words = gap.map { fix[$0.upperBound...] } ?? ""
    let indent = String(repeating: " ", count: label.count)
    return [label + command]
      + (words.isEmpty ? [] : wrapped(indent + words, hanging: label.count))
  }

  /// `line` broken at spaces so that no line is wider than `width`; later lines are indented. A word
  /// that is wider than a line stays whole, so that commands and ids can be copied.
  private func wrapped(_ line: String, hanging: Int) -> [String] {
    guard line.count > width else { return [line] }
    var lines: [String] = []
    var current = ""
    var indent = String(line.prefix { $0 == " " })
    for word in line.dropFirst(indent.count).split(separator: " ", omittingEmptySubsequences: false)
    {
      if current.isEmpty {
        current = indent + word
      } else if current.count + 1 + word.count <= width {
        current += " " + word
      } else {
        lines.append(current.trimmingTrailingSpaces)
        indent = String(repeating: " ", count: hanging)
        current = word.isEmpty ? "" : indent + word
      }
    }
    if !current.isEmpty { lines.append(current.trimmingTrailingSpaces) }
    return lines
  }
}

extension String {
  var trimmingTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
