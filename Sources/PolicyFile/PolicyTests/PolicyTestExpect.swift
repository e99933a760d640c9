internal import GitModel
internal import Policy

extension PolicyTestContext {
  private enum Word: String, CaseIterable {
    case accepted, unguarded
  }

  /// What a case expects.
  func expectation(_ node: SettingsNode) -> Expectation? {
    if case .scalar = node.value {
      let reader = SettingsReader(
        SettingsNode(.absent, at: node.position), name: "expect", problems: problems)
      let word: Word? = reader.choice(of: node, for: "expect")
      return word.map { Expectation($0 == .accepted ? .accepted : .unguarded) }
    }
    let reader = SettingsReader(node, name: "expect", problems: problems)
    guard case .map = node.value else { return nil }
    let refused = named("refused-by", reader)
    let undecided = named("undecided-by", reader)
    var expectation = Expectation(refused.isEmpty && undecided.isEmpty ? .accepted : .refused)
    (expectation.refusedBy, expectation.undecidedBy) = (refused, undecided)
    expectation.notApplicable = named("not-applicable", reader)
    expectation.satisfied = named("satisfied", reader)
    expectation.wouldRefuse = named("would-refuse", reader)
    expectation.says = reader.texts("says") ?? []
    reader.finish()
    if node.value == .map([]) {
      problems.add(
        "`expect` expects nothing", at: node.position,
        hint: "write `expect: accepted` or `expect: {refused-by: [RULES]}`")
    }
    return expectation
  }

  private func named(_ key: String, _ reader: SettingsReader) -> [Expectation.Named] {
    guard let items = reader.items(key) else { return [] }
    if items.isEmpty {
      problems.add(
        "`\(key)` is empty", at: reader.node(key)?.position ?? reader.position,
        hint: "leave the key out")
    }
    return items.compactMap { item in
      guard let text = reader.text(of: item, for: key) else { return nil }
      let slash = text.lastIndex(of: "/")
      let ruleset = slash.map { String(text[..<$0]) }
      let rule = slash.map { String(text[text.index(after: $0)...]) } ?? text
      guard RuleRegistry.names.contains(rule) else {
        problems.add(
          "there is no rule `\(rule.printableText)`", at: item.position,
          hint: Spelling.suggestion(for: rule, among: RuleRegistry.names)
            ?? "there is \(RuleRegistry.names.sorted().joined(separator: ", "))")
        return nil
      }
      let rulesets = policy.rulesets.map(\.name)
      if let ruleset, !rulesets.contains(ruleset) {
        problems.add(
          "the policy has no ruleset `\(ruleset.printableText)`", at: item.position,
          hint: Spelling.suggestion(for: ruleset, among: rulesets)
            ?? "it has \(rulesets.map(\.printableText).joined(separator: ", "))")
        return nil
      }
      return Expectation.Named(ruleset: ruleset, rule: RuleID(rule))
    }
  }
}
