public import GitModel

/// How releases are made: what a policy says under `release`.
public struct ReleaseTerms: Hashable, Sendable {
  /// The branch that releases are cut from; nil for the one that holds the policy.
  public let branch: RefName?
  /// What metrics take for a release that failed.
  public let failure: ReleaseFailures

  /// Terms from their parts.
  public init(branch: RefName? = nil, failure: ReleaseFailures = .standard) {
    self.branch = branch
    self.failure = failure
  }
}
