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
  /// When they came in; nil for a moment of the past, at which what they say of that counts.
  let arrivals: StatementArrivals?
  /// Where a moment of the past is judged, what had been said by then.
  private let past: PastStatements?

  init(
    store: EvidenceStore, tips: [ObjectID], policy: PolicyDocument, signatures: SignatureFacts,
    arrivals: StatementArrivals?, instant: Instant, past: PastStatements? = nil
  ) {
    (self.store, self.tips, self.policy) = (store, tips, policy)
    (self.signatures, self.arrivals, self.instant) = (signatures, arrivals, instant)
    self.past = past
  }

  /// Those of `repository` that `view` has, under `policy`, as they stand at `instant`.
  init(
    _ repository: Repository, _ view: RefView, _ policy: LoadedPolicy, at instant: Instant
  ) throws(EngineFault) {
    self.init(
      store: EvidenceStore(repository), tips: try view.evidenceTips(), policy: policy.document,
      signatures: SignatureFacts(
        repository: repository, people: policy.document.people, instant: instant),
      arrivals: StatementArrivals(repository, view, policy, at: instant), instant: instant)
  }

  /// What lies at `place`: what was read, or why it cannot be.
  func stored(at place: ObjectID) throws(EngineFault) -> [StoredStatement] {
    if let past { return try past.stored(at: place, by: instant) }
    return try store.statements(at: place, tips: tips)
  }

  /// Why what `envelope` holds counts for nothing on `ref`, or on any with nil; nil where it counts.
  func fault(
    of said: some PersonalStatement, in envelope: Envelope, on ref: RefName?
  ) throws(EngineFault) -> String? {
    if let fault = said.fault(
      signed: signatures.reading(of: envelope), on: ref, by: policy, at: instant)
    {
      return fault
    }
    if said.isFinal { return nil }
    return try revocation(
      of: envelope.statementDigest, by: String(decoding: said.person, as: UTF8.self)
    ).map { "was revoked \($0.utcText)" }
  }

  /// When `person` took back the statement `digest` that they had signed, with a key that is theirs, or was
  /// when they did; nil where they have not.
  func revocation(of digest: String, by person: String) throws(EngineFault) -> Instant? {
    let place = EvidencePlace.statements(about: digest)
    for found in try declarations(at: place)
    where found.said.kind == .revocation && found.said.person == Bytes(person.utf8)
      && found.statement.isAbout(sha256: digest)
    {
      var reading = signatures.reading(of: found.envelope)
      if reading.fault(asSignedBy: person) != nil, let then = try asOfThen(found, at: place) {
        reading = then.signatures.reading(of: found.envelope)
      }
      if reading.fault(asSignedBy: person) == nil {
        return found.said.recorded
      }
    }
    return nil
  }

  // MARK: - What is declared

  /// A declaration as it lies there.
  struct Found {
    let said: Declaration
    let statement: Statement
    let envelope: Envelope
    /// The SHA-256 of the envelope.
    let file: String
    /// By what it is known: the SHA-256 of what was signed.
    var digest: String { envelope.statementDigest }
  }

  /// What is declared at a place, such as a commit. What cannot be read declares nothing.
  func declarations(at place: ObjectID) throws(EngineFault) -> [Found] {
    try stored(at: place).compactMap { stored in
      guard case .success(let (envelope, statement)) = stored.content,
        case .declaration(let declaration) = statement.predicate
      else { return nil }
      return Found(
        said: declaration, statement: statement, envelope: envelope, file: stored.digest)
    }
  }

  /// What is declared of `commit`, where it comes to `ref`, and why it does not count. `isDated`: also when
  /// the server got it, which takes the log, and what the policy of then says of the steps of a release.
  func stated(
    of commit: ObjectID, on ref: RefName, isDated: Bool
  ) throws(EngineFault) -> [StatedDeclaration] {
    var found: [StatedDeclaration] = []
    // The same may lie there in several wrappings: it was said once, when the first one came.
    func take(_ stated: StatedDeclaration) {
      guard let other = found.firstIndex(where: { $0.digest == stated.digest }) else {
        return found.append(stated)
      }
      let isBetter =
        stated.fault == nil && (found[other].fault != nil || stated.time < found[other].time)
      if isBetter { found[other] = stated }
    }
    for one in try declarations(at: commit) {
      guard isDated, let arrivals else {
        take(
          StatedDeclaration(
            one.said, digest: one.digest, fault: try fault(of: one.said, in: one.envelope, on: ref))
        )
        continue
      }
      let person = String(decoding: one.said.person, as: UTF8.self)
      let step = ReleaseSteps.Step(rawValue: one.said.kind.rawValue)
      let stated = try judged(one, at: commit, on: ref) { policy in
        step.map { policy.release.steps.allows(person, $0) }
      }
      guard stated.fault == nil else {
        take(stated)
        continue
      }
      let arrival = try arrivals.arrival(of: one.file, at: commit, recorded: one.said.recorded)
      take(stated.at(arrival.time))
    }
    return found
  }

  /// What `found` comes to on `ref`. Where the policy does not know who said it any more, or does not let them
  /// say it, that of the moment at which it came in has the word: whoever leaves, or has a new key or another
  /// role, has still said what they said. `allows`: whether a policy lets them say it; nil where that policy
  /// has no say, because it is today's that counts.
  func judged(
    _ found: Found, at place: ObjectID, on ref: RefName?, allows: (PolicyDocument) -> Bool?
  ) throws(EngineFault) -> StatedDeclaration {
    let fault = try fault(of: found.said, in: found.envelope, on: ref)
    let today = StatedDeclaration(found.said, digest: found.digest, fault: fault)
    guard let isAllowed = allows(policy),
      fault == nil
        ? !isAllowed
        : found.said.strangeness(signed: signatures.reading(of: found.envelope), to: policy) != nil,
      signatures.reading(of: found.envelope) != .unsigned
    else { return today }
    let past = StatedDeclaration(found.said, digest: found.digest, fault: nil, isOfPast: true)
    guard let then = try asOfThen(found, at: place) else {
      // That something is wrong is not forgotten for doubt about who might say so: the server took it in.
      if fault != nil, found.said.isOpening, found.said.misplacement(on: ref, under: policy) == nil,
        try admission(of: found, at: place) != nil
      {
        return past
      }
      return fault.map {
        StatedDeclaration(
          found.said, digest: found.digest,
          fault: "\($0), and by which policy it came in is not known")
      } ?? today
    }
    guard allows(then.policy) == true,
      try then.fault(of: found.said, in: found.envelope, on: ref) == nil
    else { return today }
    // It is taken back also with a key that they got later.
    let isTakenBack =
      found.said.isFinal
      ? false
      : try revocation(
        of: found.digest, by: String(decoding: found.said.person, as: UTF8.self)) != nil
    return isTakenBack ? today : past
  }

  private func admission(
    of found: Found, at place: ObjectID
  ) throws(EngineFault) -> StatementArrivals.Admission? {
    try arrivals?.arrival(of: found.file, at: place, recorded: found.said.recorded).admission
  }

  /// The same by the policy that let a statement in, with the keys of that moment; nil where no decision is
  /// known that did, or its policy is not to be had.
  private func asOfThen(_ found: Found, at place: ObjectID) throws(EngineFault) -> Self? {
    guard let arrivals, let admission = try admission(of: found, at: place),
      let policy = arrivals.policy(of: admission)
    else { return nil }
    return Self(
      store: store, tips: tips, policy: policy,
      signatures: SignatureFacts(
        repository: signatures.repository, people: policy.people, instant: admission.time),
      arrivals: arrivals, instant: instant, past: past)
  }
}

extension Declaration {
  /// Whether it says that something is wrong, and so can only hold something up.
  fileprivate var isOpening: Bool { kind == .incident && value == Bytes("open".utf8) }
}
