import GitModel
import Policy
import Testing

/// Which commits a rule leaves out, and who cannot say so.
@Suite("exemptions")
struct ExemptionsTests {
  static let people = People([
    Person(id: "alice", emails: [Bytes("alice@example.com".utf8)]),
    Person(
      id: "renovate", emails: [Bytes("bot@example.com".utf8)], logins: ["renovate-app"],
      isBot: true),
    Person(id: "merger", emails: [Bytes("merger@example.com".utf8)], isBot: true),
  ])

  /// The rule wants subjects of 99 characters, so that whatever is judged is refused.
  private func told(
    _ exempt: Setting, _ commit: Commit, pusher: String? = nil,
    signature: Fact<SignatureReading> = .notGathered
  ) -> String {
    let rule = rule(CommitMessage.self, ["subject-minimum": 99, "exempt": exempt])
    var facts = Facts()
    facts.newCommits = .known([commit])
    facts.signatures =
      switch signature {
      case .known(let reading): .known([commit.id: reading])
      case .unknown(let why): .unknown(why)
      case .notGathered: .notGathered
      }
    let verdict = rule.judge(
      Matter(
        update: update("refs/heads/main"), facts: facts, instant: Instant(seconds: 0),
        pusher: pusher, people: Self.people))
    return verdict.outcome == .notApplicable
      ? verdict.explanation.summary : verdict.explanation.findings.first?.detail ?? verdict.told
  }

  private func isExempt(_ kind: String, _ message: String, parents: [Int] = [0xbace]) -> Bool {
    let told = told([.quoted(kind)], commit(1, message, parents: parents))
    return told == "the new commit is exempt (\(kind))"
  }

  static let digits = String(repeating: "0123456789", count: 4)

  @Test("a merge has two parents, whatever it says")
  func merges() {
    #expect(isExempt("merge", "x", parents: [1, 2]))
    #expect(!isExempt("merge", "Merge branch 'x' into main\n"))
    #expect(!isExempt("merge", "x", parents: []))
  }

  @Test("a revert says what it reverts, as git does")
  func reverts() {
    #expect(isExempt("revert", "Revert \"Add\"\n\nThis reverts commit \(Self.digits).\n"))
    #expect(
      isExempt("revert", "Revert \"Add\"\n\nThis reverts commit 0123456 (Add, 2026-01-01).\n"))
    #expect(
      isExempt(
        "revert",
        "Revert \"Merge\"\n\nThis reverts commit \(Self.digits), reversing\nchanges made to x.\n"))
    for forged in [
      "Revert \"Add\"", "Revert \"Add\"\n\nIt was bad.\n",
      "Revert Add\n\nThis reverts commit \(Self.digits).\n",
      "revert \"Add\"\n\nThis reverts commit \(Self.digits).\n",
      "x Revert \"Add\"\n\nThis reverts commit \(Self.digits).\n",
      "Revert \"Add\"\n\nThis reverts commit .\n",
      "Revert \"Add\"\n\nThis reverts commit 012345.\n",
      "Revert \"Add\"\n\nThis reverts commit HEAD~1.\n",
      "Revert \"Add\"\n\n> This reverts commit \(Self.digits).\n",
      "Add\n\nRevert \"Add\"\nThis reverts commit \(Self.digits).\n",
    ] {
      #expect(!isExempt("revert", forged), "\(forged)")
    }
  }

  @Test("a cherry-pick says what it picks, as git does with -x")
  func picks() {
    #expect(isExempt("cherry-pick", "Add\n\n(cherry picked from commit \(Self.digits))\n"))
    for forged in [
      "Add", "Add (cherry picked from commit \(Self.digits))",
      "Add\n\n(cherry picked from commit main)\n",
      "Add\n\ncherry picked from commit \(Self.digits)\n",
    ] {
      #expect(!isExempt("cherry-pick", forged), "\(forged)")
    }
  }

  @Test("a bot is proven by who pushes or who signed, never by an address")
  func bots() {
    let commit = commit(1, "Bump", by: "BOT@example.com")
    let exempt = "the new commit is exempt (bot)"
    let forged =
      "subject has 4 characters, at least 99; names the bot renovate as its author, and is neither"
      + " pushed nor signed by it"
    func signed(_ reading: SignatureReading) -> String {
      told(["bot"], commit, pusher: "alice", signature: .known(reading))
    }
    #expect(told(["bot"], commit, pusher: "renovate-app") == exempt)
    #expect(told(["bot"], commit, pusher: "renovate") == exempt)
    #expect(signed(.good(person: "renovate", fingerprint: "f", format: .ssh)) == exempt)
    #expect(told(["bot"], commit) == forged)
    #expect(told(["bot"], commit, pusher: "alice") == forged)
    // Another bot is another.
    #expect(told(["bot"], commit, pusher: "merger") == forged)
    #expect(signed(.good(person: "merger", fingerprint: "f", format: .ssh)) == forged)
    #expect(signed(.good(person: "alice", fingerprint: "f", format: .ssh)) == forged)
    #expect(signed(.unsigned) == forged)
    #expect(signed(.unknownKey(fingerprint: "f", format: .ssh)) == forged)
    #expect(signed(.bad("the signature does not fit")) == forged)
    #expect(signed(.unknown("the key is gone")) == forged)
    #expect(told(["bot"], commit, signature: .unknown("no keys")) == forged)
    // Who is no bot is judged, whoever pushes, and nothing is said of bots.
    let human = "subject has 4 characters, at least 99"
    #expect(told(["bot"], Self.by("alice@example.com"), pusher: "renovate") == human)
    #expect(told(["bot"], Self.by("alice@example.com"), pusher: "alice") == human)
    #expect(told(["bot"], Self.by("bot+x@example.com"), pusher: "renovate") == human)
    // A committer's address makes no bot.
    let committed = commitOf(1, "Bump", by: "alice@example.com", committer: "bot@example.com")
    #expect(told(["bot"], committed, pusher: "renovate") == human)
    // Where bots are not exempt, nothing is said either.
    #expect(told(["merge"], commit, pusher: "renovate") == human)
  }

  private func commitOf(
    _ number: Int, _ message: String, by author: String, committer: String
  ) -> Commit {
    commit(number, message, by: author, committer: committer)
  }

  private static func by(_ author: String) -> Commit { commit(1, "Bump", by: author) }

  @Test("signatures are asked for only where they can tell something")
  func needs() {
    func needs(_ exempt: Setting) -> Needs {
      rule(CommitMessage.self, ["exempt": exempt]).needs
    }
    #expect(needs([]) == Needs(.newCommits))
    #expect(needs(["merge", "revert", "cherry-pick"]) == Needs(.newCommits))
    #expect(needs(["merge", "bot"]) == Needs([.newCommits, .signatures]))
  }
}
