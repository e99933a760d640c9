/// One trailer: `Key: value`.
public struct Trailer: Hashable, Sendable {
  /// The key as written.
  public let key: Bytes
  /// The value, unfolded and trimmed.
  public let value: Bytes
  /// The line of the message on which it starts, counted from 1.
  public let line: Int

  /// A trailer from its parts.
  public init(key: Bytes, value: Bytes, line: Int) {
    (self.key, self.value, self.line) = (key, value, line)
  }

  /// Whether the key is `other`, capitals and small ASCII letters being the same, as they are for
  /// git.
  public func isKey(_ other: Bytes) -> Bool { key.equalsIgnoringASCIICase(other) }
}

/// The trailers of a commit message exactly as `git log --format=%(trailers:only,unfold)` reads them
/// (git's trailer.c with no trailer configuration, comment character `#`, no divider).
///
/// A trailer is a claim: whoever made the commit typed it.
public struct TrailerBlock: Hashable, Sendable {
  /// The trailers in order; empty when the message has no block.
  public let trailers: [Trailer]

  /// Reads `message`, which is everything after the blank line of a commit or tag.
  public init(message: BytesSlice) {
    let lines = MessageLines(message)
    trailers = lines.trailers(in: lines.block)
  }

  /// The lines of `message` between its title and its trailers.
  public static func body(of message: BytesSlice) -> BytesSlice {
    let lines = MessageLines(message)
    return lines.text(of: lines.titleEnd..<max(lines.titleEnd, lines.block.lowerBound))
  }

  /// Reads every line of `message` that starts with `Key:` as a trailer, in whatever paragraph.
  ///
  /// Squash merges and quotations carry other people's lines in the body, so this is only for a
  /// policy that says `loose: true`.
  public init(loose message: BytesSlice) {
    let lines = MessageLines(message)
    trailers = lines.trailers(in: lines.lookedAt, blankEnds: true)
  }

  /// The trailers with this key, whatever its capitals.
  public func trailers(for key: Bytes) -> [Trailer] { trailers.filter { $0.isKey(key) } }
}

/// A commit message as git's trailer.c walks it. All positions are indices of lines; the first line
/// that is not blank has index 0.
struct MessageLines {
  /// The text up to the first NUL, which ends it for git.
  private let text: BytesSlice
  /// Where each line starts, and at last the end of the text.
  private var starts: [Int] = []
  /// How many blank lines stand before the line with index 0.
  private var skipped = 0
  /// Where the part that git looks at ends: at a scissors line, or after the last line.
  private(set) var cutoff = 0
  /// Where a trailer block would end: before the comments, the empty lines and the list of conflicts
  /// at the end.
  private(set) var end = 0
  /// Where the first paragraph ends, which is the title and never holds trailers.
  private(set) var titleEnd = 0

  init(_ message: BytesSlice) {
    text = message.firstIndex(of: 0).map { message[..<$0] } ?? message
    findLines()
    findEnd()
    titleEnd = (0..<end).first { !isComment($0) && isBlank($0) } ?? end
  }

  /// How many lines there are.
  var count: Int { starts.count - 1 }

  /// The lines that git looks at, the title included.
  var lookedAt: Range<Int> { 0..<cutoff }

  /// A line with its LF, if it has one.
  func line(_ index: Int) -> BytesSlice { text[starts[index]..<starts[index + 1]] }

  /// The lines of a range as one.
  func text(of range: Range<Int>) -> BytesSlice {
    text[starts[range.lowerBound]..<starts[range.upperBound]]
  }

  /// The number of a line in the whole message, counted from 1.
  func number(_ index: Int) -> Int { index + skipped + 1 }

  func isBlank(_ index: Int) -> Bool { line(index).allSatisfy(\.isGitSpace) }

  func isComment(_ index: Int) -> Bool { line(index).first == UInt8(ascii: "#") }

  /// Whether the line is continuation material: it starts with white space or is empty.
  func isIndented(_ index: Int) -> Bool { line(index).first?.isGitSpace ?? false }

  // MARK: git's algorithm

  private mutating func findLines() {
    starts.reserveCapacity(text.count / 24 + 2)
    var start = text.startIndex
    var rest = text
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      // pretty.c, skip_blank_lines: trailers are looked for from the subject on.
      if starts.isEmpty, text[start..<end].allSatisfy(\.isGitSpace) {
        skipped += 1
      } else {
        starts.append(start)
      }
      start = end + 1
      rest = text[start...]
    }
    if !rest.isEmpty, !starts.isEmpty || !rest.allSatisfy(\.isGitSpace) { starts.append(start) }
    starts.append(text.endIndex)
  }

  private static let scissors = Bytes(
    "# ------------------------ >8 ------------------------\n".utf8)
  private static let conflicts = Bytes("Conflicts:\n".utf8)

  /// wt-status.c, wt_status_locate_end, and commit.c, ignore_non_trailer.
  private mutating func findEnd() {
    // Index 0 means "no run" as it does for git, so a comment on the first line never starts one.
    var startOfRun = 0
    var inConflicts = false
    cutoff = count
    for index in 0..<count {
      let line = line(index)
      if line.first == UInt8(ascii: "#") {
        if line.elementsEqual(Self.scissors) {
          cutoff = index
          break
        }
        if startOfRun == 0 { startOfRun = index }
      } else if line.first == UInt8(ascii: "\n") {
        if startOfRun == 0 { startOfRun = index }
      } else if line.first == UInt8(ascii: "C"), line.elementsEqual(Self.conflicts) {
        inConflicts = true
        if startOfRun == 0 { startOfRun = index }
      } else if inConflicts, line.first == UInt8(ascii: "\t") {
        // A path in the list of conflicts.
      } else if startOfRun != 0 {
        startOfRun = 0
        inConflicts = false
      }
    }
    end = startOfRun == 0 ? cutoff : startOfRun
  }

  private static let generated = [
    Bytes("Signed-off-by: ".utf8), Bytes("(cherry picked from commit ".utf8),
  ]

  /// What trailer.c counts in the last paragraph.
  struct LastParagraph {
    /// The lines; empty when all is title.
    var lines: Range<Int>
    /// Whether these lines are a trailer block.
    var isBlock = false
    /// The lines in it that keep it from being all trailers, in order.
    var others: [Int] = []
  }

  /// trailer.c, find_trailer_start: from the last line upwards to the first blank line.
  var lastParagraph: LastParagraph {
    var paragraph = LastParagraph(lines: end..<end)
    var isRecognised = false
    var trailers = 0
    // Lines that continue a trailer if one stands above them, and else are none.
    var undecided: [Int] = []
    var hasText = false
    var index = end - 1
    while index >= titleEnd {
      defer { index -= 1 }
      let line = line(index)
      if line.first == UInt8(ascii: "#") {
        paragraph.others += undecided
        undecided = []
      } else if isBlank(index) {
        guard hasText else { continue }
        paragraph.others = (paragraph.others + undecided).sorted()
        paragraph.lines = (index + 1)..<end
        paragraph.isBlock =
          isRecognised && trailers * 3 >= paragraph.others.count
          || trailers > 0 && paragraph.others.isEmpty
        return paragraph
      } else {
        hasText = true
        if Self.generated.contains(where: line.starts(with:)) {
          trailers += 1
          undecided = []
          isRecognised = true
        } else if Self.separator(in: line) != nil {
          trailers += 1
          undecided = []
        } else if isIndented(index) {
          undecided.append(index)
        } else {
          paragraph.others.append(index)
          paragraph.others += undecided
          undecided = []
        }
      }
    }
    return paragraph
  }

  /// The lines of the trailer block; empty when there is none.
  var block: Range<Int> {
    let paragraph = lastParagraph
    return paragraph.isBlock ? paragraph.lines : end..<end
  }

  /// trailer.c, find_separator, where it finds one behind a key: ASCII letters, digits and dashes,
  /// then spaces or tabs, then the colon.
  static func separator(in line: BytesSlice) -> Int? {
    var inKey = true
    for index in line.indices {
      let byte = line[index]
      if byte == UInt8(ascii: ":") { return index > line.startIndex ? index : nil }
      if inKey, byte.isKeyByte { continue }
      guard index > line.startIndex, byte == 0x20 || byte == 0x09 else { return nil }
      inKey = false
    }
    return nil
  }

  /// trailer.c, trailer_info_get and parse_trailer. With `blankEnds`, a blank line ends a value, as
  /// it must outside of a block.
  func trailers(in range: Range<Int>, blankEnds: Bool = false) -> [Trailer] {
    var trailers: [Trailer] = []
    var index = range.lowerBound
    while index < range.upperBound {
      defer { index += 1 }
      let line = line(index)
      guard let separator = Self.separator(in: line) else { continue }
      let first = index
      while index + 1 < range.upperBound, isIndented(index + 1),
        !(blankEnds && isBlank(index + 1))
      {
        index += 1
      }
      trailers.append(
        Trailer(
          key: Bytes(line[..<separator].gitTrimmed),
          value: Self.unfolded(text[(separator + 1)..<starts[index + 1]].gitTrimmed),
          line: number(first)))
    }
    return trailers
  }

  /// trailer.c, unfold_value: every LF and the white space after it become one space.
  private static func unfolded(_ value: BytesSlice) -> Bytes {
    guard value.contains(UInt8(ascii: "\n")) else { return Bytes(value) }
    var out = Bytes()
    out.reserveCapacity(value.count)
    var isFolding = false
    for byte in value {
      if isFolding, byte.isGitSpace { continue }
      isFolding = byte == UInt8(ascii: "\n")
      out.append(isFolding ? UInt8(ascii: " ") : byte)
    }
    return Bytes(out[...].gitTrimmed)
  }
}

extension UInt8 {
  /// Whether git lets this byte stand in a trailer's key.
  var isKeyByte: Bool { isASCIILetter || isASCIIDigit || self == UInt8(ascii: "-") }
}

extension BytesSlice {
  /// git's strbuf_trim.
  var gitTrimmed: BytesSlice {
    var slice = self
    while let first = slice.first, first.isGitSpace { slice = slice.dropFirst() }
    while let last = slice.last, last.isGitSpace { slice = slice.dropLast() }
    return slice
  }
}

extension RandomAccessCollection<UInt8> {
  /// Whether the bytes are those of `other`, ASCII capitals and small letters being the same.
  func equalsIgnoringASCIICase(_ other: some RandomAccessCollection<UInt8>) -> Bool {
    count == other.count && elementsEqual(other) { $0.asciiLowercase == $1.asciiLowercase }
  }
}

extension UInt8 {
  /// The small letter of an ASCII capital; any other byte as it is.
  var asciiLowercase: UInt8 {
    self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
  }
}
