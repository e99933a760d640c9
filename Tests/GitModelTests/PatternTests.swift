import GitModel
import Testing

@Suite("Patterns")
struct PatternTests {
  @Test("what a pattern matches, and what it does not", arguments: table)
  func matches(_ pattern: String, _ yes: [String], _ no: [String]) throws {
    let glob = try Glob(pattern)
    for text in yes { #expect(glob.matches(Bytes(text.utf8)), "\(pattern) should match \(text)") }
    for text in no { #expect(!glob.matches(Bytes(text.utf8)), "\(pattern) matches \(text)") }
  }

  @Test("patterns that cannot be read", arguments: faulty)
  func faults(_ pattern: String, _ words: String) {
    let fault = #expect(throws: Glob.Fault.self) { try Glob(pattern) }
    #expect(fault?.words == words)
  }

  @Test("bytes are bytes: one `?` is one byte, and composed letters stay apart")
  func bytes() throws {
    #expect(try Glob("?").matches([0xFF]))
    #expect(try !Glob("?").matches(Bytes("\u{E9}".utf8)))
    #expect(try !Glob("caf\u{E9}").matches(Bytes("cafe\u{301}".utf8)))
    #expect(try Glob("**").matches(Bytes(0...255)))
  }

  @Test("stars take linear time")
  func linear() throws {
    let clock = ContinuousClock()
    let subject = Bytes(repeating: UInt8(ascii: "a"), count: 4000)
    for pattern in [
      String(repeating: "a*", count: 40) + "b", String(repeating: "**a", count: 40) + "b",
      String(repeating: "{a,a*}", count: 6) + "b",
    ] {
      let glob = try Glob(pattern)
      let spent = clock.measure { #expect(!glob.matches(subject)) }
      #expect(spent < .seconds(20))
    }
  }

  @Test("words in braces cannot multiply without end")
  func braces() throws {
    #expect(throws: Never.self) { try Glob(String(repeating: "{a,b}", count: 6)) }
    #expect(throws: Glob.Fault.self) { try Glob(String(repeating: "{a,b}", count: 7)) }
    let clock = ContinuousClock()
    let spent = clock.measure {
      #expect(throws: Glob.Fault.self) { try Glob(String(repeating: "{a,b}", count: 5000)) }
      #expect(throws: Never.self) { try Glob(String(repeating: "{a}", count: 2000)) }
      #expect(throws: Glob.Fault.self) { try Glob(String(repeating: "{", count: 5000)) }
    }
    #expect(spent < .seconds(20))
  }

  @Test("a selection is anchored, and `!` takes out")
  func selection() throws {
    let production = try RefSelection(["main", "release/*"])
    for name in ["refs/heads/main", "refs/heads/release/1.0"] {
      #expect(production.contains(RefName(name)), "\(name)")
    }
    for name in [
      "refs/heads/main2", "refs/heads/xmain", "refs/heads/x/main", "refs/heads/release/1.0/evil",
      "refs/heads/releasex/1", "refs/heads/release", "refs/tags/main",
      "refs/heads/main/x", "main", "refs/heads/main\n", "refs/heads/Main",
      "refs/namespaces/x/refs/heads/main",
    ] {
      #expect(!production.contains(RefName(name)), "\(name)")
    }
    let work = try RefSelection(["refs/heads/**", "!main", "!release/*"])
    #expect(work.contains(RefName("refs/heads/feature/x")))
    #expect(work.contains(RefName("refs/heads/release/1/x")))
    #expect(!work.contains(RefName("refs/heads/main")))
    #expect(!work.contains(RefName("refs/heads/release/1")))
    #expect(!work.contains(RefName("refs/tags/v1")))
    #expect(try RefSelection(["!main", "**"]).contains(RefName("refs/heads/main")) == false)
    #expect(try RefSelection(["refs/tags/v*"]).contains(RefName("refs/tags/v1.0")))
  }

  @Test("a selection of nothing is a mistake", arguments: [[], ["!main"]])
  func emptySelection(_ patterns: [String]) {
    #expect(throws: Glob.Fault.self) { try RefSelection(patterns) }
  }

  @Test("a pattern without wildcards names one thing")
  func literal() throws {
    #expect(try Glob("main").isLiteral)
    #expect(try !Glob("main*").isLiteral)
    #expect(try !Glob("{a,b}").isLiteral)
    #expect(try !Glob("[a]").isLiteral)
  }
}

private let table: [(String, [String], [String])] = [
  ("main", ["main"], ["", "mai", "main2", "xmain", "Main", "main\n", "ma/in"]),
  ("*", ["", "a", "abc", "a.b"], ["/", "a/b", "/a"]),
  ("**", ["", "a", "a/b/c", "/"], []),
  ("a*b", ["ab", "axb", "abb"], ["a/b", "ax", "xab"]),
  ("a/**", ["a/", "a/b", "a/b/c"], ["a", "ab", "xa/b"]),
  ("**/b", ["/b", "a/b", "a/c/b"], ["b", "a/b/c"]),
  ("release/*", ["release/", "release/1.0"], ["release/1.0/evil", "releasex/1", "release"]),
  ("a?c", ["abc", "a.c"], ["a/c", "ac", "abbc"]),
  ("v[0-9].[0-9]*", ["v1.2", "v1.23", "v9.9-x"], ["v10.2", "va.1", "v1.", "v1.2/3"]),
  ("[!a-c]", ["d", "A", "-"], ["a", "b", "c", "/", "", "dd"]),
  ("[a-c-]", ["a", "-"], ["d"]),
  ("[-a]", ["-", "a"], ["b"]),
  ("[/]", [], ["/"]),
  ("{a,b}c", ["ac", "bc"], ["c", "abc", "a,bc"]),
  ("{a,}c", ["ac", "c"], ["bc"]),
  ("{a*,b}/{c,d}", ["ax/c", "b/d"], ["a/x/c", "b/e"]),
  ("a.b", ["a.b"], ["axb"]),
  ("a+(b)|c$^", ["a+(b)|c$^"], ["ab"]),
  ("a\\*", ["a\\", "a\\x"], ["a*"]),
]

private let faulty: [(String, String)] = [
  ("", "is empty"),
  ("a[", "has a `[` without its `]`"),
  ("a[]", "has a `[` without its `]`"),
  ("a]", "has a `]` without a `[`"),
  ("[b-a]", "has a range that runs backwards in `[ ]`"),
  ("[!]", "has an empty `[ ]`"),
  ("{a", "has a `{` without a `}`"),
  ("a}", "has a `}` without a `{`"),
  ("{a,{b}}", "has a `{` inside a `{`"),
  ("a***", "has more than two `*` in a row"),
]
