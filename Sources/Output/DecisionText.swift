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
    var lines = [headline(decision)]
    var shown = 0
    var left = 0
    for (ref, judged) in rows(of: decision) where isTold(judged) {
      guard shown < Self.maximumVerdicts else {
        left += 1
        continue
      }
      shown += 1
      lines += verdict(judged, ref: ref)
    }
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
    case .accepted:
      let held = all.filter { $0.verdict.outcome == .satisfied && $0.enforcement == .active }.count
      let guarded = decision.updates.filter(\.isGuarded)
      if guarded.isEmpty, !decision.updates.isEmpty {
        let names = decision.updates.prefix(3).map(\.update.name.short).joined(separator: ", ")
        return "gitrel: accepted\(by): no ruleset guards \(names)"
      }
      return
        "gitrel: accepted\(by): \(counted(held, "rule")) satisfied, \(all.count - held) without effect"
    }
  }

  private func rows(of decision: Decision) -> [(ref: String, judged: JudgedRule)] {
    decision.whole.map { ("", $0) }
      + decision.updates.flatMap { update in
        update.judged.map { (update.update.name.short, $0) }
      }
  }

  private func isTold(_ judged: JudgedRule) -> Bool {
    if isVerbose || judged.refuses { return true }
    return judged.enforcement == .evaluate && judged.verdict.outcome == .violated
  }

  private func mark(_ judged: JudgedRule) -> String {
    switch judged.verdict.outcome {
    case .satisfied: "+"
    case .notApplicable: "-"
    case .violated: judged.refuses ? "x" : "~"
    case .indeterminate: judged.refuses ? "?" : "~"
    }
  }

  private func verdict(_ judged: JudgedRule, ref: String) -> [String] {
    let explanation = judged.verdict.explanation
    let name = judged.rule.text + (judged.enforcement == .evaluate ? " (evaluate)" : "")
    let head = "  \(mark(judged)) \(ref.isEmpty ? "" : "\(ref)  ")\(name)"
    let padded = head.count < 28 ? head + String(repeating: " ", count: 28 - head.count) : head
    // A summary of several lines (the problems of a policy file) keeps its lines.
    let summary = explanation.summary.split(separator: "\n", omittingEmptySubsequences: false)
    var lines = wrapped("\(padded) \(summary.first ?? "")", hanging: 8)
    for line in summary.dropFirst() { lines += wrapped("      \(line)", hanging: 10) }
    if showsLines, let position = judged.position, let ruleset = judged.ruleset {
      lines.append("      policy line \(position.line), ruleset `\(ruleset)`")
    }
    if let expected = explanation.expected {
      lines += wrapped("      wants: \(expected)", hanging: 13)
    }
    for finding in explanation.findings.prefix(Self.maximumFindings) {
      let id = finding.commit.map { "\($0.short)  " } ?? ""
      let title = finding.title.count > 50 ? finding.title.prefix(47) + "..." : finding.title[...]
      lines += wrapped("      \(id)\(title)  \(finding.detail)", hanging: 10)
    }
    let rest = explanation.total - min(explanation.findings.count, Self.maximumFindings)
    if rest > 0 { lines.append("      and \(rest) more") }
    if judged.verdict.outcome == .violated || judged.verdict.outcome == .indeterminate {
      for (number, fix) in explanation.fixes.enumerated() {
        lines += wrapped("      \(number == 0 ? "fix:" : " or:") \(fix)", hanging: 11)
      }
    }
    return lines
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

/// `1 rule`, `3 rules`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
