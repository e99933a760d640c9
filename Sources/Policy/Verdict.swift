public import GitModel

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
  /// The reasons.
  public let explanation: Explanation

  /// An answer with its reasons.
  public init(_ outcome: Outcome, _ explanation: Explanation) {
    (self.outcome, self.explanation) = (outcome, explanation)
  }

  /// The requirement holds.
  public static func satisfied(_ summary: String, _ findings: [Finding] = []) -> Verdict {
    Verdict(.satisfied, Explanation(summary, findings: findings))
  }

  /// The requirement does not hold.
  public static func violated(_ explanation: Explanation) -> Verdict {
    Verdict(.violated, explanation)
  }

  /// There was nothing to judge.
  public static func notApplicable(_ summary: String) -> Verdict {
    Verdict(.notApplicable, Explanation(summary))
  }

  /// It could not be told.
  public static func indeterminate(_ summary: String, fix: [String] = []) -> Verdict {
    Verdict(.indeterminate, Explanation(summary, fixes: fix))
  }
}

/// Why a verdict is what it is. All text is fit for a terminal already.
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
  public let fixes: [String]

  /// An explanation from its parts.
  public init(
    _ summary: String, expected: String? = nil, findings: [Finding] = [], total: Int? = nil,
    fixes: [String] = []
  ) {
    (self.summary, self.expected) = (summary, expected)
    (self.findings, self.fixes) = (findings, fixes)
    self.total = total ?? findings.count
  }

  /// How many findings a rule writes out when it has very many.
  static let maximumFindings = 100
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
    self.detail = detail
  }

  /// A finding about something that is no commit.
  public init(_ title: String, _ detail: String) {
    (commit, self.title, self.detail) = (nil, title, detail)
  }
}

/// The commands that mend commits, which depend on where the commit stands.
enum Mend {
  /// How to reword the given commits: amend when it is only the tip, rebase when it is older.
  static func reword(_ commits: [Commit], newest: [Commit]) -> String {
    guard commits.count == 1, let only = commits.first else {
      guard let oldest = commits.last else { return "git commit --amend" }
      return rebase(from: oldest)
    }
    return only.id == newest.first?.id ? "git commit --amend" : rebase(from: only)
  }

  private static func rebase(from commit: Commit) -> String {
    let base = commit.parents.isEmpty ? "--root" : "\(commit.id.short)^"
    return "git rebase -i \(base)    and mark each named commit `reword`"
  }
}

/// `1 commit`, `3 commits`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// `a`, `a and b`, `a, b and c`.
func listed(_ words: [String], _ conjunction: String = "and") -> String {
  guard let last = words.last, words.count > 1 else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
}
