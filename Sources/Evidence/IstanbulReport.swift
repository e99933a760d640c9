import GitModel

/// Counts Istanbul's `coverage-final.json` (SPECS.md 0 and 3.7): statements, functions, the arms of
/// branches, and lines as istanbul-lib-coverage tells them: a statement stands for the line that it
/// starts on, and a line has the largest count of its statements. A map `l`, which old versions
/// write, is the lines itself.
///
/// The map of files may lie in another object, as `jest --json` writes it, and may be one file alone.
struct IstanbulReport {
  private let json: JSONReader
  private var tally: CoverageTally
  private var others: [CoverageUnit: Ratio] = [:]
  private var branches = Ratio.empty

  /// Reads a document to its end.
  init(_ json: JSONReader, limits: ReportLimits) throws(JSONFault) {
    self.json = json
    tally = CoverageTally(limits)
    try json.enterObject()
    var file = File()
    var (hasMap, hasFiles, isFile) = (false, false, false)
    var other: Bytes?
    while let name = try json.nextName() {
      switch name {
      case "coverageMap", "map", "data", "result":
        guard try json.kind() == .object else {
          try json.skip()
          continue
        }
        hasMap = true
        try readMap()
      case _ where File.isPart(name):
        isFile = true
        try file.read(name, json)
      case _ where try json.kind() == .object:
        if try readFile(name) { hasFiles = true } else { other = name }
      default: try json.skip()
      }
    }
    guard [hasMap, hasFiles, isFile].count(where: { $0 }) == 1 else {
      throw json.fault(
        hasMap || hasFiles || isFile
          ? "holds coverage of Istanbul in more than one shape" : "holds no coverage of Istanbul")
    }
    if isFile { try take(file, file.path) }
    if hasFiles, let other { throw json.fault(Self.noCoverage(of: other)) }
    try json.end()
  }

  var figures: CoverageFigures {
    var figures = CoverageFigures(detail: tally.detail)
    figures.branches = branches.isEmpty ? nil : branches
    figures.others = others.filter { !$0.value.isEmpty }
    return figures
  }

  private static func noCoverage(of path: Bytes) -> String {
    "has no coverage of the file '\(Bytes(path.prefix(80)).printable)'"
  }

  private mutating func readMap() throws(JSONFault) {
    try json.enterObject()
    while let path = try json.nextName() {
      guard try readFile(path) else {
        throw json.fault(Self.noCoverage(of: path))
      }
    }
  }

  /// Reads the value of a member as a file; false if it is none.
  private mutating func readFile(_ path: Bytes) throws(JSONFault) -> Bool {
    var file = File()
    try json.enterObject()
    while let name = try json.nextName() {
      if File.isPart(name) { try file.read(name, json) } else { try json.skip() }
    }
    guard file.hasStatements else { return false }
    try take(file, path)
    return true
  }

  private mutating func take(_ file: File, _ path: Bytes) throws(JSONFault) {
    guard file.hasStatements else { throw json.fault("holds no statements of a file") }
    guard let opened = tally.open(path) else { throw json.fault(tally.refusal(of: path)) }
    guard !opened.isKnown else { throw json.fault("has the file '\(path.printable)' twice") }
    var lines = CoveredLines()
    for (name, isHit) in file.statements {
      guard let line = file.statementLines[name] else {
        throw json.fault("counts a statement of '\(path.printable)' that is not in its map")
      }
      if file.lines == nil { lines.note(line: line, isHit: isHit) }
    }
    guard file.statements.count == file.statementLines.count else {
      throw json.fault("has statements of '\(path.printable)' without a count")
    }
    for (line, isHit) in file.lines ?? [:] { lines.note(line: line, isHit: isHit) }
    var pairs: [Int: Ratio] = [:]
    for (name, arms) in file.branches {
      guard let line = file.branchLines[name] else {
        throw json.fault("counts a branch of '\(path.printable)' that is not in its map")
      }
      pairs[line, default: .empty] = pairs[line, default: .empty] + arms
      branches = branches + arms
    }
    guard file.branches.count == file.branchLines.count else {
      throw json.fault("has branches of '\(path.printable)' without a count")
    }
    for (line, pair) in pairs { lines.note(line: line, branches: pair) }
    tally.set(opened.index, lines)
    others[.statements, default: .empty] =
      others[.statements, default: .empty] + Self.ratio(file.statements.values)
    others[.functions, default: .empty] =
      others[.functions, default: .empty] + Self.ratio(file.functions.values)
  }

  private static func ratio(_ hits: some Collection<Bool>) -> Ratio {
    Ratio(counted: hits.count { $0 }, of: hits.count)
  }
}

extension IstanbulReport {
  /// One file as it stands in the report.
  private struct File {
    var path: Bytes = []
    var hasStatements = false
    /// Where each statement and branch starts, by its id.
    var statementLines: [Bytes: Int] = [:]
    var branchLines: [Bytes: Int] = [:]
    /// Whether each statement and function was hit, and how many arms of each branch, by its id.
    var statements: [Bytes: Bool] = [:]
    var functions: [Bytes: Bool] = [:]
    var branches: [Bytes: Ratio] = [:]
    /// Whether each line was hit, where the report says so itself.
    var lines: [Int: Bool]?

    static func isPart(_ name: Bytes) -> Bool {
      switch name {
      case "path", "statementMap", "branchMap", "s", "f", "b", "l": true
      default: false
      }
    }

    mutating func read(_ name: Bytes, _ json: JSONReader) throws(JSONFault) {
      switch name {
      case "path": path = try json.string()
      case "statementMap": statementLines = try Self.starts(json)
      case "branchMap": branchLines = try Self.starts(json)
      case "s":
        hasStatements = true
        statements = try Self.hits(json)
      case "f": functions = try Self.hits(json)
      case "b": branches = try Self.arms(json)
      default:
        lines = [:]
        for (name, isHit) in try Self.hits(json) {
          guard let line = Decimal.line(name[...]) else {
            throw json.fault("gives '\(Bytes(name.prefix(40)).printable)' as a line number")
          }
          lines?[line] = isHit
        }
      }
    }

    private static func hits(_ json: JSONReader) throws(JSONFault) -> [Bytes: Bool] {
      var hits: [Bytes: Bool] = [:]
      try json.enterObject()
      while let name = try json.nextName() { hits[name] = try json.isPositive() }
      return hits
    }

    private static func arms(_ json: JSONReader) throws(JSONFault) -> [Bytes: Ratio] {
      var branches: [Bytes: Ratio] = [:]
      try json.enterObject()
      while let name = try json.nextName() {
        var arms = Ratio.empty
        try json.enterArray()
        while try json.nextElement() {
          arms = arms + Ratio(counted: try json.isPositive() ? 1 : 0, of: 1)
        }
        branches[name] = arms
      }
      return branches
    }

    /// The line on which each entry of a map starts: `start.line` of a statement, `loc.start.line` or
    /// `line` of a branch.
    private static func starts(_ json: JSONReader) throws(JSONFault) -> [Bytes: Int] {
      var lines: [Bytes: Int] = [:]
      try json.enterObject()
      while let id = try json.nextName() {
        var line: Int?
        try json.enterObject()
        while let name = try json.nextName() {
          switch name {
          case "start": line = try start(json)
          case "loc":
            try json.enterObject()
            while let name = try json.nextName() {
              if "start" ~= name { line = try start(json) } else { try json.skip() }
            }
          case "line" where line == nil: line = try json.line()
          default: try json.skip()
          }
        }
        guard let line else { throw json.fault("has a statement or branch that starts nowhere") }
        lines[id] = line
      }
      return lines
    }

    private static func start(_ json: JSONReader) throws(JSONFault) -> Int? {
      var line: Int?
      try json.enterObject()
      while let name = try json.nextName() {
        if "line" ~= name { line = try json.line() } else { try json.skip() }
      }
      return line
    }
  }
}
