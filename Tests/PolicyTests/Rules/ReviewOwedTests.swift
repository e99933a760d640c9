import Evidence
import GitModel
import Policy
import Testing

@Suite("review-owed")
struct ReviewOwedTests {
  private func debt(
    _ decision: Int, at second: Int64 = 0, by people: Set<String> = ["alice"],
    _ reviews: StatedDeclaration...
  ) -> Debt {
    Debt(
      decision: decision, instant: Instant(seconds: second),
      overrides: ["refs/heads/main window alice: outage (the push option)"], people: people,
      reviews: reviews)
  }

  private func told(
    _ rule: ReviewOwed, _ debts: Debt..., incidents: [ReleaseIncidents] = [],
    elsewhere: [RefName] = []
  ) -> String {
    rule.judge(
      matter("refs/tags/v1", people: team) {
        $0.debts = .known(
          DebtReading(debts: debts, incidents: incidents, elsewhere: elsewhere))
      }
    ).told
  }

  @Test("open until a second person has reviewed it")
  func judged() {
    let any = rule(ReviewOwed.self, [:], teamContext)
    #expect(told(any) == "satisfied: no override and no incident to review")
    #expect(
      told(any, debt(7)) == """
        violated: 1 override not reviewed yet
        wants: a review by somebody in the policy, by none who overrode or pushed it
        - decision 7: refs/heads/main window alice: outage (the push option)
        fix: gitrel review 7 --comment TEXT
        """)
    #expect(
      told(any, debt(7, declared(.review, by: "bob")), debt(6, declared(.review, by: "carol")))
        == "satisfied: 2 overrides reviewed")
    #expect(
      told(
        any,
        debt(
          7, by: ["alice", "bob"], declared(.review, by: "alice"), declared(.review, by: "bob"),
          declared(.review, by: "carol", fault: "is not signed"))) == """
          violated: 1 override not reviewed yet
          wants: a review by somebody in the policy, by none who overrode or pushed it
          - decision 7: refs/heads/main window alice: outage (the push option)
          - decision 7: review by alice, statement aaaaaaaaaaaa, is by who overrode or pushed it
          - decision 7: review by bob, statement aaaaaaaaaaaa, is by who overrode or pushed it
          - decision 7: review by carol, statement aaaaaaaaaaaa, is not signed
          fix: gitrel review 7 --comment TEXT
          """)
    #expect(
      told(any, elsewhere: [RefName("refs/heads/main")]) == """
        violated: this push overrides rules on other refs
        wants: a review by somebody in the policy, by none who overrode or pushed it
        - main: is overridden in this very push, which nobody can have reviewed
        fix: push main first, by itself
        """)
  }

  @Test("an incident is over, and was looked at")
  func incidents() {
    let tag = RefName("refs/tags/v0.9")
    func incidents(_ said: StatedDeclaration...) -> [ReleaseIncidents] {
      let all = said.map { stated in
        var declaration = stated.declaration
        declaration.ref = tag
        return StatedDeclaration(declaration, digest: stated.digest, fault: stated.fault)
      }
      let state = IncidentState(all, on: tag, ReleaseTerms(), team)
      return state.isSettled ? [] : [ReleaseIncidents(tag: tag, state: state)]
    }
    let any = rule(ReviewOwed.self, [:], teamContext)
    let opened = declared(.incident, "4711", value: "open", at: 1)
    let resolved = declared(.incident, "4711", value: "resolved", at: 2)
    #expect(
      told(any, incidents: incidents(opened)) == """
        violated: incidents of v0.9 are not settled
        - v0.9: incident 4711 is open
        fix: gitrel release incident v0.9 --resolve 4711
        fix: gitrel release review v0.9
        """)
    #expect(
      told(any, debt(7), incidents: incidents(opened, resolved)) == """
        violated: 1 override not reviewed yet; incidents of v0.9 are not settled
        wants: a review by somebody in the policy, by none who overrode or pushed it
        - decision 7: refs/heads/main window alice: outage (the push option)
        - v0.9: incident 4711 was not looked at yet
        - v0.9: carol alone opened and ended incident 4711, and somebody else is to review that
        fix: gitrel review 7 --comment TEXT
        fix: gitrel release review v0.9
        """)
    #expect(!incidents(opened, resolved, declared(.review, at: 3)).isEmpty)
    #expect(incidents(opened, resolved, declared(.review, by: "bob", at: 3)).isEmpty)
  }

  @Test("by whom the rule names, and only what came since a moment")
  func settings() {
    let leads = rule(ReviewOwed.self, ["by": ["tech-lead"]], teamContext)
    #expect(
      told(leads, debt(7, declared(.review, by: "carol"))).hasPrefix(
        "violated: 1 override not reviewed yet\nwants: a review by tech-lead (alice or bob), by none"
      ))
    #expect(told(leads, debt(7, declared(.review, by: "bob"))) == "satisfied: 1 override reviewed")
    // Carol was a lead when she said so.
    let carols = declared(.review, by: "carol")
    let past = StatedDeclaration(
      carols.declaration, digest: carols.digest, fault: nil, isOfPast: true)
    #expect(told(leads, debt(7, past)) == "satisfied: 1 override reviewed")
    #expect(
      told(leads, debt(7, by: ["alice", "carol"], past)).contains("is by who overrode or pushed it")
    )
    let later = rule(ReviewOwed.self, ["since": "1970-01-02"], teamContext)
    #expect(
      told(later, debt(7, at: 86_399)) == "satisfied: no override and no incident to review")
    #expect(told(later, debt(7, at: 86_400)).hasPrefix("violated: 1 override not reviewed yet"))
  }

  @Test("nothing to judge, nothing known")
  func others() {
    let any = rule(ReviewOwed.self, [:], teamContext)
    #expect(
      [
        any.judge(matter("refs/tags/v1", .delete)).told,
        any.judge(matter { $0.debts = .unknown("why") }).told,
        any.judge(matter()).told,
      ] == ["notApplicable: a deletion releases nothing"] + nothingIsDeclared.dropFirst())
  }

  @Test("a reviewer that is nobody, or one who cannot review their own override, is a mistake")
  func problems() {
    let context = PolicyContext(people: People(roles: ["none": []]))
    #expect(
      read(ReviewOwed.self, ["by": ["none"]], context).problems == [
        "`by` names nobody; name more people or another role"
      ])
  }
}
