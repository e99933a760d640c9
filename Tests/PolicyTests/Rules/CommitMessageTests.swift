import GitModel
import Policy
import Testing

@Suite("commit-message")
struct CommitMessageTests {
  @Test("what is wrong with one message", arguments: faults)
  func faultOf(_ settings: Setting, _ message: String, _ fault: String?) {
    let told = rule(CommitMessage.self, settings).judge(matter([commit(1, message)])).told
    let subject = message.split(separator: "\n", omittingEmptySubsequences: false).first ?? ""
    guard let fault else {
      #expect(told == "satisfied: 1 message as agreed")
      return
    }
    #expect(
      told == """
        violated: 1 of 1 new commit has a message that does not fit
        - 0000001 \(subject): \(fault)
        fix: git commit --amend
        """)
  }

  static let conventional: Setting = [
    "conventional": true, "types": ["feat", "fix"], "scopes": ["api", "ui"],
  ]
  static let faults: [(Setting, String, String?)] = [
    (.absent, "Anything goes\n", nil),
    (.absent, "Anything\n\nBody\n", nil),
    (.absent, "Anything\r\n\r\nBody\r\n", nil),
    (.absent, "Anything\nBody\n", "the line after the subject is not empty"),
    (["blank-second-line": false], "Anything\nBody\n", nil),
    (.absent, "", "has no subject"),
    (["subject-maximum": 5], "12345\n", nil),
    (["subject-maximum": 5], "123456", "subject has 6 characters, at most 5"),
    // Five characters, fifteen bytes.
    (["subject-maximum": 5], "\u{65E5}\u{672C}\u{8A9E}\u{65E5}\u{672C}\n", nil),
    (["subject-minimum": 5], "wip", "subject has 3 characters, at least 5"),
    (conventional, "feat(api)!: add tiers\n", nil),
    (conventional, "fix: mend tiers", nil),
    (
      conventional, "Add tiers",
      "subject is not `type: description` or `type(scope): description`"
    ),
    (conventional, "fix:tiers", "subject is not `type: description` or `type(scope): description`"),
    (conventional, "chore: tiers", "type `chore` is not one of feat, fix"),
    (conventional, "fix(db): tiers", "scope `db` is not one of api, ui"),
    (["matches": "[A-Z]+-[0-9]+ .+"], "AB-1 add", nil),
    (["matches": "[A-Z]+-[0-9]+ .+"], "x AB-1 add", "subject is not like [A-Z]+-[0-9]+ .+"),
    (["forbids": "(?i)password"], "Add\n\nThe Password is x\n", "holds what (?i)password forbids"),
    (["body-line-maximum": 10], "A subject as long as it wants\n\n1234567890\n", nil),
    (
      ["body-line-maximum": 10], "Subject\n\nshort\n12345 78901\n",
      "line 4 has 11 characters, at most 10"
    ),
    (["body-line-maximum": 10], "Subject\n\nhttps://example.com/long\n", nil),
    (["body-line-maximum": 10], "Subject\n\nSigned-off-by: Dev <d@example.com>\n", nil),
    (["body-line-maximum": 10], "Subject\r\n\r\n123 567890\r\n", nil),
    (
      ["blank-second-line": false, "body-line-maximum": 10], "Subject\nthis is too long\n",
      "line 2 has 16 characters, at most 10"
    ),
    (
      ["subject-maximum": 3, "conventional": true], "long",
      "subject has 4 characters, at most 3; subject is not `type: description` or"
        + " `type(scope): description`"
    ),
  ]

  @Test("the parts of a subject", arguments: parts)
  func partOf(_ settings: Setting, _ message: String, _ fault: String?) {
    faultOf(settings, message, fault)
  }

  static func conventional(_ key: String, _ value: Setting) -> Setting {
    .map([("conventional", true), (key, value)])
  }

  static let parts: [(Setting, String, String?)] = [
    (conventional("scope", "required"), "feat(api): add", nil),
    (conventional("scope", "required"), "feat: add", "subject has no scope"),
    (conventional("scope", "forbidden"), "feat!: add", nil),
    (
      conventional("scope", "forbidden"), "feat(api): add",
      "subject has the scope `api`, and none is wanted"
    ),
    // What is no conventional subject is told once.
    (
      conventional("scope", "required"), "Add",
      "subject is not `type: description` or `type(scope): description`"
    ),
    (conventional("type-case", "lower"), "feat: Add", nil),
    (conventional("type-case", "lower"), "Feat: add", "type `Feat` is not in the case lower"),
    (conventional("scope-case", ["kebab", "lower"]), "feat(a-b): add", nil),
    (conventional("scope-case", ["kebab", "snake"]), "feat(a_b): add", nil),
    (
      conventional("scope-case", ["kebab", "snake"]), "feat(a b): add",
      "scope `a b` is not in the case kebab, snake"
    ),
    (conventional("scope-case", "camel"), "feat(aB): add", nil),
    (conventional("scope-case", "camel"), "feat(AB): x", "scope `AB` is not in the case camel"),
    (conventional("scope-case", "pascal"), "feat(AbC): add", nil),
    (conventional("scope-case", "pascal"), "feat(a): x", "scope `a` is not in the case pascal"),
    (conventional("scope-case", "upper"), "feat(API-1): add", nil),
    (conventional("scope-case", "upper"), "feat(Api): x", "scope `Api` is not in the case upper"),
    (conventional("description-case", "lower-start"), "feat: add API", nil),
    (conventional("description-case", "lower-start"), "feat: 3 tiers", nil),
    (
      conventional("description-case", "lower-start"), "feat: Add API",
      "description `Add API` is not in the case lower-start"
    ),
    (
      conventional("description-case", "lower-start"), "feat: \u{C4}ndere",
      "description `\u{C4}ndere` is not in the case lower-start"
    ),
    (["description-case": "upper-start"], "Add", nil),
    (["description-case": "upper-start"], "add", "subject `add` is not in the case upper-start"),
    (["description-case": "lower"], "add api", nil),
    (["description-case": "lower"], "add API", "subject `add API` is not in the case lower"),
    (conventional("description-maximum", 3), "feat: add", nil),
    (
      conventional("description-maximum", 3), "feat: adds",
      "description has 4 characters, at most 3"
    ),
    (
      conventional("description-minimum", 4), "feat: add",
      "description has 3 characters, at least 4"
    ),
    (["full-stop": false], "Add e.g. this", nil),
    (["full-stop": false], "Wait for it...", nil),
    (["full-stop": false], "Add.\n", "subject ends with a full stop"),
    (["full-stop": false], "Add. \n", "subject ends with a full stop"),
    (["contains": "^SHOP-[0-9]"], "SHOP-1 add\n\nBody\n", nil),
    (["contains": "^SHOP-[0-9]"], "add SHOP-1\n", "holds nothing like ^SHOP-[0-9]"),
    (["contains": "(?m)^Closes #[0-9]+$"], "Add\n\nCloses #1\n\nMore\n", nil),
    // The end of the message is that of its text.
    (["contains": "done$"], "Add\n\ndone\n\n", nil),
    (["contains": "done$"], "Add\n\ndone.\n", "holds nothing like done$"),
    (["body-minimum": 4], "Add\n\nText\n", nil),
    (["body-minimum": 4], "Add\n\nTex\n", "body has 3 characters, at least 4"),
    (["body-minimum": 4], "Add\n", "has no body"),
    // Trailers are no body.
    (
      ["body-minimum": 4], "Add\n\nSigned-off-by: Dev <dev@example.com>\n", "has no body"
    ),
    (["body-minimum": 4], "Add\n\nText\n\nSigned-off-by: Dev <dev@example.com>\n", nil),
  ]

  @Test("bytes that are no UTF-8 are counted, matched by nothing and never shown raw")
  func hostile() {
    let message = Bytes("\u{1B}[2J".utf8) + [0xFF, 0x80, 0x80, 0x80]
    let judged = rule(CommitMessage.self, ["subject-maximum": 5, "matches": ".*"])
      .judge(matter([commit(1, message)]))
    #expect(
      judged.told == """
        violated: 1 of 1 new commit has a message that does not fit
        - 0000001 \\u{1b}[2J\\xff\\x80\\x80\\x80: subject has 8 characters, at most 5; subject is \
        not like .*
        fix: git commit --amend
        """)
    // What is forbidden is found beside bytes that are no UTF-8.
    let forbidden = rule(CommitMessage.self, ["forbids": "WIP"])
    #expect(forbidden.judge(matter([commit(1, [0xFF] + Bytes("WIP".utf8))])).outcome == .violated)
  }

  @Test("all commits are told, and the rebase starts below the oldest")
  func several() {
    let rule = rule(CommitMessage.self, ["subject-maximum": 5])
    let commits = [
      commit(3, "123456", parents: [2]), commit(2, "ok", parents: [1]),
      commit(1, "1234567", parents: [0xbace]),
    ]
    #expect(
      rule.judge(matter(commits)).told == """
        violated: 2 of 3 new commits have a message that does not fit
        - 0000003 123456: subject has 6 characters, at most 5
        - 0000001 1234567: subject has 7 characters, at most 5
        fix: git rebase -i 000bace    mark 0000003 and 0000001 as `reword`
        """)
    let old = [commit(2, "ok", parents: [1]), commit(1, "123456", parents: [])]
    #expect(
      rule.judge(matter(old)).told == """
        violated: 1 of 2 new commits has a message that does not fit
        - 0000001 123456: subject has 6 characters, at most 5
        fix: git rebase -i --root    mark 0000001 as `reword`
        """)
    // Rebasing over a merge must keep it.
    let merged = [commit(3, "merge", parents: [2, 0xfee]), commit(2, "123456")]
    #expect(
      rule.judge(matter(merged)).explanation.fixes
        == ["git rebase -i --rebase-merges 000bace    mark 0000002 as `reword`"])
  }

  @Test("of very many commits the first hundred are told, and how many there are")
  func veryMany() {
    let commits = (1...250).reversed().map { commit($0, "123456", parents: [$0 - 1]) }
    let rule = rule(CommitMessage.self, ["subject-maximum": 5])
    let explanation = rule.judge(matter(commits)).explanation
    #expect(explanation.findings.count == 100 && explanation.total == 250)
    #expect(explanation.summary == "250 of 250 new commits have a message that does not fit")
  }

  @Test("exemptions")
  func exemptions() {
    let settings: [(String, Setting)] = [("subject-maximum", 5)]
    let merge = commit(2, "Merge branch 'x' into main", parents: [1, 3])
    let id = String(repeating: "0123456789", count: 4)
    let revert = commit(1, "Revert \"Add\"\n\nThis reverts commit \(id).\n")
    #expect(
      rule(CommitMessage.self, .map(settings + [("exempt", ["merge"])])).judge(matter([merge])).told
        == "notApplicable: the new commit is exempt (merge)")
    let both = rule(CommitMessage.self, .map(settings + [("exempt", ["merge", "revert"])]))
    #expect(
      both.judge(matter([merge, revert])).told
        == "notApplicable: all 2 new commits are exempt (merge and revert)")
    let none = rule(CommitMessage.self, .map(settings + [("exempt", [])]))
    #expect(none.judge(matter([merge, revert])).explanation.findings.count == 2)
    #expect(
      both.judge(matter([merge, commit(1, "ok")])).told == "satisfied: 1 message as agreed")
  }

  @Test("nothing new, a deletion, unknown commits")
  func nothing() {
    let rule = rule(CommitMessage.self)
    #expect(
      rule.judge(matter([])).told
        == "notApplicable: nothing new here: every commit is on a ref that this ruleset guards"
        + " already")
    #expect(
      rule.judge(matter("refs/heads/x", .delete)).told
        == "notApplicable: a deletion brings no commits")
    #expect(
      rule.judge(matter { $0.newCommits = .unknown("0000a1d is missing") }).told
        == "indeterminate: 0000a1d is missing")
  }

  @Test("settings", arguments: settings)
  func problems(_ settings: Setting, _ problems: [String]) {
    #expect(read(CommitMessage.self, settings).problems == problems)
  }

  static let settings: [(Setting, [String])] = [
    (
      ["types": ["feat"]],
      ["`types` and `scopes` mean something only with `conventional: true`"]
    ),
    (
      ["subject-minimum": 10, "subject-maximum": 5],
      ["no subject has at least 10 and at most 5 characters"]
    ),
    (
      ["exempt": ["merges"]],
      [
        "`exempt` takes merge, revert, cherry-pick or bot, not the text \"merges\";"
          + " did you mean `merge`?"
      ]
    ),
    (
      ["subject-maximum": "72"],
      ["`subject-maximum` takes a whole number, not the text \"72\"; leave the quotes out"]
    ),
    (
      ["type-case": "lower", "scope": "required", "scope-case": "kebab"],
      ["scope", "type-case", "scope-case"].map {
        "`\($0)` means something only with `conventional: true`"
      }
    ),
    (
      ["conventional": true, "scope": "forbidden", "scopes": ["api"]],
      ["`scopes` lists what `scope: forbidden` forbids; keep one of the two"]
    ),
    (
      ["description-minimum": 10, "description-maximum": 5],
      ["no description has at least 10 and at most 5 characters"]
    ),
    (
      ["description-case": ["lower-strat"]],
      [
        "`description-case` takes lower, upper, lower-start, upper-start, kebab, snake, camel or"
          + " pascal, not the text \"lower-strat\"; did you mean `lower-start`?"
      ]
    ),
    (["conventional": "yes"], ["`conventional` takes true or false, not the text \"yes\""]),
  ]
}
