import Evidence
import Foundation
import GitModel
import GitrelTestSupport
import Policy
import PolicyFile
import Release
import Schedule
import Testing

@testable import Output

/// docs/json.md names every key that is printed, and no other.
@Suite("the reference of JSON")
struct JSONReferenceTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

  /// A decision with every optional key.
  private static let full = decision(
    [
      planned,
      updated(
        "refs/heads/main",
        [
          JudgedRule(
            rule: "tests", ruleset: "production", position: Position(line: 7, column: 5),
            enforcement: .evaluate, activeFrom: Instant(seconds: 0),
            verdict: Verdict(
              .violated,
              Explanation("bad", expected: "good", findings: [Finding(commit(1, "a"), "b")])),
            readings: [
              ConditionReading(
                isOfRuleset: true, isException: false, key: "lane", answer: .holds,
                words: "the lane is normal")
            ], override: .accepted(person: "rita", reason: "outage", source: "statement 1a"))
        ]),
    ], whole: [JudgedRule(builtIn: "policy", .satisfied("loads"))])

  /// An update whose rules have fixes that get into each other's way.
  private static var planned: UpdateDecision {
    let policy = """
      version: 1
      rulesets:
        - {name: all, refs: ["**"], rules: {trailers: {required: [Ticket]}, sign-off: }}

      """
    let document = try? PolicyReader.read(Bytes(policy.utf8), file: "policy.yml") {
      (_) throws(ZoneFault) in throw ZoneFault("no zone is needed")
    }
    var facts = Facts()
    facts.newCommits = .known([commit(2, "b"), commit(1, "a")])
    let update = RefUpdate(name: RefName("refs/heads/x"), old: id(0), new: id(2))
    let matter = Matter(update: update, facts: facts, instant: Instant(seconds: 0))
    return UpdateDecision(
      update: update, isGuarded: true,
      judged: document?.rulesets.flatMap { $0.judged(matter) } ?? [])
  }

  @Test("a decision", arguments: [full, everything, hostile])
  func decisionKeys(_ decision: Decision) throws {
    let keys = try Self.keys(try DecisionJSON.text(decision))
    let known = try Self.documented("Decision")
    #expect(keys.subtracting(known) == [])
    if decision == Self.full { #expect(known.subtracting(keys) == []) }
  }

  @Test("a tag plan with its receipt")
  func planKeys() throws {
    let keys = try Self.keys(try PlanJSON.text(samplePlan(Self.full), sampleReceipt))
    #expect(try keys == Self.documented("Tag plan").union(Self.below("decision", "Decision")))
  }

  @Test("a next version")
  func nextKeys() throws {
    let keys = try Self.keys(try PlanJSON.text(sampleNext))
    #expect(try keys == Self.documented("Next version"))
  }

  @Test("notes")
  func notesKeys() throws {
    var head = NotesHead()
    (head.version, head.previous, head.commit) = ("v1", "v0", id(1))
    let keys = try Self.keys(try PlanJSON.text(sampleNotes, head, text: "x"))
    #expect(try keys == Self.documented("Notes"))
  }

  @Test("a release, and all of them")
  func releaseKeys() throws {
    // No release has everything at once: what soaks is not taken back.
    let records = [released(), released(6), released(2)]
    func keys(_ texts: [String]) throws -> Set<String> {
      let all: Set<String> = try texts.reduce(into: []) { $0.formUnion(try Self.keys($1)) }
      return all.filter { !$0.hasPrefix("possible[].") }
    }
    #expect(
      try keys(records.map { record in try DecisionJSON.text(record) })
        == Self.documented("Release"))
    let all = try keys([try DecisionJSON.text(records)])
    let inner = try Self.documented("Release").map {
      $0.replacing("release.", with: "releases[].")
    }
    #expect(try all == Self.documented("Releases").union(inner).subtracting(["release"]))
  }

  @Test("an evidence bundle")
  func bundleKeys() throws {
    let text = try DecisionJSON.text(bundleReport())
    #expect(try Self.keys(text) == Self.documented("Evidence bundle"))
    #expect(!text.contains("\u{1B}"))
  }

  @Test("what is stated about a commit")
  func evidenceKeys() throws {
    let signed = EvidenceListing.Item(
      digest: "1fd6b4950b9b00", kind: "tests", recorded: Instant(seconds: 60), words: "suite\u{1B}",
      signers: StatementSigners([.good(person: "ci", fingerprint: "x", format: .ssh)]))
    let listing = EvidenceListing(
      commit: id(1), tree: id(2),
      policy: PolicyOrigin(label: "main@3f2a1c9", file: "policy.yml", digest: "00"),
      items: [
        signed, .init(digest: "2fd6b4950b9b00", fault: "it has\u{1B}"),
        .init(
          digest: "3fd6b4950b9b00", kind: "approval", recorded: Instant(seconds: 120),
          words: "vetoed", signers: .unsigned, fault: "is not signed"),
      ])
    let text = try DecisionJSON.text(listing)
    let inner = ["policy.label", "policy.file", "policy.sha256"]
    #expect(try Self.keys(text) == Self.documented("Evidence").union(inner))
    #expect(!text.contains("\u{1B}"))
    #expect(
      EvidenceText.lines(listing) == [
        "3 statements about \(id(1).short) and its tree \(id(2).short); by the people of main@3f2a1c9",
        "  x 2fd6b4950b9b  counts for nothing: it has\\u{1b}",
        "    1fd6b4950b9b  tests: suite\\u{1b}", "        1970-01-01T00:01:00Z, signed by ci",
        "  x 3fd6b4950b9b  approval: vetoed", "        1970-01-01T00:02:00Z, unsigned",
        "        counts for nothing: is not signed",
      ])
    let none = EvidenceListing(commit: id(1), tree: id(2), policy: nil, items: [])
    #expect(
      EvidenceText.lines(none)
        == ["nothing is stated about \(id(1).short) and its tree \(id(2).short)"])
  }

  @Test("metrics")
  func metricsKeys() throws {
    #expect(
      try Self.keys(try MetricsJSON.text(MetricsTextTests.report)) == Self.documented("Metrics"))
    let head = try #require(MetricsCSV.lines(MetricsTextTests.report).first)
    #expect(
      try Self.rows("### Metrics as CSV") == head.split(separator: ",").map(String.init))
  }

  @Test("windows and freezes")
  func windowKeys() throws {
    let utc = try Zone(
      identifier: "UTC",
      tzif: [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/UTC"))))
    let office = Schedule.Calendar(
      name: "office", zone: utc,
      allow: [try TimeWindow(days: "daily", hours: "09:00-16:00")],
      freezes: [
        try Freeze(id: "f", from: "1970-01-03T00:00", until: "1970-01-04T00:00", reason: "r")
      ],
      freezers: ["rita"])
    let said = Declaration(
      .freeze, name: Bytes("outage".utf8), value: Bytes("start".utf8), person: Bytes("rita".utf8),
      recorded: Instant(seconds: 60), comment: Bytes("it has\u{1B}".utf8))
    let now = Instant(seconds: 10 * 3600)
    let times = DeclaredTimes(
      [StatedDeclaration(said, digest: "1fd6b4950b9b00", fault: nil)], at: now)
    var condition = Condition()
    condition.lanes = [.normal]
    condition.kinds = [.update]
    let ruleset = Ruleset(
      name: "production", refs: try RefSelection(["main"]), patterns: ["main"],
      conditions: Conditions(when: condition),
      rules: [
        StatedRule(
          try Self.window([office]), overrideBy: Who(names: ["rita"], people: ["rita"]),
          position: Position(line: 1, column: 1))
      ], position: Position(line: 1, column: 1))
    let document = PolicyDocument(
      people: People(), calendars: ["office": office], rulesets: [ruleset])
    func listing(_ times: DeclaredTimes, at seconds: Int64) -> WindowListing {
      WindowListing(
        document, times, ref: RefName("refs/heads/main"), policy: Self.origin,
        at: Instant(seconds: seconds), days: 7)
    }
    let open = try DecisionJSON.text(listing(DeclaredTimes([], at: now), at: 10 * 3600))
    let closed = try DecisionJSON.text(listing(times, at: 10 * 3600))
    let inner = ["policy.label", "policy.file", "policy.sha256"]
    #expect(
      try Self.keys(open).union(Self.keys(closed)) == Self.documented("Window").union(inner))
    #expect(!closed.contains("\u{1B}"))
    #expect(WindowText.lines(listing(times, at: 10 * 3600)).allSatisfy { !$0.contains("\u{1B}") })
    let freezes = FreezeListing(document, times, at: Instant(seconds: 90))
    #expect(try Self.keys(try DecisionJSON.text(freezes)) == Self.documented("Freezes"))
    #expect(
      FreezeText.lines(freezes) == [
        "outage  office, by rita: it has\\u{1b}",
        "    since Thu 1 Jan 00:01 UTC, until it is ended, Sat 2 Jan 1971 00:01 UTC at",
        "      the latest", "f  office, by the policy: r",
        "    from Sat 3 Jan 00:00 UTC, until Sun 4 Jan 00:00 UTC",
      ])
  }

  private static func window(_ calendars: [Schedule.Calendar]) throws -> Window {
    let node = SettingsNode(
      .map([
        SettingsNode.Entry(
          key: "calendar", position: Position(line: 1, column: 1),
          node: SettingsNode(.scalar("office", isQuoted: false), at: Position(line: 1, column: 1)))
      ]), at: Position(line: 1, column: 1))
    let reader = SettingsReader(node, name: "window", problems: ProblemList())
    return Window(
      from: reader,
      context: PolicyContext(
        calendars: Dictionary(calendars.map { ($0.name, $0) }) { first, _ in first }))
  }

  @Test("an import")
  func importKeys() throws {
    let report = ImportReport(
      inputs: ["f (YACC)"], policy: "version: 1\n", rulesets: 1, waiting: 0,
      notes: [ImportNote(file: "f", line: 1, what: "a", why: "b", instead: "c")])
    #expect(try Self.keys(try ImportText.json(report)) == Self.documented("Import"))
  }

  @Test("a validation")
  func validationKeys() throws {
    let place = Position(line: 1, column: 2)
    let text = ProblemText.json(
      file: "p", errors: [Problem("a", at: place, hint: "b")], left: 1,
      warnings: [Problem("a", at: place)], warningsLeft: 2)
    #expect(try Self.keys(text) == Self.documented("Validation"))
  }

  @Test("policy tests")
  func testKeys() throws {
    let place = Position(line: 1, column: 2)
    let report = PolicyTestReport(
      cases: [
        TestedCase(
          file: "t", position: place, name: "n",
          mismatches: [Mismatch(expected: "accepted", found: "refused")], decision: Self.full)
      ],
      untested: [UntestedRule(policy: "p", ruleset: "r", rule: "tests", position: place)])
    #expect(try Self.keys(PolicyTestJSON.text(report)) == Self.documented("Policy tests"))
  }

  /// Two past updates, one of which breaks a rule and one of which could not be told.
  private static func replayed(_ outcome: Verdict.Outcome) -> ReplayedUpdate {
    ReplayedUpdate(
      update: RefUpdate(name: RefName("refs/heads/main"), old: id(1), new: id(2)),
      instant: Instant(seconds: 0), title: "t", commits: 1,
      judged: [
        judged("approvals", outcome, "bad", [Finding(commit(1, "a"), "b")]),
        judged("tests", .indeterminate, "nothing is stated"),
      ])
  }

  private static let origin = PolicyOrigin(label: "p", file: "p.yml", digest: "abc")

  private static func tally() -> ReplayTally {
    var tally = ReplayTally(examples: 1)
    tally.add(replayed(.violated), isGuarded: true)
    return tally
  }

  @Test("a replay")
  func replayKeys() throws {
    let report = ReplayReport(
      refs: "main", source: "s", policy: Self.origin, tally: Self.tally(), notes: ["n"])
    #expect(try Self.keys(ReplayJSON.text(report)) == Self.documented("Replay"))
    let head = try #require(ReplayCSV.lines(report).first)
    #expect(
      try Self.rows("### Replay as CSV") == head.split(separator: ",").map(String.init))
  }

  @Test("a difference of policies")
  func differenceKeys() throws {
    var difference = ReplayDifference(examples: 1)
    difference.add(old: Self.replayed(.satisfied), new: Self.replayed(.violated))
    difference.add(old: Self.replayed(.violated), new: Self.replayed(.satisfied))
    func scalar(_ text: String) -> SettingsNode {
      SettingsNode(.scalar(text, isQuoted: false), at: Position(line: 1, column: 1))
    }
    func map(_ key: String, _ node: SettingsNode) -> SettingsNode {
      let place = Position(line: 1, column: 1)
      return SettingsNode(
        .map([SettingsNode.Entry(key: key, position: place, node: node)]), at: place)
    }
    let policy = PolicyDocument(
      people: People(), calendars: [:], rulesets: [],
      root: map("roles", map("qa", scalar("alice"))))
    let none = PolicyDocument(people: People(), calendars: [:], rulesets: [])
    let report = PolicyDifferenceReport(
      old: Self.origin, new: Self.origin,
      comparison: PolicyComparison(old: none, new: policy), refs: "main", source: "s",
      difference: difference, tallies: [Self.tally(), Self.tally()], notes: ["n"])
    // An example is that of a replay.
    let keys = try Self.keys(PolicyDifferenceJSON.text(report)).filter {
      !$0.hasPrefix("examples[]") && !$0.hasPrefix("findings[]")
    }
    let known = try Self.documented("Difference of policies")
    #expect(keys.subtracting(known) == [])
    #expect(known.subtracting(keys) == [])
  }

  @Test("what cannot be written is an error, and no document")
  func unwritable() {
    #expect {
      try JSONFault.encode(Double.nan)
    } throws: { error in
      (error as? Output.JSONFault)?.description.hasPrefix(
        "the answer cannot be written as JSON, which is a fault in gitrel: ") ?? false
    }
  }

  @Test("what an import tells beside the policy")
  func importLines() {
    let note = ImportNote(file: "f", line: 7, what: "a\u{1B}", why: "b", instead: nil)
    let report = ImportReport(
      inputs: [], policy: "", rulesets: 1, waiting: 1, notes: [note], notesLeft: 1)
    #expect(
      ImportText.lines(report) == [
        "gitrel: 2 things not carried, or not quite:", "  f:7: a\\u{1b}: b", "  and 1 more",
        "gitrel: warning: nothing of it guards anything yet: the policy only reports",
        "gitrel: warning: 1 of 1 ruleset is commented out: what each waits for stands above it",
      ])
    let quiet = ImportReport(inputs: [], policy: "", rulesets: 2, waiting: 0, notes: [])
    #expect(ImportText.lines(quiet) == [])
  }

  @Test("an explanation")
  func explanationKeys() throws {
    let (policy, origin) = try samplePolicy()
    let both = PolicyExplanation(
      policy, origin, ref: RefName("refs/heads/main"), rule: "approvals", decision: Self.full)
    let keys = try Self.keys(try DecisionJSON.text(both)).filter { !$0.hasPrefix("decision.") }
      .subtracting(Self.documented("Decision").filter { $0.contains("[]") })
    let known = try Self.documented("Explanation")
      .union(["policy.label", "policy.file", "policy.sha256"])
    #expect(keys == known)
  }

  /// Every key with the one above it: `updates[].ref`, but `verdicts[].rule` wherever verdicts stand.
  private static func keys(_ text: String) throws -> Set<String> {
    var keys: Set<String> = []
    func walk(_ value: Any, _ above: String) {
      if let list = value as? [Any] {
        for item in list { walk(item, above + "[]") }
      } else if let map = value as? [String: Any] {
        for (key, inner) in map {
          let start = above.isEmpty ? "" : "\(above)."
          keys.insert(start + key)
          // Below a decision the names are those of a decision.
          let name = ["whole": "verdicts", "defaults": "settings", "all": "figures"][key] ?? key
          walk(inner, above == "decision" || start == "decision." ? "decision.\(name)" : name)
        }
      }
    }
    walk(try JSONSerialization.jsonObject(with: Data(text.utf8)), "")
    return Set(
      keys.map { key in
        key.hasPrefix("decision.") && key.contains("[]")
          ? String(key.dropFirst("decision.".count)) : key
      })
  }

  /// The keys in the tables of a section.
  private static func documented(_ section: String) throws -> Set<String> {
    Set(try rows("## \(section)"))
  }

  /// What the rows below a heading are about, as far as the next heading.
  private static func rows(_ heading: String) throws -> [String] {
    let bytes = try #require(contents(of: "\(root)/docs/json.md"))
    let text = String(decoding: bytes, as: UTF8.self)
    let start = try #require(text.range(of: "\n\(heading)\n")).upperBound
    let next = text[start...].firstRange(of: try Regex("\n##+ "))
    let rows = text[start..<(next?.lowerBound ?? text.endIndex)].split(separator: "\n")
    return rows.filter { $0.hasPrefix("| `") }
      .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
  }

  /// The keys of a document that stands under a key of another.
  private static func below(_ key: String, _ section: String) throws -> Set<String> {
    // An override stands in a verdict, at whatever depth that is.
    Set(
      try documented(section).map {
        $0.contains("[]") || $0.hasPrefix("override.") ? $0 : "\(key).\($0)"
      })
  }
}
