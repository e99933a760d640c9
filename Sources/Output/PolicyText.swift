public import GitModel
public import Policy

/// A policy as text: which rulesets speak of a ref, where a rule is stated.
public enum PolicyText {
  /// The rulesets that guard `name`, with the pattern that says so, and those that do not.
  public static func lines(
    guarding name: RefName, _ policy: PolicyDocument, _ origin: PolicyOrigin
  ) -> [String] {
    var lines = ["\(name.full), by policy \(origin.label)"]
    for ruleset in policy.rulesets {
      let patterns = printed(ruleset.patterns)
      if ruleset.refs.contains(name) {
        lines.append(
          "  guarded by `\(printed([ruleset.name]))` (\(origin.file):\(ruleset.position.line)), refs: \(patterns)"
        )
        for stated in ruleset.rules { lines.append("    \(rule(stated, origin))") }
      } else {
        lines.append("  not by `\(printed([ruleset.name]))`, refs: \(patterns)")
      }
    }
    if policy.rulesets(guarding: name).isEmpty {
      lines.append("  no ruleset guards it: it is let through, if its name is a good one")
    }
    return lines
  }

  /// What a rule wants, and where the policy states it.
  public static func lines(
    rule id: String, _ policy: PolicyDocument, _ origin: PolicyOrigin
  ) -> [String] {
    guard let type = RuleRegistry.all.first(where: { $0.id.text == id }) else { return [] }
    var lines = ["\(id): \(type.summary)"]
    for ruleset in policy.rulesets {
      for stated in ruleset.rules where stated.id.text == id {
        lines.append("  in `\(printed([ruleset.name]))`, refs: \(printed(ruleset.patterns))")
        lines.append("    \(rule(stated, origin))")
      }
    }
    if lines.count == 1 { lines.append("  policy \(origin.label) does not state it") }
    return lines
  }

  /// What a policy says may hold an escape sequence too.
  private static func printed(_ words: [String]) -> String {
    words.map { Bytes($0.utf8).printable }.joined(separator: ", ")
  }

  private static func rule(_ stated: StatedRule, _ origin: PolicyOrigin) -> String {
    let place = "\(stated.position.file ?? origin.file):\(stated.position.line)"
    let evaluate =
      switch stated.enforcement {
      case .always(.active): ""
      case .always(.evaluate): ", only evaluated"
      case .activeFrom(let start): ", evaluated until \(start.utcText), then active"
      }
    return "\(place)  \(stated.id): \(type(of: stated.rule).summary)\(evaluate)"
  }
}
