import Evidence
import GitModel
import Policy
import Testing

/// Something that is said of v1.4.
private func said(
  _ kind: Declaration.Kind, _ name: String = "", _ value: String = "", by person: String = "bob",
  at second: Int64, of tag: String? = "v1.4", fault: String? = nil
) -> StatedDeclaration {
  declared(kind, name, value: value, by: person, at: second, of: tag, fault: fault)
}

private let ref = RefName("refs/tags/v1.4")

/// Bob rolls out and back; Carol looks at it; anybody opens incidents.
private let terms = ReleaseTerms(
  review: ReleaseReview(within: 86_400),
  steps: ReleaseSteps(people: [
    .rollout: Who(names: ["bob"], people: ["bob"]),
    .review: Who(names: ["qa"], people: ["alice", "carol"]),
  ]))

private func course(
  _ all: [StatedDeclaration], _ strategy: Fact<RolloutStrategy?> = .known(.canary),
  _ terms: ReleaseTerms = terms
) -> ReleaseCourse {
  ReleaseCourse(
    all, of: ref, terms.strategies.plan(strategy), terms,
    releases: [Bytes("v1.3".utf8), Bytes("v1.4".utf8)], people: team)
}

extension ReleaseCourse {
  /// What is told of it, a line for each step.
  fileprivate var told: [String] {
    steps.map { step in
      let line = "\(step.time.seconds) \(step.person.printable): \(step.words)"
      return step.fault.map { "\(line), not counted: \($0)" } ?? line
    }
  }
}

private let h: Int64 = 3600

@Suite("the course of a release")
struct ReleaseCourseTests {
  private static let toCanary5 = said(.rollout, "canary-5", at: 0)
  private static let toCanary50 = said(.rollout, "canary-50", at: h)
  private static let toAll = said(.rollout, "all", at: 5 * h)
  private static let everywhere = [toCanary5, toCanary50, toAll]

  @Test("what was said stands until something goes wrong again")
  func standing() {
    func standing(_ said: ReleaseStatement, by person: String, _ more: [StatedDeclaration])
      -> String?
    {
      course(Self.everywhere + more).standing(said, by: person).map {
        "\($0.words) by \($0.person.printable)"
      }
    }
    let review = said(.review, by: "carol", at: 6 * h)
    let close = said(.close, at: 7 * h)
    #expect(standing(.review, by: "carol", []) == nil)
    #expect(standing(.review, by: "carol", [review]) == "reviewed by carol")
    // Another may look at it too, and nobody closes what is closed.
    #expect(standing(.review, by: "alice", [review]) == nil)
    #expect(standing(.close, by: "carol", [review]) == nil)
    #expect(standing(.close, by: "carol", [review, close]) == "closed by bob")
    #expect(standing(.rollout(Bytes("all".utf8)), by: "bob", []) == nil)
    // What counted for nothing, or was before an incident or a rollback, does not stand.
    #expect(standing(.review, by: "dave", [said(.review, by: "dave", at: 6 * h)]) == nil)
    let open = said(.incident, "4711", "open", at: 8 * h)
    let over = said(.incident, "4711", "resolved", at: 9 * h)
    let again = said(.review, by: "carol", at: 10 * h)
    #expect(standing(.review, by: "carol", [review, close, open]) == nil)
    #expect(standing(.close, by: "bob", [review, close, open, over]) == nil)
    #expect(standing(.review, by: "carol", [review, open, over]) == nil)
    #expect(standing(.review, by: "carol", [review, open, over, again]) == "reviewed by carol")
    #expect(standing(.review, by: "carol", [review, said(.rollback, "v1.3", at: 8 * h)]) == nil)
  }

  @Test("stages follow each other, each after the soak time of the one before")
  func rollout() {
    let whole = course(Self.everywhere)
    #expect(
      whole.told == [
        "0 bob: rolled out to canary-5", "3600 bob: rolled out to canary-50",
        "18000 bob: rolled out to all",
      ])
    #expect(whole.finished == Instant(seconds: 5 * h))
    // The order in which statements are found is nobody's matter.
    #expect(course(Self.everywhere.reversed()) == whole)
    let half = course([Self.toCanary5, Self.toCanary50])
    #expect(half.finished == nil && half.nextStage?.name == "all")
    #expect(half.soakingUntil == Instant(seconds: 5 * h))
  }

  @Test("what is stated against the order counts for nothing", arguments: refused)
  func isRefused(_ statements: [StatedDeclaration], _ told: String) {
    let course = course(statements)
    #expect(course.told.last == told)
  }

  static let refused: [([StatedDeclaration], String)] = [
    (
      [said(.rollout, "canary-50", at: 0)],
      "0 bob: rolled out to canary-50, not counted: canary-50 is not its turn: canary-5 comes first"
    ),
    (
      [toCanary5, said(.rollout, "all", at: 100 * h)],
      "360000 bob: rolled out to all, not counted: all is not its turn: canary-50 comes first"
    ),
    (
      [toCanary5, said(.rollout, "canary-50", at: h - 1)],
      "3599 bob: rolled out to canary-50, not counted: it soaks at canary-5 until 1970-01-01T01:00:00Z"
    ),
    (
      [toCanary5, said(.rollout, "canary-5", at: 9)],
      "9 bob: rolled out to canary-5, not counted: it has been at canary-5 already"
    ),
    (
      [said(.rollout, "canary-6\u{1B}", at: 0)],
      "0 bob: rolled out to canary-6\\u{1b}, not counted: `canary-6\\u{1b}` is no stage of canary: canary-5, canary-50, all"
    ),
    (
      [said(.rollout, "canary-5", by: "dave", at: 0)],
      "0 dave: rolled out to canary-5, not counted: dave may not: bob may"
    ),
    (
      [said(.rollout, "canary-5", at: 0, fault: "is not signed")],
      "0 bob: rolled out to canary-5, not counted: it is not signed"
    ),
    (
      [said(.rollout, "canary-5", at: 0, of: nil)],
      "0 bob: rolled out to canary-5, not counted: it does not say which tag it is about"
    ),
    (
      [toCanary5, said(.incident, "4711", "open", at: 9), said(.rollout, "canary-50", at: h)],
      "3600 bob: rolled out to canary-50, not counted: incident 4711 is open"
    ),
    (
      [toCanary5, said(.rollback, "v1.3", at: 9), said(.rollout, "canary-50", at: h)],
      "3600 bob: rolled out to canary-50, not counted: it was rolled back: v1.3 runs"
    ),
    (
      [said(.rollback, "v1.3", at: 0)],
      "0 bob: rolled back to v1.3, not counted: nothing of it was rolled out"
    ),
    (
      [toCanary5, said(.rollback, "v1.2", at: 1)],
      "1 bob: rolled back to v1.2, not counted: `v1.2` is no release here"
    ),
    (
      [toCanary5, said(.rollback, "v1.4", at: 1)],
      "1 bob: rolled back to v1.4, not counted: a release does not take its own place"
    ),
    (
      [toCanary5, said(.rollback, "v1.3", at: 1), said(.rollback, "v1.3", at: 2)],
      "2 bob: rolled back to v1.3, not counted: it runs no more: v1.3 does"
    ),
    (
      [said(.incident, "4711", "open", at: 1), said(.incident, "4711", "open", at: 2)],
      "2 bob: incident 4711 opened, not counted: incident 4711 is open already"
    ),
    (
      [said(.incident, "4711", "resolved", at: 1)],
      "1 bob: incident 4711 resolved, not counted: no incident 4711 is open"
    ),
    (
      [said(.incident, "4711", "over", at: 1)],
      "1 bob: incident 4711, not counted: it says `over`, and neither open nor resolved"
    ),
    (
      [said(.review, by: "carol", at: 1)],
      "1 carol: reviewed, not counted: there is nothing to review: it was not rolled out"
    ),
    (
      [toCanary5, said(.review, by: "carol", at: 1)],
      "1 carol: reviewed, not counted: there is nothing to review: it is at canary-5"
    ),
    (
      everywhere + [said(.review, at: 6 * h)],
      "21600 bob: reviewed, not counted: bob may not: qa (alice or carol) may"
    ),
    (
      everywhere + [
        said(.incident, "1", "open", at: 6 * h), said(.review, by: "carol", at: 7 * h),
      ],
      "25200 carol: reviewed, not counted: incident 1 is open"
    ),
    (
      [said(.announced, "result", at: 1)],
      "1 bob: result announced, not counted: there is no result yet: it was not rolled out"
    ),
    (
      [said(.announced, "party", at: 1)],
      "1 bob: announced party, not counted: `party` is announced, and neither scope nor result"
    ),
    ([toCanary5, said(.close, at: 1)], "1 bob: closed, not counted: it is at canary-5"),
    (everywhere + [said(.close, at: 6 * h)], "21600 bob: closed, not counted: it is not reviewed"),
    (
      everywhere + [
        said(.review, by: "carol", at: 6 * h), said(.close, at: 7 * h), said(.close, at: 8 * h),
      ], "28800 bob: closed, not counted: it is closed already"
    ),
  ]

  @Test("what a tag says of its strategy", arguments: plans)
  func isPlanned(_ stated: Fact<RolloutStrategy?>, _ terms: ReleaseTerms, _ told: String) {
    #expect(course([said(.rollout, "all", at: 0)], stated, terms).told == [told])
  }

  static let plans: [(Fact<RolloutStrategy?>, ReleaseTerms, String)] = [
    (.known(nil), terms, "0 bob: rolled out to all"),
    (.known(.bigBang), terms, "0 bob: rolled out to all"),
    (
      .known(.blueGreen), terms,
      "0 bob: rolled out to all, not counted: all is not its turn: green comes first"
    ),
    (.unknown("why"), terms, "0 bob: rolled out to all, not counted: why"),
    (
      .known(nil), ReleaseTerms(strategies: RolloutPlans(stages: [.canary: [RolloutStage("all")]])),
      "0 bob: rolled out to all, not counted: the tag names no strategy, and the policy has no `big-bang`"
    ),
    (
      .known(.rolling),
      ReleaseTerms(strategies: RolloutPlans(stages: [.canary: [RolloutStage("all")]])),
      "0 bob: rolled out to all, not counted: the policy has no strategy `rolling`"
    ),
  ]

  @Test("a review is owed after the whole, an incident or a rollback, and each closes after it")
  func review() {
    let reviewed = said(.review, by: "carol", at: 6 * h)
    let closed = said(.close, at: 7 * h)
    var whole = course(Self.everywhere)
    #expect(whole.owesReview && whole.reviewDue == Instant(seconds: 5 * h + 86_400))
    whole = course(Self.everywhere + [reviewed, closed])
    #expect(!whole.owesReview && whole.closed == Instant(seconds: 7 * h))
    // What goes wrong afterwards opens it again.
    let late = said(.incident, "9", "open", at: 8 * h)
    whole = course(Self.everywhere + [reviewed, closed, late])
    #expect(whole.closed == nil && whole.incidents.open == [Bytes("9".utf8)])
    let over = said(.incident, "9", "resolved", at: 9 * h)
    whole = course(Self.everywhere + [reviewed, closed, late, over])
    #expect(whole.owesReview && whole.reviewDue == Instant(seconds: 9 * h + 86_400))
    // Without a term in the policy a release that nothing happened to is owed none.
    let open = ReleaseTerms()
    #expect(!course(Self.everywhere, .known(.canary), open).owesReview)
    let back = course([Self.toCanary5, said(.rollback, "v1.3", at: 9)], .known(.canary), open)
    #expect(back.owesReview && back.reviewDue == nil)
    #expect(
      course([said(.incident, "1", "open", at: 1), said(.incident, "1", "resolved", at: 2)])
        .owesReview)
  }

  @Test("people are told where the policy says so")
  func announcements() {
    #expect(course(Self.everywhere).owedAnnouncements == [])
    let mail = ReleaseTerms(mail: ReleaseMailTerms(from: "a@example.com", to: ["b@example.com"]))
    let close = said(.close, at: 9 * h)
    let untold = course(Self.everywhere + [close], .known(.canary), mail)
    #expect(
      untold.told.last == "32400 bob: closed, not counted: nobody was told of its scope or result")
    let told = course(
      Self.everywhere + [
        said(.announced, "scope", at: 1), said(.announced, "result", at: 6 * h), close,
      ], .known(.canary), mail)
    #expect(told.closed == Instant(seconds: 9 * h))
  }

  @Test("a clock that is behind gains nothing where the server's log tells when a statement came")
  func arrivals() {
    // Backdated by an hour, so that the next stage could follow at once.
    let early = said(.rollout, "canary-5", at: 0)
    let next = said(.rollout, "canary-50", at: h + 60)
    #expect(course([early, next]).stage?.value == 1)
    let told = course([early.at(Instant(seconds: h)), next.at(Instant(seconds: h + 90))])
    #expect(
      told.told == [
        "3600 bob: rolled out to canary-5",
        "3690 bob: rolled out to canary-50, not counted: it soaks at canary-5 until 1970-01-01T02:00:00Z",
      ])
  }

  @Test("what is of no release is not told")
  func others() {
    let statements = [
      said(.checklist, "x", at: 0), said(.artifact, at: 0), said(.override, at: 0),
      said(.freeze, "x", "start", at: 0), said(.duty, "qa", at: 0), said(.revocation, at: 0),
      said(.signOff, at: 1, of: nil), said(.deployed, "staging", at: 2, of: nil),
    ]
    #expect(course(statements).told == ["1 bob: signed off", "2 bob: deployed to staging"])
  }
}

@Suite("incidents of a release")
struct IncidentStateTests {
  private func state(
    _ all: StatedDeclaration..., by terms: ReleaseTerms = terms
  ) -> IncidentState {
    IncidentState(all, on: ref, terms, team)
  }

  @Test("open, over and looked at")
  func states() {
    let open = said(.incident, "4711", "open", at: 1)
    let over = said(.incident, "4711", "resolved", at: 2)
    let review = said(.review, by: "carol", at: 3)
    #expect(state() == IncidentState() && state().isSettled)
    #expect(state(open).open == [Bytes("4711".utf8)])
    #expect(state(over, open).unreviewed == [Bytes("4711".utf8)])
    #expect(!state(over, open).isSettled)
    #expect(state(over, open, review).isSettled)
    // A review before the end, by nobody who may, or of another release reviews nothing.
    #expect(!state(over, open, said(.review, by: "carol", at: 1)).isSettled)
    #expect(!state(over, open, said(.review, by: "dave", at: 3)).isSettled)
    #expect(!state(over, open, said(.review, by: "carol", at: 3, of: "v1.3")).isSettled)
    #expect(!state(over, open, said(.review, by: "carol", at: 3, fault: "ended")).isSettled)
    #expect(state(said(.incident, "4711", "open", at: 1, of: nil)).isSettled)
    #expect(state(said(.incident, "4711", "open", at: 1, fault: "is not signed")).isSettled)
    // Whom the policy of then let say it, today's is not asked about.
    let past = StatedDeclaration(
      said(.review, by: "dave", at: 3).declaration, digest: "d", fault: nil, isOfPast: true)
    #expect(state(over, open, past).isSettled)
  }

  @Test("who alone opened and ended an incident does not review it")
  func secondPerson() {
    func course(_ all: [StatedDeclaration], _ terms: ReleaseTerms) -> ReleaseCourse {
      ReleaseCourse(
        all, of: ref, terms.strategies.plan(.known(nil)), terms, releases: [], people: team)
    }
    func terms(_ reviewers: [String], alone: Bool = false) -> ReleaseTerms {
      ReleaseTerms(
        review: ReleaseReview(within: nil, isAlone: alone),
        steps: ReleaseSteps(people: [
          .review: Who(names: reviewers, people: Set(reviewers))
        ]))
    }
    let open = said(.incident, "4711", "open", by: "carol", at: 1)
    let over = said(.incident, "4711", "resolved", by: "carol", at: 2)
    let review = said(.review, by: "carol", at: 3)
    for (terms, told) in [
      (
        terms(["alice", "carol"]),
        "3 carol: reviewed, not counted: carol alone opened and ended incident 4711, and somebody else is to review that"
      ),
      (
        terms(["carol"]),
        "3 carol: reviewed, not counted: carol alone opened and ended incident 4711, and the policy names nobody else who may review it: name somebody under `release: steps: review`, or write `release: review: {alone: true}`"
      ),
      (terms(["carol"], alone: true), "3 carol: reviewed"),
      (
        ReleaseTerms(),
        "3 carol: reviewed, not counted: carol alone opened and ended incident 4711, and somebody else is to review that"
      ),
    ] {
      let course = course([open, over, review], terms)
      #expect(course.told.last == told)
      #expect(state(open, over, review, by: terms).isSettled == told.hasSuffix("reviewed"))
      #expect(course.incidents.loners == (told.hasSuffix("reviewed") ? [] : ["carol"]))
    }
    // Two people are enough, whatever they did of it.
    let all = terms(["alice", "bob", "carol"])
    let byBob = said(.incident, "4711", "resolved", by: "bob", at: 2)
    for other in ["alice", "bob", "carol"] {
      #expect(state(open, byBob, said(.review, by: other, at: 3), by: all).isSettled)
    }
    #expect(state(open, over, said(.review, by: "alice", at: 3), by: all).isSettled)
    // Each time that it was open by itself: what Bob ended is no help for what Carol opened after that.
    let again = [
      said(.incident, "4711", "open", by: "carol", at: 3),
      said(.incident, "4711", "resolved", by: "carol", at: 4),
    ]
    #expect(
      !state(open, byBob, again[0], again[1], said(.review, by: "carol", at: 5), by: all).isSettled)
    #expect(
      state(open, byBob, again[0], again[1], said(.review, by: "bob", at: 5), by: all).isSettled)
  }
}

@Suite("what a tag says of its release")
struct ReleaseTrailersTests {
  private func told(_ message: String) -> [String] {
    let trailers = ReleaseTrailers(Bytes(message.utf8))
    return [
      "\(trailers.lane)", "\(trailers.strategy)", "\(trailers.rollbackTarget)", "\(trailers.risk)",
    ].map { $0.replacing("Policy.", with: "") }
  }

  @Test("one word each, or none")
  func words() {
    #expect(
      told("v1.4\n\nNotes.\n") == [
        "known(Lane.normal)", "known(nil)", "known(nil)", "known(Risk.unstated)",
      ])
    #expect(
      told(
        "v1.4\n\nNotes.\n\nLane: hotfix\nstrategy: CANARY\nRollback-Target: v1.3\nRisk: high\nRisk: high\n"
      ) == [
        "known(Lane.hotfix)", "known(Optional(RolloutStrategy.canary))",
        "known(Optional(\"v1.3\"))", "known(Risk.high)",
      ])
  }

  @Test("doubt is told")
  func doubt() {
    #expect(
      told(
        "v1.4\n\nNotes.\n\nLane: fast\nStrategy: canary\nStrategy: rolling\nRollback-Target: ../x\nRisk: high\nRisk: low\n"
      ) == [
        "unknown(\"`Lane: fast` is none of normal, hotfix or rollback\")",
        "unknown(\"the tag says `Strategy: canary` and `Strategy: rolling`\")",
        "unknown(\"`Rollback-Target: ../x` has a part that starts with a dot\")",
        "unknown(\"the tag says `Risk: high` and `Risk: low`\")",
      ])
  }
}
