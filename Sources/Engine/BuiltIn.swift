internal import GitModel
internal import GitStore
internal import Policy

/// The checks that stand before every policy and that no policy can switch off.
enum BuiltIn {
  static let input: RuleID = "hook-input"
  static let policy: RuleID = "policy"
  static let name: RuleID = "ref-name"
  static let stale: RuleID = "stale"
  static let object: RuleID = "object"
  static let history: RuleID = "history"
  static let policyChange: RuleID = "policy-change"
  static let evidenceRef: RuleID = "evidence-ref"
  static let log: RuleID = "decision-log"
}

/// What every history on a guarded ref must be, whatever the policy.
enum HistoryCheck {
  /// Verdicts on new commits that could all be read. `isStrange` tells a root that brings in another
  /// history from one that is known.
  static func verdicts(
    on commits: [Commit], update: RefUpdate, isStrange: (Commit) -> Bool
  ) -> [JudgedRule] {
    var judged: [JudgedRule] = []
    let doubled = commits.filter { Set($0.parents).count < $0.parents.count }
    if !doubled.isEmpty {
      judged.append(
        JudgedRule(
          builtIn: BuiltIn.history,
          .violated(
            Explanation(
              "\(doubled.count) of \(commits.count) new commits name\(doubled.count == 1 ? "s" : "") one parent twice",
              findings: doubled.prefix(100).map { Finding($0, "is no merge") },
              total: doubled.count, fixes: ["make the commit anew with git commit"]))))
    }
    let octopuses = commits.filter { $0.parents.count > 2 }
    if !octopuses.isEmpty {
      judged.append(
        JudgedRule(
          builtIn: BuiltIn.history,
          .violated(
            Explanation(
              "\(octopuses.count) of \(commits.count) new commits merge\(octopuses.count == 1 ? "s" : "") more than two lines at once",
              findings: octopuses.prefix(100).map {
                Finding($0, "has \($0.parents.count) parents")
              }, total: octopuses.count,
              fixes: ["merge one branch at a time"]))))
    }
    let roots = commits.filter { $0.parents.isEmpty && isStrange($0) }
    if !roots.isEmpty {
      judged.append(
        JudgedRule(
          builtIn: BuiltIn.history,
          .violated(
            Explanation(
              "the push brings in a history that has nothing in common with the guarded one",
              findings: roots.prefix(100).map { Finding($0, "has no parent") },
              total: roots.count, fixes: ["git rebase --root --onto REMOTE/BRANCH"])))
      )
    }
    return judged
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
