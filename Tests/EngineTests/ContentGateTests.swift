import GitModel
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// Rules on what commits change and bring in, over real repositories.
@Suite struct ContentGateTests {
  private static let policy = """
    version: 1
    rulesets:
      - name: production
        refs: [main]
        rules:
          paths: {extensions: [exe], case-clashes: true}
          file-size: {maximum: 10B, exclude: [".gitrel/"]}

    """

  private static let sources = """
    version: 1
    rulesets:
      - name: production
        refs: [main]
        rules:
          merge-from: {branches: [develop, "hotfix/*"], direct: false}

    """

  /// What the rules say of an update of main: the words of findings, or the summary where there are none.
  private func told(_ server: Server, _ lines: String...) throws -> [String] {
    try server.judge(Bytes(lines.joined().utf8)).decision.updates.flatMap(\.judged)
      .filter { $0.verdict.outcome == .violated || $0.verdict.outcome == .indeterminate }
      .flatMap { judged in
        let explanation = judged.verdict.explanation
        return explanation.findings.isEmpty
          ? ["\(judged.rule) \(explanation.summary)"]
          : explanation.findings.map { "\(judged.rule) \($0.title): \($0.detail)" }
      }
  }

  /// A commit on main with one more entry, which comes after all others.
  private func commit(
    _ server: Server, adding entry: (String, String, ObjectID)
  ) throws -> ObjectID {
    let root = try server.tree([
      ("40000", ".gitrel", server.repo["main:.gitrel"]),
      ("100644", "README", server.repo["main:README"]), entry,
    ])
    return try server.commit("more", on: [server.main], tree: root)
  }

  @Test func everyNewCommitIsLookedInto() throws {
    let server = try Server(Self.policy) { git in
      git.commit("add", on: "topic", from: "base", files: ["a.exe": "x", "b": "12345678901"])
      git.commit("take out", on: "topic", files: ["a.exe": nil, "b": "1"])
      git.commit("fine", on: "fine", from: "base", files: ["b": "1234567890", "READ.ME": "x"])
    }
    #expect(
      try told(server, server.line("main", server.repo["take out"])) == [
        "paths add: `a.exe` ends in .exe", "file-size add: `b` has 11B, at most 10B",
      ])
    #expect(try told(server, server.line("main", server.repo["fine"])) == [])
  }

  @Test func aCleanMergeAddsNothingAndAnEvilOneDoes() throws {
    let server = try Server(Self.policy) { git in
      git.commit("old", files: ["old.exe": "x", "f": "1"])
      git.commit("topic", on: "topic", from: "old", files: ["t": "1"])
      git.commit("main moves", on: "main", files: ["m": "1"])
      git.commit("clean", on: "clean", from: "main moves", merging: ["topic"], files: ["t": "1"])
      git.commit(
        "evil", on: "evil", from: "main moves", merging: ["topic"],
        files: ["t": "1", "evil.exe": "x", "old.exe": "y"])
    }
    #expect(try told(server, server.line("main", server.repo["clean"])) == [])
    #expect(
      try told(server, server.line("main", server.repo["evil"])) == [
        "paths evil: `evil.exe` ends in .exe", "paths evil: `old.exe` ends in .exe",
      ])
  }

  @Test func capitalsThatOnlyTheMergeBringsTogether() throws {
    let server = try Server(Self.policy) { git in
      git.commit("left", on: "left", from: "base", files: ["Notes": "1"])
      git.commit("right", on: "right", from: "base", files: ["notes": "1"])
      git.commit("both", on: "both", from: "left", merging: ["right"], files: ["notes": "1"])
      git.commit("one", on: "one", from: "base", files: ["readme": "1"])
    }
    #expect(
      try told(server, server.line("main", server.repo["both"])) == [
        "paths both: `notes` differs from `Notes` in capitals alone"
      ])
    #expect(
      try told(server, server.line("main", server.repo["one"])) == [
        "paths one: `readme` differs from `README` in capitals alone"
      ])
  }

  @Test func aTreeBombIsRefusedAndAHugeBlobNotRead() throws {
    let server = try Server(Self.policy)
    var tree = try server.tree([("100644", "f", server.blob("x"))])
    for _ in 0..<10 {
      tree = try server.tree((0..<10).map { ("40000", "n\($0)", tree) })
    }
    let bomb = try commit(server, adding: ("40000", "n", tree))
    let words =
      "what the new commits change is not looked into any further: it changes more than"
      + " the limit allows (200000 paths and folders for a push)"
    let start = ContinuousClock.now
    #expect(
      try told(server, server.line("main", bomb)) == ["paths \(words)", "file-size \(words)"])
    let spent = start.duration(to: .now)
    #expect(spent < .seconds(60))
  }

  @Test func aMissingBlobIsNotSmall() throws {
    let server = try Server(Self.policy)
    let nothing = try #require(ObjectID(hex: String(repeating: "42", count: 20)))
    let commit = try commit(server, adding: ("100644", "f", nothing))
    #expect(
      try told(server, server.line("main", commit)) == [
        "file-size cannot read blob '\(nothing)': object not found"
      ])
  }

  @Test func whatIsMergedComesFromTheNamedBranches() throws {
    let server = try Server(Self.sources) { git in
      git.commit("one", on: "develop", from: "base")
      git.commit("two", on: "develop")
      git.commit("three", on: "develop")
      git.commit("stray", on: "feature", from: "base")
      git.commit("fix", on: "hotfix/7", from: "base")
      git.commit("of develop", on: "m1", from: "base", merging: ["two"], files: [:])
      git.commit("and of hotfix", on: "m1", merging: ["fix"], files: [:])
      git.commit("of feature", on: "m2", from: "of develop", merging: ["stray"], files: [:])
      git.commit("direct", on: "m3", from: "of develop")
      git.commit("swapped", on: "m4", from: "stray", merging: ["base"], files: [:])
    }
    func told(_ name: String, _ more: String...) throws -> [String] {
      try self.told(server, ([server.line("main", server.repo[name])] + more).joined())
    }
    #expect(try told("and of hotfix") == [])
    // A fast-forward to what develop has.
    #expect(try told("two") == [])
    #expect(
      try told("of feature") == [
        "merge-from of feature: merges \(server.repo["stray"].short), which is on none of them"
      ])
    #expect(try told("direct") == ["merge-from direct: is no merge, and on none of them"])
    // The same push makes the branch.
    #expect(try told("of feature", server.line("hotfix/8", server.repo["stray"])) == [])
    // And takes it away.
    #expect(try told("and of hotfix", server.line("hotfix/7", .zero)).count == 1)
    // What is merged is on develop, being the base of all; what it is merged into came directly.
    #expect(
      try told("swapped") == [
        "merge-from stray: is no merge, and on none of them"
      ])
  }

  @Test func theBranchItselfIsNoSource() throws {
    let policy = Self.sources.replacing("[develop, \"hotfix/*\"]", with: "[\"**\"]")
    let server = try Server(policy) { git in git.commit("direct", on: "x", from: "base") }
    try server.set("x", .zero)
    #expect(
      try told(server, server.line("main", server.repo["direct"])) == [
        "merge-from direct: is no merge, and on none of them"
      ])
  }
}
