internal import GitModel

/// What a new policy states otherwise than an old one, key by key.
public struct PolicyComparison: Hashable, Sendable {
  /// One thing that is stated otherwise.
  public struct Change: Hashable, Sendable {
    /// The kinds of changes.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
      /// Only the new policy states it.
      case added
      /// Only the old policy states it.
      case removed
      /// Both do, in different ways.
      case changed
    }

    /// What kind it is.
    public let kind: Kind
    /// What it is about: `production/approvals`, `roles/qa`.
    public let subject: String
    /// What is stated, or `key: old -> new`.
    public let detail: String

    init(_ kind: Kind, _ subject: String, _ detail: String) {
      self.kind = kind
      (self.subject, self.detail) = (subject.cleaned, detail.cut(to: 300).cleaned)
    }
  }

  /// The changes: rulesets and their rules first, then what they refer to.
  public let changes: [Change]

  /// The rules that may refuse, now or from a date on: those of the old policy, and of the new one.
  private let refusing: [Set<Place>]

  private struct Place: Hashable {
    let ruleset: String
    let rule: RuleID
  }

  /// What becomes of a rule that refuses something under one policy only.
  public enum Turn: String, Hashable, Sendable, CaseIterable {
    /// The old policy did not state it, or only evaluated it.
    case switchedOn
    /// Both policies have it, and it refuses more.
    case stricter
    /// Both policies have it, and it refuses less.
    case looser
    /// The new policy does not state it, or only evaluates it.
    case switchedOff
  }

  /// What becomes of a rule that refuses something it did not (`isRefusing`), or no longer does.
  public func turn(of rule: RuleID, in ruleset: String?, isRefusing: Bool) -> Turn {
    let place = ruleset.map { Place(ruleset: $0, rule: rule) }
    // Built-in checks are in every policy.
    let isInBoth = place.map { place in refusing.allSatisfy { $0.contains(place) } } ?? true
    switch (isRefusing, isInBoth) {
    case (true, true): return .stricter
    case (true, false): return .switchedOn
    case (false, true): return .looser
    case (false, false): return .switchedOff
    }
  }

  private static func refusing(_ policy: PolicyDocument) -> Set<Place> {
    Set(
      policy.rulesets.flatMap { ruleset in
        ruleset.rules.filter { $0.enforcement != .always(.evaluate) }.map {
          Place(ruleset: ruleset.name, rule: $0.id)
        }
      })
  }

  /// Compares two policies.
  public init(old: PolicyDocument, new: PolicyDocument) {
    refusing = [Self.refusing(old), Self.refusing(new)]
    let (before, after) = (old.root, new.root)
    var changes = Self.rulesets(before["rulesets"], after["rulesets"])
    for section in ["release", "statements", "roles", "people", "calendars"] {
      changes += Self.entries(before[section], after[section], under: section)
    }
    self.changes = changes
  }

  private static func rulesets(_ old: SettingsNode?, _ new: SettingsNode?) -> [Change] {
    let before = named(old)
    let after = named(new)
    var changes: [Change] = []
    for (name, node) in after {
      guard let other = before.first(where: { $0.name == name })?.node else {
        let rules = node["rules"]?.entries.map(\.key) ?? []
        changes.append(
          Change(
            .added, name, "a ruleset on \(node["refs"]?.flow ?? "nothing"): \(listed(rules))"))
        continue
      }
      for key in keys(other, node) where key != "name" && key != "rules" {
        changes += Self.changes(other[key], node[key], subject: name, path: key)
      }
      changes += entries(other["rules"], node["rules"], under: name)
    }
    for (name, _) in before where !after.contains(where: { $0.name == name }) {
      changes.append(Change(.removed, name, "the whole ruleset"))
    }
    return changes
  }

  private static func named(_ list: SettingsNode?) -> [(name: String, node: SettingsNode)] {
    guard case .list(let items)? = list?.value else { return [] }
    return items.compactMap { item in
      guard case .scalar(let name, _)? = item["name"]?.value else { return nil }
      return (name, item)
    }
  }

  /// The entries of two maps, each as a subject of its own.
  private static func entries(
    _ old: SettingsNode?, _ new: SettingsNode?, under section: String
  ) -> [Change] {
    keys(old, new).flatMap { key -> [Change] in
      let subject = "\(section)/\(key)"
      switch (old?[key], new?[key]) {
      case (nil, let node?):
        return [Change(.added, subject, node.value == .absent ? "" : node.flow)]
      case (_?, nil): return [Change(.removed, subject, "")]
      case (let before?, let after?): return changes(before, after, subject: subject, path: "")
      case (nil, nil): return []
      }
    }
  }

  private static func changes(
    _ old: SettingsNode?, _ new: SettingsNode?, subject: String, path: String
  ) -> [Change] {
    if case .map? = old?.value, case .map? = new?.value {
      return keys(old, new).flatMap { key in
        changes(
          old?[key], new?[key], subject: subject, path: path.isEmpty ? key : "\(path).\(key)")
      }
    }
    guard old?.flow != new?.flow else { return [] }
    let words = "\(old?.flow ?? "not stated") -> \(new?.flow ?? "not stated")"
    return [Change(.changed, subject, path.isEmpty ? words : "\(path): \(words)")]
  }

  /// The keys of both, those of the new one first in its order.
  private static func keys(_ old: SettingsNode?, _ new: SettingsNode?) -> [String] {
    let after = new?.entries.map(\.key) ?? []
    return after + (old?.entries.map(\.key) ?? []).filter { !after.contains($0) }
  }
}

extension SettingsNode {
  fileprivate var entries: [Entry] {
    if case .map(let entries) = value { entries } else { [] }
  }

  fileprivate subscript(_ key: String) -> SettingsNode? {
    entries.first { $0.key == key }?.node
  }

  /// The value on one line, as YAML's flow style has it.
  fileprivate var flow: String {
    switch value {
    case .absent: "nothing"
    case .scalar(let text, _): text
    case .list(let items): "[\(items.map(\.flow).joined(separator: ", "))]"
    case .map(let entries):
      "{\(entries.map { "\($0.key): \($0.node.flow)" }.joined(separator: ", "))}"
    }
  }
}
