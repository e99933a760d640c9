internal import GitModel
internal import Policy
internal import PolicyFile
internal import Release
internal import Signing

/// Whose keys the signatures in an evidence bundle are checked with.
public enum BundleKeys: Sendable {
  /// Those that the policy in the bundle gives to its people.
  case ofPolicy
  /// Those of a file of allowed signers that the verifier brings, for the people of the policy in the
  /// bundle whose addresses it names.
  case given(AllowedSignersFile)

  /// A file of allowed signers, read.
  public struct AllowedSignersFile: Sendable {
    let name: String
    fileprivate let signers: AllowedSigners

    /// Reads the file at `path`.
    public init(ofFile path: String) throws(EngineFault) {
      let shown = Bytes(path.utf8).printable
      guard let content = FileBytes.read(path, limit: 1 << 20) else {
        throw EngineFault("\(shown) cannot be read: \(FileBytes.fault(of: path, limit: 1 << 20))")
      }
      try self.init(content, name: shown)
    }

    init(_ content: Bytes, name: String) throws(EngineFault) {
      do { signers = try AllowedSigners(content: content) } catch {
        throw EngineFault("\(name) \(error.words)")
      }
      self.name = name
    }
  }

  /// How a report calls them.
  var told: BundleReport.Keys {
    switch self {
    case .ofPolicy: .ofPolicy
    case .given(let file): .given(file: file.name)
    }
  }

  /// Whether a key that is not among them is a fault, whatever was signed: who brings keys means them.
  var isStrict: Bool { file != nil }

  /// The file that has them; nil for those of the policy.
  var file: String? { if case .given(let file) = self { file.name } else { nil } }

  /// The people of a policy, with these keys and no others.
  func people(of policy: PolicyDocument) -> People {
    guard case .given(let file) = self else { return policy.people }
    let people = policy.people.all.map { person in
      Person(
        id: person.id, name: person.name, emails: person.emails, logins: person.logins,
        listedKeys: person.emails.flatMap { file.signers.keys(of: $0) }, isBot: person.isBot)
    }
    return People(people, roles: policy.people.roles, authorities: file.signers.authorities)
  }
}

extension AllowedSigners {
  /// The keys of the lines that name this address alone: one key, one person.
  fileprivate func keys(of address: Bytes) -> [ListedKey] {
    entries.filter { !$0.isAuthority && $0.person?.asciiLowercased == address }.map {
      ListedKey($0)
    }
  }
}
