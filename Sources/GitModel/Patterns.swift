/// A pattern over ref names or paths: anchored at both ends, linear time, no regular expression.
///
/// `*` matches any run of bytes but `/`, `**` any run of bytes, `?` one byte but `/`, `[abc]`,
/// `[a-z]` and `[!a]` one byte of a set, `{a,b}` either of a few literal words. All else is itself.
public struct Glob: Hashable, Sendable {
  /// The pattern as written.
  public let text: String
  private let alternatives: [GlobWord]

  /// Why a pattern cannot be read; a clause after "the pattern".
  public struct Fault: WordedFault, Hashable, Sendable {
    /// The clause.
    public let words: String
  }

  /// How many words all `{a,b}` of one pattern may multiply out to.
  public static let maximumAlternatives = 64

  /// Reads a pattern.
  public init(_ text: String) throws(Fault) {
    self.text = text
    guard !text.isEmpty else { throw Fault(words: "is empty") }
    let expanded = try Self.expand(Bytes(text.utf8))
    var alternatives: [GlobWord] = []
    for words in expanded { alternatives.append(try GlobWord(words)) }
    self.alternatives = alternatives
  }

  /// Whether the whole of `bytes` matches.
  public func matches(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
    let subject = BytesSlice(bytes)
    return alternatives.contains { $0.matches(subject) }
  }

  /// Whether the whole of `bytes` matches, the first `count` of them without a wildcard.
  func matches(_ bytes: Bytes, literallyUpTo count: Int) -> Bool {
    alternatives.contains { $0.starts(with: bytes[..<count]) && $0.matches(bytes[...]) }
  }

  /// Whether the pattern has no wildcard, so that it names one thing.
  public var isLiteral: Bool { alternatives.count == 1 && alternatives[0].isLiteral }

  /// A few subjects that match, for telling whether two patterns have anything in common. There may
  /// be others.
  public var samples: [Bytes] { alternatives.flatMap(\.samples) }

  /// The words that the `{a,b}` of a pattern multiply out to.
  static func expand(_ text: Bytes) throws(Fault) -> [Bytes] {
    guard let open = text.firstIndex(of: UInt8(ascii: "{")) else {
      if text.contains(UInt8(ascii: "}")) { throw Fault(words: "has a `}` without a `{`") }
      return [text]
    }
    guard let close = text[open...].firstIndex(of: UInt8(ascii: "}")) else {
      throw Fault(words: "has a `{` without a `}`")
    }
    let inside = text[(open + 1)..<close]
    guard !inside.contains(UInt8(ascii: "{")) else { throw Fault(words: "has a `{` inside a `{`") }
    let rests = try expand(Bytes(text[(close + 1)...]))
    var all: [Bytes] = []
    for word in inside.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      for rest in rests { all.append(text[..<open] + word + rest) }
    }
    guard all.count <= maximumAlternatives else {
      throw Fault(words: "multiplies out to more than \(maximumAlternatives) words")
    }
    return all
  }
}

/// Which refs a ruleset speaks of: some patterns, less the ones that start with `!`.
///
/// A pattern that does not start with `refs/` means `refs/heads/` and the pattern.
public struct RefSelection: Hashable, Sendable {
  /// The patterns that select, full.
  public let included: [Glob]
  /// The patterns that take out again, full.
  public let excluded: [Glob]

  /// Reads patterns as written; the fault names the pattern.
  public init(_ patterns: [String]) throws(Glob.Fault) {
    var included: [Glob] = []
    var excluded: [Glob] = []
    for pattern in patterns {
      if pattern.hasPrefix("!") {
        excluded.append(try Glob(Self.full(String(pattern.dropFirst()))))
      } else {
        included.append(try Glob(Self.full(pattern)))
      }
    }
    guard !included.isEmpty else {
      throw Glob.Fault(words: "list selects nothing: every pattern starts with `!`")
    }
    (self.included, self.excluded) = (included, excluded)
  }

  /// Whether `name` is selected.
  public func contains(_ name: RefName) -> Bool {
    included.contains { $0.matches(name.bytes) } && !excluded.contains { $0.matches(name.bytes) }
  }

  /// Whether `name` is selected by a pattern that writes its place out, as `refs/notes/**` does for
  /// refs/notes/ci and `refs/**` does not.
  public func opens(_ name: RefName) -> Bool {
    guard contains(name) else { return false }
    let parts = name.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count >= 3 else { return false }
    // `refs/`, the part behind it, and the slash that ends that.
    let place = parts[0].count + 1 + parts[1].count + 1
    return included.contains { $0.matches(name.bytes, literallyUpTo: place) }
  }

  private static func full(_ pattern: String) -> String {
    pattern.hasPrefix("refs/") ? pattern : "refs/heads/" + pattern
  }
}
