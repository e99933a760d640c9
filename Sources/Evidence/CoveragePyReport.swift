import GitModel

/// Counts the JSON report of coverage.py (SPECS.md 0 and 3.6): statements, each a line, and branches
/// where they were measured.
///
/// `executed_lines` may hold lines that are no statements, and nothing tells which, so statements are
/// counted by the summary of each file and held against its lists: what was missed is listed in
/// full, and not more can be covered than was executed. Totals are recounted and must agree. Its
/// percentages mix lines and branches and are left out.
struct CoveragePyReport {
  private struct Counts {
    var (statements, covered, missed): (Int?, Int?, Int?)
    var (branches, coveredBranches): (Int?, Int?)
  }

  private let json: JSONReader
  private var tally: CoverageTally
  private var lines: [Ratio] = []
  private var branches = Ratio.empty

  /// Reads a document to its end.
  init(_ json: JSONReader, limits: ReportLimits) throws(JSONFault) {
    self.json = json
    tally = CoverageTally(limits)
    var (hasMeta, hasFiles) = (false, false)
    var totals: Counts?
    try json.enterObject()
    while let name = try json.nextName() {
      switch name {
      case "meta":
        hasMeta = true
        try json.skip()
      case "files":
        hasFiles = true
        try json.enterObject()
        while let path = try json.nextName() { try readFile(path) }
      case "totals": totals = try readCounts()
      default: try json.skip()
      }
    }
    guard hasMeta, hasFiles, let totals else {
      throw json.fault("is no report of coverage.py: it has no 'meta', 'files' and 'totals'")
    }
    let sum = lines.reduce(.empty, +)
    guard totals.covered == sum.covered, totals.statements == sum.valid,
      (totals.branches ?? 0) == branches.valid, (totals.coveredBranches ?? 0) == branches.covered
    else { throw json.fault("contradicts itself: its totals are not the sum of its files") }
    try json.end()
  }

  var figures: CoverageFigures {
    let sum = lines.reduce(.empty, +)
    var figures = CoverageFigures(
      lines: sum, branches: branches.isEmpty ? nil : branches,
      files: tally.byPath(lines).filter { !$0.value.isEmpty })
    figures.detail = tally.detail.filter { !$0.value.isEmpty }
    figures.others[.statements] = sum
    return figures
  }

  private mutating func readFile(_ path: Bytes) throws(JSONFault) {
    guard let opened = tally.open(path) else { throw json.fault(tally.refusal(of: path)) }
    guard !opened.isKnown else { throw json.fault("has the file '\(path.printable)' twice") }
    var counts: Counts?
    var (executed, missing) = (CoveredLines(), CoveredLines())
    var pairs: [Int: Ratio] = [:]
    var taken = Ratio.empty
    try json.enterObject()
    while let name = try json.nextName() {
      switch name {
      case "executed_lines": executed = try readLines(areHit: true)
      case "missing_lines": missing = try readLines(areHit: false)
      case "executed_branches": taken = taken + (try readBranches(areTaken: true, &pairs))
      case "missing_branches": taken = taken + (try readBranches(areTaken: false, &pairs))
      case "summary": counts = try readCounts()
      default: try json.skip()
      }
    }
    guard let counts, let statements = counts.statements, let covered = counts.covered,
      let ratio = Ratio(covered: covered, valid: statements)
    else { throw json.fault("has no summary of the statements of '\(path.printable)'") }
    let (run, missed) = (executed.lines, missing.lines)
    let all = executed.merged(with: missing)
    guard statements - covered == missed.valid, counts.missed == missed.valid,
      covered <= run.valid, all.lines.valid == run.valid + missed.valid,
      (counts.branches ?? 0) == taken.valid, (counts.coveredBranches ?? 0) == taken.covered
    else {
      throw json.fault(
        "contradicts itself: the summary of '\(path.printable)' does not fit its lines and branches"
      )
    }
    lines.append(ratio)
    branches = branches + taken
    tally.set(opened.index, all)
    for (line, pair) in pairs where line > 0 {
      tally.note(opened.index, line: line, branches: pair)
    }
  }

  private func readLines(areHit: Bool) throws(JSONFault) -> CoveredLines {
    var lines = CoveredLines()
    try json.enterArray()
    while try json.nextElement() { lines.note(line: try json.line(), isHit: areHit) }
    return lines
  }

  /// Branches as pairs of lines; a line below zero is the way in or out of a function.
  private func readBranches(
    areTaken: Bool, _ pairs: inout [Int: Ratio]
  ) throws(JSONFault) -> Ratio {
    var sum = Ratio.empty
    let one = Ratio(counted: areTaken ? 1 : 0, of: 1)
    try json.enterArray()
    while try json.nextElement() {
      var ends: [Int64] = []
      try json.enterArray()
      while try json.nextElement() {
        guard let end = try json.number().integer, ends.count < 2 else {
          throw json.fault("has a branch that is no pair of lines")
        }
        ends.append(end)
      }
      guard ends.count == 2, ends[0] <= Int64(CoveredLines.limit) else {
        throw json.fault("has a branch that is no pair of lines")
      }
      pairs[Int(ends[0]), default: .empty] = pairs[Int(ends[0]), default: .empty] + one
      sum = sum + one
    }
    return sum
  }

  private func readCounts() throws(JSONFault) -> Counts {
    var counts = Counts()
    try json.enterObject()
    while let name = try json.nextName() {
      switch name {
      case "num_statements": counts.statements = try json.count()
      case "covered_lines": counts.covered = try json.count()
      case "missing_lines": counts.missed = try json.count()
      case "num_branches": counts.branches = try json.count()
      case "covered_branches": counts.coveredBranches = try json.count()
      default: try json.skip()
      }
    }
    return counts
  }
}
