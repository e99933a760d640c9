public import GitModel

/// How releases are made: what a policy says under `release`.
public struct ReleaseTerms: Hashable, Sendable {
  /// The branch that releases are cut from; nil for the one that holds the policy.
  public let branch: RefName?
  /// What metrics take for a release that failed.
  public let failure: ReleaseFailures
  /// Who is told of them by mail; nil for nobody.
  public let mail: ReleaseMailTerms?
  /// What their notes are made of.
  public let notes: ReleaseNotesTerms
  /// When each is looked at afterwards; nil where that is left to incidents.
  public let review: ReleaseReview?
  /// Who may say what of them once they are tagged.
  public let steps: ReleaseSteps
  /// The stages in which they go out.
  public let strategies: RolloutPlans

  /// Terms from their parts.
  public init(
    branch: RefName? = nil, failure: ReleaseFailures = .standard, mail: ReleaseMailTerms? = nil,
    notes: ReleaseNotesTerms = ReleaseNotesTerms(), review: ReleaseReview? = nil,
    steps: ReleaseSteps = .open, strategies: RolloutPlans = .standard
  ) {
    (self.branch, self.failure) = (branch, failure)
    (self.mail, self.notes) = (mail, notes)
    (self.review, self.steps, self.strategies) = (review, steps, strategies)
  }
}
