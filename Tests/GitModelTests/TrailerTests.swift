import Foundation
import GitModel
import GitrelTestSupport
import Testing

@Suite("Trailers, as git reads them")
struct TrailerTests {
  @Test("real messages read as git interpret-trailers reads them", .needsSamples)
  func samples() throws {
    let samples = Samples.entries("commit-message")
    #expect(samples.count > 50)
    for sample in samples {
      let tools = try JSONDecoder().decode(OneTool.self, from: sample.tools)
      let wanted = tools.parsed.utf8.split(separator: 0x0A).map {
        String(decoding: $0, as: UTF8.self)
      }
      let found = TrailerBlock(message: try sample.bytes()[...]).trailers.map {
        String(decoding: $0.key + Bytes(": ".utf8) + $0.value, as: UTF8.self)
      }
      #expect(found == wanted, "\(sample.path)")
    }
  }

  @Test("a commit reads its own once, and gives very many too", arguments: [0, 1, 64, 65, 500])
  func ofACommit(_ count: Int) {
    let message = Bytes(("Subject\n\n" + String(repeating: "Key: value\n", count: count)).utf8)
    let person = Identity(name: [], email: [], seconds: 0, offsetMinutes: 0)
    let commit = Commit(
      id: .zero, tree: .zero, parents: [], author: person, committer: person, message: message)
    #expect(commit.hasLine(startingWith: Bytes("key:".utf8)) == (count > 0))
    #expect(commit.hasLine(startingWith: Bytes("sub".utf8)))
    #expect(!commit.hasLine(startingWith: Bytes("ubject".utf8)))
    #expect(!commit.hasLine(startingWith: Bytes("subject and more".utf8)))
    #expect(commit.trailers.count == count)
    #expect(commit.trailers == TrailerBlock(message: message[...]).trailers)
  }

  @Test("tables of messages", arguments: messages)
  func message(_ text: String, _ wanted: [String]) {
    let message = Bytes(text.utf8)
    let trailers = TrailerBlock(message: message[...]).trailers
    #expect(trailers.map { "\($0.line) \($0.key.printable)=\($0.value.printable)" } == wanted)
    // A slice that does not start at zero reads the same.
    let padded = Bytes("junk: x\n".utf8) + message
    #expect(TrailerBlock(message: padded.dropFirst(8)).trailers == trailers)
  }

  @Test("loose reading takes every line that starts with a key")
  func loose() {
    let message = Bytes(
      """
      fix: title

      Reviewed-by: A <a@x>
      prose
       Reviewed-by: no
      reviewed-BY : B
       <b@x>

        not folded
      Closes #1
      # Reviewed-by: no
      """.utf8)
    let block = TrailerBlock(loose: message[...])
    #expect(
      block.trailers.map { "\($0.line) \($0.key.printable)=\($0.value.printable)" } == [
        "1 fix=title", "3 Reviewed-by=A <a@x>", "6 reviewed-BY=B <b@x>",
      ])
    #expect(block.trailers(for: Bytes("Reviewed-by".utf8)).map(\.line) == [3, 6])
  }

  @Test("keys compare without ASCII case, and only that")
  func keys() {
    let trailer = Trailer(key: Bytes("Kind-of".utf8), value: [], line: 1)
    #expect(trailer.isKey(Bytes("kIND-OF".utf8)))
    #expect(!trailer.isKey(Bytes("\u{212A}ind-of".utf8)))
    #expect(!trailer.isKey(Bytes("Kind".utf8)))
    // `@` and a backtick differ in the bit that makes a capital.
    #expect(!Trailer(key: Bytes("@".utf8), value: [], line: 1).isKey(Bytes("`".utf8)))
  }

  @Test("a line that does not count is named with its reason", arguments: missed)
  func misses(_ text: String, _ wanted: [String]) {
    let keys = ["Reviewed-by", "Signed-off-by"].map { Bytes($0.utf8) }
    let misses = TrailerBlock.misses(in: Bytes(text.utf8)[...], keys: keys)
    #expect(misses.map(\.words) == wanted)
  }

  @Test("in real messages, every line with the key is a trailer or a miss", .needsSamples)
  func missesAreComplete() throws {
    let keys = ["Reviewed-by", "Signed-off-by", "Co-authored-by", "Acked-by"].map { Bytes($0.utf8) }
    var count = 0
    for sample in Samples.entries("commit-message") {
      let message = try sample.bytes()
      let trailers = TrailerBlock(message: message[...]).trailers
        .filter { trailer in keys.contains { trailer.isKey($0) } }.map(\.line)
      let misses = TrailerBlock.misses(in: message[...], keys: keys).map(\.line)
      let lines = message.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let looks = lines.enumerated().filter { line in
        keys.contains {
          line.element.prefix($0.count + 1).asciiLowercased == $0.asciiLowercased + Bytes(":".utf8)
        }
      }.map { $0.offset + 1 }
      #expect(Set(trailers).isDisjoint(with: misses), "\(sample.path)")
      #expect(Set(looks).isSubset(of: Set(trailers + misses)), "\(sample.path)")
      count += misses.count
    }
    #expect(count > 200)
  }

  @Test("people in a value", arguments: peopleInValues)
  func people(_ value: String, _ wanted: [String]) {
    let trailer = Trailer(key: Bytes("Reviewed-by".utf8), value: Bytes(value.utf8), line: 1)
    #expect(
      trailer.people.map { "\($0.name.printable)|\($0.email?.printable ?? "-")" } == wanted)
  }

  @Test("any bytes, at any length, take linear time")
  func hostile() {
    let million = 1 << 18
    let messages: [Bytes] = [
      Bytes(repeating: 0x0A, count: million),
      Bytes(repeating: 0x20, count: million),
      Bytes("t\n\n".utf8) + Bytes(repeating: UInt8(ascii: "<"), count: million),
      Bytes("t\n\nReviewed-by:".utf8) + Bytes(repeating: UInt8(ascii: "<"), count: million),
      Bytes("t\n\nReviewed-by: ".utf8) + Bytes(repeating: UInt8(ascii: "a"), count: million),
      Bytes("t\n\nReviewed-by:".utf8)
        + Bytes(repeatElement(Bytes("\n ".utf8), count: million / 2).joined()),
      Bytes("t\n\n".utf8) + Bytes(repeatElement(Bytes("a: b\n".utf8), count: million / 5).joined()),
      Bytes("t\n\n".utf8)
        + Bytes(repeatElement(Bytes(" x\n#\n".utf8), count: million / 5).joined()),
      Bytes("t\n\n".utf8)
        + Bytes(repeatElement(Bytes("Reviewed by: x\n".utf8), count: million / 15).joined()),
      Bytes(repeatElement(Bytes("Conflicts:\n\tx\n".utf8), count: million / 14).joined()),
      Bytes((0..<million).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 8) }),
    ]
    let clock = ContinuousClock()
    for message in messages {
      let spent = clock.measure {
        for trailer in TrailerBlock(message: message[...]).trailers { _ = trailer.people }
        for trailer in TrailerBlock(loose: message[...]).trailers { _ = trailer.people }
        _ = TrailerBlock.misses(in: message[...], keys: [Bytes("Reviewed-by".utf8)])
      }
      // Unoptimised code on a busy machine; what is quadratic takes hours.
      #expect(spent < .seconds(60))
    }
  }
}

private struct OneTool: Decodable {
  var parsed: String

  enum CodingKeys: String, CodingKey {
    case parsed = "git interpret-trailers 2.39.5 --parse --no-divider"
  }
}

private let scissors = "# ------------------------ >8 ------------------------"

/// Message, then `line key=value` for each trailer. Checked against git 2.39.5.
private let messages: [(String, [String])] = [
  ("", []),
  ("\n\n \n", []),
  ("A: b", []),
  ("A: b\n\n", []),
  ("t\n\nA: b", ["3 A=b"]),
  ("\n \nt\n\nA: b\n", ["5 A=b"]),
  ("t\r\n\r\nA: b\r\nC: d\r\n", ["3 A=b", "4 C=d"]),
  ("t\n\nbody\n\nA: b\n\nC: d\n", ["7 C=d"]),
  ("t\n\nA: b\n\n\n \n\n", ["3 A=b"]),
  // A line of VT or FF is not blank for git.
  ("t\n\u{B}\nA: b\n", []),
  ("t\n\n\u{C}\nA: b\n", []),
  // All lines, or a quarter with one that git itself writes.
  ("t\n\nA: b\nprose\n", []),
  ("t\n\nSigned-off-by: a\n1\n2\n3\n", ["3 Signed-off-by=a"]),
  ("t\n\nSigned-off-by: a\n1\n2\n3\n4\n", []),
  ("t\n\nsigned-off-by: a\n1\n", []),
  ("t\n\nSigned-off-by:a\n1\n", []),
  ("t\n\n(cherry picked from commit 1)\nA: b\nprose\n", ["4 A=b"]),
  // Continuations.
  ("t\n\nA: b\n c\n\td\n", ["3 A=b c d"]),
  ("t\n\nA: b\r\n c\r\n", ["3 A=b\\u{d} c"]),
  ("t\n\n x\nA: b\n", []),
  ("t\n\nA:\n b\n", ["3 A=b"]),
  ("t\n\nA:\nB: \n", ["3 A=", "4 B="]),
  // Keys and separators.
  ("t\n\nA-1 \t: b \n", ["3 A-1=b"]),
  ("t\n\nA b: c\n", []),
  ("t\n\n: c\n", []),
  ("t\n\nКлюч: c\n", []),
  ("t\n\nhttps://x\n", ["3 https=//x"]),
  ("t\n\n-: x:y\n", ["3 -=x:y"]),
  // Comments, scissors, conflicts, dividers, NUL.
  ("t\n\nA: b\n# x\nC: d\n", ["3 A=b", "5 C=d"]),
  ("t\n\nA: b\n# x\n c\n", []),
  ("t\n\nA: b\n\n# x\n\nConflicts:\n\tp\n", ["3 A=b"]),
  ("t\n\nA: b\n\nConflicts:\r\n\tp\n", ["5 Conflicts=p"]),
  ("t\n\nA: b\n\(scissors)\nprose\n", ["3 A=b"]),
  ("t\n\nA: b\n\(scissors)\r\nprose\n", []),
  ("\(scissors)\nt\n\nA: b\n", []),
  ("t\n---\n\nA: b\n", ["4 A=b"]),
  ("t\n\nA: b\n---\nprose\n", []),
  ("# c\n# d\n", []),
  ("# c\n\nA: b\n", ["3 A=b"]),
  ("t\n\nA: b\0c\nC: d\n", ["3 A=b"]),
]

/// Message, then the sentences.
private let missed: [(String, [String])] = [
  // What people read as a line of its own, or as a key with decoration.
  (
    "t\n\nb\rReviewed-by: A <a@x>\u{0B}signed-off-by: B <b@x>\u{2028}Reviewed-by: C <c@x>\u{85}Reviewed-by: D <d@x>",
    [
      "line 3 `Reviewed-by: A <a@x>` does not count: it stands behind a U+000D, which ends no line for git",
      "line 3 `signed-off-by: B <b@x>` does not count: it stands behind a U+000B, which ends no line for git",
      "line 3 `Reviewed-by: C <c@x>` does not count: it stands behind a U+2028, which ends no line for git",
      "line 3 `Reviewed-by: D <d@x>` does not count: it stands behind a U+0085, which ends no line for git",
    ]
  ),
  (
    "t\n\n> Reviewed-by: A <a@x>\n* Reviewed-by: A <a@x>\n**Reviewed-by:** A <a@x>\n**Reviewed-by**: A\n",
    [
      "line 3 `> Reviewed-by: A <a@x>` does not count: it starts with `>`",
      "line 4 `* Reviewed-by: A <a@x>` does not count: it starts with `*`",
      "line 5 `**Reviewed-by:** A <a@x>` does not count: it starts with `**`",
      "line 6 `**Reviewed-by**: A` does not count: it starts with `**`",
    ]
  ),
  (
    "t\n\nReviewed-by\u{FF1A} A <a@x>\n\u{2022} Reviewed-by: A <a@x>\nReviewed-by_: A <a@x>\n",
    [
      "line 3 `Reviewed-by\u{FF1A} A <a@x>` does not count: its colon is a U+FF1A and not a `:`",
      "line 4 `\u{2022} Reviewed-by: A <a@x>` does not count: the key is not `\u{2022} Reviewed-by` but `Reviewed-by`",
      "line 5 `Reviewed-by_: A <a@x>` does not count: the key is not `Reviewed-by_` but `Reviewed-by`",
    ]
  ),
  ("t\n\nReviewed-by: a\n", []),
  ("t\n\nReviewed-on: a\n", []),
  (
    "t\nReviewed-by: a",
    [
      "line 2 `Reviewed-by: a` does not count: the message is one paragraph; trailers need an empty "
        + "line before them"
    ]
  ),
  (
    "t\nreviewed-by: a\n\nB: c\n",
    ["line 2 `reviewed-by: a` does not count: it is in the first paragraph, which is the title"]
  ),
  (
    "t\n\nReviewed-by: a\nSigned-off-by: b\n\nB: c\n",
    [
      "line 3 `Reviewed-by: a` does not count: it is not in the last paragraph, which starts on "
        + "line 6",
      "line 4 `Signed-off-by: b` does not count: it is not in the last paragraph, which starts on "
        + "line 6",
    ]
  ),
  (
    "t\n\nReviewed-by: a\nX: y\n z\nCloses #123\nprose\n",
    [
      "line 3 `Reviewed-by: a` does not count: line 6 `Closes #123` makes this paragraph no trailer "
        + "block"
    ]
  ),
  (
    "t\n\n\u{1B}[2J\(String(repeating: "x", count: 80))\nReviewed-by: a\n",
    [
      "line 4 `Reviewed-by: a` does not count: line 3 "
        + "`\\u{1b}[2J\(String(repeating: "x", count: 56))...` makes this paragraph no trailer block"
    ]
  ),
  (
    "t\n\nPR-URL: u\n Reviewed-by: a\n\tReviewed-by: b\n",
    [
      "line 4 `Reviewed-by: a` does not count: it starts with white space, which makes it part of "
        + "the value on line 3",
      "line 5 `Reviewed-by: b` does not count: it starts with white space, which makes it part of "
        + "the value on line 3",
    ]
  ),
  (
    "t\n\nA: b\n\n Reviewed-by: a\n",
    ["line 5 `Reviewed-by: a` does not count: it starts with white space"]
  ),
  (
    "t\n\nA: b\n# Reviewed-by: a\n",
    ["line 4 `# Reviewed-by: a` does not count: it is a comment, because it starts with `#`"]
  ),
  (
    "t\n\nA: b\n\(scissors)\nReviewed-by: a\n",
    ["line 5 `Reviewed-by: a` does not count: it is below the scissors on line 4"]
  ),
  (
    "t\n\nA: b\n\nConflicts:\n\tReviewed-by: a\n",
    ["line 6 `Reviewed-by: a` does not count: it is in the list of conflicts"]
  ),
  (
    "t\n\nReviewed by: a\nreviewed_by:b\nSigned off-by : c\n",
    [
      "line 3 `Reviewed by: a` does not count: the key is not `Reviewed by` but `Reviewed-by`",
      "line 4 `reviewed_by:b` does not count: the key is not `reviewed_by` but `Reviewed-by`",
      "line 5 `Signed off-by : c` does not count: the key is not `Signed off-by` but `Signed-off-by`",
    ]
  ),
  (
    "t\n\nR\u{435}viewed-by: a\nReviewed\u{2011}by: b\nReviewed-\u{200B}by: c\n\u{B}Reviewed-by: d\n",
    [
      "line 3 `R\u{435}viewed-by: a` does not count: the key is not `R\u{435}viewed-by` but "
        + "`Reviewed-by`",
      "line 4 `Reviewed\u{2011}by: b` does not count: the key is not `Reviewed\u{2011}by` but "
        + "`Reviewed-by`",
      "line 5 `Reviewed-\\u{200b}by: c` does not count: the key is not `Reviewed-\\u{200b}by` but "
        + "`Reviewed-by`",
      "line 6 `Reviewed-by: d` does not count: it stands behind a U+000B, which ends no line for git",
    ]
  ),
  ("t\n\nРецензенты_: a\nReviewed-buy: a\nReviewed-b: a\nNotReviewed-by: a\n", []),
  ("t\n\nA: b\0\nReviewed-by: a\n", []),
]

private let peopleInValues: [(String, [String])] = [
  ("", []),
  (",, ,", []),
  ("Carol Ng <carol@x>", ["Carol Ng|carol@x"]),
  ("<carol@x>", ["|carol@x"]),
  ("carol@x", ["|carol@x"]),
  ("Carol", ["Carol|-"]),
  ("Carol, Dan", ["Carol|-", "Dan|-"]),
  ("A B <a@x>, C <c@x>,D <d@x>", ["A B|a@x", "C|c@x", "D|d@x"]),
  ("A <a@x>, Dan", ["A|a@x", "Dan|-"]),
  ("Doe, John <j@x>", ["Doe, John|j@x"]),
  ("\"Doe, John\" <j@x>, B <b@x>", ["Doe, John|j@x", "B|b@x"]),
  ("A <a@x> # module, with comma <c@x>", ["A|a@x"]),
  ("A <a@x> (maintainer, of x), B <b@x> (v2)", ["A|a@x", "B|b@x"]),
  ("A <a@x> <b@x>", ["A|a@x"]),
  ("A <a@x> and B <b@x>", ["A|a@x"]),
  ("A <a,b@x>", ["A|a,b@x"]),
  ("A < a@x >", ["A|a@x"]),
  ("A <>", ["A|-"]),
  ("A <<a@x>", ["A|-"]),
  ("A <a@x", ["A <a@x|-"]),
  ("\"A <a@x>", ["\"A <a@x>|-"]),
  ("C# Guild <g@x>", ["C# Guild|g@x"]),
]
