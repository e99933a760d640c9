public import GitModel

/// What a new tag brings since the release before it.
public struct SinceRelease: Hashable, Sendable {
  /// The short name of the highest release below the new tag that its commit has; nil for the first.
  public let previous: String?
  /// The commits since then, newest first.
  public let commits: [Commit]
  /// The paths at which the new tag holds something else, as far as a rule asks for paths; for the first
  /// release those that it holds.
  public let paths: [Bytes]

  /// What came since `previous`.
  public init(previous: String?, commits: [Commit], paths: [Bytes] = []) {
    (self.previous, self.commits, self.paths) = (previous, commits, paths)
  }

  /// Since when, for people.
  var words: String { previous ?? "the beginning" }
}

/// Where one could go back to from a new tag.
public struct RollbackReading: Hashable, Sendable {
  /// The tree of the commit that the new tag stands on.
  public let tree: ObjectID
  /// The short names of the releases that were there before the push.
  public let releases: Set<Bytes>
  /// The highest release below the new tag; nil for a first one.
  public let previous: String?
  /// What stands at the tag that the new one names as its target; nil where no release has that name.
  public let target: ReleasedTarget?

  /// A reading from its parts.
  public init(
    tree: ObjectID, releases: Set<Bytes>, previous: String?, target: ReleasedTarget?
  ) {
    (self.tree, self.releases) = (tree, releases)
    (self.previous, self.target) = (previous, target)
  }
}

/// A release to which one could go back.
public struct ReleasedTarget: Hashable, Sendable {
  /// Whether its version is lower than that of the new tag.
  public let isOlder: Bool
  /// The annotated tag; nil for a ref that points at a commit.
  public let tag: Tag?
  /// The commit.
  public let commit: ObjectID
  /// Its tree.
  public let tree: ObjectID
  /// What is declared of the commit.
  public let declarations: [StatedDeclaration]

  /// A target from its parts.
  public init(
    isOlder: Bool, tag: Tag?, commit: ObjectID, tree: ObjectID, declarations: [StatedDeclaration]
  ) {
    (self.isOlder, self.tag, self.commit, self.tree) = (isOlder, tag, commit, tree)
    self.declarations = declarations
  }
}
