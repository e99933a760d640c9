import GitModel
import Policy
import Testing

@Suite("reading settings")
struct SettingsReaderTests {
  private enum Size: String, CaseIterable { case small, large, huge }

  private func problems(_ settings: Setting, _ ask: (SettingsReader) -> Void) -> [String] {
    let list = ProblemList()
    let reader = SettingsReader(settings.node(), name: "thing", problems: list)
    ask(reader)
    reader.finish()
    return list.problems.map {
      "\($0.position.line): \($0.text)" + ($0.hint.map { "; \($0)" } ?? "")
    }
  }

  /// The text that a key holds, nil with any problem.
  private func text(_ value: Setting) -> String? {
    var text: String?
    return problems(["text": value]) { text = $0.text("text") }.isEmpty ? text : nil
  }

  @Test("what is right is read")
  func right() {
    let settings: Setting = [
      "text": "a", "number": 7, "flag": false, "choice": "huge", "list": ["a", "b"], "one": "a",
      "refs": ["main", "!x"], "pattern": "a+", "map": ["k": "v"], "nothing": .absent,
    ]
    let problems = problems(settings) { reader in
      #expect(reader.text("text") == "a")
      #expect(reader.integer("number", in: 1...9) == 7)
      #expect(reader.flag("flag") == false)
      #expect(reader.choice("choice") == Size.huge)
      #expect(reader.texts("list") == ["a", "b"])
      #expect(reader.texts("one") == ["a"])
      #expect(reader.refs("refs")?.patterns == ["main", "!x"])
      #expect(reader.pattern("pattern")?.text == "a+")
      #expect(reader.entries("map").map(\.key) == ["k"])
      #expect(reader.entries("nothing").isEmpty)
      #expect(reader.text("missing") == nil && reader.integer("missing", in: 0...1) == nil)
      #expect(reader.flag("missing") == nil && reader.texts("missing") == nil)
    }
    #expect(problems == [])
  }

  @Test(
    "plain words that YAML does not read as text",
    arguments: [
      ("NO", "a truth value"), ("y", "a truth value"), ("On", "a truth value"),
      ("true", "a truth value"), ("010", "a number"), ("7", "a number"), ("-7", "a number"),
      ("1_000", "a number"), ("0b10", "a number"), ("0x1F", "a number"), ("2.0", "a number"),
      ("1e5", "a number"), (".5", "a number"), (".inf", "a number"),
      ("1:30", "a number to the base of 60"), ("12:30", "a number to the base of 60"),
    ])
  func implicit(_ word: String, _ meaning: String) {
    #expect(
      problems(["text": .plain(word)]) { _ = $0.text("text") } == [
        "1: `text` takes text, and YAML reads `\(word)` as \(meaning); write it in quotes: \"\(word)\""
      ])
    #expect(text(.quoted(word)) == word)
  }

  @Test("nothing is no text", arguments: ["~", "null", "Null"])
  func nothing(_ word: String) {
    #expect(
      problems(["text": .plain(word)]) { _ = $0.text("text") } == [
        "1: `text` takes text, and YAML reads `\(word)` as nothing; leave the key out, or write the"
          + " text in quotes"
      ])
  }

  @Test(
    "plain words that are text",
    arguments: [
      "main", "09:00-16:00", "2026-12-18T17:00", "1.4.0", "-", "+", "v1", "nope", "a:b", "*",
    ])
  func isText(_ word: String) {
    #expect(text(.plain(word)) == word)
  }

  @Test(
    "numbers are plain decimals",
    arguments: [
      "010", "1:30", "0b10", "0x10", "2.0", "1_000", "+2", "-2", "2 ", "", "two", "1e3",
      "9223372036854775808", "\u{0662}",
    ])
  func numbers(_ word: String) {
    #expect(
      problems(["number": .plain(word)]) { _ = $0.integer("number", in: 0...100) } == [
        "1: `number` takes a whole number, not `\(word)`; write it in plain decimal, e.g. 2"
      ])
  }

  @Test("wrong kinds")
  func kinds() {
    let told = problems([
      "number": "2", "range": 12, "flag": "true", "other": 1, "choice": "hugh", "list": [:],
      "map": ["a"], "text": ["a"], "nothing": .absent,
    ]) { reader in
      _ = reader.integer("number", in: 0...9)
      _ = reader.integer("range", in: 0...9)
      _ = reader.flag("flag")
      _ = reader.flag("other")
      let size: Size? = reader.choice("choice")
      #expect(size == nil)
      _ = reader.texts("list")
      _ = reader.entries("map")
      _ = reader.text("text")
      _ = reader.text("nothing")
    }
    #expect(
      told == [
        "1: `number` takes a whole number, not the text \"2\"; leave the quotes out",
        "2: `range` takes a number from 0 to 9, not 12",
        "3: `flag` takes true or false, not the text \"true\"; leave the quotes out",
        "4: `other` takes true or false, not `1`",
        "5: `choice` takes small, large or huge, not the text \"hugh\"; did you mean `huge`?",
        "6: `list` takes a list, not a map",
        "7: `map` takes a map, not a list",
        "8: `text` takes text, not a list",
        "9: `nothing` takes text, not nothing",
      ])
  }

  @Test("keys that nobody asked for")
  func unknown() {
    #expect(
      problems(["siez": 1, "colour": 2]) { _ = $0.node("size") } == [
        "1: `thing` knows no key `siez`; did you mean `size`?",
        "2: `thing` knows no key `colour`; it knows size",
      ])
    #expect(
      problems(["size": 1]) { _ in } == ["1: `thing` takes no settings, and `size` is one"])
    #expect(
      problems(["a"]) { _ = $0.node("size") } == [
        "1: `thing` takes a map of settings, not a list; write `thing:` alone, or `thing: {key:"
          + " value}`"
      ])
  }

  @Test("what somebody wrote is cut and never raw")
  func hostile() {
    let novel = String(repeating: "a", count: 100_000)
    let told = problems([novel: 1, "e\u{1B}[2J": 1]) { _ = $0.node("x") }
    #expect(told.allSatisfy { $0.utf8.count < 200 })
    #expect(told.last == "2: `thing` knows no key `e\\u{1b}[2J`; it knows x")
    #expect(
      problems(["x": .plain(novel)]) { _ = $0.integer("x", in: 0...1) }.allSatisfy {
        $0.utf8.count < 200
      })
  }

  @Test("no more problems are kept than anybody reads")
  func many() {
    let list = ProblemList()
    for line in 1...1000 {
      list.add(line > 100 ? words() : "x", at: Position(line: line, column: 1))
    }
    #expect(list.problems.count == ProblemList.maximumCount)
    #expect(list.left == 900)
    func words() -> String {
      Issue.record("the words of a problem that is not kept were made")
      return ""
    }
  }

  @Test(
    "patterns of refs that could guard nothing",
    arguments: [
      (
        "heads/main",
        "`refs`: `heads/main` means branches called refs/heads/heads/main; did you mean `refs/heads/main`?"
      ),
      (
        "tags/v*",
        "`refs`: `tags/v*` means branches called refs/heads/tags/v*; did you mean `refs/tags/v*`?"
      ),
      (
        "!tags/v*",
        "`refs`: `!tags/v*` means branches called refs/heads/tags/v*; did you mean `!refs/tags/v*`?"
      ),
      (
        "ref/heads/x",
        "`refs`: `ref/heads/x` means branches called refs/heads/ref/heads/x; did you mean `refs/heads/x`?"
      ),
    ])
  func refs(_ pattern: String, _ told: String) {
    #expect(
      problems(["refs": ["main", .quoted(pattern)]]) { _ = $0.refs("refs") } == ["1: \(told)"])
  }
}
