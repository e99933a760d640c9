import GitModel
import GitrelTestSupport
import Policy
import PolicyFile
import Testing

@Suite struct SecretPatternReaderTests {
  static let good = """
    version: 1
    patterns:
      - id: example-token
        description: token of the example service
        pattern: '\\b(ext_[a-z0-9]{32})\\b'
        keywords: [ext_]
        group: 1
        lines: 2
        entropy: 3.25
        allow: {values: ['ext_0+'], words: [sample]}

    """

  @Test("a file as it should be")
  func sound() throws {
    #expect(
      try SecretPatternReader.read(Bytes(Self.good.utf8), file: "s.yml") == [
        SecretPattern(
          id: "example-token", about: "token of the example service",
          expression: #"\b(ext_[a-z0-9]{32})\b"#, keywords: ["ext_"], group: 1, lines: 2,
          entropy: 3.25, allowedValues: ["ext_0+"], allowedWords: ["sample"])
      ])
  }

  @Test("docs/secrets.md: its example is read, and its table has every key")
  func document() throws {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    let bytes = try #require(contents(of: root + "/docs/secrets.md"))
    let parts = String(decoding: bytes, as: UTF8.self)
      .split(separator: "```", omittingEmptySubsequences: false)
    let example = try #require(parts.first { $0.hasPrefix("yaml\n") }).dropFirst("yaml\n".count)
    let patterns = try SecretPatternReader.read(Bytes(example.utf8), file: "secrets.md")
    #expect(patterns.map(\.id) == ["example-token"])
    let keys = [
      "id", "description", "pattern", "keywords", "group", "lines", "entropy", "allow",
    ]
    for key in keys {
      #expect(parts.contains { $0.contains("\n| `\(key)` |") }, "docs/secrets.md lacks \(key)")
    }
  }

  @Test("each mistake is told with its place", arguments: mistakes)
  func mistake(_ text: String, _ lines: [String]) {
    var told: [String] = []
    do throws(PolicyFault) {
      _ = try SecretPatternReader.read(Bytes(text.utf8), file: "s.yml")
    } catch { told = error.lines }
    #expect(told == lines)
  }

  private static func pattern(_ keys: String) -> String {
    "version: 1\npatterns:\n  - {id: x, description: d, \(keys)}\n"
  }

  static let mistakes: [(String, [String])] = [
    ("", ["s.yml:1:1: the file is empty; start with `version: 1`"]),
    (
      "version: 1\n",
      ["s.yml:1:1: there are no `patterns`; write `patterns:` and under it `- id: example-token`"]
    ),
    (
      "patterns:\n  - {id: x}\n",
      [
        "s.yml:1:1: there is no `version`; start with `version: 1`",
        "s.yml:2:5: a pattern has no `description`", "s.yml:2:5: a pattern has no `pattern`",
        "s.yml:2:5: a pattern has no `keywords`",
      ]
    ),
    (pattern("pattern: 'abc', keywords: [abc]"), []),
    (pattern("pattern: 'ABC', keywords: [abc]"), []),
    (pattern("pattern: '(?i)a(?:bc|cd)', keywords: [ABC, acd]"), []),
    (
      pattern("pattern: 'abc|xyz', keywords: [abc]"),
      [
        "s.yml:3:59: it cannot be proven that every match of `x` holds one of its keywords; name a"
          + " word for each alternative of the pattern, as it stands there"
      ]
    ),
    (
      pattern("pattern: '[a-z]{20}', keywords: [abc]"),
      [
        "s.yml:3:61: it cannot be proven that every match of `x` holds one of its keywords; name a"
          + " word for each alternative of the pattern, as it stands there"
      ]
    ),
    (
      pattern("pattern: 'abc?', keywords: [abc]"),
      [
        "s.yml:3:56: it cannot be proven that every match of `x` holds one of its keywords; name a"
          + " word for each alternative of the pattern, as it stands there"
      ]
    ),
    (
      pattern("pattern: 'abc(', keywords: [abc]"),
      [
        "s.yml:3:38: the pattern of `x` is not a regular expression that RE2 can read: missing ):"
          + " abc("
      ]
    ),
    (
      pattern("pattern: 'abc', keywords: [abc], group: 1"),
      ["s.yml:3:69: the pattern has no group 1; it has 0"]
    ),
    (
      pattern("pattern: 'abc', keywords: [a]"),
      ["s.yml:3:56: `a` is no keyword; 2 to 100 printable ASCII characters"]
    ),
    (
      pattern("pattern: 'abc', keywords: []"), ["s.yml:3:55: `keywords` is empty"]
    ),
    (
      pattern("pattern: 'abc', keywords: [abc], entropy: lots"),
      ["s.yml:3:71: `entropy` takes bits a character; a number from 0 to 8, e.g. 3.5"]
    ),
    (
      pattern("pattern: 'abc', keywords: [abc], entropy: 9"),
      ["s.yml:3:71: `entropy` takes bits a character; a number from 0 to 8, e.g. 3.5"]
    ),
    (
      pattern("pattern: 'abc', keywords: [abc], keyword: [x]"),
      ["s.yml:3:62: a pattern knows no key `keyword`; did you mean `keywords`?"]
    ),
    (
      pattern("pattern: 'abc', keywords: [abc], allow: {words: ['']}"),
      ["s.yml:3:69: an empty word under `words` allows everything"]
    ),
    (
      good + "  - {id: example-token, description: d, pattern: 'abc', keywords: [abc]}\n",
      [
        "s.yml:11:5: the pattern `example-token` stands here again; one of that id starts on line 3"
      ]
    ),
    (
      "version: 1\npatterns:\n  - {id: A b, description: d, pattern: 'abc', keywords: [abc]}\n",
      [
        "s.yml:3:10: `A b` is no id for a pattern; small ASCII letters, digits and dashes, e.g."
          + " example-token"
      ]
    ),
  ]
}
