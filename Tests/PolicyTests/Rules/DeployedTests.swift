import Evidence
import GitModel
import Policy
import Testing

@Suite("deployed")
struct DeployedTests {
  private func staging(_ time: String? = nil) -> Setting {
    .map(
      [(key: "environment", value: "staging"), (key: "by", value: "bob")]
        + (time.map { [(key: "for", value: .plain($0))] } ?? []))
  }

  @Test("the commit ran there for long enough")
  func judged() {
    let runs = declared(.deployed, "staging", by: "bob", at: 100)
    let later = declared(.deployed, "staging", by: "bob", at: 200)
    #expect(
      told(rule(Deployed.self, staging(), teamContext), runs) == """
        satisfied: runs in `staging` since 1970-01-01T00:01:40Z
        - staging: bob, statement aaaaaaaaaaaa
        """)
    // The server heard of it later than its signer says.
    let late = runs.at(Instant(seconds: 401))
    #expect(
      told(rule(Deployed.self, staging("1h"), teamContext), late, at: 4000) == """
        violated: 00009e3 runs in `staging` since 1970-01-01T00:06:41Z, and must for 1h
        - staging: bob, statement aaaaaaaaaaaa, which says 1970-01-01T00:01:40Z, and came 1970-01-01T00:06:41Z
        fix: push again from 1970-01-01T01:06:41Z on
        """)
    // What came first counts, whichever says that it is the older.
    #expect(
      told(rule(Deployed.self, staging("1h"), teamContext), late, later, at: 3800)
        .hasPrefix("satisfied: runs in `staging` since 1970-01-01T00:03:20Z"))
    let rule = rule(Deployed.self, staging("1h"), teamContext)
    #expect(told(rule, later, runs, at: 3700).hasPrefix("satisfied"))
    #expect(
      told(rule, later, runs, at: 3699) == """
        violated: 00009e3 runs in `staging` since 1970-01-01T00:01:40Z, and must for 1h
        - staging: bob, statement aaaaaaaaaaaa
        fix: push again from 1970-01-01T01:01:40Z on
        """)
    #expect(
      told(
        rule, declared(.deployed, "staging"), declared(.deployed, "production", by: "bob"),
        declared(.deployed, "staging", by: "bob", fault: "was revoked")) == """
          violated: nothing says that 00009e3 runs in `staging`
          wants: signed by bob
          - staging: carol, statement aaaaaaaaaaaa, is by nobody whom the rule names
          - staging: bob, statement aaaaaaaaaaaa, was revoked
          fix: gitrel attest 00009e3 --deployed staging    once it runs there
          """)
    #expect(toldOfNothing(rule) == nothingIsDeclared)
  }

  @Test("settings", arguments: problems)
  func settings(_ settings: Setting, _ problems: [String]) {
    #expect(read(Deployed.self, settings, teamContext).problems == problems)
  }

  static let problems: [(Setting, [String])] = [
    (
      .absent,
      [
        "`deployed` names no environment; write `deployed: {environment: staging, for: 24h, by: ci}`",
        "`deployed` does not say who deploys; write `by:` with a person or a role, e.g. a bot",
      ]
    ),
    (
      ["environment": "staging", "by": "bob", "for": 24],
      [
        "`for` takes a length of time, not `24`; write `for: 30d`; `m`, `h`, `d` and `w` are minutes, hours, days and weeks"
      ]
    ),
  ]
}
