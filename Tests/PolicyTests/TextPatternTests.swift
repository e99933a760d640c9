import GitModel
import Policy
import Testing

@Suite("regular expressions")
struct TextPatternTests {
  @Test("whole and part")
  func matching() throws {
    let pattern = try TextPattern("a|bc")
    #expect(pattern.matchesAll(of: Bytes("bc".utf8)))
    // Anchored round the whole of it, not round one alternative.
    #expect(!pattern.matchesAll(of: Bytes("ab".utf8)))
    #expect(!pattern.matchesAll(of: Bytes("bc\n".utf8)))
    #expect(pattern.isFound(in: Bytes("xbcx".utf8)))
    #expect(!pattern.isFound(in: Bytes("xcx".utf8)))
    #expect(try TextPattern("x*").matchesAll(of: Bytes()))
    #expect(try TextPattern("a").matchesAll(of: Bytes("xax".utf8)[1..<2]))
  }

  @Test("what matches, from left to right")
  func finding() throws {
    func found(_ pattern: String, _ text: String) throws -> [String] {
      try TextPattern(pattern).matches(in: Bytes(text.utf8)).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    #expect(try found("[A-Z]+-[0-9]+", "A-1, B-22 and c-3") == ["A-1", "B-22"])
    #expect(try found("aa", "aaaaa") == ["aa", "aa"])
    #expect(try found("^a|\\bb", "aab b") == ["a", "b"])
    #expect(try found("a*", "baab") == ["aa"])
    #expect(try found("x", "") == [])
    #expect(try TextPattern("b").matches(in: Bytes("abab".utf8)[1...]).map(\.startIndex) == [0, 2])
    let many = Bytes(repeating: UInt8(ascii: "a"), count: 5000)
    #expect(try TextPattern("a").matches(in: many).count == TextPattern.matchLimit)
  }

  @Test("patterns that explode elsewhere take linear time")
  func hostile() throws {
    let text = Bytes(repeating: UInt8(ascii: "a"), count: 100_000) + [UInt8(ascii: "!")]
    let clock = ContinuousClock()
    for hostile in ["(a+)+$", "(a|aa)+$", "(.*a){20}$", "(a*)*b"] {
      let pattern = try TextPattern(hostile)
      let spent = clock.measure {
        #expect(!pattern.matchesAll(of: text))
        #expect(!pattern.isFound(in: text))
      }
      #expect(spent < .seconds(20), "\(hostile)")
    }
  }

  @Test("bytes that are no UTF-8 match no character, and hide nothing beside them")
  func invalidUTF8() throws {
    let bytes = Bytes("WIP ".utf8) + [0xFF, 0xC3]
    #expect(try !TextPattern(".*").matchesAll(of: bytes))
    #expect(try TextPattern("WIP").isFound(in: bytes))
    #expect(try TextPattern("WIP").isFound(in: [0xC3] + bytes))
    #expect(try TextPattern(".").matchesAll(of: Bytes("\u{E9}".utf8)))
    #expect(try !TextPattern(".").matchesAll(of: [0xE9]))
  }

  @Test("only what is written matches: the Kelvin sign is a k for (?i) alone")
  func kelvin() throws {
    let kelvin = Bytes("\u{212A}".utf8)
    #expect(try !TextPattern("[a-zA-Z]").matchesAll(of: kelvin))
    #expect(try !TextPattern("k|K").matchesAll(of: kelvin))
    #expect(try !TextPattern("\\w").matchesAll(of: kelvin))
    #expect(try TextPattern("(?i)k").matchesAll(of: kelvin))
    #expect(try !TextPattern("[0-9]|\\d").matchesAll(of: Bytes("\u{0663}".utf8)))
  }

  @Test("NUL is a byte like any other")
  func zero() throws {
    #expect(try !TextPattern("a").matchesAll(of: [UInt8(ascii: "a"), 0]))
    #expect(try TextPattern("a\u{0}b").matchesAll(of: [UInt8(ascii: "a"), 0, UInt8(ascii: "b")]))
  }

  @Test(
    "what cannot be read",
    arguments: [
      ("", "is empty"),
      ("(", "is not a regular expression that RE2 can read: missing ): ("),
      ("(?=a)", "is not a regular expression that RE2 can read: invalid perl operator: (?="),
      ("(a)\\1", "is not a regular expression that RE2 can read: invalid escape sequence: \\1"),
      ("a**", "is not a regular expression that RE2 can read: bad repetition operator: **"),
      (
        "(((a{100}){100}){100}){100}",
        "is not a regular expression that RE2 can read: invalid repetition size: {100}"
      ),
    ])
  func faults(_ text: String, _ words: String) {
    let fault = #expect(throws: TextPattern.Fault.self) { try TextPattern(text) }
    #expect(fault?.words == words)
  }
}
