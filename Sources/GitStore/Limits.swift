/// What the store refuses to read, whatever is pushed: every size is compared with what the header
/// says before the content is read, every count while counting.
public struct Limits: Hashable, Sendable {
  /// The largest commit, in bytes. The largest in git.git has 12 kB, in Linux 110 kB.
  public var commitSize = 1 << 20
  /// The largest annotated tag, in bytes.
  public var tagSize = 1 << 20
  /// The largest tree, in bytes: about 400,000 entries of one directory.
  public var treeSize = 16 << 20
  /// How many folders deep a path may lead.
  public var pathDepth = 256
  /// The longest path that is followed when trees are compared, in bytes: no file system takes more
  /// (Linux: `PATH_MAX`).
  public var pathLength = 4096
  /// About how many bytes of trees are kept from one comparison to the next.
  public var keptTrees = 16 << 20
  /// How many tags of tags are followed to what they point at.
  public var nestedTags = 8
  /// How many bytes the new commits of one walk may have together, since all are held in memory.
  public var newCommitsSize = 64 << 20
  /// The largest commit that is read for its parents alone, because an accepted ref holds it.
  public var acceptedCommitSize = 64 << 20
  /// The largest administrative file (`packed-refs`, `shallow`, `info/alternates`), in bytes.
  public var administrativeFileSize = 256 << 20
  /// How many object directories may be chained through `info/alternates`; git has the same limit
  /// (gitrepository-layout(5)).
  public var alternatesDepth = 5
  /// How many steps a walk without a commit-graph goes on among accepted commits that are older
  /// than every new one, in case a clock was wrong. git goes on for 5 (revision.c, `SLOP`).
  public var clockSkewSteps = 256

  /// The limits as they are documented.
  public init() {}
}
