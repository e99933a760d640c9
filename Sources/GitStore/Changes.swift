public import GitModel

extension Repository {
  /// What `commit` does to its tree: the paths whose entry differs from that in every parent, in the
  /// order of their bytes. Of a root these are all paths, of a commit with one parent what `git
  /// diff-tree -r` tells, of a merge what it adds beyond its parents, as the names of `git diff-tree
  /// --cc` do; a path that is gone though every parent has it counts as well.
  ///
  /// Throws `.limit` when more than `limit` paths change, or as many folders have to be looked into.
  public func changes(of commit: Commit, limit: Int) throws(GitError) -> [Change] {
    var budget = limit
    return try changes(of: commit, spending: &budget)
  }

  /// The same, taking what it costs off `budget`, so that many commits are bounded together.
  ///
  /// Walk a history from the oldest commit to the newest: each has most trees in common with the one
  /// before it, and those are kept.
  public func changes(
    of commit: Commit, spending budget: inout Int
  ) throws(GitError) -> [Change] {
    try changes(of: commit, beyond: commit.parents, spending: &budget)
  }

  /// The paths whose entry differs from that in the first parent alone: what a merge brings to it.
  public func changes(
    beyondFirstParentOf commit: Commit, spending budget: inout Int
  ) throws(GitError) -> [Change] {
    try changes(of: commit, beyond: Array(commit.parents.prefix(1)), spending: &budget)
  }

  /// The paths whose entry differs from that in the tree of the commit `old`, whatever lies between; all
  /// paths where `old` is nil.
  public func changes(
    of commit: Commit, since old: ObjectID?, spending budget: inout Int
  ) throws(GitError) -> [Change] {
    try changes(of: commit, beyond: old.map { [$0] } ?? [], spending: &budget)
  }

  private func changes(
    of commit: Commit, beyond others: [ObjectID], spending budget: inout Int
  ) throws(GitError) -> [Change] {
    keptTrees.keep(root: Key(commit.tree), of: Key(commit.id))
    var parents: [Key] = []
    for other in others {
      let root = try root(of: Key(other))
      if !parents.contains(root) { parents.append(root) }
    }
    var walk = ChangeWalk(repository: self, commit: commit.id, budget: budget)
    defer { budget = walk.budget }
    return try walk.changes(from: parents, to: Key(commit.tree))
  }

  /// The tree of a commit, read without judging it: a parent may be of any age.
  private func root(of commit: Key) throws(GitError) -> Key {
    if let root = keptTrees.root(of: commit) { return root }
    let action = "read commit"
    let found = try withObject(commit, action, limit: limits.acceptedCommitSize) {
      kind, bytes throws(GitError) in
      guard kind == .commit else {
        throw .wrongKind(action, commit.id, found: kind, wanted: .commit)
      }
      guard bytes.count > 45, bytes.prefix(5).elementsEqual("tree ".utf8),
        let root = Key(hexAt: bytes, 5)
      else {
        throw .malformed(action, ObjectFault(id: commit.id, words: "does not start with its tree"))
      }
      return root
    }
    guard let found else { throw .missing(action, commit.id) }
    keptTrees.keep(root: found, of: commit)
    return found
  }
}

/// One comparison of a tree with those of the parents.
///
/// Not libgit2's diff, which never comes back from ten trees that hold each other ten times over.
/// Folders are looked into from a list, and not by calls in calls, so depth costs no stack.
private struct ChangeWalk {
  let repository: Repository
  let commit: ObjectID
  /// How many changes and folders may still come.
  var budget: Int
  private var folders: [Folder] = []
  private var found: [Change] = []

  /// A folder that differs from the one in every parent; nil where there is none at the path.
  private struct Folder {
    let path: Bytes
    let depth: Int
    let new: Key?
    let parents: [Key?]
  }

  init(repository: Repository, commit: ObjectID, budget: Int) {
    (self.repository, self.commit, self.budget) = (repository, commit, budget)
  }

  mutating func changes(from parents: [Key], to new: Key) throws(GitError) -> [Change] {
    guard !parents.contains(new) else { return [] }
    let parents: [Key?] = parents.isEmpty ? [nil] : parents
    folders = [Folder(path: [], depth: 0, new: new, parents: parents)]
    while let folder = folders.popLast() { try look(into: folder) }
    return found.count < 2 ? found : found.sorted { $0.path.lexicographicallyPrecedes($1.path) }
  }

  private mutating func look(into folder: Folder) throws(GitError) {
    let new = try tree(folder.new)
    var parents: [ParsedTree] = []
    for parent in folder.parents { parents.append(try tree(parent)) }
    let (first, others) = (parents[0], parents.dropFirst())
    // Names are pointers into these trees.
    defer { withExtendedLifetime((new, parents)) {} }

    var (left, right) = (0, 0)
    while left < new.lines.count || right < first.lines.count {
      var (line, old): (ParsedTree.Line?, ParsedTree.Line?)
      var order = 0
      if left == new.lines.count {
        order = 1
      } else if right == first.lines.count {
        order = -1
      } else {
        let (newLine, oldLine) = (new.lines[left], first.lines[right])
        order = TreeOrder.compare(
          new.name(of: newLine), newLine.isTree, first.name(of: oldLine), oldLine.isTree)
      }
      if order <= 0 {
        line = new.lines[left]
        left += 1
      }
      if order >= 0 {
        old = first.lines[right]
        right += 1
      }
      if let line, let old, new.holds(line, as: old, of: first) { continue }
      guard let sample = line.map({ ($0, new) }) ?? old.map({ ($0, first) }) else { continue }
      let name = sample.1.name(of: sample.0)
      var lines = [old.map { ($0, first) }]
      var isInAParent = false
      for other in others where !isInAParent {
        let its = other.line(named: name, isTree: sample.0.isTree)
        switch (line, its) {
        case (nil, nil): isInAParent = true
        case (let line?, let its?): isInAParent = new.holds(line, as: its, of: other)
        case (nil, _?), (_?, nil): break
        }
        lines.append(its.map { ($0, other) })
      }
      if isInAParent { continue }
      try note(name, in: folder, isTree: sample.0.isTree, new: line.map { ($0, new) }, lines)
    }
  }

  private mutating func note(
    _ name: UnsafeRawBufferPointer, in folder: Folder, isTree: Bool,
    new: (line: ParsedTree.Line, tree: ParsedTree)?,
    _ parents: [(line: ParsedTree.Line, tree: ParsedTree)?]
  ) throws(GitError) {
    guard budget > 0 else { throw refused("it changes more than the limit allows") }
    budget -= 1
    var path = folder.path
    if !path.isEmpty { path.append(UInt8(ascii: "/")) }
    path += name
    guard path.count <= repository.limits.pathLength else {
      throw refused("a path is longer than \(repository.limits.pathLength) bytes")
    }
    if isTree {
      guard folder.depth < repository.limits.pathDepth else {
        throw refused("a path is deeper than \(repository.limits.pathDepth)")
      }
      folders.append(
        Folder(
          path: path, depth: folder.depth + 1, new: new.map { $0.tree.key(of: $0.line) },
          parents: parents.map { $0.map { $0.tree.key(of: $0.line) } }))
      return
    }
    func entry(_ place: (line: ParsedTree.Line, tree: ParsedTree)) -> Change.Entry {
      Change.Entry(mode: Int(place.line.mode), id: place.tree.key(of: place.line).id)
    }
    let old = parents.lazy.compactMap { $0 }.first.map(entry)
    switch (old, new.map(entry)) {
    case (nil, let new?): found.append(Change(path: path, kind: .added(new)))
    case (let old?, let new?): found.append(Change(path: path, kind: .modified(from: old, to: new)))
    case (let old?, nil): found.append(Change(path: path, kind: .deleted(old)))
    case (nil, nil): break
    }
  }

  private func refused(_ why: String) -> GitError {
    GitError(.limit, "find the changes of", commit.hex, why)
  }

  private func tree(_ key: Key?) throws(GitError) -> ParsedTree {
    guard let key else { return ParsedTree() }
    return try repository.keptTree(key)
  }
}

extension ParsedTree {
  /// Whether `line` is what `other` is in another tree. Modes that git reads alike are alike.
  fileprivate func holds(_ line: Line, as other: Line, of tree: ParsedTree) -> Bool {
    guard key(of: line) == tree.key(of: other) else { return false }
    return line.mode == other.mode
      || line.isTree == other.isTree
        && (line.isTree
          || Change.Entry(mode: Int(line.mode), id: .zero).mode
            == Change.Entry(mode: Int(other.mode), id: .zero).mode)
  }
}
