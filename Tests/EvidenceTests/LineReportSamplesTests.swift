import GitModel
import GitrelTestSupport
import Testing

@testable import Evidence

/// The figures of every sample of TAP and `go test -json` against the manifest.
@Suite(.needsSamples) struct LineReportSamplesTests {
  @Test("the samples are there: a table over none of them would prove nothing")
  func samplesAreThere() {
    #expect(Sample.all("tap").count == 56)
    #expect(Sample.all("gotest-json").count == 34)
  }

  @Test(arguments: Sample.all("tap"))
  func tap(sample: Sample) throws {
    let expected = try sample.figures()
    let bytes = try sample.bytes()
    var lines = LineReader(.bytes(bytes), file: [], limits: ReportLimits())
    let report = try TAPReport(&lines)
    let tally = report.tally
    #expect(tally.version == (expected["version"] as? String).flatMap { Int($0) })
    #expect(tally.plan == expected["plan"] as? Int)
    #expect(tally.ok == expected["ok"] as? Int)
    #expect(tally.notOK == expected["not_ok"] as? Int)
    // The manifest counts the third point, which says itself that its `#` is escaped; so do the format
    // and TAP::Parser, whose figure stands beside it.
    let skip = sample.path == "tap/tapjs__skip.tap" ? 2 : expected["skip"] as? Int
    #expect(tally.skip == skip)
    #expect(tally.todo == expected["todo"] as? Int)
    #expect(tally.yamlBlocks == expected["yaml_blocks"] as? Int)
    #expect(tally.outsidePlan == expected["ids_outside_plan"] as? Int ?? 0)
    #expect(tally.pointsAfterPlan == expected["points_after_trailing_plan"] as? Int ?? 0)
    #expect((tally.bailedOut ? 1 : 0) == expected["bailout"] as? Int)

    let figures = try TestReport.read(.bytes(bytes), file: [])
    #expect(figures == report.figures)
    #expect(figures.failed == expected["failed_points"] as? Int)
    #expect(figures.tests == tally.points)
    let gate = expected["gate"] as? String
    #expect(figures.gate.rawValue == (gate == "skip-all" ? "empty" : gate))
  }

  @Test(arguments: Sample.all("gotest-json"))
  func goTest(sample: Sample) throws {
    let expected = try sample.figures()
    let bytes = try sample.bytes()
    var lines = LineReader(.bytes(bytes), file: [], limits: ReportLimits())
    let report = try GoTestReport(&lines, maximumTests: 100_000)
    let tally = report.tally
    #expect(tally.tests == expected["tests"] as? Int)
    #expect(tally.passed == expected["passed"] as? Int)
    #expect(tally.failed == expected["failed"] as? Int)
    #expect(tally.skipped == expected["skipped"] as? Int)
    #expect(tally.unfinished == expected["unfinished"] as? Int)
    #expect(tally.leaves == expected["leaf_tests"] as? Int)
    #expect(tally.failedLeaves == expected["leaf_failed"] as? Int)
    #expect(tally.passedPackages == expected["pkg_pass"] as? Int)
    #expect(tally.failedPackages == expected["pkg_fail"] as? Int)
    #expect(tally.skippedPackages == expected["pkg_skip"] as? Int)
    let ended = tally.passedPackages + tally.failedPackages + tally.skippedPackages
    #expect(ended == expected["packages"] as? Int)
    // The manifest looks at packages with an event of their own only.
    let withoutEnd = ["tparse__test_03.jsonl", "tparse__test_05.jsonl"]
    #expect(
      tally.unfinishedPackages == (withoutEnd.contains { sample.path.hasSuffix($0) } ? 1 : 0))

    let figures = try TestReport.read(.bytes(bytes), file: [])
    #expect(figures == report.figures)
    #expect(figures.tests == tally.leaves)
    #expect(figures.gate.rawValue == expected["gate"] as? String)

    // The leaves, told by the outcomes that lie beside the samples.
    let tests = try sample.details()["tests"] as? [[Any]] ?? []
    let all = Set(tests.map { "\($0[0])\n\($0[1])" })
    let leaves = tests.filter { test in
      !all.contains { $0.hasPrefix("\(test[0])\n\(test[1])/") }
    }
    #expect(figures.passed == leaves.count { $0[2] as? String == "pass" })
    #expect(figures.failed == leaves.count { $0[2] as? String == "fail" })
    #expect(figures.skipped == leaves.count { $0[2] as? String == "skip" })
    let packages = Dictionary(grouping: leaves) { Bytes("\($0[0])".utf8) }
    #expect(figures.suitesByName.mapValues(\.tests) == packages.mapValues(\.count))
    #expect(figures.hasAllSuites)
  }

  @Test("the suites of JUnit reports have every testcase once", arguments: Sample.all("junit"))
  func suites(sample: Sample) throws {
    guard try sample.figures()["parse"] == nil else { return }
    let figures = try TestReport.read(.bytes(try sample.bytes()), file: [])
    #expect(figures.suitesByName.values.reduce(0) { $0 + $1.tests } == figures.tests)
    let ran = figures.passed + figures.failed + figures.errored
    #expect(figures.suitesByName.values.reduce(0) { $0 + $1.ran } == ran)
    #expect(figures.hasAllSuites)
    #expect(figures.rerunFailed == (try sample.figures()["rerun_failed"] as? Int ?? 0))
  }
}
