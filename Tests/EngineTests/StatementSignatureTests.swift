import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Signing
import Testing

@testable import Engine

/// THREATS.md D and E: who signed a statement, and that nothing else passes for a signature.
@Suite struct StatementSignatureTests {
  static let start = HermeticEnvironment.start
  private let repo: TestRepository

  init() throws { repo = try TestRepository() }

  private static func envelope(_ text: String = "{}") -> Envelope {
    Envelope(payload: Bytes(text.utf8))
  }

  /// What the signatures of an envelope come to, in the words of verdicts.
  private func told(
    _ envelope: Envelope, _ people: [Person], at seconds: Int64 = start
  ) throws -> String {
    SignatureFacts(
      repository: try Repository.open(at: repo.path), people: People(people),
      instant: Instant(seconds: seconds)
    ).signers(of: envelope).words
  }

  static let kinds: [[String]] = [
    ["ed25519"], ["ecdsa", "-b", "256"], ["ecdsa", "-b", "384"], ["ecdsa", "-b", "521"],
    ["rsa", "-b", "3072"],
  ]

  @Test("signatures of statements, as ssh-keygen judges them", arguments: kinds)
  func matrix(kind: [String]) throws {
    let keys = try SSHKeys()
    let (carol, mallory) = (try keys.make("carol", kind), try keys.make("mallory"))
    let good = try keys.signed(Self.envelope(), by: "carol")
    let signature = good.signatures[0].signature
    let message = good.preAuthenticationEncoding
    let changed = Envelope(payload: Bytes("[]".utf8), signatures: good.signatures)
    let retyped = Envelope(
      payloadType: Bytes("text/plain".utf8), payload: good.payload, signatures: good.signatures)
    let broken =
      "signed, but the signature does not fit what it stands on: one or the other was changed"
    func other(_ name: String) -> String {
      "signed, but the signature is for the namespace `\(name)`, and `gitrel` is wanted"
    }
    let nobody =
      "signed with a key that is nobody's: SSH \(try SSHPublicKey(line: Bytes(mallory.utf8)[...]).fingerprint)"
    func terms(_ terms: String) -> String { "carol@x \(terms) \(carol)\n" }
    let plain = "carol@x \(carol)\n"
    func file(_ signers: String) throws -> [Person] {
      let entries = try AllowedSigners(content: Bytes(signers.utf8)).entries
      return [
        Person(
          id: "carol",
          listedKeys: entries.map {
            ListedKey(
              text: PublicKey.ssh($0.key).text, line: $0.line, namespaces: $0.terms.namespaces,
              validAfter: $0.terms.validAfter, validBefore: $0.terms.validBefore)
          })
      ]
    }
    // 2026-01-05, 09:00:00 UTC.
    let table: [(Envelope, signers: String, takes: Bool, String)] = [
      (good, plain, true, "signed by carol"),
      (changed, plain, false, broken),
      (retyped, plain, false, broken),
      (try keys.signed(Self.envelope(), by: "carol", namespace: "git"), plain, false, other("git")),
      (
        try keys.signed(Self.envelope(), by: "carol", namespace: "file"), plain, false,
        other("file")
      ),
      (try keys.signed(Self.envelope(), by: "mallory"), plain, false, nobody),
      (good, terms("namespaces=\"git,gitrel\""), true, "signed by carol"),
      (
        good, terms("namespaces=\"git\""), false,
        "signed, but the signature is by a key that is not for `gitrel` (line 1)"
      ),
      (
        good, terms("valid-before=\"20260105085959Z\""), false,
        "signed, but the signature is by a key that was valid until 2026-01-05T08:59:59Z (line 1)"
      ),
      (good, terms("valid-before=\"20260105090001Z\""), true, "signed by carol"),
      (
        good, terms("valid-after=\"20260105090001Z\""), false,
        "signed, but the signature is by a key that is valid from 2026-01-05T09:00:01Z on (line 1)"
      ),
      (good, terms("valid-after=\"20260105085959Z\""), true, "signed by carol"),
      // One line that allows it is enough.
      (
        good, terms("valid-before=\"20250101Z\"") + terms("namespaces=\"gitrel\""), true,
        "signed by carol"
      ),
    ]
    for (envelope, signers, takes, words) in table {
      let taken = try keys.takes(
        envelope.signatures[0].signature, over: envelope.preAuthenticationEncoding,
        by: "carol@x", signers: signers, time: "20260105090000Z")
      #expect(taken == takes, "ssh-keygen: \(words)")
      #expect(try told(envelope, try file(signers)) == words)
    }
    // An authority signs certificates only, for ssh-keygen too; it is nobody's key here.
    #expect(
      try !keys.takes(
        signature, over: message, by: "carol@x", signers: terms("cert-authority"),
        time: "20260105090000Z"))
    // A principal that is somebody else's is somebody else here too.
    #expect(
      try !keys.takes(
        signature, over: message, by: "carol@x", signers: "bob@x \(carol)\n",
        time: "20260105090000Z"))
    #expect(try told(good, [Person(id: "bob", keys: [carol])]) == "signed by bob")
  }

  @Test("several signatures in one envelope")
  func several() throws {
    let keys = try SSHKeys()
    let people = [
      Person(id: "carol", keys: [try keys.make("carol")]),
      Person(id: "ci", keys: [try keys.make("ci"), try keys.make("ci2")], isBot: true),
    ]
    try keys.make("mallory")
    let plain = Self.envelope()
    #expect(try told(plain, people) == "unsigned")
    #expect(
      try told(keys.signed(plain, by: "ci", "carol"), people) == "signed by carol and ci")
    // One person counts once, whatever the number of keys and signatures.
    let twice = try keys.signed(plain, by: "ci", "ci", "ci2")
    #expect(try told(twice, people) == "signed by ci")
    // What does not count takes nothing away, and adds nothing.
    #expect(try told(keys.signed(plain, by: "mallory", "carol"), people) == "signed by carol")
    var junk = try keys.signed(plain, by: "carol")
    junk.signatures.insert(.init(keyID: Bytes("SHA256:ci".utf8), signature: [1, 2, 3]), at: 0)
    #expect(try told(junk, people) == "signed by carol")
    junk.signatures.removeLast()
    #expect(
      try told(junk, people) == "signed, but the signature is none of SSH, OpenPGP or X.509")
    // A key that two people have tells neither.
    let shared = [
      Person(id: "carol", keys: [try keys.line("carol")]),
      Person(id: "bob", keys: [try keys.line("carol")]),
    ]
    #expect(
      try told(keys.signed(plain, by: "carol"), shared).hasPrefix(
        "signed with a key that is nobody's: SSH SHA256:"))
  }

  @Test("the signature of a commit says nothing of a statement")
  func ofACommit() throws {
    let keys = try SSHKeys()
    let people = [Person(id: "carol", keys: [try keys.make("carol")])]
    let repo = try TestRepository { git in git.commit("base", files: ["README": "hello\n"]) }
    try repo.git(["config", "gpg.format", "ssh"])
    try repo.git(["config", "user.signingKey", keys.folder.file("carol")])
    try repo.git(["commit", "-q", "--allow-empty", "-S", "-m", "signed"])
    let content = try run(
      ["git", "cat-file", "commit", "HEAD"], environment: repo.environment, in: repo.path
    ).output
    let object = try #require(try SignedObject.of(content[...], kind: .commit))
    // Even over the very bytes that it was made for.
    let envelope = Envelope(
      payload: object.payload, signatures: [.init(keyID: nil, signature: object.signature)])
    #expect(
      try told(envelope, people)
        == "signed, but the signature is for the namespace `git`, and `gitrel` is wanted")
  }
}

/// A push to the evidence ref where the policy says who may state what.
@Suite struct StatementRightsTests {
  private static func policy(_ keys: SSHKeys) throws -> String {
    EvidenceRefTests.policy.replacing(
      "version: 1\n",
      with: """
        version: 1
        people:
          carol: {keys: [\(try keys.line("carol"))]}
          ci: {bot: true, keys: [\(try keys.line("ci"))]}
        statements: {signed: true, tests: [ci], approval: [carol]}

        """)
  }

  @Test("each forged statement is refused with its own sentence")
  func forged() throws {
    let keys = try SSHKeys()
    for name in ["carol", "ci", "mallory"] { try keys.make(name) }
    let server = try Server(Self.policy(keys))
    let tree = try server.tree(of: server.main)
    let plain = try Envelope(parsing: EvidenceRefTests.statement(server, about: tree))
    let elsewhere = try Envelope(
      parsing: EvidenceRefTests.statement(server, about: server.tree([])))
    func approval(_ type: String) -> Envelope {
      Envelope(
        payload: Bytes(
          #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"gitTree":"\#(tree.hex)"}}],"predicateType":"\#(type)","predicate":{}}"#
            .utf8))
    }
    var tampered = try keys.signed(plain, by: "ci")
    tampered.payload = try Envelope(
      parsing: EvidenceRefTests.statement(server, about: tree, passed: 9)
    ).payload
    let unknown = "urn:example:word:v1"
    let table: [(String, Envelope, String?)] = [
      ("good", try keys.signed(plain, by: "ci"), nil),
      ("also signed by others", try keys.signed(plain, by: "mallory", "ci", "carol"), nil),
      ("an unknown kind, by somebody", try keys.signed(approval(unknown), by: "carol"), nil),
      ("typed", plain, "it is unsigned\non a statement of the kind `tests`, a signature by ci"),
      (
        "unknown key", try keys.signed(plain, by: "mallory"),
        "it is signed with a key that is nobody's: SSH SHA256:KEY\non a statement of the kind `tests`, a signature by ci"
      ),
      (
        "another's role", try keys.signed(plain, by: "carol"),
        "it is signed by carol\non a statement of the kind `tests`, a signature by ci"
      ),
      (
        "another namespace", try keys.signed(plain, by: "ci", namespace: "git"),
        "it is signed, but the signature is for the namespace `git`, and `gitrel` is wanted\non a statement of the kind `tests`, a signature by ci"
      ),
      (
        "tampered", tampered,
        "it is signed, but the signature does not fit what it stands on: one or the other was changed\non a statement of the kind `tests`, a signature by ci"
      ),
      (
        "copied from elsewhere", try keys.signed(elsewhere, by: "ci"),
        "it says nothing about \(tree.short), under which it lies"
      ),
      (
        "an unknown kind, typed", approval(unknown),
        "it is unsigned\non a statement of the kind `\(unknown)`, a signature by somebody in the policy"
      ),
    ]
    for (what, envelope, words) in table {
      let id = try EvidenceRefTests.commit(
        server, [EvidenceRefTests.file(envelope.encoded, about: tree)])
      let outcome = try server.judge(server.line(EvidenceRefTests.ref, id))
      #expect(outcome.answer == (words == nil ? .accepted : .refused), "\(what)")
      guard let words else { continue }
      let told = outcome.words.replacing(/SHA256:[^ ,]{43}/, with: "SHA256:KEY")
      #expect(told.contains(words), "\(what): \(told)")
    }
  }

  @Test("the key of a bot says nothing of a change, and nobody's key says anything")
  func kinds() throws {
    let who = Who(names: ["carol"], people: ["carol"])
    let rights = StatementRights(isSigned: false, byKind: ["approval": who])
    func told(_ kind: String, _ readings: SignatureReading...) -> String? {
      rights.refusal(of: kind, StatementSigners(readings), People()).map {
        "\($0.isDoubt ? "doubt: " : "")\($0.words); \($0.wanted)"
      }
    }
    func good(_ person: String) -> SignatureReading {
      .good(person: person, fingerprint: "x", format: .ssh)
    }
    let wanted = "on a statement of the kind `approval`, a signature by carol"
    #expect(told("approval", good("carol")) == nil)
    #expect(told("approval", good("ci"), good("carol")) == nil)
    #expect(told("approval", good("ci")) == "it is signed by ci; \(wanted)")
    #expect(told("approval") == "it is unsigned; \(wanted)")
    #expect(
      told("approval", .unknown("gpg is gone"))
        == "doubt: it is signed, and it cannot be told by whom: gpg is gone; \(wanted)")
    #expect(told("tests") == nil)
  }

  @Test("what is there already is not judged again, and a policy without it takes what it took")
  func standing() throws {
    let keys = try SSHKeys()
    for name in ["carol", "ci"] { try keys.make(name) }
    let server = try Server(Self.policy(keys))
    let tree = try server.tree(of: server.main)
    let old = try EvidenceRefTests.commit(
      server, [EvidenceRefTests.file(EvidenceRefTests.statement(server, about: tree), about: tree)])
    try server.set(EvidenceRefTests.ref, old)
    let good = try keys.signed(
      Envelope(parsing: EvidenceRefTests.statement(server, about: tree, passed: 2)), by: "ci")
    let more = try EvidenceRefTests.commit(
      server, [EvidenceRefTests.file(good.encoded, about: tree)], on: [old])
    #expect(try server.judge(server.line(EvidenceRefTests.ref, more)).answer == .accepted)
  }
}
