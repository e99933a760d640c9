import GitModel
import Policy
import Testing

@Suite("fast-forward-only")
struct FastForwardOnlyTests {
  @Test("verdicts", arguments: table)
  func verdicts(_ kind: RefUpdate.Kind, _ fact: Fact<Bool>, _ told: String) {
    let rule = rule(FastForwardOnly.self)
    #expect(rule.judge(matter("refs/heads/main", kind) { $0.isFastForward = fact }).told == told)
    #expect(rule.needs == Needs(.ancestry))
  }

  static let table: [(RefUpdate.Kind, Fact<Bool>, String)] = [
    (.update, .known(true), "satisfied: the push adds to 0000a1d"),
    (
      .update, .known(false),
      """
      violated: the push would take back commits that main has (it is at 0000a1d)
      wants: a commit that descends from 0000a1d
      fix: git pull --rebase    then push without --force
      fix: git revert <COMMIT>    to undo a change that was pushed
      """
    ),
    (.update, .unknown("0000a1d is missing"), "indeterminate: 0000a1d is missing"),
    (
      .update, .notGathered,
      "indeterminate: a fact that this rule needs was not gathered; this is a fault in gitrel"
    ),
    (.create, .notGathered, "notApplicable: main is new"),
    (.delete, .notGathered, "notApplicable: a deletion is no rewind; `no-delete` judges it"),
  ]
}
