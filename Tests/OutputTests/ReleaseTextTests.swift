import Evidence
import GitModel
import Policy
import Release
import Testing

@testable import Output

private func said(
  _ kind: Declaration.Kind, _ name: Bytes = [], _ value: String = "", at second: Int64,
  fault: String? = nil, comment: Bytes = []
) -> StatedDeclaration {
  StatedDeclaration(
    Declaration(
      kind, ref: RefName("refs/tags/v1.4"), name: name, value: Bytes(value.utf8),
      person: Bytes("rita".utf8), role: Bytes("qa".utf8), recorded: Instant(seconds: second),
      comment: comment), digest: "\(kind)\(second)", fault: fault)
}

/// A release with everything that one can have, said by somebody who hates terminals.
func released(
  _ count: Int = 8, at instant: Int64 = 1000, others: [RefName] = []
) -> ReleaseRecord {
  let terms = ReleaseTerms(review: ReleaseReview(within: 60))
  let message = Bytes("v1.4\n\nNotes.\n\nStrategy: canary\nRollback-Target: v1.3\n".utf8)
  let trailers = ReleaseTrailers(message)
  let people = People([Person(id: "rita")])
  let all = [
    said(.signOff, at: 0, comment: hostileBytes),
    said(.rollout, Bytes("canary-5".utf8), at: 1),
    said(.rollout, hostileBytes, at: 2),
    said(.incident, Bytes("1".utf8), "open", at: 3),
    said(.incident, Bytes("1".utf8), "resolved", at: 4),
    said(.rollback, Bytes("v1.3".utf8), at: 5),
    said(.incident, hostileBytes, "open", at: 6),
    said(.close, at: 7, fault: "is by \u{1B}nobody"),
  ]
  let course = ReleaseCourse(
    Array(all.prefix(count)), of: RefName("refs/tags/v1.4"),
    terms.strategies.plan(trailers.strategy), terms,
    releases: [Bytes("v1.3".utf8)], people: people)
  return ReleaseRecord(
    commit: commit(1, "feat: tiers\u{1B}[2J"), message: message, course: course, others: others,
    terms: terms, people: people, at: Instant(seconds: instant))
}

@Suite("releases as text")
struct ReleaseTextTests {
  @Test("nothing that was said reaches a terminal raw")
  func hostile() throws {
    let record = released()
    let text = ReleaseText.lines(record) + ReleaseText.lines([record, record])
    for line in text + [try DecisionJSON.text(record)] {
      #expect(line.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A }, "\(line)")
    }
    #expect(text.contains { $0.hasPrefix("    x 1970-01-01T00:00:02Z  rolled out to ") })
    #expect(text.contains("    |     not counted: it is by \\u{1b}nobody"))
  }

  @Test("what is stated of other tags on the commit is one line")
  func others() {
    let names = ["v1.0", "v1.0", "v\u{1B}"].map { RefName("refs/tags/\($0)") }
    #expect(
      ReleaseText.lines(released(others: names)).contains(
        "    - 3 statements about this commit for v1.0, v\\u{1b}"))
  }

  @Test("when the server got it is told from a minute on")
  func late() {
    func lines(_ seconds: Int64) -> [String] {
      let course = ReleaseCourse(
        [said(.rollout, Bytes("canary-5".utf8), at: 1).at(Instant(seconds: 1 + seconds))],
        of: RefName("refs/tags/v1.4"), .none("because"), ReleaseTerms(), releases: [],
        people: People([Person(id: "rita")]))
      return ReleaseText.lines(
        ReleaseRecord(
          commit: commit(1, "feat: tiers"), message: Bytes("v1.4".utf8), course: course,
          terms: ReleaseTerms(), people: People(), at: Instant(seconds: 1000)))
    }
    #expect(!lines(59).contains { $0.contains("signed as of") })
    #expect(
      lines(60).contains("    |     signed as of 1970-01-01T00:00:01Z; the server got it then"))
  }

  @Test("no release")
  func none() {
    #expect(ReleaseText.lines([]) == ["there is no release here"])
  }
}
