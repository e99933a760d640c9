import Evidence
import GitModel
import Policy
import Testing

@Suite("coverage")
struct CoverageTests {
  private func figures(
    _ covered: Int, of valid: Int, branches: (Int, Int)? = nil, files: [String: (Int, Int)] = [:]
  ) -> CoverageFigures {
    CoverageFigures(
      lines: Ratio(covered: covered, valid: valid) ?? .empty,
      branches: branches.flatMap { Ratio(covered: $0.0, valid: $0.1) },
      files: Dictionary(
        uniqueKeysWithValues: files.map { path, counts in
          (Bytes(path.utf8), Ratio(covered: counts.0, valid: counts.1) ?? .empty)
        }))
  }

  private func stated(_ figures: CoverageFigures, suite: String = "default")
    -> Stated<CoverageFigures>
  {
    Stated(suite: suite, recorded: Instant(seconds: 0), figures: figures, source: "ci")
  }

  private func told(
    _ settings: Setting, _ now: [Stated<CoverageFigures>],
    before: Fact<TreeEvidence?> = .notGathered
  ) -> String {
    rule(Coverage.self, settings).judge(
      matter {
        $0.evidence = .known(TreeEvidence(tree: id(0x79ee), coverage: now))
        $0.baseEvidence = before
      }
    ).told
  }

  static let fix =
    "fix: gitrel attest HEAD --coverage <FILE>    after tests are added, committed and run"

  @Test("enough is covered, to the line")
  func satisfied() {
    #expect(
      told(["line": "80%"], [stated(figures(80, of: 100, branches: (0, 0)))]) == """
        satisfied: lines 80% (80 of 100)
        - default: lines 80% (80 of 100); ci
        """)
    #expect(
      told(["branch": "50%"], [stated(figures(1, of: 1, branches: (1, 2)))]) == """
        satisfied: lines 100% (1 of 1), branches 50% (1 of 2)
        - default: lines 100% (1 of 1), branches 50% (1 of 2); ci
        """)
    #expect(
      told(
        ["paths": ["src/core/**": "90%"]],
        [stated(figures(10, of: 20, files: ["src/core/a": (9, 10), "src/b": (1, 10)]))]
      ).hasPrefix("satisfied"))
  }

  @Test("too little is never rounded up")
  func violated() {
    #expect(
      told(["line": "80%"], [stated(figures(79_999, of: 100_000))]) == """
        violated: lines 79.99% (79999 of 100000), at least 80%
        - default: lines 79.99% (79999 of 100000); ci
        \(Self.fix)
        """)
    #expect(
      told(["line": "80%"], [stated(figures(0, of: 0))]) == """
        violated: nothing was measured: 0 lines
        - default: lines 0 of 0; ci
        \(Self.fix)
        """)
    #expect(
      told(["branch": "80%"], [stated(figures(1, of: 1))])
        .hasPrefix("violated: the report measures no branches, at least 80% is asked for\n"))
    #expect(
      told(["branch": "80%"], [stated(figures(1, of: 1, branches: (1, 2)))])
        .hasPrefix("violated: branches 50% (1 of 2), at least 80%\n"))
    #expect(
      told(
        ["paths": ["src/**": "90%", "lib/**": "1%"]],
        [stated(figures(1, of: 2, files: ["src/a": (1, 2)]))]
      ).hasPrefix(
        "violated: src/**: lines 50% (1 of 2), at least 90%; lib/**: no measured file matches\n"))
  }

  @Test("each suite must hold, and is named")
  func suites() {
    #expect(
      told(
        ["line": "80%"],
        [stated(figures(9, of: 10), suite: "ui"), stated(figures(1, of: 10), suite: "unit")]
      ).hasPrefix("violated: suite `unit`: lines 10% (1 of 10), at least 80%\n"))
  }

  @Test("a fall, compared with the tree that the ref has")
  func drop() {
    let settings: Setting = ["drop": "1%"]
    func base(_ stated: [Stated<CoverageFigures>]) -> Fact<TreeEvidence?> {
      .known(TreeEvidence(tree: id(0x01d), coverage: stated))
    }
    let eighty = base([stated(figures(80, of: 100))])
    #expect(told(settings, [stated(figures(79, of: 100))], before: eighty).hasPrefix("satisfied"))
    #expect(
      told(settings, [stated(figures(789, of: 1000))], before: eighty)
        .hasPrefix(
          "violated: lines fell from 80% (80 of 100) to 78.9% (789 of 1000), more than 1%\n")
    )
    #expect(
      told(settings, [stated(figures(1, of: 100))], before: .known(nil)).hasPrefix("satisfied"))
    #expect(
      told(settings, [stated(figures(80, of: 100))], before: base([])).hasPrefix(
        "violated: no coverage is stated about the tree 000001d, which the ref has now, so a fall"
          + " cannot be told\n"))
    #expect(
      told(settings, [stated(figures(80, of: 100))], before: .unknown("gone"))
        == "indeterminate: gone")
    #expect(
      told(settings, [stated(figures(80, of: 100))], before: .notGathered)
        == "indeterminate: the coverage before the push was not gathered; this is a fault in gitrel"
    )
    // Leaving out the suite with the bad figures is no way out.
    #expect(
      told(
        settings, [stated(figures(9, of: 10), suite: "unit")],
        before: base([
          stated(figures(9, of: 10), suite: "unit"), stated(figures(5, of: 10), suite: "ui"),
        ])
      ).hasPrefix("violated: suite `ui` was stated before and is not now\n"))
    #expect(
      told(
        settings, [stated(figures(80, of: 100)), stated(figures(1, of: 10), suite: "new")],
        before: eighty
      ).hasPrefix("satisfied"))
  }

  @Test("no evidence")
  func missing() {
    #expect(
      told(["line": "80%"], []) == """
        violated: no coverage is stated about the tree 00079ee of 00009e3
        fix: gitrel attest 00009e3 --coverage <FILE>    where the reports are
        """)
    let rule = rule(Coverage.self, ["line": "80%"])
    #expect(rule.judge(matter { $0.evidence = .unknown("why") }).told == "indeterminate: why")
    #expect(
      rule.judge(matter("refs/heads/x", .delete)).told
        == "notApplicable: a deletion covers nothing")
    #expect(rule.needs == Needs([.target, .evidence]))
    #expect(
      read(Coverage.self, ["drop": "1%"]).rule.needs
        == Needs([.target, .evidence, .baseEvidence]))
  }

  @Test("settings", arguments: problems)
  func settings(_ settings: Setting, _ problems: [String]) {
    #expect(read(Coverage.self, settings).problems == problems)
  }

  static let problems: [(Setting, [String])] = [
    (.absent, ["`coverage` asks for nothing; write `coverage: {line: 80%}`"]),
    (
      ["line": 80],
      [
        "`line` takes a percentage, not `80`; write it like 80% or 80.25%",
        "`coverage` asks for nothing; write `coverage: {line: 80%}`",
      ]
    ),
    (
      ["line": "1%", "paths": ["src/[": "1%"]],
      ["the pattern `src/[` has a `[` without its `]`"]
    ),
  ]
}
