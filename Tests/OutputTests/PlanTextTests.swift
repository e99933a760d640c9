import Foundation
import GitModel
import Output
import Policy
import Release
import Testing

/// Notes with one of each.
let sampleNotes: ReleaseNotes = {
  var source = NotesSource()
  source.tickets = (try? TextPattern("SHOP-[0-9]+")).map { Tickets(pattern: $0) }
  let ada = Identity(
    name: Bytes("Ada".utf8), email: Bytes("ada@x.example".utf8), seconds: 0, offsetMinutes: 0)
  func by(_ number: Int, _ message: String) -> Commit {
    Commit(
      id: id(number), tree: id(number), parents: [id(0)], author: ada, committer: ada,
      message: Bytes(message.utf8))
  }
  return ReleaseNotes(
    [
      by(5, "Revert \"x\"\n\nThis reverts commit \(id(4).hex).\n"),
      by(4, "feat(y)!: x\u{1B}\n\nBREAKING CHANGE: z\n"),
      by(3, "fix: a\n\n(cherry picked from commit \(id(2).hex))\n"), by(2, "fix: a"),
      by(1, "feat(api)!: b SHOP-1\n\nBREAKING CHANGE: c\n\nReviewed-by: Bo <bo@x.example>\n"),
    ], by: source)
}()

let sampleReceipt = TagReceipt(
  tag: id(7), isSigned: true, decision: 12, hasEvidence: true, said: [])

let sampleNext = NextRelease(
  name: "v2.0.0", previous: "v1.3.0", above: "v1.4.0", step: .major,
  cause: sampleNotes.weightiest, commits: 5, isCut: false)

func samplePlan(_ decision: Decision, state: TagPlan.State = .new) -> TagPlan {
  var terms = TagTerms()
  (terms.lane, terms.strategy, terms.risk) = (.hotfix, .canary, .high)
  terms.rollbackTarget = "v1.3.0"
  return TagPlan(
    name: "v1.4.1", remote: "origin", branch: "release/1.4", commit: commit(9, "tip\u{1B}"),
    previous: "v1.4.0", notes: sampleNotes,
    message: TagMessage(
      name: "v1.4.1", notes: "### Added\n\n- x\n", previous: "v1.4.0", terms: terms, policy: nil,
      evidence: id(6)),
    state: state,
    admissions: [
      TagPlan.Admission(
        false, "9 does not descend from v1.4.0", fix: "git switch -c hotfix/v1.4.1 v1.4.0")
    ], mergeBack: "main", decision: decision)
}

@Suite("plans and receipts")
struct PlanTextTests {
  private let accepted = decision([updated("refs/tags/v1.4.1", [judged("tests", .satisfied, "ok")])]
  )

  @Test("a plan")
  func plan() {
    #expect(
      PlanText().lines(samplePlan(accepted)) == [
        "release v1.4.1", "  commit    0000009  tip\\u{1b}", "  branch    origin/release/1.4",
        "  since     v1.4.0, 5 commits", "  tickets   SHOP-1",
        "  lane      hotfix; refused: 9 does not descend from v1.4.0",
        "            fix: git switch -c hotfix/v1.4.1 v1.4.0", "  strategy  canary",
        "  risk      high", "  rollback  to v1.3.0",
        "  owed      to be merged back into main once it is out", "  evidence  0000006", "  notes",
        "    ### Added", "    - x", "  gates",
        "  gitrel: accepted by policy main@3f2a1c9: 1 rule holds",
        "    + v1.4.1  tests            ok",
      ])
  }

  @Test("a receipt")
  func receipt() {
    #expect(
      PlanText().lines(sampleReceipt, of: samplePlan(accepted)) == [
        "  tag       0000007 on 0000009, signed, and the statements with it",
        "  decision  12 in the log of origin", "  notes     gitrel notes v1.4.1",
        "  owed      the hotfix is not in main:",
        "            git switch main && git merge v1.4.1",
      ])
    let bare = TagReceipt(tag: id(7), isSigned: false, decision: nil, hasEvidence: false, said: [])
    #expect(
      PlanText().lines(bare, of: samplePlan(accepted)).prefix(2) == [
        "  tag       0000007 on 0000009", "  notes     gitrel notes v1.4.1",
      ])
  }

  @Test("what is ready: guarded, accepted, and on a lane that takes it")
  func ready() {
    #expect(!samplePlan(accepted).isReady)
    func plan(_ decision: Decision) -> TagPlan {
      TagPlan(
        name: "v1", remote: "origin", branch: "main", commit: commit(9, "tip"), previous: nil,
        notes: sampleNotes, message: TagMessage(name: "v1", notes: "", previous: nil, policy: nil),
        state: .new, decision: decision)
    }
    #expect(plan(accepted).isReady)
    #expect(!plan(decision([updated("refs/tags/v1", [], isGuarded: false)])).isReady)
    #expect(
      !plan(decision([updated("refs/tags/v1", [judged("tests", .indeterminate, "?")])])).isReady)
  }

  @Test(
    "the state of a plan in JSON",
    arguments: [
      (TagPlan.State.new, "new"), (.made(id(7)), "made"), (.done, "done"),
      (.taken(by: id(7)), "taken"),
    ])
  func state(_ state: TagPlan.State, _ word: String) throws {
    let text = try PlanJSON.text(samplePlan(accepted, state: state))
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(document["state"] as? String == word)
    #expect(document["ready"] as? Bool == false && document["receipt"] == nil)
    #expect(document["lane"] as? String == "hotfix" && document["commits"] as? Int == 5)
    #expect(!text.contains("\u{1B}"))
  }

  @Test("why it is this version")
  func next() {
    #expect(
      NextText.lines(sampleNext) == [
        "5 commits since v1.3.0", "a major step, as asked for",
        "above v1.4.0, which is on another branch",
      ])
    let first = NextRelease(
      name: "v0.1.0", previous: nil, above: nil, step: nil, cause: sampleNotes.weightiest,
      commits: 20_000, isCut: true)
    #expect(
      NextText.lines(first) == [
        "more than 20000 commits since the beginning",
        "a breaking change: 0000001 api: b SHOP-1",
      ])
  }
}
