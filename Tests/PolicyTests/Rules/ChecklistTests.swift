import Evidence
import Policy
import Testing

@Suite("checklist")
struct ChecklistTests {
  @Test("every item is signed by somebody who may")
  func judged() {
    let settings: Setting = ["items": ["rollback-plan", "on-call"], "by": ["qa", "bob"]]
    let rule = rule(Checklist.self, settings, teamContext)
    #expect(
      told(
        rule, declared(.checklist, "on-call", by: "bob"), declared(.checklist, "rollback-plan"),
        declared(.checklist, "rollback-plan", by: "alice", at: 5)) == """
          satisfied: 2 items signed
          - rollback-plan: alice, statement aaaaaaaaaaaa
          - on-call: bob, statement aaaaaaaaaaaa
          """)
    #expect(
      told(
        rule, declared(.checklist, "on-call", by: "dave"),
        declared(.checklist, "on-call", fault: "is not signed"),
        declared(.signOff, "rollback-plan"), declared(.checklist, "rollback")) == """
          violated: 2 items of 2 not signed for 00009e3: rollback-plan and on-call
          wants: each by qa (alice or carol) or bob
          - on-call: dave, statement aaaaaaaaaaaa, is by nobody whom the rule names
          - on-call: carol, statement aaaaaaaaaaaa, is not signed
          fix: gitrel attest 00009e3 --checklist rollback-plan --checklist on-call
          """)
    #expect(toldOfNothing(rule) == nothingIsDeclared)
    #expect(rule.needs == Needs([.target, .declarations]))
  }

  @Test("what was signed long ago does not count")
  func age() {
    let rule = rule(
      Checklist.self,
      .map([(key: "items", value: ["on-call"]), (key: "age", value: .plain("1h"))]))
    let item = declared(.checklist, "on-call", at: 100)
    #expect(told(rule, item, at: 3700).hasPrefix("satisfied"))
    #expect(
      told(rule, item, at: 3701) == """
        violated: 1 item of 1 not signed for 00009e3: on-call
        - on-call: carol, statement aaaaaaaaaaaa, is of 1970-01-01T00:01:40Z, and may be 1h old
        fix: gitrel attest 00009e3 --checklist on-call
        """)
  }

  @Test("what a policy calls an item is one word of a command")
  func quoted() {
    #expect(
      told(rule(Checklist.self, ["items": ["it's on"]], teamContext)).hasSuffix(
        "\nfix: gitrel attest 00009e3 --checklist 'it'\\''s on'"))
  }

  @Test("settings", arguments: problems)
  func settings(_ settings: Setting, _ problems: [String]) {
    #expect(read(Checklist.self, settings, teamContext).problems == problems)
  }

  static let problems: [(Setting, [String])] = [
    (.absent, ["`checklist` names no items; write `checklist: {items: [rollback-plan]}`"]),
    (["items": []], ["`items` is empty"]),
    (["items": ["a", "a"]], ["`items` has a name twice"]),
    (
      ["items": "a", "by": "quality"],
      ["there is no person and no role `quality`; state it under `people` or `roles`"]
    ),
  ]
}
