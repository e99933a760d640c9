import GitModel
import Policy
import PolicyFile
import Testing

@Suite("what a new policy states otherwise")
struct PolicyComparisonTests {
  private static func read(_ text: String) throws -> PolicyDocument {
    try PolicyReader.read(Bytes(text.utf8), file: "p.yml", zone: SystemZones.zone)
  }

  private static let old = """
    version: 1
    people:
      alice: {emails: [alice@example.com]}
      bob: {emails: [bob@example.com]}
    roles: {qa: [bob]}
    rulesets:
      - name: production
        refs: [main]
        enforce: evaluate
        rules:
          approvals: {minimum: 1, roles: {qa: 1}}
          no-delete:
      - name: gone
        refs: [old]
        rules: {no-delete: }

    """

  @Test("nothing, whatever the spelling")
  func same() throws {
    let other = Self.old.split(separator: "\n", omittingEmptySubsequences: false).map {
      "\($0)   # a remark"
    }.joined(separator: "\n")
    #expect(
      PolicyComparison(old: try Self.read(Self.old), new: try Self.read(other)).changes == [])
  }

  @Test("rulesets, rules, settings, people")
  func all() throws {
    let new = """
      version: 1
      people:
        alice: {emails: [alice@example.com, ng@example.com]}
        bob: {emails: [bob@example.com]}
        carol: {emails: [carol@example.com]}
      roles: {qa: [bob, carol]}
      rulesets:
        - name: production
          refs: [main, "release/*"]
          rules:
            approvals: {minimum: 2, roles: {qa: 2}}
            trailers: {required: [Ticket]}
        - name: tags
          refs: ["refs/tags/*"]
          rules: {annotated-tags: , no-delete: }

      """
    let changes = PolicyComparison(old: try Self.read(Self.old), new: try Self.read(new)).changes
    #expect(
      changes.map { "\($0.kind) \($0.subject): \($0.detail)" } == [
        "changed production: refs: [main] -> [main, release/*]",
        "changed production: enforce: evaluate -> not stated",
        "changed production/approvals: minimum: 1 -> 2",
        "changed production/approvals: roles.qa: 1 -> 2",
        "added production/trailers: {required: [Ticket]}",
        "removed production/no-delete: ",
        "added tags: a ruleset on [refs/tags/*]: annotated-tags and no-delete",
        "removed gone: the whole ruleset",
        "changed roles/qa: [bob] -> [bob, carol]",
        "changed people/alice: emails: [alice@example.com] -> [alice@example.com, ng@example.com]",
        "added people/carol: {emails: [carol@example.com]}",
      ])
  }

  @Test("how releases are made")
  func release() throws {
    let before = """
      release:
        branch: main
        steps: {rollout: [qa], incident: [alice, bob]}
        strategies: {canary: {stages: [{name: few, soak: 1h}, {name: all}]}}
        review: {within: 5d}

      """
    let after = """
      release:
        steps: {rollout: [qa, alice], incident: [alice, bob]}
        strategies: {canary: {stages: [{name: few, soak: 5m}, {name: all}]}}
        review: {within: 10d}
        failure: [incident]
      statements: {tests: [qa]}

      """
    let changes = PolicyComparison(
      old: try Self.read(Self.old + before), new: try Self.read(Self.old + after)
    ).changes
    #expect(
      changes.map { "\($0.kind) \($0.subject): \($0.detail)" } == [
        "changed release/steps: rollout: [qa] -> [qa, alice]",
        "changed release/strategies: canary.stages: [{name: few, soak: 1h}, {name: all}] -> [{name: few, soak: 5m}, {name: all}]",
        "changed release/review: within: 5d -> 10d", "added release/failure: [incident]",
        "removed release/branch: ", "added statements/tests: [qa]",
      ])
  }
}
