internal import GitModel
public import Policy

/// What came of policy tests as JUnit XML: a suite for each file, a case for each case.
public enum PolicyTestJUnit {
  /// The lines of the document.
  public static func lines(_ report: PolicyTestReport) -> [String] {
    var files: [String] = []
    for one in report.cases where !files.contains(one.file) { files.append(one.file) }
    let failed = report.failures.count
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<testsuites name=\"gitrel policy test\" tests=\"\(report.cases.count)\" failures=\"\(failed)\">",
    ]
    for file in files {
      let cases = report.cases.filter { $0.file == file }
      lines.append(
        "  <testsuite name=\(quoted(file)) tests=\"\(cases.count)\""
          + " failures=\"\(cases.filter { !$0.holds }.count)\" errors=\"0\" skipped=\"0\">")
      for one in cases { lines += testcase(one) }
      lines.append("  </testsuite>")
    }
    return lines + ["</testsuites>"]
  }

  private static func testcase(_ one: TestedCase) -> [String] {
    let head =
      "    <testcase name=\(quoted(one.name)) classname=\(quoted(one.file))"
      + " file=\(quoted(one.file)) line=\"\(one.position.line)\""
    guard let first = one.mismatches.first else { return [head + "/>"] }
    var text: [String] = []
    for mismatch in one.mismatches {
      text += ["expected  \(mismatch.expected)", "found     \(mismatch.found)"]
    }
    text += DecisionText(width: 100, isVerbose: true, showsLines: true).lines(one.decision)
    let message = "expected \(first.expected), found \(first.found)"
    return [head + ">", "      <failure message=\(quoted(message))>"]
      + text.map(escaped) + ["</failure>", "    </testcase>"]
  }

  private static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// What XML has signs for, as references; what it cannot hold does not come through `printable`.
  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in Bytes(text.utf8).printable.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
