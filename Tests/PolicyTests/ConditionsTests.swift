import GitModel
import Policy
import Testing

/// Whether a rule applies: each key holds, fails, or cannot be told.
@Suite("conditions")
struct ConditionsTests {
  /// What the only rule of a ruleset with these conditions says; a rule that was judged is satisfied.
  private static func told(
    _ settings: Setting, _ matter: Matter, isOnRuleset: Bool = true
  ) throws -> String {
    let problems = ProblemList()
    let reader = SettingsReader(settings.node(), name: "a ruleset", problems: problems)
    let conditions = reader.conditions(PolicyContext(people: people))
    #expect(problems.problems == [])
    let position = Position(line: 1, column: 1)
    let ruleset = Ruleset(
      name: "one", refs: try RefSelection(["**"]), patterns: ["**"],
      conditions: isOnRuleset ? conditions : Conditions(),
      rules: [
        StatedRule(
          AlwaysSatisfied(), conditions: isOnRuleset ? Conditions() : conditions,
          position: position)
      ], position: position)
    return ruleset.judged(matter).map(\.verdict.told).joined(separator: "\n")
  }

  /// A rule that is judged wherever it applies.
  private struct AlwaysSatisfied: Rule {
    static let id: RuleID = "always"
    static let summary = "it is judged"
    init() {}
    init(from reader: SettingsReader, context: PolicyContext) {}
    func judge(_ matter: Matter) -> Verdict { .satisfied("judged") }
  }

  private static let judged = "satisfied: judged"

  static let people = People(
    [
      Person(id: "alice", emails: [Bytes("alice@example.com".utf8)], logins: ["ang"]),
      Person(id: "bob", emails: [Bytes("bob@example.com".utf8)]),
    ], roles: ["release-manager": ["alice"]])

  private static func matter(
    _ kind: RefUpdate.Kind = .update, pusher: String? = nil, route: Route? = nil,
    _ fill: (inout Facts) -> Void = { _ in }
  ) -> Matter {
    var facts = Facts()
    fill(&facts)
    return Matter(
      update: update("refs/heads/main", kind), facts: facts, instant: Instant(seconds: 0),
      pusher: pusher, route: route, people: people)
  }

  private static func changing(_ paths: String...) -> Matter {
    matter {
      let commit = commit(1, "x")
      let entry = Change.Entry(mode: 0o100644, id: id(5))
      $0.changes = .known([
        CommitChanges(commit: commit, changes: []),
        CommitChanges(
          commit: commit,
          changes: paths.map { Change(path: Bytes($0.utf8), kind: .added(entry)) }),
      ])
      $0.touched = .known([])
    }
  }

  private static func saying(
    _ messages: String..., tag: String? = nil, kind: RefUpdate.Kind = .update
  ) -> Matter {
    matter(kind) {
      $0.newCommits = .known(messages.enumerated().map { commit($0 + 1, $1) })
      let tags = tag.map {
        Tag(
          id: id(7), target: id(1), targetKind: .commit, name: [], tagger: nil,
          message: Bytes($0.utf8))
      }
      $0.target = .known(
        Target(tags: tag == nil ? [] : [tags].compactMap { $0 }, object: id(1), kind: .commit))
    }
  }

  private static func tagged(_ message: String) -> Matter {
    matter(.create) {
      let tag = Tag(
        id: id(7), target: id(1), targetKind: .commit, name: [], tagger: nil,
        message: Bytes(message.utf8))
      $0.target = .known(Target(tags: [tag], object: id(1), kind: .commit))
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let condition: Setting
    let matter: Matter
    /// Empty where the condition holds.
    let whyNot: String
    var isUnknown = false
    let line: Int

    init(
      _ condition: Setting, _ matter: Matter, fails whyNot: String = "", unknown: String? = nil,
      line: Int = #line
    ) {
      (self.condition, self.matter, self.line) = (condition, matter, line)
      (self.whyNot, isUnknown) = (unknown ?? whyNot, unknown != nil)
    }

    var testDescription: String { "line \(line)" }
  }

  private static let unknownPusher =
    "who pushes is not known; the server must be told by `gitrel install --identity`"
  private static let notGathered =
    "a fact that this rule needs was not gathered; this is a fault in gitrel"

  static let cases: [Case] = [
    // paths
    Case(["paths": ["src/**"]], changing("src/a", "src/b/c")),
    Case(["paths": ["*.swift"]], changing("src/b/c.swift")),
    Case(["paths": ["src/**"]], changing("a", "lib/src/b"), fails: "no new commit changes src/**"),
    Case(
      ["paths": ["src/**", "!src/b"]], changing("src/b"), fails: "no new commit changes src/**"),
    Case(["paths": ["src/**"]], matter(.delete), fails: "a deletion changes no path"),
    Case(
      ["paths": ["a"]], matter { $0.changes = .unknown("the tree is gone") },
      unknown: "the tree is gone"),
    Case(["paths": ["a"]], matter(), unknown: notGathered),
    // lane
    Case(["lane": ["hotfix"]], saying("x\n\nLane: hotfix\n", "y\n\nLane: normal\n")),
    Case(["lane": ["hotfix", "normal"]], saying("x")),
    Case(["lane": ["hotfix"]], saying("x", "y\n\nLane: hotfix\n"), fails: "the lane is normal"),
    Case(["lane": ["hotfix"]], saying("x\n\nLANE: Hotfix \n")),
    Case(["lane": ["rollback"]], saying("x\n\nLane: hotfix\n", tag: "v1\n\nLane: rollback\n")),
    Case(
      ["lane": ["hotfix"]], saying("x\n\nLane: hotfix\n", tag: "v1\n"), fails: "the lane is normal"),
    Case(["lane": ["normal"]], matter(.delete)),
    Case(
      ["lane": ["normal"]], saying("x\n\nLane: hotfx\n"),
      unknown: "`Lane: hotfx` is none of normal, hotfix or rollback"),
    Case(
      ["lane": ["hotfix"]], tagged("v1\n\nLane: hotfix\nLane: normal\n"),
      unknown: "the tag says `Lane: hotfix` and `Lane: normal`"),
    Case(
      ["lane": ["normal"]], saying("x\n\nLane:\n"),
      unknown: "`Lane: ` is none of normal, hotfix or rollback"),
    Case(
      ["lane": ["normal"]], matter { $0.newCommits = .unknown("history is cut") },
      unknown: "history is cut"),
    Case(
      ["lane": ["normal"]],
      matter {
        $0.newCommits = .known([])
        $0.target = .unknown("the tag is gone")
      }, unknown: "the tag is gone"),
    Case(["lane": ["normal"]], matter(), unknown: notGathered),
    // An annotated tag speaks for itself, whatever its history is.
    Case(["lane": ["hotfix"]], tagged("v1\n\nLane: hotfix\n")),
    Case(["lane": ["hotfix"]], tagged("v1\n"), fails: "the lane is normal"),
    Case(
      ["lane": ["hotfix"]], tagged("v1\n\nLane: hotfx\n"),
      unknown: "`Lane: hotfx` is none of normal, hotfix or rollback"),
    // risk: the highest that is stated counts.
    Case(
      ["risk": ["high"]], saying("x\n\nRisk: low\n", "y\n\nRisk: High\n", "z\n\nRisk: medium\n")),
    Case(["risk": ["medium"]], saying("x\n\nRisk: low\n", "y\n\nRisk: low\nRisk: medium\n")),
    Case(
      ["risk": ["low"]], saying("x\n\nRisk: low\n", tag: "v1\n\nRisk: high\n"),
      fails: "the risk is high"),
    Case(["risk": ["unstated"]], saying("x\n\nRisk: low\n\nNot at the end.\n")),
    Case(["risk": ["low"]], saying("x"), fails: "the risk is unstated"),
    Case(
      ["risk": ["low"]], saying("x\n\nRisk: low\n", "y\n\nRisk: none\n"),
      unknown: "`Risk: none` is none of low, medium, high or unstated"),
    // pusher
    Case(["pusher": ["release-manager"]], matter(pusher: "ang")),
    Case(["pusher": ["bob"]], matter(pusher: "bob")),
    Case(["pusher": ["bob"]], matter(pusher: "ang"), fails: "alice pushes"),
    Case(["pusher": ["bob"]], matter(), unknown: unknownPusher),
    Case(
      ["pusher": ["bob"]], matter(pusher: "bob@example.com"),
      unknown: "bob@example.com pushes, and the policy names nobody with that login"),
    // kind
    Case(["kind": ["create", "delete"]], matter(.create)),
    Case(["kind": ["create", "delete"]], matter(.delete)),
    Case(["kind": ["update"]], matter { $0.isFastForward = .known(true) }),
    Case(["kind": ["rewind"]], matter { $0.isFastForward = .known(false) }),
    Case(
      ["kind": ["rewind"]], matter { $0.isFastForward = .known(true) }, fails: "this is an update"),
    Case(
      ["kind": ["update"]], matter { $0.isFastForward = .known(false) }, fails: "this is a rewind"),
    Case(["kind": ["update"]], matter(.create), fails: "this is the creation of a ref"),
    Case(
      ["kind": ["update"]], matter { $0.isFastForward = .unknown("0000a1d is missing") },
      unknown: "0000a1d is missing"),
    Case(["kind": ["update"]], matter(), unknown: notGathered),
    // via
    Case(["via": ["ui"]], matter(route: .ui)),
    Case(["via": ["ui"]], matter(route: .push), fails: "it comes via push"),
    Case(
      ["via": ["ui"]], matter(),
      unknown: "nobody tells whether this comes by git push or by a button of a web page"),
    // All keys must hold; one that fails settles it whatever is not known.
    Case(["kind": ["create"], "pusher": ["alice"]], matter(.create, pusher: "alice")),
    Case(["kind": ["create"], "pusher": ["alice"]], matter(.delete), fails: "this is a deletion"),
    Case(["kind": ["create"], "pusher": ["alice"]], matter(.create), unknown: unknownPusher),
  ]

  @Test("each key, as `when` and as `except`, on a ruleset and on a rule", arguments: cases)
  func keys(_ one: Case) throws {
    for isOnRuleset in [true, false] {
      let when = try Self.told(["when": one.condition], one.matter, isOnRuleset: isOnRuleset)
      let except = try Self.told(["except": one.condition], one.matter, isOnRuleset: isOnRuleset)
      if one.isUnknown {
        #expect(
          when == "indeterminate: whether it applies (`when`) cannot be told: \(one.whyNot)")
        #expect(
          except == "indeterminate: whether it applies (`except`) cannot be told: \(one.whyNot)")
      } else if one.whyNot.isEmpty {
        #expect(when == Self.judged)
        #expect(except.hasPrefix("notApplicable: by its `except`: "))
      } else {
        #expect(when == "notApplicable: by its `when`: \(one.whyNot)")
        #expect(except == Self.judged)
      }
    }
  }

  @Test("what is changed beside the paths of `except` is not spared")
  func partly() throws {
    let settings: Setting = ["except": ["paths": ["*.md"]]]
    #expect(try Self.told(settings, Self.changing("README.md", "code")) == Self.judged)
    #expect(
      try Self.told(settings, Self.changing("README.md"))
        == "notApplicable: by its `except`: nothing but *.md is changed")
    #expect(try Self.told(settings, Self.changing()) == Self.judged)
  }

  @Test("an old state that a merge takes from a guarded parent is a change")
  func touched() throws {
    let merge = Self.matter {
      $0.changes = .known([])
      $0.touched = .known([Bytes("billing/x".utf8)])
    }
    #expect(try Self.told(["when": ["paths": ["billing/**"]]], merge) == Self.judged)
    #expect(try Self.told(["except": ["paths": ["*.md"]]], merge) == Self.judged)
  }

  @Test("one commit that states a low risk does not speak for one that states none")
  func mixedRisk() throws {
    let low = Self.saying("And then\n\nRisk: low\n", "Sneak in")
    #expect(try Self.told(["except": ["risk": ["low"]]], low) == Self.judged)
    let high = Self.saying("And then\n\nRisk: high\n", "Sneak in")
    #expect(try Self.told(["when": ["risk": ["high"]]], high) == Self.judged)
  }

  @Test("the risk of a tag is that of what came since the release before it, and no more is read")
  func riskOfTag() throws {
    func told(_ wanted: Setting, _ messages: String..., tag message: String = "v2") throws -> String
    {
      let since = SinceRelease(
        previous: "v1", commits: messages.enumerated().map { commit($0 + 1, $1) })
      var facts = Facts()
      facts.sinceRelease = .known(since)
      facts.newCommits = .unknown("all of history is new to a ref that no branch is guarded with")
      let tag = Tag(
        id: id(7), target: id(1), targetKind: .commit, name: Bytes("v2".utf8), tagger: nil,
        message: Bytes(message.utf8))
      facts.target = .known(Target(tags: [tag], object: id(1), kind: .commit))
      return try Self.told(
        wanted,
        Matter(
          update: update("refs/tags/v2", .create), facts: facts, instant: Instant(seconds: 0),
          people: Self.people))
    }
    let high: Setting = ["when": ["risk": ["high"]]]
    #expect(try told(high, "x\n\nRisk: high\n", "y") == Self.judged)
    #expect(try told(high, "y", tag: "v2\n\nRisk: high\n") == Self.judged)
    #expect(try told(high, "y") == "notApplicable: by its `when`: the risk is unstated")
    #expect(try told(["when": ["risk": ["low"]]], "x\n\nRisk: low\n") == Self.judged)
    #expect(
      try told(high, "x\n\nRisk: some\n")
        == "indeterminate: whether it applies (`when`) cannot be told: `Risk: some` is none of low, medium, high or unstated"
    )
  }

  @Test("both at once")
  func both() throws {
    let settings: Setting = ["when": ["kind": ["create"]], "except": ["pusher": ["alice"]]]
    #expect(try Self.told(settings, Self.matter(.create, pusher: "bob")) == Self.judged)
    #expect(
      try Self.told(settings, Self.matter(.create, pusher: "alice"))
        == "notApplicable: by its `except`: alice pushes")
    #expect(
      try Self.told(settings, Self.matter(.delete, pusher: "bob"))
        == "notApplicable: by its `when`: this is a deletion")
    #expect(
      try Self.told(
        ["except": ["kind": ["create"], "pusher": ["alice"]]],
        Self.matter(.create, pusher: "alice"))
        == "notApplicable: by its `except`: alice pushes and this is the creation of a ref")
    #expect(try Self.told(.absent, Self.matter()) == Self.judged)
  }

  @Test("what somebody typed is never shown raw")
  func hostile() throws {
    let told = try Self.told(
      ["when": ["lane": ["normal"]]], Self.saying("x\n\nLane: \u{1B}[2J\u{202E}\n"))
    #expect(told.contains("`Lane: \\u{1b}[2J\\u{202e}` is none of"))
    let path = try Self.told(["except": ["paths": ["**"]]], Self.changing("a\u{1B}b"))
    #expect(path == "notApplicable: by its `except`: nothing but ** is changed")
    let other = try Self.told(["except": ["paths": ["b"]]], Self.changing("a\u{1B}b"))
    #expect(other == Self.judged)
    let when = try Self.told(["when": ["paths": ["b"]]], Self.changing("a\u{1B}b"))
    #expect(when == "notApplicable: by its `when`: no new commit changes b")
  }

  @Test("conditions ask for the facts that they look at, beside those of the rules")
  func needs() throws {
    func needs(_ settings: Setting) -> Needs {
      let reader = SettingsReader(settings.node(), name: "x", problems: ProblemList())
      let conditions = reader.conditions(PolicyContext(people: Self.people))
      let stated = StatedRule(
        AlwaysSatisfied(), conditions: conditions, position: Position(line: 1, column: 1))
      return stated.needs
    }
    #expect(needs(.absent) == Needs())
    #expect(needs(["when": ["pusher": ["bob"], "via": ["ui"]]]) == Needs())
    #expect(needs(["when": ["kind": ["create"]]]) == Needs(.ancestry))
    #expect(needs(["when": ["risk": ["low"]]]) == Needs([.risk, .target]))
    #expect(
      needs(["when": ["kind": ["update"]], "except": ["paths": ["a"]]])
        == Needs([.ancestry, .changes, .touched]))
    let ruleset = Ruleset(
      name: "x", refs: try RefSelection(["**"]), patterns: ["**"],
      conditions: SettingsReader(
        (["when": ["lane": ["hotfix"]]] as Setting).node(), name: "x", problems: ProblemList()
      ).conditions(PolicyContext()),
      rules: [StatedRule(rule(FastForwardOnly.self), position: Position(line: 1, column: 1))],
      position: Position(line: 1, column: 1))
    #expect(ruleset.needs == Needs([.lane, .target, .ancestry]))
  }

  @Test("what cannot be read", arguments: problems)
  func reading(_ settings: Setting, _ expected: [String]) {
    let list = ProblemList()
    let reader = SettingsReader(settings.node(), name: "x", problems: list)
    _ = reader.conditions(PolicyContext(people: Self.people))
    #expect(list.problems.map { $0.text + ($0.hint.map { "; \($0)" } ?? "") } == expected)
  }

  static let nothing = "asks nothing; give it paths, lane, risk, pusher, kind or via"
  static let problems: [(Setting, [String])] = [
    (["when": .absent], ["`when` \(nothing)"]),
    (["except": .map([])], ["`except` \(nothing)"]),
    (
      ["when": "main"],
      [
        "`when` takes a map of settings, not the text \"main\"; write `when:` alone, or `when: {key: value}`"
      ]
    ),
    (["when": ["path": ["a"]]], ["`when` knows no key `path`; did you mean `paths`?"]),
    (
      ["when": ["lane": ["hotfx"]]],
      ["`lane` takes normal, hotfix or rollback, not the text \"hotfx\"; did you mean `hotfix`?"]
    ),
    (
      ["when": ["risk": ["none"]]],
      ["`risk` takes low, medium, high or unstated, not the text \"none\""]
    ),
    (
      ["when": ["kind": ["push"]]],
      ["`kind` takes create, update, rewind or delete, not the text \"push\""]
    ),
    (["when": ["via": ["web"]]], ["`via` takes push or ui, not the text \"web\""]),
    (
      ["when": ["pusher": ["rita"]]],
      ["there is no person and no role `rita`; state it under `people` or `roles`"]
    ),
    (["when": ["pusher": []]], ["`pusher` is empty, so that it never holds"]),
    (["when": ["lane": []]], ["`lane` is empty, so that it never holds"]),
    (
      ["when": ["kind": []], "except": ["via": []]],
      ["`kind` is empty, so that it never holds", "`via` is empty, so that it never holds"]
    ),
    (["when": ["paths": ["!a"]]], ["`paths` selects nothing: every pattern starts with `!`"]),
    (
      ["when": ["paths": ["a//b"]]],
      ["`paths`: the pattern `a//b` has two `/` with nothing between them"]
    ),
  ]
}
