// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// Authors and committers are who they may be.
///
/// The names and addresses of a commit are typed by whoever makes it, so this rule finds mistakes and
/// careless lies; only `pusher` rests on something that was proven. They are compared as they stand in
/// the commit: no `.mailmap` has a say.
///
/// (The plural, because `Identity` is what a commit holds.)
public struct Identities: Rule {
  public static let id: RuleID = "identity"
  public static let summary = "authors and committers of new commits are who they may be"

  /// Who may stand in a commit.
  public enum Acquaintance: String, Hashable, Sendable, CaseIterable {
    /// A person of the policy, by one of the addresses there.
    case known
    case any
  }

  /// Who of a commit the pusher must be.
  public enum PusherMatch: String, Hashable, Sendable, CaseIterable {
    case author, committer
    /// One of the two.
    case either
    case any
  }

  /// Who may be the author.
  public let author: Acquaintance
  /// Who may be the committer.
  public let committer: Acquaintance
  /// Who of a commit must push it.
  public let pusher: PusherMatch
  /// The domains that addresses may have; empty for any.
  public let domains: [MailDomain]
  /// What the whole name must match.
  public let names: TextPattern?
  /// Which commits are left out.
  public let exempt: Set<Exemption>

  public init(from reader: SettingsReader, context: PolicyContext) {
    author = reader.choice("author") ?? .known
    committer = reader.choice("committer") ?? .known
    pusher = reader.choice("pusher") ?? .any
    domains = (reader.items("domains") ?? []).compactMap { item in
      guard let text = reader.text(of: item, for: "domains") else { return nil }
      return reader.problems.noting(at: item.position, "`domains`: \(text.quoted)") {
        () throws(MailDomain.Fault) in try MailDomain(text)
      }
    }
    names = reader.pattern("names")
    exempt = reader.exemptions()
    if author == .known || committer == .known || pusher != .any, context.people.isEmpty {
      reader.problems.add(
        "`identity` wants people whom the policy knows, and it names none", at: reader.position,
        hint: "state them under `people`, or write `author: any` and `committer: any`")
    }
  }

  public var needs: Needs { exempt.needs }

  fileprivate struct Fault: Hashable {
    let kind: Kind
    /// Whose name or address it is: `author`; nil where it is about neither.
    var role: String?
  }

  /// What is wrong with a name or an address. It is put into words when somebody asks.
  fileprivate enum Kind: Hashable {
    case nameless
    case hidden(name: Bytes)
    case addressless
    /// The name is that of a person, and the address is not, or nobody's.
    case called(name: Bytes, like: String, email: Bytes, isNobodys: Bool)
    case nobody(email: Bytes)
    case foreign(email: Bytes)
    case unlike(name: Bytes)
    case pusher(String)
    /// What only tells more.
    case note(String)

    /// What mends it; nil for what only tells more.
    var remedy: Remedy? {
      switch self {
      case .nameless, .hidden, .unlike: .name
      case .addressless, .foreign: .address
      case .called(_, _, _, let isNobodys): isNobodys ? .people : .address
      case .nobody: .people
      case .pusher: .pusher
      case .note: nil
      }
    }
  }

  fileprivate enum Remedy: Hashable {
    /// Another address.
    case address
    /// Another address, or the policy may not know one that is right.
    case people
    /// Another name.
    case name
    /// Somebody else pushes it.
    case pusher
  }

  public func judge(_ matter: Matter) -> Verdict {
    matter.judgedNewCommits(except: exempt) { judged, commits in
      var bad: [(commit: Commit, faults: [Fault])] = []
      for commit in judged {
        let faults = faults(of: commit, matter)
        guard !faults.isEmpty else { continue }
        let note = matter.whyNotExempt(commit, exempt).map { [Fault(kind: .note($0))] } ?? []
        bad.append((commit, faults + note))
      }
      // What is wrong whoever pushes is told first.
      if bad.isEmpty, pusher != .any, case .failure(let why) = matter.knownPusher {
        return .indeterminate(
          "who pushes must be \(pusher.words): \(why.words)",
          fix: [
            matter.pusher == nil
              ? "push to a server that knows who pushes"
              : "add the login to a person under `people` in the policy"
          ])
      }
      return bad.isEmpty
        ? .satisfied("\(counted(judged.count, "commit")) of who they may be of")
        : .violated { [bad] in
          .wrongPeople(bad, of: judged.count, newest: commits, self, matter.pushingPerson)
        }
    }
  }

  private func faults(of commit: Commit, _ matter: Matter) -> [Fault] {
    let author = faults(of: commit.author, self.author, among: matter.people)
    let committer = faults(of: commit.committer, self.committer, among: matter.people)
    // What is wrong with both is told once.
    let both = author.filter(committer.contains)
    func told(_ role: String, _ kinds: [Kind]) -> [Fault] {
      kinds.map { Fault(kind: $0, role: role) }
    }
    let all =
      told("author and committer", both)
      + told("author", author.filter { !both.contains($0) })
      + told("committer", committer.filter { !both.contains($0) })
    // Whom nobody knows is not the pusher either; that is told already.
    func isUnknown(_ kinds: [Kind]) -> Bool { kinds.contains { $0.remedy == .people } }
    let isTold =
      switch pusher {
      case .author: isUnknown(author)
      case .committer: isUnknown(committer)
      case .either: isUnknown(author) && isUnknown(committer)
      case .any: true
      }
    return isTold ? all : all + pusherFault(commit, matter)
  }

  /// What is wrong with one of the two.
  private func faults(
    of identity: Identity, _ wanted: Acquaintance, among people: People
  ) -> [Kind] {
    let person = people.person(email: identity.email)
    let name = people.names.reading(of: identity.name)
    let hasAddress = !identity.email.trimmed.isEmpty
    var faults: [Kind] = []
    if identity.name.trimmed.isEmpty {
      faults.append(.nameless)
    } else if !name.isPlain {
      faults.append(.hidden(name: identity.name))
    }
    if !hasAddress { faults.append(.addressless) }
    if let other = name.owners.first, !name.owners.contains(where: { $0 == person?.id }) {
      faults.append(
        .called(
          name: identity.name, like: other, email: identity.email, isNobodys: person == nil))
    } else if wanted == .known, person == nil, hasAddress {
      faults.append(.nobody(email: identity.email))
    }
    // A bot's address stands in the policy as it is; its domain is that of a forge.
    if !domains.isEmpty, person?.isBot != true, hasAddress,
      !domains.contains(where: { $0.has(identity.email) })
    {
      faults.append(.foreign(email: identity.email))
    }
    if let names, !names.matchesAll(of: identity.name) {
      faults.append(.unlike(name: identity.name))
    }
    return faults
  }

  private func pusherFault(_ commit: Commit, _ matter: Matter) -> [Fault] {
    guard pusher != .any, case .success(let person) = matter.knownPusher else { return [] }
    let isAuthor = matter.people.person(email: commit.author.email)?.id == person.id
    let isCommitter = matter.people.person(email: commit.committer.email)?.id == person.id
    let isRight =
      switch pusher {
      case .author: isAuthor
      case .committer: isCommitter
      case .either: isAuthor || isCommitter
      case .any: true
      }
    return isRight ? [] : [Fault(kind: .pusher(person.id))]
  }
}

extension Identities.PusherMatch {
  fileprivate var words: String {
    switch self {
    case .author: "its author"
    case .committer: "its committer"
    case .either: "its author or its committer"
    case .any: "anybody"
    }
  }
}

extension Identities {
  fileprivate func words(_ fault: Fault) -> String {
    (fault.role.map { "its \($0) " } ?? "") + words(fault.kind)
  }

  /// A clause to go on with.
  private func words(_ kind: Kind) -> String {
    func shown(_ bytes: Bytes) -> String { bytes.prefix(80).printable }
    switch kind {
    case .nameless: return "has no name"
    case .hidden(let name): return "has a name that does not show as it is: `\(shown(name))`"
    case .addressless: return "has no address"
    case .called(let name, let other, let email, _):
      return "is called `\(shown(name))` like \(other), whose address <\(shown(email))> is not"
    case .nobody(let email): return "<\(shown(email))> is nobody whom the policy knows"
    case .foreign(let email):
      return "<\(shown(email))> is not of \(listed(domains.map(\.text), "or"))"
    case .unlike(let name):
      return "is called `\(shown(name))`, not like \(names?.text.cut(to: 60) ?? "")"
    case .pusher(let person): return "\(person) pushes it and is not \(pusher.words)"
    case .note(let words): return words
    }
  }

  /// The commands that set whom git writes into commits, as far as the policy can tell.
  fileprivate func settings(_ person: Person?, for remedies: Set<Remedy?>) -> [String] {
    var settings: [String] = []
    if remedies.contains(.name) {
      let name = person.map(\.name).flatMap { name in
        name != person?.id && name.isPlainValue && names?.matchesAll(of: Bytes(name.utf8)) ?? true
          ? name : nil
      }
      settings.append("git config user.name '\(name ?? "<YOUR NAME>")'")
    }
    if !remedies.isDisjoint(with: [.address, .people]) {
      let address = person?.emails.first { email in
        domains.isEmpty || domains.contains { $0.has(email) }
      }?.printable
      let domain = domains.first { !$0.text.hasPrefix("*") }.map { "<YOU>@\($0.text)" }
      let shown =
        address.flatMap { $0.asWord == $0 ? $0 : nil } ?? "'\(domain ?? "<YOUR ADDRESS>")'"
      settings.append("git config user.email \(shown)")
    }
    return settings
  }
}

extension Explanation {
  fileprivate static func wrongPeople(
    _ bad: [(commit: Commit, faults: [Identities.Fault])], of count: Int, newest: [Commit],
    _ rule: Identities, _ person: Person?
  ) -> Explanation {
    let summary =
      "\(bad.count) of \(counted(count, "new commit")) \(bad.count == 1 ? "is" : "are")"
      + " of somebody who may not be"
    let findings = bad.prefix(maximumFindings).map {
      Finding($0.commit, $0.faults.map(rule.words).joined(separator: "; "))
    }
    let remedies = Set(bad.flatMap { $0.faults.map(\.kind.remedy) })
    if remedies.isSubset(of: [.pusher, nil]) {
      return Explanation(
        summary, findings: findings, total: bad.count, fixes: ["let \(rule.pusher.words) push it"])
    }
    return Explanation(
      summary, findings: findings, total: bad.count,
      mend: .commits(
        CommitMend(
          bad.map(\.commit), newest: newest, CommitMend.Deed(options: [.resetAuthor]),
          before: rule.settings(person, for: remedies))),
      or: remedies.contains(.people)
        ? ["add the address to a person under `people` in the policy, if it is right"] : [])
  }
}
