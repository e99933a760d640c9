import GitModel

/// What scanners found as a predicate of gitrel's own, `urn:gitrel:scan:v1` (DESIGN.md 6).
public struct ScanResult: Hashable, Sendable {
  /// The URI of the kind.
  public static let predicateType = "urn:gitrel:scan:v1"

  /// The figures.
  public let figures: ScanFigures
  /// Suite, instant and report files.
  public let run: RecordedRun

  /// A scan that was read from reports.
  public init(_ figures: ScanFigures, run: RecordedRun) {
    (self.figures, self.run) = (figures, run)
  }

  init(_ json: JSONValue?) throws(EvidenceFault) {
    guard let json, json.object != nil else { throw EvidenceFault("the scan has no predicate") }
    run = try RecordedRun(own: json, predicate: json)
    var figures = ScanFigures()
    figures.runs = try json.count("runs")
    figures.suppressed = try json.count("suppressed")
    figures.gone = try json.count("gone")
    for tool in try json.names("tools") { figures.note(tool: tool) }
    for fault in try json.names("faults") { figures.note(fault: fault) }
    guard let counts = json["counts"]?.array else {
      throw EvidenceFault("the scan has no 'counts'")
    }
    // A sum of this many counts cannot overflow.
    guard counts.count <= 1000 else { throw EvidenceFault("the scan has more than 1000 'counts'") }
    for count in counts { figures.count(try ScanClass(count), try count.count("count")) }
    guard let findings = json["findings"]?.array else {
      throw EvidenceFault("the scan has no 'findings'")
    }
    var kept: [ScanClass: Int] = [:]
    for finding in findings {
      let finding = try ScanFinding(finding)
      kept[finding.kind, default: 0] += 1
      figures.keep(finding)
    }
    guard kept.allSatisfy({ $0.value <= figures.counts[$0.key] ?? 0 }) else {
      throw EvidenceFault("the scan contradicts itself: more findings than it counts")
    }
    // Whatever the statement says of it, findings that are counted and not listed are left out.
    if figures.total > findings.count { figures.noteLeftOutFindings() }
    self.figures = figures
  }

  var json: JSONValue {
    let counts = figures.counts.sorted { $0.key.spelled < $1.key.spelled }.map {
      JSONValue.object($0.key.members + [JSONMember("count", .count($0.value))])
    }
    let own = [
      JSONMember("runs", .count(figures.runs)),
      JSONMember("tools", .array(figures.tools.map { .string($0) })),
      JSONMember("faults", .array(figures.faults.map { .string($0) })),
      JSONMember("counts", .array(counts)),
      JSONMember("suppressed", .count(figures.suppressed)),
      JSONMember("gone", .count(figures.gone)),
      JSONMember("findings", .array(figures.findings.map(\.json))),
      run.files,
    ]
    return .object(own + run.members)
  }
}

extension ScanClass {
  fileprivate init(_ json: JSONValue) throws(EvidenceFault) {
    self.init(
      level: try json.word("level"), severity: try json.word("severity"),
      baseline: try json.word("baseline"))
    guard level != nil || severity != nil else {
      throw EvidenceFault("the scan has findings with neither level nor severity")
    }
  }

  /// For one order of the same classes.
  fileprivate var spelled: String {
    "\(level?.rawValue ?? "") \(severity?.rawValue ?? "") \(baseline?.rawValue ?? "")"
  }

  fileprivate var members: [JSONMember] {
    [
      level.map { JSONMember("level", .text($0.rawValue)) },
      severity.map { JSONMember("severity", .text($0.rawValue)) },
      baseline.map { JSONMember("baseline", .text($0.rawValue)) },
    ].compactMap { $0 }
  }
}

extension ScanFinding {
  fileprivate init(_ json: JSONValue) throws(EvidenceFault) {
    guard let rule = json["rule"]?.string else {
      throw EvidenceFault("the scan has a finding without 'rule'")
    }
    let line = json["line"] == nil ? nil : try json.count("line")
    self.init(
      tool: json["tool"]?.string ?? [], rule: rule, path: json["path"]?.string ?? [], line: line,
      message: json["message"]?.string ?? [], fingerprint: json["fingerprint"]?.string ?? [],
      kind: try ScanClass(json))
  }

  fileprivate var json: JSONValue {
    var members = [JSONMember("rule", .string(rule))]
    for (name, text) in [
      ("tool", tool), ("path", path), ("message", message), ("fingerprint", fingerprint),
    ] where !text.isEmpty { members.append(JSONMember(name, .string(text))) }
    if let line { members.append(JSONMember("line", .count(line))) }
    return .object(members + kind.members)
  }
}

extension JSONValue {
  /// One of the words of an enumeration in a predicate; nil where there is no such member.
  fileprivate func word<Word: RawRepresentable<String>>(
    _ name: String
  ) throws(EvidenceFault) -> Word? {
    guard let value = self[name] else { return nil }
    guard let text = value.string, let word = Word(rawValue: String(decoding: text, as: UTF8.self))
    else { throw EvidenceFault("the scan has a '\(name)' that is not known") }
    return word
  }
}
