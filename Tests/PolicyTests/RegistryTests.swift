import Foundation
import Policy
import Testing

@Suite("the registry of rules")
struct RegistryTests {
  /// The folder of the package.
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func types(in folder: String, dropping ending: String) throws -> [String] {
    try FileManager.default
      .contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
      .filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
  }

  @Test("every file of a rule is in it, and has its tests")
  func files() throws {
    let registered = RuleRegistry.all.map { "\($0)" }.sorted()
    #expect(
      try Self.types(in: "Sources/Policy/Rules", dropping: ".swift") == registered)
    #expect(
      try Self.types(in: "Tests/PolicyTests/Rules", dropping: "Tests.swift") == registered)
  }

  @Test("names are unique and of one form, clauses are clauses")
  func names() {
    #expect(Set(RuleRegistry.names).count == RuleRegistry.all.count)
    #expect(RuleRegistry.names == RuleRegistry.all.map { $0.id.text })
    for type in RuleRegistry.all {
      #expect(type.id.text.allSatisfy { $0.isLowercase || $0 == "-" })
      // CamelCase and kebab-case of the same words. (`Identity` is what a commit holds, `Secrets` a
      // target, and `CodeOwners` a file.)
      let others = [
        "Identities": "Identity", "SecretsRule": "Secrets", "CodeOwnersRule": "CodeOwners",
      ]
      let name = others["\(type)"] ?? "\(type)"
      let words = name.reduce(into: "") {
        $0 += $1.isUppercase ? "-\($1.lowercased())" : "\($1)"
      }
      #expect(words.dropFirst() == type.id.text[...])
      #expect(type.summary.first?.isLowercase == true && type.summary.last != ".")
    }
  }

  @Test("a rule is made by its name")
  func making() {
    let problems = ProblemList()
    let reader = SettingsReader(Setting.absent.node(), name: "no-delete", problems: problems)
    let rule = RuleRegistry.rule(named: "no-delete", from: reader, context: PolicyContext())
    #expect(rule is NoDelete)
    #expect(RuleRegistry.rule(named: "no", from: reader, context: PolicyContext()) == nil)
  }
}
