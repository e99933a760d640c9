import Evidence
import GitModel
import Policy
import Release
import Testing

private let hour: Int64 = 3600

/// Something that Rita says of v1.4.
private func said(
  _ kind: Declaration.Kind, _ name: String = "", _ value: String = "", at second: Int64
) -> StatedDeclaration {
  StatedDeclaration(
    Declaration(
      kind, ref: RefName("refs/tags/v1.4"), name: Bytes(name.utf8), value: Bytes(value.utf8),
      person: Bytes("rita".utf8), recorded: Instant(seconds: second)),
    digest: "\(kind)\(second)", fault: nil)
}

@Suite("the record of a release")
struct ReleaseRecordTests {
  private static let people = People(
    [Person(id: "rita"), Person(id: "carol")], roles: ["release-manager": ["rita"]])
  private static let terms = ReleaseTerms(
    mail: ReleaseMailTerms(from: "rita@example.com", to: ["team@example.com"]),
    review: ReleaseReview(within: 24 * hour),
    steps: ReleaseSteps(people: [
      .rollout: Who(names: ["release-manager"], people: ["rita"])
    ]))

  private func told(
    _ all: [StatedDeclaration], at instant: Int64,
    _ message: String = "v1.4\n\nNotes.\n\nStrategy: canary\nRollback-Target: v1.3\n"
  ) -> [String] {
    let trailers = ReleaseTrailers(Bytes(message.utf8))
    let course = ReleaseCourse(
      all, of: RefName("refs/tags/v1.4"), Self.terms.strategies.plan(trailers.strategy),
      Self.terms, releases: [Bytes("v1.3".utf8), Bytes("v1.4".utf8)], people: Self.people)
    let record = ReleaseRecord(
      commit: commit(1, "feat: add tiers"), message: Bytes(message.utf8), course: course,
      terms: Self.terms, people: Self.people, at: Instant(seconds: instant))
    func line(_ task: ReleaseRecord.Task) -> String {
      var words = task.what
      if let from = task.from { words += " from \(from.utcText)" }
      if let due = task.due { words += " \(task.isOverdue ? "OVER" : "by") \(due.utcText)" }
      return words + (task.command.isEmpty ? "" : ": \(task.command)") + "    \(task.by)"
    }
    return [record.standing] + record.owed.map { "owed: \(line($0))" }
      + record.possible.map { "may: \(line($0))" }
  }

  private static let tell =
    "owed: tell people of its scope: gitrel release mail v1.4 --scope    anybody in the policy"
  private static let mayGoWrong =
    "may: open an incident: gitrel release incident v1.4 --open <ID>    anybody in the policy"
  private static let mayGoBack =
    "may: take it back: gitrel release rollback v1.4 --to v1.3 --reason <WHY>    anybody in the policy"
  private static let scope = said(.announced, "scope", at: 0)
  private static let canary = [scope, said(.rollout, "canary-5", at: 0)]
  private static let everywhere =
    canary + [said(.rollout, "canary-50", at: hour), said(.rollout, "all", at: 5 * hour)]

  @Test("from the tag to the close")
  func states() {
    #expect(
      told([], at: 0) == [
        "cut, not rolled out", Self.tell,
        "owed: roll it out to canary-5: gitrel release rollout v1.4 canary-5    release-manager (rita)",
      ])
    #expect(
      told(Self.canary, at: 60) == [
        "rolling out: at canary-5 since 1970-01-01T00:00:00Z, soaks there until 1970-01-01T01:00:00Z",
        "owed: roll it out to canary-50 from 1970-01-01T01:00:00Z: gitrel release rollout v1.4 canary-50    release-manager (rita)",
        Self.mayGoWrong, Self.mayGoBack,
      ])
    #expect(
      told(Self.canary, at: hour) == [
        "rolling out: at canary-5 since 1970-01-01T00:00:00Z, may go on since 1970-01-01T01:00:00Z",
        "owed: roll it out to canary-50: gitrel release rollout v1.4 canary-50    release-manager (rita)",
        Self.mayGoWrong, Self.mayGoBack,
      ])
    let result =
      "owed: tell people of its result: gitrel release mail v1.4 --result    anybody in the policy"
    #expect(
      told(Self.everywhere, at: 6 * hour) == [
        "rolled out since 1970-01-01T05:00:00Z", result,
        "owed: review it by 1970-01-02T05:00:00Z: gitrel release review v1.4 -m <WHAT WAS FOUND>    anybody in the policy",
        Self.mayGoWrong, Self.mayGoBack,
      ])
    let told1 = Self.everywhere + [said(.announced, "result", at: 6 * hour)]
    #expect(
      told(told1, at: 30 * hour)[1]
        == "owed: review it OVER 1970-01-02T05:00:00Z: gitrel release review v1.4 -m <WHAT WAS FOUND>    anybody in the policy"
    )
    let reviewed = told1 + [said(.review, at: 7 * hour)]
    #expect(
      told(reviewed, at: 8 * hour).prefix(2) == [
        "reviewed 1970-01-01T07:00:00Z",
        "owed: close it: gitrel release close v1.4    anybody in the policy",
      ])
    #expect(
      told(reviewed + [said(.close, at: 8 * hour)], at: 9 * hour) == [
        "closed 1970-01-01T08:00:00Z", Self.mayGoWrong, Self.mayGoBack,
      ])
  }

  @Test("when something goes wrong")
  func incidents() {
    let open = Self.canary + [said(.incident, "47 11", "open", at: 60)]
    #expect(
      told(open, at: 120).prefix(2) == [
        "incident open: 47 11",
        "owed: end incident 47 11: gitrel release incident v1.4 --resolve '47 11'    anybody in the policy",
      ])
    let back = open + [said(.rollback, "v1.3", at: 180)]
    #expect(
      told(back, at: 200)[0] == "rolled back to v1.3 1970-01-01T00:03:00Z, incident open: 47 11")
    let over = back + [said(.incident, "47 11", "resolved", at: 240)]
    #expect(
      told(over, at: 300) == [
        "rolled back to v1.3 1970-01-01T00:03:00Z",
        "owed: tell people of its result: gitrel release mail v1.4 --result    anybody in the policy",
        "owed: review it by 1970-01-02T00:04:00Z: gitrel release review v1.4 -m <WHAT WAS FOUND>    anybody in the policy, but not rita",
        Self.mayGoWrong,
      ])
  }

  @Test("that it was taken back is told whatever came after")
  func takenBack() {
    let back =
      Self.canary + [
        said(.rollback, "v1.3", at: 180), said(.announced, "result", at: 190),
        said(.review, at: 240),
      ]
    #expect(
      told(back, at: 300).prefix(2) == [
        "rolled back to v1.3 1970-01-01T00:03:00Z, reviewed 1970-01-01T00:04:00Z",
        "owed: close it: gitrel release close v1.4    anybody in the policy",
      ])
    #expect(
      told(back + [said(.close, at: 360)], at: 400) == [
        "rolled back to v1.3 1970-01-01T00:03:00Z, closed 1970-01-01T00:06:00Z", Self.mayGoWrong,
      ])
  }

  @Test("what cannot be rolled out is told")
  func noPlan() {
    #expect(
      told([], at: 0, "v1.4\n\nNotes.\n\nStrategy: yolo\n") == [
        "cut, not rolled out", Self.tell,
        "owed: nothing of it can be rolled out: `Strategy: yolo` is none of big-bang, rolling, canary or blue-green    release-manager (rita)",
      ])
  }
}
