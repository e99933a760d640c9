// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import Evidence
internal import GitModel

/// Scanners found no more in the exact tree than they may.
///
/// What counts is the evidence bound to the tree of the commit that the ref is to have; of each suite
/// the last, all of them added up. A scan that says of itself that it failed is no proof of anything.
public struct Scan: Rule {
  public static let id: RuleID = "scan"
  public static let summary = "scanners found no more in this exact tree than they may"

  /// How many findings there may be, by what they are.
  public let maximum: [(limit: Limit, most: Int)]
  /// Whether only findings count that were not there before.
  public let isNewOnly: Bool
  /// Suites that must be there, each by the name under which it was attested.
  public let suites: [String]
  /// Tools that must have run, each by its name in the reports.
  public let tools: [String]
  /// Whose statements count.
  public let trust: StatementTrust

  /// What findings can be limited by: a level, a severity, or that they are suppressed.
  public enum Limit: String, CaseIterable, Hashable, Sendable {
    case error, warning, note
    case critical, high, medium, low, unknown
    case suppressed
  }

  public init(from reader: SettingsReader, context: PolicyContext) {
    var maximum: [(limit: Limit, most: Int)] = []
    if let node = reader.node("maximum") {
      let limits = SettingsReader(node, name: "maximum", problems: reader.problems)
      for limit in Limit.allCases {
        if let most = limits.integer(limit.rawValue, in: 0...1_000_000_000) {
          maximum.append((limit, most))
        }
      }
      limits.finish()
    }
    if reader.node("maximum") != nil, maximum.isEmpty {
      reader.problems.add(
        "`maximum` limits nothing", at: reader.position,
        hint: "write `maximum: {error: 0}`, or leave it out, which is the same")
    }
    self.maximum = maximum.isEmpty ? [(.error, 0)] : maximum
    isNewOnly = reader.flag("new-only") ?? false
    suites = reader.texts("suites") ?? []
    tools = reader.texts("tools") ?? []
    trust = StatementTrust(from: reader, context: context)
  }

  public var needs: Needs {
    Needs(isNewOnly ? [.target, .evidence, .baseEvidence] : [.target, .evidence])
  }

  public func judge(_ matter: Matter) -> Verdict {
    guard matter.update.kind != .delete else { return .notApplicable("a deletion is not scanned") }
    return matter.facts.evidence.judged { evidence in
      let sorted = trust.standing(evidence.scans)
      if let doubt = sorted.doubt { return .indeterminate(doubt) }
      let standing = sorted.counted
      guard !standing.isEmpty else {
        return .violated(
          .missing(
            "scan", evidence, attest: "--scan <FILE>", matter, wanted: trust.words(matter.people),
            others: sorted.others))
      }
      guard isNewOnly else {
        return verdict(sorted, standing.map { ScanCount($0.figures) }, matter)
      }
      switch matter.facts.baseEvidence {
      case .known(let base):
        let before = trust.standing(base?.scans ?? [])
        if let doubt = before.doubt { return .indeterminate(doubt) }
        return verdict(
          sorted,
          standing.map { stated in
            let before = before.counted.filter { $0.suite == stated.suite }
            return ScanCount(stated.figures, newSince: before.map(\.figures))
          }, matter, hasBase: !before.counted.isEmpty)
      case .unknown(let why): return .indeterminate(why)
      case .notGathered: return .indeterminate(Fact<Never>.faultWords)
      }
    }
  }

  private func verdict(
    _ sorted: StatementTrust.Standing<ScanFigures>, _ scans: [ScanCount], _ matter: Matter,
    hasBase: Bool = true
  ) -> Verdict {
    let standing = sorted.counted
    var faults: [String] = []
    for suite in suites where !standing.contains(where: { $0.suite == suite }) {
      faults.append("nothing is stated about the suite \(suite.quoted)")
    }
    let ran = Set(standing.flatMap(\.figures.tools))
    for tool in tools where !ran.contains(Bytes(tool.utf8)) {
      faults.append("the tool \(tool.quoted) is not among those that ran")
    }
    for stated in standing where !stated.figures.isWhole {
      let why = stated.figures.faults.first?.printable ?? "the report holds no run of a tool"
      faults.append("a scan proves nothing: \(why.cut(to: 200))")
    }
    var over: [Limit] = []
    for (limit, most) in maximum {
      let found = scans.reduce(0) { $0 + count(limit, in: $1) }
      guard found > most else { continue }
      over.append(limit)
      faults.append("\(words(found, limit)), at most \(most) may be")
    }
    var findings =
      standing.map { Finding($0.suite, "\($0.figures.words); \($0.source)") } + sorted.others
    guard faults.isEmpty else {
      if isNewOnly, !hasBase, !over.isEmpty {
        findings.append(
          Finding("new", "no scan is stated about what the ref has now, so every finding is new"))
      }
      let worst = scans.flatMap(\.findings).filter { finding in
        over.contains { counts(finding.kind, as: $0) }
      }
      return .violated(.found(faults, wanted: trust.words(matter.people), findings, worst))
    }
    let found = maximum.map { limit, _ in
      words(scans.reduce(0) { $0 + count(limit, in: $1) }, limit)
    }
    return .satisfied(found.joined(separator: ", "), findings)
  }

  private func words(_ count: Int, _ limit: Limit) -> String {
    let noun =
      switch limit {
      case .error, .warning, .note: limit.rawValue
      case .critical, .high, .medium, .low, .unknown, .suppressed: "\(limit.rawValue) finding"
      }
    return counted(count, isNewOnly && limit != .suppressed ? "new \(noun)" : noun)
  }

  // MARK: - What counts as what

  private func count(_ limit: Limit, in scan: ScanCount) -> Int {
    if limit == .suppressed { return scan.suppressed }
    return scan.counts.reduce(0) { $0 + (counts($1.key, as: limit) ? $1.value : 0) }
  }

  /// Whether a finding counts as `limit`. One that has a level and no severity, or the other way round,
  /// counts on both scales; one of unknown severity is taken for a high one unless the policy has a
  /// limit of its own for it.
  private func counts(_ kind: ScanClass, as limit: Limit) -> Bool {
    let severity = kind.severity ?? kind.level.map(Self.severity) ?? .unknown
    let isApart = severity == .unknown && maximum.contains { $0.limit == .unknown }
    switch limit {
    case .error, .warning, .note:
      guard let level = kind.level ?? (isApart ? nil : Self.level(severity)) else { return false }
      return level.rawValue == limit.rawValue
    case .critical, .medium, .low, .unknown: return severity.rawValue == limit.rawValue
    case .high: return severity == .high || severity == .unknown && !isApart
    case .suppressed: return false
    }
  }

  private static func severity(_ level: ScanLevel) -> ScanSeverity {
    switch level {
    case .error: .high
    case .warning: .medium
    case .note: .low
    case .none: .none
    }
  }

  private static func level(_ severity: ScanSeverity) -> ScanLevel {
    switch severity {
    case .critical, .high, .unknown: .error
    case .medium: .warning
    case .low, .info: .note
    case .none: .none
    }
  }
}

/// The findings of one scan that count.
private struct ScanCount {
  private(set) var counts: [ScanClass: Int]
  private(set) var findings: [ScanFinding]
  let suppressed: Int

  /// All of them.
  init(_ figures: ScanFigures) {
    (counts, findings, suppressed) = (figures.counts, figures.findings, figures.suppressed)
  }

  /// Those that were not there before: what the scanner says of a finding, and where it says nothing,
  /// whether an earlier scan has one like it. As many as were there may be there still. What is counted
  /// and not listed is new.
  init(_ figures: ScanFigures, newSince before: [ScanFigures]) {
    self.init(figures)
    findings = []
    for kind in counts.keys where kind.baseline == .unchanged || kind.baseline == .updated {
      counts[kind] = nil
    }
    var known: [ScanFinding.Identity: Int] = [:]
    for finding in before.flatMap(\.findings) { known[finding.identity, default: 0] += 1 }
    for finding in figures.findings {
      switch finding.kind.baseline {
      case .unchanged, .updated: continue
      case nil:
        if let rest = known[finding.identity], rest > 0 {
          known[finding.identity] = rest - 1
          counts[finding.kind, default: 0] -= 1
          continue
        }
      case .new: break
      }
      findings.append(finding)
    }
  }
}

extension ScanFigures {
  var words: String {
    var parts = [counted(total, "finding")]
    for level in ScanLevel.allCases {
      let count = counts.reduce(0) { $0 + ($1.key.level == level ? $1.value : 0) }
      if count > 0 { parts.append("\(count) \(level == .none ? "of no level" : level.rawValue)") }
    }
    for severity in ScanSeverity.allCases {
      let count = counts.reduce(0) { $0 + ($1.key.severity == severity ? $1.value : 0) }
      if count > 0 {
        parts.append("\(count) \(severity == .none ? "harmless" : severity.rawValue)")
      }
    }
    if suppressed > 0 { parts.append("\(suppressed) suppressed") }
    let names = tools.prefix(5).map { $0.printable.cut(to: 60) }.joined(separator: ", ")
    return parts.joined(separator: ", ") + (names.isEmpty ? "" : "; by \(names)")
  }
}

extension ScanFinding {
  /// `error in path:line: message`, as far as they are known.
  fileprivate var words: String {
    var words = kind.level?.rawValue ?? kind.severity?.rawValue ?? ""
    if !path.isEmpty { words += " in \(path.printable)" + (line.map { ":\($0)" } ?? "") }
    return message.isEmpty ? words : "\(words): \(message.printable)"
  }
}

extension Explanation {
  fileprivate static func found(
    _ faults: [String], wanted: String?, _ findings: [Finding], _ worst: [ScanFinding]
  ) -> Explanation {
    Explanation(
      faults.joined(separator: "; "), expected: wanted,
      findings: findings + worst.prefix(10).map { Finding($0.rule.printable, $0.words) },
      mend: .attest(
        options: "--scan <FILE>", commit: "HEAD",
        words: "after it is mended, committed and scanned"))
  }
}
