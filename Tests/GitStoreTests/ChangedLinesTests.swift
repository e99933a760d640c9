import GitModel
import GitStore
import GitrelTestSupport
import Testing

@Suite struct ChangedLinesTests {
  /// As many bytes as any test reads.
  private static let room = 64 << 20

  @Test func whatIsNew() throws {
    let repo = try TestRepository { git in
      git.commit("old", files: ["a": "1\n2\n3\n4\n5\n", "b": "x\n", "z": "\0\n", "e": ""])
      git.commit("new", files: ["a": "0\n1\n3\nfour\n5", "b": "x\ny", "z": "z\n"])
    }
    let store = try Repository.open(at: repo.path)
    var budget = Self.room
    func lines(_ old: String?, _ new: String) throws -> ChangedLines {
      try store.changedLines(from: old.map { repo[$0] }, to: repo[new], spending: &budget)
    }
    let (old, new) = (repo["old"].hex, repo["new"].hex)
    #expect(try lines("\(old):a", "\(new):a") == .lines([1...1, 4...5]))
    #expect(try lines("\(old):a", "\(old):a") == .lines([]))
    #expect(try lines("\(new):b", "\(old):b") == .lines([]))
    #expect(try lines("\(old):b", "\(new):b") == .lines([2...2]))
    #expect(try lines(nil, "\(new):a") == .lines([1...5]))
    #expect(try lines("\(old):e", "\(new):a") == .lines([1...5]))
    #expect(try lines(nil, "\(old):e") == .lines([]))
    #expect(try lines("\(old):z", "\(new):z") == .lines([1...1]))
    #expect(try lines("\(new):z", "\(old):z") == .notText)
    #expect(budget < Self.room)
  }

  @Test func tooMuch() throws {
    let line = String(repeating: "x", count: 1023) + "\n"
    let repo = try TestRepository { git in
      git.commit("big", files: ["a": String(repeating: line, count: 8193), "b": "1\n", "c": "2\n"])
    }
    let store = try Repository.open(at: repo.path)
    var budget = Self.room
    #expect(try store.changedLines(from: nil, to: repo["main:a"], spending: &budget) == .tooLarge)
    #expect(
      try store.changedLines(from: repo["main:a"], to: repo["main:b"], spending: &budget)
        == .tooLarge)
    var little = 100
    let error = #expect(throws: GitError.self) {
      try store.changedLines(from: repo["main:b"], to: repo["main:c"], spending: &little)
    }
    #expect(error?.code == .limit)
  }

  /// Against `git diff -U0`, over many made-up edits.
  @Test func asGitTells() throws {
    var seed: UInt64 = 42
    func next(_ below: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % below
    }
    let words = ["if x {", "}", "", "  return", "    y += 1", "else", "# note"]
    var (before, after): ([String: String], [String: String]) = ([:], [:])
    for file in 0..<150 {
      var lines = (0..<next(60)).map { _ in words[next(words.count)] }
      before["f\(file)"] = lines.map { $0 + "\n" }.joined()
      for _ in 0..<(1 + next(6)) {
        let place = next(lines.count + 1)
        if next(2) == 0, place < lines.count {
          lines.remove(at: place)
        } else {
          lines.insert(contentsOf: (0...next(3)).map { _ in words[next(words.count)] }, at: place)
        }
      }
      after["f\(file)"] = lines.map { $0 + "\n" }.joined()
    }
    let repo = try TestRepository { git in
      git.commit("old", files: before.mapValues { $0 })
      git.commit("new", files: after.mapValues { $0 })
    }
    let store = try Repository.open(at: repo.path)
    var budget = Self.room
    for file in before.keys.sorted() {
      let (old, new) = ("\(repo["old"].hex):\(file)", "\(repo["new"].hex):\(file)")
      var expected: [ClosedRange<Int>] = []
      for line in try repo.git("diff", "-U0", old, new).split(separator: "\n") {
        guard let match = line.wholeMatch(of: /@@ -\S+ \+(\d+)(?:,(\d+))? @@.*/),
          let start = Int(match.1)
        else { continue }
        let count = match.2.flatMap { Int($0) } ?? 1
        if count > 0 { expected.append(start...(start + count - 1)) }
      }
      #expect(
        try store.changedLines(from: repo[old], to: repo[new], spending: &budget)
          == .lines(expected), "\(file)")
    }
  }

  @Test func alike() throws {
    let repo = try TestRepository { git in
      git.commit(
        "old", files: ["a": "1\n2\n3\n4\n", "b": "1\n2\n\n9\n3\n", "c": "1\n1\n1\n", "z": "\0"])
    }
    let store = try Repository.open(at: repo.path)
    var budget = Self.room
    func likeness(_ one: String, _ other: String) throws -> Int? {
      try store.likeness(of: repo["main:\(one)"], repo["main:\(other)"], spending: &budget)
    }
    #expect(try likeness("a", "b") == 75)
    #expect(try likeness("a", "c") == 25)
    #expect(try likeness("a", "z") == nil)
  }

  @Test func namesakes() throws {
    let repo = try TestRepository { git in
      git.commit("base", files: ["a.c": "1", "x/a.c": "1", "x/y/a.c": "2", "x/b.c": "1"])
    }
    let store = try Repository.open(at: repo.path)
    let tree = repo["main^{tree}"]
    var budget = 10
    let found = try store.paths(named: [Bytes("a.c".utf8)], inTree: tree, spending: &budget)
    #expect(
      found.mapValues { $0.map(\.printable).sorted() }
        == [Bytes("a.c".utf8): ["a.c", "x/a.c", "x/y/a.c"]])
    #expect(try store.paths(named: [], inTree: tree, spending: &budget).isEmpty)
    var little = 3
    let error = #expect(throws: GitError.self) {
      try store.paths(named: [Bytes("a.c".utf8)], inTree: tree, spending: &little)
    }
    #expect(error?.code == .limit)
  }
}
