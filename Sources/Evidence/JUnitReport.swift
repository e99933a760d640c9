import GitModel

/// Counts the testcases of a JUnit XML report of any producer (SPECS.md 0 and 2.1).
///
/// A testcase has exactly one outcome, taken from its direct children, the first that matches:
/// `error`, `failure`, `skipped`, then an attribute `status` or `result` that says that it did not
/// run, else it passed. Suites may nest to any depth; their own totals are not looked at, because
/// they are wrong in one real file of six.
final class JUnitReport: XMLHandler {
  /// Names longer than this are cut; a name is for people.
  private static let nameLimit = 512

  private enum Element: UInt8 {
    case suite
    case testcase
    case other
  }

  private(set) var figures = TestFigures()

  /// What each open element is, the root first.
  private var open: [Element] = []
  private var sawError = false
  private var sawFailure = false
  private var sawSkipped = false
  private var sawFlaky = false
  private var saysDisabled = false
  private var classname: Bytes = []
  private var name: Bytes = []

  func start(
    _ element: XMLName, _ attributes: XMLAttributes, depth: Int
  ) throws(XMLRefusal) -> Bool {
    let parent = open.last
    if element == "testcase" {
      if open.contains(.testcase) {
        throw XMLRefusal(words: "holds a testcase inside a testcase")
      }
      open.append(.testcase)
      begin(attributes)
    } else if element == "testsuite" {
      figures.suites += 1
      open.append(.suite)
    } else {
      open.append(.other)
      switch parent {
      case .testcase: note(element)
      case .suite where element == "error" || element == "failure": figures.suiteErrors += 1
      default: break
      }
    }
    return false
  }

  func end(depth: Int) throws(XMLRefusal) {
    if open.popLast() == .testcase { count() }
  }

  func finish() throws(XMLRefusal) {}

  private func begin(_ attributes: XMLAttributes) {
    (sawError, sawFailure, sawSkipped, sawFlaky) = (false, false, false, false)
    saysDisabled = false
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
    }
  }

  private func count() {
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
    if sawError || sawFailure, figures.failing.count < TestFigures.namesKept {
      figures.failing.append(TestName(classname: classname, name: name))
    }
  }

  private static func didNotRun(_ value: XMLValue) -> Bool {
    let text = value.bytes(limit: 16).asciiLowercased
    return ["notrun", "disabled", "suppressed", "ignored", "skipped"].contains {
      text.elementsEqual($0.utf8)
    }
  }
}
