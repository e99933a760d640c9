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
    #expect(evidence.standingScans.map(\.source) == ["2 files, handed over"])
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
