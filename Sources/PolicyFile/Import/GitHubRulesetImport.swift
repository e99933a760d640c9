internal import GitModel
internal import Policy

/// GitHub rulesets, as the REST API gives them and the settings page exports them: one, or a list.
struct GitHubRulesetImport {
  private let source: ImportSource
  private var isTag = false
  private var ruleset: ImportedRuleset

  static func read(_ root: SettingsNode, _ source: ImportSource) {
    let items = if case .list(let items) = root.value { items } else { [root] }
    for item in items {
      guard let map = ForeignMap(item, "a ruleset", source) else { continue }
      read(map, source)
    }
  }

  private static func read(_ map: ForeignMap, _ source: ImportSource) {
    map.skip(
      "id", "node_id", "source", "source_type", "created_at", "updated_at", "_links",
      "current_user_can_bypass")
    let name = map.text("name") ?? source.name
    let target = map.text("target") ?? "branch"
    guard ["branch", "tag", "push"].contains(target) else {
      source.note(
        map.place("target"), "the ruleset \(name.shown)", "its target is \(target.shown), no ref",
        instead: "guard that where it is decided, at GitHub")
      return
    }
    bypass(map, source)
    let found = refs(map, target: target, name: name, source)
    let rules = map.items("rules")
    let enforcement = map.text("enforcement") ?? "active"
    map.finish()
    guard let found else { return }
    var reader = GitHubRulesetImport(
      source: source, isTag: target == "tag",
      ruleset: ImportedRuleset(name, refs: found.refs, remarks: found.remarks))
    reader.enforce(enforcement, at: map.place("enforcement"))
    for rule in rules {
      guard let rule = ForeignMap(rule, "a rule", source) else { continue }
      rule.skip("ruleset_id", "ruleset_source", "ruleset_source_type")
      reader.read(rule)
    }
    if reader.isTag { reader.ruleset.joinTagRules() }
    source.draft.add(reader.ruleset)
  }

  /// A ruleset that is off there is written as a comment: here one that reports would be more.
  private mutating func enforce(_ enforcement: String, at place: Position) {
    switch enforcement {
    case "active": break
    case "evaluate": ruleset.isEvaluated = true
    default:
      ruleset.isDraft = true
      ruleset.remarks.append(
        "\(enforcement) at GitHub: take the `#` away to have it".fitForTerminal)
      source.note(
        place, enforcement.shown, "a policy has no ruleset that is off",
        instead: "it is written as a comment: take the `#` away to have it")
    }
  }

  private static func bypass(_ map: ForeignMap, _ source: ImportSource) {
    for item in map.items("bypass_actors") {
      guard let actor = ForeignMap(item, "a bypass actor", source) else { continue }
      let kind = actor.text("actor_type") ?? "somebody"
      let id = actor.text("actor_id").map { " \($0)" } ?? ""
      source.note(
        item.position, "bypass_actors: \((kind + id).shown)",
        "ids of GitHub's name nobody in a policy",
        instead:
          "state who it is under `people`, and write `except: {pusher: [WHO]}` on the ruleset")
    }
  }

  /// The ref patterns; nil, with a note, when there are none.
  private static func refs(
    _ map: ForeignMap, target: String, name: String, _ source: ImportSource
  ) -> (refs: [String], remarks: [String])? {
    let conditions = map.map("conditions")
    for key in ["repository_name", "repository_id", "repository_property", "organization_property"]
    {
      guard let entry = conditions?.entry(key) else { continue }
      source.note(
        entry.position, key, "a policy speaks for the repository that holds it",
        instead: "put it into each repository that this names")
    }
    conditions?.skip("repository_name", "repository_id", "repository_property")
    if target == "push" { return (["**", "refs/tags/**"], []) }
    let names = conditions?.map("ref_name")
    var refs: [String] = []
    var remarks: [String] = []
    func take(_ key: String, prefix: String) {
      for (pattern, position) in names?.texts(key) ?? [] {
        if pattern == "~DEFAULT_BRANCH" {
          refs.append(prefix + source.draft.defaultBranch)
        } else if pattern == "~ALL" {
          refs.append(prefix + (target == "tag" ? "refs/tags/**" : "**"))
        } else if let (text, remark) = ForeignGlob.ref(pattern) {
          refs.append(prefix + text)
          remarks += remark.map { [$0] } ?? []
        } else {
          source.note(
            position, "\(key): \(pattern.shown)", "no pattern of refs here says the same",
            instead: "write the refs that it means under `refs`")
        }
      }
    }
    take("include", prefix: "")
    let isGuarding = !refs.isEmpty
    take("exclude", prefix: "!")
    names?.finish()
    conditions?.finish()
    guard isGuarding else {
      source.note(
        names?.position ?? map.position, "the ruleset \(name.shown)", "it names no ref",
        instead: "at GitHub it does nothing either; write it with `refs` if it should")
      return nil
    }
    return (refs, remarks)
  }

  private mutating func read(_ rule: ForeignMap) {
    guard let type = rule.text("type") else {
      source.note(rule.position, "a rule", "it has no `type`")
      return
    }
    let place = rule.place("type")
    if let parameters = rule.map("parameters") {
      read(type, parameters, at: place)
      parameters.finish()
    } else {
      read(type, nil, at: place)
    }
    rule.finish()
  }

  private mutating func read(_ type: String, _ parameters: ForeignMap?, at place: Position) {
    switch type {
    case "creation": ruleset.add(ImportedRule("pushers", [("create", .list([]))]))
    case "update":
      if parameters?.flag("update_allows_fetch_and_merge") == true {
        source.note(
          place, "update_allows_fetch_and_merge", "there is no fork to fetch from",
          instead: "name who may under `pushers`")
      }
      ruleset.add(ImportedRule("pushers", [("update", .list([])), ("rewind", .list([]))]))
    case "deletion": ruleset.add(ImportedRule("no-delete"))
    case "non_fast_forward": ruleset.add(ImportedRule("fast-forward-only"))
    case "required_linear_history": ruleset.add(ImportedRule("linear-history"))
    case "required_signatures": ruleset.add(source.signedCommits(type, at: place))
    case "pull_request": pullRequest(parameters, at: place)
    case "required_status_checks": statusChecks(parameters, at: place)
    case "commit_message_pattern", "commit_author_email_pattern", "committer_email_pattern",
      "branch_name_pattern", "tag_name_pattern":
      pattern(type, parameters, at: place)
    case "file_path_restriction":
      let paths = (parameters?.texts("restricted_file_paths") ?? []).compactMap { path, place in
        guard let (text, _) = ForeignGlob.path(path) else {
          source.note(
            place, "restricted_file_paths: \(path.shown)", "no pattern of paths here says the same",
            instead: "write what it means under `paths: {forbidden: [...]}`")
          return String?.none
        }
        return text
      }
      if !paths.isEmpty { ruleset.add(ImportedRule("paths", [("forbidden", .texts(paths))])) }
    case "file_extension_restriction":
      let endings = (parameters?.texts("restricted_file_extensions") ?? []).map {
        String($0.text.drop { $0 == "*" || $0 == "." })
      }.filter { !$0.isEmpty }
      if !endings.isEmpty { ruleset.add(ImportedRule("paths", [("extensions", .texts(endings))])) }
    case "max_file_path_length":
      if let length = parameters?.number("max_file_path_length"), length > 0 {
        ruleset.add(ImportedRule("paths", [("length", .number(length))]))
      }
    case "max_file_size":
      if let size = parameters?.number("max_file_size"), size > 0 {
        ruleset.add(ImportedRule("file-size", [("maximum", .size(size, unit: "MB"))]))
      }
    default:
      parameters?.skipAll()
      let (why, instead) = Self.uncarried[type] ?? ("this gitrel does not know it", nil)
      source.note(place, type, why, instead: instead)
    }
  }

  /// Rules that ask for something that is not in the repository.
  private static let uncarried: [String: (why: String, instead: String?)] = [
    "workflows": ("which workflow ran is not in the repository", ImportedRule.stateTests),
    "merge_queue": ("gitrel judges a push, and keeps no queue", nil),
    "code_scanning": (
      "what a scanner found counts here when it is stated",
      "run `gitrel attest --scan FILE` in CI, and add `scan: {maximum: {error: 0}}`"
    ),
    "code_quality": ("what a scanner found is not in the repository", nil),
    "code_coverage": (
      "coverage counts here when it is stated",
      "run `gitrel attest --coverage FILE` in CI, and add `coverage: {line: 80%}`"
    ),
    "required_deployments": ("where a commit was deployed is not in the repository", nil),
    "copilot_code_review": ("asking for a review is no condition on a push", nil),
  ]

  private mutating func pullRequest(_ parameters: ForeignMap?, at place: Position) {
    let count = parameters?.number("required_approving_review_count") ?? 0
    let isNotCommitter = parameters?.flag("require_last_push_approval") == true
    if count > 0 {
      ruleset.add(ImportedRule.approvals(minimum: count, isNotCommitter: isNotCommitter))
    } else {
      source.note(
        place, "pull_request", "without approvals it asks for a pull request, which git has not",
        instead: "name who may push under `pushers`")
    }
    if parameters?.flag("dismiss_stale_reviews_on_push") == true {
      source.staleReviews(parameters?.place("dismiss_stale_reviews_on_push") ?? place)
    }
    if parameters?.flag("required_review_thread_resolution") == true {
      source.note(
        parameters?.place("required_review_thread_resolution") ?? place,
        "required_review_thread_resolution", "a conversation is not in the repository")
    }
    let methods = parameters?.texts("allowed_merge_methods").map(\.text) ?? []
    if !methods.isEmpty, !methods.contains("merge") {
      ruleset.add(
        ImportedRule(
          "linear-history",
          remark: "allowed_merge_methods: \(methods.joined(separator: ", "))".fitForTerminal))
    } else if methods == ["merge"] {
      source.note(
        parameters?.place("allowed_merge_methods") ?? place, "allowed_merge_methods: `merge`",
        "how a merge was made cannot be told from it",
        instead: "`merge-from: {branches: [...], direct: false}` wants everything to come by merge")
    }
    if let isRequired = parameters?.flag("require_code_owner_review") {
      source.ownersWanted(
        isRequired, "require_code_owner_review", refs: ruleset.refs,
        at: parameters?.place("require_code_owner_review") ?? place)
    }
    for item in parameters?.items("required_reviewers") ?? [] {
      source.note(
        item.position, "required_reviewers", "ids of GitHub's name nobody in a policy",
        instead: "`approvals: {roles: {ROLE: 1}}` in a ruleset with `when: {paths: [...]}`")
    }
    parameters?.skip("automatic_copilot_code_review_enabled", "dismissal_restriction")
  }

  private func statusChecks(_ parameters: ForeignMap?, at place: Position) {
    source.statusChecks(
      (parameters?.items("required_status_checks") ?? []).map { item in
        guard let check = ForeignMap(item, "a check", source) else { return ("", item.position) }
        check.skip("integration_id")
        let context = check.text("context") ?? ""
        check.finish()
        return (context, check.place("context"))
      })
    if parameters?.flag("strict_required_status_checks_policy") == true {
      source.note(
        parameters?.place("strict_required_status_checks_policy") ?? place,
        "strict_required_status_checks_policy", "no check is carried that it could speak of",
        instead: "`fast-forward-only` lets in only what stands on the newest commit")
    }
    parameters?.skip("do_not_enforce_on_create")
  }

  private mutating func pattern(
    _ type: String, _ parameters: ForeignMap?, at place: Position
  ) {
    guard let parameters, let text = parameters.text("pattern") else {
      source.note(place, type, "it has no `pattern`")
      return
    }
    let isNegated = parameters.flag("negate") ?? false
    let name = parameters.text("name")
    guard let found = MatchOperator(rawValue: parameters.text("operator") ?? "regex")?.regex(text)
    else {
      source.note(parameters.place("operator"), type, "its operator is not known")
      return
    }
    if let fault = RegexText.fault(of: found) {
      source.note(parameters.place("pattern"), "\(type): \(text.shown)", fault)
      return
    }
    let whole = RegexText.whole(found: found)
    var rule: ImportedRule?
    switch type {
    case "commit_message_pattern":
      rule = ImportedRule("commit-message", [(isNegated ? "forbids" : "contains", .text(found))])
    case "branch_name_pattern":
      rule = ImportedRule("branch-name", [(isNegated ? "forbids" : "matches", .text(whole))])
    case "tag_name_pattern":
      rule =
        if !isNegated, let prefix = Semver.prefix(of: text) {
          ImportedRule("tag-name", [("scheme", .text("semver")), ("prefix", .text(prefix))])
        } else {
          ImportedRule("tag-name", [(isNegated ? "forbids" : "matches", .text(whole))])
        }
    default:
      let isAuthor = type == "commit_author_email_pattern"
      rule = source.addresses(
        found, isNegated: isNegated, isAuthor: isAuthor, title: "\(type): \(text.shown)",
        at: parameters.place("pattern"))
    }
    if var rule {
      if let name { rule.remarks.append(name.fitForTerminal) }
      ruleset.add(rule)
    }
  }
}

/// How GitHub compares a pattern with a text.
private enum MatchOperator: String {
  case starts = "starts_with"
  case ends = "ends_with"
  case contains
  case regex

  /// An expression that is found in the same texts.
  func regex(_ pattern: String) -> String {
    switch self {
    case .starts: "^" + RegexText.quoted(pattern)
    case .ends: RegexText.quoted(pattern) + "$"
    case .contains: RegexText.quoted(pattern)
    case .regex: pattern
    }
  }
}

/// The expression for versions that semver.org recommends.
private enum Semver {
  /// What stands before the version where `pattern` is that expression; nil where it is another.
  static func prefix(of pattern: String) -> String? {
    let version = #"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"#
    let before =
      #"(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?"#
    let build = #"(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$"#
    switch pattern {
    case "^" + version + before + build: return ""
    case "^v" + version + before + build: return "v"
    default: return nil
    }
  }
}
