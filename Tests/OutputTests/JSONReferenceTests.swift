import Foundation
import GitModel
import GitrelTestSupport
import Output
import Policy
import Release
import Testing

/// docs/json.md names every key that is printed, and no other.
@Suite("the reference of JSON")
struct JSONReferenceTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

  /// A decision with every optional key.
  private static let full = decision(
    [
      updated(
        "refs/heads/main",
        [
          JudgedRule(
            rule: "tests", ruleset: "production", position: Position(line: 7, column: 5),
            enforcement: .evaluate, activeFrom: Instant(seconds: 0),
            verdict: Verdict(
              .violated,
              Explanation("bad", expected: "good", findings: [Finding(commit(1, "a"), "b")])),
            readings: [
              ConditionReading(
                isOfRuleset: true, isException: false, key: "lane", answer: .holds,
                words: "the lane is normal")
            ])
        ])
    ], whole: [JudgedRule(builtIn: "policy", .satisfied("loads"))])

  @Test("a decision", arguments: [full, everything, hostile])
  func decisionKeys(_ decision: Decision) throws {
    let keys = try Self.keys(DecisionJSON.text(decision))
    let known = try Self.documented("Decision")
    #expect(keys.subtracting(known) == [])
    if decision == Self.full { #expect(known.subtracting(keys) == []) }
  }

  @Test("a tag plan")
  func planKeys() throws {
    let plan = TagPlan(
      name: "v1.4.0", remote: "origin", branch: "main", commit: commit(9, "tip"),
      previous: "v1.3.0", commits: [], state: .new, decision: Self.full)
    let keys = try Self.keys(DecisionJSON.text(plan))
    #expect(try keys == Self.documented("Tag plan").union(Self.below("decision", "Decision")))
  }

  @Test("an import")
  func importKeys() throws {
    let report = ImportReport(
      inputs: ["f (YACC)"], policy: "version: 1\n", isGuarding: true,
      notes: [ImportNote(file: "f", line: 1, what: "a", why: "b", instead: "c")])
    #expect(try Self.keys(ImportText.json(report)) == Self.documented("Import"))
  }

  @Test("what an import tells beside the policy")
  func importLines() {
    let note = ImportNote(file: "f", line: 7, what: "a\u{1B}", why: "b", instead: nil)
    let report = ImportReport(
      inputs: [], policy: "", isGuarding: false, notes: [note], notesLeft: 1)
    #expect(
      ImportText.lines(report) == [
        "gitrel: 2 things not carried, or not quite:", "  f:7: a\\u{1b}: b", "  and 1 more",
        "gitrel: warning: nothing of it guards anything yet: the policy only reports",
      ])
    let quiet = ImportReport(inputs: [], policy: "", isGuarding: true, notes: [])
    #expect(ImportText.lines(quiet) == [])
  }

  @Test("an explanation")
  func explanationKeys() throws {
    let (policy, origin) = try samplePolicy()
    let both = PolicyExplanation(
      policy, origin, ref: RefName("refs/heads/main"), rule: "approvals", decision: Self.full)
    let keys = try Self.keys(DecisionJSON.text(both)).filter { !$0.hasPrefix("decision.") }
      .subtracting(Self.documented("Decision").filter { $0.contains("[]") })
    let known = try Self.documented("Explanation")
      .union(["policy.label", "policy.file", "policy.sha256"])
    #expect(keys == known)
  }

  /// Every key with the one above it: `updates[].ref`, but `verdicts[].rule` wherever verdicts stand.
  private static func keys(_ text: String) throws -> Set<String> {
    var keys: Set<String> = []
    func walk(_ value: Any, _ above: String) {
      if let list = value as? [Any] {
        for item in list { walk(item, above + "[]") }
      } else if let map = value as? [String: Any] {
        for (key, inner) in map {
          let start = above.isEmpty ? "" : "\(above)."
          keys.insert(start + key)
          // Below a decision the names are those of a decision.
          let name = ["whole": "verdicts", "defaults": "settings"][key] ?? key
          walk(inner, above == "decision" || start == "decision." ? "decision.\(name)" : name)
        }
      }
    }
    walk(try JSONSerialization.jsonObject(with: Data(text.utf8)), "")
    return Set(
      keys.map { key in
        key.hasPrefix("decision.") && key.contains("[]")
          ? String(key.dropFirst("decision.".count)) : key
      })
  }

  /// The keys in the tables of a section.
  private static func documented(_ section: String) throws -> Set<String> {
    let bytes = try #require(contents(of: "\(root)/docs/json.md"))
    let text = String(decoding: bytes, as: UTF8.self)
    let start = try #require(text.range(of: "\n## \(section)\n")).upperBound
    let end = text.range(of: "\n## ", range: start..<text.endIndex)?.lowerBound ?? text.endIndex
    let rows = text[start..<end].split(separator: "\n").filter { $0.hasPrefix("| `") }
    return Set(rows.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) })
  }

  /// The keys of a document that stands under a key of another.
  private static func below(_ key: String, _ section: String) throws -> Set<String> {
    Set(try documented(section).map { $0.contains("[]") ? $0 : "\(key).\($0)" })
  }
}
