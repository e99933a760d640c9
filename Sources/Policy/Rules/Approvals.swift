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
      if context.people.roles[entry.key] == nil, !context.broken.contains(entry.key) {
        problems.add(
          "there is no role \(entry.key.quoted)", at: entry.position,
          hint: Spelling.suggestion(for: entry.key, among: Array(context.people.roles.keys))
            ?? "state it under `roles`")
      }
      if let count = reader.integer(of: entry.node, for: entry.key, in: 1...20) {
        let holders = context.people.holders(of: entry.key).count
        if context.people.roles[entry.key] != nil, holders < count {
          problems.add(
            "`\(entry.key)` needs \(count == 1 ? "somebody" : "\(count) people")"
              + " and \(holders == 0 ? "nobody holds" : holders == 1 ? "only 1 holds" : "only \(holders) hold") it",
            at: entry.node.position, hint: "add people to it under `roles`")
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
          "\(entry.key.quoted) cannot be a trailer key", at: entry.position,
          hint: "keys are ASCII letters, digits and dashes")
      }
      if !self.keys.contains(where: { $0.lowercased() == key.lowercased() }) {
        problems.add(
          "\(entry.key.quoted) stands for \(key.quoted), which is not among `trailers`",
          at: entry.node.position,
          hint: Spelling.suggestion(for: key, among: self.keys)
            ?? "`trailers` has \(listed(self.keys))")
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
    let needed = max(minimum, places)
    let hasHolders = roles.allSatisfy { context.people.holders(of: $0.key).count >= $0.value }
    if !context.people.isEmpty, hasHolders, needed > context.people.all.count {
      problems.add(
        "`approvals` needs \(needed) people, and the policy names \(context.people.all.count)",
        at: reader.position, hint: "state more under `people`")
    }
    // Only those who hold a role can fill a place; who may hold several is one person all the same.
    let holders = Set(roles.keys.flatMap(context.people.holders(of:))).sorted()
    if hasHolders,
      let role = Self.emptyPlaces(
        of: roles, filledBy: holders.map(Party.person), context.people
      ).keys.min()
    {
      problems.add(
        "nobody is left for `\(role)` when the other roles have approved: one person fills one place",
        at: reader.node("roles")?.position ?? reader.position,
        hint: "add people to it under `roles`")
    }
    if notPusher, context.people.isEmpty {
      problems.add(
        "`not-pusher` needs `people` with `logins`: nothing else tells which address pushes",
        at: reader.node("not-pusher")?.position ?? reader.position)
    }
  }

  public var needs: Needs { Needs(.newCommits) }

  public func judge(_ matter: Matter) -> Verdict {
    matter.judgedNewCommits { commits in
      if notPusher, let unknown = Self.unknownPusher(matter) { return unknown }
      let units = units(of: commits, tip: matter.update.new)
      let short = units.map { Tally($0, rule: self, matter: matter) }.filter { !$0.isEnough }
      guard !short.isEmpty else {
        return .satisfied(
          "\(counted(units.count, "commit")) approved; \(trustWords)")
      }
      return .violated {
        .unapproved(short, of: units.count, rule: self, newest: commits)
      }
    }
  }

  var trustWords: String {
    switch trust {
    case .trailer: "trust: trailer, as typed in commit messages"
    }
  }

  /// The verdict when the pusher's approval must not count and nobody can tell which one that is.
  private static func unknownPusher(_ matter: Matter) -> Verdict? {
    guard let pusher = matter.pusher else {
      return .indeterminate(
        "who pushes is not known, and the pusher's own approval must not count",
        fix: [
          "ask the server's admin to install gitrel with `--identity`, so that it knows who pushes"
        ])
    }
    guard matter.people.person(login: pusher) == nil else { return nil }
    return .indeterminate(
      "\(Bytes(pusher.utf8).prefix(60).printable) pushes, and the policy names nobody with that login",
      fix: ["add the login to a person under `people` in the policy"])
  }

  /// A commit that must be approved, and those whose approval it stands for.
  struct Unit {
    let commit: Commit
    let covered: [Commit]
  }

  /// The places that stay empty when as many as possible are filled, one person a place.
  private static func emptyPlaces(
    of roles: [String: Int], filledBy parties: [Party], _ people: People
  ) -> [String: Int] {
    let places = roles.sorted { $0.key < $1.key }
      .flatMap { role, count in Array(repeating: role, count: count) }
    var placeOf: [Party: Int] = [:]
    func seat(_ place: Int, _ tried: inout Set<Party>) -> Bool {
      for party in parties {
        guard case .person(let id) = party, people.holders(of: places[place]).contains(id),
          tried.insert(party).inserted
        else { continue }
        if let other = placeOf[party], !seat(other, &tried) { continue }
        placeOf[party] = place
        return true
      }
      return false
    }
    var empty: [String: Int] = [:]
    for place in places.indices {
      var tried: Set<Party> = []
      if !seat(place, &tried) { empty[places[place], default: 0] += 1 }
    }
    return empty
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
    private let matter: Matter
    private let unit: Unit
    private let wanted: [Bytes]
    private var counted: [Party] = []
    private var known: Set<Party> = []
    private var ignored: [String] = []

    init(_ unit: Unit, rule: Approvals, matter: Matter) {
      self.rule = rule
      people = matter.people
      (self.unit, self.matter) = (unit, matter)
      let trailers =
        rule.loose
        ? TrailerBlock(loose: unit.commit.message[...]).trailers : unit.commit.trailers
      wanted =
        rule.keys.map { Bytes($0.utf8) } + rule.aliases.keys.sorted().map { Bytes($0.utf8) }
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
        ignored.append(
          person.name.isEmpty
            ? "line \(line) names nobody"
            : "line \(line): `\(person.name.prefix(60).printable)` has no <address>")
        return
      }
      let party = people.party(email: email)
      if case .address = party, !people.isEmpty {
        ignored.append("line \(line): the policy names nobody with <\(email.prefix(60).printable)>")
        return
      }
      if let why = barred.reason(party) {
        ignored.append("line \(line): \(party.display) \(why)")
        return
      }
      if known.insert(party).inserted { counted.append(party) }
    }

    var isEnough: Bool { counted.count >= rule.minimum && missingRoles.isEmpty }

    private var missingRoles: [String: Int] {
      Approvals.emptyPlaces(of: rule.roles, filledBy: counted, people)
    }

    var commit: Commit { unit.commit }

    var words: String {
      let barred = Barred(unit, rule: rule, matter: matter)
      var parts: [String] = []
      let who = counted.map { "\($0.display)\(rolesOf($0))" }
      parts.append(who.isEmpty ? "has nobody" : "has \(listed(who))")
      var needs: [String] = missingRoles.sorted { $0.key < $1.key }.map { role, count in
        "\(count == 1 ? "" : "\(count) x ")\(role) (\(candidates(for: role, barred)))"
      }
      // A place that is filled also adds a person, so only what the places leave open is named.
      let more = rule.minimum - counted.count - missingRoles.values.reduce(0, +)
      if more > 0 {
        let isAll = self.counted.isEmpty && needs.isEmpty
        needs.append(isAll ? "\(more)" : "\(more) more\(needs.isEmpty ? "" : " besides")")
      }
      if !needs.isEmpty { parts.append("needs \(listed(needs))") }
      let missed =
        rule.loose
        ? [] : TrailerBlock.misses(in: commit.message[...], keys: wanted).map(\.words)
      return (parts + (ignored + missed).prefix(6)).joined(separator: "; ")
    }

    /// Who could still fill a place of `role`.
    private func candidates(for role: String, _ barred: Barred) -> String {
      let holders = people.holders(of: role)
      let free = holders.filter {
        !counted.contains(.person($0)) && barred.reason(.person($0)) == nil
      }
      guard free.isEmpty else { return listed(free, "or") }
      let taken = holders.map { id in
        "\(id) \(barred.reason(.person(id)) ?? "fills one place only")"
      }
      return "nobody is left who may: \(listed(taken))"
    }

    /// Who could approve so that it is enough, as a trailer names them; a placeholder where the policy
    /// does not tell.
    var proposed: [String] {
      let barred = Barred(unit, rule: rule, matter: matter)
      let authors = PersonNames(people).owners(of: commit.author.name).map(\.id)
      var taken = counted
      var values: [String] = []
      func propose(_ ids: [String]) {
        let next = ids.first { id in
          // Whose name the author has is the author, by an address that may be mended as well.
          !taken.contains(.person(id)) && barred.reason(.person(id)) == nil
            && !(rule.notAuthor && (matter.pushingPerson?.id == id || authors.contains(id)))
            && people.all.contains { $0.id == id && !$0.isBot && $0.inTrailer != nil }
        }
        let value = next.flatMap { id in people.all.first { $0.id == id }?.inTrailer }
        if let next, value != nil { taken.append(.person(next)) }
        // One placeholder stands for all who are missing.
        if let value {
          values.append(value)
        } else if !values.contains(Placeholder.person) {
          values.append(Placeholder.person)
        }
      }
      let missing = missingRoles.sorted { $0.key < $1.key }
      for (role, count) in missing { for _ in 0..<count { propose(people.holders(of: role)) } }
      let more = max(0, rule.minimum - counted.count - missing.reduce(0) { $0 + $1.value })
      for _ in 0..<more { propose(people.all.map(\.id)) }
      return values
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
      // What a merge brings in is the work of who wrote it, and what the merge adds of who merged.
      let written = [unit.commit] + unit.covered
      if rule.notPusher, let pusher = matter.pusher {
        bar(people.person(login: pusher).map { [.person($0.id)] } ?? [], "pushes it")
      }
      if rule.notCommitter {
        for commit in written {
          bar(people.possibleParties(email: commit.committer.email), "is its committer")
        }
      }
      if rule.notCoAuthor {
        // GitLab names the co-authors of everything that it merges on the merge.
        for commit in written where commit.hasLine(startingWith: Bytes("co-".utf8)) {
          for trailer in TrailerBlock(loose: commit.message[...]).trailers
          where trailer.isKey(Bytes("co-authored-by".utf8))
            || trailer.isKey(Bytes("co-developed-by".utf8))
          {
            for email in trailer.people.compactMap(\.email) {
              bar(people.possibleParties(email: email), "is its co-author")
            }
          }
        }
      }
      if rule.notAuthor {
        for commit in written {
          bar(people.possibleParties(email: commit.author.email), "is its author")
          // An author whom nobody knows could be anybody: then who committed it is taken for both.
          if !people.isEmpty, people.person(email: commit.author.email) == nil {
            bar(
              people.possibleParties(email: commit.committer.email),
              "committed it for an unknown author")
          }
        }
      }
    }

    private mutating func bar(_ parties: [Party], _ why: String) {
      for party in parties { reasons[party] = why }
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
    let deeds = short.map { tally in
      let lines = tally.proposed.map { CommitMend.Option.trailer(key: key, value: $0) }
      return (commit: tally.commit, deed: CommitMend.Deed(options: lines))
    }
    let isNamed = short.allSatisfy { !$0.proposed.contains(Placeholder.person) }
    let them = short.count == 1 ? "it" : "them"
    let mend = CommitMend(
      deeds, newest: newest,
      words: isNamed ? "once those whom it names say yes" : "by who reviewed \(them)")
    let roles = listed(rule.roles.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" })
    let people = rule.minimum == 1 ? "1 person" : "\(rule.minimum) people"
    let wants =
      if rule.roles.isEmpty { people } else if rule.minimum <= rule.roles.values.reduce(0, +) {
        roles
      } else { "\(people), among them \(roles)" }
    return Explanation(
      "\(short.count) of \(counted(count, "new commit")) \(short.count == 1 ? "lacks" : "lack") approval",
      expected: "\(wants); \(rule.trustWords)",
      findings: short.prefix(maximumFindings).map { Finding($0.commit, $0.words) },
      total: short.count, mend: .commits(mend))
  }
}

extension Person {
  /// `Carol <carol@example.com>`, where a shell takes that as it stands between quotes.
  fileprivate var inTrailer: String? {
    guard let email = emails.first.map({ String(decoding: $0, as: UTF8.self) }),
      email.isPlainValue, name.isPlainValue,
      !(email + name).utf8.contains(where: { "<>,#()".utf8.contains($0) })
    else { return nil }
    return "\(name) <\(email)>"
  }
}
