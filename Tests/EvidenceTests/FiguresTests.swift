import GitModel
import Testing

@testable import Evidence

@Suite struct FiguresTests {
  @Test(
    "a percentage is exact or refused",
    arguments: [
      ("80%", 8000), ("80.25%", 8025), ("80.5%", 8050), ("0%", 0), ("100%", 10_000),
      ("100.00%", 10_000), ("080%", 8000), ("100.01%", nil), ("80", nil), ("%", nil),
      ("80.%", nil), (".5%", nil), ("80.255%", nil), ("-1%", nil), ("+1%", nil), ("80,5%", nil),
      ("8 0%", nil), ("80 %", nil), ("1e1%", nil), ("", nil), ("٨٠%", nil), ("1000%", nil),
    ] as [(String, Int?)])
  func percentage(text: String, hundredths: Int?) {
    #expect(Percentage(text)?.hundredths == hundredths)
  }

  @Test func percentageText() throws {
    for text in ["80%", "80.25%", "80.5%", "80.05%", "0%"] {
      #expect(try #require(Percentage(text)).description == text)
    }
  }

  @Test("a threshold is compared as integers, to the last line")
  func ratio() throws {
    let threshold = try #require(Percentage("80%"))
    #expect(try #require(Ratio(covered: 80, valid: 100)).meets(threshold))
    let short = try #require(Ratio(covered: 799_999, valid: 1_000_000))
    #expect(!short.meets(threshold))
    #expect(short.roundedDown?.description == "79.99%")
    #expect(!Ratio.empty.meets(try #require(Percentage("0%"))))
    #expect(Ratio(covered: 2, valid: 1) == nil)
    #expect(Ratio(covered: -1, valid: 1) == nil)
    #expect(Ratio(covered: 1, valid: .max) == nil)
    let most = try #require(Ratio(covered: Ratio.limit, valid: Ratio.limit))
    #expect(most.meets(try #require(Percentage("100%"))))
  }

  @Test func drop() throws {
    let half = try #require(Percentage("0.5%"))
    let before = try #require(Ratio(covered: 800, valid: 1000))
    #expect(
      try #require(Ratio(covered: 795, valid: 1000)).fell(from: before, byMoreThan: half) == false)
    #expect(
      try #require(Ratio(covered: 794, valid: 1000)).fell(from: before, byMoreThan: half) == true)
    #expect(
      try #require(Ratio(covered: 9, valid: 10)).fell(from: before, byMoreThan: half) == false)
    #expect(Ratio.empty.fell(from: before, byMoreThan: half) == nil)
  }

  @Test("reports of one run add up, and names stay bounded")
  func testFiguresAddUp() {
    var some = TestFigures()
    some.passed = 3
    some.failed = 60
    some.failing = (0..<60).map { TestName(classname: Bytes("C".utf8), name: Bytes("t\($0)".utf8)) }
    let sum = some + some
    #expect(sum.tests == 126)
    #expect(sum.failing.count == TestFigures.namesKept)
    #expect(TestFigures().gate == .empty)
    #expect(sum.gate == .fail)
    #expect(String(decoding: sum.failing[1].joined, as: UTF8.self) == "C.t1")
  }

  @Test("suites are kept by name up to a bound, and that some are not is told")
  func suitesAreBounded() throws {
    let one = try #require(SuiteCount(tests: 2, ran: 1))
    var figures = TestFigures()
    for index in 0..<TestFigures.suitesKept { figures.note(suite: Bytes("s\(index)".utf8), one) }
    figures.note(suite: Bytes("s7".utf8), one)
    #expect(figures.hasAllSuites)
    #expect(figures.suitesByName[Bytes("s7".utf8)] == SuiteCount(tests: 4, ran: 2))
    figures.note(suite: Bytes("one more".utf8), one)
    #expect(!figures.hasAllSuites)
    #expect(figures.suitesByName.count == TestFigures.suitesKept)
    #expect(!(TestFigures() + figures).hasAllSuites)

    var long = TestFigures()
    for index in 0..<1000 {
      long.note(suite: Bytes(repeating: 1, count: 500) + [UInt8(index % 100)], one)
    }
    #expect(long.hasAllSuites && long.suitesByName.count == 100)
    for index in 0..<1000 {
      long.note(suite: Bytes("\(index)".utf8) + Bytes(repeating: 1, count: 500), one)
    }
    #expect(!long.hasAllSuites && long.suitesByName.count < 400)
    #expect(SuiteCount(tests: 1, ran: 2) == nil && SuiteCount(tests: 1, ran: -1) == nil)
  }

  @Test("a suite's name that was cut inside a character is text still")
  func cutSuiteNames() throws {
    var figures = TestFigures()
    figures.note(suite: [0xC3], try #require(SuiteCount(tests: 1, ran: 1)))
    figures.note(suite: Bytes("\u{FFFD}".utf8), try #require(SuiteCount(tests: 1, ran: 1)))
    #expect(figures.suitesByName == [Bytes("\u{FFFD}".utf8): SuiteCount(tests: 2, ran: 2)])
  }

  @Test("a line that either of two reports covers is covered, and counts once")
  func coverageMerges() throws {
    let path = Bytes("a.c".utf8)
    var (first, second) = (CoveredLines(), CoveredLines())
    for line in 1...100 { first.note(line: line, isHit: line <= 50) }
    for line in 51...130 { second.note(line: line, isHit: line <= 60) }
    first.note(line: -1, isHit: true)
    first.note(line: .max, isHit: true)
    let one = CoverageFigures(detail: [path: first])
    let both = try one.merged(with: CoverageFigures(detail: [path: second]))
    #expect(both.lines == Ratio(covered: 60, valid: 130))
    #expect(both.files == [path: both.lines])
    #expect(both.branches == nil)
    #expect(both.detail[path]?.isHit(line: 60) == true)
    #expect(both.detail[path]?.isHit(line: 61) == false)
    #expect(both.detail[path]?.isHit(line: 131) == nil)
    let totals = CoverageFigures(lines: both.lines, branches: nil, files: both.files)
    let clash = #expect(throws: CoverageClash.self) { try totals.merged(with: one) }
    #expect(clash?.words.hasPrefix("cannot be added to the files before it") == true)
  }
}
