import GitModel
import Output
import Policy
import Testing

@Suite("policy tests as text and JUnit")
struct PolicyTestTextTests {
  private static let good = TestedCase(
    file: "t.yml", position: Position(line: 3, column: 5), name: "goes in", mismatches: [],
    decision: decision([updated("refs/heads/main", [judged("approvals", .satisfied, "yes")])]))
  private static let bad = TestedCase(
    file: "t.yml", position: Position(line: 6, column: 5), name: "a <b> & \"c\"\u{1B}",
    mismatches: [Mismatch(expected: "accepted", found: "refused by approvals")],
    decision: decision([updated("refs/heads/main", [judged("approvals", .violated, "no & no")])]))
  private static let untested = UntestedRule(
    policy: "p.yml", ruleset: "production", rule: "no-delete",
    position: Position(line: 9, column: 7))

  @Test("a failure has what was expected, what was found, and the verdicts")
  func text() {
    let report = PolicyTestReport(cases: [Self.good, Self.bad], untested: [Self.untested])
    #expect(
      PolicyTestText().lines(report).joined(separator: "\n") == """
        x t.yml:6  a <b> & "c"\\u{1b}
            expected  accepted
            found     refused by approvals
            | gitrel: refused by policy main@3f2a1c9: 1 of 1 rule
            |   x main  approvals          no & no
            |       .gitrel/policy.yml:7, ruleset `production`
        note: 1 rule refuses in no case, so nothing shows that it can:
            p.yml:9  no-delete of `production`
        1 of 2 cases not as expected
        """)
  }

  @Test("cases that hold are told when they are asked for")
  func verbose() {
    let report = PolicyTestReport(cases: [Self.good], untested: [])
    #expect(PolicyTestText().lines(report) == ["1 case, all as expected"])
    #expect(
      PolicyTestText(isVerbose: true).lines(report) == [
        "+ t.yml:3  goes in", "1 case, all as expected",
      ])
  }

  @Test("JUnit has no character that XML cannot hold")
  func junit() {
    let report = PolicyTestReport(cases: [Self.good, Self.bad], untested: [])
    #expect(
      PolicyTestJUnit.lines(report).joined(separator: "\n") == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="gitrel policy test" tests="2" failures="1">
          <testsuite name="t.yml" tests="2" failures="1" errors="0" skipped="0">
            <testcase name="goes in" classname="t.yml" file="t.yml" line="3"/>
            <testcase name="a &lt;b&gt; &amp; &quot;c&quot;\\u{1b}" classname="t.yml" file="t.yml" line="6">
              <failure message="expected accepted, found refused by approvals">
        expected  accepted
        found     refused by approvals
        gitrel: refused by policy main@3f2a1c9: 1 of 1 rule
          x main  approvals          no &amp; no
              .gitrel/policy.yml:7, ruleset `production`
        </failure>
            </testcase>
          </testsuite>
        </testsuites>
        """)
  }
}
