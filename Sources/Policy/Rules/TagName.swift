// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// New tags have a name that is a version, or that matches.
public struct TagName: Rule {
  public static let id: RuleID = "tag-name"
  public static let summary = "the tag has a name of the agreed form"

  /// How versions are written, when names must be versions.
  public let versions: TagVersions?
  /// What the short name must match as a whole.
  public let matches: TextPattern?

  public init(from reader: SettingsReader, context: PolicyContext) {
    versions = TagVersions(from: reader)
    matches = reader.pattern("matches")
    if reader.node("scheme") == nil, reader.node("matches") == nil {
      reader.problems.add(
        "`tag-name` has neither `scheme` nor `matches`", at: reader.position,
        hint: "write `tag-name: {scheme: semver}`")
    }
  }

  public func judge(_ matter: Matter) -> Verdict {
    let update = matter.update
    guard update.name.isTag else { return .notApplicable("\(update.name.short) is no tag") }
    guard update.kind != .delete else { return .notApplicable("a deletion needs no name") }
    if let versions, versions.version(of: update.name.shortBytes) == nil {
      return .violated(.badName(update.name.short, wanted: versions.description))
    }
    if let matches, !matches.matchesAll(of: update.name.shortBytes) {
      return .violated(.badName(update.name.short, wanted: "a name like \(matches.text)"))
    }
    return .satisfied("`\(update.name.short)` is a good name")
  }
}

extension Explanation {
  fileprivate static func badName(_ name: String, wanted: String) -> Explanation {
    Explanation(
      "`\(name)` is not a name for a tag here", expected: wanted,
      fixes: [
        "gitrel tag NEW-NAME    and leave \(name) out of the push",
        "git tag -a NEW-NAME \(name)^{}    then push NEW-NAME",
      ])
  }
}
