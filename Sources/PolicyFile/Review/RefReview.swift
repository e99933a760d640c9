internal import GitModel
internal import Policy

/// Which refs rulesets really guard.
extension PolicyReview {
  /// Patterns that select nothing, or nothing that there is.
  var patterns: [Problem] {
    policy.rulesets.flatMap { ruleset -> [Problem] in
      let items = node(of: ruleset)?["refs"]?.node.items ?? []
      var problems: [Problem] = []
      for item in items {
        guard let text = item.value.text else { continue }
        problems += fault(of: text, at: item.position, in: ruleset)
      }
      guard problems.isEmpty else { return problems }
      return idle(ruleset).map { [$0] } ?? []
    }
  }

  /// A ruleset that guards nothing of what there is.
  private func idle(_ ruleset: Ruleset) -> Problem? {
    guard let refs, !refs.contains(where: ruleset.refs.contains) else { return nil }
    let position = place(of: "refs", in: ruleset)
    let named = ruleset.refs.included.filter(\.isLiteral).map { RefName($0.text) }
    let branches = refs.filter(\.isBranch)
    guard named.count == ruleset.refs.included.count, named.allSatisfy(\.isBranch),
      !branches.isEmpty
    else {
      // What a pack guards by a pattern need not be there yet.
      guard !position.isInPack else { return nil }
      return Problem(
        "the ruleset \(ruleset.name.quoted) guards nothing now: it matches no ref here",
        at: position, hint: "that may be meant, where they are still to be made")
    }
    let names = branches.prefix(3).map(\.short).joined(separator: ", ")
    let rest = branches.count > 3 ? " and \(branches.count - 3) more" : ""
    let wanted = named.map(\.short).joined(separator: " or ")
    return Problem(
      "the ruleset \(ruleset.name.quoted) guards nothing now: there is no branch \(wanted), only \(names)\(rest)",
      at: position, hint: rename(ruleset, named, branches, isInPack: position.isInPack))
  }

  /// What brings the names of a ruleset and of the branches together.
  private func rename(
    _ ruleset: Ruleset, _ named: [RefName], _ branches: [RefName], isInPack: Bool
  ) -> String {
    guard branches.count == 1, named.count == 1 else {
      return isInPack
        ? "state `{name: \(ruleset.name), refs: [BRANCH]}` under `rulesets`"
        : "write the name of one of them"
    }
    let (here, there) = (branches[0].short, named[0].short)
    let refs = isInPack ? "{name: \(ruleset.name), refs: [\(here)]}" : "refs: [\(here)]"
    let state = isInPack ? "state `\(refs)` under `rulesets`" : "write `\(refs)`"
    return "\(state), or rename the branch: git branch -m \(here) \(there)"
  }

  private func fault(of text: String, at position: Position, in ruleset: Ruleset) -> [Problem] {
    let isTakingOut = text.hasPrefix("!")
    guard let alone = try? RefSelection([isTakingOut ? String(text.dropFirst()) : text]) else {
      return []
    }
    let samples = alone.samples
    let faults = samples.compactMap(\.fault)
    if let fault = faults.first, faults.count == samples.count {
      return [
        Problem(
          "the pattern \(text.quoted) matches no name that a ref may have: such a name \(fault.words)",
          at: position)
      ]
    }
    if isTakingOut {
      guard alone.included.allSatisfy(\.isLiteral),
        !samples.contains(where: { name in
          ruleset.refs.included.contains { $0.matches(name.bytes) }
        })
      else { return [] }
      return [
        Problem(
          "\(text.quoted) takes nothing out: no other pattern of the ruleset matches it",
          at: position, hint: "take it out")
      ]
    }
    guard
      samples.allSatisfy({ name in ruleset.refs.excluded.contains { $0.matches(name.bytes) } })
    else { return [] }
    return [
      Problem(
        "the pattern \(text.quoted) selects nothing: what it matches is taken out by a pattern with `!`",
        at: position, hint: "take one of the two out")
    ]
  }

  /// Rules on tags where there are only branches, and the reverse.
  var misplaced: [Problem] {
    policy.rulesets.flatMap { ruleset -> [Problem] in
      let only = ruleset.refs.only
      return ruleset.rules.compactMap { stated in
        let scope = type(of: stated.rule).scope
        guard scope != .any, let only, only != scope else { return nil }
        let (judged, guarded) =
          scope == .tags ? ("tags", "branches") : ("branches", "tags")
        return Problem(
          "\(stated.id.text.quoted) judges \(judged), and \(ruleset.name.quoted) guards \(guarded) only",
          at: stated.position,
          hint: scope == .tags
            ? "state it in a ruleset with refs: [\"refs/tags/**\"]"
            : "state it in a ruleset with branches")
      }
    }
  }

  /// Rules that two rulesets state for the same refs, each told once.
  var doubled: [Problem] {
    guard policy.rulesets.count <= Self.maximumPairs else { return [] }
    var problems: [Problem] = []
    for (index, ruleset) in policy.rulesets.enumerated() {
      var told: Set<RuleID> = []
      for earlier in policy.rulesets[..<index] where ruleset.conditions == earlier.conditions {
        guard let shared = shared(ruleset, earlier) else { continue }
        for stated in ruleset.rules {
          guard
            let other = earlier.rules.first(where: {
              $0.id == stated.id && $0.conditions == stated.conditions
            }), !stated.position.isInPack || !other.position.isInPack,
            told.insert(stated.id).inserted
          else { continue }
          let isSame = stated.settings.saysTheSame(as: other.settings)
          problems.append(
            Problem(
              "\(stated.id.text.quoted) stands for \(shared.short) in the ruleset \(earlier.name.quoted) too (\(other.position.place))",
              at: stated.position,
              hint: isSame
                ? "one of the two is enough" : "both hold, so that the stricter of the two decides")
          )
        }
      }
    }
    return problems
  }

  /// A ref that both rulesets guard, when one is found.
  func shared(_ left: Ruleset, _ right: Ruleset) -> RefName? {
    if let ref = refs?.first(where: { left.refs.contains($0) && right.refs.contains($0) }) {
      return ref
    }
    return (left.refs.samples + right.refs.samples).first {
      $0.fault == nil && left.refs.contains($0) && right.refs.contains($0)
    }
  }
}

extension Position {
  /// Whether this is a line of what ships with gitrel.
  fileprivate var isInPack: Bool { file?.hasPrefix("pack:") ?? false }
}

extension RefSelection {
  /// A few names that the patterns match, those that are taken out again among them.
  var samples: [RefName] { included.flatMap(\.samples).map { RefName($0) } }

  /// The one kind of refs that can be selected; nil when there may be several.
  var only: RuleScope? {
    func all(_ prefix: String) -> Bool { included.allSatisfy { $0.text.hasPrefix(prefix) } }
    return all("refs/heads/") ? .branches : all("refs/tags/") ? .tags : nil
  }
}

extension SettingsNode {
  /// Whether the same stands here and there, wherever that is.
  fileprivate func saysTheSame(as other: SettingsNode) -> Bool {
    switch (value, other.value) {
    case (.absent, .absent): true
    case (.scalar(let left, _), .scalar(let right, _)): left == right
    case (.list(let left), .list(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.saysTheSame(as: $1) }
    case (.map(let left), .map(let right)):
      left.count == right.count
        && left.allSatisfy { entry in
          other[entry.key].map { entry.node.saysTheSame(as: $0.node) } ?? false
        }
    default: false
    }
  }
}
