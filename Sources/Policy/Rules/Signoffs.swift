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
      return .violated(broken(roles, tally, matter))
    }
  }

  private func broken(
    _ roles: [[StatedDeclaration]], _ tally: DeclarationTally, _ matter: Matter
  ) -> Explanation {
    let commit = matter.commitShort
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
        (missing.isEmpty ? order : missing).map {
          "gitrel signoff \(commit) --as \($0.asWord)"
        }.joined(separator: ", then ")
      ])
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

  mutating func chain() -> [StatedDeclaration]? { chain(from: 0, after: nil, without: []) }

  private mutating func chain(
    from position: Int, after last: StatedDeclaration?, without people: Set<String>
  ) -> [StatedDeclaration]? {
    guard position < roles.count else { return [] }
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
        from: position + 1, after: stated, without: people.union([stated.person]))
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
