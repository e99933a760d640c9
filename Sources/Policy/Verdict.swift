public import GitModel
internal import Synchronization

/// What one rule says of one ref update.
public struct Verdict: Hashable, Sendable {
  /// The four answers.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// The requirement holds.
    case satisfied
    /// It does not.
    case violated
    /// There was nothing to judge; the explanation says why.
    case notApplicable
    /// It could not be told; that refuses as a violation does.
    case indeterminate
  }

  /// The answer.
  public let outcome: Outcome
  private let reasons: Reasons
  /// The statements that it rests on, and those that speak for it where it is violated.
  public private(set) var uses: [StatementUse] = []

  /// The reasons.
  public var explanation: Explanation {
    switch reasons {
    case .told(let explanation): explanation
    case .untold(let untold): untold.explanation
    }
  }

  private enum Reasons: Sendable {
    case told(Explanation)
    case untold(UntoldExplanation)
  }

  /// An answer with its reasons.
  public init(_ outcome: Outcome, _ explanation: Explanation) {
    (self.outcome, reasons) = (outcome, .told(explanation))
  }

  /// An answer whose reasons are made when somebody asks: a replay judges ten thousand updates and
  /// shows a few.
  private init(_ outcome: Outcome, untold make: @escaping @Sendable () -> Explanation) {
    (self.outcome, reasons) = (outcome, .untold(UntoldExplanation(make)))
  }

  /// The requirement does not hold.
  public static func violated(_ make: @escaping @Sendable () -> Explanation) -> Verdict {
    Verdict(.violated, untold: make)
  }

  /// The same with the fixes that help where `command` is planned.
  func told(for command: TagCommand) -> Verdict {
    guard outcome == .violated || outcome == .indeterminate else { return self }
    var verdict = Verdict(outcome, explanation.told(for: command))
    verdict.uses = uses
    return verdict
  }

  /// Equal when outcome and reasons are.
  public static func == (left: Verdict, right: Verdict) -> Bool {
    left.outcome == right.outcome && left.uses == right.uses
      && left.explanation == right.explanation
  }

  /// Hashes outcome and reasons.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(outcome)
    hasher.combine(explanation)
  }

  /// The requirement holds.
  public static func satisfied(
    _ summary: @autoclosure @escaping @Sendable () -> String, _ findings: [Finding] = []
  ) -> Verdict {
    Verdict(.satisfied, untold: { Explanation(summary(), findings: findings) })
  }

  /// The requirement holds because of these statements.
  static func satisfied(
    _ summary: @autoclosure @escaping @Sendable () -> String, by uses: [StatementUse]
  ) -> Verdict {
    var verdict = satisfied(summary())
    verdict.uses = uses.sorted()
    return verdict
  }

  /// The requirement does not hold, though these statements speak for it: they are spent all the same
  /// where somebody lifts the rule.
  static func violated(
    despite uses: [StatementUse], _ make: @escaping @Sendable () -> Explanation
  ) -> Verdict {
    var verdict = violated(make)
    verdict.uses = uses.sorted()
    return verdict
  }

  /// The requirement does not hold.
  public static func violated(_ explanation: Explanation) -> Verdict {
    Verdict(.violated, explanation)
  }

  /// There was nothing to judge.
  public static func notApplicable(
    _ summary: @autoclosure @escaping @Sendable () -> String
  ) -> Verdict {
    Verdict(.notApplicable, untold: { Explanation(summary()) })
  }

  /// It could not be told.
  public static func indeterminate(_ summary: String, fix: [String] = []) -> Verdict {
    Verdict(.indeterminate, Explanation(summary, fixes: fix))
  }
}

/// An explanation that is made once, when it is asked for: a function of values, so that it is the same
/// whenever that is.
private final class UntoldExplanation: Sendable {
  private let make: @Sendable () -> Explanation
  private let made = Mutex<Explanation?>(nil)

  init(_ make: @escaping @Sendable () -> Explanation) { self.make = make }

  var explanation: Explanation {
    if let known = made.withLock({ $0 }) { return known }
    let explanation = make()
    made.withLock { $0 = explanation }
    return explanation
  }
}

/// Why a verdict is what it is. All text is made fit for a terminal here, wherever it came from.
public struct Explanation: Hashable, Sendable {
  /// One clause: what was found, or what is missing.
  public let summary: String
  /// What the rule wants, where the summary does not say it.
  public let expected: String?
  /// The commits, lines or figures behind the summary; of very many the first ones.
  public let findings: [Finding]
  /// How many findings there are in all.
  public let total: Int
  /// What to do, as commands or short sentences, best first.
  public private(set) var fixes: [String]
  /// What some of them come from, where a plan can put it together with those of other rules.
  private(set) var mend: Mend?
  /// The fixes that no plan holds.
  public private(set) var otherFixes: [String]
  /// How many of those come before what mends it.
  private var betterFixes = 0

  /// An explanation from its parts.
  public init(
    _ summary: String, expected: String? = nil, findings: [Finding] = [], total: Int? = nil,
    fixes: [String] = []
  ) {
    // A summary may have several lines: the problems of a policy file.
    self.summary =
      summary.utf8.contains(UInt8(ascii: "\n"))
      ? summary.split(separator: "\n", omittingEmptySubsequences: false)
        .map { String($0).cleaned }.joined(separator: "\n") : summary.cleaned
    self.expected = expected?.cleaned
    self.findings = Array(findings.prefix(Self.maximumFindings))
    self.fixes = fixes.map(\.cleaned)
    otherFixes = self.fixes
    self.total = total ?? findings.count
  }

  /// An explanation that knows what mends it; what else can be done comes before or behind.
  init(
    _ summary: String, expected: String? = nil, findings: [Finding] = [], total: Int? = nil,
    rather better: [String] = [], mend: Mend, or other: [String] = []
  ) {
    self.init(
      summary, expected: expected, findings: findings, total: total,
      fixes: better + mend.fixes(for: nil) + other)
    self.mend = mend
    otherFixes = (better + other).map(\.cleaned)
    betterFixes = better.count
  }

  /// The same with the fixes that help where `command` is planned. What would help a tag that is pushed is
  /// left out, where the command itself is mended.
  func told(for command: TagCommand) -> Explanation {
    guard let mend else { return self }
    var told = self
    var better = otherFixes.prefix(betterFixes)
    let other = otherFixes.dropFirst(betterFixes)
    if case .tag = mend { better = [] }
    told.fixes = better + mend.fixes(for: command).map(\.cleaned) + other
    told.otherFixes = Array(better + other)
    told.betterFixes = better.count
    return told
  }

  /// How many findings are kept when a rule has very many; `total` counts the others.
  public static let maximumFindings = 100
}

/// One thing behind a verdict.
public struct Finding: Hashable, Sendable {
  /// The commit it is about, when there is one.
  public let commit: ObjectID?
  /// Its subject, or whatever else names the thing.
  public let title: String
  /// What was found there.
  public let detail: String

  /// A finding about `commit`.
  public init(_ commit: Commit, _ detail: String) {
    self.commit = commit.id
    title = commit.subject.printable
    self.detail = detail.cleaned
  }

  /// A finding of a program, about a commit where it names one.
  init(commit: ObjectID?, title: String, detail: String) {
    (self.commit, self.title, self.detail) = (commit, title.cleaned, detail.cleaned)
  }

  /// A finding about something that is no commit.
  public init(_ title: String, _ detail: String) {
    (commit, self.title, self.detail) = (nil, title.cleaned, detail.cleaned)
  }
}

extension String {
  /// The text with everything escaped that could move a cursor or does not show. Backslashes stay, so
  /// that what was escaped before is not escaped again.
  public var cleaned: String {
    // Backslashes stay, so plain ASCII stays whole.
    let isPlain = utf8.withContiguousStorageIfAvailable { bytes in
      for byte in bytes where byte < 0x20 || byte >= 0x7F { return false }
      return true
    }
    if isPlain == true { return self }
    return utf8.split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: false)
      .map { Bytes($0).printable }.joined(separator: "\\")
  }

  /// The text between backquotes, cut when somebody writes a novel.
  var quoted: String { "`\(cut(to: 60))`" }

  /// The text, cut behind so many code points.
  func cut(to limit: Int) -> String {
    unicodeScalars.count <= limit ? self : String(unicodeScalars.prefix(limit)) + "..."
  }
}

/// `1 commit`, `3 commits`.
public func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// `a`, `a and b`, `a, b and c`.
func listed(_ words: [String], _ conjunction: String = "and") -> String {
  guard let last = words.last, words.count > 1 else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
}
