import GitModel
import Policy
import PolicyFile
import Schedule
import Testing

/// The lines that a developer reads about a policy; none when it loads.
private func lines(_ bytes: Bytes) -> [String] {
  do throws(PolicyFault) {
    _ = try PolicyReader.read(bytes, file: "p.yml", zone: SystemZones.zone)
    return []
  } catch { return error.lines }
}

private func lines(_ text: String) -> [String] { lines(Bytes(text.utf8)) }

/// One rule in an otherwise good policy; the rule stands on line 5, from column 7.
private func policy(rule: String) -> String {
  """
  version: 1
  rulesets:
    - name: production
      refs: [main]
      rules: {\(rule)}

  """
}

/// Something before a good ruleset; it starts on line 2.
private func policy(top: String, rule: String = "no-delete: ") -> String {
  """
  version: 1
  \(top)
  rulesets: [{name: production, refs: [main], rules: {\(rule)}}]

  """
}

@Suite("policy files that do not load")
struct PolicyReaderTests {
  @Test("as YAML", arguments: yaml)
  func asYAML(_ text: String, _ expected: [String]) { #expect(lines(text) == expected) }

  static let yaml: [(String, [String])] = [
    ("", ["p.yml:1:1: the file is empty; start with `version: 1`"]),
    ("# nothing\n# here\n", ["p.yml:3:1: the file is empty; start with `version: 1`"]),
    (
      "a: {b:}\n",
      [
        "p.yml:1:6: this is not YAML: found unexpected ':' (while scanning a plain scalar); write a space behind the colon"
      ]
    ),
    ("---\n", ["p.yml:2:1: the file is empty; start with `version: 1`"]),
    (
      "just words\n",
      ["p.yml:1:1: a policy is a map of settings, not a single value; start with `version: 1`"]
    ),
    (
      "- version: 1\n",
      ["p.yml:1:1: a policy is a map of settings, not a list; start with `version: 1`"]
    ),
    (
      "foo: [\n",
      [
        "p.yml:2:1: this is not YAML: did not find expected node content (while parsing a flow node)"
      ]
    ),
    (
      "version: 1\n---\nversion: 1\n",
      ["p.yml:2:1: a second document starts here; a policy is one document"]
    ),
    (
      "version: 1\nversion: 1\nrulesets: [{name: a, refs: b, rules: {no-delete: }}]\n",
      ["p.yml:2:1: `version` stands here again; it stands on line 1 already; keep one"]
    ),
    ("version: &a 1\n", ["p.yml:1:10: anchors (`&name`) are not read; write it out"]),
    (
      "&a version: 1\n",
      ["p.yml:1:1: a key must be one word of text, without anchor, tag or brackets"]
    ),
    ("version: *a\n", ["p.yml:1:10: aliases (`*name`) are not read; write it out"]),
    ("version: !!int 1\n", ["p.yml:1:10: tags (`!name`) are not read; leave the tag out"]),
    ("version: ! 1\n", ["p.yml:1:10: tags (`!name`) are not read; leave the tag out"]),
    ("<<: {version: 1}\n", ["p.yml:1:1: merge keys (`<<`) are not read; write it out"]),
    ("[a]: 1\n", ["p.yml:1:1: a key must be one word of text, without anchor, tag or brackets"]),
    (
      "version: 1\nrulesets:\n\t- name: x\n",
      [
        "p.yml:3:1: this is not YAML: found character that cannot start any token (while scanning for the next token); YAML takes no TAB for indentation, and quotes round words that start with a sign"
      ]
    ),
    (
      "\u{FEFF}version: 1\n",
      ["p.yml:1:1: the file starts with a byte order mark; save it as UTF-8 without a BOM"]
    ),
    (
      "version: 1\n# \u{0}\n", ["p.yml:2:3: the file holds the control character 0x0; leave it out"]
    ),
    (
      "version: 1\n# \u{1B}[2J\n",
      ["p.yml:2:3: the file holds the control character 0x1b; leave it out"]
    ),
  ]

  @Test("alias bomb: told at the first anchor")
  func bomb() {
    var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    for level in 1...9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(lines(text) == ["p.yml:1:5: anchors (`&name`) are not read; write it out"])
  }

  @Test("bytes, sizes and depths")
  func bytes() {
    #expect(
      lines(Bytes("version: 1\n# caf".utf8) + [0xE9, 0x0A])
        == ["p.yml:2:6: the file is not UTF-8; save it as UTF-8 without a BOM"])
    #expect(
      lines([0xFF, 0xFE, 0x76, 0x00])
        == ["p.yml:1:1: the file is not UTF-8; save it as UTF-8 without a BOM"])
    #expect(
      lines(Bytes(repeating: UInt8(ascii: "#"), count: 10_000_000))
        == ["p.yml:1:1: the file has 10000000 bytes, and a policy has 1048576 at most"])
    for bracket in ["[", "{a: ", "- "] {
      let deep = lines(String(repeating: bracket, count: 100_000))
      #expect(deep.count == 1)
      #expect(
        deep.first?.hasSuffix("nested deeper than 32 levels; no setting needs that") == true)
    }
  }

  @Test("nothing of the file is shown raw, and no novel is shown whole")
  func hostile() {
    let novel = String(repeating: "x", count: 200_000)
    let told = lines(
      policy(top: "\"a\\e[2J\\u202e\": 1\n\(novel.prefix(900)): 1", rule: "\(novel.prefix(900)): "))
    #expect(told.count == 3)
    #expect(
      told.first?.hasPrefix("p.yml:2:1: the policy knows no key `a\\u{1b}[2J\\u{202e}`; it") == true
    )
    #expect(told.allSatisfy { $0.utf8.count < 600 })
    #expect(told.joined().unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 })
  }

  @Test("more problems than anybody reads, and people without end, cost little")
  func many() {
    let text = "version: 1\nrulesets: []\n" + (0..<10_000).map { "key\($0): 1\n" }.joined()
    let told = lines(text)
    #expect(told.count == 101)
    #expect(told.last == "p.yml: and 9901 more")
    let clock = ContinuousClock()
    let people = (0..<30_000).map { "p\($0): {}" }.joined(separator: ",")
    let holders = (0..<30_000).map { "q\($0)" }.joined(separator: ",")
    let spent = clock.measure {
      #expect(lines("version: 1\npeople: {\(people)}\nroles: {r: [\(holders)]}\n").count == 101)
    }
    #expect(spent < .seconds(60))
  }

  @Test("at the top", arguments: top)
  func atTop(_ text: String, _ expected: [String]) { #expect(lines(text) == expected) }

  static let top: [(String, [String])] = [
    (
      "rulesets: [{name: a, refs: [main], rules: {no-delete: }}]\n",
      ["p.yml:1:1: there is no `version`; start with `version: 1`"]
    ),
    (
      policy(top: "").replacing("version: 1", with: "version: 2"),
      ["p.yml:1:10: this gitrel reads `version: 1`, not 2; take a gitrel that reads version 2"]
    ),
    (
      policy(top: "").replacing("version: 1", with: "version: 1.0"),
      ["p.yml:1:10: `version` takes a whole number, not `1.0`; write it in plain decimal, e.g. 2"]
    ),
    (
      policy(top: "").replacing("version: 1", with: "version: \"1\""),
      ["p.yml:1:10: `version` takes a whole number, not the text \"1\"; leave the quotes out"]
    ),
    (
      policy(top: "peple: {}"),
      ["p.yml:2:1: the policy knows no key `peple`; did you mean `people`?"]
    ),
    (
      "version: 1\n",
      [
        "p.yml:1:1: there are no `rulesets`: this policy guards nothing; write `rulesets:` and under it"
          + " `- name: production`, `refs: [main]`, `rules:`"
      ]
    ),
    (
      "version: 1\nrulesets: []\n",
      [
        "p.yml:2:11: there are no `rulesets`: this policy guards nothing; write `rulesets:` and under"
          + " it `- name: production`, `refs: [main]`, `rules:`"
      ]
    ),
    ("version: 1\nrulesets: {a: b}\n", ["p.yml:2:11: `rulesets` takes a list, not a map"]),
  ]

  @Test("people and roles", arguments: people)
  func peopleAndRoles(_ text: String, _ expected: [String]) {
    #expect(lines(policy(top: text)) == expected)
  }

  private static let key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC/L8E1DfiZ9cHzygqx0IzRCSAlmh4tXH7mZPwWZEY1L"

  private static func noKey(_ place: String, _ words: String) -> String {
    "p.yml:\(place): a key of `al` \(words); a line such as `ssh-ed25519 AAAA...`, or what `gpg --armor"
      + " --export` writes"
  }

  static let people: [(String, [String])] = [
    ("people: {alice: }", []),
    ("people: {alice: {emails: a@x.org}}", []),
    (
      "people:\n  al: {emails: [A@x.org]}\n  bo: {emails: [a@X.org]}",
      [
        "p.yml:4:3: the address `a@x.org` of `bo` belongs to `al` (line 3) too; one person, one entry"
      ]
    ),
    (
      "people: {al: {emails: [a@x.org, a@x.org]}}",
      ["p.yml:2:10: the address `a@x.org` of `al` stands twice; one person, one entry"]
    ),
    (
      "people:\n  al: {keys: [\(key) one]}\n  bo: {keys: [\(key) two]}",
      [
        "p.yml:4:3: the key `SHA256:V0C3GeeW71lVso4QQiwwqHw7Gk5CoboRGflLurbfDuQ` of `bo` belongs to"
          + " `al` (line 3) too; one person, one entry"
      ]
    ),
    (
      "people:\n  al: {keys: [\(key), \"\(key.dropLast())\"]}",
      [noKey("3:97", "is not whole: what stands after `ssh-ed25519` is no Base64")]
    ),
    (
      "people:\n  al: {keys: ssh-dss AAAA}",
      [noKey("3:14", "is a DSA key (ssh-dss), which is too weak")]
    ),
    (
      "people:\n  al: {keys: [\"-----BEGIN PGP PRIVATE KEY BLOCK-----\"]}",
      [
        noKey(
          "3:15",
          "is a private key; take it away and make a new one: it is no secret any more")
      ]
    ),
    (
      "people:\n  al: {keys: [SHA256:iG2PGlZhVGR7cW5EUJfE29aMVD1EFzqBTZ9kQrMSEIU]}",
      [
        noKey(
          "3:15",
          "is of the kind `SHA256:iG2PGlZhVGR7cW5EUJfE29aMVD1EFzqBTZ9kQrMSEIU`, which is not known here"
        )
      ]
    ),
    (
      "people:\n  al: {logins: [bo]}\n  bo: {}",
      ["p.yml:4:3: `bo` is a person, and a login of `al` (line 3) too; one person, one entry"]
    ),
    ("people:\n  al: {logins: [al]}", []),
    (
      "people: {al: {emails: [\"*@x.org\"]}}",
      [
        "p.yml:2:24: `*@x.org` is no address; one plain address, e.g. alice@example.com; no patterns"
      ]
    ),
    (
      "people: {al: {emails: [\"a@b@\"]}}",
      ["p.yml:2:24: `a@b@` is no address; one plain address, e.g. alice@example.com; no patterns"]
    ),
    (
      "people: {al: {bot: NO}}", ["p.yml:2:20: `bot` takes true or false, not `NO`"]
    ),
    (
      "people: {al: {name: ~}}",
      [
        "p.yml:2:21: `name` takes text, and YAML reads `~` as nothing; leave the key out, or write the"
          + " text in quotes"
      ]
    ),
    (
      "people: {al: {email: x}}",
      ["p.yml:2:15: `al` knows no key `email`; did you mean `emails`?"]
    ),
    (
      "people: {\"al ice\": {}}",
      [
        "p.yml:2:10: `al ice` is no name for a person; ASCII letters, digits, dot, dash and"
          + " underscore, e.g. `alice`"
      ]
    ),
    (
      "people: {alice: {}}\nroles: {qa: [alcie]}",
      ["p.yml:3:14: there is no person `alcie`; did you mean `alice`?"]
    ),
    ("roles: {qa: [zoe]}", ["p.yml:2:14: there is no person `zoe`; state them under `people`"]),
    (
      "people: {al: {}}\nroles: {qa: [al, al]}",
      ["p.yml:3:18: `al` holds `qa` twice; keep one"]
    ),
    (
      "people: {al: {}}\nroles: {qa: al}",
      ["p.yml:3:13: `qa` takes a list of people; write `qa: [alice, bob]`"]
    ),
  ]

  @Test("calendars", arguments: calendars)
  func calendar(_ text: String, _ expected: [String]) {
    #expect(
      lines(policy(top: "calendars:\n  office: {\(text)}", rule: "window: {calendar: office}"))
        == expected)
  }

  static let calendars: [(String, [String])] = [
    ("timezone: Europe/London", []),
    ("timezone: UTC, allow: [{days: Mon-Thu, hours: 09:00-16:00}]", []),
    (
      "allow: []",
      [
        "p.yml:3:3: the calendar `office` has no `timezone`; write an IANA name, e.g. `timezone:"
          + " Europe/London`"
      ]
    ),
    (
      "timezone: CST",
      [
        "p.yml:3:22: `timezone`: `CST` is an abbreviation or a short name, not a place; write an IANA"
          + " name such as Europe/London, or UTC"
      ]
    ),
    (
      "timezone: Europe/Lundon", ["p.yml:3:22: `timezone`: there is no zone `Europe/Lundon`"]
    ),
    (
      "timezone: ../../etc/passwd",
      [
        "p.yml:3:22: `timezone`: `../../etc/passwd` is not the name of a zone; write an IANA name such"
          + " as Europe/London, or UTC"
      ]
    ),
    (
      "timezone: UTC, allow: [{days: Fri, hours: 12:30}]",
      [
        "p.yml:3:54: `hours` takes text, and YAML reads `12:30` as a number to the base of 60; write"
          + " it in quotes: \"12:30\""
      ]
    ),
    (
      "timezone: UTC, allow: [{days: Fri, hours: \"12:30\"}]",
      ["p.yml:3:35: `12:30` is not a range of hours; write HH:MM-HH:MM"]
    ),
    ("timezone: UTC, allow: [{days: Fri, hours: \"12:00-24:00\"}]", []),
    (
      "timezone: UTC, allow: [{days: Fri, hours: \"24:00-06:00\"}]",
      ["p.yml:3:35: a range of hours cannot start at 24:00; write 00:00 of the next day"]
    ),
    (
      "timezone: UTC, deny: [{days: Fri, hours: \"7-12\"}]",
      ["p.yml:3:34: `7-12` is not a range of hours; write HH:MM-HH:MM"]
    ),
    (
      "timezone: UTC, deny: [{days: Freitag, hours: \"07:00-12:00\"}]",
      [
        "p.yml:3:34: `Freitag` is not a set of days; write days as Mon-Thu, Sat,Sun, 2nd Tue, last Fri or daily"
      ]
    ),
    (
      "timezone: UTC, deny: [{days: Fri}]",
      [
        "p.yml:3:34: a window under `deny` has no `hours`; write `{days: Mon-Thu, hours:"
          + " \"09:00-16:00\"}`"
      ]
    ),
    (
      "timezone: UTC, deny: [Fri]",
      [
        "p.yml:3:34: a window under `deny` takes a map of settings, not `Fri`; write `key: value`"
          + " lines"
      ]
    ),
    (
      "timezone: UTC, deny: [{days: daily, hours: \"00:00-24:00\"}]",
      ["p.yml:3:3: the calendar `office` never opens; its `deny` covers all of its `allow`"]
    ),
    (
      "timezone: UTC, freezes: [{id: x, from: 2026-12-18T17:00, until: 2026-12-18}]",
      [
        "p.yml:3:37: a freeze has no `reason`; write `{id: year-end, from: 2026-12-18T17:00, until:"
          + " 2027-01-04T09:00, reason: Christmas}`"
      ]
    ),
    (
      "timezone: UTC, freezes: [{id: x, from: 2026-12-18T17:00, until: 2026-12-18, reason: r}]",
      [
        "p.yml:3:37: `2026-12-18` is not a local date and time; write YYYY-MM-DDTHH:MM"
      ]
    ),
    (
      "timezone: UTC, freezes: [{id: x, from: 2026-12-18T17:00, until: 2026-12-17T17:00, reason: r}]",
      [
        "p.yml:3:37: the freeze `x` ends at 2026-12-17T17:00, not after its start 2026-12-18T17:00"
      ]
    ),
    (
      "timezone: UTC, vacations: [x.ics]",
      [
        "p.yml:3:27: `office` knows no key `vacations`; it knows allow, deny, freeze-by, freezes, holidays, locked, staffing, timezone"
      ]
    ),
  ]

  @Test("what a policy says of releases", arguments: releases)
  func release(_ text: String, _ expected: [String]) {
    let rulesets = "rulesets:\n  - {name: a, refs: main, rules: {no-delete: }}\n"
    #expect(lines("version: 1\nrelease: {\(text)}\n\(rulesets)") == expected)
  }

  @Test("by when releases are reviewed, and by whom not")
  func review() throws {
    for (text, expected) in [
      ("{within: 5d}", ReleaseReview(within: 5 * 86_400)),
      ("{alone: true}", ReleaseReview(within: nil, isAlone: true)),
      ("{within: 1h, alone: false}", ReleaseReview(within: 3600)),
    ] {
      let bytes = Bytes(policy(top: "release: {review: \(text)}").utf8)
      let read = try PolicyReader.read(bytes, file: "p.yml", zone: SystemZones.zone)
      #expect(read.release.review == expected)
    }
  }

  static let releases: [(String, [String])] = [
    ("review: {alone: maybe}", ["p.yml:2:27: `alone` takes true or false, not `maybe`"]),
    (
      "notes: {template: .gitrel/notes.md, tickets: 'A-[0-9]+', link: 'https://a.example/{ticket}'}",
      []
    ),
    (
      "notes: {template: ../notes.md}",
      [
        "p.yml:2:29: `template` is no path from the top of the repository; write `template: .gitrel/notes.md`"
      ]
    ),
    (
      "notes: {template: /etc/passwd}",
      [
        "p.yml:2:29: `template` is no path from the top of the repository; write `template: .gitrel/notes.md`"
      ]
    ),
    (
      "notes: {tickets: 'a*'}",
      ["p.yml:2:28: `tickets` matches nothing, and a ticket is something"]
    ),
    (
      "notes: {link: 'https://a.example/'}",
      [
        "p.yml:2:25: `link` is no address with `{ticket}` in it; write `link: 'https://tracker.example/{ticket}'`"
      ]
    ),
    (
      "notes: {link: 'javascript:{ticket}'}",
      [
        "p.yml:2:25: `link` is no address with `{ticket}` in it; write `link: 'https://tracker.example/{ticket}'`"
      ]
    ),
    (
      "notes: {link: 'https://a.example/{ticket})'}",
      [
        "p.yml:2:25: `link` is no address with `{ticket}` in it; write `link: 'https://tracker.example/{ticket}'`"
      ]
    ),
    ("notes: {tickts: a}", ["p.yml:2:19: `notes` knows no key `tickts`; did you mean `tickets`?"]),
  ]

  @Test("rulesets", arguments: rulesets)
  func ruleset(_ text: String, _ expected: [String]) {
    #expect(lines("version: 1\nrulesets:\n\(text)\n") == expected)
  }

  static let rulesets: [(String, [String])] = [
    ("  - {name: a, refs: main, rules: {no-delete: }}", []),
    (
      "  - {refs: main, rules: {no-delete: }}",
      ["p.yml:3:5: a ruleset has no `name`; write `- name: production`"]
    ),
    (
      "  - {name: a, rules: {no-delete: }}",
      ["p.yml:3:5: the ruleset `a` has no `refs`; write `refs: [main, \"release/*\"]`"]
    ),
    (
      "  - {name: a, refs: [], rules: {no-delete: }}",
      ["p.yml:3:21: `refs` is empty; write `refs: [main, \"release/*\"]`"]
    ),
    (
      "  - {name: a, refs: main}",
      [
        "p.yml:3:5: the ruleset `a` has no `rules`; write `rules:` and under it, say,"
          + " `fast-forward-only:`"
      ]
    ),
    (
      "  - {name: a, refs: main, rules: [no-delete]}",
      ["p.yml:3:34: `rules` takes a map, not a list"]
    ),
    (
      "  - main",
      ["p.yml:3:5: a ruleset takes a map of settings, not `main`; write `key: value` lines"]
    ),
    (
      "  - {name: a, refs: main, rules: {no-delete: }}\n  - {name: a, refs: x, rules: {no-delete: }}",
      [
        "p.yml:4:5: the ruleset `a` stands here again; one of that name starts on line 3; give this"
          + " one another name"
      ]
    ),
    (
      "  - {name: a, refs: [\"!main\"], rules: {no-delete: }}",
      ["p.yml:3:21: `refs` selects nothing: every pattern starts with `!`"]
    ),
    (
      "  - {name: a, refs: [main, \"release/[\"], rules: {no-delete: }}",
      ["p.yml:3:28: `refs`: the pattern `release/[` has a `[` without its `]`"]
    ),
    (
      "  - {name: a, refs: [tags/v*], rules: {no-delete: }}",
      [
        "p.yml:3:22: `refs`: `tags/v*` means branches called refs/heads/tags/v*; did you mean"
          + " `refs/tags/v*`?"
      ]
    ),
    (
      "  - {name: a, refs: main, enforce: on, rules: {no-delete: }}",
      ["p.yml:3:36: `enforce` takes active or evaluate, not `on`"]
    ),
    (
      "  - {name: NO, refs: main, rules: {no-delete: }}",
      [
        "p.yml:3:12: `name` takes text, and YAML reads `NO` as a truth value; write it in quotes:"
          + " \"NO\""
      ]
    ),
    (
      "  - {name: a, ref: main, rules: {no-delete: }}",
      [
        "p.yml:3:5: the ruleset `a` has no `refs`; write `refs: [main, \"release/*\"]`",
        "p.yml:3:15: a ruleset knows no key `ref`; did you mean `refs`?",
      ]
    ),
  ]

  @Test("rules", arguments: rules)
  func oneRule(_ text: String, _ expected: [String]) {
    #expect(lines(policy(rule: text)) == expected)
  }

  static let rules: [(String, [String])] = [
    ("no-delete: ", []),
    ("no-delete: {enforce: evaluate}", []),
    ("aprovals: ", ["p.yml:5:13: there is no rule `aprovals`; did you mean `approvals`?"]),
    (
      "sorcery: ",
      [
        "p.yml:5:13: there is no rule `sorcery`; there is "
          + RuleRegistry.names.sorted().joined(separator: ", ")
      ]
    ),
    (
      "approvals: {minimun: 2}",
      ["p.yml:5:25: `approvals` knows no key `minimun`; did you mean `minimum`?"]
    ),
    (
      "approvals: {minimum: \"2\"}",
      [
        "p.yml:5:34: `minimum` takes a whole number, not the text \"2\"; leave the quotes out"
      ]
    ),
    (
      "approvals: {minimum: 010}",
      ["p.yml:5:34: `minimum` takes a whole number, not `010`; write it in plain decimal, e.g. 2"]
    ),
    (
      "approvals: {minimum: 1:30}",
      ["p.yml:5:34: `minimum` takes a whole number, not `1:30`; write it in plain decimal, e.g. 2"]
    ),
    (
      "approvals: {minimum: 0b10}",
      ["p.yml:5:34: `minimum` takes a whole number, not `0b10`; write it in plain decimal, e.g. 2"]
    ),
    (
      "approvals: {minimum: 2.0}",
      ["p.yml:5:34: `minimum` takes a whole number, not `2.0`; write it in plain decimal, e.g. 2"]
    ),
    (
      "approvals: {not-author: NO}",
      ["p.yml:5:37: `not-author` takes true or false, not `NO`"]
    ),
    (
      "approvals: {roles: {tech-lead: 1}}",
      ["p.yml:5:33: there is no role `tech-lead`; state it under `roles`"]
    ),
    (
      "branch-name: {matches: ~}",
      [
        "p.yml:5:36: `matches` takes text, and YAML reads `~` as nothing; leave the key out, or write"
          + " the text in quotes"
      ]
    ),
    (
      "branch-name: {matches: \"(a\"}",
      [
        "p.yml:5:36: `matches`: the pattern `(a` is not a regular expression that RE2 can read:"
          + " missing ): (a"
      ]
    ),
    (
      "fast-forward-only: true",
      [
        "p.yml:5:32: `fast-forward-only` takes a map of settings, not `true`; write"
          + " `fast-forward-only:` alone, or `fast-forward-only: {key: value}`"
      ]
    ),
    (
      "window: {calendar: office}",
      ["p.yml:5:32: there is no calendar `office`; state it under `calendars`"]
    ),
    (
      "no-delete: , no-delete: ",
      ["p.yml:5:26: `no-delete` stands here again; it stands on line 5 already; keep one"]
    ),
    (
      "coverage: {line: 0.8}",
      [
        "p.yml:5:30: `line` takes a percentage, not `0.8`; write it like 80% or 80.25%",
        "p.yml:5:23: `coverage` asks for nothing; write `coverage: {line: 80%}`",
      ].sorted()
    ),
  ]

  @Test("a role with fewer holders than a rule needs")
  func holders() {
    let text = policy(
      top: "people: {al: {}}\nroles: {qa: [al]}", rule: "approvals: {roles: {qa: 2}}")
    #expect(
      lines(text) == [
        "p.yml:4:77: `qa` needs 2 people and only 1 holds it; add people to it under `roles`"
      ])
  }

  @Test("a role or calendar with a problem of its own is not said to be missing")
  func followingProblems() {
    let text = policy(
      top: "people: {al: {}}\nroles: {qa: al}\ncalendars: {o: {timezone: CET}}",
      rule: "approvals: {roles: {qa: 1}}, window: {calendar: o}")
    #expect(
      lines(text).map { $0.prefix { $0 != ";" } } == [
        "p.yml:3:13: `qa` takes a list of people",
        "p.yml:4:27: `timezone`: `CET` is an abbreviation or a short name, not a place",
      ])
  }

  @Test("several problems are told at once, in the order of the file")
  func several() {
    #expect(
      lines(
        """
        version: 1
        extra: 1
        rulesets:
          - name: a
            refs: [main]
            rules:
              aprovals: {minimum: 2}
              tests: {minimum: x}
              window:
        people:
          al: {emails: [nobody]}

        """) == [
          "p.yml:2:1: the policy knows no key `extra`; it knows allowed-signers, calendars, extends, people, release,"
            + " repository, roles, rulesets, statements, version",
          "p.yml:7:7: there is no rule `aprovals`; did you mean `approvals`?",
          "p.yml:8:24: `minimum` takes a whole number, not `x`; write it in plain decimal, e.g. 2",
          "p.yml:9:14: `window` names no calendar; write `window: {calendar: NAME}` with a name from"
            + " `calendars`",
          "p.yml:11:17: `nobody` is no address; one plain address, e.g. alice@example.com; no"
            + " patterns",
        ])
  }
}

@Suite("policy files that load")
struct LoadedPolicyTests {
  /// The example of DESIGN section 4, less what is not there yet.
  static let example = """
    # yaml-language-server: $schema=policy.schema.json
    version: 1

    people:
      alice: {name: Alice Ng, emails: [alice@example.com], logins: [alice], keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC/L8E1DfiZ9cHzygqx0IzRCSAlmh4tXH7mZPwWZEY1L me"]}
      carol: {emails: [carol@example.com]}
      rita:  {emails: [rita@example.com]}
      ci:    {bot: true, keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH0w3hDQZDR9z4rVaySalkElrb8ByU8/51nr3UeysmB5"]}
    roles:
      tech-lead: [alice]
      qa: [carol]
      release-manager: [rita]

    calendars:
      office:
        timezone: Europe/London
        allow:  [{days: Mon-Thu, hours: "09:00-16:00"}, {days: Fri, hours: "09:00-12:00"}]
        deny:   [{days: Fri, hours: "12:00-24:00", reason: no Friday afternoon pushes}]
        freezes: [{id: year-end, from: 2026-12-18T17:00, until: 2027-01-04T09:00, reason: Christmas}]

    rulesets:
      - name: work branches
        refs: ["refs/heads/**", "!main", "!release/*"]
        rules:
          branch-name: {matches: '(feature|fix|chore)/[A-Z]+-[0-9]+(-[a-z0-9]+)*'}
      - name: production
        refs: [main, "release/*"]
        enforce: evaluate
        rules:
          fast-forward-only:
          approvals: {minimum: 2, roles: {tech-lead: 1, qa: 1}, trailers: [Reviewed-by, Approved-by]}
          tests: {failed: 0, minimum: 1000, skipped: 5%}
          coverage: {line: 80%, drop: 0.5%, enforce: active}
          window: {calendar: office}
      - name: release tags
        refs: ["refs/tags/v*"]
        rules:
          tag-name: {scheme: semver}
          annotated-tags:
          tag-on-branch: {branches: [main, "release/*"]}
          version-increases:
          tests: {failed: 0}
          coverage: {line: 80%}
          window: {calendar: office}

    """

  @Test("the example of the design")
  func design() throws {
    let policy = try PolicyReader.read(
      Bytes(Self.example.utf8), file: "p.yml", zone: SystemZones.zone)
    #expect(policy.people.all.map(\.id) == ["alice", "carol", "rita", "ci"])
    #expect(policy.people.all.map(\.isBot) == [false, false, false, true])
    #expect(
      policy.people.all.first?.keys == [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC/L8E1DfiZ9cHzygqx0IzRCSAlmh4tXH7mZPwWZEY1L"
      ])
    #expect(policy.people.holders(of: "qa") == ["carol"])
    #expect(policy.calendars["office"]?.zone.identifier == "Europe/London")
    #expect(policy.calendars["office"]?.freezes.map(\.id) == ["year-end"])
    #expect(policy.rulesets.map(\.name) == ["work branches", "production", "release tags"])
    #expect(policy.rulesets.map(\.position) == [22, 26, 35].map { Position(line: $0, column: 5) })
    func guarding(_ ref: String) -> [String] {
      policy.rulesets(guarding: RefName(ref)).map(\.name)
    }
    #expect(guarding("refs/heads/main") == ["production"])
    #expect(guarding("refs/heads/feature/AB-1") == ["work branches"])
    #expect(guarding("refs/tags/v1") == ["release tags"])
    #expect(guarding("refs/notes/x") == [])
    let production = try #require(policy.rulesets(guarding: RefName("refs/heads/main")).first)
    #expect(
      production.rules.map {
        "\($0.id) \($0.enforcement.enforcement(at: Instant(seconds: 0))) \($0.position.line)"
      } == [
        "fast-forward-only evaluate 30", "approvals evaluate 31", "tests evaluate 32",
        "coverage active 33", "window evaluate 34",
      ])
    let approvals = try #require(production.rules[1].rule as? Approvals)
    #expect(approvals.minimum == 2 && approvals.roles == ["tech-lead": 1, "qa": 1])
    let tests = try #require(production.rules[2].rule as? Tests)
    #expect(tests.minimum == 1000)
    #expect(production.needs.kinds == [.ancestry, .newCommits, .target, .evidence, .baseEvidence])
  }

  @Test("line ends of Windows and a last line without one")
  func lineEnds() throws {
    let text = Self.example.replacing("\n", with: "\r\n").dropLast()
    let policy = try PolicyReader.read(Bytes(text.utf8), file: "p", zone: SystemZones.zone)
    #expect(policy.rulesets.map(\.position.line) == [22, 26, 35])
  }
}
