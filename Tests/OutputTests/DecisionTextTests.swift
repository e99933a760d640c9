import GitModel
import Output
import Policy
import Testing

@Suite("decisions as text")
struct DecisionTextTests {
  private func text(
    _ decision: Decision, more: String? = nil, isVerbose: Bool = false, showsLines: Bool = false
  ) -> String {
    DecisionText(isVerbose: isVerbose, showsLines: showsLines).lines(decision, more: more)
      .joined(separator: "\n")
  }

  private let window = judged(
    "window", .violated, "Fri 20 Nov 16:45 GMT: no Friday afternoon pushes",
    [Finding("opens Mon 23 Nov 09:00 GMT", "in 2 d 16 h")],
    fixes: ["push again from Mon 23 Nov 09:00 GMT"])
  private let good = judged("fast-forward-only", .satisfied, "the push adds to 0000a1d")
  private let idle = judged("tag-name", .notApplicable, "main is no tag")

  @Test("a refusal")
  func refusal() {
    let approvals = judged(
      "approvals", .violated, "1 of 3 new commits lacks approval",
      expected: "1 qa and 1 tech-lead; trust: trailer, as typed in commit messages",
      [Finding(commit(0x9c1e2ab, "Add price tiers"), "has carol (qa); needs tech-lead (alice)")],
      fixes: [
        "git commit --amend --no-edit --trailer 'Reviewed-by: NAME <ADDRESS>'    by who reviewed it"
      ])
    #expect(
      text(
        decision([updated("refs/heads/main", [approvals, window, good, idle])]),
        more: "gitrel explain main") == """
          gitrel: refused by policy main@3f2a1c9: 2 of 4 rules
            x main  window             Fri 20 Nov 16:45 GMT: no Friday afternoon
                  pushes
                opens Mon 23 Nov 09:00 GMT  in 2 d 16 h
                fix: push again from Mon 23 Nov 09:00 GMT
            x main  approvals          1 of 3 new commits lacks approval
                wants: 1 qa and 1 tech-lead; trust: trailer, as typed in commit
                       messages
                9c1e2ab  Add price tiers  has carol (qa); needs tech-lead (alice)
                fix: git commit --amend --no-edit --trailer 'Reviewed-by: NAME <ADDRESS>'
                     by who reviewed it
            more: gitrel explain main
          """)
  }

  @Test("who may lift a rule and how, and who has")
  func overrides() {
    func told(_ answer: OverrideAnswer, pusher: String?, on ref: String) -> String {
      let rule = JudgedRule(
        rule: "window", ruleset: "production", position: nil, enforcement: .active,
        verdict: window.verdict, override: answer)
      let made = decision([updated(ref, [rule])])
      return text(
        Decision(
          instant: made.instant, pusher: pusher, policy: made.policy, updates: made.updates)
      )
      .split(separator: "\n").filter { $0.contains("overrid") || $0.contains("--reason") }
      .joined(separator: "\n")
    }
    #expect(
      told(.open(by: "lead (bob)"), pusher: "alice", on: "refs/heads/main") == """
              override: lead (bob), with -o gitrel.override=window -o
        """)
    // Push options say nothing where nobody knows who pushes.
    #expect(
      told(.open(by: "lead (bob)"), pusher: nil, on: "refs/heads/main") == """
              override: lead (bob), with gitrel override window 00009e3 --ref
                        main --reason ...
        """)
    #expect(
      told(.open(by: "lead (bob)"), pusher: nil, on: "refs/tags/v1") == """
              override: lead (bob), with gitrel override window 00009e3 --ref
                        refs/tags/v1 --reason ...
        """)
    #expect(
      told(
        .accepted(person: "bob", reason: "outage", source: "statement 1a"), pusher: nil,
        on: "refs/heads/main") == """
          gitrel: accepted by policy main@3f2a1c9: 0 rules hold, 1 is overridden
                overridden by bob (statement 1a): outage
          """)
  }

  @Test("several fixes, several refs, the push as a whole, the line of the policy")
  func several() {
    let rewind = judged(
      "fast-forward-only", .violated, "the push would take back commits",
      fixes: ["git pull --rebase    then push without --force", "git revert COMMIT"])
    let whole = JudgedRule(
      builtIn: "policy", .violated(Explanation("policy.yml:1:1: one\npolicy.yml:2:1: two")))
    #expect(
      text(
        decision(
          [updated("refs/heads/main", [rewind]), updated("refs/tags/v1", [window])], whole: [whole],
          hasPolicy: false), showsLines: true) == """
          gitrel: refused: 3 of 3 rules
            x policy                   policy.yml:1:1: one
                policy.yml:2:1: two
                a check that no policy can switch off
            x main  fast-forward-only  the push would take back commits
                policy line 7, ruleset `production`
                fix: git pull --rebase    then push without --force
                 or: git revert COMMIT
            x v1  window               Fri 20 Nov 16:45 GMT: no Friday afternoon
                  pushes
                policy line 7, ruleset `production`
                opens Mon 23 Nov 09:00 GMT  in 2 d 16 h
                fix: push again from Mon 23 Nov 09:00 GMT
          """)
  }

  @Test("undecided, accepted, unguarded, evaluated")
  func headlines() {
    let unknown = judged("tests", .indeterminate, "refs/gitrel/evidence cannot be read")
    #expect(
      text(decision([updated("refs/heads/main", [unknown, good])]), more: "gitrel explain main")
        == """
        gitrel: could not decide, so refused by policy main@3f2a1c9: 1 of 2
                rules
          ? main  tests              refs/gitrel/evidence cannot be read
          more: gitrel explain main
        """)
    #expect(
      text(decision([updated("refs/heads/main", [good, good, idle])]), more: "x")
        == "gitrel: accepted by policy main@3f2a1c9: 2 rules hold, 1 does not apply")
    #expect(
      text(decision([updated("refs/heads/x", [], isGuarded: false)], hasPolicy: false))
        == "gitrel: accepted: no ruleset guards x")
    let free = ["a", "b", "c", "d"].map { updated("refs/heads/\($0)", [], isGuarded: false) }
    #expect(
      text(decision([updated("refs/heads/main", [good])] + free, hasPolicy: false))
        == "gitrel: accepted: 1 rule holds, no ruleset guards a, b, c and 1 more")
    let late = JudgedRule(
      rule: "window", ruleset: "r", position: nil, enforcement: .evaluate, verdict: window.verdict)
    let unsure = JudgedRule(
      rule: "tests", ruleset: "r", position: nil, enforcement: .evaluate, verdict: unknown.verdict)
    #expect(
      text(decision([updated("refs/heads/main", [good, late, unsure])], hasPolicy: false)) == """
        gitrel: accepted: 1 rule holds, 2 would refuse, but only evaluated
          ~ main  window (evaluate)  Fri 20 Nov 16:45 GMT: no Friday afternoon
                pushes
              opens Mon 23 Nov 09:00 GMT  in 2 d 16 h
              fix: push again from Mon 23 Nov 09:00 GMT
          ~ main  tests (evaluate)   refs/gitrel/evidence cannot be read
        """)
  }

  @Test("verbose tells all, without fixes for what holds")
  func verbose() {
    #expect(
      text(decision([updated("refs/heads/main", [good, idle])], hasPolicy: false), isVerbose: true)
        == """
        gitrel: accepted: 1 rule holds, 1 does not apply
          + main  fast-forward-only  the push adds to 0000a1d
          - main  tag-name           main is no tag
        """)
  }

  @Test("findings and verdicts are capped with a count, and what refuses comes first")
  func caps() {
    let findings = (1...13).map { Finding("file \($0)", "is bad") }
    let long = text(
      decision([updated("refs/heads/main", [judged("tests", .violated, "bad", findings)])]))
    #expect(long.contains("      file 10  is bad\n      and 3 more"))
    #expect(!long.contains("file 11"))
    let counted = Explanation("bad", findings: findings, total: 250)
    let huge = DecisionText().lines(
      decision([
        updated("refs/heads/main", [JudgedRule(builtIn: "tests", .violated(counted))])
      ]))
    #expect(huge.last == "      and 240 more")
    let evaluated = (1...25).map { judged(RuleID("r\($0)"), .violated, "bad", [], .evaluate) }
    let many = text(decision([updated("refs/heads/main", evaluated + [window])]))
    let lines = many.split(separator: "\n")
    #expect(lines[1].hasPrefix("  x main  window"))
    #expect(lines.last == "  and 6 more")
  }

  @Test("lines are no wider than 72 columns, but commands stay whole")
  func width() {
    let words = Array(repeating: "word", count: 60).joined(separator: " ")
    let command = "git commit --amend --no-edit --trailer 'Reviewed-by: NAME <ADDRESS>' --no-verify"
    let rule = judged(
      "tests", .violated, words, expected: words, [Finding(commit(1, words), words)],
      fixes: [words, "\(command)    \(words)", command])
    let lines = DecisionText().lines(decision([updated("refs/heads/main", [rule])]))
    for line in lines where line.count > 72 { #expect(line.dropFirst(11) == command) }
    #expect(lines.filter { $0.contains(command) }.count == 2)
    #expect(lines.allSatisfy { $0.last != " " })
    // A word that no line can hold is not broken either.
    let url = "https://" + String(repeating: "x", count: 100)
    let wide = judged("tests", .violated, url)
    #expect(
      DecisionText().lines(decision([updated("refs/heads/main", [wide])])).contains {
        $0.hasSuffix(url)
      })
  }

  @Test("what was pushed is never raw, and one character cannot fill the screen")
  func hostile() {
    let subject = Bytes("\u{1B}[2J\u{202E}evil\u{7}".utf8) + [0xFF]
    let zalgo = "a" + String(repeating: "\u{301}", count: 10_000)
    let rule = judged(
      "tests", .violated, "x\u{1B}x",
      [Finding(commit(1, subject), "\u{9B}2J"), Finding(commit(2, zalgo), "marks")],
      fixes: ["git branch -m \u{1B}[31m"])
    let hostile = updated("refs/heads/\u{1B}[31m\u{202E}", [rule])
    let told = text(decision([hostile]))
    #expect(told.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7F })
    for raw in ["\u{202E}", "\u{9B}", "\u{FFFD}"] { #expect(!told.contains(raw)) }
    #expect(told.contains("0000001  \\u{1b}[2J\\u{202e}evil\\u{7}\\xff  \\u{9b}2J"))
    #expect(told.unicodeScalars.count < 500)
    let free = text(decision([updated("refs/heads/\u{1B}", [], isGuarded: false)]))
    #expect(free == "gitrel: accepted by policy main@3f2a1c9: no ruleset guards \\u{1b}")
  }
}
