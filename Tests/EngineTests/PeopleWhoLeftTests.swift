import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Release
import Testing

@testable import Engine

/// Who leaves, gets another key or another role has still said what they said; and says nothing new.
@Suite struct PeopleWhoLeftTests {
  private static let back = "rollback-target: {rolled-out: true}"
  private static let target = "Rollback-Target: v1.0"

  /// What happens to Rita after she rolled v1.0 out.
  static let changes: [(what: String, change: @Sendable (StatementShop) throws -> Void)] = [
    ("she leaves", { try $0.change(people: ["qa": "qa", "dev": "dev"], managers: ["dev"]) }),
    ("she has a new key", { try $0.change(people: ["rita": "rita2", "qa": "qa", "dev": "dev"]) }),
    (
      "she is no release manager any more",
      { try $0.change(people: ["rita": "rita", "qa": "qa", "dev": "dev"], managers: ["dev"]) }
    ),
    (
      "she leaves, and the policy changes again",
      {
        try $0.change(people: ["qa": "qa"], managers: [])
        try $0.change(people: ["qa": "qa", "dev": "dev"], managers: ["dev"])
      }
    ),
    (
      "somebody else gets her id",
      { try $0.change(people: ["rita": "dev", "qa": "qa"], managers: []) }
    ),
  ]

  @Test(arguments: changes.indices)
  func whatWasSaidStands(_ number: Int) throws {
    let shop = try StatementShop(rules: Self.back)
    try shop.tagged()
    try shop.state(shop.said(.rollout, "all", by: "rita", as: "release-manager"))
    try Self.changes[number].change(shop)
    #expect(try shop.record().course.finished != nil, "\(Self.changes[number].what)")
    #expect(try shop.told("rollback-target", "v1.1", Self.target) == "one goes back to v1.0")
    let repository = try Repository.open(at: shop.server.repo.path)
    let metrics = try MetricsRun(
      repository, remote: nil, search: CloneGate.find(repository, remote: nil),
      log: DecisionLog(repository, ref: DecisionLog.ref)
    ).report(
      by: .month, since: Instant(seconds: shop.server.time - 86_400), branch: nil,
      at: Instant(seconds: shop.server.time))
    #expect(metrics.metrics.releases.map(\.source) == [.rollout])
  }

  @Test("a key that was taken out states nothing new, back-dated or not")
  func nothingNew() throws {
    let shop = try StatementShop(rules: Self.back)
    try shop.tagged()
    try shop.change(people: ["qa": "qa", "dev": "dev"], managers: ["dev"])
    for ago: Int64 in [0, 600] {
      let tip = try shop.evidence(
        shop.envelope(shop.said(.rollout, "all", by: "rita", ago: ago)))
      let outcome = try shop.server.judge(shop.server.line(EvidenceStore.ref.full, tip))
      #expect(outcome.refusing == ["\(EvidenceStore.ref.full) evidence-ref"])
      shop.forget()
    }
    // Nor past the gate, where no decision let it in, also once a later one finds it there.
    try shop.server.set(
      EvidenceStore.ref.full,
      shop.evidence(shop.envelope(shop.said(.rollout, "all", by: "rita", ago: 600))))
    let unknown =
      "it is signed by a key that the policy gives to nobody: KEY, and by which policy it came in is not known"
    #expect(try shop.timeline() == ["600 rolled out to all: \(unknown)"])
    try shop.state(shop.said(.checklist, "x", by: "dev"))
    #expect(try shop.timeline() == ["660 rolled out to all: \(unknown)"])
    #expect(
      try shop.told("rollback-target", "v1.1", Self.target)
        .hasPrefix(
          "v1.1 would go back to v1.0, which was never rolled out (not counted: it is signed"))
  }

  @Test("who might not say it then may not for having left")
  func neverAllowed() throws {
    let shop = try StatementShop(rules: Self.back)
    try shop.tagged()
    try shop.state(shop.said(.rollout, "all", by: "dev"))
    let fault = "60 rolled out to all: dev may not: release-manager (rita) may"
    shop.server.time += 60
    #expect(try shop.timeline() == [fault])
    try shop.change(people: ["rita": "rita", "qa": "qa"])
    #expect(
      try shop.timeline() == [
        "180 rolled out to all: it is signed by a key that the policy gives to nobody: KEY"
      ])
  }

  @Test("what was taken back stays so, also with a later key")
  func revoked() throws {
    let shop = try StatementShop(rules: Self.back)
    try shop.tagged()
    let digest = try shop.state(shop.said(.rollout, "all", by: "rita")).statementDigest
    try shop.change(people: ["rita": "rita2", "qa": "qa", "dev": "dev"])
    #expect(try shop.record().course.finished != nil)
    let place = EvidencePlace.statements(about: digest)
    let revocation = try shop.envelope(
      shop.said(.revocation, by: "rita", ref: nil), Subject(sha256: digest), key: "rita2")
    try shop.push(
      shop.server.line(
        EvidenceStore.ref.full, shop.evidence(revocation, at: place)))
    #expect(try shop.record().course.finished == nil)
    // With neither key in the policy any more.
    try shop.change(people: ["qa": "qa", "dev": "dev"], managers: ["dev"])
    #expect(try shop.record().course.finished == nil)
  }

  @Test("an incident does not go with who opened it")
  func incidents() throws {
    let shop = try StatementShop(rules: "review-owed:")
    try shop.tagged()
    try shop.state(shop.said(.rollout, "all", by: "rita"))
    try shop.state(shop.said(.incident, "7", "open", by: "rita"))
    let open = "incidents of v1.0 are not settled; v1.0 incident 7 is open"
    #expect(try shop.told("review-owed") == open)
    try shop.change(people: ["qa": "qa", "dev": "dev"], managers: ["dev"])
    #expect(try shop.told("review-owed") == open)
    // Nor where the policy of then is not to be had, because it is not in the repository now.
    let path = shop.server.repo.directory.file("policy.yml")
    let text = try shop.server.repo.git("cat-file", "blob", "refs/heads/main:.gitrel/policy.yml")
    try write(Array((text + "\n").utf8), to: path)
    try shop.server.repo.git("config", "gitrel.policy", path)
    #expect(try shop.told("review-owed") == open)
    #expect(
      try shop.timeline().first?.hasSuffix("and by which policy it came in is not known") == true)
    try shop.server.repo.git("config", "--unset", "gitrel.policy")
    // What was said by who left ends and reviews as well.
    try shop.state(shop.said(.incident, "7", "resolved", by: "qa"))
    try shop.state(shop.said(.review, by: "dev"))
    #expect(try shop.told("review-owed") == "no override and no incident to review")
    try shop.change(people: ["rita": "rita"])
    #expect(try shop.told("review-owed") == "no override and no incident to review")
  }
}
