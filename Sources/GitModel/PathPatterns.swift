/// A pattern over paths in a tree, bytes compared with bytes.
///
/// Without a `/` (but for one at its end) it matches a name in any folder: `*.exe`. With one it is
/// anchored at the top: `docs/**`, `/Makefile`. A `/` at the end means everything below folders of
/// that name: `vendor/`. `*` stops at `/` and `**` does not; `**/` may stand for no folder at all;
/// `?`, `[a-z]` and `{a,b}` are as in `Glob`, each word of the braces a pattern of its own.
public struct PathPattern: Hashable, Sendable {
  /// The pattern as written.
  public let text: String
  /// What it says of whole paths, and of names alone.
  private let paths: [GlobWord]
  private let names: [GlobWord]

  /// Reads a pattern.
  public init(_ text: String) throws(Glob.Fault) {
    self.text = text
    var paths: [GlobWord] = []
    var names: [GlobWord] = []
    for word in try Glob.expand(Bytes(text.utf8)) {
      let slash = UInt8(ascii: "/")
      let isFolder = word.last == slash
      let isAnchored = word.dropLast().contains(slash)
      let bare = word.dropLast(isFolder ? 1 : 0).dropFirst(
        isAnchored && word.first == slash ? 1 : 0)
      try Self.check(bare)
      switch (isAnchored, isFolder) {
      case (false, false): names.append(try GlobWord(Bytes(bare)))
      case (false, true):
        paths.append(try GlobWord(Bytes("**/".utf8) + bare + Bytes("/**".utf8), isPath: true))
      case (true, false): paths.append(try GlobWord(Bytes(bare), isPath: true))
      case (true, true): paths.append(try GlobWord(bare + Bytes("/**".utf8), isPath: true))
      }
    }
    (self.paths, self.names) = (paths, names)
  }

  /// Whether the whole of `path` matches, or its last part where the pattern speaks of names.
  public func matches(_ path: Bytes) -> Bool { matches(path[...], name: path.pathName) }

  func matches(_ path: BytesSlice, name: BytesSlice) -> Bool {
    names.contains { $0.matches(name) } || paths.contains { $0.matches(path) }
  }

  /// A pattern that no path can match is a mistake, not a pattern.
  private static func check(_ bare: BytesSlice) throws(Glob.Fault) {
    guard !bare.isEmpty else { throw Glob.Fault(words: "is empty") }
    for part in bare.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      guard !part.isEmpty else { throw Glob.Fault(words: "has two `/` with nothing between them") }
      if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) {
        throw Glob.Fault(words: "has a part `\(part.printable)`, which no path has")
      }
    }
  }
}

/// Some paths: those that a pattern selects, less those that a pattern with `!` takes out again,
/// wherever it stands in the list.
public struct PathSelection: Hashable, Sendable {
  /// The patterns that select.
  public let included: [PathPattern]
  /// The patterns that take out again, without their `!`.
  public let excluded: [PathPattern]

  /// Reads patterns as written.
  public init(_ patterns: [String]) throws(Glob.Fault) {
    var included: [PathPattern] = []
    var excluded: [PathPattern] = []
    for pattern in patterns {
      if pattern.hasPrefix("!") {
        excluded.append(try PathPattern(String(pattern.dropFirst())))
      } else {
        included.append(try PathPattern(pattern))
      }
    }
    guard !included.isEmpty else {
      throw Glob.Fault(words: "list selects nothing: every pattern starts with `!`")
    }
    (self.included, self.excluded) = (included, excluded)
  }

  /// Whether `path` is selected.
  public func contains(_ path: Bytes) -> Bool { pattern(selecting: path) != nil }

  /// The first pattern that selects `path`; nil when none does, or one takes it out again.
  public func pattern(selecting path: Bytes) -> PathPattern? {
    let (whole, name) = (path[...], path.pathName)
    guard let pattern = included.first(where: { $0.matches(whole, name: name) }),
      !excluded.contains(where: { $0.matches(whole, name: name) })
    else { return nil }
    return pattern
  }
}

extension Bytes {
  /// The last part of a path.
  public var pathName: BytesSlice {
    self[(lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? startIndex)...]
  }
}
