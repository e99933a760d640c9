// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

public import GitModel

/// What is merged into a branch comes from the branches that may be merged into it.
public struct MergeFrom: Rule {
  public static let id: RuleID = "merge-from"
  public static let summary = "only the named branches are merged in"
  public static let scope = RuleScope.branches

  /// The branches.
  public let branches: RefSelection?
  /// The branches as written.
  public let patterns: [String]
  /// Whether commits that are no merge may stand on the branch and on none of the others.
  public let direct: Bool

  public init(from reader: SettingsReader, context: PolicyContext) {
    if reader.lacks("branches") {
      reader.problems.add(
        "`merge-from` names no branches", at: reader.position,
        hint: "write `merge-from: {branches: [develop]}`")
    }
    let refs = reader.refs("branches")
    (branches, patterns) = (refs?.selection, refs?.patterns ?? [])
    direct = reader.flag("direct") ?? true
  }

  public var needs: Needs { Needs(.newCommits, sources: branches) }

  public func judge(_ matter: Matter) -> Verdict {
    let name = matter.update.name
    guard name.isBranch else { return .notApplicable("\(name.short) is no branch") }
    return matter.judgedNewCommits { commits in
      matter.facts.arrivals.judged { arrivals in
        let judged = arrivals.filter { $0.commit.isMerge || !direct }
        guard !judged.isEmpty else {
          return .notApplicable("nothing is merged in: \(counted(arrivals.count, "direct commit"))")
        }
        let strays = judged.filter { $0.branch == nil }
        guard strays.isEmpty else {
          return .violated(.strays(strays, of: judged.count, patterns, into: name.short))
        }
        var branches: [String] = []
        for arrival in judged {
          if let branch = arrival.branch?.short, !branches.contains(branch) {
            branches.append(branch)
          }
        }
        let more = branches.count > 3 ? [counted(branches.count - 3, "more branch")] : []
        let shown = Array(branches.prefix(3)) + more
        return .satisfied(
          "\(counted(judged.count, direct ? "merge" : "arrival")) of what is on \(listed(shown))")
      }
    }
  }
}

extension Explanation {
  fileprivate static func strays(
    _ strays: [Arrival], of count: Int, _ patterns: [String], into name: String
  ) -> Explanation {
    let positive = patterns.filter { !$0.hasPrefix("!") }
    let wanted = listed(positive, "or")
    let isLiteral = positive.count == 1 && (try? Glob(positive[0]).isLiteral) == true
    return Explanation(
      "\(strays.count) of \(counted(count, "arrival")) on \(name) "
        + (strays.count == 1 ? "is" : "are") + " not on \(wanted)",
      expected: "what \(wanted) \(isLiteral ? "has" : "have"), merged",
      findings: strays.prefix(maximumFindings).map { stray in
        Finding(
          stray.commit,
          stray.commit.isMerge
            ? "merges \(stray.brought.short), which is on none of them"
            : "is no merge, and on none of them")
      }, total: strays.count,
      fixes: [
        "bring the change to \(wanted) first, and merge that into \(name)",
        "git merge \(isLiteral ? positive[0] : "<BRANCH>")    on what \(name) has at the remote",
      ])
  }
}
