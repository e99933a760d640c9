public import GitModel

/// Whose signatures count, and of which kinds: what rules on signatures have in common.
public struct Signers: Hashable, Sendable {
  /// Of whom one must have signed; nil for anybody whom the policy knows.
  public let by: Who?
  /// The kinds that count.
  public let formats: [SignatureFormat]

  /// Reads `by` and `formats`.
  init(from reader: SettingsReader, context: PolicyContext) {
    by = reader.who("by", context)
    let formats = (reader.items("formats") ?? []).compactMap { item -> Format? in
      reader.choice(of: item, for: "formats")
    }
    self.formats =
      formats.isEmpty ? [.ssh, .openpgp] : Format.allCases.filter(formats.contains).map(\.format)
    if reader.node("formats") != nil, formats.isEmpty {
      reader.problems.add(
        "`formats` is empty", at: reader.node("formats")?.position ?? reader.position,
        hint: "leave it out for `[ssh, openpgp]`")
    }
    if let by, by.people.isEmpty, by.names.allSatisfy({ context.people.roles[$0] != nil }) {
      reader.problems.add(
        "`by` names nobody", at: reader.node("by")?.position ?? reader.position,
        hint: "nobody could sign")
    }
  }

  /// The kinds that can be verified here.
  private enum Format: String, CaseIterable {
    case ssh, openpgp

    var format: SignatureFormat { self == .ssh ? .ssh : .openpgp }
  }

  /// What a signature comes to.
  enum Answer {
    /// It counts, and this is who signed.
    case signed(person: String)
    /// It does not; a clause.
    case no(String)
    /// It cannot be told; a clause.
    case unknown(String)
    /// There is nothing to be signed yet.
    case planned
  }

  /// Whether what is known of a signature is enough.
  func answer(_ reading: SignatureReading?) -> Answer {
    switch reading {
    case .good(let person, let fingerprint, let format):
      guard formats.contains(format) else {
        return .no("is signed with \(format.name), and \(formatNames) counts")
      }
      guard by?.contains(person) ?? true else {
        return .no("is signed by \(person), with \(fingerprint)")
      }
      return .signed(person: person)
    case .unsigned: return .no("is not signed")
    case .unknownKey(let fingerprint, let format):
      return .no("is signed with a key that is nobody's: \(format.name) \(fingerprint)")
    case .bad(let words): return .no("has a signature that does not count: it \(words)")
    case .unknown(let words): return .unknown("cannot be told to be signed: \(words)")
    case .planned: return .planned
    case nil:
      return .unknown("cannot be told to be signed: nobody looked; this is a fault in gitrel")
    }
  }

  private var formatNames: String { listed(formats.map(\.name), "or") }

  /// What is wanted, in words.
  func words(_ people: People) -> String {
    let who = by.map { "of \($0.words(people))" } ?? "of somebody in the policy"
    return "a signature (\(formatNames)) by a key \(who)"
  }

  /// How somebody signs with an SSH key, once for ever.
  static let setUp =
    "git config gpg.format ssh    to sign with an SSH key, which user.signingKey names"
}

extension SignatureFormat {
  /// For messages.
  var name: String {
    switch self {
    case .ssh: "SSH"
    case .openpgp: "OpenPGP"
    case .x509: "X.509"
    }
  }
}
