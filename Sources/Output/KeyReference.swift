internal import Policy

/// What docs/policy-reference.md says of a key of a rule.
struct KeyReference {
  let rule: String
  let key: String
  /// What holds where the key is not stated.
  let standard: String
  let meaning: String

  /// Every key that has a sentence.
  static let all: [KeyReference] = table.split(separator: "\n").compactMap { line in
    let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard cells.count == 4 else { return nil }
    return KeyReference(
      rule: String(cells[0]), key: String(cells[1]), standard: String(cells[2]),
      meaning: String(cells[3]))
  }

  /// Those of one rule, in the order of the reference.
  static func keys(of rule: RuleID) -> [KeyReference] { all.filter { $0.rule == rule.text } }
}
