// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

public import GitModel

/// Refs exist only where the policy says so.
///
/// Judged when a ref is created or updated; what should never have been there can be deleted.
public struct Namespaces: Rule {
  public static let id: RuleID = "namespaces"
  public static let summary = "the ref lies where the policy allows refs"

  /// Which refs may exist; nil after a problem.
  public let allow: RefSelection?
  private let patterns: [String]

  public init(from reader: SettingsReader, context: PolicyContext) {
    let read = reader.refs("allow")
    (allow, patterns) = (read?.selection, read?.patterns ?? [])
    if reader.lacks("allow") {
      reader.problems.add(
        "`namespaces` has no `allow`", at: reader.position,
        hint: "write `namespaces: {allow: [main, \"feature/**\", \"refs/tags/v*\"]}`")
    }
  }

  public func judge(_ matter: Matter) -> Verdict {
    let name = matter.update.name
    // The built-in checks let nothing through there but statements.
    if name.hasPrefix("refs/gitrel/") { return .notApplicable("\(name.full) belongs to gitrel") }
    guard matter.update.kind != .delete else {
      return .notApplicable("a deletion leaves nothing in a wrong place")
    }
    guard let allow else { return .indeterminate("the policy does not say which refs may exist") }
    return allow.contains(name)
      ? .satisfied("\(name.short) may exist") : .violated(.noPlace(matter.update, patterns))
  }
}

extension Explanation {
  fileprivate static func noPlace(_ update: RefUpdate, _ patterns: [String]) -> Explanation {
    let name = update.name
    let isShort = name.isBranch || name.isTag
    let words =
      "no \(name.isBranch ? "branch" : name.isTag ? "tag" : "ref") may be called"
      + " \(isShort ? name.short : name.full) here"
    let expected =
      "a ref like \(listed(patterns.filter { !$0.hasPrefix("!") }, "or"))" + Self.without(patterns)
    guard isShort else {
      return Explanation(
        words, expected: expected, fixes: ["leave \(name.full) out of the push"])
    }
    let mend: Mend =
      name.isBranch ? .push(as: "<NEW-NAME>") : .tag(TagMend(update, .any, calling: "<NEW-NAME>"))
    return Explanation(words, expected: expected, mend: mend)
  }

  private static func without(_ patterns: [String]) -> String {
    let taken = patterns.filter { $0.hasPrefix("!") }.map { String($0.dropFirst()) }
    return taken.isEmpty ? "" : ", and not like \(listed(taken, "or"))"
  }
}
