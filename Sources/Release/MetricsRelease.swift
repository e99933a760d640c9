public import GitModel
public import Policy

/// A release as metrics take it: when it went out, what it brought, and what became of it.
public struct MetricsRelease: Hashable, Sendable {
  /// From what it is known when a release went out.
  public enum Source: String, Hashable, Sendable, CaseIterable {
    /// The first statement that it reached a stage of its roll-out.
    case rollout
    /// The server's decision that let the tag in.
    case log
    /// The date in the tag, which whoever made it typed.
    case tagger
  }

  /// The commits that no release before it had, merges left out.
  public enum Changes: Hashable, Sendable {
    /// The date of each by its committer, in seconds since 1970.
    case known([Int64])
    /// Why they cannot be told.
    case unknown(String)
  }

  /// Something that went wrong with it.
  public struct Incident: Hashable, Sendable {
    /// When it was opened.
    public let opened: Instant
    /// When it was over; nil while it is not.
    public let resolved: Instant?

    /// An incident.
    public init(opened: Instant, resolved: Instant? = nil) {
      (self.opened, self.resolved) = (opened, resolved)
    }
  }

  /// The tag's short name.
  public let name: String
  /// When it went out.
  public let deployed: Instant
  /// From what that is known.
  public let source: Source
  /// The lane on which it went out.
  public let lane: Lane
  /// What it brought.
  public let changes: Changes
  /// The release that it mends or takes back, where its lane is no normal one and there is such a release.
  public let repairs: String?
  /// When it is stated to have been taken back, in any order.
  public let rollbacks: [Instant]
  /// What is stated to have gone wrong with it.
  public let incidents: [Incident]

  /// A release from its parts.
  public init(
    _ name: String, deployed: Instant, source: Source = .rollout, lane: Lane = .normal,
    changes: Changes = .known([]), repairs: String? = nil, rollbacks: [Instant] = [],
    incidents: [Incident] = []
  ) {
    (self.name, self.deployed, self.source, self.lane) = (name, deployed, source, lane)
    (self.changes, self.repairs) = (changes, repairs)
    (self.rollbacks, self.incidents) = (rollbacks, incidents)
  }
}

extension MetricsRelease {
  /// Whether something is known of what became of it, so that others of which nothing is known went well.
  var tellsOutcome: Bool {
    source == .rollout || lane != .normal || !rollbacks.isEmpty || !incidents.isEmpty
  }
}

/// That a release failed, and how long that lasted.
public struct MetricsFailure: Hashable, Sendable {
  /// When it began: with the first incident, else when the release went out.
  public let began: Instant
  /// When it was over; nil while it is not.
  public let recovered: Instant?

  /// How long it took; nil while it is not over. What is stated of a time before it began took none.
  public var seconds: Int64? { recovered.map { max(0, $0.seconds - began.seconds) } }

  /// What `signs` make of `release`, which `repairs` mend or take back; nil where it did not fail.
  ///
  /// It is over with the first of these: the release was taken back, another one that mends it went out,
  /// the last of its incidents is resolved.
  init?(_ release: MetricsRelease, repairs: [MetricsRelease], signs: ReleaseFailures) {
    var ends: [Instant] = []
    var hasFailed = false
    if signs.signs.contains(.rollback) {
      ends += release.rollbacks + repairs.filter { $0.lane == .rollback }.map(\.deployed)
    }
    if signs.signs.contains(.hotfix) {
      ends += repairs.filter { $0.lane == .hotfix }.map(\.deployed)
    }
    hasFailed = !ends.isEmpty
    var began = release.deployed
    if signs.signs.contains(.incident), let first = release.incidents.map(\.opened).min() {
      (hasFailed, began) = (true, first)
      let resolved = release.incidents.compactMap(\.resolved)
      if resolved.count == release.incidents.count, let last = resolved.max() { ends.append(last) }
    }
    guard hasFailed else { return nil }
    (self.began, recovered) = (began, ends.min())
  }
}
