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

/// A rule that somebody lifted.
let overriddenDecision = decision([
  updated(
    "refs/heads/main",
    [
      JudgedRule(
        rule: "window", ruleset: "production", position: Position(line: 7, column: 5),
        enforcement: .active, verdict: .violated(Explanation("closed", fixes: ["wait"])),
        override: .accepted(person: "rita", reason: "outage", source: "statement 1a"))
    ])
])

/// Bytes that a format could stumble on: an escape sequence, a bidirectional mark, what ends a CDATA
/// section or a comment, NUL, what is no UTF-8, workflow commands, placeholders and links.
let hostileBytes =
  Bytes(
    "\u{1B}[2J\u{202E}]]>--\0<x a=\"'\">&amp;\r\n::error::x##[stop-commands]y%0A{0}[a](http://b),"
      .utf8)
  + [0xFF, 0xC0, 0x80]

/// The same as text; what is no UTF-8 is a replacement character by then.
let hostileText = String(decoding: hostileBytes, as: UTF8.self)

/// One of each: refused, undecided, evaluated, satisfied, not applicable; two refs, the push itself.
let everything = decision(
  [
    updated(
      "refs/heads/main",
      [
        JudgedRule(
          builtIn: "history",
          .violated(Explanation("1 of 2 new commits names one parent twice", fixes: ["git commit"]))
        ),
        judged(
          "approvals", .violated, "2 of 3 new commits lack approval",
          expected: "2 people; trust: trailer, as typed in commit messages",
          [
            Finding(commit(0x9c1e2ab, "Add price tiers"), "has carol (qa); needs 1 more"),
            Finding(commit(0x9c1e2ac, "Round half to even"), "has nobody; needs 2"),
          ],
          fixes: [
            "git rebase -i 0000a1d    mark these 2 commits as `reword`, add `Reviewed-by: NAME <ADDRESS>`"
          ]),
        judged("tests", .indeterminate, "refs/gitrel/evidence cannot be read"),
        judged(
          "window", .violated, "Fri 20 Nov 16:45 GMT: no Friday afternoon pushes", [], .evaluate),
        judged("coverage", .indeterminate, "there is no report", [], .evaluate),
        judged("fast-forward-only", .satisfied, "the push adds to 0000a1d"),
        judged("tag-name", .notApplicable, "main is no tag"),
      ]),
    updated("refs/heads/x", [], isGuarded: false),
  ],
  whole: [
    JudgedRule(
      builtIn: "policy", .violated(Explanation("policy.yml:1:1: one\npolicy.yml:2:1: two")))
  ])

/// Everything in it that somebody else writes is hostile.
let hostile = Decision(
  instant: Instant(seconds: 1_795_193_100), pusher: hostileText,
  policy: PolicyOrigin(label: hostileText, file: hostileText, digest: "abc"),
  updates: [
    UpdateDecision(
      update: RefUpdate(
        name: RefName(Bytes("refs/heads/".utf8) + hostileBytes), old: .zero, new: id(1)),
      isGuarded: true,
      judged: [
        JudgedRule(
          rule: "commit-message", ruleset: hostileText, position: Position(line: 7, column: 5),
          enforcement: .active,
          verdict: .violated(
            Explanation(
              hostileText, expected: hostileText,
              findings: [
                Finding(commit(1, hostileBytes), hostileText), Finding(hostileText, hostileText),
              ], fixes: [hostileText])))
      ])
  ])

/// A rule that finds ten thousand things, on one of a thousand refs.
let flood = decision(
  [
    updated(
      "refs/heads/main",
      [judged("paths", .violated, "bad", (1...10_000).map { Finding("file \($0)", "is bad") })])
  ]
    + (1...999).map { number in
      updated("refs/heads/x\(number)", [judged("no-delete", .violated, "bad", [], .evaluate)])
    })

/// Whether nothing in `text` could move a cursor; line ends are told apart by the caller.
func isPrintable(_ text: String) -> Bool {
  text.unicodeScalars.allSatisfy { $0 == "\n" || Bytes(String($0).utf8).printable == String($0) }
}
