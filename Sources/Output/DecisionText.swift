internal import GitModel
public import Policy

/// A decision as text for people: what was refused, why, and the command that mends it.
public struct DecisionText {
  /// How wide lines may be.
  public var width: Int
  /// Whether satisfied and inapplicable rules are told too.
  public var isVerbose: Bool
  /// Whether each verdict names the line of the policy behind it.
  public var showsLines: Bool

  /// What is left of 80 columns behind git's `remote: `.
  public static let standardWidth = 72

  static let maximumFindings = 10
  static let maximumVerdicts = 20
  static let maximumPlans = 5

  /// A renderer.
  public init(width: Int = standardWidth, isVerbose: Bool = false, showsLines: Bool = false) {
    (self.width, self.isVerbose, self.showsLines) = (width, isVerbose, showsLines)
  }

  /// The lines. `more` is the command that tells more, when there is one.
  public func lines(_ decision: Decision, more: String? = nil) -> [String] {
    wrapped(Self.headline(decision), hanging: 8) + verdicts(decision, more: more)
  }

  /// The lines below the headline.
  public func verdicts(_ decision: Decision, more: String? = nil) -> [String] {
    var lines: [String] = []
    let told = decision.told.filter { isVerbose || $0.isFault }
    let (shown, left) = told.capped(to: Self.maximumVerdicts)
    for told in shown { lines += verdict(told) }
    if left > 0 { lines.append("  and \(left) more") }
    lines += plans(decision)
    if decision.answer != .accepted, let more { lines += fix("  more: ", more) }
    return lines
  }

  /// One line: the answer, by which policy, how many of how many.
  static func headline(_ decision: Decision) -> String {
    let all = decision.all
    let by = decision.policy.map { " by policy \($0.label.cleaned)" } ?? ""
    let refusing = all.filter(\.refuses).count
    switch decision.answer {
    case .refused, .undecided:
      let word = decision.answer == .refused ? "refused" : "could not decide, so refused"
      return "gitrel: \(word)\(by): \(refusing) of \(counted(all.count, "rule"))"
    case .accepted: return "gitrel: accepted\(by): \(accepted(decision).joined(separator: ", "))"
    }
  }

  /// What is behind a yes: what holds, what did not apply, what was only evaluated, what nobody guards.
  private static func accepted(_ decision: Decision) -> [String] {
    let all = decision.all
    let held = all.filter { $0.verdict.outcome == .satisfied }.count
    let idle = all.filter { $0.verdict.outcome == .notApplicable }.count
    let lifted = all.filter(\.isOverridden).count
    let would = all.count - held - idle - lifted
    var parts: [String] = []
    if decision.updates.contains(where: \.isGuarded) || decision.updates.isEmpty || would > 0 {
      parts.append("\(counted(held, "rule")) \(held == 1 ? "holds" : "hold")")
      if idle > 0 { parts.append("\(idle) \(idle == 1 ? "does" : "do") not apply") }
      if lifted > 0 { parts.append("\(lifted) \(lifted == 1 ? "is" : "are") overridden") }
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

  private func mark(_ judged: JudgedRule) -> String {
    if judged.isOverridden { return "!" }
    return switch judged.verdict.outcome {
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

  private func verdict(_ told: ToldVerdict) -> [String] {
    let judged = told.judged
    let ref = told.update?.name.short ?? ""
    let explanation = judged.verdict.explanation
    let name = judged.rule.text + Self.enforcement(judged)
    let head = "  \(mark(judged)) \(ref.isEmpty ? "" : "\(ref)  ")\(name)"
    let padded =
      head.count < 28 ? head + String(repeating: " ", count: 28 - head.count) : head + " "
    // A summary of several lines (the problems of a policy file) keeps its lines.
    let summary = explanation.summary.split(separator: "\n", omittingEmptySubsequences: false)
    var lines = wrapped("\(padded) \(summary.first ?? "")", hanging: 8)
    for line in summary.dropFirst() { lines += wrapped("      \(line)", hanging: 10) }
    if showsLines { lines += origin(of: told) }
    if let expected = explanation.expected {
      lines += wrapped("      wants: \(expected)", hanging: 13)
    }
    for finding in explanation.findings.prefix(Self.maximumFindings) {
      let id = finding.commit.map { "\($0.short)  " } ?? ""
      lines += wrapped("      \(id)\(finding.title.shortened)  \(finding.detail)", hanging: 10)
    }
    if let overriding = told.overriding {
      lines += wrapped("      \(overriding)", hanging: judged.isOverridden ? 10 : 16)
    }
    let rest = explanation.total - min(explanation.findings.count, Self.maximumFindings)
    if rest > 0 { lines.append("      and \(rest) more") }
    if told.isFault, !judged.isOverridden {
      let fixes = told.isPlanned ? explanation.otherFixes : explanation.fixes
      for (number, fix) in fixes.enumerated() {
        lines += self.fix("      \(number == 0 && !told.isPlanned ? "fix:" : " or:") ", fix)
      }
    }
    return lines
  }

  /// What to do about the refs for which one fix is not all.
  private func plans(_ decision: Decision) -> [String] {
    let plans = decision.updates.compactMap { decision.plan(for: $0) }
    let left = plans.count - Self.maximumPlans
    var lines: [String] = []
    for plan in plans.prefix(Self.maximumPlans) {
      guard plan.steps.count > 1 else {
        for step in plan.steps { lines += fix("  fix \(plan.name.short): ", step) }
        continue
      }
      lines += wrapped("  fix \(plan.name.short), in this order:", hanging: 8)
      for (number, step) in plan.steps.enumerated() {
        lines += fix("    \(number < 9 ? " " : "")\(number + 1). ", step)
      }
    }
    return left > 0 ? lines + ["  and a plan for \(left) more"] : lines
  }

  /// Where the policy states the rule, and how what stands before the rule was answered.
  private func origin(of told: ToldVerdict) -> [String] {
    guard let place = told.place, let ruleset = told.judged.ruleset else {
      return ["      a check that no policy can switch off"]
    }
    var lines = wrapped("      \(place), ruleset `\(ruleset.cleaned)`", hanging: 10)
    for reading in told.judged.readings {
      let key = "\(reading.isException ? "except" : "when") `\(reading.key)`"
      let answer =
        switch reading.answer {
        case .holds: "holds"
        case .fails: "does not hold"
        case .unknown: "cannot be told"
        }
      let place = reading.isOfRuleset ? " of the ruleset" : ""
      lines += wrapped("      \(key)\(place) \(answer): \(reading.words)", hanging: 10)
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

  private func wrapped(_ line: String, hanging: Int) -> [String] {
    line.wrapped(to: width, hanging: hanging)
  }
}
