internal import GitModel
internal import Policy

/// The settings of YACC, Yet Another Commit Checker for Bitbucket: as its REST resource gives them
/// (JSON), as YAML, or as lines `key=value`.
enum YaccImport {
  /// The settings that are YACC's own, by which its files are told.
  static let keys: Set<String> = [
    "requireMatchingAuthorEmail", "requireMatchingAuthorName", "committerEmailRegex",
    "commitMessageRegex", "requireJiraIssue", "ignoreUnknownIssueProjectKeys", "issueJqlMatcher",
    "branchNameRegex", "excludeMergeCommits", "excludeByRegex", "excludeBranchRegex",
    "excludeServiceUserCommits", "excludeUsers",
  ]

  static func read(_ root: SettingsNode, _ source: ImportSource) {
    guard let map = ForeignMap(root, "the settings", source) else { return }
    var refs = ["**"]
    excludedBranches(map, &refs, source)
    var messages = ImportedRuleset("commit messages", refs: refs)
    var committers = ImportedRuleset("committers", refs: ["**", "refs/tags/**"])
    var exempt: [String] = []
    if map.flag("excludeMergeCommits") == true { exempt.append("merge") }
    let exemption = exempt.isEmpty ? [] : [("exempt", PolicyValue.texts(exempt))]
    if let pattern = map.text("commitMessageRegex"),
      // It has to match all of the message, in which `^` and `$` stand at any line.
      let found = source.readable(
        "^(?m:\(pattern))$", "commitMessageRegex", at: map.place("commitMessageRegex"))
    {
      let hasAnchor = pattern.contains("^") || pattern.contains("$")
      messages.add(
        ImportedRule(
          "commit-message",
          [
            ("contains", .text(hasAnchor ? found : "^(?:\(pattern))$")),
            ("blank-second-line", .flag(false)),
          ] + exemption))
    }
    if map.flag("requireJiraIssue") == true {
      messages.add(
        ImportedRule(
          "tickets",
          [
            ("pattern", .text("[A-Z][A-Z_0-9]+-[0-9]+")), ("in", .texts(["subject", "body"])),
          ] + exemption))
      source.note(
        map.place("requireJiraIssue"), "requireJiraIssue",
        "a ticket is named, and nobody asks Jira whether it is there",
        instead: "`projects: [KEY]` takes only tickets of your projects")
    }
    for key in ["issueJqlMatcher", "ignoreUnknownIssueProjectKeys"] {
      guard map.text(key) != nil, map.text(key) != "false" else { continue }
      source.note(
        map.place(key), key, "nobody asks Jira",
        instead: "`tickets: {projects: [KEY]}`, or the rule `exec` with a program that asks")
    }
    self.committers(map, &committers, source)
    excludedUsers(map, &messages, source)
    source.draft.add(messages)
    source.draft.add(committers)
    branchNames(map, source)
    for entry in map.entries where entry.key.hasPrefix("errorMessage") { map.skip(entry.key) }
    map.finish()
  }

  private static func excludedBranches(
    _ map: ForeignMap, _ refs: inout [String], _ source: ImportSource
  ) {
    guard let pattern = map.text("excludeBranchRegex") else { return }
    if let globs = ForeignRegex(pattern)?.globs(isWhole: true) {
      refs += globs.map { "!" + ($0.hasPrefix("refs/heads/") ? String($0.dropFirst(11)) : $0) }
    } else {
      source.note(
        map.place("excludeBranchRegex"), "excludeBranchRegex: \(pattern.shown)",
        "no pattern of refs here says the same",
        instead: "write what it means under `refs`, with `!`")
    }
  }

  private static func committers(
    _ map: ForeignMap, _ ruleset: inout ImportedRuleset, _ source: ImportSource
  ) {
    if map.flag("requireMatchingAuthorEmail") == true {
      ruleset.add(
        .needingPeople(
          "identity",
          [
            ("author", .text("any")), ("committer", .text("any")), ("pusher", .text("committer")),
          ]))
      source.needsPeople(
        "requireMatchingAuthorEmail", at: map.place("requireMatchingAuthorEmail"))
    }
    if map.flag("requireMatchingAuthorName") == true {
      source.note(
        map.place("requireMatchingAuthorName"), "requireMatchingAuthorName",
        "no rule compares a name in a commit with that of an account",
        instead: "`identity: {pusher: committer}` compares the person")
    }
    if let pattern = map.text("committerEmailRegex"),
      // It has to match all of the address.
      let rule = source.addresses(
        "^(?:\(pattern))$", isNegated: false, isAuthor: false,
        title: "committerEmailRegex: \(pattern.shown)", at: map.place("committerEmailRegex"))
    {
      ruleset.add(rule)
    }
  }

  private static func excludedUsers(
    _ map: ForeignMap, _ ruleset: inout ImportedRuleset, _ source: ImportSource
  ) {
    let users = (map.text("excludeUsers") ?? "").split(separator: ",").map {
      String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }.filter { !$0.isEmpty }
    if !users.isEmpty {
      ruleset.except = [
        .init("pusher", .texts(users.map { source.person($0) }))
      ]
    }
    if map.flag("excludeServiceUserCommits") == true {
      source.note(
        map.place("excludeServiceUserCommits"), "excludeServiceUserCommits",
        "who is a service user, the file does not say",
        instead: "state them under `people` with `bot: true`, and add `exempt: [bot]`")
    }
    if let pattern = map.text("excludeByRegex") {
      source.note(
        map.place("excludeByRegex"), "excludeByRegex: \(pattern.shown)",
        "a message that excuses itself is something that anybody can type",
        instead: "`exempt: [merge, revert, cherry-pick, bot]`")
    }
  }

  private static func branchNames(_ map: ForeignMap, _ source: ImportSource) {
    guard let pattern = map.text("branchNameRegex"),
      let found = source.readable(pattern, "branchNameRegex", at: map.place("branchNameRegex"))
    else { return }
    var branches = ImportedRuleset("branch names", refs: ["**"])
    branches.when = [.init("kind", .texts(["create"]))]
    branches.add(ImportedRule("branch-name", [("matches", .text(found))]))
    source.draft.add(branches)
  }

  /// Lines `key=value` as a map, each at its place.
  static func properties(_ bytes: Bytes) -> SettingsNode {
    var entries: [SettingsNode.Entry] = []
    let lines = bytes.fileLines
    for (index, line) in lines.enumerated() {
      let text = line.drop { $0 == " " || $0 == "\t" }
      guard let first = text.first, first != "#", first != "!",
        let equals = text.firstIndex(where: { $0 == "=" || $0 == ":" })
      else { continue }
      let place = Position(line: index + 1, column: 1)
      let key = text[..<equals].filter { $0 != " " && $0 != "\t" }
      let value = text[text.index(after: equals)...].drop { $0 == " " || $0 == "\t" }
      entries.append(
        SettingsNode.Entry(
          key: String(key), position: place,
          node: SettingsNode(.scalar(unescaped(value), isQuoted: true), at: place)))
    }
    return SettingsNode(.map(entries), at: Position(line: 1, column: 1))
  }

  /// The value of a property: a backslash takes the next character as it is.
  private static func unescaped(_ value: Substring) -> String {
    var text = ""
    var isEscaped = false
    for character in value where character != "\r" {
      if isEscaped {
        text.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        text.append(character)
      }
    }
    return text
  }
}
