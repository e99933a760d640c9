public import GitModel

/// What scanners found, counted from their findings.
public struct ScanFigures: Hashable, Sendable {
  /// How many findings are kept one by one, and how many bytes their texts may have together, one
  /// that JSON escapes counted as six.
  public static let (findingsKept, findingBytesKept) = (10_000, 3 << 20)
  /// How many tools and how many reasons are kept.
  public static let (toolsKept, faultsKept) = (100, 20)

  /// How many findings count, by what a limit can ask of them.
  public private(set) var counts: [ScanClass: Int] = [:]
  /// Findings that are suppressed, and vulnerabilities that do not apply or are resolved.
  public var suppressed = 0
  /// Findings of the baseline that are gone.
  public var gone = 0
  /// The first findings that count, at most `findingsKept`.
  public private(set) var findings: [ScanFinding] = []
  /// Whether `findings` has every finding that counts.
  public private(set) var hasAllFindings = true
  /// The names of the tools, each once, at most `toolsKept`.
  public private(set) var tools: [Bytes] = []
  /// How many runs of tools the reports hold.
  public var runs = 0
  /// Why the reports do not prove that there is nothing more to be found, at most `faultsKept`: a run
  /// that failed, for instance.
  public private(set) var faults: [Bytes] = []
  private var findingBytes = 0

  /// Figures of nothing.
  public init() {}

  /// All findings that count.
  public var total: Int { counts.values.reduce(0, +) }

  /// Whether the scan may prove that something is not there.
  public var isWhole: Bool { faults.isEmpty && runs > 0 }

  /// Counts findings of a class.
  public mutating func count(_ kind: ScanClass, _ number: Int = 1) {
    counts[kind, default: 0] += number
  }

  /// Keeps a finding that was counted, unless enough are kept.
  mutating func keep(_ finding: ScanFinding) {
    guard findings.count < Self.findingsKept, findingBytes + finding.cost <= Self.findingBytesKept
    else {
      hasAllFindings = false
      return
    }
    findingBytes += finding.cost
    findings.append(finding)
  }

  /// Notes that there were findings that are not kept.
  mutating func noteLeftOutFindings() { hasAllFindings = false }

  mutating func note(tool: Bytes) {
    let tool = tool.cutText(200)
    if tools.count < Self.toolsKept, !tools.contains(tool) { tools.append(tool) }
  }

  mutating func note(fault: Bytes) {
    let fault = fault.cutText(300)
    if faults.count < Self.faultsKept, !faults.contains(fault) { faults.append(fault) }
  }

  /// The figures of two reports together.
  public static func + (left: ScanFigures, right: ScanFigures) -> ScanFigures {
    var sum = left
    for (kind, number) in right.counts { sum.count(kind, number) }
    sum.suppressed += right.suppressed
    sum.gone += right.gone
    sum.runs += right.runs
    for finding in right.findings { sum.keep(finding) }
    if !right.hasAllFindings { sum.hasAllFindings = false }
    for tool in right.tools { sum.note(tool: tool) }
    for fault in right.faults { sum.note(fault: fault) }
    return sum
  }
}

/// What a limit can ask of a finding. A scanner of code gives a level, one of dependencies a severity,
/// and some give both; one of them is there.
public struct ScanClass: Hashable, Sendable {
  /// SARIF's level.
  public var level: ScanLevel?
  /// How severe, where the scanner says.
  public var severity: ScanSeverity?
  /// Whether it was there before, where the scanner says.
  public var baseline: ScanBaseline?

  /// A class from its parts.
  public init(
    level: ScanLevel? = nil, severity: ScanSeverity? = nil, baseline: ScanBaseline? = nil
  ) {
    (self.level, self.severity, self.baseline) = (level, severity, baseline)
  }
}

/// The levels of SARIF (section 3.27.10).
public enum ScanLevel: String, Hashable, Sendable, CaseIterable {
  /// To be mended.
  case error
  /// To be looked at.
  case warning
  /// To be known.
  case note
  /// No problem.
  case none
}

/// The severities of CycloneDX, and what GitHub makes of a `security-severity`; worst first.
public enum ScanSeverity: String, Hashable, Sendable, CaseIterable {
  /// A score from 9.0.
  case critical
  /// A score from 7.0.
  case high
  /// A score from 4.0.
  case medium
  /// A score above 0.
  case low
  /// Nobody says how severe, or what is said is not known.
  case unknown
  /// Not a weakness, but something to be known.
  case info
  /// A score of 0.
  case none

  /// The band of a CVSS score.
  init(score: Double) {
    switch score {
    case 9...: self = .critical
    case 7..<9: self = .high
    case 4..<7: self = .medium
    case 0: self = .none
    case 0..<4: self = .low
    default: self = .unknown
    }
  }
}

/// What a scanner says of a finding against its baseline (SARIF 3.27.24); one that is gone is none.
public enum ScanBaseline: String, Hashable, Sendable {
  /// It was not there.
  case new
  /// It was there.
  case unchanged
  /// It was there and has changed.
  case updated
}

/// One finding. Bytes of outside text: `printable` before they reach a terminal.
public struct ScanFinding: Hashable, Sendable {
  /// The tool; empty where the report names none.
  public var tool: Bytes
  /// The rule, or the id of the vulnerability.
  public var rule: Bytes
  /// The file, or the component that is affected; empty where the report names none.
  public var path: Bytes
  /// The line, from 1; nil where the report names none.
  public var line: Int?
  /// What is wrong.
  public var message: Bytes
  /// What the tool knows it again by; empty where it gives nothing.
  public var fingerprint: Bytes
  /// How bad it is.
  public var kind: ScanClass

  /// A finding from its parts; texts are cut to what is kept.
  public init(
    tool: Bytes = [], rule: Bytes, path: Bytes = [], line: Int? = nil, message: Bytes = [],
    fingerprint: Bytes = [], kind: ScanClass
  ) {
    self.tool = tool.cutText(200)
    self.rule = rule.cutText(200)
    self.path = path.cutText(1024)
    self.line = line
    self.message = message.cutText(200)
    self.fingerprint = fingerprint.cutText(512)
    self.kind = kind
  }

  /// What it is known again by in another scan: the fingerprint, and where there is none, the file and
  /// the message. The line is none of it, because it moves with every change above.
  public var identity: Identity {
    Identity(
      tool: tool, rule: rule, fingerprint: fingerprint,
      place: fingerprint.isEmpty ? [path, message] : [])
  }

  /// What a finding is known again by.
  public struct Identity: Hashable, Sendable {
    let tool: Bytes
    let rule: Bytes
    let fingerprint: Bytes
    let place: [Bytes]
  }

  /// The bytes of its texts, one that JSON escapes counted as six.
  fileprivate var cost: Int {
    [tool, rule, path, message, fingerprint].reduce(0) { sum, text in
      text.reduce(sum) { $0 + ((0x20..<0x7F).contains($1) ? 1 : 6) }
    }
  }
}

extension Bytes {
  /// The first bytes, as text that is UTF-8.
  func cutText(_ limit: Int) -> Bytes {
    Bytes(String(decoding: prefix(limit), as: UTF8.self).utf8)
  }
}
