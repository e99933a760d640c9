import GitModel
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// History from before a ruleset: an id cannot be typed into a history that lacks it, a date can
/// (THREATS.md, "dates in objects mean nothing").
@Suite struct GrandfatheredTests {
  private static let now = "Ann Author <ann@example.org> 1767603600 +0000"
  private static let old = "Ann Author <ann@example.org> 946684800 +0000"

  /// A server that reads its policy from a file outside: subjects on main and release/* are long.
  private func server(_ grandfathered: String) throws -> Server {
    let server = try Server()
    try state(grandfathered, on: server)
    return server
  }

  private func state(_ grandfathered: String, on server: Server) throws {
    let file = server.repo.directory.file("outside.yml")
    try write(
      """
      version: 1
      rulesets:
        - name: production
          refs: [main, "release/*"]
          grandfathered: \(grandfathered)
          rules:
            commit-message: {subject-minimum: 20}

      """, to: file)
    try server.repo.git("config", "gitrel.policy", file)
  }

  /// How many commits the rule finds bad; 0 where it is satisfied or has nothing to judge.
  private func bad(
    _ server: Server, _ name: String, _ id: ObjectID, _ location: SourceLocation = #_sourceLocation
  ) throws -> Int {
    let outcome = try server.judge(server.line(name, id))
    let verdict = outcome.decision.updates.first?.judged.last?.verdict
    #expect(verdict?.outcome != .indeterminate, sourceLocation: location)
    #expect(
      (verdict?.outcome == .violated) == (outcome.answer == .refused), sourceLocation: location)
    return verdict?.explanation.findings.count ?? -1
  }

  @Test func commitsWithAllThatTheyReach() throws {
    let server = try Server()
    let one = try server.commit("one\n", on: [server.main])
    let two = try server.commit("two\n", on: [one])
    let side = try server.commit("side\n", on: [one])
    try state("{commits: [\(two.hex)]}", on: server)
    #expect(try bad(server, "main", two) == 0)
    #expect(try bad(server, "main", one) == 0)
    #expect(try bad(server, "release/1", two) == 0)
    // What stands on it is judged, and what stands beside it.
    #expect(try bad(server, "main", server.commit("three\n", on: [two])) == 1)
    #expect(try bad(server, "main", side) == 1)
    #expect(try bad(server, "main", server.commit("merge\n", on: [two, side])) == 2)
    // The same content and message, made anew, is another commit.
    let copy = try server.commit("two\n", on: [one], author: Self.old, committer: Self.old)
    #expect(try bad(server, "main", copy) == 1)
    try state("{commits: [\(two.hex), \(side.hex)]}", on: server)
    #expect(try bad(server, "main", server.commit("merge\n", on: [two, side])) == 1)
  }

  @Test func whatIsNotThereIsNotTaken() throws {
    let server = try server("{commits: [\"\(ObjectID.nowhere.hex)\"]}")
    let one = try server.commit("one\n", on: [server.main])
    #expect(try bad(server, "main", one) == 1)
  }

  @Test func whatIsNoCommitOpensNothing() throws {
    let server = try Server()
    let one = try server.commit("one\n", on: [server.main])
    for id in [try server.blob("x"), try server.tree(of: server.main)] {
      try state("{commits: [\(id.hex)]}", on: server)
      let outcome = try server.judge(server.line("main", one))
      #expect(outcome.answer != .accepted)
    }
  }

  @Test func aDateCountsForTheFirstImportAlone() throws {
    let server = try server("{before: 2025-01-01}")
    let first = try server.commit(
      "1\n", on: [], tree: server.tree(of: server.main), author: Self.old, committer: Self.old)
    let second = try server.commit("2\n", on: [first], author: Self.old, committer: Self.old)
    let third = try server.commit("3\n", on: [second], author: Self.old, committer: Self.now)
    // An empty server: the whole history comes at once, and its old part is not judged. The
    // committer's date counts, for an author's stays through a rebase.
    try server.set("main", .zero)
    #expect(try bad(server, "main", second) == 0)
    #expect(try bad(server, "main", third) == 1)
    // Something is guarded: a backdated commit is judged.
    try server.set("main", first)
    #expect(try bad(server, "main", second) == 1)
    #expect(try bad(server, "release/1", second) == 1)
    // Nothing is guarded, and something is here: the first release branch is judged too, whenever it
    // comes and whoever typed the dates.
    try server.set("main", .zero)
    try server.set("wip/a", first)
    #expect(try bad(server, "release/1", second) == 2)
    try server.set("wip/a", .zero)
    try server.set("refs/tags/v1", first)
    #expect(try bad(server, "main", second) == 2)
    // Nothing is here any more, and something was: what git carried out is recorded.
    try server.set("refs/tags/v1", .zero)
    #expect(try bad(server, "main", second) == 0)
    try server.set("refs/gitrel/applied", first)
    #expect(try bad(server, "main", second) == 2)
  }

  @Test func theBoundIsTheFirstSecondThatIsJudged() throws {
    for (second, count) in [(1_735_689_599, 0), (1_735_689_600, 1)] {
      let server = try server("{before: 2025-01-01}")
      let when = "Ann Author <ann@example.org> \(second) +0200"
      let only = try server.commit(
        "1\n", on: [], tree: server.tree(of: server.main), author: when, committer: when)
      try server.set("main", .zero)
      #expect(try bad(server, "main", only) == count, "\(second)")
    }
  }
}
