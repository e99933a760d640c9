import GitModel
import Policy
import Testing

@Suite("strategy")
struct StrategyTests {
  private func tag(_ trailers: String) -> Target {
    Target(
      tags: [
        GitModel.Tag(
          id: id(0x7a9), target: id(0xc0de), targetKind: .commit, name: Bytes("v1.4".utf8),
          tagger: nil, message: Bytes("v1.4\n\nNotes.\n\n\(trailers)\n".utf8))
      ], object: id(0xc0de), kind: .commit)
  }

  private func told(
    _ settings: Setting, _ trailers: String, _ commits: [Commit] = [commit(1, "fix: a")],
    paths: [String] = []
  ) -> String {
    rule(Strategy.self, settings).judge(
      matter("refs/tags/v1.4", .create) {
        $0.target = .known(tag(trailers))
        $0.sinceRelease = .known(
          SinceRelease(previous: "v1.3", commits: commits, paths: paths.map { Bytes($0.utf8) }))
      }
    ).told
  }

  private static let byPaths: Setting = ["risk": ["high": ["db/**"], "medium": ["api/**"]]]

  @Test("the risk, and what is careful enough", arguments: table)
  func judged(
    _ settings: Setting, _ trailers: String, _ commits: [Commit], _ paths: [String], _ words: String
  ) {
    #expect(told(settings, trailers, commits, paths: paths) == words)
  }

  @Test("a merge need not say anything, and what it says counts")
  func merges() {
    let silent = commit(2, "Merge a", parents: [1, 3])
    let high = commit(2, "Merge a\n\nRisk: high\n", parents: [1, 3])
    let low = commit(1, "fix: a\n\nRisk: low\n")
    #expect(told(.absent, "Strategy: big-bang", [silent, low]).hasPrefix("satisfied: big-bang;"))
    #expect(
      told(.absent, "Strategy: big-bang", [high, low]).hasPrefix(
        "violated: v1.4 is rolled out by big-bang, which is too weak"))
  }

  static let table: [(Setting, String, [Commit], [String], String)] = [
    (
      .absent, "Strategy: canary\nRisk: high", [], [],
      "satisfied: canary; the risk is high: the tag says so"
    ),
    (
      .absent, "Strategy: blue-green\nRisk: high", [], [],
      "satisfied: blue-green; the risk is high: the tag says so"
    ),
    (
      .absent, "Strategy: rolling\nRisk: high", [], [],
      """
      violated: v1.4 is rolled out by rolling, which is too weak
      wants: canary or blue-green, for the risk is high: the tag says so
      fix: git tag -d v1.4 && gitrel tag v1.4 --strategy canary --risk high    tags what the remote branch has
      """
    ),
    (
      .absent, "Risk: medium", [], [],
      """
      violated: v1.4 does not say how it is rolled out
      wants: rolling, canary or blue-green, for the risk is medium: the tag says so
      fix: git tag -d v1.4 && gitrel tag v1.4 --strategy rolling --risk medium    tags what the remote branch has
      """
    ),
    (
      .absent, "Strategy: canary", [commit(1, "fix: a")], [],
      """
      violated: nothing says what risk v1.4 is
      wants: a `Risk:` trailer in the tag, or in each new commit: low, medium or high
      fix: git tag -d v1.4 && gitrel tag v1.4 --strategy <STRATEGY> --risk <RISK>    tags what the remote branch has
      """
    ),
    // What a commit says, the tag does not talk down.
    (
      .absent, "Strategy: big-bang\nRisk: low",
      [commit(1, "fix: a"), commit(2, "fix: b\n\nRisk: High\n")], [],
      """
      violated: v1.4 is rolled out by big-bang, which is too weak
      wants: canary or blue-green, for the risk is high: a new commit says so
      - 0000002 fix: b: says `Risk: high`
      fix: git tag -d v1.4 && gitrel tag v1.4 --strategy canary --risk low    tags what the remote branch has
      """
    ),
    // A commit that says nothing may be of any risk.
    (
      .absent, "Strategy: rolling", [commit(1, "a"), commit(2, "b\n\nRisk: medium\n")], [],
      """
      violated: nothing says what risk v1.4 is
      wants: a `Risk:` trailer in the tag, or in each new commit: low, medium or high
      fix: git tag -d v1.4 && gitrel tag v1.4 --strategy <STRATEGY> --risk <RISK>    tags what the remote branch has
      """
    ),
    (
      ["unstated": "low"], "Strategy: rolling",
      [commit(1, "a"), commit(2, "b\n\nRisk: medium\n")], [],
      """
      satisfied: rolling; the risk is medium: a new commit says so
      - 0000002 b: says `Risk: medium`
      """
    ),
    (
      ["unstated": "low"], "Strategy: big-bang", [commit(1, "a")], [],
      "satisfied: big-bang; the risk is low: nobody says another"
    ),
    (
      .absent, "Strategy: rolling", [commit(2, "b\n\nRisk: medium\n")], [],
      """
      satisfied: rolling; the risk is medium: a new commit says so
      - 0000002 b: says `Risk: medium`
      """
    ),
    (
      byPaths, "Strategy: rolling", [commit(1, "a")], ["README", "db/tiers.sql"],
      """
      violated: v1.4 is rolled out by rolling, which is too weak
      wants: canary or blue-green, for the risk is high: db/tiers.sql is changed since v1.3
      fix: git tag -d v1.4 && gitrel tag v1.4 --strategy canary    tags what the remote branch has
      """
    ),
    (
      byPaths, "Strategy: rolling", [commit(1, "a")], ["api/x"],
      "satisfied: rolling; the risk is medium: api/x is changed since v1.3"
    ),
    (
      byPaths, "Strategy: big-bang", [commit(1, "a")], ["README"],
      "satisfied: big-bang; the risk is low: no path of a higher one is changed since v1.3"
    ),
    (
      ["weakest": ["low": "canary", "medium": "canary"]], "Strategy: rolling\nRisk: low", [], [],
      """
      violated: v1.4 is rolled out by rolling, which is too weak
      wants: canary or blue-green, for the risk is low: the tag says so
      fix: git tag -d v1.4 && gitrel tag v1.4 --strategy canary --risk low    tags what the remote branch has
      """
    ),
    (
      .absent, "Strategy: yolo\nRisk: low", [], [],
      "indeterminate: `Strategy: yolo` is none of big-bang, rolling, canary or blue-green"
    ),
    (
      .absent, "Strategy: canary\nRisk: some", [], [],
      "indeterminate: `Risk: some` is none of low, medium, high or unstated"
    ),
    (
      .absent, "Strategy: canary\nRisk: low", [commit(1, "a\n\nRisk: some\n")], [],
      "indeterminate: `Risk: some` of 0000001 is none of low, medium or high"
    ),
  ]

  @Test("nothing to judge, or nothing known")
  func nothing() {
    let plain = rule(Strategy.self)
    #expect(
      plain.judge(matter("refs/tags/v1.4", .delete)).told
        == "notApplicable: a deletion releases nothing")
    #expect(
      plain.judge(matter("refs/tags/v1.4", .create) { $0.target = .known(target(tags: [])) }).told
        == "notApplicable: v1.4 is no annotated tag, which could say how")
    #expect(
      plain.judge(
        matter("refs/tags/v1.4", .create) {
          $0.target = .known(target())
          $0.sinceRelease = .unknown("why")
        }
      ).told == "indeterminate: why")
    #expect(
      plain.judge(matter("refs/tags/v1.4", .create) { $0.target = .unknown("why") }).told
        == "indeterminate: why")
  }

  @Test("a strategy that the policy has not")
  func unknownStrategy() {
    var context = PolicyContext()
    context.release = ReleaseTerms(
      strategies: RolloutPlans(stages: [.canary: [RolloutStage("all")]]))
    let strict = rule(Strategy.self, .absent, context)
    #expect(
      strict.judge(
        matter("refs/tags/v1.4", .create) {
          $0.target = .known(tag("Strategy: rolling\nRisk: low"))
          $0.sinceRelease = .known(SinceRelease(previous: nil, commits: []))
        }
      ).told == """
        violated: the policy has no strategy `rolling`
        wants: one of canary
        fix: git tag -d v1.4 && gitrel tag v1.4 --strategy <STRATEGY> --risk low    tags what the remote branch has
        """)
  }

  @Test("settings", arguments: problems)
  func settings(_ settings: Setting, _ problems: [String]) {
    #expect(read(Strategy.self, settings).problems == problems)
  }

  static let problems: [(Setting, [String])] = [
    (
      ["weakest": ["low": "canary", "high": "rolling"]],
      ["`weakest` asks for less where the risk is higher"]
    ),
    (
      ["risk": ["low": ["a"]]],
      ["`risk` knows no key `low`; it knows high, medium"]
    ),
  ]
}
