import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// Whatever the history and the guarded refs: what is judged is what git calls new.
@Suite struct NewCommitsPropertyTests {
  /// The same numbers in every run.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  static let policy = """
    version: 1
    rulesets:
      - name: production
        refs: [main, "g/**", "refs/tags/g*"]
        rules:
          trailers: {required: [Never]}

    """

  @Test(arguments: 1...12)
  func judgedIsWhatGitCallsNew(_ seed: Int) throws {
    var numbers = Numbers(state: UInt64(seed))
    let server = try Server(Self.policy) { git in
      var marks = ["base"]
      for number in 0..<30 {
        let parents = (0..<Int.random(in: 1...2, using: &numbers)).map { _ in
          marks.randomElement(using: &numbers) ?? "base"
        }
        let others = parents.count == 2 && parents[0] != parents[1] ? [parents[1]] : []
        git.commit(
          "c\(number)", on: "refs/heads/c/\(number)", from: parents[0], merging: others,
          date: 1_767_603_600 + Int64.random(in: -5_000_000...5_000_000, using: &numbers))
        marks.append("c\(number)")
      }
    }
    var guarded = ["refs/heads/main"]
    for number in 0..<4 {
      let mark = "refs/heads/c/\(Int.random(in: 0..<30, using: &numbers))"
      let name = number == 3 ? "refs/tags/g\(number)" : "refs/heads/g/\(number)"
      try server.set(name, server.repo[mark])
      // A tag is guarded as well, and hides nothing: some rules judge branches alone.
      if number < 3 { guarded.append(name) }
    }
    if seed % 3 == 0 { try server.repo.git("repack", "-adq") }
    if seed % 4 == 0 { try server.repo.git("pack-refs", "--all") }
    if seed % 2 == 0 { try server.repo.git("commit-graph", "write", "--reachable") }
    for number in stride(from: seed % 3, to: 30, by: 3) {
      let tip = server.repo["refs/heads/c/\(number)"]
      let outcome = try server.judge(server.line("g/new", tip, from: .zero))
      let judged = outcome.decision.updates.flatMap(\.judged).first { $0.rule.text == "trailers" }
      let found = Set((judged?.verdict.explanation.findings ?? []).compactMap { $0.commit?.hex })
      let listed = try server.repo.git(["rev-list", tip.hex, "--not"] + guarded)
      #expect(found == Set(listed.split(separator: "\n").map(String.init)), "c\(number)")
    }
  }
}
