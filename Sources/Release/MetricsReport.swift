public import Policy

/// What `gitrel metrics` tells.
public struct MetricsReport: Hashable, Sendable {
  /// The figures.
  public let metrics: Metrics
  /// The branch whose releases are counted, as it is called here; nil for all releases.
  public let branch: String?
  /// The policy by which releases are told; nil where there is none.
  public let policy: PolicyOrigin?
  /// What is a failure.
  public let signs: ReleaseFailures
  /// What the reader must know of the figures, each a sentence.
  public let notes: [String]

  /// A report from its parts.
  public init(
    _ metrics: Metrics, branch: String? = nil, policy: PolicyOrigin? = nil,
    signs: ReleaseFailures = .standard, notes: [String] = []
  ) {
    (self.metrics, self.branch, self.policy) = (metrics, branch, policy)
    let all = Self.notes(on: metrics) + notes
    let more = all.count - Self.notesLimit
    self.signs = signs
    self.notes =
      all.prefix(Self.notesLimit) + (more > 0 ? ["and \(counted(more, "note")) more"] : [])
  }

  /// How many notes there are at most: tags and statements can be wrong by the thousand.
  static let notesLimit = 40

  /// What the figures themselves say about what they rest on.
  private static func notes(on metrics: Metrics) -> [String] {
    var notes: [String] = []
    let releases = metrics.releases
    let typed = releases.count { $0.source == .tagger }
    if typed > 0 {
      notes.append(
        "\(typed) of \(counted(releases.count, "release")) dated by the tagger, who can type any date:"
          + " no roll-out is stated, and the log here has no decision")
    }
    if metrics.whole.failed == nil, !releases.isEmpty {
      notes.append(
        "whether a release failed cannot be told: nobody states what became of any"
          + " (gitrel release rollout, incident, rollback)")
    }
    if metrics.whole.early > 0 {
      notes.append(
        "\(counted(metrics.whole.early, "commit")) with a date after the release: counted as no time"
      )
    }
    var untold: [(why: String, names: [String])] = []
    for release in releases {
      guard case .unknown(let why) = release.changes else { continue }
      if let place = untold.firstIndex(where: { $0.why == why }) {
        untold[place].names.append(release.name)
      } else {
        untold.append((why, [release.name]))
      }
    }
    notes += untold.map { "what \(listed($0.names)) brought cannot be told: \($0.why)" }
    let open = releases.filter { release in
      metrics.failures[release.name].map { $0.recovered == nil } ?? false
    }
    if !open.isEmpty { notes.append("not recovered yet: \(listed(open.map(\.name)))") }
    return notes
  }

  private static func listed(_ names: [String]) -> String {
    names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", ..." : "")
  }
}
