import Evidence
import GitModel
import Policy
import Testing

@Suite("rollback-target")
struct RollbackTargetTests {
  private static func tag(_ name: String, _ trailers: String) -> GitModel.Tag {
    GitModel.Tag(
      id: id(0x7a9), target: id(0xc0de), targetKind: .commit, name: Bytes(name.utf8), tagger: nil,
      message: Bytes("\(name)\n\nNotes.\n\n\(trailers)\n".utf8))
  }

  private static func released(
    isOlder: Bool = true, isTag: Bool = true, by trailers: String = "", tree: Int = 0x13ee,
    _ all: [StatedDeclaration] = []
  ) -> ReleasedTarget {
    ReleasedTarget(
      isOlder: isOlder, tag: isTag ? tag("v1.3", trailers) : nil, commit: id(0x13), tree: id(tree),
      declarations: all)
  }

  private static func said(
    _ kind: Declaration.Kind, _ name: String, _ value: String = "", at second: Int64,
    by person: String = "bob"
  ) -> StatedDeclaration {
    declared(kind, name, value: value, by: person, at: second, of: "v1.3")
  }

  @Test("a release that one can go back to", arguments: table)
  func judged(
    _ settings: Setting, _ trailers: String, _ previous: String?, _ target: ReleasedTarget?,
    _ words: String
  ) {
    let told = rule(RollbackTarget.self, settings).judge(
      matter("refs/tags/v1.4", .create, people: team) {
        $0.target = .known(
          Target(tags: [Self.tag("v1.4", trailers)], object: id(0xc0de), kind: .commit))
        $0.rollback = .known(
          RollbackReading(
            tree: id(0x14ee), releases: [Bytes("v1.3".utf8), Bytes("v1.2".utf8)],
            previous: previous, target: target))
      }
    ).told
    #expect(told == words)
  }

  private static let fix =
    "fix: git tag -d v1.4 && gitrel tag v1.4 --rollback-target v1.3    tags what the remote branch has"
  /// What was refused is not proposed again.
  private static let other =
    "fix: git tag -d v1.4 && gitrel tag v1.4 --rollback-target <TAG>    tags what the remote branch has"
  private static let toV13 = "Rollback-Target: v1.3"

  static let table: [(Setting, String, String?, ReleasedTarget?, String)] = [
    (.absent, toV13, "v1.3", released(), "satisfied: one goes back to v1.3"),
    (
      .absent, "", nil, nil,
      "notApplicable: there is no earlier release to go back to"
    ),
    (
      .absent, "", "v1.3", nil,
      """
      violated: v1.4 does not say which release one goes back to
      wants: a `Rollback-Target:` trailer in the tag
      \(fix)
      """
    ),
    (
      .absent, "Lane: rollback", nil, nil,
      """
      violated: v1.4 does not say which release one goes back to
      wants: a `Rollback-Target:` trailer in the tag
      fix: git tag -d v1.4 && gitrel tag v1.4 --lane rollback --rollback-target <TAG>    tags what the remote branch has
      """
    ),
    (
      .absent, toV13, "v1.2", nil,
      """
      violated: v1.4 would go back to v1.3, which is no release here
      fix: git tag -d v1.4 && gitrel tag v1.4 --rollback-target v1.2    tags what the remote branch has
      """
    ),
    (
      .absent, toV13, "v1.3", released(isTag: false),
      "violated: v1.4 would go back to v1.3, which is no annotated tag\n\(other)"
    ),
    (
      .absent, toV13, "v1.3", released(isOlder: false),
      "violated: v1.4 would go back to v1.3, which is not older\n\(other)"
    ),
    (
      .absent, toV13, "v1.3",
      released([said(.rollout, "all", at: 1), said(.rollback, "v1.2", at: 2)]),
      "violated: v1.4 would go back to v1.3, which was itself taken back, to v1.2\n\(other)"
    ),
    (
      .absent, toV13, "v1.3", released([said(.incident, "1", "open", at: 1)]),
      "violated: v1.4 would go back to v1.3, which has an open incident\n\(other)"
    ),
    (
      ["rolled-out": true], toV13, "v1.3", released(),
      "violated: v1.4 would go back to v1.3, which was never rolled out\n\(other)"
    ),
    (
      ["rolled-out": true], toV13, "v1.3",
      released(by: "Strategy: canary", [said(.rollout, "all", at: 1)]),
      """
      violated: v1.4 would go back to v1.3, which was never rolled out (not counted: all is not its turn: canary-5 comes first)
      \(other)
      """
    ),
    (
      ["rolled-out": true], toV13, "v1.3", released([said(.rollout, "all", at: 1)]),
      "satisfied: one goes back to v1.3"
    ),
    (
      .absent, "Lane: rollback\n\(toV13)", "v1.3", released(tree: 0x14ee),
      "satisfied: v1.4 is v1.3 again"
    ),
    (
      .absent, "Lane: rollback\n\(toV13)", "v1.3", released(),
      """
      violated: v1.4 is a rollback to v1.3, and has something else in it
      wants: the content of v1.3, at 0000013
      - v1.4: tree 00014ee of 000c0de
      - v1.3: tree 00013ee of 0000013
      fix: git revert what came since v1.3, or tag 0000013 itself
      """
    ),
    (
      .absent, "Rollback-Target: v1.3\nRollback-Target: v1.2", "v1.3", nil,
      "indeterminate: the tag says `Rollback-Target: v1.3` and `Rollback-Target: v1.2`"
    ),
    (
      .absent, "Rollback-Target: -x", "v1.3", nil,
      "indeterminate: `Rollback-Target: -x` has a part that starts with a dash"
    ),
    (
      .absent, "Lane: fast", "v1.3", nil,
      "indeterminate: `Lane: fast` is none of normal, hotfix or rollback"
    ),
  ]

  @Test("nothing to judge, or nothing known")
  func nothing() {
    let plain = rule(RollbackTarget.self)
    #expect(
      plain.judge(matter("refs/tags/v1.4", .delete)).told
        == "notApplicable: a deletion releases nothing")
    #expect(
      plain.judge(matter("refs/tags/v1.4", .create) { $0.target = .known(target(tags: [])) }).told
        == "notApplicable: v1.4 is no annotated tag, which could name one")
    #expect(
      plain.judge(
        matter("refs/tags/v1.4", .create) {
          $0.target = .known(target())
          $0.rollback = .unknown("why")
        }
      ).told == "indeterminate: why")
  }
}
