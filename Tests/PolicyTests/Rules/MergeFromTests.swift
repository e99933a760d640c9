import GitModel
import Policy
import Testing

@Suite("merge-from")
struct MergeFromTests {
  private let merge = commit(0xaa, "Merge x", parents: [0xbb, 0xcc])
  private let direct = commit(0xbb, "Quick fix", parents: [1])

  private func judged(
    _ settings: Setting, _ branches: [String?], _ name: String = "refs/heads/main"
  ) -> Verdict {
    let commits = [merge, direct]
    let brought = [merge.parents[1], direct.id]
    return rule(MergeFrom.self, settings).judge(
      matter(name, to: merge.id) {
        $0.newCommits = .known(commits)
        $0.arrivals = .known(
          zip(commits, zip(brought, branches)).map { commit, arrival in
            Arrival(
              commit: commit, brought: arrival.0,
              branch: arrival.1.map { RefName("refs/heads/\($0)") })
          })
      })
  }

  @Test("what is merged is on a branch that may be merged in, or not")
  func verdicts() {
    #expect(
      judged(["branches": "develop"], ["develop", nil]).told
        == "satisfied: 1 merge of what is on develop")
    #expect(
      judged(["branches": "develop"], [nil, nil]).told == """
        violated: 1 of 1 arrival on main is not on develop
        wants: what develop has, merged
        - 00000aa Merge x: merges 00000cc, which is on none of them
        fix: bring the change to develop first, and merge that into main
        fix: git merge develop    on what main has at the remote
        """)
    #expect(
      judged(["branches": ["develop", "hotfix/*", "!hotfix/x"], "direct": false], [nil, nil]).told
        == """
        violated: 2 of 2 arrivals on main are not on develop or hotfix/*
        wants: what develop or hotfix/* have, merged
        - 00000aa Merge x: merges 00000cc, which is on none of them
        - 00000bb Quick fix: is no merge, and on none of them
        fix: bring the change to develop or hotfix/* first, and merge that into main
        fix: git merge <BRANCH>    on what main has at the remote
        """)
    #expect(
      judged(["branches": ["a", "b"], "direct": false], ["a", "b"]).told
        == "satisfied: 2 arrivals of what is on a and b")
  }

  @Test("nothing to judge, and nothing known")
  func nothing() {
    let rule = rule(MergeFrom.self, ["branches": "develop"])
    #expect(rule.needs.kinds == .newCommits && rule.needs.sources == rule.branches)
    func told(_ arrivals: Fact<[Arrival]>, _ name: String = "refs/heads/main") -> String {
      rule.judge(
        matter(name, to: direct.id) {
          $0.newCommits = .known([direct])
          $0.arrivals = arrivals
        }
      ).told
    }
    #expect(
      told(.known([Arrival(commit: direct, brought: direct.id, branch: nil)]))
        == "notApplicable: nothing is merged in: 1 direct commit")
    #expect(told(.notGathered, "refs/tags/v1") == "notApplicable: v1 is no branch")
    #expect(told(.unknown("a commit is missing")) == "indeterminate: a commit is missing")
    #expect(told(.notGathered).hasPrefix("indeterminate: a fact"))
    #expect(
      rule.judge(matter("refs/heads/main", .delete)).told
        == "notApplicable: a deletion brings no commits")
  }

  @Test("settings that are wrong")
  func wrong() {
    #expect(
      read(MergeFrom.self).problems == [
        "`merge-from` names no branches; write `merge-from: {branches: [develop]}`"
      ])
  }
}
