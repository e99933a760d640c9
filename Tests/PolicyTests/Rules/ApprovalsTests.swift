import GitModel
import Testing

@testable import Policy

@Suite("approvals")
struct ApprovalsTests {
  static let context = PolicyContext(people: team)
  static let carol = "Reviewed-by: Carol <carol@example.com>"
  static let alice = "Reviewed-by: Alice <alice@example.com>"
  static let bob = "Approved-by: Bob <bob@example.com>"

  /// The finding on one commit of Dave's with `block` below its body, nil when it is approved.
  private func finding(
    _ settings: Setting, _ block: String, by author: String = "dave@example.com",
    committer: String = "dave@example.com", pusher: String? = nil, people: People = team
  ) -> String? {
    let commit = commit(1, "Add tiers\n\nBody.\n\n\(block)\n", by: author, committer: committer)
    let verdict = rule(Approvals.self, settings, PolicyContext(people: people))
      .judge(matter([commit], pusher: pusher, people: people))
    #expect(verdict.outcome == .violated || verdict.outcome == .satisfied)
    return verdict.outcome == .satisfied ? nil : verdict.explanation.findings.first?.detail
  }

  @Test("roles, minimum, and who is counted", arguments: counted)
  func counting(_ settings: Setting, _ block: String, _ expected: String?) {
    #expect(finding(settings, block) == expected)
  }

  static let both: Setting = ["roles": ["tech-lead": 1, "qa": 1]]
  static let counted: [(Setting, String, String?)] = [
    (.absent, carol, nil),
    (.absent, "x", "has nobody; needs 1"),
    (["minimum": 2], carol, "has carol; needs 1 more"),
    (["minimum": 2], "\(carol)\n\(bob)", nil),
    (["minimum": 3], "x", "has nobody; needs 3"),
    // One person counts once, however many lines, keys, addresses and capitals.
    (["minimum": 2], "\(carol)\n\(carol)", "has carol; needs 1 more"),
    (
      ["minimum": 2], "\(carol)\nApproved-by: C <CAROL@example.COM>", "has carol; needs 1 more"
    ),
    (
      ["minimum": 2], "\(alice)\nReviewed-by: A <alice@home.example>", "has alice; needs 1 more"
    ),
    // Alice holds both roles and fills one place.
    (both, alice, "has alice (qa, tech-lead); needs tech-lead (bob)"),
    (both, "\(alice)\n\(carol)", nil),
    (both, "\(carol)\n\(alice)", nil),
    (both, "\(alice)\n\(bob)", nil),
    (both, "\(bob)\n\(carol)", nil),
    (both, carol, "has carol (qa); needs tech-lead (alice or bob)"),
    (
      both, "Reviewed-by: Dee <dee@example.com>",
      "has nobody; needs qa (alice or carol) and tech-lead (alice or bob); line 5: the policy names"
        + " nobody with <dee@example.com>"
    ),
    (["roles": ["tech-lead": 2]], bob, "has bob (tech-lead); needs tech-lead (alice)"),
    (["roles": ["tech-lead": 2]], "x", "has nobody; needs 2 x tech-lead (alice or bob)"),
    (
      ["minimum": 3, "roles": ["qa": 1]], bob,
      "has bob; needs qa (alice or carol) and 1 more besides"
    ),
    (["minimum": 2, "roles": ["qa": 1]], "\(carol)\n\(bob)", nil),
    (["minimum": 0, "roles": ["qa": 1]], carol, nil),
    // Several people on one line.
    (
      ["minimum": 2], "Reviewed-by: Carol <carol@example.com>, Bob <bob@example.com>", nil
    ),
    (
      ["minimum": 2], "Reviewed-by: Carol <carol@example.com>, C <carol@example.com>",
      "has carol; needs 1 more"
    ),
    // A value without an address says who, but not which of all Carols.
    (.absent, "Reviewed-by: Carol", "has nobody; needs 1; line 5: `Carol` has no <address>"),
    (.absent, "Reviewed-by: carol@example.com", nil),
    (.absent, "Reviewed-by:", "has nobody; needs 1; line 5 names nobody"),
    (.absent, "Reviewed-by: C <>", "has nobody; needs 1; line 5: `C` has no <address>"),
    // Keys.
    (.absent, "REVIEWED-BY: Carol <carol@example.com>", nil),
    (.absent, "Acked-by: Carol <carol@example.com>", "has nobody; needs 1"),
    (["trailers": ["Acked-by"]], "acked-by: Carol <carol@example.com>", nil),
    (["trailers": ["Acked-by"]], carol, "has nobody; needs 1"),
    (["aliases": ["R-b": "reviewed-by"]], "r-B: Carol <carol@example.com>", nil),
    // Why a line does not count.
    (
      .absent, "\(carol)\nCloses #123",
      "has nobody; needs 1; line 5 `Reviewed-by: Carol <carol@example.com>` does not count: line 6"
        + " `Closes #123` makes this paragraph no trailer block"
    ),
    (
      .absent, "\(carol)\n\nTicket: AB-1",
      "has nobody; needs 1; line 5 `Reviewed-by: Carol <carol@example.com>` does not count: it is"
        + " not in the last paragraph, which starts on line 7"
    ),
    (
      .absent, "Reviewed by: Carol <carol@example.com>",
      "has nobody; needs 1; line 5 `Reviewed by: Carol <carol@example.com>` does not count: the key"
        + " is not `Reviewed by` but `Reviewed-by`"
    ),
    (["loose": true], "\(carol)\nCloses #123", nil),
    (["loose": true], "\(carol)\n\nTicket: AB-1", nil),
    // Nothing that was typed is shown raw.
    (
      .absent, "Reviewed-by: \u{1B}[2J <x\u{202E}@example.com>",
      "has nobody; needs 1; line 5: the policy names nobody with <x\\u{202e}@example.com>"
    ),
  ]

  @Test("who may not approve", arguments: barred)
  func notCounted(_ settings: Setting, _ author: String, _ block: String, _ expected: String?) {
    #expect(finding(settings, block, by: author, committer: "bob@example.com") == expected)
  }

  static let barred: [(Setting, String, String, String?)] = [
    (.absent, "carol@example.com", carol, "has nobody; needs 1; line 5: carol is its author"),
    (.absent, "CAROL@Example.com", carol, "has nobody; needs 1; line 5: carol is its author"),
    (
      .absent, "alice@home.example", alice, "has nobody; needs 1; line 5: alice is its author"
    ),
    // An address with a tag is no address of the policy, and hides nobody.
    (
      .absent, "alice+x@example.com", alice, "has nobody; needs 1; line 5: alice is its author"
    ),
    (
      .absent, "dave@example.com", "Reviewed-by: A <alice+x@example.com>",
      "has nobody; needs 1; line 5: the policy names nobody with <alice+x@example.com>"
    ),
    (["not-author": false], "carol@example.com", carol, nil),
    (.absent, "dave@example.com", bob, nil),
    (
      ["not-committer": true], "dave@example.com", bob,
      "has nobody; needs 1; line 5: bob is its committer"
    ),
    (
      .absent, "dave@example.com", "\(carol)\nCo-authored-by: C <carol@example.com>",
      "has nobody; needs 1; line 5: carol is its co-author"
    ),
    (
      .absent, "dave@example.com", "Co-developed-by: C <carol@example.com>\n\n\(carol)",
      "has nobody; needs 1; line 7: carol is its co-author"
    ),
    (
      ["not-co-author": false], "dave@example.com",
      "\(carol)\nCo-authored-by: C <carol@example.com>", nil
    ),
    // Who may not approve is not named as somebody who could.
    (
      ["roles": ["tech-lead": 1]], "alice@example.com", "x", "has nobody; needs tech-lead (bob)"
    ),
    (
      ["roles": ["tech-lead": 1], "not-committer": true], "alice@example.com", "x",
      "has nobody; needs tech-lead (nobody is left who may: alice is its author and bob is its"
        + " committer)"
    ),
  ]

  @Test("where the policy names no people, addresses stand for them", arguments: anonymous)
  func addresses(_ settings: Setting, _ author: String, _ block: String, _ expected: String?) {
    #expect(finding(settings, block, by: author, people: People()) == expected)
  }

  static let anonymous: [(Setting, String, String, String?)] = [
    (.absent, "dev@example.com", carol, nil),
    (
      .absent, "Carol+git@example.com", carol,
      "has nobody; needs 1; line 5: carol@example.com is its author"
    ),
    (
      .absent, "dev@example.com", "Reviewed-by: D <DEV+x@example.com>",
      "has nobody; needs 1; line 5: dev@example.com is its author"
    ),
    (
      ["minimum": 2], "dev@example.com", "\(carol)\nReviewed-by: C <carol+2@example.com>",
      "has carol@example.com; needs 1 more"
    ),
  ]

  @Test("the pusher")
  func pusher() {
    let settings: Setting = ["not-pusher": true]
    #expect(
      finding(settings, Self.alice, pusher: "ang") == "has nobody; needs 1; line 5: alice pushes it"
    )
    #expect(
      finding(settings, Self.alice, pusher: "alice")
        == "has nobody; needs 1; line 5: alice pushes it")
    #expect(finding(settings, Self.alice, pusher: "bob") == nil)
    let rule = rule(Approvals.self, settings, Self.context)
    let commits = [commit(1, "x\n\n\(Self.alice)\n", by: "dave@example.com")]
    #expect(
      rule.judge(matter(commits, people: team)).told == """
        indeterminate: who pushes is not known, and the pusher's own approval must not count
        fix: ask the server's admin to install gitrel with `--identity`, so that it knows who pushes
        """)
    #expect(
      rule.judge(matter(commits, pusher: "mal\u{1B}", people: team)).told == """
        indeterminate: mal\\u{1b} pushes, and the policy names nobody with that login
        fix: add the login to a person under `people` in the policy
        """)
    // Nobody's approval is in question where nothing is new.
    #expect(rule.judge(matter([], people: team)).outcome == .notApplicable)
    #expect(rule.judge(matter("refs/heads/x", .delete, people: team)).outcome == .notApplicable)
  }

  @Test("the whole explanation")
  func explanation() {
    let rule = rule(
      Approvals.self, ["minimum": 3, "roles": ["tech-lead": 1, "qa": 1]], Self.context)
    let approved = "\n\n\(Self.alice)\n\(Self.bob)\n\(Self.carol)\n"
    let commits = [
      commit(3, "Add tiers\(approved)"), commit(2, "Add price\n\n\(Self.carol)\n", parents: [1]),
      commit(1, "Rename"),
    ]
    #expect(
      rule.judge(matter(commits, people: team)).told == """
        violated: 2 of 3 new commits lack approval
        wants: 3 people, among them 1 qa and 1 tech-lead; trust: trailer, as typed in commit messages
        - 0000002 Add price: has carol (qa); needs tech-lead (alice or bob) and 1 more besides
        - 0000001 Rename: has nobody; needs qa (alice or carol), tech-lead (alice or bob) and 1 more \
        besides
        fix: git rebase -i 000bace    mark 0000002 and 0000001 as `edit`; at 0000001: git commit \
        --amend --no-edit --trailer 'Reviewed-by: alice <alice@example.com>' --trailer 'Reviewed-by: \
        bob <bob@example.com>' --trailer 'Reviewed-by: carol <carol@example.com>' && git rebase \
        --continue; at 0000002: git commit --amend --no-edit --trailer 'Reviewed-by: alice \
        <alice@example.com>' --trailer 'Reviewed-by: bob <bob@example.com>' && git rebase --continue; \
        once those whom it names say yes
        """)
    #expect(
      rule.judge(matter([commits[0]], people: team)).told
        == "satisfied: 1 commit approved; trust: trailer, as typed in commit messages")
    #expect(
      rule.judge(matter([commits[2]], people: team)).explanation.fixes == [
        "git commit --amend --no-edit --trailer 'Reviewed-by: alice <alice@example.com>' --trailer"
          + " 'Reviewed-by: bob <bob@example.com>' --trailer 'Reviewed-by: carol <carol@example.com>'"
          + "    once those whom it names say yes"
      ])
    #expect(rule.needs == Needs(.newCommits))
  }

  @Test("nothing new, a deletion, unknown commits")
  func nothing() {
    let rule = rule(Approvals.self)
    #expect(
      rule.judge(matter([])).told
        == "notApplicable: nothing new here: every commit is on a ref that this ruleset guards"
        + " already")
    #expect(
      rule.judge(matter("refs/heads/x", .delete)).told
        == "notApplicable: a deletion brings no commits")
    #expect(rule.judge(matter { $0.newCommits = .unknown("why") }).told == "indeterminate: why")
  }
}

@Suite("approvals on the first-parent line")
struct FirstParentApprovalTests {
  private let rule = PolicyTests.rule(
    Approvals.self, ["scope": "first-parent"], PolicyContext(people: team))

  private func short(_ commits: [Commit], to new: ObjectID? = nil) -> [String] {
    let verdict = rule.judge(
      matter(to: new ?? commits.first?.id, people: team) { $0.newCommits = .known(commits) })
    return verdict.explanation.findings.map { "\($0.title): \($0.detail)" }
  }

  private static let carol = "\n\nReviewed-by: Carol <carol@example.com>\n"

  // base 0 <- 4 (merge of 3, 2) <- 5; 2 and 3 are the branch.
  private func history(merge: String, direct: String) -> [Commit] {
    [
      commit(5, "direct\(direct)", by: "dave@example.com", parents: [4]),
      commit(4, "merge\(merge)", by: "bob@example.com", parents: [0xbace, 3]),
      commit(3, "work 2", by: "dave@example.com", parents: [2]),
      commit(2, "work 1", by: "alice@example.com", parents: [0xbace]),
    ]
  }

  @Test("the approval of a merge covers what it brings in, and only that")
  func covers() {
    #expect(short(history(merge: Self.carol, direct: Self.carol)) == [])
    #expect(
      short(history(merge: Self.carol, direct: "")) == ["direct: has nobody; needs 1"])
    #expect(
      short(history(merge: "", direct: Self.carol)) == ["merge: has nobody; needs 1"])
    #expect(
      rule.judge(matter(history(merge: Self.carol, direct: Self.carol), people: team)).told
        == "satisfied: 2 commits approved; trust: trailer, as typed in commit messages")
  }

  @Test("neither who wrote what a merge brings in nor who merges approves it")
  func authors() {
    let alice = "\n\nReviewed-by: Alice <alice@example.com>\n"
    let bob = "\n\nReviewed-by: Bob <bob@example.com>\n"
    #expect(
      short(history(merge: alice, direct: Self.carol))
        == ["merge: has nobody; needs 1; line 3: alice is its author"])
    // Whoever merges can add to the merge what nobody has seen.
    #expect(
      short(history(merge: bob, direct: Self.carol))
        == ["merge: has nobody; needs 1; line 3: bob is its author"])
    #expect(short(history(merge: Self.carol, direct: Self.carol)) == [])
    // GitLab lists co-authors on the merge.
    let coAuthor = "\(bob)Co-authored-by: Bob <bob@example.com>\n"
    #expect(
      short(history(merge: coAuthor, direct: Self.carol))
        == ["merge: has nobody; needs 1; line 3: bob is its author"])
  }

  @Test("a merge that brings nothing new is its author's own work")
  func emptyMerge() {
    let merge = commit(4, "merge\(Self.carol)", by: "carol@example.com", parents: [0xbace, 0xfee])
    #expect(short([merge]) == ["merge: has nobody; needs 1; line 3: carol is its author"])
  }

  @Test("a commit is covered by the merge that first brought it in")
  func nested() {
    // 6 merges 5, which merged 3; 7 on top merges 3 again by way of 2.
    let commits = [
      commit(7, "outer\(Self.carol)", by: "bob@example.com", parents: [6, 2]),
      commit(6, "inner\(Self.carol)", by: "bob@example.com", parents: [0xbace, 5]),
      commit(5, "merge on the branch", by: "dave@example.com", parents: [4, 3]),
      commit(4, "work 3", by: "dave@example.com", parents: [0xbace]),
      commit(3, "work 2", by: "dave@example.com", parents: [2]),
      commit(2, "work 1", by: "dave@example.com", parents: [0xbace]),
    ]
    #expect(short(commits) == [])
    // The outer merge brings nothing in, so its author cannot approve it.
    let selfish = [commit(7, "outer\(Self.carol)", by: "carol@example.com", parents: [6, 2])]
    #expect(
      short(selfish + commits.dropFirst())
        == ["outer: has nobody; needs 1; line 3: carol is its author"])
    // The merge on the branch needs no approval; the one on the line does.
    var bare = commits
    bare[1] = commit(6, "inner", by: "bob@example.com", parents: [0xbace, 5])
    #expect(short(bare) == ["inner: has nobody; needs 1"])
  }

  @Test("the line of a tag starts at its commit")
  func tag() {
    #expect(short(history(merge: Self.carol, direct: ""), to: id(0x7a9)).count == 1)
  }

  @Test("without first-parent each commit needs its own")
  func each() {
    let each = PolicyTests.rule(Approvals.self, .absent, PolicyContext(people: team))
    let verdict = each.judge(
      matter(history(merge: Self.carol, direct: Self.carol), people: team))
    #expect(verdict.explanation.summary == "2 of 4 new commits lack approval")
    #expect(
      verdict.explanation.fixes == [
        "git rebase -i --rebase-merges 000bace    mark 0000003 and 0000002 as `edit`; at 0000002: git"
          + " commit --amend --no-edit --trailer 'Reviewed-by: bob <bob@example.com>' && git rebase"
          + " --continue; at 0000003: git commit --amend --no-edit --trailer 'Reviewed-by: alice"
          + " <alice@example.com>' && git rebase --continue; once those whom it names say yes"
      ])
  }
}

@Suite("what mends missing approvals")
struct ApprovalMendTests {
  private func fix(
    _ settings: Setting = .absent, by author: String = "dev@example.com", pusher: String? = nil,
    people: People = team
  ) -> String {
    let rule = PolicyTests.rule(Approvals.self, settings, PolicyContext(people: people))
    let commit = commit(1, "Add", by: author)
    return rule.judge(matter([commit], pusher: pusher, people: people)).explanation.fixes[0]
  }

  @Test("who is named may approve")
  func named() {
    let amend = "git commit --amend --no-edit --trailer 'Reviewed-by: "
    let words = "    once those whom it names say yes"
    #expect(fix() == amend + "alice <alice@example.com>'" + words)
    #expect(fix(by: "alice@home.example") == amend + "bob <bob@example.com>'" + words)
    #expect(fix(pusher: "ang") == amend + "bob <bob@example.com>'" + words)
    #expect(
      fix(["roles": ["qa": 1]], by: "alice@example.com")
        == amend + "carol <carol@example.com>'" + words)
  }

  @Test("nobody is named whom the policy does not tell, or whose name a shell would read")
  func unnamed() {
    let open =
      "git commit --amend --no-edit --trailer 'Reviewed-by: <<NAME AND ADDRESS>>'    by who reviewed it"
    #expect(fix(people: People()) == open)
    for name in ["O'Brien", "$(id)", "A, B", "<x>", "a\"b", "`id`", "A # B"] {
      let people = People([Person(id: "x", name: name, emails: [Bytes("x@example.com".utf8)])])
      #expect(fix(people: people) == open, "\(name)")
    }
    let bot = People([Person(id: "ci", emails: [Bytes("ci@example.com".utf8)], isBot: true)])
    #expect(fix(people: bot) == open)
  }

  @Test("what is to be filled in approves nothing as it stands")
  func unedited() {
    for people in [People(), team] {
      let rule = PolicyTests.rule(Approvals.self, .absent, PolicyContext(people: people))
      let pasted = commit(1, "Add\n\nReviewed-by: \(Placeholder.person)\n")
      #expect(rule.judge(matter([pasted], people: people)).outcome == .violated)
    }
  }
}

@Suite("settings of approvals")
struct ApprovalSettingsTests {
  @Test("problems", arguments: table)
  func problems(_ settings: Setting, _ problems: [String]) {
    #expect(read(Approvals.self, settings, PolicyContext(people: team)).problems == problems)
  }

  static let table: [(Setting, [String])] = [
    (.absent, []),
    (["roles": ["tech-leed": 1]], ["there is no role `tech-leed`; did you mean `tech-lead`?"]),
    (["roles": ["manager": 1]], ["there is no role `manager`; state it under `roles`"]),
    (
      ["roles": ["tech-lead": 3]],
      ["`tech-lead` needs 3 people and only 2 hold it; add people to it under `roles`"]
    ),
    (
      ["roles": ["nobody": 1]],
      ["`nobody` needs somebody and nobody holds it; add people to it under `roles`"]
    ),
    (["roles": ["qa": 0]], ["`qa` takes a number from 1 to 20, not 0"]),
    (["roles": ["qa"]], ["`roles` takes a map, not a list"]),
    (["minimum": 0], [asksNobody]),
    (
      ["minimum": 5],
      ["`approvals` needs 5 people, and the policy names 4; state more under `people`"]
    ),
    (
      ["minimum": "2"], ["`minimum` takes a whole number, not the text \"2\"; leave the quotes out"]
    ),
    (["minimun": 2], ["`approvals` knows no key `minimun`; did you mean `minimum`?"]),
    (["trust": "oath"], ["`trust` takes trailer, writer or signed, not the text \"oath\""]),
    (
      ["scope": "firstparent"],
      [
        "`scope` takes each or first-parent, not the text \"firstparent\"; did you mean `first-parent`?"
      ]
    ),
    (
      ["trailers": ["Reviewed by"]],
      ["`Reviewed by` cannot be a trailer key; keys are ASCII letters, digits and dashes"]
    ),
    (
      ["aliases": ["R b": "Reviewed-by", "A": "Acked-by"]],
      [
        "`R b` cannot be a trailer key; keys are ASCII letters, digits and dashes",
        "`A` stands for `Acked-by`, which is not among `trailers`; `trailers` has Reviewed-by and"
          + " Approved-by",
      ]
    ),
  ]
  static let asksNobody = "`approvals` asks for nobody; give it `minimum` or `roles`"

  @Test("roles that the same person would have to fill twice")
  func sameHolder() {
    let people = People(
      [Person(id: "al"), Person(id: "bo"), Person(id: "cy")],
      roles: ["a": ["al"], "b": ["al"], "c": ["al", "bo"]])
    let context = PolicyContext(people: people)
    #expect(read(Approvals.self, ["roles": ["a": 1, "c": 1]], context).problems == [])
    #expect(
      read(Approvals.self, ["roles": ["a": 1, "b": 1]], context).problems == [
        "nobody is left for `b` when the other roles have approved: one person fills one place; add"
          + " people to it under `roles`"
      ])
  }

  @Test("without people nobody knows which address pushes")
  func noPeople() {
    #expect(
      read(Approvals.self, ["not-pusher": true]).problems == [
        "`not-pusher` needs `people` with `logins`: nothing else tells which address pushes"
      ])
  }
}
