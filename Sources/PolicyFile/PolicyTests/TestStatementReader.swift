internal import Evidence
internal import GitModel
internal import Policy
internal import Schedule
internal import Signing

/// Reads what people say in a case: what they declare, approve, overrode and promised.
struct TestStatementReader {
  let context: PolicyTestContext
  /// The history of the case, with what is pushed.
  let history: TestHistoryReader
  let updates: [RefUpdate]
  let instant: Instant

  var problems: ProblemList { context.problems }
  var policy: PolicyDocument { context.policy }

  /// The key of an item of `declared` that says what is declared.
  private enum Word: String, CaseIterable {
    case signOff = "sign-off"
    case checklist, artifact, deployed, override
    case announced, rollout, incident, resolved, rollback, review, close
    case freeze
    case freezeEnd = "freeze-end"
    case duty

    var kind: Declaration.Kind {
      switch self {
      case .signOff: .signOff
      case .checklist: .checklist
      case .artifact: .artifact
      case .deployed: .deployed
      case .override: .override
      case .announced: .announced
      case .rollout: .rollout
      case .incident, .resolved: .incident
      case .rollback: .rollback
      case .review: .review
      case .close: .close
      case .freeze, .freezeEnd: .freeze
      case .duty: .duty
      }
    }
  }

  // MARK: - Declarations

  /// What `declared` says: nil with a problem noted.
  func declared(_ node: SettingsNode) -> [TestDeclaration]? {
    items(node, "declared", like: "[{sign-off: qa, by: carol}]")?.enumerated().flatMap {
      number, item in declared(item, number)
    }
  }

  private func declared(_ item: SettingsNode, _ number: Int) -> [TestDeclaration] {
    let reader = SettingsReader(
      item, name: "an item of `declared`", isKey: false, problems: problems)
    let said = Word.allCases.filter { reader.node($0.rawValue) != nil }
    let speaker = speaker(reader)
    let until = reader.node("until").flatMap { moment($0, "until") }
    let digest = reader.text("sha256")
    let reason = reader.text("reason") ?? ""
    let of = reader.node("of")
    guard let word = said.first, said.count == 1 else {
      reader.finish()
      problems.add(
        said.isEmpty
          ? "an item of `declared` does not say what is declared"
          : "an item of `declared` says `\(said[0].rawValue)` and `\(said[1].rawValue)`",
        at: item.position,
        hint: said.isEmpty
          ? "write one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))"
          : "write two items")
      return []
    }
    let text = reader.text(word.rawValue)
    let place = reader.node(word.rawValue)?.position ?? item.position
    reader.finish()
    guard let speaker, let text else { return [] }
    var made = Declaration(
      word.kind, repository: policy.repository, name: Bytes(text.utf8),
      person: Bytes(speaker.person.utf8), role: Bytes((speaker.role ?? "").utf8),
      recorded: speaker.recorded, until: until, comment: Bytes(reason.utf8))
    fill(&made, word, text, digest, at: place)
    if let until = made.until, until <= made.recorded {
      problems.add("`until`: it ends before it begins", at: item.position)
    }
    if let digest, word != .artifact {
      problems.add(
        "`sha256`: \(digest.quoted) is of no artifact", at: item.position, hint: "leave it out")
    }
    return subjects(of: word, reader.node(word.rawValue) ?? item, of).map { subject in
      var one = made
      one.ref = subject.ref
      if word == .override { one.value = Bytes((subject.old ?? .zero).hex.utf8) }
      return TestDeclaration(
        said: one, commit: subject.commit, signature: speaker.signature,
        digest: Self.digest("declared", number))
    }
  }

  /// What a kind of declaration says besides its name.
  private func fill(
    _ made: inout Declaration, _ word: Word, _ text: String, _ digest: String?, at place: Position
  ) {
    switch word {
    case .signOff:
      (made.name, made.role) = ([], Bytes(text.utf8))
      checkRole(text, word.rawValue, at: place)
    case .duty:
      made.role = made.name
      checkRole(text, word.rawValue, at: place)
      if made.until == nil {
        problems.add(
          "`duty` does not say until when", at: place, hint: "write `until: +8h`")
      }
    case .artifact:
      made.value = Bytes((digest ?? SHA256Digest.hex(of: made.name)).utf8)
      if made.value.count != 64
        || !made.value.allSatisfy({ $0.isASCIIDigit || "abcdef".utf8.contains($0) })
      {
        problems.add(
          "`sha256`: \((digest ?? "").quoted) is no SHA-256", at: place,
          hint: "write 64 digits, or leave it out where any will do")
      }
    case .override:
      checkRule(text, word.rawValue, at: place)
      made.until = made.until ?? Instant(seconds: made.recorded.seconds + OverrideClaim.longest)
    case .incident: made.value = Bytes("open".utf8)
    case .resolved: made.value = Bytes("resolved".utf8)
    case .freeze: made.value = Bytes("start".utf8)
    case .freezeEnd: made.value = Bytes("end".utf8)
    case .announced:
      let words = ReleaseStatement.Announcement.allCases.map(\.rawValue)
      if !words.contains(text) {
        problems.add(
          "`announced` takes \(words.joined(separator: " or ")), not \(text.quoted)", at: place)
      }
    case .review, .close: made.name = []
    case .checklist, .deployed, .rollout, .rollback: break
    }
    if word == .freeze || word == .freezeEnd, let slash = text.firstIndex(of: "/") {
      let calendar = String(text[..<slash])
      if policy.calendars[calendar] == nil {
        problems.add(
          "`\(word.rawValue)`: the policy has no calendar \(calendar.quoted)", at: place,
          hint: Spelling.suggestion(for: calendar, among: policy.calendars.keys.sorted()))
      }
    }
  }

  // MARK: - What it is about

  private struct About {
    let commit: ObjectID?
    let ref: RefName?
    var old: ObjectID?
  }

  /// What a declaration is about: what is pushed, or what `of` names; a release, for what is said of one.
  private func subjects(of word: Word, _ own: SettingsNode, _ of: SettingsNode?) -> [About] {
    switch word {
    case .freeze, .freezeEnd, .duty:
      if let of {
        problems.add(
          "`\(word.rawValue)` is about no commit", at: of.position, hint: "leave `of` out")
      }
      return [About(commit: nil, ref: nil)]
    case .review, .close:
      if let of {
        problems.add(
          "`\(word.rawValue)` names its release itself", at: of.position,
          hint: "write `\(word.rawValue): refs/tags/v1.3.0`, and leave `of` out")
      }
      return release(own, word).map { [$0] } ?? []
    case .announced, .rollout, .incident, .resolved, .rollback:
      guard let of else {
        problems.add(
          "`\(word.rawValue)` does not say of which release", at: own.position,
          hint: "write `of: refs/tags/v1.3.0`")
        return []
      }
      return release(of, word).map { [$0] } ?? []
    case .signOff, .checklist, .artifact, .deployed, .override:
      if let of { return history.revision(of, for: "of").map { [about($0, of)] } ?? [] }
      return updates.filter { $0.kind != .delete }.map { update in
        About(
          commit: history.history.commit(at: update.new)?.commit.id, ref: update.name,
          old: update.old)
      }
    }
  }

  private func about(_ commit: ObjectID, _ of: SettingsNode) -> About {
    guard let text = of.value.text, history.history.words[text] == nil else {
      return About(commit: commit, ref: nil)
    }
    return About(
      commit: commit, ref: RefName(text.hasPrefix("refs/") ? text : "refs/heads/\(text)"))
  }

  private func release(_ node: SettingsNode, _ word: Word) -> About? {
    guard let text = node.value.text, text.hasPrefix("refs/tags/") else {
      problems.add(
        "`\(word.rawValue)` is said of a release", at: node.position,
        hint: "name its tag whole, as refs/tags/v1.3.0")
      return nil
    }
    return history.revision(node, for: word.rawValue).map { about($0, node) }
  }

  // MARK: - Who says it, and when

  /// Who says something, in which role, when and how it is signed.
  struct Speaker {
    let person: String
    let role: String?
    let recorded: Instant
    let signature: SignatureReading
  }

  /// Reads `by`, `as`, `at` and `signed-by`.
  func speaker(_ reader: SettingsReader) -> Speaker? {
    let by = reader.node("by")
    let role = reader.text("as")
    if let role, let node = reader.node("as") { checkRole(role, "as", at: node.position) }
    let recorded = reader.node("at").map { moment($0, "at") } ?? instant
    let signed = reader.node("signed-by")
    guard let by else {
      problems.add(
        "\(reader.name) does not say who says it", at: reader.position, hint: "write `by: carol`")
      return nil
    }
    guard let text = reader.text(of: by, for: "by"),
      let person = history.person(text, for: "by", at: by.position),
      let signature = signed.map({ history.signature($0) })
        ?? history.signature(of: person, for: "by", at: by.position),
      let recorded
    else { return nil }
    return Speaker(person: person.id, role: role, recorded: recorded, signature: signature)
  }

  /// A moment, or how long before or after that of the case: `-2h`, `+30m`.
  func moment(_ node: SettingsNode, _ key: String) -> Instant? {
    guard case .scalar(let text, _) = node.value, !text.isEmpty else {
      problems.add("`\(key)` takes a moment", at: node.position, hint: Self.momentHint)
      return nil
    }
    if let sign = text.first, sign == "-" || sign == "+" {
      guard let seconds = SettingsReader.seconds(String(text.dropFirst())) else {
        problems.add(
          "`\(key)`: \(text.quoted) is no length of time", at: node.position, hint: Self.momentHint)
        return nil
      }
      return Instant(seconds: instant.seconds + (sign == "-" ? -seconds : seconds))
    }
    return TestMoment.instant(
      text, for: key, hint: Self.momentHint, at: node.position, problems: problems,
      zone: context.zone)
  }

  private static let momentHint =
    "write -2h or +30m, counted from the `at` of the case, or 2026-11-19T10:00Z"

  private func checkRole(_ role: String, _ key: String, at place: Position) {
    let known = policy.people.roles
    guard known[role] == nil else { return }
    problems.add(
      "`\(key)`: there is no role \(role.quoted)", at: place,
      hint: Spelling.suggestion(for: role, among: known.keys.sorted())
        ?? "state it under `roles`")
  }

  func checkRule(_ name: String, _ key: String, at place: Position) {
    let all = policy.rulesets.flatMap { set in set.rules.map { (rule: $0, ruleset: set.name) } }
    guard !all.contains(where: { $0.rule.isCalled(name, in: $0.ruleset) }) else { return }
    let known = Set(all.map(\.rule.id.text)).sorted()
    problems.add(
      "`\(key)`: the policy states no rule \(name.quoted)", at: place,
      hint: Spelling.suggestion(for: name, among: known))
  }

  static func digest(_ what: String, _ number: Int) -> String {
    SHA256Digest.hex(of: Bytes("\(what) \(number)".utf8))
  }

  /// The items under `key`, none where it is `none`; nil with a problem noted.
  func items(_ node: SettingsNode, _ key: String, like example: String) -> [SettingsNode]? {
    switch node.value {
    case .scalar("none", _): return []
    case .list(let items) where !items.isEmpty: return items
    case .list, .map, .scalar, .absent:
      problems.add(
        "`\(key)` takes a list, or none", at: node.position,
        hint: "write `\(key): \(example)` or `\(key): none`")
      return nil
    }
  }
}
