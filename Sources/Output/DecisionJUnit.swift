internal import GitModel
public import Policy

/// A decision as JUnit XML, for what shows tests: a suite for each ref update, a case for each rule.
///
/// What refuses is a failure, what could not be told and refuses an error; what does not apply, and
/// what is overridden or only evaluated, is skipped, with the reason.
public enum DecisionJUnit {
  /// The lines of the document.
  public static func lines(_ decision: Decision) -> [String] {
    var suites: [(name: String, told: [ToldVerdict], note: String?)] = []
    if !decision.whole.isEmpty {
      suites.append(
        ("the push", decision.told.filter { $0.update == nil }, nil))
    }
    for update in decision.updates {
      suites.append(
        (
          update.update.name.full,
          decision.told(update),
          update.isGuarded ? nil : "no ruleset guards \(update.update.name.short)"
        ))
    }
    let all = Counts(suites.flatMap(\.told))
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<testsuites name=\"gitrel\" tests=\"\(all.tests)\" failures=\"\(all.failures)\""
        + " errors=\"\(all.errors)\">",
    ]
    // As xs:dateTime without a zone, which readers of this format take for UTC.
    let time = decision.instant.utcText.filter { $0 != "Z" }
    for suite in suites { lines += Self.suite(suite, at: time) }
    return lines + ["</testsuites>"]
  }

  private struct Counts {
    var (tests, failures, errors, skipped) = (0, 0, 0, 0)

    init(_ verdicts: [ToldVerdict]) {
      tests = verdicts.count
      for told in verdicts {
        switch DecisionJUnit.kind(of: told) {
        case .passed: break
        case .failure: failures += 1
        case .error: errors += 1
        case .skipped: skipped += 1
        }
      }
    }
  }

  private enum Kind: String { case passed, failure, error, skipped }

  private static func kind(of told: ToldVerdict) -> Kind {
    switch told.judged.verdict.outcome {
    case .satisfied: .passed
    case .notApplicable: .skipped
    case .violated: told.judged.refuses ? .failure : .skipped
    case .indeterminate: told.judged.refuses ? .error : .skipped
    }
  }

  private static func suite(
    _ suite: (name: String, told: [ToldVerdict], note: String?), at time: String
  ) -> [String] {
    let counts = Counts(suite.told)
    var lines = [
      "  <testsuite name=\(attribute(suite.name)) tests=\"\(counts.tests)\""
        + " failures=\"\(counts.failures)\" errors=\"\(counts.errors)\""
        + " skipped=\"\(counts.skipped)\" time=\"0\" timestamp=\"\(time)\">"
    ]
    for told in suite.told { lines += testcase(told) }
    if let note = suite.note { lines.append("    <system-out>\(text(note))</system-out>") }
    return lines + ["  </testsuite>"]
  }

  private static func testcase(_ told: ToldVerdict) -> [String] {
    let judged = told.judged
    let head =
      "    <testcase name=\(attribute(judged.rule.text))"
      + " classname=\(attribute(judged.ruleset ?? "built-in")) time=\"0\""
    let summary = judged.verdict.explanation.summary
    let kind = kind(of: told)
    switch kind {
    case .passed: return [head + "/>"]
    case .skipped:
      let words =
        judged.isOverridden
        ? "\(summary); \(told.overriding ?? "overridden")"
        : told.isFault ? "only evaluated: \(summary)" : summary
      return [head + ">", "      <skipped message=\(attribute(words))/>", "    </testcase>"]
    case .failure, .error:
      let element =
        "      <\(kind.rawValue) message=\(attribute(summary)) "
        + "type=\(attribute(judged.verdict.outcome.rawValue))>"
      let place = told.place.map { ["policy: \($0)"] } ?? []
      return [
        head + ">",
        element + (told.lines + place).map(text).joined(separator: "\n") + "</\(kind.rawValue)>",
        "    </testcase>",
      ]
    }
  }

  /// A quoted attribute. Line ends are written as references, or a reader makes spaces of them.
  private static func attribute(_ value: String) -> String {
    "\"\(escaped(value, lineEnd: "&#10;"))\""
  }

  private static func text(_ value: String) -> String { escaped(value, lineEnd: "\n") }

  /// `value` as XML 1.0 can hold it. Characters that it cannot hold, not even as references, and those
  /// that do not show are written as `\u{...}`.
  private static func escaped(_ value: String, lineEnd: String) -> String {
    let lines = value.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0).cleaned }
    var out = ""
    for scalar in lines.joined(separator: "\n").unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      // `]]>` must not stand in text.
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "\n": out += lineEnd
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
