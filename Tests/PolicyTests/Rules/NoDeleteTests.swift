import GitModel
import Policy
import Testing

@Suite("no-delete")
struct NoDeleteTests {
  @Test("verdicts")
  func verdicts() {
    let rule = rule(NoDelete.self)
    #expect(
      rule.judge(matter("refs/heads/main", .delete)).told == """
        violated: main must not be deleted
        fix: leave main out of the push; to retire it, change the policy first
        """)
    for kind in [RefUpdate.Kind.create, .update] {
      #expect(
        rule.judge(matter("refs/heads/main", kind)).told == "notApplicable: this is no deletion")
    }
    #expect(
      read(NoDelete.self, ["except": true]).problems
        == ["`no-delete` takes no settings, and `except` is one"])
  }
}
