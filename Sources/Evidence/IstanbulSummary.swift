import GitModel

/// Counts Istanbul's `coverage-summary.json` (SPECS.md 3.7): lines, statements, functions and
/// branches of each file, as the summary says; it has nothing else, so no line is known. The total is
/// recounted from the files and must agree, and percentages are left out.
struct IstanbulSummary {
  private enum Kind: Int, CaseIterable { case lines, statements, functions, branches }

  private typealias Counts = [Ratio?]

  private let json: JSONReader
  private var tally: CoverageTally
  private var files: [Counts] = []
  private var total: Counts = [nil, nil, nil, nil]

  /// Reads a document to its end.
  init(_ json: JSONReader, limits: ReportLimits) throws(JSONFault) {
    self.json = json
    tally = CoverageTally(limits)
    var claim: Counts?
    try json.enterObject()
    while let path = try json.nextName() {
      let counts = try readCounts()
      if "total" ~= path {
        claim = counts
        continue
      }
      guard counts[Kind.lines.rawValue] != nil else {
        throw json.fault("has no lines of '\(Bytes(path.prefix(80)).printable)'")
      }
      guard let opened = tally.open(path) else { throw json.fault(tally.refusal(of: path)) }
      guard !opened.isKnown else { throw json.fault("has the file '\(path.printable)' twice") }
      files.append(counts)
    }
    for kind in Kind.allCases where !files.isEmpty {
      let sum = files.reduce(.empty) { $0 + ($1[kind.rawValue] ?? .empty) }
      total[kind.rawValue] = sum
      guard let claim = claim?[kind.rawValue], claim != sum else { continue }
      throw json.fault(
        "contradicts itself: its total says that \(claim.covered) of \(claim.valid) \(kind) are"
          + " covered, and its files \(sum.covered) of \(sum.valid)")
    }
    if files.isEmpty, let claim { total = claim }
    guard total[Kind.lines.rawValue] != nil else {
      throw json.fault("is no summary of Istanbul: it has no lines")
    }
    try json.end()
  }

  var figures: CoverageFigures {
    let lines = tally.byPath(files.map { $0[Kind.lines.rawValue] ?? .empty })
    let branches = total[Kind.branches.rawValue] ?? .empty
    var figures = CoverageFigures(
      lines: total[Kind.lines.rawValue] ?? .empty, branches: branches.isEmpty ? nil : branches,
      files: lines.filter { !$0.value.isEmpty })
    figures.others[.statements] = total[Kind.statements.rawValue]
    figures.others[.functions] = total[Kind.functions.rawValue]
    figures.others = figures.others.filter { !$0.value.isEmpty }
    return figures
  }

  private func readCounts() throws(JSONFault) -> Counts {
    var counts: Counts = [nil, nil, nil, nil]
    try json.enterObject()
    while let name = try json.nextName() {
      let kind: Kind
      switch name {
      case "lines": kind = .lines
      case "statements": kind = .statements
      case "functions": kind = .functions
      case "branches": kind = .branches
      default:
        try json.skip()
        continue
      }
      counts[kind.rawValue] = try json.ratio(valid: "total", covered: "covered")
    }
    return counts
  }
}
