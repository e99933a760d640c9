public import GitModel

extension SettingsReader {
  /// What `when` and `except` say.
  public func conditions(_ context: PolicyContext) -> Conditions {
    Conditions(when: condition("when", context), except: condition("except", context))
  }

  private func condition(_ key: String, _ context: PolicyContext) -> Condition? {
    guard let node = node(key) else { return nil }
    let reader = SettingsReader(node, name: key, problems: problems)
    var condition = Condition()
    condition.paths = reader.paths("paths")?.selection
    condition.lanes = reader.choices("lane")
    condition.risks = reader.choices("risk")
    condition.pushers = reader.who("pusher", context)
    if let pushers = condition.pushers, pushers.names.isEmpty {
      problems.add(
        "`pusher` is empty, so that it never holds",
        at: reader.node("pusher")?.position ?? node.position)
    }
    condition.kinds = reader.choices("kind")
    condition.routes = reader.choices("via")
    reader.finish()
    if node.value == .absent || node.value == .map([]) {
      problems.add(
        "`\(key)` asks nothing", at: node.position,
        hint: "give it paths, lane, risk, pusher, kind or via")
    }
    return condition
  }

  /// The words of `Choice` listed under `key`; an empty list is a problem, because it would match
  /// nothing.
  private func choices<Choice>(_ key: String) -> [Choice]?
  where Choice: RawRepresentable<String> & CaseIterable {
    guard let items = items(key) else { return nil }
    if items.isEmpty {
      problems.add("`\(key)` is empty, so that it never holds", at: node(key)?.position ?? position)
    }
    return items.compactMap { choice(of: $0, for: key) }
  }

  /// What `enforce` says: a word, or `{active-from: DATE}`.
  public func enforcement() -> EnforcementPlan? {
    guard let node = node("enforce") else { return nil }
    guard case .map = node.value else {
      return choice(of: node, for: "enforce").map { EnforcementPlan.always($0) }
    }
    let reader = SettingsReader(node, name: "enforce", problems: problems)
    let start = reader.moment("active-from")
    if reader.lacks("active-from") {
      problems.add(
        "`enforce` has no `active-from`", at: node.position,
        hint: "write `enforce: active`, `enforce: evaluate` or `enforce: {active-from: 2026-12-01}`"
      )
    }
    reader.finish()
    return start.map { .activeFrom($0) }
  }

  /// The moment under `key`: a day, which begins at midnight UTC, or a moment in UTC.
  public func moment(_ key: String) -> Instant? {
    guard let node = node(key), !records(.moment, at: node), let text = text(of: node, for: key)
    else { return nil }
    if let moment = Instant(utcText: Bytes((text + "T00:00:00Z").utf8)) { return moment }
    if let moment = Instant(utcText: Bytes(text.utf8)) { return moment }
    problems.add(
      "`\(key)`: \(text.quoted) is no moment", at: node.position,
      hint: "write a day, 2026-12-01 (from midnight UTC), or a moment, 2026-12-01T09:00:00Z")
    return nil
  }

  /// What `grandfathered` says.
  public func grandfathered() -> Grandfathered {
    guard let node = node("grandfathered") else { return Grandfathered() }
    let reader = SettingsReader(node, name: "grandfathered", problems: problems)
    var commits: [ObjectID] = []
    for item in reader.items("commits") ?? [] {
      guard let text = reader.text(of: item, for: "commits") else { continue }
      guard let id = ObjectID(hex: text), !id.isZero else {
        problems.add(
          "\(text.quoted) is no whole commit id", at: item.position,
          hint: "write all 40 digits: git rev-parse REV")
        continue
      }
      commits.append(id)
    }
    let before = reader.moment("before")
    reader.finish()
    if reader.lacks("commits", "before") {
      problems.add(
        "`grandfathered` names nothing", at: node.position, hint: "give it `commits` or `before`")
    }
    return Grandfathered(commits: commits, before: before)
  }
}
