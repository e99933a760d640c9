public import GitModel

/// The release before a new version, by their names, and whether the new one stands on it.
public struct VersionLineage: Hashable, Sendable {
  /// The short name of its tag.
  public let release: Bytes
  /// Whether its commit is an ancestor of the new one's, or the same.
  public let isBelow: Bool

  /// The release and whether the new version stands on it.
  public init(release: Bytes, isBelow: Bool) {
    (self.release, self.isBelow) = (release, isBelow)
  }
}

extension TagVersions {
  /// Of these short names of tags the highest release below the version that `name` writes; nil where
  /// there is none, or `name` writes none.
  public func release(below name: RefName, among names: some Sequence<Bytes>) -> Bytes? {
    guard let version = version(of: name.shortBytes) else { return nil }
    var highest: (name: Bytes, version: Version)?
    for name in names {
      guard let other = self.version(of: name), !other.isPrerelease, other < version else {
        continue
      }
      if let known = highest, !(known.version < other) { continue }
      highest = (name, other)
    }
    return highest?.name
  }
}
