// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

public import Evidence
public import GitModel

/// The tests of the exact tree cover enough of it.
///
/// Figures are compared as whole numbers, never as rounded percentages. Where several suites state
/// coverage, each must hold: their lines are not known to be the same lines.
public struct Coverage: Rule {
  public static let id: RuleID = "coverage"
  public static let summary = "the tests of this exact tree cover enough of it"

  /// The least part of lines.
  public let line: Percentage?
  /// The least part of branches, where the report knows branches.
  public let branch: Percentage?
  /// How far line coverage may fall below that of the commit that the ref has.
  public let drop: Percentage?
  /// The least part of what a format counts besides lines and branches.
  public let units: [(unit: CoverageUnit, least: Percentage)]
  /// What is asked of the lines that the update changes.
  let patch: PatchCoverage?
  /// The least part of lines of the files that a pattern matches, taken together.
  public let paths: [(pattern: Glob, line: Percentage)]
  /// Whose statements count.
  public let trust: StatementTrust

  public init(from reader: SettingsReader, context: PolicyContext) {
    line = reader.node("line").flatMap { reader.percentage(of: $0, for: "line") }
    branch = reader.node("branch").flatMap { reader.percentage(of: $0, for: "branch") }
    drop = reader.node("drop").flatMap { reader.percentage(of: $0, for: "drop") }
    paths = reader.entries("paths").compactMap { entry in
      let glob = reader.problems.noting(at: entry.position, "the pattern \(entry.key.quoted)") {
        () throws(Glob.Fault) in try Glob(entry.key)
      }
      guard let glob, let line = reader.percentage(of: entry.node, for: entry.key) else {
        return nil
      }
      return (glob, line)
    }
    trust = StatementTrust(from: reader, context: context)
    units = CoverageUnit.allCases.compactMap { unit in
      reader.node(unit.rawValue).flatMap { reader.percentage(of: $0, for: unit.rawValue) }
        .map { (unit, $0) }
    }
    let patchPaths = reader.paths("patch-paths")
    let reportPaths = ReportPaths(reader, "report-paths")
    patch = reader.node("patch").flatMap { reader.percentage(of: $0, for: "patch") }.map {
      PatchCoverage(least: $0, paths: patchPaths?.selection, reportPaths: reportPaths)
    }
    if reader.node("patch") == nil {
      for key in ["patch-paths", "report-paths"] {
        guard let node = reader.node(key) else { continue }
        reader.problems.add(
          "`\(key)` is there without `patch`", at: node.position, hint: "write `patch: 85%`")
      }
    }
    if line == nil, branch == nil, drop == nil, paths.isEmpty, units.isEmpty, patch == nil {
      reader.problems.add(
        "`coverage` asks for nothing", at: reader.position,
        hint: "write `coverage: {line: 80%}`")
    }
  }

  public var needs: Needs {
    var needs = Needs(drop == nil ? [.target, .evidence] : [.target, .evidence, .baseEvidence])
    needs.patch = patch.map { PatchSearch(paths: $0.paths) }
    return needs
  }

  /// Whether only changed lines are asked for.
  private var asksForPatchAlone: Bool {
    line == nil && branch == nil && drop == nil && paths.isEmpty && units.isEmpty
  }

  public func judge(_ matter: Matter) -> Verdict {
    guard matter.update.kind != .delete else { return .notApplicable("a deletion covers nothing") }
    if asksForPatchAlone, !matter.update.name.isBranch {
      return .notApplicable("no line is new with a tag, and only new lines are asked for")
    }
    return matter.facts.evidence.judged { evidence in
      let sorted = trust.standing(evidence.coverage)
      if let doubt = sorted.doubt { return .indeterminate(doubt) }
      let standing = sorted.counted
      let wanted = trust.words(matter.people)
      guard !standing.isEmpty else {
        return .violated(
          .missing(
            "coverage", evidence, attest: "--coverage <FILE>", matter, wanted: wanted,
            others: sorted.others))
      }
      var faults: [String] = []
      for stated in standing {
        let suite = standing.count > 1 ? "suite `\(stated.suite.cut(to: 60))`: " : ""
        faults += self.faults(of: stated.figures).map { suite + $0 }
      }
      if let drop {
        switch matter.facts.baseEvidence {
        case .known(nil): break
        case .known(.some(let base)):
          let before = trust.standing(base.coverage)
          if let doubt = before.doubt { return .indeterminate(doubt) }
          faults += falls(standing, from: before.counted, of: base.tree, by: drop)
        case .unknown(let why): return .indeterminate(why)
        case .notGathered:
          return .indeterminate(
            "the coverage before the push was not gathered; this is a fault in gitrel")
        }
      }
      var words = standing.map(\.figures.words)
      var findings =
        standing.map { Finding($0.suite, "\($0.figures.words); \($0.source)") } + sorted.others
      if let patch, matter.update.name.isBranch {
        switch matter.facts.patch {
        case .known(let reading):
          switch patch.outcome(of: reading, standing) {
          case .holds(let holds): words.append(holds)
          case .fails(let more, let files):
            faults += more
            findings += files
          case .unknown(let why): return .indeterminate(why)
          }
        case .unknown(let why): return .indeterminate(why)
        case .notGathered: return .indeterminate(Fact<Never>.faultWords)
        }
      }
      guard faults.isEmpty else { return .violated(.thin(faults, wanted: wanted, findings)) }
      let summary = words.joined(separator: "; ")
      return .satisfied(summary, findings)
    }
  }

  private func faults(of figures: CoverageFigures) -> [String] {
    var faults: [String] = []
    if figures.lines.valid == 0 {
      faults.append("nothing was measured: 0 lines")
    } else if let line, !figures.lines.meets(line) {
      faults.append("lines \(figures.lines.words), at least \(line)")
    }
    if let branch {
      if let branches = figures.branches, branches.valid > 0 {
        if !branches.meets(branch) {
          faults.append("branches \(branches.words), at least \(branch)")
        }
      } else {
        faults.append("the report measures no branches, at least \(branch) is asked for")
      }
    }
    for (unit, least) in units {
      guard let ratio = figures.others[unit], !ratio.isEmpty else {
        faults.append("the report counts no \(unit.rawValue), at least \(least) is asked for")
        continue
      }
      if !ratio.meets(least) {
        faults.append("\(unit.rawValue) \(ratio.words), at least \(least)")
      }
    }
    for (pattern, least) in paths {
      let sum = figures.files.filter { pattern.matches($0.key) }.values.reduce(.empty, +)
      if sum.valid == 0 {
        faults.append("\(pattern.text): no measured file matches")
      } else if !sum.meets(least) {
        faults.append("\(pattern.text): lines \(sum.words), at least \(least)")
      }
    }
    return faults
  }

  /// Falls of more than `drop`, suite by suite; a suite that is new has nothing to fall from.
  private func falls(
    _ standing: [Stated<CoverageFigures>], from before: [Stated<CoverageFigures>],
    of tree: ObjectID, by drop: Percentage
  ) -> [String] {
    guard !before.isEmpty else {
      return [
        "no coverage\(trust.trust == .signed ? " that counts" : "") is stated about the tree \(tree.short), which the ref has now,"
          + " so a fall cannot be told"
      ]
    }
    // Leaving out a suite would be the easiest way to lose what only it covers.
    let gone = Set(before.map(\.suite)).subtracting(standing.map(\.suite)).sorted()
    return gone.map { "suite `\($0.cut(to: 60))` was stated before and is not now" }
      + standing.compactMap { stated in
        guard let old = before.first(where: { $0.suite == stated.suite })?.figures.lines,
          stated.figures.lines.fell(from: old, byMoreThan: drop) ?? true
        else { return nil }
        return "lines fell from \(old.words) to \(stated.figures.lines.words), more than \(drop)"
      }
  }
}

extension CoverageFigures {
  var words: String {
    "lines \(lines.words)" + (branches.map { $0.valid > 0 ? ", branches \($0.words)" : "" } ?? "")
  }
}

extension Ratio {
  /// `79.95% (1599 of 2000)`, cut and never rounded up, so that too little never looks enough.
  var words: String {
    "\(roundedDown.map { "\($0) (" } ?? "")\(covered) of \(valid)\(isEmpty ? "" : ")")"
  }
}

extension Explanation {
  fileprivate static func thin(
    _ faults: [String], wanted: String?, _ findings: [Finding]
  ) -> Explanation {
    Explanation(
      faults.joined(separator: "; "), expected: wanted, findings: findings,
      mend: .attest(
        options: "--coverage <FILE>", commit: "HEAD",
        words: "after tests are added, committed and run"))
  }
}
