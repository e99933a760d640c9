import GitModel

/// Counts the results of a SARIF log (SPECS.md 4.1; SARIF 2.1.0, sections by number).
///
/// A result's level may stand in a rule or an override that comes later in the file, so results are
/// counted by what they refer to and get their level at the end of their run. A result that is
/// suppressed, or gone from the baseline, does not count.
struct SARIFReport {
  private(set) var figures = ScanFigures()
  private(set) var tally = Tally()

  private static let failed = "says that its run was not successful"

  /// What was read, whether it counts or not.
  struct Tally: Hashable {
    var results = 0
    var levels: [ScanLevel: Int] = [:]
    var severities: [ScanSeverity: Int] = [:]
    var baselines: [Bytes: Int] = [:]
    var suppressed = 0
    var failedInvocations = 0
  }

  mutating func readRuns(_ json: JSONReader) throws(JSONFault) {
    try json.elements { () throws(JSONFault) in
      var run = SARIFRun()
      try readRun(json, &run)
      finish(run)
    }
    if figures.runs == 0 { figures.note(fault: Bytes("the report holds no run of a tool".utf8)) }
  }

  private func readRun(_ json: JSONReader, _ run: inout SARIFRun) throws(JSONFault) {
    try json.enterObject()
    while let name = try json.nextName() {
      switch name {
      case "tool": try readTool(json, &run)
      case "invocations":
        try json.elements { () throws(JSONFault) in try readInvocation(json, &run) }
      case "artifacts":
        try json.elements { () throws(JSONFault) in
          var path: Bytes?
          try json.members { member throws(JSONFault) in
            if member == Bytes("location".utf8) {
              path = try readLocation(json).path
            } else {
              try json.skip()
            }
          }
          try run.grow(json)
          run.artifacts.append((path ?? []).cutText(1024))
        }
      case "results":
        // `null` says that the tool did not get to scan (3.14.23).
        run.hasResults = try json.kind() != .null
        try json.elements { () throws(JSONFault) in
          try run.take(try readResult(json), json)
        }
      case "externalPropertyFileReferences":
        try json.members { member throws(JSONFault) in
          if member == Bytes("results".utf8) { run.note(fault: "has results in other files") }
          try json.skip()
        }
      default: try json.skip()
      }
    }
  }

  // MARK: - Tool

  private func readTool(_ json: JSONReader, _ run: inout SARIFRun) throws(JSONFault) {
    try json.members { member throws(JSONFault) in
      switch member {
      case "driver": (run.tool, run.driver) = try readComponent(json, &run)
      case "extensions":
        try json.elements { () throws(JSONFault) in
          run.extensions.append(try readComponent(json, &run).rules)
        }
      default: try json.skip()
      }
    }
  }

  private func readComponent(
    _ json: JSONReader, _ run: inout SARIFRun
  ) throws(JSONFault) -> (name: Bytes, rules: [SARIFRun.Rule]) {
    var name = Bytes()
    var rules: [SARIFRun.Rule] = []
    try run.grow(json)
    try json.members { member throws(JSONFault) in
      switch member {
      case "name": name = try json.stringOrNil() ?? []
      case "rules":
        try json.elements { () throws(JSONFault) in
          try run.grow(json)
          rules.append(try readRule(json))
        }
      default: try json.skip()
      }
    }
    return (name, rules)
  }

  private func readRule(_ json: JSONReader) throws(JSONFault) -> SARIFRun.Rule {
    var rule = SARIFRun.Rule()
    try json.members { member throws(JSONFault) in
      switch member {
      case "id": rule.id = (try json.stringOrNil() ?? []).cutText(1024)
      case "defaultConfiguration": rule.level = try readLevel(inConfiguration: json)
      case "properties":
        try json.members { property throws(JSONFault) in
          guard property == Bytes("security-severity".utf8) else { return try json.skip() }
          rule.severity = try readScore(json)
        }
      default: try json.skip()
      }
    }
    return rule
  }

  /// GitHub's `security-severity`: a score, usually as a string.
  private func readScore(_ json: JSONReader) throws(JSONFault) -> ScanSeverity? {
    let text: Bytes
    switch try json.kind() {
    case .string: text = try json.string()
    case .number: text = try json.number().canonical
    default:
      try json.skip()
      return nil
    }
    guard let score = Double(String(decoding: text.prefix(40), as: UTF8.self)) else {
      return .unknown
    }
    return ScanSeverity(score: score)
  }

  private func readLevel(inConfiguration json: JSONReader) throws(JSONFault) -> ScanLevel? {
    var level: ScanLevel?
    try json.members { member throws(JSONFault) in
      if member == Bytes("level".utf8) {
        level = try readLevel(json)
      } else {
        try json.skip()
      }
    }
    return level
  }

  /// A level that SARIF does not know is the worst that it knows.
  private func readLevel(_ json: JSONReader) throws(JSONFault) -> ScanLevel? {
    try json.stringOrNil().map {
      ScanLevel(rawValue: String(decoding: $0.prefix(20), as: UTF8.self)) ?? .error
    }
  }

  // MARK: - Invocations

  private func readInvocation(_ json: JSONReader, _ run: inout SARIFRun) throws(JSONFault) {
    let index = run.invocations
    run.invocations += 1
    var hasFailed = false
    try json.members { member throws(JSONFault) in
      switch member {
      case "executionSuccessful":
        if try json.kind() == .bool {
          if try !json.bool() { hasFailed = true }
        } else {
          try json.skip()
        }
      case "toolExecutionNotifications", "toolConfigurationNotifications":
        try json.elements { () throws(JSONFault) in
          if try readLevel(inConfiguration: json) == .error {
            run.note(fault: "says that its tool met an error")
          }
        }
      case "ruleConfigurationOverrides":
        try json.elements { () throws(JSONFault) in
          var (rule, level) = (SARIFRun.RuleName(), ScanLevel?.none)
          try json.members { part throws(JSONFault) in
            switch part {
            case "descriptor": try readRuleName(json, &rule)
            case "configuration": level = try readLevel(inConfiguration: json)
            default: try json.skip()
            }
          }
          try run.grow(json)
          if let level { run.overrides.append((index, rule, level)) }
        }
      default: try json.skip()
      }
    }
    if hasFailed { run.note(fault: Self.failed) }
  }

  // MARK: - Results

  private func readResult(_ json: JSONReader) throws(JSONFault) -> SARIFRun.Result {
    var result = SARIFRun.Result()
    var (isFail, isFirstLocation) = (true, true)
    var (ruleID, partial) = (Bytes(), Bytes())
    try json.enterObject()
    while let name = try json.nextName() {
      switch name {
      case "ruleId": ruleID = (try json.stringOrNil() ?? []).cutText(1024)
      case "ruleIndex": result.pending.rule.index = try json.countOrNil()
      case "rule": try readRuleName(json, &result.pending.rule)
      case "kind":
        if let kind = try json.stringOrNil() { isFail = kind == Bytes("fail".utf8) }
      case "level": result.pending.level = try readLevel(json)
      case "message":
        try json.members { member throws(JSONFault) in
          switch member {
          case "text": result.message = (try json.stringOrNil() ?? []).cutText(200)
          case "id" where result.message.isEmpty:
            result.message = (try json.stringOrNil() ?? []).cutText(200)
          default: try json.skip()
          }
        }
      case "locations":
        try json.elements { () throws(JSONFault) in
          guard isFirstLocation else { return try json.skip() }
          isFirstLocation = false
          try readPlace(json, &result)
        }
      case "suppressions": result.pending.isSuppressed = try readSuppressions(json)
      case "baselineState": result.pending.baseline = (try json.stringOrNil())?.cutText(20)
      case "fingerprints": result.fingerprint = try readFingerprints(json)
      case "partialFingerprints": partial = try readFingerprints(json)
      case "provenance":
        try json.members { member throws(JSONFault) in
          if member == Bytes("invocationIndex".utf8) {
            result.pending.invocation = try json.countOrNil()
          } else {
            try json.skip()
          }
        }
      default: try json.skip()
      }
    }
    if !isFail { result.pending.level = ScanLevel.none }
    if result.fingerprint.isEmpty { result.fingerprint = partial }
    if !ruleID.isEmpty { result.pending.rule.id = ruleID }
    return result
  }

  /// A `reportingDescriptorReference` (3.52).
  private func readRuleName(_ json: JSONReader, _ rule: inout SARIFRun.RuleName) throws(JSONFault) {
    try json.members { member throws(JSONFault) in
      switch member {
      case "id": rule.id = (try json.stringOrNil() ?? []).cutText(1024)
      case "index": rule.index = try json.countOrNil()
      case "toolComponent":
        try json.members { part throws(JSONFault) in
          if part == Bytes("index".utf8) {
            rule.component = try json.countOrNil()
          } else {
            try json.skip()
          }
        }
      default: try json.skip()
      }
    }
  }

  private func readPlace(_ json: JSONReader, _ result: inout SARIFRun.Result) throws(JSONFault) {
    try json.members { member throws(JSONFault) in
      guard member == Bytes("physicalLocation".utf8) else { return try json.skip() }
      try json.members { part throws(JSONFault) in
        switch part {
        case "artifactLocation": (result.path, result.artifact) = try readLocation(json)
        case "region":
          try json.members { edge throws(JSONFault) in
            if edge == Bytes("startLine".utf8) {
              result.line = try json.countOrNil().map { min($0, Ratio.limit) }
            } else {
              try json.skip()
            }
          }
        default: try json.skip()
        }
      }
    }
  }

  private func readLocation(
    _ json: JSONReader
  ) throws(JSONFault) -> (path: Bytes, artifact: Int?) {
    var (path, artifact) = (Bytes(), Int?.none)
    try json.members { member throws(JSONFault) in
      switch member {
      case "uri": path = (try json.stringOrNil() ?? []).cutText(1024)
      case "index": artifact = try json.countOrNil()
      default: try json.skip()
      }
    }
    return (path, artifact)
  }

  /// Whether there is a suppression and every one is accepted (3.27.23).
  private func readSuppressions(_ json: JSONReader) throws(JSONFault) -> Bool {
    var (any, all) = (false, true)
    try json.elements { () throws(JSONFault) in
      any = true
      guard try json.kind() == .object else {
        all = false
        return try json.skip()
      }
      try json.members { member throws(JSONFault) in
        guard member == Bytes("status".utf8) else { return try json.skip() }
        if try json.stringOrNil() != Bytes("accepted".utf8) { all = false }
      }
    }
    return any && all
  }

  private func readFingerprints(_ json: JSONReader) throws(JSONFault) -> Bytes {
    var pairs: [Bytes] = []
    try json.members { member throws(JSONFault) in
      let value = try json.stringOrNil() ?? []
      if pairs.count < 20 { pairs.append((member + [UInt8(ascii: "=")] + value).cutText(512)) }
    }
    let sorted = pairs.sorted { $0.lexicographicallyPrecedes($1) }
    return Bytes(sorted.joined(separator: [UInt8(ascii: " ")]))
  }

  // MARK: - The end of a run

  private mutating func finish(_ run: SARIFRun) {
    figures.runs += 1
    if !run.tool.isEmpty { figures.note(tool: run.tool) }
    let name = run.tool.isEmpty ? "a run" : "the run of `\(run.tool.cutText(60).printable)`"
    for fault in run.faults {
      if fault == Self.failed { tally.failedInvocations += 1 }
      figures.note(fault: Bytes("\(name) \(fault)".utf8))
    }
    if !run.hasResults {
      figures.note(fault: Bytes("\(name) has no results: it did not get to scan".utf8))
    }
    let rules = SARIFRules(run)
    for (pending, number) in run.counts {
      let kind = rules.kind(of: pending)
      tally.results += number
      tally.levels[kind.level ?? .warning, default: 0] += number
      if let severity = kind.severity { tally.severities[severity, default: 0] += number }
      if let baseline = pending.baseline, tally.baselines.count < 100 {
        tally.baselines[baseline, default: 0] += number
      }
      if pending.isSuppressed { tally.suppressed += number }
      if pending.isGone {
        figures.gone += number
      } else if pending.isSuppressed {
        figures.suppressed += number
      } else {
        figures.count(kind, number)
      }
    }
    for result in run.results {
      var path = result.path
      if path.isEmpty, let index = result.artifact, run.artifacts.indices.contains(index) {
        path = run.artifacts[index]
      }
      figures.keep(
        ScanFinding(
          tool: run.tool, rule: rules.name(of: result.pending), path: path, line: result.line,
          message: result.message, fingerprint: result.fingerprint,
          kind: rules.kind(of: result.pending)))
    }
    if !run.hasAllResults { figures.noteLeftOutFindings() }
  }
}
