public import GitModel

extension Repository {
  /// The newest commits that are reachable from `tip` and not from `hidden`, by the dates that they claim:
  /// for telling of them where there are too many for all to be read, not for judging. `isCut` where there
  /// are more than `limit`. A commit that the strict reader does not accept is left out.
  ///
  /// Throws `.missing` when a commit is absent and `.shallow` when history is cut off behind one.
  public func newestCommits(
    from tip: ObjectID, hiding hidden: [ObjectID], limit: Int
  ) throws(GitError) -> (commits: [Commit], isCut: Bool) {
    var walk = NewestWalk(self, shallow: try shallowCommits())
    for id in hidden { try walk.add(try peel(id).target, isHidden: true) }
    try walk.add(try peel(tip).target, isHidden: false)
    return try walk.commits(limit: limit)
  }
}

/// A walk in the order of dates, over what is wanted and what is hidden.
private struct NewestWalk {
  private struct Node {
    let id: ObjectID
    let parents: [ObjectID]
    let commit: Commit?
    var isHidden: Bool
    var isPassed = false
  }

  private let repository: Repository
  private let shallow: Set<Key>
  private var nodes: [Node] = []
  private var places: [ObjectID: Int32] = [:]
  private var heap = Heap()
  private var dates: [Int64] = []
  /// How many of the waiting ones are wanted.
  private var waiting = 0

  init(_ repository: Repository, shallow: Set<Key>) {
    (self.repository, self.shallow) = (repository, shallow)
  }

  mutating func add(_ id: ObjectID, isHidden: Bool) throws(GitError) {
    if let place = places[id] {
      if isHidden { hide(place) }
      return
    }
    let place = Int32(nodes.count)
    let (node, date) = try read(id, isHidden: isHidden)
    places[id] = place
    nodes.append(node)
    dates.append(date)
    heap.push(Heap.Entry(major: date, minor: 0, node: place))
    if !isHidden { waiting += 1 }
  }

  private mutating func hide(_ place: Int32) {
    let index = Int(place)
    guard !nodes[index].isHidden else { return }
    nodes[index].isHidden = true
    if nodes[index].isPassed {
      // What it leads to is hidden, too.
      nodes[index].isPassed = false
      heap.push(Heap.Entry(major: dates[index], minor: 0, node: place))
    } else {
      waiting -= 1
    }
  }

  private func read(_ id: ObjectID, isHidden: Bool) throws(GitError) -> (Node, Int64) {
    let found = try repository.withObject(
      Key(id), "read commit", limit: repository.limits.acceptedCommitSize
    ) { kind, bytes throws(GitError) -> (Node, Int64) in
      guard kind == .commit else {
        throw .wrongKind("read commit", id, found: kind, wanted: .commit)
      }
      let links = CommitLinks(bytes)
      let isRead = !isHidden && bytes.count <= repository.limits.commitSize
      let commit = isRead ? try? Commit(id: id, content: Bytes(bytes)[...]) : nil
      let node = Node(
        id: id, parents: links.parents.map(\.id), commit: commit, isHidden: isHidden)
      return (node, links.date)
    }
    guard let found else { throw .missing("read commit", id) }
    guard isHidden || found.0.parents.isEmpty || !shallow.contains(Key(id)) else {
      throw .cut("read commit", id)
    }
    return found
  }

  mutating func commits(limit: Int) throws(GitError) -> (commits: [Commit], isCut: Bool) {
    var order: [Int] = []
    while waiting > 0, order.count < limit, let entry = heap.pop() {
      let place = Int(entry.node)
      guard !nodes[place].isPassed else { continue }
      nodes[place].isPassed = true
      let isHidden = nodes[place].isHidden
      if !isHidden {
        waiting -= 1
        order.append(place)
      }
      if isHidden, shallow.contains(Key(nodes[place].id)) { continue }
      for parent in nodes[place].parents { try add(parent, isHidden: isHidden) }
    }
    let commits = order.compactMap { nodes[$0].isHidden ? nil : nodes[$0].commit }
    return (commits, waiting > 0)
  }
}
