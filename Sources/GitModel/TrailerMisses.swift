/// A line that looks like a trailer somebody counts on and is none.
public struct TrailerMiss: Hashable, Sendable {
  /// The line of the message, counted from 1.
  public let line: Int
  /// The key that it looks like, as asked for.
  public let key: Bytes
  /// The line without white space at its ends.
  public let text: Bytes
  /// Why git does not read it as a trailer.
  public let reason: Reason

  /// One sentence for people: line, text and reason.
  public var words: String { "line \(line) \(Self.quoted(text)) does not count: \(reason.words)" }

  /// Why a line is no trailer.
  public enum Reason: Hashable, Sendable {
    /// The key is written with a space or a look-alike character in it.
    case key(written: Bytes, key: Bytes)
    /// It stands behind this character, which breaks lines on a screen and not for git.
    case broken(Unicode.Scalar)
    /// It starts with these marks: those of a list, a quotation, an emphasis.
    case marked(Bytes)
    /// Its colon is this character, which only looks like one.
    case colon(Unicode.Scalar)
    /// It stands below the scissors line with this number.
    case belowScissors(line: Int)
    /// It starts with `#`.
    case comment
    /// It stands in the list of conflicts at the end.
    case conflicts
    /// It stands in the first paragraph, which is the title; `isWholeMessage` when there is no other.
    case title(isWholeMessage: Bool)
    /// It stands before the last paragraph, which starts at this line.
    case earlierParagraph(last: Int)
    /// It starts with white space and so goes on with the value of the trailer above.
    case folded(into: Int)
    /// It starts with white space and no trailer stands above it.
    case indented
    /// It is in the last paragraph, which this line keeps from being a trailer block.
    case notABlock(line: Int, text: Bytes)

    /// One clause for people.
    public var words: String {
      switch self {
      case .key(let written, let key):
        "the key is not \(TrailerMiss.quoted(written)) but \(TrailerMiss.quoted(key))"
      case .broken(let scalar):
        "it stands behind a U+\(Self.hex(scalar)), which ends no line for git"
      case .marked(let marks): "it starts with \(TrailerMiss.quoted(marks))"
      case .colon(let scalar): "its colon is a U+\(Self.hex(scalar)) and not a `:`"
      case .belowScissors(let line): "it is below the scissors on line \(line)"
      case .comment: "it is a comment, because it starts with `#`"
      case .conflicts: "it is in the list of conflicts"
      case .title(true):
        "the message is one paragraph; trailers need an empty line before them"
      case .title(false): "it is in the first paragraph, which is the title"
      case .earlierParagraph(let last):
        "it is not in the last paragraph, which starts on line \(last)"
      case .folded(let line):
        "it starts with white space, which makes it part of the value on line \(line)"
      case .indented: "it starts with white space"
      case .notABlock(let line, let text):
        "line \(line) \(TrailerMiss.quoted(text)) makes this paragraph no trailer block"
      }
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String {
      let digits = String(scalar.value, radix: 16, uppercase: true)
      return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
  }

  /// The bytes in backticks, fit to print, and cut when they are long.
  fileprivate static func quoted(_ bytes: Bytes) -> String {
    let trimmed = bytes[...].gitTrimmed
    return "`\(trimmed.prefix(60).printable)\(trimmed.count > 60 ? "..." : "")`"
  }
}

extension TrailerBlock {
  /// Every line of `message` that looks like `Key: value` for one of `keys` and is not among the
  /// trailers that `TrailerBlock(message:)` reads, with the reason.
  ///
  /// A line looks so with other capitals, with white space or marks such as `#`, `> `, `* ` and `**`
  /// before it, with spaces or look-alike characters in its key, with a colon of another script, and
  /// behind whatever breaks a line on a screen. Lines behind a NUL byte, which the strict reader refuses, are
  /// not looked at.
  public static func misses(in message: BytesSlice, keys: [Bytes]) -> [TrailerMiss] {
    MissFinder(message: message, keys: keys).misses
  }
}

private struct MissFinder {
  private let lines: MessageLines
  private let paragraph: MessageLines.LastParagraph
  private let keys: [Bytes]

  init(message: BytesSlice, keys: [Bytes]) {
    lines = MessageLines(message)
    paragraph = lines.lastParagraph
    self.keys = keys
  }

  var misses: [TrailerMiss] {
    let block = paragraph.isBlock ? paragraph.lines : 0..<0
    var misses: [TrailerMiss] = []
    // The trailer-like line that an indented line would belong to.
    var above: Int?
    for index in 0..<lines.count {
      let line = lines.line(index)
      let isLikeTrailer = MessageLines.separator(in: line) != nil
      if isLikeTrailer {
        above = index
      } else if !lines.isIndented(index) || lines.isBlank(index) {
        above = nil
      }
      for (piece, breaker) in ScreenLines.of(line) {
        guard let found = match(piece) else { continue }
        // What is read as a trailer is no miss.
        if isLikeTrailer, breaker == nil, block.contains(index), found.isExact { continue }
        misses.append(
          TrailerMiss(
            line: lines.number(index), key: found.key, text: Bytes(piece.gitTrimmed),
            reason: breaker.map { .broken($0) } ?? reason(at: index, found, above: above)))
      }
    }
    return misses
  }

  private func reason(at index: Int, _ found: Match, above: Int?) -> TrailerMiss.Reason {
    if index >= lines.cutoff { return .belowScissors(line: lines.number(lines.cutoff)) }
    if lines.isComment(index) { return .comment }
    if !found.marks.isEmpty { return .marked(Bytes(found.marks)) }
    if let colon = found.colon { return .colon(colon) }
    if !found.isExact { return .key(written: Bytes(found.written), key: found.key) }
    if index >= lines.end { return .conflicts }
    if index < lines.titleEnd {
      return .title(isWholeMessage: (lines.titleEnd..<lines.end).allSatisfy(lines.isBlank))
    }
    if index < paragraph.lines.lowerBound {
      return .earlierParagraph(last: lines.number(paragraph.lines.lowerBound))
    }
    if lines.isIndented(index) {
      return above.map { .folded(into: lines.number($0)) } ?? .indented
    }
    guard let first = paragraph.others.first else {
      // Cannot be: a paragraph of nothing but trailers is a block.
      return .indented
    }
    let text = lines.line(first).prefix(200).gitTrimmed
    return .notABlock(line: lines.number(first), text: Bytes(text))
  }

  /// A key that a line looks like.
  private struct Match {
    /// The key, as asked for.
    let key: Bytes
    /// What stands before it, but for white space.
    let marks: BytesSlice
    /// Everything from there to the colon.
    let written: BytesSlice
    /// What stands for the colon; nil where that is one.
    let colon: Unicode.Scalar?
    /// Whether git would read it as the key, at the start of a line of the block.
    let isExact: Bool
  }

  private func match(_ line: BytesSlice) -> Match? {
    let text = line.drop(while: \.isGitSpace)
    // No key is longer than this, and look-alike characters have at most four bytes.
    let rest = text.drop { !$0.isASCIILetter && !$0.isASCIIDigit && $0 < 0x80 }
    let head = rest.prefix(4 * (keys.lazy.map(\.count).max() ?? 0) + 16)
    guard let (end, colon) = LookAlike.colon(in: head) else { return nil }
    let written = head[..<end].gitTrimmed
    let bare = LookAlike.bare(written)
    guard let key = keys.first(where: { LookAlike.isLike(bare, $0) }) else { return nil }
    return Match(
      key: key, marks: text[..<rest.startIndex].gitTrimmed, written: written,
      colon: colon,
      isExact: colon == nil && rest.startIndex == text.startIndex
        && written.equalsIgnoringASCIICase(key)
    )
  }
}

/// A line as a screen shows it, which may be several.
private enum ScreenLines {
  /// The pieces, each with the character that it stands behind; nil for the first.
  static func of(_ line: BytesSlice) -> [(piece: BytesSlice, breaker: Unicode.Scalar?)] {
    var pieces: [(BytesSlice, Unicode.Scalar?)] = []
    var (start, breaker) = (line.startIndex, Unicode.Scalar?.none)
    var index = line.startIndex
    while index < line.endIndex {
      guard let (scalar, length) = Self.breaker(at: index, in: line) else {
        index += 1
        continue
      }
      pieces.append((line[start..<index], breaker))
      index += length
      (start, breaker) = (index, scalar)
    }
    pieces.append((line[start...], breaker))
    return pieces
  }

  /// The characters that end a line by the Unicode Standard, section 5.8, but for LF.
  private static func breaker(
    at index: Int, in line: BytesSlice
  ) -> (Unicode.Scalar, length: Int)? {
    switch line[index] {
    case 0x0B, 0x0C, 0x0D: return (Unicode.Scalar(line[index]), 1)
    case 0xC2 where line[index...].starts(with: [0xC2, 0x85]): return ("\u{85}", 2)
    case 0xE2 where line[index...].starts(with: [0xE2, 0x80, 0xA8]): return ("\u{2028}", 3)
    case 0xE2 where line[index...].starts(with: [0xE2, 0x80, 0xA9]): return ("\u{2029}", 3)
    default: return nil
    }
  }
}

private enum LookAlike {
  /// Colons of other scripts: full-width, small, modifier letter, ratio, vertical presentation.
  private static let colons: [Unicode.Scalar] = [
    "\u{FF1A}", "\u{FE55}", "\u{A789}", "\u{2236}", "\u{FE13}",
  ]

  /// Where the first colon of any script stands; the character where it is not git's.
  static func colon(in head: BytesSlice) -> (end: Int, colon: Unicode.Scalar?)? {
    for index in head.indices {
      if head[index] == UInt8(ascii: ":") { return (index, nil) }
      guard head[index] >= 0xE0 else { continue }
      let found = colons.first { head[index...].starts(with: String($0).utf8) }
      if let found { return (index, found) }
    }
    return nil
  }

  /// What is written without signs and spaces at its ends: `**Key**`, `• Key`.
  static func bare(_ written: BytesSlice) -> BytesSlice {
    guard let first = written.first, let last = written.last else { return written }
    func isPlain(_ byte: UInt8) -> Bool { byte.isASCIILetter || byte.isASCIIDigit }
    if isPlain(first), isPlain(last) { return written }
    func isSign(_ scalar: Unicode.Scalar) -> Bool {
      if scalar.isASCII { return !isPlain(UInt8(scalar.value)) }
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
        .decimalNumber, .letterNumber, .otherNumber:
        return false
      default: return true
      }
    }
    let scalars = String(decoding: written, as: UTF8.self).unicodeScalars
    let tail = scalars.drop(while: isSign)
    let end = tail.lastIndex { !isSign($0) }.map { tail.index(after: $0) } ?? tail.startIndex
    return Bytes(String(tail[..<end]).utf8)[...]
  }

  /// Whether people would read `written` as `key`: ASCII letters in any capitals, a space or an
  /// underscore for a dash, one character beyond ASCII for a byte, what does not show for nothing.
  static func isLike(_ written: BytesSlice, _ key: Bytes) -> Bool {
    if written.equalsIgnoringASCIICase(key) { return true }
    guard !key.isEmpty else { return false }
    var rest = key[...]
    var same = 0
    for scalar in String(decoding: written, as: UTF8.self).unicodeScalars {
      let byte = UInt8(exactly: scalar.value)
      if let wanted = rest.first, let byte, scalar.isASCII {
        let isDash = wanted == UInt8(ascii: "-") && (byte.isGitSpace || byte == UInt8(ascii: "_"))
        if byte.asciiLowercase == wanted.asciiLowercase || isDash {
          same += isDash ? 0 : 1
          rest = rest.dropFirst()
          continue
        }
      }
      switch scalar.properties.generalCategory {
      case .control, .format, .nonspacingMark, .enclosingMark: continue
      default:
        guard !scalar.isASCII, !rest.isEmpty else { return false }
        rest = rest.dropFirst()
      }
    }
    // A word of as many letters in another script is not the key.
    return rest.isEmpty && same * 2 >= key.count
  }
}
