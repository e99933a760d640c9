public import Evidence
internal import GitModel

extension PolicyDocument {
  /// Why no rule will count what somebody is about to declare; nil where one may.
  public func doubt(about said: Declaration) -> String? {
    let person = String(decoding: said.person, as: UTF8.self)
    let name = String(decoding: said.name, as: UTF8.self)
    let rules = rulesets.flatMap(\.rules).map(\.rule)
    switch said.kind {
    case .checklist:
      let lists = rules.compactMap { $0 as? Checklist }
      return doubt(
        "the item \(name.quoted)", among: lists.flatMap(\.items),
        by: lists.filter { $0.items.contains(name) }.map(\.by), person)
    case .artifact:
      let builds = rules.compactMap { $0 as? Artifact }
      return doubt(
        "the artifact \(name.quoted)", among: builds.flatMap(\.names),
        by: builds.filter { $0.names.contains(name) }.map(\.by), person)
    case .deployed:
      let places = rules.compactMap { $0 as? Deployed }
      return doubt(
        "a deployment to \(name.quoted)", among: places.map(\.environment),
        by: places.filter { $0.environment == name }.map(\.by), person)
    case .signOff:
      let role = String(decoding: said.role, as: UTF8.self)
      let chains = rules.compactMap { ($0 as? Signoffs)?.order }
      return doubt(
        "a sign-off as \(role.quoted)", among: chains.flatMap { $0 },
        by: chains.filter { $0.contains(role) }.map { _ in nil }, person)
    default: return nil
    }
  }

  /// `by`: of whom each rule that asks for it wants it; nil for anybody.
  private func doubt(
    _ what: String, among known: [String], by: [Who?], _ person: String
  ) -> String? {
    guard !by.isEmpty else {
      let others = Set(known).sorted()
      return "no rule of the policy asks for \(what)"
        + (others.isEmpty ? "" : "; there is \(listed(others.prefix(8).map { $0.cut(to: 40) }))")
    }
    let wanted = by.compactMap { $0 }
    guard wanted.count == by.count, !wanted.contains(where: { $0.contains(person) }) else {
      return nil
    }
    return "the policy counts \(what) by \(wanted[0].words(people)), and not by \(person.cleaned)"
  }
}
