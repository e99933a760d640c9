import GitModel
import Policy
import Testing

@testable import Release

/// The keys of DORA, each figure worked out by hand.
@Suite struct MetricsTests {
  /// A moment of 2026 as `MM-DD`, or with a time as `MM-DDTHH:MM`.
  static func at(_ text: String) -> Instant {
    let full = text.utf8.count == 5 ? "\(text)T00:00" : text
    return Instant(utcText: Bytes("2026-\(full):00Z".utf8)) ?? Instant(seconds: -1)
  }

  static func metrics(
    _ releases: [MetricsRelease], by length: MetricsPeriod.Length = .month, from: String = "01-01",
    until: String = "04-01", _ signs: [ReleaseFailures.Sign] = ReleaseFailures.Sign.allCases
  ) throws -> Metrics {
    let periods = try #require(MetricsPeriod.all(length, from: at(from), to: at(until)))
    return Metrics(releases, length: length, periods: periods, signs: ReleaseFailures(Set(signs)))
  }

  // MARK: - What cannot be told

  @Test("where nothing is stated of any release, none is known to have gone well")
  func unknown() throws {
    let quiet = try Self.metrics([
      .init("v1", deployed: Self.at("01-10"), source: .tagger),
      .init("v2", deployed: Self.at("02-10"), source: .log),
    ])
    #expect(quiet.whole.failed == nil && quiet.whole.failureBand == nil)
    #expect(
      MetricsReport(quiet).notes.contains(
        "whether a release failed cannot be told: nobody states what became of any (gitrel release rollout, incident, rollback)"
      ))
    let told = try Self.metrics([
      .init("v1", deployed: Self.at("01-10"), source: .tagger),
      .init("v2", deployed: Self.at("02-10"), source: .rollout),
    ])
    #expect(told.whole.failed == 0 && told.whole.failureBand == .elite)
  }

  @Test("a part of a period has no band for the frequency")
  func parts() throws {
    let releases = [MetricsRelease("v1", deployed: Self.at("02-10"))]
    let cut = try Self.metrics(releases, from: "01-10", until: "03-10")
    #expect(cut.rows.map(\.figures.frequencyBand) == [nil, .medium, nil])
    #expect(cut.whole.frequencyBand == .low)
    let short = try Self.metrics(releases, from: "02-10", until: "03-10")
    #expect(short.whole.frequencyBand == nil)
  }

  // MARK: - Failures

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var signs = ReleaseFailures.Sign.allCases
    let release: MetricsRelease
    var later: [MetricsRelease] = []
    /// Began and recovered; nil for no failure.
    let told: [String?]?
  }

  private static let out = at("01-10T12:00")

  static let cases = [
    Case(testDescription: "nothing happened", release: .init("v1", deployed: out), told: nil),
    Case(
      testDescription: "taken back by a statement",
      release: .init("v1", deployed: out, rollbacks: [at("01-10T15:00"), at("01-10T14:00")]),
      told: ["01-10T12:00", "01-10T14:00"]),
    Case(
      testDescription: "an incident, resolved",
      release: .init(
        "v1", deployed: out,
        incidents: [.init(opened: at("01-11"), resolved: at("01-12"))]),
      told: ["01-11T00:00", "01-12T00:00"]),
    Case(
      testDescription: "two incidents, over with the last",
      release: .init(
        "v1", deployed: out,
        incidents: [
          .init(opened: at("01-13"), resolved: at("01-16")),
          .init(opened: at("01-11"), resolved: at("01-12")),
        ]),
      told: ["01-11T00:00", "01-16T00:00"]),
    Case(
      testDescription: "two incidents, one of them open",
      release: .init(
        "v1", deployed: out,
        incidents: [
          .init(opened: at("01-11"), resolved: at("01-12")), .init(opened: at("01-13")),
        ]),
      told: ["01-11T00:00", nil]),
    Case(
      testDescription: "an open incident, taken back",
      release: .init(
        "v1", deployed: out, rollbacks: [at("01-12")], incidents: [.init(opened: at("01-11"))]),
      told: ["01-11T00:00", "01-12T00:00"]),
    Case(
      testDescription: "mended by a hotfix",
      release: .init("v1", deployed: out),
      later: [.init("v1.1", deployed: at("01-12"), lane: .hotfix, repairs: "v1")],
      told: ["01-10T12:00", "01-12T00:00"]),
    Case(
      testDescription: "resolved before the hotfix went out",
      release: .init(
        "v1", deployed: out, incidents: [.init(opened: at("01-11"), resolved: at("01-12"))]),
      later: [.init("v1.1", deployed: at("01-20"), lane: .hotfix, repairs: "v1")],
      told: ["01-11T00:00", "01-12T00:00"]),
    Case(
      testDescription: "a hotfix of another",
      release: .init("v1", deployed: out),
      later: [.init("v0.2", deployed: at("01-12"), lane: .hotfix, repairs: "v0")], told: nil),
    Case(
      testDescription: "hotfixes are no failure",
      signs: [.rollback, .incident], release: .init("v1", deployed: out),
      later: [
        .init("v1.1", deployed: at("01-12"), lane: .hotfix, repairs: "v1")
      ], told: nil),
    Case(
      testDescription: "a tag in the lane rollback",
      signs: [.rollback], release: .init("v1", deployed: out, incidents: [.init(opened: out)]),
      later: [.init("v1.1", deployed: at("01-10T13:00"), lane: .rollback, repairs: "v1")],
      told: ["01-10T12:00", "01-10T13:00"]),
    Case(
      testDescription: "only incidents are a failure",
      signs: [.incident], release: .init("v1", deployed: out, rollbacks: [at("01-11")]), told: nil),
  ]

  @Test(arguments: cases)
  func failure(_ example: Case) throws {
    let metrics = try Self.metrics([example.release] + example.later, example.signs)
    let failure = metrics.failures["v1"]
    #expect(failure == nil ? example.told == nil : true)
    guard let told = example.told else { return #expect(failure == nil) }
    #expect(failure?.began == told[0].map(Self.at))
    #expect(failure?.recovered == told[1].map(Self.at))
    // A hotfix that mended it is rework, whether or not that is a failure.
    #expect(metrics.whole.rework == example.later.count)
  }

  @Test func whatIsOverBeforeItBeganTookNoTime() throws {
    let release = MetricsRelease(
      "v1", deployed: Self.out, rollbacks: [Self.at("01-11")],
      incidents: [.init(opened: Self.at("01-12"))])
    #expect(try Self.metrics([release]).whole.recovery?.median == 0)
  }

  // MARK: - A quarter, worked out by hand

  /// January: v1.0 on the 10th at noon brings commits of 1, 2, 3 and 10 days before; v1.1 on the 20th brings
  /// one of 12 hours before, and fails: an incident from 06:00 to 09:30. February: nothing. March: v1.2 on
  /// the 1st at midnight brings nothing and fails, mended two days later by v1.2.1, a hotfix of an hour.
  static let quarter: [MetricsRelease] = {
    func before(_ moment: String, hours: Int64...) -> MetricsRelease.Changes {
      .known(hours.map { at(moment).seconds - $0 * 3600 })
    }
    return [
      MetricsRelease(
        "v1.2.1", deployed: at("03-03"), lane: .hotfix, changes: before("03-03", hours: 1),
        repairs: "v1.2"),
      MetricsRelease(
        "v1.0", deployed: at("01-10T12:00"), source: .tagger,
        changes: before("01-10T12:00", hours: 24, 48, 72, 240)),
      MetricsRelease(
        "v1.1", deployed: at("01-20"), source: .log, changes: before("01-20", hours: 12),
        incidents: [.init(opened: at("01-20T06:00"), resolved: at("01-20T09:30"))]),
      MetricsRelease("v1.2", deployed: at("03-01")),
    ]
  }()

  @Test func aQuarterByMonth() throws {
    let metrics = try Self.metrics(Self.quarter)
    #expect(metrics.rows.map(\.period.name) == ["2026-01", "2026-02", "2026-03"])
    #expect(metrics.releases.map(\.name) == ["v1.0", "v1.1", "v1.2", "v1.2.1"])
    let hour: Int64 = 3600
    let (january, february, march) = (
      metrics.rows[0].figures, metrics.rows[1].figures, metrics.rows[2].figures
    )
    #expect(
      [january.seconds, february.seconds, march.seconds] == [31, 28, 31].map { $0 * 24 * hour })
    #expect([january.releases, february.releases, march.releases] == [2, 0, 2])
    // 12, 24, 48, 72 and 240 hours.
    #expect(january.leadTime?.count == 5)
    #expect(january.leadTime?.median == 48 * hour)
    #expect(january.leadTime?.p90 == 240 * hour)
    #expect(february.leadTime == nil)
    #expect(march.leadTime?.median == hour && march.leadTime?.p90 == hour)
    #expect([january.failed, february.failed, march.failed] == [1, 0, 1])
    #expect(january.recovery?.median == 3 * hour + 1800)
    #expect(march.recovery?.median == 48 * hour)
    #expect([january.rework, february.rework, march.rework] == [0, 0, 1])
    // Two in 31 days are fewer than one a week and more than one a month.
    #expect(january.frequencyBand == .medium)
    #expect(february.frequencyBand == .low)
    #expect(january.leadTimeBand == .high)
    #expect(march.leadTimeBand == .elite)
    #expect(january.failureBand == .low)
    #expect(february.failureBand == nil && february.recoveryBand == nil)
    #expect(january.recoveryBand == .high)
    #expect(march.recoveryBand == .medium)
  }

  @Test func theSameAsOneQuarter() throws {
    let metrics = try Self.metrics(Self.quarter, by: .quarter)
    #expect(metrics.rows.map(\.period.name) == ["2026-Q1"])
    #expect(metrics.rows[0].figures == metrics.whole)
    #expect(metrics.whole == (try Self.metrics(Self.quarter).whole))
    let hour: Int64 = 3600
    #expect(metrics.whole.releases == 4)
    // 1, 12, 24, 48, 72 and 240 hours; nine of ten of six are all six.
    #expect(metrics.whole.leadTime?.median == 36 * hour)
    #expect(metrics.whole.leadTime?.p90 == 240 * hour)
    #expect(metrics.whole.failed == 2)
    // 3.5 and 48 hours.
    #expect(metrics.whole.recovery?.median == 25 * hour + 2700)
    #expect(metrics.whole.rework == 1)
  }

  @Test func aReleaseBelongsToWhenItWentOut() throws {
    // Half open: the first moment of March is March.
    let metrics = try Self.metrics(Self.quarter, from: "01-15", until: "03-01")
    #expect(metrics.releases.map(\.name) == ["v1.1"])
    #expect(metrics.rows.map(\.period.name) == ["2026-01", "2026-02"])
    #expect(metrics.whole.seconds == 45 * 86_400)
    // What mends it may go out later than all that is looked at.
    let march = try Self.metrics(Self.quarter, from: "03-01", until: "03-02")
    #expect(march.failures["v1.2"]?.recovered == Self.at("03-03"))
    #expect(march.releases.map(\.name) == ["v1.2"])
  }

  // MARK: - Spreads, bands, periods

  @Test(
    arguments: [
      ([5], 5, 5), ([3, 1], 2, 3), ([1, 2, 3], 2, 3), ([4, 1, 3, 2], 2, 4),
      (Array(1...10), 5, 9), (Array(1...11), 6, 10), (Array(1...100), 50, 90),
      ([.max, .max], .max, .max),
    ] as [([Int64], Int64, Int64)])
  func spread(_ seconds: [Int64], _ median: Int64, _ p90: Int64) {
    let spread = MetricsSpread(seconds)
    #expect(spread?.median == median)
    #expect(spread?.p90 == p90)
    #expect(spread?.count == seconds.count)
  }

  @Test func aCommitThatClaimsToBeLaterTookNoTime() throws {
    let out = Self.out.seconds
    let release = MetricsRelease(
      "v1", deployed: Self.out, changes: .known([out + 1, out, out - 1, .max, .min]))
    let whole = try Self.metrics([release]).whole
    #expect(whole.early == 2)
    #expect(whole.leadTime?.median == 0)
    #expect(whole.leadTime?.p90 == .max)
  }

  @Test func whatCannotBeToldIsNoZero() throws {
    let whole = try Self.metrics([
      MetricsRelease("v1", deployed: Self.out, changes: .unknown("shallow"))
    ]).whole
    #expect(whole.leadTime == nil && whole.untold == 1 && whole.leadTimeBand == nil)
  }

  @Test func bands() {
    typealias Band = MetricsBand
    let day: Int64 = 86_400
    // The level of 2023 of each key: the last that is better, and the first that is worse.
    #expect([7, 6, 1].map { Band.frequency($0, in: 7 * day) } == [.elite, .high, .high])
    #expect(Band.frequency(1, in: 7 * day + 1) == .medium)
    #expect(Band.frequency(1, in: 2_629_800) == .medium)
    #expect(Band.frequency(1, in: 2_629_801) == .low)
    #expect(Band.frequency(0, in: 1) == .low)
    #expect(Band.frequency(1, in: 0) == nil)
    #expect(
      [day - 1, day, 7 * day, 7 * day + 1].map(Band.leadTime) == [.elite, .high, .high, .medium])
    #expect([2_629_800, 2_629_801].map(Band.leadTime) == [.medium, .low])
    #expect(
      [5, 6, 10, 11, 15, 16].map { Band.failureRate($0, of: 100) }
        == [.elite, .high, .high, .medium, .medium, .low])
    #expect(Band.failureRate(0, of: 0) == nil)
    #expect(
      [3599, 3600, day - 1, day, 7 * day, 7 * day + 1].map(Band.recovery)
        == [.elite, .high, .high, .medium, .medium, .low])
  }

  @Test func periods() throws {
    let start = try #require(MetricsPeriod.start(of: 12, .month, until: Self.at("11-25")))
    #expect(start.utcText == "2025-12-01T00:00:00Z")
    let months = try #require(MetricsPeriod.all(.month, from: start, to: Self.at("11-25")))
    #expect(months.count == 12)
    #expect(months.first?.name == "2025-12" && months.last?.name == "2026-11")
    #expect(zip(months, months.dropFirst()).allSatisfy { $0.end == $1.start })
    #expect(months.last?.end == Self.at("11-25"))
    #expect(
      MetricsPeriod.start(of: 8, .quarter, until: Self.at("11-25"))?.utcText
        == "2025-01-01T00:00:00Z")
    let quarters = try #require(
      MetricsPeriod.all(.quarter, from: Self.at("02-10"), to: Self.at("10-01")))
    #expect(quarters.map(\.name) == ["2026-Q1", "2026-Q2", "2026-Q3"])
    #expect(quarters.first?.start == Self.at("02-10"))
    #expect(MetricsPeriod.all(.month, from: Self.at("02-10"), to: Self.at("02-10")) == [])
    #expect(MetricsPeriod.all(.month, from: Instant(seconds: .min), to: Self.at("02-10")) == nil)
    #expect(MetricsPeriod.all(.month, from: Self.at("02-10"), to: Instant(seconds: .max)) == nil)
    #expect(
      MetricsPeriod.all(.month, from: Instant(seconds: 0), to: Instant(seconds: 1 << 33)) == nil)
  }

  @Test func notes() throws {
    let metrics = try Self.metrics([
      MetricsRelease(
        "v1", deployed: Self.out, source: .tagger, changes: .known([Self.out.seconds + 1]),
        incidents: [.init(opened: Self.out)]),
      MetricsRelease("v2", deployed: Self.out, changes: .unknown("this clone is shallow")),
      MetricsRelease("v3", deployed: Self.out, changes: .unknown("this clone is shallow")),
    ])
    #expect(
      MetricsReport(metrics, notes: ["last"]).notes == [
        "1 of 3 releases dated by the tagger, who can type any date: no roll-out is stated, and the log here has no decision",
        "1 commit with a date after the release: counted as no time",
        "what v2, v3 brought cannot be told: this clone is shallow", "not recovered yet: v1",
        "last",
      ])
    let many = MetricsReport(metrics, notes: (0..<100).map { "\($0)" }).notes
    #expect(many.count == 41 && many.last == "and 64 notes more")
  }
}
