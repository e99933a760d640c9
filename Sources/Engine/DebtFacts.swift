internal import Evidence
internal import GitModel
internal import Policy

/// Finds out which overrides of the log were reviewed.
struct DebtFacts {
  let statements: PersonalStatements
  let log: DecisionLog

  /// The debts of the log from `since` on, with their reviews, as they count on `ref`.
  func reading(on ref: RefName) throws(EngineFault) -> DebtReading {
    let people = statements.policy.people
    var debts: [Debt] = []
    for debt in try log.debts() {
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
    return DebtReading(debts: debts)
  }
}

extension PersonalStatements {
  /// The reviews of what is known by its SHA-256, and why those that do not count do not.
  func reviews(of digest: String, on ref: RefName) throws(EngineFault) -> [StatedDeclaration] {
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
