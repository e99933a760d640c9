internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// Tells which statements count for nothing, whatever they say: each must be signed by whom it names, in a
/// role that they hold, for this repository and ref, neither ended nor taken back.
struct PersonalStatements {
  let store: EvidenceStore
  let tips: [ObjectID]
  let policy: PolicyDocument
  let signatures: SignatureFacts
  let instant: Instant
  /// Where a moment of the past is judged, what had been said by then.
  private let past: PastStatements?

  init(
    store: EvidenceStore, tips: [ObjectID], policy: PolicyDocument, signatures: SignatureFacts,
    instant: Instant, past: PastStatements? = nil
  ) {
    (self.store, self.tips, self.policy) = (store, tips, policy)
    (self.signatures, self.instant, self.past) = (signatures, instant, past)
  }

  /// Those of `repository` that `view` has, under `policy`, as they stand at `instant`.
  init(
    _ repository: Repository, _ view: RefView, _ policy: PolicyDocument, at instant: Instant
  ) throws(EngineFault) {
    self.init(
      store: EvidenceStore(repository), tips: try view.evidenceTips(), policy: policy,
      signatures: SignatureFacts(repository: repository, people: policy.people, instant: instant),
      instant: instant)
  }

  /// What lies at `place`: what was read, or why it cannot be.
  func stored(at place: ObjectID) throws(EngineFault) -> [StoredStatement] {
    if let past { return try past.stored(at: place, by: instant) }
    return try store.statements(at: place, tips: tips)
  }

  /// Why what `envelope` holds counts for nothing on `ref`; nil where it counts.
  func fault(
    of said: some PersonalStatement, in envelope: Envelope, on ref: RefName
  ) throws(EngineFault) -> String? {
    if let fault = said.fault(
      signed: signatures.reading(of: envelope), on: ref, by: policy, at: instant)
    {
      return fault
    }
    if said.isFinal { return nil }
    let digest = envelope.statementDigest
    for (other, statement, envelope) in try declarations(
      at: EvidencePlace.statements(about: digest))
    where other.kind == .revocation && statement.isAbout(sha256: digest) {
      if other.person == said.person,
        signatures.reading(of: envelope)
          .fault(asSignedBy: String(decoding: said.person, as: UTF8.self)) == nil
      {
        return "was revoked \(other.recorded.utcText)"
      }
    }
    return nil
  }

  /// What is declared of `commit`, each with its envelope. What cannot be read declares nothing.
  func declarations(
    of commit: ObjectID
  ) throws(EngineFault) -> [(said: Declaration, digest: String, envelope: Envelope)] {
    try declarations(at: commit).map { ($0.said, $0.envelope.statementDigest, $0.envelope) }
  }

  /// What is declared at a place, each with its statement and envelope.
  func declarations(
    at place: ObjectID
  ) throws(EngineFault) -> [(said: Declaration, statement: Statement, envelope: Envelope)] {
    try stored(at: place).compactMap { stored in
      guard case .success(let (envelope, statement)) = stored.content,
        case .declaration(let declaration) = statement.predicate
      else { return nil }
      return (declaration, statement, envelope)
    }
  }

  /// What is declared of `commit`, where it comes to `ref`, and why it does not count.
  func stated(of commit: ObjectID, on ref: RefName) throws(EngineFault) -> [StatedDeclaration] {
    var found: [StatedDeclaration] = []
    for (said, digest, envelope) in try declarations(of: commit) {
      found.append(
        StatedDeclaration(said, digest: digest, fault: try fault(of: said, in: envelope, on: ref)))
    }
    return found
  }
}
