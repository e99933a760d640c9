internal import GitModel
internal import Policy

/// A policy as text: which rulesets speak of a ref and why, and how a rule is in force.
public struct PolicyText {
  private let width: Int

  /// A renderer.
  public init(width: Int = 80) { self.width = width }

  /// The lines.
  public func lines(_ explanation: PolicyExplanation) -> [String] {
    var lines: [String] = []
    if let rule = explanation.rule { lines += self.rule(rule, explanation) }
    if let name = explanation.name {
      if !lines.isEmpty { lines.append("") }
      lines += ref(name, explanation)
    }
    return lines
  }

  // MARK: - A ref

  private func ref(_ name: RefName, _ explanation: PolicyExplanation) -> [String] {
    var lines = ["\(name.full), by policy \(explanation.origin.label.cleaned)"]
    for ruleset in explanation.rulesets {
      let called =
        "  `\(ruleset.name.cleaned)` (\(explanation.place(ruleset.position)))"
      switch ruleset.match(name) {
      case .selected(let pattern):
        lines += wrapped("\(called) guards it: `\(pattern.cleaned)` matches")
        // Where the rules are judged, each is told with its verdict.
        if explanation.decision == nil {
          for stated in ruleset.rules where stated.id == explanation.rule ?? stated.id {
            lines += wrapped(
              "    \(stated.id): \(type(of: stated.rule).summary)\(Self.enforcement(stated))"
                + " (\(explanation.place(stated.position)))")
          }
        }
      case .takenOut(let pattern):
        lines += wrapped("\(called) does not: `\(pattern.cleaned)` takes it out")
      case .unmatched:
        let patterns = ruleset.patterns.filter { !$0.hasPrefix("!") }.map(\.cleaned)
        lines += wrapped("\(called) does not: nothing matches of \(Self.capped(patterns))")
      }
    }
    if explanation.rulesets.allSatisfy({ !$0.refs.contains(name) }) {
      lines.append("  no ruleset guards it: it is let through, if its name is a good one")
    }
    guard let decision = explanation.decision else { return lines }
    let text = DecisionText(width: width, isVerbose: true, showsLines: true)
    lines += [""] + wrapped(explanation.looked ?? "if \(name.short) were pushed now:", hanging: 4)
    guard let rule = explanation.rule else { return lines + text.lines(decision) }
    let verdicts = text.verdicts(decision)
    return lines + (verdicts.isEmpty ? ["  \(rule) says nothing of it"] : verdicts)
  }

  // MARK: - A rule

  private func rule(_ rule: RuleID, _ explanation: PolicyExplanation) -> [String] {
    var lines = wrapped("\(rule): \(rule.summary ?? "")", hanging: 4)
    guard !rule.isBuiltIn else {
      return lines + ["  a check that stands before every rule; no policy can switch it off"]
    }
    let statements = explanation.statements
    for statement in statements { lines += self.statement(statement, explanation) }
    guard statements.isEmpty else { return lines }
    let place = explanation.name.map { " for \($0.short)" } ?? ""
    lines.append("  policy \(explanation.origin.label.cleaned) does not state it\(place)")
    let keys = KeyReference.keys(of: rule)
    if !keys.isEmpty { lines.append("  it would take:") }
    for key in keys {
      lines += setting(
        PolicyExplanation.Setting(key: key.key, value: key.standard, meaning: key.meaning))
    }
    return lines
  }

  private func statement(
    _ statement: PolicyExplanation.Statement, _ explanation: PolicyExplanation
  ) -> [String] {
    let (ruleset, stated) = (statement.ruleset, statement.stated)
    var lines = wrapped(
      "  \(explanation.place(stated.position)), in `\(ruleset.name.cleaned)`, for"
        + " \(Self.capped(ruleset.patterns.map(\.cleaned)))\(Self.enforcement(stated))")
    for (condition, key) in [
      (ruleset.conditions.when, "when"), (ruleset.conditions.except, "except"),
    ] where condition != nil {
      lines += wrapped(
        "    the ruleset has a `\(key)` of its own (\(explanation.place(ruleset.position)))")
    }
    for setting in statement.settings { lines += self.setting(setting) }
    if !statement.defaults.isEmpty { lines.append("    not stated, so as by default:") }
    for setting in statement.defaults { lines += self.setting(setting) }
    return lines
  }

  private func setting(_ setting: PolicyExplanation.Setting) -> [String] {
    wrapped("    \(setting.key.cleaned): \(setting.value)", hanging: 8)
      + (setting.meaning.map { wrapped("        \($0)", hanging: 8) } ?? [])
  }

  private static func enforcement(_ stated: StatedRule) -> String {
    switch stated.enforcement {
    case .always(.active): ""
    case .always(.evaluate): ", only evaluated"
    case .activeFrom(let start): ", only evaluated until \(start.utcText), then active"
    }
  }

  /// The first ten of many, and how many more there are.
  private static func capped(_ words: [String]) -> String {
    let maximum = DecisionText.maximumFindings
    let more = words.count > maximum ? " and \(words.count - maximum) more" : ""
    return words.prefix(maximum).joined(separator: ", ") + more
  }

  private func wrapped(_ line: String, hanging: Int = 6) -> [String] {
    line.wrapped(to: width, hanging: hanging)
  }
}
