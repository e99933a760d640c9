import GitModel
import GitStore
import GitrelTestSupport
import Glibc
import Policy
import Testing

@testable import Engine

/// THREATS.md P, V and C26 to C30: where the policy stands, and what becomes of it.
@Suite struct PolicyPlaceTests {
  @Test func noPolicyRefusesEverything() throws {
    let empty = try TestRepository(bare: true, name: "empty.git")
    let blob = try empty.writeObject(.blob, Bytes("x".utf8))
    let lines = Bytes("\(ObjectID.zero.hex) \(blob.hex) refs/heads/wip/a\n".utf8)
    let first = try ServerGate(gitDirectory: empty.path, quarantine: nil)
      .receive(lines, pusher: nil) { Instant(seconds: 1) }
    #expect(first.answer == .undecided)
    #expect(first.words.contains("main does not exist"))
    #expect(first.sequence == 1)

    let bare = try Server("")
    try bare.set("main", try bare.commit("no policy\n", on: [], tree: bare.tree([])))
    let outcome = try bare.judge(bare.line("wip/a", bare.main))
    #expect(outcome.refusing == ["policy"])
    #expect(outcome.words.contains("has no file .gitrel/policy.yml"))
  }

  static let broken = [
    "foo: [\n", "", "\u{FEFF}", "- a\n", "version: 1\n---\nversion: 1\n",
    "version: 1\nrulesets: []\n",
    "version: 1\nversion: 1\n", "a: &x 1\nb: *x\n", "version: 2\n",
    Server.policy.replacing("approvals", with: "aprovals"),
    Server.policy.replacing("minimum: 1", with: "minimum: NO"),
    Server.policy.replacing("minimum: 1", with: "minimum: 010"),
    String(repeating: "[", count: 100_000), "version: 1\u{0}\n",
    Server.policy + "# " + String(repeating: "a", count: 2 << 20) + "\n",
  ]

  @Test(arguments: broken.indices)
  func brokenPolicyRefusesEverything(_ number: Int) throws {
    let server = try Server(Self.broken[number])
    for name in ["main", "wip/a", "refs/tags/v1"] {
      let outcome = try server.judge(server.line(name, server.main, from: server.held(name)))
      #expect(outcome.answer == .undecided)
      #expect(outcome.refusing == ["policy"])
    }
    #expect(try server.audit().faults == [])
  }

  @Test func messagesNameTheLine() throws {
    let server = try Server(Server.policy.replacing("approvals", with: "aprovals"))
    let outcome = try server.judge(server.line("wip/a", server.main))
    #expect(outcome.words.contains(".gitrel/policy.yml:8:"))
    #expect(outcome.words.contains("did you mean"))
  }

  @Test func whatAPushMayNotMakeOfThePolicy() throws {
    let server = try Server()
    let good = try server.blob(Server.policy)
    let folder = try server.tree([("100644", "x", good)])
    let link = try server.blob("/etc/passwd")
    let huge = try server.blob(Server.policy + "#" + String(repeating: "a", count: 2 << 20) + "\n")
    let cases: [(String, String, ObjectID)] = [
      ("broken", "100644", try server.blob("foo: [\n")), ("symlink", "120000", link),
      ("executable", "100755", good), ("directory", "40000", folder),
      ("submodule", "160000", server.main), ("group writable", "100664", good),
      ("2 MB", "100644", huge), ("empty", "100644", try server.blob("")),
      ("a tree called a file", "100644", folder), ("missing", "100644", .nowhere),
    ]
    for (what, mode, id) in cases {
      let commit = try server.policyCommit(mode, id)
      let outcome = try server.judge(server.line("main", commit))
      #expect(outcome.refusing == ["main policy-change"], "\(what)")
    }
    let none = try server.approved(
      "none", on: [server.main], tree: server.tree([("100644", "README", server.blob("x"))]))
    #expect(try server.judge(server.line("main", none)).refusing == ["main policy-change"])
    // Two entries of one name: git and libgit2 would each read another.
    let twice = try server.tree([("100644", "policy.yml", good), ("100644", "policy.yml", huge)])
    let root = try server.tree([("40000", ".gitrel", twice)])
    let both = try server.approved("twice", on: [server.main], tree: root)
    #expect(try server.judge(server.line("main", both)).answer == .refused)
    #expect(
      try server.judge(server.line("main", try server.policyCommit("100644", good))).answer
        == .accepted)
    // On other branches it may be what it wants.
    let other = try server.policyCommit("120000", link)
    #expect(try server.judge(server.line("wip/a", other)).answer == .accepted)
  }

  @Test func aWeakenedPolicyJudgesFromTheNextPushOn() throws {
    let server = try Server()
    let weak = try server.blob(
      Server.policy.replacing("approvals: {minimum: 1, trust: trailer}", with: ""))
    let policy = try server.policyCommit("100644", weak)
    let bad = try server.commit("bad\n", on: [policy])
    #expect(try server.judge(server.line("main", bad)).refusing == ["main approvals"])
    #expect(
      try server.judge(server.line("main", policy), server.line("release/1", bad)).refusing
        == ["release/1 approvals"])
    #expect(try server.push(server.line("main", policy)).answer == .accepted)
    #expect(try server.judge(server.line("main", bad)).answer == .accepted)
  }

  @Test func aPolicyThatMovesWhileAPushWaitsJudgesIt() async throws {
    let weak = Server.policy.replacing(
      "      approvals: {minimum: 1, trust: trailer}\n", with: "")
    let server = try Server(weak)
    let closed = try server.policyCommit("100644", try server.blob(Server.policy))
    let bad = try server.commit("bad\n", on: [server.main])
    let line = Bytes(server.line("release/1", bad).utf8)
    let (path, time) = (server.repo.path, server.time)
    let lock = open(path + "/gitrel.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX) == 0)
    let waiting = Task.detached {
      try ServerGate(gitDirectory: path, quarantine: nil, lockWait: 60)
        .receive(line, pusher: nil) { Instant(seconds: time) }.refusing
    }
    try await Task.sleep(for: .seconds(2))
    try server.set("main", closed)
    flock(lock, LOCK_UN)
    #expect(try await waiting.value == ["release/1 approvals"])
  }

  @Test func settings() throws {
    let server = try Server { $0.branch("trusted", at: "main") }
    func judge() throws -> ServerGate.Outcome {
      try server.judge(server.line("wip/a", server.main))
    }
    func configure(_ value: String) throws { try server.repo.git("config", "gitrel.policy", value) }
    try configure("refs/heads/trusted:.gitrel/policy.yml")
    #expect(try judge().answer == .accepted)
    #expect(try judge().decision.policy?.label.hasPrefix("trusted@") == true)
    #expect(
      try server.judge(server.line("trusted", .zero)).refusing == ["trusted policy-change"])

    let file = server.repo.directory.file("policy.yml")
    try write(Server.policy, to: file)
    try configure(file)
    #expect(try judge().answer == .accepted)
    #expect(try judge().decision.policy?.label == file)
    // The ref that would hold it is free then.
    let gone = try server.approved("x", on: [server.main], tree: server.tree([]))
    #expect(try server.judge(server.line("main", gone)).answer == .accepted)

    let fifo = server.repo.directory.file("fifo")
    mkfifo(fifo, 0o644)
    let folder = server.repo.directory.file("folder")
    try write("", to: folder + "/x")
    let bad = [
      "nonsense", "main:.gitrel/policy.yml", "refs/heads/nowhere:.gitrel/policy.yml",
      "refs/heads/main:", "refs/heads/main:/", "refs/heads/main:.gitrel", ":", "",
      "refs/heads/main:../policy.yml", "refs/heads/main:.gitrel/policy.yml/x", "/nonexistent",
      "/", folder, fifo, "/dev/zero", "/dev/null", "HEAD:.gitrel/policy.yml",
      "refs/heads/../heads/main:.gitrel/policy.yml", "refs/heads/m\u{430}in:x", "/etc/passwd",
    ]
    for value in bad {
      try configure(value)
      let outcome = try judge()
      #expect(outcome.answer == .undecided, "\(value)")
      #expect(outcome.refusing == ["policy"], "\(value)")
      #expect(outcome.sequence != nil)
    }
    #expect(try server.audit().faults == [])
  }

  @Test func symbolicRefs() throws {
    let server = try Server()
    let bad = try server.commit("bad\n", on: [server.main])
    try server.repo.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
    try server.repo.git("symbolic-ref", "refs/heads/dangling", "refs/heads/release/9")
    for name in ["alias", "dangling"] {
      for old in [server.main, .zero] {
        let outcome = try server.judge(server.line(name, bad, from: old))
        #expect(outcome.answer == .undecided, "\(name)")
        #expect(outcome.words.contains("is a symbolic ref to"))
        #expect(outcome.sequence != nil, "also this is in the log")
      }
    }
    try server.repo.git("config", "gitrel.policy", "refs/heads/alias:.gitrel/policy.yml")
    #expect(try server.judge(server.line("wip/a", bad)).refusing == ["policy"])
    #expect(try server.audit().faults == [])
  }

  @Test func brokenRefsAndShallowServers() throws {
    let server = try Server()
    let line = server.line("wip/a", server.main)
    try write("nonsense\n", to: server.repo.path + "/refs/heads/broken")
    #expect(try server.judge(line).answer == .undecided)
    try write("", to: server.repo.path + "/refs/heads/broken")
    #expect(try server.judge(line).answer == .undecided)
    unlink(server.repo.path + "/refs/heads/broken")
    #expect(try server.judge(line).answer == .accepted)
    try write("\(server.main.hex)\n", to: server.repo.path + "/shallow")
    let outcome = try server.judge(line)
    #expect(outcome.answer == .undecided)
    #expect(outcome.words.contains("shallow"))
  }

  @Test func graftsAndReplacementsHaveNoSay() throws {
    let server = try Server()
    let bad = try server.commit("bad\n", on: [server.main])
    let good = try server.approved("good", on: [bad])
    let replaced = try server.approved("replaced", on: [server.main])
    try server.repo.git("update-ref", "refs/replace/\(bad.hex)", replaced.hex)
    try write("\(good.hex) \(server.main.hex)\n", to: server.repo.path + "/info/grafts")
    #expect(try server.judge(server.line("main", good)).refusing == ["main approvals"])
  }

  @Test func objectsInAlternatesAndPacks() throws {
    let server = try Server()
    let other = try TestRepository(bare: true, name: "other.git") { $0.commit("elsewhere") }
    try write("\(other.path)/objects\n", to: server.repo.path + "/objects/info/alternates")
    let good = try server.approved("good", on: [server.main])
    let bad = try server.commit("bad\n", on: [good])
    try server.push(server.line("wip/a", bad))
    try server.repo.git("repack", "-a", "-d", "-q")
    try server.repo.git("pack-refs", "--all")
    try server.repo.git("commit-graph", "write", "--reachable")
    #expect(try server.judge(server.line("main", bad)).refusing == ["main approvals"])
    #expect(try server.judge(server.line("main", good)).answer == .accepted)
    #expect(try server.judge(server.line("release/1", other["elsewhere"])).answer == .refused)
    try server.repo.git("gc", "--quiet", "--prune=now")
    #expect(try server.audit().faults == [])
    #expect(try server.push(server.line("main", good)).answer == .accepted)
    #expect(try server.entries().count == 5)
  }
}
