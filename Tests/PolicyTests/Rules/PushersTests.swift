import GitModel
import Policy
import Testing

@Suite("pushers")
struct PushersTests {
  static let context = PolicyContext(people: team)
  static let settings: Setting = [
    "create": ["tech-lead"], "rewind": ["carol"], "delete": [], "any": ["tech-lead", "dave"],
  ]

  private func told(
    _ settings: Setting, _ name: String, _ kind: RefUpdate.Kind, _ pusher: String?,
    isFastForward: Fact<Bool> = .notGathered
  ) -> String {
    let rule = rule(Pushers.self, settings, Self.context)
    return rule.judge(
      matter(name, kind, pusher: pusher, people: team) { $0.isFastForward = isFastForward }
    ).told
  }

  @Test("creating and deleting need no history", arguments: table)
  func kinds(_ name: String, _ kind: RefUpdate.Kind, _ pusher: String?, _ expected: String) {
    #expect(told(Self.settings, name, kind, pusher) == expected)
  }

  static let table: [(String, RefUpdate.Kind, String?, String)] = [
    ("refs/heads/release/2", .create, "bob", "satisfied: bob may create release/2"),
    // By her login, and under her id, which is one too.
    ("refs/heads/release/2", .create, "ang", "satisfied: alice may create release/2"),
    ("refs/heads/release/2", .create, "alice", "satisfied: alice may create release/2"),
    (
      "refs/heads/release/2", .create, "dave",
      """
      violated: dave may not create release/2
      wants: pushed by tech-lead (alice or bob)
      fix: ask tech-lead (alice or bob) to push it
      """
    ),
    (
      "refs/tags/v1", .create, "carol",
      """
      violated: carol may not create v1
      wants: pushed by tech-lead (alice or bob)
      fix: ask tech-lead (alice or bob) to push it
      """
    ),
    (
      "refs/heads/main", .delete, "alice",
      """
      violated: nobody may delete main
      fix: leave main out of the push
      """
    ),
    // Nobody may, so it does not matter who pushes.
    (
      "refs/heads/main", .delete, nil,
      """
      violated: nobody may delete main
      fix: leave main out of the push
      """
    ),
    (
      "refs/heads/main", .create, nil,
      """
      indeterminate: not everybody may create main: who pushes is not known; the server must be told by\
       `gitrel install --identity`
      fix: push to a server that knows who pushes
      """
    ),
    (
      "refs/heads/main", .create, "mallory\u{1B}[2J",
      """
      indeterminate: not everybody may create main: mallory\\u{1b}[2J pushes, and the policy names nobody with that\
       login
      fix: add the login to a person under `people` in the policy
      """
    ),
    // An address is no login, and neither is a role.
    (
      "refs/heads/main", .create, "tech-lead",
      """
      indeterminate: not everybody may create main: tech-lead pushes, and the policy names nobody with that\
       login
      fix: add the login to a person under `people` in the policy
      """
    ),
  ]

  @Test("a fast-forward is an update, anything else a rewind")
  func updates() {
    for name in ["refs/heads/main", "refs/tags/v1"] {
      let short = RefName(name).short
      #expect(
        told(Self.settings, name, .update, "dave", isFastForward: .known(true))
          == "satisfied: dave may update \(short)")
      #expect(
        told(Self.settings, name, .update, "dave", isFastForward: .known(false)) == """
          violated: dave may not rewind \(short)
          wants: pushed by carol
          fix: ask carol to push it
          """)
      #expect(
        told(Self.settings, name, .update, "carol", isFastForward: .known(false))
          == "satisfied: carol may rewind \(short)")
      #expect(
        told(Self.settings, name, .update, "carol", isFastForward: .unknown("0000a1d is missing"))
          == "indeterminate: 0000a1d is missing")
    }
  }

  @Test("what is not named is free, and `any` names what is left")
  func free() {
    #expect(
      told(["delete": ["alice"]], "refs/heads/x", .create, nil)
        == "notApplicable: everybody may create x")
    // The same people for both: history need not be known.
    #expect(
      told(["delete": ["alice"]], "refs/heads/x", .update, nil)
        == "notApplicable: everybody may update x")
    #expect(
      told(["any": ["alice"]], "refs/heads/x", .update, "alice")
        == "satisfied: alice may update x")
    #expect(
      told(["any": []], "refs/heads/x", .update, "alice").hasPrefix("violated: nobody may update x")
    )
    #expect(
      told(["any": ["nobody"]], "refs/heads/x", .delete, "alice") == """
        violated: nobody may delete x
        wants: pushed by nobody (nobody)
        fix: leave x out of the push
        """)
  }

  @Test("what must be known")
  func needs() {
    func needs(_ settings: Setting) -> Needs { rule(Pushers.self, settings, Self.context).needs }
    #expect(needs(["create": ["alice"]]) == Needs())
    #expect(needs(["any": ["alice"]]) == Needs())
    #expect(needs(["any": ["alice"], "rewind": []]) == Needs(.ancestry))
    #expect(needs(["update": ["alice"]]) == Needs(.ancestry))
  }

  @Test("settings", arguments: problems)
  func settings(_ settings: Setting, _ problems: [String]) {
    #expect(read(Pushers.self, settings, Self.context).problems == problems)
  }

  static let problems: [(Setting, [String])] = [
    (
      .absent,
      [
        "`pushers` restricts nothing; give it create, update, rewind, delete or any, as in"
          + " `pushers: {delete: []}`"
      ]
    ),
    (
      ["create": ["alise"], "delete": ["tech-leads"], "any": ["zoe"]],
      [
        "there is no person and no role `alise`; did you mean `alice`?",
        "there is no person and no role `tech-leads`; did you mean `tech-lead`?",
        "there is no person and no role `zoe`; state it under `people` or `roles`",
      ]
    ),
    (["create": "alice"], []),
    (
      ["push": ["alice"], "any": ["bob"]],
      ["`pushers` knows no key `push`; it knows any, create, delete, rewind, update"]
    ),
    (["create": ["a": "b"]], ["`create` takes a list, not a map"]),
  ]
}
