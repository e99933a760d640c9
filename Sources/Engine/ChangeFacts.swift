internal import GitModel
internal import GitStore
internal import Policy

/// Finds what new commits change, once for each commit of a push, and what rules on content want to
/// know beside it: sizes, and paths that differ in capitals alone.
///
/// What all commits of a push cost together is bounded; beyond the bound nothing is known, and so
/// nothing is let through.
final class ChangeFacts {
  /// How many paths the new commits of one push may change together, folders on the way counted.
  static let limit = 200_000

  private let repository: Repository
  private var budget = ChangeFacts.limit
  private var clashBudget = ChangeFacts.limit
  private var changes: [ObjectID: [Change]] = [:]
  private var sizes: [ObjectID: Int] = [:]
  private var clashes: [ObjectID: [CaseClash]] = [:]

  init(_ repository: Repository) { self.repository = repository }

  /// What each of the new commits changes, in their order.
  func changes(of commits: Fact<[Commit]>) -> Fact<[CommitChanges]> {
    commits.finding { commits throws(GitError) in
      // The oldest first: each has most of its trees in common with the one before.
      for commit in commits.reversed() where changes[commit.id] == nil {
        changes[commit.id] = try repository.changes(of: commit, spending: &budget)
      }
      return commits.map { CommitChanges(commit: $0, changes: changes[$0.id] ?? []) }
    }
  }

  /// The paths at which a ref comes to hold something else than at `old`. Where the ref is new, what
  /// merges among the new commits bring to their first parents.
  func touched(
    by commits: Fact<[Commit]>, from old: ObjectID?, to new: ObjectID?
  ) -> Fact<[Bytes]> {
    commits.finding { commits throws(GitError) in
      if let old, let new {
        return try repository.changes(of: repository.commit(new), since: old, spending: &budget)
          .map(\.path)
      }
      var paths: [Bytes] = []
      for commit in commits where commit.isMerge {
        paths += try repository.changes(beyondFirstParentOf: commit, spending: &budget).map(\.path)
      }
      return paths
    }
  }

  /// The sizes of the blobs that changes bring in, by their headers alone.
  func sizes(of changes: Fact<[CommitChanges]>) -> Fact<[ObjectID: Int]> {
    changes.finding { commits throws(GitError) in
      var found: [ObjectID: Int] = [:]
      for commit in commits {
        for change in commit.changes {
          guard let entry = change.new, entry.kind != .submodule, found[entry.id] == nil else {
            continue
          }
          if sizes[entry.id] == nil { sizes[entry.id] = try repository.blobSize(of: entry.id) }
          found[entry.id] = sizes[entry.id]
        }
      }
      return found
    }
  }

  /// The paths that commits add beside others that differ from them in ASCII capitals alone.
  func caseClashes(of changes: Fact<[CommitChanges]>) -> Fact<[ObjectID: [CaseClash]]> {
    changes.finding { commits throws(GitError) in
      var found: [ObjectID: [CaseClash]] = [:]
      for commit in commits.reversed() {
        let id = commit.commit.id
        if clashes[id] == nil { clashes[id] = try clashes(in: commit) }
        if let its = clashes[id], !its.isEmpty { found[id] = its }
      }
      return found
    }
  }

  private func clashes(in commit: CommitChanges) throws(GitError) -> [CaseClash] {
    // A merge may put together what each parent has alone: there, what is new to the first one counts.
    let changes =
      commit.commit.isMerge
      ? try repository.changes(beyondFirstParentOf: commit.commit, spending: &clashBudget)
      : commit.changes
    let added = changes.compactMap { change in
      if case .added = change.kind { change.path } else { nil }
    }
    return try repository.caseClashes(of: added, inTree: commit.commit.tree)
      .map { CaseClash(added: $0.path, other: $0.other) }
  }
}

extension Fact {
  /// What `find` makes of the value; unknown with the reason where it fails.
  fileprivate func finding<Other>(
    _ find: (Value) throws(GitError) -> Other
  ) -> Fact<Other> {
    switch self {
    case .notGathered: return .notGathered
    case .unknown(let why): return .unknown(why)
    case .known(let value):
      do { return .known(try find(value)) } catch {
        guard error.code == .limit else { return .unknown(error.description) }
        return .unknown(
          "what the new commits change is not looked into any further: \(error.detail)"
            + " (\(ChangeFacts.limit) paths and folders for a push)")
      }
    }
  }
}
