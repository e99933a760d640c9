/// A pattern over ref names or paths: anchored at both ends, linear time, no regular expression.
///
/// `*` matches any run of bytes but `/`, `**` any run of bytes, `?` one byte but `/`, `[abc]`,
/// `[a-z]` and `[!a]` one byte of a set, `{a,b}` either of a few literal words. All else is itself.
public struct Glob: Hashable, Sendable {
  /// The pattern as written.
  public let text: String
  private let alternatives: [[Piece]]

  private enum Piece: Hashable, Sendable {
    case literal(UInt8)
    case one
    case set(ranges: [ClosedRange<UInt8>], negated: Bool)
    case run
    case deepRun
  }

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
    var alternatives: [[Piece]] = []
    for words in expanded { alternatives.append(try Self.pieces(of: words)) }
    self.alternatives = alternatives
  }

  /// Whether the whole of `bytes` matches.
  public func matches(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
    let subject = Bytes(bytes)
    return alternatives.contains { Self.match($0, subject) }
  }

  /// Whether the pattern has no wildcard, so that it names one thing.
  public var isLiteral: Bool {
    alternatives.count == 1
      && alternatives[0].allSatisfy { if case .literal = $0 { true } else { false } }
  }

  private static func expand(_ text: Bytes) throws(Fault) -> [Bytes] {
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

  private static func pieces(of text: Bytes) throws(Fault) -> [Piece] {
    var pieces: [Piece] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "*"):
        var stars = 1
        while rest.first == UInt8(ascii: "*") {
          stars += 1
          rest = rest.dropFirst()
        }
        guard stars <= 2 else { throw Fault(words: "has more than two `*` in a row") }
        pieces.append(stars == 1 ? .run : .deepRun)
      case UInt8(ascii: "?"): pieces.append(.one)
      case UInt8(ascii: "["):
        guard let close = rest.firstIndex(of: UInt8(ascii: "]")), close > rest.startIndex else {
          throw Fault(words: "has a `[` without its `]`")
        }
        pieces.append(try set(of: rest[..<close]))
        rest = rest[(close + 1)...]
      case UInt8(ascii: "]"): throw Fault(words: "has a `]` without a `[`")
      default: pieces.append(.literal(byte))
      }
    }
    return pieces
  }

  private static func set(of text: BytesSlice) throws(Fault) -> Piece {
    var rest = text
    let negated = rest.first == UInt8(ascii: "!")
    if negated { rest = rest.dropFirst() }
    var ranges: [ClosedRange<UInt8>] = []
    while let low = rest.popFirst() {
      if rest.first == UInt8(ascii: "-"), let high = rest.dropFirst().first {
        guard low <= high else { throw Fault(words: "has a range that runs backwards in `[ ]`") }
        ranges.append(low...high)
        rest = rest.dropFirst(2)
      } else {
        ranges.append(low...low)
      }
    }
    guard !ranges.isEmpty else { throw Fault(words: "has an empty `[ ]`") }
    return .set(ranges: ranges, negated: negated)
  }

  /// Runs all positions of the pattern side by side, so that the time is pattern length times
  /// subject length whatever the stars.
  private static func match(_ pieces: [Piece], _ subject: Bytes) -> Bool {
    let slash = UInt8(ascii: "/")
    var active = [Bool](repeating: false, count: pieces.count + 1)
    active[0] = true
    func skipRuns(_ states: inout [Bool]) {
      for (position, piece) in pieces.enumerated() where states[position] {
        if piece == .run || piece == .deepRun { states[position + 1] = true }
      }
    }
    skipRuns(&active)
    for byte in subject {
      var next = [Bool](repeating: false, count: pieces.count + 1)
      for (position, piece) in pieces.enumerated() where active[position] {
        switch piece {
        case .literal(let wanted): if byte == wanted { next[position + 1] = true }
        case .one: if byte != slash { next[position + 1] = true }
        case .set(let ranges, let negated):
          if byte != slash, ranges.contains(where: { $0.contains(byte) }) != negated {
            next[position + 1] = true
          }
        case .run: if byte != slash { next[position] = true }
        case .deepRun: next[position] = true
        }
      }
      skipRuns(&next)
      active = next
    }
    return active[pieces.count]
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

  private static func full(_ pattern: String) -> String {
    pattern.hasPrefix("refs/") ? pattern : "refs/heads/" + pattern
  }
}
