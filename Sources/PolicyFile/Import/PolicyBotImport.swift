internal import GitModel
internal import Policy

/// `.policy.yml` of palantir/policy-bot: its approval rules, where the policy asks for all of them.
struct PolicyBotImport {
  private let source: ImportSource
  private var rules: [String: SettingsNode.Entry] = [:]
  private var used: Set<String> = []

  static func read(_ root: SettingsNode, _ source: ImportSource) {
    guard let map = ForeignMap(root, "the policy", source) else { return }
    var reader = PolicyBotImport(source: source)
    reader.read(map)
  }

  private init(source: ImportSource) { self.source = source }

  private mutating func read(_ map: ForeignMap) {
    if map.text("remote") != nil {
      source.note(
        map.place("remote"), "remote", "the policy is in another repository",
        instead: "import the file that it names")
      map.skip("path", "ref")
    }
    var order: [String] = []
    for item in map.items("approval_rules") {
      guard case .map(let entries) = item.value,
        case .scalar(let name, _)? = entries.first(where: { $0.key == "name" })?.node.value
      else {
        source.note(item.position, "an approval rule", "it has no `name`")
        continue
      }
      rules[name] = SettingsNode.Entry(key: name, position: item.position, node: item)
      order.append(name)
    }
    let policy = map.map("policy")
    for item in policy?.items("approval") ?? [] { require(item) }
    if let entry = policy?.entry("disapproval") {
      source.note(
        entry.position, "disapproval", "nobody can take back what stands in a commit",
        instead: "`trailers: {forbidden: [Rejected-by]}` stops a commit that somebody marked so")
    }
    policy?.finish()
    map.finish()
    for name in order where !used.contains(name) {
      guard let rule = rules[name] else { continue }
      source.note(rule.position, "the rule \(name.shown)", "no `approval` asks for it")
    }
  }

  /// What must hold: a rule, `and` of some, or an `or` that only tells where a rule need not hold.
  private mutating func require(_ node: SettingsNode) {
    switch node.value {
    case .scalar(let name, _): add(name, at: node.position, unless: [])
    case .map(let entries) where entries.count == 1 && entries[0].key == "and":
      if case .list(let items) = entries[0].node.value { for item in items { require(item) } }
    case .map(let entries) where entries.count == 1 && entries[0].key == "or":
      if case .list(let items) = entries[0].node.value { either(items, at: entries[0].position) }
    default: source.note(node.position, "approval", "it is neither a rule nor `and` or `or`")
    }
  }

  private mutating func either(_ items: [SettingsNode], at position: Position) {
    var others: [(name: String, position: Position)] = []
    var free: [String] = []
    for item in items {
      guard case .scalar(let name, _) = item.value else {
        source.note(
          item.position, "or", "a policy asks for everything, and knows no alternatives",
          instead: "write the ruleset that shall hold, with `when` and `except`")
        return
      }
      if let paths = freePaths(name) {
        free += paths
        used.insert(name)
      } else {
        others.append((name, item.position))
      }
    }
    guard let first = others.first, others.count == 1 else {
      for (name, _) in others { used.insert(name) }
      source.note(
        position, "or: \(others.map { $0.name }.joined(separator: ", "))".shown,
        "a policy asks for everything, and knows no alternatives",
        instead: "give a role to everybody who may approve, and ask for that role")
      return
    }
    add(first.name, at: first.position, unless: free)
  }

  /// The paths that a rule lets pass without anybody: no approval, and only these changed.
  private func freePaths(_ name: String) -> [String]? {
    guard let rule = rules[name], case .map(let entries) = rule.node.value else { return nil }
    func map(_ key: String, in entries: [SettingsNode.Entry]) -> [SettingsNode.Entry]? {
      if case .map(let found)? = entries.first(where: { $0.key == key })?.node.value {
        found
      } else {
        nil
      }
    }
    let requires = map("requires", in: entries) ?? []
    let asksNobody = requires.allSatisfy {
      $0.key == "count" && $0.node.value == .scalar("0", isQuoted: false)
    }
    guard asksNobody, let conditions = map("if", in: entries), conditions.count == 1,
      let only = map("only_changed_files", in: conditions), only.count == 1,
      only[0].key == "paths", case .list(let items) = only[0].node.value
    else { return nil }
    var paths: [String] = []
    for item in items {
      guard case .scalar(let text, _) = item.value, let globs = ForeignRegex(text)?.globs() else {
        return nil
      }
      paths += globs.map(ForeignGlob.path(whole:))
    }
    return paths
  }

  private mutating func add(_ name: String, at position: Position, unless free: [String]) {
    guard let rule = rules[name], let map = ForeignMap(rule.node, name, source) else {
      source.note(position, name.shown, "no approval rule has this name")
      return
    }
    guard used.insert(name).inserted else { return }
    map.skip("name")
    var ruleset = ImportedRuleset(name.fitForTerminal, refs: [source.draft.defaultBranch])
    if let description = map.text("description") {
      ruleset.remarks += description.split(separator: "\n").map { String($0).fitForTerminal }
    }
    var isWhole = true
    var paths: [String] = []
    if let conditions = map.map("if") {
      isWhole = read(conditions, &ruleset, &paths)
    }
    if !free.isEmpty {
      paths = (paths.isEmpty ? ["**"] : paths) + free.map { "!" + $0 }
    }
    if !paths.isEmpty { ruleset.when = [.init("paths", .texts(paths))] }
    if !isWhole {
      ruleset.isEvaluated = true
      ruleset.remarks.append("only reports: a condition of this rule could not be carried")
    }
    let options = options(map.map("options"))
    approvals(map, options: options, name: name, &ruleset)
    map.finish()
    source.draft.add(ruleset)
  }

  /// Reads conditions; false when one could not be carried.
  private func read(
    _ map: ForeignMap, _ ruleset: inout ImportedRuleset, _ paths: inout [String]
  ) -> Bool {
    var isWhole = true
    if let files = map.map("changed_files") {
      for (key, sign) in [("paths", ""), ("ignore", "!")] {
        for (text, position) in files.texts(key) {
          guard let globs = ForeignRegex(text)?.globs() else {
            source.note(
              position, "\(key): \(text.shown)", "no pattern of paths here says the same",
              instead: "write what it means under `when: {paths: [...]}`")
            isWhole = false
            continue
          }
          paths += globs.map { sign + ForeignGlob.path(whole: $0) }
        }
      }
      files.finish()
    }
    if let target = map.map("targets_branch"), let pattern = target.text("pattern") {
      if let globs = ForeignRegex(pattern)?.globs() {
        var other = ImportedRuleset(ruleset.name, refs: globs, remarks: ruleset.remarks)
        other.isEvaluated = ruleset.isEvaluated
        ruleset = other
      } else {
        source.note(
          target.place("pattern"), "targets_branch: \(pattern.shown)",
          "no pattern of refs here says the same", instead: "write what it means under `refs`")
        isWhole = false
      }
    }
    for entry in map.entries where !["changed_files", "targets_branch"].contains(entry.key) {
      map.skip(entry.key)
      source.note(
        entry.position, "if: \(entry.key.shown)", "it is about a pull request, not about commits",
        instead: "`when` knows paths, lane, risk, pusher, kind and via")
      isWhole = false
    }
    return isWhole
  }

  private func options(_ map: ForeignMap?) -> [(String, PolicyValue)] {
    guard let map else { return [("not-committer", .flag(true))] }
    let isAuthorFree = map.flag("allow_author") ?? false
    let isContributorFree = map.flag("allow_contributor") ?? false
    let isOtherFree = map.flag("allow_non_author_contributor") ?? false
    if map.flag("invalidate_on_push") == true {
      source.staleReviews(map.place("invalidate_on_push"))
    }
    for key in ["methods", "ignore_commits_by"] where map.node(key) != nil {
      source.note(
        map.place(key), key,
        key == "methods"
          ? "an approval is a trailer of the commit" : "whose commits are left out is not carried",
        instead: key == "methods" ? "`approvals: {trailers: [...]}`" : "`exempt: [bot]`")
    }
    map.skip("request_review", "ignore_edited_comments", "ignore_update_merges")
    map.finish()
    var settings: [(String, PolicyValue)] = []
    if isAuthorFree || isContributorFree { settings.append(("not-author", .flag(false))) }
    if isContributorFree || isOtherFree {
      settings.append(("not-co-author", .flag(false)))
    } else {
      settings.append(("not-committer", .flag(true)))
    }
    return settings
  }

  private func approvals(
    _ map: ForeignMap, options: [(String, PolicyValue)], name: String,
    _ ruleset: inout ImportedRuleset
  ) {
    guard let requires = map.map("requires") else { return }
    defer { requires.finish() }
    let count = min(requires.number("count") ?? 0, 20)
    for key in ["admins", "write_collaborators"] { requires.skip(key) }
    if let conditions = requires.map("conditions") {
      if conditions.flag("has_valid_signatures") == true {
        ruleset.add(
          source.signedCommits("has_valid_signatures", at: conditions.place("has_valid_signatures"))
        )
      }
      for entry in conditions.entries where entry.key != "has_valid_signatures" {
        conditions.skip(entry.key)
        let isCheck = entry.key.contains("status") || entry.key.contains("workflow")
        source.note(
          entry.position, "conditions: \(entry.key.shown)",
          isCheck
            ? "what ran elsewhere is not in the repository"
            : "it is about a pull request, not about commits",
          instead: isCheck ? ImportedRule.stateTests : nil)
      }
    }
    let users = requires.texts("users").map { source.person($0.text) }
    let groups = requires.texts("teams") + requires.texts("organizations")
    let permissions = requires.texts("permissions")
    guard count > 0 else { return }
    for (group, position) in groups {
      source.note(
        position, group.shown, "who belongs to it, the file does not say",
        instead: "state its people under `roles`")
    }
    for (permission, position) in permissions {
      source.note(
        position, "permissions: \(permission.shown)", "who has it, the file does not say",
        instead: "state the people under `roles`, and ask for the role")
    }
    if users.isEmpty, groups.isEmpty {
      ruleset.add(ImportedRule("approvals", [("minimum", .number(count))] + options))
      return
    }
    let single = groups.count == 1 && users.isEmpty
    let others = groups.map(\.text).joined(separator: ", ")
    let role = source.draft.people.role(
      single
        ? groups[0].text.split(separator: "/").last.map(String.init) ?? groups[0].text : name,
      members: users, for: groups.isEmpty ? nil : others.fitForTerminal)
    ruleset.isDraft = users.count < count
    if !groups.isEmpty {
      ruleset.remarks.append(
        ruleset.isDraft
          ? "nobody is known of \(others): state the role, then take the `#` away".fitForTerminal
          : "add the people of \(others) to the role \(role)".fitForTerminal)
    }
    ruleset.add(
      ImportedRule("approvals", [("roles", .map([.init(role, .number(count))]))] + options))
  }
}
