internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// Finds what is declared of a commit, and why it does not count where it does not: it must be signed by
/// whom it says, in a role that they hold, for this repository and ref, neither ended nor taken back.
struct DeclarationFacts {
  /// How far ahead of this clock a statement may claim to be made, in seconds.
  private static let clockSkew: Int64 = 300

  private let repository: Repository
  private let tips: [ObjectID]
  private let policy: PolicyDocument
  private let signatures: SignatureFacts
  private let instant: Instant

  init(
    _ repository: Repository, tips: [ObjectID], policy: PolicyDocument, signatures: SignatureFacts,
    instant: Instant
  ) {
    (self.repository, self.tips, self.policy) = (repository, tips, policy)
    (self.signatures, self.instant) = (signatures, instant)
  }

  /// What is declared of `commit`, where it comes to `ref`.
  func about(_ commit: ObjectID, on ref: RefName) throws(EngineFault) -> [StatedDeclaration] {
    var found: [StatedDeclaration] = []
    for stored in try EvidenceStore(repository).statements(at: commit, tips: tips) {
      // What cannot be read declares nothing.
      guard case .success(let (envelope, statement)) = stored.content,
        case .declaration(let declaration) = statement.predicate
      else { continue }
      found.append(
        StatedDeclaration(
          declaration, digest: stored.digest,
          fault: try fault(of: declaration, stored.digest, envelope, on: ref)))
    }
    return found
  }

  private func fault(
    of declaration: Declaration, _ digest: String, _ envelope: Envelope, on ref: RefName
  ) throws(EngineFault) -> String? {
    let person = String(decoding: declaration.person, as: UTF8.self)
    let role = String(decoding: declaration.role, as: UTF8.self)
    if let other = declaration.ref, other != ref {
      return "is for \(other.short.prefix(60)), not for \(ref.short)"
    }
    if declaration.repository != policy.repository {
      return "is for another repository: `\(declaration.repository.prefix(60).printable)`"
    }
    if let fault = signatures.reading(of: envelope).fault(asSignedBy: person) { return fault }
    if !role.isEmpty, !policy.people.holders(of: role).contains(person) {
      return
        "says that \(person) is \(declaration.role.prefix(60).printable), and the policy does not"
    }
    if let until = declaration.until, until <= instant { return "ended \(until.utcText)" }
    if declaration.recorded.seconds > instant.seconds + Self.clockSkew {
      return "is from the future"
    }
    for stored in try EvidenceStore(repository).statements(
      at: EvidencePlace.statements(about: digest), tips: tips)
    {
      guard case .success(let (envelope, statement)) = stored.content,
        case .approval(let other) = statement.predicate, other.revoked == digest,
        other.person == declaration.person,
        signatures.reading(of: envelope).fault(asSignedBy: person) == nil
      else { continue }
      return "was revoked \(other.recorded.utcText)"
    }
    return nil
  }
}
