import GitModel

/// The coverage of a test run as a predicate of gitrel's own, `urn:gitrel:coverage:v1`
/// (DESIGN.md 6).
///
/// `lines` is always there, because every format has lines or lets them be told; a report that has
/// none all the same is stated as 0 of 0, which meets no threshold. `null` would have to be told
/// apart from a statement that leaves them out. `branches`, `statements`, `instructions`, `regions`
/// and `functions` stand only where the report counts them: absent is not 0 of 0. `detail` has the state
/// of the lines of each file (`LineRuns`), which not every report knows and older statements do not have.
public struct CoverageResult: Hashable, Sendable {
  /// The URI of the kind.
  public static let predicateType = "urn:gitrel:coverage:v1"

  /// How many bytes the state of all lines may have; files beyond that, in the order of their paths,
  /// are stated by their totals alone.
  public static let detailBytesKept = 3 << 20
  /// How many directories are kept that paths may be relative to, and how long they may be.
  public static let (sourcesKept, sourceBytesKept) = (100, 4096)

  /// The figures, with the state of lines as it is stated.
  public let figures: CoverageFigures
  /// Suite, instant and report files.
  public let run: RecordedRun

  /// The coverage of a run that was read from reports.
  public init(_ figures: CoverageFigures, run: RecordedRun) {
    var totals = CoverageFigures(
      lines: figures.lines, branches: figures.branches, files: figures.files)
    totals.others = figures.others
    totals.sources = Array(
      figures.sources.filter { $0.count <= Self.sourceBytesKept }.prefix(Self.sourcesKept))
    var room = Self.detailBytesKept
    let inOrder = figures.detail.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    for (path, lines) in inOrder {
      let runs = LineRuns(lines)
      room -= runs.text.count + 6 + path.reduce(0) { $0 + ((0x20..<0x7F).contains($1) ? 1 : 6) }
      guard room >= 0 else { break }
      totals.runs[path] = runs
    }
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
    if let detail = json["detail"] {
      guard let members = detail.object else {
        throw EvidenceFault("the coverage has 'detail' that is no object")
      }
      for member in members {
        guard files[member.name] != nil, let text = member.value.string,
          let runs = LineRuns(text: text)
        else {
          throw EvidenceFault(
            "the coverage has 'detail' that states no lines of '\(member.name.printable)'")
        }
        figures.runs[member.name] = runs
      }
    }
    figures.sources = try json.names("sources")
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
    let detail = figures.runs.map { JSONMember(name: $0, value: .string($1.text)) }
    if !detail.isEmpty { members.append(JSONMember("detail", .object(detail))) }
    let sources = figures.sources.map { JSONValue.string($0) }
    if !sources.isEmpty { members.append(JSONMember("sources", .array(sources))) }
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
