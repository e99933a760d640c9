// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// The ref is not deleted.
public struct NoDelete: Rule {
  public static let id: RuleID = "no-delete"
  public static let summary = "the ref is not deleted"

  public init(from reader: SettingsReader, context: PolicyContext) {}

  public func judge(_ matter: Matter) -> Verdict {
    guard matter.update.kind == .delete else { return .notApplicable("this is no deletion") }
    return .violated(.deletion(matter.update.name.short))
  }
}

extension Explanation {
  fileprivate static func deletion(_ name: String) -> Explanation {
    Explanation(
      "\(name) must not be deleted",
      fixes: ["leave \(name) out of the push; to retire it, change the policy first"])
  }
}
