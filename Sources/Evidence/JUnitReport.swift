import GitModel

/// Counts the testcases of a JUnit XML report of any producer (SPECS.md 0 and 2.1).
///
/// A testcase has exactly one outcome, taken from its direct children, the first that matches:
/// `error`, `failure`, `skipped`, then an attribute `status` or `result` that says that it did not
/// run, else it passed. Suites may nest to any depth; their own totals are not looked at, because
/// they are wrong in one real file of six.
///
/// Reruns are told apart where the report does it (Surefire, Gradle with `mergeReruns`, nextest): a
/// testcase with `flakyFailure` or `flakyError` passed in the end, one with `rerunFailure` or
/// `rerunError` failed again. A report that repeats the testcase instead counts each: all must pass.
final class JUnitReport: XMLHandler {
  /// Names longer than this are cut; a name is for people.
  private static let nameLimit = 512

  // All of it changes with every testcase, one event after the other (see `ExpatReader`).
  @exclusivity(unchecked) private(set) var figures = TestFigures()

  /// The depth of the open testcase, 0 for none.
  @exclusivity(unchecked) private var testcaseDepth = 0
  /// Whether the element at each depth below 64 is a suite, the root in the lowest bit.
  @exclusivity(unchecked) private var suites: UInt64 = 0
  /// The open suites, and what is counted of the innermost one that was counted in last.
  @exclusivity(unchecked) private var openSuites: [OpenSuite] = []
  @exclusivity(unchecked) private var sawError = false
  @exclusivity(unchecked) private var sawFailure = false
  @exclusivity(unchecked) private var sawSkipped = false
  @exclusivity(unchecked) private var sawFlaky = false
  @exclusivity(unchecked) private var sawRerun = false
  @exclusivity(unchecked) private var saysDisabled = false
  @exclusivity(unchecked) private var classname: Bytes = []
  @exclusivity(unchecked) private var name: Bytes = []

  private struct OpenSuite {
    let depth: Int
    let name: Bytes
    /// Whether its producer puts everything into one suite, so that the class is what tells apart.
    let isByClass: Bool
    var count = SuiteCount()
    var classname: Bytes = []
  }

  func start(
    _ element: XMLName, _ attributes: XMLAttributes, depth: Int
  ) throws(XMLRefusal) -> Bool {
    if element == "testcase" {
      if testcaseDepth > 0 {
        throw XMLRefusal(words: "holds a testcase inside a testcase")
      }
      testcaseDepth = depth
      begin(attributes)
    } else if element == "testsuite" {
      figures.suites += 1
      suites |= 1 << UInt64(depth - 1)
      open(attributes, depth)
    } else if testcaseDepth > 0 {
      if depth == testcaseDepth + 1 { note(element) }
    } else if depth > 1, suites & 1 << UInt64(depth - 2) != 0 {
      if element == "error" || element == "failure" { figures.suiteErrors += 1 }
    }
    return false
  }

  func end(depth: Int) throws(XMLRefusal) {
    if depth == testcaseDepth {
      count()
      testcaseDepth = 0
    }
    suites &= ~(1 << UInt64(depth - 1))
    if openSuites.last?.depth == depth { flush(openSuites.removeLast()) }
  }

  func finish() throws(XMLRefusal) {}

  private func open(_ attributes: XMLAttributes, _ depth: Int) {
    var name = Bytes()
    var attributes = attributes
    while let attribute = attributes.next() {
      if attribute.name == "name" { attribute.value.append(to: &name, limit: Self.nameLimit) }
    }
    let isByClass = name.elementsEqual("pytest".utf8) || name.elementsEqual("TestResults".utf8)
    openSuites.append(OpenSuite(depth: depth, name: name, isByClass: isByClass))
  }

  private func flush(_ suite: OpenSuite) {
    guard suite.count.tests > 0 else { return }
    let name = suite.isByClass && !suite.classname.isEmpty ? suite.classname : suite.name
    figures.note(suite: name, suite.count)
  }

  /// Counts the testcase in its suite. Names are looked up when a suite ends and not for each of its
  /// testcases.
  private func countInSuite(ran: Bool) {
    guard let last = openSuites.indices.last else {
      figures.note(suite: [], SuiteCount(ran: ran))
      return
    }
    if openSuites[last].isByClass, openSuites[last].classname != classname {
      flush(openSuites[last])
      openSuites[last].count = SuiteCount()
      openSuites[last].classname = classname
    }
    openSuites[last].count.tests += 1
    if ran { openSuites[last].count.ran += 1 }
  }

  private func begin(_ attributes: XMLAttributes) {
    (sawError, sawFailure, sawSkipped, sawFlaky) = (false, false, false, false)
    (sawRerun, saysDisabled) = (false, false)
    classname.removeAll(keepingCapacity: true)
    name.removeAll(keepingCapacity: true)
    var attributes = attributes
    while let attribute = attributes.next() {
      if attribute.name == "name" {
        attribute.value.append(to: &name, limit: Self.nameLimit)
      } else if attribute.name == "classname" {
        attribute.value.append(to: &classname, limit: Self.nameLimit)
      } else if attribute.name == "status" || attribute.name == "result" {
        if Self.didNotRun(attribute.value) { saysDisabled = true }
      }
    }
  }

  private func note(_ child: XMLName) {
    if child == "failure" {
      sawFailure = true
    } else if child == "error" {
      sawError = true
    } else if child == "skipped" {
      sawSkipped = true
    } else if child == "flakyFailure" || child == "flakyError" {
      sawFlaky = true
    } else if child == "rerunFailure" || child == "rerunError" {
      sawRerun = true
    }
  }

  private func count() {
    // Producers write a failed rerun beside the failure; alone it is one all the same.
    if sawRerun, !sawError { sawFailure = true }
    if sawError {
      figures.errored += 1
    } else if sawFailure {
      figures.failed += 1
    } else if sawSkipped {
      figures.skipped += 1
    } else if saysDisabled {
      figures.disabled += 1
    } else {
      figures.passed += 1
      if sawFlaky { figures.flakyPassed += 1 }
    }
    if sawError || sawFailure {
      if sawRerun { figures.rerunFailed += 1 }
      if figures.failing.count < TestFigures.namesKept {
        figures.failing.append(TestName(classname: classname, name: name))
      }
    }
    countInSuite(ran: sawError || sawFailure || !sawSkipped && !saysDisabled)
  }

  private static func didNotRun(_ value: XMLValue) -> Bool {
    let text = value.bytes(limit: 16).asciiLowercased
    return ["notrun", "disabled", "suppressed", "ignored", "skipped"].contains {
      text.elementsEqual($0.utf8)
    }
  }
}
