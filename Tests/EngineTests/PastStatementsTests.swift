import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import PolicyFile
import Testing

@testable import Engine

/// What people had signed by a moment of the past, in a replay.
@Suite("statements of the past")
struct PastStatementsTests {
  /// When the evidence ref begins (the clock of `Server.commit`).
  private static let start: Int64 = 1_767_603_600
  /// When each commit came to main.
  private static let dates: [(name: String, date: Int64)] = [
    ("early", start - 3600), ("signed", start + 10_000), ("late", start + 20_000),
    ("frozen", start + 30_000), ("revoked", start + 50_000),
  ]

  private final class Shop {
    let server: Server
    let keys: SSHKeys
    let policy: String
    private var files: [(path: String, mode: String, content: Bytes)] = []

    init() throws {
      keys = try SSHKeys()
      policy = """
        version: 1
        people:
          alice: {emails: [alice@example.org], keys: [\(try keys.make("alice"))]}
        calendars:
          always: {timezone: UTC, allow: [{days: daily, hours: "00:00-24:00"}], freeze-by: alice}
        rulesets:
          - name: production
            refs: [main]
            rules:
              checklist: {items: [on-call], by: alice}
              window: {calendar: always}

        """
      server = try Server(policy) { [dates] git in
        for (name, date) in dates { git.commit(name, date: date) }
      }
    }

    private let dates = PastStatementsTests.dates

    /// Signs a statement of alice's and puts it where it belongs.
    @discardableResult
    func state(_ said: Declaration, _ subject: Subject, at place: ObjectID) throws -> String {
      let statement = Statement(subjects: [subject], predicate: .declaration(said))
      let envelope = try keys.signed(Envelope(payload: statement.encoded), by: "alice")
      files.append(EvidenceRefTests.file(envelope.encoded, about: place))
      try server.set(EvidenceStore.ref.full, try EvidenceRefTests.commit(server, files))
      return envelope.statementDigest
    }

    /// The item, signed for a commit at `time`.
    func item(_ name: String, at time: Int64) throws -> String {
      let commit = server.repo[name]
      return try state(
        said(.checklist, "on-call", at: time),
        Subject(tree: try server.tree(of: commit), commit: commit), at: commit)
    }

    func said(
      _ kind: Declaration.Kind, _ name: String, _ value: String = "", at time: Int64,
      until: Int64? = nil
    ) -> Declaration {
      Declaration(
        kind, name: Bytes(name.utf8), value: Bytes(value.utf8), person: Bytes("alice".utf8),
        recorded: Instant(seconds: time), until: until.map { Instant(seconds: $0) })
    }

    func revoke(_ digest: String, at time: Int64) throws {
      try state(
        said(.revocation, "", at: time), Subject(sha256: digest),
        at: EvidencePlace.statements(about: digest))
    }

    func freeze(at time: Int64, until: Int64) throws {
      let subject = EvidencePlace.freezes(of: Instant(seconds: time))
      let digest = String(decoding: try #require(subject.sha256), as: UTF8.self)
      try state(
        said(.freeze, "outage", "start", at: time, until: until), subject,
        at: EvidencePlace.statements(about: digest))
    }

    /// How often each rule refuses, holds and is not told, and why not.
    func told() throws -> [String] {
      let repository = try Repository.open(at: server.repo.path)
      let loaded = try TrustedPolicy.read(
        Bytes(policy.utf8), file: "p.yml", label: "p.yml", source: .file("p.yml"),
        place: .nowhere())
      let outcome = try Replay(policies: [loaded], since: nil, examples: 9).history(
        of: RefName("refs/heads/main"), from: server.main, in: repository,
        view: .server(repository))
      return (outcome.counted.first?.tally.rules ?? []).flatMap { rule in
        ["\(rule.rule) \(rule.refused) \(rule.held) \(rule.untold)"]
          + rule.examples.map { "\($0.title): \($0.explanation.summary)" }
          + rule.reasons.map { "\($0.count) \($0.why)" }.sorted()
      }
    }
  }

  @Test("count from when they were made, until they were taken back, and silence is no refusal")
  func past() throws {
    let shop = try Shop()
    let never = [
      "checklist 0 0 6", "6 no evidence is recorded in this repository", "window 0 0 6",
      "6 whether somebody froze the calendar, or is on duty, cannot be told: no evidence is recorded in this repository",
    ]
    #expect(try shop.told() == never)
    let date = Dictionary(uniqueKeysWithValues: Self.dates.map { ($0.name, $0.date) })
    let first = try shop.item("signed", at: (date["signed"] ?? 0) - 60)
    try shop.revoke(first, at: (date["signed"] ?? 0) + 3600)
    _ = try shop.item("late", at: (date["late"] ?? 0) + 3600)
    _ = try shop.item("frozen", at: (date["frozen"] ?? 0) - 60)
    try shop.freeze(at: Self.start + 25_000, until: Self.start + 40_000)
    let last = try shop.item("revoked", at: (date["revoked"] ?? 0) - 3600)
    try shop.revoke(last, at: (date["revoked"] ?? 0) - 600)
    #expect(
      try shop.told() == [
        "checklist 1 2 3",
        "revoked: 1 item of 1 not signed for \(shop.server.repo["revoked"].short): on-call",
        "1 no evidence was recorded in this repository yet",
        "2 nothing was declared of that commit by then",
        "window 1 4 1",
        "frozen: Mon 5 Jan 17:20 UTC: frozen by alice:  (`outage`, until Mon 5 Jan 20:06 UTC)",
        "1 whether somebody froze the calendar, or is on duty, cannot be told: no evidence was recorded in this repository yet",
      ])
  }
}
