public import GitModel

/// The state of the lines of one file as a statement has it: runs of lines from line 0 on, each a sign
/// and how many lines it is: `.1+3-2` are a line that nobody knows, three that are covered and two that
/// are not. It stays text, which is small, until somebody asks for some of its lines.
public struct LineRuns: Hashable, Sendable {
  /// The runs as they are written.
  public let text: Bytes

  private static let (unknown, covered, missed) = (
    UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-")
  )

  /// The runs of `lines`.
  public init(_ lines: CoveredLines) {
    var text: Bytes = []
    var (sign, length, next) = (Self.unknown, 0, 0)
    func write() {
      guard length > 0 else { return }
      text.append(sign)
      text += String(length).utf8
    }
    lines.visit { line, isHit in
      if line > next {
        if sign != Self.unknown {
          write()
          (sign, length) = (Self.unknown, 0)
        }
        length += line - next
      }
      let own = isHit ? Self.covered : Self.missed
      if own != sign {
        write()
        (sign, length) = (own, 0)
      }
      length += 1
      next = line + 1
    }
    write()
    self.text = text
  }

  /// Runs from their text; nil unless every one has its sign and its length, and no line is beyond
  /// `CoveredLines.limit`.
  public init?(text: Bytes) {
    var (position, next) = (text.startIndex, 0)
    while position < text.endIndex {
      guard let run = Self.run(in: text, at: &position), run.length > 0 else { return nil }
      next += run.length
      guard next <= CoveredLines.limit + 1 else { return nil }
    }
    self.text = text
  }

  /// What is known of the lines in `ranges`, which are in order and have no line twice.
  public func lines(within ranges: [ClosedRange<Int>]) -> CoveredLines {
    var lines = CoveredLines()
    var (position, next, wanted) = (text.startIndex, 0, ranges[...])
    while let range = wanted.first, position < text.endIndex,
      let run = Self.run(in: text, at: &position)
    {
      var rest = range
      let last = next + run.length - 1
      while rest.lowerBound <= last {
        let from = max(rest.lowerBound, next)
        if run.sign != Self.unknown, from <= min(rest.upperBound, last) {
          for line in from...min(rest.upperBound, last) {
            lines.note(line: line, isHit: run.sign == Self.covered)
          }
        }
        guard rest.upperBound <= last else { break }
        wanted.removeFirst()
        guard let following = wanted.first else { break }
        rest = following
      }
      next = last + 1
    }
    return lines
  }

  /// The run at `position`, which moves behind it; nil where there is none.
  private static func run(
    in text: Bytes, at position: inout Int
  ) -> (sign: UInt8, length: Int)? {
    let sign = text[position]
    guard [unknown, covered, missed].contains(sign) else { return nil }
    position += 1
    let start = position
    var length = 0
    while position < text.endIndex, text[position].isASCIIDigit {
      length = length * 10 + Int(text[position] - UInt8(ascii: "0"))
      position += 1
      // The largest line has ten digits, so that nothing overflows.
      guard position - start <= 10 else { return nil }
    }
    guard position > start, text[start] != UInt8(ascii: "0") else { return nil }
    return (sign, length)
  }
}
