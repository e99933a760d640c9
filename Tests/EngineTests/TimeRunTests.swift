import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Schedule
import Testing

@testable import Engine

/// What is said last of a freeze counts, and the receipt tells no other story, whatever the clocks.
@Suite("freezes that are stated")
struct TimeRunTests {
  /// Two minutes before a month ends, in which clocks that are ahead say what lies with the next one's.
  private static let base: Int64 = 1_796_083_080

  private final class Desk {
    let keys: SSHKeys
    let repo: TestRepository
    let repository: Repository
    let policy: LoadedPolicy

    init() throws {
      let keys = try SSHKeys()
      let policy = """
        version: 1
        people:
          rita: {emails: [rita@example.org], keys: [\(try keys.make("rita"))]}
          ron: {emails: [ron@example.org], keys: [\(try keys.make("ron"))]}
        roles: {release-manager: [rita, ron]}
        calendars: {office: {timezone: UTC, freeze-by: [release-manager]}}
        rulesets: [{name: production, refs: [main], rules: {window: {calendar: office}}}]

        """
      repo = try TestRepository { git in
        git.commit("base", files: [".gitrel/policy.yml": policy])
      }
      self.keys = keys
      repository = try Repository.open(at: repo.path)
      self.policy = try CloneGate(repository, remote: nil).policy
    }

    func run(_ person: String) -> TimeRun {
      TimeRun(
        StatementDesk(
          repository,
          git: GitCommand(
            repository: repo.path, environment: ProcessEnvironment(repo.environment.variables)),
          policy: policy
        ) { [keys] envelope throws(EngineFault) in
          do { return try keys.signed(envelope, by: person) } catch {
            throw EngineFault("\(error)")
          }
        })
    }

    /// Does `start 240`: so many seconds after the base by the clock of who says it.
    func say(_ word: Substring, of id: String = "db") throws {
      let parts = word.split(separator: " ")
      let time = Instant(seconds: TimeRunTests.base + (Int64(parts[1]) ?? 0))
      let run = run(parts.count > 2 ? String(parts[2]) : "rita")
      let person = parts.count > 2 ? String(parts[2]) : "rita"
      if parts[0] == "start" {
        _ = try run.start(id, nil, reason: "r", until: nil, by: person, at: time, remote: nil)
      } else {
        _ = try run.end(id, nil, by: person, at: time, remote: nil)
      }
    }

    /// Whether the calendar is closed, and what `gitrel freeze list` shows.
    func told(after seconds: Int64 = 1) throws -> String {
      let now = Instant(seconds: TimeRunTests.base + seconds)
      let view = try CalendarView(repository, policy: policy, remote: nil, at: now)
      let calendar = try #require(policy.document.calendars["office"])
      let cause = calendar.closedCause(at: now, view.times.declared(for: calendar))
      return (cause == nil ? "open" : "closed")
        + view.declared.map { " \($0.freeze.id)" }.joined()
    }
  }

  @Test(
    "the last word counts",
    arguments: [
      ("start 0", "closed db"), ("start 0, end 0", "open"), ("start 0, end 1", "open"),
      ("start 0, end 0, start 0", "closed db"), ("start 0, end 240, start 0", "closed db"),
      ("start 240, end 0", "open"), ("start 240", "closed db"),
      ("start 240, end 0, start 0, end 0", "open"),
      ("start 0, end 240 ron, start 0 rita, end 1 ron, start 1 rita", "closed db"),
      ("start 299, start 0, end 10", "open"),
    ])
  func lastWords(_ story: String, _ end: String) throws {
    let desk = try Desk()
    for word in story.replacing(", ", with: ",").split(separator: ",") { try desk.say(word) }
    #expect(try desk.told() == end)
  }

  @Test("a clock that is too far off is told, and nothing is signed")
  func clocksApart() throws {
    let desk = try Desk()
    try desk.say("start 300")
    let tip = try desk.repository.tip(EvidenceStore.ref)
    #expect(
      throws: EngineFault(
        "the last word on the freeze `db` was stated at 2026-12-01T00:03:00Z, which is yet to come by this machine's clock",
        hints: ["set the clock"])
    ) { try desk.say("start 0") }
    #expect(try desk.repository.tip(EvidenceStore.ref) == tip)
    // Another freeze has nothing to do with it.
    try desk.say("start 0", of: "network")
    #expect(try desk.told() == "closed db network")
  }

  @Test("a freeze is looked for wherever it may lie, in all of the year that it may last")
  func places() {
    let now = Instant(seconds: Self.base)
    let places = Set(TimeFacts.places(at: now))
    func place(_ subject: Subject) -> ObjectID? {
      subject.sha256.map { EvidencePlace.statements(about: String(decoding: $0, as: UTF8.self)) }
    }
    for start in [now, Instant(seconds: 1_772_323_199), Instant(seconds: 1_709_164_800)] {
      let places = Set(TimeFacts.places(at: start))
      for hours in -1...DeclaredTimes.longestFreeze / 3600 {
        let said = Instant(seconds: start.seconds - max(hours * 3600, -EvidenceStore.clockSkew))
        #expect(places.contains(place(EvidencePlace.freezes(of: said)) ?? .zero), "\(said.utcText)")
      }
      for hours in -1...DeclaredTimes.longestDuty / 3600 {
        let said = Instant(seconds: start.seconds - max(hours * 3600, -EvidenceStore.clockSkew))
        #expect(places.contains(place(EvidencePlace.duties(of: said)) ?? .zero), "\(said.utcText)")
      }
    }
    // As few as there can be: whoever may sign can fill each of them.
    #expect(places.count == 14 + 9)
  }
}

/// There is room for what one person says of freezes, and the last of it is for ending them.
@Suite("room for freezes")
struct FreezeRoomTests {
  @Test(
    arguments: [
      (79, "start", "accepted"),
      (
        80, "start",
        "more than 80 statements about the freezes of a month are alice's, and the rest of 100 may only end them"
      ),
      (80, "end", "accepted"), (99, "end", "accepted"),
      (100, "end", "more than 100 statements about one thing are alice's"),
    ])
  func room(_ count: Int, _ value: String, _ words: String) throws {
    let keys = try SSHKeys()
    let server = try Server(
      """
      version: 1
      people: {alice: {emails: [alice@example.org], keys: [\(try keys.make("alice"))]}}
      rulesets: [{name: production, refs: [main], rules: {no-delete: }}]

      """)
    func envelope(_ value: String, _ reason: String, monthsAgo: Int64 = 0) -> Envelope {
      let time = Instant(seconds: server.time - monthsAgo * 30 * 86_400)
      let said = Declaration(
        .freeze, name: Bytes("db".utf8), value: Bytes(value.utf8), person: Bytes("alice".utf8),
        recorded: time, comment: Bytes(reason.utf8))
      return Envelope(
        payload: Statement(
          subjects: [EvidencePlace.freezes(of: time)], predicate: .declaration(said)
        ).encoded)
    }
    func file(_ envelope: Envelope) throws -> (path: String, mode: String, content: Bytes) {
      let place = try #require(try Statement(parsing: envelope.payload).place)
      return EvidenceRefTests.file(envelope.encoded, about: place)
    }
    let old = try EvidenceRefTests.commit(
      server, try (0..<count).map { try file(envelope("start", "\($0)")) })
    try server.set(EvidenceStore.ref.full, old)
    func push(_ unsigned: Envelope) throws -> ServerGate.Outcome {
      let new = try EvidenceRefTests.commit(
        server, [try file(try keys.signed(unsigned, by: "alice"))], on: [old])
      return try server.judge(server.line(EvidenceStore.ref.full, new, from: old))
    }
    let outcome = try push(envelope(value, "one more"))
    #expect(words == "accepted" ? outcome.answer == .accepted : outcome.words.contains(words))
    // Another month has room of its own.
    #expect(try push(envelope("start", "one more", monthsAgo: 1)).answer == .accepted)
  }
}
