internal import GitModel
internal import Policy

/// Reads `rulesets`.
enum RulesetReader {
  static func rulesets(_ reader: SettingsReader, context: PolicyContext) -> [Ruleset] {
    let problems = reader.problems
    guard let items = reader.items("rulesets") else {
      problems.add(
        "there are no `rulesets`: this policy guards nothing", at: reader.position,
        hint: "write `rulesets:` and under it `- name: production`, `refs: [main]`, `rules:`")
      return []
    }
    if items.isEmpty {
      problems.add("`rulesets` is empty: this policy guards nothing", at: reader.position)
    }
    var rulesets: [Ruleset] = []
    for item in items {
      guard let ruleset = ruleset(item, problems: problems, context: context) else { continue }
      if let other = rulesets.first(where: { $0.name == ruleset.name }) {
        problems.add(
          "the ruleset `\(ruleset.name)` stands here again", at: item.position,
          hint: "it starts on line \(other.position.line) already; give this one another name")
      }
      rulesets.append(ruleset)
    }
    return rulesets
  }

  private static func ruleset(
    _ node: SettingsNode, problems: ProblemList, context: PolicyContext
  ) -> Ruleset? {
    let reader = SettingsReader(node, name: "a ruleset", problems: problems)
    let name = reader.text("name")
    if name == nil, reader.node("name") == nil {
      problems.add("a ruleset has no `name`", at: node.position, hint: "write `- name: production`")
    }
    let patterns = reader.texts("refs") ?? []
    if patterns.isEmpty {
      problems.add(
        "the ruleset `\(name ?? "")` has no `refs`", at: node.position,
        hint: "write `refs: [main, \"release/*\"]`")
    }
    let enforcement: Enforcement = reader.choice("enforce") ?? .active
    let refs =
      patterns.isEmpty
      ? nil
      : problems.noting(at: reader.node("refs")?.position ?? node.position, "`refs`: the pattern") {
        () throws(Glob.Fault) in try RefSelection(patterns)
      }
    let rules = reader.entries("rules").compactMap {
      rule($0, enforcement: enforcement, problems: problems, context: context)
    }
    if reader.entries("rules").isEmpty {
      problems.add(
        "the ruleset `\(name ?? "")` has no `rules`", at: node.position,
        hint: "write `rules:` and under it, say, `fast-forward-only:`")
    }
    reader.finish()
    guard let refs, let name else { return nil }
    return Ruleset(
      name: name, refs: refs, patterns: patterns, rules: rules, position: node.position)
  }

  private static func rule(
    _ entry: SettingsNode.Entry, enforcement: Enforcement, problems: ProblemList,
    context: PolicyContext
  ) -> StatedRule? {
    guard RuleRegistry.names.contains(entry.key) else {
      problems.add(
        "there is no rule `\(entry.key.printableText)`", at: entry.position,
        hint: Spelling.suggestion(for: entry.key, among: RuleRegistry.names)
          ?? "the rules are \(RuleRegistry.names.sorted().joined(separator: ", "))")
      return nil
    }
    let reader = SettingsReader(entry.node, name: entry.key, problems: problems)
    let own: Enforcement? = reader.choice("enforce")
    let rule = RuleRegistry.rule(named: entry.key, from: reader, context: context)
    reader.finish()
    guard let rule else { return nil }
    return StatedRule(rule, enforcement: own ?? enforcement, position: entry.position)
  }
}
