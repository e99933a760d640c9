import GitModel
import Testing

@Suite("path patterns")
struct PathPatternTests {
  @Test("what a pattern matches, and what it does not", arguments: table)
  func matches(_ pattern: String, _ yes: [String], _ no: [String]) throws {
    let read = try PathPattern(pattern)
    for text in yes { #expect(read.matches(Bytes(text.utf8)), "\(pattern) should match \(text)") }
    for text in no { #expect(!read.matches(Bytes(text.utf8)), "\(pattern) matches \(text)") }
  }

  @Test("patterns that no path can match are mistakes", arguments: faulty)
  func faults(_ pattern: String, _ words: String) {
    let fault = #expect(throws: Glob.Fault.self) { try PathPattern(pattern) }
    #expect(fault?.words == words)
  }

  @Test("paths are bytes")
  func bytes() throws {
    #expect(try PathPattern("*.exe").matches([0xFF, 0x2F, 0x0A] + Bytes(".exe".utf8)))
    #expect(try PathPattern("?").matches([0x61, 0x2F, 0xFF]))
    #expect(try !PathPattern("caf\u{E9}").matches(Bytes("cafe\u{301}".utf8)))
  }

  @Test("a selection takes out again, wherever the `!` stands")
  func selection() throws {
    for patterns in [["*.exe", "!tools/"], ["!tools/", "*.exe"]] {
      let selection = try PathSelection(patterns)
      #expect(selection.contains(Bytes("a/b.exe".utf8)))
      #expect(selection.pattern(selecting: Bytes("a/b.exe".utf8))?.text == "*.exe")
      #expect(!selection.contains(Bytes("tools/b.exe".utf8)))
      #expect(!selection.contains(Bytes("a/tools/x/b.exe".utf8)))
      #expect(!selection.contains(Bytes("a/b.txt".utf8)))
    }
    #expect(throws: Glob.Fault.self) { try PathSelection(["!a"]) }
    #expect(throws: Glob.Fault.self) { try PathSelection([]) }
  }

  @Test("stars take linear time")
  func linear() throws {
    let path = Bytes(repeating: UInt8(ascii: "a"), count: 4000)
    let folders = Bytes(String(repeating: "a/", count: 2000).utf8)
    let run = try PathPattern(String(repeating: "a*", count: 40) + "b")
    let deep = try PathPattern(String(repeating: "**/a/", count: 40) + "b")
    let spent = ContinuousClock().measure {
      #expect(!run.matches(path))
      #expect(!deep.matches(folders))
    }
    #expect(spent < .seconds(20))
  }
}

private let table: [(String, [String], [String])] = [
  ("*.exe", ["a.exe", "x/y/a.exe", ".exe"], ["a.exe/x", "a.exes", "aexe"]),
  ("Makefile", ["Makefile", "x/Makefile"], ["makefile", "Makefile/x", "xMakefile"]),
  ("/Makefile", ["Makefile"], ["x/Makefile"]),
  ("docs/**", ["docs/a", "docs/a/b"], ["docs", "x/docs/a", "docsx/a"]),
  ("docs/*", ["docs/a"], ["docs/a/b", "docs"]),
  ("vendor/", ["vendor/a", "vendor/a/b", "x/vendor/a"], ["vendor", "x/vendor", "xvendor/a"]),
  ("/vendor/", ["vendor/a"], ["x/vendor/a", "vendor"]),
  ("a/vendor/", ["a/vendor/b", "a/vendor/b/c"], ["x/a/vendor/b", "vendor/b"]),
  ("**", ["a", "a/b/c"], []),
  ("**/a", ["a", "x/a", "x/y/a"], ["xa", "x/ya", "a/b"]),
  ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a/xb", "ab", "xa/b", "a/b/c"]),
  ("a**/b", ["a/b", "ax/b", "ax/y/b"], ["b", "xa/b"]),
  ("**/a/**/*.c", ["a/x.c", "y/a/x.c", "y/a/z/x.c"], ["x.c", "ya/x.c"]),
  ("[a-c]/?", ["a/x"], ["d/x", "a/xy", "x/a/x"]),
  ("*.{exe,dll}", ["a.exe", "x/a.dll"], ["a.txt"]),
  ("{docs/,/top,name}", ["docs/x", "y/docs/x", "top", "name", "x/name"], ["docs", "x/top"]),
  ("a+(b)|c$^", ["a+(b)|c$^"], ["ab"]),
]

private let faulty: [(String, String)] = [
  ("", "is empty"),
  ("/", "is empty"),
  ("//", "is empty"),
  ("{a,}", "is empty"),
  ("a//b", "has two `/` with nothing between them"),
  ("//a", "has two `/` with nothing between them"),
  ("./a", "has a part `.`, which no path has"),
  ("a/../b", "has a part `..`, which no path has"),
  ("a[", "has a `[` without its `]`"),
  ("a***", "has more than two `*` in a row"),
]
