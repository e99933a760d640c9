import GitModel

/// One run of a SARIF log while it is read: its rules and what its results refer to.
struct SARIFRun {
  /// How many rules, overrides, artifacts and different ways to refer to them one run may have.
  private static let limit = 100_000

  /// What a result or an override calls its rule.
  struct RuleName: Hashable {
    var id: Bytes = []
    var index: Int?
    /// The tool component whose rules `index` counts: nil for the driver.
    var component: Int?
  }

  /// What a rule says of its results.
  struct Rule {
    var id: Bytes = []
    var level: ScanLevel?
    var severity: ScanSeverity?
  }

  /// What must be known of a result to count it. Results that are alike in it are counted together.
  struct Pending: Hashable {
    var rule = RuleName()
    var level: ScanLevel?
    var invocation: Int?
    var baseline: Bytes?
    var isSuppressed = false

    var isGone: Bool { baseline?.elementsEqual("absent".utf8) ?? false }
    var isOpen: Bool { !isSuppressed && !isGone }
  }

  /// What is kept of a result for people, and to know it again.
  struct Result {
    var pending = Pending()
    var path: Bytes = []
    var artifact: Int?
    var line: Int?
    var message: Bytes = []
    var fingerprint: Bytes = []
  }

  var tool: Bytes = []
  var driver: [Rule] = []
  var extensions: [[Rule]] = []
  var overrides: [(invocation: Int, rule: RuleName, level: ScanLevel)] = []
  var invocations = 0
  var artifacts: [Bytes] = []
  /// Whether there is a list of results; without one the tool did not get to scan (3.14.23).
  var hasResults = false
  var faults: [String] = []
  private(set) var counts: [Pending: Int] = [:]
  private(set) var results: [Result] = []
  private(set) var hasAllResults = true
  private var entries = 0

  /// Makes room for an entry in one of the tables.
  mutating func grow(_ json: JSONReader) throws(JSONFault) {
    entries += 1
    guard entries <= Self.limit else {
      throw json.fault("has a run with more than \(Self.limit) rules, artifacts and overrides")
    }
  }

  /// Adds a result.
  mutating func take(_ result: Result, _ json: JSONReader) throws(JSONFault) {
    if counts[result.pending] == nil { try grow(json) }
    counts[result.pending, default: 0] += 1
    guard result.pending.isOpen else { return }
    guard results.count < ScanFigures.findingsKept else {
      hasAllResults = false
      return
    }
    results.append(result)
  }

  /// Notes why the run proves nothing, unless enough is noted.
  mutating func note(fault: String) {
    if faults.count < ScanFigures.faultsKept, !faults.contains(fault) { faults.append(fault) }
  }
}

/// The rules of a run, found as results name them.
struct SARIFRules {
  private let driver: [SARIFRun.Rule]
  private let extensions: [[SARIFRun.Rule]]
  private var byID: [Bytes: SARIFRun.Rule] = [:]
  private var overrides: [Override: ScanLevel] = [:]
  private let invocations: Int

  private struct Override: Hashable {
    let invocation: Int
    let id: Bytes
  }

  init(_ run: SARIFRun) {
    (driver, extensions, invocations) = (run.driver, run.extensions, run.invocations)
    for rule in run.extensions.joined().reversed() { byID[rule.id] = rule }
    for rule in run.driver.reversed() { byID[rule.id] = rule }
    for override in run.overrides {
      let id = rule(override.rule)?.id ?? override.rule.id
      overrides[Override(invocation: override.invocation, id: id)] = override.level
    }
  }

  /// The rule by its index, by its id, or by its id without the last part (3.52.4).
  private func rule(_ name: SARIFRun.RuleName) -> SARIFRun.Rule? {
    if let index = name.index {
      var rules = driver
      if let component = name.component {
        rules = extensions.indices.contains(component) ? extensions[component] : []
      }
      if rules.indices.contains(index) { return rules[index] }
    }
    if let rule = byID[name.id] { return rule }
    return name.id.lastIndex(of: UInt8(ascii: "/")).flatMap { byID[Bytes(name.id[..<$0])] }
  }

  /// What the rule of a result is called.
  func name(of pending: SARIFRun.Pending) -> Bytes {
    pending.rule.id.isEmpty ? rule(pending.rule)?.id ?? [] : pending.rule.id
  }

  /// The level of 3.27.10 and the severity of the rule.
  func kind(of pending: SARIFRun.Pending) -> ScanClass {
    let rule = rule(pending.rule)
    let invocation = pending.invocation ?? (invocations == 1 ? 0 : nil)
    let override = invocation.flatMap {
      overrides[Override(invocation: $0, id: rule?.id ?? pending.rule.id)]
    }
    return ScanClass(
      level: pending.level ?? override ?? rule?.level ?? .warning, severity: rule?.severity,
      baseline: pending.baseline.flatMap {
        ScanBaseline(rawValue: String(decoding: $0, as: UTF8.self))
      })
  }
}
