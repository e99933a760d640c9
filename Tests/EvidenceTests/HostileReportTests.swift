import Foundation
import GitModel
import Testing

@testable import Evidence

@Suite struct HostileReportTests {
  private let file = Bytes("r.xml".utf8)

  private func tests(_ text: String) throws(ReportFault) -> TestFigures {
    try TestReport.read(.bytes(Bytes(text.utf8)), file: file)
  }

  private func coverage(_ text: String) throws(ReportFault) -> CoverageFigures {
    try CoverageReport.read(.bytes(Bytes(text.utf8)), file: file)
  }

  /// What reading a text as tests is refused with.
  private func refusal(_ text: String) -> String? {
    #expect(throws: ReportFault.self) { try tests(text) }?.description
  }

  @Test("empty, cut short and broken files are faults, never no failures")
  func brokenFiles() {
    #expect(refusal("") == "r.xml:1:1: is empty")
    #expect(refusal(" \n") == "r.xml:2:1: holds no element")
    #expect(
      refusal("<testsuite>\n<testcase name='a'/>\n")
        == "r.xml:3:1: is cut short: the root element does not end")
    #expect(
      refusal("<testsuite><testcase name='a'")
        == "r.xml:1:12: is not well-formed XML: unclosed token")
    #expect(
      refusal("<a></b>") == "r.xml:1:1: is no test report that is read: its root element is <a>")
    #expect(
      refusal("<testsuite></testsuites>") == "r.xml:1:14: is not well-formed XML: mismatched tag")
    #expect(refusal("<testsuite/><testsuite/>")?.contains("junk after document element") == true)
    #expect(refusal("\n<?xml version='1.0'?><testsuite/>")?.hasPrefix("r.xml:2:1: ") == true)
    #expect(refusal("{}") == "r.xml:1: is no JSON event of `go test -json`: it has no Action")
  }

  @Test("every prefix of a report is a fault")
  func prefixes() throws {
    let text =
      "<testsuites><testsuite><testcase name='a'><failure/></testcase></testsuite></testsuites>"
    #expect(try tests(text).failed == 1)
    for count in 0..<text.utf8.count {
      #expect(throws: ReportFault.self, "\(count)") { try tests(String(text.prefix(count))) }
    }
  }

  @Test("one kind given as the other is called by its name")
  func wrongKind() {
    let asCoverage = #expect(throws: ReportFault.self) { try coverage("<testsuites/>") }
    #expect(
      asCoverage?.words
        == "is no coverage report that is read: it looks like JUnit XML, a test report")
    #expect(
      refusal("<coverage/>")
        == "r.xml:1:1: is no test report that is read: it looks like Cobertura XML, a coverage report"
    )
    let bare = #expect(throws: ReportFault.self) { try coverage("<coverage/>") }
    #expect(bare?.words.contains("without <packages>") == true)
  }

  @Test(
    "a declared entity or attribute list is refused, used or not",
    arguments: [
      "<!DOCTYPE t [<!ENTITY a 'b'>]>", "<!DOCTYPE t [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
      "<!DOCTYPE t [<!ENTITY % p 'x'>]>", "<!DOCTYPE t [<!ENTITY % p SYSTEM 'http://x/'> %p;]>",
      "<!DOCTYPE t [<!ENTITY a SYSTEM 'x' NDATA n>]>",
      "<!DOCTYPE t [<!ATTLIST testcase status CDATA 'disabled'>]>",
    ])
  func declarations(doctype: String) {
    #expect(
      refusal("\(doctype)<testsuite><testcase/></testsuite>")?.contains("declares an") == true)
  }

  @Test("an external document type is tolerated and not fetched")
  func externalDoctype() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gitrel-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let dtd = folder.appending(path: "evil.dtd")
    try Data("<!ENTITY e '<testcase/>'>".utf8).write(to: dtd)
    let head = "<!DOCTYPE testsuite SYSTEM \"file://\(dtd.path)\">"
    #expect(try tests("\(head)<testsuite><testcase/></testsuite>").tests == 1)
    #expect(
      refusal("\(head)<testsuite>&e;</testsuite>")?
        .contains("refers to an entity that it does not define") == true)
    #expect(refusal("<testsuite>&e;</testsuite>")?.contains("does not define") == true)
  }

  @Test("100,000 levels are refused at the 65th (THREATS.md E09)")
  func deep() {
    let source = repeating("<testsuite>", times: 100_000, head: "", tail: "")
    let fault = #expect(throws: ReportFault.self) { try TestReport.read(source, file: file) }
    #expect(fault?.description == "r.xml:1:705: nests deeper than 64 elements")
  }

  @Test("an attribute, a comment or a tag of 20 MB is refused (THREATS.md E09)")
  func longTokens() {
    let heads = [
      "<testsuite><testcase name='", "<testsuite><!--", "<testsuite><", "<!DOCTYPE t SYSTEM '",
    ]
    for head in heads {
      let source = repeating(
        String(repeating: "a", count: 1 << 10), times: 20 << 10, head: head, tail: "'/>")
      let fault = #expect(throws: ReportFault.self) { try TestReport.read(source, file: file) }
      #expect(fault?.words.contains("longer than 4194304 bytes") == true, "\(head)")
    }
  }

  @Test("100 MB of output stream by in constant memory")
  func longOutput() throws {
    let line = String(repeating: "x", count: 1023) + "\n"
    for (open, close) in [("", ""), ("<![CDATA[", "]]>")] {
      let grown = try growth(below: 40) { () throws in
        let source = repeating(
          line, times: 100 << 10, head: "<testsuite><testcase/><system-out>\(open)",
          tail: "\(close)</system-out></testsuite>")
        #expect(try TestReport.read(source, file: file).tests == 1)
      }
      #expect(grown < 40)
    }
  }

  @Test("bytes and elements are bounded by the caller")
  func limits() throws {
    let text = Bytes("<testsuite><testcase/><testcase/></testsuite>".utf8)
    var limits = ReportLimits(bytes: text.count)
    #expect(try TestReport.read(.bytes(text), file: file, limits: limits).tests == 2)
    limits.elements = 2
    #expect(throws: ReportFault.self) {
      try TestReport.read(.bytes(text), file: file, limits: limits)
    }
    let short = #expect(throws: ReportFault.self) {
      try TestReport.read(.bytes(text), file: file, limits: ReportLimits(bytes: text.count - 1))
    }
    #expect(short?.words == "is longer than 44 bytes")
    let path = String(repeating: "p", count: 4097)
    #expect(throws: ReportFault.self) {
      try coverage("<coverage><packages><class filename='\(path)'/></packages></coverage>")
    }
    limits = ReportLimits()
    limits.files = 1
    let two = "<coverage><packages><class filename='a'/><class filename='b'/></packages></coverage>"
    #expect(throws: ReportFault.self) {
      try CoverageReport.read(.bytes(Bytes(two.utf8)), file: file, limits: limits)
    }
  }

  @Test("what reading throws is a fault of the file")
  func readFails() {
    struct DiskIsGone: Error {}
    let fault = #expect(throws: ReportFault.self) {
      try TestReport.read(ByteSource { _ in throw DiskIsGone() }, file: file)
    }
    #expect(fault?.words.hasPrefix("cannot be read: DiskIsGone") == true)
  }

  @Test("a source that gives one byte at a time reads the same")
  func singleBytes() throws {
    var rest = Bytes("<testsuite><testcase name='é'><error/></testcase></testsuite>".utf8)[...]
    let source = ByteSource { buffer in
      guard let byte = rest.popFirst() else { return 0 }
      buffer[0] = byte
      return 1
    }
    let figures = try TestReport.read(source, file: file)
    #expect(figures.failing == [TestName(classname: [], name: Bytes("é".utf8))])
  }

  @Test("the encodings that expat knows are read, others are faults")
  func encodings() throws {
    let body = "<testsuite><testcase name='é'><failure/></testcase></testsuite>"
    for (encoding, name) in [
      (String.Encoding.utf16LittleEndian, "UTF-16"), (.utf16BigEndian, "UTF-16"),
      (.isoLatin1, "ISO-8859-1"), (.utf8, "UTF-8"),
    ] {
      let text =
        (name == "UTF-16" ? "\u{FEFF}" : "") + "<?xml version='1.0' encoding='\(name)'?>\(body)"
      let data = try #require(text.data(using: encoding))
      let figures = try TestReport.read(.bytes(Bytes(data)), file: file)
      #expect(figures.failing.first?.name == Bytes("é".utf8))
    }
    #expect(
      refusal("<?xml version='1.0' encoding='EBCDIC-CP-US'?>\(body)")?
        .contains("is in an encoding that is not read") == true)
    #expect(
      refusal("<?xml version='1.0' encoding='UTF-16'?>\(body)")?
        .contains("is not in the encoding that it declares") == true)
    let latin = try #require("<?xml version='1.0'?>\(body)".data(using: .isoLatin1))
    let fault = #expect(throws: ReportFault.self) {
      try TestReport.read(.bytes(Bytes(latin)), file: file)
    }
    #expect(fault?.words.contains("not well-formed") == true)
    #expect(throws: ReportFault.self) { try tests("<testsuite>\u{0}</testsuite>") }
  }

  @Test("outcomes by the first that matches (SPECS.md 0)")
  func outcomes() throws {
    let figures = try tests(
      """
      <x:testsuites xmlns:x="urn:x"><x:testsuite tests="99" failures="0"><error/>
      <x:testcase name="1"><failure/><error/></x:testcase>
      <x:testcase name="2"><skipped/><failure/><failure/></x:testcase>
      <x:testcase name="3" status="disabled"><skipped/></x:testcase>
      <x:testcase name="4" result="Suppressed"/>
      <x:testcase name="5"><flakyFailure/><flakyError/></x:testcase>
      <x:testcase name="6" status="run"><system-out><failure/></system-out></x:testcase>
      </x:testsuite></x:testsuites>
      """)
    #expect(figures.tests == 6)
    #expect(figures.errored == 1)
    #expect(figures.failed == 1)
    #expect(figures.skipped == 1)
    #expect(figures.disabled == 1)
    #expect(figures.passed == 2)
    #expect(figures.suiteErrors == 1)
    #expect(figures.flakyPassed == 1)
    #expect(figures.failing.map(\.name) == [Bytes("1".utf8), Bytes("2".utf8)])
    #expect(try tests("<testsuite><failure/></testsuite>").gate == .fail)
    #expect(try tests("<testrun><testsuite><testcase/></testsuite></testrun>").gate == .pass)
    #expect(refusal("<testsuite><testcase><testcase/></testcase></testsuite>") != nil)
  }

  @Test("reruns are told apart: passed in the end, failed again, repeated")
  func reruns() throws {
    let figures = try tests(
      """
      <testsuite name="S"><testcase name="1"><flakyFailure/></testcase>
      <testcase name="2"><rerunFailure/><failure/></testcase>
      <testcase name="3"><rerunError/><rerunError/><error/></testcase>
      <testcase name="4"><failure/></testcase><testcase name="4"/>
      <testcase name="5"><rerunFailure/></testcase></testsuite>
      """)
    #expect(figures.flakyPassed == 1)
    #expect(figures.rerunFailed == 3)
    #expect(figures.failed == 3 && figures.errored == 1 && figures.passed == 2)
    #expect(figures.suitesByName == [Bytes("S".utf8): SuiteCount(tests: 6, ran: 6)])
  }

  @Test("a suite is named by the innermost one, and by the class where there is one for all")
  func suiteNames() throws {
    let figures = try tests(
      """
      <testsuites><testcase name="0"/><testsuite name="a"><testcase/><testsuite name="b"><testcase/>
      <testcase><skipped/></testcase></testsuite><testcase/></testsuite>
      <testsuite name="b"><testcase/></testsuite><testsuite name="none"/>
      <testsuite name="pytest"><testcase classname="m.A"/><testcase classname="m.B"/>
      <testcase classname="m.A" status="disabled"/><testcase/></testsuite></testsuites>
      """)
    let names = Dictionary(
      uniqueKeysWithValues: figures.suitesByName.map {
        (String(decoding: $0.key, as: UTF8.self), [$0.value.tests, $0.value.ran])
      })
    #expect(
      names == [
        "": [1, 1], "a": [2, 2], "b": [3, 2], "m.A": [2, 1], "m.B": [1, 1], "pytest": [1, 1],
      ])
    #expect(figures.suites == 5)
  }

  @Test("lines are unique by file, and those of methods are copies unless there are no others")
  func lines() throws {
    let figures = try coverage(
      #"""
      <coverage line-rate="1"><sources><source> /src </source><source/></sources><packages><package>
      <class filename="a\b.c"><methods><method><lines><line number="9" hits="1"/></lines></method>
      </methods><lines><line number="1" hits="0"/><line number="2" hits="99999999999999999999"/>
      </lines></class>
      <class filename="a/b.c"><lines><line number="1" hits="1.0" branch="true"
        condition-coverage="50,0 % (1/2)"><conditions/></line></lines></class>
      <class filename="m.c"><methods><method><lines><line number="3" hits="0"/></lines></method>
      </methods><lines/></class>
      <class name="nameless"><lines><line number="1" hits="0"/></lines></class>
      <class filename="none.c"><lines/></class>
      </package></packages></coverage>
      """#)
    #expect(figures.lines == Ratio(covered: 2, valid: 4))
    #expect(figures.branches == Ratio(covered: 1, valid: 2))
    #expect(figures.files[Bytes("a/b.c".utf8)] == Ratio(covered: 2, valid: 2))
    #expect(figures.files[Bytes("m.c".utf8)] == Ratio(covered: 0, valid: 1))
    #expect(figures.files[Bytes("nameless".utf8)] == Ratio(covered: 0, valid: 1))
    #expect(figures.files.count == 3)
    #expect(figures.sources == [Bytes("/src".utf8)])
  }

  @Test(
    "a line that makes no sense is a fault",
    arguments: [
      "number='1'", "hits='1'", "number='' hits='1'", "number='1' hits=''", "number='-1' hits='1'",
      "number='1' hits='-1'", "number='1' hits='NaN'", "number='1,0' hits='1'",
      "number='2147483648' hits='1'", "number='99999999999999999999' hits='1'",
      "number='1' hits='1 '", "number='1' hits='1' condition-coverage='150% (3/2)'",
    ])
  func badLines(attributes: String) {
    #expect(throws: ReportFault.self) {
      try coverage(
        "<coverage><packages><class filename='a'><lines><line \(attributes)/></lines></class>"
          + "</packages></coverage>")
    }
  }
}
