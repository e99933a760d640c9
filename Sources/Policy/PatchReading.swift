public import GitModel

/// Which files a rule wants to know the changed lines of. Files that end like one that a report measures
/// are looked into in any case.
public struct PatchSearch: Hashable, Sendable {
  /// These too; nil for no others.
  public let paths: PathSelection?

  /// A search.
  public init(paths: PathSelection? = nil) { self.paths = paths }
}

/// What an update of a branch changes, line by line.
public struct PatchReading: Hashable, Sendable {
  /// A file that is new or changed, and was looked into.
  public struct File: Hashable, Sendable {
    /// Its path in the new tree.
    public let path: Bytes
    /// Its lines that the tree before does not have; nil where it is no text, or too large to compare.
    public let lines: [ClosedRange<Int>]?
    /// Whether it is too large.
    public let isTooLarge: Bool

    /// A file with its changed lines.
    public init(path: Bytes, lines: [ClosedRange<Int>]?, isTooLarge: Bool = false) {
      (self.path, self.lines, self.isTooLarge) = (path, lines, isTooLarge)
    }
  }

  /// The files, in the order of their paths.
  public let files: [File]
  /// All paths of the new tree that end in a name of one of `files`, by that name: what tells whether a
  /// report's path could mean another file.
  public let namesakes: [Bytes: [Bytes]]

  /// A reading from its parts.
  public init(files: [File], namesakes: [Bytes: [Bytes]]) {
    (self.files, self.namesakes) = (files, namesakes)
  }

  /// Whether files that end like `path` are looked into, when reports measure files with `endings`.
  public static func isLookedInto(
    _ path: Bytes, endings: Set<Bytes>, _ search: PatchSearch
  ) -> Bool {
    if let paths = search.paths, paths.contains(path) { return true }
    return ending(of: path).map(endings.contains) ?? false
  }

  /// `swift` of `Sources/a.swift`; nil where a name has no ending.
  public static func ending(of path: Bytes) -> Bytes? {
    let name = path.pathName
    guard let point = name.lastIndex(of: UInt8(ascii: ".")), point > name.startIndex,
      point + 1 < name.endIndex
    else { return nil }
    return Bytes(name[(point + 1)...])
  }
}
