internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// Finds out which freezes and duties people have declared.
///
/// A freeze may count for a year, so those of this month and of the twelve before it are looked at.
struct TimeFacts {
  let statements: PersonalStatements

  /// What is declared, where it is about an update of `ref`. What lies there and cannot be read might be a
  /// freeze, so then nothing is told.
  func stated(on ref: RefName) throws(EngineFault) -> [StatedDeclaration] {
    var found: [StatedDeclaration] = []
    for place in Self.places(at: statements.instant) {
      for stored in try statements.stored(at: place) {
        let (envelope, statement) = try stored.content.get()
        guard case .declaration(let said) = statement.predicate,
          said.kind == .freeze || said.kind == .duty
        else { continue }
        found.append(
          StatedDeclaration(
            said, digest: stored.digest,
            fault: try statements.fault(of: said, in: envelope, on: ref)))
      }
    }
    return found
  }

  /// Where everything lies that may count at `instant`, whoever's clock is a little ahead.
  static func places(at instant: Instant) -> [ObjectID] {
    func before(_ seconds: Int64) -> Instant { Instant(seconds: instant.seconds - seconds) }
    // No month is shorter than 28 days.
    let months = stride(
      from: -EvidenceStore.clockSkew, to: DeclaredTimes.longestFreeze, by: 28 * 86_400)
    let subjects =
      (Array(months) + [DeclaredTimes.longestFreeze]).map { EvidencePlace.freezes(of: before($0)) }
      + (-1...DeclaredTimes.longestDuty / 86_400).map {
        EvidencePlace.duties(of: before($0 * 86_400))
      }
    return Set(subjects.compactMap(\.sha256)).map {
      EvidencePlace.statements(about: String(decoding: $0, as: UTF8.self))
    }.sorted { $0.hex < $1.hex }
  }
}
