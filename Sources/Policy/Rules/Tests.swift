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
  /// How many may have passed only on a rerun; nil for any number.
  public let flaky: Ceiling?
  /// Suites that must be there: each by the name under which it was attested, or by its name in a report,
  /// with a test that ran.
  public let suites: [String]
  /// Whose statements count.
  public let trust: StatementTrust
  /// By how much there may be fewer tests than of the commit that the ref has; nil for any number.
  public let drop: Ceiling?
  /// Whether every suite that ran for the commit that the ref has must run.
  public let keepsSuites: Bool

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
    skipped = Self.ceiling("skipped", reader)
    flaky = Self.ceiling("flaky", reader)
    suites = reader.texts("suites") ?? []
    trust = StatementTrust(from: reader, context: context)
    drop = Self.ceiling("drop", reader)
    keepsSuites = reader.flag("keep-suites") ?? false
  }

  private static func ceiling(_ key: String, _ reader: SettingsReader) -> Ceiling? {
    reader.node(key).flatMap { node in
      if case .scalar(let text, _) = node.value, text.hasSuffix("%") {
        return reader.percentage(of: node, for: key).map(Ceiling.share)
      }
      return reader.integer(of: node, for: key, in: 0...1_000_000_000).map(Ceiling.count)
    }
  }

  public var needs: Needs {
    let isCompared = drop != nil || keepsSuites
    return Needs(isCompared ? [.target, .evidence, .baseEvidence] : [.target, .evidence])
  }

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
      var (faults, unknown): ([String], [String]) = ([], [])
      for suite in suites where !standing.contains(where: { $0.suite == suite }) {
        if all.suitesByName[Bytes(suite.utf8)].map({ $0.ran > 0 }) == true { continue }
        if all.hasAllSuites {
          faults.append("nothing is stated about the suite \(suite.quoted)")
        } else {
          unknown.append(
            "whether the suite \(suite.quoted) ran: not all suites are stated by their names")
        }
      }
      let bad = all.failed + all.errored + all.suiteErrors
      if bad > failed {
        faults.append(
          "\(counted(bad, "test")) failed\(failed == 0 ? "" : ", at most \(failed) may")")
      }
      let ran = all.passed + all.failed + all.errored
      if ran < minimum { faults.append("\(counted(ran, "test")) ran, at least \(minimum) must") }
      let left = all.skipped + all.disabled
      if let skipped, !skipped.allows(left, of: all.tests) {
        faults.append("\(skipped.count(left, of: all.tests)) skipped, at most \(skipped) may be")
      }
      if let flaky, !flaky.allows(all.flakyPassed, of: all.tests) {
        faults.append(
          "\(flaky.count(all.flakyPassed, of: all.tests)) passed only on a rerun,"
            + " at most \(flaky) may")
      }
      if needs.kinds.contains(.baseEvidence) {
        switch matter.facts.baseEvidence {
        case .known(nil): break
        case .known(.some(let base)):
          let before = trust.standing(base.tests)
          if let doubt = before.doubt { return .indeterminate(doubt) }
          compare(standing, all, with: before.counted, of: base.tree, &faults, &unknown)
        case .unknown(let why): return .indeterminate(why)
        case .notGathered: return .indeterminate(Fact<Never>.faultWords)
        }
      }
      let findings =
        standing.map { Finding($0.suite, "\($0.figures.words); \($0.source)") } + sorted.others
      guard faults.isEmpty else {
        return .violated(.failing(faults, wanted: wanted, findings, all.failing))
      }
      guard unknown.isEmpty else {
        return .indeterminate("it cannot be told \(listed(unknown))")
      }
      return .satisfied("\(all.passed) of \(all.tests) tests passed", findings)
    }
  }
}

extension Tests {
  /// What is gone since the tree that the ref has.
  private func compare(
    _ standing: [Stated<TestFigures>], _ all: TestFigures, with before: [Stated<TestFigures>],
    of tree: ObjectID, _ faults: inout [String], _ unknown: inout [String]
  ) {
    guard !before.isEmpty else {
      faults.append(
        "no test result\(trust.trust == .signed ? " that counts" : "") is stated about the tree"
          + " \(tree.short), which the ref has now,"
          + " so what is gone cannot be told")
      return
    }
    let old = before.reduce(TestFigures()) { $0 + $1.figures }
    let (ran, had) = (
      all.tests - all.skipped - all.disabled, old.tests - old.skipped - old.disabled
    )
    if let drop, !drop.allows(had - ran, of: had) {
      faults.append("\(counted(ran, "test")) ran, and \(had) did before: more than \(drop) fewer")
    }
    guard keepsSuites else { return }
    for suite in Set(before.map(\.suite)).subtracting(standing.map(\.suite)).sorted() {
      faults.append("the suite \(suite.quoted) was stated before and is not now")
    }
    let gone = old.suitesByName.filter { $0.value.ran > 0 }.map(\.key)
      .filter { all.suitesByName[$0].map { $0.ran == 0 } ?? true }
      .sorted { $0.lexicographicallyPrecedes($1) }
    if !all.hasAllSuites || !old.hasAllSuites {
      unknown.append("which suites are gone: not all are stated by their names")
    } else if let first = gone.first {
      let others = gone.count - 1
      faults.append(
        "the suite \(first.printable.quoted)\(others == 0 ? "" : " and \(counted(others, "other"))")"
          + " ran before and \(others == 0 ? "does" : "do") not now")
    }
  }
}

extension Tests.Ceiling: CustomStringConvertible {
  /// As the policy has it.
  public var description: String {
    switch self {
    case .count(let most): "\(most)"
    case .share(let share): "\(share)"
    }
  }

  /// Whether so many of so many are no more than it. The figures come from a statement, so they may be
  /// of any size.
  func allows(_ count: Int, of all: Int) -> Bool {
    switch self {
    case .count(let most): count <= most
    case .share(let share): Int128(count) * 10_000 <= Int128(share.hundredths) * Int128(all)
    }
  }

  fileprivate func count(_ count: Int, of all: Int) -> String {
    if case .share = self { "\(count) of \(all)" } else { "\(count)" }
  }
}

extension TestFigures {
  var words: String {
    var parts = ["\(tests) tests", "\(passed) passed"]
    for (count, word) in [
      (failed, "failed"), (errored, "broke"), (skipped, "skipped"), (disabled, "disabled"),
      (suiteErrors, "suites broke"), (flakyPassed, "passed only on a rerun"),
      (rerunFailed, "failed on a rerun too"),
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
