import GitModel
import GitrelTestSupport
import Testing

@testable import Evidence

@Suite(.needsSamples) struct SamplesTests {
  @Test("the samples are there: a table over none of them would prove nothing")
  func samplesAreThere() {
    #expect(Sample.all("junit").count == 177)
    #expect(Sample.all("cobertura").count == 54)
    #expect(Sample.all("reject").count == 15)
  }

  @Test(arguments: Sample.all("junit"))
  func junit(sample: Sample) throws {
    let expected = try sample.figures()
    let bytes = try sample.bytes()
    let read = Result { () throws(ReportFault) in
      try TestReport.read(.bytes(bytes), file: Bytes(sample.path.utf8))
    }
    if expected["parse"] as? String == "error" {
      #expect(throws: ReportFault.self) { try read.get() }
      return
    }
    let figures = try read.get()
    #expect(figures.tests == expected["tests"] as? Int)
    #expect(figures.passed == expected["passed"] as? Int)
    #expect(figures.failed == expected["failed"] as? Int)
    #expect(figures.errored == expected["errored"] as? Int)
    #expect(figures.skipped == expected["skipped"] as? Int)
    #expect(figures.disabled == expected["disabled"] as? Int)
    #expect(figures.suites == expected["suites"] as? Int)
    #expect(figures.suiteErrors == expected["suite_errors"] as? Int ?? 0)
    #expect(figures.flakyPassed == expected["flaky_passed"] as? Int ?? 0)
    #expect(figures.gate.rawValue == expected["gate"] as? String)

    let cases = try sample.details()["cases"] as? [[String]] ?? []
    let failing = cases.filter { $0.last == "failed" || $0.last == "error" }
    #expect(
      figures.failing.map { [$0.classname, $0.name].map { String(decoding: $0, as: UTF8.self) } }
        == failing.prefix(TestFigures.namesKept).map { Array($0.prefix(2)) })
  }

  @Test(arguments: Sample.all("cobertura"))
  func cobertura(sample: Sample) throws {
    let expected = try sample.figures()
    let figures = try CoverageReport.read(
      .bytes(try sample.bytes()), file: Bytes(sample.path.utf8))
    #expect(figures.lines.covered == expected["lines_covered"] as? Int)
    #expect(figures.lines.valid == expected["lines_valid"] as? Int)
    #expect((figures.branches?.covered ?? 0) == expected["branches_covered"] as? Int)
    #expect((figures.branches?.valid ?? 0) == expected["branches_valid"] as? Int)
    #expect(figures.files.count == expected["files"] as? Int)

    let files = try #require(try sample.details()["files"] as? [String: [Int]])
    #expect(figures.files.count == files.count)
    for (path, counts) in files {
      let bytes = Bytes(path.utf8).map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }
      let state = try #require(figures.detail[bytes], "\(path)")
      #expect(figures.files[bytes] == state.lines)
      #expect([state.lines.covered, state.lines.valid] == Array(counts.prefix(2)), "\(path)")
      #expect([state.branches.covered, state.branches.valid] == Array((counts + [0, 0])[2...3]))
    }
  }

  @Test(arguments: Sample.all("reject"))
  func refused(sample: Sample) throws {
    let (bytes, file) = (try sample.bytes(), Bytes(sample.path.utf8))
    let asTests = #expect(throws: ReportFault.self) {
      try TestReport.read(.bytes(bytes), file: file)
    }
    let asCoverage = #expect(throws: ReportFault.self) {
      try CoverageReport.read(.bytes(bytes), file: file)
    }
    for fault in [asTests, asCoverage] {
      let fault = try #require(fault)
      #expect(fault.file == file)
      #expect(fault.line >= 1)
      #expect(!fault.words.isEmpty)
    }
  }

  @Test("a file of another kind is called by its name")
  func refusalNamesKind() throws {
    let names = [
      "reject/publish-unit-test-result-action__NUnit-simple.xml": "NUnit 2",
      "reject/publish-unit-test-result-action__dotnet-trx.trx": "Visual Studio TRX",
      "reject/publish-unit-test-result-action__fixie.xml": "xUnit.net",
      "reject/xunit-plugin__input.xml": "CTest's own XML",
      "reject/publish-unit-test-result-action__malformed-json.json": "JSON",
      "reject/defusedxml__xmlbomb.xml": "declares an entity",
      "reject/defusedxml__external.xml": "declares an entity",
      "reject/publish-unit-test-result-action__NUnit-sec1752-https.xml": "declares an entity",
      "reject/defusedxml__dtd.xml": "<html>",
      "reject/publish-unit-test-result-action__non-xml.xml": "JUnit XML, TAP and",
    ]
    for sample in Sample.all("reject") {
      guard let name = names[sample.path] else { continue }
      let fault = #expect(throws: ReportFault.self) {
        try TestReport.read(.bytes(try sample.bytes()), file: Bytes(sample.path.utf8))
      }
      #expect(fault?.words.contains(name) == true, "\(String(describing: fault))")
    }
    let coverage = [
      "reject/ReportGenerator__OpenCover.xml": "OpenCover",
      "reject/ReportGenerator__dotCover.xml": "dotCover",
      "reject/ReportGenerator__SonarQube.xml": "SonarQube",
      "reject/slather__sonarqube-generic-coverage.xml": "SonarQube",
    ]
    for sample in Sample.all("reject") {
      guard let name = coverage[sample.path] else { continue }
      let fault = #expect(throws: ReportFault.self) {
        try CoverageReport.read(.bytes(try sample.bytes()), file: Bytes(sample.path.utf8))
      }
      #expect(fault?.words.contains(name) == true, "\(String(describing: fault))")
    }
  }
}
