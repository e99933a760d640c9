internal import GitModel
internal import Policy

/// Reads `rulesets`.
enum RulesetReader {
  static func rulesets(_ reader: SettingsReader, context: PolicyContext) -> [Ruleset] {
    let problems = reader.problems
    let node = reader.node("rulesets")
    guard !reader.lacks("rulesets"), let node, node.value != .absent, node.value != .list([])
    else {
      problems.add(
        "there are no `rulesets`: this policy guards nothing",
        at: node?.position ?? reader.position,
        hint: "write `rulesets:` and under it `- name: production`, `refs: [main]`, `rules:`")
      return []
    }
    let items = reader.items("rulesets") ?? []
    var rulesets: [Ruleset] = []
    var places: [String: Position] = [:]
    for item in items {
      guard let ruleset = ruleset(item, problems: problems, context: context) else { continue }
      if let first = places[ruleset.name] {
        problems.add(
          "the ruleset `\(ruleset.name.printableText)` stands here again", at: item.position,
          hint: "one of that name starts on line \(first.line); give this one another name")
      } else {
        places[ruleset.name] = item.position
      }
      rulesets.append(ruleset)
    }
    return rulesets
  }

  private static func ruleset(
    _ node: SettingsNode, problems: ProblemList, context: PolicyContext
  ) -> Ruleset? {
    let reader = SettingsReader(node, name: "a ruleset", isKey: false, problems: problems)
    guard case .map = node.value else { return nil }
    let name = reader.text("name")
    if reader.lacks("name") {
      problems.add("a ruleset has no `name`", at: node.position, hint: "write `- name: production`")
    }
    let called = name.map { "the ruleset `\($0.printableText)`" } ?? "a ruleset"
    if reader.lacks("refs") {
      problems.add(
        "\(called) has no `refs`", at: node.position,
        hint: "write `refs: [main, \"release/*\"]`")
    }
    let refs = reader.refs("refs")
    let enforcement = reader.enforcement() ?? .always(.active)
    let conditions = reader.conditions(context)
    let grandfathered = reader.grandfathered()
    _ = reader.flag("locked")
    let count = problems.problems.count + problems.left
    let stated = reader.entries("rules", of: RuleRegistry.names)
    if reader.lacks("rules") || stated.isEmpty, problems.problems.count + problems.left == count {
      problems.add(
        "\(called) has no `rules`", at: node.position,
        hint: "write `rules:` and under it, say, `fast-forward-only:`")
    }
    let rules = stated.compactMap {
      rule($0, enforcement: enforcement, problems: problems, context: context)
    }
    reader.finish()
    guard let refs, let name else { return nil }
    return Ruleset(
      name: name, refs: refs.selection, patterns: refs.patterns, conditions: conditions,
      grandfathered: grandfathered, rules: rules, position: node.position)
  }

  private static func rule(
    _ entry: SettingsNode.Entry, enforcement: EnforcementPlan, problems: ProblemList,
    context: PolicyContext
  ) -> StatedRule? {
    guard RuleRegistry.names.contains(entry.key) else {
      problems.add(
        "there is no rule `\(entry.key.printableText)`", at: entry.position,
        hint: Spelling.suggestion(for: entry.key, among: RuleRegistry.names)
          ?? "there is \(RuleRegistry.names.sorted().joined(separator: ", "))")
      return nil
    }
    let reader = SettingsReader(entry.node, name: entry.key, problems: problems)
    let own = reader.enforcement()
    _ = reader.flag("locked")
    let conditions = reader.conditions(context)
    let overrideBy = reader.who("override-by", context)
    let rule = RuleRegistry.rule(named: entry.key, from: reader, context: context)
    reader.finish()
    guard let rule else { return nil }
    return StatedRule(
      rule, enforcement: own ?? enforcement, conditions: conditions, overrideBy: overrideBy,
      position: entry.position, settings: entry.node)
  }
}
