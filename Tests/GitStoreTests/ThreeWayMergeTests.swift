import GitModel
import GitrelTestSupport
import Testing

@testable import GitStore

/// Merges are replayed as git makes them, or not at all.
@Suite struct ThreeWayMergeTests {
  private struct Numbers {
    var state: UInt64
    mutating func next(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
  }

  private static let names = ["a", "b", "sub/c", "sub/deep/d", "e"]

  /// Some edits of one side: lines changed, added and taken out, files made and taken away.
  private static func edited(
    _ files: [String: String], _ numbers: inout Numbers, side: String
  ) -> [String: String?] {
    var out: [String: String?] = [:]
    for count in 0..<(1 + numbers.next(3)) {
      let name = names[numbers.next(names.count)]
      guard let text = out[name] ?? files[name] else { continue }
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let place = numbers.next(max(1, lines.count - 1))
      switch numbers.next(8) {
      case 0: lines.remove(at: place)
      case 1: lines.insert("\(side) new \(count)", at: place)
      case 2:
        out[name] = .some(nil)
        continue
      case 3: out["sub/\(side)\(count)"] = "\(side)\n"
      default: lines[place] = "\(side) \(numbers.next(3))"
      }
      out[name] = lines.joined(separator: "\n")
    }
    return out
  }

  /// What was approved before `git rebase` is what stands there after it, commit by commit.
  @Test("a rebase of git's is replayed, and one that stops is not", arguments: 101...140)
  func equalsRebase(_ seed: Int) throws {
    var numbers = Numbers(state: UInt64(seed) &* 7919)
    var files: [String: String] = [:]
    for name in Self.names {
      files[name] = (0..<24).map { "\(name) line \($0)\n" }.joined()
    }
    let ahead = Self.edited(files, &numbers, side: "ahead")
    let first = Self.edited(files, &numbers, side: "first")
    let between = files.merging(first.compactMapValues { $0 }) { $1 }
    let second = Self.edited(between, &numbers, side: "second").filter {
      first[$0.key] != .some(nil)
    }
    let repo = try TestRepository { git in
      git.commit("base", on: "main", files: files)
      git.commit("ahead", on: "ahead", from: "base", files: ahead)
      git.commit("first", on: "feature", from: "base", files: first)
      git.commit("second", on: "feature", files: second)
    }
    let opened = try Repository.open(at: repo.path)
    let (base, onto) = (try opened.commit(repo["base"]), try opened.commit(repo["ahead"]))
    let approved = [base] + (try ["first", "second"].map { try opened.commit(repo[$0]) })
    try repo.git("checkout", "--quiet", "--force", "feature")
    let isClean = (try? repo.git("rebase", "--quiet", "--empty=keep", "ahead")) != nil
    func residue(_ number: Int, onto parent: Commit, as result: ObjectID) throws -> [Bytes] {
      var budget = 10_000
      return try opened.residue(
        ofMerging: approved[number].tree, into: parent.tree, over: approved[number - 1].tree,
        as: result, spending: &budget)
    }
    if isClean {
      let rebased = try repo.git("rev-list", "--reverse", "ahead..feature").split(separator: "\n")
        .compactMap { ObjectID(hex: Bytes($0.utf8)) }
      #expect(rebased.count == 2)
      var parent = onto
      for (number, id) in rebased.enumerated() {
        let commit = try opened.commit(id)
        #expect(try residue(number + 1, onto: parent, as: commit.tree).isEmpty)
        parent = commit
      }
      return
    }
    // Where it stopped, whatever is made of the conflict is not what was approved.
    let stopped = try #require(
      ObjectID(hex: Bytes(try repo.git("rev-parse", "HEAD").prefix(40).utf8)))
    let parent = try opened.commit(stopped)
    let number = parent.id == onto.id ? 1 : 2
    for tree in [parent.tree, approved[number].tree] {
      #expect(try !residue(number, onto: parent, as: tree).isEmpty)
    }
  }

  @Test("a clean merge of git's is replayed, and a conflict is none", arguments: 1...60)
  func equalsGit(_ seed: Int) throws {
    var numbers = Numbers(state: UInt64(seed) &* 7919)
    var files: [String: String] = [:]
    for name in Self.names {
      files[name] = (0..<24).map { "\(name) line \($0)\n" }.joined()
    }
    let ours = Self.edited(files, &numbers, side: "ours")
    let theirs = Self.edited(files, &numbers, side: "theirs")
    let repo = try TestRepository(bare: true) { git in
      git.commit("base", files: files)
      for (side, edits) in [("ours", ours), ("theirs", theirs)] {
        git.commit(side, on: side, from: "base", files: edits)
      }
    }
    let merged = try? repo.git("merge-tree", "--write-tree", "ours", "theirs")
    let opened = try Repository.open(at: repo.path)
    let trees = try ["base", "ours", "theirs"].map { try opened.commit(repo[$0]).tree }
    func residue(as result: ObjectID) throws -> [Bytes] {
      var budget = 10_000
      return try opened.residue(
        ofMerging: trees[2], into: trees[1], over: trees[0], as: result, spending: &budget)
    }
    guard let merged, let tree = ObjectID(hex: Bytes(merged.prefix(40).utf8)) else {
      // In conflict nothing is reproduced, whichever way somebody solved it.
      for tree in trees { #expect(try !residue(as: tree).isEmpty) }
      return
    }
    #expect(try residue(as: tree).isEmpty)
    // Something more is told by its path, at whatever depth.
    let more = try repo.writeObject(.blob, Bytes("evil\n".utf8))
    let entries = try opened.tree(tree)
    guard let first = entries.first(where: { $0.isFile }) else { return }
    let changed = entries.map { entry in
      "\(entry.isTree ? "40000" : "100644") \(entry.name.printable)" + "\0"
    }
    var bytes = Bytes()
    for (entry, head) in zip(entries, changed) {
      bytes += Bytes(head.utf8) + (entry == first ? more : entry.id).raw
    }
    let evil = try repo.writeObject(.tree, bytes)
    #expect(try residue(as: evil) == [first.name])
  }
}
