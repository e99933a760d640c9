import GitModel
import Policy
import Testing

@Suite("tag-on-branch")
struct TagOnBranchTests {
  private let onMain = rule(TagOnBranch.self, ["branches": ["main", "release/*", "!release/old"]])

  private func told(_ target: Fact<Target>, _ holder: Fact<RefName?>) -> String {
    onMain.judge(
      matter("refs/tags/v1.4.0", .create) {
        $0.target = target
        $0.holder = holder
      }
    ).told
  }

  @Test("verdicts")
  func verdicts() throws {
    #expect(
      told(.known(target()), .known(RefName("refs/heads/release/1.4")))
        == "satisfied: 000c0de is on release/1.4")
    #expect(
      told(.known(target()), .known(nil)) == """
        violated: commit 000c0de is not on main or release/* (release/old not counted)
        fix: push the commit to main or release/* first, or together with the tag
        fix: git tag -d v1.4.0 && gitrel tag v1.4.0 --branch <BRANCH>    tags what the remote branch has
        """)
    #expect(
      told(.known(target(kind: .tree)), .notGathered) == """
        violated: v1.4.0 is a tag of a tree
        wants: a tag of a commit
        fix: git tag -d v1.4.0 && gitrel tag v1.4.0    tags what the remote branch has
        """)
    #expect(told(.unknown("gone"), .known(nil)) == "indeterminate: gone")
    #expect(told(.known(target()), .unknown("walk too long")) == "indeterminate: walk too long")
    #expect(
      onMain.judge(matter("refs/tags/v1", .delete)).told
        == "notApplicable: a deletion tags no commit")
    #expect(onMain.judge(matter()).told == "notApplicable: main is no tag")
    let branches = try #require(onMain.needs.branches)
    #expect(branches.contains(RefName("refs/heads/release/1")))
    #expect(!branches.contains(RefName("refs/heads/release/old")))
  }

  @Test("settings", arguments: settings)
  func problems(_ settings: Setting, _ problems: [String]) {
    #expect(read(TagOnBranch.self, settings).problems == problems)
  }

  static let settings: [(Setting, [String])] = [
    (
      .absent,
      ["`tag-on-branch` names no branches; write `tag-on-branch: {branches: [main]}`"]
    ),
    (["branches": "main"], []),
    (["branches": []], ["`branches` is empty; write `branches: [main, \"release/*\"]`"]),
    (["branches": ["!main"]], ["`branches` selects nothing: every pattern starts with `!`"]),
    (
      ["branches": ["main", "release/["]],
      ["`branches`: the pattern `release/[` has a `[` without its `]`"]
    ),
    (
      ["branches": ["heads/main"]],
      [
        "`branches`: `heads/main` means branches called refs/heads/heads/main; did you mean `refs/heads/main`?"
      ]
    ),
  ]
}
