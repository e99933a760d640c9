public import GitModel
public import Policy

/// What a policy may say and hardly means.
public struct PolicyReview {
  let policy: PolicyDocument
  let instant: Instant
  let refs: [RefName]?
  let home: RefName?
  private let nodes: [String: SettingsNode]

  /// More rulesets than anybody writes are not compared with one another.
  static let maximumPairs = 200

  /// The warnings on `policy` at `instant`, in the order of its files. `refs` are those that there are,
  /// nil when nobody knows; `home` is the branch that holds the policy, when it is to hold it.
  public static func warnings(
    on policy: PolicyDocument, at instant: Instant, refs: [RefName]? = nil, home: RefName? = nil
  ) -> [Problem] {
    var nodes: [String: SettingsNode] = [:]
    for item in policy.root["rulesets"]?.node.items ?? [] {
      guard let name = item["name"]?.node.value.text else { continue }
      nodes[name] = item
    }
    let review = PolicyReview(
      policy: policy, instant: instant, refs: refs, home: home, nodes: nodes)
    let all =
      review.patterns + review.misplaced + review.doubled + review.unused + review.times
      + review.enforcements + review.conditions + review.names + review.signers
      + review.unnamed + review.ownGuard
    return all.sorted { $0.position < $1.position }
  }

  /// The node of a ruleset in the file.
  func node(of ruleset: Ruleset) -> SettingsNode? { nodes[ruleset.name] }

  func place(of key: String, in ruleset: Ruleset) -> Position {
    node(of: ruleset)?[key]?.position ?? ruleset.position
  }

  // MARK: - People, roles, calendars

  private var unused: [Problem] {
    var words: Set<String> = []
    for ruleset in policy.rulesets { node(of: ruleset)?.addWords(to: &words) }
    for key in ["statements", "release"] { policy.root[key]?.node.addWords(to: &words) }
    for calendar in policy.root.entries("calendars") { calendar.node.addWords(to: &words) }
    let problems =
      policy.root.entries("roles").filter { !words.contains($0.key) }.map {
        Problem("no rule names the role \($0.key.quoted)", at: $0.position, hint: "take it out")
      }
      + policy.root.entries("calendars").filter { !words.contains($0.key) }.map {
        Problem("no rule names the calendar \($0.key.quoted)", at: $0.position, hint: "take it out")
      }
    // Where people count whoever they are, each is of use.
    let counting: Set<RuleID> = [
      Approvals.id, CodeOwnersRule.id, "identity", "sign-off", "signed-commits", "signed-tags",
      "pushers",
    ]
    guard !policy.rulesets.flatMap(\.rules).contains(where: { counting.contains($0.id) }),
      !policy.statements.isSigned
    else { return problems }
    let holders = Set(policy.people.roles.filter { words.contains($0.key) }.flatMap(\.value))
    return problems
      + policy.root.entries("people").filter {
        !words.contains($0.key) && !holders.contains($0.key)
      }
      .map { Problem("no rule asks for \($0.key.quoted)", at: $0.position, hint: "take them out") }
  }

  // MARK: - Enforcement

  private var enforcements: [Problem] {
    policy.rulesets.flatMap { ruleset -> [Problem] in
      guard let node = node(of: ruleset) else { return [] }
      let rules = ruleset.rules.map { ("the rule \($0.id.text.quoted)", $0.settings) }
      return ([("the ruleset \(ruleset.name.quoted)", node)] + rules).compactMap {
        enforcement(of: $0, in: $1)
      }
    }
  }

  private func enforcement(of what: String, in node: SettingsNode) -> Problem? {
    guard let entry = node["enforce"] else { return nil }
    switch SettingsReader(node, name: what, problems: ProblemList()).enforcement() {
    case .always(.evaluate):
      return Problem(
        "\(what) is only evaluated, and no day is set from which it refuses", at: entry.position,
        hint: "write `enforce: {active-from: DATE}` when you know it")
    case .activeFrom(let start) where start <= instant:
      return Problem(
        "\(what) is active since \(start.utcText)", at: entry.position,
        hint: "take the key out: active is what is meant without it")
    default: return nil
    }
  }

  // MARK: - The policy's own branch

  private var ownGuard: [Problem] {
    guard let home else { return [] }
    let isGuarded = policy.rulesets(guarding: home).contains { ruleset in
      ruleset.rules.contains { $0.enforcement.enforcement(at: instant) == .active }
    }
    if isGuarded { return [] }
    return [
      Problem(
        "no active rule guards \(home.short), so any push may replace this policy",
        at: policy.root["rulesets"]?.position ?? policy.root.position,
        hint: "state rules for it: refs: [\(home.short)], approvals and no-delete")
    ]
  }
}

extension SettingsNode {
  /// The entry of this key, when this is a map that has it.
  subscript(_ key: String) -> Entry? {
    guard case .map(let entries) = value else { return nil }
    return entries.first { $0.key == key }
  }

  /// The entries of the map under `key`; none when there is no such map.
  func entries(_ key: String) -> [Entry] {
    guard case .map(let entries)? = self[key]?.node.value else { return [] }
    return entries
  }

  /// The entries, when this is a map.
  var entries: [Entry] { if case .map(let entries) = value { entries } else { [] } }

  /// The items of a list, or the one that stands for a list.
  var items: [SettingsNode] { if case .list(let items) = value { items } else { [self] } }
}

extension SettingsNode.Value {
  /// The text of a single value.
  var text: String? { if case .scalar(let text, _) = self { text } else { nil } }
}
