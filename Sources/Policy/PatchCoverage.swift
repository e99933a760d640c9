internal import Evidence
internal import GitModel

/// How much of the lines that an update changes is covered: of those that reports measure.
///
/// The reports of all suites are taken together here: lines are known by file and number, so a line is
/// covered if one suite covers it.
struct PatchCoverage {
  /// The least part.
  let least: Percentage
  /// The files whose lines count, and which a report must measure; nil for those that a report measures
  /// and those that end alike.
  let paths: PathSelection?
  /// How the reports name files.
  let reportPaths: ReportPaths

  /// What is found.
  enum Outcome {
    /// It holds, in these words.
    case holds(String)
    /// It does not.
    case fails([String], [Finding])
    /// It cannot be told.
    case unknown(String)
  }

  func outcome(of patch: PatchReading, _ standing: [Stated<CoverageFigures>]) -> Outcome {
    let means = standing.map { reportPaths.meanings(of: $0.figures, among: patch.namesakes) }
    let names = means.map(Self.byFile)
    let endings = Set(
      standing.flatMap { $0.figures.files.keys.compactMap { PatchReading.ending(of: $0) } })
    var sum = Ratio.empty
    var unmeasured: [Bytes] = []
    var findings: [Finding] = []
    for file in patch.files {
      if let paths, !paths.contains(file.path) { continue }
      // Only what has a new line can lack a test.
      if let lines = file.lines, lines.isEmpty { continue }
      var known: CoveredLines?
      for (position, stated) in standing.enumerated() {
        for name in names[position][file.path] ?? [] {
          if let all = means[position][name], all.count > 1 {
            return .unknown(Self.ambiguous(name, all))
          }
        }
        guard let name = Self.one(of: names[position][file.path] ?? [], for: file.path) else {
          let all = names[position][file.path] ?? []
          if all.isEmpty { continue }
          return .unknown(Self.twice(file.path, all))
        }
        guard let changed = file.lines else {
          return .unknown(
            "\(file.path.printable) is \(file.isTooLarge ? "too large to be compared line by line" : "no text"),"
              + " and a report measures it")
        }
        guard let lines = stated.figures.lines(of: name, within: changed) else {
          return .unknown(
            "suite \(stated.suite.quoted) states no lines of \(file.path.printable),"
              + " so that patch coverage cannot be told")
        }
        known = known?.merged(with: lines) ?? lines
      }
      guard let known else {
        // What only statements measure that do not count is nobody's concern.
        guard paths != nil || PatchReading.ending(of: file.path).map(endings.contains) == true
        else { continue }
        if file.lines != nil || file.isTooLarge { unmeasured.append(file.path) }
        continue
      }
      let ratio = known.lines
      sum = sum + ratio
      if ratio.covered < ratio.valid {
        findings.append(
          Finding(
            file.path.printable,
            "not covered: \(Self.words(known.missed)); \(ratio.covered) of \(ratio.valid)"
              + " changed lines are"))
      }
    }
    var faults: [String] = []
    if !sum.isEmpty, !sum.meets(least) {
      faults.append("changed lines \(sum.words), at least \(least)")
    }
    if let first = unmeasured.first {
      let others = unmeasured.count - 1
      faults.append(
        "no report measures \(first.printable)"
          + (others == 0 ? "" : " and \(counted(others, "other file"))")
          + ", which the push changes")
      findings += unmeasured.map { Finding($0.printable, "measured by no report") }
    }
    if !faults.isEmpty { return .fails(faults, findings) }
    return .holds(
      sum.isEmpty
        ? "no changed line is one that a report measures" : "changed lines \(sum.words)")
  }

  /// Which paths of a report can mean a file.
  private static func byFile(_ meanings: [Bytes: [Bytes]]) -> [Bytes: [Bytes]] {
    var names: [Bytes: [Bytes]] = [:]
    for (name, files) in meanings.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      for file in files { names[file, default: []].append(name) }
    }
    return names
  }

  /// The one path that means `file`: its own before any other.
  private static func one(of names: [Bytes], for file: Bytes) -> Bytes? {
    names.first { $0 == file } ?? (names.count == 1 ? names[0] : nil)
  }

  private static func ambiguous(_ name: Bytes, _ files: [Bytes]) -> String {
    "\(name.printable) of a report could be \(listed(files.sorted { $0.lexicographicallyPrecedes($1) }.prefix(3).map(\.printable), "or"));"
      + " `report-paths` can tell which"
  }

  private static func twice(_ file: Bytes, _ names: [Bytes]) -> String {
    "\(file.printable) could be \(listed(names.prefix(3).map(\.printable), "or")) of one report;"
      + " `report-paths` can tell which"
  }

  /// `3, 5-9 and 2 more`, the first ten.
  private static func words(_ ranges: [ClosedRange<Int>]) -> String {
    let shown = ranges.prefix(10).map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
    }
    let more = ranges.dropFirst(10).reduce(0) { $0 + $1.count }
    return (ranges.count == 1 && ranges[0].count == 1 ? "line " : "lines ")
      + shown.joined(separator: ", ") + (more == 0 ? "" : " and \(more) more")
  }
}
