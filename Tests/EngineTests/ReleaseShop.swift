import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Release
import Testing

@testable import Engine

/// A server with a release: a change that Alice approved, tests that CI signed and some that nobody
/// did, a sign-off, a tag, and what was stated after it.
final class ReleaseShop {
  static let repository = Bytes("shop".utf8)
  static let ref = RefName("refs/tags/v1.4")

  let server: Server
  let keys: SSHKeys
  private var files: [(path: String, mode: String, content: Bytes)] = []

  init() throws {
    keys = try SSHKeys()
    var people = ""
    for name in ["alice", "ci"] {
      people += "  \(name): {emails: [\(name)@example.org], keys: [\(try keys.make(name))]}\n"
    }
    try keys.make("mallory")
    let bob = History.Person("Bob", "bob@example.org")
    server = try Server(
      """
      version: 1
      repository: shop
      people:
      \(people)roles: {qa: [alice]}
      rulesets:
        - name: production
          refs: [main]
          rules:
            fast-forward-only:
            no-delete:
            approvals: {minimum: 1, trust: signed}
        - name: releases
          refs: ["refs/tags/v*"]
          rules:
            annotated-tags:
            immutable-tags:
            tests: {failed: 0, by: [ci]}
            signoffs: {order: [qa]}

      """
    ) { git in
      git.commit("change", on: "feature", from: "base", files: ["file": "new\n"], author: bob)
    }
    let change = try commit
    try state(approval(of: change), by: "alice")
    try push("main", change.id)
    try state(tests("default"), by: "ci")
    try state(tests("other"), by: nil)
    try state(said(.signOff, role: "qa"), by: "alice")
    try state(said(.signOff, ref: RefName("refs/tags/v9"), role: "qa"), by: "alice")
    try push(Self.ref.full, try server.tag("v1.4", of: change.id))
    try state(said(.review), by: "alice")
  }

  var commit: Commit {
    get throws { try Repository.open(at: server.repo.path).commit(server.repo["change"]) }
  }

  func push(_ name: String, _ id: ObjectID) throws {
    server.time += 60
    let outcome = try server.push(server.line(name, id))
    guard outcome.answer == .accepted else { throw SupportError(outcome.words) }
  }

  func approval(of change: Commit) throws -> Statement {
    let repository = try Repository.open(at: server.repo.path)
    let base = try repository.commit(server.mainOnce)
    let approval = Approval(
      .approved, repository: Self.repository, ref: RefName("refs/heads/main"),
      changes: [
        .init(
          base: .init(commit: base.id, tree: base.tree),
          head: .init(commit: change.id, tree: change.tree))
      ], person: Bytes("alice".utf8), role: [], recorded: Instant(seconds: server.time),
      until: Instant(seconds: server.time + 86_400), comment: [],
      nonce: String(repeating: "1", count: 32))
    return Statement(subjects: approval.subjects, predicate: .approval(approval))
  }

  func tests(_ suite: String) throws -> Statement {
    var figures = TestFigures()
    figures.passed = 1
    let run = RecordedRun(
      suite: Bytes(suite.utf8), recorded: Instant(seconds: server.time), configuration: [])
    let commit = try commit
    return Statement(
      subjects: [Subject(tree: commit.tree, commit: commit.id)],
      predicate: .tests(TestResult(figures, run: run)))
  }

  func said(
    _ kind: Declaration.Kind, ref: RefName = ReleaseShop.ref, role: String = "",
    person: String = "alice"
  ) throws -> Statement {
    let commit = try commit
    return Statement(
      subjects: [Subject(tree: commit.tree, commit: commit.id)],
      predicate: .declaration(
        Declaration(
          kind, repository: Self.repository, ref: ref, person: Bytes(person.utf8),
          role: Bytes(role.utf8), recorded: Instant(seconds: server.time))))
  }

  func envelope(_ statement: Statement, by key: String?) throws -> Envelope {
    let envelope = Envelope(payload: statement.encoded)
    return try key.map { try keys.signed(envelope, by: $0) } ?? envelope
  }

  /// Signs the statement, and pushes it.
  @discardableResult
  func state(_ statement: Statement, by key: String?) throws -> String {
    let envelope = try envelope(statement, by: key)
    let place = try #require(statement.place)
    files.append(EvidenceRefTests.file(envelope.encoded, about: place))
    if case .approval = statement.predicate {
      // What was approved is kept beside the approval.
      let folder = String(decoding: EvidencePath.folder(of: place), as: UTF8.self)
      let kept = "\(folder)/\(envelope.digest)/\(try commit.tree.hex)"
      for name in [".gitrel/policy.yml", "README", "file"] {
        let text = try server.repo.git("cat-file", "blob", "\(commit.id.hex):\(name)") + "\n"
        files.append(("\(kept)/\(name)", "100644", Bytes(text.utf8)))
      }
    }
    let old = server.held(EvidenceStore.ref.full)
    try push(
      EvidenceStore.ref.full,
      try EvidenceRefTests.commit(server, files, on: old.isZero ? [] : [old]))
    return envelope.statementDigest
  }

  func made(_ name: String = "v1.4") throws -> BundleRun.Made {
    let repository = try Repository.open(at: server.repo.path)
    return try BundleRun(
      CloneGate(repository, remote: nil), log: DecisionLog(repository, ref: DecisionLog.ref),
      remote: nil, signer: nil
    ).bundle(name)
  }
}

/// A bundle that was made, with the head of its log.
struct MadeBundle {
  let shop: ReleaseShop
  let bytes: Bytes
  let head: String
  let files: [String: Bytes]

  init() throws {
    shop = try ReleaseShop()
    bytes = try shop.made().bytes
    head = try #require(try shop.server.audit().head)
    var files: [String: Bytes] = [:]
    for member in try TarArchive(parsing: bytes).members where member.name != BundleFiles.sums {
      files[member.name] = member.content
    }
    self.files = files
  }

  static func encoded(_ files: [String: Bytes]) throws -> Bytes {
    try BundleFiles.encoded(files.map { TarArchive.Member($0.key, $0.value) })
  }

  func report(_ files: [String: Bytes], head: String? = nil) throws -> BundleReport {
    BundleCheck(keys: .ofPolicy, head: head ?? self.head).report(on: try Self.encoded(files))
  }

  /// The place of the statement whose words contain this.
  func place(_ words: String) throws -> String {
    let found = try files.filter { $0.key.hasPrefix("statements/") }.first {
      try Statement(parsing: Envelope(parsing: $0.value).payload).words.contains(words)
    }
    return try #require(found).key
  }

  /// The lines of the log.
  var lines: [String] {
    String(decoding: files[BundleFiles.lines] ?? [], as: UTF8.self).split(separator: "\n").map {
      String($0)
    }
  }
}
