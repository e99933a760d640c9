import GitModel
import Testing

@testable import Policy

@Suite("code-owners")
struct CodeOwnersRuleTests {
  private static let text = """
    *              @alice
    *.md           @org/qa carol@example.com
    /src/          @Bob @org/unknown
    /lost/         @org/unknown @stranger
    /free/
    /mine/         @dave
    """
  private static let teams: Setting = ["teams": ["@Org/Leads": "tech-lead"]]

  private static func file(
    _ text: String, _ syntax: CodeOwners.Syntax? = nil
  ) throws -> CodeOwnersFile {
    try CodeOwnersFile(Bytes(text.utf8), at: "CODEOWNERS", in: "main", syntax: syntax)
  }

  /// The verdict on commits of Dave's, each with what it changes.
  private func verdict(
    _ changes: [(Commit, [String])], _ settings: Setting = .absent, _ text: String = text,
    _ syntax: CodeOwners.Syntax? = nil, touched: [String] = [], people: People = team
  ) throws -> Verdict {
    let file = try Self.file(text, syntax)
    let rule = rule(CodeOwnersRule.self, settings, PolicyContext(people: people))
    return rule.judge(
      matter(to: changes.first?.0.id, people: people) {
        $0.newCommits = .known(changes.map(\.0))
        $0.changes = .known(
          changes.map { commit, paths in
            CommitChanges(commit: commit, changes: paths.map { added($0) })
          })
        $0.touched = .known(touched.map { Bytes($0.utf8) })
        $0.codeOwners = .known(file)
      })
  }

  private func work(_ trailers: String...) -> Commit {
    commit(1, "Work\n\n" + trailers.joined(separator: "\n") + "\n", by: "dave@example.com")
  }

  private static let alice = "Reviewed-by: A <alice@home.example>"
  private static let bob = "Reviewed-by: B <bob@example.com>"
  private static let carol = "Reviewed-by: C <carol@example.com>"
  private static let dave = "Reviewed-by: D <dave@example.com>"

  @Test("who owns what, and who approved", arguments: table)
  func owned(_ paths: [String], _ trailers: [String], _ findings: [String]) throws {
    let commit = commit(
      1, "Work\n\n\(trailers.joined(separator: "\n"))\n", by: "dave@example.com")
    let verdict = try verdict([(commit, paths)])
    #expect(verdict.outcome == (findings.isEmpty ? .satisfied : .violated))
    #expect(verdict.explanation.findings.map(\.detail) == findings)
  }

  static let table: [([String], [String], [String])] = [
    (["a"], [alice], []),
    (["a"], [carol], ["`a`: line 1 `*` needs alice; has carol, no owner"]),
    (["a.md", "b.md"], [carol], []), (["a.md"], [alice], []),
    (
      ["b.md", "a.md", "c"], [bob],
      [
        "`c`: line 1 `*` needs alice; has bob, no owner",
        "`a.md` and 1 more: line 2 `*.md` needs carol or qa (alice or carol); has bob, no owner",
      ]
    ),
    // Logins are compared without case. Who of a line is nobody is told where nobody else approved.
    (["src/a"], [bob], []),
    (
      ["src/a"], ["x"],
      [
        "`src/a`: line 3 `/src/` needs bob; has nobody; `@org/unknown` of line 3 is nobody in the"
          + " policy"
      ]
    ),
    (
      ["lost/a"], [alice, bob, carol],
      [
        "`lost/a`: line 4 `/lost/` has nobody who may approve: `@org/unknown` of line 4 is nobody in the policy and `@stranger` of"
          + " line 4 is nobody in the policy"
      ]
    ),
    (["free/a", "a"], [alice], []),
    // The author's own approval is not one.
    (
      ["mine/a"], [dave],
      [
        "`mine/a`: line 6 `/mine/` needs dave; has nobody; too few are left who may: dave is its"
          + " author; line 3: dave is its author"
      ]
    ),
  ]

  @Test("the four outcomes, in full")
  func outcomes() throws {
    #expect(
      try verdict([(work(Self.alice), ["a", "b", "c.md"])]).told
        == "satisfied: 3 paths approved by owners in main:CODEOWNERS; trust: trailer, as typed in"
        + " commit messages")
    #expect(
      try verdict([(work(), ["free/a"])]).told
        == "notApplicable: no changed path has an owner who must approve, by main:CODEOWNERS")
    let shown = try verdict([(work(), ["a"]), (commit(2, "More"), ["free/x"])])
    #expect(
      shown.told == """
        violated: 1 of 1 new commit that changes what is owned lacks approval
        wants: owners as main:CODEOWNERS names them; trust: trailer, as typed in commit messages
        - 0000001 Work: `a`: line 1 `*` needs alice; has nobody
        fix: git commit --amend --no-edit --trailer 'Reviewed-by: alice <alice@example.com>'    once \
        those whom it names say yes
        """)
    let unknown = rule(CodeOwnersRule.self, .absent, PolicyContext(people: team)).judge(
      matter([CommitChanges(commit: work(), changes: [added("a")])]) {
        $0.touched = .known([])
        $0.codeOwners = .unknown("main has no CODEOWNERS")
      })
    #expect(unknown.told == "indeterminate: main has no CODEOWNERS")
  }

  @Test("what to do where those who are named cannot be enough")
  func stuck() throws {
    #expect(
      try verdict([(work(), ["lost/a", "mine/a", "src/a"])]).explanation.fixes == [
        "git commit --amend --no-edit --trailer 'Reviewed-by: bob <bob@example.com>'    once those"
          + " whom it names say yes",
        "say who @org/unknown is in the policy: `code-owners: {teams: {\"@org/unknown\": ROLE}}`",
        "say who @stranger is in the policy: `code-owners: {teams: {\"@stranger\": ROLE}}`, or under"
          + " `logins`",
        "name more owners on line 6 of main:CODEOWNERS",
      ])
  }

  @Test("teams are roles: by `teams`, or of that name")
  func roles() throws {
    let text = "* @org/leads\n*.md @org/qa @@owners\n"
    #expect(try verdict([(work(Self.bob), ["a"])], Self.teams, text).outcome == .satisfied)
    #expect(try verdict([(work(Self.carol), ["a"])], Self.teams, text).outcome == .violated)
    #expect(try verdict([(work(Self.carol), ["a.md"])], Self.teams, text).outcome == .satisfied)
    #expect(
      try verdict([(work(Self.bob), ["a"])], .absent, text).explanation.findings.map(\.detail)
        == [
          "`a`: line 1 `*` has nobody who may approve: `@org/leads` of line 1 is nobody in the policy"
        ])
    // `@qa` is a person at GitHub, and may be a group at GitLab.
    #expect(try verdict([(work(Self.carol), ["a"])], .absent, "* @qa\n").outcome == .violated)
    #expect(
      try verdict([(work(Self.carol), ["a"])], .absent, "* @qa\n", .gitlab).outcome == .satisfied)
    #expect(
      try verdict([(work(Self.bob), ["a"])], ["teams": ["@@owners": "tech-lead"]], "* @@Owners\n")
        .outcome == .satisfied)
    // A role that nobody holds.
    #expect(
      try verdict([(work(Self.bob), ["a"])], .absent, "* @org/nobody\n").explanation.findings
        .map(\.detail) == ["`a`: line 1 `*` has nobody who may approve: nobody holds nobody"])
  }

  @Test("two logins that differ in capitals alone are told apart, or are nobody's")
  func logins() throws {
    let people = People([
      Person(id: "one", emails: [Bytes("one@example.com".utf8)], logins: ["Kim"]),
      Person(id: "two", emails: [Bytes("two@example.com".utf8)], logins: ["kim"]),
    ])
    let one = work("Reviewed-by: O <one@example.com>")
    #expect(try verdict([(one, ["a"])], .absent, "* @Kim\n", people: people).outcome == .satisfied)
    #expect(try verdict([(one, ["a"])], .absent, "* @kim\n", people: people).outcome == .violated)
    #expect(try verdict([(one, ["a"])], .absent, "* @KIM\n", people: people).outcome == .violated)
  }

  @Test("where the policy names no people, addresses stand for them")
  func addresses() throws {
    let verdict = try verdict(
      [(work(Self.bob), ["a"])], .absent, "* bob@example.com\n*.c @bob\n", people: People())
    #expect(verdict.outcome == .satisfied)
    let short = try self.verdict(
      [(work(Self.bob), ["a", "a.c"])], .absent, "* carol@example.com\n*.c @bob\n",
      people: People())
    #expect(
      short.explanation.findings.map(\.detail) == [
        "`a`: line 1 `*` needs carol@example.com; has bob@example.com, no owner",
        "`a.c`: line 2 `*.c` has nobody who may approve: `@bob` of line 2 is nobody in the policy",
      ])
  }

  @Test("each section of GitLab's asks for its own, so many as it says, unless it is optional")
  func sections() throws {
    let text = """
      * @alice
      [Docs][2] @bob @carol
      *.md
      ^[Style] @dave
      *.md
      """
    let short = try verdict([(work(Self.alice, Self.bob), ["a.md"])], .absent, text)
    #expect(
      short.explanation.findings.map(\.detail) == [
        "`a.md`: line 3 `*.md` of [Docs] needs 2 of bob or carol; has bob"
      ])
    #expect(
      short.explanation.fixes == [
        "git commit --amend --no-edit --trailer 'Reviewed-by: carol <Carol@Example.com>'    once"
          + " those whom it names say yes"
      ]
        || short.explanation.fixes == [
          "git commit --amend --no-edit --trailer 'Reviewed-by: carol <carol@example.com>'    once"
            + " those whom it names say yes"
        ])
    #expect(
      try verdict([(work(Self.alice, Self.bob, Self.carol), ["a.md"])], .absent, text).outcome
        == .satisfied)
  }

  @Test("the approval of a merge covers what it brings in, and only what it brings in")
  func firstParent() throws {
    let work = commit(2, "work", by: "dave@example.com")
    func merge(_ trailers: String) -> Commit {
      commit(3, "merge\n\n\(trailers)\n", by: "bob@example.com", parents: [0xbace, 2])
    }
    let scope: Setting = ["scope": "first-parent"]
    #expect(
      try verdict([(merge(Self.alice), []), (work, ["a"])], scope).outcome == .satisfied)
    #expect(
      try verdict([(merge(Self.carol), []), (work, ["a"])], scope).explanation.findings
        .map { "\($0.title): \($0.detail)" }
        == ["merge: `a`: line 1 `*` needs alice; has carol, no owner"])
    // Each commit for itself otherwise.
    #expect(
      try verdict([(merge(Self.alice), []), (work, ["a"])]).explanation.findings.map(\.title)
        == ["work"])
  }

  @Test("what comes back with a merge and no new commit changes is owned too")
  func touched() throws {
    let merge = commit(3, "merge\n\n\(Self.carol)\n", parents: [0xbace, 2])
    let short = try verdict([(merge, [])], touched: ["a", "b.md"])
    #expect(
      short.explanation.findings.map(\.detail) == [
        "`a`: line 1 `*` needs alice; has carol, no owner"
      ])
    let reset = try verdict([(work(Self.carol), ["b.md"])], touched: ["a", "b.md"])
    #expect(reset.explanation.findings.map(\.detail).count == 1)
  }

  @Test("signed approvals: as whom it was said, vetoes, and what is used")
  func signed() throws {
    let people = People(
      team.all.map {
        Person(id: $0.id, emails: $0.emails, logins: $0.logins, keys: ["ssh-ed25519 A"])
      }, roles: team.roles)
    let commit = commit(1, "Work", by: "dave@example.com")
    func verdict(_ endorsements: [Endorsement]) throws -> Verdict {
      let file = try Self.file("* @carol\n*.md @org/qa\n")
      let rule = rule(CodeOwnersRule.self, ["trust": "signed"], PolicyContext(people: people))
      return rule.judge(
        matter(to: commit.id, people: people) {
          $0.newCommits = .known([commit])
          $0.changes = .known([
            CommitChanges(commit: commit, changes: [added("a"), added("b.md")])
          ])
          $0.touched = .known([])
          $0.codeOwners = .known(file)
          $0.signatures = .known([commit.id: .unsigned])
          $0.endorsements = .known(
            EndorsementReading(endorsements: [commit.id: endorsements], cleanMerges: []))
        })
    }
    func says(_ person: String, as role: String? = nil, veto: Bool = false) -> Endorsement {
      Endorsement(
        person: person, role: role, isVeto: veto, recorded: Instant(seconds: 0),
        digest: "d-\(person)", standing: .exact)
    }
    let good = try verdict([says("carol")])
    #expect(good.told == "satisfied: 2 paths approved by owners in main:CODEOWNERS; trust: signed")
    #expect(good.uses == [StatementUse(digest: "d-carol", commit: commit.id)])
    // Who speaks as QA alone does not speak as the owner that she is by name.
    let asQA = try verdict([says("carol", as: "qa")])
    #expect(
      asQA.told == """
        violated: 1 of 1 new commit that changes what is owned lacks approval
        wants: owners as main:CODEOWNERS names them; trust: signed
        - 0000001 Work: `a`: line 1 `*` needs carol; has carol, no owner
        fix: gitrel approve 0000001 --ref main    by carol
        """)
    #expect(
      try verdict([says("carol"), says("dave", veto: true)]).explanation.findings.map(\.detail)
        == ["vetoed by dave, statement d-dave"])
    #expect(
      try verdict([says("carol"), says("dave", veto: true)]).explanation.fixes
        == ["gitrel revoke d-dave    by dave"])
    #expect(
      try verdict([says("bob")]).explanation.fixes == [
        "gitrel approve 0000001 --ref main    by carol",
        "gitrel approve 0000001 --ref main    by alice or carol",
      ])
  }

  @Test("settings", arguments: settings)
  func problems(_ settings: Setting, _ problems: [String]) {
    #expect(read(CodeOwnersRule.self, settings, PolicyContext(people: team)).problems == problems)
  }

  static let settings: [(Setting, [String])] = [
    (.absent, []), (["file": "a/CODEOWNERS", "syntax": "gitlab"], []),
    (
      ["file": "../x"],
      [
        "`file`: `../x` is no path in the tree of the policy; write it from the top, e.g. CODEOWNERS"
      ]
    ),
    (["syntax": "gitea"], ["`syntax` takes github or gitlab, not the text \"gitea\""]),
    (["teams": ["@o/t": "qaa"]], ["there is no role `qaa`; did you mean `qa`?"]),
    (
      ["teams": ["o/t": "qa"]],
      ["`o/t` is no team of CODEOWNERS; write it as the file does, in quotes: \"@org/team\""]
    ),
    (["teams": ["@o/t": "qa", "@O/T": "qa"]], ["the team `@O/T` stands here again"]),
  ]

  @Test("where the file is looked for", arguments: places)
  func found(_ files: [String], _ search: CodeOwnersSearch, _ place: String) {
    struct None: WordedFault { let words = "x" }
    do throws(CodeOwnersFault) {
      let file = try search.found(in: "main") { path throws(None) in
        files.contains(path) ? Bytes("* @a\n".utf8) : nil
      }
      #expect("\(file.place) \(file.owners.syntax.rawValue)" == place)
    } catch { #expect(error.words == place) }
  }

  static let places: [([String], CodeOwnersSearch, String)] = [
    ([".github/CODEOWNERS"], CodeOwnersSearch(), "main:.github/CODEOWNERS github"),
    ([".gitlab/CODEOWNERS"], CodeOwnersSearch(), "main:.gitlab/CODEOWNERS gitlab"),
    (["CODEOWNERS", "docs/CODEOWNERS"], CodeOwnersSearch(), "main:CODEOWNERS github"),
    (["CODEOWNERS"], CodeOwnersSearch(syntax: .gitlab), "main:CODEOWNERS gitlab"),
    (["x", "CODEOWNERS"], CodeOwnersSearch(file: "x"), "main:x github"),
    (
      [".github/CODEOWNERS", ".gitlab/CODEOWNERS"], CodeOwnersSearch(),
      "main has .github/CODEOWNERS and .gitlab/CODEOWNERS, of which GitHub reads the first and GitLab"
        + " the last: give `code-owners` a `file` or a `syntax`"
    ),
    (
      [".github/CODEOWNERS", "CODEOWNERS"], CodeOwnersSearch(syntax: .github),
      "main:.github/CODEOWNERS github"
    ),
    (
      ["x"], CodeOwnersSearch(),
      "nobody says who owns what: main has no .github/CODEOWNERS, CODEOWNERS, docs/CODEOWNERS or"
        + " .gitlab/CODEOWNERS"
    ),
    (["CODEOWNERS"], CodeOwnersSearch(file: "y"), "nobody says who owns what: main has no y"),
  ]

  @Test("a file that says nothing, or cannot be read, is told", arguments: faulty)
  func faults(_ text: String, _ words: String) {
    let fault = #expect(throws: CodeOwnersFault.self) { try Self.file(text) }
    #expect(fault?.words == words)
  }

  static let faulty: [(String, String)] = [
    ("# nobody\n", "main:CODEOWNERS names no path: nobody owns anything"),
    (
      "* @a\n!b @a\n",
      "main:CODEOWNERS cannot be read as GitHub's: line 2 `!b` starts with `!`,"
        + " which GitHub does not read"
    ),
    (
      String(repeating: "/ @a\n", count: 7),
      "main:CODEOWNERS cannot be read as GitHub's: "
        + (1...5).map { "line \($0) `/` matches no path" }.joined(separator: "; ")
        + "; and 2 more"
    ),
    (String(repeating: "#", count: 3_000_001), "main:CODEOWNERS is larger than 3MB"),
  ]
}
