internal import Evidence
internal import GitModel
internal import Policy

// What was recorded before the push of a case: approvals, overrides, and the tickets of a release.
extension TestStatementReader {
  /// What `approvals` says: nil with a problem noted.
  func approvals(_ node: SettingsNode) -> [TestApproval]? {
    items(node, "approvals", like: "[{by: bob}]")?.enumerated().compactMap { number, item in
      let reader = SettingsReader(
        item, name: "an item of `approvals`", isKey: false, problems: problems)
      let speaker = speaker(reader)
      let of = reader.node("of")
      let commit = of.flatMap { history.revision($0, for: "of") }
      let isVeto = reader.flag("veto") ?? false
      reader.finish()
      guard let speaker, of == nil || commit != nil else { return nil }
      return TestApproval(
        person: Bytes(speaker.person.utf8), role: Bytes((speaker.role ?? "").utf8),
        repository: policy.repository, recorded: speaker.recorded, isVeto: isVeto,
        signature: speaker.signature, commit: commit, digest: Self.digest("approval", number))
    }
  }

  /// What `owed` says: nil with a problem noted.
  func owed(_ node: SettingsNode) -> [Debt]? {
    items(node, "owed", like: "[{override: window, by: rita, at: -3d}]")?.enumerated().compactMap {
      number, item in
      let reader = SettingsReader(
        item, name: "an item of `owed`", isKey: false, problems: problems)
      let rule = reader.text("override")
      if let rule, let node = reader.node("override") {
        checkRule(rule, "override", at: node.position)
      }
      if reader.node("override") == nil {
        problems.add(
          "an item of `owed` does not say which rule was overridden", at: item.position,
          hint: "write `override: window`")
      }
      let speaker = speaker(reader)
      let pusher = reader.node("pusher").flatMap { node in
        reader.text(of: node, for: "pusher").flatMap {
          history.person($0, for: "pusher", at: node.position)
        }
      }
      let ref = reader.text("ref") ?? updates.first?.name.full ?? ""
      let reason = reader.text("reason") ?? "no reason is stated"
      let reviews = (reader.items("reviewed-by") ?? []).compactMap { node in
        reader.text(of: node, for: "reviewed-by").flatMap { reviewer($0, at: node.position) }
      }
      reader.finish()
      guard let speaker, let rule else { return nil }
      return Debt(
        decision: number + 1, instant: speaker.recorded,
        overrides: ["\(ref) \(rule) \(speaker.person): \(reason)"],
        people: Set([speaker.person] + (pusher.map { [$0.id] } ?? [])),
        reviews: reviews.enumerated().map { place, person in
          StatedDeclaration(
            Declaration(
              .review, repository: policy.repository, person: Bytes(person.utf8), recorded: instant),
            digest: Self.digest("review \(number)", place), fault: nil)
        })
    }
  }

  private func reviewer(_ id: String, at place: Position) -> String? {
    guard let person = history.person(id, for: "reviewed-by", at: place),
      history.signature(of: person, for: "reviewed-by", at: place) != nil
    else { return nil }
    return person.id
  }

  /// What `scope` says: nil with a problem noted.
  func scope(_ node: SettingsNode) -> TestScope? {
    var tickets: [ReleaseScope.Ticket] = []
    switch node.value {
    case .scalar("none", _): return TestScope.none
    case .list(let items):
      let reader = SettingsReader(
        SettingsNode(.absent, at: node.position), name: "scope", problems: problems)
      tickets = items.compactMap { item in
        reader.text(of: item, for: "scope").map { ReleaseScope.Ticket(name: Bytes($0.utf8)) }
      }
    case .map(let entries):
      let reader = SettingsReader(
        SettingsNode(.absent, at: node.position), name: "scope", problems: problems)
      tickets = entries.compactMap { entry in
        reader.text(of: entry.node, for: entry.key).map {
          ReleaseScope.Ticket(name: Bytes(entry.key.utf8), status: Bytes($0.utf8))
        }
      }
    case .scalar, .absent:
      problems.add(
        "`scope` takes the tickets that are promised, or none", at: node.position,
        hint: "write `scope: [SHOP-1, SHOP-2]`, `scope: {SHOP-1: Done}` or `scope: none`")
      return nil
    }
    return problems.noting(at: node.position, "`scope`:") { () throws(ReleaseScope.Fault) in
      TestScope.promised(try ReleaseScope(tickets: tickets))
    }
  }
}
