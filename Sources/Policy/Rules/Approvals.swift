// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// New commits are approved by enough people of the right roles.
///
/// With `trust: trailer` an approval is a trailer such as `Reviewed-by: Carol <carol@example.com>`:
/// a claim that whoever made the commit typed, and the verdict says so. A person counts once for a
/// commit, however many lines, addresses and roles; where roles are asked for, one person fills one
/// place.
public struct Approvals: Rule {
  public static let id: RuleID = "approvals"
  public static let summary = "every new commit is approved by enough people of the right roles"

  /// What an approval must be to count.
  public enum Trust: String, Hashable, Sendable, CaseIterable {
    /// A trailer: anybody can type one.
    case trailer
  }

  /// Which commits must be approved themselves.
  public enum Scope: String, Hashable, Sendable, CaseIterable {
    /// Every new commit.
    case each
    /// Every new commit on the first-parent line; the approval of a merge covers what it brings in.
    case firstParent = "first-parent"
  }

  /// How many different people must approve.
  public let minimum: Int
  /// How many people of each role must approve.
  public let roles: [String: Int]
  /// The trailer keys that tell an approval.
  public let keys: [String]
  /// Other spellings and the key that they stand for.
  public let aliases: [String: String]
  /// What an approval must be to count.
  public let trust: Trust
  /// Which commits must be approved themselves.
  public let scope: Scope
  /// Whether the author's own approval does not count.
  public let notAuthor: Bool
  /// Whether the committer's approval does not count.
  public let notCommitter: Bool
  /// Whether the approval of somebody named in Co-authored-by or Co-developed-by does not count.
  public let notCoAuthor: Bool
  /// Whether the approval of who pushes does not count.
  public let notPusher: Bool
  /// Whether a line anywhere in the message counts, and not only a trailer.
  public let loose: Bool

  public init(from reader: SettingsReader, context: PolicyContext) {
    let problems = reader.problems
    var roles: [String: Int] = [:]
    for entry in reader.entries("roles") {
      if context.people.roles[entry.key] == nil {
        problems.add(
          "there is no role `\(entry.key)`", at: entry.position,
          hint: Spelling.suggestion(for: entry.key, among: Array(context.people.roles.keys))
            ?? "state it under `roles`")
      }
      if let count = reader.integer(of: entry.node, for: entry.key, in: 1...20) {
        let holders = context.people.holders(of: entry.key).count
        if context.people.roles[entry.key] != nil, holders < count {
          problems.add(
            "`\(entry.key)` must approve \(count) times, and only \(counted(holders, "person"))"
              + " hold\(holders == 1 ? "s" : "") that role", at: entry.node.position)
        }
        roles[entry.key] = count
      }
    }
    self.roles = roles
    let places = roles.values.reduce(0, +)
    minimum = reader.integer("minimum", in: 0...20) ?? max(1, places)
    let keys = reader.trailerKeys("trailers")
    self.keys = keys.isEmpty ? ["Reviewed-by", "Approved-by"] : keys
    var aliases: [String: String] = [:]
    for entry in reader.entries("aliases") {
      guard let key = reader.text(of: entry.node, for: entry.key) else { continue }
      if !SettingsReader.isTrailerKey(entry.key) {
        problems.add(
          "`\(entry.key)` cannot be a trailer key", at: entry.position,
          hint: "keys are ASCII letters, digits and dashes")
      }
      if !self.keys.contains(where: { $0.lowercased() == key.lowercased() }) {
        problems.add(
          "`\(entry.key)` stands for `\(key)`, which is not among `trailers`",
          at: entry.node.position,
          hint: Spelling.suggestion(for: key, among: self.keys))
      }
      aliases[entry.key] = key
    }
    self.aliases = aliases
    trust = reader.choice("trust") ?? .trailer
    scope = reader.choice("scope") ?? .each
    notAuthor = reader.flag("not-author") ?? true
    notCommitter = reader.flag("not-committer") ?? false
    notCoAuthor = reader.flag("not-co-author") ?? true
    notPusher = reader.flag("not-pusher") ?? false
    loose = reader.flag("loose") ?? false
    if minimum == 0, roles.isEmpty {
      problems.add(
        "`approvals` asks for nobody", at: reader.position, hint: "give it `minimum` or `roles`")
    }
  }

  public var needs: Needs { Needs(.newCommits) }

  public func judge(_ matter: Matter) -> Verdict {
    if notPusher, matter.pusher == nil, matter.update.kind != .delete {
      return .indeterminate(
        "who pushes is not known, and the policy does not count the pusher's approval",
        fix: ["push over `gitrel shell`, or install with `--identity`, so that the server knows"])
    }
    return matter.judgedNewCommits { commits in
      let units = units(of: commits, tip: matter.update.new)
      let short = units.map { Tally($0, rule: self, matter: matter) }.filter { !$0.isEnough }
      guard !short.isEmpty else {
        return .satisfied(
          "\(counted(units.count, "commit")) approved (\(trustWords))")
      }
      return .violated(.unapproved(short, of: units.count, rule: self, newest: commits))
    }
  }

  var trustWords: String {
    switch trust {
    case .trailer: "trust: trailer, as claimed in commit messages"
    }
  }

  /// A commit that must be approved, and those whose approval it stands for.
  struct Unit {
    let commit: Commit
    let covered: [Commit]
  }

  /// With `first-parent`: the new commits on the first-parent line from the tip, each with the new
  /// commits that only it brings in.
  private func units(of commits: [Commit], tip: ObjectID) -> [Unit] {
    guard scope == .firstParent, let top = commits.first else {
      return commits.map { Unit(commit: $0, covered: []) }
    }
    let byID = Dictionary(commits.map { ($0.id, $0) }) { first, _ in first }
    // The update may name a tag; the walk gives children before parents, so its first is the tip.
    var line: [Commit] = []
    var next = byID[tip] ?? top
    while true {
      line.append(next)
      guard let parent = next.parents.first.flatMap({ byID[$0] }) else { break }
      next = parent
    }
    var taken = Set(line.map(\.id))
    // From the oldest, so that a commit is covered by the merge that first brought it in.
    var units: [Unit] = []
    for commit in line.reversed() {
      var covered: [Commit] = []
      var pending = Array(commit.parents.dropFirst())
      while let id = pending.popLast() {
        guard taken.insert(id).inserted, let brought = byID[id] else { continue }
        covered.append(brought)
        pending.append(contentsOf: brought.parents)
      }
      units.append(Unit(commit: commit, covered: covered))
    }
    return units.reversed()
  }
}

extension Approvals {
  /// Who approved a commit, and who claimed to and does not count.
  fileprivate struct Tally {
    private let rule: Approvals
    private let people: People
    let commit: Commit
    private let wanted: [Bytes]
    private var counted: [Party] = []
    private var ignored: [String] = []

    init(_ unit: Unit, rule: Approvals, matter: Matter) {
      self.rule = rule
      people = matter.people
      commit = unit.commit
      let message = unit.commit.message[...]
      let trailers =
        rule.loose
        ? TrailerBlock(loose: message).trailers : TrailerBlock(message: message).trailers
      wanted = rule.keys.map { Bytes($0.utf8) } + rule.aliases.keys.map { Bytes($0.utf8) }
      // Who may not approve is looked up only where somebody claims to have approved.
      lazy var barred = Barred(unit, rule: rule, matter: matter)
      for trailer in trailers where wanted.contains(where: { trailer.isKey($0) }) {
        let persons = trailer.people
        if persons.isEmpty { ignored.append("line \(trailer.line) names nobody") }
        for person in persons { count(person, line: trailer.line, barred: barred) }
      }
    }

    private mutating func count(_ person: TrailerPerson, line: Int, barred: Barred) {
      guard let email = person.email, !email.isEmpty else {
        ignored.append("line \(line): `\(person.name.prefix(60).printable)` has no <address>")
        return
      }
      let party = people.party(email: email)
      if case .address = party, !people.isEmpty {
        ignored.append(
          "line \(line): <\(email.prefix(60).printable)> is nobody whom the policy names")
        return
      }
      if let why = barred.reason(party) {
        ignored.append("line \(line): \(party.display) \(why)")
        return
      }
      if !counted.contains(party) { counted.append(party) }
    }

    var isEnough: Bool { counted.count >= rule.minimum && missingRoles.isEmpty }

    /// The places that stay empty when as many as possible are filled, one person a place.
    private var missingRoles: [String: Int] {
      let places = rule.roles.sorted { $0.key < $1.key }
        .flatMap { role, count in Array(repeating: role, count: count) }
      var placeOf: [Party: Int] = [:]
      func seat(_ place: Int, _ tried: inout Set<Party>) -> Bool {
        for party in counted {
          guard case .person(let id) = party, people.holders(of: places[place]).contains(id),
            tried.insert(party).inserted
          else { continue }
          if let other = placeOf[party], !seat(other, &tried) { continue }
          placeOf[party] = place
          return true
        }
        return false
      }
      var missing: [String: Int] = [:]
      for place in places.indices {
        var tried: Set<Party> = []
        if !seat(place, &tried) { missing[places[place], default: 0] += 1 }
      }
      return missing
    }

    var words: String {
      var parts: [String] = []
      let who = counted.map { "\($0.display)\(rolesOf($0))" }
      parts.append(who.isEmpty ? "has nobody" : "has \(listed(who))")
      var needs: [String] = missingRoles.sorted { $0.key < $1.key }.map { role, count in
        "\(count == 1 ? "" : "\(count) x ")\(role) (\(listed(people.holders(of: role), "or")))"
      }
      // A place that is filled also adds a person, so only what the places leave open is named.
      let more = rule.minimum - counted.count - missingRoles.values.reduce(0, +)
      if more > 0 { needs.append("\(more) more\(needs.isEmpty ? "" : " besides")") }
      if !needs.isEmpty { parts.append("needs \(listed(needs))") }
      let missed =
        rule.loose
        ? [] : TrailerBlock.misses(in: commit.message[...], keys: wanted).map(\.words)
      return (parts + (ignored + missed).prefix(6)).joined(separator: "; ")
    }

    private func rolesOf(_ party: Party) -> String {
      guard case .person(let id) = party else { return "" }
      let roles = rule.roles.keys.filter { people.holders(of: $0).contains(id) }.sorted()
      return roles.isEmpty ? "" : " (\(roles.joined(separator: ", ")))"
    }
  }

  /// Who may not approve a commit, and why.
  fileprivate struct Barred {
    private var reasons: [Party: String] = [:]

    init(_ unit: Unit, rule: Approvals, matter: Matter) {
      let people = matter.people
      // A merge that brings in new commits is the work of who wrote those.
      let written = unit.covered.isEmpty ? [unit.commit] : unit.covered
      if rule.notPusher, let pusher = matter.pusher {
        bar(people.person(login: pusher).map { .person($0.id) }, "pushes it")
      }
      if rule.notCommitter {
        bar(people.party(email: unit.commit.committer.email), "is its committer")
      }
      for commit in written {
        if rule.notCoAuthor {
          for trailer in TrailerBlock(loose: commit.message[...]).trailers
          where trailer.isKey(Bytes("co-authored-by".utf8))
            || trailer.isKey(Bytes("co-developed-by".utf8))
          {
            for email in trailer.people.compactMap(\.email) {
              bar(people.party(email: email), "is its co-author")
            }
          }
        }
        if rule.notAuthor { bar(people.party(email: commit.author.email), "is its author") }
      }
    }

    private mutating func bar(_ party: Party?, _ why: String) {
      if let party { reasons[party] = why }
    }

    func reason(_ party: Party) -> String? { reasons[party] }
  }
}

extension Explanation {
  fileprivate static func unapproved(
    _ short: [Approvals.Tally], of count: Int, rule: Approvals,
    newest: [Commit]
  ) -> Explanation {
    let key = rule.keys.first ?? "Reviewed-by"
    let commits = short.map(\.commit)
    let fix =
      commits.count == 1 && commits.first?.id == newest.first?.id
      ? "git commit --amend --no-edit --trailer '\(key): NAME <ADDRESS>'    by who reviewed it"
      : "\(Mend.reword(commits, newest: newest)), add `\(key): NAME <ADDRESS>`"
    var wants = rule.roles.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    if rule.minimum > rule.roles.values.reduce(0, +) || wants.isEmpty {
      wants.insert("\(rule.minimum) in all", at: 0)
    }
    return Explanation(
      "\(short.count) of \(counted(count, "new commit")) \(short.count == 1 ? "lacks" : "lack") approval",
      expected: "\(listed(wants)); \(rule.trustWords)",
      findings: short.prefix(maximumFindings).map { Finding($0.commit, $0.words) },
      total: short.count, fixes: [fix])
  }
}
