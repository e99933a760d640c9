/// A CODEOWNERS file of GitHub or GitLab: who owns which paths.
///
/// Read strictly: what a host would skip or guess at is a fault with its line, and a file with a fault
/// says nothing. Bytes, and names as they are written; who they are, others know.
public struct CodeOwners: Hashable, Sendable {
  /// Whose rules the file is read by.
  public enum Syntax: String, Hashable, Sendable, CaseIterable {
    case github, gitlab
  }

  /// Somebody who owns something, as written.
  public enum Owner: Hashable, Sendable {
    /// `@name`: a person, at GitLab also a group.
    case login(Bytes)
    /// `@org/team`, without the `@`.
    case team(Bytes)
    /// `@@maintainers` of GitLab, without the `@@`.
    case role(Bytes)
    /// An address, also with the `@` before it that Codeup writes.
    case address(Bytes)
    /// A word that names nobody.
    case other(Bytes)

    /// As it is written.
    public var text: Bytes {
      switch self {
      case .login(let name), .team(let name): [UInt8(ascii: "@")] + name
      case .role(let name): Bytes("@@".utf8) + name
      case .address(let text), .other(let text): text
      }
    }
  }

  /// One line: some paths, and who owns them.
  public struct Entry: Hashable, Sendable {
    /// The line.
    public let line: Int
    /// The pattern as meant: without the backslashes that protect a space or a `#`.
    public let pattern: Bytes
    /// The paths that it means.
    public let paths: OwnedPaths
    /// Whether it takes its paths out of the section (GitLab's `!pattern`).
    public let isExclusion: Bool
    /// Who owns them; nobody where the line says so. A line without owners takes those of its section.
    public let owners: [Owner]
    /// The line on which the owners stand.
    public let ownersLine: Int
  }

  /// A part of the file in which the last match has the say: all of it, or a section of GitLab's.
  public struct Section: Hashable, Sendable {
    /// The name; nil for what stands before any heading.
    public let name: Bytes?
    /// Whether nobody must approve by it (`^[Name]`).
    public internal(set) var isOptional: Bool
    /// How many owners must approve (`[Name][2]`).
    public internal(set) var minimum: Int
    /// The lines.
    public internal(set) var entries: [Entry] = []

    /// The line that has the say over `path`; nil when none speaks of it, or one takes it out.
    public func entry(for path: BytesSlice) -> Entry? {
      // What is taken out of a section comes back with no later line.
      guard !entries.contains(where: { $0.isExclusion && $0.paths.contains(path) }) else {
        return nil
      }
      return entries.last { !$0.isExclusion && $0.paths.contains(path) }
    }
  }

  /// Something in the file that cannot be read.
  public struct Fault: Hashable, Sendable {
    /// The line.
    public let line: Int
    /// The pattern or heading that it is about; empty where it is the line, or the file.
    public let text: Bytes
    /// A clause that goes behind it.
    public let words: String

    /// For people.
    public var description: String {
      "line \(line)\(text.isEmpty ? "" : " `\(text.prefix(80).printable)`") \(words)"
    }
  }

  /// How many lines with a pattern are kept. More are a fault.
  public static let maximumEntries = 10_000
  /// How many sections are read.
  static let maximumSections = 500
  /// How many faults are kept.
  static let maximumFaults = 1_000
  /// The largest file that GitHub reads, in bytes.
  public static let maximumSize = 3_000_000

  /// By whose rules it was read.
  public let syntax: Syntax
  /// The sections in the order in which they begin; what stands before any heading first.
  public internal(set) var sections: [Section]
  /// How many lines have a pattern that can be read.
  public internal(set) var count = 0
  /// What cannot be read, in the order of the lines.
  public internal(set) var faults: [Fault] = []

  /// Reads a file.
  public init(_ bytes: Bytes, syntax: Syntax) {
    self.syntax = syntax
    sections = [Section(name: nil, isOptional: false, minimum: 1)]
    read(bytes)
  }

  /// By whose rules a file is read that lies at `path` and of which nobody says it: in `.github/` and
  /// `.gitlab/` by theirs, elsewhere by GitLab's where one of its headings stands in it.
  public static func usualSyntax(of bytes: Bytes, at path: String) -> Syntax {
    let folders = path.split(separator: "/").dropLast()
    if folders.contains(".github") { return .github }
    if folders.contains(".gitlab") { return .gitlab }
    return lines(of: bytes).contains { CodeOwnersHeading($0) != nil } ? .gitlab : .github
  }

  /// The lines that have the say over `path`, one of each section at most.
  public func deciding(_ path: BytesSlice) -> [(section: Section, entry: Entry)] {
    sections.compactMap { section in section.entry(for: path).map { (section, $0) } }
  }
}
