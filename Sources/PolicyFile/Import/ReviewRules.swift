internal import GitModel
internal import Policy

// What the hosts have in common: reviews, checks and addresses.

extension ImportedRule {
  /// What to do where a host asks for a check that ran somewhere else.
  static let stateTests =
    "run `gitrel attest --tests 'GLOB'` in CI, and add `tests: {failed: 0}`"

  /// So many approvals, as trailers of each commit.
  static func approvals(minimum: Int, isNotCommitter: Bool) -> ImportedRule {
    var settings: [(String, PolicyValue)] = [("minimum", .number(min(minimum, 20)))]
    if isNotCommitter { settings.append(("not-committer", .flag(true))) }
    return ImportedRule(
      "approvals", settings,
      remark: isNotCommitter ? "who pushed last at GitHub is nearest to the committer here" : nil)
  }
}

extension ImportedRuleset {
  /// Says in one rule what several say of tags: that one that exists neither moves nor goes.
  mutating func joinTagRules() {
    let moves = ImportedRule("pushers", [("update", .list([])), ("rewind", .list([]))])
    let ids = Set(rules.map(\.id))
    guard rules.contains(moves), ids.contains("no-delete") else { return }
    remove(["no-delete", "fast-forward-only", "pushers"])
    add(ImportedRule("immutable-tags"))
  }
}

extension ImportSource {
  /// Signed commits, which only those can make whose keys the policy has.
  func signedCommits(_ what: String, at position: Position) -> ImportedRule {
    note(
      position, what, "the file does not say whose keys count, so the rule only reports",
      instead: "state `keys` of `people`, then take `enforce: evaluate` out")
    return ImportedRule(
      "signed-commits",
      remark: "only reports: state the `keys` of people, then take `enforce: evaluate` out",
      isEvaluated: true)
  }

  /// Notes checks that ran somewhere else.
  func statusChecks(_ contexts: [(name: String, position: Position)]) {
    for (name, position) in contexts where !name.isEmpty {
      note(
        position, "the status check \(name.shown)", "what ran elsewhere is not in the repository",
        instead: ImportedRule.stateTests)
    }
  }

  /// Notes that approvals do not vanish.
  func staleReviews(_ position: Position) {
    note(
      position, "dismissing stale reviews",
      "an approval is a trailer of the commit, and stays when somebody amends it",
      instead:
        "`approvals: {not-committer: true}` wants somebody else than who made the commit last")
  }

  /// Remembers whether the owners of code must approve.
  func ownersWanted(
    _ isRequired: Bool, _ key: String, refs: [String], at position: Position
  ) {
    let before = draft.ownersWanted
    let all = (before?.refs ?? []) + refs.filter { !(before?.refs ?? []).contains($0) }
    if isRequired {
      draft.ownersWanted = (true, before?.isRequired == true ? all : refs)
      if !draft.options.hasOwners {
        note(
          position, key, "there is no CODEOWNERS beside it",
          instead: "import both at once: gitrel policy import RULESET CODEOWNERS")
      }
    } else if before == nil {
      draft.ownersWanted = (false, refs)
    }
  }

  /// A rule on addresses, where an expression is about nothing but their domains.
  func addresses(
    _ pattern: String, isNegated: Bool, isAuthor: Bool, title: String, at position: Position
  ) -> ImportedRule? {
    guard !isNegated, let domains = ForeignRegex(pattern)?.domains else {
      note(
        position, title,
        isNegated
          ? "no rule forbids addresses" : "it is about more than the domain of an address",
        instead: "`identity: {domains: [...]}`, or `identity: {author: known}` with `people`")
      return nil
    }
    return ImportedRule(
      "identity",
      [("author", .text("any")), ("committer", .text("any")), ("domains", .texts(domains))],
      remark: "there it is about the \(isAuthor ? "author" : "committer"); here about both")
  }
}
