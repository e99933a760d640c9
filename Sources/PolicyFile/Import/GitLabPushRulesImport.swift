internal import GitModel
internal import Policy

/// GitLab push rules, as `GET /projects/:id/push_rule` and its group sibling answer.
enum GitLabPushRulesImport {
  static func read(_ root: SettingsNode, _ source: ImportSource) {
    if case .absent = root.value {
      source.note(
        root.position, "`null`", "a project that has no push rules answers so",
        instead: "ask for the rules of its group: GET /groups/:id/push_rule")
      return
    }
    guard let map = ForeignMap(root, "the push rules", source) else { return }
    map.skip("id", "project_id", "group_id", "created_at", "updated_at")
    var everywhere = ImportedRuleset("push rules", refs: ["**", "refs/tags/**"])
    messages(map, &everywhere, source)
    identities(map, &everywhere, source)
    files(map, &everywhere, source)
    source.draft.add(everywhere)
    if let pattern = map.text("branch_name_regex") {
      var branches = ImportedRuleset(
        "branch names", refs: ["**", "!" + source.draft.defaultBranch],
        remarks: ["GitLab always lets the default branch be"])
      if let found = source.readable(
        pattern, "branch_name_regex", at: map.place("branch_name_regex"))
      {
        branches.add(
          ImportedRule("branch-name", [("matches", .text(RegexText.whole(found: found)))]))
      }
      source.draft.add(branches)
    }
    if map.flag("deny_delete_tag") == true {
      var tags = ImportedRuleset("tags", refs: ["refs/tags/**"])
      tags.add(ImportedRule("no-delete"))
      source.draft.add(tags)
    }
    map.finish()
  }

  private static func messages(
    _ map: ForeignMap, _ ruleset: inout ImportedRuleset, _ source: ImportSource
  ) {
    for (key, setting) in [
      ("commit_message_regex", "contains"), ("commit_message_negative_regex", "forbids"),
    ] {
      guard let pattern = map.text(key) else { continue }
      // GitLab looks at a message line by line.
      let hasAnchor = pattern.contains("^") || pattern.contains("$")
      guard
        let found = source.readable(
          hasAnchor ? "(?m)" + pattern : pattern, key, at: map.place(key))
      else { continue }
      ruleset.add(ImportedRule("commit-message", [(setting, .text(found))]))
    }
    if map.flag("reject_non_dco_commits") == true {
      ruleset.add(
        ImportedRule(
          "sign-off", [("signer", .text("either"))],
          remark: "GitLab takes anybody's Signed-off-by; here it is the author's or committer's"))
    }
  }

  private static func identities(
    _ map: ForeignMap, _ ruleset: inout ImportedRuleset, _ source: ImportSource
  ) {
    if let pattern = map.text("author_email_regex"),
      let rule = source.addresses(
        pattern, isNegated: false, isAuthor: true,
        title: "author_email_regex: \(pattern.shown)", at: map.place("author_email_regex"))
    {
      ruleset.add(rule)
    }
    if map.flag("member_check") == true {
      ruleset.add(
        .needingPeople("identity", [("author", .text("known")), ("committer", .text("any"))]))
      source.needsPeople("member_check", at: map.place("member_check"))
    }
    if map.flag("commit_committer_check") == true {
      ruleset.add(
        .needingPeople(
          "identity",
          [
            ("author", .text("any")), ("committer", .text("any")), ("pusher", .text("committer")),
          ]))
      source.needsPeople("commit_committer_check", at: map.place("commit_committer_check"))
    }
    if map.flag("commit_committer_name_check") == true {
      source.note(
        map.place("commit_committer_name_check"), "commit_committer_name_check",
        "no rule compares a name in a commit with that of an account",
        instead: "`identity: {pusher: committer}` compares the person")
    }
    if map.flag("reject_unsigned_commits") == true {
      ruleset.add(
        source.signedCommits("reject_unsigned_commits", at: map.place("reject_unsigned_commits")))
    }
  }

  private static func files(
    _ map: ForeignMap, _ ruleset: inout ImportedRuleset, _ source: ImportSource
  ) {
    if let pattern = map.text("file_name_regex") {
      if let globs = ForeignRegex(pattern)?.globs() {
        ruleset.add(
          ImportedRule("paths", [("forbidden", .texts(globs.map(ForeignGlob.path(whole:))))]))
      } else {
        source.note(
          map.place("file_name_regex"), "file_name_regex: \(pattern.shown)",
          "no pattern of paths here says the same",
          instead: "write what it means under `paths: {forbidden: [...]}`")
      }
    }
    if let size = map.number("max_file_size"), size > 0 {
      ruleset.add(ImportedRule("file-size", [("maximum", .size(size, unit: "MiB"))]))
    }
    if map.flag("prevent_secrets") == true {
      // What GitLab's documentation lists: names of files that hold keys and passwords.
      ruleset.add(
        ImportedRule(
          "paths",
          [
            (
              "forbidden",
              .texts([
                "**/.aws/credentials", "**/aws/credentials", "*_rsa", "*_dsa", "*_ecdsa",
                "*_ed25519", "*.pem", "*.key", "*.history", "*_history",
              ])
            )
          ],
          remark: "prevent_secrets: the names that GitLab lists; `secrets:` looks into the files"))
    }
  }

}

extension ImportedRule {
  /// A rule that refuses everybody before the policy names people.
  static func needingPeople(_ id: String, _ settings: [(String, PolicyValue)]) -> ImportedRule {
    var rule = ImportedRule(id, settings, isEvaluated: true)
    rule.needsPeople = true
    return rule
  }
}

extension ImportSource {
  /// Notes that a rule waits for people.
  func needsPeople(_ what: String, at position: Position) {
    note(
      position, what, "the file does not say who the people are, so the rule only reports",
      instead: "state `people` with `emails`, then take `enforce: evaluate` out")
  }

  /// The expression, where RE2 can read it; else nil, with a note.
  func readable(_ pattern: String, _ title: String, at position: Position) -> String? {
    guard let fault = RegexText.fault(of: pattern) else { return pattern }
    note(
      position, "\(title): \(pattern.shown)", fault,
      instead: "write an expression without look-around or back reference")
    return nil
  }
}
