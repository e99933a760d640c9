internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// Finds out which overrides of the log were reviewed.
struct DebtFacts {
  let statements: PersonalStatements
  let log: DecisionLog
  let repository: Repository
  /// The tags whose releases are looked at: those that the judging ruleset guards, so that nobody who may
  /// push other tags adds to them.
  let tags: [(name: RefName, value: ObjectID)]

  /// Of how many releases the incidents are looked at.
  private static let maximumReleases = 5_000

  /// The debts of the log from `since` on, with their reviews, as they count on `ref`.
  func reading(on ref: RefName, since: Instant?) throws(EngineFault) -> DebtReading {
    let people = statements.policy.people
    var debts: [Debt] = []
    for debt in try log.debts(since: since) {
      var involved = Set(debt.entry.overriders)
      if let pusher = debt.entry.pusher.flatMap({ people.person(login: $0) }) {
        involved.insert(pusher.id)
      }
      debts.append(
        Debt(
          decision: debt.entry.sequence, instant: Instant(seconds: debt.entry.seconds),
          overrides: debt.entry.overrides, people: involved,
          reviews: try statements.reviews(of: debt.digest, on: ref)))
    }
    return DebtReading(debts: debts, incidents: try incidents(besides: ref))
  }

  /// The releases with incidents that are not settled.
  private func incidents(besides ref: RefName) throws(EngineFault) -> [ReleaseIncidents] {
    let versions = statements.policy.tagVersions
    let releases = tags.compactMap { tag in
      versions.version(of: tag.name.shortBytes).map { (tag: tag, version: $0) }
    }.filter { !$0.version.isPrerelease }.sorted { $1.version < $0.version }
    guard releases.count <= Self.maximumReleases else {
      throw EngineFault(
        "more than \(Self.maximumReleases) releases may have incidents, and each is looked at")
    }
    var found: [ReleaseIncidents] = []
    for (tag, _) in releases where tag.name != ref {
      let peeled = try EngineFault.wrapping { () throws(GitError) in try repository.peel(tag.value)
      }
      guard peeled.kind == .commit,
        try statements.declarations(of: peeled.target).contains(where: {
          $0.said.kind == .incident && $0.said.ref == tag.name
        })
      else { continue }
      let state = IncidentState(
        try statements.stated(of: peeled.target, on: tag.name), on: tag.name,
        statements.policy.release.steps)
      if !state.isSettled { found.append(ReleaseIncidents(tag: tag.name, state: state)) }
    }
    return found
  }
}

extension PersonalStatements {
  /// The reviews of what is known by its SHA-256, and why those that do not count do not.
  func reviews(of digest: String, on ref: RefName? = nil) throws(EngineFault)
    -> [StatedDeclaration]
  {
    let place = EvidencePlace.statements(about: digest)
    var found: [StatedDeclaration] = []
    for (said, statement, envelope) in try declarations(at: place)
    where said.kind == .review && statement.isAbout(sha256: digest) {
      found.append(
        StatedDeclaration(
          said, digest: envelope.statementDigest, fault: try fault(of: said, in: envelope, on: ref))
      )
    }
    return found
  }
}
