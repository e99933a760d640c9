// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

public import Evidence
internal import GitModel

/// The tests of the exact tree ran, enough of them, and passed.
///
/// What counts is the evidence bound to the tree of the commit that the ref is to have. Every suite's
/// last result must pass. "Nothing measured" is not a pass.
public struct Tests: Rule {
  public static let id: RuleID = "tests"
  public static let summary = "the tests of this exact tree ran and passed"

  /// How many may fail or end in an error.
  public let failed: Int
  /// How many must have run, skipped ones not counted; over all suites.
  public let minimum: Int
  /// How many may be skipped or disabled; nil for any number.
  public let skipped: Ceiling?
  /// Suites that must be there, each by the name under which it was attested.
  public let suites: [String]
  /// Whose statements count.
  public let trust: StatementTrust

  /// A ceiling as a number or as a part of all tests.
  public enum Ceiling: Hashable, Sendable {
    /// So many.
    case count(Int)
    /// Such a part.
    case share(Percentage)
  }

  public init(from reader: SettingsReader, context: PolicyContext) {
    failed = reader.integer("failed", in: 0...1_000_000) ?? 0
    minimum = reader.integer("minimum", in: 1...1_000_000_000) ?? 1
    suites = reader.texts("suites") ?? []
    trust = StatementTrust(from: reader, context: context)
    skipped = reader.node("skipped").flatMap { node in
      if case .scalar(let text, _) = node.value, text.hasSuffix("%") {
        return reader.percentage(of: node, for: "skipped").map(Ceiling.share)
      }
      return reader.integer(of: node, for: "skipped", in: 0...1_000_000_000).map(Ceiling.count)
    }
  }

  public var needs: Needs { Needs([.target, .evidence]) }

  public func judge(_ matter: Matter) -> Verdict {
    guard matter.update.kind != .delete else { return .notApplicable("a deletion runs no tests") }
    return matter.facts.evidence.judged { evidence in
      let sorted = trust.standing(evidence.tests)
      if let doubt = sorted.doubt { return .indeterminate(doubt) }
      let standing = sorted.counted
      let wanted = trust.words(matter.people)
      guard !standing.isEmpty else {
        return .violated(
          .missing(
            "test result", evidence, attest: "--tests '<GLOB>'", matter, wanted: wanted,
            others: sorted.others))
      }
      let all = standing.reduce(TestFigures()) { $0 + $1.figures }
      var faults: [String] = []
      for suite in suites where !standing.contains(where: { $0.suite == suite }) {
        faults.append("nothing is stated about the suite \(suite.quoted)")
      }
      let bad = all.failed + all.errored + all.suiteErrors
      if bad > failed {
        faults.append(
          "\(counted(bad, "test")) failed\(failed == 0 ? "" : ", at most \(failed) may")")
      }
      let ran = all.passed + all.failed + all.errored
      if ran < minimum { faults.append("\(counted(ran, "test")) ran, at least \(minimum) must") }
      let left = all.skipped + all.disabled
      switch skipped {
      case nil: break
      case .count(let most):
        if left > most { faults.append("\(left) skipped, at most \(most) may be") }
      case .share(let share):
        // The figures come from a statement, so they may be of any size.
        if Int128(left) * 10_000 > Int128(share.hundredths) * Int128(all.tests) {
          faults.append("\(left) of \(all.tests) skipped, at most \(share) may be")
        }
      }
      let findings =
        standing.map { Finding($0.suite, "\($0.figures.words); \($0.source)") } + sorted.others
      guard faults.isEmpty else {
        return .violated(.failing(faults, wanted: wanted, findings, all.failing))
      }
      return .satisfied("\(all.passed) of \(all.tests) tests passed", findings)
    }
  }
}

extension TestFigures {
  var words: String {
    var parts = ["\(tests) tests", "\(passed) passed"]
    for (count, word) in [
      (failed, "failed"), (errored, "broke"), (skipped, "skipped"), (disabled, "disabled"),
      (suiteErrors, "suites broke"), (flakyPassed, "passed only on a rerun"),
    ] where count > 0 { parts.append("\(count) \(word)") }
    return parts.joined(separator: ", ")
  }
}

extension SettingsReader {
  /// The percentage in `node`, such as `80%` or `80.25%`.
  func percentage(of node: SettingsNode, for key: String) -> Percentage? {
    if records(.percentage, at: node) { return nil }
    guard case .scalar(let text, _) = node.value, let percentage = Percentage(text) else {
      problems.add(
        "`\(key)` takes a percentage, not \(node.kind)", at: node.position,
        hint: "write it like 80% or 80.25%")
      return nil
    }
    return percentage
  }
}

extension Explanation {
  fileprivate static func failing(
    _ faults: [String], wanted: String?, _ findings: [Finding], _ failing: [TestName]
  ) -> Explanation {
    Explanation(
      faults.joined(separator: "; "), expected: wanted,
      findings: findings + failing.prefix(10).map { Finding("failed", $0.joined.printable) },
      mend: .attest(
        options: "--tests '<GLOB>'", commit: "HEAD",
        words: "after the tests are mended, committed and run"))
  }

  /// No evidence of a kind on the tree.
  static func missing(
    _ what: String, _ evidence: TreeEvidence, attest: String, _ matter: Matter,
    wanted: String? = nil, others: [Finding] = []
  ) -> Explanation {
    let id = matter.commitShort
    return Explanation(
      "no \(what)\(others.isEmpty ? "" : " that counts") is stated about the tree \(evidence.tree.short) of \(id)",
      expected: wanted,
      findings: others + evidence.unreadable.map { Finding("unreadable", $0) },
      mend: .attest(options: attest, commit: id, words: "where the reports are"))
  }
}
