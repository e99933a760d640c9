import GitModel
import Policy
import Testing

/// A file, or whatever the mode says, with the id that `number` gives.
func entry(_ number: Int, mode: Int = 0o100644) -> Change.Entry {
  Change.Entry(mode: mode, id: id(number))
}

/// An added path.
func added(_ path: String, _ number: Int = 0xb10b, mode: Int = 0o100644) -> Change {
  Change(path: Bytes(path.utf8), kind: .added(entry(number, mode: mode)))
}

/// A matter with these changes, children first.
func matter(_ changes: [CommitChanges], _ facts: (inout Facts) -> Void = { _ in }) -> Matter {
  matter(to: changes.first?.commit.id) {
    $0.newCommits = .known(changes.map(\.commit))
    $0.changes = .known(changes)
    facts(&$0)
  }
}

@Suite("paths")
struct PathsTests {
  private let tip = commit(0xaa, "Add tools")
  private let older = commit(0xbb, "Begin")

  @Test("what is forbidden, one thing after the other", arguments: table)
  func faults(_ settings: Setting, _ change: Change, _ words: String?) {
    let verdict = rule(Paths.self, settings).judge(
      matter([CommitChanges(commit: tip, changes: [change])]))
    guard let words else {
      #expect(
        verdict.told == "satisfied: 1 path added or changed, and none of them forbidden")
      return
    }
    #expect(verdict.outcome == .violated)
    #expect(verdict.explanation.findings.map(\.detail) == [words])
  }

  static let table: [(Setting, Change, String?)] = [
    (["forbidden": "*.exe"], added("a/b.exe"), "`a/b.exe` is forbidden by `*.exe`"),
    (["forbidden": ["*.exe", "!tools/"]], added("tools/b.exe"), nil),
    (["forbidden": "vendor/"], added("b.txt"), nil),
    (["allowed": ["docs/**", "*.md"]], added("docs/a"), nil),
    (
      ["allowed": ["docs/**", "*.md"]], added("src/a"),
      "`src/a` is not in `docs/**` or `*.md`"
    ),
    (["extensions": ["exe", "tar.gz"]], added("a.EXE"), "`a.EXE` ends in .exe"),
    // Windows opens these as a.exe.
    (["extensions": ["exe"]], added("a.exe."), "`a.exe.` ends in .exe"),
    (["extensions": ["exe"]], added("a.exe . "), "`a.exe . ` ends in .exe"),
    (["extensions": ["exe"]], added("a.exe:ads"), "`a.exe:ads` ends in .exe"),
    (["forbidden": [".github/"]], added(".GitHub/x"), nil),
    (
      ["forbidden": [".GITHUB/"], "ignore-case": true], added(".GitHub/X"),
      "`.GitHub/X` is forbidden by `.github/`"
    ),
    (["allowed": ["Docs/**"], "ignore-case": true], added("docs/x"), nil),
    (["extensions": ["exe", "tar.gz"]], added("x/.exe"), "`x/.exe` ends in .exe"),
    (["extensions": ["exe", "tar.gz"]], added("a.tar.gz"), "`a.tar.gz` ends in .tar.gz"),
    (["extensions": ["exe"]], added("a.exe/b"), nil),
    (["extensions": ["exe"]], added("aexe"), nil),
    (["extensions": ["exe"]], added("exe"), nil),
    (["kinds": "link"], added("a", mode: 0o120000), "`a` is a symbolic link"),
    (["kinds": "submodule"], added("a", mode: 0o160000), "`a` is a submodule"),
    (["kinds": ["executable"]], added("a", mode: 0o100755), "`a` is executable"),
    (["kinds": ["link", "submodule", "executable"]], added("a"), nil),
    (["kinds": ["link"]], added("a", mode: 0o100755), nil),
    (["length": 5], added("a/bcd"), nil),
    (["length": 5], added("a/bcde"), "`a/bcde` has 6 bytes, at most 5"),
    (
      ["length": 5, "extensions": "exe", "forbidden": "a/"], added("a/b.exe"),
      "`a/b.exe` is forbidden by `a/`; ends in .exe; has 7 bytes, at most 5"
    ),
    (
      ["forbidden": "**"],
      Change(path: [0x61, 0x0A, 0x1B, 0xFF], kind: .added(entry(1))),
      "`a\\u{a}\\u{1b}\\xff` is forbidden by `**`"
    ),
    (
      ["forbidden": "*.x"], added(String(repeating: "d/", count: 90) + "f.x"),
      "`" + String(repeating: "d/", count: 20) + "..." + String(repeating: "/d", count: 23)
        + "/f.x` is forbidden by `*.x`"
    ),
  ]

  @Test("a changed file counts, a deleted one does not, and the tip is amended")
  func tipIsAmended() {
    let changes = [
      added("b.exe"),
      Change(path: Bytes("c.exe".utf8), kind: .modified(from: entry(1), to: entry(2))),
      Change(path: Bytes("d.exe".utf8), kind: .deleted(entry(1))),
    ]
    let rule = rule(Paths.self, ["extensions": "exe"])
    #expect(rule.needs == Needs([.newCommits, .changes]))
    #expect(
      rule.judge(
        matter([
          CommitChanges(commit: tip, changes: changes), CommitChanges(commit: older, changes: []),
        ])
      ).told == """
        violated: 1 of 2 new commits has paths that may not be there
        - 00000aa Add tools: `b.exe` ends in .exe
        - 00000aa Add tools: `c.exe` ends in .exe
        fix: git rm --cached b.exe && git checkout HEAD~ -- c.exe && git commit --amend \
        --allow-empty --no-edit
        """)
  }

  @Test("an older commit is edited, and a shell never reads a path")
  func olderIsEdited() {
    let changes = [
      CommitChanges(commit: tip, changes: [added("$(rm -rf ~).exe")]),
      CommitChanges(commit: older, changes: [added("x.exe")]),
    ]
    #expect(
      rule(Paths.self, ["extensions": "exe"]).judge(matter(changes)).explanation.fixes == [
        "git rebase -i 000bace    mark 00000aa and 00000bb as `edit`; at 00000bb: git rm --cached"
          + " x.exe && git commit --amend --allow-empty --no-edit && git rebase --continue; at 00000aa:"
          + " git rm --cached '$(rm -rf ~).exe' && git commit --amend --allow-empty --no-edit"
          + " && git rebase --continue"
      ])
    #expect(
      rule(Paths.self, ["extensions": "exe"]).judge(
        matter([CommitChanges(commit: tip, changes: [added("-f.exe")])])
      ).explanation.fixes == [
        "git rm --cached ./-f.exe && git commit --amend --allow-empty --no-edit"
      ])
  }

  @Test("each fault has its own cure")
  func cures() {
    let long = String(repeating: "x", count: 20)
    let changes = [added(long), added("run", mode: 0o100755)]
    #expect(
      rule(Paths.self, ["length": 10, "kinds": "executable"]).judge(
        matter([CommitChanges(commit: tip, changes: changes)])
      ).explanation.fixes == [
        "git mv \(long) <NEW-PATH> && git update-index --chmod=-x run"
          + " && git commit --amend --no-edit"
      ])
  }

  @Test("paths that differ in capitals alone")
  func clashes() {
    let rule = rule(Paths.self, ["case-clashes": true])
    #expect(rule.needs == Needs([.newCommits, .changes, .caseClashes]))
    let merge = commit(0xaa, "Merge", parents: [0xbb, 0xcc])
    let changes = [CommitChanges(commit: merge, changes: [])]
    let clash = CaseClash(added: Bytes("readme".utf8), other: Bytes("README".utf8))
    #expect(
      rule.judge(matter(changes) { $0.caseClashes = .known([merge.id: [clash]]) }).told == """
        violated: 1 of 1 new commit has paths that may not be there
        - 00000aa Merge: `readme` differs from `README` in capitals alone
        fix: git mv readme <NEW-PATH> && git commit --amend --no-edit
        """)
    #expect(
      rule.judge(matter(changes) { $0.caseClashes = .known([:]) }).told
        == "satisfied: 0 paths added or changed, and none of them forbidden")
    #expect(
      rule.judge(matter(changes) { $0.caseClashes = .unknown("a tree is missing") }).told
        == "indeterminate: a tree is missing")
  }

  @Test("very many are counted, and the first of them told")
  func many() {
    let changes = (0..<300).map { added("\($0).exe") }
    let explanation = rule(Paths.self, ["extensions": "exe"]).judge(
      matter([CommitChanges(commit: tip, changes: changes)])
    ).explanation
    #expect(explanation.findings.count == Explanation.maximumFindings)
    #expect(explanation.total == 300)
  }

  @Test("nothing to judge, and nothing known")
  func nothing() {
    let rule = rule(Paths.self, ["forbidden": "*.exe"])
    let gone = Change(path: Bytes("a.exe".utf8), kind: .deleted(entry(1)))
    #expect(
      rule.judge(matter([CommitChanges(commit: tip, changes: [gone])])).told
        == "notApplicable: 1 new commit, and no file added or changed")
    #expect(
      rule.judge(matter([] as [CommitChanges])).told
        == "notApplicable: nothing new here: every commit is on a ref that this ruleset guards"
        + " already")
    #expect(
      rule.judge(matter("refs/heads/main", .delete)).told
        == "notApplicable: a deletion brings no commits")
    #expect(
      rule.judge(matter([tip])).outcome == .indeterminate)
    #expect(
      rule.judge(
        matter(to: tip.id) {
          $0.newCommits = .known([tip])
          $0.changes = .unknown("too many paths")
        }
      ).told == "indeterminate: too many paths")
  }

  @Test("settings that are wrong")
  func wrong() {
    #expect(
      read(Paths.self).problems == [
        "`paths` forbids nothing; give it one of `forbidden`, `allowed`, `extensions`, `kinds`,"
          + " `length` or `case-clashes`"
      ])
    #expect(
      read(Paths.self, ["extensions": [".exe", "a/b"], "kinds": "files"]).problems == [
        "`.exe` is no extension; write what stands behind the dot: `exe`, `tar.gz`",
        "`a/b` is no extension; write what stands behind the dot: `exe`, `tar.gz`",
        "`kinds` takes link, submodule or executable, not the text \"files\"",
      ])
    #expect(
      read(Paths.self, ["forbidden": "a//b"]).problems == [
        "`forbidden`: the pattern `a//b` has two `/` with nothing between them"
      ])
  }
}
