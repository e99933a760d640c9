import GitModel
import Output
import Policy
import Testing

@Suite("policies as text")
struct PolicyTextTests {
  private let origin = PolicyOrigin(label: "main@3f2a1c9", file: "policy.yml", digest: "abc")

  private func policy() throws -> PolicyDocument {
    func ruleset(_ name: String, _ refs: [String], line: Int) throws -> Ruleset {
      let reader = SettingsReader(
        SettingsNode(.absent, at: Position(line: line, column: 1)), name: "no-delete",
        problems: ProblemList())
      return Ruleset(
        name: name, refs: try RefSelection(refs), patterns: refs,
        rules: [
          StatedRule(
            NoDelete(from: reader, context: PolicyContext()),
            enforcement: line > 5 ? .always(.evaluate) : .always(.active),
            position: Position(line: line + 3, column: 7))
        ], position: Position(line: line, column: 5))
    }
    return PolicyDocument(
      people: People(), calendars: [:],
      rulesets: [
        try ruleset("production", ["main", "release/*"], line: 3),
        try ruleset("e\u{1B}[2J", ["\u{202E}x"], line: 9),
      ])
  }

  @Test("what guards a ref")
  func guarding() throws {
    #expect(
      PolicyText.lines(guarding: RefName("refs/heads/main"), try policy(), origin) == [
        "refs/heads/main, by policy main@3f2a1c9",
        "  guarded by `production` (policy.yml:3), refs: main, release/*",
        "    policy.yml:6  no-delete: the ref is not deleted",
        "  not by `e\\u{1b}[2J`, refs: \\u{202e}x",
      ])
    #expect(
      PolicyText.lines(guarding: RefName("refs/notes/x"), try policy(), origin).last
        == "  no ruleset guards it: it is let through, if its name is a good one")
  }

  @Test("where a rule is stated")
  func rule() throws {
    #expect(
      PolicyText.lines(rule: "no-delete", try policy(), origin) == [
        "no-delete: the ref is not deleted", "  in `production`, refs: main, release/*",
        "    policy.yml:6  no-delete: the ref is not deleted",
        "  in `e\\u{1b}[2J`, refs: \\u{202e}x",
        "    policy.yml:12  no-delete: the ref is not deleted, only evaluated",
      ])
    #expect(
      PolicyText.lines(rule: "tests", try policy(), origin).last
        == "  policy main@3f2a1c9 does not state it")
    #expect(PolicyText.lines(rule: "none", try policy(), origin) == [])
  }
}
