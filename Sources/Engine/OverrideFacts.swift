internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// Finds out what is said so that rules need not hold for an update: push options of an authenticated
/// pusher, and signed statements about the very commit and ref (THREATS.md W09, W10).
struct OverrideFacts {
  /// The push option that names rules, separated by commas.
  static let option = "gitrel.override"
  /// The push option that says why.
  static let reasonOption = "gitrel.reason"

  let statements: PersonalStatements
  let pusher: String?
  /// What the client sent with `git push -o`.
  let options: [PushOption]

  /// The claims for an update that comes to stand on `commit`.
  func claims(_ update: RefUpdate, on commit: ObjectID?) throws(EngineFault) -> [OverrideClaim] {
    claims(by: options)
      + (try commit.map { id throws(EngineFault) in
        try claims(stated: id, for: update)
      } ?? [])
  }

  private func claims(by options: [PushOption]) -> [OverrideClaim] {
    let reason = options.last { $0.key == Self.reasonOption }?.value ?? ""
    let person = pusher.flatMap { statements.policy.people.person(login: $0)?.id }
    return options.filter { $0.key == Self.option }.flatMap { option in
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
    for found in try statements.declarations(at: commit) where found.said.kind == .override {
      let said = found.said
      var fault = fault(of: said, for: update)
      if fault == nil {
        fault = try statements.fault(of: said, in: found.envelope, on: update.name)
      }
      claims.append(
        OverrideClaim(
          rule: String(decoding: said.name, as: UTF8.self),
          person: String(decoding: said.person, as: UTF8.self),
          reason: said.comment.prefix(400).printable,
          source: "statement \(found.digest.prefix(12))", fault: fault))
    }
    return claims
  }

  /// What an override must be besides.
  private func fault(of said: Declaration, for update: RefUpdate) -> String? {
    guard let ref = said.ref else { return "names no ref" }
    guard let until = said.until, until.seconds - said.recorded.seconds <= OverrideClaim.longest
    else { return "would count for more than \(OverrideClaim.longest / 3600) hours" }
    // It is spent by the push that it was made for.
    if ref == update.name, said.value != Bytes(update.old.hex.utf8) {
      return
        "was made for a push to what \(ref.short) had before, \(said.value.prefix(7).printable)"
    }
    return nil
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
