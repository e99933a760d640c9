import Evidence
import GitModel
import GitrelTestSupport
import Glibc
import Policy
import Testing

@testable import Engine

/// Report files handed over by name or pattern: none is passed over in silence.
@Suite struct HandedReportsTests {
  private let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
    let files = [
      "a/TEST-1.xml": "<testsuite name=\"1\"><testcase name=\"x\"/></testsuite>",
      "a/b/TEST-2.xml": "<testsuite name=\"2\"><testcase name=\"y\"/></testsuite>",
      "a/b/c/TEST-3.xml":
        "<testsuite name=\"3\"><testcase name=\"z\"><failure/></testcase></testsuite>",
      "a/.git/TEST-4.xml": "<broken",
      "corrupt.xml": "<testsuite name=\"1\"><testcase",
      "empty.xml": "",
      "other.xml": "<html/>",
      "coverage.info": "TN:\n",
    ]
    for (name, content) in files { try write(content, to: folder.file(name)) }
  }

  private func read(_ patterns: String..., coverage: [String] = []) throws -> HandedReports {
    try HandedReports(
      tests: patterns.map { folder.file($0) }, coverage: coverage.map { folder.file($0) },
      scan: [], suite: "default", recorded: Instant(seconds: 0))
  }

  @Test(arguments: [
    ("a/TEST-1.xml", 1, 0), ("a/*.xml", 1, 0), ("a/*/TEST-*.xml", 1, 0),
    ("a/**/TEST-*.xml", 2, 1), ("a/**", 3, 1), ("**/TEST-?.xml", 3, 1), ("a/{b,x}/*.xml", 1, 0),
    ("a/**/TEST-[12].xml", 1, 0),
  ])
  func patterns(_ pattern: String, files: Int, failed: Int) throws {
    let reports = try read(pattern)
    #expect(reports.testFiles.count == files)
    #expect(reports.tests?.tests == files)
    #expect(reports.tests?.failed == failed)
    #expect(reports.coverage == nil)
  }

  @Test("coverage of two formats is merged by its lines, and what has none is not")
  func coverageFormats() throws {
    let files = [
      "lcov.info": "TN:\nSF:a.c\nDA:1,1\nDA:2,0\nend_of_record\n",
      "c.out": "mode: set\na.c:2.1,3.2 1 1\n",
      "summary.json": #"{"total":{"lines":{"total":2,"covered":2}}}"#,
      "lie.xml":
        "<report><package name='p'><counter type='LINE' missed='1' covered='1'/></package>\n"
        + "<counter type='LINE' missed='0' covered='2'/></report>",
    ]
    for (name, content) in files { try write(content, to: folder.file(name)) }
    func lines(_ names: String...) throws -> Ratio? { try read(coverage: names).coverage?.lines }
    #expect(try lines("lcov.info", "c.out") == Ratio(covered: 3, valid: 3))
    #expect(try lines("summary.json") == Ratio(covered: 2, valid: 2))
    let clash = #expect(throws: EngineFault.self) { try lines("c.out", "summary.json") }
    #expect(
      clash?.message.hasSuffix(
        "summary.json has totals that its lines do not make up, which cannot be added to others")
        == true)
    let lie = #expect(throws: EngineFault.self) { try lines("lie.xml") }
    #expect(
      lie?.message.hasSuffix(
        "lie.xml: line 2, column 46: contradicts itself: a counter says that 2 of 2 lines are"
          + " covered, and its parts 1 of 2") == true, "\(lie?.message ?? "")")
  }

  @Test("reports of tests may be of any format, and scans are added up")
  func formats() throws {
    try write("1..1\nok 1\n", to: folder.file("a.tap"))
    try write(
      #"{"Action":"pass","Package":"p","Test":"T"}"# + "\n" + #"{"Action":"pass","Package":"p"}"#,
      to: folder.file("b.json"))
    #expect(try read("a.tap", "b.json", "a/TEST-1.xml").tests?.passed == 3)
    let results = #"[{"tool":{"driver":{"name":"T"}},"results":[{"level":"error"}]}]"#
    try write(#"{"version":"2.1.0","runs":\#(results)}"#, to: folder.file("c.sarif"))
    try write(
      #"{"bomFormat":"CycloneDX","vulnerabilities":[{"id":"1"}]}"#, to: folder.file("d.json"))
    let handed = try HandedReports(
      tests: [], coverage: [], scan: ["c.sarif", "d.json", "c.sarif"].map { folder.file($0) },
      suite: "default", recorded: Instant(seconds: 0))
    #expect(handed.scan?.total == 2 && handed.scan?.runs == 2)
    #expect(handed.scanFiles.count == 2 && handed.tests == nil)
    var evidence = TreeEvidence(tree: .zero)
    evidence.add(handed)
    #expect(evidence.scans.map(\.source) == ["2 files, handed over"])
    let fault = #expect(throws: EngineFault.self) {
      try HandedReports(
        tests: [], coverage: [], scan: [folder.file("a.tap")], suite: "default",
        recorded: Instant(seconds: 0))
    }
    #expect(fault?.message.contains("a.tap") == true)
  }

  @Test func oneFileCountsOnce() throws {
    let twice = try read("a/TEST-1.xml", "a/*.xml", "a/TEST-1.xml", "a/../a/TEST-1.xml")
    #expect(twice.tests?.tests == 1)
    #expect(twice.testFiles.count == 1)
  }

  @Test(arguments: [
    ("nothing-*.xml", "no file matches"), ("nothing.xml", "cannot be opened"),
    ("nowhere/**", "no file matches"), ("a", "a"), ("corrupt.xml", "corrupt.xml"),
    ("empty.xml", "empty.xml"), ("other.xml", "other.xml"), ("a/***", "more than two"),
    ("*.xml", ".xml"), ("a/{b", "without a `}`"),
  ])
  func whatCannotBeReadIsAnError(_ pattern: String, _ words: String) throws {
    let fault = #expect(throws: EngineFault.self) { try read(pattern) }
    #expect(fault?.message.contains(words) == true, "\(fault?.message ?? "")")
  }

  @Test func foldersTooDeepAreNotPassedOver() throws {
    let deep = "deep" + String(repeating: "/d", count: 70)
    try write("<testsuite/>", to: folder.file(deep + "/TEST-9.xml"))
    let fault = #expect(throws: EngineFault.self) { try read("deep/**/TEST-*.xml") }
    #expect(fault?.message.contains("too deep") == true)
  }

  @Test func linksAreNoLoop() throws {
    symlink(folder.path, folder.file("a/loop"))
    #expect(try read("a/**/TEST-*.xml").testFiles.count == 2)
  }

  @Test func nothingRawIsRepeated() throws {
    let fault = #expect(throws: EngineFault.self) { try read("\u{1B}[31m\u{202E}*.xml") }
    #expect(fault?.message.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" } == false)
  }
}
