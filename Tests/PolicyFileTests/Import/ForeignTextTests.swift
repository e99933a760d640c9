import GitModel
import Policy
import Testing

@testable import PolicyFile

@Suite("regular expressions of other systems")
struct ForeignRegexTests {
  @Test("as globs, where those can say the same", arguments: globbed)
  func asGlobs(_ pattern: String, _ globs: [String]?) {
    #expect(ForeignRegex(pattern)?.globs() == globs)
  }

  static let globbed: [(String, [String]?)] = [
    ("^config/.*$", ["config/**"]), ("^config/", ["config/**"]), (#"\.exe$"#, ["**.exe"]),
    ("(jar|exe)$", ["**jar", "**exe"]), ("secret", ["**secret**"]),
    ("^(master|release/.*)$", ["master", "release/**"]), ("^a[^/]*/b$", ["a*/b"]),
    ("^a[^/]+$", ["a?*"]), ("^v[0-9]$", ["v[0-9]"]), (#"^v\d$"#, ["v[0-9]"]),
    ("^a?b$", ["ab", "b"]), ("^[^x]y$", ["[!x]y"]), ("^(?:a|b)c", ["ac**", "bc**"]),
    ("^a.+$", ["a?**", "a/**"]), ("^a.b$", ["a?b", "a/b"]), ("^r/.+$", ["r/?**"]), (".*", ["**"]),
    // More than a glob can say.
    ("a+", nil), ("^(?!x)", nil), ("(?i)x", nil), (#"\bx"#, nil), ("a{2}", nil), ("[0-9]+", nil),
    ("a$b", nil), ("(", nil), ("[", nil), ("a)", nil), ("*", nil), (#"\{x\}"#, nil),
    (String(repeating: "(a|b)", count: 7), nil), (String(repeating: "(", count: 200), nil),
  ]

  @Test("a glob and its expression are found in the same texts", arguments: globbed)
  func agree(_ pattern: String, _ globs: [String]?) throws {
    guard let globs else { return }
    let expression = try TextPattern(pattern)
    let patterns = try globs.map { try Glob($0) }
    for text in [
      "config/a/b", "config", "xconfig/a", "a.exe", "b/a.exe", "axexe", "a.jar", "my/secret/x",
      "master", "master2", "release/1/2", "ab", "b", "xab", "ax/b", "a/x/b", "v1", "v12", "v",
      "ac", "bcd", "a", "ayx", "xy", "zy",
    ] {
      let bytes = Bytes(text.utf8)
      #expect(
        patterns.contains { $0.matches(bytes) } == expression.isFound(in: bytes),
        "\(pattern) and \(text)")
    }
  }

  @Test("the domains that an expression over addresses lets through", arguments: addresses)
  func asDomains(_ pattern: String, _ domains: [String]?) {
    #expect(ForeignRegex(pattern)?.domains == domains)
  }

  static let addresses: [(String, [String]?)] = [
    (#"@example\.com$"#, ["example.com"]), ("^.*@example.com$", ["example.com"]),
    (#"^[A-Za-z0-9.]+@(a|b)\.example\.com$"#, ["a.example.com", "b.example.com"]),
    (#"^(?:.*@Example\.com)$"#, ["example.com"]),
    // Not the domain alone, or not the whole of it.
    (#"@example\.com"#, nil), (#"^alice@example\.com$"#, nil), (#"example\.com$"#, nil),
    (#"@.*\.com$"#, nil), ("@localhost$", nil), (#"^@example\.com$"#, nil), ("a|b", nil),
  ]

  @Test("an expression that matches the whole of what another is found in", arguments: wholes)
  func whole(_ pattern: String, _ whole: String) throws {
    #expect(RegexText.whole(found: pattern) == whole)
    let found = try TextPattern(pattern)
    let all = try TextPattern(whole)
    for text in ["a", "ab", "xa", "xab", "b", "a$", "", "a\nb", "(a|b)"] {
      let bytes = Bytes(text.utf8)
      #expect(found.isFound(in: bytes) == all.matchesAll(of: bytes), "\(pattern) and \(text)")
    }
  }

  static let wholes: [(String, String)] = [
    ("^a$", "a"), ("^a", "a(?s:.*)"), ("a$", "(?s:.*)a"), ("a", "(?s:.*)a(?s:.*)"),
    ("^a|b$", "(?s:.*)(?:^a|b$)(?s:.*)"), ("^(a|b)$", "(a|b)"),
    (#"a\$"#, #"(?s:.*)(?:a\$)(?s:.*)"#),
  ]

  @Test("a literal is quoted whole")
  func quoted() throws {
    let text = #"a.b*c(d)[e]{f}^$|\?+"#
    let pattern = try TextPattern(RegexText.quoted(text))
    #expect(pattern.matchesAll(of: Bytes(text.utf8)))
    #expect(!pattern.matchesAll(of: Bytes("axb".utf8)))
  }
}

@Suite("patterns of other systems")
struct ForeignGlobTests {
  @Test("refs of GitHub", arguments: refPatterns)
  func refOf(_ pattern: String, _ text: String?, _ matched: [String], _ not: [String]) throws {
    let found = ForeignGlob.ref(pattern)
    #expect(found?.text == text)
    guard let text else { return }
    let selection = try RefSelection([text])
    for name in matched { #expect(selection.contains(RefName(name)), "\(text) and \(name)") }
    for name in not { #expect(!selection.contains(RefName(name)), "\(text) and \(name)") }
  }

  static let refPatterns: [(String, String?, [String], [String])] = [
    ("refs/heads/main", "main", ["refs/heads/main"], ["refs/heads/main2", "refs/tags/main"]),
    ("refs/heads/dev*", "dev*", ["refs/heads/dev1"], ["refs/heads/dev/1"]),
    (
      "refs/heads/release/**/*", "release/**", ["refs/heads/release/1", "refs/heads/release/1/2"],
      ["refs/heads/release"]
    ),
    (
      "refs/heads/**/hot", "{,**/}hot", ["refs/heads/hot", "refs/heads/a/b/hot"],
      ["refs/heads/xhot"]
    ),
    ("refs/heads/qa**", "qa*", ["refs/heads/qa1"], ["refs/heads/qa/1"]),
    ("refs/tags/v[^0]", "refs/tags/v[!0]", ["refs/tags/v1"], ["refs/tags/v0"]),
    ("refs/heads/refs/heads/x", "refs/heads/refs/heads/x", ["refs/heads/refs/heads/x"], []),
    ("refs/heads/{a,b}", nil, [], []), (#"refs/heads/a\*"#, nil, [], []),
    ("refs/heads/[", nil, [], []),
    ("", nil, [], []),
  ]

  @Test("paths of GitHub's push rules", arguments: pathPatterns)
  func pathOf(_ pattern: String, _ text: String?) {
    #expect(ForeignGlob.path(pattern)?.text == text)
  }

  static let pathPatterns: [(String, String?)] = [
    ("test/demo/**/*", "test/demo/**"), ("**/.env", ".env"), ("**/.env.*", ".env.*"),
    ("secrets/", "secrets/"), ("a/**/b", "a/**/b"), ("*.key", "*.key"), ("**/a/b", "**/a/b"),
    ("!x", nil), ("{a}", nil), ("a//b", nil),
  ]

  @Test("patterns of CODEOWNERS", arguments: ownedPatterns)
  func ownedBy(_ pattern: String, _ patterns: [String]?, _ matched: [String], _ not: [String])
    throws
  {
    let found = ForeignGlob.owned(pattern, isAnywhere: false)
    #expect(found == patterns)
    guard let found else { return }
    let selection = try PathSelection(found)
    for path in matched { #expect(selection.contains(Bytes(path.utf8)), "\(pattern) and \(path)") }
    for path in not { #expect(!selection.contains(Bytes(path.utf8)), "\(pattern) and \(path)") }
  }

  static let ownedPatterns: [(String, [String]?, [String], [String])] = [
    ("*", ["**"], ["a", "a/b"], []),
    ("*.js", ["*.js"], ["a.js", "x/a.js"], ["a.jsx"]),
    ("/build/logs/", ["build/logs/"], ["build/logs/a", "build/logs/a/b"], ["x/build/logs/a"]),
    ("docs/*", ["docs/*"], ["docs/a.md"], ["docs/a/b.md", "x/docs/a.md"]),
    ("apps/", ["apps/"], ["apps/x", "a/apps/x/y"], ["apps"]),
    ("/docs/", ["/docs/"], ["docs/x/y"], ["a/docs/x"]),
    ("pkg/bytes", ["pkg/bytes", "pkg/bytes/"], ["pkg/bytes", "pkg/bytes/x"], ["a/pkg/bytes"]),
    ("DEPS", ["DEPS", "DEPS/"], ["DEPS", "a/DEPS", "a/DEPS/b"], ["XDEPS"]),
    ("/README.md", ["/README.md"], ["README.md"], ["a/README.md"]),
    ("**/logs", ["logs", "logs/"], ["logs", "a/logs", "a/logs/b"], ["xlogs"]),
    ("/docs/**", ["docs/**"], ["docs/a", "docs/a/b"], ["docs"]),
    ("a/**/b.c", ["a/**/b.c"], ["a/b.c", "a/x/y/b.c"], ["b.c"]),
    ("!x", nil, [], []), ("[a]", nil, [], []), ("{a}", nil, [], []), ("a//b", nil, [], []),
    ("***", nil, [], []), ("//", nil, [], []),
  ]

  @Test("in GitLab's, a path with a slash inside may start in any folder")
  func gitlab() throws {
    let found = try #require(ForeignGlob.owned("docs/api.md", isAnywhere: true))
    #expect(found == ["**/docs/api.md"])
    #expect(try PathSelection(found).contains(Bytes("x/docs/api.md".utf8)))
    #expect(ForeignGlob.owned("/docs/api.md", isAnywhere: true) == ["docs/api.md"])
  }
}

@Suite("JSON of other systems")
struct JSONReaderTests {
  private func root(_ text: String) -> (value: SettingsNode.Value?, problem: String?) {
    let problems = ProblemList()
    let root = JSONReader.root(of: Bytes(text.utf8), problems: problems)
    let problem = problems.problems.first.map { problem in
      "\(problem.position.line):\(problem.position.column): \(problem.text)"
        + (problem.hint.map { "; \($0)" } ?? "")
    }
    return (root?.value, problem)
  }

  @Test("values", arguments: values)
  func value(_ text: String, _ value: SettingsNode.Value) {
    #expect(root(text).value == value)
    #expect(root(text).problem == nil)
  }

  static let values: [(String, SettingsNode.Value)] = [
    ("null", .absent), (" true\n", .scalar("true", isQuoted: false)),
    ("-1.5e3", .scalar("-1.5e3", isQuoted: false)), (#""true""#, .scalar("true", isQuoted: true)),
    (#""a\"\\\/\b\f\n\r\tA""#, .scalar("a\"\\/\u{8}\u{C}\n\r\tA", isQuoted: true)),
    (#""\ud83d\ude00""#, .scalar("\u{1F600}", isQuoted: true)), ("[]", .list([])), ("{}", .map([])),
    ("\u{FEFF}[]", .list([])), ("\t[\t]", .list([])),
  ]

  @Test("places are those of the file, columns in characters")
  func places() {
    let text = "{\n  \"\u{E9}\": [1,\n    \"x\"]\n}"
    let place = Position(line: 2, column: 3)
    #expect(
      root(text).value
        == .map([
          SettingsNode.Entry(
            key: "\u{E9}", position: place,
            node: SettingsNode(
              .list([
                SettingsNode(.scalar("1", isQuoted: false), at: Position(line: 2, column: 9)),
                SettingsNode(.scalar("x", isQuoted: true), at: Position(line: 3, column: 5)),
              ]), at: Position(line: 2, column: 8)))
        ]))
  }

  @Test("what is wrong, with its place", arguments: problems)
  func problem(_ text: String, _ problem: String) {
    #expect(root(text).problem == problem)
    #expect(root(text).value == nil)
  }

  static let problems: [(String, String)] = [
    ("", "1:1: this is not JSON: the file ends where a value should stand"),
    ("{\n  \"a\": 1,\n}", "3:1: this is not JSON: a `,` stands before the `}`"),
    ("[1,]", "1:4: this is not JSON: a `,` stands before the `]`"),
    ("[1 2]", "1:4: this is not JSON: `2` stands where a `,` or `]` should stand"),
    (#"{"a" 1}"#, "1:6: this is not JSON: `1` stands where a `:` should stand"),
    (
      "{a: 1}", "1:2: this is not JSON: `a` stands where a name in double quotes should stand"
    ),
    (
      "['x']",
      "1:2: this is not JSON: `'` stands where a value should stand; JSON writes text in double quotes"
    ),
    (
      "[# x\n]",
      "1:2: this is not JSON: `#` stands where a value should stand;"
        + " JSON has no comments: take them out"
    ),
    (
      "{\"id\": integration ID}",
      "1:8: this is not JSON: `integration` is no value; text stands in double quotes"
    ),
    ("[+1]", "1:2: this is not JSON: `+1` is no value; text stands in double quotes"),
    ("\"a\nb\"", "1:1: this is not JSON: the text that starts here does not end on its line"),
    ("\"a", "1:1: this is not JSON: the text that starts here does not end"),
    (#""\x""#, #"1:3: this is not JSON: `\x` is no escape"#),
    (#""\ud83d""#, "1:3: this is not JSON: half a surrogate pair"),
    (#""\ud83dA""#, "1:3: this is not JSON: half a surrogate pair"),
    ("[] []", "1:4: this is not JSON: something stands behind the JSON document"),
    (
      String(repeating: "[", count: 100),
      "1:65: this is not JSON: it is nested deeper than 64 levels"
    ),
    ("[\u{1}]", "1:2: the file holds the control character 0x1"),
  ]
}

@Suite("YAML of other systems")
struct LenientYAMLTests {
  private func read(_ text: String, _ mode: YAMLReader.Mode) -> (SettingsNode?, [String]) {
    let problems = ProblemList()
    let root = YAMLReader.root(of: Bytes(text.utf8), mode: mode, problems: problems)
    return (root, problems.problems.map(\.text))
  }

  @Test("aliases, merge keys, tags and a key twice mean what YAML says")
  func lenient() throws {
    let text = """
      \u{FEFF}base: &base {a: 1, b: 2}
      copy: *base
      both:
        <<: *base
        b: 3
      tagged: !!str 5
      base2: 1
      base2: 2
      """
    let (root, problems) = read(text, .lenient)
    #expect(problems == [])
    guard case .map(let entries)? = root?.value else {
      Issue.record("no map")
      return
    }
    func texts(_ node: SettingsNode) -> [String] {
      guard case .map(let inner) = node.value else { return [] }
      return inner.map { entry in
        if case .scalar(let text, _) = entry.node.value {
          "\(entry.key)=\(text)"
        } else {
          entry.key
        }
      }
    }
    #expect(entries.map(\.key) == ["base", "copy", "both", "tagged", "base2", "base2"])
    #expect(texts(entries[1].node) == ["a=1", "b=2"])
    #expect(texts(entries[2].node) == ["a=1", "b=3"])
    #expect(entries[3].node.value == .scalar("5", isQuoted: false))
  }

  @Test("a policy takes none of them", arguments: strict)
  func strictly(_ text: String, _ problem: String) { #expect(read(text, .strict).1 == [problem]) }

  static let strict: [(String, String)] = [
    ("a: &x 1\n", "anchors (`&name`) are not read"), ("a: *x\n", "aliases (`*name`) are not read"),
    ("a: !!str 1\n", "tags (`!name`) are not read"), ("<<: {}\n", "merge keys (`<<`) are not read"),
    ("a: 1\na: 2\n", "`a` stands here again"),
    ("\u{FEFF}a: 1\n", "the file starts with a byte order mark"),
  ]

  @Test("what is wrong for both")
  func wrong() {
    #expect(read("a: *x\n", .lenient).1 == ["there is no anchor `&x` before this"])
    #expect(
      read(String(repeating: "[", count: 40), .lenient).1 == ["nested deeper than 32 levels"])
    // An anchor within itself is not there yet.
    #expect(read("a: &x [*x]\n", .lenient).1 == ["there is no anchor `&x` before this"])
  }
}
