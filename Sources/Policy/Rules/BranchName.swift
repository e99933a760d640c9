// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// Branches have a name that matches.
///
/// Judged when a branch is created or updated; a badly named branch can always be deleted.
public struct BranchName: Rule {
  public static let id: RuleID = "branch-name"
  public static let summary = "the branch has a name that matches the pattern"
  public static let scope = RuleScope.branches

  /// What the short name must match as a whole.
  public let matches: TextPattern?
  /// What the short name must not match as a whole.
  public let forbids: TextPattern?

  public init(from reader: SettingsReader, context: PolicyContext) {
    matches = reader.pattern("matches")
    forbids = reader.pattern("forbids")
    if reader.lacks("matches", "forbids") {
      reader.problems.add(
        "`branch-name` has no pattern", at: reader.position,
        hint: "write `branch-name: {matches: '(feature|fix)/.+'}`")
    }
  }

  public func judge(_ matter: Matter) -> Verdict {
    let update = matter.update
    guard update.name.isBranch else { return .notApplicable("\(update.name.short) is no branch") }
    guard update.kind != .delete else { return .notApplicable("a deletion needs no name") }
    let short = update.name.shortBytes
    if let matches, !matches.matchesAll(of: short) {
      return .violated { .badName(update.name, wanted: "a name like \(matches.text)", rule: self) }
    }
    if let forbids, forbids.matchesAll(of: short) {
      return .violated {
        .badName(
          update.name, is: "a name that is forbidden", wanted: "a name unlike \(forbids.text)",
          rule: self)
      }
    }
    return .satisfied("`\(update.name.short)` is a good name")
  }
}

extension Explanation {
  fileprivate static func badName(
    _ name: RefName, is what: String = "not a name for a branch", wanted: String, rule: BranchName
  ) -> Explanation {
    Explanation(
      "`\(name.short)` is \(what) here", expected: wanted,
      mend: .rename(name, fitting: rule.matches, unlike: rule.forbids))
  }
}
