public import GitModel

/// How releases are made: what a policy says under `release`.
public struct ReleaseTerms: Hashable, Sendable {
  /// The branch that releases are cut from; nil for the one that holds the policy.
  public let branch: RefName?
  /// What their notes are made of.
  public let notes: ReleaseNotesTerms

  /// Terms from their parts.
  public init(branch: RefName? = nil, notes: ReleaseNotesTerms = ReleaseNotesTerms()) {
    self.branch = branch
    self.notes = notes
  }
}
