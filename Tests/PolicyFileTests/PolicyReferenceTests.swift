import GitModel
import GitrelTestSupport
import Policy
import PolicyFile
import Schedule
import Testing

/// docs/policy-reference.md has every rule with every key, and every example in it loads.
@Suite struct PolicyReferenceTests {
  private let reference: Reference

  init() throws { reference = try Reference() }

  @Test func everyRuleHasItsSectionAndNoOther() {
    #expect(reference.sections.keys.sorted() == RuleRegistry.names.sorted())
  }

  @Test(arguments: RuleRegistry.names)
  func everyKeyOfARuleIsNamedInItsSection(_ rule: String) throws {
    let section = try #require(reference.sections[rule])
    for key in Self.keys(of: rule) {
      #expect(section.contains("`\(key)`"), "the section of \(rule) does not name `\(key)`")
    }
  }

  @Test(arguments: RuleRegistry.names)
  func everyRuleHasAnExampleAndARefusal(_ rule: String) throws {
    let section = try #require(reference.sections[rule])
    #expect(section.contains("```yaml\n"), "\(rule) has no example")
    #expect(section.contains("gitrel: "), "\(rule) has no refusal")
  }

  @Test func everyExampleLoads() throws {
    #expect(reference.examples.count > RuleRegistry.names.count)
    for example in reference.examples {
      do {
        _ = try PolicyReader.read(
          Bytes(Self.whole(example.text).utf8), file: "policy-reference.md",
          zone: { identifier throws(ZoneFault) in
            // The zone's clocks do not matter here; any database has UTC.
            try Zone(identifier: identifier, tzif: Self.utc)
          })
      } catch {
        let faults = error.lines.joined(separator: "\n")
        Issue.record("line \(example.line): \(faults)\n\(example.text)")
      }
    }
  }

  /// The keys that a rule takes.
  private static func keys(of rule: String) -> [String] {
    let nothing = SettingsNode(.absent, at: Position(line: 1, column: 1))
    let reader = SettingsReader(nothing, name: rule, problems: ProblemList())
    _ = RuleRegistry.rule(named: rule, from: reader, context: PolicyContext())
    return reader.knownKeys
  }

  /// A whole policy: the example itself, or what it shows within a small one.
  private static func whole(_ example: String) -> String {
    if example.hasPrefix("version:") { return example }
    let people = """
      version: 1
      people:
        alice: {name: Alice Ng, emails: [alice@example.com]}
        bob: {name: Bob Ito, emails: [bob@example.com]}
        carol: {name: Carol Reyes, emails: [carol@example.com]}
      roles:
        tech-lead: [alice, bob]
        qa: [carol]

      """
    let calendars = """
      calendars:
        office:
          timezone: Europe/London
          allow: [{days: Mon-Thu, hours: "09:00-16:00"}]

      """
    let rulesets = "rulesets:\n  - name: example\n    refs: [main]\n    rules:\n"
    let top = ["people:", "roles:", "calendars:", "rulesets:"].filter { key in
      example.hasPrefix(key) || example.contains("\n" + key)
    }
    if top.isEmpty {
      let lines = example.split(separator: "\n").map { "      \($0)\n" }.joined()
      return people + calendars + rulesets + lines
    }
    return (top.contains("people:") ? "version: 1\n" : people)
      + (top.contains("calendars:") ? "" : calendars) + example
      + (top.contains("rulesets:") ? "" : rulesets + "      no-delete:\n")
  }

  /// UTC as tzfile(5) has it, version 1: no transitions, one type.
  private static let utc: Bytes = {
    var file = Array("TZif".utf8) + [UInt8](repeating: 0, count: 16)
    // Of the six counts only those of types and characters are not zero.
    for count: UInt8 in [0, 0, 0, 0, 1, 4] { file += [0, 0, 0, count] }
    file += [UInt8](repeating: 0, count: 6)
    return file + Array("UTC\0".utf8)
  }()
}

/// The reference, taken apart.
private struct Reference {
  struct Example {
    let text: String
    let line: Int
  }

  /// The text under each `### rule-id`, by rule.
  private(set) var sections: [String: String] = [:]
  private(set) var examples: [Example] = []

  init() throws {
    let path = try Self.path()
    guard let bytes = contents(of: path) else { throw SupportError("there is no \(path)") }
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var rule: String?
    var example: (text: String, line: Int)?
    for (index, line) in lines.enumerated() {
      let isFence = line.hasPrefix("```")
      if let (text, start) = example {
        if isFence {
          examples.append(Example(text: text, line: start))
          example = nil
        } else {
          example = (text + line + "\n", start)
        }
      } else if line == "```yaml" {
        example = ("", index + 1)
      } else if line.hasPrefix("### ") {
        rule = String(line.dropFirst(4))
      } else if line.hasPrefix("## ") {
        rule = nil
      }
      if let rule { sections[rule, default: ""] += line + "\n" }
    }
  }

  private static func path() throws -> String {
    var folder = #filePath[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      if folder.hasSuffix("/Tests") {
        return folder.dropLast("/Tests".count) + "/docs/policy-reference.md"
      }
    }
    throw SupportError("\(#filePath) does not lie under Tests/")
  }
}
