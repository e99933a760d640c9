internal import GitModel
internal import GitStore
internal import Policy

/// Finds out what rules on releases want to know of the releases before a new tag: those that were there
/// before the push, and that the same ruleset guards, so that what it asks for they went through.
struct ReleaseFacts {
  /// How many paths may be looked at on the way from one release to the next.
  static let pathsLimit = 1_000_000

  let repository: Repository
  /// The refs before the push.
  let refs: [(name: RefName, value: ObjectID)]
  let ruleset: Ruleset
  let versions: TagVersions

  /// What `target` brings since the release before `name`.
  func since(
    _ name: RefName, _ target: Target, asksPaths: Bool
  ) throws(EngineFault) -> SinceRelease {
    guard target.kind == .commit else {
      throw EngineFault("\(target.object.short) is no commit, and brings none")
    }
    let own = versions.version(of: name.shortBytes)
    let releases = releases(besides: name).filter { release in
      // A release follows the release before it, not its own candidates, whose changes it brings too.
      guard let own else { return true }
      return release.version < own && (own.isPrerelease || !release.version.isPrerelease)
    }
    return try EngineFault.wrapping { () throws(GitError) in
      let commit = try repository.commit(target.object)
      // A tag without a message is no release.
      let previous = try repository.firstAncestor(
        of: commit.id, among: releases.map(\.value), where: { !$0.tags.isEmpty }
      ).map { (name: releases[$0.place].name, commit: $0.commit) }
      let commits = try repository.newCommits(
        from: [commit.id], hiding: previous.map { [$0.commit] } ?? [],
        limit: FactGatherer.newCommitsLimit)
      var budget = Self.pathsLimit
      let paths =
        asksPaths
        ? try repository.changes(of: commit, since: previous?.commit, spending: &budget).map(\.path)
        : []
      return SinceRelease(previous: previous?.name.short, commits: commits, paths: paths)
    }
  }

  /// Where one could go back to from `target`, which is to stand at `name`.
  func rollback(
    _ name: RefName, _ target: Target, _ statements: PersonalStatements
  ) throws(EngineFault) -> RollbackReading {
    guard target.kind == .commit else {
      throw EngineFault("\(target.object.short) is no commit, and nobody can go back from it")
    }
    let releases = releases(besides: name)
    guard let own = versions.version(of: name.shortBytes) else {
      throw EngineFault("`\(name.short)` is not \(versions)")
    }
    let tree = try EngineFault.wrapping { () throws(GitError) in
      try repository.commit(target.object).tree
    }
    var found: ReleasedTarget?
    if let tag = target.tags.first,
      case .known(let wanted?) = ReleaseTrailers(tag.message).rollbackTarget,
      let release = releases.first(where: { $0.name == RefName("refs/tags/\(wanted)") })
    {
      found = try self.target(
        release.name, release.value, isOlder: release.version < own, statements)
    }
    let previous = releases.first { $0.version < own && !$0.version.isPrerelease }
    return RollbackReading(
      tree: tree, releases: Set(releases.map { Bytes($0.name.shortBytes) }),
      previous: previous?.name.short, target: found)
  }

  private func target(
    _ name: RefName, _ value: ObjectID, isOlder: Bool, _ statements: PersonalStatements
  ) throws(EngineFault) -> ReleasedTarget? {
    let found = try EngineFault.wrapping { () throws(GitError) -> (tag: Tag?, commit: Commit)? in
      let peeled = try repository.peel(value)
      guard peeled.kind == .commit else { return nil }
      return (peeled.tags.first, try repository.commit(peeled.target))
    }
    guard let (tag, commit) = found else { return nil }
    return ReleasedTarget(
      isOlder: isOlder, tag: tag, commit: commit.id, tree: commit.tree,
      declarations: try statements.stated(of: commit.id, on: name, isDated: true))
  }

  /// The releases besides `name`, the highest version first.
  private func releases(
    besides name: RefName
  ) -> [(name: RefName, value: ObjectID, version: Version)] {
    refs.filter { $0.name.isTag && $0.name != name && ruleset.refs.contains($0.name) }
      .compactMap { ref in
        versions.version(of: ref.name.shortBytes).map {
          (name: ref.name, value: ref.value, version: $0)
        }
      }.sorted { $1.version < $0.version }
  }
}
