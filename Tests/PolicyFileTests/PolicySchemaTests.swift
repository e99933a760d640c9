import GitModel
import GitrelTestSupport
import Policy
import Schedule
import Testing

@testable import PolicyFile

/// What the schema takes and what the reader takes, on the same files.
@Suite struct PolicySchemaTests {
  private let check: SchemaCheck

  init() throws { check = try SchemaCheck(PolicySchema.text) }

  @Test("files that load", arguments: PolicyFolder.files(in: "Tests/Policies/valid"))
  func valid(_ file: PolicyFolder.File) throws {
    #expect(Self.lines(file) == [])
    let faults = try check.faults(of: root(file))
    #expect(faults == [])
  }

  @Test(
    "files that neither takes, each called by its fault",
    arguments: PolicyFolder.files(in: "Tests/Policies/invalid"))
  func invalid(_ file: PolicyFolder.File) throws {
    #expect(try check.faults(of: root(file)) != [], "the schema takes it")
    #expect(Self.lines(file) != [], "the reader takes it")
  }

  @Test(
    "files that only the reader can tell",
    arguments: PolicyFolder.files(in: "Tests/Policies/invalid/beyond-the-schema"))
  func beyond(_ file: PolicyFolder.File) {
    #expect(Self.lines(file) != [])
  }

  /// What the reader says of all of them, for people to read.
  @Test func errorsHaveLineAndColumn() {
    let folders = ["Tests/Policies/invalid", "Tests/Policies/invalid/beyond-the-schema"]
    let files = folders.flatMap(PolicyFolder.files)
    #expect(files.count > 70)
    let told = files.map { file in
      "\(file.name.split(separator: "/").last ?? "")\n"
        + Self.lines(file).map { "  \($0)\n" }.joined()
    }
    for line in files.flatMap(Self.lines) {
      #expect(line.firstMatch(of: #/^p\.yml:[0-9]+:[0-9]+: /#) != nil, "\(line)")
    }
    #expect(Snapshot.difference(told.joined(), "policies/invalid") == nil)
  }

  @Test("every pack, and the repository's own policy")
  func packs() throws {
    #expect(PolicyPack.all.map(\.name) == ["gitflow", "open-source", "regulated", "trunk"])
    for pack in PolicyPack.all {
      let file = PolicyFolder.File(name: pack.name, bytes: pack.bytes)
      let faults = try check.faults(of: root(file))
      #expect(faults == [], "\(pack.name)")
    }
    for file in PolicyFolder.files(in: ".gitrel") {
      let faults = try check.faults(of: root(file))
      #expect(faults == [], "\(file.name)")
    }
  }

  @Test("every rule is there with every key that it reads, and nothing else")
  func rules() throws {
    for id in RuleRegistry.names {
      let shape = try #require(PolicySchema.shape(ofRule: id))
      let nothing = SettingsNode(.absent, at: Position(line: 1, column: 1))
      let reader = SettingsReader(nothing, name: id, problems: ProblemList())
      _ = RuleRegistry.rule(named: id, from: reader, context: PolicyContext())
      let common: Set = ["enforce", "when", "except", "locked", "override-by"]
      #expect(
        shape.properties.map(\.key).filter { !common.contains($0) }.sorted() == reader.knownKeys,
        "\(id)")
      for property in shape.properties {
        #expect(!property.shape.isEmpty, "\(id): nobody tells the type of \(property.key)")
      }
    }
  }

  private func root(_ file: PolicyFolder.File) throws -> SettingsNode {
    let problems = ProblemList()
    let root = YAMLReader.root(of: file.bytes, problems: problems)
    return try #require(root, "\(problems.problems)")
  }

  private static func lines(_ file: PolicyFolder.File) -> [String] {
    do throws(PolicyFault) {
      _ = try PolicyReader.read(file.bytes, file: "p.yml", zone: SystemZones.zone)
      return []
    } catch { return error.lines }
  }
}
