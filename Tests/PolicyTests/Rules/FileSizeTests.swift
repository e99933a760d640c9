import GitModel
import Policy
import Testing

@Suite("file-size")
struct FileSizeTests {
  private let tip = commit(0xaa, "Add a film")

  private func judged(_ settings: Setting, _ path: String, _ size: Int) -> Verdict {
    rule(FileSize.self, settings).judge(
      matter([CommitChanges(commit: tip, changes: [added(path)])]) {
        $0.sizes = .known([id(0xb10b): size])
      })
  }

  @Test("a file that is too large")
  func tooLarge() {
    #expect(
      judged(["maximum": .plain("5MB")], "film.mp4", 7_340_032).told == """
        violated: 1 of 1 new commit has files that are too large
        - 00000aa Add a film: `film.mp4` has 7MiB (7340032 bytes), at most 5MB
        fix: git rm --cached film.mp4 && git commit --amend --allow-empty --no-edit
        """)
    #expect(
      judged(["maximum": .plain("5MB")], "film.mp4", 5_000_001).explanation.findings.first?.detail
        == "`film.mp4` has 5.0 MB (5000001 bytes), at most 5MB")
    #expect(
      judged(["maximum": .plain("5MB")], "film.mp4", 5_000_000).told
        == "satisfied: 1 file added or changed, the largest of 5MB")
    #expect(
      judged(["maximum": .plain("1B")], "film.mp4", 0).told
        == "satisfied: 1 file added or changed, the largest of 0B")
  }

  @Test("the first pattern that matches a path decides, and `exclude` before it", arguments: table)
  func patterns(_ path: String, _ limit: String?) {
    let settings: Setting = [
      "maximum": .plain("1kB"),
      "paths": ["*.png": .plain("2kB"), "docs/": .plain("3kB"), "/x": .plain("4kB")],
      "exclude": ["films/", "!films/short.mp4"],
    ]
    let verdict = judged(settings, path, 10_000)
    guard let limit else {
      #expect(
        verdict.told == "notApplicable: no file was added or changed at a path that has a limit")
      return
    }
    #expect(
      verdict.explanation.findings.map(\.detail)
        == ["`\(path)` has 10kB (10000 bytes), at most \(limit)"])
  }

  static let table: [(String, String?)] = [
    ("a", "1kB"), ("a.png", "2kB"), ("docs/a.png", "2kB"), ("docs/a", "3kB"), ("x", "4kB"),
    ("y/x", "1kB"), ("films/a.png", nil), ("films/short.mp4", "1kB"),
  ]

  @Test("submodules have no size, and a size that is not known is not small")
  func unknown() {
    let rule = rule(FileSize.self, ["maximum": .plain("5MB")])
    #expect(rule.needs == Needs([.newCommits, .changes, .sizes]))
    let module = [CommitChanges(commit: tip, changes: [added("m", mode: 0o160000)])]
    #expect(rule.judge(matter(module) { $0.sizes = .known([:]) }).outcome == .notApplicable)
    let link = [CommitChanges(commit: tip, changes: [added("l", mode: 0o120000)])]
    #expect(
      rule.judge(matter(link) { $0.sizes = .known([:]) }).told
        == "indeterminate: the size of `l` in 00000aa is not known")
    #expect(
      rule.judge(matter(link) { $0.sizes = .unknown("a blob is missing") }).told
        == "indeterminate: a blob is missing")
    #expect(rule.judge(matter(link)).outcome == .indeterminate)
  }

  @Test("settings that are wrong")
  func wrong() {
    #expect(
      read(FileSize.self).problems == [
        "`file-size` has neither `maximum` nor `paths`; write `file-size: {maximum: 5MB}`"
      ])
    #expect(
      read(FileSize.self, ["maximum": 5]).problems == [
        "`maximum` takes a size, not `5`; write a whole number and one of B, kB, KiB, MB, MiB, GB or"
          + " GiB, e.g. 5MB"
      ])
    #expect(
      read(FileSize.self, ["paths": ["!a": .plain("5MB"), "b//c": .plain("1B")]]).problems == [
        "`paths`: `!a` takes nothing out; write it under `exclude`, without the `!`",
        "`paths`: the pattern `b//c` has two `/` with nothing between them",
      ])
  }
}
