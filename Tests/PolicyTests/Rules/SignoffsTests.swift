import Evidence
import GitModel
import Policy
import Testing

@Suite("signoffs")
struct SignoffsTests {
  private let chain = rule(Signoffs.self, ["order": ["tech-lead", "qa"]], teamContext)

  @Test("each role after the one before it, each another person")
  func judged() {
    #expect(
      told(
        chain, declared(.signOff, by: "carol", as: "qa", at: 9),
        declared(.signOff, by: "bob", as: "tech-lead", at: 9)) == """
          satisfied: signed off by tech-lead (bob) and qa (carol)
          - tech-lead: bob, statement aaaaaaaaaaaa, 1970-01-01T00:00:09Z
          - qa: carol, statement aaaaaaaaaaaa, 1970-01-01T00:00:09Z
          """)
    // Alice holds both roles. What she signs first must not stand in the way of a chain that there is.
    #expect(
      told(
        chain, declared(.signOff, by: "alice", as: "tech-lead", at: 1),
        declared(.signOff, by: "bob", as: "tech-lead", at: 2),
        declared(.signOff, by: "alice", as: "qa", at: 3)
      ).hasPrefix("satisfied: signed off by tech-lead (bob) and qa (alice)\n"))
    #expect(
      told(
        chain, declared(.signOff, by: "alice", as: "tech-lead", at: 1),
        declared(.signOff, by: "alice", as: "qa", at: 3)) == """
          violated: nobody signed off 00009e3 in the order tech-lead, qa, each another person
          wants: tech-lead (alice or bob), then qa (alice or carol)
          - tech-lead: alice, statement aaaaaaaaaaaa, 1970-01-01T00:00:01Z
          - qa: alice, statement aaaaaaaaaaaa, 1970-01-01T00:00:03Z
          fix: gitrel signoff 00009e3 --as qa    qa anew, not by alice
          """)
    #expect(
      told(
        chain, declared(.signOff, by: "bob", as: "tech-lead", at: 4),
        declared(.signOff, by: "carol", as: "qa", at: 3)
      ).hasPrefix("violated: nobody signed off 00009e3 in the order"))
    #expect(
      told(
        chain, declared(.signOff, by: "bob", as: "tech-lead", at: 4),
        declared(.signOff, by: "carol", as: "qa", at: 5, fault: "is not signed"),
        declared(.signOff, by: "carol", at: 6)) == """
          violated: qa did not sign off 00009e3
          wants: tech-lead (alice or bob), then qa (alice or carol)
          - tech-lead: bob, statement aaaaaaaaaaaa, 1970-01-01T00:00:04Z
          - qa: carol, statement aaaaaaaaaaaa, is not signed
          fix: gitrel signoff 00009e3 --as qa
          """)
    #expect(toldOfNothing(chain) == nothingIsDeclared)
  }

  @Test("who must sign, and who must sign anew")
  func fixes() {
    func fix(_ rule: Signoffs, _ all: StatedDeclaration...) -> String {
      rule.judge(matter(people: teamContext.people) { $0.declarations = .known(all) }).told
        .split(separator: "\n").last.map(String.init) ?? ""
    }
    // Only the second signed: the first does now, and so the second comes after it.
    #expect(
      fix(chain, declared(.signOff, by: "carol", as: "qa", at: 3))
        == "fix: gitrel signoff 00009e3 --as tech-lead, then gitrel signoff 00009e3 --as qa    qa anew, each another person, in this order"
    )
    // The first signed after the second: that stands.
    #expect(
      fix(
        chain, declared(.signOff, by: "bob", as: "tech-lead", at: 4),
        declared(.signOff, by: "carol", as: "qa", at: 3))
        == "fix: gitrel signoff 00009e3 --as qa    qa anew, not by bob")
    // Alice alone is qa, so that what she signed as tech-lead cannot stand.
    let people = People(roles: ["tech-lead": ["alice", "bob"], "qa": ["alice"]])
    let narrow = rule(Signoffs.self, ["order": ["tech-lead", "qa"]], PolicyContext(people: people))
    #expect(
      narrow.judge(
        matter(people: people) {
          $0.declarations = .known([declared(.signOff, by: "alice", as: "tech-lead", at: 4)])
        }
      ).told.hasSuffix(
        "fix: gitrel signoff 00009e3 --as tech-lead, then gitrel signoff 00009e3 --as qa    tech-lead anew, each another person, in this order"
      ))
  }

  @Test("one after the other by the signers' clocks and by the server's")
  func clocks() {
    func bob(_ signed: Int64, came: Int64) -> StatedDeclaration {
      declared(.signOff, by: "bob", as: "tech-lead", at: signed).at(Instant(seconds: came))
    }
    func carol(_ signed: Int64, came: Int64) -> StatedDeclaration {
      declared(.signOff, by: "carol", as: "qa", at: signed).at(Instant(seconds: came))
    }
    // Bob dates himself back behind Carol, who was there before him.
    #expect(told(chain, bob(1, came: 9), carol(5, came: 5)).hasPrefix("violated"))
    // Carol signed before Bob did, and pushed after him, or both came in one push.
    #expect(told(chain, bob(5, came: 5), carol(4, came: 9)).hasPrefix("violated"))
    #expect(told(chain, bob(5, came: 9), carol(4, came: 9)).hasPrefix("violated"))
    #expect(
      told(chain, bob(4, came: 9), carol(5, came: 9)) == """
        satisfied: signed off by tech-lead (bob) and qa (carol)
        - tech-lead: bob, statement aaaaaaaaaaaa, 1970-01-01T00:00:09Z
        - qa: carol, statement aaaaaaaaaaaa, 1970-01-01T00:00:09Z
        """)
    // Of what one says twice, the later may be the one that fits.
    #expect(
      told(chain, bob(6, came: 6), bob(4, came: 7), carol(5, came: 8)).hasPrefix("satisfied"))
  }

  @Test("very many sign-offs are tried out as far as that goes, and no further")
  func exhausted() {
    let roles = (1...8).map { "r\($0)" }
    let context = PolicyContext(
      people: People(roles: Dictionary(uniqueKeysWithValues: roles.map { ($0, []) })))
    let rule = rule(Signoffs.self, ["order": .list(roles.map { .quoted($0) })], context)
    var all: [StatedDeclaration] = []
    for role in roles.dropLast() {
      for person in 1...12 {
        all.append(declared(.signOff, by: "p\(person)", as: role, at: 1))
      }
    }
    // The last role has only signed before all others.
    all.append(declared(.signOff, by: "q", as: "r8", at: 0))
    #expect(
      rule.judge(matter { $0.declarations = .known(all) }).told
        == "indeterminate: there are too many sign-offs of 00009e3 to tell whether some are a chain"
    )
  }

  @Test("settings", arguments: problems)
  func settings(_ settings: Setting, _ problems: [String]) {
    #expect(read(Signoffs.self, settings, teamContext).problems == problems)
  }

  static let problems: [(Setting, [String])] = [
    (.absent, ["`signoffs` names no roles; write `signoffs: {order: [dev, qa]}`"]),
    (["order": ["qa", "tech-laed"]], ["there is no role `tech-laed`; did you mean `tech-lead`?"]),
    (["order": ["qa", "qa"]], ["`order` names a role twice"]),
  ]
}
