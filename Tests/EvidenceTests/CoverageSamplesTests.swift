import GitModel
import GitrelTestSupport
import Testing

@testable import Evidence

/// The figures of every sample of coverage, against the manifest (SPECS.md 0).
@Suite(.needsSamples) struct CoverageSamplesTests {
  private func read(_ sample: Sample) throws(ReportFault) -> CoverageFigures {
    let bytes: Bytes
    do { bytes = try sample.bytes() } catch {
      throw ReportFault(file: [], line: 1, words: "\(error)")
    }
    return try CoverageReport.read(.bytes(bytes), file: Bytes(sample.path.utf8))
  }

  /// Two counts of the manifest, by their names without `_covered` and `_valid`.
  private func counts(_ expected: [String: Any], _ name: String) -> [Int] {
    ["covered", "valid"].map { expected["\(name)_\($0)"] as? Int ?? 0 }
  }

  private func counts(_ ratio: Ratio?) -> [Int] { [ratio?.covered ?? 0, ratio?.valid ?? 0] }

  /// Compares the lines of each file with the expected ones, which stand at an offset.
  private func compareFiles(
    _ figures: CoverageFigures, _ sample: Sample, at offset: Int = 0
  ) throws {
    let files = try #require(try sample.details()["files"] as? [String: [Int]])
    for (path, expected) in files {
      let bytes = Bytes(
        path.replacing("::", with: "/").drop { $0 == "/" && sample.format == "jacoco" }.utf8.map {
          $0 == UInt8(ascii: "\\") ? 0x2F : $0
        })
      #expect(
        counts(figures.files[bytes]) == Array(expected[offset..<(offset + 2)]), "\(path)")
    }
    let measured = files.values.count { $0[offset + 1] > 0 }
    #expect(figures.files.count == measured)
    #expect(figures.files.values.reduce(.empty, +) == figures.lines)
  }

  @Test("the samples are there: a table over none of them would prove nothing")
  func samplesAreThere() {
    let counts = [
      "jacoco": 29, "lcov": 44, "clover": 32, "llvm-cov": 13, "coveragepy-json": 3,
      "istanbul-final": 16, "istanbul-summary": 4, "gocover": 23,
    ]
    for (format, count) in counts { #expect(Sample.all(format).count == count, "\(format)") }
  }

  /// Samples that contradict themselves, cut down or made by hand. Where a counter says more than its
  /// parts, what the manifest has is in the words of the refusal.
  private static let contradicting = [
    "jacoco/jacoco-report__aggregate-report.xml":
      "contradicts itself: a counter says that 7593 of 9823 lines are covered, and its parts 10 of 28",
    "jacoco/jacoco-report__empty-appCoverage.xml":
      "contradicts itself: a counter says that 2 of 21 lines are covered, and its parts 2 of 19",
    "jacoco/jacoco-report__only_line.xml": "has the line 18 twice in one source file",
  ]

  @Test(arguments: Sample.all("jacoco"))
  func jacoco(sample: Sample) throws {
    let expected = try sample.figures()
    let lines = counts(expected, "lines")
    if let words = Self.contradicting[sample.path] {
      #expect(#expect(throws: ReportFault.self) { try read(sample) }?.words == words)
      return
    }
    let figures = try read(sample)
    #expect(counts(figures.lines) == lines)
    #expect(counts(figures.branches) == counts(expected, "branches"))
    let hasBranches = expected["branches_valid"] as? Int != 0
    #expect((figures.branches != nil) == hasBranches)
    if let instructions = expected["report_INSTRUCTION"] as? [Int] {
      #expect(counts(figures.others[.instructions]) == instructions)
    }
    // The manifest has the line elements of each file, which gcovr writes without their state.
    if let elements = expected["line_elements"] as? [Int], elements == lines {
      try compareFiles(figures, sample)
      #expect(counts(figures.detail.values.reduce(.empty) { $0 + $1.lines }) == lines)
    }
  }

  @Test(arguments: Sample.all("lcov"))
  func lcov(sample: Sample) throws {
    if sample.path == "lcov/codacy-coverage-reporter__test_lcov.lcov" {
      // No record of it ends, so nothing tells it from one that was cut short.
      let fault = #expect(throws: ReportFault.self) { try read(sample) }
      #expect(
        fault?.description.hasSuffix(
          ":6: begins a record before the one before it has ended")
          == true, "\(String(describing: fault))")
      return
    }
    let expected = try sample.figures()
    let figures = try read(sample)
    #expect(counts(figures.lines) == counts(expected, "lines"))
    #expect(counts(figures.branches) == counts(expected, "branches"))
    // The manifest has the `DA` lines of each file, of which a summary has none.
    guard !figures.detail.isEmpty || figures.lines.isEmpty else { return }
    try compareFiles(figures, sample)
  }

  @Test(arguments: Sample.all("clover"))
  func clover(sample: Sample) throws {
    let expected = try sample.figures()
    let figures = try read(sample)
    #expect(counts(figures.lines) == counts(expected, "lines"))
    #expect(counts(figures.branches) == counts(expected, "cond"))
    #expect(counts(figures.others[.statements]) == counts(expected, "stmt"))
    #expect(counts(figures.others[.functions]) == counts(expected, "method"))
    try compareFiles(figures, sample, at: 6)
  }

  @Test(arguments: Sample.all("llvm-cov"))
  func llvmCov(sample: Sample) throws {
    let expected = try sample.figures()
    let figures = try read(sample)
    #expect(counts(figures.lines) == counts(expected, "lines"))
    #expect(counts(figures.branches) == expected["branches"] as? [Int])
    #expect(counts(figures.others[.regions]) == expected["regions"] as? [Int])
    #expect(counts(figures.others[.functions]) == expected["functions"] as? [Int])
    try compareFiles(figures, sample)
    #expect(figures.detail.isEmpty == !sample.path.contains("generated"))
  }

  @Test(arguments: Sample.all("coveragepy-json"))
  func coveragePy(sample: Sample) throws {
    let expected = try sample.figures()
    let figures = try read(sample)
    #expect(counts(figures.lines) == counts(expected, "lines"))
    #expect(figures.others[.statements] == figures.lines)
    #expect(counts(figures.branches) == counts(expected, "branches"))
    #expect((figures.branches != nil) == (expected["branch"] as? Bool))
    try compareFiles(figures, sample)
  }

  @Test(arguments: Sample.all("istanbul-final"))
  func istanbul(sample: Sample) throws {
    let expected = try sample.figures()
    let figures = try read(sample)
    #expect(counts(figures.lines) == counts(expected, "lines"))
    #expect(counts(figures.branches) == counts(expected, "branches"))
    #expect(counts(figures.others[.statements]) == counts(expected, "statements"))
    #expect(counts(figures.others[.functions]) == counts(expected, "functions"))
    try compareFiles(figures, sample)
  }

  @Test(arguments: Sample.all("istanbul-summary"))
  func istanbulSummary(sample: Sample) throws {
    let expected = try sample.figures()
    guard let lines = expected["lines"] as? [Double], lines[0] == lines[0].rounded(),
      let branches = expected["branches"] as? [Double], branches[0] == branches[0].rounded()
    else {
      // Edited by hand: parts of a line are covered in it, and more than there are.
      let fault = #expect(throws: ReportFault.self) { try read(sample) }
      #expect(fault?.words == "has '74.4' where a count was expected")
      return
    }
    let figures = try read(sample)
    func two(_ name: String) -> [Int]? { (expected[name] as? [Double])?.prefix(2).map { Int($0) } }
    #expect(counts(figures.lines) == two("lines"))
    #expect(counts(figures.branches) == two("branches"))
    #expect(counts(figures.others[.statements]) == two("statements"))
    #expect(counts(figures.others[.functions]) == two("functions"))
    try compareFiles(figures, sample)
    #expect(figures.detail.isEmpty)
  }

  @Test(arguments: Sample.all("gocover"))
  func goCover(sample: Sample) throws {
    let expected = try sample.figures()
    let figures = try read(sample)
    #expect(counts(figures.others[.statements]) == counts(expected, "stmt"))
    #expect(figures.branches == nil)
    var lines = LineReader(
      .bytes(try sample.bytes()), file: [], limits: ReportLimits())
    let statements = try GoCoverReport(&lines, limits: ReportLimits()).statements
    #expect(statements.count == expected["files"] as? Int)
    let files = try #require(try sample.details()["files"] as? [String: [Int]])
    for (path, counts) in files {
      let path = Bytes(path.replacing("\\", with: "/").utf8)
      #expect(self.counts(statements[path]) == counts)
    }
  }

  @Test("the lines of a Go profile are those that gcov2lcov tells from it")
  func goLines() throws {
    let profile = try #require(
      Sample.all("gocover").first { $0.path == "gocover/gcov2lcov__coverage.out" })
    let tracefile = try #require(
      Sample.all("lcov").first { $0.path == "lcov/gcov2lcov__coverage_expected.lcov" })
    let (own, other) = (try read(profile), try read(tracefile))
    #expect(Array(own.detail.values) == Array(other.detail.values))
  }

  @Test("reports of one run in two formats say the same of every line")
  func twoFormats() throws {
    func figures(_ path: String) throws -> CoverageFigures {
      let format = try #require(path.split(separator: "/").first)
      return try read(try #require(Sample.all(String(format)).first { $0.path == path }))
    }
    for run in ["av2-task-manager"] {
      let json = try figures("istanbul-final/\(run)__coverage-final.json")
      let summary = try figures("istanbul-summary/\(run)__coverage-summary.json")
      let clover = try figures("clover/\(run)__clover.xml")
      let lcov = try figures("lcov/\(run)__lcov.info")
      for other in [summary, clover, lcov] {
        #expect(other.lines == json.lines)
        #expect(other.branches == json.branches)
      }
      #expect(clover.detail.mapValues(\.lines) == json.detail.mapValues(\.lines))
      #expect(clover.detail.values.map(\.lines).count == json.detail.count)
    }
  }
}
