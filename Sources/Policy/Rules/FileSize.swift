// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

public import GitModel

/// Files that new commits add or change are not too large. Sizes are those in Git's headers.
public struct FileSize: Rule {
  public static let id: RuleID = "file-size"
  public static let summary = "new commits bring in no file that is too large"

  /// The most bytes a file may have.
  public let maximum: Int?
  /// The most bytes for files at some paths; the first pattern that matches a path decides.
  public let paths: [(pattern: PathPattern, maximum: Int)]
  /// Paths at which files may have any size.
  public let exclude: PathSelection?

  /// The sizes that can be asked for.
  private static let range = 1...(1 << 40)

  public init(from reader: SettingsReader, context: PolicyContext) {
    maximum = reader.size("maximum", in: Self.range)
    let entries = reader.entries("paths")
    paths = entries.compactMap { entry in
      guard let pattern = reader.pathPattern(entry.key, at: entry.position, for: "paths"),
        let size = reader.size(of: entry.node, for: entry.key, in: Self.range)
      else { return nil }
      if entry.key.hasPrefix("!") {
        reader.problems.add(
          "`paths`: \(entry.key.quoted) takes nothing out", at: entry.position,
          hint: "write it under `exclude`, without the `!`")
      }
      return (pattern, size)
    }
    exclude = reader.paths("exclude")?.selection
    if reader.lacks("maximum", "paths") || reader.node("maximum") == nil && entries.isEmpty {
      reader.problems.add(
        "`file-size` has neither `maximum` nor `paths`", at: reader.position,
        hint: "write `file-size: {maximum: 5MB}`")
    }
  }

  public var needs: Needs { Needs([.newCommits, .changes, .sizes]) }

  public func judge(_ matter: Matter) -> Verdict {
    matter.judgedChanges { changes in
      matter.facts.sizes.judged { verdict(on: changes, $0, newest: matter.knownCommits) }
    }
  }

  private func verdict(
    on changes: [CommitChanges], _ sizes: [ObjectID: Int], newest: [Commit]
  ) -> Verdict {
    var bad: [BadChange] = []
    var largest = 0
    var judged = 0
    for commit in changes {
      for change in commit.changes {
        guard let entry = change.new, entry.kind != .submodule, let limit = limit(for: change.path)
        else { continue }
        guard let size = sizes[entry.id] else {
          return .indeterminate(
            "the size of `\(change.path.shownAsPath)` in \(commit.commit.id.short) is not known")
        }
        judged += 1
        largest = max(largest, size)
        guard size > limit else { continue }
        let words = ByteSize(bytes: size).text
        let exact = words == "\(size)B" ? words : "\(words) (\(size) bytes)"
        bad.append(
          BadChange(
            commit.commit, change, ["has \(exact), at most \(ByteSize(bytes: limit).text)"]))
      }
    }
    guard bad.isEmpty else {
      return .violated(
        .badChanges(bad, "files that are too large", of: newest.count, newest: newest))
    }
    guard judged > 0 else {
      return .notApplicable("no file was added or changed at a path that has a limit")
    }
    let summary =
      "\(counted(judged, "file")) added or changed, the largest of \(ByteSize(bytes: largest).text)"
    return .satisfied(summary)
  }

  private func limit(for path: Bytes) -> Int? {
    if let exclude, exclude.contains(path) { return nil }
    return paths.first { $0.pattern.matches(path) }?.maximum ?? maximum
  }
}
