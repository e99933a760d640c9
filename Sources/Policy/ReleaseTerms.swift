public import GitModel

/// How releases are made: what a policy says under `release`.
public struct ReleaseTerms: Hashable, Sendable {
  /// The branch that releases are cut from; nil for the one that holds the policy.
  public let branch: RefName?

  /// Terms from their parts.
  public init(branch: RefName? = nil) {
    self.branch = branch
  }
}
