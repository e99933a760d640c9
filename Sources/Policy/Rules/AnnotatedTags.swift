// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// Tags are annotated: one tag object, on a commit, with the name of its ref.
public struct AnnotatedTags: Rule {
  public static let id: RuleID = "annotated-tags"
  public static let summary = "the tag is an annotated tag of a commit, named like its ref"

  public init(from reader: SettingsReader, context: PolicyContext) {}

  public var needs: Needs { Needs(.target) }

  public func judge(_ matter: Matter) -> Verdict {
    let update = matter.update
    guard update.name.isTag else { return .notApplicable("\(update.name.short) is no tag") }
    guard update.kind != .delete else { return .notApplicable("a deletion makes no tag") }
    return matter.facts.target.judged { target in
      guard target.kind == .commit else {
        return .violated(.wrongTarget(update.name.short, target.kind))
      }
      guard let tag = target.tags.first else { return .violated(.lightweight(update.name.short)) }
      guard target.tags.count == 1 else {
        return .violated(.nested(update.name.short, target.tags.count))
      }
      guard tag.name.elementsEqual(update.name.shortBytes) else {
        return .violated(.otherName(update.name.short, inside: tag.name.printable))
      }
      return .satisfied("an annotated tag on \(target.object.short)")
    }
  }
}

extension Explanation {
  fileprivate static func lightweight(_ name: String) -> Explanation {
    Explanation(
      "\(name) is a lightweight tag: it says neither who made it nor why",
      expected: "an annotated tag",
      fixes: ["git tag -d \(name) && gitrel tag \(name)", "git tag -a -f \(name) \(name)"])
  }

  fileprivate static func wrongTarget(_ name: String, _ kind: ObjectKind) -> Explanation {
    Explanation(
      "\(name) is a tag of a \(kind.rawValue)", expected: "a tag of a commit",
      fixes: ["git tag -d \(name) && git tag -a \(name) COMMIT"])
  }

  fileprivate static func nested(_ name: String, _ depth: Int) -> Explanation {
    Explanation(
      "\(name) is a tag of a tag, \(depth) deep", expected: "one annotated tag, on a commit",
      fixes: ["git tag -d \(name) && git tag -a \(name) COMMIT"])
  }

  fileprivate static func otherName(_ name: String, inside: String) -> Explanation {
    Explanation(
      "the tag object under \(name) calls itself `\(inside)`",
      expected: "the same name inside and outside",
      fixes: ["git tag -d \(name) && git tag -a \(name) COMMIT    push no tag under another name"])
  }
}
