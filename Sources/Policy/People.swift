public import GitModel

/// Somebody (or a bot) whom the policy knows; one person, however many addresses.
public struct Person: Hashable, Sendable {
  /// The key in the policy, such as `alice`.
  public let id: String
  /// The name, for messages.
  public let name: String
  /// The addresses, in small ASCII letters.
  public let emails: [Bytes]
  /// The names under which a server authenticates this person.
  public let logins: [String]
  /// SSH public keys, as in authorized_keys, without comments.
  public let keys: [String]
  /// Keys of SSH on terms, from the file of allowed signers that the policy names.
  public let listedKeys: [ListedKey]
  /// Whether this is a machine.
  public let isBot: Bool

  /// A person from its parts.
  public init(
    id: String, name: String? = nil, emails: [Bytes] = [], logins: [String] = [],
    keys: [String] = [], listedKeys: [ListedKey] = [], isBot: Bool = false
  ) {
    self.id = id
    self.name = name ?? id
    self.emails = emails.map(\.asciiLowercased)
    (self.logins, self.keys, self.isBot) = (logins, keys, isBot)
    self.listedKeys = listedKeys
  }

  /// The same person with these keys on terms.
  public func with(listedKeys: [ListedKey]) -> Person {
    Person(
      id: id, name: name, emails: emails, logins: logins, keys: keys, listedKeys: listedKeys,
      isBot: isBot)
  }
}

/// A key of somebody with what it may sign and when, as a line of a file of allowed signers says it.
public struct ListedKey: Hashable, Sendable {
  /// The SSH public key, without comment.
  public let text: String
  /// The number of the line.
  public let line: Int
  /// For what it may sign, as patterns separated by commas; nil for anything.
  public let namespaces: Bytes?
  /// From when on it is valid.
  public let validAfter: Instant?
  /// Until when it is valid.
  public let validBefore: Instant?

  /// A key from its parts.
  public init(
    text: String, line: Int, namespaces: Bytes? = nil, validAfter: Instant? = nil,
    validBefore: Instant? = nil
  ) {
    (self.text, self.line, self.namespaces) = (text, line, namespaces)
    (self.validAfter, self.validBefore) = (validAfter, validBefore)
  }
}

/// A key that says by certificates whose other keys are, as a line of a file of allowed signers has it.
public struct ListedAuthority: Hashable, Sendable {
  /// For whom it may speak, as patterns of addresses separated by commas.
  public let principals: Bytes
  /// The key, with what certificates by it may be used for and when.
  public let key: ListedKey

  /// An authority from its parts.
  public init(principals: Bytes, key: ListedKey) {
    (self.principals, self.key) = (principals, key)
  }
}

/// The people and roles of a policy.
public struct People: Hashable, Sendable {
  /// Everybody, by id.
  public let all: [Person]
  /// Role names and the ids of who holds them.
  public let roles: [String: [String]]
  /// The keys that certify keys of people.
  public let authorities: [ListedAuthority]
  private let byEmail: [Bytes: Int]
  private let byBareEmail: [Bytes: [Int]]
  private let byLogin: [String: Int]
  let names: PersonNames

  /// People and roles that were checked for consistency (nobody twice, roles of known people).
  public init(
    _ all: [Person] = [], roles: [String: [String]] = [:], authorities: [ListedAuthority] = []
  ) {
    (self.all, self.roles, self.authorities) = (all, roles, authorities)
    var byEmail: [Bytes: Int] = [:]
    var byBareEmail: [Bytes: [Int]] = [:]
    var byLogin: [String: Int] = [:]
    for (index, person) in all.enumerated() {
      for email in person.emails {
        byEmail[email] = index
        byBareEmail[Self.bareAddress(email), default: []].append(index)
      }
      for login in person.logins + [person.id] { byLogin[login] = index }
    }
    (self.byEmail, self.byLogin, self.byBareEmail) = (byEmail, byLogin, byBareEmail)
    names = PersonNames(all)
  }

  /// Equal when everybody and all roles are.
  public static func == (left: People, right: People) -> Bool {
    left.all == right.all && left.roles == right.roles && left.authorities == right.authorities
  }

  /// Hashes what is stated.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(all)
    hasher.combine(roles)
  }

  /// Whether the policy names nobody, so that addresses must stand for people.
  public var isEmpty: Bool { all.isEmpty }

  /// Who has this address, compared without regard to ASCII case.
  public func person(email: some RandomAccessCollection<UInt8>) -> Person? {
    byEmail[email.asciiLowercased].map { all[$0] }
  }

  /// Who logs in (or is listed) under this name.
  public func person(login: String) -> Person? { byLogin[login].map { all[$0] } }

  /// Who somebody is: a known person, or an address that stands for one.
  public func party(email: some RandomAccessCollection<UInt8>) -> Party {
    person(email: email).map { .person($0.id) } ?? .address(Self.bareAddress(email))
  }

  /// Whether two addresses stand for one party: both of one person, or alike but for a `+tag`, unless
  /// the policy gives them to two people.
  func isOneParty(
    _ left: some RandomAccessCollection<UInt8>, _ right: some RandomAccessCollection<UInt8>
  ) -> Bool {
    switch (party(email: left), party(email: right)) {
    case (.person(let one), .person(let other)): one == other
    default: Self.bareAddress(left) == Self.bareAddress(right)
    }
  }

  /// The people who hold `role`.
  public func holders(of role: String) -> [String] { roles[role] ?? [] }

  /// Everybody who may be behind an address that was typed into a commit: whom `party(email:)` finds,
  /// and, when the policy does not know that very address, those who differ from it by a `+tag` only.
  /// For telling who may not approve; an approval itself must carry an address that is known.
  public func possibleParties(email: some RandomAccessCollection<UInt8>) -> [Party] {
    let party = party(email: email)
    guard case .address(let bare) = party else { return [party] }
    return [party] + (byBareEmail[bare] ?? []).map { .person(all[$0].id) }
  }

  /// An address in small letters and without its `+tag`, so that `mallory+x@` is `mallory@`.
  private static func bareAddress(_ email: some RandomAccessCollection<UInt8>) -> Bytes {
    let lower = email.asciiLowercased
    guard let at = lower.lastIndex(of: UInt8(ascii: "@")),
      let plus = lower[..<at].firstIndex(of: UInt8(ascii: "+")), plus > lower.startIndex
    else { return lower }
    return Bytes(lower[..<plus] + lower[at...])
  }
}

/// One human being (or bot) for the purpose of counting: nobody is two parties.
public enum Party: Hashable, Sendable {
  /// A person of the policy, by id.
  case person(String)
  /// Somebody whom the policy does not know, by bare address.
  case address(Bytes)

  /// For messages.
  public var display: String {
    switch self {
    case .person(let id): id
    case .address(let bytes): bytes.printable
    }
  }
}
