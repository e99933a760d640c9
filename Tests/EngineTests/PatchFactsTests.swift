import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// What of a push is new, line by line.
@Suite struct PatchFactsTests {
  private func told(
    _ repo: TestRepository, _ old: String?, _ new: String, endings: Set<String> = ["c"],
    _ search: PatchSearch = PatchSearch()
  ) throws -> [String] {
    let store = try Repository.open(at: repo.path)
    let reading = try PatchFacts(store).reading(
      of: store.commit(repo[new]), since: old.map { repo[$0] },
      endings: Set(endings.map { Bytes($0.utf8) }), search)
    return reading.files.map { file in
      let lines = file.lines.map { lines in
        lines.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
      }
      return "\(file.path.printable) \(lines ?? (file.isTooLarge ? "too large" : "no text"))"
    }
  }

  private static let ten = (1...10).map { "line \($0)\n" }.joined()

  @Test func addedChangedDeletedAndMoved() throws {
    let ten = Self.ten
    let repo = try TestRepository { git in
      git.commit(
        "old",
        files: [
          "a.c": ten, "gone.c": ten + "a\n", "moved.c": ten + "b\n", "edited.c": ten + "c\n",
          "same.c": "1\n", "README": "x", "p.c": "1\n\0",
        ])
      git.commit(
        "new",
        files: [
          "a.c": ten.replacing("line 5\n", with: "five\nsix\n"), "gone.c": nil, "moved.c": nil,
          "edited.c": nil, "src/moved.c": ten + "b\n",
          "src/edited.c": ten.replacing("line 1\n", with: "one\n") + "c\n", "README": "y",
          "new.c": "1\n2\n", "p.c": "2\n\0", "copy.c": "1\n",
        ])
    }
    #expect(
      try told(repo, "old", "new") == [
        "a.c 5-6", "copy.c 1-1", "new.c 1-2", "p.c no text", "src/edited.c 1-1", "src/moved.c ",
      ])
    #expect(
      try told(
        repo, "old", "new", endings: ["h"], PatchSearch(paths: try PathSelection(["README"])))
        == ["README 1-1"])
    #expect(try told(repo, nil, "old").count == 6)
    #expect(try told(repo, "new", "new") == [])
  }

  @Test func aFileThatHasLittleInCommonIsNew() throws {
    let repo = try TestRepository { git in
      git.commit("old", files: ["a.c": Self.ten])
      git.commit("new", files: ["a.c": nil, "b.c": "line 1\nline 2\nx\ny\nz\n"])
    }
    #expect(try told(repo, "old", "new") == ["b.c 1-5"])
  }

  @Test func aFileOfTheSameNameIsTakenBeforeOneThatIsMoreAlike() throws {
    let repo = try TestRepository { git in
      git.commit(
        "old", files: ["a.c": Self.ten.replacing("line 1\n", with: "one\n"), "b.c": Self.ten])
      git.commit("new", files: ["a.c": nil, "b.c": nil, "x/a.c": Self.ten + "11\n"])
    }
    #expect(try told(repo, "old", "new") == ["x/a.c 1-1,11-11"])
  }

  // MARK: - On the server

  private static let policy = """
    version: 1
    rulesets:
      - name: production
        refs: [main, "release/*"]
        rules:
          coverage: {patch: 80%}

    """

  /// States coverage of `file` about the tree of `commit`: these lines are covered, those below zero not.
  private func state(
    _ server: Server, about commit: ObjectID, _ lines: [Int], file: String = "/ci/src/a.c"
  ) throws {
    var state = CoveredLines()
    for line in lines { state.note(line: abs(line), isHit: line > 0) }
    let run = RecordedRun(recorded: Instant(seconds: server.time), configuration: [])
    let statement = Statement(
      subjects: [Subject(tree: try server.tree(of: commit), commit: commit)],
      predicate: .coverage(
        CoverageResult(CoverageFigures(detail: [Bytes(file.utf8): state]), run: run)))
    let envelope = Envelope(
      payloadType: Envelope.statementType, payload: statement.encoded, signatures: [])
    let place = EvidenceRefTests.file(envelope.encoded, about: try server.tree(of: commit))
    let tip = server.held(EvidenceRefTests.ref)
    let evidence = try EvidenceRefTests.commit(server, [place], on: tip.isZero ? [] : [tip])
    #expect(
      try server.push(server.line(EvidenceRefTests.ref, evidence)).answer == .accepted)
  }

  private func told(_ server: Server, _ name: String, _ id: ObjectID) throws -> String {
    let judged = try server.judge(server.line(name, id)).decision.updates.flatMap(\.judged)
      .first { $0.rule.text == "coverage" }
    return judged?.verdict.explanation.summary.split(separator: "; ").last.map { String($0) } ?? ""
  }

  @Test func aBranchIsComparedWithWhatItHad() throws {
    let server = try Server(Self.policy) { git in
      git.commit("old", files: ["src/a.c": Self.ten])
      git.commit("one", on: "topic", from: "old", files: ["src/a.c": Self.ten + "11\n"])
      git.commit("two", on: "topic", files: ["src/a.c": "0\n" + Self.ten + "11\n12\n"])
      git.commit("words", on: "words", from: "old", files: ["README": "hello, hello\n"])
      git.commit("less", on: "less", from: "old", files: ["src/a.c": "line 1\nline 3\n"])
    }
    let (two, words, less) = (server.repo["two"], server.repo["words"], server.repo["less"])
    try state(server, about: two, [1, -2, -3, 12, -13])
    try state(server, about: words, [-1, -2, -3])
    try state(server, about: less, [-1, -2])
    // All commits of the push together, and not what was there before.
    #expect(try told(server, "main", two) == "changed lines 66.66% (2 of 3), at least 80%")
    let nothing = "no changed line is one that a report measures"
    #expect(try told(server, "main", words) == nothing)
    #expect(try told(server, "main", less) == nothing)
  }

  @Test func aNewBranchIsComparedWithWhereItLeftTheTrustedOne() throws {
    let server = try Server(Self.policy) { git in
      git.commit("old", files: ["src/a.c": Self.ten])
      git.commit("fix", on: "fix", from: "old", files: ["src/a.c": Self.ten + "11\n"])
      git.commit("main goes on", on: "main", from: "old", files: ["src/a.c": "0\n" + Self.ten])
    }
    let fix = server.repo["fix"]
    try state(server, about: fix, [-1, -2, 11])
    #expect(try told(server, "release/1", fix) == "changed lines 100% (1 of 1)")
    // What left it nowhere is compared with all of it.
    let other = try server.commit("x", on: [], tree: server.tree(of: fix))
    #expect(try told(server, "release/1", other) == "changed lines 100% (1 of 1)")
  }
}
