internal import GitModel
internal import Policy

/// GitHub's classic branch protection: what the REST API gives for a branch, or what is sent to it.
enum GitHubProtectionImport {
  static func read(_ root: SettingsNode, _ source: ImportSource) {
    guard let outer = ForeignMap(root, "the protection", source) else { return }
    // The answer for a branch holds its protection.
    if let inner = outer.node("protection"), let map = ForeignMap(inner, "protection", source) {
      outer.skip("commit", "_links", "protected", "protection_url")
      let branch = outer.text("name")
      outer.finish()
      read(map, branch: branch, source)
    } else {
      read(outer, branch: nil, source)
    }
  }

  private static func read(_ map: ForeignMap, branch: String?, _ source: ImportSource) {
    map.skip("protection_url", "enabled", "allow_fork_syncing")
    let url = map.text("url")
    let stated = branch ?? map.text("name") ?? url.flatMap(Self.branch(in:))
    let name = stated ?? source.draft.defaultBranch
    guard let (ref, _) = ForeignGlob.ref("refs/heads/" + name) else {
      source.note(map.position, "the branch \(name.shown)", "no pattern of refs here names it")
      return
    }
    var ruleset = ImportedRuleset(
      "protection of \(name)".fitForTerminal, refs: [ref],
      remarks: stated == nil ? ["the file does not say which branch it protects"] : [])
    // What is not allowed is forbidden, also where the file is silent.
    if map.flag("allow_force_pushes") != true { ruleset.add(ImportedRule("fast-forward-only")) }
    if map.flag("allow_deletions") != true { ruleset.add(ImportedRule("no-delete")) }
    if map.flag("required_linear_history") == true { ruleset.add(ImportedRule("linear-history")) }
    if map.flag("required_signatures") == true {
      ruleset.add(source.signedCommits("required_signatures", at: map.place("required_signatures")))
    }
    let areCreationsBlocked = map.flag("block_creations") == true
    if map.flag("lock_branch") == true {
      ruleset.add(ImportedRule("pushers", [("any", .list([]))], remark: "the branch is locked"))
      map.skip("restrictions")
    } else if let restrictions = map.map("restrictions") {
      pushers(restrictions, areCreationsBlocked, &ruleset, source)
    }
    if let reviews = map.map("required_pull_request_reviews") {
      self.reviews(reviews, &ruleset, source)
    }
    if let checks = map.map("required_status_checks") { self.checks(checks, source) }
    if map.flag("required_conversation_resolution") == true {
      source.note(
        map.place("required_conversation_resolution"), "required_conversation_resolution",
        "a conversation is not in the repository")
    }
    if map.entry("enforce_admins") != nil, map.flag("enforce_admins") == false {
      source.note(
        map.place("enforce_admins"), "enforce_admins: `false`",
        "here nobody is above the policy",
        instead: "write `except: {pusher: [WHO]}` on the ruleset")
    }
    map.finish()
    source.draft.add(ruleset)
  }

  /// The branch that an address of the API names.
  private static func branch(in url: String) -> String? {
    guard let start = url.firstRange(of: "/branches/"),
      let end = url.firstRange(of: "/protection"),
      start.upperBound < end.lowerBound
    else { return nil }
    return String(url[start.upperBound..<end.lowerBound])
  }

  private static func pushers(
    _ map: ForeignMap, _ areCreationsBlocked: Bool, _ ruleset: inout ImportedRuleset,
    _ source: ImportSource
  ) {
    map.skip("url", "users_url", "teams_url", "apps_url")
    let who = names(map.items("users"), source).map { source.person($0.text) }
    for (kind, key) in [("teams", "slug"), ("apps", "slug")] {
      for (text, position) in names(map.items(kind), source, key: key) {
        source.note(
          position, "\(kind): \(text.shown)", "who that is, the file does not say",
          instead: "state them under `people`, and add them to `pushers`")
      }
    }
    map.finish()
    var settings: [(String, PolicyValue)] = [("update", .texts(who)), ("rewind", .texts(who))]
    if areCreationsBlocked { settings.insert(("create", .texts(who)), at: 0) }
    // Without the people of its teams, the list would keep out who may push there.
    let others = names(map.items("teams") + map.items("apps"), source, key: "slug").map(\.text)
    ruleset.add(
      ImportedRule(
        "pushers", settings,
        remark: others.isEmpty
          ? nil
          : "add who belongs to \(others.joined(separator: ", ")), then take the `#` away"
            .fitForTerminal, isDraft: !others.isEmpty))
  }

  private static func reviews(
    _ map: ForeignMap, _ ruleset: inout ImportedRuleset, _ source: ImportSource
  ) {
    map.skip("url")
    let count = map.number("required_approving_review_count") ?? 1
    let isNotCommitter = map.flag("require_last_push_approval") == true
    if count > 0 {
      ruleset.add(.approvals(minimum: count, isNotCommitter: isNotCommitter))
    } else {
      source.note(
        map.position, "required_pull_request_reviews",
        "without approvals it asks for a pull request, which git has not",
        instead: "name who may push under `pushers`")
    }
    if map.flag("dismiss_stale_reviews") == true {
      source.staleReviews(map.place("dismiss_stale_reviews"))
    }
    if let isRequired = map.flag("require_code_owner_reviews") {
      source.ownersWanted(
        isRequired, "require_code_owner_reviews", refs: ruleset.refs,
        at: map.place("require_code_owner_reviews"))
    }
    for key in ["dismissal_restrictions", "bypass_pull_request_allowances"] {
      guard let node = map.node(key), node.value != .map([]) else { continue }
      if case .map(let entries) = node.value,
        entries.allSatisfy({ $0.node.value == .list([]) || $0.key.hasSuffix("url") })
      {
        continue
      }
      source.note(
        map.place(key), key,
        key == "dismissal_restrictions"
          ? "nobody can take an approval back: it stands in the commit"
          : "here nobody is above the policy",
        instead: key == "dismissal_restrictions"
          ? nil : "write `except: {pusher: [WHO]}` on the ruleset")
    }
    map.finish()
  }

  private static func checks(_ map: ForeignMap, _ source: ImportSource) {
    map.skip("url", "contexts_url", "enforcement_level")
    let checks = map.items("checks")
    let contexts = map.texts("contexts")
    source.statusChecks(
      (checks.isEmpty ? contexts : names(checks, source, key: "context"))
        .map { (name: $0.text, position: $0.position) })
    if map.flag("strict") == true {
      source.note(
        map.place("strict"), "strict", "no check is carried that it could speak of",
        instead: "`fast-forward-only` lets in only what stands on the newest commit")
    }
    map.finish()
  }

  /// What the items are called: texts, or maps with a name under `key`.
  private static func names(
    _ items: [SettingsNode], _ source: ImportSource, key: String = "login"
  ) -> [(text: String, position: Position)] {
    items.compactMap { item in
      switch item.value {
      case .scalar(let text, _) where !text.isEmpty: return (text, item.position)
      case .map(let entries):
        guard let name = entries.first(where: { $0.key == key }),
          case .scalar(let text, _) = name.node.value
        else { return nil }
        return (text, name.position)
      default: return nil
      }
    }
  }
}
