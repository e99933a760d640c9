import GitModel
import Policy
import Testing

@Suite("enforcement")
struct EnforcementTests {
  private func read(_ settings: Setting) -> (plan: EnforcementPlan?, problems: [String]) {
    let list = ProblemList()
    let plan = SettingsReader(settings.node(), name: "x", problems: list).enforcement()
    return (plan, list.problems.map { $0.text + ($0.hint.map { "; \($0)" } ?? "") })
  }

  @Test("the word, or the moment from which it refuses")
  func plans() throws {
    #expect(read(.absent).plan == nil)
    #expect(read(["enforce": "active"]).plan == .always(.active))
    #expect(read(["enforce": "evaluate"]).plan == .always(.evaluate))
    let start = try #require(Instant(utcText: Bytes("2026-12-01T00:00:00Z".utf8)))
    #expect(read(["enforce": ["active-from": "2026-12-01"]]).plan == .activeFrom(start))
    #expect(
      read(["enforce": ["active-from": "2026-12-01T09:30:00Z"]]).plan
        == .activeFrom(Instant(seconds: start.seconds + 34_200)))
    // A day is no number, and YAML takes it for a date that is read as it stands.
    #expect(read(["enforce": ["active-from": .plain("2026-12-01")]]).plan == .activeFrom(start))
  }

  @Test("what cannot be read", arguments: problems)
  func reading(_ settings: Setting, _ problems: [String]) {
    let read = read(settings)
    #expect(read.problems == problems)
    // Nothing is assumed in its place.
    #expect(read.plan == nil)
  }

  static let moment =
    "is no moment; write a day, 2026-12-01 (from midnight UTC), or a moment, 2026-12-01T09:00:00Z"
  static let problems: [(Setting, [String])] = [
    (["enforce": "on"], ["`enforce` takes active or evaluate, not the text \"on\""]),
    (
      ["enforce": "activ"],
      ["`enforce` takes active or evaluate, not the text \"activ\"; did you mean `active`?"]
    ),
    (
      ["enforce": .map([])],
      [
        "`enforce` has no `active-from`; write `enforce: active`, `enforce: evaluate` or `enforce: {active-from: 2026-12-01}`"
      ]
    ),
    (
      ["enforce": ["active-form": "2026-12-01"]],
      [
        "`enforce` has no `active-from`; write `enforce: active`, `enforce: evaluate` or `enforce: {active-from: 2026-12-01}`",
        "`enforce` knows no key `active-form`; did you mean `active-from`?",
      ]
    ),
    (["enforce": ["active-from": "2026-02-30"]], ["`active-from`: `2026-02-30` \(moment)"]),
    (
      ["enforce": ["active-from": "2026-12-01T09:00"]],
      ["`active-from`: `2026-12-01T09:00` \(moment)"]
    ),
    (
      ["enforce": ["active-from": "2026-12-01T09:00:00+02:00"]],
      ["`active-from`: `2026-12-01T09:00:00+02:00` \(moment)"]
    ),
    (["enforce": ["active-from": "tomorrow"]], ["`active-from`: `tomorrow` \(moment)"]),
  ]

  @Test("a violation refuses from the very second on")
  func instant() throws {
    let plan = EnforcementPlan.activeFrom(Instant(seconds: 1000))
    let stated = StatedRule(
      rule(NoDelete.self), enforcement: plan, position: Position(line: 3, column: 5))
    func judged(at second: Int64) -> JudgedRule {
      stated.judgement(
        on: matter("refs/heads/main", .delete, at: second), of: "one",
        stated.rule.judge(matter("refs/heads/main", .delete)))
    }
    for second: Int64 in [-1, 0, 999] {
      #expect(judged(at: second).enforcement == .evaluate)
      #expect(judged(at: second).activeFrom == Instant(seconds: 1000))
      #expect(!judged(at: second).refuses)
    }
    for second: Int64 in [1000, 1001, .max] {
      #expect(judged(at: second).enforcement == .active)
      #expect(judged(at: second).activeFrom == nil)
      #expect(judged(at: second).refuses)
    }
    #expect(EnforcementPlan.always(.active).enforcement(at: Instant(seconds: .min)) == .active)
    #expect(EnforcementPlan.always(.evaluate).enforcement(at: Instant(seconds: .max)) == .evaluate)
  }

  @Test("history that is taken as it is", arguments: grandfathers)
  func grandfathered(_ settings: Setting, _ expected: Grandfathered, _ problems: [String]) {
    let list = ProblemList()
    let read = SettingsReader(settings.node(), name: "x", problems: list).grandfathered()
    #expect(list.problems.map { $0.text + ($0.hint.map { "; \($0)" } ?? "") } == problems)
    #expect(read == expected)
  }

  static let digits = String(repeating: "0123456789", count: 4)
  static let whole = "is no whole commit id; write all 40 digits: git rev-parse REV"
  static let grandfathers: [(Setting, Grandfathered, [String])] = [
    (.absent, Grandfathered(), []),
    (
      ["grandfathered": ["commits": [.quoted(digits)]]],
      Grandfathered(commits: [ObjectID(hex: digits) ?? .zero]), []
    ),
    (
      ["grandfathered": ["before": "1970-01-02"]],
      Grandfathered(before: Instant(seconds: 86_400)), []
    ),
    (
      [
        "grandfathered": [
          "commits": ["0123456", "main", .quoted(String(repeating: "0", count: 40))]
        ]
      ],
      Grandfathered(),
      ["`0123456` \(whole)", "`main` \(whole)", "`\(String(repeating: "0", count: 40))` \(whole)"]
    ),
    (
      ["grandfathered": .map([])], Grandfathered(),
      ["`grandfathered` names nothing; give it `commits` or `before`"]
    ),
    (
      ["grandfathered": ["until": "1970-01-02"]], Grandfathered(),
      [
        "`grandfathered` knows no key `until`; it knows before, commits",
        "`grandfathered` names nothing; give it `commits` or `before`",
      ]
    ),
    (
      ["grandfathered": ["before": "yesterday"]], Grandfathered(),
      ["`before`: `yesterday` \(moment)"]
    ),
  ]
}
