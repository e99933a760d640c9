public import GitModel

extension Repository {
  /// The commits reachable from `tips` and from none of `hidden`, children before parents, each by the
  /// strict reader: what `git rev-list tips --not hidden` names, but for replacement refs and
  /// grafts, which have no say here.
  ///
  /// The cost grows with the new commits and not with the repository; `PaintedWalk` says how, and
  /// when the answer can hold a commit too many (never one too few). A tip or hidden id may be an
  /// annotated tag; what is neither tag nor commit has no history.
  ///
  /// Throws `.limit` beyond `limit` commits, `.missing` when a parent of a new commit is absent,
  /// `.shallow` when history is cut off behind one, and `.malformed` or `.tooLarge` when the strict
  /// reader refuses one. Commits that are `known` from before are not read again.
  public func newCommits(
    from tips: [ObjectID], hiding hidden: [ObjectID], limit: Int,
    known: [ObjectID: Commit] = [:]
  ) throws(GitError) -> [Commit] {
    var starts: [Key] = []
    for tip in tips {
      guard let header = try header(of: tip) else { throw .missing("read commit", tip) }
      let peeled = header.kind == .tag ? try peel(tip) : nil
      if peeled?.kind ?? header.kind == .commit { starts.append(Key(peeled?.target ?? tip)) }
    }
    guard !starts.isEmpty else { return [] }
    return try walk(keepsCommits: true, known: known) { walk throws(WalkFailure) in
      try walk.newCommits(from: starts, hiding: hidden.map { Key($0) }, limit: limit)
    }
  }

  /// For each of `tips` in turn, the commits reachable from it and neither from `base` nor from a tip
  /// before it, as `newCommits` reads them; all by one walk, and handed out as they are found.
  ///
  /// Every tip and the base must be commits, and each tip a descendant of the one before. Throws as
  /// `newCommits` does; what was handed out before stands.
  public func newCommits(
    ofEach tips: [ObjectID], above base: ObjectID?, limit: Int, known: [ObjectID: Commit],
    _ hand: (_ place: Int, [Commit]) -> Void
  ) throws(GitError) {
    var next = 0
    try walk(keepsCommits: true, known: known) { walk throws(WalkFailure) in
      let start = next == 0 ? base : tips[next - 1]
      try walk.start(above: start.map { Key($0) })
      while next < tips.count {
        hand(next, try walk.step(to: Key(tips[next]), limit: limit))
        next += 1
      }
    }
  }

  /// Whether `ancestor` is `descendant` or is reachable from it, as `git merge-base --is-ancestor`
  /// has it. Exact, whatever the dates say. Annotated tags stand for what they point at.
  public func isAncestor(
    _ ancestor: ObjectID, of descendant: ObjectID
  ) throws(GitError) -> Bool {
    if ancestor == descendant { return true }
    let (goal, start) = (try peel(ancestor), try peel(descendant))
    for end in [goal, start] where end.kind != .commit {
      throw .wrongKind("walk history from", end.target, found: end.kind, wanted: .commit)
    }
    return try walk(keepsCommits: false) { walk throws(WalkFailure) in
      try walk.reaches(Key(goal.target), from: Key(start.target))
    }
  }

  /// The first of `ids`, commits or tags of such, that is `descendant` or is reachable from it, with the
  /// commit; nil for none. What does not lead to a commit, or does not `count`, is passed over.
  ///
  /// Meant for a list that begins with the likely one, for which little has to be read. Where the first
  /// ones are not it (a line that hundreds of newer releases are not on), one walk over all of the
  /// history of `descendant` tells of all the others.
  public func firstAncestor(
    of descendant: ObjectID, among ids: [ObjectID], where count: (Peeled) -> Bool = { _ in true }
  ) throws(GitError) -> (place: Int, commit: ObjectID)? {
    var others: [(place: Int, commit: ObjectID)] = []
    var tries = 0
    for (place, id) in ids.enumerated() {
      let peeled = try peel(id)
      guard peeled.kind == .commit, count(peeled) else { continue }
      tries += 1
      guard tries <= 2 else {
        others.append((place, peeled.target))
        continue
      }
      if try isAncestor(peeled.target, of: descendant) { return (place, peeled.target) }
    }
    guard !others.isEmpty else { return nil }
    let reached = try holders(
      of: others.map(\.commit), among: [descendant], hiding: [], limit: .max)
    return others.first { reached[$0.commit] != nil }
  }

  /// For each of `commits` that one of `tips` is or descends from, the first such tip, as an index; found
  /// by one walk, which stops where the history of `hidden` begins.
  ///
  /// Exact where none of `commits` lies in the history of `hidden`. Throws `.limit` when more than
  /// `limit` commits lie before it.
  public func holders(
    of commits: [ObjectID], among tips: [ObjectID], hiding hidden: [ObjectID], limit: Int
  ) throws(GitError) -> [ObjectID: Int] {
    let (goals, ends) = (commits.map { Key($0) }, tips.map { Key($0) })
    let found: [Key: Int]
    do throws(GitError) {
      found = try walk(keepsCommits: false) { walk throws(WalkFailure) in
        try walk.holders(of: goals, among: ends, hiding: hidden.map { Key($0) }, limit: limit)
      }
    } catch {
      guard error.code == .limit else { throw error }
      throw GitError(
        .limit, "walk history of", "\(tips.count) branches",
        "they have more than \(limit) commits that are to be walked over")
    }
    var holders: [ObjectID: Int] = [:]
    for (key, holder) in found { holders[key.id] = holder }
    return holders
  }

  /// The commits on the way from `tip` to `base` by first parents, the newest first and `base` not
  /// included; nil when `base` is not on it. Throws `.limit` beyond `limit` commits.
  public func firstParentChain(
    from tip: ObjectID, to base: ObjectID, limit: Int
  ) throws(GitError) -> [ObjectID]? {
    let shallow = try shallowCommits()
    var chain: [ObjectID] = []
    var current = tip
    while current != base {
      guard chain.count < limit else {
        throw GitError(
          .limit, "walk history from", tip.hex, "its first parents are more than \(limit)")
      }
      chain.append(current)
      let id = current
      let links = try withObject(
        Key(id), "read commit", limit: limits.acceptedCommitSize
      ) { kind, bytes throws(GitError) in
        guard kind == .commit else {
          throw .wrongKind("read commit", id, found: kind, wanted: .commit)
        }
        return CommitLinks(bytes)
      }
      guard let links else { throw .missing("read commit", id) }
      guard let parent = links.parents.first else { return nil }
      guard !shallow.contains(Key(id)) else { throw .cut("read commit", id) }
      current = parent.id
    }
    return chain
  }

  private func walk<Answer>(
    keepsCommits: Bool, known: [ObjectID: Commit] = [:],
    _ question: (PaintedWalk) throws(WalkFailure) -> Answer
  ) throws(GitError) -> Answer {
    let shallow = try shallowCommits()
    for graph in [try usableCommitGraph(shallow), nil] {
      let walk = PaintedWalk(
        self, graph: graph, shallow: shallow, keepsCommits: keepsCommits, known: known)
      do {
        return try question(walk)
      } catch {
        switch error {
        case .failed(let error): throw error
        case .graph: commitGraph = .some(nil)
        }
      }
    }
    throw GitError(.general, "walk history of", gitDirectory.shown, "the commit-graph is malformed")
  }

  /// The commit-graph, unless the repository has what makes git distrust it too (git:
  /// commit-graph.c, `commit_graph_compatible`): it may have been written with other parents.
  private func usableCommitGraph(_ shallow: Set<Key>) throws(GitError) -> CommitGraph? {
    guard shallow.isEmpty, try refs(under: "refs/replace/").isEmpty,
      try !Files.isFile(commonDirectory + "/info/grafts")
    else { return nil }
    if let known = commitGraph { return known }
    let graph = CommitGraph.open(objectsDirectory: objectsDirectory)
    commitGraph = .some(graph)
    return graph
  }
}
