public import GitModel

/// The version that comes next, and why.
public struct NextRelease: Hashable, Sendable {
  /// The version, as the tag is to be called.
  public let name: String
  /// The version before it in the branch's history; nil for a first one.
  public let previous: String?
  /// The highest version of its line, where that is none of the branch's history.
  public let above: String?
  /// The step that was asked for.
  public let step: VersionStep?
  /// The newest commit that wants more than a patch; nil where none does.
  public let cause: NotesChange?
  /// How many commits there are since then.
  public let commits: Int
  /// Whether there are more than those.
  public let isCut: Bool

  /// A next version from its parts.
  public init(
    name: String, previous: String?, above: String?, step: VersionStep?, cause: NotesChange?,
    commits: Int, isCut: Bool
  ) {
    (self.name, self.previous, self.above) = (name, previous, above)
    (self.step, self.cause) = (step, cause)
    (self.commits, self.isCut) = (commits, isCut)
  }
}
