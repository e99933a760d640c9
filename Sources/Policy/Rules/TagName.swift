// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// New tags have a name that is a version, or that matches.
public struct TagName: Rule {
  public static let id: RuleID = "tag-name"
  public static let summary = "the tag has a name of the agreed form"
  public static let scope = RuleScope.tags

  /// How versions are written, when names must be versions.
  public let versions: TagVersions?
  /// What the short name must match as a whole.
  public let matches: TextPattern?
  /// What the short name must not match as a whole.
  public let forbids: TextPattern?

  public init(from reader: SettingsReader, context: PolicyContext) {
    versions = TagVersions(from: reader)
    matches = reader.pattern("matches")
    forbids = reader.pattern("forbids")
    if reader.lacks("scheme", "matches", "forbids") {
      reader.problems.add(
        "`tag-name` has neither `scheme` nor `matches` nor `forbids`", at: reader.position,
        hint: "write `tag-name: {scheme: semver}`")
    }
  }

  public func judge(_ matter: Matter) -> Verdict {
    let update = matter.update
    guard update.name.isTag else { return .notApplicable("\(update.name.short) is no tag") }
    guard update.kind != .delete else { return .notApplicable("a deletion needs no name") }
    if let versions, versions.version(of: update.name.shortBytes) == nil {
      return .violated(.badName(update, wanted: versions.description, rule: self))
    }
    if let matches, !matches.matchesAll(of: update.name.shortBytes) {
      return .violated(.badName(update, wanted: "a name like \(matches.text)", rule: self))
    }
    if let forbids, forbids.matchesAll(of: update.name.shortBytes) {
      return .violated(.badName(update, wanted: "a name unlike \(forbids.text)", rule: self))
    }
    return .satisfied("`\(update.name.short)` is a good name")
  }
}

extension TagName {
  /// The numbers of a name that is no version, written as one: `v1.4.0` for `release-1.4-final`.
  fileprivate func suggestion(for name: RefName) -> String? {
    guard let versions else { return nil }
    let numbers = name.shortBytes.prefix(60).split { !$0.isASCIIDigit }.prefix(4)
      .map { Bytes($0.drop { $0 == UInt8(ascii: "0") }) }
      .map { $0.isEmpty ? "0" : String(decoding: $0, as: UTF8.self) }
    guard (1...3).contains(numbers.count) else { return nil }
    let padded = numbers + Array(repeating: "0", count: 3 - numbers.count)
    return [numbers, padded].map { versions.prefix + $0.joined(separator: ".") }.first { name in
      let bytes = Bytes(name.utf8)
      return versions.version(of: bytes) != nil && matches?.matchesAll(of: bytes) ?? true
        && forbids?.matchesAll(of: bytes) != true
    }
  }
}

extension Explanation {
  fileprivate static func badName(
    _ update: RefUpdate, wanted: String, rule: TagName
  ) -> Explanation {
    let old = update.name.short
    let new = rule.suggestion(for: update.name) ?? "<NEW-NAME>"
    return Explanation(
      "`\(old)` is not a name for a tag here", expected: wanted,
      mend: .tag(TagMend(update, .any, calling: new)))
  }
}
