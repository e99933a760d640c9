import Foundation
import GitModel
import GitrelTestSupport
import Output
import Policy
import Testing

/// A policy of three rulesets, one with names that are hostile; the second rule comes from a base.
func samplePolicy() throws -> (PolicyDocument, PolicyOrigin) {
  func scalar(_ text: String, isQuoted: Bool = false) -> SettingsNode {
    SettingsNode(.scalar(text, isQuoted: isQuoted), at: Position(line: 1, column: 1))
  }
  func map(_ entries: [(String, SettingsNode)]) -> SettingsNode {
    let place = Position(line: 1, column: 1)
    return SettingsNode(
      .map(entries.map { SettingsNode.Entry(key: $0.0, position: place, node: $0.1) }), at: place)
  }
  func stated<R: Rule>(
    _ type: R.Type, _ plan: EnforcementPlan, line: Int, file: String? = nil,
    _ settings: [(String, SettingsNode)] = []
  ) -> StatedRule {
    let node = map(settings)
    let reader = SettingsReader(node, name: R.id.text, problems: ProblemList())
    let context = PolicyContext(people: People([], roles: ["qa": [], "tech-lead": []]))
    return StatedRule(
      R(from: reader, context: context), enforcement: plan,
      position: Position(line: line, column: 7, file: file), settings: node)
  }
  func ruleset(
    _ name: String, _ refs: [String], line: Int, _ rules: [StatedRule],
    _ conditions: Conditions = Conditions()
  ) throws -> Ruleset {
    Ruleset(
      name: name, refs: try RefSelection(refs), patterns: refs, conditions: conditions,
      rules: rules, position: Position(line: line, column: 5))
  }
  var lanes = Condition()
  lanes.lanes = [.normal]
  let policy = PolicyDocument(
    people: People(), calendars: [:],
    rulesets: [
      try ruleset(
        "production", ["main", "release/*", "!release/old"], line: 3,
        [
          stated(NoDelete.self, .always(.active), line: 6),
          stated(
            Approvals.self, .activeFrom(Instant(seconds: 1_796_083_200)), line: 4, file: "base.yml",
            [
              ("roles", map([("tech-lead", scalar("1")), ("qa", scalar("1"))])),
              (
                "trailers",
                SettingsNode(
                  .list([scalar("Reviewed-by", isQuoted: true)]), at: Position(line: 1, column: 1))
              ),
            ]),
        ], Conditions(when: lanes)),
      try ruleset(
        "e\u{1B}[2J", ["\u{202E}x"], line: 9,
        [
          stated(
            CommitMessage.self, .always(.evaluate), line: 12,
            [("matches", scalar("it's \u{1B}", isQuoted: true))])
        ]),
      try ruleset(
        "many", (1...13).map { "team-\($0)/**" }, line: 20,
        [stated(NoDelete.self, .always(.active), line: 22)]),
    ])
  return (policy, PolicyOrigin(label: "main@3f2a1c9", file: "policy.yml", digest: "abc"))
}

@Suite("policies as text")
struct PolicyTextTests {
  private func text(
    ref: String? = nil, rule: RuleID? = nil, decision: Decision? = nil
  ) throws -> String {
    let (policy, origin) = try samplePolicy()
    let explanation = PolicyExplanation(
      policy, origin, ref: ref.map { RefName($0) }, rule: rule, decision: decision)
    let lines = PolicyText().lines(explanation)
    #expect(isPrintable(lines.joined(separator: "\n")))
    #expect(isPrintable(try DecisionJSON.text(explanation)))
    for line in lines where line.count > 80 { Issue.record("wider than 80: \(line)") }
    return lines.joined(separator: "\n")
  }

  @Test("what guards a ref, what does not, and why")
  func guarding() throws {
    #expect(
      Snapshot.difference(try text(ref: "refs/heads/main") + "\n", "explain/main") == nil)
    #expect(try text(ref: "refs/heads/release/1").contains("guards it: `release/*` matches"))
    #expect(
      try text(ref: "refs/heads/release/old").contains(
        "(policy.yml:3) does not: `!release/old` takes it out"))
    #expect(
      try text(ref: "refs/notes/x").hasSuffix(
        "\n  no ruleset guards it: it is let through, if its name is a good one"))
  }

  @Test("a rule as it is in force, key by key")
  func rule() throws {
    #expect(
      Snapshot.difference(try text(rule: "approvals") + "\n", "explain/approvals") == nil)
    #expect(
      try text(rule: "commit-message").hasPrefix(
        """
        commit-message: every new commit's message has the agreed form
          policy.yml:12, in `e\\u{1b}[2J`, for \\u{202e}x, only evaluated
            matches: 'it''s \\u{1b}'
                the whole subject must match
            not stated, so as by default:
            conventional: false
        """))
    #expect(
      try text(rule: "no-delete") == """
        no-delete: the ref is not deleted
          policy.yml:6, in `production`, for main, release/*, !release/old
            the ruleset has a `when` of its own (policy.yml:3)
          policy.yml:22, in `many`, for team-1/**, team-2/**, team-3/**, team-4/**,
              team-5/**, team-6/**, team-7/**, team-8/**, team-9/**, team-10/** and 3
              more
        """)
  }

  @Test("a rule that is not stated, and a check that is always there")
  func unstated() throws {
    #expect(
      try text(rule: "tag-on-branch") == """
        tag-on-branch: the tagged commit is on one of the named branches
          policy main@3f2a1c9 does not state it
          it would take:
            branches: required
                of the matching branches one must have the commit
        """)
    #expect(try text(rule: "fast-forward-only").hasSuffix("main@3f2a1c9 does not state it"))
    for (id, summary) in BuiltIn.summaries {
      let words = try text(rule: id).split { " \n".contains($0) }.joined(separator: " ")
      #expect(
        words
          == "\(id): \(summary) a check that stands before every rule; no policy can switch it off")
    }
  }

  @Test("a rule on a ref")
  func both() throws {
    let approvals = JudgedRule(
      rule: "approvals", ruleset: "production",
      position: Position(line: 4, column: 7, file: "base.yml"), enforcement: .active,
      verdict: .notApplicable("by its `when`: the lane is hotfix"),
      readings: [
        ConditionReading(
          isOfRuleset: true, isException: false, key: "lane", answer: .fails,
          words: "the lane is hotfix"),
        ConditionReading(
          isOfRuleset: false, isException: true, key: "via", answer: .unknown,
          words: "nobody tells whether this comes by git push or by a button of a web page"),
      ])
    let other = judged("no-delete", .violated, "it is deleted")
    let told = try text(
      ref: "refs/heads/main", rule: "approvals",
      decision: decision([updated("refs/heads/main", [approvals, other])]))
    let start = try #require(told.range(of: "if main were"))
    #expect(
      told[start.lowerBound...] == """
        if main were pushed now:
          - main  approvals          by its `when`: the lane is hotfix
              base.yml:4, ruleset `production`
              when `lane` of the ruleset does not hold: the lane is hotfix
              except `via` cannot be told: nobody tells whether this comes by git push
                  or by a button of a web page
        """)
    let silent = try text(
      ref: "refs/heads/main", rule: "tests",
      decision: decision([updated("refs/heads/main", [other])]))
    #expect(silent.hasSuffix("if main were pushed now:\n  tests says nothing of it"))
    #expect(silent.contains("does not state it for main"))
  }
}
