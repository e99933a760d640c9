import GitModel

/// Counts a cover profile of Go (SPECS.md 0 and 3.8): statements, weighted by block as
/// `go tool cover` does, and the lines that the blocks span.
///
/// A block that comes more than once (`-coverpkg`, profiles behind each other) counts once, and is
/// covered if one of its counts is not zero. A line is covered if one of the blocks on it is. The
/// format has no end, so a profile that lost whole lines cannot be told from a whole one.
struct GoCoverReport {
  private struct Block: Hashable {
    let (startLine, startColumn, endLine, endColumn): (Int32, Int32, Int32, Int32)
  }

  private struct State {
    let statements: Int
    var isHit: Bool
  }

  private static let statementLimit = 1 << 31

  private var tally: CoverageTally
  private var blocks: [[Block: State]] = []
  private var count = 0

  /// Reads a profile to its end.
  init(_ lines: inout LineReader, limits: ReportLimits) throws(ReportFault) {
    tally = CoverageTally(limits)
    while let line = try lines.next() {
      var line = line[...]
      if lines.number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
      if line.starts(with: "mode: ".utf8) {
        switch Bytes(line.dropFirst(6)) {
        case "set", "count", "atomic": continue
        default: throw lines.fault("has a mode that is none of set, count and atomic")
        }
      }
      guard lines.number > 1 else {
        throw lines.fault("is no cover profile of Go: its first line is no mode")
      }
      // Some tools leave an empty line at the end.
      if line.isEmpty { continue }
      if let words = take(line, limits) { throw lines.fault(words) }
    }
  }

  /// The statements of each file, by path.
  var statements: [Bytes: Ratio] {
    tally.byPath(
      blocks.map { blocks in
        blocks.values.reduce(.empty) {
          $0 + Ratio(counted: $1.isHit ? $1.statements : 0, of: $1.statements)
        }
      })
  }

  var figures: CoverageFigures {
    var figures = CoverageFigures(detail: tally.detail)
    figures.others[.statements] = statements.values.reduce(.empty, +)
    return figures
  }

  /// `file:line.column,line.column statements count`, taken from the right, because a path may hold
  /// anything. Answers what is wrong with the line.
  private mutating func take(_ line: BytesSlice, _ limits: ReportLimits) -> String? {
    let refusal =
      "holds '\(Bytes(line.prefix(80)).printable)', which is no block of a cover profile"
    var rest = line
    guard let count = Self.cut(&rest, at: UInt8(ascii: " ")),
      let isHit = count.allSatisfy(\.isASCIIDigit) ? Decimal.isPositive(count) : nil,
      let statements = Self.cut(&rest, at: UInt8(ascii: " ")).flatMap(Decimal.count),
      let endColumn = Self.cut(&rest, at: UInt8(ascii: ".")).flatMap(Decimal.line),
      let endLine = Self.cut(&rest, at: UInt8(ascii: ",")).flatMap(Decimal.line),
      let startColumn = Self.cut(&rest, at: UInt8(ascii: ".")).flatMap(Decimal.line),
      let startLine = Self.cut(&rest, at: UInt8(ascii: ":")).flatMap(Decimal.line),
      statements < Self.statementLimit, (startLine, startColumn) <= (endLine, endColumn)
    else { return refusal }
    let path = Bytes(rest)
    guard let opened = tally.open(path) else { return tally.refusal(of: path) }
    let file = opened.index
    if !opened.isKnown { blocks.append([:]) }
    let block = Block(
      startLine: Int32(startLine), startColumn: Int32(startColumn), endLine: Int32(endLine),
      endColumn: Int32(endColumn))
    if let known = blocks[file][block] {
      guard known.statements == statements else {
        return "gives a block \(statements) statements that had \(known.statements) before"
      }
      if isHit, !known.isHit { blocks[file][block]?.isHit = true } else { return nil }
    } else {
      self.count += 1
      guard self.count <= limits.parts else { return "names more than \(limits.parts) blocks" }
      blocks[file][block] = State(statements: statements, isHit: isHit)
    }
    guard tally.note(file, lines: startLine...endLine, isHit: isHit) else {
      return "spans more than \(limits.elements) lines"
    }
    return nil
  }

  /// Cuts off what stands behind the last such byte; nil if there is none.
  private static func cut(_ rest: inout BytesSlice, at byte: UInt8) -> BytesSlice? {
    guard let index = rest.lastIndex(of: byte) else { return nil }
    defer { rest = rest[..<index] }
    return rest[(index + 1)...]
  }
}
