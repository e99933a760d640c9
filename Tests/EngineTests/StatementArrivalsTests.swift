import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Release
import Testing

@testable import Engine

/// What has been somewhere for so many hours was there when the server heard of it, whatever its signer's
/// clock says (THREATS.md: back-dated statements).
@Suite struct StatementArrivalsTests {
  private static let deployed = """
    deployed: {environment: staging, for: 1h, by: qa}
    """

  private static func shop(_ rules: String = deployed) throws -> StatementShop {
    try StatementShop(rules: rules)
  }

  /// Some way to bring in what qa says has been running for two hours, and since when it counts.
  struct Way: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let told: String
    let bring: @Sendable (StatementShop) throws -> String

    init(
      _ description: String, _ told: String,
      _ bring: @escaping @Sendable (StatementShop) throws -> String
    ) {
      (testDescription, self.told, self.bring) = (description, told, bring)
    }
  }

  private static func runs(_ shop: StatementShop) -> Declaration {
    shop.said(.deployed, "staging", by: "qa", ago: 7200, ref: nil)
  }

  static let ways: [Way] = [
    Way(
      "pushed before: since then",
      "COMMIT runs in `staging` since 2026-01-07T12:01:00Z, and must for 1h; staging qa, S, which says 2026-01-07T10:00:00Z, and came 2026-01-07T12:01:00Z"
    ) { shop in
      try shop.state(runs(shop))
      return ""
    },
    Way(
      "pushed long enough ago", "runs in `staging` since 2026-01-07T12:01:00Z; staging qa, S"
    ) { shop in
      try shop.state(runs(shop))
      shop.server.time += 3600
      return ""
    },
    Way(
      "in the very push that needs it: since now",
      "COMMIT runs in `staging` since 2026-01-07T12:05:00Z, and must for 1h; staging qa, S, which says 2026-01-07T10:00:00Z, and came 2026-01-07T12:05:00Z"
    ) { shop in
      let tip = try shop.evidence(shop.envelope(runs(shop)))
      shop.server.time += 300
      return shop.server.line(EvidenceStore.ref.full, tip)
    },
    Way(
      "in the very push, where the log has begun",
      "COMMIT runs in `staging` since 2026-01-07T12:06:00Z, and must for 1h; staging qa, S, which says 2026-01-07T10:00:00Z, and came 2026-01-07T12:06:00Z"
    ) { shop in
      let said = runs(shop)
      try shop.state(shop.said(.checklist, "x", by: "dev"))
      let tip = try shop.evidence(shop.envelope(said))
      shop.server.time += 300
      return shop.server.line(EvidenceStore.ref.full, tip)
    },
    Way(
      "there before there was a log: as its signer has it",
      "runs in `staging` since 2026-01-07T10:00:00Z; staging qa, S"
    ) { shop in
      try shop.server.set(
        EvidenceStore.ref.full, shop.evidence(shop.envelope(runs(shop))))
      return ""
    },
    Way(
      "there before the log began, which has gone on since",
      "runs in `staging` since 2026-01-07T10:00:00Z; staging qa, S"
    ) { shop in
      try shop.server.set(
        EvidenceStore.ref.full, shop.evidence(shop.envelope(runs(shop))))
      for number in 0..<3 { try shop.state(shop.said(.checklist, "\(number)", by: "dev")) }
      return ""
    },
    Way(
      "brought past the gate after the log began: since now",
      "COMMIT runs in `staging` since 2026-01-07T12:06:00Z, and must for 1h; staging qa, S, which says 2026-01-07T10:01:00Z, and came 2026-01-07T12:06:00Z"
    ) { shop in
      try shop.state(shop.said(.checklist, "x", by: "dev"))
      try shop.server.set(
        EvidenceStore.ref.full, shop.evidence(shop.envelope(runs(shop))))
      shop.server.time += 300
      return ""
    },
    Way(
      "the same, once a decision shows that it was there",
      "COMMIT runs in `staging` since 2026-01-07T12:07:00Z, and must for 1h; staging qa, S, which says 2026-01-07T10:01:00Z, and came 2026-01-07T12:07:00Z"
    ) { shop in
      try shop.state(shop.said(.checklist, "x", by: "dev"))
      try shop.server.set(
        EvidenceStore.ref.full, shop.evidence(shop.envelope(runs(shop))))
      shop.server.time += 300
      try shop.state(shop.said(.checklist, "y", by: "dev"))
      shop.server.time += 300
      return ""
    },
    Way(
      "again in another envelope: since the first",
      "runs in `staging` since 2026-01-07T12:01:00Z; staging qa, S"
    ) { shop in
      var again = try shop.state(runs(shop))
      shop.server.time += 3600
      again.signatures[0].keyID = Bytes("junk".utf8)
      // The gate would not let it in.
      try shop.server.set(EvidenceStore.ref.full, shop.evidence(again))
      return ""
    },
    Way(
      "beside a push that was let in and that git did not carry out: since its own",
      "runs in `staging` since 2026-01-07T12:01:00Z; staging qa, S"
    ) { shop in
      let mine = try shop.evidence(shop.envelope(runs(shop)))
      shop.server.time += 60
      try #require(
        try shop.server.judge(shop.server.line(EvidenceStore.ref.full, mine)).answer == .accepted)
      let other = EvidenceRefTests.file(
        try shop.envelope(shop.said(.checklist, "x", by: "dev")).encoded, about: shop.commit)
      let tip = try EvidenceRefTests.commit(shop.server, [other], on: [])
      shop.server.time += 10
      try #require(
        try shop.server.judge(shop.server.line(EvidenceStore.ref.full, tip)).answer == .accepted)
      try shop.server.set(EvidenceStore.ref.full, mine)
      shop.server.time += 3600
      return ""
    },
    Way(
      "a refused push does not count",
      "COMMIT runs in `staging` since 2026-01-07T14:00:00Z, and must for 1h; staging qa, S, which says 2026-01-07T10:00:00Z, and came 2026-01-07T14:00:00Z"
    ) { shop in
      let tip = try shop.evidence(shop.envelope(runs(shop)))
      let line = shop.server.line(EvidenceStore.ref.full, tip)
      // Refused, for there is no such object.
      try #require(
        try shop.server.push(line, shop.server.line("main", .nowhere)).answer != .accepted)
      shop.server.time += 7200
      return line
    },
    Way(
      "a clock that was set back stops nobody from reading on",
      "runs in `staging` since 2026-01-07T12:01:00Z; staging qa, S"
    ) { shop in
      try shop.state(runs(shop))
      shop.server.time -= 86_400
      try #require(
        try shop.server.push(shop.server.line("x", shop.server.main)).answer != .accepted)
      shop.server.time += 86_400 + 3600
      try shop.state(shop.said(.checklist, "y", by: "dev"))
      return ""
    },
  ]

  @Test(arguments: ways)
  func since(_ way: Way) throws {
    let shop = try Self.shop()
    let others = try way.bring(shop)
    #expect(try shop.told("deployed", with: others) == way.told)
  }

  @Test("what somebody said is not taken in again in another wrapping, which anybody can make")
  func wrappedAgain() throws {
    let shop = try Self.shop()
    var again = try shop.state(Self.runs(shop))
    again.signatures[0].keyID = Bytes("junk".utf8)
    let line = try shop.server.line(EvidenceStore.ref.full, shop.evidence(again))
    let outcome = try shop.server.judge(line)
    #expect(outcome.answer == .refused)
    #expect(outcome.words.contains("it says what another one there says, with the same signer"))
  }

  @Test("a release manager who dates a roll-out back has not rolled out")
  func rollout() throws {
    let shop = try Self.shop("rollback-target: {rolled-out: true}")
    try shop.tagged("v1.0\n\nStrategy: canary")
    try shop.state(shop.said(.rollout, "some", by: "rita", ago: 7200))
    try shop.state(shop.said(.rollout, "all", by: "rita", ago: 60))
    let target = "Rollback-Target: v1.0"
    let back = "v1.1 would go back to v1.0, which was never rolled out"
    #expect(
      try shop.told("rollback-target", "v1.1", target)
        == "\(back) (not counted: it soaks at some until 2026-01-07T13:02:00Z)")
    #expect(
      try shop.timeline() == [
        "60 rolled out to some", "0 rolled out to all: it soaks at some until 2026-01-07T13:02:00Z",
      ])
    shop.server.time += 3600
    try shop.state(shop.said(.rollout, "all", by: "rita"))
    #expect(try shop.told("rollback-target", "v1.1", target) == "one goes back to v1.0")
  }

  @Test("a review that says it came after an incident does not come before it")
  func incidents() throws {
    let shop = try Self.shop("review-owed:")
    try shop.tagged()
    try shop.state(shop.said(.rollout, "all", by: "rita"))
    try shop.state(shop.said(.review, by: "dev"))
    // As if all of it had been before the review.
    try shop.state(shop.said(.incident, "7", "open", by: "qa", ago: 90))
    try shop.state(shop.said(.incident, "7", "resolved", by: "rita", ago: 100))
    #expect(
      try shop.told("review-owed")
        == "incidents of v1.0 are not settled; v1.0 incident 7 was not looked at yet")
    #expect(
      try shop.timeline() == [
        "180 rolled out to all", "120 reviewed", "60 incident 7 opened", "0 incident 7 resolved",
      ])
  }

  // MARK: - Clones

  private static func clone(_ shop: StatementShop, _ refs: String...) throws -> String {
    let path = shop.server.repo.directory.file("clone")
    try shop.server.repo.git("clone", "--quiet", shop.server.repo.path, path)
    try fetch(refs, in: path, shop)
    return path
  }

  private static func fetch(_ refs: [String], in path: String, _ shop: StatementShop) throws {
    for ref in refs {
      _ = try run(
        [
          "git", "-C", path, "fetch", "--quiet", "origin",
          "refs/gitrel/\(ref):refs/gitrel-remotes/origin/\(ref)",
        ], environment: shop.server.repo.environment, in: path)
    }
  }

  @Test("a clone goes by its copy of the log, as far as that goes")
  func clones() throws {
    let shop = try Self.shop("no-delete:")
    try shop.tagged()
    try shop.state(shop.said(.rollout, "all", by: "rita", ago: 7200))
    // Without the log there is only what the signer says.
    let path = try Self.clone(shop, "evidence")
    #expect(try shop.timeline(in: path, remote: "origin") == ["7260 rolled out to all"])
    try Self.fetch(["log"], in: path, shop)
    #expect(try shop.timeline(in: path, remote: "origin") == ["0 rolled out to all"])
    // What came after the copy was not there when the copy's last decision was made.
    try shop.state(shop.said(.incident, "7", "open", by: "qa", ago: 7200))
    try Self.fetch(["evidence"], in: path, shop)
    shop.server.time += 600
    #expect(
      try shop.timeline(in: path, remote: "origin") == [
        "660 rolled out to all", "660 incident 7 opened",
      ])
    try Self.fetch(["log"], in: path, shop)
    #expect(
      try shop.timeline(in: path, remote: "origin") == [
        "660 rolled out to all", "600 incident 7 opened",
      ])
  }

  // MARK: - What it costs

  @Test("the log is read where a rule asks, and else not")
  func cost() throws {
    for (rules, told) in [
      (Self.deployed, "log entry BAD is not a line that gitrel wrote"),
      ("checklist: {items: [x]}", "1 item signed; x qa, S"),
    ] {
      let shop = try Self.shop(rules)
      try shop.server.set(
        EvidenceStore.ref.full,
        shop.evidence(shop.envelope(shop.said(.checklist, "x", by: "qa", ref: nil))))
      try shop.server.set(
        EvidenceStore.ref.full, shop.evidence(shop.envelope(Self.runs(shop))))
      try shop.server.set(DecisionLog.ref.full, shop.commit)
      let repository = try Repository.open(at: shop.server.repo.path)
      let tag = try shop.server.tag("v1.1", of: shop.commit)
      let decision = try CloneGate(repository, remote: nil).decision(
        on: [RefUpdate(name: RefName("refs/tags/v1.1"), old: .zero, new: tag)],
        at: Instant(seconds: shop.server.time), pusher: nil)
      let rule: RuleID = rules == Self.deployed ? "deployed" : "checklist"
      #expect(
        StatementShop.told(decision, rule).replacing(/entry [0-9a-f]{7}/, with: "entry BAD")
          == told)
    }
  }
}
