import GitModel
import Policy
import Testing

@testable import PolicyFile

@Suite("import: GitLab push rules")
struct GitLabPushRulesImportTests {
  @Test("every field")
  func all() throws {
    let found = try imported(
      "push.json",
      #"""
      {"id": 1, "project_id": 3, "created_at": "2012-10-12T17:04:47Z",
       "commit_message_regex": "^SHOP-\\d+: ",
       "commit_message_negative_regex": "WIP",
       "branch_name_regex": "^(feature|fix)/",
       "author_email_regex": "@example\\.com$",
       "file_name_regex": "(jar|exe)$",
       "max_file_size": 5,
       "deny_delete_tag": true, "prevent_secrets": false,
       "member_check": true,
       "commit_committer_check": true,
       "commit_committer_name_check": true,
       "reject_unsigned_commits": true,
       "reject_non_dco_commits": true, "new_check": true}
      """#)
    #expect(
      found.policy == #"""
        rulesets:
          - name: push rules
            refs: ['**', 'refs/tags/**']
            rules:
              commit-message: {contains: '(?m)^SHOP-\d+: ', forbids: WIP}
              # GitLab takes anybody's Signed-off-by; here it is the author's or committer's
              sign-off: {signer: either}
              # there it is about the author; here about both
              identity: {author: any, committer: any, domains: [example.com]}
              # only reports: state the `keys` of people, then take `enforce: evaluate` out
              signed-commits: {enforce: evaluate}
              paths: {forbidden: ['*jar', '*exe']}
              file-size: {maximum: 5MiB}

          #- name: 'push rules (2)'
            #refs: ['**', 'refs/tags/**']
            #rules:
              # state `people`, then take the `#` away
              #identity: {author: known, committer: any, pusher: committer, enforce: evaluate}

          # GitLab always lets the default branch be
          - name: branch names
            refs: ['**', '!main']
            rules:
              branch-name: {matches: '(feature|fix)/(?s:.*)'}

          - name: tags
            refs: ['refs/tags/**']
            rules:
              no-delete:

        """#)
    let needed = "the file does not say who the people are, so the rule only reports; state"
    #expect(
      found.notes == [
        "push.json:9: member_check: \(needed) `people` with `emails`, then take"
          + " `enforce: evaluate` out",
        "push.json:10: commit_committer_check: \(needed) `people` with `emails`, then take"
          + " `enforce: evaluate` out",
        "push.json:11: commit_committer_name_check: no rule compares a name in a commit with that of"
          + " an account; `identity: {pusher: committer}` compares the person",
        "push.json:12: reject_unsigned_commits: the file does not say whose keys count, so the rule"
          + " only reports; state `keys` of `people`, then take `enforce: evaluate` out",
        "push.json:13: the push rules: `new_check`: this gitrel does not know it",
      ])
  }

  @Test("what cannot be carried, and `null`, which is off")
  func dropped() throws {
    let found = try imported(
      "push.json",
      #"""
      {"deny_delete_tag": null, "max_file_size": 0, "commit_message_regex": "",
       "file_name_regex": "a+",
       "author_email_regex": "^a",
       "branch_name_regex": "(?<!x)", "member_check": "maybe"}
      """#)
    #expect(found.policy.contains("name: nothing yet"))
    #expect(
      found.notes == [
        "push.json:2: file_name_regex: `a+`: no pattern of paths here says the same; write what it"
          + " means under `paths: {forbidden: [...]}`",
        "push.json:3: author_email_regex: `^a`: it is about more than the domain of an address;"
          + " `identity: {domains: [...]}`, or `identity: {author: known}` with `people`",
        "push.json:4: member_check: is neither true nor false",
        "push.json:4: branch_name_regex: `(?<!x)`: is not a regular expression that RE2 can read:"
          + " invalid perl operator: (?<; write an expression without look-around or back reference",
      ])
    #expect(
      try imported("push.json", "null\n").notes == [
        "push.json:1: `null`: a project that has no push rules answers so; ask for the rules of its"
          + " group: GET /groups/:id/push_rule"
      ])
  }
}

@Suite("import: CODEOWNERS")
struct CodeOwnersImportTests {
  @Test("the last line has the say, and one without owners asks nobody")
  func lastWins() throws {
    let found = try imported(
      "CODEOWNERS",
      """
      * a@example.com    # everything
      *.js b@example.com c@example.com
      /docs/ a@example.com
      /docs/gen/
      bad\\ name a@example.com
      [xy]z a@example.com
      /odd/ nobody
      """)
    #expect(
      found.policy == """
        people:
          a: {emails: [a@example.com]}
          b: {emails: [b@example.com]}
          c: {emails: [c@example.com]}

        roles:
          owners: [a]
          owners-js: [b, c]

        rulesets:
          - name: 'owners of *'
            refs: [main]
            when: {paths: ['**', '!*.js', '!docs/gen/']}
            rules:
              approvals: {roles: {owners: 1}}

          - name: 'owners of *.js'
            refs: [main]
            when: {paths: ['*.js', '!/docs/', '!docs/gen/', '!bad name', '!bad name/']}
            rules:
              approvals: {roles: {owners-js: 1}}

          - name: 'owners of /docs/'
            refs: [main]
            when: {paths: ['/docs/', '!docs/gen/']}
            rules:
              approvals: {roles: {owners: 1}}

          - name: owners of bad name
            refs: [main]
            when: {paths: [bad name, 'bad name/']}
            rules:
              approvals: {roles: {owners: 1}}

        """)
    #expect(
      found.notes == [
        "CODEOWNERS:6: `[xy]z`: has `[ ]`, which GitHub does not read; write what it means into a"
          + " ruleset with `when: {paths: [...]}`",
        "CODEOWNERS:7: `nobody`: it is neither `@name` nor an address",
        "CODEOWNERS:7: `/odd/`: none of its owners can be told; GitHub leaves such a line out; state"
          + " people, and a ruleset for these paths",
      ])
  }

  @Test("GitLab's sections are each for themselves")
  func sections() throws {
    let found = try imported(
      ".gitlab/CODEOWNERS",
      """
      * a@example.com
      [Docs][2] b@example.com c@example.com
      *.md
      !CHANGELOG.md
      docs/api.md c@example.com @@maintainers
      ^[Style] b@example.com
      *.css
      [docs] a@example.com
      *.txt
      """)
    #expect(
      found.policy == """
        people:
          a: {emails: [a@example.com]}
          b: {emails: [b@example.com]}
          c: {emails: [c@example.com]}

        roles:
          owners: [a]
          owners-docs: [b, c]
          owners-docs-2: [c]
          owners-style: [b]

        rulesets:
          - name: 'owners of *'
            refs: [main]
            rules:
              approvals: {roles: {owners: 1}}

          - name: owners of Docs
            refs: [main]
            when: {paths: ['*.md', '!CHANGELOG.md', '!**/docs/api.md', '!*.txt']}
            rules:
              approvals: {roles: {owners-docs: 2}}

          # state 2 owners, then take the `#` away
          #- name: 'owners of Docs (2)'
            #refs: [main]
            #when: {paths: ['**/docs/api.md', '!*.txt']}
            #rules:
              #approvals: {roles: {owners-docs-2: 2}}

          # state 2 owners, then take the `#` away
          #- name: 'owners of Docs (3)'
            #refs: [main]
            #when: {paths: ['*.txt']}
            #rules:
              #approvals: {roles: {owners: 2}}

          # this section is optional, so it only reports
          - name: owners of Style
            refs: [main]
            when: {paths: ['*.css']}
            enforce: evaluate
            rules:
              approvals: {roles: {owners-style: 1}}

        """)
    #expect(
      found.notes == [
        ".gitlab/CODEOWNERS:5: `@@maintainers`: who has this role in GitLab, the file does not say;"
          + " state the people under `roles`",
        ".gitlab/CODEOWNERS:5: `docs/api.md`: it wants 2 approvals and has 1 owner; add people to the"
          + " role owners-docs-2, and take the `#` from what needs them",
        ".gitlab/CODEOWNERS:9: `*.txt`: it wants 2 approvals and has 1 owner; add people to the role"
          + " owners, and take the `#` from what needs them",
      ])
  }

  @Test("teams have nobody in them")
  func teams() throws {
    let found = try imported("CODEOWNERS", "* @org/core\n/ui/ @org/ui @dana\n")
    #expect(
      found.policy == """
        # add `emails` where there are none: approvals and commits name people by address
        people:
          dana: {emails: []}

        roles:
          # stands for @org/core
          #core: []
          # stands for @org/ui
          owners-ui: [dana]

        rulesets:
          # nobody is known of @org/core: state the role, then take the `#` away
          #- name: 'owners of *'
            #refs: [main]
            #when: {paths: ['**', '!/ui/']}
            #rules:
              #approvals: {roles: {core: 1}}

          # add the people of @org/ui to the role owners-ui
          - name: 'owners of /ui/'
            refs: [main]
            when: {paths: ['/ui/']}
            rules:
              approvals: {roles: {owners-ui: 1}}

        """)
    let unknown =
      "who is in this team, the file does not say; state its people under `roles`, and take the `#`"
      + " from what needs them"
    #expect(
      found.notes == [
        "CODEOWNERS:1: `@org/core`: \(unknown)",
        "CODEOWNERS:1: people: dana: the files do not say their addresses; add `emails`: approvals and"
          + " commits name people by address",
        "CODEOWNERS:2: `@org/ui`: \(unknown)",
      ])
  }
}

@Suite("import: commitlint")
struct CommitlintImportTests {
  /// The settings of the rules, one ruleset after the other, and the notes.
  private func rules(_ json: String) throws -> (rules: [String], notes: [String]) {
    let found = try imported("c.json", json)
    let lines = found.policy.split(separator: "\n").map(String.init)
    return (lines.filter { $0.hasPrefix("      ") }.map { String($0.dropFirst(6)) }, found.notes)
  }

  @Test("rules", arguments: settings)
  func setting(_ rules: String, _ written: [String], _ notes: [String]) throws {
    let found = try self.rules(#"{"rules": {\#(rules)}, "defaultIgnores": false}"#)
    #expect(found.rules == written)
    #expect(found.notes == notes)
  }

  /// A subject must have a type, and the second line may be anything.
  private static let typed = #""type-empty": [2, "never"], "#
  private static func message(_ settings: String) -> [String] {
    let line = "commit-message: {conventional: true, \(settings), blank-second-line: false}"
    // What does not fit into 100 columns stands on lines of its own.
    guard line.count > 94 else { return [line] }
    return ["commit-message:", "  conventional: true"]
      + settings.replacing(", ", with: "\n").split(separator: "\n").map { "  \($0)" }
      + ["  blank-second-line: false"]
  }

  static let settings: [(String, [String], [String])] = [
    (typed + #""type-enum": [2, "always", ["feat", "fix"]]"#, message("types: [feat, fix]"), []),
    (typed + #""scope-enum": [2, "always", ["a"]]"#, message("scopes: [a]"), []),
    (typed + #""scope-enum": [2, "always", {"scopes": ["a"]}]"#, message("scopes: [a]"), []),
    (typed + #""scope-empty": [2, "never"]"#, message("scope: required"), []),
    (typed + #""scope-empty": [2, "always"]"#, message("scope: forbidden"), []),
    (typed + #""type-case": [2, "always", "lower-case"]"#, message("type-case: [lower]"), []),
    (
      typed + #""type-case": [2, "always", "lower-case"], "type-enum": [2, "always", ["a"]]"#,
      message("types: [a]"), []
    ),
    (
      typed + #""scope-case": [2, "always", ["kebab-case", "camel-case"]]"#,
      message("scope-case: [kebab, camel]"), []
    ),
    (
      typed + #""subject-case": [2, "never", ["sentence-case", "upper-case"]]"#,
      message("description-case: [lower-start]"), []
    ),
    (
      typed + #""subject-case": [2, "always", "sentence-case"]"#,
      message("description-case: [upper-start]"), []
    ),
    (
      #""header-max-length": [2, "always", 72], "header-min-length": [2, "always", 5]"#,
      ["commit-message: {subject-maximum: 72, subject-minimum: 5, blank-second-line: false}"], []
    ),
    (
      typed + #""subject-max-length": [2, "always", 50], "subject-min-length": [2, "always", 3]"#,
      message("description-maximum: 50, description-minimum: 3"), []
    ),
    (
      #""subject-full-stop": [2, "never", "."], "body-leading-blank": [2, "always"]"#,
      ["commit-message: {full-stop: false}"], []
    ),
    (
      #""body-max-line-length": [2, "always", 80], "body-leading-blank": [1, "always"]"#,
      [
        "# the second line must be empty, of which commitlint only warned",
        "commit-message: {body-line-maximum: 80}",
      ], []
    ),
    (
      #""body-empty": [2, "never"]"#,
      ["commit-message: {body-minimum: 1, blank-second-line: false}"],
      []
    ),
    (
      #""signed-off-by": [2, "always", "Signed-off-by:"]"#,
      ["trailers: {required: [Signed-off-by]}"], []
    ),
    (#""trailer-exists": [2, "never", "Foo:"]"#, ["trailers: {forbidden: [Foo]}"], []),
    (
      #""references-empty": [2, "never"]"#,
      ["tickets: {pattern: '#[0-9]+', in: [subject, body, trailers]}"], []
    ),
    (
      typed + #""subject-exclamation-mark": [2, "never"]"#, message(#"forbids: '^[^:\n]*!:'"#), []
    ),
    // A warning only reports; the subject must have its type there as well.
    (
      #""type-empty": [2, "never"], "header-max-length": [1, "always", 50]"#,
      [
        "commit-message: {conventional: true, blank-second-line: false}",
        "commit-message: {subject-maximum: 50, blank-second-line: false}",
      ], []
    ),
    // Off, whatever it says.
    (#""type-enum": 0, "body-case": [0, "always", "upper-case"]"#, ["fast-forward-only:"], []),
    (
      #""type-enum": [2, "always", ["feat"]]"#, ["fast-forward-only:"],
      [
        "c.json:1: types: it is only kept where a subject has a type, and no rule here asks so; add"
          + " `type-empty: [2, never]`, or `conventional: true` to the policy"
      ]
    ),
    (
      #""body-max-length": [2, "always", 9], "mine": [2, "always"], "type-empty": {"level": "error"}"#,
      ["fast-forward-only:"],
      [
        "c.json:1: `type-empty`: it is no `[level, always|never, value]`; commitlint itself does not"
          + " read it",
        "c.json:1: `body-max-length`: `commit-message` has no key for it; `matches` and `forbids` take"
          + " patterns",
        "c.json:1: `mine`: commitlint has no such rule of its own; the rule `exec` runs a program",
      ]
    ),
    (
      typed
        + #""subject-case": [2, "always", "start-case"], "type-case": [2, "always", "start-case"]"#,
      ["commit-message: {conventional: true, blank-second-line: false}"],
      [
        "c.json:1: `subject-case`: there is no such case here; `matches` takes a pattern",
        "c.json:1: `type-case`: there is no such case here; `matches` takes a pattern",
      ]
    ),
  ]

  @Test("configurations that are built in, and others", arguments: extended)
  func extends(_ name: String, _ written: [String], _ notes: [String]) throws {
    let found = try rules(#"{"extends": "\#(name)"}"#)
    #expect(found.rules == written)
    #expect(found.notes == notes)
  }

  static let extended: [(String, [String], [String])] = [
    (
      "@commitlint/config-conventional",
      [
        "# the second line must be empty, of which commitlint only warned", "commit-message:",
        "  conventional: true", "  description-case: [lower-start]", "  full-stop: false",
        "  body-line-maximum: 100", "  subject-maximum: 100",
        "  types: [build, ci, docs, feat, fix, perf, refactor, revert, style, test, chore]",
        "  exempt: [merge, revert]",
      ],
      [
        "c.json:1: `footer-max-line-length` of @commitlint/config-conventional: `commit-message` has"
          + " no key for it; `matches` and `forbids` take patterns"
      ]
    ),
    (
      "@commitlint/config-angular",
      [
        "# the second line must be empty, of which commitlint only warned", "commit-message:",
        "  conventional: true", "  description-case: [lower-start]", "  full-stop: false",
        #"  forbids: '^[^:\n]*!:'"#, "  subject-maximum: 72", "  scope-case: [lower]",
        "  types: [build, ci, docs, feat, fix, perf, refactor, revert, style, test]",
        "  exempt: [merge, revert]",
      ], []
    ),
    (
      "./own", ["fast-forward-only:"],
      [
        "c.json:1: extends: `./own`: what it says is not in this file; import what"
          + " `npx commitlint --print-config json` prints"
      ]
    ),
  ]

  @Test("what stands beside the rules")
  func beside() throws {
    let found = try rules(
      """
      {"name": "app", "commitlint": {
        "rules": {"header-max-length": [2, "always", 72]}, "parserPreset": {"parserOpts": {
          "headerPattern": "x"}},
        "ignores": ["x"], "plugins": [], "formatter": "x", "helpUrl": "https://example.com",
        "scope-enum": ["a"]}}
      """)
    #expect(
      found.notes == [
        "c.json:2: parserPreset: subjects are read as `type(scope)!: description`, and no other way;"
          + " `commit-message: {matches: PATTERN}` without `conventional`",
        "c.json:4: ignores: it is a program; `exempt: [merge, revert, cherry-pick, bot]`",
        "c.json:4: helpUrl: refusals name the command that mends, and no page",
        "c.json:5: commitlint: `scope-enum`: this gitrel does not know it; commitlint reads"
          + " rules under `rules` only",
      ])
  }
}

@Suite("import: policy-bot")
struct PolicyBotImportTests {
  @Test("rules that all must hold, and alternatives that only tell where one need not")
  func all() throws {
    let found = try imported(
      ".policy.yml",
      #"""
      policy:
        approval:
          - or:
            - the team has approved
            - only staging
          - and: [two for config, labelled]
          - or: [a, b]
        disapproval: {requires: {organizations: [x]}}
      approval_rules:
        - name: the team has approved
          requires: {count: 1, teams: ["org/devtools"]}
        - name: only staging
          if: {only_changed_files: {paths: ["^staging/.*$"]}}
          requires: {count: 0}
        - name: two for config
          if:
            changed_files:
              paths: ["^config/.*$"]
              ignore: ["^config/free$"]
            targets_branch: {pattern: "^(main|release/.*)$"}
          options: {allow_author: true}
          requires:
            count: 2
            users: [alice, bob, carol]
        - name: labelled
          if: {has_labels: [x]}
          requires: {count: 1, conditions: {has_status: {statuses: [build]}}}
        - name: a
          requires: {count: 1}
        - name: b
          requires: {count: 2}
        - name: unused
      """#)
    #expect(
      found.policy == """
        # add `emails` where there are none: approvals and commits name people by address
        people:
          alice: {emails: []}
          bob: {emails: []}
          carol: {emails: []}

        roles:
          # stands for org/devtools
          #devtools: []
          two-for-config: [alice, bob, carol]

        rulesets:
          # nobody is known of org/devtools: state the role, then take the `#` away
          #- name: the team has approved
            #refs: [main]
            #when: {paths: ['**', '!staging/**']}
            #rules:
              #approvals: {roles: {devtools: 1}, not-committer: true}

          - name: two for config
            refs: [main, 'release/**']
            when: {paths: ['config/**', '!config/free']}
            rules:
              approvals: {roles: {two-for-config: 2}, not-author: false, not-committer: true}

          # only reports: a condition of this rule could not be carried
          - name: labelled
            refs: [main]
            enforce: evaluate
            rules:
              approvals: {minimum: 1, not-committer: true}

        """)
    #expect(
      found.notes.map { String($0.dropFirst(".policy.yml:".count)) } == [
        "1: people: alice, bob, carol: the files do not say their addresses; add `emails`: approvals"
          + " and commits name people by address",
        "7: `or: a, b`: a policy asks for everything, and knows no alternatives; give a role to"
          + " everybody who may approve, and ask for that role",
        "8: disapproval: nobody can take back what stands in a commit; `trailers: {forbidden:"
          + " [Rejected-by]}` stops a commit that somebody marked so",
        "11: `org/devtools`: who belongs to it, the file does not say; state its people under `roles`",
        "26: if: `has_labels`: it is about a pull request, not about commits; `when` knows paths, lane,"
          + " risk, pusher, kind and via",
        "27: conditions: `has_status`: what ran elsewhere is not in the repository;"
          + " run `gitrel attest --tests 'GLOB'` in CI, and add `tests: {failed: 0}`",
        "32: the rule `unused`: no `approval` asks for it",
      ])
  }
}

@Suite("import: YACC")
struct YaccImportTests {
  private static let policy = #"""
    # add `emails` where there are none: approvals and commits name people by address
    people:
      ci: {emails: []}
      deploy: {emails: []}

    rulesets:
      - name: commit messages
        refs: ['**', '!tmp/**']
        except: {pusher: [ci, deploy]}
        rules:
          commit-message: {contains: '^(?:[A-Z0-9\-]+: .*)$', blank-second-line: false, exempt: [merge]}
          tickets: {pattern: '[A-Z][A-Z_0-9]+-[0-9]+', in: [subject, body], exempt: [merge]}

      - name: committers
        refs: ['**', 'refs/tags/**']
        rules:
          # only reports: state all `people`, then take `enforce: evaluate` out
          identity: {author: any, committer: any, pusher: committer, enforce: evaluate}

      - name: 'committers (2)'
        refs: ['**', 'refs/tags/**']
        rules:
          # there it is about the committer; here about both
          identity: {author: any, committer: any, domains: [example.com]}

      - name: branch names
        refs: ['**']
        when: {kind: [create]}
        rules:
          branch-name: {matches: '(feature|fix)/.+'}

    """#

  private static let values: [(String, String)] = [
    ("requireMatchingAuthorEmail", "true"), ("requireMatchingAuthorName", "true"),
    ("committerEmailRegex", #".*@example\.com"#), ("commitMessageRegex", #"[A-Z0-9\-]+: .*"#),
    ("requireJiraIssue", "true"), ("issueJqlMatcher", "project = SHOP"),
    ("branchNameRegex", "(feature|fix)/.+"), ("excludeMergeCommits", "true"),
    ("excludeByRegex", "^skip"), ("excludeBranchRegex", "refs/heads/tmp/.*"),
    ("excludeUsers", "ci, deploy"), ("excludeServiceUserCommits", "true"),
    ("errorMessageHeader", "No"), ("errorMessage.COMMIT_REGEX", "No"),
  ]

  @Test("as lines, as JSON and as YAML", arguments: ["properties", "json", "yml"])
  func all(_ form: String) throws {
    let text: String
    switch form {
    case "properties":
      text = Self.values.map { "\($0.0)=\($0.1.replacing("\\", with: "\\\\"))\n" }.joined()
    case "json":
      let lines = Self.values.map { key, value in
        value == "true"
          ? "\"\(key)\": true" : "\"\(key)\": \"\(value.replacing("\\", with: "\\\\"))\""
      }
      text = "{\(lines.joined(separator: ",\n"))}"
    default: text = Self.values.map { "\($0.0): '\($0.1)'\n" }.joined()
    }
    let found = try imported("yacc.\(form)", text)
    #expect(found.policy == Self.policy)
    #expect(
      found.notes.map { String($0.split(separator: ":", maxSplits: 2)[1]) } == [
        "1", "1", "2", "5", "6", "9", "12",
      ])
    #expect(
      found.notes[3] == "yacc.\(form):5: requireJiraIssue: a ticket is named, and nobody asks Jira"
        + " whether it is there; `projects: [KEY]` takes only tickets of your projects")
  }
}
