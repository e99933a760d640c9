import GitModel
import GitrelTestSupport
import Policy
import Release
import Testing

@testable import Output

@Suite("metrics as text, JSON and CSV")
struct MetricsTextTests {
  static let day: Int64 = 86_400
  /// 2026-09-01.
  static let start: Int64 = 1_788_220_800

  /// Three months: two releases of which one fails, none, and ten of which one is a hotfix.
  static let report: MetricsReport = {
    func out(_ days: Int64) -> Instant { Instant(seconds: start + days * day) }
    func changes(_ days: Int64, _ leads: Int64...) -> MetricsRelease.Changes {
      .known(leads.map { start + days * day - $0 })
    }
    var releases = [
      MetricsRelease(
        "v1.0", deployed: out(3), source: .tagger, changes: changes(3, 9 * day, 2 * day, 3600)),
      MetricsRelease(
        "v1.1", deployed: out(20), source: .log, changes: .unknown("this clone is shallow"),
        incidents: [.init(opened: out(21))]),
      MetricsRelease(
        "v1.1.1", deployed: out(62), lane: .hotfix, changes: changes(62, 600), repairs: "v1.1"),
    ]
    for number in 2...10 {
      let days = Int64(60 + number * 2)
      releases.append(
        MetricsRelease("v1.\(number)", deployed: out(days), changes: changes(days, day + 7200, 40)))
    }
    let periods = MetricsPeriod.all(.month, from: out(0), to: out(85)) ?? []
    return MetricsReport(
      Metrics(releases, length: .month, periods: periods, signs: .standard), branch: "origin/main",
      policy: PolicyOrigin(label: "origin/main@3f2a1c9", file: "policy.yml", digest: "abc"),
      notes: [
        "v1.2 is taken for a normal release: `Lane: express` is none of normal, hotfix or rollback"
      ])
  }()

  @Test func text() {
    let text = MetricsText().lines(Self.report).map { $0 + "\n" }.joined()
    #expect(Snapshot.difference(text, "metrics/three-months") == nil)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    // The page for people shows this.
    let page = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    let shown = String(decoding: contents(of: "\(page)/docs/metrics.md") ?? [], as: UTF8.self)
    #expect(shown.contains("```\n\(text)```\n"))
    #expect(isPrintable(text.filter { !"▁▂▃▄▅▆▇█·".contains($0) }))
  }

  @Test func nothingToCount() {
    let periods = MetricsPeriod.all(
      .month, from: Instant(seconds: Self.start), to: Instant(seconds: Self.start + 1))
    let metrics = Metrics([], length: .month, periods: periods ?? [], signs: .standard)
    #expect(
      MetricsText().lines(MetricsReport(metrics, notes: ["there is no main yet"])) == [
        "metrics", "  0 releases from 2026-09-01 to 2026-09-01, by month",
        "  there is nothing to count", "", "note: there is no main yet",
      ])
  }

  @Test func csv() {
    #expect(
      Snapshot.difference(
        MetricsCSV.lines(Self.report).map { $0 + "\n" }.joined(), "metrics/three-months-csv") == nil
    )
  }

  @Test func json() throws {
    let text = try MetricsJSON.text(Self.report)
    #expect(Snapshot.difference(text + "\n", "metrics/three-months-json") == nil)
  }

  @Test(
    arguments: [
      (nil, "-"), (0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"),
      (7260, "2 h 1 min"), (86_399, "23 h 59 min"), (86_400, "1 d"), (93_600, "1 d 2 h"),
      (86_400 * 1234, "1,234 d"),
    ] as [(Int64?, String)])
  func duration(_ seconds: Int64?, _ words: String) {
    #expect(MetricsText.duration(seconds) == words)
  }

  @Test(arguments: [
    (31, 31, "1.0 a day"), (30, 31, "6.7 a week"), (5, 35, "1.0 a week"), (4, 35, "3.4 a month"),
    (1, 365, "1.0 a year"), (0, 31, "none"), (65, 2, "32.5 a day"),
  ])
  func frequency(_ releases: Int, _ days: Int64, _ words: String) throws {
    let end = Instant(seconds: Self.start + days * Self.day)
    let all = (0..<releases).map {
      MetricsRelease("v\($0)", deployed: Instant(seconds: Self.start))
    }
    let periods = try #require(
      MetricsPeriod.all(.month, from: Instant(seconds: Self.start), to: end))
    let metrics = Metrics(all, length: .month, periods: periods, signs: .standard)
    #expect(MetricsText.frequency(metrics.whole) == words)
  }

  @Test func course() {
    #expect(MetricsText.course([0, 7, nil, 14] as [Int?]) == "▁▅·█")
    #expect(MetricsText.course([0, 0] as [Int?]) == "▁▁")
    #expect(MetricsText.course([Int64.max, nil]) == "█·")
    #expect(MetricsText.course([] as [Int?]) == "")
  }
}
