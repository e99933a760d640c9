import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// Freezes and duties that lie on a server, and those that `gitrel freeze` and `gitrel duty` sign.
@Suite struct TimeFactsTests {
  /// A server whose main is open at all times, but for what people declare.
  private final class Desk {
    let server: Server
    let keys: SSHKeys
    private var files: [(path: String, mode: String, content: Bytes)] = []

    init() throws {
      keys = try SSHKeys()
      try keys.make("mallory")
      server = try Server(
        """
        version: 1
        repository: shop
        people:
          dev: {emails: [dev@example.org]}
          rita: {emails: [rita@example.org], keys: [\(try keys.make("rita"))]}
          olga: {emails: [olga@example.org], keys: [\(try keys.make("olga"))]}
        roles: {on-call: [olga], release-manager: [rita], nobody: [dev]}
        calendars:
          office: {timezone: UTC, freeze-by: [rita]}
          night: {timezone: UTC, staffing: {roles: [on-call], for: 1h}}
          network: {timezone: UTC, freeze-by: [olga]}
        rulesets:
          - {name: main, refs: [main], rules: {window: {calendar: office}}}
          - {name: night, refs: [night], rules: {window: {calendar: night}}}

        """
      ) { git in git.commit("change", on: "change", from: "base", files: ["a": "1"]) }
    }

    /// A freeze of rita's, made so many seconds ago.
    func freeze(_ value: String = "start", ago seconds: Int64 = 60) -> Declaration {
      Declaration(
        .freeze, repository: Bytes("shop".utf8), name: Bytes("outage".utf8),
        value: Bytes(value.utf8), person: Bytes("rita".utf8),
        recorded: Instant(seconds: server.time - seconds), comment: Bytes("on fire".utf8))
    }

    /// A duty of olga's, begun so many seconds ago.
    func duty(ago seconds: Int64, until: Int64 = 8 * 86_400) -> Declaration {
      Declaration(
        .duty, repository: Bytes("shop".utf8), name: Bytes("on-call".utf8),
        person: Bytes("olga".utf8), role: Bytes("on-call".utf8),
        recorded: Instant(seconds: server.time - seconds),
        until: Instant(seconds: server.time + until))
    }

    func state(
      _ said: Declaration, by key: String?, about subject: Subject? = nil
    ) throws {
      let own =
        said.kind == .duty
        ? EvidencePlace.duties(of: said.recorded) : EvidencePlace.freezes(of: said.recorded)
      let statement = Statement(subjects: [subject ?? own], predicate: .declaration(said))
      var envelope = Envelope(payload: statement.encoded)
      if let key { envelope = try keys.signed(envelope, by: key) }
      try put(envelope.encoded, at: statement.place ?? .zero)
    }

    func put(_ bytes: Bytes, at place: ObjectID) throws {
      files.append(EvidenceRefTests.file(bytes, about: place))
      try server.set(EvidenceStore.ref.full, try EvidenceRefTests.commit(server, files))
    }

    /// What the rule says of a push now, and of what counts for nothing.
    func told(_ name: String = "main") throws -> String {
      let outcome = try server.judge(server.line(name, server.repo["change"]))
      let verdict = outcome.decision.updates.flatMap(\.judged).first { $0.rule == "window" }?
        .verdict
      let explanation = verdict?.explanation
      return
        ([explanation?.summary ?? outcome.words]
        + (explanation?.findings ?? [])
        .filter { !$0.title.hasPrefix("opens ") && !$0.detail.hasPrefix("does not open again") }
        .map { "\($0.title): \($0.detail)" }).joined(separator: "; ")
        .replacing("Wed 7 Jan 12:00 UTC: ", with: "")
        .replacing(/statement [0-9a-f]{12}/, with: "statement ID")
        .replacing(/SHA256:[^ ]{43}/, with: "KEY")
    }
  }

  private static let day: Int64 = 86_400

  @Test("a freeze counts for a year, also where it lies under another year than this")
  func freezes() throws {
    let frozen = "frozen by rita: on fire (`outage`, until it is ended)"
    // The server's clock stands at 7 January 2026.
    for ago in [0, 60, 6 * Self.day, 8 * Self.day, 365 * Self.day] {
      let desk = try Desk()
      #expect(try desk.told() == "office is open")
      try desk.state(desk.freeze(ago: ago), by: "rita")
      #expect(try desk.told() == frozen, "\(ago)")
    }
    let desk = try Desk()
    try desk.state(desk.freeze(ago: 367 * Self.day), by: "rita")
    #expect(try desk.told() == "office is open")
    try desk.state(desk.freeze(ago: 30), by: "rita")
    #expect(try desk.told() == frozen)
    try desk.state(desk.freeze("end", ago: 20), by: "rita")
    #expect(try desk.told() == "office is open")
  }

  @Test("what is not signed by whom it says, or not for here, counts for nothing and is told")
  func void() throws {
    func told(
      by key: String?, _ change: (inout Declaration) -> Void = { _ in }
    ) throws -> String {
      let desk = try Desk()
      var said = desk.freeze()
      change(&said)
      try desk.state(said, by: key)
      return try desk.told()
    }
    let open = "office is open; outage: rita, statement ID, "
    #expect(try told(by: nil) == open + "is not signed")
    #expect(
      try told(by: "olga") == open + "is signed by olga, and says that it is by rita")
    #expect(
      try told(by: "mallory")
        == open + "is signed by a key that the policy gives to nobody: KEY")
    #expect(
      try told(by: "rita") { $0.repository = Bytes("toys".utf8) }
        == open + "is for another repository: `toys`")
    #expect(
      try told(by: "olga") { $0.person = Bytes("olga".utf8) }
        == "office is open; outage: olga, statement ID, and olga may not freeze `office`")
  }

  @Test("what cannot be read might be a freeze, and another kind of statement is none")
  func unreadable() throws {
    let desk = try Desk()
    let place = EvidencePlace.freezes(of: Instant(seconds: desk.server.time))
    var other = desk.freeze()
    other = Declaration(
      .signOff, repository: other.repository, name: other.name, person: other.person,
      recorded: other.recorded)
    try desk.state(other, by: "rita", about: place)
    #expect(try desk.told() == "office is open")
    let digest = try #require(place.sha256)
    try desk.put(
      Bytes("{}".utf8),
      at: EvidencePlace.statements(about: String(decoding: digest, as: UTF8.self)))
    #expect(
      try desk.told().hasPrefix(
        "whether somebody froze the calendar, or is on duty, cannot be told: "))
  }

  @Test("a duty counts for a week, from the day on which it was declared")
  func duties() throws {
    let nobody = "nobody is on duty as on-call for the next 1h"
    let desk = try Desk()
    #expect(try desk.told("night") == nobody)
    try desk.state(desk.duty(ago: 8 * Self.day), by: "olga")
    #expect(try desk.told("night") == nobody)
    // It says that it lasts for another week, and is over an hour before its own week is.
    try desk.state(desk.duty(ago: 7 * Self.day - 3599), by: "olga")
    #expect(
      try desk.told("night").hasPrefix(
        "on duty as on-call is somebody until Wed 7 Jan 12:59 UTC only"))
    try desk.state(desk.duty(ago: 7 * Self.day - 3600), by: "olga")
    #expect(try desk.told("night").hasPrefix("night is open"))
    // Nobody is on duty for olga.
    let forged = try Desk()
    try forged.state(forged.duty(ago: 60), by: "rita")
    #expect(
      try forged.told("night")
        == nobody + "; on-call: olga, statement ID, is signed by rita, and says that it is by olga")
  }

  // MARK: - Signing them

  private func run(_ desk: Desk, by key: String) throws -> TimeRun {
    let gate = try CloneGate(try Repository.open(at: desk.server.repo.path), remote: nil)
    var environment = ProcessEnvironment(["PATH": "/usr/bin:/bin"])
    for word in ["AUTHOR", "COMMITTER"] {
      environment["GIT_\(word)_NAME"] = key
      environment["GIT_\(word)_EMAIL"] = "\(key)@example.org"
    }
    let repository = try Repository.open(at: desk.server.repo.path)
    return TimeRun(
      StatementDesk(
        repository, git: GitCommand(repository: desk.server.repo.path, environment: environment),
        policy: gate.policy
      ) { envelope throws(EngineFault) in
        do { return try desk.keys.signed(envelope, by: key) } catch {
          throw EngineFault("\(error)")
        }
      })
  }

  private func told(_ body: () throws(EngineFault) -> TimeRun.Receipt) -> String {
    do throws(EngineFault) {
      let receipt = try body()
      return "\(receipt.person): \(receipt.calendars.joined(separator: ", "))"
        + " until \(receipt.until.utcText)"
    } catch {
      return ([error.message] + error.hints).joined(separator: "; ")
        .replacing(/SHA256:[^ ]{43}/, with: "KEY")
    }
  }

  @Test("who may freeze what, for how long and under which name")
  func start() throws {
    let desk = try Desk()
    let run = try run(desk, by: "rita")
    let now = Instant(seconds: desk.server.time)
    func start(
      _ id: String, _ calendar: String? = nil, until: Int64? = nil, by person: String? = "rita"
    ) -> String {
      told { () throws(EngineFault) in
        try run.start(
          id, calendar, reason: "on fire",
          until: until.map { Instant(seconds: now.seconds + $0) }, by: person, at: now, remote: nil)
      }
    }
    #expect(start("outage", until: 0) == "the freeze would be over at 2026-01-07T12:00:00Z")
    #expect(
      start("outage", until: 367 * Self.day)
        == "a freeze counts for a year at most, to 2027-01-08T12:00:00Z; write a longer one into"
        + " the policy, under `freezes`")
    let name = "ASCII letters, digits, dot, dash and underscore, e.g. outage-4711"
    for id in ["", "a/b", "a b", "ä", String(repeating: "x", count: 61), "a\u{1B}[2J"] {
      #expect(
        start(id) == "`\(Bytes(id.utf8).prefix(60).printable)` is no name for a freeze; \(name)")
    }
    #expect(
      start("outage", "lunar")
        == "the policy has no calendar `lunar`; it has network, night, office")
    #expect(
      start("outage", "network") == "rita may not freeze `network`; the policy names olga")
    #expect(
      start("outage", "night")
        == "rita may not freeze `night`; the policy names nobody who may: `freeze-by` of the calendar"
    )
    #expect(
      start("outage", by: "dev")
        == "dev may freeze no calendar of the policy; `freeze-by` of a calendar says who may")
    #expect(
      start("outage", by: "eve") == "the policy names nobody `eve`; there are dev, rita, olga")
    // Who holds another key than the one who is named signs nothing.
    #expect(
      start("outage", by: "olga").hasPrefix(
        "the statement is signed by rita, and says that it is by olga; your public key"))
    #expect(try desk.told() == "office is open")
    #expect(start("outage") == "rita: office until 2027-01-08T12:00:00Z")
    #expect(try desk.told() == "frozen by rita: on fire (`outage`, until it is ended)")
  }

  @Test("what is on is ended, and nothing else")
  func end() throws {
    let desk = try Desk()
    let run = try run(desk, by: "rita")
    func end(_ id: String, _ calendar: String? = nil, after seconds: Int64 = 60) -> String {
      told { () throws(EngineFault) in
        try run.end(
          id, calendar, by: "rita", at: Instant(seconds: desk.server.time + seconds), remote: nil)
      }
    }
    #expect(
      end("outage")
        == "no freeze `outage` is on, as far as is known here; gitrel fetch brings news of it")
    let started = told { () throws(EngineFault) in
      try run.start(
        "outage", nil, reason: "on fire", until: nil, by: "rita",
        at: Instant(seconds: desk.server.time), remote: nil)
    }
    #expect(started == "rita: office until 2027-01-08T12:00:00Z")
    #expect(
      end("outrage")
        == "no freeze `outrage` is on, as far as is known here; those that are on: outage")
    #expect(end("outage", "network").hasPrefix("no freeze `outage` is on"))
    // Within the second in which it was started, it is ended all the same.
    #expect(end("outage", after: 0).hasPrefix("rita: office until "))
    desk.server.time += 120
    #expect(try desk.told() == "Wed 7 Jan 12:02 UTC: office is open")
    #expect(end("outage").hasPrefix("no freeze `outage` is on"))
  }

  @Test("who is on duty, in which role, for how long")
  func duty() throws {
    let desk = try Desk()
    let run = try run(desk, by: "olga")
    func duty(_ role: String, for seconds: Int64 = 7200, by person: String = "olga") -> String {
      told { () throws(EngineFault) in
        try run.duty(
          role, for: seconds, by: person, at: Instant(seconds: desk.server.time), remote: nil)
      }
    }
    for seconds in [59, 7 * Self.day + 1] {
      #expect(duty("on-call", for: seconds) == "a duty lasts from a minute to a week")
    }
    #expect(
      duty("boss")
        == "the policy has no role `boss`; its roles are nobody, on-call, release-manager")
    #expect(
      duty("release-manager")
        == "olga does not hold the role `release-manager`; it is held by rita")
    #expect(
      duty("nobody", by: "dev") == "no calendar of the policy wants somebody on duty as `nobody`")
    #expect(duty("on-call") == "olga: night until 2026-01-07T14:00:00Z")
    #expect(try desk.told("night").hasPrefix("night is open, until "))
  }
}
