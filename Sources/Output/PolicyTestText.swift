internal import GitModel
public import Policy

/// What came of policy tests, as text for people.
public struct PolicyTestText {
  /// Whether cases that hold are told too.
  public var isVerbose: Bool
  /// Whether a rule that refuses in no case is a failure.
  public var wantsEveryRule: Bool

  static let maximumUntested = 20

  /// A renderer.
  public init(isVerbose: Bool = false, wantsEveryRule: Bool = false) {
    (self.isVerbose, self.wantsEveryRule) = (isVerbose, wantsEveryRule)
  }

  /// The lines: what failed with the verdicts behind it, and a count.
  public func lines(_ report: PolicyTestReport) -> [String] {
    var lines: [String] = []
    for one in report.cases {
      if !one.holds {
        lines += failure(one)
      } else if isVerbose {
        lines.append("+ \(one.place)  \(printed(one.name))")
      }
    }
    lines += untested(report)
    let failed = report.failures.count
    let all = counted(report.cases.count, "case")
    lines.append(
      failed == 0
        ? "\(all), all as expected" : "\(failed) of \(all) not as expected")
    return lines
  }

  private func failure(_ one: TestedCase) -> [String] {
    var lines = ["x \(one.place)  \(printed(one.name))"]
    for mismatch in one.mismatches {
      lines.append("    expected  \(mismatch.expected)")
      lines.append("    found     \(mismatch.found)")
    }
    let verdicts = DecisionText(width: 100, isVerbose: true, showsLines: true)
    return lines + verdicts.lines(one.decision).map { "    | \($0)" }
  }

  private func untested(_ report: PolicyTestReport) -> [String] {
    let untested = report.untested
    guard !untested.isEmpty else { return [] }
    var lines = [
      "\(wantsEveryRule ? "x" : "note:") \(counted(untested.count, "rule")) "
        + "\(untested.count == 1 ? "refuses" : "refuse") in no case, so nothing shows that "
        + "\(untested.count == 1 ? "it" : "they") can:"
    ]
    for rule in untested.prefix(Self.maximumUntested) {
      lines.append(
        "    \(rule.policy):\(rule.position.line)  \(rule.rule) of `\(printed(rule.ruleset))`")
    }
    let left = untested.count - Self.maximumUntested
    if left > 0 { lines.append("    and \(left) more") }
    return lines
  }

  private func printed(_ text: String) -> String { Bytes(text.utf8).printable }
}
