import GitModel
import Policy

func id(_ number: Int) -> ObjectID {
  let digits = String(number, radix: 16)
  let short = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
  return ObjectID(hex: short + String(repeating: "0", count: 40 - short.count)) ?? .zero
}

func commit(_ number: Int, _ message: Bytes) -> Commit {
  let who = Identity(name: [], email: [], seconds: 0, offsetMinutes: 0)
  return Commit(
    id: id(number), tree: id(number), parents: [id(0)], author: who, committer: who,
    message: message)
}

func commit(_ number: Int, _ message: String) -> Commit { commit(number, Bytes(message.utf8)) }

func judged(
  _ rule: RuleID, _ outcome: Verdict.Outcome, _ summary: String, expected: String? = nil,
  _ findings: [Finding] = [], fixes: [String] = [], _ enforcement: Enforcement = .active
) -> JudgedRule {
  JudgedRule(
    rule: rule, ruleset: "production", position: Position(line: 7, column: 5),
    enforcement: enforcement,
    verdict: Verdict(
      outcome, Explanation(summary, expected: expected, findings: findings, fixes: fixes)))
}

func updated(_ ref: String, _ judged: [JudgedRule], isGuarded: Bool = true) -> UpdateDecision {
  UpdateDecision(
    update: RefUpdate(name: RefName(ref), old: id(0xa1d), new: id(0x9e3)), isGuarded: isGuarded,
    judged: judged)
}

func decision(
  _ updates: [UpdateDecision], whole: [JudgedRule] = [], hasPolicy: Bool = true
) -> Decision {
  Decision(
    instant: Instant(seconds: 1_795_193_100), pusher: "alice",
    policy: hasPolicy
      ? PolicyOrigin(label: "main@3f2a1c9", file: ".gitrel/policy.yml", digest: "abc") : nil,
    updates: updates, whole: whole)
}
