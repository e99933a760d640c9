import GitModel
import Policy
import Testing

@Suite("identity")
struct IdentitiesTests {
  static let people = People([
    Person(
      id: "alice", name: "Alice Ng",
      emails: [Bytes("alice@example.com".utf8), Bytes("alice@home.example".utf8)], logins: ["ang"]),
    Person(id: "bob", name: "Bob Ito", emails: [Bytes("bob@example.com".utf8)]),
    Person(id: "web-flow", emails: [Bytes("noreply@github.com".utf8)], isBot: true),
  ])
  static let context = PolicyContext(people: people)

  private static func who(_ name: Bytes, _ email: Bytes) -> Identity {
    Identity(name: name, email: email, seconds: 0, offsetMinutes: 0)
  }

  private static func who(_ name: String, _ email: String) -> Identity {
    who(Bytes(name.utf8), Bytes(email.utf8))
  }

  private func made(_ author: Identity, _ committer: Identity? = nil, parents: [Int] = [0xbace])
    -> Commit
  {
    Commit(
      id: id(1), tree: id(2), parents: parents.map(id), author: author,
      committer: committer ?? author, message: Bytes("Add\n".utf8))
  }

  /// The finding on one commit, or the whole verdict where there is none.
  private func told(_ settings: Setting, _ commit: Commit, pusher: String? = nil) -> String {
    let verdict = rule(Identities.self, settings, Self.context).judge(
      matter([commit], pusher: pusher, people: Self.people))
    return verdict.explanation.findings.first?.detail ?? verdict.told
  }

  static let good = "satisfied: 1 commit of who they may be of"
  static let open: Setting = ["author": "any", "committer": "any"]

  @Test("author and committer are known by default", arguments: known)
  func acquaintance(_ author: (String, String), _ committer: (String, String), _ expected: String) {
    let commit = made(
      Self.who(author.0, author.1), Self.who(committer.0, committer.1))
    #expect(told(.absent, commit) == expected)
  }

  static let known: [((String, String), (String, String), String)] = [
    (("Alice Ng", "alice@example.com"), ("Bob Ito", "BOB@Example.com"), good),
    (("Ally", "alice@home.example"), ("GitHub", "noreply@github.com"), good),
    (
      ("Dee", "dee@example.com"), ("Dee", "dee@example.com"),
      "its author and committer <dee@example.com> is nobody whom the policy knows"
    ),
    (
      ("Bob Ito", "bob@example.com"), ("Dee", "dee@example.com"),
      "its committer <dee@example.com> is nobody whom the policy knows"
    ),
    // The address counts as it is: not without its tag, not as it looks.
    (
      ("Alice Ng", "alice+x@example.com"), ("Bob Ito", "bob@example.com"),
      "its author is called `Alice Ng` like alice, whose address <alice+x@example.com> is not"
    ),
    (
      ("A", "\u{430}lice@example.com"), ("Bob Ito", "bob@example.com"),
      "its author <\u{430}lice@example.com> is nobody whom the policy knows"
    ),
    (
      ("A", "alice@example.com "), ("Bob Ito", "bob@example.com"),
      "its author <alice@example.com > is nobody whom the policy knows"
    ),
  ]

  @Test("names and addresses that say nothing, or another's", arguments: names)
  func nameFaults(_ name: Bytes, _ email: String, _ expected: String) {
    #expect(told(Self.open, made(Self.who(name, Bytes(email.utf8)))) == expected)
  }

  static let names: [(Bytes, String, String)] = [
    (Bytes("Dee".utf8), "dee@x.y", good),
    (Bytes("Zo\u{EB} \u{41B}\u{438}".utf8), "z@x.y", good),
    (Bytes("back\\slash".utf8), "z@x.y", good),
    (Bytes(), "dee@x.y", "its author and committer has no name"),
    (Bytes(" \t".utf8), "dee@x.y", "its author and committer has no name"),
    (Bytes("Dee".utf8), "", "its author and committer has no address"),
    (Bytes(), "", "its author and committer has no name; its author and committer has no address"),
    (
      Bytes("Dee\u{202E}".utf8), "dee@x.y",
      "its author and committer has a name that does not show as it is: `Dee\\u{202e}`"
    ),
    (
      Bytes("De".utf8) + [0xE9], "dee@x.y",
      "its author and committer has a name that does not show as it is: `De\\xe9`"
    ),
    // Somebody else's name.
    (
      Bytes("alice  NG".utf8), "dee@x.y",
      "its author and committer is called `alice  NG` like alice, whose address <dee@x.y> is not"
    ),
    (
      Bytes("\u{410}lice Ng".utf8), "bob@example.com",
      "its author and committer is called `\u{410}lice Ng` like alice, whose address"
        + " <bob@example.com> is not"
    ),
    (
      Bytes("A1ice Ng".utf8), "dee@x.y",
      "its author and committer is called `A1ice Ng` like alice, whose address <dee@x.y> is not"
    ),
    (
      Bytes("Alice\u{A0}Ng".utf8), "dee@x.y",
      "its author and committer has a name that does not show as it is: `Alice\\u{a0}Ng`; its"
        + " author and committer is called `Alice\\u{a0}Ng` like alice, whose address <dee@x.y> is not"
    ),
    // The key of an entry is no name.
    (Bytes("web-flow".utf8), "dee@x.y", good),
    // Other people with other names.
    (Bytes("Alica Ng".utf8), "dee@x.y", good),
    (Bytes("Alice Ngo".utf8), "dee@x.y", good),
    (Bytes("\u{410}\u{41B}\u{418}\u{421}\u{415} Ng".utf8), "dee@x.y", good),
  ]

  @Test("of two people of one name either address is right")
  func namesakes() {
    let people = People([
      Person(id: "jo1", name: "Jo Li", emails: [Bytes("jo1@x.y".utf8)]),
      Person(id: "jo2", name: "Jo Li", emails: [Bytes("jo2@x.y".utf8)]),
      Person(id: "jo3", name: "J\u{F6} Li", emails: [Bytes("jo3@x.y".utf8)]),
    ])
    let rule = rule(Identities.self, Self.open, PolicyContext(people: people))
    func outcome(_ name: String, _ email: String) -> Verdict.Outcome {
      rule.judge(matter([made(Self.who(name, email))], people: people)).outcome
    }
    #expect(outcome("Jo Li", "jo2@x.y") == .satisfied)
    #expect(outcome("J\u{F6} Li", "jo3@x.y") == .satisfied)
    #expect(outcome("Jo Li", "jo3@x.y") == .violated)
    #expect(outcome("Jo Li", "jo4@x.y") == .violated)
  }

  @Test("domains", arguments: domains)
  func domain(_ email: String, _ isGood: Bool) {
    let settings: Setting = [
      "author": "any", "committer": "any", "domains": ["Example.com", "*.corp.example"],
    ]
    let commit = made(Self.who("Dee", email), Self.who("GitHub", "noreply@github.com"))
    #expect(
      told(settings, commit)
        == (isGood
          ? Self.good
          : "its author <\(email)> is not of Example.com or *.corp.example"))
  }

  static let domains: [(String, Bool)] = [
    ("dee@example.com", true), ("dee@EXAMPLE.COM", true), ("dee@a.corp.example", true),
    ("dee@a.b.corp.example", true),
    ("dee@corp.example", false), ("dee@sub.example.com", false), ("dee@evilexample.com", false),
    ("dee@evilcorp.example", false), ("dee@.corp.example", false), ("dee@example.com.", false),
    ("dee@example.com@x.y", false), ("dee@x.y@example.com", false), ("@example.com", false),
    ("example.com", false), ("dee@ex\u{430}mple.com", false),
  ]

  @Test("a pattern for names")
  func pattern() {
    let settings: Setting = ["author": "any", "committer": "any", "names": "[A-Z][a-z]+ .+"]
    #expect(told(settings, made(Self.who("Dee Doe", "d@x.y"))) == Self.good)
    #expect(
      told(settings, made(Self.who("dee", "d@x.y")))
        == "its author and committer is called `dee`, not like [A-Z][a-z]+ .+")
  }

  @Test("the pusher", arguments: pushers)
  func pusher(_ match: String, _ pusher: String?, _ expected: String) {
    let commit = made(
      Self.who("Alice Ng", "alice@home.example"), Self.who("Bob Ito", "bob@example.com"))
    #expect(told(["pusher": .quoted(match)], commit, pusher: pusher) == expected)
  }

  static let pushers: [(String, String?, String)] = [
    ("any", nil, good), ("author", "ang", good), ("author", "alice", good),
    ("committer", "bob", good), ("either", "alice", good), ("either", "bob", good),
    ("author", "bob", "bob pushes it and is not its author"),
    ("committer", "ang", "alice pushes it and is not its committer"),
    ("either", "web-flow", "web-flow pushes it and is not its author or its committer"),
    (
      "author", nil,
      """
      indeterminate: who pushes must be its author: who pushes is not known; the server must be told by\
       `gitrel install --identity`
      fix: push to a server that knows who pushes
      """
    ),
    (
      "either", "alice@home.example",
      """
      indeterminate: who pushes must be its author or its committer: alice@home.example pushes, and the\
       policy names nobody with that login
      fix: add the login to a person under `people` in the policy
      """
    ),
  ]

  @Test("what is wrong whoever pushes is told although the pusher is not known")
  func faultsFirst() {
    #expect(
      told(["pusher": "author"], made(Self.who("Dee", "dee@x.y")))
        == "its author and committer <dee@x.y> is nobody whom the policy knows")
  }

  @Test("a bot that nobody proved is said to be none")
  func bots() {
    let settings: Setting = ["author": "any", "names": "[A-Z].*", "exempt": ["bot"]]
    let commit = made(Self.who("github", "noreply@github.com"))
    #expect(
      told(settings, commit, pusher: "web-flow")
        == "notApplicable: the new commit is exempt (bot)")
    #expect(
      told(settings, commit, pusher: "alice")
        == "its author and committer is called `github`, not like [A-Z].*; names the bot web-flow as"
        + " its author, and is neither pushed nor signed by it")
  }

  @Test("what to do")
  func mending() {
    let rule = rule(Identities.self, .absent, Self.context)
    let stranger = Self.who("Dee", "dee@x.y")
    #expect(
      rule.judge(matter([made(stranger)], people: Self.people)).told == """
        violated: 1 of 1 new commit is of somebody who may not be
        - 0000001 Add: its author and committer <dee@x.y> is nobody whom the policy knows
        fix: git commit --amend --no-edit --reset-author    after git config user.email '<YOUR ADDRESS>'
        fix: add the address to a person under `people` in the policy, if it is right
        """)
    let tip = commit(
      7, "tip", by: "bob@example.com", committer: "bob@example.com", parents: [1, 8])
    #expect(
      rule.judge(matter([tip, made(stranger)], people: Self.people)).explanation.fixes.first
        == "git rebase -i --rebase-merges 000bace    mark 0000001 as `edit`; at each: git commit"
        + " --amend --no-edit --reset-author && git rebase --continue; after git config user.email"
        + " '<YOUR ADDRESS>'")
  }

  @Test("a right commit from the wrong hands needs other hands")
  func hands() {
    let rule = rule(Identities.self, ["pusher": "author"], Self.context)
    let commit = made(Self.who("Alice Ng", "alice@example.com"))
    #expect(
      rule.judge(matter([commit], pusher: "bob", people: Self.people)).told == """
        violated: 1 of 1 new commit is of somebody who may not be
        - 0000001 Add: bob pushes it and is not its author
        fix: let its author push it
        """)
    let unnamed = made(Self.who("", "alice@example.com"))
    #expect(
      rule.judge(matter([unnamed], pusher: "bob", people: Self.people)).explanation.fixes == [
        "git commit --amend --no-edit --reset-author    after git config user.name 'Bob Ito'"
      ])
  }

  @Test("nothing to judge, and nothing known")
  func nothing() {
    let rule = rule(Identities.self, ["pusher": "author", "exempt": ["merge"]], Self.context)
    #expect(rule.judge(matter([])).outcome == .notApplicable)
    #expect(
      rule.judge(matter([made(Self.who("", ""), parents: [1, 2])])).told
        == "notApplicable: the new commit is exempt (merge)")
    #expect(rule.judge(matter("refs/heads/x", .delete)).outcome == .notApplicable)
    #expect(rule.judge(matter { $0.newCommits = .unknown("why") }).told == "indeterminate: why")
  }

  @Test("settings", arguments: problems)
  func settings(_ settings: Setting, _ problems: [String]) {
    #expect(read(Identities.self, settings, Self.context).problems == problems)
  }

  static let problems: [(Setting, [String])] = [
    (.absent, []),
    (
      ["author": "knwon"],
      ["`author` takes known or any, not the text \"knwon\"; did you mean `known`?"]
    ),
    (
      ["domains": ["@example.com", ".example.com", "*.com", "*", "", "a_b.c"]],
      ["@example.com", ".example.com", "*.com", "*", "", "a_b.c"].map {
        "`domains`: `\($0)` is no domain; write `example.com` for that alone, `*.example.com` for all"
          + " below it"
      }
    ),
  ]

  @Test("without people nobody is known")
  func empty() {
    #expect(
      read(Identities.self).problems == [
        "`identity` wants people whom the policy knows, and it names none; state them under `people`,"
          + " or write `author: any` and `committer: any`"
      ])
    #expect(read(Identities.self, Self.open).problems == [])
    #expect(
      read(Identities.self, ["author": "any", "committer": "any", "pusher": "either"]).problems
        .count == 1)
  }
}
