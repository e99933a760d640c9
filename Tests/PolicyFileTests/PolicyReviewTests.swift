import GitModel
import GitrelTestSupport
import Policy
import Schedule
import Testing

@testable import PolicyFile

/// Thursday, 2026-11-19, 10:00 UTC.
private let now = Instant(seconds: 1_795_082_400)

private func warnings(
  _ text: String, refs: [String]? = nil, home: String? = nil
) throws -> [String] {
  let policy = try PolicyReader.read(Bytes(text.utf8), file: "p", zone: SystemZones.zone)
  return PolicyReview.warnings(
    on: policy, at: now, refs: refs.map { $0.map { RefName($0) } }, home: home.map { RefName($0) }
  ).map { problem in
    let hint = problem.hint.map { "; \($0)" } ?? ""
    return "\(problem.position.line):\(problem.position.column): \(problem.text)\(hint)"
  }
}

/// Something above a good ruleset, on line 2.
private func top(_ text: String, rule: String = "no-delete: ") -> String {
  "version: 1\n\(text)\nrulesets: [{name: a, refs: [main], rules: {\(rule)}}]\n"
}

/// Rulesets, from line 6.
private func rulesets(_ text: String) -> String {
  """
  version: 1
  people: {alice: {emails: [a@x.org]}, bob: {emails: [b@x.org]}}
  roles: {qa: [alice], nobody: []}
  calendars: {office: {timezone: UTC}}
  rulesets:
  \(text)
    - {name: z, refs: [never/named], except: {pusher: [qa, nobody]}, rules: {window: {calendar: office}, approvals: }}

  """
}

@Suite("what a policy says and hardly means")
struct PolicyReviewTests {
  @Test("people, roles, calendars and time", arguments: tops)
  func theTop(_ text: String, _ expected: [String]) throws {
    let told = try warnings(text)
    #expect(told == expected)
  }

  static let tops: [(String, [String])] = [
    (top("roles: {qa: []}"), ["2:9: no rule names the role `qa`; take it out"]),
    (
      top(
        "people: {alice: , bob: }\nroles: {qa: [alice]}", rule: "no-delete: {when: {pusher: qa}}"),
      ["2:19: no rule asks for `bob`; take them out"]
    ),
    (top("people: {alice: , bob: }", rule: "approvals: "), []),
    (
      top(
        "people: {alice: , bob: }\nroles: {qa: [alice], rm: [alice]}\nrelease: {steps: {rollout: [qa]}}"
      ),
      [
        "2:19: no rule asks for `bob`; take them out",
        "3:22: no rule names the role `rm`; take it out",
      ]
    ),
    (
      top("calendars: {office: {timezone: UTC}}"),
      ["2:13: no rule names the calendar `office`; take it out"]
    ),
    (
      top(
        "calendars: {office: {timezone: Europe/London, freezes: [{id: a, from: 2027-03-28T01:30, until: 2027-10-31T01:30, reason: x}, {id: b, from: 2026-11-18T00:00, until: 2026-11-19T10:00, reason: x}]}}",
        rule: "window: {calendar: office}"),
      [
        "2:13: the freeze `a` names 2027-03-28T01:30, which the clocks of Europe/London skip; taken as Sun 28 Mar 02:00 BST",
        "2:13: the freeze `a` names 2027-10-31T01:30, which the clocks of Europe/London show twice; taken as Sun 31 Oct 01:30 GMT",
        "2:126: the freeze `b` is over since 2026-11-19T10:00; take it out",
      ]
    ),
    (
      top(
        "calendars: {office: {timezone: UTC, allow: [{days: Mon, hours: \"09:00-10:00\"}, {days: Tue, hours: \"09:00-10:00\"}], deny: [{days: Mon, hours: \"08:00-12:00\"}]}}",
        rule: "window: {calendar: office}"),
      [
        "2:45: the window `Mon 09:00-10:00` never opens: `deny` covers all of it; take it out, or the part of `deny` that it is meant to open"
      ]
    ),
  ]

  @Test("rulesets", arguments: rulesetCases)
  func rulesetsSay(_ text: String, _ expected: [String]) throws {
    let told = try warnings(rulesets(text))
    #expect(told == expected, "\(text)")
  }

  static let rulesetCases: [(String, [String])] = [
    (
      "  - {name: a, refs: [\"a b\", \"x.lock\", \"*/*.lock\", \"ok*\"], rules: {no-delete: }}",
      [
        "6:22: the pattern `a b` matches no name that a ref may have: such a name holds a space, which is not one of A-Z a-z 0-9 - . _ / @ + # , = %",
        "6:29: the pattern `x.lock` matches no name that a ref may have: such a name has a part that ends with .lock",
        "6:39: the pattern `*/*.lock` matches no name that a ref may have: such a name has a part that ends with .lock",
      ]
    ),
    (
      "  - {name: a, refs: [main, \"!**\", \"release/*\", \"!release/1.0\"], rules: {no-delete: }}",
      [
        "6:22: the pattern `main` selects nothing: what it matches is taken out by a pattern with `!`; take one of the two out",
        "6:35: the pattern `release/*` selects nothing: what it matches is taken out by a pattern with `!`; take one of the two out",
      ]
    ),
    (
      "  - {name: a, refs: [main, \"!dev\", \"!rel/*\"], rules: {no-delete: }}",
      ["6:28: `!dev` takes nothing out: no other pattern of the ruleset matches it; take it out"]
    ),
    (
      "  - {name: a, refs: [main], rules: {immutable-tags: }}\n  - {name: b, refs: [\"refs/tags/v*\"], rules: {branch-name: {matches: v.*}}}\n  - {name: c, refs: [\"refs/**\"], rules: {branch-name: {matches: '.*'}, tag-name: {matches: '.*'}}}",
      [
        "6:37: `immutable-tags` judges tags, and `a` guards branches only; state it in a ruleset with refs: [\"refs/tags/**\"]",
        "7:47: `branch-name` judges branches, and `b` guards tags only; state it in a ruleset with branches",
        "8:42: `branch-name` stands for vx in the ruleset `b` too (line 7); both hold, so that the stricter of the two decides",
      ]
    ),
    (
      "  - {name: a, refs: [main], rules: {approvals: {minimum: 1}, no-delete: }}\n  - {name: b, refs: [\"m*\"], rules: {approvals: {minimum: 2}, no-delete: }}\n  - {name: c, refs: [\"m*\"], when: {kind: create}, rules: {no-delete: }}",
      [
        "7:37: `approvals` stands for main in the ruleset `a` too (line 6); both hold, so that the stricter of the two decides",
        "7:62: `no-delete` stands for main in the ruleset `a` too (line 6); one of the two is enough",
      ]
    ),
    (
      "  - {name: a, refs: [main], enforce: evaluate, rules: {no-delete: {enforce: {active-from: 2026-11-19}}, approvals: {enforce: {active-from: 2026-12-01}}}}",
      [
        "6:29: the ruleset `a` is only evaluated, and no day is set from which it refuses; write `enforce: {active-from: DATE}` when you know it",
        "6:68: the rule `no-delete` is active since 2026-11-19T00:00:00Z; take the key out: active is what is meant without it",
      ]
    ),
    (
      "  - {name: a, refs: [main], when: {pusher: nobody}, rules: {no-delete: {when: {kind: delete, paths: [x]}}}}",
      [
        "6:29: the ruleset `a` never applies: nobody is among `pusher`",
        "6:73: the rule `no-delete` never applies: a deletion changes no path",
      ]
    ),
    (
      "  - {name: a, refs: [main], when: {kind: [create]}, except: {kind: [create]}, rules: {no-delete: {when: {kind: delete}}}}",
      [
        "6:29: the ruleset `a` never applies: `except` says the same",
        "6:99: the rule `no-delete` never applies: the `kind` of the ruleset is another",
      ]
    ),
    (
      "  - {name: a, refs: [main], when: {risk: [medium, high]}, rules: {no-delete: }}\n  - {name: b, refs: [\"**\"], when: {risk: low}, rules: {no-delete: }}",
      [
        "6:29: the ruleset `a` asks for a `risk` that whoever commits types, and nothing here is asked of unstated; add it, or state a ruleset for the rest",
        "7:29: the ruleset `b` asks for a `risk` that whoever commits types, and nothing here is asked of unstated; add it, or state a ruleset for the rest",
      ]
    ),
    (
      "  - {name: a, refs: [main], when: {lane: normal}, rules: {no-delete: }}\n  - {name: b, refs: [main], when: {lane: [hotfix, rollback]}, rules: {no-delete: }}",
      []
    ),
    // Releases: which tags, which lanes, and what is asked of them all the same.
    (
      "  - {name: a, refs: [\"refs/tags/v*\"], when: {lane: normal}, rules: {annotated-tags: }}",
      [
        "6:39: the ruleset `a` asks for a `lane` that whoever tags types, and on \"refs/tags/v*\" no ruleset asks anything of hotfix, rollback; state a ruleset with `refs: [\"refs/tags/v*\"]` and `when: {lane: [hotfix, rollback]}`"
      ]
    ),
    (
      "  - {name: a, refs: [\"refs/tags/v*\"], when: {lane: normal}, rules: {annotated-tags: }}\n  - {name: b, refs: [\"refs/tags/v*\"], rules: {immutable-tags: }}\n  - {name: c, refs: [\"refs/tags/v1.*\"], when: {lane: hotfix}, rules: {no-delete: }}",
      [
        "6:39: the ruleset `a` asks for a `lane` that whoever tags types, and on \"refs/tags/v*\" nothing but `b` asks anything of rollback; state a ruleset with `refs: [\"refs/tags/v*\"]` and `when: {lane: [rollback]}`",
        "8:41: the ruleset `c` asks for a `lane` that whoever tags types, and on \"refs/tags/v1.*\" nothing but `b` asks anything of rollback; state a ruleset with `refs: [\"refs/tags/v1.*\"]` and `when: {lane: [rollback]}`",
      ]
    ),
    (
      "  - {name: a, refs: [\"refs/tags/v*\"], when: {lane: normal}, rules: {annotated-tags: }}\n  - {name: b, refs: [\"refs/tags/**\"], when: {lane: [hotfix, rollback]}, rules: {annotated-tags: }}",
      []
    ),
    (
      "  - {name: a, refs: [main], except: {lane: hotfix}, rules: {no-delete: {except: {risk: unstated}}}}",
      [
        "6:29: the ruleset `a` is left out for whoever types `Lane: hotfix` into a commit; state a ruleset for it, with `when: {lane: [hotfix]}`"
      ]
    ),
    (
      "  - {name: a, refs: [main, \"f/*\"], rules: {branch-name: {matches: 'f/[a-z]+', forbids: 'f/a b'}}}",
      [
        "6:67: `matches` refuses every push to main, which `a` guards by name",
        "6:88: `forbids`: `f/a b` matches no name: it wants a character that no name may hold; names have A-Z a-z 0-9 - . _ / @ + # , = %",
      ]
    ),
    (
      "  - {name: a, refs: [\"f/*\"], rules: {branch-name: {matches: 'refs/heads/f/.*'}}}",
      [
        "6:61: `matches`: `refs/heads/f/.*` matches no name: it is held against the short name, without refs/heads/ or refs/tags/"
      ]
    ),
  ]

  @Test("against the refs that there are")
  func refs() throws {
    let text = top("", rule: "no-delete: ")
    func told(_ text: String, _ branches: String...) throws -> [String] {
      try warnings(text, refs: branches.map { "refs/heads/\($0)" })
    }
    var found = try told(text, "main")
    #expect(found == [])
    found = try told(text, "trunk")
    #expect(
      found == [
        "3:22: the ruleset `a` guards nothing now: there is no branch main, only trunk; write `refs: [trunk]`, or rename the branch: git branch -m trunk main"
      ])
    found = try told(text, "a", "b", "c", "d")
    #expect(
      found == [
        "3:22: the ruleset `a` guards nothing now: there is no branch main, only a, b, c and 1 more; write the name of one of them"
      ])
    found = try told(text.replacing("[main]", with: "[\"release/*\"]"), "main")
    #expect(
      found == [
        "3:22: the ruleset `a` guards nothing now: it matches no ref here; that may be meant, where they are still to be made"
      ])
    // There are no tags, and no work in progress: that is for later.
    let packed = "version: 1\nextends: pack:trunk\npeople: {alice: }\nroles: {reviewers: [alice]}\n"
    found = try told(packed, "main")
    #expect(found == [])
    found = try told(packed)
    #expect(found == [])
    found = try told(packed, "master").map { String($0.drop { $0 != " " }) }
    #expect(
      found == [
        " the ruleset `trunk` guards nothing now: there is no branch main, only master; state `{name: trunk, refs: [master]}` under `rulesets`, or rename the branch: git branch -m master main"
      ])
    found = try told(packed, "master", "next").map { String($0.drop { $0 != " " }) }
    #expect(
      found == [
        " the ruleset `trunk` guards nothing now: there is no branch main, only master, next; state `{name: trunk, refs: [BRANCH]}` under `rulesets`"
      ])
  }

  @Test("the fix for a pack that guards another branch is one")
  func renamed() throws {
    let fixed =
      "version: 1\nextends: pack:trunk\npeople: {alice: }\nroles: {reviewers: [alice]}\nrulesets: [{name: trunk, refs: [master]}]\n"
    #expect(try warnings(fixed, refs: ["refs/heads/master"]) == [])
  }

  @Test("signatures that nobody could make", arguments: signing)
  func signers(_ rule: String, _ keys: String, _ expected: [String]) throws {
    let people = "people: {alice: {\(keys)}, bob: }\nroles: {qa: [bob], all: [alice, bob]}"
    let policy = top("\(people)", rule: "\(rule), no-delete: {when: {pusher: [qa, all]}}")
    let told = try warnings(policy)
    #expect(told == expected)
  }

  private static let key = "keys: ['\(key(of: 1))']"

  static let signing: [(String, String, [String])] = [
    (
      "signed-commits: ", "emails: [a@x.org]",
      [
        "4:44: `signed-commits` refuses every commit: none of those who could sign has an SSH or OpenPGP key in the policy; state `keys` for alice, bob"
      ]
    ),
    ("signed-commits: ", key, []),
    (
      "approvals: {trust: signed}", key,
      [
        "4:44: approvals that were signed for another repository with the same trees count here, too; give this one a name: `repository: shop` at the top"
      ]
    ),
    ("approvals: {minimum: 1}", key, []),
    (
      "signed-commits: {by: qa}", key,
      [
        "4:44: `signed-commits` refuses every commit: none of those who could sign has an SSH or OpenPGP key in the policy; state `keys` for bob"
      ]
    ),
    ("signed-commits: {by: [qa, all], formats: [ssh]}", key, []),
    (
      "signed-commits: {formats: [openpgp]}", key,
      [
        "4:44: `signed-commits` refuses every commit: none of those who could sign has an OpenPGP key in the policy; state `keys` for alice, bob"
      ]
    ),
  ]

  @Test("tags that nobody could sign")
  func tagSigners() throws {
    let text =
      "version: 1\nrulesets: [{name: a, refs: [\"refs/tags/**\"], rules: {signed-tags: {formats: [ssh]}}}]\n"
    #expect(
      try warnings(text) == [
        "2:54: `signed-tags` refuses every tag: nobody has an SSH key in the policy; state somebody with `keys` under `people`"
      ])
  }

  /// An SSH key of ed25519, told from others by `number`.
  private static func key(of number: UInt8) -> String {
    func string(_ bytes: Bytes) -> Bytes { [0, 0, 0, UInt8(bytes.count)] + bytes }
    let blob =
      string(Bytes("ssh-ed25519".utf8)) + string(Bytes(repeating: number, count: 32))
    return "ssh-ed25519 " + String(decoding: Base64.encode(blob), as: UTF8.self)
  }

  @Test("each pack loads with people in the roles that it names, and means what it says")
  func packs() throws {
    for pack in PolicyPack.all {
      let root = try #require(YAMLReader.root(of: pack.bytes, problems: ProblemList()))
      let roles = root.entries("roles").map(\.key)
      let calendars = root.entries("calendars").map { "\($0.key): {timezone: UTC}" }
      #expect(!roles.isEmpty)
      // One person a role: nobody fills two places of one rule.
      let people = roles.enumerated().map {
        "p-\($1): {emails: ['\($1)@x.org'], keys: ['\(Self.key(of: UInt8($0)))']}"
      }
      let holders = roles.map { "\($0): ['p-\($0)']" }
      let team =
        "version: 1\nextends: ['pack:\(pack.name)']\npeople: {\(people.joined(separator: ", "))}\nroles: {\(holders.joined(separator: ", "))}\ncalendars: {\(calendars.joined(separator: ", "))}\n"
      let told = try warnings(team)
      #expect(told == [], "\(pack.name)")
    }
  }

  @Test("a policy that does not guard its own branch")
  func home() throws {
    #expect(try warnings(top(""), home: "refs/heads/main") == [])
    #expect(
      try warnings(top(""), home: "refs/heads/trunk") == [
        "3:1: no active rule guards trunk, so any push may replace this policy; state rules for it: refs: [trunk], approvals and no-delete"
      ])
    let later = top("", rule: "no-delete: {enforce: {active-from: 2026-12-01}}")
    #expect(try warnings(later, home: "refs/heads/main").count == 1)
  }

  @Test("regular expressions that cannot match", arguments: expressions)
  func reach(_ pattern: String, _ can: Bool) {
    let letters = (UInt8.min...UInt8.max).map { $0.isASCIILetter }
    #expect(PatternReach.canMatch(Bytes(pattern.utf8), of: letters) == can, "\(pattern)")
  }

  static let expressions: [(String, Bool)] = [
    ("a", true), ("1", false), ("a1*", true), ("a1+", false), ("a1{0,2}", true), ("a1{1}", false),
    ("a|1", true), ("1|2", false), ("(1|a)b", true), ("(?:1|2)b", false), ("(?i)a", true),
    ("(?P<x>1)", false), ("[0-9]", false), ("[0-9a]", true), ("[^a]", true), ("[]a]", true),
    ("[]]", false), ("\\d", true), ("\\.", false), (".", true), ("^a$", true), ("\\Aa\\z", true),
    ("a\\x{20}", true), ("a(", true), ("[", false), ("é", false), ("", true), ("[[:digit:]]", true),
    ("(1)?", true), ("(1)*a", true), ("\\s", false), ("\\pN", true),
  ]
}
