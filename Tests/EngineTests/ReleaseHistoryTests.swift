import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Release
import Testing

@testable import Engine

@Suite("notes and versions of large histories")
struct ReleaseHistoryTests {
  private static let policy = """
    version: 1
    rulesets:
      - name: release tags
        refs: ["refs/tags/v*"]
        when: {lane: [normal, hotfix]}
        rules:
          annotated-tags:

    """

  @Test("a first version of more commits than notes are made of says so, and is judged")
  func first() throws {
    let repo = try TestRepository(bare: true) { git in
      git.commit("policy", files: [".gitrel/policy.yml": Self.policy])
      for number in 1...ReleaseHistory.commitsLimit {
        git.commit("fix: \(number)", files: ["work": "\(number)"])
      }
    }
    let store = try Repository.open(at: repo.gitDirectory)
    let request = TagRun.Request(at: Instant(seconds: 0))
    let run = NotesRun(store, remote: nil)
    let answer = try run.notes(of: nil, request)
    #expect(answer.notes.commits == ReleaseHistory.commitsLimit && answer.notes.isCut)
    #expect(answer.text.hasPrefix("### Fixed\n\n- 20000 ("))
    #expect(answer.text.contains("And at least 19000 more changes, which are not listed."))
    let next = try run.next(request)
    #expect(next.name == "v0.1.0" && next.isCut)
    // The rules of a lane do not read all of history.
    let desk = try ReleaseDesk(store, remote: nil, request)
    let message = TagMessage(name: "v0.1.0", notes: answer.text, previous: nil, policy: nil)
    #expect(message.fault == nil)
    let decision = try desk.decision(
      on: RefName("refs/tags/v0.1.0"), at: repo["main"], state: .new, message)
    #expect(decision.answer == .accepted)
  }

  @Test("an old line goes on from its own version, below however many newer ones")
  func oldLine() throws {
    let repo = try TestRepository(bare: true) { git in
      git.commit("one")
      git.tag("v1.0.0")
      git.tag("v1.0.1-rc.1")
      git.branch("release/1", at: "one")
      for version in 2...9 {
        git.commit("fix: \(version)")
        git.tag("v\(version).0.0")
      }
      git.commit("fix: old", on: "release/1")
      git.commit("stranger", on: "other")
    }
    let store = try Repository.open(at: repo.gitDirectory)
    let history = try ReleaseHistory(store, versions: .standard)
    let range = try history.range(to: repo["release/1"], as: nil)
    #expect(range.previous?.name.short == "v1.0.0")
    #expect(range.commits.map(\.id) == [repo["release/1"]])
    #expect(try history.range(to: repo["main"], as: nil).previous?.name.short == "v9.0.0")
    #expect(try history.range(to: repo["other"], as: nil).previous == nil)
  }

  @Test("a condition on the risk of a tag reads no more than came since the release before it")
  func risk() throws {
    let policy = Self.policy.replacing("{lane: [normal, hotfix]}", with: "{risk: [high]}")
    let repo = try TestRepository(bare: true) { git in
      git.commit("policy", files: [".gitrel/policy.yml": policy])
      git.commit("old\n\nRisk: high\n", files: ["work": "old"])
      for number in 1...FactGatherer.newCommitsLimit {
        git.commit("fix: \(number)", files: ["work": "\(number)"])
      }
      git.tag("v1.0.0")
      git.commit("calm", files: ["work": "calm"])
      git.branch("calm", at: "main")
      git.commit("bold\n\nRisk: high\n", files: ["work": "bold"])
    }
    let store = try Repository.open(at: repo.gitDirectory)
    let request = TagRun.Request(at: Instant(seconds: 0))
    let desk = try ReleaseDesk(store, remote: nil, request)
    let message = TagMessage(name: "v1.1.0", notes: "", previous: nil, policy: nil)
    for (branch, outcome) in [("calm", Verdict.Outcome.notApplicable), ("main", .satisfied)] {
      let decision = try desk.decision(
        on: RefName("refs/tags/v1.1.0"), at: repo[branch], state: .new, message)
      #expect(decision.updates.flatMap(\.judged).map(\.verdict.outcome) == [outcome])
    }
    // A first release is all of history, which is too long to be looked into.
    let first = try desk.decision(
      on: RefName("refs/tags/v0.9.0"), at: repo["main"], state: .new,
      TagMessage(name: "v0.9.0", notes: "", previous: nil, policy: nil))
    #expect(first.updates.flatMap(\.judged).map(\.verdict.outcome) == [.indeterminate])
  }

  @Test("what the planned tag declares is what conditions see")
  func declared() throws {
    let repo = try TestRepository(bare: true) { git in
      git.commit("policy", files: [".gitrel/policy.yml": Self.policy])
    }
    let store = try Repository.open(at: repo.gitDirectory)
    for (lane, outcome) in [(Lane.hotfix, "satisfied"), (.rollback, "notApplicable")] {
      var request = TagRun.Request(at: Instant(seconds: 0))
      request.terms.lane = lane
      let desk = try ReleaseDesk(store, remote: nil, request)
      let message = TagMessage(
        name: "v1.0.0", notes: "", previous: nil, terms: request.terms, policy: nil)
      let decision = try desk.decision(
        on: RefName("refs/tags/v1.0.0"), at: repo["main"], state: .new, message)
      #expect(decision.all.map(\.verdict.outcome.rawValue) == [outcome])
    }
  }
}
