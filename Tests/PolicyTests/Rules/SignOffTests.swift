import GitModel
import Policy
import Testing

@Suite("sign-off")
struct SignOffTests {
  /// The finding on one commit of dev@example.com, or the whole verdict where there is none.
  private func told(
    _ settings: Setting, _ message: String, by author: String = "dev@example.com",
    committer: String = "bob@example.com"
  ) -> String {
    let verdict = rule(SignOff.self, settings).judge(
      matter([commit(1, message, by: author, committer: committer)], people: team))
    return verdict.explanation.findings.first?.detail ?? verdict.told
  }

  static let good = "satisfied: 1 commit signed off by the author"

  @Test("the author's sign-off", arguments: table)
  func author(_ block: String, _ expected: String) {
    #expect(told(.absent, "Add\n\nBody.\n\n\(block)") == expected)
  }

  static let table: [(String, String)] = [
    ("Signed-off-by: Dev <dev@example.com>\n", good),
    ("signed-off-by: Dev <DEV@Example.com>\n", good),
    ("Signed-off-by: Somebody Else <dev+git@example.com>\n", good),
    ("Signed-off-by: dev@example.com\n", good),
    ("Signed-off-by: Bob <bob@example.com>\nSigned-off-by: Dev <dev@example.com>\n", good),
    ("Text.\n", "has no `Signed-off-by`; its author is <dev@example.com>"),
    (
      "Signed-off-by: Bob <bob@example.com>\n",
      "line 5 is of <bob@example.com>; its author is <dev@example.com>"
    ),
    (
      "Signed-off-by: Dev\n", "line 5: `Dev` has no <address>; its author is <dev@example.com>"
    ),
    ("Signed-off-by:\n", "line 5: `` has no <address>; its author is <dev@example.com>"),
    // Look-alikes are other addresses.
    (
      "Signed-off-by: Dev <dev@ex\u{430}mple.com>\n",
      "line 5 is of <dev@ex\u{430}mple.com>; its author is <dev@example.com>"
    ),
    (
      "Signed-off-by: Dev <\u{212A}dev@example.com>\n",
      "line 5 is of <\u{212A}dev@example.com>; its author is <dev@example.com>"
    ),
    // What looks like one and is none.
    (
      "Signed-off-by: Dev <dev@example.com>\n\nThe end.\n",
      "line 5 `Signed-off-by: Dev <dev@example.com>` does not count: it is not in the last paragraph,"
        + " which starts on line 7; its author is <dev@example.com>"
    ),
    (
      "Signed off by: Dev <dev@example.com>\n",
      "line 5 `Signed off by: Dev <dev@example.com>` does not count: the key is not `Signed off by`"
        + " but `Signed-off-by`; its author is <dev@example.com>"
    ),
  ]

  @Test("a person has several addresses, and no mailmap is asked")
  func people() {
    let message = "Add\n\nSigned-off-by: Alice <alice@home.example>\n"
    #expect(told(.absent, message, by: "ALICE@example.com") == Self.good)
    #expect(told(.absent, message, by: "alice+ci@home.example") == Self.good)
    #expect(
      told(.absent, message, by: "alice@elsewhere.example")
        == "line 3 is of <alice@home.example>; its author is <alice@elsewhere.example>")
    // Two people of the policy are two, whatever their addresses look like.
    let two = People([
      Person(id: "bo", emails: [Bytes("bo@x.example".utf8)]),
      Person(id: "bo2", emails: [Bytes("bo+2@x.example".utf8)]),
    ])
    let verdict = rule(SignOff.self).judge(
      matter(
        [commit(1, "Add\n\nSigned-off-by: Bo <bo@x.example>\n", by: "bo+2@x.example")], people: two)
    )
    #expect(verdict.outcome == .violated)
  }

  @Test("whose sign-off")
  func signers() {
    let author = "Add\n\nSigned-off-by: Dev <dev@example.com>\n"
    let committer = "Add\n\nSigned-off-by: Bob <bob@example.com>\n"
    #expect(
      told(["signer": "committer"], committer) == "satisfied: 1 commit signed off by the committer")
    #expect(
      told(["signer": "committer"], author)
        == "line 3 is of <dev@example.com>; its committer is <bob@example.com>")
    for message in [author, committer] {
      #expect(
        told(["signer": "either"], message)
          == "satisfied: 1 commit signed off by the author or the committer")
    }
    #expect(
      told(["signer": "either"], "Add")
        == "has no `Signed-off-by`; its author is <dev@example.com> and its committer is"
        + " <bob@example.com>")
  }

  @Test("an author without an address cannot sign off")
  func nobody() {
    for line in ["Signed-off-by: <>", "Signed-off-by: x <>", "Signed-off-by: < >"] {
      #expect(
        told(.absent, "Add\n\n\(line)\n", by: "")
          == "its author has no address, so nobody can sign off as that")
    }
  }

  @Test("co-developers sign off on the line below", arguments: chains)
  func coDevelopers(_ block: String, _ expected: String) {
    #expect(told(["co-developers": true], "Add\n\n\(block)") == expected)
  }

  static let chains: [(String, String)] = [
    ("Signed-off-by: D <dev@example.com>\n", good),
    (
      """
      Co-developed-by: Alice <alice@example.com>
      Signed-off-by: Alice <alice@home.example>
      Signed-off-by: D <dev@example.com>

      """, good
    ),
    (
      """
      Signed-off-by: D <dev@example.com>
      Co-developed-by: Alice <alice@example.com>

      """,
      "line 4: `Co-developed-by` is not followed by the `Signed-off-by` of that person"
    ),
    (
      """
      Co-developed-by: Alice <alice@example.com>
      Signed-off-by: D <dev@example.com>
      Signed-off-by: Alice <alice@example.com>

      """,
      "line 3: `Co-developed-by` is not followed by the `Signed-off-by` of that person"
    ),
    (
      """
      Co-developed-by: Alice <alice@example.com>
      Reviewed-by: Bob <bob@example.com>
      Signed-off-by: Alice <alice@example.com>
      Signed-off-by: D <dev@example.com>

      """,
      "line 3: `Co-developed-by` is not followed by the `Signed-off-by` of that person"
    ),
    (
      "Co-developed-by: Alice\nSigned-off-by: D <dev@example.com>\n",
      "line 3: `Co-developed-by` names nobody with an <address>"
    ),
    (
      "Co-developed-by: A <alice@example.com>, B <bob@example.com>\n"
        + "Signed-off-by: D <dev@example.com>\n",
      "line 3: `Co-developed-by` names more than one person"
    ),
  ]

  @Test("what to do")
  func mending() {
    let rule = rule(SignOff.self, ["co-developers": true])
    #expect(
      rule.judge(matter([commit(1, "Add")])).told == """
        violated: 1 of 1 new commit is not signed off
        wants: `Signed-off-by: NAME <ADDRESS>` of the author
        - 0000001 Add: has no `Signed-off-by`; its author is <dev@example.com>
        fix: git commit --amend --no-edit --signoff    run by the author
        """)
    let merged = [commit(3, "Merge", parents: [2, 9]), commit(2, "Add")]
    #expect(
      rule.judge(matter(merged)).explanation.fixes == [
        "git rebase -i --rebase-merges 000bace    mark 0000002 as `edit` and put a line `break` below"
          + " 0000003; at each: git commit --amend --no-edit --signoff && git rebase --continue; run by"
          + " the author"
      ])
    #expect(
      rule.judge(matter([commit(2, "b", parents: [1]), commit(1, "a", parents: [])])).explanation
        .fixes == [
          "git rebase --signoff --root    run by the author; it signs off every commit from there"
        ])
    // One more line at the end would not mend a chain.
    let chain = commit(1, "Add\n\nSigned-off-by: D <dev@example.com>\nCo-developed-by: A <a@x.y>\n")
    #expect(rule.judge(matter([chain])).explanation.fixes == ["git commit --amend"])
  }

  @Test("merges are judged unless they are exempt")
  func merges() {
    let merge = commit(1, "Merge branch 'x'", parents: [2, 3])
    #expect(rule(SignOff.self).judge(matter([merge])).outcome == .violated)
    #expect(
      rule(SignOff.self, ["exempt": ["merge"]]).judge(matter([merge])).told
        == "notApplicable: the new commit is exempt (merge)")
  }

  @Test("nothing to judge, and nothing known")
  func nothing() {
    let rule = rule(SignOff.self)
    #expect(rule.judge(matter([])).outcome == .notApplicable)
    #expect(rule.judge(matter("refs/heads/x", .delete)).outcome == .notApplicable)
    #expect(rule.judge(matter { $0.newCommits = .unknown("why") }).told == "indeterminate: why")
    #expect(rule.needs == Needs(.newCommits))
    #expect(
      read(SignOff.self, ["signer": "pusher", "co-developer": true]).problems == [
        "`signer` takes author, committer or either, not the text \"pusher\"",
        "`sign-off` knows no key `co-developer`; did you mean `co-developers`?",
      ])
  }
}
