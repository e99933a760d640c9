/// What a policy test expects of a decision.
public struct Expectation: Hashable, Sendable {
  /// A rule as a test names it: by its id, or as `RULESET/ID` where several rulesets state it.
  public struct Named: Hashable, Sendable {
    /// The ruleset; nil for any.
    public let ruleset: String?
    /// The rule.
    public let rule: RuleID

    /// A rule, of one ruleset or of any.
    public init(ruleset: String?, rule: RuleID) { (self.ruleset, self.rule) = (ruleset, rule) }

    /// As it is written in a test.
    public var text: String { ruleset.map { "\($0)/\(rule)" } ?? rule.text }

    func covers(_ judged: JudgedRule) -> Bool {
      judged.rule == rule && (ruleset == nil || judged.ruleset == ruleset)
    }
  }

  /// The answer to the push as a whole.
  public enum Answer: String, Hashable, Sendable, CaseIterable {
    /// Nothing refuses, and at least one rule held.
    case accepted
    /// Something refuses: exactly what `refusedBy` and `undecidedBy` name.
    case refused
    /// No ruleset guards any of the refs.
    case unguarded
  }

  /// The answer.
  public var answer: Answer
  /// All rules that are violated and refuse.
  public var refusedBy: [Named] = []
  /// All rules that cannot be told and refuse.
  public var undecidedBy: [Named] = []
  /// Some rules that have nothing to judge.
  public var notApplicable: [Named] = []
  /// Some rules that hold.
  public var satisfied: [Named] = []
  /// Some rules that would refuse, and are only evaluated.
  public var wouldRefuse: [Named] = []
  /// Texts in the explanations of the rules that refuse or are named here.
  public var says: [String] = []

  /// This answer, and nothing else.
  public init(_ answer: Answer) { self.answer = answer }

  /// Everything that is named.
  var named: [Named] { refusedBy + undecidedBy + notApplicable + satisfied + wouldRefuse }
}

/// One way in which a decision is not what a test expects.
public struct Mismatch: Hashable, Sendable {
  /// What the test expects.
  public let expected: String
  /// What there is instead.
  public let found: String

  /// A difference, fit for a terminal.
  public init(expected: String, found: String) {
    (self.expected, self.found) = (expected.cleaned, found.cleaned)
  }
}

extension Expectation {
  /// How `decision` differs from this; empty when the test holds.
  public func mismatches(with decision: Decision) -> [Mismatch] {
    let judged = decision.all
    let isGuarded = decision.updates.contains(where: \.isGuarded)
    if answer == .unguarded {
      return isGuarded
        ? [Mismatch(expected: "unguarded", found: "\(words(decision)); a ruleset guards it")] : []
    }
    guard isGuarded else {
      return [
        Mismatch(
          expected: expectedWords, found: "nothing is judged: no ruleset guards what is pushed")
      ]
    }
    var found = answers(decision, judged)
    found += each(notApplicable, "not applicable", judged) {
      $0.verdict.outcome == .notApplicable
    }
    found += each(satisfied, "satisfied", judged) { $0.verdict.outcome == .satisfied }
    found += each(wouldRefuse, "a rule that would refuse and is only evaluated", judged) {
      !$0.refuses && [.violated, .indeterminate].contains($0.verdict.outcome)
    }
    return found + unsaid(judged)
  }

  private func answers(_ decision: Decision, _ judged: [JudgedRule]) -> [Mismatch] {
    let refusing = judged.filter(\.refuses)
    if answer == .accepted {
      guard refusing.isEmpty else {
        return [Mismatch(expected: expectedWords, found: words(decision))]
      }
      // Where every rule steps aside, the test says which ones it means.
      let silent = judged.allSatisfy { $0.verdict.outcome == .notApplicable }
      let isMeant = judged.allSatisfy { judged in named.contains { $0.covers(judged) } }
      guard silent, !isMeant else { return [] }
      return [
        Mismatch(
          expected: "accepted, by a rule that holds",
          found:
            "every rule is not applicable (\(listed(Self.names(judged)))); name them under `not-applicable` if that is meant"
        )
      ]
    }
    let violated = refusing.filter { $0.verdict.outcome == .violated }
    let untold = refusing.filter { $0.verdict.outcome == .indeterminate }
    let isExact =
      Self.isExact(refusedBy, violated) && Self.isExact(undecidedBy, untold)
    guard !isExact else { return [] }
    let unasked = (refusedBy + undecidedBy).filter { name in
      !judged.contains { name.covers($0) }
    }
    var words = words(decision)
    if !unasked.isEmpty { words += "; \(Self.unaskedWords(unasked))" }
    return [Mismatch(expected: expectedWords, found: words)]
  }

  /// Whether every name covers one of `judged`, and every one of `judged` is named.
  private static func isExact(_ names: [Named], _ judged: [JudgedRule]) -> Bool {
    names.allSatisfy { name in judged.contains { name.covers($0) } }
      && judged.allSatisfy { judged in names.contains { $0.covers(judged) } }
  }

  private func each(
    _ names: [Named], _ wanted: String, _ judged: [JudgedRule], _ holds: (JudgedRule) -> Bool
  ) -> [Mismatch] {
    names.compactMap { name in
      let its = judged.filter { name.covers($0) }
      if its.contains(where: holds) { return nil }
      return Mismatch(
        expected: "\(name.text) \(wanted)",
        found: its.isEmpty
          ? Self.unaskedWords([name])
          : listed(its.map { "\($0.ruleset ?? "") \($0.rule): \(Self.outcome($0))" }))
    }
  }

  private func unsaid(_ judged: [JudgedRule]) -> [Mismatch] {
    let told = judged.filter { judged in
      judged.refuses || named.contains { $0.covers(judged) }
    }
    let texts = told.flatMap(\.verdict.explanation.allTexts)
    return says.filter { text in !texts.contains { $0.contains(text) } }.map { text in
      Mismatch(
        expected: "the words \"\(text)\"",
        found: told.isEmpty ? "no rule that refuses or is named" : "they stand in no explanation")
    }
  }

  private var expectedWords: String {
    switch answer {
    case .accepted: "accepted"
    case .unguarded: "unguarded"
    case .refused: Self.words(refusedBy.map(\.text), undecidedBy.map(\.text))
    }
  }

  private func words(_ decision: Decision) -> String {
    let refusing = decision.all.filter(\.refuses)
    guard !refusing.isEmpty else { return "accepted" }
    return Self.words(
      Self.names(refusing.filter { $0.verdict.outcome == .violated }),
      Self.names(refusing.filter { $0.verdict.outcome == .indeterminate }))
  }

  private static func words(_ refused: [String], _ undecided: [String]) -> String {
    var parts: [String] = []
    if !refused.isEmpty { parts.append("refused by \(listed(refused))") }
    if !undecided.isEmpty { parts.append("undecided by \(listed(undecided))") }
    return parts.joined(separator: ", ")
  }

  /// The rules by id, each once; with the ruleset where more than one states it.
  private static func names(_ judged: [JudgedRule]) -> [String] {
    var names: [String] = []
    for rule in judged {
      let rulesets = Set(judged.filter { $0.rule == rule.rule }.map(\.ruleset))
      let name =
        rulesets.count > 1 ? "\(rule.ruleset ?? "")/\(rule.rule)" : rule.rule.text
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  private static func unaskedWords(_ names: [Named]) -> String {
    let words = listed(names.map(\.text))
    return "\(words) \(names.count == 1 ? "is" : "are") never asked here: no ruleset that guards"
      + " what is pushed states \(names.count == 1 ? "it" : "them")"
  }

  private static func outcome(_ judged: JudgedRule) -> String {
    switch judged.verdict.outcome {
    case .satisfied: "satisfied"
    case .notApplicable: "not applicable, \(judged.verdict.explanation.summary)"
    case .violated: judged.refuses ? "refused" : "would refuse, but only evaluated"
    case .indeterminate:
      judged.refuses ? "undecided" : "undecided, but only evaluated"
    }
  }
}

extension Explanation {
  /// Every text in it.
  var allTexts: [String] {
    [summary, expected].compactMap { $0 } + findings.flatMap { [$0.title, $0.detail] } + fixes
  }
}
