import GitModel
import Policy
import Testing

@Suite("secrets")
struct SecretsRuleTests {
  static let tip = commit(2, "Deploy\n", parents: [1])
  static let older = commit(1, "Configure\n")

  static func secret(
    _ number: Int, in commit: Commit = tip, path: String = "deploy/prod.env", elsewhere: Int = 0
  ) -> FoundSecret {
    FoundSecret(
      commit: commit, path: Bytes(path.utf8), line: 3, column: 7, pattern: "stripe-live-key",
      about: "Stripe live secret key", start: "sk_l", length: 32,
      fingerprint: String(repeating: "\(number % 10)", count: 32), elsewhere: elsewhere)
  }

  func told(_ reading: SecretReading, _ commits: [Commit] = [tip, older]) -> String {
    rule(SecretsRule.self).judge(
      matter(to: commits.first?.id) {
        $0.newCommits = .known(commits)
        $0.secrets = .known(reading)
      }
    ).told
  }

  @Test("satisfied and not applicable")
  func clean() {
    #expect(
      told(SecretReading(patterns: 190, blobs: 12))
        == "satisfied: no secret in 12 files, by 190 patterns")
    #expect(
      told(SecretReading(patterns: 1, blobs: 1, allowed: 2))
        == "satisfied: no secret in 1 file, by 1 pattern; 2 files on allowed paths")
    #expect(
      told(SecretReading(patterns: 190, blobs: 0))
        == "notApplicable: no new commit adds or changes a file that is searched")
    #expect(
      told(SecretReading(patterns: 190, blobs: 0, allowed: 1))
        == "notApplicable: no new commit adds or changes a file that is searched; 1 file on allowed paths"
    )
    let rule = rule(SecretsRule.self)
    #expect(
      rule.judge(matter("refs/heads/main", .delete)).told
        == "notApplicable: a deletion brings no commits")
    #expect(rule.judge(matter([])).outcome == .notApplicable)
  }

  @Test("in the commit at the tip")
  func atTheTip() {
    #expect(
      told(SecretReading(patterns: 190, blobs: 2, secrets: [Self.secret(1)])) == """
        violated: 1 secret in 1 new commit
        wants: each revoked first, where it was issued, and then taken out of the history
        - 0000002 Deploy: deploy/prod.env:3:7 Stripe live secret key `sk_l...`, 32 bytes \
        (stripe-live-key, fingerprint 11111111111111111111111111111111)
        fix: git commit --amend --allow-empty --no-edit    after you take it out and `git add` that
        fix: if it is none: `secrets: {allow: {fingerprints: [11111111111111111111111111111111]}}` \
        in the policy
        """)
  }

  @Test("in older commits, and in more places; what could not be searched is told beside it")
  func older() {
    let reading = SecretReading(
      patterns: 190, blobs: 2,
      secrets: [Self.secret(1, in: Self.older, elsewhere: 3), Self.secret(2, path: "a\u{1B}b")],
      isCut: true,
      unread: [
        SecretReading.Unread(commit: Self.tip, path: Bytes("big.bin".utf8), why: "is too large")
      ])
    #expect(
      told(reading) == """
        violated: at least 2 secrets in 2 new commits
        wants: each revoked first, where it was issued, and then taken out of the history
        - 0000001 Configure: deploy/prod.env:3:7 Stripe live secret key `sk_l...`, 32 bytes \
        (stripe-live-key, fingerprint 11111111111111111111111111111111); in 3 other places
        - 0000002 Deploy: a\\u{1b}b:3:7 Stripe live secret key `sk_l...`, 32 bytes \
        (stripe-live-key, fingerprint 22222222222222222222222222222222)
        - 0000002 Deploy: big.bin is too large
        fix: git rebase -i 000bace    mark 0000002 and 0000001 as `edit`; at each: git commit --amend \
        --allow-empty --no-edit && git rebase --continue    after you take it out and `git add` that
        fix: those that are none: `secrets: {allow: {fingerprints: [11111111111111111111111111111111, \
        22222222222222222222222222222222]}}` in the policy
        """)
  }

  @Test("of very many the count is told")
  func veryMany() {
    let reading = SecretReading(
      patterns: 1, blobs: 1, secrets: (0..<100).map { Self.secret($0) }, total: 250)
    let verdict = rule(SecretsRule.self).judge(
      matter(to: Self.tip.id) {
        $0.newCommits = .known([Self.tip])
        $0.secrets = .known(reading)
      })
    #expect(verdict.explanation.summary == "250 secrets in 1 new commit")
    #expect(verdict.explanation.findings.count == 100 && verdict.explanation.total == 250)
  }

  @Test("what cannot be searched is indeterminate")
  func indeterminate() {
    #expect(
      told(
        SecretReading(
          patterns: 190, blobs: 5,
          unread: [
            SecretReading.Unread(
              commit: Self.tip, path: Bytes("assets/film.mp4".utf8), why: "is larger than 32MiB")
          ])) == """
          indeterminate: 1 file could not be searched for secrets
          - 0000002 Deploy: assets/film.mp4 is larger than 32MiB
          fix: where no secret can be: `secrets: {allow: {paths: [<PATTERN>]}}` in the policy
          """)
    let rule = rule(SecretsRule.self)
    func judged(_ fact: Fact<SecretReading>) -> String {
      rule.judge(
        matter {
          $0.newCommits = .known([Self.tip])
          $0.secrets = fact
        }
      ).told
    }
    #expect(judged(.unknown("no file .gitrel/x.yml")) == "indeterminate: no file .gitrel/x.yml")
    #expect(judged(.notGathered).hasPrefix("indeterminate: a fact that this rule needs"))
    #expect(
      rule.judge(matter { $0.newCommits = .unknown("a commit is missing") }).told
        == "indeterminate: a commit is missing")
  }

  @Test("settings become the search")
  func search() {
    let search = rule(
      SecretsRule.self,
      [
        "patterns": [".gitrel/secrets.yml"], "only": ["jwt", "own"], "off": ["other"],
        "allow": [
          "paths": ["*.pem", "tests/"], "values": ["test-[a-z]+"],
          "fingerprints": ["0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"],
        ],
      ]
    ).search
    #expect(search.files == [".gitrel/secrets.yml"])
    #expect(search.only == ["jwt", "own"] && search.off == ["other"])
    #expect(search.allowedPaths?.contains(Bytes("x/y.pem".utf8)) == true)
    #expect(search.allowedValues == ["test-[a-z]+"])
    #expect(search.allowedFingerprints == ["0123456789abcdef0123456789abcdef"])
    #expect(rule(SecretsRule.self).needs.secrets == SecretSearch())
  }

  @Test("settings", arguments: settings)
  func problems(_ settings: Setting, _ problems: [String]) {
    #expect(read(SecretsRule.self, settings).problems == problems)
  }

  static let settings: [(Setting, [String])] = [
    (["only": []], ["`only` is empty: nothing would be searched for"]),
    (["only": ["a"], "off": ["a"]], ["`a` is both under `only` and under `off`"]),
    (
      ["patterns": ["../secrets.yml"]],
      [
        "`patterns`: `../secrets.yml` is no path in the tree of the policy; write it from the top,"
          + " e.g. .gitrel/patterns.yml"
      ]
    ),
    (
      ["patterns": ["/etc/secrets.yml"]],
      [
        "`patterns`: `/etc/secrets.yml` is no path in the tree of the policy; write it from the"
          + " top, e.g. .gitrel/patterns.yml"
      ]
    ),
    (
      ["allow": ["values": ["("]]],
      [
        "`values`: the pattern `(` is not a regular expression that RE2 can read: missing ): ("
      ]
    ),
    (
      ["allow": ["values": ["\u{E4}"]]],
      ["`values`: the pattern `\u{E4}` is not ASCII; write other bytes as `\\x{..}`"]
    ),
    (
      ["allow": ["fingerprints": ["abc"]]],
      [
        "`fingerprints` takes fingerprints, not the text \"abc\"; 32 small hexadecimal digits, as a"
          + " refusal shows them"
      ]
    ),
    (
      ["allow": ["path": ["x"]]],
      ["`allow` knows no key `path`; did you mean `paths`?"]
    ),
    (["patern": ["x"]], ["`secrets` knows no key `patern`; did you mean `patterns`?"]),
  ]
}
