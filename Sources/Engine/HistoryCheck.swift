internal import GitModel
internal import GitStore
internal import Policy

/// What every history on a guarded ref must be, whatever the policy.
enum HistoryCheck {
  /// Verdicts on new commits that could all be read. `isStrange` tells a root that brings in another
  /// history from one that is known.
  static func verdicts(on commits: [Commit], isStrange: (Commit) -> Bool) -> [JudgedRule] {
    func some(_ count: Int, _ verb: String) -> String {
      "\(count) of \(commits.count) new commits \(verb)\(count == 1 ? "s" : "")"
    }
    let doubled = commits.filter { $0.isMerge && Set($0.parents).count < $0.parents.count }
    let octopuses = commits.filter { $0.parents.count > 2 }
    let roots = commits.filter { $0.parents.isEmpty && isStrange($0) }
    return [
      verdict(
        doubled, "\(some(doubled.count, "name")) one parent twice",
        fix: "make the commit anew with git commit"
      ) { _ in "is no merge" },
      verdict(
        octopuses, "\(some(octopuses.count, "merge")) more than two lines at once",
        fix: "merge one branch at a time"
      ) { "has \($0.parents.count) parents" },
      verdict(
        roots, "the push brings in a history that has nothing in common with the guarded one",
        fix: "git rebase --root --onto REMOTE/BRANCH"
      ) { _ in "has no parent" },
    ].compactMap { $0 }
  }

  private static func verdict(
    _ bad: [Commit], _ summary: @autoclosure () -> String, fix: String, detail: (Commit) -> String
  ) -> JudgedRule? {
    guard !bad.isEmpty else { return nil }
    return JudgedRule(
      builtIn: BuiltIn.history,
      .violated(
        Explanation(
          summary(),
          findings: bad.prefix(Explanation.maximumFindings).map { Finding($0, detail($0)) },
          total: bad.count, fixes: [fix])))
  }

  /// Whether `root` is known: the trusted branch, whose tip is `trusted`, begins with it. What cannot be
  /// told is not known.
  static func isTrusted(
    _ root: Commit, _ trusted: ObjectID?, in repository: Repository
  ) -> Bool {
    guard let trusted else { return false }
    return (try? repository.isAncestor(root.id, of: trusted)) ?? false
  }

  /// What an error while reading new commits means for the push.
  static func verdict(on error: GitError) -> Verdict {
    switch error.code {
    case .malformed, .limit, .tooLarge:
      .violated(Explanation(error.description, fixes: error.hint.map { [$0] } ?? []))
    default: .indeterminate(error.description, fix: error.hint.map { [$0] } ?? [])
    }
  }
}
