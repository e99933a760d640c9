// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

public import GitModel

/// New commits add and change only paths that may be there. Deleting is always fine.
public struct Paths: Rule {
  public static let id: RuleID = "paths"
  public static let summary = "new commits add and change no forbidden path"

  /// What an entry must not be.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A symbolic link.
    case link
    /// A submodule.
    case submodule
    /// A file that may be run.
    case executable
  }

  /// Paths that nothing may be added at or changed.
  public let forbidden: PathSelection?
  /// The only paths at which something may be added or changed.
  public let allowed: PathSelection?
  /// The patterns of `allowed` as written.
  public let allowedPatterns: [String]
  /// Endings of names behind a dot, in small letters; compared without regard to ASCII case.
  public let extensions: [String]
  /// What an entry must not be.
  public let kinds: Set<Kind>
  /// The longest path, in bytes.
  public let length: Int?
  /// Whether no two paths may differ in ASCII capitals alone.
  public let caseClashes: Bool
  /// Whether `forbidden` and `allowed` are compared without regard to ASCII case.
  public let ignoresCase: Bool

  public init(from reader: SettingsReader, context: PolicyContext) {
    ignoresCase = reader.flag("ignore-case") ?? false
    forbidden = reader.paths("forbidden", ignoringCase: ignoresCase)?.selection
    let allowed = reader.paths("allowed", ignoringCase: ignoresCase)
    (self.allowed, allowedPatterns) = (allowed?.selection, allowed?.patterns ?? [])
    extensions = (reader.items("extensions") ?? []).compactMap { item in
      guard let text = reader.text(of: item, for: "extensions") else { return nil }
      guard !text.isEmpty, !text.hasPrefix("."), !text.utf8.contains(UInt8(ascii: "/")),
        !text.utf8.contains(UInt8(ascii: "*"))
      else {
        reader.problems.add(
          "\(text.quoted) is no extension", at: item.position,
          hint: "write what stands behind the dot: `exe`, `tar.gz`")
        return nil
      }
      return String(decoding: Bytes(text.utf8).asciiLowercased, as: UTF8.self)
    }
    kinds = Set(
      (reader.items("kinds") ?? []).compactMap { (item) -> Kind? in
        reader.choice(of: item, for: "kinds")
      })
    length = reader.integer("length", in: 1...4096)
    caseClashes = reader.flag("case-clashes") ?? false
    let keys = ["forbidden", "allowed", "extensions", "kinds", "length", "case-clashes"]
    if reader.lacks(keys) {
      reader.problems.add(
        "`paths` forbids nothing", at: reader.position,
        hint: "give it one of \(listed(keys.map { "`\($0)`" }, "or"))")
    }
  }

  public var needs: Needs {
    Needs(caseClashes ? [.newCommits, .changes, .caseClashes] : [.newCommits, .changes])
  }

  public func judge(_ matter: Matter) -> Verdict {
    // A merge may bring two names together and change no path itself.
    if caseClashes {
      return matter.judgedNewCommits { commits in
        matter.facts.changes.judged { changes in
          matter.facts.caseClashes.judged { verdict(on: changes, $0, newest: commits) }
        }
      }
    }
    return matter.judgedChanges { changes in
      verdict(on: changes, [:], newest: matter.knownCommits)
    }
  }

  private func verdict(
    on changes: [CommitChanges], _ clashes: [ObjectID: [CaseClash]], newest: [Commit]
  ) -> Verdict {
    var bad: [BadChange] = []
    var judged = 0
    for commit in changes {
      for change in commit.changes {
        guard let entry = change.new else { continue }
        judged += 1
        if let fault = fault(of: change, entry, in: commit.commit) { bad.append(fault) }
      }
      bad += (clashes[commit.commit.id] ?? []).map { BadChange(commit.commit, $0) }
    }
    guard bad.isEmpty else {
      return .violated(
        .badChanges(bad, "paths that may not be there", of: newest.count, newest: newest))
    }
    let summary = "\(counted(judged, "path")) added or changed, and none of them forbidden"
    return .satisfied(summary)
  }

  private func fault(of change: Change, _ entry: Change.Entry, in commit: Commit) -> BadChange? {
    var faults: [String] = []
    let path = ignoresCase ? change.path.asciiLowercased : change.path
    if let pattern = forbidden?.pattern(selecting: path) {
      faults.append("is forbidden by `\(pattern.text)`")
    }
    if let allowed, !allowed.contains(path) {
      faults.append("is not in \(listed(allowedPatterns.map { "`\($0)`" }, "or"))")
    }
    if let ending = forbiddenExtension(of: change.path) {
      faults.append("ends in .\(ending)")
    }
    var isWrongKind = false
    if let kind = Kind(rawValue: entry.kind.rawValue), kinds.contains(kind) {
      isWrongKind = faults.isEmpty && kind == .executable
      faults.append(kind.words)
    }
    var isTooLong = false
    if let length, change.path.count > length {
      isTooLong = faults.isEmpty
      faults.append("has \(change.path.count) bytes, at most \(length)")
    }
    guard !faults.isEmpty else { return nil }
    return BadChange(
      commit, change, faults, isTooLong ? .rename : isWrongKind ? .makePlain : .takeOut)
  }

  private func forbiddenExtension(of path: Bytes) -> String? {
    guard !extensions.isEmpty else { return nil }
    // Windows opens `x.exe.`, `x.exe ` and `x.exe:stream` as x.exe.
    var name = path.pathName.prefix { $0 != UInt8(ascii: ":") }
    while let last = name.last, last == UInt8(ascii: ".") || last == UInt8(ascii: " ") {
      name = name.dropLast()
    }
    let folded = name.asciiLowercased
    return extensions.first { ending in
      folded.count > ending.utf8.count
        && folded.suffix(ending.utf8.count).elementsEqual(ending.utf8)
        && folded[folded.count - ending.utf8.count - 1] == UInt8(ascii: ".")
    }
  }
}

extension Paths.Kind {
  fileprivate var words: String {
    switch self {
    case .link: "is a symbolic link"
    case .submodule: "is a submodule"
    case .executable: "is executable"
    }
  }
}
