import GitModel
import Policy
import PolicyFile
import Testing

@Suite("files of policy tests")
struct PolicyTestReaderTests {
  private static let policy = """
    version: 1
    people:
      alice:
        emails: [alice@example.com]
        logins: [al]
        keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINv7vR9d5DN/KWbcABFIgxmaTKuR1Z2Xxxv66kvsJYWo"]
      bob: {emails: [bob@example.com]}
    roles: {lead: [alice], qa: [alice]}
    calendars: {office: {timezone: UTC, allow: [{days: daily, hours: "00:00-24:00"}], freeze-by: [alice]}}
    rulesets:
      - name: production
        refs: [main]
        rules:
          fast-forward-only:
          commit-message: {subject-maximum: 20}
          approvals:
      - name: files
        refs: [main, work]
        when: {paths: [src/]}
        rules:
          trailers: {required: [Reviewed-by]}
      - name: content
        refs: [content]
        rules:
          secrets: {allow: {paths: ["tests/"]}}
          exec: {licences: {command: [/bin/licences]}}
      - name: later
        refs: [later]
        rules:
          no-delete: {enforce: evaluate}
          trailers: {required: [Never], enforce: {active-from: 2026-12-01}}
      - name: owned
        refs: [owned]
        rules:
          code-owners:
      - name: versions
        refs: [refs/tags/v*]
        rules:
          version-increases: {within: minor, descends: true}
      - name: releases
        refs: [refs/tags/r*]
        rules:
          signoffs: {order: [lead, qa]}
          artifact: {names: [app], by: alice}
          review-owed:
          window: {calendar: office, override-by: alice}

    """

  private static func read(_ text: String) throws(PolicyFault) -> PolicyTestFile {
    let place = PolicyPlace(policy: "t.yml") { (parts) throws(ExtendsFault) in
      guard parts == ["p.yml"] else { throw ExtendsFault("is not there") }
      return Bytes(policy.utf8)
    }
    return try PolicyTestReader.read(
      Bytes(text.utf8), file: "t.yml", in: place, zone: SystemZones.zone,
      usual: { () throws(PolicyTestFault) in "p.yml" },
      identify: { _ in PolicyOrigin(label: "p.yml", file: "p.yml", digest: "") })
  }

  /// A file with one case, whose keys these are.
  private static func one(_ keys: String) -> String {
    "given: {at: 2026-11-19T10:00Z, refs: {main: [base]}}\ncases:\n  - {name: one, \(keys)}\n"
  }

  // MARK: Errors

  private static func lines(_ text: String) -> [String] {
    do throws(PolicyFault) {
      _ = try read(text)
      return []
    } catch { return error.lines }
  }

  @Test("that do not load", arguments: faulty)
  func faults(_ text: String, _ expected: [String]) { #expect(Self.lines(text) == expected) }

  static let faulty: [(String, [String])] = [
    (
      "cases: []\n",
      [
        "t.yml:1:8: there are no `cases`: this file tests nothing; write `cases:` and under it `- {name: ..., push: {main: [...]}, expect: accepted}`"
      ]
    ),
    (
      "- name: x\n",
      [
        "t.yml:1:1: a file of policy tests is a map of settings; start with `policy: pack:trunk` and `cases:`"
      ]
    ),
    ("policy: other.yml\ncases: [{}]\n", ["t.yml:1:9: `policy`: other.yml is not there"]),
    (
      one("push: {main: [x]}, expects: accepted"),
      [
        "t.yml:3:5: a case has no `expect`; write `expect: accepted` or `expect: {refused-by: [RULES]}`",
        "t.yml:3:36: a case knows no key `expects`; did you mean `expect`?",
      ]
    ),
    (
      one("push: {main: [x]}, expect: {refused-by: aprovals}"),
      ["t.yml:3:57: there is no rule `aprovals`; did you mean `approvals`?"]
    ),
    (
      one("push: {main: [x]}, expect: {refused-by: prod/approvals}"),
      [
        "t.yml:3:57: the policy has no ruleset `prod`; it has production, files, content, later, owned, versions, releases"
      ]
    ),
    (
      one("push: {main: [x]}, expect: accept"),
      [
        "t.yml:3:44: `expect` takes accepted or unguarded, not `accept`; did you mean `accepted`?"
      ]
    ),
    (
      one("push: {main: [x]}, expect: accepted, at: 2026-11-19T10:00"),
      [
        "t.yml:3:58: `at`: `2026-11-19T10:00` is no moment with its zone; write 2026-11-19T10:00Z, or 2026-11-20T16:45 Europe/London"
      ]
    ),
    (
      one("push: {main: [x]}, expect: accepted, at: 2026-10-25T01:30 Europe/London"),
      [
        "t.yml:3:58: `at`: the clocks show 2026-10-25T01:30 Europe/London twice; write it with its offset or in UTC"
      ]
    ),
    (
      one("push: {main: base}, expect: accepted"),
      ["t.yml:3:24: `main` is there already: this changes nothing"]
    ),
    (
      one("push: {wrk: delete}, expect: accepted"),
      ["t.yml:3:24: `wrk` is not there, so it cannot be deleted"]
    ),
    (
      one("push: {main: bas}, expect: accepted"),
      ["t.yml:3:30: `main`: nothing above is called `bas`; did you mean `base`?"]
    ),
    (
      one("push: {main: [{mesage: x, id: m}]}, expect: accepted"),
      ["t.yml:3:32: a commit knows no key `mesage`; did you mean `message`?"]
    ),
    (
      one("push: {main: [{id: base}]}, expect: accepted"),
      [
        "t.yml:3:36: a commit above is called `base` already; give this one an `id` of its own"
      ]
    ),
    (
      one("push: {main: [{id: m, author: bib}]}, expect: accepted"),
      ["t.yml:3:47: `author`: there is no person `bib`; did you mean `bob`?"]
    ),
    (
      one("push: {main: [{id: m, signed-by: bob}]}, expect: accepted"),
      ["t.yml:3:50: `signed-by`: `bob` has no key in the policy; state `keys` for that person"]
    ),
    (
      one("push: {main: [{id: m, files: {a: {deleted: true}}}]}, expect: accepted"),
      [
        "t.yml:3:47: `files`: `a` is not there, so it cannot be deleted; state it in the `files` of a commit above"
      ]
    ),
    (
      one("push: {main: {tag: base}}, expect: accepted"),
      [
        "t.yml:3:36: `main` is a branch, and a branch stands on a commit; write refs/tags/NAME for a tag"
      ]
    ),
    (
      one("push: {main: [x]}, secrets: [a], exec: {licnces: accepted}, expect: accepted"),
      [
        "t.yml:3:46: `secrets`: no commit of this case changes `a`; state it in the `files` of one",
        "t.yml:3:57: the policy asks no program `licnces`; did you mean `licences`?",
      ]
    ),
    (
      one("push: {main: [x]}, evidence: {}, expect: accepted"),
      [
        "t.yml:3:46: `evidence` states nothing; write `tests: {passed: 10}`, `coverage: {line: 80%}` or `scan: {error: 0}`"
      ]
    ),
    (
      one("push: {main: [x]}, evidence: {scan: {errors: 1, high: -1}}, expect: accepted"),
      [
        "t.yml:3:54: `scan` knows no key `errors`; did you mean `error`?",
        "t.yml:3:71: `high` takes a whole number, not `-1`; write it in plain decimal, e.g. 2",
      ]
    ),
    (
      one("push: {main: [x]}, declred: none, expect: accepted"),
      ["t.yml:3:36: a case knows no key `declred`; did you mean `declared`?"]
    ),
    (
      one("push: {main: [x]}, expect: accepted, declared: {sign-off: lead}"),
      [
        "t.yml:3:64: `declared` takes a list, or none; write `declared: [{sign-off: qa, by: carol}]` or `declared: none`"
      ]
    ),
    (
      one(
        "push: {main: [x]}, expect: accepted, declared: [{by: alice}, {sign-off: laed, by: alice}, {checklist: a, deployed: b, by: alice}, {sing-off: lead, by: alice}, {checklist: a}, {checklist: a, by: bob}]"
      ),
      [
        "t.yml:3:65: an item of `declared` does not say what is declared; write one of sign-off, checklist, artifact, deployed, override, announced, rollout, incident, resolved, rollback, review, close, freeze, freeze-end, duty",
        "t.yml:3:89: `sign-off`: there is no role `laed`; did you mean `lead`?",
        "t.yml:3:107: an item of `declared` says `checklist` and `deployed`; write two items",
        "t.yml:3:147: an item of `declared` does not say what is declared; write one of sign-off, checklist, artifact, deployed, override, announced, rollout, incident, resolved, rollback, review, close, freeze, freeze-end, duty",
        "t.yml:3:148: an item of `declared` knows no key `sing-off`; did you mean `sign-off`?",
        "t.yml:3:176: an item of `declared` does not say who says it; write `by: carol`",
        "t.yml:3:211: `by`: `bob` has no key in the policy; state `keys` for that person",
      ]
    ),
    (
      one(
        "push: {main: [x]}, expect: accepted, declared: [{duty: lead, by: alice}, {artifact: app, by: alice, sha256: abc}, {override: windw, by: alice}, {freeze: ofice/x, by: alice, until: -1h}, {announced: news, of: refs/tags/v1, by: alice}, {incident: A, by: alice}, {incident: A, of: main, by: alice}, {review: main, by: alice}, {freeze: x, of: main, by: alice}, {checklist: x, at: -2y, by: alice}, {checklist: x, sha256: \"00\", by: alice}]"
      ),
      [
        "t.yml:3:72: `duty` does not say until when; write `until: +8h`",
        "t.yml:3:101: `sha256`: `abc` is no SHA-256; write 64 digits, or leave it out where any will do",
        "t.yml:3:142: `override`: the policy states no rule `windw`; did you mean `window`?",
        "t.yml:3:161: `until`: it ends before it begins",
        "t.yml:3:170: `freeze`: the policy has no calendar `ofice`; did you mean `office`?",
        "t.yml:3:215: `announced` takes scope or result, not `news`",
        "t.yml:3:225: `announced`: nothing above is called `refs/tags/v1`; there is base, x, main",
        "t.yml:3:262: `incident` does not say of which release; write `of: refs/tags/v1.3.0`",
        "t.yml:3:295: `incident` is said of a release; name its tag whole, as refs/tags/v1.3.0",
        "t.yml:3:322: `review` is said of a release; name its tag whole, as refs/tags/v1.3.0",
        "t.yml:3:356: `freeze` is about no commit; leave `of` out",
        "t.yml:3:393: `at`: `-2y` is no length of time; write -2h or +30m, counted from the `at` of the case, or 2026-11-19T10:00Z",
        "t.yml:3:410: `sha256`: `00` is of no artifact; leave it out",
      ]
    ),
    (
      one(
        "push: {main: [x]}, expect: accepted, approvals: [{by: alice, veot: true}, {by: bob}, {by: alice, of: nowhere}], owed: [{by: alice}, {override: window, by: alice, reviewed-by: bob}], scope: 3"
      ),
      [
        "t.yml:3:78: an item of `approvals` knows no key `veot`; did you mean `veto`?",
        "t.yml:3:96: `by`: `bob` has no key in the policy; state `keys` for that person",
        "t.yml:3:118: `of`: nothing above is called `nowhere`; there is base, x, main",
        "t.yml:3:136: an item of `owed` does not say which rule was overridden; write `override: window`",
        "t.yml:3:192: `reviewed-by`: `bob` has no key in the policy; state `keys` for that person",
        "t.yml:3:206: `scope` takes the tickets that are promised, or none; write `scope: [SHOP-1, SHOP-2]`, `scope: {SHOP-1: Done}` or `scope: none`",
      ]
    ),
    (
      "cases: [{given: {at: 2026-11-19T10:00Z}, cases: []}]\n",
      ["t.yml:1:9: this group has no `cases`: it tests nothing; write `cases:` beside `given:`"]
    ),
    (
      "people: {carol: {emails: [bob@example.com]}}\n"
        + one("push: {main: [x]}, expect: accepted"),
      [
        "t.yml:1:10: the address `bob@example.com` of `carol` belongs to `bob` (line 7) too; one person, one entry"
      ]
    ),
  ]

  // MARK: Cases

  private static func mismatches(_ keys: String) throws -> [String] {
    let tested = try read(one(keys)).tested()
    return tested.flatMap(\.mismatches).map { "\($0.expected) | \($0.found)" }
  }

  @Test("what holds", arguments: holding)
  func holds(_ keys: String) throws { #expect(try Self.mismatches(keys) == []) }

  static let holding = [
    // The pusher is a login, and writes the commits.
    "pusher: al, push: {main: [{id: m, files: [], trailers: {Reviewed-by: bob}}]}, expect: {satisfied: approvals, not-applicable: trailers}",
    "pusher: al, push: {main: [{id: m, files: [], trailers: {Reviewed-by: alice}}]}, expect: {refused-by: approvals, says: alice is its author}",
    // Without files a `when` on paths cannot be told.
    "pusher: al, push: {main: [{id: m, trailers: {Reviewed-by: bob}}]}, expect: {undecided-by: trailers, says: \"`m` changes: give that commit `files`\"}",
    // Rewinds and merges.
    "refs: {main: [base, {id: b, files: []}]}, push: {main: base}, expect: {refused-by: fast-forward-only}",
    "refs: {topic: {from: main, commits: [{id: t, files: {src/a: x}, trailers: {Reviewed-by: [alice, bob]}}]}}, pusher: al, push: {main: [{message: Merge topic, merge: topic, trailers: {Reviewed-by: bob}}]}, expect: {satisfied: [approvals, trailers]}",
    // What lies on a ref of the same ruleset is not new.
    "refs: {work: {from: main, commits: [{id: w, files: {src/a: x}}]}}, push: {main: work}, expect: {refused-by: production/approvals, not-applicable: files/trailers}",
    // A case without people pushed by nobody.
    "push: {main: [{message: A subject that is too long, files: []}]}, expect: {refused-by: [commit-message, approvals]}",
    "refs: {later: base}, push: {later: delete}, expect: {would-refuse: no-delete, not-applicable: trailers}",
    "refs: {later: base}, at: 2026-12-01T00:00Z, push: {later: [x]}, expect: {refused-by: trailers}",
    "refs: {later: base}, at: 2026-11-30T23:59Z, push: {later: [x]}, expect: {would-refuse: trailers, not-applicable: no-delete}",
    // What a case states of secrets and programs.
    "push: {content: [{id: c, files: [src/a, tests/b]}]}, secrets: none, exec: {licences: accepted}, expect: {satisfied: [secrets, exec]}",
    "push: {content: [{id: c, files: [src/a, tests/b]}]}, secrets: [tests/b], exec: {licences: refused}, expect: {refused-by: exec, satisfied: secrets}",
    "push: {content: [{id: c, files: [src/a, tests/b]}]}, secrets: [src/a], exec: {licences: not-applicable}, expect: {refused-by: secrets, not-applicable: exec}",
    "push: {content: [{id: c, files: [src/a]}]}, expect: {undecided-by: [secrets, exec], says: [\"`secrets: none`\", \"exec: {licences: accepted}\"]}",
    "push: {content: [{id: c}]}, secrets: none, exec: {licences: accepted}, expect: {undecided-by: secrets}",
    // And of who owns what.
    "push: {owned: [{id: c, files: [src/a], trailers: {Reviewed-by: bob}}]}, pusher: al, codeowners: \"* @bob\", expect: {satisfied: code-owners}",
    "push: {owned: [{id: c, files: [src/a]}]}, pusher: al, codeowners: \"[S] @bob\\n*.md\\nsrc/\", expect: {refused-by: code-owners, says: \"line 3 `src/` of [S] needs bob\"}",
    "push: {owned: [{id: c, files: [src/a]}]}, codeowners: \"* @bob\\n/\", expect: {undecided-by: code-owners, says: \"line 2 `/` matches no path\"}",
    "push: {owned: [{id: c, files: [src/a]}]}, expect: {undecided-by: code-owners, says: \"`codeowners: |`\"}",
    // What a version stands on.
    "refs: {main: [base, b], old: base, refs/tags/v1.0: {tag: main}}, push: {refs/tags/v1.1: {tag: main}}, expect: {satisfied: version-increases, says: stands on v1.0}",
    "refs: {main: [base, b], old: base, refs/tags/v1.0: {tag: main}}, push: {refs/tags/v1.1: {tag: old}}, expect: {refused-by: version-increases, says: does not stand on v1.0}",
    "push: {refs/tags/v1.1: {tag: main}, refs/tags/v1.0: {tag: main}}, expect: {satisfied: version-increases}",
    // What people sign.
    "push: {refs/tags/r1: base}, expect: {undecided-by: [signoffs, artifact, review-owed, window], says: [\"give it `declared: [...]`\", \"give it `owed: [...]`\"]}",
    "push: {refs/tags/r1: base}, declared: none, owed: none, expect: {refused-by: [signoffs, artifact], satisfied: [review-owed, window]}",
    "push: {refs/tags/r1: base}, declared: [{artifact: app, by: alice, at: 2026-11-18T10:00Z, of: base}], owed: none, expect: {refused-by: signoffs, satisfied: artifact}",
    "push: {refs/tags/r1: base}, declared: [{artifact: app, by: alice, of: main}], owed: none, expect: {refused-by: [signoffs, artifact], says: \"is for main, not for r1\"}",
    "push: {refs/tags/r1: base}, declared: [{artifact: app, by: alice, at: +1h}], owed: none, expect: {refused-by: [signoffs, artifact], says: is from the future}",
    "push: {refs/tags/r1: base}, declared: [{artifact: app, by: alice, signed-by: bad}, {artifact: app, by: alice, at: -2h, until: -1h}], owed: none, expect: {refused-by: [signoffs, artifact], says: [it does not fit what it signs, \"ended 2026-11-19T09:00:00Z\"]}",
    "push: {refs/tags/r1: base}, declared: [{artifact: app, by: alice}, {freeze: office/x, by: alice, at: -2h, reason: stop}], owed: none, expect: {refused-by: [signoffs, window], says: \"frozen by alice: stop\"}",
    "push: {refs/tags/r1: base}, declared: [{artifact: app, by: alice}, {freeze: x, by: alice, at: -2h}, {freeze-end: x, by: alice, at: -1h}], owed: none, expect: {refused-by: signoffs}",
    "refs: {refs/tags/r1: base}, push: {refs/tags/r1: delete}, declared: [{freeze: x, by: alice}], expect: {refused-by: window}",
    "push: {refs/tags/r1: base}, declared: [{freeze: x, by: alice, at: -2h}, {artifact: app, by: alice}, {override: window, by: alice, reason: the till}], owed: none, expect: {refused-by: signoffs}",
    "push: {refs/tags/r1: base}, declared: [{freeze: x, by: alice, at: -2h}, {artifact: app, by: alice}, {override: window, by: alice, at: -5h, reason: the till}], owed: none, expect: {refused-by: [signoffs, window]}",
    // Nobody signs off twice, so one person is no chain.
    "push: {refs/tags/r1: base}, declared: [{sign-off: lead, by: alice}, {sign-off: qa, by: alice}, {artifact: app, by: alice}], owed: [{override: window, by: alice, at: -3d, pusher: bob}], expect: {refused-by: [signoffs, review-owed], says: [each another person, 1 override not reviewed]}",
    "push: {other: base}, expect: unguarded",
    "push: {main: [{id: m, files: [], author: Eve <eve@example.com>, message: \"x\\n\\nReviewed-by: Bob <bob@example.com>\", trailers: {Reviewed-by: alice}}]}, expect: {satisfied: approvals}",
  ]

  @Test("what does not hold says what there is", arguments: failing)
  func fails(_ keys: String, _ expected: [String]) throws {
    #expect(try Self.mismatches(keys) == expected)
  }

  static let failing: [(String, [String])] = [
    (
      "push: {main: [{id: m, files: []}]}, expect: accepted",
      ["accepted | refused by approvals"]
    ),
    (
      "push: {main: [{id: m, files: []}]}, expect: {refused-by: [fast-forward-only]}",
      ["refused by fast-forward-only | refused by approvals"]
    ),
    (
      "push: {main: [{id: m, files: []}]}, expect: {refused-by: [approvals, no-delete]}",
      [
        "refused by approvals and no-delete | refused by approvals; no-delete is never asked here: no ruleset that guards what is pushed states it"
      ]
    ),
    (
      "push: {main: [{id: m, files: []}]}, expect: {undecided-by: approvals}",
      ["undecided by approvals | refused by approvals"]
    ),
    (
      "push: {main: [{id: m, files: []}]}, expect: {refused-by: approvals, says: [needs 1, needs 2]}",
      ["the words \"needs 2\" | they stand in no explanation"]
    ),
    (
      "push: {other: base}, expect: accepted",
      ["accepted | nothing is judged: no ruleset guards what is pushed"]
    ),
    (
      "push: {main: [{id: m, files: []}]}, expect: unguarded",
      ["unguarded | refused by approvals; a ruleset guards it"]
    ),
    (
      "push: {work: [{id: m, files: [docs/a]}]}, expect: accepted",
      [
        "accepted, by a rule that holds | every rule is not applicable (trailers); name them under `not-applicable` if that is meant"
      ]
    ),
    (
      "push: {main: [{id: m, files: [], trailers: {Reviewed-by: bob}}]}, expect: {not-applicable: approvals, satisfied: no-delete}",
      [
        "approvals not applicable | production approvals: satisfied",
        "no-delete satisfied | no-delete is never asked here: no ruleset that guards what is pushed states it",
      ]
    ),
  ]

  @Test("people of the test file count beside those of the policy")
  func people() throws {
    let text =
      "policy: p.yml\npeople: {carol: {emails: [carol@example.com]}}\n"
      + Self.one(
        "push: {main: [{id: m, files: [], trailers: {Reviewed-by: carol}}]}, expect: {satisfied: approvals}"
      )
    #expect(try Self.read(text).tested().flatMap(\.mismatches) == [])
  }

  @Test("a rule that refuses in no case is told")
  func untested() throws {
    let file = try Self.read(
      Self.one("push: {main: [{id: m, files: []}]}, expect: {refused-by: approvals}"))
    let untested = PolicyTestReport.untested(of: file.policy, called: "p", in: file.tested())
    #expect(
      untested.map { "\($0.position.line) \($0.ruleset)/\($0.rule)" } == [
        "14 production/fast-forward-only",
        "15 production/commit-message",
        "21 files/trailers",
        "25 content/secrets",
        "26 content/exec",
        "30 later/no-delete",
        "31 later/trailers",
        "35 owned/code-owners",
        "39 versions/version-increases",
        "43 releases/signoffs",
        "44 releases/artifact",
        "45 releases/review-owed",
        "46 releases/window",
      ])
  }
}
