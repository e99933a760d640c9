internal import Evidence
public import GitModel
internal import Policy

/// `gitrel revoke`: takes back what somebody signed, whatever it was.
public struct RevokeRun {
  private let desk: StatementDesk
  private let view: RefView

  /// How many digits name a statement at least.
  static let shortest = 7

  /// A run at `desk`, with the statements that `view` has.
  public init(_ desk: StatementDesk, view: RefView) { (self.desk, self.view) = (desk, view) }

  /// What was taken back.
  public struct Receipt: Sendable {
    /// The id of the statement: the SHA-256 of what was signed.
    public let digest: String
    /// What it said.
    public let words: String
    /// Whether it was taken back before, so that nothing is signed now.
    public let isOld: Bool
  }

  /// Signs that the statements whose ids begin with `ids` count no more.
  public func revoke(
    _ ids: [String], by person: String?, comment: String, at instant: Instant, remote: String?
  ) throws(EngineFault) -> [Receipt] {
    let person = try desk.person(person, at: instant)
    let statements = try PersonalStatements(desk.repository, view, desk.policy, at: instant)
    let all = try EvidenceStore(desk.repository).all(tips: try view.evidenceTips())
    var receipts: [Receipt] = []
    for id in ids {
      let shown = Bytes(id.utf8).prefix(80).printable
      guard id.utf8.count >= Self.shortest else {
        throw EngineFault("`\(shown)` is too short: give \(Self.shortest) digits at least")
      }
      var found: [String: Statement] = [:]
      for (envelope, statement) in all where envelope.statementDigest.hasPrefix(id) {
        found[envelope.statementDigest] = statement
      }
      guard let (digest, statement) = found.first else {
        throw EngineFault(
          "there is no statement `\(shown)` here",
          hints: ["gitrel evidence --fetch shows what is stated about a commit"])
      }
      guard found.count == 1 else {
        throw EngineFault("\(found.count) statements begin with `\(shown)`; give more digits")
      }
      guard let signer = statement.signer else {
        throw EngineFault(
          "statement \(digest.prefix(12)) is in nobody's name, so nobody takes it back",
          hints: ["the last word of a suite counts: state it anew with gitrel attest"])
      }
      guard signer == person else {
        throw EngineFault(
          "statement \(digest.prefix(12)) is \(signer.cleaned)'s, and only they take it back")
      }
      if case .declaration(let said) = statement.predicate, said.isFinal {
        throw EngineFault(
          "statement \(digest.prefix(12)) is an incident, which is not unsaid",
          hints: ["say that it is over: gitrel release incident TAG --resolve ID"])
      }
      receipts.append(
        Receipt(
          digest: digest, words: statement.words.cleaned,
          isOld: try statements.revocation(of: digest, by: person) != nil))
    }
    let new = receipts.filter { !$0.isOld }.map(\.digest)
    if new.isEmpty {
      try desk.carry(at: instant, to: remote)
    } else {
      try desk.revoke(new, by: person, comment: comment, at: instant, remote: remote)
    }
    return receipts
  }
}

extension StatementDesk {
  /// Signs that these statements of `person` count no more, and carries that to `remote`.
  func revoke(
    _ digests: [String], by person: String, comment: String, at instant: Instant, remote: String?
  ) throws(EngineFault) {
    var revocations: [SignedStatement] = []
    for digest in digests {
      let declaration = Declaration(
        .revocation, repository: policy.document.repository, person: Bytes(person.utf8),
        recorded: instant, comment: Bytes(comment.utf8.prefix(Approval.commentLimit)))
      revocations.append(
        try signed(
          Statement(
            subjects: [Subject(sha256: digest)], predicate: .declaration(declaration)),
          by: person, at: instant))
    }
    try publish(revocations, at: instant, remote: remote)
  }
}
