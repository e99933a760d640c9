internal import GitModel
internal import GitStore
internal import Policy

/// Looks into the trees of reverts: whether one does what it says, and nothing else.
struct ScopeFacts {
  /// How many paths may be looked at for all reverts of a release together.
  static let pathsLimit = 200_000

  private let repository: Repository

  init(_ repository: Repository) { self.repository = repository }

  /// Those of `commits` that take back one other of them and whose content is exactly what that makes: the
  /// change of the other, merged backwards. What cannot be looked into is not among them.
  func plainReverts(_ commits: [Commit]) -> Set<ObjectID> {
    let known = Dictionary(
      commits.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var budget = Self.pathsLimit
    var plain: Set<ObjectID> = []
    for commit in commits where budget > 0 {
      let claims = Reverts.claims(of: commit)
      guard claims.count == 1, commit.parents.count == 1,
        let reverted = ObjectID(hex: claims[0]).flatMap({ known[$0] })
      else { continue }
      if (try? isPlain(commit, of: reverted, spending: &budget)) ?? false {
        plain.insert(commit.id)
      }
    }
    return plain
  }

  private func isPlain(
    _ commit: Commit, of reverted: Commit, spending budget: inout Int
  ) throws(GitError) -> Bool {
    // A first commit has nothing before it to go back to.
    guard let before = Reverts.mainline(of: reverted, revertedBy: commit),
      let parent = commit.parents.first
    else { return false }
    return try repository.residue(
      ofMerging: repository.commit(before).tree, into: repository.commit(parent).tree,
      over: reverted.tree, as: commit.tree, spending: &budget
    ).isEmpty
  }
}
