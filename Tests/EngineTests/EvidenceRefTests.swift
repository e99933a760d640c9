import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Signing
import Testing

@testable import Engine

/// THREATS.md E, DESIGN.md 6: statements are only added, and speak for one exact tree.
@Suite struct EvidenceRefTests {
  static let policy = Server.policy.replacing(
    "approvals: {minimum: 1, trust: trailer}", with: "tests: {failed: 0}")
  static let ref = EvidenceStore.ref.full

  static func statement(
    _ server: Server, about tree: ObjectID, passed: Int = 1, failed: Int = 0,
    suite: String = "default", at seconds: Int64? = nil
  ) -> Bytes {
    var figures = TestFigures()
    (figures.passed, figures.failed) = (passed, failed)
    let run = RecordedRun(
      suite: Bytes(suite.utf8), recorded: Instant(seconds: seconds ?? server.time),
      configuration: [])
    let statement = Statement(
      subjects: [Subject(tree: tree, commit: server.mainOnce)],
      predicate: .tests(TestResult(figures, run: run)))
    return Envelope(payloadType: Envelope.statementType, payload: statement.encoded, signatures: [])
      .encoded
  }

  /// A commit of statements on `parents`, each file where `place` says.
  static func commit(
    _ server: Server, _ files: [(path: String, mode: String, content: Bytes)],
    on parents: [ObjectID] = []
  ) throws -> ObjectID {
    // git's own index makes the trees, so that paths may be whatever a test wants.
    let index = server.repo.directory.file("index")
    let adding = ["GIT_INDEX_FILE": index]
    try server.repo.git(["read-tree", "--empty"], adding: adding)
    if let parent = parents.first {
      try server.repo.git(["read-tree", parent.hex], adding: adding)
    }
    for file in files {
      let id = try server.repo.writeObject(.blob, file.content)
      try server.repo.git(
        [
          "update-index", "--add", "--replace", "--cacheinfo",
          "\(file.mode),\(id.hex),\(file.path)",
        ],
        adding: adding)
    }
    let tree = try server.repo.git(["write-tree"], adding: adding)
    return try server.commit(
      "evidence\n", on: parents, tree: ObjectID(hex: Bytes(tree.utf8)) ?? .zero)
  }

  static func file(
    _ content: Bytes, about tree: ObjectID, mode: String = "100644", named digest: String? = nil
  ) -> (path: String, mode: String, content: Bytes) {
    let folder = String(decoding: EvidencePath.folder(of: tree), as: UTF8.self)
    return ("\(folder)/\(digest ?? SHA256Digest.hex(of: content)).json", mode, content)
  }

  @Test func onlyStatementsInTheirPlace() throws {
    let server = try Server(Self.policy)
    let tree = try server.tree(of: server.main)
    let other = try server.tree([])
    let good = Self.statement(server, about: tree)
    let elsewhere = Self.statement(server, about: other)
    let digest = String(repeating: "a", count: 64)
    func encode(_ payload: String) -> Bytes {
      Envelope(payloadType: Envelope.statementType, payload: Bytes(payload.utf8)).encoded
    }
    let bad: [(String, (path: String, mode: String, content: Bytes))] = [
      ("wrong name", Self.file(good, about: tree, named: digest)),
      ("wrong subject", Self.file(elsewhere, about: tree)),
      ("no statement", Self.file(Bytes("{}".utf8), about: tree)),
      ("no JSON", Self.file([0xFF], about: tree)),
      ("empty", Self.file([], about: tree)),
      ("deep", Self.file(Bytes(repeating: UInt8(ascii: "["), count: 100_000), about: tree)),
      ("other payload", Self.file(encode("[]"), about: tree)),
      ("executable", Self.file(good, about: tree, mode: "100755")),
      ("link", Self.file(good, about: tree, mode: "120000")),
      ("at the top", ("README", "100644", good)),
      ("no digest", ("ab/\(String(repeating: "c", count: 38))/x.json", "100644", good)),
      ("subtree", ("\(Self.file(good, about: tree).path)/x", "100644", good)),
      ("deep folders", ("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p", "100644", good)),
      ("capitals", ("AB/\(String(repeating: "C", count: 38))/\(digest).json", "100644", good)),
      (
        "contradiction",
        Self.file(
          encode(
            #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"gitTree":""#
              + tree.hex
              + #""}}],"predicateType":"https://in-toto.io/attestation/test-result/v0.1","predicate":"#
              + #"{"result":"PASSED","configuration":[],"failedTests":["x"]}}"#), about: tree)
      ),
      (
        "future", Self.file(Self.statement(server, about: tree, at: server.time + 301), about: tree)
      ),
    ]
    for (what, file) in bad {
      let id = try Self.commit(server, [file])
      let outcome = try server.judge(server.line(Self.ref, id))
      #expect(outcome.answer == .refused, "\(what)")
      #expect(outcome.refusing == ["\(Self.ref) evidence-ref"], "\(what)")
    }
    let id = try Self.commit(server, [Self.file(good, about: tree)])
    #expect(try server.judge(server.line(Self.ref, id)).answer == .accepted)
    let late = Self.statement(server, about: tree, at: server.time + 299)
    let skewed = try Self.commit(server, [Self.file(late, about: tree)])
    #expect(try server.judge(server.line(Self.ref, skewed)).answer == .accepted)
  }

  @Test func nothingIsTakenBack() throws {
    let server = try Server(Self.policy)
    let tree = try server.tree(of: server.main)
    let one = Self.file(Self.statement(server, about: tree), about: tree)
    let two = Self.file(Self.statement(server, about: tree, failed: 1), about: tree)
    let first = try Self.commit(server, [one])
    #expect(try server.push(server.line(Self.ref, first)).answer == .accepted)
    let second = try Self.commit(server, [two], on: [first])
    #expect(try server.push(server.line(Self.ref, second)).answer == .accepted)

    func refuses(_ id: ObjectID, _ words: String) throws {
      let outcome = try server.judge(server.line(Self.ref, id))
      #expect(outcome.refusing == ["\(Self.ref) evidence-ref"])
      #expect(outcome.words.contains(words), "\(outcome.words)")
    }
    try refuses(first, "take back")
    try refuses(.zero, "never taken back")
    try refuses(try Self.commit(server, [one, two]), "take back")
    try refuses(
      try server.commit("x\n", on: [second], tree: server.tree([])), "is taken away")
    let removed = try server.commit("x\n", on: [second], tree: server.tree(of: first))
    try refuses(removed, "is taken away")
    try refuses(
      try Self.commit(server, [(one.path, "100644", two.content)], on: [second]), "is changed")
    try refuses(
      try Self.commit(server, [(one.path, "100755", one.content)], on: [second]), "is changed")
    try refuses(server.main, "take back")
    try refuses(try server.blob("x"), "not a commit")
    try refuses(try server.tag("x", of: second), "not a commit")
    // A merge of two lines that each only added is fine.
    let three = Self.file(Self.statement(server, about: tree, passed: 3), about: tree)
    let side = try Self.commit(server, [one, three], on: [first])
    let union = try Self.commit(server, [three], on: [second])
    let merge = try server.commit("m\n", on: [second, side], tree: server.tree(of: union))
    #expect(try server.judge(server.line(Self.ref, merge)).answer == .accepted)
    #expect(try server.audit().faults == [])
  }

  /// A repository with a hundred thousand attested trees has more than that in one shard.
  @Test func shardsGrowAndOneTreesStatementsDoNot() throws {
    let server = try Server(Self.policy)
    let tree = try server.tree(of: server.main)
    let path = Self.file(Self.statement(server, about: tree), about: tree).path
    let parts = path.split(separator: "/").map(String.init)
    let blob = try server.blob("stated long ago")
    let names = (0..<500).map { number -> String in
      let hex = String(number, radix: 16)
      return String(repeating: "0", count: 38 - hex.count) + hex
    }
    func base(_ folder: [(mode: String, name: String, id: ObjectID)]) throws -> ObjectID {
      let shard = try server.tree([("40000", parts[0], server.tree(folder))])
      let id = try server.commit("long ago\n", on: [], tree: shard)
      try server.repo.git(["update-ref", Self.ref, id.hex])
      return id
    }
    let digest = String(repeating: "a", count: 64)
    let one = try server.tree([("100644", "\(digest).json", blob)])
    let wide = try base(names.map { ("40000", $0, one) })
    let file = Self.file(Self.statement(server, about: tree), about: tree)
    let added = try Self.commit(server, [file], on: [wide])
    #expect(try server.judge(server.line(Self.ref, added, from: wide)).refusing == [])

    let many = names.prefix(400).map { name in
      ("100644", "\(digest.prefix(26))\(name).json", blob)
    }
    let full = try base([("40000", parts[1], server.tree(many))])
    let over = try Self.commit(server, [file], on: [full])
    let outcome = try server.judge(server.line(Self.ref, over, from: full))
    #expect(outcome.refusing == ["\(Self.ref) evidence-ref"])
    #expect(outcome.words.contains("more than 400 statements about one tree"))
  }

  @Test func treesThatAreBombs() throws {
    let server = try Server(Self.policy)
    let empty = try server.tree([])
    var bomb = empty
    for _ in 0..<40 {
      bomb = try server.tree(
        ["a", "b", "c", "d", "e", "f"].map { ("40000", $0, bomb) })
    }
    var wide = try server.tree([])
    let names = (0..<2000).map { number -> String in
      let hex = String(number, radix: 16)
      return String(repeating: "0", count: 38 - hex.count) + hex
    }
    wide = try server.tree(names.map { ("40000", $0, empty) })
    let shards = try server.tree(
      (16..<256).map { ("40000", String($0, radix: 16), wide) })
    let start = ContinuousClock.now
    for tree in [bomb, wide, shards, try server.tree([("40000", "ab", empty)])] {
      let id = try server.commit("x\n", on: [], tree: tree)
      let outcome = try server.judge(server.line(Self.ref, id))
      #expect(outcome.refusing == ["\(Self.ref) evidence-ref"])
    }
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func whatSpeaksForACommit() throws {
    let server = try Server(Self.policy)
    let tree = try server.tree([
      ("40000", ".gitrel", server.repo["main:.gitrel"]),
      ("100644", "README", try server.blob("changed\n")),
    ])
    let commit = try server.commit("change\n", on: [server.main], tree: tree)
    let amended = try server.commit("change, said better\n", on: [server.main], tree: tree)
    let line = server.line("main", commit)
    #expect(try server.judge(line).refusing == ["main tests"])

    // About another tree it says nothing.
    let other = try server.tree(of: server.main)
    let stray = try Self.commit(
      server, [Self.file(Self.statement(server, about: other), about: other)])
    #expect(try server.judge(line, server.line(Self.ref, stray)).refusing == ["main tests"])

    // In the same push, in either order, also for an amended message.
    var tip = try Self.commit(server, [Self.file(Self.statement(server, about: tree), about: tree)])
    let evidence = server.line(Self.ref, tip)
    #expect(try server.judge(line, evidence).answer == .accepted)
    #expect(try server.judge(evidence, line).answer == .accepted)
    #expect(try server.judge(evidence, server.line("main", amended)).answer == .accepted)
    try server.push(evidence)
    #expect(try server.judge(line).answer == .accepted)

    func add(_ content: Bytes) throws -> ServerGate.Outcome {
      tip = try Self.commit(server, [Self.file(content, about: tree)], on: [tip])
      #expect(try server.push(server.line(Self.ref, tip)).answer == .accepted)
      return try server.judge(line)
    }
    // Another suite that failed fails; a later result of the same suite supersedes.
    server.time += 60
    #expect(try add(Self.statement(server, about: tree, failed: 1, suite: "ui")).answer == .refused)
    #expect(
      try add(Self.statement(server, about: tree, suite: "ui", at: server.time - 30)).answer
        == .refused, "an older one does not")
    server.time += 60
    #expect(try add(Self.statement(server, about: tree, suite: "ui")).answer == .accepted)
    // FAILED with figures that look fine is a failure.
    let payload =
      #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"gitTree":""# + tree.hex
      + #""}}],"predicateType":"https://in-toto.io/attestation/test-result/v0.1","predicate":"#
      + #"{"result":"FAILED","configuration":[],"gitrel":{"tests":1,"passed":1,"failed":0,"#
      + #""errored":0,"skipped":0,"disabled":0,"suiteErrors":0,"flakyPassed":0,"suite":"x","#
      + #""recorded":"2026-01-07T12:00:00Z"}}}"#
    let failed = Envelope(payloadType: Envelope.statementType, payload: Bytes(payload.utf8)).encoded
    #expect(try add(failed).answer == .refused)
    #expect(try server.audit().faults == [])
  }

  @Test func whatCannotBeReadIsTold() throws {
    let server = try Server(Self.policy)
    let tree = try server.tree(of: server.main)
    let commit = try server.commit("change\n", on: [server.main])
    // It cannot come by a push, but the server's disk or an older version may have it.
    let junk = try Self.commit(
      server,
      [
        Self.file(Bytes("{}".utf8), about: tree),
        Self.file(Self.statement(server, about: try server.tree([])), about: tree),
      ])
    try server.set(Self.ref, junk)
    let outcome = try server.judge(server.line("main", commit))
    #expect(outcome.refusing == ["main tests"])
    #expect(outcome.words.components(separatedBy: "unreadable").count == 3)
  }
}

extension String {
  fileprivate func components(separatedBy word: String) -> [Substring] { split(separator: word) }
}
