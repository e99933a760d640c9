import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// What the rule `ticket-scope` is told of a repository.
@Suite struct ScopeFactsTests {
  private static let policy = """
    version: 1
    rulesets:
      - name: releases
        refs: ["refs/tags/v*"]
        rules:
          ticket-scope: {missing: tell}

    """

  private static let scope = #"{"tickets": [{"ticket": "AB-1"}]}"#

  private func told(_ server: Server, _ name: String = "v1.4.0") throws -> String {
    let tag = "refs/tags/\(name)"
    let judged = try server.judge(server.line(tag, server.repo["refs/notes/new"])).decision.updates
      .flatMap(\.judged)
    let verdicts = judged.filter { $0.rule == TicketScope.id }.map(\.verdict)
    guard let verdict = verdicts.first else {
      return judged.map { "\($0.rule): \($0.verdict.explanation.summary)" }.joined(separator: "\n")
    }
    let explanation = verdict.explanation
    return
      ([explanation.summary] + explanation.findings.map { "\($0.title): \($0.detail)" })
      .joined(separator: "\n")
  }

  /// A server with a promise of AB-1 for 1.4.0; `new` becomes the tag v1.4.0.
  private func server(
    scope: String? = scope, _ tell: (inout History) throws -> Void
  ) throws -> Server {
    let server = try Server(Self.policy) { git in
      if let scope { git.commit("scope", files: [".gitrel/scope/1.4.0.json": scope]) }
      try tell(&git)
    }
    try server.repo.git("update-ref", "refs/notes/new", "refs/tags/new")
    try server.repo.git("update-ref", "-d", "refs/tags/new")
    return server
  }

  @Test("the commits since the release before, of the same line, by annotated tags")
  func since() throws {
    let server = try server { git in
      git.commit("AB-2 b", on: "main")
      git.tag("v1.3.0", of: "main")
      git.commit("AB-3 c", on: "main")
      git.commit("AB-4 d", on: "next", from: "main")
      git.tag("v1.5.0", of: "next")
      git.commit("AB-1 e", on: "main")
      git.tag("v1.4.0-rc.1", of: "main")
      git.tag("new", of: "main")
    }
    let found = "1 ticket promised, and judged by 2 commits since v1.3.0"
    #expect(try told(server).hasPrefix("tickets of v1.4.0: 1 contained and not promised\nAB-3: "))
    // A tag without a message is no release, so it hides nothing.
    try server.repo.git("update-ref", "refs/tags/v1.3.1", server.repo["refs/heads/main"].hex)
    #expect(try told(server).hasPrefix("tickets of v1.4.0: 1 contained and not promised\nAB-3: "))
    // One that is pushed along hides nothing either.
    try server.repo.git("tag", "-a", "-m", "x", "v1.3.2", server.repo["refs/heads/main~1"].hex)
    let pushed = server.held("refs/tags/v1.3.2")
    try server.set("refs/tags/v1.3.2", .zero)
    let both = try server.judge(
      server.line("refs/tags/v1.3.2", pushed),
      server.line("refs/tags/v1.4.0", server.repo["refs/notes/new"]))
    let last = both.decision.updates.last?.judged.first { $0.rule == TicketScope.id }
    #expect(last?.verdict.explanation.findings.map(\.title) == ["AB-3"])
    try server.set("refs/tags/v1.3.2", pushed)
    #expect(
      try told(server) == found.replacing("2 commits since v1.3.0", with: "1 commit since v1.3.2"))
  }

  @Test("a revert counts by its content, not by what it says")
  func reverts() throws {
    func told(_ files: [String: String?]) throws
      -> String
    {
      let history = { (git: inout History) in
        git.commit("more", on: "main", files: ["code": "1\n", "other": "1"])
        git.commit("AB-1 x", on: "main")
        git.tag("v1.3.0", of: "main")
        git.commit("AB-2 x", on: "main", files: ["code": "2\n"])
        git.commit("AB-1 y", on: "main", files: ["other": "2"])
      }
      let first = try server { git in
        history(&git)
        git.tag("new", of: "main")
      }
      let reverted = first.repo["refs/heads/main~1"].hex
      let second = try server { git in
        history(&git)
        git.commit(
          "Revert \"AB-2 x\"\n\nThis reverts commit \(reverted).\n", on: "main", files: files)
        git.tag("new", of: "main")
      }
      return try self.told(second)
    }
    #expect(
      try told(["code": "1\n"]) == "1 ticket promised, and judged by 3 commits since v1.3.0")
    #expect(
      try told(["code": "1\n", "extra": "x"]).hasPrefix(
        "tickets of v1.4.0: 1 contained and not promised\nAB-2: "))
    #expect(try told(["other": "3"]).hasPrefix("tickets of v1.4.0: 1 contained and not promised"))
  }

  @Test("the file stands in the trusted tree, plain, and is of this release")
  func file() throws {
    let first = { (git: inout History) in
      git.commit("AB-1 x", on: "main")
      git.tag("new", of: "main")
    }
    #expect(
      try told(try server(scope: nil, first))
        == "nobody said which tickets v1.4.0 promises: there is no main:.gitrel/scope/1.4.0.json")
    #expect(
      try told(try server(first))
        == "1 ticket promised, and judged by 3 commits since the beginning; 2 commits without a ticket"
    )
    #expect(
      try told(try server(scope: "{}", first))
        == "main:.gitrel/scope/1.4.0.json cannot be read: has no list `tickets`")
    #expect(
      try told(try server(scope: #"{"version": "1.3.9\u001b", "tickets": []}"#, first))
        == "main:.gitrel/scope/1.4.0.json is of the release 1.3.9\\u{1b}")
    #expect(
      try told(try server(scope: String(repeating: " ", count: (4 << 20) + 1), first))
        == "the scope main:.gitrel/scope/1.4.0.json is larger than 4194304 bytes")
    // What the tag itself brings has no say.
    let branch = try server(scope: nil) { git in
      git.commit("AB-1 x", on: "own", from: "main", files: [".gitrel/scope/1.4.0.json": Self.scope])
      git.tag("new", of: "own")
    }
    #expect(try told(branch).hasPrefix("nobody said which tickets v1.4.0 promises"))
  }
}
