import Foundation
import GitModel
import GitrelTestSupport
import Policy
import Testing

@testable import PolicyFile

/// The real configurations beside the repository all import, and what comes out loads.
@Suite("import: real files", .needsSamples)
struct ImportSamplesTests {
  struct Sample: CustomTestStringConvertible, Sendable {
    let path: String
    let format: String
    /// What the manifest knows of it.
    let expected: String
    var testDescription: String { path }
  }

  private static let folder: URL = {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    return root.appending(path: "../shared/samples").standardized
  }()

  static let formats = ["config-ruleset", "config-codeowners", "config-commitlint"]

  static let samples: [Sample] = {
    let manifest = folder.appending(path: "MANIFEST.tsv")
    guard let text = try? String(contentsOf: manifest, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap { row in
      let cells = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count > 9, formats.contains(cells[1]) else { return nil }
      return Sample(path: cells[0], format: cells[1], expected: cells[9])
    }
  }()

  private func expected(_ sample: Sample) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(sample.expected.utf8))
    return try #require(object as? [String: Any])
  }

  @Test("there are samples of each format")
  func there() {
    for format in Self.formats {
      #expect(Self.samples.contains { $0.format == format }, "no sample of \(format)")
    }
  }

  @Test("each is told for what it is, and makes a policy that loads", arguments: samples)
  func loads(_ sample: Sample) throws {
    let bytes = Bytes(try Data(contentsOf: Self.folder.appending(path: sample.path)))
    let expected = try expected(sample)
    // One of them is no JSON, as its notes say.
    if expected["parse"] as? String == "error" {
      #expect {
        try PolicyImport.report(on: [(sample.path, bytes)])
      } throws: {
        ($0 as? ImportFault)?.message
          == "\(sample.path):34:43: this is not JSON: `integration` is no value"
      }
      return
    }
    let report = try PolicyImport.report(on: [(sample.path, bytes)])
    #expect(problems(of: report.policy) == [], "\(report.policy)")
    for note in report.notes {
      #expect(note.line >= 1 && note.line <= bytes.fileLines.count, "\(note.text)")
      #expect(note.file == sample.path)
    }
    switch sample.format {
    case "config-codeowners":
      try owners(report.policy, expected)
      try rules(bytes, sample, expected)
    case "config-ruleset": try ruleset(report.policy, report.notes.map(\.what), expected)
    default: break
    }
  }

  /// Everybody who owns something is a person of the policy, or a team that is named.
  private func owners(_ policy: String, _ expected: [String: Any]) throws {
    let count = try #require(expected["distinct_owners"] as? Int)
    let people = body(policy).split(separator: "\n").filter { $0.contains("emails: [") }.count
    var teams: Set<Substring> = []
    for line in policy.split(separator: "\n") {
      guard let start = line.firstRange(of: "stands for ") else { continue }
      teams.formUnion(
        line[start.upperBound...].split { $0 == "," || $0 == " " }.filter { $0.hasPrefix("@") })
    }
    #expect(people <= count)
    #expect(people + teams.count >= count - 1, "\(count) owners\n\(policy)")
  }

  /// Every line of the file is read as the rule `code-owners` reads it, and none is a fault.
  private func rules(_ bytes: Bytes, _ sample: Sample, _ expected: [String: Any]) throws {
    let syntax: CodeOwners.Syntax =
      sample.path.contains(".gitlab") ? .gitlab : CodeOwners.usualSyntax(of: bytes, at: sample.path)
    if expected["rules"] as? Int == 0 {
      let fault = #expect(throws: CodeOwnersFault.self) {
        try CodeOwnersFile(bytes, at: "CODEOWNERS", in: "main", syntax: syntax)
      }
      #expect(fault?.words == "main:CODEOWNERS names no path: nobody owns anything")
      return
    }
    let file = try CodeOwnersFile(bytes, at: sample.path, in: "main", syntax: syntax)
    #expect(file.owners.count == expected["rules"] as? Int)
    #expect(file.owners.sections.count - 1 == expected["sections"] as? Int)
    let without = file.owners.sections.flatMap(\.entries).filter { $0.ownersLine != $0.line }
    let bare = file.owners.sections.flatMap(\.entries).filter(\.owners.isEmpty)
    #expect(max(without.count, bare.count) == expected["rules_without_owner"] as? Int)
  }

  /// Every rule is in the policy, or among what was not carried.
  private func ruleset(_ policy: String, _ notes: [String], _ expected: [String: Any]) throws {
    let rules = try #require(expected["rules"] as? [String])
    let words = [
      "deletion": ["no-delete", "immutable-tags"],
      "non_fast_forward": ["fast-forward-only", "immutable-tags"],
      "update": ["pushers", "immutable-tags"], "pull_request": ["approvals", "pull_request"],
      "required_linear_history": ["linear-history"], "required_signatures": ["signed-commits"],
      "required_status_checks": ["the status check"], "workflows": ["workflows"],
      "commit_message_pattern": ["commit-message"], "tag_name_pattern": ["tag-name"],
    ]
    for rule in rules {
      let names = try #require(words[rule], "\(rule)")
      let isThere = names.contains { name in
        // What waits for a person is there behind a `#`.
        policy.contains("      \(name):") || policy.contains("      #\(name):")
          || notes.contains { $0.contains(name) }
      }
      #expect(isThere, "\(rule)\n\(policy)")
    }
  }
}
