internal import Evidence
internal import GitModel
public import GitStore
internal import Policy

/// Where people make statements that they sign: finds out who somebody is in the policy, signs, and puts
/// what was signed into the evidence ref.
public struct StatementDesk {
  /// Signs an envelope as the user's git does.
  typealias Sign = (Envelope) throws(EngineFault) -> Envelope

  let repository: Repository
  let policy: LoadedPolicy
  private let carrier: EvidenceCarrier
  private let sign: Sign

  /// A desk in `repository` under `policy`, with `git` for the identity, the key and the transport.
  /// `alongside` is told what waited here and goes to the remote too.
  public init(
    _ repository: Repository, git: GitCommand, policy: LoadedPolicy,
    alongside: @escaping EvidenceCarrier.Told = { _ in }
  ) throws(EngineFault) {
    let signer = try StatementSigner(git)
    self.init(repository, git: git, policy: policy, alongside: alongside) {
      envelope throws(EngineFault) in
      try signer.signed(envelope).envelope
    }
  }

  init(
    _ repository: Repository, git: GitCommand, policy: LoadedPolicy,
    alongside: @escaping EvidenceCarrier.Told = { _ in }, sign: @escaping Sign
  ) {
    (self.repository, self.policy, self.sign) = (repository, policy, sign)
    carrier = EvidenceCarrier(repository, git: git, alongside: alongside)
  }

  /// The person of the policy who is meant: the one that is named, or the one whose address git has.
  func person(_ named: String?, at instant: Instant) throws(EngineFault) -> String {
    let people = policy.document.people
    if let id = named {
      guard people.all.contains(where: { $0.id == id }) else {
        throw EngineFault("the policy names nobody `\(id.cleaned)`", hints: [whoThereIs])
      }
      return id
    }
    let identity = try carrier.identity(at: instant)
    guard let person = people.person(email: identity.email) else {
      throw EngineFault(
        "the policy names nobody with your address <\(identity.email.prefix(80).printable)>",
        hints: [
          "say who you are with --by, or set the address: git config user.email YOU@EXAMPLE",
          whoThereIs,
        ])
    }
    return person.id
  }

  private var whoThereIs: String {
    let ids = policy.document.people.all.map(\.id)
    guard !ids.isEmpty else { return "the policy states no `people`" }
    return "there are \(ids.prefix(10).joined(separator: ", "))\(ids.count > 10 ? ", ..." : "")"
  }

  /// Refuses a role that the person does not hold.
  func check(_ role: String, of person: String) throws(EngineFault) {
    let people = policy.document.people
    guard people.roles[role] != nil else {
      throw EngineFault(
        "the policy has no role `\(role.cleaned)`",
        hints: ["its roles are \(people.roles.keys.sorted().joined(separator: ", "))"])
    }
    guard people.holders(of: role).contains(person) else {
      throw EngineFault(
        "\(person.cleaned) does not hold the role `\(role.cleaned)`",
        hints: ["it is held by \(people.holders(of: role).joined(separator: ", "))"])
    }
  }

  /// The statement, signed; the key must be one that the policy gives to `person`.
  func signed(
    _ statement: Statement, by person: String, at instant: Instant
  ) throws(EngineFault) -> SignedStatement {
    guard let place = statement.place else { throw EngineFault("the statement is about nothing") }
    let envelope = try sign(Envelope(payload: statement.encoded))
    let facts = SignatureFacts(
      repository: repository, people: policy.document.people, instant: instant)
    if let fault = facts.reading(of: envelope).fault(asSignedBy: person) {
      throw EngineFault(
        "the statement \(fault)",
        hints: [
          "your public key must stand under `keys` of \(person.cleaned) in the policy (\(policy.origin.label))",
          "git config user.signingKey names the key that signs",
        ])
    }
    // The server would refuse it, and with it every later push of the evidence that holds it.
    let refusal = policy.document.statements.refusal(
      of: statement, in: envelope, policy.document.people, facts)
    if let refusal {
      throw EngineFault(
        "the policy does not let \(person.cleaned) state this: \(refusal.words)",
        hints: ["it wants \(refusal.wanted)"])
    }
    return SignedStatement(envelope: envelope, place: place)
  }

  /// When something is stated that must come after what was stated at `last`: now or, where that one is by a
  /// clock that is a little ahead, right after it. `what` begins the sentence on one that is too far ahead.
  static func moment(
    _ now: Instant, after last: Instant?, _ what: String
  ) throws(EngineFault) -> Instant {
    guard let last, last >= now else { return now }
    guard last.seconds - now.seconds < EvidenceStore.clockSkew else {
      throw EngineFault(
        "\(what) was stated at \(last.utcText), which is yet to come by this machine's clock",
        hints: ["set the clock"])
    }
    return Instant(seconds: last.seconds + 1)
  }

  /// Brings what is known of the statements of `remote` up to date, for one that must come after them.
  func fetch(from remote: String?) throws(EngineFault) {
    guard let remote else { return }
    try carrier.fetch(from: remote)
  }

  /// Puts statements into the evidence ref, with `remote` once that has them.
  func publish(
    _ statements: [SignedStatement], at instant: Instant, remote: String?
  ) throws(EngineFault) {
    try carrier.state(statements, at: instant, remote: remote)
  }

  /// Carries to `remote` what was stated before, which it may lack.
  func carry(at instant: Instant, to remote: String?) throws(EngineFault) {
    guard remote != nil else { return }
    try carrier.state([], at: instant, remote: remote)
  }

  /// 32 hexadecimal digits that nobody has used.
  static func nonce() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}

/// A statement with its signature, where it has one, and where it lies.
struct SignedStatement {
  let envelope: Envelope
  let place: ObjectID
  /// By what it is known to people: the SHA-256 of what was signed.
  var digest: String { envelope.statementDigest }
}

extension StatementRights {
  /// What is wrong with a statement in its envelope; nil when it may come in.
  func refusal(
    of statement: Statement, in envelope: Envelope, _ people: People, _ signatures: SignatureFacts
  ) -> Refusal? {
    guard !isOpen else { return nil }
    return refusal(
      of: StatementKind.name(ofPredicate: statement.predicate.type),
      signatures.signers(of: envelope), people)
  }
}
