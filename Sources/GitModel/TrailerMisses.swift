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
  /// A line looks so with other capitals, with white space or `#` before it, with spaces or
  /// look-alike characters in its key. Lines behind a NUL byte, which the strict reader refuses, are
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
      guard let (key, written) = match(line) else { continue }
      if isLikeTrailer, block.contains(index), written.equalsIgnoringASCIICase(key) { continue }
      let reason = reason(at: index, key: key, written: written, above: above)
      misses.append(
        TrailerMiss(
          line: lines.number(index), key: key, text: Bytes(line.gitTrimmed), reason: reason))
    }
    return misses
  }

  private func reason(
    at index: Int, key: Bytes, written: BytesSlice, above: Int?
  ) -> TrailerMiss.Reason {
    if index >= lines.cutoff { return .belowScissors(line: lines.number(lines.cutoff)) }
    if lines.isComment(index) { return .comment }
    if !written.equalsIgnoringASCIICase(key) {
      return .key(written: Bytes(written), key: key)
    }
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

  /// The key that the line looks like, and how it is written there.
  private func match(_ line: BytesSlice) -> (key: Bytes, written: BytesSlice)? {
    var rest = line.drop(while: \.isGitSpace)
    if rest.first == UInt8(ascii: "#") {
      rest = rest.drop { $0 == UInt8(ascii: "#") }.drop(while: \.isGitSpace)
    }
    // No key is longer than this, and look-alike characters have at most four bytes.
    let head = rest.prefix(4 * (keys.lazy.map(\.count).max() ?? 0) + 16)
    guard let colon = head.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let written = head[..<colon].gitTrimmed
    for key in keys where LookAlike.isLike(written, key) { return (key, written) }
    return nil
  }
}

private enum LookAlike {
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
