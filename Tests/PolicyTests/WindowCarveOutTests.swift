import Foundation
import GitModel
import Policy
import Schedule
import Testing

/// What may pass a closed window by a condition of the rule or of its ruleset, and what only seems to.
@Suite("window: who and what may pass")
struct WindowCarveOutTests {
  // Friday, 20 November 2026, 16:45 UTC, and three hours and 46 minutes earlier.
  private static let (closed, open): (Int64, Int64) = (1_795_193_100, 1_795_179_540)

  /// What a window that is closed on Friday afternoon says under `conditions`, of the rule or of its ruleset.
  private func judged(
    _ conditions: Setting, ofRuleset: Bool = false, kind: RefUpdate.Kind = .update,
    ref: String = "refs/heads/main", at seconds: Int64 = closed, pusher: String? = nil,
    _ fill: (inout Facts) -> Void
  ) throws -> String {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/UTC"))
    let office = Schedule.Calendar(
      name: "office", zone: try Zone(identifier: "UTC", tzif: [UInt8](bytes)),
      deny: [try TimeWindow(days: "Fri", hours: "13:00-24:00", reason: "no Friday pushes")])
    let position = Position(line: 1, column: 1)
    let problems = ProblemList()
    let read = SettingsReader(conditions.node(), name: "window", problems: problems)
      .conditions(PolicyContext(people: team))
    #expect(problems.problems == [])
    let ruleset = Ruleset(
      name: "one", refs: try RefSelection(["**", "refs/tags/**"]), patterns: ["**"],
      conditions: ofRuleset ? read : Conditions(),
      rules: [
        StatedRule(
          rule(Window.self, ["calendar": "office"], PolicyContext(calendars: ["office": office])),
          conditions: ofRuleset ? Conditions() : read, position: position)
      ], position: position)
    let verdict = ruleset.judged(
      matter(ref, kind, at: seconds, pusher: pusher, people: team, fill)
    ).first?.verdict
    return verdict?.told.split(separator: "\n").first.map(String.init) ?? "nothing"
  }

  private static let refused = "violated: Fri 20 Nov 16:45 UTC: no Friday pushes"

  private static func changing(_ paths: [String], touched: [String] = []) -> (inout Facts) -> Void {
    {
      let entry = Change.Entry(mode: 0o100644, id: id(5))
      $0.changes = .known(
        paths.map { path in
          CommitChanges(
            commit: commit(1, "x"), changes: [Change(path: Bytes(path.utf8), kind: .added(entry))])
        })
      $0.touched = .known(touched.map { Bytes($0.utf8) })
    }
  }

  private static func saying(_ messages: [String], tag: String? = nil) -> (inout Facts) -> Void {
    {
      $0.newCommits = .known(messages.enumerated().map { commit($0 + 1, $1) })
      let tags = tag.map {
        Tag(
          id: id(7), target: id(1), targetKind: .commit, name: [], tagger: nil,
          message: Bytes($0.utf8))
      }
      $0.target = .known(
        Target(tags: [tags].compactMap { $0 }, object: id(1), kind: .commit))
    }
  }

  @Test("by role: who pushes, as the server knows them", arguments: roles)
  func role(_ pusher: String?, _ expected: String) throws {
    let except: Setting = ["except": ["pusher": ["tech-lead"]]]
    for ofRuleset in [false, true] {
      #expect(
        try judged(except, ofRuleset: ofRuleset, pusher: pusher, Self.saying(["x"])) == expected)
    }
    // Nobody needs to be known while it is open; a condition is asked all the same.
    #expect(
      try judged(except, at: Self.open, pusher: "carol", Self.saying(["x"]))
        == "satisfied: Fri 20 Nov 12:59 UTC: office is open, until Fri 20 Nov 13:00 UTC")
  }

  private static func stranger(_ login: String) -> String {
    "indeterminate: whether it applies (`except`) cannot be told: \(login) pushes, and the policy names"
      + " nobody with that login"
  }

  static let roles: [(String?, String)] = [
    ("ang", "notApplicable: by its `except`: alice pushes"),
    ("bob", "notApplicable: by its `except`: bob pushes"),
    ("carol", refused), ("mallory", stranger("mallory")), ("tech-lead", stranger("tech-lead")),
    ("alice@example.com", stranger("alice@example.com")),
    (
      nil,
      "indeterminate: whether it applies (`except`) cannot be told: who pushes is not known; the server"
        + " must be told by `gitrel install --identity`"
    ),
  ]

  @Test("by path: all that is changed lies there", arguments: paths)
  func path(_ changed: [String], _ touched: [String], _ expected: String) throws {
    #expect(
      try judged(
        ["except": ["paths": ["docs/**", "*.md"]]], Self.changing(changed, touched: touched))
        == expected)
  }

  private static let passed =
    "notApplicable: by its `except`: nothing but docs/** or *.md is changed"

  static let paths: [([String], [String], String)] = [
    (["docs/a"], [], passed), (["docs/a/b", "README.md"], [], passed),
    (["docs/a", "src/a"], [], refused), (["src/docs/a"], [], refused), (["docs"], [], refused),
    (["Docs/a"], [], refused), (["README.MD"], [], refused),
    // A merge may take an old state from a parent that is there already: what the ref comes to hold counts.
    (["docs/a"], ["src/a"], refused), (["docs/a"], ["docs/b"], passed),
    // Where nothing is changed, nothing is that may pass.
    ([], [], refused),
  ]

  @Test("by path: what cannot be told, and what changes no path")
  func otherPaths() throws {
    let except: Setting = ["except": ["paths": ["docs/**"]]]
    #expect(
      try judged(except) {
        $0.changes = .unknown("the tree is gone")
        $0.touched = .known([])
      } == "indeterminate: whether it applies (`except`) cannot be told: the tree is gone")
    #expect(try judged(except, kind: .delete) { _ in } == Self.refused)
    // The opposite way round, a window for some paths alone.
    let when: Setting = ["when": ["paths": ["db/**"]]]
    #expect(try judged(when, Self.changing(["db/a", "src/a"])) == Self.refused)
    #expect(
      try judged(when, Self.changing(["src/a"]))
        == "notApplicable: by its `when`: no new commit changes db/**")
  }

  @Test("by lane: that of the annotated tag, else of the tip", arguments: lanes)
  func lane(_ messages: [String], _ tag: String?, _ expected: String) throws {
    #expect(
      try judged(
        ["except": ["lane": ["hotfix"]]], kind: tag == nil ? .update : .create,
        ref: tag == nil ? "refs/heads/main" : "refs/tags/v1.4", Self.saying(messages, tag: tag))
        == expected)
  }

  private static let hotfix = "notApplicable: by its `except`: the lane is hotfix"

  static let lanes: [([String], String?, String)] = [
    (["x\n\nLane: hotfix\n"], nil, hotfix), (["x"], nil, refused),
    (["x\n\nLane: normal\n"], nil, refused), (["x\n\nLane: rollback\n"], nil, refused),
    // The tip speaks, and no commit below it; the subject is no trailer.
    (["x", "y\n\nLane: hotfix\n"], nil, refused), (["Lane: hotfix"], nil, refused),
    (["x"], "v1.4\n\nLane: hotfix\n", hotfix), (["x"], "v1.4\n", refused),
    (["x\n\nLane: hotfix\n"], "v1.4\n", refused),
    (
      ["x\n\nLane: hotfx\n"], nil,
      "indeterminate: whether it applies (`except`) cannot be told: `Lane: hotfx` is none of normal,"
        + " hotfix or rollback"
    ),
  ]

  @Test("several keys of one `except` must hold together, the values of a list need not")
  func together() throws {
    let both: Setting = ["except": ["lane": ["hotfix", "rollback"], "pusher": ["bob"]]]
    let mended = Self.saying(["x\n\nLane: hotfix\n"])
    #expect(try judged(both, pusher: "carol", mended) == Self.refused)
    #expect(try judged(both, pusher: "bob", Self.saying(["x"])) == Self.refused)
    #expect(try judged(both, pusher: "bob", mended).hasPrefix("notApplicable: by its `except`: "))
    #expect(
      try judged(both, pusher: "bob", Self.saying(["x\n\nLane: rollback\n"]))
        .hasPrefix("notApplicable: by its `except`: "))
  }
}
