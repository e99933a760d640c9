import GitModel
import Policy
import Schedule
import Testing

@testable import PolicyFile

/// What an import of `text` under `name` says, policy and notes, the lines that are always there left out.
func imported(
  _ name: String, _ text: String, _ options: ImportOptions = ImportOptions()
) throws -> (policy: String, notes: [String]) {
  let report = try PolicyImport.report(on: [(name, Bytes(text.utf8))], options: options)
  return (body(report.policy), report.notes.map(\.text))
}

/// A policy from its first people, roles or rulesets on.
func body(_ policy: String) -> String {
  let lines = policy.split(separator: "\n", omittingEmptySubsequences: false)
  guard let version = lines.firstIndex(of: "version: 1") else { return policy }
  return lines[(version + 2)...].joined(separator: "\n")
}

/// The problems of a policy that was imported; none when it loads.
func problems(of policy: String) -> [String] {
  do throws(PolicyFault) {
    _ = try PolicyReader.read(Bytes(policy.utf8), file: "policy.yml") {
      identifier throws(ZoneFault) in throw ZoneFault("there is no zone \(identifier)")
    }
    return []
  } catch {
    // A rule that this gitrel has not yet is no fault of the import.
    return error.lines.filter { line in
      !ruleNames.contains { !RuleRegistry.names.contains($0) && line.contains("no rule `\($0)`") }
    }
  }
}

/// Every rule that imports write.
let ruleNames = [
  "pushers", "linear-history", "signed-commits", "tickets", "sign-off", "identity", "paths",
  "file-size",
]

@Suite("what several imports have in common")
struct ImportTests {
  @Test("what a file is, its content tells", arguments: kinds)
  func kind(_ text: String, _ kind: ImportKind) throws {
    #expect(try ImportDocument(Bytes(text.utf8), file: "x", kind: nil).kind == kind)
  }

  static let kinds: [(String, ImportKind)] = [
    (#"{"name": "x", "target": "branch", "rules": []}"#, .githubRuleset),
    (#"[{"enforcement": "active", "rules": []}]"#, .githubRuleset),
    (#"{"required_pull_request_reviews": null, "restrictions": null}"#, .githubProtection),
    (#"{"name": "main", "protected": true, "protection": {}}"#, .githubProtection),
    (#"{"id": 1, "deny_delete_tag": true}"#, .gitlabPushRules),
    ("null\n", .gitlabPushRules),
    (#"{"extends": ["@commitlint/config-conventional"]}"#, .commitlint),
    (#"{"name": "app", "commitlint": {"rules": {}}}"#, .commitlint),
    ("rules:\n  type-empty: [2, never]\n", .commitlint),
    ("policy:\n  approval: []\napproval_rules: []\n", .policyBot),
    ("remote: org/policies\n", .policyBot),
    (#"{"requireJiraIssue": true}"#, .yacc),
    ("requireJiraIssue: true\n", .yacc),
    ("# export\nrequireJiraIssue=true\n", .yacc),
    ("@dev = alice bob\nrepo x\n  RW+ = @dev\n", .gitolite),
    ("repo x\n\tRW = alice\n", .gitolite),
    ("* @alice\n", .codeowners),
    ("[Docs] @writers\n*.md\n", .codeowners),
    ("\u{FEFF}{\"requireJiraIssue\": true}", .yacc),
  ]

  @Test("a file whose content does not tell is told by its name")
  func names() throws {
    let comment = Bytes("# nobody owns anything\n".utf8)
    #expect(
      try ImportDocument(comment, file: ".github/CODEOWNERS", kind: nil).kind == .codeowners)
    #expect(try ImportDocument(comment, file: "x", kind: .gitolite).kind == .gitolite)
  }

  @Test("what cannot be imported", arguments: faults)
  func fault(_ text: String, _ message: String, _ hint: String?) {
    do throws(ImportFault) {
      let report = try PolicyImport.report(on: [("file", Bytes(text.utf8))])
      Issue.record("imported:\n\(report.policy)")
    } catch {
      #expect(error.message == message)
      #expect(error.hints.first == hint)
    }
  }

  static let unknown =
    "say it with --from github-ruleset, github-protection, gitlab-push-rules, codeowners,"
    + " commitlint, gitolite, policy-bot, yacc"
  static let faults: [(String, String, String?)] = [
    ("", "it cannot be told what file is", unknown),
    ("just words\n", "it cannot be told what file is", unknown),
    (#"{"some": "thing"}"#, "it cannot be told what file is", unknown),
    ("module.exports = {extends: []};\n", "file is a program, which is not run", program),
    ("import x from 'y';\nexport default x\n", "file is a program, which is not run", program),
    (
      "{\n  // comment\n}",
      "file:2:3: this is not JSON: `/` stands where a name in double quotes"
        + " should stand", "JSON has no comments: take them out"
    ),
    ("* @a\u{0}", "file:1:5: the file holds the control character 0x0", nil),
  ]
  static let program = "import what `npx commitlint --print-config json` prints"

  @Test("bytes that are no UTF-8, and too many bytes")
  func bytes() {
    #expect {
      try PolicyImport.report(on: [("file", Bytes("* @a\n\n * ".utf8) + [0xFF])])
    } throws: { ($0 as? ImportFault)?.message == "file:3:4: the file is not UTF-8" }
    let large = Bytes(repeating: 0x20, count: PolicyImport.maximumSize + 1)
    #expect {
      try PolicyImport.report(on: [("file", large)])
    } throws: {
      ($0 as? ImportFault)?.message == "file has 4194305 bytes; 4194304 at most are read"
    }
  }

  @Test("two files make one policy, and the ruleset says on which refs owners are asked")
  func two() throws {
    let ruleset = """
      {
        "name": "production", "target": "branch", "enforcement": "active",
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH", "refs/heads/release/*"]}},
        "rules": [
          {"type": "pull_request", "parameters": {
            "required_approving_review_count": 1, "require_code_owner_review": true
          }}
        ]
      }
      """
    let report = try PolicyImport.report(on: [
      ("CODEOWNERS", Bytes("/docs/ writer@example.com\n".utf8)),
      ("ruleset.json", Bytes(ruleset.utf8)),
    ])
    #expect(report.notes == [])
    #expect(report.isGuarding)
    #expect(
      report.policy == """
        # made by `gitrel policy import` from CODEOWNERS (CODEOWNERS), ruleset.json (GitHub ruleset)
        version: 1

        people:
          writer: {emails: [writer@example.com]}

        roles:
          owners-docs: [writer]

        rulesets:
          - name: production
            refs: [main, 'release/*']
            rules:
              approvals: {minimum: 1}

          - name: 'owners of /docs/'
            refs: [main, 'release/*']
            when: {paths: ['/docs/']}
            rules:
              approvals: {roles: {owners-docs: 1}}

        """)
    #expect(problems(of: report.policy) == [])
  }

  @Test("what guards nothing loads, and says so")
  func nothing() throws {
    let report = try PolicyImport.report(on: [("CODEOWNERS", Bytes("# nobody\n".utf8))])
    #expect(!report.isGuarding)
    #expect(
      body(report.policy) == """
        rulesets:
          # nothing that was imported guards anything, and a policy without a rule does not load:
          # this one only reports, and waits for yours
          - name: nothing yet
            refs: [main]
            enforce: evaluate
            rules:
              fast-forward-only:

        """)
    #expect(problems(of: report.policy) == [])
  }

  @Test("notes are kept up to a number, shown without what moves a cursor, and in order")
  func notes() throws {
    let many = String(repeating: "* @@owners\n", count: ImportDraft.maximumNotes)
    let report = try PolicyImport.report(
      on: [("a\u{1B}[2J", Bytes("* @\u{202E}x/y @@z\n".utf8)), ("b", Bytes(many.utf8))],
      kind: .codeowners)
    #expect(report.notes.count == ImportDraft.maximumNotes)
    #expect(report.notesLeft > 0)
    #expect(report.notes[0].file == "a\\u{1b}[2J")
    #expect(report.notes.prefix(2).map(\.what) == ["`@@z`", "`@\\u{202e}x/y`"])
    #expect(report.notes.allSatisfy { !$0.text.unicodeScalars.contains("\u{202E}") })
    #expect(problems(of: report.policy) == [])
  }

  @Test("files that grow when they are taken apart are refused, and not worked on for long")
  func bombs() {
    let overlapping =
      (0..<400).map { "*.x\($0) @u\($0)\n" }.joined()
      + (0..<400).map { "/d/\($0)/ @v\($0)\n" }.joined()
    #expect {
      try PolicyImport.report(on: [("CODEOWNERS", Bytes(overlapping.utf8))])
    } throws: {
      ($0 as? ImportFault)?.message
        == "CODEOWNERS has more rules that overlap than can be imported"
    }
    let lines = String(repeating: "* @a\n", count: 2_001)
    #expect {
      try PolicyImport.report(on: [("CODEOWNERS", Bytes(lines.utf8))])
    } throws: {
      ($0 as? ImportFault)?.message == "CODEOWNERS has 2001 rules; 2000 at most are imported"
    }
    let laughs =
      "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
      + (1..<9).map {
        "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ", "))]\n"
      }
      .joined() + "extends: *a8\n"
    #expect {
      try PolicyImport.report(on: [("x.yml", Bytes(laughs.utf8))], kind: .commitlint)
    } throws: {
      ($0 as? ImportFault)?.message.hasSuffix("aliases stand for more than 20000 values") ?? false
    }
  }
}

@Suite("text as YAML")
struct YAMLTextTests {
  @Test("every text is read again as it was written", arguments: texts)
  func roundTrip(_ text: String, _ written: String) throws {
    #expect(YAMLText.scalar(text) == written)
    let problems = ProblemList()
    let yaml = "{key: \(written), list: [\(written)]}\n"
    let root = YAMLReader.root(of: Bytes(yaml.utf8), problems: problems)
    #expect(problems.problems.isEmpty)
    guard case .map(let entries)? = root?.value, case .scalar(let read, _) = entries[0].node.value
    else {
      Issue.record("\(yaml) is no map")
      return
    }
    #expect(read == text)
    // As a policy's reader takes it, for text.
    let reader = SettingsReader(
      SettingsNode(.map(entries), at: Position(line: 1, column: 1)), name: "x", problems: problems)
    #expect(reader.text("key") == text)
    #expect(reader.texts("list") == [text])
    #expect(problems.problems.isEmpty)
  }

  static let texts: [(String, String)] = [
    ("main", "main"), ("release/1.0", "release/1.0"), ("two words", "two words"),
    ("", "''"), ("no", "'no'"), ("Off", "'Off'"), ("null", "'null'"), ("1.0", "'1.0'"),
    ("12:30", "'12:30'"), ("~", "'~'"), ("*", "'*'"), ("!main", "'!main'"), ("- x", "'- x'"),
    ("it's", "'it''s'"), ("'", "''''"), ("a: b", "'a: b'"), ("a #b", "'a #b'"), ("a,b", "'a,b'"),
    (#"\d+\.x"#, #"'\d+\.x'"#), ("{x}", "'{x}'"), (" x ", "' x '"), ("x ", "'x '"),
    ("\u{E9}t\u{E9}", "'\u{E9}t\u{E9}'"), ("a\nb", #""a\nb""#), ("a\tb", #""a\tb""#),
    ("\u{1B}[2J", #""\x1b[2J""#), ("\u{202E}x\"\\", #""\u202ex\"\\""#),
    ("\u{FEFF}", #""\ufeff""#), ("\u{E0001}", #""\U000e0001""#), ("\u{85}", #""\x85""#),
  ]
}

@Suite("import: what waits for a person")
struct WaitingImportTests {
  @Test("what stands in is on a branch that the file names")
  func standIn() throws {
    let found = try imported(
      "r.json",
      """
      {"name": "next", "target": "branch", "enforcement": "disabled",
       "conditions": {"ref_name": {"include": ["refs/heads/release/*", "refs/heads/develop"]}},
       "rules": [{"type": "deletion"}]}
      """)
    #expect(
      found.policy == """
        rulesets:
          # disabled at GitHub: take the `#` away to have it
          #- name: next
            #refs: ['release/*', develop]
            #rules:
              #no-delete:

          # nothing that was imported guards anything, and a policy without a rule does not load:
          # this one only reports, and waits for yours
          - name: nothing yet
            refs: [develop]
            enforce: evaluate
            rules:
              fast-forward-only:

        """)
  }

  @Test("without its `#` what waits is policy that loads, and what is words stays words")
  func taken() throws {
    let report = try PolicyImport.report(on: [
      (
        "r.json",
        Bytes(
          #"{"name": "next", "enforcement": "disabled", "conditions": {"ref_name": {"include": ["~ALL"]}}, "rules": [{"type": "deletion"}, {"type": "pull_request", "parameters": {"required_approving_review_count": 1}}]}"#
            .utf8)
      )
    ])
    #expect(report.waiting == 1 && report.rulesets == 1 && !report.isGuarding)
    let lines = report.policy.split(separator: "\n", omittingEmptySubsequences: false)
    let taken = lines.map { line -> Substring in
      let rest = line.drop { $0 == " " }
      guard rest.hasPrefix("#"), !rest.hasPrefix("# ") else { return line }
      return line.prefix(line.count - rest.count) + rest.dropFirst()
    }
    let text = taken.joined(separator: "\n")
    let policy = try PolicyReader.read(Bytes(text.utf8), file: "p", zone: SystemZones.zone)
    #expect(policy.rulesets.map(\.name) == ["next", "nothing yet"])
    #expect(policy.rulesets[0].rules.map(\.id) == ["no-delete", "approvals"])
  }
}
