internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// Finds out what is said so that rules need not hold for an update: push options of an authenticated
/// pusher, and signed statements about the very commit and ref (THREATS.md W09, W10).
struct OverrideFacts {
  /// How long a statement may count, in seconds: 4 hours.
  static let longest: Int64 = 4 * 3600
  private static let clockSkew: Int64 = 300

  let repository: Repository
  let tips: [ObjectID]
  let policy: PolicyDocument
  let signatures: SignatureFacts
  let instant: Instant
  let pusher: String?
  /// What the client sent with `git push -o`.
  let options: [PushOption]

  /// The claims for an update that comes to stand on `commit`.
  func claims(_ update: RefUpdate, on commit: ObjectID?) throws(EngineFault) -> [OverrideClaim] {
    let rules = policy.rulesets(guarding: update.name).flatMap(\.rules)
    guard rules.contains(where: { $0.overrideBy != nil }) else { return [] }
    return claims(by: options)
      + (try commit.map { id throws(EngineFault) in
        try claims(stated: id, for: update)
      } ?? [])
  }

  private func claims(by options: [PushOption]) -> [OverrideClaim] {
    let reason = options.last { $0.key == "gitrel.reason" }?.value ?? ""
    let person = pusher.flatMap { policy.people.person(login: $0)?.id }
    return options.filter { $0.key == "gitrel.override" }.flatMap { option in
      option.value.split(separator: ",").map { rule in
        OverrideClaim(
          rule: String(rule), person: person, reason: reason, source: "the push option")
      }
    }
  }

  private func claims(
    stated commit: ObjectID, for update: RefUpdate
  ) throws(EngineFault) -> [OverrideClaim] {
    var claims: [OverrideClaim] = []
    for stored in try EvidenceStore(repository).statements(at: commit, tips: tips) {
      guard case .success(let (envelope, statement)) = stored.content,
        case .declaration(let said) = statement.predicate, said.kind == .override
      else { continue }
      let person = String(decoding: said.person, as: UTF8.self)
      claims.append(
        OverrideClaim(
          rule: String(decoding: said.name, as: UTF8.self), person: person,
          reason: said.comment.prefix(400).printable,
          source: "statement \(stored.digest.prefix(12))", digest: stored.digest,
          fault: fault(of: said, for: update)
            ?? signatures.reading(of: envelope).fault(asSignedBy: person)))
    }
    return claims
  }

  private func fault(of said: Declaration, for update: RefUpdate) -> String? {
    let ref = update.name
    guard let meant = said.ref else { return "names no ref" }
    if meant != ref { return "is for \(meant.short.prefix(60)), not for \(ref.short)" }
    if said.repository != policy.repository { return "is for another repository" }
    if said.recorded.seconds > instant.seconds + Self.clockSkew { return "is from the future" }
    guard let until = said.until, until.seconds - said.recorded.seconds <= Self.longest else {
      return "would count for more than \(Self.longest / 3600) hours"
    }
    // It is spent by the push that it was made for.
    if said.value != Bytes(update.old.hex.utf8) {
      return
        "was made for a push to what \(ref.short) had before, \(said.value.prefix(7).printable)"
    }
    return until <= instant ? "ended \(until.utcText)" : nil
  }
}

/// One option of `git push -o KEY=VALUE`.
public struct PushOption: Hashable, Sendable {
  /// What stands before the first `=`.
  public let key: String
  /// What stands behind it.
  public let value: String

  /// An option as the client sent it.
  public init(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    key = String(parts[0])
    value = parts.count > 1 ? String(parts[1].prefix(400)) : ""
  }
}
