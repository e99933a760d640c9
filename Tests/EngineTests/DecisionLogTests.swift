import GitModel
import GitStore
import GitrelTestSupport
import Glibc
import Policy
import Testing

@testable import Engine

/// THREATS.md L: one entry a run, and nothing that happens past it stays unseen.
@Suite struct DecisionLogTests {
  @Test func oneEntryARun() throws {
    let server = try Server()
    let bad = try server.commit("bad\n", on: [server.main])
    let good = try server.approved("good", on: [server.main])
    try server.push(server.line("main", bad))
    try server.push(server.line("main", good))
    try server.push(server.line("wip/a", bad), server.line("refs/notes/x", good))
    _ = try server.judge("garbage")
    _ = try server.judge(server.line("wip/b", .nowhere))
    #expect(
      try server.entries().map(\.answer)
        == ["refused", "accepted", "refused", "undecided", "undecided"])
    #expect(try server.entries().map(\.sequence) == [1, 2, 3, 4, 5])
    #expect(try server.audit().faults == [])
    #expect(try server.audit().entries == 5)
    #expect(try server.repo.git("fsck", "--strict", "--no-dangling") == "")
  }

  @Test func everyKindOfTamperingIsNamed() throws {
    let server = try Server()
    for number in 0..<4 {
      try server.push(server.line("main", try server.approved("\(number)", on: [server.main])))
    }
    let log = DecisionLog.ref.full
    let head = try server.audit().head
    #expect(try server.audit(known: head).faults == [])
    let commits = try server.repo.git("rev-list", "--reverse", log).split(separator: "\n")
      .compactMap { ObjectID(hex: Bytes($0.utf8)) }
    let lines = try commits.map { id in
      try server.repo.git("log", "-1", "--format=%B", id.hex)
    }
    func rewrite(_ chain: [(String, ObjectID)]) throws -> [String] {
      var parents: [ObjectID] = []
      for (line, like) in chain {
        parents = [try server.commit(line + "\n", on: parents, tree: server.tree(of: like))]
      }
      try server.repo.git("update-ref", log, parents.first?.hex ?? "")
      return try server.audit(known: head).faults
    }
    let all = Array(zip(lines, commits))
    #expect(try rewrite(all) == [], "the same lines in other commits are the same log")
    var edited = all
    edited[1].0 = edited[1].0.replacing("accepted", with: "refused")
    #expect(try rewrite(edited).contains { $0.contains("entry 3 does not follow entry 2") })
    var removed = all
    removed.remove(at: 2)
    #expect(try rewrite(removed).contains { $0.contains("entry 4 follows entry 2") })
    #expect(try rewrite(Array(all.dropFirst())).contains { $0.contains("begins with entry 2") })
    #expect(try rewrite(all.dropLast()).contains { $0.contains("is not in the log") })
    var swapped = all
    swapped.swapAt(1, 2)
    #expect(try rewrite(swapped).contains { $0.contains("does not follow") })
    // The list of refs as they were, taken out of the first entry.
    var bare = all
    bare[0].1 = try server.commit("x\n", on: [], tree: server.tree([]))
    #expect(try rewrite(bare).contains { $0.contains("does not hold the refs as they were") })
    // A line that gitrel never wrote ends everything, and pushes with it.
    var foreign = all
    foreign.append(("{}", commits[3]))
    #expect(try rewrite(foreign).last?.contains("is not a line that gitrel wrote") == true)
    #expect(try server.judge(server.line("wip/a", server.main)).sequence == nil)
  }

  @Test func refsThatMoveBehindItsBack() throws {
    let server = try Server { $0.branch("old", at: "main") }
    let base = server.main
    let good = try server.approved("good", on: [base])
    try server.push(server.line("main", good))
    let bad = try server.commit("bad\n", on: [good])
    let moves: [(String, ObjectID, ObjectID)] = [
      ("main", bad, good), ("old", bad, base), ("old", .zero, base), ("new", bad, .zero),
      ("refs/tags/v1", bad, .zero), ("refs/gitrel/evidence", bad, .zero),
    ]
    for (name, new, before) in moves {
      try server.set(name, new)
      let faults = try server.audit().faults
      #expect(faults.count == 1, "\(name)")
      #expect(faults.first?.contains("changed without a decision") == true, "\(name)")
      try server.set(name, before)
      #expect(try server.audit().faults == [], "\(name)")
    }
    // It stays known after pushes that go on from there.
    try server.set("main", bad)
    try server.push(server.line("main", try server.approved("next", on: [bad])))
    #expect(try server.audit().faults.count == 1)
    #expect(try server.audit().faults.first?.contains("entry 2 saw") == true)
  }

  /// What was carried out and then undone by hand is a change without a decision, though the ref has a
  /// value that it had before.
  @Test func undoneByHand() throws {
    let server = try Server()
    let base = server.main
    let good = try server.approved("good", on: [base])
    try server.push(server.line("main", good), server.line("wip/a", good))
    #expect(try server.audit().faults == [])
    for (name, before) in [("main", base), ("wip/a", .zero)] {
      try server.set(name, before)
      #expect(try server.audit().faults.count == 1, "\(name)")
      #expect(try server.audit().faults.first?.contains("it is now") == true, "\(name)")
      try server.set(name, good)
    }
    // It stays known after the next push.
    try server.set("main", base)
    try server.push(server.line("main", try server.approved("other", on: [base])))
    #expect(try server.audit().faults.count == 1)
    #expect(try server.audit().faults.first?.contains("entry 2 saw") == true)
  }

  /// Taking a record out to hide an undoing is seen by the entries that name it.
  @Test func rewrittenRecord() throws {
    let server = try Server()
    let one = try server.approved("one", on: [server.main])
    let two = try server.approved("two", on: [one])
    try server.push(server.line("main", one))
    try server.push(server.line("main", two))
    try server.repo.git("update-ref", "-d", "refs/gitrel/applied")
    #expect(try server.audit().faults.count == 1)
    #expect(try server.audit().faults.first?.contains("refs/gitrel/applied was rewritten") == true)
    #expect(
      try server.judge(server.line("refs/gitrel/applied", two)).decision.answer == .refused)
  }

  @Test func permitsThatLostOrWereNeverApplied() throws {
    let server = try Server()
    let one = try server.approved("one", on: [server.main])
    let two = try server.approved("two", on: [server.main])
    // A15: both said yes to, one wins.
    #expect(try server.judge(server.line("main", one)).answer == .accepted)
    #expect(try server.judge(server.line("main", two)).answer == .accepted)
    #expect(try server.audit().faults == [])
    try server.set("main", one)
    #expect(try server.audit().faults == [])
    // Refusals between change nothing.
    _ = try server.judge(server.line("main", try server.commit("bad\n", on: [one])))
    #expect(try server.audit().faults == [])
    // A16: permitted and never applied; the next one goes on from what was.
    #expect(
      try server.judge(server.line("main", try server.approved("x", on: [one]))).answer
        == .accepted)
    let next = try server.approved("next", on: [one])
    #expect(try server.push(server.line("main", next)).answer == .accepted)
    #expect(try server.audit().faults == [])
    // A branch that comes, goes and comes.
    for id in [one, ObjectID.zero, two, .zero] {
      #expect(try server.push(server.line("wip/a", id)).answer == .accepted)
      #expect(try server.audit().faults == [])
    }
  }

  @Test func refusalWithManyRefsDoesNotBlindTheAudit() throws {
    let server = try Server()
    let lines = (0..<900).map { "\(ObjectID.zero.hex) \(server.main.hex) refs/x/\($0)\n" }
    #expect(try server.judge(Bytes(lines.joined().utf8)).answer == .refused)
    #expect(try server.entries().last?.refs == nil)
    try server.set("main", try server.commit("bad\n", on: [server.main]))
    #expect(try server.audit().faults.count == 1)
  }

  @Test func entriesStaySmall() throws {
    let server = try Server()
    let names = [
      String(repeating: "\u{430}", count: 95), String(repeating: "\u{1F600}", count: 47),
      "e" + String(repeating: "\u{301}", count: 90), String(repeating: "\\", count: 190),
      String(repeating: "\u{1}", count: 190), String(repeating: "\"", count: 190),
    ]
    for name in names {
      for count in [1, 7, 9, 20, 90] {
        let lines = (0..<count).map {
          "\(server.main.hex) \(server.main.hex) refs/heads/\(name)\($0)\n"
        }
        let outcome = try server.judge(
          Bytes(lines.joined().utf8), pusher: String(repeating: "\u{430}", count: 300))
        #expect(outcome.answer == .refused)
        #expect(outcome.sequence != nil)
      }
    }
    for entry in try server.entries() { #expect(entry.line.count <= DecisionLog.maximumLine) }
    #expect(try server.audit().faults == [])
  }

  @Test func logThatCannotBeWritten() throws {
    let server = try Server()
    let good = try server.approved("good", on: [server.main])
    let line = server.line("main", good)
    #expect(try server.judge(line).sequence == 1)
    // Another writer of the ref, or one that died.
    let lock = server.repo.path + "/refs/gitrel/log.lock"
    try write("", to: lock)
    let locked = try server.judge(line)
    #expect(locked.answer == .undecided)
    #expect(locked.refusing == ["decision-log"])
    #expect(locked.sequence == nil)
    unlink(lock)
    #expect(try server.judge(line).sequence == 2)
    // No file where the lock should be.
    let file = server.repo.path + "/gitrel.lock"
    unlink(file)
    mkdir(file, 0o755)
    #expect(try server.judge(line).refusing == ["decision-log"])
    rmdir(file)
    symlink("/etc/passwd", file)
    #expect(try server.judge(line).refusing == ["decision-log"])
    unlink(file)
    // The ref is a symbolic one, or no log.
    try server.repo.git("symbolic-ref", "refs/gitrel/log", "refs/heads/main")
    #expect(try server.judge(line).refusing == ["decision-log"])
    try server.repo.git("symbolic-ref", "--delete", "refs/gitrel/log")
    try server.set("refs/gitrel/log", server.main)
    #expect(try server.judge(line).refusing == ["decision-log"])
    #expect(server.main != good)
  }

  @Test func lockHeldByAnother() throws {
    let server = try Server()
    let file = open(server.repo.path + "/gitrel.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    defer { close(file) }
    #expect(flock(file, LOCK_EX) == 0)
    let line = Bytes(server.line("wip/a", server.main).utf8)
    let start = ContinuousClock.now
    let outcome = try server.gate(lockWait: 1).receive(line, pusher: nil) {
      Instant(seconds: server.time)
    }
    #expect(ContinuousClock.now - start >= .seconds(1))
    #expect(outcome.answer == .undecided)
    #expect(outcome.words.contains("another push is being decided"))
    flock(file, LOCK_UN)
    #expect(try server.judge(line).answer == .accepted)
    #expect(DecisionLog.lockWait == 5)
  }

  @Test func clockSetBack() throws {
    let server = try Server()
    let good = try server.approved("good", on: [server.main])
    let line = server.line("main", good)
    #expect(try server.judge(line).answer == .accepted)
    server.time -= 299
    #expect(try server.judge(line).answer == .accepted)
    server.time -= 3600
    let outcome = try server.judge(line)
    #expect(outcome.answer == .undecided)
    #expect(outcome.words.contains("behind the last decision"))
    #expect(try server.judge(line).answer == .accepted, "once: then that is the time")
    server.time += 100_000_000
    #expect(try server.judge(line).answer == .accepted)
    server.time = -1
    #expect(try server.judge(line).answer != .accepted, "no clock of a server")
    #expect(try server.audit().faults == [])
  }

  /// The clock is looked at again under the lock: a push that was judged before noon is judged again
  /// when it is recorded after noon.
  @Test func clockMovesWhileAPushWaits() throws {
    let server = try Server()
    let start = server.time
    var asked = 0
    let outcome = try server.gate().receive(
      Bytes(server.line("wip/a", server.main).utf8), pusher: nil
    ) {
      asked += 1
      return Instant(seconds: start + Int64(asked - 1) * 60)
    }
    #expect(outcome.decision.answer == .accepted)
    #expect(outcome.decision.instant.seconds > start)
  }

  @Test func twoGatesAtOnce() async throws {
    let server = try Server()
    let (path, main, time) = (server.repo.path, server.main, server.time)
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<8 {
        let line = Bytes("\(ObjectID.zero.hex) \(main.hex) refs/heads/wip/\(number)\n".utf8)
        group.addTask {
          let gate = try? ServerGate(gitDirectory: path, quarantine: nil)
          let outcome = gate?.receive(line, pusher: nil) { Instant(seconds: time) }
          return outcome?.decision.answer == .accepted
        }
      }
      for await accepted in group { #expect(accepted) }
    }
    #expect(try server.entries().map(\.sequence) == Array(1...8))
    #expect(try server.audit().faults == [])
  }

  @Test func refsThatTheLogDoesNotKnow() throws {
    let server = try Server()
    let good = try server.approved("good", on: [server.main])
    let base = server.main
    try server.push(server.line("main", good))
    let lines = (0..<500).map { "\(ObjectID.zero.hex) \(base.hex) refs/heads/wip/\($0)\n" }
    #expect(try server.judge(Bytes(lines.joined().utf8)).answer == .accepted)
    func unlogged(_ lines: String...) throws -> [String] {
      let updates = try HookLines.received(Bytes(lines.joined().utf8))
      return try LogAudit.unlogged(updates, gitDirectory: server.repo.path).map(\.name.short)
    }
    #expect(try unlogged(server.line("main", good, from: base)) == [])
    #expect(try unlogged(lines.joined()) == [])
    let other = (0..<500).map { "\(ObjectID.zero.hex) \(good.hex) refs/heads/wip/\($0)\n" }
    #expect(try unlogged(other.joined()).count == 500, "as many, and others")
    #expect(try unlogged(server.line("main", base, from: good)) == ["main"])
  }
}
