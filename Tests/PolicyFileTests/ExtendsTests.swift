import GitModel
import Policy
import PolicyFile
import Schedule
import Testing

/// A place of a few files; the policy is `.gitrel/policy.yml`.
private func read(_ files: [String: String]) throws(PolicyFault) -> PolicyDocument {
  let policy = ".gitrel/policy.yml"
  let place = PolicyPlace(policy: policy) { (parts) throws(ExtendsFault) in
    guard let text = files[parts.joined(separator: "/")] else {
      throw ExtendsFault("is not in the tree")
    }
    return Bytes(text.utf8)
  }
  return try PolicyReader.read(
    Bytes((files[policy] ?? "").utf8), file: policy, extending: place, zone: SystemZones.zone)
}

/// What somebody reads about these files; none when they load.
private func lines(_ files: [String: String]) -> [String] {
  do throws(PolicyFault) {
    _ = try read(files)
    return []
  } catch { return error.lines }
}

/// A policy that extends `base.yml` beside it.
private func over(_ base: String, _ policy: String) -> [String: String] {
  [
    ".gitrel/base.yml": "version: 1\n\(base)",
    ".gitrel/policy.yml": "version: 1\nextends: [base.yml]\n\(policy)",
  ]
}

private let guarded = """
  people: {alice: {emails: [a@x.org]}, bob: {emails: [b@x.org]}}
  roles: {lead: [alice, bob]}
  calendars: {office: {timezone: UTC, allow: [{days: daily, hours: "09:00-17:00"}]}}
  rulesets:
    - name: production
      refs: [main]
      rules:
        no-delete:
        approvals: {roles: {lead: 1}}
        window: {calendar: office}

  """

/// The same with `locked: true` on something.
private func locking(_ what: String) -> String {
  switch what {
  case "ruleset":
    guarded.replacing("    refs: [main]\n", with: "    refs: [main]\n    locked: true\n")
  case "anonymous": guarded.replacing("{roles: {lead: 1}}", with: "{minimum: 1, locked: true}")
  case "rule": guarded.replacing("{roles: {lead: 1}}", with: "{roles: {lead: 1}, locked: true}")
  default: guarded.replacing("{timezone: UTC,", with: "{locked: true, timezone: UTC,")
  }
}

@Suite struct ExtendsTests {
  @Test("laid over: later keys win, entry by entry")
  func merged() throws {
    let policy = try read(
      over(
        guarded,
        """
        people: {carol: {emails: [c@x.org]}, bob: {emails: [bob@y.org]}}
        roles: {lead: [carol]}
        rulesets:
          - name: production
            refs: [main, "release/*"]
            rules: {approvals: {minimum: 2}, fast-forward-only: }
          - {name: tags, refs: ["refs/tags/**"], rules: {immutable-tags: }}

        """))
    #expect(policy.people.all.map(\.id) == ["alice", "bob", "carol"])
    #expect(policy.people.person(email: Bytes("b@x.org".utf8)) == nil)
    #expect(policy.people.roles == ["lead": ["carol"]])
    #expect(policy.calendars.keys.sorted() == ["office"])
    #expect(policy.rulesets.map(\.name) == ["production", "tags"])
    let production = policy.rulesets[0]
    #expect(production.patterns == ["main", "release/*"])
    #expect(
      production.rules.map(\.id.text) == ["no-delete", "approvals", "window", "fast-forward-only"])
    #expect(
      production.rules.map { "\($0.position.file ?? "-"):\($0.position.line)" } == [
        ".gitrel/base.yml:9", "-:8", ".gitrel/base.yml:11", "-:8",
      ])
    // A rule's settings replace the base's whole.
    #expect((production.rules[1].rule as? Approvals)?.roles == [:])
  }

  @Test("a file that only extends is whole")
  func onlyExtends() throws {
    let policy = try read(over(guarded, ""))
    #expect(policy.rulesets[0].rules.count == 3)
    #expect(policy.rulesets[0].position == Position(line: 6, column: 5, file: ".gitrel/base.yml"))
  }

  @Test("paths are seen from the file that names them, and a file met twice counts once")
  func paths() throws {
    let policy = try read([
      ".gitrel/policy.yml": "version: 1\nextends: [../shared/a.yml, ./b.yml]\n",
      "shared/a.yml": "version: 1\nextends: c/base.yml\nroles: {lead: [bob]}\n",
      ".gitrel/b.yml": "version: 1\nextends: [../shared/c/base.yml]\n",
      "shared/c/base.yml": "version: 1\n\(guarded)",
    ])
    // `b.yml` extends the base too, and takes back nothing that `a.yml` has changed.
    #expect(policy.people.roles == ["lead": ["bob"]])
  }

  @Test("what cannot be extended", arguments: refused)
  func refuses(_ files: [String: String], _ expected: [String]) {
    #expect(lines(files) == expected)
  }

  static let refused: [([String: String], [String])] = [
    (
      [".gitrel/policy.yml": "version: 1\nextends: [a.yml]\n\(guarded)"],
      [".gitrel/policy.yml:2:11: `extends`: a.yml is not in the tree"]
    ),
    (
      [".gitrel/policy.yml": "version: 1\nextends: [../../a.yml, /etc/passwd]\n\(guarded)"],
      [
        ".gitrel/policy.yml:2:11: `extends`: ../../a.yml leads out of the place of the policy; what a policy extends lies in the same tree, or is a pack",
        ".gitrel/policy.yml:2:24: `extends`: /etc/passwd is an absolute path; write it as seen from this file, e.g. ../shared/base.yml",
      ]
    ),
    (
      [
        ".gitrel/policy.yml":
          "version: 1\nextends: ['pack:trnk', \"a b.yml\", \"a\\u202e.yml\"]\n\(guarded)"
      ],
      [
        ".gitrel/policy.yml:2:11: `extends`: pack:trnk is no pack; did you mean `pack:trunk`?",
        ".gitrel/policy.yml:2:24: `extends`: a b.yml is no path that is read here; without white space and backslashes, e.g. base.yml or pack:trunk",
        ".gitrel/policy.yml:2:35: `extends`: a\\u{202e}.yml is not in the tree",
      ]
    ),
    (
      [".gitrel/policy.yml": "version: 1\nextends: {a: b}\n\(guarded)"],
      [".gitrel/policy.yml:2:10: `extends` takes a list, not a map"]
    ),
    (
      over("extends: policy.yml\n", guarded),
      [
        ".gitrel/base.yml:2:10: `extends` goes round in a circle: .gitrel/policy.yml -> .gitrel/base.yml -> .gitrel/policy.yml; take this entry out"
      ]
    ),
    (
      over("extends: [x/../base.yml]\n", guarded),
      [
        ".gitrel/base.yml:2:11: `extends` goes round in a circle: .gitrel/policy.yml -> .gitrel/base.yml -> .gitrel/base.yml; take this entry out"
      ]
    ),
    (
      [
        ".gitrel/policy.yml": "version: 1\nextends: base.yml\n\(guarded)",
        ".gitrel/base.yml": "people: [\n",
      ],
      [
        ".gitrel/base.yml:2:1: this is not YAML: did not find expected node content (while parsing a flow node)"
      ]
    ),
    (
      [
        ".gitrel/policy.yml": "version: 1\nextends: base.yml\n\(guarded)",
        ".gitrel/base.yml": "version: 2\nlead: 1\n",
      ],
      [
        ".gitrel/base.yml:1:10: this gitrel reads `version: 1`, not 2; take a gitrel that reads version 2"
      ]
    ),
    (
      over("lead: 1\n", guarded),
      [
        ".gitrel/base.yml:2:1: the policy knows no key `lead`; it knows allowed-signers, calendars, extends, people, release, repository, roles, rulesets, statements, version"
      ]
    ),
    (
      over("people: []\nrulesets: {}\n", guarded),
      [
        ".gitrel/base.yml:2:9: `people` takes a map, not a list",
        ".gitrel/base.yml:3:11: `rulesets` takes a list, not a map",
      ]
    ),
    (
      over(
        "rulesets:\n  - {name: a, refs: x, rules: {no-delete: }}\n  - {name: a, refs: y, rules: {no-delete: }}\n",
        guarded),
      [
        ".gitrel/base.yml:4:5: the ruleset `a` stands here again; one of that name starts on line 3; give this one another name"
      ]
    ),
    (
      over("roles: {qa: , lead: }\n", guarded),
      [
        ".gitrel/base.yml:2:9: .gitrel/base.yml wants the role `qa`, and nobody holds it; write `qa: [PEOPLE]` under `roles` of the policy"
      ]
    ),
    (
      over("calendars: {night: , office: }\n", guarded),
      [
        ".gitrel/base.yml:2:13: .gitrel/base.yml wants the calendar `night`, and nobody states it; write it under `calendars` of the policy, e.g. `night: {timezone: Europe/London}`"
      ]
    ),
  ]

  @Test("too deep, too many, too much: the chain is told")
  func bounds() {
    var deep = [".gitrel/policy.yml": "version: 1\nextends: f1.yml\n\(guarded)"]
    for level in 1...9 {
      deep[".gitrel/f\(level).yml"] = "version: 1\nextends: f\(level + 1).yml\n"
    }
    let chain = (1...9).map { ".gitrel/f\($0).yml" }.joined(separator: " -> ")
    #expect(
      lines(deep) == [
        ".gitrel/f8.yml:2:10: `extends` goes deeper than 8 files: .gitrel/policy.yml -> \(chain); no policy needs that"
      ])

    let names = (1...33).map { "f\($0).yml" }
    var many = Dictionary(
      uniqueKeysWithValues: names.map { (".gitrel/\($0)", "version: 1\n") })
    many[".gitrel/policy.yml"] =
      "version: 1\nextends: [\(names.joined(separator: ", "))]\n\(guarded)"
    #expect(
      lines(many) == [
        ".gitrel/policy.yml:2:290: the policy extends more than 32 files: .gitrel/policy.yml -> .gitrel/f33.yml; no policy needs that"
      ])

    let filler = "version: 1\n#" + String(repeating: "x", count: 600_000) + "\n"
    #expect(
      lines([
        ".gitrel/policy.yml": "version: 1\nextends: [a.yml, b.yml]\n\(guarded)",
        ".gitrel/a.yml": filler, ".gitrel/b.yml": filler,
      ]) == [
        ".gitrel/policy.yml:2:18: the policy and what it extends have more than 1048576 bytes together"
      ])
  }

  @Test("a policy from nowhere extends packs only")
  func nowhere() {
    #expect(throws: PolicyFault.self) {
      try PolicyReader.read(
        Bytes("version: 1\nextends: a.yml\n\(guarded)".utf8), file: "p", zone: SystemZones.zone)
    }
  }
}

@Suite("what is locked stays")
struct LockTests {
  @Test("each change of it is an error that names the base's line", arguments: changes)
  func refuses(_ locked: String, _ policy: String, _ expected: [String]) {
    let told = lines(over(locking(locked), policy)).map {
      $0.replacing(".gitrel/policy.yml:", with: "").replacing(".gitrel/", with: "")
    }
    #expect(told == expected, "\(policy)")
  }

  static let changes: [(String, String, [String])] = [
    (
      "ruleset", "rulesets: [{name: production, enforce: evaluate}]\n",
      [
        "3:12: the ruleset `production` is locked by base.yml:8; give this one another name: rulesets on the same refs add up"
      ]
    ),
    (
      "ruleset", "rulesets: [{name: production, locked: false}]\n",
      [
        "3:12: the ruleset `production` is locked by base.yml:8; give this one another name: rulesets on the same refs add up"
      ]
    ),
    (
      "ruleset", "calendars: {office: {timezone: UTC}}\n",
      [
        "3:13: the calendar `office` is locked where base.yml:4 states it: the locked ruleset `production` names it (base.yml:8); leave it out here; base.yml:4 has the last word on it"
      ]
    ),
    (
      "ruleset", "roles: {lead: [mallory]}\npeople: {mallory: , alice: {emails: [evil@x.org]}}\n",
      [
        "3:9: the role `lead` is locked where base.yml:3 states it: the locked ruleset `production` names it (base.yml:8); leave it out here; base.yml:3 has the last word on it",
        "4:21: the person `alice` is locked where base.yml:2 states it: the locked ruleset `production` names their role `lead` (base.yml:8); leave it out here; base.yml:2 has the last word on it",
      ]
    ),
    (
      "rule", "rulesets: [{name: production, rules: {approvals: {minimum: 1}, no-delete: }}]\n",
      [
        "3:39: the rule `approvals` of `production` is locked by base.yml:10; state a stricter one in a ruleset of another name: rulesets on the same refs add up"
      ]
    ),
    (
      "rule",
      "rulesets: [{name: production, refs: [x], when: {kind: create}, except: {pusher: alice}, enforce: evaluate, grandfathered: {before: 2026-12-01}}]\n",
      ["refs", "when", "except", "enforce", "grandfathered"].map { key in
        let column = ["refs": 31, "when": 42, "except": 64, "enforce": 89, "grandfathered": 108]
        return
          "3:\(column[key] ?? 0): `\(key)` of the ruleset `production` stays as it is: its rule `approvals` is locked by base.yml:10; write a ruleset of another name: rulesets on the same refs add up"
      }
    ),
    (
      "rule", "roles: {lead: []}\n",
      [
        "3:9: the role `lead` is locked where base.yml:3 states it: the locked rule `approvals` names it (base.yml:10); leave it out here; base.yml:3 has the last word on it"
      ]
    ),
    ("rule", "calendars: {office: {timezone: UTC}}\n", []),
    ("rule", "rulesets: [{name: production, rules: {fast-forward-only: }}]\n", []),
    ("ruleset", "rulesets: [{name: more, refs: [main], rules: {fast-forward-only: }}]\n", []),
    ("ruleset", "people: {carol: {emails: [c@x.org]}}\nroles: {qa: [carol]}\n", []),
    // Rules go by people also where they name nobody: who is whom, and who is a bot.
    (
      "anonymous", "people: {alice: {emails: [a@x.org], bot: true}}\n",
      [
        "3:10: the person `alice` is locked where base.yml:2 states it: base.yml locks rules, which go by people; leave it out here; base.yml:2 has the last word on it"
      ]
    ),
    (
      "calendar", "calendars: {office: {timezone: UTC}, night: {timezone: UTC}}\n",
      [
        "3:13: the calendar `office` is locked by base.yml:4; leave it out here; base.yml:4 has the last word on it"
      ]
    ),
  ]

  private static let releases = """
    people: {alice: {emails: [a@x.org]}, bob: {emails: [b@x.org]}}
    roles: {lead: [alice, bob]}
    rulesets:
      - name: releases
        refs: ["refs/tags/v*"]
        rules:
          strategy: {locked: true}
          review-owed:

    """

  @Test("what a locked rule goes by under `release` stays, stated or not", arguments: terms)
  func release(_ base: String, _ policy: String, _ expected: [String]) {
    let told = lines(over(base, policy)).map {
      $0.replacing(".gitrel/policy.yml:", with: "").replacing(".gitrel/", with: "")
    }
    #expect(told == expected, "\(policy)")
  }

  static let terms: [(String, String, [String])] = [
    (
      releases, "release: {strategies: {canary: {stages: [{name: all}]}}, branch: stable}\n",
      [
        "3:11: `strategies` of `release` is locked as it is: the locked rule `strategy` (base.yml:8) goes by it; leave it out here"
      ]
    ),
    // Only what is locked, and what locked rules go by.
    (releases, "release: {steps: {rollout: [lead]}, review: {within: 90d}, branch: stable}\n", []),
    (
      releases.replacing("review-owed:", with: "review-owed: {locked: true}"),
      "release: {steps: {incident: [alice]}}\n",
      [
        "3:11: `steps` of `release` is locked as it is: the locked rule `review-owed` (base.yml:9) goes by it; leave it out here"
      ]
    ),
    (
      releases.replacing("review-owed:", with: "review-owed: {locked: true}"),
      "release: {review: {alone: true}}\n",
      [
        "3:11: `review` of `release` is locked as it is: the locked rule `review-owed` (base.yml:9) goes by it; leave it out here"
      ]
    ),
    (
      releases.replacing("    rules:\n", with: "    locked: true\n    rules:\n"),
      "release: {steps: {incident: [alice]}}\n",
      [
        "3:11: `steps` of `release` is locked as it is: the locked rule `review-owed` (base.yml:7) goes by it; leave it out here"
      ]
    ),
    (
      releases + "release: {steps: {rollout: [lead]}, review: {within: 5d}, branch: main}\n",
      "release: {review: {within: 90d}, steps: {rollout: [alice]}, branch: stable}\nroles: {lead: [bob]}\n",
      [
        "3:11: `review` of `release` is locked where base.yml:10 states it: base.yml locks rules; leave it out here",
        "3:34: `steps` of `release` is locked where base.yml:10 states it: base.yml locks rules; leave it out here",
        "4:9: the role `lead` is locked where base.yml:3 states it: the locked key `steps` names it (base.yml:10); leave it out here; base.yml:3 has the last word on it",
      ]
    ),
    // Without a lock a later file has the last word.
    (
      releases.replacing(" {locked: true}", with: "")
        + "release: {strategies: {canary: {stages: [{name: all}]}}}\n",
      "release: {strategies: {rolling: {stages: [{name: all}]}}}\n", []
    ),
  ]

  @Test("`release` is laid over key by key, so that stating one takes no other away")
  func laid() throws {
    let base =
      Self.releases.replacing(" {locked: true}", with: "")
      + "release: {branch: stable, review: {within: 5d}}\n"
    let terms = try read(over(base, "release: {review: {within: 2d}}\n")).release
    #expect(terms.branch == RefName("refs/heads/stable"))
    #expect(terms.review == ReleaseReview(within: 2 * 86_400))
    #expect(try read(over(base, "release:\n")).release.branch == RefName("refs/heads/stable"))
  }

  @Test("a file before the one that locks cannot loosen it from behind")
  func behind() {
    let files = [
      ".gitrel/base.yml": "version: 1\n\(Self.releases)",
      ".gitrel/mine.yml": "version: 1\nrelease: {strategies: {canary: {stages: [{name: all}]}}}\n",
      ".gitrel/policy.yml": "version: 1\nextends: [mine.yml, base.yml]\n",
    ]
    #expect(
      lines(files) == [
        ".gitrel/mine.yml:2:11: `strategies` of `release` is locked as it is: the locked rule `strategy` (.gitrel/base.yml:8) goes by it, and stands here before that; leave it out here"
      ])
  }

  @Test("a lock that is neither yes nor no is told, also where a later file states the thing anew")
  func noLock() {
    let base = guarded.replacing("{roles: {lead: 1}}", with: "{roles: {lead: 1}, locked: yes}")
    let policy = "rulesets: [{name: production, rules: {approvals: {minimum: 1}}}]\n"
    #expect(
      lines(over(base, policy)) == [
        ".gitrel/base.yml:10:45: `locked` takes true or false, not `yes`"
      ])
  }

  @Test("no file that stands before can loosen it either")
  func before() throws {
    var files = over(locking("rule"), "")
    files[".gitrel/policy.yml"] = "version: 1\nextends: [mine.yml, base.yml]\n"
    files[".gitrel/mine.yml"] =
      "version: 1\nrulesets: [{name: production, enforce: evaluate}]\npeople: {alice: {emails: [evil@x.org]}}\n"
    #expect(
      lines(files) == [
        ".gitrel/base.yml:6:5: the ruleset `production` is locked here, and .gitrel/mine.yml:2 states it too; give one of the two another name: rulesets on the same refs add up"
      ])
    // What the base states of those whom it names counts, whoever comes first.
    files[".gitrel/mine.yml"] = "version: 1\npeople: {alice: {emails: [evil@x.org]}}\n"
    let policy = try read(files)
    #expect(policy.people.person(email: Bytes("evil@x.org".utf8)) == nil)
    #expect(policy.people.person(email: Bytes("a@x.org".utf8))?.id == "alice")
  }

  @Test("a base may lock what it extends itself, with the same ruleset")
  func lockingWhatIsExtended() {
    var files = over(
      "extends: [bottom.yml]\nrulesets: [{name: production, locked: true}]\n",
      "rulesets: [{name: production, refs: [x]}]\nroles: {lead: []}\n")
    files[".gitrel/bottom.yml"] = "version: 1\n\(guarded)"
    #expect(
      lines(files) == [
        ".gitrel/policy.yml:3:12: the ruleset `production` is locked by .gitrel/base.yml:3; give this one another name: rulesets on the same refs add up",
        ".gitrel/policy.yml:4:9: the role `lead` is locked where .gitrel/bottom.yml:3 states it: the locked ruleset `production` names it (.gitrel/base.yml:3); leave it out here; .gitrel/bottom.yml:3 has the last word on it",
      ])
  }
}
