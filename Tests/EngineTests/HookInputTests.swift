import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// THREATS.md A: nothing on the hook's standard input is a fact.
@Suite struct HookInputTests {
  private static let zeros = String(repeating: "0", count: 40)
  private static let ones = String(repeating: "1", count: 40)

  static let malformed: [(String, Bytes)] = [
    ("empty", []),
    ("no line end", Bytes("\(zeros) \(ones) refs/heads/a".utf8)),
    ("blank in the name", Bytes("\(zeros) \(ones) refs/heads/a b\n".utf8)),
    ("41 digits", Bytes("\(zeros) 1\(ones) refs/heads/a\n".utf8)),
    ("39 digits", Bytes("\(zeros) \(ones.dropLast()) refs/heads/a\n".utf8)),
    ("capitals", Bytes("\(zeros) \(String(repeating: "A", count: 40)) refs/heads/a\n".utf8)),
    ("no name", Bytes("\(zeros) \(ones) \n".utf8)),
    ("no name and no blank", Bytes("\(zeros) \(ones)\n".utf8)),
    ("tab", Bytes("\(zeros)\t\(ones) refs/heads/a\n".utf8)),
    ("both ids zero", Bytes("\(zeros) \(zeros) refs/heads/a\n".utf8)),
    ("empty line", Bytes("\n".utf8)),
    ("empty line after a good one", Bytes("\(zeros) \(ones) refs/heads/a\n\n".utf8)),
    ("name with LF", Bytes("\(zeros) \(ones) refs/heads/a\nb\n".utf8)),
    (
      "a line longer than git's",
      Bytes("\(zeros) \(ones) refs/heads/".utf8)
        + Bytes(repeating: UInt8(ascii: "a"), count: 70_000) + [10]
    ),
    (
      "twice the same ref",
      Bytes("\(zeros) \(ones) refs/heads/a\n\(ones) \(zeros) refs/heads/a\n".utf8)
    ),
    ("NULs", Bytes(repeating: 0, count: 100) + [10]),
    ("noise", Bytes((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 3) }) + [10]),
  ]

  @Test(arguments: malformed.indices)
  func malformedInputIsRefusedAsAWhole(_ number: Int) throws {
    let (name, input) = Self.malformed[number]
    let server = try Server()
    let outcome = try server.judge(input)
    #expect(outcome.answer == .undecided, "\(name)")
    #expect(outcome.refusing == ["hook-input"], "\(name)")
    #expect(outcome.sequence == 1)
    #expect(try server.audit().faults == [])
  }

  @Test func floodOfLinesEndsAtOnce() throws {
    let server = try Server()
    let line = Bytes("\(Self.zeros) \(server.main.hex) refs/heads/wip/a\n".utf8)
    let flood = line + Bytes(repeating: 10, count: 12 << 20)
    let start = ContinuousClock.now
    #expect(try server.judge(Bytes(repeating: 10, count: 12 << 20)).refusing == ["hook-input"])
    #expect(try server.judge(flood).refusing == ["hook-input"])
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func longestNamesAreNamesAndNothingMore() throws {
    let server = try Server()
    // git hands over what fits into a packet: bytes that are shown as four characters each.
    let lines = (0..<5).map { number in
      Bytes("\(Self.zeros) \(server.main.hex) refs/heads/\(number)".utf8)
        + Bytes(repeating: 0xFF, count: 60_000) + [10]
    }
    let outcome = try server.judge(Bytes(lines.joined()))
    #expect(outcome.answer == .refused)
    #expect(outcome.words.utf8.count < 5 * 4000)
    #expect(try server.entries().allSatisfy { $0.line.count <= DecisionLog.maximumLine })
    #expect(try server.audit().faults == [])
  }

  @Test func oldValuesAreReadAndNotBelieved() throws {
    let server = try Server()
    let next = try server.approved("next", on: [server.main])
    let claims: [(ObjectID, String)] = [
      (.zero, "main exists"), (next, "main is at"), (.nowhere, "main is at"),
    ]
    for (claim, words) in claims {
      let outcome = try server.judge(server.line("main", next, from: claim))
      #expect(outcome.answer == .refused)
      #expect(outcome.refusing == ["main stale"])
      #expect(outcome.words.contains(words))
      // What was really there is what the log says.
      #expect(outcome.decision.updates.map(\.update.old) == [server.main])
    }
    let gone = try server.judge(server.line("wip/a", .zero, from: server.main))
    #expect(gone.refusing == ["wip/a stale"])
    #expect(gone.words.contains("does not exist"))
    #expect(try server.judge(server.line("main", next)).answer == .accepted)
    #expect(try server.audit().faults == [])
  }

  @Test func claimsNeverReachTheLogWhenThereIsNoPolicy() throws {
    let server = try Server("nonsense: [\n")
    let next = try server.approved("next", on: [server.main])
    let outcome = try server.judge(
      server.line("main", next, from: next), server.line("wip/a", .zero, from: next))
    #expect(outcome.answer == .undecided)
    #expect(try server.entries().first?.refs?.map(\.old) == [server.main, .zero])
    #expect(try server.audit().faults == [])
  }

  @Test func objectThatDoesNotExist() throws {
    let server = try Server()
    for name in ["wip/a", "main", "refs/tags/v1", "refs/gitrel/evidence"] {
      let outcome = try server.judge(server.line(name, .nowhere))
      #expect(outcome.answer == .undecided, "\(name)")
      #expect(outcome.refusing.first?.hasSuffix("object") == true)
      #expect(outcome.words.contains("GIT_QUARANTINE_PATH"))
    }
  }

  @Test func quarantine() throws {
    let server = try Server()
    let outside = server.repo.directory.file("elsewhere")
    try write("", to: outside + "/x")
    for path in [outside, "/", "/nonexistent", server.repo.path] {
      let outcome = try server.gate(quarantine: path)
        .receive(Bytes(server.line("wip/a", server.main).utf8), pusher: nil) { Instant(seconds: 0) }
      #expect(outcome.answer == .undecided)
      #expect(outcome.words.contains("quarantine"))
      #expect(outcome.sequence != nil, "also this refusal is in the log")
    }
    #expect(try server.entries().count == 4)
    // New objects are seen in the quarantine, and nothing is written there.
    let folder = server.repo.path + "/objects/tmp_objdir-incoming-abc"
    try write("", to: folder + "/x")
    let text =
      "tree \(try server.tree(of: server.main).hex)\nparent \(server.main.hex)\n"
      + "author \(Server.author)\ncommitter \(Server.author)\n\nx\n\nReviewed-by: Bo <b@x.org>\n"
    let id = try server.repo.writeObject(
      .commit, Bytes(text.utf8),
      adding: [
        "GIT_OBJECT_DIRECTORY": folder,
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": server.repo.path + "/objects",
      ])
    let lines = Bytes(server.line("main", id).utf8)
    func receive(_ quarantine: String?) throws -> ServerGate.Outcome {
      try server.gate(quarantine: quarantine).receive(lines, pusher: nil) {
        Instant(seconds: server.time)
      }
    }
    #expect(try receive(nil).refusing == ["main object"])
    #expect(try receive(folder).answer == .accepted)
    #expect(try server.repo.git("fsck", "--no-dangling") == "")
    #expect(try server.audit().faults == [])
  }

  @Test func placesThatBelongToGitrelOrChangeWhatIsRead() throws {
    let server = try Server()
    try server.push(server.line("wip/a", server.main))
    let names = [
      "refs/gitrel/log", "refs/gitrel/other", "refs/gitrel/evidence/x", "refs/gitrel/log-archive/1",
      "refs/replace/\(server.main.hex)", "refs/notes/x", "refs/meta/config", "refs/changes/1",
      "refs/namespaces/x/refs/heads/main", "refs/pull/1/head", "refs/stash", "refs/remotes/o/main",
      "refs/heads2/main", "refs/Heads/main", "HEAD", "refs/gitrel", "main",
    ]
    for name in names {
      for new in [server.main, .zero] {
        let line = "\(server.repo[name].hex) \(new.hex) \(name)\n"
        guard !server.repo[name].isZero || !new.isZero else { continue }
        let outcome = try server.judge(line)
        #expect(outcome.answer == .refused, "\(name)")
        #expect(outcome.sequence != nil, "\(name)")
      }
    }
    #expect(try server.audit().faults == [], "also where the log's own ref was pushed to")
  }

  @Test func foldersAgainstFiles() throws {
    let server = try Server { $0.branch("release/1", at: "main") }
    let tip = server.main
    #expect(try server.judge(server.line("release", tip)).refusing == ["release ref-name"])
    #expect(try server.judge(server.line("release/1/x", tip)).refusing == ["release/1/x ref-name"])
    let both = try server.judge(server.line("wip/a", tip), server.line("wip/a/b", tip))
    #expect(both.refusing == ["wip/a ref-name", "wip/a/b ref-name"])
    // Prefixes that are no folders are fine.
    #expect(
      try server.judge(
        server.line("release-2", tip), server.line("wip/a", tip),
        server.line("wip/ab", tip)
      ).refusing == [])
    // One goes as the other comes.
    try server.push(server.line("wip/x", tip))
    #expect(
      try server.judge(server.line("wip/x", .zero), server.line("wip/x/y", tip)).answer
        == .accepted)
    // A tag and a branch of one name.
    #expect(try server.judge(server.line("refs/tags/wip/X", tip)).refusing == ["wip/X ref-name"])
    #expect(
      try server.judge(server.line("wip/n", tip), server.line("refs/tags/WIP/n", tip)).refusing
        == ["WIP/n ref-name", "wip/n ref-name"])
    #expect(try server.judge(server.line("MAIN", tip)).refusing == ["MAIN ref-name"])
    try server.repo.git("pack-refs", "--all")
    #expect(try server.judge(server.line("Release/1", tip)).refusing == ["Release/1 ref-name"])
    #expect(try server.judge(server.line("release", tip)).refusing == ["release ref-name"])
  }

  @Test func thousandRefsAndOneMore() throws {
    let server = try Server()
    let name = String(repeating: "n", count: 180)
    let lines = (0..<1000).map { server.zeroLine("wip/\(name)\($0)") }
    let outcome = try server.judge(Bytes(lines.joined().utf8))
    #expect(outcome.answer == .accepted)
    #expect(try server.entries().first?.refs == nil)
    #expect(try server.entries().first?.refCount == 1000)
    #expect(try server.entries().first.map { $0.line.count <= 16 << 10 } == true)
    let more = lines + [server.zeroLine("wip/more")]
    #expect(try server.judge(Bytes(more.joined().utf8)).refusing == ["hook-input"])

    // All of it is known to the audit, although the line had no room.
    #expect(try server.audit().faults == [])
    let made = lines.map { "create \($0.dropFirst(82).dropLast()) \(server.main.hex)\n" }.joined()
    try server.repo.git(["update-ref", "--stdin"], input: Bytes(made.utf8))
    #expect(try server.audit().faults == [])
    try server.set("wip/\(name)7", try server.commit("behind\n", on: [server.main]))
    #expect(try server.audit().faults.count == 1)
    #expect(try server.audit().faults.first?.contains("\(name)7 changed without") == true)
  }

  @Test func manyRefsCostNoProduct() throws {
    let server = try Server()
    var packed = "# pack-refs with: peeled fully-peeled sorted \n"
    for number in 10_000..<13_000 {
      packed += "\(server.main.hex) refs/heads/other/\(number)\n"
    }
    try server.repo.git("pack-refs", "--all")
    try write(
      packed.replacing("sorted \n", with: "sorted \n\(server.main.hex) refs/heads/main\n"),
      to: server.repo.path + "/packed-refs")
    let lines = (0..<1000).map { server.zeroLine("wip/\($0)") }.joined()
    let start = ContinuousClock.now
    #expect(try server.judge(Bytes(lines.utf8)).answer == .accepted)
    #expect(ContinuousClock.now - start < .seconds(30))
  }
}

extension Server {
  /// A line that creates a ref at main.
  fileprivate func zeroLine(_ name: String) -> String { line(name, mainOnce, from: .zero) }
}
