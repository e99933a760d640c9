import GitModel
import Policy
import Testing

@Suite("reading path patterns and sizes")
struct PathSettingsTests {
  private func problems(_ settings: Setting, _ ask: (SettingsReader) -> Void) -> [String] {
    let list = ProblemList()
    let reader = SettingsReader(settings.node(), name: "thing", problems: list)
    ask(reader)
    reader.finish()
    return list.problems.map { $0.text + ($0.hint.map { "; \($0)" } ?? "") }
  }

  @Test("patterns")
  func paths() {
    let problems = problems(["one": "*.exe", "some": ["docs/**", "!docs/x"]]) { reader in
      #expect(reader.paths("one")?.patterns == ["*.exe"])
      #expect(reader.paths("some")?.selection.contains(Bytes("docs/a".utf8)) == true)
      #expect(reader.paths("some")?.selection.contains(Bytes("docs/x".utf8)) == false)
      #expect(reader.paths("none") == nil)
    }
    #expect(problems == [])
  }

  @Test(
    "patterns that are wrong",
    arguments: [
      ([], "`paths` is empty; write `paths: [\"*.exe\", \"vendor/\"]`"),
      (["!a"], "`paths` selects nothing: every pattern starts with `!`"),
      (["a", "!b//c"], "`paths`: the pattern `!b//c` has two `/` with nothing between them"),
      ([7], "`paths` takes text, and YAML reads `7` as a number; write it in quotes: \"7\""),
    ] as [(Setting, String)])
  func wrongPaths(_ value: Setting, _ words: String) {
    var isRead = false
    let problems = problems(["paths": value]) { isRead = $0.paths("paths") != nil }
    #expect(problems == [words] && !isRead)
  }

  @Test(
    "sizes",
    arguments: [
      ("100B", 100), ("500kB", 500_000), ("5MB", 5_000_000), ("5MiB", 5 << 20), ("64KiB", 65536),
      ("2GB", 2_000_000_000), ("1GiB", 1 << 30),
    ])
  func sizes(_ text: String, _ bytes: Int) {
    let problems = problems(["size": .plain(text)]) { reader in
      #expect(reader.size("size", in: 1...(4 << 30)) == bytes)
    }
    #expect(problems == [])
  }

  @Test(
    "what is no size",
    arguments: ["5", "5mb", "MB", "5 MB", "05MB", "-5MB", "5.5MB", "5KB", "1234567890B", "٣MB"])
  func noSizes(_ text: String) {
    var size: Int?
    let problems = problems(["size": .plain(text)]) { size = $0.size("size", in: 1...9) }
    #expect(
      problems == [
        "`size` takes a size, not `\(text)`; write a whole number and one of B, kB, KiB, MB, MiB, GB"
          + " or GiB, e.g. 5MB"
      ])
    #expect(size == nil)
  }

  @Test("sizes out of range")
  func range() {
    #expect(
      problems(["size": .plain("5MB")]) { _ = $0.size("size", in: 1...65536) }
        == ["`size` takes a size from 1B to 64KiB, not 5MB"])
    #expect(
      problems(["size": "5MB"]) { _ = $0.size("size", in: 1...9) }.first?.hasPrefix(
        "`size` takes a size, not the text \"5MB\"") == true)
  }
}
