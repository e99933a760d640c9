internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// Finds out which freezes and duties people have declared.
///
/// A freeze may count for a year, so those of this year and of the last one are looked at.
struct TimeFacts {
  let statements: PersonalStatements

  /// What is declared, where it is about an update of `ref`. What lies there and cannot be read might be a
  /// freeze, so then nothing is told.
  func stated(on ref: RefName) throws(EngineFault) -> [StatedDeclaration] {
    var subjects: [Subject] = []
    let now = statements.instant.seconds
    for back in [0, DeclaredTimes.longestFreeze] {
      subjects.append(EvidencePlace.freezes(of: Instant(seconds: now - back)))
    }
    // A clock may be a little ahead.
    subjects.append(EvidencePlace.freezes(of: Instant(seconds: now + EvidenceStore.clockSkew)))
    for day in -1...DeclaredTimes.longestDuty / 86_400 {
      subjects.append(EvidencePlace.duties(of: Instant(seconds: now - day * 86_400)))
    }
    var found: [StatedDeclaration] = []
    for digest in Set(subjects.compactMap(\.sha256)) {
      let place = EvidencePlace.statements(about: String(decoding: digest, as: UTF8.self))
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
}
