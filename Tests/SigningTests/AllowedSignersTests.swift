import Foundation
import GitModel
import GitrelTestSupport
import Testing

@testable import Signing

@Suite struct AllowedSignersTests {
  static let key = SSHPublicKeyTests.ed25519
  static let git = Bytes("git".utf8)

  @Test("a real file", .needsSamples, arguments: Samples.entries("allowed-signers"))
  func sample(entry: Samples.Entry) throws {
    struct Expected: Decodable {
      let entries, principals: Int
      let keytypes, options: [String: Int]
    }
    let expected = try JSONDecoder().decode(Expected.self, from: entry.expected)
    let file = try AllowedSigners(content: try entry.bytes())
    #expect(file.entries.count == expected.entries)
    #expect(Set(file.entries.map(\.person)).count == expected.principals)
    #expect(
      Dictionary(grouping: file.entries, by: \.key.kind.rawValue).mapValues(\.count)
        == expected.keytypes)
    #expect(
      file.entries.filter { $0.terms.validBefore != nil }.count == expected.options["valid-before"])
  }

  @Test("lines that are read", arguments: good)
  func read(line: String, principals: String, person: String?, namespaces: String?) throws {
    let entry = try #require(
      try AllowedSigners(content: Bytes("# a comment\n\n  \(line)\n".utf8)).entries.first)
    #expect(entry.line == 3)
    #expect(entry.principals == Bytes(principals.utf8))
    #expect(entry.person == person.map { Bytes($0.utf8) })
    #expect(entry.terms.namespaces == namespaces.map { Bytes($0.utf8) })
  }

  static let good: [(String, String, String?, String?)] = [
    ("a@x \(key)", "a@x", "a@x", nil),
    ("a@x\t\(key) comment, with=more", "a@x", "a@x", nil),
    ("\"a b\" \(key)", "a b", "a b", nil),
    ("a@x,b@x \(key)", "a@x,b@x", nil, nil),
    ("*@x \(key)", "*@x", nil, nil),
    ("!a@x \(key)", "!a@x", nil, nil),
    ("a@x namespaces=\"git,file\" \(key)", "a@x", "a@x", "git,file"),
    ("a@x NameSpaces=\"git\",VALID-AFTER=\"20200101\" \(key)", "a@x", "a@x", "git"),
    ("a@x cert-authority,namespaces=\"a\\\"b\" \(key)\r", "a@x", "a@x", "a\"b"),
  ]

  @Test("lines that are faults, with their number", arguments: bad)
  func faults(line: String, words: String) {
    #expect(
      told { _ = try AllowedSigners(content: Bytes("a@x \(Self.key)\n\(line)\n".utf8)) }
        == "line 2 \(words)")
  }

  static let bad = [
    ("a@x", "has a key that is no line with a key"),
    ("\"a@x \(key)", "has a quote that does not end"),
    ("\"\" \(key)", "names nobody"),
    ("a@x ssh-dss AAAA", "has a key that is a DSA key (ssh-dss), which is too weak"),
    ("a@x bogus \(key)", "has a key that is of the kind `bogus`, which is not known here"),
    ("a@x namespaces=\"git\",bogus \(key)", "has the option `bogus`, which there is not"),
    ("a@x namespaces=\"git\",Namespaces=\"x\" \(key)", "states `namespaces` twice"),
    ("a@x cert-authority,cert-authority \(key)", "states `cert-authority` twice"),
    ("a@x namespaces \(key)", "has no value for `namespaces`"),
    ("a@x namespaces=\"\" \(key)", "has no value for `namespaces`"),
    ("a@x namespaces=git \(key)", "has an option without quotes around its value"),
    ("a@x namespaces=\"git\"x \(key)", "has no comma between its options"),
    ("a@x namespaces=\"git\", \(key)", "has no comma between its options"),
    (
      "a@x valid-after=\"2026\" \(key)",
      "has the time `2026`; write it as 20261224 or 202612241800Z"
    ),
    (
      "a@x valid-after=\"20260230\" \(key)",
      "has the time `20260230`; write it as 20261224 or 202612241800Z"
    ),
    (
      "a@x valid-after=\"20260102Z\",valid-before=\"20260102Z\" \(key)",
      "has a valid-before that is not after its valid-after"
    ),
  ]

  @Test("when, for whom and for what a key is good", arguments: questions)
  func answers(line: String, principal: String?, time: String, words: String) throws {
    let file = try AllowedSigners(content: Bytes("\(line)\n".utf8))
    let instant = try #require(Instant(utcText: Bytes(time.utf8)))
    let key = try SSHPublicKey(line: Bytes(Self.key.utf8)[...])
    #expect(
      told {
        _ = try file.entry(
          for: key, principal: principal.map { Bytes($0.utf8) }, namespace: Self.git, at: instant)
      } == words)
  }

  private static let now = "2026-01-05T09:00:00Z"
  static let questions: [(String, String?, String, String)] = [
    ("a@x \(key)", nil, now, "good"),
    ("a@x \(key)", "a@x", now, "good"),
    ("a@x \(key)", "A@x", now, "is by a key that is not of `A@x` (line 1)"),
    ("*@x,!b@x \(key)", "a@x", now, "good"),
    ("*@x,!b@x \(key)", "b@x", now, "is by a key that is not of `b@x` (line 1)"),
    ("a?@x \(key)", "ab@x", now, "good"),
    ("a@x namespaces=\"file,g*\" \(key)", nil, now, "good"),
    ("a@x namespaces=\"file\" \(key)", nil, now, "is by a key that is not for `git` (line 1)"),
    ("a@x cert-authority \(key)", nil, now, "is by a key that signs certificates only (line 1)"),
    ("# nobody", nil, now, "is by a key that no line allows"),
    ("a@x valid-before=\"20260105090001Z\" \(key)", nil, now, "good"),
    (
      "a@x valid-before=\"202601050900Z\" \(key)", nil, now,
      "is by a key that was valid until 2026-01-05T09:00:00Z (line 1)"
    ),
    ("a@x valid-after=\"202601050900Z\" \(key)", nil, now, "good"),
    (
      "a@x valid-after=\"202601050901Z\" \(key)", nil, now,
      "is by a key that is valid from 2026-01-05T09:01:00Z on (line 1)"
    ),
    // Without a zone: when it has come everywhere.
    ("a@x valid-after=\"202601042100\" \(key)", nil, now, "good"),
    (
      "a@x valid-after=\"202601042101\" \(key)", nil, now,
      "is by a key that is valid from 2026-01-05T09:01:00Z on (line 1)"
    ),
    ("a@x valid-before=\"202601052301\" \(key)", nil, now, "good"),
    (
      "a@x valid-before=\"202601052300\" \(key)", nil, now,
      "is by a key that was valid until 2026-01-05T09:00:00Z (line 1)"
    ),
    // The first line that lets it.
    ("a@x namespaces=\"file\" \(key)\nb@x \(key)", nil, now, "good"),
  ]

  @Test("a hostile pattern ends soon")
  func hostilePattern() {
    let text = Bytes(repeating: UInt8(ascii: "a"), count: 5_000)
    let pattern = Bytes(String(repeating: "*a", count: 2_000).utf8) + Bytes("b".utf8)
    #expect(!PatternList.matches(text, pattern))
  }
}
