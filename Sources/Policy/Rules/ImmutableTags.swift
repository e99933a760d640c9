// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// A tag that exists is never moved and never deleted.
public struct ImmutableTags: Rule {
  public static let id: RuleID = "immutable-tags"
  public static let summary = "a tag that exists is neither moved nor deleted"
  public static let scope = RuleScope.tags

  public init(from reader: SettingsReader, context: PolicyContext) {}

  public func judge(_ matter: Matter) -> Verdict {
    let update = matter.update
    guard update.name.isTag else { return .notApplicable("\(update.name.short) is no tag") }
    switch update.kind {
    case .create: return .satisfied("\(update.name.short) is new")
    case .update: return .violated(.moved(update))
    case .delete: return .violated(.deleted(update))
    }
  }
}

extension Explanation {
  fileprivate static func moved(_ update: RefUpdate) -> Explanation {
    Explanation(
      "the tag \(update.name.short) exists (\(update.old.short)) and must not be moved",
      fixes: [
        "git fetch --tags --force    to see the tag as it was released",
        "gitrel tag <NEW-VERSION>    to release something else",
      ])
  }

  fileprivate static func deleted(_ update: RefUpdate) -> Explanation {
    Explanation(
      "the tag \(update.name.short) must not be deleted",
      fixes: ["gitrel tag <NEW-VERSION>    to supersede a release; what was released stays known"])
  }
}
