import GitModel
import Policy
import Testing

@Suite("linear-history")
struct LinearHistoryTests {
  @Test("a merge breaks the line")
  func merges() {
    let commits = [
      commit(0xaa, "Merge x", parents: [0xbb, 0xcc]), commit(0xbb, "One", parents: [1]),
      commit(0xcc, "Two", parents: [1]),
    ]
    #expect(
      rule(LinearHistory.self).judge(matter(commits)).told == """
        violated: 1 of 3 new commits is a merge
        wants: one line of commits
        - 00000aa Merge x: is a merge of 00000cc
        fix: git rebase 0000a1d    without --rebase-merges, which makes one line of it
        """)
    #expect(
      rule(LinearHistory.self).judge(matter(Array(commits.dropFirst()))).told
        == "satisfied: 2 new commits in one line")
  }

  @Test("a bot is left out only where it is proven to be one")
  func bots() {
    let people = People([
      Person(id: "merger", emails: [Bytes("bot@example.com".utf8)], logins: [], isBot: true)
    ])
    let merge = commit(0xaa, "Merge x", by: "bot@example.com", parents: [0xbb, 0xcc])
    let rule = rule(LinearHistory.self, ["exempt": ["bot"]])
    #expect(rule.needs == Needs([.newCommits, .signatures]))
    #expect(
      rule.judge(matter([merge], pusher: "merger", people: people)).told
        == "notApplicable: the new commit is exempt (bot)")
    #expect(
      rule.judge(matter([merge], pusher: "eve", people: people)).explanation.findings.map(\.detail)
        == [
          "is a merge of 00000cc; names the bot merger as its author, and is neither pushed nor"
            + " signed by it"
        ])
  }

  @Test("nothing to judge, and nothing known")
  func nothing() {
    let rule = rule(LinearHistory.self)
    #expect(rule.needs == Needs(.newCommits))
    #expect(
      rule.judge(matter([] as [Commit])).told
        == "notApplicable: nothing new here: every commit is on a ref that this ruleset guards"
        + " already")
    #expect(
      rule.judge(matter { $0.newCommits = .unknown("history is cut off") }).told
        == "indeterminate: history is cut off")
  }

  @Test("leaving merges out is a mistake")
  func wrong() {
    #expect(
      read(LinearHistory.self, ["exempt": ["merge"]]).problems == [
        "`linear-history` that leaves merges out forbids nothing; leave the rule out, or `merge` out"
          + " of `exempt`"
      ])
  }
}
