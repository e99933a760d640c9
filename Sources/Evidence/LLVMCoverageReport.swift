import GitModel

/// Counts what `llvm-cov export` writes (SPECS.md 0 and 3.5): lines, regions, functions and branches
/// by the summary of each file, because the format has no lines besides; the totals of all files are
/// recounted from these and must agree. The state of each line comes from the segments, as llvm-cov
/// itself tells it; a summary that misses nothing where a segment does is refused.
///
/// The summary counts a line once for every function that it lies in, so it may have more lines than
/// the file.
struct LLVMCoverageReport {
  private static let type = "llvm.coverage.json.export"

  /// What a summary counts, in the order of the names in the file.
  private enum Kind: Int, CaseIterable { case lines, regions, functions, branches }

  private typealias Summary = [Ratio?]

  private let json: JSONReader
  private var tally: CoverageTally
  private var summaries: [Summary] = []
  /// How many lines the segments to come may span.
  private var room: Int

  /// Reads a document to its end.
  init(_ json: JSONReader, limits: ReportLimits) throws(JSONFault) {
    self.json = json
    tally = CoverageTally(limits)
    room = limits.elements
    var (hasData, type, version): (Bool, Bytes, Bytes) = (false, [], [])
    try json.enterObject()
    while let name = try json.nextName() {
      switch name {
      case "data":
        hasData = true
        try json.enterArray()
        while try json.nextElement() { try readData() }
      case "type": type = try json.string()
      case "version": version = try json.string()
      default: try json.skip()
      }
    }
    guard hasData, type.elementsEqual(Self.type.utf8) else {
      throw json.fault("is no export of llvm-cov: its type is not '\(Self.type)'")
    }
    guard version.starts(with: "2.".utf8) || version.starts(with: "3.".utf8) else {
      throw json.fault("is an export of llvm-cov in a version that is not read (2 and 3 are)")
    }
    try json.end()
  }

  var figures: CoverageFigures {
    let sums = Kind.allCases.map { kind in sum(of: kind, in: summaries[...]) }
    let lines = tally.byPath(summaries.map { $0[Kind.lines.rawValue] ?? .empty })
    let branches = sums[Kind.branches.rawValue]
    var figures = CoverageFigures(
      lines: sums[Kind.lines.rawValue], branches: branches.isEmpty ? nil : branches,
      files: lines.filter { !$0.value.isEmpty })
    figures.detail = tally.detail.filter { !$0.value.isEmpty }
    figures.others = [
      .regions: sums[Kind.regions.rawValue], .functions: sums[Kind.functions.rawValue],
    ].filter { !$0.value.isEmpty }
    return figures
  }

  private func sum(of kind: Kind, in summaries: ArraySlice<Summary>) -> Ratio {
    summaries.reduce(.empty) { $0 + ($1[kind.rawValue] ?? .empty) }
  }

  private mutating func readData() throws(JSONFault) {
    let first = summaries.count
    var totals: Summary?
    try json.enterObject()
    while let name = try json.nextName() {
      switch name {
      case "files":
        try json.enterArray()
        while try json.nextElement() { try readFile() }
      case "totals": totals = try readSummary()
      default: try json.skip()
      }
    }
    guard let totals else { return }
    for kind in Kind.allCases {
      let parts = sum(of: kind, in: summaries[first...])
      guard let claim = totals[kind.rawValue], claim != parts else { continue }
      throw json.fault(
        "contradicts itself: its totals say that \(claim.covered) of \(claim.valid) \(kind) are"
          + " covered, and its files \(parts.covered) of \(parts.valid)")
    }
  }

  private mutating func readFile() throws(JSONFault) {
    var path: Bytes?
    var summary: Summary?
    var lines = CoveredLines()
    try json.enterObject()
    while let name = try json.nextName() {
      switch name {
      case "filename": path = try json.string()
      case "summary": summary = try readSummary()
      case "segments": lines = try readSegments()
      default: try json.skip()
      }
    }
    guard let path, let summary, let claim = summary[Kind.lines.rawValue] else {
      throw json.fault("has a file without its name and the summary of its lines")
    }
    guard let opened = tally.open(path) else { throw json.fault(tally.refusal(of: path)) }
    guard !opened.isKnown else { throw json.fault("has the file '\(path.printable)' twice") }
    let counted = lines.lines
    guard claim.isEmpty || claim.covered < claim.valid || counted.covered == counted.valid else {
      throw json.fault(
        "contradicts itself: the summary of '\(path.printable)' misses no line, and its segments "
          + "\(counted.valid - counted.covered)")
    }
    summaries.append(summary)
    tally.set(opened.index, lines)
  }

  private func readSummary() throws(JSONFault) -> Summary {
    var summary: Summary = [nil, nil, nil, nil]
    try json.enterObject()
    while let name = try json.nextName() {
      let kind: Kind
      switch name {
      case "lines": kind = .lines
      case "regions": kind = .regions
      case "functions": kind = .functions
      case "branches": kind = .branches
      default:
        try json.skip()
        continue
      }
      summary[kind.rawValue] = try json.ratio(valid: "count", covered: "covered")
    }
    return summary
  }

  /// Lines from segments: what LLVM's `LineCoverageStats` does.
  private mutating func readSegments() throws(JSONFault) -> CoveredLines {
    var walk = SegmentWalk(room: room)
    try json.enterArray()
    while try json.nextElement() {
      try json.enterArray()
      var (place, isHit) = ([Int](), false)
      var flags: [Bool] = []
      while try json.nextElement() {
        switch place.count + flags.count {
        case 0, 1: place.append(try json.count())
        case 2:
          isHit = try json.isPositive()
          flags.append(isHit)
        default: flags.append(try json.kind() == .bool ? try json.bool() : try json.isPositive())
        }
      }
      guard place.count == 2, (3...4).contains(flags.count) else {
        throw json.fault("has a segment that is no list of five or six values")
      }
      let segment = SegmentWalk.Segment(
        line: place[0], isHit: isHit, hasCount: flags[1], isEntry: flags[2],
        isGap: flags.count == 4 && flags[3])
      guard segment.line <= CoveredLines.limit, walk.take(segment) else {
        throw json.fault("has a segment before the one that precedes it, or too far from it")
      }
    }
    walk.finish()
    room = walk.room
    return walk.lines
  }
}

/// Goes over the segments of a file in their order and tells the state of each line.
private struct SegmentWalk {
  struct Segment {
    let line: Int
    let isHit: Bool
    let hasCount: Bool
    let isEntry: Bool
    let isGap: Bool

    var startsRegion: Bool { !isGap && hasCount && isEntry }
  }

  /// How many lines may still be spanned, so that a few bytes cannot keep the reader busy for ever.
  private(set) var room: Int
  private(set) var lines = CoveredLines()
  /// The last segment of the lines before, which is still open on this one.
  private var wrapped: Segment?
  /// The segments of the current line.
  private var current: [Segment] = []

  init(room: Int) { self.room = room }

  /// Takes the next segment; false if it lies before the last one or too far behind it.
  mutating func take(_ segment: Segment) -> Bool {
    if let last = current.last, last.line != segment.line {
      room -= segment.line - last.line
      guard segment.line > last.line, room >= 0 else { return false }
      finish()
      if last.hasCount {
        for line in (last.line + 1)..<segment.line { lines.note(line: line, isHit: last.isHit) }
      }
    }
    current.append(segment)
    return true
  }

  /// Tells the state of the current line.
  mutating func finish() {
    guard let first = current.first, let last = current.last else { return }
    let starts = current.filter(\.startsRegion)
    let startsSkipped = !first.hasCount && first.isEntry
    let isMapped =
      !startsSkipped && (wrapped?.hasCount ?? false)
      || current.contains { $0.hasCount && $0.isEntry }
    if isMapped {
      let isHit = (wrapped?.isHit ?? false) || starts.contains(where: \.isHit)
      lines.note(line: first.line, isHit: isHit)
    }
    wrapped = last
    current.removeAll(keepingCapacity: true)
  }
}
