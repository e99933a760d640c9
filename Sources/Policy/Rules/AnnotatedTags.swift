// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// Tags are annotated: one tag object, on a commit, with the name of its ref.
public struct AnnotatedTags: Rule {
  public static let id: RuleID = "annotated-tags"
  public static let summary = "the tag is an annotated tag of a commit, named like its ref"
  public static let scope = RuleScope.tags

  public init(from reader: SettingsReader, context: PolicyContext) {}

  public var needs: Needs { Needs(.target) }

  public func judge(_ matter: Matter) -> Verdict {
    let update = matter.update
    guard update.name.isTag else { return .notApplicable("\(update.name.short) is no tag") }
    guard update.kind != .delete else { return .notApplicable("a deletion makes no tag") }
    return matter.facts.target.judged { target in
      guard target.kind == .commit else {
        return .violated(.wrongTarget(update, target.kind))
      }
      guard let tag = target.tags.first else { return .violated(.lightweight(update, target)) }
      guard target.tags.count == 1 else {
        return .violated(.nested(update, target))
      }
      guard tag.name.elementsEqual(update.name.shortBytes) else {
        return .violated(.otherName(update, target, inside: tag.name.printable))
      }
      return .satisfied("an annotated tag on \(target.object.short)")
    }
  }
}

extension Explanation {
  fileprivate static func lightweight(_ update: RefUpdate, _ target: Target) -> Explanation {
    Explanation(
      "\(update.name.short) is a lightweight tag: it says neither who made it nor why",
      expected: "an annotated tag",
      mend: .tag(TagMend(update, .made(option: "-a", on: target.object.short))))
  }

  fileprivate static func wrongTarget(_ update: RefUpdate, _ kind: ObjectKind) -> Explanation {
    Explanation(
      "\(update.name.short) is a tag of a \(kind.rawValue)", expected: "a tag of a commit",
      mend: .tag(TagMend(update, .made(option: "-a", on: "<COMMIT>"))))
  }

  fileprivate static func nested(_ update: RefUpdate, _ target: Target) -> Explanation {
    Explanation(
      "\(update.name.short) is a tag of a tag, \(target.tags.count) deep",
      expected: "one annotated tag, on a commit",
      mend: .tag(TagMend(update, .made(option: "-a", on: target.object.short))))
  }

  fileprivate static func otherName(
    _ update: RefUpdate, _ target: Target, inside: String
  ) -> Explanation {
    Explanation(
      "the tag object under \(update.name.short) calls itself `\(inside)`",
      expected: "the same name inside and outside",
      mend: .tag(
        TagMend(
          update, .made(option: "-a", on: target.object.short),
          words: "push no tag under another name")))
  }
}
