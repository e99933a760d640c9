internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// What somebody says in their own name, and signs.
protocol PersonalStatement {
  /// The id of the person of the policy.
  var person: Bytes { get }
  /// In which role; empty for none.
  var role: Bytes { get }
  /// Which repository is meant; empty where nobody says.
  var repository: Bytes { get }
  /// When it was said, as the signer's clock had it.
  var recorded: Instant { get }
  /// The ref that is meant; nil for any.
  var meant: RefName? { get }
  /// From when on it counts no more; nil for never.
  var end: Instant? { get }
  /// Whether it stands, whoever said it: an incident is resolved and looked at, and not unsaid.
  var isFinal: Bool { get }
}

extension Approval: PersonalStatement {
  var meant: RefName? { ref }
  var end: Instant? { until }
  var isFinal: Bool { false }
}

extension Declaration: PersonalStatement {
  var meant: RefName? { ref }
  var end: Instant? { until }
  var isFinal: Bool { kind == .incident }
}

/// Tells which statements count for nothing, whatever they say: each must be signed by whom it names, in a
/// role that they hold, for this repository and ref, neither ended nor taken back.
struct PersonalStatements {
  let store: EvidenceStore
  let tips: [ObjectID]
  let policy: PolicyDocument
  let signatures: SignatureFacts
  let instant: Instant

  init(
    store: EvidenceStore, tips: [ObjectID], policy: PolicyDocument, signatures: SignatureFacts,
    instant: Instant
  ) {
    (self.store, self.tips, self.policy) = (store, tips, policy)
    (self.signatures, self.instant) = (signatures, instant)
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
    try store.statements(at: place, tips: tips)
  }

  /// Why what `envelope` holds counts for nothing on `ref`, or on any with nil; nil where it counts.
  func fault(
    of said: some PersonalStatement, in envelope: Envelope, on ref: RefName?
  ) throws(EngineFault) -> String? {
    let person = String(decoding: said.person, as: UTF8.self)
    let role = String(decoding: said.role, as: UTF8.self)
    if let meant = said.meant, let ref, meant != ref {
      return "is for \(meant.short.prefix(60)), not for \(ref.short)"
    }
    if said.repository != policy.repository {
      return "is for another repository: `\(said.repository.prefix(60).printable)`"
    }
    if let fault = signatures.reading(of: envelope).fault(asSignedBy: person) { return fault }
    if !role.isEmpty, !policy.people.holders(of: role).contains(person) {
      return "says that \(person) is \(said.role.prefix(60).printable), and the policy does not"
    }
    if let end = said.end, end <= instant, !said.isFinal { return "ended \(end.utcText)" }
    if said.recorded.seconds > instant.seconds + EvidenceStore.clockSkew {
      return "is from the future"
    }
    if said.isFinal { return nil }
    return try revocation(of: envelope.statementDigest, by: person).map {
      "was revoked \($0.utcText)"
    }
  }

  /// When the person took back a statement that they signed; nil where they have not.
  func revocation(of digest: String, by person: String) throws(EngineFault) -> Instant? {
    for (other, statement, envelope) in try declarations(
      at: EvidencePlace.statements(about: digest))
    where other.kind == .revocation && statement.isAbout(sha256: digest) {
      if other.person == Bytes(person.utf8),
        signatures.reading(of: envelope).fault(asSignedBy: person) == nil
      {
        return other.recorded
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

extension SignatureReading {
  /// Why a statement that says it is by `person` does not count as theirs; nil where it does.
  func fault(asSignedBy person: String) -> String? {
    switch self {
    case .good(person, _, _): return nil
    case .good(let other, _, _):
      return "is signed by \(other), and says that it is by \(person.cleaned)"
    case .unsigned: return "is not signed"
    case .planned: return "is not signed yet"
    case .unknownKey(let fingerprint, _):
      return "is signed by a key that the policy gives to nobody: \(fingerprint)"
    case .bad(let words), .unknown(let words): return words
    }
  }
}
