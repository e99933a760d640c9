import GitModel
import Policy
import Testing

@Suite("decisions")
struct DecisionTests {
  private func judged(_ outcome: Verdict.Outcome, _ enforcement: Enforcement = .active)
    -> JudgedRule
  {
    JudgedRule(
      rule: "x", ruleset: "r", position: Position(line: 1, column: 1), enforcement: enforcement,
      verdict: Verdict(outcome, Explanation("why")))
  }

  private func answer(_ judged: [JudgedRule], whole: [JudgedRule] = []) -> Decision.Answer {
    Decision(
      instant: Instant(seconds: 0), pusher: nil, policy: nil,
      updates: [
        UpdateDecision(update: update("refs/heads/x"), isGuarded: true, judged: judged)
      ], whole: whole
    ).answer
  }

  @Test("what refuses", arguments: Verdict.Outcome.allCases)
  func refuses(_ outcome: Verdict.Outcome) {
    let bad = outcome == .violated || outcome == .indeterminate
    #expect(judged(outcome).refuses == bad)
    #expect(!judged(outcome, .evaluate).refuses)
    #expect(JudgedRule(builtIn: "b", Verdict(outcome, Explanation(""))).refuses == bad)
    #expect((answer([judged(.satisfied), judged(outcome)]) == .accepted) == !bad)
  }

  @Test("the answer")
  func answers() {
    #expect(answer([]) == .accepted)
    #expect(answer([judged(.violated), judged(.indeterminate)]) == .refused)
    #expect(answer([judged(.satisfied), judged(.indeterminate)]) == .undecided)
    #expect(answer([judged(.violated, .evaluate), judged(.indeterminate)]) == .undecided)
    #expect(answer([judged(.violated, .evaluate)]) == .accepted)
    #expect(answer([judged(.satisfied)], whole: [judged(.violated)]) == .refused)
  }

  @Test("an explanation is fit for a terminal, whoever made it")
  func cleaned() {
    let hostile = "a\u{1B}[2J\u{202E}\\u{1b}"
    let clean = "a\\u{1b}[2J\\u{202e}\\u{1b}"
    let explanation = Explanation(
      "\(hostile)\n\(hostile)", expected: hostile, findings: [Finding(hostile, "\(hostile)\n")],
      fixes: [hostile])
    #expect(explanation.summary == "\(clean)\n\(clean)")
    #expect(explanation.expected == clean)
    #expect(explanation.findings == [Finding(clean, "\(clean)\\u{a}")])
    #expect(explanation.fixes == [clean])
    #expect(Finding(commit(1, hostile), hostile).detail == clean)
  }
}
