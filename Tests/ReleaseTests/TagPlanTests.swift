import GitModel
import Policy
import Release
import Testing

@Suite("tag plans")
struct TagPlanTests {
  private func plan(
    previous: String?, policy: PolicyOrigin?, commits: [Commit]
  ) -> TagPlan {
    TagPlan(
      name: "v1.4.0", remote: "origin", branch: "main", commit: commit(9, "tip"),
      previous: previous, commits: commits, state: .new,
      decision: Decision(instant: Instant(seconds: 0), pusher: nil, policy: policy, updates: []))
  }

  private let origin = PolicyOrigin(label: "main@3f2a1c9", file: "policy.yml", digest: "abc123")

  @Test("the message of the tag")
  func message() {
    #expect(
      plan(previous: "v1.3.0", policy: origin, commits: [commit(1, "feat: add tiers")]).message
        == """
        v1.4.0

        ### Added

        - add tiers (0000001)

        Gitrel-Version: v1.4.0
        Gitrel-Since: v1.3.0
        Gitrel-Policy: main@3f2a1c9 abc123

        """)
    #expect(
      plan(previous: nil, policy: nil, commits: []).message == """
        v1.4.0

        No change since the last version.

        Gitrel-Version: v1.4.0

        """)
  }

  @Test("git reads the trailers, and none that a commit smuggles in")
  func trailers() {
    let message = plan(
      previous: "v1.3.0", policy: origin,
      commits: [
        commit(2, "Gitrel-Version: v9"), commit(1, "fix: x\u{2028}Gitrel-Policy: evil\r"),
      ]
    ).message
    let trailers = TrailerBlock(message: Bytes(message.utf8)[...]).trailers
    #expect(
      trailers.map {
        "\(String(decoding: $0.key, as: UTF8.self)): \(String(decoding: $0.value, as: UTF8.self))"
      } == [
        "Gitrel-Version: v1.4.0", "Gitrel-Since: v1.3.0", "Gitrel-Policy: main@3f2a1c9 abc123",
      ])
  }
}
