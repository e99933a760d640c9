internal import GitModel

/// Who the owners that a CODEOWNERS names are in the policy.
struct OwnerPeople {
  /// What one owner comes to.
  enum Meaning {
    /// This person, or an address that stands for one.
    case party(Party)
    /// Whoever holds this role.
    case role(String)
    /// Nobody whom the policy knows.
    case nobody
  }

  private let people: People
  private let teams: [String: String]
  private let isGitLab: Bool
  /// People by login in small letters, as hosts compare them; nil where two differ in capitals alone.
  private var logins: [Bytes: String?] = [:]

  /// `teams`: roles by what CODEOWNERS writes, in small letters.
  init(_ people: People, teams: [String: String], _ syntax: CodeOwners.Syntax) {
    (self.people, self.teams, isGitLab) = (people, teams, syntax == .gitlab)
    for person in people.all {
      for login in Set(([person.id] + person.logins).map { Bytes($0.utf8).asciiLowercased }) {
        logins.updateValue(logins[login] == nil ? person.id : nil, forKey: login)
      }
    }
  }

  func meaning(of owner: CodeOwners.Owner) -> Meaning {
    if let role = teams[Self.key(owner.text)] { return .role(role) }
    switch owner {
    case .address(let email):
      if people.isEmpty { return .party(people.party(email: email)) }
      return people.person(email: email).map { .party(.person($0.id)) } ?? .nobody
    case .login(let login):
      if let person = people.person(login: String(decoding: login, as: UTF8.self)) {
        return .party(.person(person.id))
      }
      if case .some(.some(let id)) = logins[login.asciiLowercased] { return .party(.person(id)) }
      // `@name` may be a group there.
      return isGitLab ? role(login[...]) : .nobody
    case .team(let name): return role(name.pathName)
    case .role, .other: return .nobody
    }
  }

  private func role(_ name: BytesSlice) -> Meaning {
    let name = String(decoding: name, as: UTF8.self)
    return people.roles[name] == nil ? .nobody : .role(name)
  }

  /// How a name is compared with the keys of `teams`.
  static func key(_ text: Bytes) -> String { String(decoding: text.asciiLowercased, as: UTF8.self) }
}

/// The owners that one line names, as the policy knows them.
struct LineOwners {
  /// People by name, each once.
  private(set) var parties: [Party] = []
  /// Roles, each once.
  private(set) var roles: [String] = []
  /// Who is nobody in the policy.
  private(set) var unknown: [CodeOwners.Owner] = []

  init(_ owners: [CodeOwners.Owner], _ people: OwnerPeople) {
    for owner in owners {
      switch people.meaning(of: owner) {
      case .party(let party): if !parties.contains(party) { parties.append(party) }
      case .role(let role): if !roles.contains(role) { roles.append(role) }
      case .nobody: if !unknown.contains(owner) { unknown.append(owner) }
      }
    }
  }

  /// Whether somebody who counts approved as an owner.
  func include(_ party: Party, in tally: ApprovalTally) -> Bool {
    parties.contains(party) && tally.isForAll(party) || roles.contains { tally.fills(party, $0) }
  }

  /// Everybody, each once.
  func everybody(_ people: People) -> [Party] {
    var all = parties
    for id in roles.flatMap(people.holders(of:)) where !all.contains(.person(id)) {
      all.append(.person(id))
    }
    return all
  }

  /// For messages: `alice or docs (bob or carol)`.
  func words(_ people: People) -> String {
    listed(
      parties.map(\.display)
        + roles.map { role in
          let holders = people.holders(of: role)
          return "\(role) (\(holders.isEmpty ? "nobody" : listed(holders, "or")))"
        }, "or")
  }
}
