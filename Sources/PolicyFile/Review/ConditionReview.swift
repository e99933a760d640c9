internal import GitModel
internal import Policy

/// Conditions that never hold, or that whoever commits can step round.
extension PolicyReview {
  /// Where conditions stand, with those of the ruleset around a rule.
  private struct Stated {
    let what: String
    let conditions: Conditions
    let outer: Conditions?
    let node: SettingsNode
    let ruleset: Ruleset

    func place(_ key: String) -> Position { node[key]?.position ?? node.position }
  }

  private var stated: [Stated] {
    policy.rulesets.flatMap { ruleset -> [Stated] in
      guard let node = node(of: ruleset) else { return [] }
      let rules = ruleset.rules.map {
        Stated(
          what: "the rule \($0.id.text.quoted)", conditions: $0.conditions,
          outer: ruleset.conditions, node: $0.settings, ruleset: ruleset)
      }
      return [
        Stated(
          what: "the ruleset \(ruleset.name.quoted)", conditions: ruleset.conditions, outer: nil,
          node: node, ruleset: ruleset)
      ] + rules
    }
  }

  var conditions: [Problem] {
    let all = stated
    return all.flatMap { never($0) + holes($0, among: all) }
  }

  private func never(_ stated: Stated) -> [Problem] {
    guard let when = stated.conditions.when else { return [] }
    var whys: [String] = []
    if let pushers = when.pushers, pushers.people.isEmpty {
      whys.append("nobody is among `pusher`")
    }
    if when.kinds == [.delete], when.paths != nil { whys.append("a deletion changes no path") }
    if let except = stated.conditions.except, except == when {
      whys.append("`except` says the same")
    }
    if let outer = stated.outer?.when {
      func clash<Value: Hashable>(_ key: String, _ left: [Value]?, _ right: [Value]?) {
        guard let left, let right, Set(left).isDisjoint(with: right) else { return }
        whys.append("the `\(key)` of the ruleset is another")
      }
      clash("lane", when.lanes, outer.lanes)
      clash("risk", when.risks, outer.risks)
      clash("kind", when.kinds, outer.kinds)
      clash("via", when.routes, outer.routes)
    }
    return whys.map {
      Problem("\(stated.what) never applies: \($0)", at: stated.place("when"))
    }
  }

  /// Lanes and risks are typed by whoever commits: each must be judged by something.
  private func holes(_ stated: Stated, among all: [Stated]) -> [Problem] {
    guard policy.rulesets.count <= Self.maximumPairs else { return [] }
    let others = all.filter { shared($0.ruleset, stated.ruleset) != nil }
    let when = stated.conditions.when
    // A ruleset for all of them may stand beside, and still ask less than what this one adds.
    let open = others.filter { other in
      other.outer == nil && !other.conditions.isStated && !other.ruleset.rules.isEmpty
    }.map(\.ruleset.name)
    var problems = hole(
      "lane", of: stated, when?.lanes, others.compactMap(\.conditions.when?.lanes), open)
    problems += hole(
      "risk", of: stated, when?.risks, others.compactMap(\.conditions.when?.risks), open)
    for (key, words) in [
      ("Lane", stated.conditions.except?.lanes?.filter { $0 != .normal }.map(\.rawValue)),
      ("Risk", stated.conditions.except?.risks?.filter { $0 != .unstated }.map(\.rawValue)),
    ] {
      guard let word = words?.first else { continue }
      problems.append(
        Problem(
          "\(stated.what) is left out for whoever types `\(key): \(word)` into a commit",
          at: stated.place("except"),
          hint: "state a ruleset for it, with `when: {\(key.lowercased()): [\(word)]}`"))
    }
    return problems
  }

  private func hole<Value: Hashable & RawRepresentable<String> & CaseIterable>(
    _ key: String, of stated: Stated, _ own: [Value]?, _ others: [[Value]], _ open: [String]
  ) -> [Problem] {
    guard let own else { return [] }
    let judged = Set(own + others.flatMap { $0 })
    let left = Value.allCases.filter { !judged.contains($0) }.map(\.rawValue)
    guard !left.isEmpty else { return [] }
    guard stated.ruleset.refs.only == .tags else {
      return [
        Problem(
          "\(stated.what) asks for a `\(key)` that whoever commits types, and nothing here is asked of \(left.joined(separator: ", "))",
          at: stated.place("when"),
          hint: "add \(left.count == 1 ? "it" : "them"), or state a ruleset for the rest")
      ]
    }
    let refs = stated.ruleset.patterns.map { "\"\($0.printableText)\"" }.joined(separator: ", ")
    let beside =
      open.isEmpty
      ? "no ruleset asks anything of"
      : "nothing but \(open.map(\.quoted).joined(separator: ", ")) asks anything of"
    return [
      Problem(
        "\(stated.what) asks for a `\(key)` that whoever tags types, and on \(refs) \(beside) \(left.joined(separator: ", "))",
        at: stated.place("when"),
        hint:
          "state a ruleset with `refs: [\(refs)]` and `when: {\(key): [\(left.joined(separator: ", "))]}`"
      )
    ]
  }

  // MARK: - Names

  /// Patterns for names that no name can match.
  var names: [Problem] {
    policy.rulesets.flatMap { ruleset in
      ruleset.rules.flatMap { stated -> [Problem] in
        ["matches", "forbids"].flatMap { key -> [Problem] in
          guard stated.id == BranchName.id || stated.id == TagName.id,
            let entry = stated.settings[key], let text = entry.node.value.text
          else { return [] }
          return fault(of: text, key: key, at: entry.node.position)
            + (key == "matches" ? strangers(to: text, at: entry.node.position, ruleset) : [])
        }
      }
    }
  }

  private func fault(of text: String, key: String, at position: Position) -> [Problem] {
    if text.hasPrefix("refs/") || text.hasPrefix("^refs/") {
      return [
        Problem(
          "`\(key)`: \(text.quoted) matches no name: it is held against the short name, without refs/heads/ or refs/tags/",
          at: position)
      ]
    }
    guard !PatternReach.canMatch(Bytes(text.utf8), of: Self.isInNames) else { return [] }
    return [
      Problem(
        "`\(key)`: \(text.quoted) matches no name: it wants a character that no name may hold",
        at: position, hint: "names have A-Z a-z 0-9 - . _ / @ + # , = %")
    ]
  }

  /// A name that the ruleset states and the pattern refuses.
  private func strangers(to text: String, at position: Position, _ ruleset: Ruleset) -> [Problem] {
    guard let pattern = try? TextPattern(text) else { return [] }
    return ruleset.refs.included.filter(\.isLiteral).flatMap(\.samples).map { RefName($0) }
      .filter { $0.fault == nil && ruleset.refs.contains($0) }
      .filter { !pattern.matchesAll(of: $0.shortBytes) }.prefix(1).map {
        Problem(
          "`matches` refuses every push to \($0.short), which \(ruleset.name.quoted) guards by name",
          at: position)
      }
  }

  private static let isInNames: [Bool] = (UInt8.min...UInt8.max).map { byte in
    if case .byte? = RefName(Bytes("refs/heads/a".utf8) + [byte, UInt8(ascii: "a")]).fault {
      return false
    }
    return true
  }
}
