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
      debts.append(
        Debt(
          decision: debt.entry.sequence, instant: Instant(seconds: debt.entry.seconds),
          overrides: debt.entry.overrides, people: debt.entry.involved(among: people),
          reviews: try statements.reviews(of: debt.digest, on: ref)))
    }
    return DebtReading(debts: debts, incidents: try incidents(besides: ref))
  }

  /// The releases with incidents that are not settled.
  private func incidents(besides ref: RefName) throws(EngineFault) -> [ReleaseIncidents] {
    let versions = statements.policy.tagVersions
    // A tag that is no version (any more) is no release, and what went wrong with it is not settled by that.
    let releases = tags.filter {
      !(versions.version(of: $0.name.shortBytes)?.isPrerelease ?? false)
    }.sorted { $0.name < $1.name }
    guard releases.count <= Self.maximumReleases else {
      throw EngineFault(
        "more than \(Self.maximumReleases) releases may have incidents, and each is looked at")
    }
    var found: [ReleaseIncidents] = []
    for tag in releases where tag.name != ref {
      let peeled = try EngineFault.wrapping { () throws(GitError) in try repository.peel(tag.value)
      }
      guard peeled.kind == .commit,
        try statements.declarations(at: peeled.target).contains(where: {
          $0.said.kind == .incident && $0.said.ref == tag.name
        })
      else { continue }
      let state = IncidentState(
        try statements.stated(of: peeled.target, on: tag.name, isDated: true), on: tag.name,
        statements.policy.release, statements.policy.people)
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
    for one in try declarations(at: place)
    where one.said.kind == .review && one.statement.isAbout(sha256: digest) {
      let person = String(decoding: one.said.person, as: UTF8.self)
      found.append(
        try judged(one, at: place, on: ref) { policy in
          ref.map { policy.takesReview(of: person, on: $0) }
        })
    }
    return found
  }
}

extension PolicyDocument {
  /// Whether a review by a person settles what is owed on `ref`, by every rule that asks for one.
  fileprivate func takesReview(of person: String, on ref: RefName) -> Bool {
    let asking = rulesets(guarding: ref).flatMap(\.rules).compactMap { $0.rule as? ReviewOwed }
    return !asking.isEmpty && asking.allSatisfy { $0.by?.contains(person) ?? true }
  }
}

extension LogEntry {
  /// The people who overrode or pushed it: those whom the log names, and all of today's whom it may mean, for
  /// logins and ids change. Nobody is made another person by that.
  func involved(among people: People) -> Set<String> {
    var names = overriders
    if let pusher { names.append(pusher) }
    if let pushingPerson { names.append(pushingPerson) }
    var involved = Set(names)
    for person in people.all
    where names.contains(where: {
      $0 == person.id || $0 == person.name || person.logins.contains($0)
    }) {
      involved.insert(person.id)
    }
    return involved
  }
}
