public import GitModel

/// The result of a test run as a predicate (SPECS.md 5.3; in-toto attestation, test-result v0.1),
/// with gitrel's figures beside it.
public struct TestResult: Hashable, Sendable {
  /// The URI of the kind.
  public static let predicateType = "https://in-toto.io/attestation/test-result/v0.1"

  /// What the run came to.
  public enum Outcome: String, Hashable, Sendable {
    /// Everything that ran passed.
    case passed = "PASSED"
    /// Nothing failed, and something is to be looked at: nothing ran at all, for instance.
    case warned = "WARNED"
    /// Something failed.
    case failed = "FAILED"
  }

  /// What the run came to.
  public let outcome: Outcome
  /// The figures, without the names of tests and the number of suites. In a statement that carries none, they are counted from
  /// its lists of names.
  public let figures: TestFigures
  /// The first failing tests.
  public let failedTests: [Bytes]
  /// Suite, instant and report files.
  public let run: RecordedRun
  /// Whether the statement carried gitrel's own figures.
  public let hasOwnFigures: Bool

  /// The result of a run that was read from reports.
  public init(_ figures: TestFigures, run: RecordedRun) {
    switch figures.gate {
    case .pass: outcome = .passed
    case .empty: outcome = .warned
    case .fail: outcome = .failed
    }
    failedTests = figures.failing.map(\.joined)
    self.figures = figures.withoutNames
    self.run = run
    hasOwnFigures = true
  }

  /// What a gate makes of the result: the worse of what the outcome and the figures say.
  public var gate: TestGate { outcome == .failed ? .fail : figures.gate }

  init(_ json: JSONValue?) throws(EvidenceFault) {
    guard let json, json.object != nil else {
      throw EvidenceFault("the test result has no predicate")
    }
    let word = json["result"]?.string.map { String(decoding: $0, as: UTF8.self) }
    guard let outcome = word.flatMap({ Outcome(rawValue: $0) }) else {
      throw EvidenceFault("the test result is none of PASSED, WARNED, FAILED")
    }
    self.outcome = outcome
    failedTests = try json.names("failedTests")
    let own = json["gitrel"]
    guard own == nil || own?.object != nil else {
      throw EvidenceFault("the test result has 'gitrel' that is no object")
    }
    hasOwnFigures = own != nil
    run = try RecordedRun(own: own, predicate: json)
    var figures = TestFigures()
    if let own {
      figures.passed = try own.count("passed")
      figures.failed = try own.count("failed")
      figures.errored = try own.count("errored")
      figures.skipped = try own.count("skipped")
      figures.disabled = try own.count("disabled")
      figures.suiteErrors = try own.count("suiteErrors")
      figures.flakyPassed = try own.count("flakyPassed")
      if own["rerunFailed"] != nil { figures.rerunFailed = try own.count("rerunFailed") }
      if let suites = own["suites"] { try figures.readSuites(suites) }
      if own["hasAllSuites"] == .bool(false) || own["suites"] == nil { figures.noteLeftOutSuites() }
      guard try own.count("tests") == figures.tests else {
        throw EvidenceFault("the test result contradicts itself: its counts are not 'tests'")
      }
    } else {
      figures.passed = try json.names("passedTests").count + json.names("warnedTests").count
      figures.failed = failedTests.count
    }
    self.figures = figures
    guard figures.flakyPassed <= figures.passed else {
      throw EvidenceFault("the test result contradicts itself: more flaky tests than passed ones")
    }
    guard figures.rerunFailed <= figures.failed + figures.errored else {
      throw EvidenceFault("the test result contradicts itself: more failed reruns than failures")
    }
    guard failedTests.count <= figures.failed + figures.errored + figures.suiteErrors else {
      throw EvidenceFault("the test result contradicts itself: more failures named than counted")
    }
    guard outcome == .failed || figures.gate != .fail else {
      throw EvidenceFault("the test result contradicts itself: \(outcome.rawValue) with failures")
    }
  }

  var json: JSONValue {
    var members = [JSONMember("result", .text(outcome.rawValue)), run.files]
    if !failedTests.isEmpty {
      members.append(JSONMember("failedTests", .array(failedTests.map { .string($0) })))
    }
    if hasOwnFigures {
      let own = [
        JSONMember("tests", .count(figures.tests)),
        JSONMember("passed", .count(figures.passed)),
        JSONMember("failed", .count(figures.failed)),
        JSONMember("errored", .count(figures.errored)),
        JSONMember("skipped", .count(figures.skipped)),
        JSONMember("disabled", .count(figures.disabled)),
        JSONMember("suiteErrors", .count(figures.suiteErrors)),
        JSONMember("flakyPassed", .count(figures.flakyPassed)),
        JSONMember("rerunFailed", .count(figures.rerunFailed)),
        JSONMember("suites", figures.suitesJSON),
        JSONMember("hasAllSuites", .bool(figures.hasAllSuites)),
      ]
      members.append(JSONMember("gitrel", .object(own + run.members)))
    }
    return .object(members)
  }
}

extension TestFigures {
  fileprivate var withoutNames: TestFigures {
    var figures = self
    figures.failing = []
    figures.suites = 0
    return figures
  }

  /// `{"name": [tests, ran]}`.
  fileprivate var suitesJSON: JSONValue {
    .object(
      suitesByName.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
        JSONMember(name: $0, value: .array([.count($1.tests), .count($1.ran)]))
      })
  }

  fileprivate mutating func readSuites(_ json: JSONValue) throws(EvidenceFault) {
    guard let members = json.object else {
      throw EvidenceFault("the test result has 'suites' that is no object")
    }
    var (sum, limit) = (0, Int64(Ratio.limit))
    for member in members {
      let counts = member.value.array?.compactMap(\.integer) ?? []
      guard counts.count == 2, counts[0] <= limit,
        let count = SuiteCount(tests: Int(counts[0]), ran: Int(counts[1]))
      else { throw EvidenceFault("the test result has a suite without its two counts") }
      sum += count.tests
      guard sum <= tests else {
        throw EvidenceFault(
          "the test result contradicts itself: its suites have more tests than it")
      }
      note(suite: member.name, count)
    }
  }
}
