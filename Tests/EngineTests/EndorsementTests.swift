import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Signing
import Testing

@testable import Engine

/// Signed approvals at the gate: what keeps one, what voids it, and what cannot be forged (THREATS.md 6).
@Suite struct EndorsementTests {
  /// A server whose main needs a signed approval, people with keys, and the statements that they made.
  private final class Desk {
    let server: Server
    let keys: SSHKeys
    private var files: [(path: String, mode: String, content: Bytes)] = []
    private var count: UInt64 = 0

    init(_ rule: String = "{trust: signed}", _ tell: (inout History) throws -> Void) throws {
      keys = try SSHKeys()
      var people = ""
      for name in ["alice", "bob"] {
        people +=
          "  \(name): {emails: [\(name)@example.org, \(name)@home.example], keys: [\(try keys.make(name))]}\n"
      }
      try keys.make("mallory")
      server = try Server(
        """
        version: 1
        repository: shop
        people:
        \(people)roles: {lead: [alice]}
        rulesets:
          - name: production
            refs: [main]
            rules:
              approvals: \(rule)
          - name: releases
            refs: ["release/*"]
            rules:
              approvals: \(rule)

        """, tell)
    }

    func point(_ name: String) throws -> Approval.Point {
      let commit = try Repository.open(at: server.repo.path).commit(server.repo[name])
      return Approval.Point(commit: commit.id, tree: commit.tree)
    }

    /// A statement about changes, each from one commit to another, as it is before it is changed.
    func approval(
      _ changes: (String, String)..., word: Approval.Word = .approved, person: String = "alice"
    ) throws -> Approval {
      count += 1
      let digits = String(count, radix: 16)
      return Approval(
        word, repository: Bytes("shop".utf8), ref: RefName("refs/heads/main"),
        changes: try changes.map { .init(base: try point($0.0), head: try point($0.1)) },
        person: Bytes(person.utf8), role: [], recorded: Instant(seconds: server.time - 60),
        until: Instant(seconds: server.time + 86_400), comment: [],
        nonce: String(repeating: "0", count: 32 - digits.count) + digits)
    }

    /// Takes back what was signed.
    func revoke(_ digest: String, by person: String = "alice") throws {
      let statement = Statement(
        subjects: [Subject(sha256: digest)],
        predicate: .declaration(
          Declaration(
            .revocation, repository: Bytes("shop".utf8), person: Bytes(person.utf8),
            recorded: Instant(seconds: server.time - 60))))
      try state(
        keys.signed(Envelope(payload: statement.encoded), by: person),
        at: #require(statement.place))
    }

    /// Signs the statement, and puts it where it belongs.
    @discardableResult
    func state(_ approval: Approval, signedBy key: String? = nil) throws -> String {
      let statement = Statement(subjects: approval.subjects, predicate: .approval(approval))
      var envelope = Envelope(payload: statement.encoded)
      if key != "nobody" {
        envelope = try keys.signed(
          envelope, by: key ?? String(decoding: approval.person, as: UTF8.self))
      }
      return try state(envelope, at: #require(statement.place))
    }

    @discardableResult
    func state(_ envelope: Envelope, at place: ObjectID) throws -> String {
      files.append(EvidenceRefTests.file(envelope.encoded, about: place))
      try server.set(
        EvidenceStore.ref.full, try EvidenceRefTests.commit(server, files))
      return envelope.digest
    }

    func envelope(_ approval: Approval, by key: String) throws -> Envelope {
      let statement = Statement(subjects: approval.subjects, predicate: .approval(approval))
      return try keys.signed(Envelope(payload: statement.encoded), by: key)
    }

    /// What the gate says of moving `branch` to `tip`: `accepted`, or what is wrong with each commit.
    func told(_ tip: String, on branch: String = "main") throws -> [String] {
      let outcome = try server.judge(server.line(branch, server.repo[tip]))
      guard outcome.answer != .accepted else { return ["accepted"] }
      return outcome.decision.updates.flatMap(\.judged).filter(\.refuses).flatMap { judged in
        let explanation = judged.verdict.explanation
        return explanation.findings.isEmpty
          ? [explanation.summary] : explanation.findings.map { "\($0.title): \($0.detail)" }
      }.map { told in
        // Digests and keys differ from run to run.
        told.replacing(server.repo["change"].short, with: "CHANGE")
          .replacing(server.repo["back"].short, with: "BACK")
          .replacing(/\b[0-9a-f]{12}\b/, with: "DIGEST")
          .replacing(/SHA256:[^ ]{43}/, with: "KEY")
      }
    }

    func push(_ tip: String, on branch: String = "main") throws {
      try server.push(server.line(branch, server.repo[tip]))
    }
  }

  private static let text = (1...20).map { "line \($0)\n" }.joined()
  private static func text(_ changes: [Int: String]) -> String {
    (1...20).map { "\(changes[$0] ?? "line \($0)")\n" }.joined()
  }

  /// Main with a file, a change on a branch, and main gone on.
  private static func desk(
    _ rule: String = "{trust: signed}", _ tell: (inout History) throws -> Void = { _ in }
  ) throws -> Desk {
    let bob = History.Person("Bob", "bob@example.org")
    return try Desk(rule) { git in
      git.commit("start", files: ["file": text])
      git.commit(
        "change", on: "feature", from: "start", files: ["file": text([3: "new"])], author: bob)
      git.commit(
        "amended", on: "amended", from: "start", files: ["file": text([3: "new"])],
        message: "Another message\n", author: bob)
      git.commit(
        "more", on: "more", from: "start", files: ["file": text([3: "newer"])], author: bob)
      git.commit("ahead", on: "ahead", from: "start", files: ["file": text([17: "ahead"])])
      git.commit(
        "rebased", on: "rebased", from: "ahead",
        files: ["file": text([3: "new", 17: "ahead"])], author: bob)
      git.commit(
        "sneaked", on: "sneaked", from: "ahead",
        files: ["file": text([3: "new", 17: "ahead"]), "evil": "evil\n"], author: bob)
      git.commit("other", on: "other", from: "start", files: ["file": text([3: "other"])])
      git.commit(
        "resolved", on: "resolved", from: "other", files: ["file": text([3: "new"])], author: bob)
      try tell(&git)
    }
  }

  private func begun(_ desk: Desk, at name: String = "start") throws {
    try desk.server.set("main", desk.server.repo[name])
  }

  @Test("what keeps an approval, and what voids it", arguments: rebases)
  func kept(_ main: String, _ tip: String, _ told: String) throws {
    let desk = try Self.desk()
    try begun(desk, at: main)
    #expect(try desk.told(tip) == ["\(Self.subject(tip)): has nobody; needs 1"])
    try desk.state(desk.approval(("start", "change")))
    #expect(try desk.told(tip) == [told])
  }

  static let rebases: [(String, String, String)] = [
    ("start", "change", "accepted"),
    ("start", "amended", "accepted"),
    ("ahead", "rebased", "accepted"),
    (
      "start", "more",
      "more: has nobody; needs 1; alice, statement DIGEST: approved CHANGE, which is something else at `file`"
    ),
    (
      "ahead", "sneaked",
      "sneaked: has nobody; needs 1; alice, statement DIGEST: approved CHANGE, which is something else at `evil`"
    ),
    // A conflict was solved by somebody, who may have put in anything.
    (
      "other", "resolved",
      "resolved: has nobody; needs 1; alice, statement DIGEST: approved CHANGE, which is something else at `file`"
    ),
  ]

  private static func subject(_ name: String) -> String {
    name == "amended" ? "Another message" : name
  }

  @Test("what cannot be forged", arguments: Forgery.allCases)
  func forged(_ forgery: Forgery) throws {
    let desk = try Self.desk()
    try begun(desk)
    var approval = try desk.approval(("start", "change"))
    switch forgery {
    case .typed: try desk.state(approval, signedBy: "nobody")
    case .ofNobody: try desk.state(approval, signedBy: "mallory")
    case .byAnother: try desk.state(approval, signedBy: "bob")
    case .ofTheAuthor:
      approval.person = Bytes("bob".utf8)
      try desk.state(approval)
    case .otherBranch:
      // Signed for a release, and laid where approvals for main are looked for.
      let place = EvidencePlace.approvals(for: approval.ref, on: approval.recorded)
      approval.ref = RefName("refs/heads/release/1")
      try desk.state(desk.envelope(approval, by: "alice"), at: place)
      try desk.state(approval)
    case .otherRepository:
      approval.repository = Bytes("elsewhere".utf8)
      try desk.state(approval)
    case .role:
      approval.role = Bytes("qa".utf8)
      try desk.state(approval)
    case .ended:
      approval.until = Instant(seconds: desk.server.time)
      try desk.state(approval)
    case .future:
      approval.recorded = Instant(seconds: desk.server.time + 3600)
      try desk.state(approval)
    case .copied:
      // Her signature on another change, in an envelope that says this one.
      let other = try desk.envelope(desk.approval(("start", "ahead")), by: "alice")
      let statement = Statement(subjects: approval.subjects, predicate: .approval(approval))
      let copied = Envelope(payload: statement.encoded, signatures: other.signatures)
      try desk.state(copied, at: #require(statement.place))
    case .otherPurpose:
      let statement = Statement(subjects: approval.subjects, predicate: .approval(approval))
      let envelope = try desk.keys.signed(
        Envelope(payload: statement.encoded), by: "alice", namespace: "git")
      try desk.state(envelope, at: #require(statement.place))
    }
    let told = try desk.told("change")
    #expect(
      told == ["change: has nobody; needs 1" + (forgery.words.map { "; \($0)" } ?? "")],
      "\(forgery)")
  }

  enum Forgery: CaseIterable {
    case typed, ofNobody, byAnother, ofTheAuthor, otherBranch, otherRepository, role, ended, future
    case copied, otherPurpose

    var words: String? {
      switch self {
      case .typed: "alice, statement DIGEST: is not signed"
      case .ofNobody:
        "alice, statement DIGEST: is signed by a key that the policy gives to nobody: KEY"
      case .byAnother:
        "alice, statement DIGEST: is signed by bob, and says that it is by alice"
      case .ofTheAuthor: "bob, statement DIGEST: is its author"
      case .otherBranch: nil
      case .otherRepository: "alice, statement DIGEST: is for another repository: `elsewhere`"
      case .role: "alice, statement DIGEST: says that alice is qa, and the policy does not"
      case .ended: "alice, statement DIGEST: ended 2026-01-07T12:00:00Z"
      case .future: "alice, statement DIGEST: is from the future"
      case .copied:
        "alice, statement DIGEST: does not fit what it stands on: one or the other was changed"
      case .otherPurpose:
        "alice, statement DIGEST: is for the namespace `git`, and `gitrel` is wanted"
      }
    }
  }

  @Test("an approval for one branch says nothing on another")
  func branches() throws {
    let desk = try Self.desk()
    try begun(desk)
    try desk.state(desk.approval(("start", "change")))
    try desk.server.set("release/1", desk.server.repo["start"])
    #expect(try desk.told("change", on: "release/1") == ["change: has nobody; needs 1"])
    #expect(try desk.told("change") == ["accepted"])
  }

  @Test("a range that was approved may be squashed, or come commit by commit")
  func squash() throws {
    let bob = History.Person("Bob", "bob@example.org")
    let desk = try Self.desk { git in
      git.commit("second", on: "feature", files: ["two": "2\n"], author: bob)
      git.commit(
        "squashed", on: "squashed", from: "ahead",
        files: ["file": Self.text([3: "new", 17: "ahead"]), "two": "2\n"], author: bob)
    }
    try begun(desk)
    try desk.state(
      desk.approval(("start", "change"), ("change", "second"), ("start", "second")))
    #expect(try desk.told("second") == ["accepted"])
    try begun(desk, at: "ahead")
    #expect(try desk.told("squashed") == ["accepted"])
  }

  @Test("a merge is judged by what it adds beyond a clean one")
  func merges() throws {
    let bob = History.Person("Bob", "bob@example.org")
    let clean = ["file": Self.text([3: "new", 17: "ahead"])]
    let desk = try Self.desk { git in
      git.commit(
        "merge", on: "merge", from: "ahead", merging: ["change"], files: clean, author: bob)
      git.commit(
        "evil merge", on: "evil", from: "ahead", merging: ["change"],
        files: clean.merging(["evil": "evil\n"]) { $1 }, author: bob)
      // It takes main's side of everything: no path differs from both parents.
      git.commit("ours", on: "ours", from: "ahead", merging: ["change"], files: [:], author: bob)
    }
    try begun(desk, at: "ahead")
    try desk.state(desk.approval(("start", "change")))
    #expect(try desk.told("merge") == ["accepted"])
    #expect(
      try desk.told("evil merge") == [
        "evil merge: has nobody; needs 1; is not what a plain merge of its parents makes, at `evil`"
      ])
    #expect(
      try desk.told("ours") == [
        "ours: has nobody; needs 1; is not what a plain merge of its parents makes, at `file`"
      ])
  }

  @Test("taken back, or vetoed")
  func revoked() throws {
    let desk = try Self.desk()
    try begun(desk)
    let approval = try desk.approval(("start", "change"))
    try desk.state(approval)
    let digest = try desk.envelope(approval, by: "alice").statementDigest
    // Nobody takes back what another said.
    try desk.revoke(digest, by: "bob")
    #expect(try desk.told("change") == ["accepted"])
    try desk.revoke(digest)
    #expect(
      try desk.told("change") == [
        "change: has nobody; needs 1; alice, statement DIGEST: was revoked 2026-01-07T11:59:00Z"
      ])
    try desk.state(desk.approval(("start", "change")))
    #expect(try desk.told("change") == ["accepted"])
    try desk.state(desk.approval(("start", "change"), word: .vetoed, person: "bob"))
    #expect(
      try desk.told("change") == [
        "change: vetoed by bob, statement DIGEST; has alice; alice, statement DIGEST: was revoked 2026-01-07T11:59:00Z"
      ])
  }

  @Test("an approval is spent by the decision that used it")
  func spent() throws {
    let bob = History.Person("Bob", "bob@example.org")
    let desk = try Self.desk { git in
      git.commit("back", on: "feature", files: ["file": Self.text], author: bob)
      git.commit("again", on: "feature", files: ["file": Self.text([3: "new"])], author: bob)
    }
    try begun(desk)
    try desk.state(desk.approval(("start", "change")))
    try desk.push("change")
    #expect(desk.server.main == desk.server.repo["change"])
    let used = try #require(desk.server.entries().last?.used)
    #expect(used.count == 64)
    // What was undone does not come in again on the old word.
    try desk.state(desk.approval(("change", "back")))
    try desk.push("back")
    #expect(desk.server.main == desk.server.repo["back"])
    #expect(
      try desk.told("again") == [
        "again: has nobody; needs 1; alice, statement DIGEST: was spent on CHANGE"
      ])
    // Git may not have carried out what was permitted: then it is for the change to come in yet, as this
    // commit or another.
    try begun(desk)
    #expect(try desk.told("change") == ["accepted"])
    #expect(try desk.told("amended") == ["accepted"])
  }

  @Test("an envelope that is written otherwise around a signature is no other statement")
  func rewrapped() throws {
    let desk = try Self.desk()
    try begun(desk)
    let approval = try desk.approval(("start", "change"))
    let statement = Statement(subjects: approval.subjects, predicate: .approval(approval))
    let envelope = try desk.envelope(approval, by: "alice")
    let place = try #require(statement.place)
    try desk.state(envelope, at: place)
    #expect(try desk.told("change") == ["accepted"])
    try desk.revoke(envelope.statementDigest)
    var other = envelope
    other.signatures[0].keyID = Bytes("junk".utf8)
    try desk.state(other, at: place)
    #expect(
      try desk.told("change") == [
        "change: has nobody; needs 1; alice, statement DIGEST: was revoked 2026-01-07T11:59:00Z"
      ])
  }

  @Test("one approval lets one change in once, also within one push")
  func onceInOnePush() throws {
    let bob = History.Person("Bob", "bob@example.org")
    let desk = try Self.desk { git in
      git.commit("back", on: "feature", files: ["file": Self.text], author: bob)
      git.commit("again", on: "feature", files: ["file": Self.text([3: "new"])], author: bob)
    }
    try begun(desk)
    try desk.state(desk.approval(("start", "change"), ("change", "back")))
    #expect(
      try desk.told("again") == [
        "again: has nobody; needs 1; alice, statement DIGEST: was spent on CHANGE"
      ])
  }

  @Test("a range that was approved may come in parts")
  func parts() throws {
    let bob = History.Person("Bob", "bob@example.org")
    let desk = try Self.desk { git in
      git.commit("second", on: "feature", files: ["two": "2\n"], author: bob)
    }
    try begun(desk)
    try desk.state(
      desk.approval(("start", "change"), ("change", "second"), ("start", "second")))
    try desk.push("change")
    #expect(try desk.told("second") == ["accepted"])
  }

  @Test("what another branch has taken in is judged for this one all the same")
  func byBranch() throws {
    let desk = try Self.desk()
    try begun(desk)
    try desk.server.set("release/1", desk.server.repo["change"])
    #expect(try desk.told("change") == ["change: has nobody; needs 1"])
  }

  @Test("with first-parent, a merge speaks for what it brings only where it is a plain one")
  func leftOut() throws {
    let bob = History.Person("Bob", "bob@example.org")
    let desk = try Self.desk("{trust: signed, scope: first-parent}") { git in
      git.commit("junk", on: "junk", from: "start", files: ["junk": "junk\n"], author: bob)
      git.commit(
        "good", on: "good", from: "ahead", merging: ["junk"], files: ["two": "2\n"], author: bob)
    }
    try begun(desk, at: "ahead")
    try desk.state(desk.approval(("ahead", "good")))
    // The merge's own tree is what was approved; what it brings and leaves out is not.
    #expect(try desk.told("good") == ["junk: has nobody; needs 1"])
  }

  @Test("nobody states anything in another's name, and junk takes up no room")
  func inAnothersName() throws {
    let desk = try Self.desk()
    try begun(desk)
    let approval = try desk.approval(("start", "change"))
    let statement = Statement(subjects: approval.subjects, predicate: .approval(approval))
    let place = try #require(statement.place)
    let unsigned = Envelope(payload: statement.encoded)
    for (envelope, words) in [
      (unsigned, "it is not signed"),
      (try desk.envelope(approval, by: "bob"), "it is signed by bob, and says that it is by alice"),
    ] {
      let commit = try EvidenceRefTests.commit(
        desk.server, [EvidenceRefTests.file(envelope.encoded, about: place)])
      let outcome = try desk.server.judge(
        desk.server.line(EvidenceStore.ref.full, commit, from: .zero))
      #expect(outcome.answer == .refused)
      #expect(outcome.words.contains(words))
    }
  }

  @Test("it may travel in the commit itself")
  func trailer() throws {
    let desk = try Self.desk()
    try begun(desk)
    let envelope = try desk.envelope(desk.approval(("start", "change")), by: "alice")
    let value = String(decoding: ApprovalTrailer.value(of: envelope), as: UTF8.self)
    let change = try desk.point("change")
    for (line, told) in [
      ("Gitrel-Approval: \(value)", ["accepted"]),
      // In the middle of the message it is no trailer.
      ("Gitrel-Approval: \(value)\n\nBut see below.", ["Carried: has nobody; needs 1"]),
      ("Gitrel-Approval: \(value.dropLast(8))", ["Carried: has nobody; needs 1"]),
    ] {
      let commit = try desk.server.commit(
        "Carried\n\n\(line)\n", on: [desk.server.repo["start"]], tree: change.tree,
        author: "Bob <bob@example.org> 1767603600 +0000")
      #expect(try desk.told(commit.hex) == told)
    }
  }
}
