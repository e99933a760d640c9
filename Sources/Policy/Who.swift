internal import GitModel

/// Some people, named one by one or by role.
public struct Who: Hashable, Sendable {
  /// The names as written: people and roles.
  public let names: [String]
  /// The ids of all of them.
  public let people: Set<String>

  /// These people.
  public init(names: [String], people: Set<String>) { (self.names, self.people) = (names, people) }

  /// Whether the person with this id is one of them.
  public func contains(_ id: String) -> Bool { people.contains(id) }

  /// For messages: `release-manager (rita)`, or `nobody`.
  public func words(_ people: People) -> String {
    if names.isEmpty { return "nobody" }
    return listed(
      names.map { name in
        guard let holders = people.roles[name] else { return name }
        return "\(name) (\(holders.isEmpty ? "nobody" : listed(holders, "or")))"
      }, "or")
  }
}

extension SettingsReader {
  /// The people and roles listed under `key`, all of whom the policy must state.
  public func who(_ key: String, _ context: PolicyContext) -> Who? {
    guard !recordsItems(.who, under: key), let items = items(key) else { return nil }
    let roles = context.people.roles
    let ids = Set(context.people.all.map(\.id))
    var names: [String] = []
    var people: Set<String> = []
    for item in items {
      guard let name = text(of: item, for: key) else { continue }
      if let holders = roles[name] {
        people.formUnion(holders)
      } else if ids.contains(name) {
        people.insert(name)
      } else if !context.broken.contains(name) {
        problems.add(
          "there is no person and no role \(name.quoted)", at: item.position,
          hint: Spelling.suggestion(for: name, among: roles.keys.sorted() + ids.sorted())
            ?? "state it under `people` or `roles`")
      }
      names.append(name)
    }
    return Who(names: names, people: people)
  }
}
