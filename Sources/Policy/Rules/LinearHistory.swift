// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// History is one line: no new commit is a merge.
public struct LinearHistory: Rule {
  public static let id: RuleID = "linear-history"
  public static let summary = "no new commit is a merge"

  /// Which commits are left out.
  public let exempt: Set<Exemption>

  public init(from reader: SettingsReader, context: PolicyContext) {
    exempt = reader.exemptions(but: [.merge])
    if exempt.contains(.merge) {
      reader.problems.add(
        "`linear-history` that leaves merges out forbids nothing",
        at: reader.node("exempt")?.position ?? reader.position,
        hint: "leave the rule out, or `merge` out of `exempt`")
    }
  }

  public var needs: Needs { exempt.needs }

  public func judge(_ matter: Matter) -> Verdict {
    matter.judgedNewCommits(except: exempt) { judged, commits in
      let merges = judged.filter(\.isMerge)
      guard merges.isEmpty else {
        let findings = merges.map { merge in
          (merge, ["is a merge of \(merge.parents[1].short)", matter.whyNotExempt(merge, exempt)])
        }
        return .violated(
          .merges(
            findings.map { ($0.0, $0.1.compactMap { $0 }) }, of: judged.count, newest: commits,
            onto: matter.update.old.isZero ? commits.last?.parents.first : matter.update.old))
      }
      return .satisfied("\(counted(judged.count, "new commit")) in one line")
    }
  }
}

extension Explanation {
  fileprivate static func merges(
    _ merges: [(commit: Commit, words: [String])], of count: Int, newest: [Commit],
    onto base: ObjectID?
  ) -> Explanation {
    return Explanation(
      "\(merges.count) of \(counted(count, "new commit")) \(merges.count == 1 ? "is a merge" : "are merges")",
      expected: "one line of commits",
      findings: merges.prefix(maximumFindings).map {
        Finding($0.commit, $0.words.joined(separator: "; "))
      }, total: merges.count,
      mend: .commits(CommitMend(flattening: newest, onto: base)))
  }
}
