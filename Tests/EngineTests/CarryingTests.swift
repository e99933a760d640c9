import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Release
import Testing

@testable import Engine

/// A clone of a server, with git over the local path.
final class Clone {
  let server: Server
  let path: String
  let environment: HermeticEnvironment

  init(of server: Server, _ name: String) throws {
    self.server = server
    path = server.repo.directory.file(name)
    environment = server.repo.environment
    try server.repo.git("clone", "--quiet", server.repo.path, path)
  }

  @discardableResult
  func git(_ arguments: String...) throws -> String { try server.repo.git(arguments, in: path) }

  func repository() throws -> Repository { try Repository.open(at: path) }

  var command: GitCommand {
    GitCommand(repository: path, environment: ProcessEnvironment(environment.variables))
  }

  func id(_ revision: String) throws -> ObjectID {
    ObjectID(hex: Bytes(try git("rev-parse", revision).utf8)) ?? .zero
  }

  func attest(
    passed: Int, at time: Int64, push: Bool = true, isSigned: Bool = false
  ) throws -> AttestRun.Receipt {
    let report = server.repo.directory.file("TEST-\(passed).xml")
    let cases = (0..<passed).map { "<testcase name=\"t\($0)\"/>" }.joined()
    try write("<testsuites><testsuite name=\"s\">\(cases)</testsuite></testsuites>", to: report)
    let handed = try HandedReports(
      tests: [report], coverage: [], scan: [], suite: "s\(passed)", recorded: Instant(seconds: time)
    )
    return try AttestRun(repository(), git: command)
      .attest(
        id("HEAD"), handed, remote: push ? "origin" : nil,
        signer: isSigned ? StatementSigner(command) : nil)
  }
}

/// `gitrel attest` and `gitrel tag` over real repositories and real pushes.
@Suite struct CarryingTests {
  private func statements(_ server: Server) throws -> Int {
    let names = try server.repo.git("ls-tree", "-r", "--name-only", EvidenceStore.ref.full)
    return names.split(separator: "\n").count
  }

  @Test func clonesThatAttestInTurnAllLand() throws {
    let server = try Server(EvidenceRefTests.policy)
    let (one, two) = (try Clone(of: server, "one"), try Clone(of: server, "two"))
    _ = try one.attest(passed: 1, at: server.time)
    // The remote is ahead of a clone that never fetched, then both have what the other lacks.
    _ = try two.attest(passed: 2, at: server.time)
    _ = try one.attest(passed: 3, at: server.time, push: false)
    _ = try two.attest(passed: 4, at: server.time)
    _ = try one.attest(passed: 5, at: server.time)
    #expect(try statements(server) == 5)
    #expect(try server.judge(server.line("wip/a", server.main)).answer == .accepted)
    // The same again is the same.
    _ = try two.attest(passed: 4, at: server.time)
    #expect(try statements(server) == 5)
  }

  @Test func clonesThatAttestAtOnceAllLand() async throws {
    let server = try Server(EvidenceRefTests.policy)
    let time = server.time
    let clones = try (1...3).map { try Clone(of: server, "clone\($0)") }
    let runs = try clones.enumerated().map { number, clone in
      let report = server.repo.directory.file("TEST-\(number).xml")
      try write("<testsuite name=\"s\"><testcase name=\"t\(number)\"/></testsuite>", to: report)
      return (path: clone.path, environment: clone.command.environment, report: report)
    }
    let head = server.main
    try await withThrowingTaskGroup(of: Void.self) { group in
      for run in runs {
        group.addTask {
          let handed = try HandedReports(
            tests: [run.report], coverage: [], scan: [], suite: "s",
            recorded: Instant(seconds: time))
          let git = GitCommand(repository: run.path, environment: run.environment)
          _ = try AttestRun(try Repository.open(at: run.path), git: git)
            .attest(head, handed, remote: "origin", signer: nil)
        }
      }
      try await group.waitForAll()
    }
    #expect(try statements(server) == 3)
  }

  @Test func whatTheServerRefusesIsTold() throws {
    let server = try Server(EvidenceRefTests.policy)
    let clone = try Clone(of: server, "one")
    try write(
      "#!/bin/sh\necho no evidence today >&2\nexit 1\n",
      to: server.repo.path + "/hooks/pre-receive", mode: 0o755)
    let fault = #expect(throws: EngineFault.self) {
      try clone.attest(passed: 1, at: server.time)
    }
    #expect(fault?.message.contains("no evidence today") == true)
    #expect(fault?.message.hasSuffix("\nnothing is stated") == true)
    #expect(try clone.repository().tip(EvidenceStore.ref) == nil, "nothing stays")
  }

  @Test func whatCannotBePushedDoesNotStayAndTakesNothingElseWithIt() throws {
    let server = try Server(EvidenceRefTests.policy)
    let clone = try Clone(of: server, "one")
    _ = try clone.attest(passed: 1, at: server.time, push: false)
    let before = try clone.id(EvidenceStore.ref.full)
    for (key, value) in [("receivepack", "false"), ("uploadpack", "false")] {
      try clone.git("config", "remote.origin.\(key)", value)
      let fault = #expect(throws: EngineFault.self) {
        try clone.attest(passed: 2, at: server.time)
      }
      #expect(fault?.message.hasSuffix("\nnothing is stated") == true, "\(key)")
      #expect(fault?.hints.last?.hasPrefix("--no-push keeps it here") == true, "\(key)")
      #expect(try clone.id(EvidenceStore.ref.full) == before, "\(key)")
      try clone.git("config", "--unset", "remote.origin.\(key)")
    }
    // What waits here is told when it goes along, once.
    var told: [String] = []
    for passed in [3, 4] {
      let report = server.repo.directory.file("TEST-\(passed).xml")
      try write("<testsuite name=\"s\"><testcase name=\"t\(passed)\"/></testsuite>", to: report)
      let handed = try HandedReports(
        tests: [report], coverage: [], scan: [], suite: "s",
        recorded: Instant(seconds: server.time + Int64(passed)))
      _ = try AttestRun(clone.repository(), git: clone.command, alongside: { told.append($0) })
        .attest(clone.id("HEAD"), handed, remote: "origin", signer: nil)
    }
    #expect(told.count == 1)
    #expect(told.first?.hasPrefix("1 statement that waited here: ") == true)
    #expect(told.first?.hasSuffix(" (suite s1: 1 tests, 1 passed)") == true, "\(told)")
    #expect(try statements(server) == 3)
  }

  @Test func aPushThatWasTakenBeforeTheLineBrokeIsDone() throws {
    let server = try Server(EvidenceRefTests.policy)
    let clone = try Clone(of: server, "one")
    let broken = server.repo.directory.file("broken")
    try write("#!/bin/sh\ngit-receive-pack \"$@\"\nexit 1\n", to: broken, mode: 0o755)
    try clone.git("config", "remote.origin.receivepack", broken)
    _ = try clone.attest(passed: 1, at: server.time)
    #expect(try statements(server) == 1)
    #expect(try clone.id(EvidenceStore.ref.full) == server.repo[EvidenceStore.ref.full])
  }

  // MARK: gitrel tag

  private func run(_ clone: Clone) throws -> TagRun {
    let run = TagRun(try clone.repository(), git: clone.command, remote: "origin")
    try run.fetch()
    return run
  }

  private func plan(_ run: TagRun, _ name: String, _ clone: Clone) throws -> TagPlan {
    var request = TagRun.Request(at: Instant(seconds: clone.server.time))
    request.name = name
    return try run.plan(request)
  }

  @Test func planCutDoneAndTaken() throws {
    let server = try Server()
    let clone = try Clone(of: server, "one")
    let tagging = try run(clone)
    let first = try plan(tagging, "v1.0", clone)
    #expect(first.state == .new)
    #expect(first.commit.id == server.main)
    #expect(first.decision.answer == .accepted)
    _ = try tagging.cut(first)
    #expect(server.repo["v1.0^{commit}"] == server.main)
    #expect(try plan(tagging, "v1.0", clone).state == .done)
    let good = try server.approved("good", on: [server.main])
    try server.set("main", good)
    let again = try run(clone)
    #expect(try plan(again, "v1.0", clone).state == .taken(by: server.mainOnce))
    for name in ["", "-x", "v 1", "heads/main", "v1..2", "v1.lock", "a\nb", "\u{430}"] {
      #expect(throws: EngineFault.self, "\(name)") { try plan(again, name, clone) }
    }
  }

  @Test func refusedTagIsNotLeftBehind() throws {
    let server = try Server()
    let clone = try Clone(of: server, "one")
    let hook = server.repo.path + "/hooks/pre-receive"
    try write("#!/bin/sh\necho not on fridays >&2\nexit 1\n", to: hook, mode: 0o755)
    let tagging = try run(clone)
    func refusal() throws -> String? {
      guard case .refused(let words) = try tagging.cut(try plan(tagging, "v1.0", clone)) else {
        return nil
      }
      return words
    }
    let words = try refusal()
    #expect(words?.contains("not on fridays") == true)
    #expect(words?.contains("no tag is left here") == true)
    #expect(try clone.git("tag") == "")
    // One that was made before (by a run that died, say) is pushed as it is, and stays when refused.
    try clone.git("tag", "-a", "-m", "v1.0", "v1.0")
    let mine = try clone.id("v1.0")
    #expect(try refusal()?.contains("as it was before") == true)
    try write("#!/bin/sh\nexit 0\n", to: hook, mode: 0o755)
    _ = try tagging.cut(try plan(tagging, "v1.0", clone))
    #expect(server.repo["v1.0"] == mine)
  }

  @Test func localTagInTheWay() throws {
    let server = try Server()
    let clone = try Clone(of: server, "one")
    let tagging = try run(clone)
    try clone.git("tag", "v1.0")
    let fault = #expect(throws: EngineFault.self) { try plan(tagging, "v1.0", clone) }
    #expect(
      fault?.message == "v1.0 is here, as a tag without a message that origin has not got")
    try clone.git("commit", "--allow-empty", "-q", "-m", "local")
    try clone.git("tag", "-a", "-m", "x", "v1.1")
    let other = #expect(throws: EngineFault.self) { try plan(tagging, "v1.1", clone) }
    let here = try clone.id("HEAD").short
    #expect(other?.message == "v1.1 is here on \(here), and origin has no such tag")
  }

  @Test func aTagThatWasMadeBeforeIsJudgedAsItIs() throws {
    let server = try Server()
    let clone = try Clone(of: server, "one")
    let tagging = try run(clone)
    try clone.git("tag", "-a", "-m", "v1.0\n\nLane: hotfix", "v1.0")
    var request = TagRun.Request(at: Instant(seconds: server.time))
    request.name = "v1.0"
    // It would go out on another lane than was asked for; who asks for none goes on with what broke off.
    request.terms.risk = .high
    let fault = #expect(throws: EngineFault.self) { try tagging.plan(request) }
    #expect(
      fault?.message
        == "v1.0 is here, made before, and says Lane: hotfix; you say Risk: high")
    request.terms = TagTerms()
    let plan = try tagging.plan(request)
    #expect(plan.message.terms.lane == .hotfix)
    #expect(plan.state == .made(try clone.id("v1.0")))
    #expect(plan.decision.updates.first?.update.new == (try clone.id("v1.0")))
  }

  @Test func aPushThatBreaksOffKeepsTheTag() throws {
    let server = try Server()
    let clone = try Clone(of: server, "one")
    let tagging = try run(clone)
    let plan = try plan(tagging, "v1.0", clone)
    try clone.git("config", "remote.origin.receivepack", "false")
    guard case .interrupted = try tagging.cut(plan) else {
      Issue.record("the transport broke, and that is no refusal")
      return
    }
    let made = try clone.id("v1.0")
    #expect(made != .zero)
    try clone.git("config", "--unset", "remote.origin.receivepack")
    let again = try self.plan(tagging, "v1.0", clone)
    #expect(again.state == .made(made))
    guard case .released(let receipt) = try tagging.cut(again) else {
      Issue.record("it was not released")
      return
    }
    #expect(receipt.tag == made && server.repo["v1.0"] == made)
  }

  @Test func evidenceThatTheRemoteGetsMeanwhileIsJoined() throws {
    let server = try Server(EvidenceRefTests.policy)
    let (one, two) = (try Clone(of: server, "one"), try Clone(of: server, "two"))
    _ = try one.attest(passed: 1, at: server.time, push: false)
    let tagging = try run(one)
    let plan = try plan(tagging, "v1.0", one)
    _ = try two.attest(passed: 2, at: server.time)
    guard case .released(let receipt) = try tagging.cut(plan) else {
      Issue.record("it was not released")
      return
    }
    #expect(receipt.hasEvidence)
    #expect(try statements(server) == 2)
  }

  @Test func evidenceThatTheRemoteIsAheadOfDoesNotStopATag() throws {
    let server = try Server(EvidenceRefTests.policy)
    let (one, two) = (try Clone(of: server, "one"), try Clone(of: server, "two"))
    _ = try one.attest(passed: 1, at: server.time)
    _ = try two.attest(passed: 2, at: server.time)
    let behind = try run(one)
    _ = try behind.cut(try plan(behind, "v1.0", one))
    // Both have what the other lacks: joined, and pushed with the tag.
    _ = try one.attest(passed: 3, at: server.time, push: false)
    _ = try two.attest(passed: 4, at: server.time)
    let diverged = try run(one)
    _ = try diverged.cut(try plan(diverged, "v1.1", one))
    #expect(try statements(server) == 4)
    #expect(try server.repo.git("tag") == "v1.0\nv1.1")
  }

  @Test func theVersionBefore() throws {
    let server = try Server { git in
      for name in ["v1.0", "v1.1-rc.1", "v1.1-rc.2", "v1.1", "v1.2", "v1.9", "v1.10-beta"] {
        git.commit("for \(name)")
        git.tag(name)
      }
      for number in 1...12 {
        git.commit("for rc \(number)")
        git.tag("v1.10-rc.\(number)")
      }
      git.commit("last")
      // On another line of history.
      git.commit("side", on: "side", from: "base")
      git.tag("v1.9.5", of: "side")
      git.tag("nightly", of: "main")
    }
    let clone = try Clone(of: server, "one")
    let tagging = try run(clone)
    let cases: [(String, String?, Int)] = [
      ("v1.10", "v1.9", 14), ("v2.0", "v1.9", 14), ("v1.10-rc.13", "v1.10-rc.12", 1),
      ("v1.9.1", "v1.9", 14), ("v1.2-rc.1", "v1.1", 16), ("v0.9", nil, 21),
      ("v1.10-alpha", "v1.9", 14),
    ]
    for (name, previous, count) in cases {
      let plan = try plan(tagging, name, clone)
      #expect(plan.previous == previous, "\(name)")
      #expect(plan.notes.commits == count, "\(name)")
    }
  }

  // MARK: The advice of a clone

  @Test func cloneJudgesByItsCopies() throws {
    let server = try Server()
    let clone = try Clone(of: server, "one")
    try clone.git("commit", "--allow-empty", "-q", "-m", "bad")
    let gate = try CloneGate(clone.repository(), remote: "origin")
    #expect(gate.policy.origin.label.hasPrefix("origin/main@"))
    func decide(_ name: String, _ id: ObjectID) throws -> Decision {
      try gate.decision(
        on: [gate.update(of: RefName(name), to: id)], at: Instant(seconds: server.time),
        pusher: nil)
    }
    let bad = try clone.id("HEAD")
    #expect(try decide("refs/heads/main", bad).answer == .refused)
    #expect(try decide("refs/heads/wip/a", bad).answer == .accepted)
    #expect(try decide("refs/heads/release/1", server.main).answer == .accepted)
    #expect(try decide("refs/gitrel/log", bad).answer == .refused)
    #expect(throws: EngineFault.self) { try CloneGate(clone.repository(), remote: "nowhere") }
    guard case .none = CloneGate.find(try clone.repository(), remote: "nowhere") else {
      Issue.record("a remote that was never fetched has no policy here")
      return
    }
  }
}
