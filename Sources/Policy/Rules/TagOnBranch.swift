// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

public import GitModel

/// Tags stand on commits that a named branch has.
public struct TagOnBranch: Rule {
  public static let id: RuleID = "tag-on-branch"
  public static let summary = "the tagged commit is on one of the named branches"
  public static let scope = RuleScope.tags

  /// The branches.
  public let branches: RefSelection?
  /// The branches as written.
  public let patterns: [String]

  public init(from reader: SettingsReader, context: PolicyContext) {
    if reader.lacks("branches") {
      reader.problems.add(
        "`tag-on-branch` names no branches", at: reader.position,
        hint: "write `tag-on-branch: {branches: [main]}`")
    }
    let refs = reader.refs("branches")
    (branches, patterns) = (refs?.selection, refs?.patterns ?? [])
  }

  public var needs: Needs { Needs(.target, branches: branches) }

  public func judge(_ matter: Matter) -> Verdict {
    let update = matter.update
    guard update.name.isTag else { return .notApplicable("\(update.name.short) is no tag") }
    guard update.kind != .delete else { return .notApplicable("a deletion tags no commit") }
    return matter.facts.target.judged { target in
      guard target.kind == .commit else {
        return .violated(.noCommit(update, target.kind))
      }
      return matter.facts.holder.judged { holder in
        guard let holder else {
          return .violated(.elsewhere(target.object.short, patterns, update))
        }
        return .satisfied("\(target.object.short) is on \(holder.short)")
      }
    }
  }
}

extension Explanation {
  fileprivate static func elsewhere(
    _ id: String, _ patterns: [String], _ update: RefUpdate
  ) -> Explanation {
    let positive = patterns.filter { !$0.hasPrefix("!") }
    let excluded = patterns.filter { $0.hasPrefix("!") }.map { String($0.dropFirst()) }
    let besides = excluded.isEmpty ? "" : " (\(listed(excluded, "and")) not counted)"
    return Explanation(
      "commit \(id) is not on \(listed(positive, "or"))\(besides)",
      rather: ["push the commit to \(listed(positive, "or")) first, or together with the tag"],
      mend: .tag(TagMend(update, .released, with: [.branch(positive)])))
  }

  fileprivate static func noCommit(_ update: RefUpdate, _ kind: ObjectKind) -> Explanation {
    Explanation(
      "\(update.name.short) is a tag of a \(kind.rawValue)", expected: "a tag of a commit",
      mend: .tag(TagMend(update, .released)))
  }
}
