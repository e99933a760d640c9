import GitModel
import GitrelTestSupport
import Glibc
import Policy
import Schedule
import Testing

@testable import PolicyFile

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
          extending: Self.place, zone: Self.zone)
      } catch {
        let faults = error.lines.joined(separator: "\n")
        Issue.record("line \(example.line): \(faults)\n\(example.text)")
      }
    }
  }

  /// A tree that has what an example names, and nothing else.
  private static var place: PolicyPlace {
    PolicyPlace(policy: ".gitrel/policy.yml") { (parts) throws(ExtendsFault) in
      guard parts == [".gitrel", "allowed_signers"] else { throw ExtendsFault("is not there") }
      return Bytes(
        "ci@example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH0w3hDQZDR9z4rVaySalkElrb8ByU8/51nr3UeysmB5\n"
          .utf8)
    }
  }

  /// The types in the tables are those that the readers read. With `RECORD_SNAPSHOTS` they are written
  /// into the reference, and the test fails all the same.
  @Test func typesAreThoseThatAreRead() throws {
    var mended = reference.text
    for row in reference.rows {
      guard let shape = PolicySchema.shape(ofRule: row.rule)?[row.key] else {
        Issue.record("line \(row.line): \(row.rule) reads no `\(row.key)`")
        continue
      }
      let wanted = shape.typeWords
      guard row.type != wanted else { continue }
      Issue.record("line \(row.line): the type of `\(row.key)` is \(wanted), not \(row.type)")
      mended = mended.replacing(
        "| `\(row.key)` | \(row.type) | \(row.standard) | \(row.meaning) |",
        with: "| `\(row.key)` | \(wanted) | \(row.standard) | \(row.meaning) |")
    }
    if mended != reference.text, getenv("RECORD_SNAPSHOTS") != nil {
      try write(mended, to: reference.path)
    }
  }

  /// A rule that is given the default reads like one that is given nothing, and one without a key that
  /// is required does not load.
  @Test func defaultsAreThoseThatAreUsed() throws {
    var held = 0
    for row in reference.rows {
      guard let example = try exampleSettings(of: row.rule) else { continue }
      let without = example.entries.filter { $0.key != row.key }
      let alone = Self.read(row.rule, without, example.context)
      if row.standard == "required" {
        #expect(!alone.problems.isEmpty, "line \(row.line): \(row.rule) loads without `\(row.key)`")
        held += 1
      }
      let isLiteral = row.standard.hasPrefix("`") && row.standard.hasSuffix("`")
      guard isLiteral, !row.standard.dropFirst().dropLast().contains("`"), alone.problems.isEmpty
      else { continue }
      let literal = String(row.standard.dropFirst().dropLast())
      // The value of another key.
      if reference.rows.contains(where: { $0.rule == row.rule && $0.key == literal }) { continue }
      let problems = ProblemList()
      let map = YAMLReader.root(
        of: Bytes("\(row.key): \(row.type == "pattern" ? "'\(literal)'" : literal)\n".utf8),
        problems: problems)
      guard case .map(let stated)? = map?.value else {
        Issue.record("line \(row.line): \(row.standard) is no value: \(problems.problems)")
        continue
      }
      let told = Self.read(row.rule, without + stated, example.context)
      guard told.problems.isEmpty else {
        // The example has not what the key needs beside it.
        #expect(told.problems.allSatisfy { $0.text.contains(" only with ") }, "line \(row.line)")
        continue
      }
      #expect(
        told.text == alone.text, "line \(row.line): `\(row.key)` is not \(literal) by default")
      held += 1
    }
    #expect(held > 15)
  }

  /// What the program is shown to say, it says in a scenario, where a test looks at it.
  @Test func everyRefusalIsPrintedByAScenario() throws {
    let printed = try Printed.all()
    #expect(reference.printed.count > RuleRegistry.names.count)
    for block in reference.printed {
      // Which policy judged, and of how many rules, is another in each story.
      let lines = block.text.split(separator: "\n").filter { !$0.hasPrefix("gitrel: refused by") }
      let words = Printed.words(lines.map(String.init))
      #expect(
        printed.contains { $0.contains(words) },
        "line \(block.line): no scenario prints this; take what one of them does\n\(block.text)")
    }
  }

  /// The settings of a rule in its example, and the policy around them.
  private func exampleSettings(
    of rule: String
  ) throws -> (entries: [SettingsNode.Entry], context: PolicyContext)? {
    guard let example = reference.examples.first(where: { $0.rule == rule }) else { return nil }
    let policy = try PolicyReader.read(
      Bytes(Self.whole(example.text).utf8), file: "policy-reference.md", zone: Self.zone)
    let stated = policy.rulesets.flatMap(\.rules).first { $0.id.text == rule }
    let context = PolicyContext(people: policy.people, calendars: policy.calendars)
    guard case .map(let entries)? = stated?.settings.value else { return ([], context) }
    return (entries, context)
  }

  /// A rule read from these settings, as everything that it holds, and what was wrong.
  private static func read(
    _ rule: String, _ entries: [SettingsNode.Entry], _ context: PolicyContext
  ) -> (text: String, problems: [Problem]) {
    let problems = ProblemList()
    let node = SettingsNode(.map(entries), at: Position(line: 1, column: 1))
    let reader = SettingsReader(node, name: rule, problems: problems)
    let read = RuleRegistry.rule(named: rule, from: reader, context: context)
    var text = ""
    dump(read, to: &text)
    // The members of a set come in any order, and a compiled pattern is somewhere in memory.
    let lines = text.replacing(#/0x[0-9a-f]+|[0-9]{9,}/#, with: "").split(separator: "\n")
      .filter { !$0.contains("Set([") }.sorted().joined(separator: "\n")
    return (lines, problems.problems)
  }

  private static func zone(_ identifier: String) throws(ZoneFault) -> Zone {
    // The zone's clocks do not matter here; any database has UTC.
    try Zone(identifier: identifier, tzif: utc)
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
        rita: {name: Rita Osei, emails: [rita@example.com]}
        dev: {name: Dev Ekundayo, emails: [dev@example.com]}
        ci: {bot: true, emails: [ci@example.com]}
      roles:
        tech-lead: [alice, bob]
        qa: [carol]
        release-manager: [rita]
        writers: [bob, carol]

      """
    let calendars = """
      calendars:
        office:
          timezone: Europe/London
          allow: [{days: Mon-Thu, hours: "09:00-16:00"}]

      """
    let rulesets = "rulesets:\n  - name: example\n    refs: [main]\n    rules:\n"
    let top = ["people:", "roles:", "calendars:", "release:", "rulesets:"].filter { key in
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
    /// The rule whose section it stands in.
    let rule: String?
  }

  /// A line of the table of a rule's keys.
  struct Row {
    let rule: String
    let key: String
    let type: String
    let standard: String
    let meaning: String
    let line: Int
  }

  /// The text under each `### rule-id`, by rule.
  private(set) var sections: [String: String] = [:]
  private(set) var examples: [Example] = []
  /// What the program is shown to print.
  private(set) var printed: [Example] = []
  private(set) var rows: [Row] = []
  let path: String
  let text: String

  init() throws {
    path = try Self.path()
    guard let bytes = contents(of: path) else { throw SupportError("there is no \(path)") }
    text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var rule: String?
    var example: (text: String, line: Int)?
    var isYAML = false
    for (index, line) in lines.enumerated() {
      let isFence = line.hasPrefix("```")
      if let (text, start) = example {
        if isFence {
          let found = Example(text: text, line: start, rule: rule)
          if isYAML { examples.append(found) }
          if !isYAML, ["gitrel: ", "error: "].contains(where: text.hasPrefix) {
            printed.append(found)
          }
          example = nil
        } else {
          example = (text + line + "\n", start)
        }
      } else if isFence {
        (example, isYAML) = (("", index + 1), line == "```yaml")
      } else if line.hasPrefix("### ") {
        rule = String(line.dropFirst(4))
      } else if line.hasPrefix("## ") {
        rule = nil
      }
      if let rule, let row = Self.row(line, of: rule, at: index + 1) { rows.append(row) }
      if let rule { sections[rule, default: ""] += line + "\n" }
    }
  }

  private static func row(_ line: String, of rule: String, at number: Int) -> Row? {
    guard line.hasPrefix("| `"), line.hasSuffix(" |") else { return nil }
    let cells = line.dropFirst(2).dropLast(2).split(separator: " | ", maxSplits: 3).map(String.init)
    guard cells.count == 4 else { return nil }
    return Row(
      rule: rule, key: cells[0].replacing("`", with: ""), type: cells[1], standard: cells[2],
      meaning: cells[3], line: number)
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
