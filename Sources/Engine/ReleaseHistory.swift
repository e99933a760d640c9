internal import GitModel
internal import GitStore
internal import Policy
internal import Release

/// The versions that are tagged in a repository, and what lies between them.
struct ReleaseHistory {
  /// A tag whose name is a version.
  struct VersionTag: Hashable {
    let name: RefName
    let version: Version
    /// What the ref holds: a tag object or a commit.
    let id: ObjectID
  }

  /// Some commits, newest first, with where they start.
  struct Range {
    /// The version before; nil for the beginning.
    let previous: VersionTag?
    let commits: [Commit]
    /// Whether there are more of them.
    let isCut: Bool
  }

  /// How many commits notes are made of at most.
  static let commitsLimit = 20_000

  let repository: Repository
  let versions: TagVersions
  /// The highest first.
  let tags: [VersionTag]

  init(_ repository: Repository, versions: TagVersions) throws(EngineFault) {
    (self.repository, self.versions) = (repository, versions)
    let refs = try EngineFault.wrapping { () throws(GitError) in
      try repository.refs(under: "refs/tags/")
    }
    tags = refs.compactMap { ref in
      versions.version(of: ref.name.shortBytes).map {
        VersionTag(name: ref.name, version: $0, id: ref.value)
      }
    }.sorted { $1.version < $0.version }
  }

  /// The highest release below `name`, wherever it stands.
  func release(before name: RefName) -> VersionTag? {
    let version = versions.version(of: name.shortBytes)
    return tags.first { tag in
      tag.name != name && !tag.version.isPrerelease && (version.map { tag.version < $0 } ?? true)
    }
  }

  /// The commit of a tag; nil where it leads to none.
  func commit(of tag: VersionTag) throws(EngineFault) -> ObjectID? {
    let peeled = try EngineFault.wrapping { () throws(GitError) in try repository.peel(tag.id) }
    return peeled.kind == .commit ? peeled.target : nil
  }

  /// The commits of `commit` since the version before `name` among its ancestors. A release follows the
  /// release before it, not its own candidates, whose changes it brings too. Without a name it is the
  /// last release.
  func range(to commit: ObjectID, as name: RefName?) throws(EngineFault) -> Range {
    let version = name.flatMap { versions.version(of: $0.shortBytes) }
    let candidates = tags.filter { tag in
      guard tag.name != name else { return false }
      guard let version else { return !tag.version.isPrerelease }
      return tag.version < version && (version.isPrerelease || !tag.version.isPrerelease)
    }
    let found = try EngineFault.wrapping { () throws(GitError) in
      try repository.firstAncestor(of: commit, among: candidates.map(\.id))
    }
    return try range(
      to: commit, since: found?.commit, previous: found.map { candidates[$0.place] })
  }

  /// The commits of `commit` that `base` has not got; of very many the newest.
  func range(
    to commit: ObjectID, since base: ObjectID?, previous: VersionTag?
  ) throws(EngineFault) -> Range {
    let hidden = base.map { [$0] } ?? []
    return try EngineFault.wrapping { () throws(GitError) in
      do throws(GitError) {
        let commits = try repository.newCommits(
          from: [commit], hiding: hidden, limit: Self.commitsLimit)
        return Range(previous: previous, commits: commits, isCut: false)
      } catch {
        guard error.code == .limit || error.code == .tooLarge || error.code == .malformed else {
          throw error
        }
        let (commits, isCut) = try repository.newestCommits(
          from: commit, hiding: hidden, limit: Self.commitsLimit)
        return Range(previous: previous, commits: commits, isCut: isCut)
      }
    }
  }

  /// The version that comes next on `branch`, at `commit`.
  func next(
    _ aim: VersionAim, to range: Range, notes: ReleaseNotes
  ) throws(EngineFault) -> NextRelease {
    var aim = aim
    aim.change = notes.weightiest?.step ?? .patch
    let there = Set(range.commits.map(\.id))
    let last = tags.first { tag in
      !tag.version.isPrerelease && aim.line?.holds(tag.version) ?? true
    }
    var candidates: [Version] = []
    for tag in tags where tag.version.isPrerelease {
      guard last.map({ $0.version < tag.version }) ?? true, let commit = try commit(of: tag),
        there.contains(commit)
      else { continue }
      candidates.append(tag.version)
    }
    let version: Version
    do {
      version = try versions.scheme.next(
        aim, tagged: tags.map(\.version), candidates: candidates)
    } catch {
      throw EngineFault(
        "the next version cannot be told: \(error.words)", hints: ["gitrel tag VERSION names one"])
    }
    return NextRelease(
      name: versions.prefix + version.description, previous: range.previous?.name.short,
      above: last?.name == range.previous?.name ? nil : last?.name.short, step: aim.step,
      cause: notes.weightiest, commits: range.commits.count, isCut: range.isCut)
  }
}
