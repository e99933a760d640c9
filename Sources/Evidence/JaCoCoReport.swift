import GitModel

/// Counts a JaCoCo report (SPECS.md 0 and 3.2): lines, branches and instructions.
///
/// What lies deepest counts: the lines of a source file where their state is written, else its
/// counters, and so up to the report. A counter further up that says something else is refused,
/// because one of the two is not true. A line is covered if one instruction of it was executed.
/// Counters of classes and methods are left out: classes share lines.
final class JaCoCoReport: XMLHandler {
  private enum Kind: Int, CaseIterable { case line, branch, instruction }

  /// An open report, group, package or source file.
  private struct Level {
    let depth: Int
    /// The path of what lies in it.
    let path: Bytes
    /// What its own counters say.
    var claims: [Ratio?] = [nil, nil, nil]
    /// What its parts add up to; nil for none.
    var parts: [Ratio?] = [nil, nil, nil]

    mutating func add(_ part: Ratio, _ kind: Kind) {
      parts[kind.rawValue] = (parts[kind.rawValue] ?? .empty) + part
    }
  }

  private var tally: CoverageTally
  private var levels: [Level] = []
  private var ratios: [Ratio] = []
  private var totals: [Ratio?] = [nil, nil, nil]
  /// Lines of a package or group that names no source file of theirs, by its path.
  private var strays: [Bytes: Ratio] = [:]

  /// The depth of the open class, 0 for none.
  @exclusivity(unchecked) private var classDepth = 0
  /// The open source file; nil for none.
  @exclusivity(unchecked) private var file: Int?
  @exclusivity(unchecked) private var lines = LineTally()
  /// Lines whose state is not written, which gcovr does.
  @exclusivity(unchecked) private var bareLines = LineTally()
  @exclusivity(unchecked) private var lineBranches = Ratio.empty
  @exclusivity(unchecked) private var lineInstructions = Ratio.empty

  init(_ limits: ReportLimits) { tally = CoverageTally(limits) }

  var figures: CoverageFigures {
    let files = tally.byPath(ratios).merging(strays, uniquingKeysWith: +)
      .filter { !$0.value.isEmpty }
    var figures = CoverageFigures(
      lines: totals[Kind.line.rawValue] ?? .empty, branches: totals[Kind.branch.rawValue],
      files: files)
    figures.detail = tally.detail.filter { !$0.value.isEmpty }
    if figures.branches?.isEmpty ?? false { figures.branches = nil }
    figures.others[.instructions] = totals[Kind.instruction.rawValue]
    return figures
  }

  func start(
    _ element: XMLName, _ attributes: XMLAttributes, depth: Int
  ) throws(XMLRefusal) -> Bool {
    if classDepth > 0 { return false }
    if file != nil, element == "line" {
      try note(attributes)
    } else if element == "counter" {
      try count(attributes, depth: depth)
    } else if element == "class" {
      classDepth = depth
    } else if element == "package" || element == "group" || element == "report" {
      guard file == nil else { throw XMLRefusal(words: "has a package inside a source file") }
      let path = depth == 1 ? [] : try Self.name(attributes)
      levels.append(Level(depth: depth, path: join(path)))
    } else if element == "sourcefile" {
      try open(attributes, depth: depth)
    }
    return false
  }

  func end(depth: Int) throws(XMLRefusal) {
    if depth == classDepth {
      classDepth = 0
      return
    }
    guard classDepth == 0, let level = levels.last, level.depth == depth else { return }
    if let file { settle(file) }
    guard let closed = levels.popLast() else { return }
    for kind in Kind.allCases {
      let sum = try total(closed, kind)
      if let sum, !levels.isEmpty { levels[levels.count - 1].add(sum, kind) }
      if levels.isEmpty { totals[kind.rawValue] = sum }
      guard kind == .line, let sum else { continue }
      if let file {
        ratios[file] = sum
      } else if closed.parts[kind.rawValue] == nil, !closed.path.isEmpty {
        strays[closed.path, default: .empty] = strays[closed.path, default: .empty] + sum
      }
    }
    file = nil
  }

  func finish() {}

  private func join(_ name: Bytes) -> Bytes {
    guard let path = levels.last?.path, !path.isEmpty else { return name }
    return name.isEmpty ? path : path + [UInt8(ascii: "/")] + name
  }

  private static func name(_ attributes: XMLAttributes) throws(XMLRefusal) -> Bytes {
    var attributes = attributes
    while let attribute = attributes.next() {
      if attribute.name == "name" {
        return attribute.value.bytes(limit: CoverageTally.pathLimit + 1)
      }
    }
    throw XMLRefusal(words: "has a package or source file without a name")
  }

  private func open(_ attributes: XMLAttributes, depth: Int) throws(XMLRefusal) {
    guard file == nil else { throw XMLRefusal(words: "has a source file inside a source file") }
    let path = join(try Self.name(attributes))
    guard let opened = tally.open(path) else { throw XMLRefusal(words: tally.refusal(of: path)) }
    guard !opened.isKnown else {
      throw XMLRefusal(words: "has the source file '\(path.printable)' twice")
    }
    file = opened.index
    ratios.append(.empty)
    levels.append(Level(depth: depth, path: path))
    lines.clear()
    bareLines.clear()
    (lineBranches, lineInstructions) = (.empty, .empty)
  }

  private func note(_ attributes: XMLAttributes) throws(XMLRefusal) {
    var number: Int?
    var (missed, covered): (Int?, Int?)
    var (missedBranches, coveredBranches) = (0, 0)
    var attributes = attributes
    while let attribute = attributes.next() {
      if attribute.name == "nr" {
        number = attribute.value.lineNumber
        if number == nil { throw attribute.value.refusal(as: "line number") }
        continue
      }
      let isKnown =
        attribute.name == "mi" || attribute.name == "ci" || attribute.name == "mb"
        || attribute.name == "cb"
      guard isKnown else { continue }
      guard let count = attribute.value.count, count <= Ratio.partLimit else {
        throw attribute.value.refusal(as: "count")
      }
      if attribute.name == "mi" { missed = count }
      if attribute.name == "ci" { covered = count }
      if attribute.name == "mb" { missedBranches = count }
      if attribute.name == "cb" { coveredBranches = count }
    }
    guard let number else { throw XMLRefusal(words: "holds a line without a number") }
    if let covered {
      // Said twice it would count for one line and for two, and JaCoCo says it once.
      guard !lines.knows(line: number) else {
        throw XMLRefusal(words: "has the line \(number) twice in one source file")
      }
      lines.note(line: number, isHit: covered > 0)
      lineInstructions =
        lineInstructions + Ratio(counted: covered, of: covered + (missed ?? 0))
    } else {
      bareLines.note(line: number, isHit: false)
    }
    if missedBranches + coveredBranches > 0 {
      let branches = Ratio(counted: coveredBranches, of: missedBranches + coveredBranches)
      lines.note(line: number, branches: branches)
      lineBranches = lineBranches + branches
    }
  }

  private func count(_ attributes: XMLAttributes, depth: Int) throws(XMLRefusal) {
    guard let last = levels.indices.last, levels[last].depth == depth - 1 else { return }
    var kind: Kind?
    var (missed, covered): (Int?, Int?)
    var attributes = attributes
    while let attribute = attributes.next() {
      if attribute.name == "type" {
        switch String(decoding: attribute.value.bytes(limit: 20), as: UTF8.self) {
        case "LINE": kind = .line
        case "BRANCH": kind = .branch
        case "INSTRUCTION": kind = .instruction
        default: return
        }
      } else if attribute.name == "missed" || attribute.name == "covered" {
        guard let count = attribute.value.count, count <= Ratio.partLimit else {
          throw attribute.value.refusal(as: "count")
        }
        if attribute.name == "missed" { missed = count } else { covered = count }
      }
    }
    guard let kind, let missed, let covered,
      let ratio = Ratio(covered: covered, valid: missed + covered)
    else { throw XMLRefusal(words: "holds a counter without its type and two counts") }
    guard levels[last].claims[kind.rawValue] == nil else {
      throw XMLRefusal(words: "has the same counter twice in one place")
    }
    levels[last].claims[kind.rawValue] = ratio
  }

  /// Makes the lines of the open source file its parts.
  private func settle(_ file: Int) {
    let last = levels.count - 1
    let claim = levels[last].claims[Kind.line.rawValue]
    lines.settle()
    bareLines.settle()
    // Without a counter nothing speaks for these lines, so they are not covered.
    if claim == nil { lines.merge(bareLines.noted) }
    if claim == nil || bareLines.isEmpty {
      if !lines.noted.isEmpty { levels[last].add(lines.noted.lines, .line) }
    }
    if !lineBranches.isEmpty { levels[last].add(lineBranches, .branch) }
    if levels[last].claims[Kind.instruction.rawValue] == nil, !lineInstructions.isEmpty {
      levels[last].add(lineInstructions, .instruction)
    }
    tally.exchange(file, with: &lines)
  }

  private func total(_ level: Level, _ kind: Kind) throws(XMLRefusal) -> Ratio? {
    guard let parts = level.parts[kind.rawValue] else { return level.claims[kind.rawValue] }
    guard let claim = level.claims[kind.rawValue], claim != parts else { return parts }
    throw XMLRefusal(
      words: "contradicts itself: a counter says that \(claim.covered) of \(claim.valid) "
        + "\(kind)\(kind == .branch ? "es" : "s") are covered, and its parts \(parts.covered) of "
        + "\(parts.valid)")
  }
}
