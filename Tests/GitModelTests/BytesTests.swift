import GitModel
import Testing

@Suite("Bytes")
struct BytesTests {
  @Test(
    "nothing pushed moves a cursor",
    arguments: [
      ("", ""), ("plain ~", "plain ~"), ("Grüße, 世界 🚀", "Grüße, 世界 🚀"),
      ("\u{1B}[2J", "\\u{1b}[2J"), ("a\r\nb\t", "a\\u{d}\\u{a}b\\u{9}"), ("\0", "\\u{0}"),
      ("\u{7F}", "\\u{7f}"), ("\u{9B}31m", "\\u{9b}31m"), ("a\u{202E}b", "a\\u{202e}b"),
      ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"), ("a\u{200B}b", "a\\u{200b}b"),
      ("\u{FEFF}a", "\\u{feff}a"), ("a\u{AD}b", "a\\u{ad}b"), ("a\u{A0}b", "a\\u{a0}b"),
      ("a\u{2028}b", "a\\u{2028}b"), ("\u{E000}", "\\u{e000}"), ("\u{E0041}", "\\u{e0041}"),
      ("a\u{200D}b", "a\\u{200d}b"),
      ("a\u{3164}\u{2800}\u{34F}b", "a\\u{3164}\\u{2800}\\u{34f}b"),
      ("\u{26A0}\u{FE0F}", "\u{26A0}\u{FE0F}"), ("a\u{FE0F}", "a\\u{fe0f}"),
      ("1\u{FE0F}", "1\\u{fe0f}"),
      ("C:\\dir\\u\\", "C:\\dir\\u\\"), ("\\x", "\\u{5c}x"), ("\\u{a}", "\\u{5c}u{a}"),
    ])
  func printable(_ text: String, _ wanted: String) {
    #expect(Array(Bytes(text.utf8).printable.utf8) == Array(wanted.utf8))
  }

  @Test(
    "bytes that are not UTF-8 are shown one by one",
    arguments: [
      ([0xFF], "\\xff"), ([0x80, 0x41], "\\x80A"), ([0xC3], "\\xc3"), ([0xC3, 0x28], "\\xc3("),
      ([0xC0, 0x80], "\\xc0\\x80"), ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"),
      ([0xF0, 0x9F, 0x98], "\\xf0\\x9f\\x98"), ([0xF5, 0x80, 0x80, 0x80], "\\xf5\\x80\\x80\\x80"),
      ([0xC3, 0xC3, 0xA9], "\\xc3\u{E9}"),
    ] as [(Bytes, String)])
  func malformed(_ bytes: Bytes, _ wanted: String) { #expect(bytes.printable == wanted) }

  @Test("a backslash that was pushed is not one of ours, and composed letters are told apart")
  func distinct() {
    let pairs: [(Bytes, Bytes)] = [
      ([0xFF], Bytes("\\xff".utf8)),
      (Bytes("\u{202E}".utf8), Bytes("\\u{202e}".utf8)),
      (Bytes("\\xff".utf8), Bytes("\\u{5c}xff".utf8)),
      (Bytes("caf\u{E9}".utf8), Bytes("cafe\u{301}".utf8)),
    ]
    for (one, other) in pairs {
      #expect(Array(one.printable.utf8) != Array(other.printable.utf8))
    }
  }

  @Test("printing takes linear time")
  func linear() {
    let clock = ContinuousClock()
    let spent = clock.measure {
      #expect(Bytes(repeating: 0xFF, count: 200_000).printable.utf8.count == 800_000)
    }
    #expect(spent < .seconds(20))
  }

  @Test("folding and trimming know ASCII only")
  func folding() {
    #expect(
      Bytes("AbZ@[`{\u{212A}\u{C9}".utf8).asciiLowercased == Bytes("abz@[`{\u{212A}\u{C9}".utf8))
    #expect(Bytes(Bytes(" \t\n\u{B}\u{C}\ra b\u{A0} ".utf8).trimmed) == Bytes("a b\u{A0}".utf8))
    #expect(Bytes(" \n ".utf8).trimmed.isEmpty)
    #expect((0...255).filter { UInt8($0).isGitSpace } == [9, 10, 13, 32])
    #expect((0...255).filter { UInt8($0).isASCIISpace } == [9, 10, 11, 12, 13, 32])
    #expect((0...255).filter { UInt8($0).isASCIILetter }.count == 52)
    #expect((0...255).filter { UInt8($0).isASCIIDigit }.count == 10)
  }
}
