internal import GitModel
internal import Policy
internal import Signing

/// Rules on signatures that nobody could satisfy.
extension PolicyReview {
  /// Where nobody who could sign has a key in the policy.
  var signers: [Problem] {
    policy.rulesets.flatMap(\.rules).compactMap { stated in
      let (signers, what): (Signers, String)
      switch stated.rule {
      case let rule as SignedCommits: (signers, what) = (rule.signers, "commit")
      case let rule as SignedTags: (signers, what) = (rule.signers, "tag")
      default: return nil
      }
      let people = policy.people.all.filter { signers.by?.contains($0.id) ?? true }
      let keys = people.flatMap { $0.keys + $0.listedKeys.map(\.text) }.compactMap {
        try? PublicKey(text: $0.utf8)
      }
      guard !keys.contains(where: { signers.formats.contains($0.format) }) else { return nil }
      let kinds = signers.formats.map { $0 == .ssh ? "SSH" : "OpenPGP" }.joined(separator: " or ")
      let who = people.isEmpty ? "nobody" : "none of those who could sign"
      let names = people.prefix(3).map(\.id).joined(separator: ", ")
      let rest = people.count > 3 ? " or \(people.count - 3) more" : ""
      return Problem(
        "\(stated.id.text.quoted) refuses every \(what): \(who) has an \(kinds) key in the policy",
        at: stated.position,
        hint: people.isEmpty
          ? "state somebody with `keys` under `people`" : "state `keys` for \(names)\(rest)")
    }
  }
}

/// Signed approvals that do not say which repository they are for.
extension PolicyReview {
  /// Where a rule counts signed approvals and the policy gives the repository no name.
  var unnamed: [Problem] {
    guard policy.repository.isEmpty else { return [] }
    let first = policy.rulesets.flatMap(\.rules).first { stated in
      switch stated.rule {
      case let rule as Approvals: rule.source.trust == .signed
      case let rule as CodeOwnersRule: rule.source.trust == .signed
      default: false
      }
    }
    return first.map { stated in
      [
        Problem(
          "approvals that were signed for another repository with the same trees count here, too",
          at: stated.position, hint: "give this one a name: `repository: shop` at the top")
      ]
    } ?? []
  }
}

extension PublicKey {
  fileprivate var format: SignatureFormat {
    switch self {
    case .ssh: .ssh
    case .openPGP: .openpgp
    }
  }
}
