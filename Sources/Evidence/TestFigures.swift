public import GitModel

/// What a test run says of itself, counted from its testcases and never from totals that a file
/// claims (SPECS.md 0).
public struct TestFigures: Hashable, Sendable {
  /// How many failing tests are kept by name.
  public static let namesKept = 100
  /// How many suites are kept by name, and how many bytes their names may have together, one that
  /// JSON escapes counted as six.
  public static let (suitesKept, suiteBytesKept) = (10_000, 1 << 20)

  /// Testcases that passed, flaky ones included.
  public var passed = 0
  /// Testcases with a failure.
  public var failed = 0
  /// Testcases with an error.
  public var errored = 0
  /// Testcases that were skipped.
  public var skipped = 0
  /// Testcases that were not meant to run.
  public var disabled = 0
  /// Errors and failures of a suite itself, outside any testcase.
  public var suiteErrors = 0
  /// Testcases that passed only after they had failed; they are in `passed` too.
  public var flakyPassed = 0
  /// Testcases that failed again when they were run again; they are in `failed` or `errored` too.
  public var rerunFailed = 0
  /// Suites, nested ones included.
  public var suites = 0
  /// The first failing tests, at most `namesKept`, in the order of the report.
  public var failing: [TestName] = []
  /// The suites that hold testcases of their own, by name; at most `suitesKept`.
  public private(set) var suitesByName: [Bytes: SuiteCount] = [:]
  /// Whether `suitesByName` has every suite.
  public private(set) var hasAllSuites = true
  private var suiteBytes = 0

  /// Figures of nothing.
  public init() {}

  /// All testcases.
  public var tests: Int { passed + failed + errored + skipped + disabled }

  /// Keeps the name of what failed, unless enough are kept.
  mutating func note(failing name: TestName) {
    if failing.count < Self.namesKept { failing.append(name) }
  }

  /// Counts testcases of the suite with a name, unless enough suites are kept. The same name twice is
  /// one suite.
  public mutating func note(suite name: Bytes, _ count: SuiteCount) {
    // A name that was cut inside a character must still be text.
    let name = Bytes(String(decoding: name, as: UTF8.self).utf8)
    if let known = suitesByName[name] {
      suitesByName[name] = known + count
      return
    }
    let bytes = name.reduce(0) { $0 + ((0x20..<0x7F).contains($1) ? 1 : 6) }
    guard suitesByName.count < Self.suitesKept, suiteBytes + bytes <= Self.suiteBytesKept else {
      hasAllSuites = false
      return
    }
    suiteBytes += bytes
    suitesByName[name] = count
  }

  /// Notes that there were suites whose names are not kept.
  mutating func noteLeftOutSuites() { hasAllSuites = false }

  /// What a gate makes of the figures. Empty is not pass (SPECS.md 1, rule 7).
  public var gate: TestGate {
    if failed > 0 || errored > 0 || suiteErrors > 0 { return .fail }
    return tests == 0 ? .empty : .pass
  }

  /// The figures of two reports of one run together. The same report twice counts twice: leaving
  /// out equal files is for the caller, who has their digests.
  public static func + (left: TestFigures, right: TestFigures) -> TestFigures {
    var sum = left
    sum.passed += right.passed
    sum.failed += right.failed
    sum.errored += right.errored
    sum.skipped += right.skipped
    sum.disabled += right.disabled
    sum.suiteErrors += right.suiteErrors
    sum.flakyPassed += right.flakyPassed
    sum.rerunFailed += right.rerunFailed
    sum.suites += right.suites
    sum.failing = Array((left.failing + right.failing).prefix(namesKept))
    for (name, count) in right.suitesByName.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
    {
      sum.note(suite: name, count)
    }
    if !right.hasAllSuites { sum.hasAllSuites = false }
    return sum
  }

  /// Adds the figures of another report.
  public static func += (left: inout TestFigures, right: TestFigures) { left = left + right }
}

/// How many testcases a suite has.
public struct SuiteCount: Hashable, Sendable {
  /// All of them.
  public var tests: Int
  /// Those that ran: neither skipped nor disabled.
  public var ran: Int

  /// So many testcases; nil unless they can be.
  public init?(tests: Int, ran: Int) {
    guard ran >= 0, ran <= tests else { return nil }
    (self.tests, self.ran) = (tests, ran)
  }

  /// No testcase.
  init() { (tests, ran) = (0, 0) }

  /// One testcase.
  init(ran: Bool) { (tests, self.ran) = (1, ran ? 1 : 0) }

  static func + (left: SuiteCount, right: SuiteCount) -> SuiteCount {
    var sum = left
    sum.tests += right.tests
    sum.ran += right.ran
    return sum
  }
}

/// Whether tests let a release through.
public enum TestGate: String, Hashable, Sendable {
  /// At least one test, and none failed.
  case pass
  /// Something failed.
  case fail
  /// Nothing was tested, which proves nothing.
  case empty
}

/// What a test is called. Bytes of outside text: `printable` before they reach a terminal.
public struct TestName: Hashable, Sendable {
  /// The class, suite or file; empty where the report names none.
  public var classname: Bytes
  /// The test itself; empty where the report names none.
  public var name: Bytes

  /// A name from its two parts.
  public init(classname: Bytes, name: Bytes) {
    self.classname = classname
    self.name = name
  }

  /// `classname.name`, or the part that is there.
  public var joined: Bytes {
    if classname.isEmpty { return name }
    return name.isEmpty ? classname : classname + [UInt8(ascii: ".")] + name
  }
}
