import GitModel
import Output
import Policy
import Testing

@Suite("replays as text, JSON and CSV")
struct ReplayTextTests {
  private static func update(_ number: Int, _ judged: [JudgedRule]) -> ReplayedUpdate {
    ReplayedUpdate(
      update: RefUpdate(name: RefName("refs/heads/main"), old: id(number), new: id(number + 1)),
      instant: Instant(seconds: 1_795_193_100 - Int64(number) * 86_400),
      title: "Change number \(number)", commits: 2, judged: judged)
  }

  private static let origin = PolicyOrigin(label: "main@3f2a1c9", file: "p.yml", digest: "abc")

  private static func report(_ updates: [[JudgedRule]], examples: Int = 1) -> ReplayReport {
    var tally = ReplayTally(examples: examples)
    for (number, judged) in updates.enumerated() {
      tally.add(update(number, judged), isGuarded: !judged.isEmpty)
    }
    return ReplayReport(
      refs: "main", source: "first-parent history", policy: origin, tally: tally,
      notes: ["who pushed is not recorded"])
  }

  private static let several = report([
    [judged("approvals", .violated, "1 of 2 new commits lacks approval")],
    [
      judged(
        "approvals", .violated, "1 of 1 new commit lacks approval",
        [Finding(commit(2, "Change number 1"), "has nobody; needs 1")]),
      judged("tests", .indeterminate, "nothing is stated about the tree of that commit"),
    ],
    [judged("tests", .indeterminate, "nothing is stated about the tree of that commit")],
    [],
  ])

  @Test("a table, what could not be told, examples and notes")
  func text() {
    #expect(
      ReplayText().lines(Self.several).joined(separator: "\n") == """
        replay of main by policy main@3f2a1c9
          from first-parent history: 4 updates, 2026-11-17 to 2026-11-20, 8 commits
          2 would have broken a rule (50.0%); of 1 others some rule could not be told
          no ruleset guards 1 of them

          rule                  refused  held  not applicable  not told
          production/approvals        2     0               0         0
          production/tests            0     0               0         2

        could not be told:
          production/tests  2 x  nothing is stated about the tree of that commit

        production/approvals (p.yml:7), 2 refused:
          0000001  2026-11-20  Change number 0
              1 of 2 new commits lacks approval
          and 1 more

        note: who pushed is not recorded
        """)
  }

  @Test("an example that is one commit names it once")
  func single() {
    let lines = ReplayText().lines(
      Self.report([
        [
          judged(
            "approvals", .violated, "1 of 1 new commit lacks approval",
            [Finding(commit(1, "Change number 0"), "has nobody; needs 1")])
        ]
      ]))
    #expect(
      lines.suffix(4).prefix(2) == [
        "  0000001  2026-11-20  Change number 0", "      has nobody; needs 1",
      ])
  }

  @Test("lines are as wide as they may be, and what goes on is indented")
  func narrow() {
    let lines = ReplayText(width: 50).lines(Self.several)
    #expect(
      lines.suffix(9).joined(separator: "\n") == """
          production/tests  2 x  nothing is stated about
              the tree of that commit

        production/approvals (p.yml:7), 2 refused:
          0000001  2026-11-20  Change number 0
              1 of 2 new commits lacks approval
          and 1 more

        note: who pushed is not recorded
        """)
  }

  @Test("no advice for a push that was made long ago")
  func advice() {
    let rule = judged(
      "approvals", .violated, "bad", [Finding(commit(9, "a"), "b")],
      fixes: ["git push --force    to make it worse"])
    let told = ReplayText().lines(Self.report([[rule]])).joined(separator: "\n")
    #expect(!told.contains("git push") && !told.contains("more: "))
  }

  @Test("nothing at all")
  func nothing() {
    #expect(
      ReplayText().lines(Self.report([])) == [
        "replay of main by policy main@3f2a1c9", "  from first-parent history: 0 updates",
        "  there is nothing to judge",
      ])
  }

  @Test("CSV quotes what has a comma, and no cell is a formula")
  func csv() {
    var tally = ReplayTally(examples: 1)
    let rule = JudgedRule(
      rule: "approvals", ruleset: "=a, \"b\"", position: Position(line: 3, column: 1),
      enforcement: .active, verdict: .satisfied("yes"))
    tally.add(Self.update(0, [rule]), isGuarded: true)
    let untold = JudgedRule(
      rule: "approvals", ruleset: "=a, \"b\"", position: Position(line: 3, column: 1),
      enforcement: .active, verdict: .indeterminate("nobody, ever, said so"))
    tally.add(Self.update(1, [untold]), isGuarded: true)
    let report = ReplayReport(
      refs: "main", source: "", policy: Self.origin, tally: tally, notes: [])
    #expect(
      ReplayCSV.lines(report) == [
        "ruleset,rule,line,updates,refused,held,not_applicable,not_told,example,file,not_told_why",
        "\"'=a, \"\"b\"\"\",approvals,3,2,0,1,0,1,,p.yml,\"1 x nobody, ever, said so\"",
      ])
  }

  @Test("tallies of parts add up to the tally of the whole")
  func parts() throws {
    let judgements: [[JudgedRule]] = (0..<12).map { number in
      [
        judged(
          "approvals", number % 3 == 0 ? .violated : .satisfied, "says \(number % 2)"),
        judged(
          "tests", number % 4 == 0 ? .indeterminate : .notApplicable, "because of \(number % 8)"),
      ]
    }
    for cut in [0, 1, 5, 12] {
      var whole = ReplayTally(examples: 3)
      var (newer, older) = (ReplayTally(examples: 3), ReplayTally(examples: 3))
      for (number, judged) in judgements.enumerated() {
        let update = Self.update(number, judged)
        whole.add(update, isGuarded: true)
        if number < cut {
          newer.add(update, isGuarded: true)
        } else {
          older.add(update, isGuarded: true)
        }
      }
      newer.add(older)
      func shown(_ tally: ReplayTally) throws -> String {
        try ReplayJSON.text(
          ReplayReport(refs: "", source: "", policy: Self.origin, tally: tally, notes: []))
      }
      #expect(try shown(newer) == shown(whole))
    }
  }
}
