import GitModel
import GitStore
import GitrelTestSupport
import Glibc
import Testing

@Suite struct HistoryTests {
  private func names(
    _ commits: [Commit]
  ) -> [String] { commits.map { $0.subject.printable } }

  @Test func childrenBeforeParents() throws {
    let repo = try TestRepository { git in
      git.commit("base")
      git.commit("left", on: "left", from: "base")
      git.commit("right", on: "right", from: "base")
      git.commit("more", on: "right")
      git.commit("octopus", on: "main", merging: ["left", "more"], files: [:])
    }
    let opened = try Repository.open(at: repo.path)
    let found = try opened.newCommits(from: [repo["octopus"]], hiding: [repo["base"]], limit: 9)
    #expect(names(found) == ["octopus", "more", "right", "left"])
    #expect(found[0].parents == [repo["base"], repo["left"], repo["more"]])
    #expect(
      try opened.newCommits(from: [repo["left"]], hiding: [repo["octopus"]], limit: 9).isEmpty)
    #expect(try opened.newCommits(from: [], hiding: [repo["base"]], limit: 9).isEmpty)
    #expect(
      names(try opened.newCommits(from: [repo["left"], repo["right"]], hiding: [], limit: 9))
        == ["right", "left", "base"])
    #expect(
      try opened.firstParentChain(from: repo["more"], to: repo["base"], limit: 9)
        == [repo["more"], repo["right"]])
    #expect(try opened.firstParentChain(from: repo["more"], to: repo["left"], limit: 9) == nil)
    #expect {
      try opened.firstParentChain(from: repo["more"], to: repo["left"], limit: 2)
    } throws: {
      ($0 as? GitError)?.code == .limit
    }
  }

  @Test("steps up a line bring what separate walks bring", arguments: 1...12)
  func newCommitsOfEach(_ seed: Int) throws {
    var state = UInt64(seed) &* 7919
    func number(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
    var line = ["base"]
    var marks = ["base"]
    let repo = try TestRepository { git in
      git.commit("base")
      for count in 0..<60 {
        let name = "c\(count)"
        let isMain = number(3) == 0
        let other = marks[number(marks.count)]
        // Dates lie by weeks.
        let date = 1_767_603_600 + Int64(count) * 3600 + Int64(number(4_000_000)) - 2_000_000
        git.commit(
          name, on: isMain ? "main" : "refs/heads/c/\(count)",
          from: isMain ? nil : marks[number(marks.count)],
          merging: isMain && other != line[line.count - 1] ? [other] : [], date: date)
        marks.append(name)
        if isMain { line.append(name) }
      }
    }
    if seed.isMultiple(of: 3) { try repo.git("commit-graph", "write", "--reachable") }
    if seed.isMultiple(of: 2) { try repo.git("repack", "-adq") }
    let opened = try Repository.open(at: repo.path)
    let start = number(line.count - 1)
    let base = start == 0 ? nil : repo[line[start - 1]]
    // Not every commit of the line is a step.
    let steps = line[start...].enumerated().filter { $0.offset % 2 == seed % 2 }.map(\.element)
    let tips = steps.map { repo[$0] }
    var found: [[ObjectID]] = []
    try opened.newCommits(ofEach: tips, above: base, limit: 99, known: [:]) { place, commits in
      #expect(place == found.count)
      found.append(commits.map(\.id).sorted())
    }
    var old = base
    for (place, tip) in tips.enumerated() {
      let alone = try opened.newCommits(
        from: [tip], hiding: old.map { [$0] } ?? [], limit: 99)
      #expect(found[place] == alone.map(\.id).sorted())
      old = tip
    }
    #expect(found.count == tips.count)
  }

  @Test func holdersOfManyByOneWalk() throws {
    let repo = try TestRepository { git in
      git.commit("base")
      git.commit("a1", on: "a", from: "base")
      git.commit("a2", on: "a")
      git.commit("b1", on: "b", from: "a1")
      git.commit("c1", on: "c", from: "base")
    }
    let opened = try Repository.open(at: repo.path)
    let goals = ["a1", "a2", "b1", "c1", "base"].map { repo[$0] }
    let tips = ["b1", "a2"].map { repo[$0] }
    let all = try opened.holders(of: goals, among: tips, hiding: [], limit: 9)
    #expect(all == [repo["a1"]: 0, repo["b1"]: 0, repo["a2"]: 1, repo["base"]: 0])
    let near = try opened.holders(
      of: [repo["a1"], repo["c1"]], among: tips, hiding: [repo["base"]], limit: 9)
    #expect(near == [repo["a1"]: 0])
    #expect {
      try opened.holders(of: goals, among: tips, hiding: [], limit: 2)
    } throws: {
      ($0 as? GitError)?.description
        == "cannot walk history of '2 branches': they have more than 2 commits that are to be walked"
        + " over"
    }
    // A branch that is damaged behind what is sought may hold it or not.
    let nothing = String(repeating: "42", count: 20)
    let broken = try repo.writeObject(
      .commit,
      Bytes(
        "tree \(repo["main^{tree}"])\nparent \(nothing)\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\n"
          .utf8))
    #expect {
      try opened.holders(of: [repo["c1"]], among: [broken], hiding: [repo["base"]], limit: 9)
    } throws: {
      ($0 as? GitError)?.code == .missing
    }
  }

  @Test func crissCross() throws {
    let repo = try TestRepository { git in
      git.commit("base")
      git.commit("a", on: "a", from: "base")
      git.commit("b", on: "b", from: "base")
      git.commit("ab", on: "a", merging: ["b"])
      git.commit("ba", on: "b", merging: ["a"])
      git.commit("top", on: "a", merging: ["ba"])
    }
    let opened = try Repository.open(at: repo.path)
    let found = try opened.newCommits(from: [repo["top"]], hiding: [repo["ba"]], limit: 9)
    #expect(names(found) == ["top", "ab"])
  }

  @Test func limit() throws {
    let repo = try TestRepository { git in for number in 1...50 { git.commit("c\(number)") } }
    let opened = try Repository.open(at: repo.path)
    #expect(try opened.newCommits(from: [repo["c50"]], hiding: [], limit: 50).count == 50)
    #expect { try opened.newCommits(from: [repo["c50"]], hiding: [], limit: 49) } throws: {
      ($0 as? GitError)?.code == .limit
    }
    #expect(
      try opened.newCommits(from: [repo["c50"]], hiding: [repo["c1"]], limit: 49).count == 49)
  }

  @Test func clocksThatAreWrong() throws {
    // Every combination of a wrong date on the new commit, on what it grows from, and on the tip that
    // hides that.
    let day: Int64 = 86_400
    for (position, dates) in [
      (0, 0, 0), (0, 0, -9000 * day), (0, 9000 * day, -9000 * day), (-9000 * day, 0, 0),
      (9000 * day, -9000 * day, 0), (-9000 * day, 9000 * day, -9000 * day),
    ].enumerated() {
      let now: Int64 = 1_767_603_600
      let repo = try TestRepository { git in
        for number in 1...20 { git.commit("old\(number)") }
        git.commit("grown from", date: now + dates.1)
        git.commit("tip", date: now + dates.2)
        git.commit("new", on: "topic", from: "grown from", date: now + dates.0)
      }
      for graph in [false, true] {
        if graph { try repo.git("commit-graph", "write", "--reachable") }
        let opened = try Repository.open(at: repo.path)
        let found = try opened.newCommits(from: [repo["new"]], hiding: [repo["tip"]], limit: 9)
        #expect(names(found) == ["new"], "\(position)")
      }
    }
  }

  @Test func aLongHistoryBehindAWrongClock() throws {
    // The tip that hides everything claims to be from 1970, so the walk meets the history first.
    let repo = try TestRepository { git in
      for number in 1...1500 { git.commit("c\(number)", files: ["f": "\(number)"]) }
      git.commit("tip", date: 1)
      git.commit("new", on: "topic", from: "c1500")
    }
    let opened = try Repository.open(at: repo.path)
    let found = try opened.newCommits(from: [repo["new"]], hiding: [repo["tip"]], limit: 10)
    #expect(names(found) == ["new"])
  }

  @Test func shallowClone() throws {
    let origin = try TestRepository(bare: true) { git in
      for number in 1...5 { git.commit("c\(number)") }
    }
    let clone = origin.directory.file("clone")
    try origin.git(["clone", "--quiet", "--depth=2", "file://" + origin.path, clone])
    let opened = try Repository.open(at: clone)
    #expect(try opened.isShallow)
    #expect(
      try opened.newCommits(from: [origin["c5"]], hiding: [origin["c4"]], limit: 9).map(\.id)
        == [origin["c5"]])
    for hidden in [[], [origin["c1"]]] {
      #expect { try opened.newCommits(from: [origin["c5"]], hiding: hidden, limit: 9) } throws: {
        let error = $0 as? GitError
        return error?.code == .shallow && error?.subject == origin["c4"].hex
          && error?.hint == "get the whole history with: git fetch --unshallow"
      }
    }
    #expect(try opened.isAncestor(origin["c4"], of: origin["c5"]))
    let other = try #require(
      ObjectID(
        hex: try origin.git(
          ["commit-tree", origin["c5"].hex + "^{tree}", "-m", "unrelated"], in: clone)))
    #expect { try opened.isAncestor(other, of: origin["c5"]) } throws: {
      ($0 as? GitError)?.code == .shallow
    }
  }

  @Test func missingParent() throws {
    let repo = try TestRepository { $0.commit("base") }
    let opened = try Repository.open(at: repo.path)
    let tree = try opened.commit(repo["base"]).tree
    let people = "author A <a@x.org> 1 +0000\ncommitter C <c@x.org> 1 +0000\n"
    let absent = String(repeating: "42", count: 20)
    let broken = try repo.writeObject(
      .commit, Bytes("tree \(tree)\nparent \(absent)\n\(people)\nx\n".utf8))
    let top = try repo.writeObject(
      .commit, Bytes("tree \(tree)\nparent \(broken)\n\(people)\nx\n".utf8))
    #expect { try opened.newCommits(from: [top], hiding: [], limit: 9) } throws: {
      ($0 as? GitError)?.description == "cannot read commit '\(absent)': object not found"
    }
    #expect(try opened.newCommits(from: [top], hiding: [broken], limit: 9).map(\.id) == [top])
    // What is hidden and absent hides nothing.
    let nothing = try #require(ObjectID(hex: absent))
    #expect(try opened.newCommits(from: [repo["base"]], hiding: [nothing], limit: 9).count == 1)
    #expect { try opened.isAncestor(repo["base"], of: top) } throws: {
      ($0 as? GitError)?.code == .missing
    }
  }

  @Test func anUnreadableGraphIsNone() throws {
    let repo = try TestRepository { git in for number in 1...300 { git.commit("c\(number)") } }
    try repo.git("commit-graph", "write", "--reachable")
    let path = repo.gitDirectory + "/objects/info/commit-graph"
    let good = try #require(contents(of: path))
    var random = Random(seed: 7)
    for round in 0..<120 {
      var bad = good
      if round < 20 {
        bad = Bytes(good.prefix(good.count * round / 20))
      } else {
        // Not in the ids or dates themselves: those a reader must take as they are.
        for _ in 0..<4 { bad[random.below(8 + 6 * 12 + 1024)] = UInt8(random.below(256)) }
      }
      try write(bad, to: path)
      let opened = try Repository.open(at: repo.path)
      let found = try opened.newCommits(from: [repo["c300"]], hiding: [repo["c290"]], limit: 300)
      #expect(found.count == 10)
      #expect(try opened.isAncestor(repo["c1"], of: repo["c300"]))
    }
    // Parents that point nowhere, or in a circle.
    let data = try #require(good.firstRange(of: Bytes("CDAT".utf8)))
    let start = good[(data.upperBound + 4)..<(data.upperBound + 8)].reduce(0) { $0 << 8 | Int($1) }
    for value: [UInt8] in [[0x00, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0], [0x80, 0, 0, 0]] {
      var bad = good
      for row in 0..<300 {
        bad.replaceSubrange(start + row * 36 + 20..<start + row * 36 + 24, with: value)
      }
      try write(bad, to: path)
      let opened = try Repository.open(at: repo.path)
      let found = try opened.newCommits(from: [repo["c300"]], hiding: [repo["c290"]], limit: 300)
      #expect(found.count == 10)
    }
  }

  @Test func manyHiddenRefs() throws {
    let repo = try TestRepository(bare: true) { git in
      git.commit("base")
      for number in 1...2000 {
        git.commit("t\(number)", on: "t/\(number)", from: "base", files: [:])
      }
      git.commit("new", from: "base")
    }
    let opened = try Repository.open(at: repo.path)
    let refs = try opened.refs(under: "refs/heads/t/").map(\.value)
    #expect(refs.count == 2000)
    #expect(
      try opened.newCommits(from: [repo["new"]], hiding: refs, limit: 9).map(\.id) == [repo["new"]])
  }
}

/// A generator whose numbers are the same in every run.
struct Random {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((word ^ word >> 31) % UInt64(bound))
  }
}

/// Random histories with random dates, in which the answer is known by following every parent.
@Suite struct RandomHistoryTests {
  private struct Graph {
    var parents: [[Int]] = []
    var dates: [Int64] = []
    let isTicking: Bool

    func reachable(_ from: [Int]) -> Set<Int> {
      var seen: Set<Int> = []
      var stack = from
      while let node = stack.popLast() {
        guard seen.insert(node).inserted else { continue }
        stack += parents[node]
      }
      return seen
    }

    init(_ random: inout Random, _ number: Int) {
      isTicking = number % 4 == 0
      for node in 0..<(4 + random.below(40)) {
        var chosen: [Int] = []
        if node > 0 && random.below(12) > 0 {
          for _ in 0..<[1, 1, 1, 2, 2, 3][random.below(6)] {
            let parent = max(0, node - 1 - random.below(6))
            if !chosen.contains(parent) { chosen.append(parent) }
          }
        }
        parents.append(chosen)
        dates.append(
          isTicking || number % 4 == 1 && random.below(4) > 0
            ? 1_700_000_000 + Int64(node) * 60 : Int64(random.below(1 << 32)))
      }
    }
  }

  private func name(_ graph: Int, _ node: Int) -> String { "g\(graph)n\(node)" }

  @Test func sameAsFollowingEveryParent() throws {
    var random = Random(seed: 2026)
    var graphs: [Graph] = []
    for number in 0..<200 { graphs.append(Graph(&random, number)) }
    let repo = try TestRepository(bare: true) { git in
      for (number, graph) in graphs.enumerated() {
        for (node, parents) in graph.parents.enumerated() {
          git.commit(
            name(number, node), on: "refs/heads/\(number)/\(node)",
            from: parents.first.map { name(number, $0) },
            merging: parents.dropFirst().map { name(number, $0) }, files: [:],
            date: graph.dates[node])
        }
      }
    }
    var questions: [(graph: Int, tips: [Int], hidden: [Int])] = []
    for (number, graph) in graphs.enumerated() {
      let count = graph.parents.count
      let tips = (0...random.below(3)).map { _ in count - 1 - random.below(min(count, 8)) }
      let hidden = (0...random.below(4)).map { _ in random.below(count) }
      questions.append((number, tips, hidden))
    }

    func check(_ opened: Repository, _ how: String, fromGit: Bool = false) throws {
      for (number, tips, hidden) in questions {
        let graph = graphs[number]
        let expected = graph.reachable(tips).subtracting(graph.reachable(hidden))
        let found = try opened.newCommits(
          from: tips.map { repo[name(number, $0)] }, hiding: hidden.map { repo[name(number, $0)] },
          limit: 100)
        #expect(
          Set(found.map(\.id)) == Set(expected.map { repo[name(number, $0)] }),
          "\(how), history \(number)")
        #expect(found.count == expected.count)
        var seen: Set<ObjectID> = []
        for commit in found {
          #expect(seen.isDisjoint(with: commit.parents), "\(how): a parent before its child")
          seen.insert(commit.id)
        }
        if fromGit {
          let lines = try repo.git(
            ["rev-list", "--stdin"],
            input: Bytes(
              (tips.map { "\(repo[name(number, $0)])\n" }
                + hidden.map { "^\(repo[name(number, $0)])\n" }).joined().utf8))
          let listed = Set(lines.split(separator: "\n").compactMap { ObjectID(hex: String($0)) })
          // git itself may list too many where dates lie.
          #expect(graph.isTicking ? listed == Set(found.map(\.id)) : listed.isSuperset(of: seen))
        }
        for ancestor in hidden {
          for tip in tips {
            #expect(
              try opened.isAncestor(
                repo[name(number, ancestor)], of: repo[name(number, tip)])
                == graph.reachable([tip]).contains(ancestor), "\(how), history \(number)")
          }
        }
      }
    }

    try check(try Repository.open(at: repo.path), "without commit-graph", fromGit: true)

    // A server that holds what is hidden, and a quarantine with the rest. Some of the rest is on the
    // server already; some of what the server has is sent again.
    let server = repo.directory.file("server.git")
    try repo.git(["init", "--quiet", "--bare", server])
    let quarantine = server + "/objects/tmp_objdir-incoming-x"
    mkdir(quarantine, 0o755)
    var (held, sent): ([String], [String]) = ([], [])
    for (number, _, hidden) in questions {
      let graph = graphs[number]
      let extra = number % 3 == 0 ? [random.below(graph.parents.count)] : []
      let old = graph.reachable(hidden + extra)
      for node in graph.parents.indices {
        let id = repo[name(number, node)].hex
        if old.contains(node) { held.append(id) }
        if !old.contains(node) || random.below(5) == 0 { sent.append(id) }
      }
    }
    for (ids, folder) in [(held, server + "/objects/pack"), (sent, quarantine + "/pack")] {
      mkdir(folder, 0o755)
      try repo.git(
        ["pack-objects", "-q", folder + "/pack"],
        input: Bytes(ids.map { $0 + "\n" }.joined().utf8))
    }
    try check(
      try Repository.openForJudging(at: server, quarantine: quarantine), "with a quarantine")

    // The older half of each history in the graph, then all, then in two files.
    let half = questions.map { number, _, _ in
      repo[name(number, graphs[number].parents.count / 2)].hex + "\n"
    }
    try repo.git(["commit-graph", "write", "--stdin-commits"], input: Bytes(half.joined().utf8))
    try check(try Repository.open(at: repo.path), "with half a commit-graph")
    try repo.git("commit-graph", "write", "--reachable")
    try check(try Repository.open(at: repo.path), "with a commit-graph")
    unlink(repo.path + "/objects/info/commit-graph")
    try repo.git(
      ["commit-graph", "write", "--stdin-commits", "--split=no-merge"],
      input: Bytes(half.joined().utf8))
    try repo.git("commit-graph", "write", "--reachable", "--split=no-merge")
    #expect(contents(of: repo.path + "/objects/info/commit-graph") == nil)
    try check(try Repository.open(at: repo.path), "with a chain of commit-graphs")
  }
}
