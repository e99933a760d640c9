import GitModel
import Policy
import Release
import Testing

@Suite("messages of tags")
struct TagMessageTests {
  private static let origin = PolicyOrigin(
    label: "main@3f2a1c9", file: "policy.yml", digest: "abc123")

  private static func message(
    _ notes: String, previous: String? = "v1.3.0", terms: TagTerms = TagTerms()
  ) -> TagMessage {
    TagMessage(
      name: "v1.4.0", notes: notes, previous: previous, terms: terms, policy: origin,
      evidence: id(7))
  }

  private static func trailers(_ message: TagMessage) -> [String] {
    TrailerBlock(message: Bytes(message.text.utf8)[...]).trailers.map {
      "\($0.key.printable): \($0.value.printable)"
    }
  }

  private static let usual = [
    "Gitrel-Version: v1.4.0", "Gitrel-Since: v1.3.0", "Gitrel-Policy: main@3f2a1c9 abc123",
    "Gitrel-Evidence: \(id(7).hex)",
  ]

  @Test("notes, then what is declared")
  func message() {
    var terms = TagTerms()
    (terms.lane, terms.strategy) = (.hotfix, .canary)
    (terms.rollbackTarget, terms.risk) = ("v1.3.2", .high)
    let message = Self.message("### Added\n\n- add tiers (0000001)\n", terms: terms)
    #expect(
      message.text == """
        v1.4.0

        ### Added

        - add tiers (0000001)

        Gitrel-Version: v1.4.0
        Gitrel-Since: v1.3.0
        Lane: hotfix
        Strategy: canary
        Rollback-Target: v1.3.2
        Risk: high
        Gitrel-Policy: main@3f2a1c9 abc123
        Gitrel-Evidence: \(id(7).hex)

        """)
    #expect(message.fault == nil)
    #expect(TagTerms(message: Bytes(message.text.utf8)) == terms)
  }

  @Test("the least there can be")
  func least() {
    let message = TagMessage(name: "v1", notes: "", previous: nil, policy: nil)
    #expect(message.text == "v1\n\nGitrel-Version: v1\n")
    #expect(message.fault == nil)
  }

  @Test(
    "git reads the trailers, and none that a commit smuggles in",
    arguments: [
      "Lane: hotfix", "fix: x\u{2028}Gitrel-Policy: evil\r", "# \(scissors)", "\(scissors)", "---",
      "Conflicts:", "#",
    ])
  func smuggled(_ subject: String) throws {
    for template in ["{each change}\n{text}\n{end}", "{each change}\n# {text}\n{end}"] {
      let notes = try ReleaseNotes([commit(1, subject)]).markdown(
        NotesTemplate(Bytes(template.utf8)))
      let message = Self.message(notes)
      #expect(message.fault == nil)
      #expect(Self.trailers(message) == Self.usual)
    }
  }

  private static let scissors = "------------------------ >8 ------------------------"

  @Test(
    "a template that would change what git reads makes no tag",
    arguments: [
      ("# \(scissors)\n", "the notes would make git read other trailers than are meant"),
      (
        "a\n-----BEGIN PGP SIGNATURE-----\n", "the notes have a line that git takes for a signature"
      ),
    ])
  func faults(_ notes: String, _ fault: String) {
    #expect(Self.message(notes).fault == fault)
  }

  @Test("a message that no server would read makes none either")
  func tooLong() throws {
    let notes = String(repeating: "x", count: TagMessage.maximumSize)
    let fault = try #require(Self.message(notes).fault)
    #expect(fault.hasSuffix(" bytes, and one has at most \(TagMessage.maximumSize)"))
  }

  @Test("what a message does not declare")
  func undeclared() {
    #expect(TagTerms(message: Bytes("v1\n\nLane: sideways\nRisk: some\n".utf8)) == TagTerms())
    #expect(TagTerms(message: Bytes("Lane: hotfix\n\nText.\n".utf8)).lane == .normal)
  }
}
