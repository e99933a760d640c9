internal import GitModel

/// A walk from some commits that stops where the history of others begins.
///
/// Nodes are *wanted* (reachable from the tips) until they are *hidden* (reachable from what is
/// hidden); hidden wins, also over nodes that were passed before. Three tiers, in this order:
///
/// 1. **fresh**: commits that lie in the quarantine and not in the repository. Nothing that the
///    repository's refs hold can lead to them, so they are wanted for certain, whatever dates they
///    claim. This is nearly all of a push, and no date in it can make the walk long.
/// 2. **dated**: commits without a generation number, the latest committer date first. Dates lie, so
///    the walk goes on among hidden commits while they could lead to a wanted one that was passed:
///    as long as they are not a day older than it, and then for `Limits.clockSkewSteps` more, counted
///    anew whenever a passed commit turns out to be hidden.
/// 3. **graphed**: commits in the commit-graph, the highest generation first, which is exact.
///
/// No commit of the graph leads to a dated one, and none of either to a fresh one. Where dates lie
/// beyond the slack of tier 2, a commit can stay wanted that is hidden, so that more is judged than
/// must be. The opposite cannot happen: a commit is hidden only along a path of parents.
final class PaintedWalk {
  private struct Node {
    let key: Key
    /// Committer date, for the order; nothing is decided on it.
    let date: Int64
    /// Zero when it is not known.
    let generation: UInt32
    let position: Int32
    let tier: Tier
    var parentsStart: Int32 = 0
    var parentsCount: Int32 = 0
    /// Index into `contents`, or -1.
    var content: Int32 = -1
    var isHidden: Bool
    var isPassed = false
  }

  private enum Tier: UInt8 {
    case fresh
    case dated
    case graphed
    /// Not in the repository: leads nowhere.
    case absent
  }

  private enum Content {
    case commit(Commit)
    case fault(GitError)
  }

  /// What reading an object gave: links for a commit, a target for a tag, a fault or a commit.
  private struct Read {
    var links: CommitLinks?
    var target: Key?
    var content: Content?
    var isQuarantined = false
  }

  private let repository: Repository
  private let graph: CommitGraph?
  private let shallow: Set<Key>
  /// Whether wanted commits are read strictly when they are discovered; otherwise only their links.
  private let keepsCommits: Bool
  /// Commits that were read before this walk.
  private let known: [ObjectID: Commit]
  private let action = "read commit"

  private var nodes: [Node] = []
  private var index: [Key: Int32] = [:]
  /// The parents of discovered dated and fresh nodes, one after another.
  private var links: [Key] = []
  private var contents: [Content] = []
  /// The size of all commits that were read because they were wanted.
  private var readBytes = 0

  private var freshStack: [Int32] = []
  private var datedWanted = Heap()
  private var datedHidden = Heap()
  private var graphWanted = Heap()
  private var graphHidden = Heap()
  /// Wanted nodes that wait, by tier.
  private var waitingDated = 0
  private var waitingGraphed = 0
  /// Wanted nodes that were passed, by tier.
  private var passedFresh = 0
  private var passedDated = 0
  private var passedGraphed = 0
  private var oldestPassed = Int64.max
  private var skewSteps: Int

  /// Set when nodes of the quarantine are certainly wanted.
  private var trustsFresh = true
  /// The node that `reaches` looks for.
  private var goal: Int32 = -1
  private var isGoalReached = false

  init(
    _ repository: Repository, graph: CommitGraph?, shallow: Set<Key>, keepsCommits: Bool,
    known: [ObjectID: Commit] = [:]
  ) {
    (self.repository, self.graph, self.shallow) = (repository, graph, shallow)
    self.keepsCommits = keepsCommits
    self.known = known
    skewSteps = repository.limits.clockSkewSteps
  }

  // MARK: The two questions

  /// The commits reachable from `tips` and from none of `hidden`, children before parents.
  func newCommits(
    from tips: [Key], hiding hidden: [Key], limit: Int
  ) throws(WalkFailure) -> [Commit] {
    try start(from: tips, hiding: hidden)
    try walk(limit: limit)
    return try collect(limit: limit)
  }

  /// Hides what `base` leads to, for steps up from there.
  func start(above base: Key?) throws(WalkFailure) {
    try start(from: [], hiding: base.map { [$0] } ?? [])
  }

  /// The commits reachable from `tip` and neither from the base nor from the tip of a step before,
  /// children before parents. What steps before walked over is not walked over again.
  func step(to tip: Key, limit: Int) throws(WalkFailure) -> [Commit] {
    let first = nodes.count
    try discover(tip, hidden: false)
    try walk(limit: limit)
    let commits = try collect(from: first, limit: limit)
    // All that is wanted was passed, and so were the parents of it that are wanted: for the next step
    // it is hidden, and leads to nothing that is not.
    for place in first..<nodes.count {
      nodes[place].isHidden = true
      nodes[place].content = -1
    }
    contents = []
    (passedFresh, passedDated, passedGraphed, readBytes) = (0, 0, 0, 0)
    oldestPassed = .max
    skewSteps = repository.limits.clockSkewSteps
    return commits
  }

  /// Whether `goal` is reachable from `tip`. Exact: the nodes on a path from one to the other are
  /// never hidden, because what is hidden is what `goal` leads to.
  func reaches(_ goal: Key, from tip: Key) throws(WalkFailure) -> Bool {
    try start(from: [], hiding: [goal])
    guard let found = index[goal] else { return false }
    self.goal = found
    try discover(tip, hidden: false)
    if goal == tip || isGoalReached { return true }
    while !isGoalReached, let node = freshStack.popLast() { try pass(node) }
    while !isGoalReached, waitingDated > 0 { try stepDated() }
    while !isGoalReached, waitingGraphed > 0 { try stepGraphed() }
    if isGoalReached { return true }
    // Behind a cut, the answer is not known.
    for node in nodes where !node.isHidden && node.content >= 0 {
      if case .fault(let error) = contents[Int(node.content)] { throw .failed(error) }
    }
    return false
  }

  /// For each of `goals`, the first of `tips` that it is reachable from, as an index, by one walk from
  /// all tips. Exact where no goal is reachable from what is hidden.
  func holders(
    of goals: [Key], among tips: [Key], hiding hidden: [Key], limit: Int
  ) throws(WalkFailure) -> [Key: Int] {
    try start(from: tips, hiding: hidden)
    try walk(limit: limit)
    var holders: [Int32: Int] = [:]
    for (number, tip) in tips.enumerated() {
      var stack = index[tip].map { [$0] } ?? []
      while let place = stack.popLast() {
        let node = nodes[Int(place)]
        // What an earlier tip leads to, it leads to with all behind it.
        guard !node.isHidden, holders[place] == nil else { continue }
        holders[place] = number
        for parent in parents(of: node) {
          if let known = index[parent] { stack.append(known) }
        }
      }
    }
    var found: [Key: Int] = [:]
    for goal in goals {
      if let place = index[goal], let holder = holders[place] { found[goal] = holder }
    }
    guard goals.allSatisfy({ found[$0] != nil }) else {
      // Behind a cut, the answer is not known.
      for node in nodes where !node.isHidden && node.content >= 0 {
        if case .fault(let error) = contents[Int(node.content)] { throw .failed(error) }
      }
      return found
    }
    return found
  }

  // MARK: Discovery

  private func start(from tips: [Key], hiding hidden: [Key]) throws(WalkFailure) {
    for key in hidden { try discoverHiddenTip(key) }
    trustsFresh = !nodes.contains { $0.tier == .fresh }
    for key in tips { try discover(key, hidden: false) }
  }

  /// Refs may hold tags, trees and blobs too, and what they hold may be damaged: what is not read
  /// hides nothing, so that more is judged. Each is read once.
  private func discoverHiddenTip(_ tip: Key) throws(WalkFailure) {
    var key = tip
    for _ in 0...repository.limits.nestedTags {
      guard index[key] == nil else { return hide(key) }
      if graph?.position(of: key) != nil { return try discover(key, hidden: true) }
      let read = readLinks(key)
      guard let target = read.target else { return insert(makeNode(key, read, hidden: true)) }
      key = target
    }
  }

  private func hide(_ key: Key) {
    if let known = index[key] { hide(known) }
  }

  private func discover(_ key: Key, hidden: Bool) throws(WalkFailure) {
    if let known = index[key] {
      if known == goal && !hidden { isGoalReached = true }
      if hidden { hide(known) }
      return
    }
    insert(try makeNode(key, hidden: hidden))
  }

  private func insert(_ node: Node) {
    let place = Int32(nodes.count)
    let hidden = node.isHidden
    nodes.append(node)
    index[node.key] = place
    if goal >= 0 && !hidden && !canReachGoal(node) {
      nodes[Int(place)].isPassed = true
      return
    }
    switch node.tier {
    case .fresh where trustsFresh && !hidden: freshStack.append(place)
    case .fresh, .dated:
      let entry = Heap.Entry(major: node.date, minor: 0, node: place)
      if hidden {
        datedHidden.push(entry)
      } else {
        datedWanted.push(entry)
        waitingDated += 1
      }
    case .graphed:
      let entry = Heap.Entry(major: Int64(node.generation), minor: node.date, node: place)
      if hidden {
        graphHidden.push(entry)
      } else {
        graphWanted.push(entry)
        waitingGraphed += 1
      }
    case .absent: nodes[Int(place)].isPassed = true
    }
  }

  private func canReachGoal(_ node: Node) -> Bool {
    guard node.tier == .graphed else { return true }
    let end = nodes[Int(goal)]
    return end.tier == .graphed && node.generation > end.generation
  }

  private func makeNode(_ key: Key, hidden: Bool) throws(WalkFailure) -> Node {
    if let graph, let position = graph.position(of: key) {
      do throws(CommitGraph.Fault) {
        let (generation, date) = try graph.data(at: position)
        return Node(
          key: key, date: date, generation: generation, position: Int32(position), tier: .graphed,
          isHidden: hidden)
      } catch { throw .graph }
    }
    return makeNode(key, hidden ? readLinks(key) : readWanted(key), hidden: hidden)
  }

  private func makeNode(_ key: Key, _ read: Read, hidden: Bool) -> Node {
    var node = Node(
      key: key, date: read.links?.date ?? 0, generation: 0, position: -1,
      tier: tier(of: key, read), isHidden: hidden)
    if let content = read.content {
      node.content = Int32(contents.count)
      contents.append(content)
    }
    if let links = read.links {
      node.parentsStart = Int32(self.links.count)
      node.parentsCount = Int32(links.parents.count)
      self.links.append(contentsOf: links.parents)
    }
    return node
  }

  private func tier(of key: Key, _ read: Read) -> Tier {
    if read.links == nil { return .absent }
    return read.isQuarantined && !repository.store.holds(key) ? .fresh : .dated
  }

  private func readLinks(_ key: Key) -> Read {
    var read = Read()
    var isQuarantined = false
    do throws(GitError) {
      let found: Void? = try repository.withObject(
        key, action, limit: repository.limits.acceptedCommitSize,
        expectedInStore: true, isQuarantined: &isQuarantined
      ) { kind, bytes throws(GitError) in
        if kind == .commit { read.links = CommitLinks(bytes) }
        if kind == .tag, bytes.starts(with: "object ".utf8) { read.target = Key(hexAt: bytes, 7) }
      }
      if found == nil { read.content = .fault(.missing(action, key.id)) }
    } catch {
      // It hides nothing.
      read.content = .fault(error)
    }
    read.isQuarantined = isQuarantined
    if let links = read.links, shallow.contains(key) { read.links = CommitLinks(ending: links) }
    return read
  }

  /// Reads a commit that is wanted as far as is known. What is wrong with it is kept, and thrown only
  /// if it is still wanted at the end.
  private func readWanted(_ key: Key) -> Read {
    let id = key.id
    var read = Read()
    var isQuarantined = false
    if !known.isEmpty, !shallow.contains(key), let commit = known[id] {
      read.links = CommitLinks(commit)
      read.content = .commit(commit)
      readBytes += commit.message.count + 256
      return read
    }
    let keeps = keepsCommits && readBytes <= repository.limits.newCommitsSize
    do throws(GitError) {
      let found: Void? = try repository.withObject(
        key, action, limit: repository.limits.acceptedCommitSize,
        isQuarantined: &isQuarantined
      ) { kind, bytes throws(GitError) in
        guard kind == .commit else {
          throw .wrongKind(action, id, found: kind, wanted: .commit)
        }
        read.links = CommitLinks(bytes)
        readBytes += bytes.count
        guard bytes.count <= repository.limits.commitSize else {
          throw .tooLarge(action, id, size: bytes.count, limit: repository.limits.commitSize)
        }
        if keeps { read.content = Self.parse(id, bytes) }
      }
      if found == nil { read.content = .fault(.missing(action, id)) }
    } catch { read.content = .fault(error) }
    read.isQuarantined = isQuarantined
    if let links = read.links, !links.parents.isEmpty, shallow.contains(key) {
      read.content = .fault(.cut(action, id))
      read.links = CommitLinks(ending: links)
    }
    return read
  }

  private static func parse(_ id: ObjectID, _ bytes: UnsafeRawBufferPointer) -> Content {
    do throws(ObjectFault) {
      return .commit(try Commit(id: id, content: Bytes(bytes)[...]))
    } catch { return .fault(.malformed("read commit", error)) }
  }

  // MARK: Painting

  /// Hides a node, and what it leads to as far as the walk has been there.
  private func hide(_ first: Int32) {
    guard !nodes[Int(first)].isHidden else { return }
    var stack = [first]
    while let place = stack.popLast() {
      let node = nodes[Int(place)]
      if node.isHidden { continue }
      nodes[Int(place)].isHidden = true
      guard node.isPassed else {
        switch node.tier {
        case .fresh where trustsFresh: break
        case .fresh, .dated:
          waitingDated -= 1
          datedHidden.push(Heap.Entry(major: node.date, minor: 0, node: place))
        case .graphed:
          waitingGraphed -= 1
          graphHidden.push(
            Heap.Entry(major: Int64(node.generation), minor: node.date, node: place))
        case .absent: break
        }
        continue
      }
      switch node.tier {
      case .fresh where trustsFresh: passedFresh -= 1
      case .fresh, .dated: passedDated -= 1
      case .graphed: passedGraphed -= 1
      case .absent: continue
      }
      skewSteps = repository.limits.clockSkewSteps
      if passedDated == 0 { oldestPassed = .max }
      for parent in parents(of: node) {
        if let known = index[parent] { stack.append(known) }
      }
    }
  }

  private func parents(of node: Node) -> [Key] {
    if node.tier == .graphed {
      return (try? graph?.parents(at: Int(node.position))) ?? []
    }
    let start = Int(node.parentsStart)
    return Array(links[start..<start + Int(node.parentsCount)])
  }

  /// Walks over a node to its parents.
  private func pass(_ place: Int32) throws(WalkFailure) {
    let node = nodes[Int(place)]
    guard !node.isPassed else { return }
    nodes[Int(place)].isPassed = true
    if !node.isHidden {
      switch node.tier {
      case .fresh where trustsFresh: passedFresh += 1
      case .fresh, .dated:
        waitingDated -= 1
        passedDated += 1
        oldestPassed = min(oldestPassed, node.date)
      case .graphed:
        waitingGraphed -= 1
        passedGraphed += 1
      case .absent: break
      }
    }
    if node.tier == .graphed {
      let parents: [Key]
      do throws(CommitGraph.Fault) {
        parents = try graph?.parents(at: Int(node.position)) ?? []
      } catch { throw .graph }
      for parent in parents {
        try discover(parent, hidden: nodes[Int(place)].isHidden)
        // Levels that do not fall are no levels.
        if let known = index[parent], nodes[Int(known)].generation >= node.generation {
          throw .graph
        }
      }
      return
    }
    let start = Int(node.parentsStart)
    for offset in 0..<Int(node.parentsCount) {
      try discover(links[start + offset], hidden: nodes[Int(place)].isHidden)
    }
  }

  // MARK: The tiers

  private func walk(limit: Int) throws(WalkFailure) {
    try walkFresh(limit: limit)
    try walkDated(limit: limit)
    try walkGraphed(limit: limit)
  }

  private func walkFresh(limit: Int) throws(WalkFailure) {
    while let place = freshStack.popLast() {
      try pass(place)
      guard passedFresh <= limit else { throw .failed(.overLimit(limit)) }
      // No use in reading on: all of them are new. (Twice, as others may have been read too.)
      guard readBytes <= 2 * repository.limits.newCommitsSize else {
        throw .failed(.overSize(repository.limits.newCommitsSize))
      }
    }
  }

  private func stepDated() throws(WalkFailure) {
    if let hidden = datedHidden.top, hidden.major >= datedWanted.top?.major ?? .min {
      _ = datedHidden.pop()
      try pass(hidden.node)
    } else if let wanted = datedWanted.pop() {
      // One that was hidden meanwhile waits in the other heap too.
      if !nodes[Int(wanted.node)].isHidden { try pass(wanted.node) }
    }
  }

  private func walkDated(limit: Int) throws(WalkFailure) {
    // With a graph, the dated commits are those since it was written, and worth some more steps: one
    // hidden commit not followed may leave the whole graph behind it wanted.
    let generous = graph == nil ? 0 : 20_000
    var generousSteps = generous
    while true {
      if passedFresh + passedDated > limit {
        try drain(limit: limit)
      } else if waitingDated > 0 {
        try stepDated()
      } else {
        guard let next = datedHidden.top else { return }
        guard passedDated > 0 || waitingGraphed > 0 else { return }
        let isRecent = passedDated > 0 && next.major >= oldestPassed - 86_400
        if !isRecent {
          if skewSteps > 0 {
            skewSteps -= 1
          } else if waitingGraphed > 0 && generousSteps > 0 {
            generousSteps -= 1
          } else {
            return
          }
        }
        try stepDated()
      }
    }
  }

  /// There are too many wanted commits, unless what is hidden was only dated wrongly: follows the
  /// hidden ones alone for a while before it says so.
  private func drain(limit: Int) throws(WalkFailure) {
    for _ in 0..<(4096 + min(limit, 1 << 16) * 4) {
      guard let next = datedHidden.pop() else { break }
      try pass(next.node)
      if passedFresh + passedDated <= limit { return }
    }
    throw .failed(.overLimit(limit))
  }

  private func stepGraphed() throws(WalkFailure) {
    if let hidden = graphHidden.top, hidden.major >= graphWanted.top?.major ?? .min {
      _ = graphHidden.pop()
      try pass(hidden.node)
    } else if let wanted = graphWanted.pop() {
      if !nodes[Int(wanted.node)].isHidden { try pass(wanted.node) }
    }
  }

  private func walkGraphed(limit: Int) throws(WalkFailure) {
    while waitingGraphed > 0 {
      try stepGraphed()
      // Whatever could hide a passed commit of the graph has a higher generation and came before.
      guard passedFresh + passedDated + passedGraphed <= limit else {
        throw .failed(.overLimit(limit))
      }
    }
  }

  // MARK: The result

  /// The wanted commits, children before parents, else the later first.
  private func collect(from first: Int = 0, limit: Int) throws(WalkFailure) -> [Commit] {
    var children: [Int32] = Array(repeating: 0, count: nodes.count - first)
    var wanted: [Int32] = []
    for place in first..<nodes.count where !nodes[place].isHidden {
      let node = nodes[place]
      if node.content >= 0, case .fault(let error) = contents[Int(node.content)] {
        throw .failed(error)
      }
      wanted.append(Int32(place))
      for parent in parents(of: node) {
        if let known = index[parent], !nodes[Int(known)].isHidden {
          children[Int(known) - first] += 1
        }
      }
    }
    guard wanted.count <= limit else { throw .failed(.overLimit(limit)) }

    var ready = Heap()
    for place in wanted where children[Int(place) - first] == 0 {
      ready.push(Heap.Entry(major: nodes[Int(place)].date, minor: 0, node: place))
    }
    var commits: [Commit] = []
    commits.reserveCapacity(wanted.count)
    var size = 0
    while let next = ready.pop() {
      let node = nodes[Int(next.node)]
      let commit: Commit
      if node.content >= 0, case .commit(let kept) = contents[Int(node.content)] {
        commit = kept
      } else {
        do {
          let id = node.key.id
          if let kept = known[id] { commit = kept } else { commit = try repository.commit(id) }
        } catch { throw .failed(error) }
        // What is to be judged is compared with its own word, should the graph be damaged.
        guard commit.parents.elementsEqual(parents(of: node), by: { Key($0) == $1 }) else {
          throw .graph
        }
      }
      size += commit.message.count + 256
      guard size <= repository.limits.newCommitsSize else {
        throw .failed(.overSize(repository.limits.newCommitsSize))
      }
      commits.append(commit)
      for parent in parents(of: node) {
        guard let known = index[parent], !nodes[Int(known)].isHidden else { continue }
        children[Int(known) - first] -= 1
        if children[Int(known) - first] == 0 {
          ready.push(Heap.Entry(major: nodes[Int(known)].date, minor: 0, node: known))
        }
      }
    }
    return commits
  }
}

/// Why a walk ended early.
enum WalkFailure: Error {
  /// The commit-graph is malformed: walk again without it.
  case graph
  /// The answer is this error.
  case failed(GitError)
}

extension GitError {
  fileprivate static func overLimit(_ limit: Int) -> GitError {
    GitError(
      .limit, "walk history of", "the push", "it brings more than \(limit) new commits",
      hint: "push it in parts, older commits first: git push origin <COMMIT>:<BRANCH>")
  }

  fileprivate static func overSize(_ limit: Int) -> GitError {
    GitError(
      .limit, "walk history of", "the push",
      "its new commits have more than \(limit) bytes together",
      hint: "push it in parts, older commits first: git push origin <COMMIT>:<BRANCH>")
  }

  static func cut(_ action: String, _ id: ObjectID) -> GitError {
    GitError(
      .shallow, action, id.hex,
      "history is cut off here (shallow clone), so its parents are unknown",
      hint: "get the whole history with: git fetch --unshallow")
  }
}
