import GitModel
import Policy
import Testing

@testable import PolicyFile

@Suite("import: GitHub rulesets")
struct GitHubRulesetImportTests {
  /// What a ruleset with this one rule says: the lines under `rules`, and the notes.
  private func rule(_ rule: String, target: String = "branch") throws -> ([String], [String]) {
    let conditions =
      target == "push"
      ? "null" : #"{"ref_name": {"include": ["~ALL"], "exclude": []}}"#
    let (policy, notes) = try imported(
      "r.json",
      """
      {"name": "r", "target": "\(target)", "enforcement": "active",
      "conditions": \(conditions),
      "rules": [
      \(rule)
      ]}
      """)
    if policy.contains("name: nothing yet") { return ([], notes) }
    let lines = policy.split(separator: "\n").drop { $0 != "    rules:" }.dropFirst()
    return (lines.map { String($0.dropFirst(6)) }, notes)
  }

  @Test("rules of branches", arguments: branchRules)
  func branch(_ json: String, _ rules: [String], _ notes: [String]) throws {
    let found = try rule(json)
    #expect(found.0 == rules)
    #expect(found.1 == notes)
  }

  private static func pattern(
    _ type: String, _ mode: String, _ pattern: String, negate: Bool = false
  ) -> String {
    #"{"type": "\#(type)", "parameters": {"operator": "\#(mode)", "pattern": "\#(pattern)","#
      + #" "negate": \#(negate), "name": ""}}"#
  }

  static let branchRules: [(String, [String], [String])] = [
    (#"{"type": "creation"}"#, ["pushers: {create: []}"], []),
    (#"{"type": "update"}"#, ["pushers: {update: [], rewind: []}"], []),
    (
      #"{"type": "creation"}, {"type": "update"}"#,
      ["pushers: {create: [], update: [], rewind: []}"], []
    ),
    (#"{"type": "deletion"}"#, ["no-delete:"], []),
    (#"{"type": "non_fast_forward"}"#, ["fast-forward-only:"], []),
    (#"{"type": "required_linear_history"}"#, ["linear-history:"], []),
    (
      #"{"type": "required_signatures"}"#,
      [
        "# only reports: state the `keys` of people, then take `enforce: evaluate` out",
        "signed-commits: {enforce: evaluate}",
      ],
      [
        "r.json:4: required_signatures: the file does not say whose keys count, so the rule only"
          + " reports; state `keys` of `people`, then take `enforce: evaluate` out"
      ]
    ),
    (
      """
      {"type": "pull_request", "parameters": {
        "required_approving_review_count": 2, "require_last_push_approval": true,
        "dismiss_stale_reviews_on_push": true, "require_code_owner_review": true,
        "required_review_thread_resolution": true,
        "allowed_merge_methods": ["squash", "rebase"]}}
      """,
      [
        "# who pushed last at GitHub is nearest to the committer here",
        "approvals: {minimum: 2, not-committer: true}",
        "# allowed_merge_methods: squash, rebase", "linear-history:",
      ],
      [
        "r.json:6: dismissing stale reviews: an approval is a trailer of the commit, and stays when"
          + " somebody amends it; `approvals: {not-committer: true}` wants somebody else than who"
          + " made the commit last",
        "r.json:6: require_code_owner_review: there is no CODEOWNERS beside it; import both at once:"
          + " gitrel policy import RULESET CODEOWNERS",
        "r.json:7: required_review_thread_resolution: a conversation is not in the repository",
      ]
    ),
    (
      """
      {"type": "required_status_checks", "parameters": {
        "strict_required_status_checks_policy": true, "required_status_checks": [
          {"context": "build", "integration_id": 1},
          {"context": "lint"}]}}, {"type": "deletion"}
      """, ["no-delete:"],
      [
        "r.json:5: strict_required_status_checks_policy: no check is carried that it could speak of;"
          + " `fast-forward-only` lets in only what stands on the newest commit",
        "r.json:6: the status check `build`: what ran elsewhere is not in the repository;"
          + " run `gitrel attest --tests 'GLOB'` in CI, and add `tests: {failed: 0}`",
        "r.json:7: the status check `lint`: what ran elsewhere is not in the repository;"
          + " run `gitrel attest --tests 'GLOB'` in CI, and add `tests: {failed: 0}`",
      ]
    ),
    (
      pattern("commit_message_pattern", "starts_with", "a.b"),
      [#"commit-message: {contains: '^a\.b'}"#], []
    ),
    (pattern("commit_message_pattern", "ends_with", "x"), ["commit-message: {contains: 'x$'}"], []),
    (
      pattern("commit_message_pattern", "contains", "WIP", negate: true),
      ["commit-message: {forbids: WIP}"], []
    ),
    (
      pattern("commit_message_pattern", "regex", "^[A-Z]") + ", "
        + pattern("commit_message_pattern", "regex", "WIP", negate: true),
      ["commit-message: {contains: '^[A-Z]', forbids: WIP}"], []
    ),
    (
      pattern("commit_message_pattern", "regex", "^(?!WIP)"), [],
      [
        "r.json:4: commit_message_pattern: `^(?!WIP)`: is not a regular expression that RE2 can"
          + " read: invalid perl operator: (?!"
      ]
    ),
    (
      pattern("committer_email_pattern", "ends_with", "@example.com"),
      [
        "# there it is about the committer; here about both",
        "identity: {author: any, committer: any, domains: [example.com]}",
      ], []
    ),
    (
      pattern("commit_author_email_pattern", "starts_with", "alice"), [],
      [
        "r.json:4: commit_author_email_pattern: `alice`: it is about more than the domain of an"
          + " address; `identity: {domains: [...]}`, or `identity: {author: known}` with `people`"
      ]
    ),
    (
      pattern("branch_name_pattern", "starts_with", "feature/"),
      ["branch-name: {matches: 'feature/(?s:.*)'}"], []
    ),
    (
      pattern("branch_name_pattern", "regex", "^wip", negate: true),
      ["branch-name: {forbids: 'wip(?s:.*)'}"], []
    ),
    (
      #"{"type": "workflows", "parameters": {"workflows": [{"path": "x"}]}}, {"type": "deletion"}"#,
      ["no-delete:"],
      [
        "r.json:4: workflows: which workflow ran is not in the repository;"
          + " run `gitrel attest --tests 'GLOB'` in CI, and add `tests: {failed: 0}`"
      ]
    ),
    (
      #"{"type": "merge_queue", "parameters": {"x": 1}}, {"type": "code_scanning"},"#
        + #" {"type": "required_deployments"}, {"type": "copilot_code_review"}, {"type": "new"}"#,
      [],
      [
        "r.json:4: merge_queue: gitrel judges a push, and keeps no queue",
        "r.json:4: code_scanning: what a scanner found counts here when it is stated;"
          + " run `gitrel attest --scan FILE` in CI, and add `scan: {maximum: {error: 0}}`",
        "r.json:4: required_deployments: where a commit was deployed is not in the repository",
        "r.json:4: copilot_code_review: asking for a review is no condition on a push",
        "r.json:4: new: this gitrel does not know it",
      ]
    ),
    // What is not as GitHub writes it is told, and ends nothing.
    (
      #"7, {"typ": "deletion"}, {"type": "pull_request", "parameters": 7}, {"type": "deletion"}"#,
      ["no-delete:"],
      [
        "r.json:4: a rule: is not a map", "r.json:4: a rule: it has no `type`",
        "r.json:4: parameters: is not a map",
        "r.json:4: pull_request: without approvals it asks for a pull request, which git has not;"
          + " name who may push under `pushers`",
      ]
    ),
  ]

  @Test("rules of tags", arguments: tagRules)
  func tag(_ json: String, _ rules: [String]) throws {
    let found = try rule(json, target: "tag")
    #expect(found.0 == rules)
    #expect(found.1 == [])
  }

  static let tagRules: [(String, [String])] = [
    (
      #"{"type": "deletion"}, {"type": "non_fast_forward"}, {"type": "update"}"#,
      ["immutable-tags:"]
    ),
    (#"{"type": "update"}"#, ["pushers: {update: [], rewind: []}"]),
    (
      pattern("tag_name_pattern", "regex", #"^v\\d+$"#), [#"tag-name: {matches: 'v\d+'}"#]
    ),
    (
      pattern("tag_name_pattern", "starts_with", "tmp", negate: true),
      ["tag-name: {forbids: 'tmp(?s:.*)'}"]
    ),
  ]

  @Test("rules of pushes")
  func push() throws {
    let found = try rule(
      """
      {"type": "file_path_restriction", "parameters": {"restricted_file_paths": ["**/.env", "a/**/*"]}},
      {"type": "file_extension_restriction", "parameters": {"restricted_file_extensions": ["*.pem", ".p12", "key"]}},
      {"type": "max_file_path_length", "parameters": {"max_file_path_length": 200}},
      {"type": "max_file_size", "parameters": {"max_file_size": 5}}
      """, target: "push")
    #expect(
      found.0 == [
        "paths: {forbidden: ['.env', 'a/**'], extensions: [pem, p12, key], length: 200}",
        "file-size: {maximum: 5MB}",
      ])
    #expect(found.1 == [])
  }

  @Test("where, whether and who", arguments: frames)
  func frame(_ json: String, _ options: ImportOptions, _ policy: String, _ notes: [String]) throws {
    let found = try imported("r.json", json, options)
    #expect(found.policy == policy)
    #expect(found.notes == notes)
  }

  static let frames: [(String, ImportOptions, String, [String])] = [
    (
      """
      [{"name": "a", "target": "branch", "enforcement": "evaluate",
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": ["refs/heads/x"]}},
        "rules": [{"type": "deletion"}]},
       {"name": "a", "target": "tag", "enforcement": "disabled",
        "conditions": {"ref_name": {"include": ["~ALL", "refs/tags/qa**", "refs/tags/{a}"]}},
        "rules": [{"type": "deletion"}]}]
      """, ImportOptions(defaultBranch: "trunk"),
      """
      rulesets:
        - name: a
          refs: [trunk, '!x']
          enforce: evaluate
          rules:
            no-delete:

        # `refs/tags/qa**` is one level deep there, and so it is here
        # disabled at GitHub: take the `#` away to have it
        #- name: 'a (2)'
          #refs: ['refs/tags/**', 'refs/tags/qa*']
          #rules:
            #no-delete:

      """,
      [
        "r.json:4: `disabled`: a policy has no ruleset that is off; it is written as a comment: take"
          + " the `#` away to have it",
        "r.json:5: include: `refs/tags/{a}`: no pattern of refs here says the same; write the refs"
          + " that it means under `refs`",
      ]
    ),
    (
      """
      [{"name": "none", "target": "branch", "enforcement": "active",
        "conditions": {"ref_name": {"include": []}}, "rules": [{"type": "deletion"}]},
       {"name": "repos", "target": "repository", "enforcement": "active", "rules": []},
       {"name": "org", "target": "branch", "enforcement": "active", "bypass_actors": [
          {"actor_id": 5, "actor_type": "Team", "bypass_mode": "always"}],
        "conditions": {"repository_name": {"include": ["~ALL"]},
          "ref_name": {"include": ["refs/heads/main"]}},
        "rules": [{"type": "deletion"}], "odd": 1, "_comment": "x"}]
      """, ImportOptions(),
      """
      rulesets:
        - name: org
          refs: [main]
          rules:
            no-delete:

      """,
      [
        "r.json:2: the ruleset `none`: it names no ref; at GitHub it does nothing either; write it"
          + " with `refs` if it should",
        "r.json:3: the ruleset `repos`: its target is `repository`, no ref; guard that where it is"
          + " decided, at GitHub",
        "r.json:5: bypass_actors: `Team 5`: ids of GitHub's name nobody in a policy; state who it is"
          + " under `people`, and write `except: {pusher: [WHO]}` on the ruleset",
        "r.json:6: repository_name: a policy speaks for the repository that holds it; put it into"
          + " each repository that this names",
        "r.json:8: a ruleset: `odd`: this gitrel does not know it",
      ]
    ),
  ]
}

@Suite("import: GitHub branch protection")
struct GitHubProtectionImportTests {
  @Test("what the API answers, and what is sent to it", arguments: protections)
  func protection(_ json: String, _ policy: String, _ notes: [String]) throws {
    let found = try imported("p.json", json)
    #expect(found.policy == policy)
    #expect(found.notes == notes)
  }

  static let protections: [(String, String, [String])] = [
    (
      """
      {"url": "https://api.github.com/repos/o/r/branches/release/1.0/protection",
       "required_status_checks": {"url": "x", "strict": false, "contexts": ["ci"],
         "checks": [{"context": "ci", "app_id": 1}]},
       "enforce_admins": {"url": "x", "enabled": true},
       "restrictions": {"users": [{"login": "octocat", "id": 1}], "teams": [], "apps": []},
       "required_linear_history": {"enabled": true},
       "allow_force_pushes": {"enabled": true}, "allow_deletions": {"enabled": false},
       "lock_branch": {"enabled": false}}
      """,
      """
      # add `emails` where there are none: approvals and commits name people by address
      people:
        octocat: {emails: []}

      rulesets:
        - name: protection of release/1.0
          refs: [release/1.0]
          rules:
            no-delete:
            linear-history:
            pushers: {update: [octocat], rewind: [octocat]}

      """,
      [
        "p.json:1: people: octocat: the files do not say their addresses; add `emails`: approvals and"
          + " commits name people by address",
        "p.json:3: the status check `ci`: what ran elsewhere is not in the repository;"
          + " run `gitrel attest --tests 'GLOB'` in CI, and add `tests: {failed: 0}`",
      ]
    ),
    (
      """
      {"required_status_checks": null, "enforce_admins": false,
       "required_pull_request_reviews": {"required_approving_review_count": 2,
         "dismissal_restrictions": {"users": [], "teams": []}},
       "restrictions": {"users": ["octocat"], "teams": ["justice-league"]}}
      """,
      """
      # add `emails` where there are none: approvals and commits name people by address
      people:
        octocat: {emails: []}

      rulesets:
        # the file does not say which branch it protects
        - name: protection of main
          refs: [main]
          rules:
            fast-forward-only:
            no-delete:
            # add who belongs to justice-league, then take the `#` away
            #pushers: {update: [octocat], rewind: [octocat]}
            # state 2 people who may approve, then take the `#` away: only 1 is known
            #approvals: {minimum: 2}

      """,
      [
        "p.json:1: enforce_admins: `false`: here nobody is above the policy; write"
          + " `except: {pusher: [WHO]}` on the ruleset",
        "p.json:1: people: octocat: the files do not say their addresses; add `emails`: approvals and"
          + " commits name people by address",
        "p.json:4: teams: `justice-league`: who that is, the file does not say; state them under"
          + " `people`, and add them to `pushers`",
      ]
    ),
    (
      #"{"name": "main", "protected": true, "protection": {"enabled": true, "lock_branch": true}}"#,
      """
      rulesets:
        - name: protection of main
          refs: [main]
          rules:
            fast-forward-only:
            no-delete:
            # the branch is locked
            pushers: {any: []}

      """, []
    ),
  ]
}
