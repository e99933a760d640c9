// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// New commits are approved by enough people of the right roles.
///
/// With `trust: trailer` an approval is a trailer such as `Reviewed-by: Carol <carol@example.com>`:
/// a claim that whoever made the commit typed, and the verdict says so; with `trust: signed` it is a
/// signed statement on the very change. A person counts once for a
/// commit, however many lines, addresses and roles; where roles are asked for, one person fills one
/// place.
public struct Approvals: Rule {
  public static let id: RuleID = "approvals"
  public static let summary = "every new commit is approved by enough people of the right roles"

  /// How many different people must approve.
  public let minimum: Int
  /// How many people of each role must approve.
  public let roles: [String: Int]
  /// What counts as an approval, and whose does not.
  public let source: ApprovalSource

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
    source = ApprovalSource(from: reader, context: context)
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
        of: roles, filledBy: holders.map(Party.person),
        { party, role in
          context.people.holders(of: role).contains { party == .person($0) }
        }
      ).keys.min()
    {
      problems.add(
        "nobody is left for `\(role)` when the other roles have approved: one person fills one place",
        at: reader.node("roles")?.position ?? reader.position,
        hint: "add people to it under `roles`")
    }
  }

  public var differsByRef: Bool { source.trust == .signed }

  public var needs: Needs { source.needs }

  public func judge(_ matter: Matter) -> Verdict {
    source.judged(matter) { units in
      let tallies = units.all.map {
        Counted(ApprovalTally($0, source: source, matter: matter), rule: self)
      }
      let short = tallies.filter { !$0.isEnough }
      let uses = tallies.flatMap(\.tally.uses)
      guard !short.isEmpty else {
        return .satisfied(
          "\(counted(units.all.count, "commit")) approved; \(source.trustWords)", by: uses)
      }
      return .violated(despite: uses) {
        .unapproved(short, of: units.all.count, rule: self, newest: units.newest, matter)
      }
    }
  }

  /// The places that stay empty when as many as possible are filled, one person a place.
  private static func emptyPlaces(
    of roles: [String: Int], filledBy parties: [Party], _ fills: (Party, String) -> Bool
  ) -> [String: Int] {
    let places = roles.sorted { $0.key < $1.key }
      .flatMap { role, count in Array(repeating: role, count: count) }
    var placeOf: [Party: Int] = [:]
    func seat(_ place: Int, _ tried: inout Set<Party>) -> Bool {
      for party in parties {
        guard fills(party, places[place]), tried.insert(party).inserted else { continue }
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
}

extension Approvals {
  /// Who approved a commit, against what the rule asks for.
  fileprivate struct Counted {
    let tally: ApprovalTally
    private let rule: Approvals
    private let missingRoles: [String: Int]

    init(_ tally: ApprovalTally, rule: Approvals) {
      (self.tally, self.rule) = (tally, rule)
      missingRoles =
        tally.counted.isEmpty
        ? rule.roles
        : Approvals.emptyPlaces(of: rule.roles, filledBy: tally.counted, tally.fills)
    }

    var isEnough: Bool {
      tally.counted.count >= rule.minimum && missingRoles.isEmpty && tally.vetoes.isEmpty
    }

    var missing: [String] { missingRoles.keys.sorted() }

    func words(_ people: People) -> String {
      let barred = tally.barred
      var parts = tally.vetoes.map { "vetoed by \($0.source)" }
      let who = tally.counted.map { "\($0.display)\(rolesOf($0))" }
      parts.append(who.isEmpty ? "has nobody" : "has \(listed(who))")
      var needs: [String] = missingRoles.sorted { $0.key < $1.key }.map { role, count in
        "\(count == 1 ? "" : "\(count) x ")\(role) (\(candidates(for: role, barred, people)))"
      }
      // A place that is filled also adds a person, so only what the places leave open is named.
      let more = rule.minimum - tally.counted.count - missingRoles.values.reduce(0, +)
      if more > 0 {
        let isAll = tally.counted.isEmpty && needs.isEmpty
        needs.append(isAll ? "\(more)" : "\(more) more\(needs.isEmpty ? "" : " besides")")
      }
      if !needs.isEmpty { parts.append("needs \(listed(needs))") }
      return (parts + (tally.ignored + tally.missed).prefix(6)).joined(separator: "; ")
    }

    /// Who could still fill a place of `role`.
    private func candidates(
      for role: String, _ barred: ApprovalTally.Barred, _ people: People
    ) -> String {
      let holders = people.holders(of: role)
      let free = holders.filter {
        !tally.fills(.person($0), role) || !tally.counted.contains(.person($0))
      }.filter { barred.reason(.person($0)) == nil }
      guard free.isEmpty else { return listed(free, "or") }
      let taken = holders.map { id in
        "\(id) \(barred.reason(.person(id)) ?? "fills one place only")"
      }
      return "nobody is left who may: \(listed(taken))"
    }

    /// Who could approve so that it is enough.
    func proposed(_ people: People) -> [String] {
      var proposed = ProposedApprovals(tally)
      let missing = missingRoles.sorted { $0.key < $1.key }
      for (role, count) in missing {
        for _ in 0..<count { proposed.add(oneOf: people.holders(of: role)) }
      }
      let more = max(0, rule.minimum - tally.counted.count - missing.reduce(0) { $0 + $1.value })
      for _ in 0..<more { proposed.add(oneOf: people.all.map(\.id)) }
      return proposed.values
    }

    private func rolesOf(_ party: Party) -> String {
      let roles = rule.roles.keys.filter { tally.fills(party, $0) }.sorted()
      return roles.isEmpty ? "" : " (\(roles.joined(separator: ", ")))"
    }
  }
}

extension Explanation {
  fileprivate static func unapproved(
    _ short: [Approvals.Counted], of count: Int, rule: Approvals, newest: [Commit],
    _ matter: Matter
  ) -> Explanation {
    let roles = listed(rule.roles.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" })
    let people = rule.minimum == 1 ? "1 person" : "\(rule.minimum) people"
    let wants =
      if rule.roles.isEmpty { people } else if rule.minimum <= rule.roles.values.reduce(0, +) {
        roles
      } else { "\(people), among them \(roles)" }
    let summary =
      "\(short.count) of \(counted(count, "new commit")) \(short.count == 1 ? "lacks" : "lack") approval"
    let expected = "\(wants); \(rule.source.trustWords)"
    let findings = short.prefix(maximumFindings).map {
      Finding($0.tally.commit, $0.words(matter.people))
    }
    guard rule.source.trust == .signed else {
      let lacking = short.map { ($0.tally.commit, $0.proposed(matter.people)) }
      return Explanation(
        summary, expected: expected, findings: findings, total: short.count,
        mend: .commits(rule.source.mend(lacking, newest: newest)))
    }
    return Explanation(
      summary, expected: expected, findings: findings, total: short.count,
      fixes: rule.commands(for: short, matter))
  }
}

extension Approvals {
  /// What those who may approve type.
  fileprivate func commands(for short: [Counted], _ matter: Matter) -> [String] {
    let commits = short.map(\.tally.commit)
    let revocations = source.revocations(of: short.map(\.tally))
    if short.allSatisfy({ $0.tally.counted.count >= minimum && $0.missing.isEmpty }) {
      return revocations
    }
    let missing = Set(short.flatMap(\.missing)).sorted()
    guard !missing.isEmpty else {
      return revocations + [
        source.command(for: commits, by: "somebody who did not write it", matter)
      ]
    }
    return revocations
      + missing.map { role in
        // Of those who may approve at least one of them; where nobody is left, all are named.
        let holders = matter.people.holders(of: role)
        let free = holders.filter { id in
          short.contains {
            $0.tally.barred.reason(.person(id)) == nil && !$0.tally.counted.contains(.person(id))
          }
        }
        return source.command(
          for: commits, "--as \(role) ", by: listed(free.isEmpty ? holders : free, "or"), matter)
      }
  }
}
