import GitModel
import Policy
import Testing

@Suite("signed-commits")
struct SignedCommitsTests {
  private static let people = People(
    team.all + [Person(id: "ci", emails: [Bytes("ci@example.com".utf8)], isBot: true)],
    roles: team.roles)

  private static func good(_ person: String) -> SignatureReading {
    .good(person: person, fingerprint: "SHA256:abc", format: .ssh)
  }

  private static let tip = commit(
    2, "Add price tiers\n", by: "alice@example.com", committer: "bob@example.com", parents: [1])
  private static let base = commit(1, "Round half to even\n", by: "bob@example.com")

  private func told(
    _ settings: Setting, _ commits: [Commit], _ readings: [ObjectID: SignatureReading],
    pusher: String? = nil
  ) -> String {
    let rule = rule(SignedCommits.self, settings, PolicyContext(people: Self.people))
    return rule.judge(
      matter(to: commits.first?.id, pusher: pusher, people: Self.people) { facts in
        facts.newCommits = .known(commits)
        facts.signatures = .known(readings)
      }
    ).told
  }

  private static let wants =
    "wants: a signature (SSH or OpenPGP) by a key of somebody in the policy"
  private static let setUp =
    "fix: git config gpg.format ssh    to sign with an SSH key, which user.signingKey names"

  @Test("two commits", arguments: table)
  func verdicts(
    _ settings: Setting, _ tip: SignatureReading?, _ base: SignatureReading?, _ expected: String
  ) {
    var readings: [ObjectID: SignatureReading] = [:]
    readings[Self.tip.id] = tip
    readings[Self.base.id] = base
    #expect(told(settings, [Self.tip, Self.base], readings) == expected)
  }

  static let table: [(Setting, SignatureReading?, SignatureReading?, String)] = [
    (.absent, good("alice"), good("bob"), "satisfied: 2 commits signed by alice and bob"),
    (
      .absent, .unsigned, good("bob"),
      """
      violated: 1 of 2 new commits lacks a signature that counts
      \(wants)
      - 0000002 Add price tiers: is not signed
      fix: git commit --amend --no-edit -S
      \(setUp)
      """
    ),
    (
      .absent, .unknownKey(fingerprint: "SHA256:abc", format: .ssh),
      .bad("is by a key that was revoked"),
      """
      violated: 2 of 2 new commits lack a signature that counts
      \(wants)
      - 0000002 Add price tiers: is signed with a key that is nobody's: SSH SHA256:abc
      - 0000001 Round half to even: has a signature that does not count: it is by a key that was revoked
      fix: git rebase --force-rebase -S 000bace
      \(setUp)
      """
    ),
    (
      ["by": ["tech-lead"]], good("carol"), good("bob"),
      """
      violated: 1 of 2 new commits lacks a signature that counts
      wants: a signature (SSH or OpenPGP) by a key of tech-lead (alice or bob)
      - 0000002 Add price tiers: is signed by carol, with SHA256:abc
      fix: git commit --amend --no-edit -S
      \(setUp)
      """
    ),
    (
      ["signer": "author"], good("bob"), good("bob"),
      """
      violated: 1 of 2 new commits lacks a signature that counts
      \(wants), who is its author
      - 0000002 Add price tiers: is signed by bob, and its author is alice
      fix: git commit --amend --no-edit -S
      \(setUp)
      """
    ),
    (
      ["signer": "committer"], good("bob"), good("bob"),
      """
      violated: 1 of 2 new commits lacks a signature that counts
      \(wants), who is its committer
      - 0000001 Round half to even: is signed by bob, and its committer is dev@example.com
      fix: git rebase --force-rebase -S 000bace
      \(setUp)
      """
    ),
    (
      .absent, .unknown("cannot start gpg"), .unknown("cannot start gpg"),
      "indeterminate: 0000002 cannot be told to be signed: cannot start gpg, and 1 more commit"
    ),
    (
      .absent, nil, good("bob"),
      "indeterminate: 0000002 cannot be told to be signed: nobody looked; this is a fault in gitrel"
    ),
    // What is certain beats what is not.
    (
      .absent, .unknown("cannot start gpg"), .unsigned,
      """
      violated: 1 of 2 new commits lacks a signature that counts
      \(wants)
      - 0000001 Round half to even: is not signed
      fix: git rebase --force-rebase -S 000bace
      \(setUp)
      """
    ),
  ]

  @Test("a bot's commit is exempt when the bot pushed it, and not when somebody typed its address")
  func bot() {
    let bots = commit(3, "Bump\n", by: "ci@example.com")
    #expect(
      told(["exempt": ["bot"]], [bots], [bots.id: .unsigned], pusher: "ci")
        == "notApplicable: the new commit is exempt (bot)")
    #expect(
      told(["exempt": ["bot"]], [bots], [bots.id: .unsigned], pusher: "dave").contains(
        "is not signed; names the bot ci as its author, and is neither pushed nor signed by it"))
  }

  @Test(
    "what anybody can make up stands for no signature",
    arguments: ["merge", "revert", "cherry-pick"])
  func typed(_ word: String) {
    #expect(
      read(SignedCommits.self, .map([("exempt", .list([.quoted(word)]))])).problems == [
        "`signed-commits` leaves no commit out for what its message or its parents say, which anybody"
          + " can make up; only `bot` can stand in its `exempt`"
      ])
  }

  @Test("a rebase that keeps merges")
  func merges() {
    let merge = commit(4, "Merge\n", parents: [1, 9])
    #expect(
      told(.absent, [merge, Self.base], [merge.id: .unsigned, Self.base.id: .unsigned]).contains(
        "fix: git rebase --rebase-merges --force-rebase -S 000bace"))
  }

  @Test("nothing to judge, and nothing to judge by")
  func edges() {
    let rule = rule(SignedCommits.self)
    #expect(rule.needs == Needs([.newCommits, .signatures]))
    #expect(
      rule.judge(matter("refs/heads/x", .delete)).told
        == "notApplicable: a deletion brings no commits")
    #expect(
      rule.judge(matter([])).told
        == "notApplicable: nothing new here: every commit is on a ref that this ruleset guards already"
    )
    let matter = matter { facts in
      facts.newCommits = .known([Self.tip])
      facts.signatures = .unknown("it is missing")
    }
    #expect(rule.judge(matter).told == "indeterminate: it is missing")
  }
}
