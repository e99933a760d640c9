// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import Evidence
internal import GitModel

/// A chain of roles signed off the commit that the ref is to have: in this order, each by another person.
public struct Signoffs: Rule {
  public static let id: RuleID = "signoffs"
  public static let summary = "a chain of roles signed off this commit, one after the other"

  /// The roles in their order.
  public let order: [String]
  /// How old a sign-off may be, in seconds; nil for any age.
  public let age: Int64?

  /// How many roles a chain may have: who signs for which is tried out.
  static let limit = 8

  public init(from reader: SettingsReader, context: PolicyContext) {
    if reader.lacks("order") {
      reader.problems.add(
        "`signoffs` names no roles", at: reader.position,
        hint: "write `signoffs: {order: [dev, qa]}`")
    }
    let nodes = reader.items("order") ?? []
    order = nodes.compactMap { node in
      guard let role = reader.text(of: node, for: "order") else { return nil }
      if context.people.roles[role] == nil, !context.broken.contains(role) {
        reader.problems.add(
          "there is no role \(role.quoted)", at: node.position,
          hint: Spelling.suggestion(for: role, among: context.people.roles.keys.sorted())
            ?? "state it under `roles`")
      }
      return role
    }
    age = reader.duration("age")
    let place = reader.node("order")?.position ?? reader.position
    if Set(order).count < order.count {
      reader.problems.add("`order` names a role twice", at: place)
    }
    if order.count > Self.limit {
      reader.problems.add("`order` takes \(Self.limit) roles at most", at: place)
    }
  }

  public var needs: Needs { Needs([.target, .declarations, .declarationTimes]) }

  public func judge(_ matter: Matter) -> Verdict {
    matter.judgedDeclarations { all in
      let tally = DeclarationTally(all, .signOff, age: age, at: matter.instant)
      // Of what one person says in one role the first and the last matter, and all between.
      let roles = order.map { role in
        tally.counted.filter { $0.declaration.role.elementsEqual(role.utf8) }
      }
      var search = ChainSearch(roles)
      if let chain = search.chain() {
        return .satisfied(
          "signed off by \(listed(zip(order, chain).map { "\($0) (\($1.person))" }))",
          zip(order, chain).map {
            Finding($0, "\($1.source), \($1.time.utcText)")
          })
      }
      guard !search.isExhausted else {
        return .indeterminate(
          "there are too many sign-offs of \(matter.commitShort) to tell whether some are a chain")
      }
      return .violated(
        broken(roles, tally, matter, standing: search.standing(order, matter.people)))
    }
  }

  /// `standing`: who signed first, and need not again.
  private func broken(
    _ roles: [[StatedDeclaration]], _ tally: DeclarationTally, _ matter: Matter,
    standing: [StatedDeclaration]
  ) -> Explanation {
    let commit = matter.commitShort
    let owing = order.dropFirst(standing.count)
    let again = zip(order, roles).dropFirst(standing.count).filter { !$1.isEmpty }.map(\.0)
    let others = Set(standing.map(\.person)).sorted()
    let missing = zip(order, roles).filter { $1.isEmpty }.map(\.0)
    let findings =
      zip(order, roles).flatMap { role, said in
        said.map { Finding(role, "\($0.source), \($0.time.utcText)") }
      }
      + tally.others.filter { other in
        order.contains { other.stated.declaration.role.elementsEqual($0.utf8) }
      }.map {
        Finding($0.stated.declaration.role.prefix(60).printable, "\($0.stated.source), \($0.why)")
      }
    return Explanation(
      missing.isEmpty
        ? "nobody signed off \(commit) in the order \(order.joined(separator: ", ")), each another person"
        : "\(listed(missing)) did not sign off \(commit)",
      expected: order.map { role in
        "\(role) (\(listed(matter.people.holders(of: role), "or")))"
      }.joined(separator: ", then "), findings: findings,
      fixes: [
        owing.map { "gitrel signoff \(commit) --as \($0.asWord)" }.joined(separator: ", then ")
          + (again.isEmpty ? "" : "    \(listed(again)) anew, \(manner(others))")
      ])
  }

  /// Why a role signs again.
  private func manner(_ others: [String]) -> String {
    others.isEmpty
      ? "each another person, in this order"
      : "not by \(listed(others, "or"))"
  }
}

/// Looks for one statement of each role, none before the one of the role before it, all by different
/// people: neither by their own clocks nor by when the server got them.
private struct ChainSearch {
  private let roles: [[StatedDeclaration]]
  private var steps = 0
  /// Whether more was to be tried than is.
  private(set) var isExhausted = false

  private static let limit = 200_000

  init(_ roles: [[StatedDeclaration]]) { self.roles = roles }

  mutating func chain() -> [StatedDeclaration]? {
    chain(from: 0, to: roles.count, after: nil, without: []) { _ in true }
  }

  /// The longest beginning of a chain that others who hold the roles of `order` can go on with; empty where
  /// that takes too long to find out.
  mutating func standing(_ order: [String], _ people: People) -> [StatedDeclaration] {
    for count in (1..<max(1, roles.count)).reversed() {
      let left = order[count...].map { people.holders(of: $0) }
      let found = chain(from: 0, to: count, after: nil, without: []) { taken in
        Self.canFill(left[...], without: taken)
      }
      if isExhausted { return [] }
      if let found { return found }
    }
    return []
  }

  /// Whether each of some roles can have a holder of its own.
  private static func canFill(_ roles: ArraySlice<[String]>, without taken: Set<String>) -> Bool {
    guard let first = roles.first else { return true }
    // With as many free holders as there may be roles, one is always left.
    let free = first.filter { !taken.contains($0) }.prefix(Signoffs.limit)
    return free.contains { canFill(roles.dropFirst(), without: taken.union([$0])) }
  }

  private mutating func chain(
    from position: Int, to end: Int, after last: StatedDeclaration?, without people: Set<String>,
    _ isEnough: (Set<String>) -> Bool
  ) -> [StatedDeclaration]? {
    guard position < end else { return isEnough(people) ? [] : nil }
    // Of one person the first that fits is as good as any that is later by both clocks; they come in the
    // order of the server's.
    var tried: [String: Instant] = [:]
    for stated in roles[position] where last.map({ stated.follows($0) }) ?? true {
      let recorded = stated.declaration.recorded
      if people.contains(stated.person) { continue }
      if let first = tried[stated.person], first <= recorded { continue }
      tried[stated.person] = recorded
      steps += 1
      guard steps <= Self.limit else {
        isExhausted = true
        return nil
      }
      let rest = chain(
        from: position + 1, to: end, after: stated, without: people.union([stated.person]),
        isEnough)
      if let rest { return [stated] + rest }
    }
    return nil
  }
}

extension StatedDeclaration {
  fileprivate func follows(_ other: StatedDeclaration) -> Bool {
    time >= other.time && declaration.recorded >= other.declaration.recorded
  }
}
