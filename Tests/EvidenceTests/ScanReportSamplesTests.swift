import GitModel
import GitrelTestSupport
import Testing

@testable import Evidence

/// The figures of every sample of SARIF and CycloneDX against the manifest.
@Suite(.needsSamples) struct ScanReportSamplesTests {
  @Test("the samples are there: a table over none of them would prove nothing")
  func samplesAreThere() {
    #expect(Sample.all("sarif").count == 58)
    #expect(Sample.all("cyclonedx").count == 36)
    #expect(Sample.all("cyclonedx-xml").count == 11)
  }

  @Test(arguments: Sample.all("sarif"))
  func sarif(sample: Sample) throws {
    let expected = try sample.figures()
    let bytes = try sample.bytes()
    let read = Result { () throws(ReportFault) in
      try ScanReport.read(.bytes(bytes), file: Bytes(sample.path.utf8))
    }
    if expected["parse"] as? String == "error" {
      #expect(throws: ReportFault.self) { try read.get() }
      return
    }
    let figures = try read.get()
    let json = JSONReader(.bytes(bytes), limits: JSONLimits(ReportLimits()))
    var report = SARIFReport()
    try json.skipByteOrderMark()
    try json.enterObject()
    while let name = try json.nextName() {
      if name == Bytes("runs".utf8) { try report.readRuns(json) } else { try json.skip() }
    }
    #expect(report.figures == figures)
    let tally = report.tally
    #expect(tally.results == expected["results"] as? Int)
    #expect(figures.runs == expected["runs"] as? Int)
    let levels = Dictionary(uniqueKeysWithValues: tally.levels.map { ($0.key.rawValue, $0.value) })
    #expect(levels == expected["effective_level"] as? [String: Int])
    let severities = Dictionary(
      uniqueKeysWithValues: tally.severities.map { ($0.key.rawValue, $0.value) })
    #expect(severities == expected["security_severity"] as? [String: Int] ?? [:])
    let baselines = Dictionary(
      uniqueKeysWithValues: tally.baselines.map { (text($0.key), $0.value) })
    #expect(baselines == expected["baselineState"] as? [String: Int] ?? [:])
    #expect(tally.suppressed == expected["suppressed"] as? Int ?? 0)
    #expect(tally.failedInvocations == expected["failed_invocations"] as? Int ?? 0)
    let tools = Set(figures.tools.map(text))
    #expect(tools == Set(expected["tools"] as? [String] ?? []))
    #expect(figures.total + figures.suppressed + figures.gone == tally.results)
    #expect(figures.findings.count == figures.total && figures.hasAllFindings)
    if tally.failedInvocations > 0 || figures.runs == 0 { #expect(!figures.isWhole) }
    if let notes = expected["notes"] as? String, notes.contains("runs without results") {
      #expect(!figures.isWhole)
    }
  }

  @Test("a run without results did not get to scan, and one with none is clean")
  func whole() throws {
    func figures(_ name: String) throws -> ScanFigures {
      let sample = try #require(Sample.all("sarif").first { $0.path.hasSuffix(name) })
      return try ScanReport.read(.bytes(try sample.bytes()), file: [])
    }
    #expect(try figures("One_run_empty_results.sarif").isWhole)
    #expect(try figures("mayhem_code_no_vulns.sarif").isWhole)
    #expect(
      try figures("Catastrophic_execution_error.sarif").faults.map(text) == [
        "the run of `CodeScanner` says that its tool met an error",
        "the run of `CodeScanner` says that its run was not successful",
        "the run of `CodeScanner` has no results: it did not get to scan",
      ])
    #expect(try figures("tutorials__Notifications.sarif").isWhole == false)
    #expect(try figures("spotbugs.sarif").isWhole == false)
    #expect(
      try figures("Empty_runs.sarif").faults.map(text) == ["the report holds no run of a tool"])
  }

  @Test(arguments: Sample.all("cyclonedx"))
  func cycloneDX(sample: Sample) throws {
    let expected = try sample.figures()
    let bytes = try sample.bytes()
    let json = JSONReader(.bytes(bytes), limits: JSONLimits(ReportLimits()))
    var report = CycloneDXReport()
    var hasList = false
    try json.skipByteOrderMark()
    try json.enterObject()
    while let name = try json.nextName() {
      if name == Bytes("vulnerabilities".utf8) {
        hasList = true
        try report.readVulnerabilities(json)
      } else {
        try json.skip()
      }
    }
    let figures = try ScanReport.read(.bytes(bytes), file: [])
    #expect(figures.counts == report.figures.counts)
    check(report.tally, figures, expected)
    let states = Dictionary(
      uniqueKeysWithValues: report.tally.states.map { (text($0.key), $0.value) })
    #expect(states == expected["analysis_state"] as? [String: Int] ?? [:])
    #expect(figures.isWhole == hasList)
  }

  @Test(arguments: Sample.all("cyclonedx-xml"))
  func cycloneDXML(sample: Sample) throws {
    let expected = try sample.figures()
    let bytes = try sample.bytes()
    let report = CycloneDXMLReport()
    try ExpatReader.read(.bytes(bytes), file: [], limits: ReportLimits()) { _ in report }
    let figures = try ScanReport.read(.bytes(bytes), file: [])
    #expect(figures == report.report.figures)
    check(report.report.tally, figures, expected)
  }

  private func check(
    _ tally: CycloneDXReport.Tally, _ figures: ScanFigures, _ expected: [String: Any]
  ) {
    #expect(tally.vulnerabilities == expected["vulnerabilities"] as? Int)
    #expect(tally.severities == expected["max_severity"] as? [String: Int] ?? [:])
    #expect(figures.total + figures.suppressed == tally.vulnerabilities)
    #expect(figures.findings.count == figures.total && figures.hasAllFindings)
  }

  @Test("what is no scan report is refused", arguments: Sample.all("reject"))
  func refused(sample: Sample) throws {
    let fault = #expect(throws: ReportFault.self) {
      try ScanReport.read(.bytes(try sample.bytes()), file: Bytes(sample.path.utf8))
    }
    #expect(fault?.words.isEmpty == false)
  }

  private func text(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }
}
