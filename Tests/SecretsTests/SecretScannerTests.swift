import GitModel
import Secrets
import Testing

@Suite struct SecretScannerTests {
  @Test("lines and columns count from 1, in bytes")
  func places() throws {
    #expect(try found([simple], in: "key-12345678") == ["simple 1:5-12 12+8"])
    #expect(
      try found([simple], in: "a\n\u{E9} key-12345678\r\nkey-87654321\n")
        == ["simple 2:8-15 12+8", "simple 3:5-12 87+8"])
    #expect(try found([simple], in: "") == [])
    #expect(try found([simple], in: "key-1234567 key-123456789 xkey-12345678") == [])
    #expect(try found([simple], in: "key-12345678 key-12345678").count == 2)
  }

  @Test("of a secret a quarter is told, four bytes at most, fit for a terminal")
  func masking() throws {
    func any(_ length: Int) -> SecretKind {
      SecretKind(id: "any", expression: "pass=(.{\(length)})", keywords: ["pass="])
    }
    #expect(try found([any(3)], in: "pass=abc") == ["any 1:6-8 +3"])
    #expect(try found([any(7)], in: "pass=abcdefg") == ["any 1:6-12 a+7"])
    #expect(
      try found([any(40)], in: "pass=" + String(repeating: "z", count: 40)) == [
        "any 1:6-45 zzzz+40"
      ])
    #expect(
      try found(
        [any(16)], in: Bytes("pass=".utf8) + [0x1B, 0xFF] + Bytes(repeating: 0x61, count: 14))
        == [#"any 1:6-21 \u{1b}\xffaa+16"#])
  }

  @Test("a fingerprint is the start of SHA-256, and allows")
  func fingerprints() throws {
    let match = try #require(
      try SecretScanner([simple]).matches(in: Bytes("key-12345678".utf8)).matches.first)
    // printf %s 12345678 | sha256sum
    #expect(match.fingerprint == "ef797c8118f02dfb649607dd5d3f8c76")
    let text = Bytes("key-12345678 key-11111111".utf8)
    #expect(
      try found([simple], in: text, fingerprints: [match.fingerprint]) == ["simple 1:18-25 11+8"])
  }

  @Test("values and words that are none")
  func allowed() throws {
    let text = Bytes("key-12345678 key-11111111".utf8)
    #expect(try found([simple], in: text, values: ["1+"]) == ["simple 1:5-12 12+8"])
    // The whole must match.
    #expect(try found([simple], in: text, values: ["1"]).count == 2)
    let kind = SecretKind(
      id: "k", expression: "key=([a-zA-Z]{8,})", keywords: ["key="], allowedValues: ["a+"],
      allowedWords: ["EXAMPLE"])
    #expect(try found([kind], in: "key=aaaaaaaaa key=myExampleKey key=abcdefgh").count == 1)
  }

  @Test("entropy is Shannon's, of the secret alone")
  func entropy() throws {
    func kind(_ bits: Double) -> SecretKind {
      SecretKind(id: "k", expression: "key=([a-z]{8})", keywords: ["key="], entropy: bits)
    }
    // Eight different letters: 3 bits. Two letters, four times each: 1 bit.
    #expect(try found([kind(3)], in: "key=abcdefgh").count == 1)
    #expect(try found([kind(3.01)], in: "key=abcdefgh").isEmpty)
    #expect(try found([kind(1)], in: "key=abababab").count == 1)
    #expect(try found([kind(1.01)], in: "key=abababab").isEmpty)
  }

  @Test("of two kinds that find the same bytes the more special one is told")
  func overlaps() throws {
    let general = SecretKind(id: "general", expression: "(key-[0-9]+)", keywords: ["key-"])
    #expect(try found([simple, general], in: "key-12345678") == ["simple 1:5-12 12+8"])
    #expect(try found([general, simple], in: "key-12345678") == ["general 1:1-12 key+12"])
  }

  @Test("matches over several lines, and no further")
  func severalLines() throws {
    let kind = SecretKind(
      id: "k", expression: #"BEGIN\n(?:x\n)*([a-z]{8})"#, keywords: ["BEGIN"], lines: 3)
    #expect(try found([kind], in: "1\nBEGIN\nx\nabcdefgh\n") == ["k 4:1-8 ab+8"])
    #expect(try found([kind], in: "1\nBEGIN\nx\nx\nabcdefgh\n") == [])
    // A keyword on the last of its lines.
    let last = SecretKind(
      id: "k", expression: #"([a-z]{8})\nEND"#, keywords: ["END"], lines: 2)
    #expect(
      try found([last], in: "abcdefgh\nEND\nabcdefgh\nEND") == ["k 1:1-8 ab+8", "k 3:1-8 ab+8"])
  }

  @Test("on a line of megabytes nothing is missed")
  func longLines() throws {
    var text = Bytes()
    for index in 0..<40 {
      text += Bytes(repeating: UInt8(ascii: "."), count: 4096 * index + index)
      text += Bytes("key-1234".utf8) + Bytes("\(1000 + index)".utf8)
    }
    let matches = try SecretScanner([simple]).matches(in: text).matches
    #expect(matches.count == 40)
    #expect(Set(matches.map(\.fingerprint)).count == 40)
    // An expression without bound sees the whole line.
    let open = SecretKind(id: "open", expression: "start(.*)key-", keywords: ["key-"])
    #expect(try SecretScanner([open]).matches(in: Bytes("start".utf8) + text).matches.count == 1)
  }

  @Test("ends of a long line's part are no ends of words or lines")
  func windows() throws {
    let padding = Bytes(repeating: UInt8(ascii: "1"), count: 60_000)
    #expect(try found([simple], in: Bytes("key-12345678".utf8) + padding) == [])
    let end = SecretKind(id: "end", expression: "key-([0-9]{8})$", keywords: ["key-"])
    #expect(try found([end], in: Bytes("key-12345678 ".utf8) + padding) == [])
    #expect(try found([end], in: padding + Bytes("key-12345678\nx".utf8)).count == 1)
    let start = SecretKind(id: "start", expression: "^key-([0-9]{8})", keywords: ["key-"])
    #expect(try found([start], in: Bytes("x\nkey-12345678 ".utf8) + padding).count == 1)
    #expect(try found([start], in: padding + Bytes("key-12345678".utf8)) == [])
  }

  @Test("binary and UTF-16 are searched")
  func binary() throws {
    let text = Bytes("key-12345678".utf8)
    #expect(try found([simple], in: [0, 0xFF, 0x0A, 0] + text + [0, 0]) == ["simple 2:6-13 12+8"])
    let little = [0xFF, 0xFE] + Bytes(text.map { [$0, 0] as Bytes }.joined())
    let big = [0xFE, 0xFF] + Bytes(text.map { [0, $0] as Bytes }.joined())
    #expect(try found([simple], in: little) == ["simple 1:5-12 12+8"])
    #expect(try found([simple], in: big) == ["simple 1:5-12 12+8"])
    // Without its mark, behind other text, and in UTF-32.
    #expect(try found([simple], in: Bytes(little.dropFirst(2))) == ["simple 1:5-12 12+8"])
    #expect(try found([simple], in: Bytes(big.dropFirst(2))) == ["simple 1:5-12 12+8"])
    #expect(try found([simple], in: [0x20] + big.dropFirst(2)).count == 1)
    let wide = Bytes(text.map { [$0, 0, 0, 0] as Bytes }.joined())
    #expect(try found([simple], in: wide) == ["simple 1:5-12 12+8"])
    // Bytes that are no UTF-8 around it hide nothing.
    #expect(try found([simple], in: [0xC3] + text + [0xC3]).count == 1)
  }

  @Test("very many are cut, and that is told")
  func veryMany() throws {
    let text = Bytes((0..<5000).map { "key-\(10_000_000 + $0)\n" }.joined().utf8)
    let outcome = try SecretScanner([simple]).matches(in: text)
    #expect(outcome.matches.count == SecretScanner.maximumMatches)
    #expect(outcome.isCut)
    #expect(try !SecretScanner([simple]).matches(in: Bytes("key-12345678".utf8)).isCut)
  }

  @Test("keywords again and again on one line cost no search each")
  func flood() throws {
    // Two million keywords on one line: searched anew for each, this would take hours.
    let words = Bytes(String(repeating: "key-", count: 2_000_000).utf8)
    #expect(try found([simple], in: words) == [])
    let open = SecretKind(id: "open", expression: "key-.*=([0-9]{8})", keywords: ["key-"])
    #expect(try found([open], in: words) == [])
    let lines = Bytes(String(repeating: "key-\n", count: 1_000_000).utf8)
    #expect(try found([simple, open], in: lines) == [])
  }

  @Test("no set of keywords is passed over, however small", arguments: 0..<8)
  func smallSets(_ round: Int) throws {
    // vectorscan issue 317: sets of two to nine words, one word in an even text.
    var random = Random(state: UInt64(round) &* 7919 &+ 1)
    let words = Set(shippedKinds.flatMap(\.keywords).map { $0.lowercased() }).sorted()
    for _ in 0..<40 {
      let set = (0..<(1 + random.next(9))).map { _ in words[random.next(words.count)] }
      let kinds = Set(set).sorted().map { word in
        SecretKind(id: word, expression: "(?i)" + quoted(word), keywords: [word])
      }
      let scanner = try SecretScanner(kinds)
      for _ in 0..<20 {
        let word = set[random.next(set.count)]
        let fill = Bytes(".\n =0a_".utf8)[random.next(7)]
        let text =
          Bytes(repeating: fill, count: random.next(200)) + Bytes(word.utf8)
          + Bytes(repeating: fill, count: random.next(200))
        let matches = try scanner.matches(in: text).matches
        #expect(!matches.isEmpty, "\(set) does not find \(word) in \(text.printable)")
      }
    }
  }

  /// A word as a pattern that matches it alone.
  private func quoted(_ word: String) -> String {
    word.utf8.map { #"\x{\#(String($0, radix: 16))}"# }.joined()
  }

  private struct Random {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
  }

  @Test("what cannot be read is a fault, never an empty answer")
  func faults() {
    let bad = SecretKind(id: "bad", expression: "key-(", keywords: ["key-"])
    #expect(throws: SecretFault(message: "the pattern `bad` cannot be read: missing ): key-(")) {
      try SecretScanner([bad]).matches(in: Bytes("key-".utf8))
    }
    let group = SecretKind(id: "group", expression: "key-", keywords: ["key-"], group: 2)
    #expect(throws: SecretFault(message: "the pattern `group` has no group 2")) {
      try SecretScanner([group]).matches(in: Bytes("key-".utf8))
    }
  }
}
