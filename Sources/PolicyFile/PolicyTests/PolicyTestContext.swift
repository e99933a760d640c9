internal import GitModel
internal import Policy
internal import Schedule

/// What the cases of a file are read with.
struct PolicyTestContext {
  let policy: PolicyDocument
  let problems: ProblemList
  let zone: (String) throws(ZoneFault) -> Zone

  /// The keys that `given` may state, and a case beside its name.
  static let keys = [
    "at", "pusher", "via", "author", "refs", "push", "evidence", "secrets",
    "codeowners", "exec", "declared", "approvals", "owed", "scope", "expect",
  ]

  /// The deepest that cases are grouped.
  private static let maximumDepth = 8

  /// All cases of a file.
  func cases(
    under node: SettingsNode?, of root: SettingsNode, given: SettingsNode?
  ) -> [PolicyTestCase] {
    guard let node, node.value != .absent, node.value != .list([]) else {
      problems.add(
        "there are no `cases`: this file tests nothing", at: node?.position ?? root.position,
        hint: "write `cases:` and under it `- {name: ..., push: {main: [...]}, expect: accepted}`")
      return []
    }
    var cases: [PolicyTestCase] = []
    read(node, under: entries(ofGiven: given), into: &cases, depth: 0)
    var places: [String: Position] = [:]
    for one in cases {
      if let first = places[one.name] {
        problems.add(
          "the case `\(one.name.printableText)` stands here again", at: one.position,
          hint: "one of that name starts on line \(first.line); give this one another name")
      }
      places[one.name] = one.position
    }
    return cases
  }

  private func read(
    _ node: SettingsNode, under given: [SettingsNode.Entry], into cases: inout [PolicyTestCase],
    depth: Int
  ) {
    guard case .list(let items) = node.value else {
      problems.add("`cases` takes a list", at: node.position, hint: "write `- name: ...` lines")
      return
    }
    for item in items {
      guard case .map(let own) = item.value else {
        problems.add(
          "a case is a map of settings", at: item.position,
          hint: "write `- {name: ..., push: {main: [...]}, expect: accepted}`")
        continue
      }
      if own.contains(where: { $0.key == "cases" || $0.key == "given" }) {
        group(item, under: given, into: &cases, depth: depth)
      } else if cases.count < PolicyTestReader.maximumCases {
        if let one = oneCase(item, Self.layered(own, over: given)) { cases.append(one) }
      } else {
        problems.add(
          "a file has at most \(PolicyTestReader.maximumCases) cases", at: item.position)
        return
      }
    }
  }

  /// A list of cases with what they have in common.
  private func group(
    _ item: SettingsNode, under given: [SettingsNode.Entry],
    into cases: inout [PolicyTestCase], depth: Int
  ) {
    let reader = SettingsReader(
      item, name: "a group of cases", isKey: false, problems: problems)
    let own = reader.node("given")
    let inner = reader.node("cases")
    reader.finish()
    guard depth < Self.maximumDepth else {
      problems.add("groups of cases are nested too deep", at: item.position)
      return
    }
    guard let inner, case .list(let items) = inner.value, !items.isEmpty else {
      problems.add(
        "this group has no `cases`: it tests nothing", at: item.position,
        hint: "write `cases:` beside `given:`")
      return
    }
    read(
      inner, under: Self.layered(entries(ofGiven: own), over: given), into: &cases,
      depth: depth + 1)
  }

  /// What a `given` states. Its keys are looked at here, once and not with every case.
  private func entries(ofGiven node: SettingsNode?) -> [SettingsNode.Entry] {
    guard let node else { return [] }
    let reader = SettingsReader(node, name: "given", problems: problems)
    for key in Self.keys { _ = reader.node(key) }
    reader.finish()
    guard case .map(let entries) = node.value else { return [] }
    return entries.filter { Self.keys.contains($0.key) }
  }

  /// A key stated anew replaces the one that is given; of `refs` each ref for itself.
  private static func layered(
    _ own: [SettingsNode.Entry], over given: [SettingsNode.Entry]
  ) -> [SettingsNode.Entry] {
    let kept = given.filter { entry in
      entry.key == "refs" || !own.contains { $0.key == entry.key }
    }
    var all = kept
    for entry in own {
      if entry.key == "refs", let place = all.firstIndex(where: { $0.key == "refs" }) {
        all[place] = all[place].overlaid(by: entry)
      } else {
        all.append(entry)
      }
    }
    return all
  }

  private func oneCase(
    _ item: SettingsNode, _ entries: [SettingsNode.Entry]
  ) -> PolicyTestCase? {
    let before = problems.problems.count + problems.left
    let reader = SettingsReader(
      SettingsNode(.map(entries), at: item.position), name: "a case", isKey: false,
      problems: problems)
    let name = reader.text("name")
    if reader.node("name") == nil {
      problems.add("a case has no `name`", at: item.position, hint: "say what it shows")
    }
    let instant = moment(reader, item)
    let pusher = reader.text("pusher")
    let route: Route = reader.choice("via") ?? .push
    let author = reader.node("author")
    let refs = reader.node("refs")
    let push = reader.node("push")
    let evidence = reader.node("evidence")
    let secrets = reader.node("secrets")
    let codeOwners = reader.text("codeowners").map { Bytes($0.utf8) }
    let programs = programs(reader)
    let said = ["declared", "approvals", "owed", "scope"].map { reader.node($0) }
    let expect = reader.node("expect")
    reader.finish()

    var writer = TestHistoryReader(
      people: policy.people, problems: problems, author: author, pusher: pusher, instant: instant)
    if let refs { writer.readRefs(refs) }
    let before0 = writer.history.refs
    guard let push else {
      problems.add(
        "a case has no `push`: nothing is judged", at: item.position,
        hint: "write `push: {main: [\"feat: one more\"]}`")
      return nil
    }
    let updates = writer.readPush(push)
    let stated = evidence.flatMap { writer.evidence($0, of: updates) }
    let secretPaths = secrets.flatMap { writer.secretPaths($0) }
    let statements = instant.map {
      TestStatementReader(context: self, history: writer, updates: updates, instant: $0)
    }
    let declared = said[0].flatMap { statements?.declared($0) }
    let approvals = said[1].flatMap { statements?.approvals($0) }
    let owed = said[2].flatMap { statements?.owed($0) }
    let scope = said[3].flatMap { statements?.scope($0) } ?? .unstated
    guard let expect else {
      problems.add(
        "a case has no `expect`", at: item.position,
        hint: "write `expect: accepted` or `expect: {refused-by: [RULES]}`")
      return nil
    }
    let expectation = expectation(expect)
    guard problems.problems.count + problems.left == before, let name, let instant,
      let expectation
    else { return nil }
    writer.history.refs = before0
    return PolicyTestCase(
      name: name, position: item.position, expectation: expectation,
      setting: TestSetting(
        instant: instant, pusher: pusher, route: route, history: writer.history,
        updates: updates, evidence: stated, secretPaths: secretPaths, codeOwners: codeOwners,
        programs: programs, declared: declared, approvals: approvals, owed: owed, scope: scope))
  }

  /// What the programs of `exec` answer, as far as the case says.
  private func programs(_ reader: SettingsReader) -> [String: ProgramAnswer] {
    var answers: [String: ProgramAnswer] = [:]
    let known = Set(policy.rulesets.flatMap(\.needs.programs).map(\.name))
    for entry in reader.entries("exec") {
      if !known.contains(entry.key) {
        problems.add(
          "the policy asks no program `\(entry.key.printableText)`", at: entry.position,
          hint: Spelling.suggestion(for: entry.key, among: known.sorted()))
      }
      let answer: StatedAnswer? = reader.choice(of: entry.node, for: entry.key)
      answers[entry.key] = answer?.answer
    }
    return answers
  }

  private enum StatedAnswer: String, CaseIterable {
    case accepted, refused
    case notApplicable = "not-applicable"

    var answer: ProgramAnswer {
      let outcome: Verdict.Outcome =
        switch self {
        case .accepted: .satisfied
        case .refused: .violated
        case .notApplicable: .notApplicable
        }
      return ProgramAnswer(outcome, "\(rawValue), as the test states")
    }
  }

  private func moment(_ reader: SettingsReader, _ item: SettingsNode) -> Instant? {
    guard let node = reader.node("at") else {
      problems.add(
        "a case has no `at`: the moment of the push is not known", at: item.position,
        hint: "write `at: 2026-11-19T10:00Z` here or under `given`")
      return nil
    }
    guard let text = reader.text("at") else { return nil }
    return TestMoment.instant(text, at: node.position, problems: problems, zone: zone)
  }
}
