import GitModel
import Policy
import Testing

@Suite("judging a push")
struct JudgeTests {
  private func stated(_ rule: some Rule, line: Int, _ enforcement: Enforcement = .active)
    -> StatedRule
  {
    StatedRule(rule, enforcement: .always(enforcement), position: Position(line: line, column: 3))
  }

  private func ruleset(_ name: String, _ refs: [String], _ rules: [StatedRule]) throws -> Ruleset {
    Ruleset(
      name: name, refs: try RefSelection(refs), patterns: refs, rules: rules,
      position: Position(line: 1, column: 1))
  }

  private let origin = PolicyOrigin(label: "main@0000a1d", file: "policy.yml", digest: "ab")

  @Test("every rule of every guarding ruleset is judged, with the facts of that ruleset")
  func everything() throws {
    let one = try ruleset(
      "one", ["main"],
      [
        stated(rule(NoDelete.self), line: 4),
        stated(rule(FastForwardOnly.self), line: 5, .evaluate),
      ])
    let two = try ruleset("two", ["*"], [stated(rule(FastForwardOnly.self), line: 9)])
    var rewind = Facts()
    rewind.isFastForward = .known(false)
    var forward = Facts()
    forward.isFastForward = .known(true)
    let builtIn = JudgedRule(builtIn: "names", .satisfied("good"))
    let decision = Proposal(
      instant: Instant(seconds: 7), pusher: "alice", policy: origin, people: team,
      updates: [
        ProposedUpdate(
          update: update("refs/heads/main"), builtIn: [builtIn],
          matters: [(one, rewind), (two, forward)]),
        ProposedUpdate(update: update("refs/heads/free"), matters: []),
      ], whole: [JudgedRule(builtIn: "input", .satisfied("well-formed"))]
    ).judged()
    #expect(decision.instant == Instant(seconds: 7) && decision.pusher == "alice")
    #expect(decision.policy == origin)
    #expect(decision.updates.map(\.isGuarded) == [true, false])
    #expect(
      decision.all.map {
        "\($0.rule) \($0.ruleset ?? "-") \($0.position?.line ?? 0) \($0.enforcement)"
          + " \($0.verdict.outcome)"
      } == [
        "input - 0 active satisfied", "names - 0 active satisfied",
        "no-delete one 4 active notApplicable", "fast-forward-only one 5 evaluate violated",
        "fast-forward-only two 9 active satisfied",
      ])
    #expect(decision.answer == .accepted)
  }

  @Test("the pusher, the people and the instant reach the rules")
  func context() throws {
    let approvals = rule(Approvals.self, ["not-pusher": true], PolicyContext(people: team))
    let guarded = try ruleset("r", ["main"], [stated(approvals, line: 2)])
    var facts = Facts()
    facts.newCommits = .known([
      commit(1, "x\n\nReviewed-by: A <alice@example.com>\n", by: "dave@example.com")
    ])
    func answer(_ pusher: String?) -> Decision.Answer {
      Proposal(
        instant: Instant(seconds: 0), pusher: pusher, policy: origin, people: team,
        updates: [
          ProposedUpdate(update: update("refs/heads/main", to: id(1)), matters: [(guarded, facts)])
        ]
      ).judged().answer
    }
    #expect(answer("bob") == .accepted)
    #expect(answer("alice") == .refused)
    #expect(answer(nil) == .undecided)
  }

  @Test("facts that were not gathered never let anything through", arguments: RuleRegistry.names)
  func silence(_ name: String) throws {
    let settings: [String: Setting] = [
      "tag-on-branch": ["branches": "main"], "coverage": ["line": "80%"],
      "trailers": ["required": "Ticket"],
    ]
    let problems = ProblemList()
    let reader = SettingsReader(
      (settings[name] ?? .absent).node(), name: name, problems: problems)
    let rule = try #require(
      RuleRegistry.rule(named: name, from: reader, context: PolicyContext()))
    guard rule.needs != Needs() else { return }
    let verdicts = [
      rule.judge(matter("refs/tags/v1.0.0", .create)), rule.judge(matter("refs/heads/main")),
    ]
    #expect(verdicts.contains { $0.outcome == .indeterminate })
    #expect(!verdicts.contains { $0.outcome == .satisfied })
  }

  @Test("a ruleset needs what its rules need; a policy knows who guards what")
  func needs() throws {
    let guarded = try ruleset(
      "r", ["main", "refs/tags/v*"],
      [
        stated(rule(FastForwardOnly.self), line: 1),
        stated(rule(TagOnBranch.self, ["branches": "main"]), line: 2),
      ])
    #expect(guarded.needs.kinds == [.ancestry, .target])
    #expect(guarded.needs.branches == (try RefSelection(["main"])))
    let policy = PolicyDocument(people: team, calendars: [:], rulesets: [guarded])
    #expect(policy.rulesets(guarding: RefName("refs/tags/v1")).map(\.name) == ["r"])
    #expect(policy.rulesets(guarding: RefName("refs/heads/mainx")).isEmpty)
  }
}

@Suite("how conditions were answered")
struct ConditionReadingTests {
  @Test("every key is told, also behind one that decides already")
  func everyKey() throws {
    var when = Condition()
    when.lanes = [.hotfix]
    when.kinds = [.create]
    var except = Condition()
    except.routes = [.ui]
    let name = rule(BranchName.self, ["matches": .quoted("x")])
    let stated = StatedRule(
      name, conditions: Conditions(except: except),
      position: Position(line: 2, column: 1))
    let ruleset = Ruleset(
      name: "r", refs: try RefSelection(["main"]), patterns: ["main"],
      conditions: Conditions(when: when), rules: [stated], position: Position(line: 1, column: 1))
    let judged = ruleset.judged(
      matter("refs/heads/main", .create) { $0.newCommits = .known([commit(1, "x")]) })
    #expect(judged.map(\.verdict.told) == ["notApplicable: by its `when`: the lane is normal"])
    let told: [String] = judged.flatMap(\.readings).map(Self.told)
    #expect(
      told == [
        "ruleset when lane fails: the lane is normal",
        "ruleset when kind holds: this is the creation of a ref",
        "rule except via unknown: nobody tells whether this comes by git push or by a button of a web page",
      ])
  }

  private static func told(_ reading: ConditionReading) -> String {
    let place = reading.isOfRuleset ? "ruleset" : "rule"
    let key = reading.isException ? "except" : "when"
    return "\(place) \(key) \(reading.key) \(reading.answer.rawValue): \(reading.words)"
  }

  @Test("words are fit for a terminal")
  func hostileWords() {
    let reading = ConditionReading(
      isOfRuleset: false, isException: false, key: "paths", answer: .holds, words: "a\u{1B}[2J")
    #expect(reading.words == "a\\u{1b}[2J")
  }

  @Test("a rule that finds ten thousand things keeps a hundred, and the count")
  func manyFindings() {
    let many = Explanation("bad", findings: (1...10_000).map { Finding("file \($0)", "is bad") })
    #expect(many.findings.count == 100 && many.total == 10_000)
  }
}
