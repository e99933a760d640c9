public import GitModel

/// A commit on a line of first parents.
public struct FirstParentStep: Sendable {
  /// Its id.
  public let id: ObjectID
  /// Its parents, read without judging; none where history is cut off behind it.
  public let parents: [ObjectID]
  /// The committer date as it claims, read without judging.
  public let date: Instant
  /// Whether history is cut off behind it (a shallow clone), so that its parents are not known.
  public let isCut: Bool
  /// The commit by the strict reader; nil where that does not accept it.
  public let commit: Commit?
}

extension Repository {
  /// Walks from `tip` along first parents, the newest first, each commit read once, until `body` says
  /// that it has enough or there is no further parent.
  public func walkFirstParents(
    from tip: ObjectID, _ body: (FirstParentStep) throws(GitError) -> Bool
  ) throws(GitError) {
    let shallow = try shallowCommits()
    var next: ObjectID? = tip
    while let id = next {
      let step = try withObject(Key(id), "read commit", limit: limits.acceptedCommitSize) {
        kind, bytes throws(GitError) -> FirstParentStep in
        guard kind == .commit else {
          throw .wrongKind("read commit", id, found: kind, wanted: .commit)
        }
        let links = CommitLinks(bytes)
        let isCut = !links.parents.isEmpty && shallow.contains(Key(id))
        let commit =
          bytes.count <= limits.commitSize ? try? Commit(id: id, content: Bytes(bytes)[...]) : nil
        return FirstParentStep(
          id: id, parents: isCut ? [] : commit?.parents ?? links.parents.map(\.id),
          date: Instant(seconds: links.date), isCut: isCut, commit: commit)
      }
      guard let step else { throw .missing("read commit", id) }
      guard try body(step) else { return }
      next = step.parents.first
    }
  }
}
