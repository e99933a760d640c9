import GitModel
import Policy
import Testing

@testable import Evidence

@Suite("tests")
struct TestsTests {
  private func figures(
    passed: Int = 0, failed: Int = 0, errored: Int = 0, skipped: Int = 0, disabled: Int = 0,
    suiteErrors: Int = 0, failing: [String] = []
  ) -> TestFigures {
    var figures = TestFigures()
    (figures.passed, figures.failed, figures.errored) = (passed, failed, errored)
    (figures.skipped, figures.disabled) = (skipped, disabled)
    figures.suiteErrors = suiteErrors
    figures.failing = failing.map { TestName(classname: Bytes("T".utf8), name: Bytes($0.utf8)) }
    return figures
  }

  private func stated(
    _ figures: TestFigures, suite: String = "default", at second: Int64 = 0,
    by source: String = "ci"
  ) -> Stated<TestFigures> {
    Stated(suite: suite, recorded: Instant(seconds: second), figures: figures, source: source)
  }

  private func told(
    _ settings: Setting, _ tests: [Stated<TestFigures>], unreadable: [String] = []
  ) -> String {
    rule(Tests.self, settings).judge(
      matter("refs/tags/v1", .create) {
        $0.target = .known(target())
        $0.evidence = .known(
          TreeEvidence(tree: id(0x79ee), tests: tests, unreadable: unreadable))
      }
    ).told
  }

  @Test("enough tests ran and passed")
  func satisfied() {
    #expect(
      told(["minimum": 3], [stated(figures(passed: 3, skipped: 1))]) == """
        satisfied: 3 of 4 tests passed
        - default: 4 tests, 3 passed, 1 skipped; ci
        """)
    #expect(
      told(["failed": 1], [stated(figures(passed: 3, failed: 1))]) == """
        satisfied: 3 of 4 tests passed
        - default: 4 tests, 3 passed, 1 failed; ci
        """)
    #expect(told(["skipped": "25%"], [stated(figures(passed: 3, skipped: 1))]).hasPrefix("sat"))
    #expect(told(["skipped": 1], [stated(figures(passed: 3, disabled: 1))]).hasPrefix("sat"))
  }

  @Test("the last result of a suite stands, and of equal ones all")
  func standing() {
    let red = figures(passed: 1, failed: 1)
    let green = figures(passed: 2)
    #expect(told(.absent, [stated(red, at: 1), stated(green, at: 2)]).hasPrefix("satisfied"))
    #expect(told(.absent, [stated(green, at: 1), stated(red, at: 2)]).hasPrefix("violated"))
    #expect(told(.absent, [stated(green, at: 2), stated(red, at: 2)]).hasPrefix("violated"))
    #expect(
      told(.absent, [stated(green, suite: "unit"), stated(red, suite: "ui", at: 9)])
        .hasPrefix("violated: 1 test failed"))
  }

  @Test("not enough")
  func violated() {
    #expect(
      told(
        ["minimum": 10, "skipped": "1%", "suites": ["ui"]],
        [
          stated(
            figures(
              passed: 5, failed: 1, errored: 1, skipped: 1, suiteErrors: 1,
              failing: ["adds", "\u{1B}[31m"]))
        ]) == """
          violated: nothing is stated about the suite `ui`; 3 tests failed; 7 tests ran, at least 10 \
          must; 1 of 8 skipped, at most 1% may be
          - default: 8 tests, 5 passed, 1 failed, 1 broke, 1 skipped, 1 suites broke; ci
          - failed: T.adds
          - failed: T.\\u{1b}[31m
          fix: gitrel attest HEAD --tests '<GLOB>'    after the tests are mended, committed and run
          """)
    #expect(
      told(["failed": 1, "skipped": 0], [stated(figures(passed: 1, failed: 2, skipped: 1))])
        .hasPrefix("violated: 2 tests failed, at most 1 may; 1 skipped, at most 0 may be\n"))
    // Nothing measured is no pass.
    #expect(
      told(.absent, [stated(figures())]).hasPrefix("violated: 0 tests ran, at least 1 must\n"))
    #expect(
      told(.absent, [stated(figures(skipped: 9))])
        .hasPrefix("violated: 0 tests ran, at least 1 must\n"))
  }

  private func figures(_ suites: [String: (Int, Int)], isWhole: Bool = true) -> TestFigures {
    var figures = figures(passed: suites.values.reduce(0) { $0 + $1.1 })
    figures.skipped = suites.values.reduce(0) { $0 + $1.0 - $1.1 }
    for (name, counts) in suites {
      figures.note(
        suite: Bytes(name.utf8), SuiteCount(tests: counts.0, ran: counts.1) ?? SuiteCount())
    }
    if !isWhole { figures.noteLeftOutSuites() }
    return figures
  }

  @Test("suites that must be there, as they were attested or by their names in the report")
  func suites() {
    let reported = figures(["shop.Tiers": (3, 2), "shop.Moon": (1, 0)])
    #expect(told(["suites": ["default", "shop.Tiers"]], [stated(reported)]).hasPrefix("satisfied"))
    #expect(
      told(["suites": ["shop.Moon", "ui"]], [stated(reported)]).hasPrefix(
        "violated: nothing is stated about the suite `shop.Moon`; nothing is stated about the suite `ui`\n"
      ))
    #expect(
      told(["suites": ["ui"]], [stated(figures(["a": (1, 1)], isWhole: false))])
        == "indeterminate: it cannot be told whether the suite `ui` ran: not all suites are stated by their names"
    )
  }

  @Test("tests that passed only on a rerun")
  func flaky() {
    var figures = figures(passed: 10, failed: 0)
    (figures.flakyPassed, figures.rerunFailed) = (2, 0)
    #expect(
      told(["flaky": 2], [stated(figures)])
        == "satisfied: 10 of 10 tests passed\n- default: 10 tests, 10 passed, 2 passed only on a rerun; ci"
    )
    #expect(
      told(["flaky": 1], [stated(figures)])
        .hasPrefix("violated: 2 passed only on a rerun, at most 1 may\n"))
    #expect(
      told(["flaky": "19.99%"], [stated(figures)])
        .hasPrefix("violated: 2 of 10 passed only on a rerun, at most 19.99% may\n"))
  }

  @Test("what ran for the commit that the ref has must run still")
  func gone() {
    func told(
      _ settings: Setting, _ now: TestFigures, before: Fact<TreeEvidence?>,
      suite: String = "default"
    ) -> String {
      let told = rule(Tests.self, settings).judge(
        matter {
          $0.evidence = .known(TreeEvidence(tree: id(0x79ee), tests: [stated(now, suite: suite)]))
          $0.baseEvidence = before
        }
      ).told
      return String(told.prefix { $0 != "\n" })
    }
    func base(_ figures: TestFigures...) -> Fact<TreeEvidence?> {
      .known(TreeEvidence(tree: id(0x01d), tests: figures.map { stated($0) }))
    }
    let before = base(figures(["a": (10, 10), "b": (10, 8), "idle": (1, 0)]))
    let keep: Setting = ["keep-suites": true]
    let now = figures(["a": (9, 9), "b": (8, 8)])
    #expect(told(keep, now, before: before) == "satisfied: 17 of 17 tests passed")
    #expect(
      told(keep, figures(["a": (9, 9), "b": (8, 0)]), before: before)
        == "violated: the suite `b` ran before and does not now")
    #expect(
      told(keep, figures(["c": (9, 9)]), before: before, suite: "ui")
        == "violated: the suite `default` was stated before and is not now;"
        + " the suite `a` and 1 other ran before and do not now")
    #expect(
      told(keep, figures(["a": (9, 9)], isWhole: false), before: before)
        == "indeterminate: it cannot be told which suites are gone: not all are stated by their names"
    )
    #expect(
      told(["drop": 0], now, before: before)
        == "violated: 17 tests ran, and 18 did before: more than 0 fewer")
    #expect(told(["drop": 1], now, before: before).hasPrefix("satisfied"))
    #expect(told(["drop": "5.56%"], now, before: before).hasPrefix("satisfied"))
    #expect(
      told(["drop": "5.55%"], now, before: before)
        == "violated: 17 tests ran, and 18 did before: more than 5.55% fewer")
    #expect(told(keep, now, before: .known(nil)).hasPrefix("satisfied"))
    #expect(
      told(keep, now, before: base())
        == "violated: no test result is stated about the tree 000001d, which the ref has now,"
        + " so what is gone cannot be told")
    #expect(told(keep, now, before: .unknown("why")) == "indeterminate: why")
    #expect(told(keep, now, before: .notGathered).hasPrefix("indeterminate: a fact"))
  }

  @Test("counts beyond all measure do not overflow")
  func enormous() {
    let told = told(["skipped": "5%"], [stated(figures(passed: 1 << 60, skipped: 1 << 60))])
    #expect(
      told.hasPrefix(
        "violated: 1152921504606846976 of 2305843009213693952 skipped, at most 5% may be\n"))
  }

  @Test("what somebody states is never shown raw")
  func hostile() {
    let told = told(
      .absent, [stated(figures(passed: 1), suite: "u\u{1B}[2J\n", by: "ci\u{202E}")])
    #expect(
      told == "satisfied: 1 of 1 tests passed\n- u\\u{1b}[2J\\u{a}: 1 tests, 1 passed; ci\\u{202e}")
  }

  @Test("no evidence")
  func missing() {
    #expect(
      told(.absent, [], unreadable: ["ab/cd: no JSON"]) == """
        violated: no test result is stated about the tree 00079ee of 000c0de
        - unreadable: ab/cd: no JSON
        fix: gitrel attest 000c0de --tests '<GLOB>'    where the reports are
        """)
    let rule = rule(Tests.self)
    #expect(
      rule.judge(matter { $0.evidence = .unknown("refs/gitrel/evidence is broken") }).told
        == "indeterminate: refs/gitrel/evidence is broken")
    #expect(
      rule.judge(matter("refs/heads/x", .delete)).told
        == "notApplicable: a deletion runs no tests")
    #expect(rule.needs == Needs([.target, .evidence]))
  }

  @Test("settings", arguments: problems)
  func settings(_ settings: Setting, _ problems: [String]) {
    #expect(read(Tests.self, settings).problems == problems)
  }

  static let problems: [(Setting, [String])] = [
    (
      ["skipped": "105%"],
      ["`skipped` takes a percentage, not the text \"105%\"; write it like 80% or 80.25%"]
    ),
    (
      ["skipped": "5 %"],
      ["`skipped` takes a percentage, not the text \"5 %\"; write it like 80% or 80.25%"]
    ),
    (["minimum": 0], ["`minimum` takes a number from 1 to 1000000000, not 0"]),
    (["minimun": 5], ["`tests` knows no key `minimun`; did you mean `minimum`?"]),
  ]
}
