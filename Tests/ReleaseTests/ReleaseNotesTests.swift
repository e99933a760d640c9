import GitModel
import Policy
import Release
import Testing

func id(_ number: Int) -> ObjectID {
  let digits = String(number, radix: 16)
  let short = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
  return ObjectID(hex: short + String(repeating: "0", count: 40 - short.count)) ?? .zero
}

func commit(
  _ number: Int, _ message: Bytes, parents: [Int] = [0], by name: String = ""
) -> Commit {
  let email = name.isEmpty ? "" : "\(name.lowercased())@example.com"
  let who = Identity(
    name: Bytes(name.utf8), email: Bytes(email.utf8), seconds: 0, offsetMinutes: 0)
  return Commit(
    id: id(number), tree: id(number), parents: parents.map(id), author: who, committer: who,
    message: message)
}

func commit(
  _ number: Int, _ message: String, parents: [Int] = [0], by name: String = ""
) -> Commit {
  commit(number, Bytes(message.utf8), parents: parents, by: name)
}

@Suite("release notes")
struct ReleaseNotesTests {
  @Test("under which heading a commit goes, and as which line", arguments: table)
  func line(_ message: String, _ title: String, _ line: String) throws {
    let sections = ReleaseNotes([commit(1, message)]).sections
    #expect(sections.map(\.title) == [title])
    #expect(sections.flatMap(\.changes).map(\.text) == [line])
  }

  static let table: [(String, String, String)] = [
    ("feat: add tiers\n", "Added", "add tiers"),
    ("feat(api): add tiers\n", "Added", "api: add tiers"),
    ("FEAT: add tiers\n", "Added", "add tiers"),
    ("fix: mend tiers\r\n\r\nbody\r\n", "Fixed", "mend tiers"),
    ("perf: faster", "Faster", "faster"),
    ("docs: say so", "Documentation", "say so"),
    ("chore(deps): bump", "Inside", "deps: bump"),
    ("revert: add tiers", "Reverted", "add tiers"),
    (
      "Revert \"feat: add tiers\"\n\nThis reverts commit 1.\n", "Reverted",
      "Revert \"feat: add tiers\""
    ),
    ("feat!: drop v1\n", "Breaking changes", "drop v1"),
    ("chore(api)!: drop v1\n", "Breaking changes", "api: drop v1"),
    ("fix: x\n\nBREAKING CHANGE: no more v1\n", "Breaking changes", "x"),
    ("fix: x\n\nBREAKING-CHANGE: no more v1\n", "Breaking changes", "x"),
    ("fix: x\n\nbreaking change: small letters do not count\n", "Fixed", "x"),
    ("fix: x\n\nNot a BREAKING CHANGE: here\n", "Fixed", "x"),
    ("security: new type", "Other", "security: new type"),
    ("Add tiers", "Other", "Add tiers"),
    ("fix:no space", "Other", "fix:no space"),
    ("", "Other", "(no subject)"),
    (" \n\nbody", "Other", "(no subject)"),
  ]

  @Test("sections in their order, lines newest first, merges left out")
  func order() throws {
    let notes = ReleaseNotes([
      commit(6, "fix: second"), commit(5, "Merge branch 'x'", parents: [4, 3]),
      commit(4, "Plain"), commit(3, "feat: new"), commit(2, "feat!: other"),
      commit(1, "fix: first"),
    ])
    #expect(
      try notes.markdown() == """
        ### Breaking changes

        - other (0000002)

        ### Added

        - new (0000003)

        ### Fixed

        - second (0000006)
        - first (0000001)

        ### Other

        - Plain (0000004)

        """)
  }

  @Test("nothing new")
  func nothing() throws {
    #expect(try ReleaseNotes([]).markdown() == "No change since the last version.\n")
    #expect(
      try ReleaseNotes([commit(1, "Merge", parents: [2, 3])]).markdown()
        == "No change since the last version.\n")
  }

  @Test("pushed bytes are never raw")
  func hostile() throws {
    let notes = ReleaseNotes([
      commit(2, Bytes("feat(\u{1B}): a\u{202E}b\u{7}".utf8) + [0xFF, 0x0A]),
      commit(1, Bytes("\u{9B}2J".utf8) + [0x80]),
    ])
    #expect(
      try notes.markdown() == """
        ### Added

        - \\\\u{1b}: a\\\\u{202e}b\\\\u{7}\\\\xff (0000002)

        ### Other

        - \\\\u{9b}2J\\\\x80 (0000001)

        """)
  }

  private func people() -> People {
    People([
      Person(
        id: "alice", name: "Alice Ng",
        emails: ["alice@example.com", "alice@home.example"].map { Bytes($0.utf8) }),
      Person(id: "ci", emails: [Bytes("ci@example.com".utf8)], isBot: true),
      Person(id: "carol", name: "Carol Reyes", emails: [Bytes("carol@example.com".utf8)]),
    ])
  }

  @Test("who wrote: authors and co-authors, each person once, no bots and no merges")
  func contributors() {
    var source = NotesSource()
    source.people = people()
    let notes = ReleaseNotes(
      [
        commit(6, "Merge", parents: [4, 5], by: "Merger"),
        commit(5, "e\n\nCo-authored-by: Al <alice@home.example>\n", by: "Bob"),
        commit(4, "d\n\nCo-Authored-By: alice <alice@example.com>\n", by: "Alice"),
        commit(3, "c", by: "Ci"), commit(2, "b\n\nCo-authored-by: Nobody\n", by: "Bob"),
        commit(1, "a", by: "bob"),
      ], by: source)
    #expect(notes.contributors.map { "\($0.name) \($0.commits)" } == ["Bob 3", "Alice Ng 2"])
  }

  @Test("who approved: by trailers, also of merges, and by signed statements")
  func approvers() {
    var source = NotesSource()
    source.people = people()
    source.signed = [id(2): ["carol", "carol"]]
    let notes = ReleaseNotes(
      [
        commit(3, "Merge\n\nReviewed-by: Rita <rita@example.com>\n", parents: [1, 2]),
        commit(2, "b\n\nReviewed-by: Carol <carol@example.com>\nTested-by: T <t@example.com>\n"),
        commit(1, "a\n\nApproved-by: Alice <alice@home.example>\n"),
      ], by: source)
    #expect(
      notes.approvers.map { "\($0.name) \($0.commits) \($0.isSigned)" } == [
        "Alice Ng 1 false", "Carol Reyes 1 true", "Rita 1 false",
      ])
  }

  private static let whole = "0000001" + String(repeating: "0", count: 33)

  @Test("what was taken back, and what that was taken back of", arguments: revertings)
  func reverts(_ messages: [String], _ kept: [String], _ taken: [String]) {
    let commits = messages.enumerated().map { commit($0 + 1, $1) }
    let notes = ReleaseNotes(commits.reversed())
    #expect(notes.sections.flatMap(\.changes).map(\.description) == kept)
    #expect(notes.reverts.map { "\($0.change.description) \($0.by.short)" } == taken)
  }

  static let revertings: [([String], [String], [String])] = [
    (
      ["feat: a", "Revert \"feat: a\"\n\nThis reverts commit \(whole).\n"], [], ["a 0000002"]
    ),
    (["feat: a", "revert: a\n\nRefs: 0000001\n"], [], ["a 0000002"]),
    // A revert of the revert: the change stands.
    (
      [
        "feat: a", "Revert \"feat: a\"\n\nThis reverts commit \(whole).\n",
        "Reapply \"feat: a\"\n\nThis reverts commit 0000002.\n",
      ], ["a"], ["Revert \"feat: a\" 0000003"]
    ),
    // What is not in the range stays a revert.
    (
      ["Revert \"b\"\n\nThis reverts commit \(String(repeating: "9", count: 40)).\n"],
      ["Revert \"b\""], []
    ),
    // Twice: the newest counts, and the other takes back nothing any more.
    (
      [
        "fix: a", "x\n\nThis reverts commit 0000001.\n", "y\n\nThis reverts commit 0000001.\n",
      ], ["x"], ["a 0000003"]
    ),
    // An id of six digits, of itself, or within a line is none.
    (["fix: a", "x\n\nThis reverts commit 000000.\n"], ["a", "x"], []),
    (["fix: a\n\nThis reverts commit 0000001.\n"], ["a"], []),
    (["fix: a", "x\n\nWe say: This reverts commit 0000001.\n"], ["a", "x"], []),
    (["feat: a", "fix: b\n\nRefs: 0000001\n"], ["a", "b"], []),
  ]

  @Test("a picked commit is told once, where it says the same")
  func picks() throws {
    let notes = ReleaseNotes([
      commit(3, "fix: other\n\n(cherry picked from commit \(Self.whole))\n"),
      commit(2, "fix: a\n\n(cherry picked from commit \(Self.whole))\n"), commit(1, "fix: a"),
    ])
    #expect(
      try notes.markdown() == """
        ### Fixed

        - other (0000003)
        - a (0000001, 0000002)

        """)
  }

  @Test("what a breaking change says of itself")
  func breaking() throws {
    let notes = ReleaseNotes([
      commit(
        1,
        "feat: new prices\n\nBody.\n\nBREAKING CHANGE: the old ones\n are gone,\nall of them\nRefs: #1\n"
      )
    ])
    #expect(
      try notes.markdown() == """
        ### Breaking changes

        - new prices (0000001)
          the old ones are gone, all of them

        """)
    #expect(notes.weightiest?.step == .major)
  }

  @Test(
    "what the changes want of the next version",
    arguments: [
      (["fix: a"], nil), (["docs: a", "a"], nil), (["fix: a", "feat: b", "chore: c"], "b"),
      (["feat: a", "fix!: b"], "b"), (["feat: a", "revert: a\n\nRefs: 0000001\n"], nil),
      ([], nil),
    ])
  func weightiest(_ messages: [String], _ cause: String?) {
    let commits = messages.enumerated().map { commit($0 + 1, $1) }
    #expect(ReleaseNotes(commits.reversed()).weightiest?.description == cause)
  }

  @Test("tickets in the order of their numbers, as links")
  func tickets() throws {
    var source = NotesSource()
    source.tickets = Tickets(pattern: try TextPattern("[A-Z]+-[0-9]+|#[0-9]+"))
    source.link = "https://tracker.example/{ticket}?x"
    let notes = ReleaseNotes(
      [
        commit(3, "Merge branch SHOP-100", parents: [1, 2]),
        commit(2, "feat: b SHOP-9\n\nIssue: #7\n"), commit(1, "fix: SHOP-12 a SHOP-9"),
      ], by: source)
    #expect(notes.tickets.map(\.printable) == ["#7", "SHOP-9", "SHOP-12", "SHOP-100"])
    let template = try NotesTemplate(Bytes("{each ticket}\n{ticket}\n{end}\n".utf8))
    #expect(
      try notes.markdown(template) == """
        [#7](https://tracker.example/%237?x)
        [SHOP-9](https://tracker.example/SHOP-9?x)
        [SHOP-12](https://tracker.example/SHOP-12?x)
        [SHOP-100](https://tracker.example/SHOP-100?x)

        """)
  }

  @Test("very many changes: the newest are listed, the others counted")
  func many() throws {
    let commits = (1...1_200).map { commit($0, "fix: \($0)") }
    let notes = ReleaseNotes(Array(commits.reversed()), isCut: false)
    #expect(notes.left == 200)
    let text = try notes.markdown()
    #expect(text.contains("- 1200 ("))
    #expect(!text.contains("- 200 ("))
    #expect(text.hasSuffix("And 200 more changes, which are not listed.\n"))
    let cut = try ReleaseNotes(Array(commits.reversed()), isCut: true).markdown()
    #expect(cut.hasSuffix("And at least 200 more changes, which are not listed.\n"))
  }

  @Test("a novel is cut, and not within a character")
  func long() {
    let notes = ReleaseNotes([commit(1, "fix: " + String(repeating: "\u{E9}", count: 3_000))])
    let text = notes.sections.first?.changes.first?.text
    #expect(text == String(repeating: "\u{E9}", count: 100) + "...")
  }
}
