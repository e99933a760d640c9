import Foundation
import GitrelTestSupport
import Policy
import Testing

@testable import Output

/// `gitrel explain RULE` has a sentence for each key: that of docs/policy-reference.md, from which
/// Sources/Output/KeyTable.swift is written. `RECORD_SNAPSHOTS=1` writes it anew, and fails.
@Suite("the sentences of keys")
struct KeyReferenceTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

  @Test("they are those of the reference")
  func isWritten() throws {
    let path = "\(Self.root)/Sources/Output/KeyTable.swift"
    let wanted = try Self.source()
    let known = String(decoding: contents(of: path) ?? [], as: UTF8.self)
    guard known != wanted else { return }
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil {
      try write(wanted, to: path)
      Issue.record("recorded \(path); build and run again")
    } else {
      Issue.record(
        "docs/policy-reference.md says other things of keys: RECORD_SNAPSHOTS=1 writes them")
    }
  }

  @Test("each rule has those of its section, and no markup")
  func keys() {
    let keys = KeyReference.keys(of: "approvals")
    #expect(keys.map(\.key).prefix(3) == ["minimum", "roles", "trust"])
    #expect(keys.first { $0.key == "trailers" }?.standard == "[Reviewed-by, Approved-by]")
    #expect(KeyReference.keys(of: "no-delete").isEmpty)
    #expect(
      KeyReference.keys(of: "tag-name").first?.meaning.contains("semver.org or calver.org") == true)
    let ids = Set(KeyReference.all.map(\.rule))
    #expect(ids.isSubset(of: Set(RuleRegistry.names)) && ids.count > 5)
  }

  /// The file, from the tables under `### rule-id` whose columns are key, type, default, meaning.
  private static func source() throws -> String {
    let bytes = try #require(contents(of: "\(root)/docs/policy-reference.md"))
    var rows: [String] = []
    var rule: String?
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      if line.hasPrefix("#") {
        rule = line.hasPrefix("### ") ? String(line.dropFirst(4)) : nil
      } else if let rule, RuleRegistry.names.contains(rule), line.hasPrefix("| `") {
        // A `|` in a pattern is written `\|` there.
        let cells = line.replacing("\\|", with: "\u{1}").split(
          separator: "|", omittingEmptySubsequences: false
        ).map { plain(String($0).replacing("\u{1}", with: "|")) }
        guard cells.count == 6 else { continue }
        rows.append([rule, cells[1], cells[3], cells[4]].joined(separator: "\t"))
      }
    }
    return """
      // swift-format-ignore-file
      // Written from docs/policy-reference.md by KeyReferenceTests; edit that.

      extension KeyReference {
        /// A line for each key: rule, key, default, meaning.
        static let table = #\"\"\"
      \(rows.map { "    \($0)\n" }.joined())    \"\"\"#
      }

      """
  }

  /// A cell without its markup: the name of a key and a default lose their backquotes, links their
  /// targets.
  private static func plain(_ cell: String) -> String {
    let text = cell.trimmingCharacters(in: .whitespaces)
      .replacing(/\[([^\]]+)\]\(http[^)]+\)/) { $0.output.1 }
    let isOne = text.hasPrefix("`") && text.hasSuffix("`") && text.filter { $0 == "`" }.count == 2
    return isOne ? String(text.dropFirst().dropLast()) : text
  }
}
