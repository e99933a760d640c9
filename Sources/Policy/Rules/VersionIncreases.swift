// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// A new version is higher than every version that was tagged before.
public struct VersionIncreases: Rule {
  public static let id: RuleID = "version-increases"
  public static let summary = "the new version is higher than those tagged before"
  public static let scope = RuleScope.tags

  /// Among which versions the new one must be the highest.
  public enum Line: String, Hashable, Sendable, CaseIterable {
    /// Among all.
    case all
    /// Among those with the same major number, so that 1.9.1 may follow 2.0.0.
    case major
    /// Among those with the same major and minor number, so that 1.3.2 may follow 1.4.0.
    case minor
  }

  /// How versions are written.
  public let versions: TagVersions
  /// Among which versions the new one must be the highest.
  public let within: Line
  /// Whether it must also stand on the release before it, whatever line that is of.
  public let descends: Bool

  public init(from reader: SettingsReader, context: PolicyContext) {
    versions = TagVersions(from: reader, standard: TagVersions.standard.scheme) ?? .standard
    within = reader.choice("within") ?? .all
    descends = reader.flag("descends") ?? false
  }

  public var needs: Needs {
    var needs = Needs(.tagNames)
    if descends { needs.lineage = versions }
    return needs
  }

  public func judge(_ matter: Matter) -> Verdict {
    let update = matter.update
    guard update.name.isTag else { return .notApplicable("\(update.name.short) is no tag") }
    guard update.kind == .create else {
      return .notApplicable("no version is added; `immutable-tags` judges tags that exist")
    }
    guard let version = versions.version(of: update.name.shortBytes) else {
      return .violated(.noVersion(update, versions))
    }
    return matter.facts.tagNames.judged { names in
      let earlier = names.compactMap { name in
        versions.version(of: name).map { (name: name, version: $0) }
      }.filter { isSameLine($0.version, version) }
      guard let highest = earlier.max(by: { $0.version < $1.version }) else {
        return standing(
          "\(update.name.short) is the first version\(within == .all ? "" : " of its line")", matter
        )
      }
      guard highest.version < version else {
        return .violated(
          .notHigher(update, than: highest.name.printable, isOfClone: matter.facts.isOfClone))
      }
      return standing("\(update.name.short) follows \(highest.name.printable)", matter)
    }
  }

  /// The verdict where the number is high enough, for which `words` say why.
  private func standing(_ words: String, _ matter: Matter) -> Verdict {
    guard descends else { return .satisfied(words) }
    return matter.facts.lineage.judged { lineage in
      guard let lineage else { return .satisfied("\(words); nothing was released before it") }
      let release = lineage.release.printable
      return lineage.isBelow
        ? .satisfied("\(words) and stands on \(release)")
        : .violated(.elsewhere(matter.update, than: release))
    }
  }

  private func isSameLine(_ left: Version, _ right: Version) -> Bool {
    let shared =
      switch within {
      case .all: 0
      case .major: 1
      case .minor: 2
      }
    return left.numbers.prefix(shared).elementsEqual(right.numbers.prefix(shared))
  }
}

extension Explanation {
  fileprivate static func notHigher(
    _ update: RefUpdate, than highest: String, isOfClone: Bool
  ) -> Explanation {
    // A clone does not know which of its tags the server has.
    let other =
      isOfClone
      ? [
        MendStep(
          "git ls-remote --tags origin \(highest.asWord)",
          [
            "where that shows nothing, \(highest) is a tag of this clone alone: git tag -d \(highest.asWord)"
          ]
        ).text
      ] : []
    return Explanation(
      "\(update.name.short) is not higher than \(highest), which is there already",
      expected: "a version above \(highest)",
      mend: .tag(
        TagMend(
          update, .released, calling: "<VERSION>", words: "with a version above \(highest)")),
      or: other)
  }

  fileprivate static func elsewhere(_ update: RefUpdate, than release: String) -> Explanation {
    Explanation(
      "\(update.name.short) does not stand on \(release), the release before it",
      expected: "a commit that has \(release) in its history",
      fixes: [
        "git switch -c hotfix/\(update.name.short.asWord) \(release.asWord)    and release what is mended there"
      ])
  }

  fileprivate static func noVersion(_ update: RefUpdate, _ versions: TagVersions) -> Explanation {
    Explanation(
      "`\(update.name.short)` is no version", expected: versions.description,
      mend: .tag(TagMend(update, .any, calling: "<VERSION>")))
  }
}
