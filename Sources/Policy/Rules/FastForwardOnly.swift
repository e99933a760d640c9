// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// History only grows: the new commit descends from the one that the branch has.
public struct FastForwardOnly: Rule {
  public static let id: RuleID = "fast-forward-only"
  public static let summary = "history only grows; nothing that was pushed is taken back"

  public init(from reader: SettingsReader, context: PolicyContext) {}

  public var needs: Needs { Needs(.ancestry) }

  public func judge(_ matter: Matter) -> Verdict {
    switch matter.update.kind {
    case .create: return .notApplicable("\(matter.update.name.short) is new")
    case .delete: return .notApplicable("a deletion is no rewind; `no-delete` judges it")
    case .update: break
    }
    return matter.facts.isFastForward.judged { isFastForward in
      isFastForward
        ? .satisfied("the push adds to \(matter.update.old.short)")
        : .violated(.rewind(matter))
    }
  }
}

extension Explanation {
  fileprivate static func rewind(_ matter: Matter) -> Explanation {
    Explanation(
      "the push would take back commits that \(matter.update.name.short) has"
        + " (it is at \(matter.update.old.short))",
      expected: "a commit that descends from \(matter.update.old.short)",
      fixes: [
        "git pull --rebase    then push without --force",
        "git revert <COMMIT>    to undo a change that was pushed",
      ])
  }
}
