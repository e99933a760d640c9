import GitModel
import Policy
import Release
import Testing

func id(_ number: Int) -> ObjectID {
  let digits = String(number, radix: 16)
  let short = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
  return ObjectID(hex: short + String(repeating: "0", count: 40 - short.count)) ?? .zero
}

func commit(_ number: Int, _ message: Bytes, parents: [Int] = [0]) -> Commit {
  let who = Identity(name: [], email: [], seconds: 0, offsetMinutes: 0)
  return Commit(
    id: id(number), tree: id(number), parents: parents.map(id), author: who, committer: who,
    message: message)
}

func commit(_ number: Int, _ message: String, parents: [Int] = [0]) -> Commit {
  commit(number, Bytes(message.utf8), parents: parents)
}

@Suite("release notes")
struct ReleaseNotesTests {
  @Test("under which heading a commit goes, and as which line", arguments: table)
  func line(_ message: String, _ title: String, _ line: String) {
    #expect(
      ReleaseNotes([commit(1, message)]).sections
        == [ReleaseNotes.Section(title: title, lines: ["\(line) (0000001)"])])
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
  func order() {
    let notes = ReleaseNotes([
      commit(6, "fix: second"), commit(5, "Merge branch 'x'", parents: [4, 3]),
      commit(4, "Plain"), commit(3, "feat: new"), commit(2, "feat!: other"),
      commit(1, "fix: first"),
    ])
    #expect(
      notes.markdown == """
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
  func nothing() {
    #expect(ReleaseNotes([]).markdown == "No change since the last version.\n")
    #expect(
      ReleaseNotes([commit(1, "Merge", parents: [2, 3])]).markdown
        == "No change since the last version.\n")
  }

  @Test("pushed bytes are never raw")
  func hostile() {
    let notes = ReleaseNotes([
      commit(2, Bytes("feat(\u{1B}): a\u{202E}b\u{7}".utf8) + [0xFF, 0x0A]),
      commit(1, Bytes("\u{9B}2J".utf8) + [0x80]),
    ])
    #expect(
      notes.markdown == """
        ### Added

        - \\u{1b}: a\\u{202e}b\\u{7}\\xff (0000002)

        ### Other

        - \\u{9b}2J\\x80 (0000001)

        """)
  }
}
