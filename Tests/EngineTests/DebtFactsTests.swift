import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// What is owed a review is not unsaid, hidden or crowded out.
@Suite struct DebtFactsTests {
  private final class Desk {
    let server: Server
    let keys: SSHKeys
    private var files: [(path: String, mode: String, content: Bytes)] = []

    /// `more`: other rulesets, before those.
    init(more: String = "") throws {
      keys = try SSHKeys()
      server = try Server(
        """
        version: 1
        repository: shop
        people:
          alice: {emails: [alice@example.org], keys: [\(try keys.make("alice"))]}
          bob: {emails: [bob@example.org], keys: [\(try keys.make("bob"))]}
        rulesets:\(more)
          - {name: releases, refs: ["refs/tags/v*", "!refs/tags/v9*"], rules: {review-owed: }}
          - {name: others, refs: ["refs/tags/v9*"], rules: {no-delete: }}

        """)
      for name in ["v1.0.0", "v9.0.0"] {
        try server.set("refs/tags/\(name)", try server.tag(name, of: server.main))
      }
    }

    func envelope(_ said: Declaration, _ subject: Subject, by person: String) throws -> Envelope {
      let statement = Statement(subjects: [subject], predicate: .declaration(said))
      return try keys.signed(Envelope(payload: statement.encoded), by: person)
    }

    @discardableResult
    func put(_ envelope: Envelope, at place: ObjectID) throws -> String {
      files.append(EvidenceRefTests.file(envelope.encoded, about: place))
      try server.set(EvidenceStore.ref.full, try EvidenceRefTests.commit(server, files))
      return envelope.statementDigest
    }

    @discardableResult
    func incident(_ value: String, of tag: String = "v1.0.0", ago seconds: Int64) throws -> String {
      let said = Declaration(
        .incident, repository: Bytes("shop".utf8), ref: RefName("refs/tags/\(tag)"),
        name: Bytes("4711".utf8), value: Bytes(value.utf8), person: Bytes("bob".utf8),
        recorded: Instant(seconds: server.time - seconds),
        until: Instant(seconds: server.time - seconds + 1))
      let subject = Subject(tree: try server.tree(of: server.main), commit: server.main)
      return try put(try envelope(said, subject, by: "bob"), at: server.main)
    }

    /// What the rule says of one more release.
    func told() throws -> String {
      let outcome = try server.judge(
        server.line("refs/tags/v2.0.0", try server.tag("v2.0.0", of: server.main)))
      let judged = outcome.decision.updates.flatMap(\.judged).first { $0.rule == "review-owed" }
      let explanation = judged?.verdict.explanation
      return
        ([explanation?.summary ?? ""]
        + (explanation?.findings.map { "\($0.title) \($0.detail)" } ?? [])).joined(separator: "; ")
    }
  }

  @Test("what went wrong with a release stands when other tags are said to be the versions")
  func otherVersions() throws {
    let desk = try Desk(
      more:
        "\n  - {name: nights, refs: [\"refs/tags/n*\"], rules: {tag-name: {scheme: calver, format: YYYY.MM.DD}}}"
    )
    try desk.incident("open", ago: 60)
    #expect(try desk.told().contains("4711"))
  }

  @Test("an incident is over and looked at; it does not end by itself, and nobody unsays it")
  func incidents() throws {
    let desk = try Desk()
    #expect(try desk.told() == "no override and no incident to review")
    let digest = try desk.incident("open", ago: 60)
    let open = "incidents of v1.0.0 are not settled; v1.0.0 incident 4711 is open"
    #expect(try desk.told() == open)
    let revocation = Declaration(
      .revocation, repository: Bytes("shop".utf8), person: Bytes("bob".utf8),
      recorded: Instant(seconds: desk.server.time))
    try desk.put(
      try desk.envelope(revocation, Subject(sha256: digest), by: "bob"),
      at: EvidencePlace.statements(about: digest))
    #expect(try desk.told() == open)
    try desk.incident("resolved", ago: 30)
    #expect(
      try desk.told()
        == "incidents of v1.0.0 are not settled; v1.0.0 incident 4711 was not looked at yet; v1.0.0 bob alone opened and ended incident 4711, and somebody else is to review that"
    )
  }

  @Test("tags of another ruleset are no releases of this one")
  func otherTags() throws {
    let desk = try Desk()
    try desk.incident("open", of: "v9.0.0", ago: 60)
    #expect(try desk.told() == "no override and no incident to review")
  }

  @Test("nobody takes up the room of the others")
  func room() throws {
    let desk = try Desk()
    let server = desk.server
    let subject = Subject(sha256: String(repeating: "ab", count: 32))
    let place = EvidencePlace.statements(about: String(repeating: "ab", count: 32))
    let files = try (0...100).map { number in
      let said = Declaration(
        .review, repository: Bytes("shop".utf8), name: Bytes("\(number)".utf8),
        person: Bytes("bob".utf8), recorded: Instant(seconds: server.time))
      return EvidenceRefTests.file(
        try desk.envelope(said, subject, by: "bob").encoded, about: place)
    }
    func pushed(_ count: Int) throws -> ServerGate.Outcome {
      let tip = try EvidenceRefTests.commit(server, Array(files.prefix(count)))
      return try server.judge(server.line(EvidenceStore.ref.full, tip))
    }
    #expect(try pushed(100).refusing == [])
    let over = try pushed(101)
    #expect(over.refusing == ["\(EvidenceStore.ref.full) evidence-ref"])
    #expect(over.words.contains("more than 100 statements about one thing are bob's"))
  }
}

/// Nobody becomes a second person by another login, id or name.
@Suite struct DebtPeopleTests {
  /// Rita lifted a rule, and Dev pushed it as `d1`.
  private static func shop() throws -> (shop: StatementShop, debt: DecisionLog.DebtEntry) {
    let shop = try StatementShop(
      rules:
        "deployed: {environment: staging, by: rita, override-by: rita}\n      review-owed:")
    try shop.change(
      people: ["rita": "rita", "qa": "qa", "dev": "dev"], logins: ["dev": "d1"])
    var said = shop.said(.override, "deployed", String(repeating: "0", count: 40), by: "rita")
    said.until = Instant(seconds: said.recorded.seconds + 3600)
    said.comment = Bytes("outage".utf8)
    try shop.state(said)
    let line = shop.server.line(
      StatementShop.tag.full, try shop.server.tag("v1.0", of: shop.commit))
    let outcome = try shop.server.judge(line, pusher: "d1")
    try #require(outcome.answer == .accepted, "\(outcome.words)")
    let repository = try Repository.open(at: shop.server.repo.path)
    let debt = try #require(
      try DecisionLog(repository, ref: DecisionLog.ref).debts().first)
    return (shop, debt)
  }

  private static func review(
    _ debt: DecisionLog.DebtEntry, by person: String, key: String, in shop: StatementShop
  ) throws {
    let envelope = try shop.envelope(
      shop.said(.review, by: person, ref: nil), Subject(sha256: debt.digest), key: key)
    try shop.push(
      shop.server.line(
        EvidenceStore.ref.full,
        shop.evidence(envelope, at: EvidencePlace.statements(about: debt.digest))))
  }

  @Test("who pushed an override does not review it under another login, or under another id")
  func renamed() throws {
    let own = "review by dev, S, is by who overrode or pushed it"
    let (shop, debt) = try Self.shop()
    #expect(debt.entry.pushingPerson == "dev" && debt.entry.overriders == ["rita"])
    try shop.change(
      people: ["rita": "rita", "qa": "qa", "dev": "dev"], logins: ["dev": "d2"])
    try Self.review(debt, by: "dev", key: "dev", in: shop)
    #expect(try shop.told("review-owed").hasSuffix(own))
    // Under a new id, with the login of then.
    try shop.change(
      people: ["rita": "rita", "qa": "qa", "devon": "dev"], logins: ["devon": "d1"])
    try Self.review(debt, by: "devon", key: "dev", in: shop)
    #expect(try shop.told("review-owed").contains(own.replacing("by dev,", with: "by devon,")))
    try Self.review(debt, by: "qa", key: "qa", in: shop)
    #expect(try shop.told("review-owed") == "1 override reviewed")
    // The review stays when who made it leaves.
    try shop.change(people: ["rita": "rita", "devon": "dev"])
    #expect(try shop.told("review-owed") == "1 override reviewed")
  }

  @Test("of an entry that does not have the person, login, id and name are compared")
  func older() throws {
    let (_, debt) = try Self.shop()
    let text = String(decoding: debt.entry.line, as: UTF8.self)
    let old = text.replacing(#""pushing-person":"dev","#, with: "")
    let entry = try #require(LogEntry(line: Bytes(old.utf8)))
    #expect(entry.pushingPerson == nil && entry.pusher == "d1" && old != text)
    func involved(_ person: Person) -> [String] {
      entry.involved(among: People([person, Person(id: "qa")])).sorted()
    }
    #expect(involved(Person(id: "dev", logins: ["d1"])) == ["d1", "dev", "rita"])
    #expect(involved(Person(id: "dev", name: "d1")) == ["d1", "dev", "rita"])
    #expect(involved(Person(id: "d1")) == ["d1", "rita"])
    #expect(involved(Person(id: "dev", logins: ["d2"])) == ["d1", "rita"])
  }
}
