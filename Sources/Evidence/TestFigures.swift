public import GitModel

/// What a test run says of itself, counted from its testcases and never from totals that a file
/// claims (SPECS.md 0).
public struct TestFigures: Hashable, Sendable {
  /// How many failing tests are kept by name.
  public static let namesKept = 100

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
  /// Suites, nested ones included.
  public var suites = 0
  /// The first failing tests, at most `namesKept`, in the order of the report.
  public var failing: [TestName] = []

  /// Figures of nothing.
  public init() {}

  /// All testcases.
  public var tests: Int { passed + failed + errored + skipped + disabled }

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
    sum.suites += right.suites
    sum.failing = Array((left.failing + right.failing).prefix(namesKept))
    return sum
  }

  /// Adds the figures of another report.
  public static func += (left: inout TestFigures, right: TestFigures) { left = left + right }
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
