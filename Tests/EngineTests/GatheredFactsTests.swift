import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// A rule that asks for everything there is to know.
private struct Curious: Rule {
  static let id: RuleID = "curious"
  static let summary = "it asks"
  init() {}
  init(from reader: SettingsReader, context: PolicyContext) {}
  func judge(_ matter: Matter) -> Verdict { .notApplicable("it only asks") }

  var needs: Needs {
    var needs = Needs(Needs.Kinds(rawValue: .max))
    needs.branches = try? RefSelection(["main"])
    needs.sources = try? RefSelection(["topic"])
    needs.secrets = SecretSearch()
    needs.endorsements = EndorsementSearch(age: 86_400)
    needs.patch = PatchSearch()
    needs.codeOwners = CodeOwnersSearch(file: "CODEOWNERS", syntax: .github)
    needs.scope = .file(.standard)
    needs.lineage = .standard
    return needs
  }
}

@Suite("what is gathered")
struct GatheredFactsTests {
  @Test(
    "of a branch and of a tag together, every fact that a rule asks for is found out or said why not"
  )
  func all() throws {
    let server = try Server()
    let repository = try Repository.open(at: server.repo.gitDirectory)
    let view = RefView.server(repository)
    let loaded = try TrustedPolicy.load(
      PolicySource(configured: nil), in: repository, view: view)
    let next = try server.approved("next", on: [server.main])
    let ruleset = Ruleset(
      name: "all", refs: try RefSelection(["**", "refs/tags/**"]), patterns: ["**"],
      rules: [StatedRule(Curious(), position: Position(line: 1, column: 1))],
      position: Position(line: 1, column: 1))
    var silent: [Set<String>] = []
    for update in [
      RefUpdate(name: RefName("refs/heads/main"), old: server.main, new: next),
      RefUpdate(
        name: RefName("refs/tags/v1.0.0"), old: .zero, new: try server.tag("v1.0.0", of: next)),
    ] {
      let gatherer = FactGatherer(
        repository: repository, view: view, updates: [update], handed: nil, planned: nil,
        policy: loaded, trusted: server.main, instant: Instant(seconds: server.time))
      let facts = gatherer.gather(update, under: ruleset).facts
      silent.append(
        Set(
          Mirror(reflecting: facts).children.filter { "\($0.value)" == "notGathered" }
            .compactMap(\.label)))
    }
    #expect(silent[0].intersection(silent[1]) == [])
    #expect(silent[0] == ["lineage", "reverts", "rollback", "scope", "sinceRelease"])
    #expect(silent[1] == ["arrivals", "isFastForward", "patch"])
  }
}
