internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy
internal import Signing

/// Finds out who signed commits and tags, with the keys of the policy, at the moment of the decision.
final class SignatureFacts {
  let repository: Repository
  private let judge: SignatureJudge
  /// What was found out: one commit may come on many refs.
  private var known: [ObjectID: SignatureReading] = [:]

  init(repository: Repository, people: People, instant: Instant) {
    self.repository = repository
    judge = SignatureJudge(people: people, instant: instant)
  }

  /// With a judge that is there already.
  init(repository: Repository, judge: SignatureJudge) {
    (self.repository, self.judge) = (repository, judge)
  }

  /// Who signed these, by their ids; what is not signed is in it too.
  func readings(
    of commits: [Commit], _ tags: [Tag]
  ) throws(GitError) -> [ObjectID: SignatureReading] {
    var readings: [ObjectID: SignatureReading] = [:]
    for commit in commits {
      guard let signature = commit.signature else {
        readings[commit.id] = .unsigned
        continue
      }
      // A commit need not be read again to tell that nobody knows the key.
      if let stranger = judge.stranger(signature) {
        readings[commit.id] = stranger
      } else {
        readings[commit.id] = try reading(of: commit.id, .commit)
      }
    }
    for tag in tags {
      // A tag that is only planned has no id.
      readings[tag.id] = tag.id.isZero ? .planned : try reading(of: tag.id, .tag)
    }
    return readings
  }

  /// Who signed a statement that one person makes, and that so has one signature.
  func reading(of envelope: Envelope) -> SignatureReading { judge.reading(of: envelope) }

  /// Who signed a statement.
  func signers(of envelope: Envelope) -> StatementSigners { judge.signers(of: envelope) }

  private func reading(
    of id: ObjectID, _ kind: ObjectKind
  ) throws(GitError) -> SignatureReading {
    if let known = known[id] { return known }
    let content = try repository.content(of: id, kind: kind)
    let reading = judge.reading(of: content, kind: kind)
    known[id] = reading
    return reading
  }
}

extension SignatureReading {
  /// What a check comes to for the rules.
  init(_ check: SignatureCheck) {
    self =
      switch check {
      case .unsigned: .unsigned
      case .good(let signer):
        .good(
          person: signer.person, fingerprint: signer.fingerprint, format: signer.format)
      case .unknownKey(let fingerprint, let format):
        .unknownKey(fingerprint: fingerprint, format: format)
      case .refused(let words): .bad(words)
      case .undecided(let words): .unknown(words)
      }
  }
}
