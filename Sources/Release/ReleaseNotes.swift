public import GitModel
internal import Policy

/// What a release brings, grouped from the subjects of its commits.
public struct ReleaseNotes: Hashable, Sendable {
  /// One heading and its lines.
  public struct Section: Hashable, Sendable {
    /// The heading.
    public let title: String
    /// The lines, newest first, fit for a terminal.
    public let lines: [String]

    /// A heading and its lines.
    public init(title: String, lines: [String]) { (self.title, self.lines) = (title, lines) }
  }

  /// The sections that have lines, in a fixed order.
  public let sections: [Section]

  /// The headings in their order, each with the conventional types that it takes.
  private static let groups: [(title: String, types: [String])] = [
    ("Breaking changes", []),
    ("Added", ["feat"]),
    ("Fixed", ["fix"]),
    ("Faster", ["perf"]),
    ("Documentation", ["docs"]),
    ("Inside", ["refactor", "test", "build", "ci", "chore", "style"]),
    ("Reverted", ["revert"]),
    ("Other", []),
  ]

  /// The notes of `commits`, newest first. Merges are left out: what they bring in is there itself.
  public init(_ commits: [Commit]) {
    var lines: [String: [String]] = [:]
    for commit in commits where !commit.isMerge {
      let (title, text) = Self.line(of: commit)
      lines[title, default: []].append("\(text) (\(commit.id.short))")
    }
    sections = Self.groups.compactMap { group in
      lines[group.title].map { Section(title: group.title, lines: $0) }
    }
  }

  private static func line(of commit: Commit) -> (title: String, text: String) {
    let subject = commit.subject
    guard let parts = ConventionalSubject.Parts(subject) else {
      let isRevert = subject.starts(with: "Revert \"".utf8)
      return (isRevert ? "Reverted" : "Other", Self.title(subject))
    }
    let scope = parts.scope.map { "\($0.printable): " } ?? ""
    let text = scope + parts.description.printable
    if parts.isBreaking || hasBreakingFooter(commit.message) { return ("Breaking changes", text) }
    let type = String(decoding: parts.type.asciiLowercased, as: UTF8.self)
    let group = groups.first { $0.types.contains(type) }
    return (group?.title ?? "Other", group == nil ? Self.title(subject) : text)
  }

  private static func title(_ subject: BytesSlice) -> String {
    subject.trimmed.isEmpty ? "(no subject)" : subject.printable
  }

  /// `BREAKING CHANGE: ...` or `BREAKING-CHANGE: ...` at the start of a line, in capitals
  /// (Conventional Commits 1.0.0, 12, 15 and 16).
  private static func hasBreakingFooter(_ message: Bytes) -> Bool {
    message.split(separator: UInt8(ascii: "\n")).contains {
      $0.starts(with: "BREAKING CHANGE: ".utf8) || $0.starts(with: "BREAKING-CHANGE: ".utf8)
    }
  }

  /// The notes as Markdown with headings of the third level; one sentence when nothing is new.
  public var markdown: String {
    guard !sections.isEmpty else { return "No change since the last version.\n" }
    return sections.map { section in
      "### \(section.title)\n\n" + section.lines.map { "- \($0)\n" }.joined()
    }.joined(separator: "\n")
  }
}
