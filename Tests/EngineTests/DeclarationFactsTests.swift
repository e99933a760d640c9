import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// Declarations count when they are signed by whom they say, about this very commit (THREATS.md 6).
@Suite struct DeclarationFactsTests {
  /// A server that wants an item signed before main moves.
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
          alice: {emails: [alice@example.org], keys: [\(try keys.make("alice"))]}
          bob: {emails: [bob@example.org], keys: [\(try keys.make("bob"))]}
        roles: {qa: [alice]}
        rulesets:
          - name: production
            refs: [main]
            rules:
              checklist: {items: [on-call], by: alice}

        """
      ) { git in
        git.commit("change", on: "change", from: "base", files: ["a": "1"])
        git.commit("amended", on: "amended", from: "base", files: ["a": "1"], message: "Other\n")
      }
    }

    var item: Declaration {
      Declaration(
        .checklist, repository: Bytes("shop".utf8), name: Bytes("on-call".utf8),
        person: Bytes("alice".utf8), recorded: Instant(seconds: server.time - 60))
    }

    @discardableResult
    func state(
      _ declaration: Declaration, about name: String = "change", at place: String? = nil,
      by key: String? = "alice", namespace: String = "gitrel"
    ) throws -> String {
      let commit = server.repo[name]
      let statement = Statement(
        subjects: [Subject(tree: try server.tree(of: commit), commit: commit)],
        predicate: .declaration(declaration))
      var envelope = Envelope(payload: statement.encoded)
      if let key { envelope = try keys.signed(envelope, by: key, namespace: namespace) }
      return try put(envelope, at: server.repo[place ?? name])
    }

    @discardableResult
    func put(_ envelope: Envelope, at place: ObjectID) throws -> String {
      files.append(EvidenceRefTests.file(envelope.encoded, about: place))
      try server.set(EvidenceStore.ref.full, try EvidenceRefTests.commit(server, files))
      return envelope.statementDigest
    }

    /// What the rule says of moving main: `satisfied`, or why what is stated does not count.
    func told(_ tip: String = "change") throws -> String {
      let outcome = try server.judge(server.line("main", server.repo[tip]))
      let judged = outcome.decision.updates.flatMap(\.judged).first { $0.rule == "checklist" }
      guard let verdict = judged?.verdict, verdict.outcome != .satisfied else { return "satisfied" }
      let why = verdict.explanation.findings.first?.detail ?? "nothing is stated"
      return why.replacing(#/.*statement [0-9a-f]{12}, /#, with: "")
        .replacing(/SHA256:[^ ]{43}/, with: "KEY")
    }
  }

  @Test func signedByWhomItSays() throws {
    let desk = try Desk()
    #expect(try desk.told() == "nothing is stated")
    try desk.state(desk.item)
    #expect(try desk.told() == "satisfied")
    // The same content under another message is another commit.
    #expect(try desk.told("amended") == "nothing is stated")
  }

  @Test("what counts for nothing says why", arguments: faults)
  func void(_ fault: Fault) throws {
    let desk = try Desk()
    var item = desk.item
    fault.change(&item, desk.server.time)
    try desk.state(item, by: fault.key, namespace: fault.namespace)
    #expect(try desk.told() == fault.told)
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    let told: String
    var key: String? = "alice"
    var namespace = "gitrel"
    var change: @Sendable (inout Declaration, Int64) -> Void = { _, _ in }
    var testDescription: String { told }
  }

  static let faults = [
    Fault(told: "is not signed", key: nil),
    Fault(told: "is signed by bob, and says that it is by alice", key: "bob"),
    Fault(
      told: "is signed by a key that the policy gives to nobody: KEY", key: "mallory"),
    Fault(told: "is by nobody whom the rule names", key: "bob") { item, _ in
      item.person = Bytes("bob".utf8)
    },
    Fault(told: "is for release/1, not for main") { item, _ in
      item.ref = RefName("refs/heads/release/1")
    },
    Fault(told: "is for another repository: `toys`") { item, _ in
      item.repository = Bytes("toys".utf8)
    },
    Fault(told: "says that alice is boss, and the policy does not") { item, _ in
      item.role = Bytes("boss".utf8)
    },
    Fault(told: "ended 2026-01-07T12:00:00Z") { item, now in item.until = Instant(seconds: now) },
    Fault(told: "is from the future") { item, now in item.recorded = Instant(seconds: now + 301) },
    Fault(told: "nothing is stated") { item, _ in item.name = Bytes("on-cal".utf8) },
    Fault(told: "nothing is stated") { item, _ in item.kind = .deployed },
  ]

  @Test func takenBackByWhoSaidItAlone() throws {
    let desk = try Desk()
    let digest = try desk.state(desk.item)
    func revoke(by person: String) throws {
      let statement = Statement(
        subjects: [Subject(sha256: digest)],
        predicate: .declaration(
          Declaration(
            .revocation, repository: Bytes("shop".utf8), person: Bytes(person.utf8),
            recorded: Instant(seconds: desk.server.time))))
      try desk.put(
        try desk.keys.signed(Envelope(payload: statement.encoded), by: person),
        at: EvidencePlace.statements(about: digest))
    }
    try revoke(by: "bob")
    #expect(try desk.told() == "satisfied")
    try revoke(by: "alice")
    #expect(try desk.told() == "was revoked 2026-01-07T12:00:00Z")
    // Another envelope around the same signature is the same statement.
    let commit = desk.server.repo["change"]
    let statement = Statement(
      subjects: [Subject(tree: try desk.server.tree(of: commit), commit: commit)],
      predicate: .declaration(desk.item))
    var again = try desk.keys.signed(Envelope(payload: statement.encoded), by: "alice")
    again.signatures[0].keyID = Bytes("junk".utf8)
    try desk.put(again, at: commit)
    #expect(try desk.told() == "was revoked 2026-01-07T12:00:00Z")
  }

  /// What anybody can state about an id that is no tree must not keep a revocation out.
  @Test func roomForWhatIsSignedIsNotTakenUpByWhatIsNot() throws {
    let desk = try Desk()
    let server = desk.server
    let digest = try desk.state(desk.item)
    let place = EvidencePlace.statements(about: digest)
    let folder = String(decoding: EvidencePath.folder(of: place), as: UTF8.self).split(
      separator: "/"
    ).map(String.init)
    let blob = try server.blob("x")
    func full(_ count: Int) throws -> ObjectID {
      let names = (0..<count).map { number in
        String(repeating: "0", count: 60) + String(10_000 + number).suffix(4)
      }
      let tree = try server.tree(names.sorted().map { ("100644", "\($0).json", blob) })
      let root = try server.tree([("40000", folder[0], server.tree([("40000", folder[1], tree)]))])
      let id = try server.commit("long ago\n", on: [], tree: root)
      try server.set(EvidenceStore.ref.full, id)
      return id
    }
    let statement = Statement(
      subjects: [Subject(sha256: digest)],
      predicate: .declaration(
        Declaration(
          .revocation, repository: Bytes("shop".utf8), person: Bytes("alice".utf8),
          recorded: Instant(seconds: server.time))))
    let file = EvidenceRefTests.file(
      try desk.keys.signed(Envelope(payload: statement.encoded), by: "alice").encoded, about: place)
    for (count, refusing) in [(400, 0), (899, 0), (900, 1)] {
      let old = try full(count)
      let new = try EvidenceRefTests.commit(server, [file], on: [old])
      let outcome = try server.judge(server.line(EvidenceStore.ref.full, new, from: old))
      #expect(outcome.refusing.count == refusing, "\(count): \(outcome.words)")
    }
  }

  @Test func aStatementThatLiesUnderAnotherCommitIsNotRead() throws {
    let desk = try Desk()
    try desk.state(desk.item, about: "change", at: "amended")
    #expect(try desk.told("amended") == "nothing is stated")
  }
}
