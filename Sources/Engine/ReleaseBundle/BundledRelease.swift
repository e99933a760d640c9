internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// A release as the repository has it: its tag, its commit, and the commits that came with it.
struct BundledRelease {
  /// The ref of the tag.
  let ref: RefName
  let tag: Tag
  let commit: Commit
  /// The refs on which it is looked at: the tag, and the branch that it was cut from.
  let refs: [RefName]
  /// The tag, the commit, and the commits since the release before, as they are stored.
  let objects: [BundledObjects.Object]
  /// The commits.
  let commits: Set<ObjectID>
  /// Whether there are more than these, which are the newest.
  let isCut: Bool
  /// Approvals that travel in the messages of the commits.
  let carried: [(envelope: Envelope, statement: Statement)]

  /// The release at `ref`, as `gate` sees it.
  init(_ ref: RefName, _ gate: CloneGate) throws(EngineFault) {
    let repository = gate.repository
    guard ref.fault == nil, let value = try gate.view.value(of: ref) else {
      throw EngineFault(
        "there is no tag `\(ref.short)` here", hints: ["git fetch --tags gets new ones"])
    }
    let found = try EngineFault.wrapping { () throws(GitError) -> (Tag, Commit)? in
      let peeled = try repository.peel(value)
      guard peeled.kind == .commit, peeled.tags.count == 1, let tag = peeled.tags.first else {
        return nil
      }
      return (tag, try repository.commit(peeled.target))
    }
    guard let (tag, commit) = found else {
      throw EngineFault("`\(ref.short)` is no release: it is not an annotated tag of a commit")
    }
    (self.ref, self.tag, self.commit) = (ref, tag, commit)
    let branch = ReleaseDesk.standardBranch(gate)
    let tip = try gate.view.value(of: branch)
    let range = try ReleaseHistory(repository, versions: gate.policy.document.tagVersions).range(
      to: commit.id, as: ref)
    let history = range.commits
    isCut = range.isCut
    let isOnBranch = try EngineFault.wrapping { () throws(GitError) in
      try tip.map { tip throws(GitError) in try repository.isAncestor(commit.id, of: tip) } ?? false
    }
    refs = ([ref] + (isOnBranch ? [branch] : [])).sorted()
    commits = Set(history.map(\.id)).union([commit.id])
    objects = try EngineFault.wrapping { () throws(GitError) in
      var objects = [
        BundledObjects.Object(
          id: tag.id, kind: .tag, content: try repository.content(of: tag.id, kind: .tag)),
        .init(
          id: commit.id, kind: .commit,
          content: try repository.content(of: commit.id, kind: .commit)),
      ]
      for other in Self.descending(history, from: commit) {
        objects.append(
          .init(id: other, kind: .commit, content: try repository.content(of: other, kind: .commit))
        )
      }
      return objects
    }
    carried = history.flatMap(\.trailers).filter {
      $0.key.asciiLowercased == ApprovalTrailer.key.asciiLowercased
    }.compactMap { trailer in
      guard let (envelope, _) = ApprovalTrailer.read(trailer.value),
        let statement = try? Statement(parsing: envelope.payload)
      else { return nil }
      return (envelope, statement)
    }
  }

  /// The ids of the commits but the first, each behind one that it is a parent of.
  private static func descending(_ commits: [Commit], from first: Commit) -> [ObjectID] {
    let byID = Dictionary(commits.map { ($0.id, $0) }) { first, _ in first }
    var order: [ObjectID] = []
    var seen: Set<ObjectID> = [first.id]
    var next = [first]
    while !next.isEmpty {
      let parents = next.flatMap(\.parents)
      next = []
      for parent in parents {
        guard let commit = byID[parent], seen.insert(parent).inserted else { continue }
        order.append(parent)
        next.append(commit)
      }
    }
    return order
  }
}
