import GitModel

/// The coverage of a test run as a predicate of gitrel's own, `urn:gitrel:coverage:v1`
/// (DESIGN.md 6).
///
/// `lines` is always there, because every format has lines or lets them be told; a report that has
/// none all the same is stated as 0 of 0, which meets no threshold. `null` would have to be told
/// apart from a statement that leaves them out. `branches`, `statements`, `instructions`, `regions`
/// and `functions` stand only where the report counts them: absent is not 0 of 0.
public struct CoverageResult: Hashable, Sendable {
  /// The URI of the kind.
  public static let predicateType = "urn:gitrel:coverage:v1"

  /// The figures, without the state of each line.
  public let figures: CoverageFigures
  /// Suite, instant and report files.
  public let run: RecordedRun

  /// The coverage of a run that was read from reports.
  public init(_ figures: CoverageFigures, run: RecordedRun) {
    var totals = CoverageFigures(
      lines: figures.lines, branches: figures.branches, files: figures.files)
    totals.others = figures.others
    self.figures = totals
    self.run = run
  }

  init(_ json: JSONValue?) throws(EvidenceFault) {
    guard let json, json.object != nil else {
      throw EvidenceFault("the coverage has no predicate")
    }
    run = try RecordedRun(own: json, predicate: json)
    guard let lines = json["lines"] else { throw EvidenceFault("the coverage has no 'lines'") }
    let total = try Ratio(lines)
    let branches = try json["branches"].map { value throws(EvidenceFault) in try Ratio(value) }
    var files: [Bytes: Ratio] = [:]
    var sum = Ratio.empty
    if let value = json["files"] {
      guard let members = value.object else {
        throw EvidenceFault("the coverage has 'files' that is no object")
      }
      for member in members {
        let ratio = try Ratio(member.value)
        files[member.name] = ratio
        sum = sum + ratio
      }
    }
    guard files.isEmpty || sum == total else {
      throw EvidenceFault("the coverage contradicts itself: its files do not add up to its lines")
    }
    var figures = CoverageFigures(lines: total, branches: branches, files: files)
    for unit in CoverageUnit.allCases {
      figures.others[unit] = try json[unit.rawValue].map { value throws(EvidenceFault) in
        try Ratio(value)
      }
    }
    self.figures = figures
  }

  var json: JSONValue {
    var members = [JSONMember("lines", figures.lines.json), run.files]
    if let branches = figures.branches { members.append(JSONMember("branches", branches.json)) }
    for unit in CoverageUnit.allCases {
      guard let ratio = figures.others[unit] else { continue }
      members.append(JSONMember(unit.rawValue, ratio.json))
    }
    let files = figures.files.map { JSONMember(name: $0, value: $1.json) }
    members.append(JSONMember("files", .object(files)))
    return .object(members + run.members)
  }
}

extension Ratio {
  fileprivate init(_ json: JSONValue) throws(EvidenceFault) {
    let (covered, valid) = (try json.count("covered"), try json.count("valid"))
    guard let ratio = Ratio(covered: covered, valid: valid) else {
      throw EvidenceFault("the coverage contradicts itself: more covered than there are")
    }
    self = ratio
  }

  fileprivate var json: JSONValue {
    .object([JSONMember("covered", .count(covered)), JSONMember("valid", .count(valid))])
  }
}
