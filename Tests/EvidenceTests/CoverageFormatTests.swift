import Foundation
import GitModel
import Testing

@testable import Evidence

/// A small report of one file with three lines, two of them covered, in every format.
struct SmallReport: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String
  /// Where a prefix is a whole document: behind such text.
  var mayEndBehind: String?

  var testDescription: String { name }

  static let all = [
    SmallReport(
      name: "Cobertura",
      text: "<coverage><packages><class filename='a.c'><lines><line number='1' hits='2'/>"
        + "<line number='2' hits='0'/><line number='3' hits='1'/></lines></class></packages></coverage>"
    ),
    SmallReport(
      name: "JaCoCo",
      text: "<report name='r'><package name='p'><sourcefile name='a.c'><line nr='1' mi='0' ci='1'/>"
        + "<line nr='2' mi='1' ci='0'/><line nr='3' mi='1' ci='1'/>"
        + "<counter type='LINE' missed='1' covered='2'/></sourcefile></package>"
        + "<counter type='LINE' missed='1' covered='2'/></report>"),
    SmallReport(
      name: "Clover",
      text: "<coverage><project><file name='a.c'><line num='1' type='stmt' count='3'/>"
        + "<line num='2' type='stmt' count='0'/><line num='3' type='method' count='1'/></file>"
        + "</project></coverage>"),
    SmallReport(
      name: "LCOV", text: "TN:\nSF:a.c\nDA:1,2\nDA:2,0\nDA:3,1\nLF:3\nLH:2\nend_of_record\n",
      mayEndBehind: "end_of_record"),
    SmallReport(
      name: "llvm-cov",
      text: #"{"data":[{"files":[{"filename":"a.c","segments":[[1,1,2,true,true,false],"#
        + #"[1,9,0,false,false,false],[2,1,0,true,true,false],[2,9,0,false,false,false],"#
        + #"[3,1,18446744073709551615,true,true,false],[3,9,0,false,false,false]],"#
        + #""summary":{"lines":{"count":3,"covered":2,"percent":66}}}],"#
        + #""totals":{"lines":{"count":3,"covered":2,"percent":66}}}],"#
        + #""type":"llvm.coverage.json.export","version":"2.0.1"}"#),
    SmallReport(
      name: "coverage.py",
      text: #"{"meta":{"format":3},"files":{"a.c":{"executed_lines":[1,3],"missing_lines":[2],"#
        + #""summary":{"covered_lines":2,"num_statements":3,"missing_lines":1}}},"#
        + #""totals":{"covered_lines":2,"num_statements":3,"missing_lines":1}}"#),
    SmallReport(
      name: "Istanbul",
      text:
        #"{"a.c":{"path":"a.c","statementMap":{"0":{"start":{"line":1}},"1":{"start":{"line":2}},"#
        + #""2":{"start":{"line":3}}},"s":{"0":1,"1":0,"2":5},"branchMap":{},"b":{},"f":{}}}"#),
    SmallReport(
      name: "Istanbul summary",
      text: #"{"total":{"lines":{"total":3,"covered":2,"pct":66.66}},"#
        + #""a.c":{"lines":{"total":3,"covered":2,"pct":66.66}}}"#),
    SmallReport(
      name: "Go", text: "mode: set\na.c:1.1,1.9 1 1\na.c:2.1,2.9 1 0\na.c:3.1,3.9 1 1\n",
      mayEndBehind: ""),
  ]
}

@Suite struct CoverageFormatTests {
  private let file = Bytes("r".utf8)

  private func read(_ text: String) throws(ReportFault) -> CoverageFigures {
    try CoverageReport.read(.bytes(Bytes(text.utf8)), file: file)
  }

  private func refusal(_ text: String) -> String? {
    #expect(throws: ReportFault.self) { try read(text) }?.description
  }

  @Test("every format says the same of the same lines", arguments: SmallReport.all)
  func small(report: SmallReport) throws {
    let figures = try read(report.text)
    #expect(figures.lines == Ratio(covered: 2, valid: 3))
    #expect(figures.branches == nil)
    let path = Bytes((report.name == "JaCoCo" ? "p/a.c" : "a.c").utf8)
    #expect(figures.files == [path: figures.lines])
    if report.name == "Istanbul summary" {
      #expect(figures.detail.isEmpty)
    } else {
      #expect((1...4).map { figures.detail[path]?.isHit(line: $0) } == [true, false, true, nil])
    }
  }

  @Test("no prefix of a report passes as the whole of it", arguments: SmallReport.all)
  func prefixes(report: SmallReport) throws {
    let whole = try read(report.text)
    for count in 0..<report.text.utf8.count {
      let prefix = String(report.text.prefix(count))
      let result = Result { () throws(ReportFault) in try read(prefix) }
      guard let figures = try? result.get() else { continue }
      // What has no end can only be held against the lines that are there.
      let end = try #require(report.mayEndBehind, "\(prefix)")
      #expect(prefix.hasSuffix(end))
      #expect(figures == whole || figures.lines.valid < whole.lines.valid)
      if end != "" { #expect(figures == whole) }
    }
  }

  @Test("a byte at a time, with a byte order mark and after white space it is the same report")
  func sources() throws {
    for report in SmallReport.all {
      let whole = try read(report.text)
      var rest = Bytes(report.text.utf8)[...]
      let slow = ByteSource { buffer in
        guard let byte = rest.popFirst() else { return 0 }
        buffer[0] = byte
        return 1
      }
      #expect(try CoverageReport.read(slow, file: file) == whole, "\(report.name)")
      #expect(try read("\u{FEFF}" + report.text) == whole, "\(report.name)")
      if report.text.hasPrefix("{") { #expect(try read("\n " + report.text) == whole) }
      let crlf = report.text.replacing("\n", with: "\r\n")
      #expect(try read(crlf) == whole, "\(report.name)")
    }
  }

  @Test(
    "what contradicts itself is a fault with its place, and never the better of two numbers",
    arguments: [
      (
        "LINE' missed='1' covered='2'/></sourcefile>",
        "LINE' missed='0' covered='3'/></sourcefile>",
        "a counter says that 3 of 3 lines are covered, and its parts 2 of 3"
      ),
      (
        "covered='2'/></report>", "covered='99'/></report>",
        "a counter says that 99 of 100 lines are covered, and its parts 2 of 3"
      ),
      (
        #""totals":{"lines":{"count":3,"covered":2"#, #""totals":{"lines":{"count":3,"covered":3"#,
        "its totals say that 3 of 3 lines are covered, and its files 2 of 3"
      ),
      (
        #""count":3,"covered":2,"percent":66}}}],"#, #""count":3,"covered":3,"percent":66}}}],"#,
        "the summary of 'a.c' misses no line, and its segments 1"
      ),
      (
        #""totals":{"covered_lines":2"#, #""totals":{"covered_lines":3"#,
        "its totals are not the sum of its files"
      ),
      (
        #""missing_lines":[2]"#, #""missing_lines":[]"#,
        "the summary of 'a.c' does not fit its lines and branches"
      ),
      (#""executed_lines":[1,3]"#, #""executed_lines":[1]"#, "the summary of 'a.c' does not fit"),
      (
        #""executed_lines":[1,3]"#, #""executed_lines":[1,2,3]"#,
        "the summary of 'a.c' does not fit"
      ),
      (
        #"{"total":{"lines":{"total":3,"covered":2"#, #"{"total":{"lines":{"total":3,"covered":3"#,
        "its total says that 3 of 3 lines are covered, and its files 2 of 3"
      ),
    ])
  func lies(truth: String, lie: String, words: String) throws {
    let report = try #require(SmallReport.all.first { $0.text.contains(truth) })
    let refusal = refusal(report.text.replacing(truth, with: lie, maxReplacements: 1))
    #expect(refusal?.contains("contradicts itself: \(words)") == true, "\(refusal ?? "none")")
    #expect(refusal?.hasPrefix("r:1:") == true)
  }

  @Test("totals that nothing is counted from are left out")
  func claims() throws {
    let clover = "<coverage line-rate='1'><project><metrics statements='9' coveredstatements='9'/>"
    let figures = try read(
      clover + "<file name='a'><line num='1' type='stmt' count='0'/></file></project></coverage>")
    #expect(figures.lines == Ratio(covered: 0, valid: 1))
    let lcov = try read("SF:a\nDA:1,0\nLF:9\nLH:9\nend_of_record\n")
    #expect(lcov.lines == Ratio(covered: 0, valid: 1))
  }

  @Test(
    "counts that are none are faults",
    arguments: [
      "-1", "1.5.2", "", "NaN", "0x1", "+1", " ", "١", "1e", "9999999999999x",
    ])
  func badCounts(count: String) {
    let texts = [
      "SF:a\nDA:1,\(count)x\nend_of_record\n", "SF:a\nDA:\(count),1\nend_of_record\n",
      "SF:a\nBRDA:1,0,0,\(count)\nend_of_record\n", "SF:a\nLF:\(count)\nend_of_record\n",
      "mode: set\na:1.1,1.2 1 \(count)\n", "mode: set\na:1.1,1.2 \(count) 1\n",
      "mode: set\na:\(count).1,1.2 1 1\n",
      "<coverage><project><file name='a'><line num='1' type='stmt' count='\(count)'/></file>"
        + "</project></coverage>",
      "<report><package name='p'><sourcefile name='s'><line nr='1' ci='\(count)'/></sourcefile>"
        + "</package></report>",
      "<report><counter type='LINE' missed='\(count)' covered='1'/></report>",
      #"{"total":{"lines":{"total":\#(count),"covered":1}}}"#,
      #"{"path":"a","statementMap":{"0":{"start":{"line":1}}},"s":{"0":\#(count)}}"#,
      #"{"path":"a","statementMap":{"0":{"start":{"line":\#(count)}}},"s":{"0":1}}"#,
      #"{"meta":{},"files":{"a":{"executed_lines":[\#(count)]}},"totals":{}}"#,
      #"{"data":[{"files":[{"segments":[[1,1,\#(count),true,true]]}]}],"type":""}"#,
    ]
    for text in texts { #expect(refusal(text) != nil, "\(text)") }
  }

  @Test("counts beyond 64 bits and with exponents are more than zero")
  func largeCounts() throws {
    for count in ["18446744073709551615", "1e+20", "1.0", "99999999999999999999999"] {
      let lcov = try read("SF:a\nDA:1,\(count)\nend_of_record\n")
      #expect(lcov.lines == Ratio(covered: 1, valid: 1))
      let json = try read(
        #"{"path":"a","statementMap":{"0":{"start":{"line":1}}},"s":{"0":\#(count)}}"#)
      #expect(json.lines == Ratio(covered: 1, valid: 1))
    }
  }

  @Test("counts that could overflow a sum are faults, and so is a sum beyond the largest count")
  func overflow() throws {
    for count in ["4294967296", "999999999999", "9223372036854775807", "99999999999999999999"] {
      for text in [
        "<report><counter type='LINE' missed='\(count)' covered='0'/></report>",
        "<report><counter type='LINE' missed='0' covered='\(count)'/></report>",
        "SF:a\nLF:\(count)\nLH:1\nend_of_record\n", "mode: set\na:1.1,1.2 \(count) 1\n",
        #"{"total":{"lines":{"total":\#(count),"covered":1}}}"#,
      ] { #expect(refusal(text) != nil, "\(text)") }
    }
    let package =
      "<package name='p'><counter type='LINE' missed='4294967295' covered='0'/></package>"
    let many = "<report>\(String(repeating: package, count: 300))</report>"
    #expect(refusal(many) == "r:1: counts more than 1099511627776 of something")
  }

  @Test("the kind is told by content, and what is none is called by its name")
  func kinds() {
    #expect(refusal("") == "r:1:1: is empty")
    #expect(refusal("1..2\nok 1\n") == "r:1: is no coverage report that is read: it looks like TAP")
    #expect(
      refusal("<testsuites/>")
        == "r:1:1: is no coverage report that is read: it looks like JUnit XML, a test report")
    let json =
      "r:1:1: is no coverage report that is read: JSON of llvm-cov, coverage.py and Istanbul is"
    for text in ["{}", "[]", #"{"runs":[{"files":{"data":1}}]}"#] { #expect(refusal(text) == json) }
    #expect(refusal("[1,]") == "r:1:4: is no JSON: a value was expected")
    #expect(refusal(#"{"coverage": 7,"#) == "r:1:16: is cut short")
    #expect(refusal("hello")?.contains("is not well-formed XML") == true)
    #expect(
      refusal("<coverage><file path='a'><lineToCover/></file></coverage>")
        == "r:1:11: is no coverage report that is read: it looks like SonarQube's generic coverage,"
        + " which is not read")
    #expect(refusal("<coverage/>")?.contains("without <packages> or <project>") == true)
    #expect(refusal("<coverage><testproject/></coverage>")?.contains("without <project>") == true)
    #expect(refusal(#"{"data":[],"type":"x"}"#)?.contains("is no export of llvm-cov") == true)
    #expect(
      refusal(#"{"data":[],"type":"llvm.coverage.json.export","version":"4.0.0"}"#)?
        .contains("version that is not read") == true)
    #expect(refusal(#"{"meta":{}}"#)?.contains("is no report of coverage.py") == true)
    #expect(refusal("mode: some\n")?.hasPrefix("r:1: has a mode") == true)
    #expect(refusal("TN:\n")?.contains("holds no record of a source file") == true)
  }

  @Test("entities, depth, control characters and other encodings are faults in every format")
  func hostile() throws {
    let entity = "<!DOCTYPE r [<!ENTITY a 'b'>]>"
    for report in SmallReport.all {
      if report.text.hasPrefix("<") {
        #expect(refusal(entity + report.text)?.contains("declares an entity") == true)
        let deep = String(repeating: "<group name='g'>", count: 100)
        #expect(refusal("<report>" + deep)?.contains("nests deeper than 64") == true)
      } else if report.text.hasPrefix("{") {
        let deep = String(repeating: "[", count: 100_000)
        let text = "{\"x\":\(deep)"
        #expect(refusal(text)?.hasPrefix("r:1:69: nests deeper than 64 levels") == true)
        let twice = report.text.dropLast() + "," + report.text.dropFirst()
        #expect(refusal(String(twice))?.contains("twice") == true, "\(report.name)")
        for encoding in [String.Encoding.utf16LittleEndian, .utf16] {
          let data = try #require(report.text.data(using: encoding))
          let fault = #expect(throws: ReportFault.self) {
            try CoverageReport.read(.bytes(Bytes(data)), file: file)
          }
          #expect(fault?.words == "is not UTF-8: it looks like UTF-16")
        }
      } else {
        let data = try #require(report.text.data(using: .utf16LittleEndian))
        #expect(throws: ReportFault.self) {
          try CoverageReport.read(.bytes(Bytes(data)), file: file)
        }
      }
    }
  }

  @Test("100 MB of nothing stream by in constant memory")
  func nothing() throws {
    let filler = String(repeating: "x", count: 1023)
    let sources = [
      ("SF:a\nDA:1,1\n", "#\(filler)\n", "end_of_record\n", 20),
      ("<report><x>", filler + "\n", "</x><package name='p'/></report>", 29),
      ("<coverage><project><x>", filler + "\n", "</x></project></coverage>", 29),
      (#"{"path":"a","statementMap":{},"s":{},"x":""#, filler, "\"}", 20),
      ("mode: set\n", "a:1.1,1.2 1 1\n" + String(repeating: "\n", count: 1010), "", 2),
    ]
    for (head, part, tail, megabytes) in sources {
      let grown = try growth(below: 40) { () throws in
        let source = repeating(part, times: megabytes << 10, head: head, tail: tail)
        #expect(try CoverageReport.read(source, file: file).lines.valid <= 1)
      }
      #expect(grown < 40)
    }
  }

  @Test("files, branches, blocks and spans of lines are bounded by the caller")
  func limits() {
    func refusal(_ text: String, _ change: (inout ReportLimits) -> Void) -> String? {
      var limits = ReportLimits()
      change(&limits)
      return #expect(throws: ReportFault.self) {
        try CoverageReport.read(.bytes(Bytes(text.utf8)), file: file, limits: limits)
      }?.description
    }
    let two = "SF:a\nend_of_record\nSF:b\nend_of_record\n"
    #expect(refusal(two) { $0.files = 1 } == "r:3: names more than 1 files")
    let branches = "SF:a\nBRDA:1,0,0,1\nBRDA:1,0,1,-\nend_of_record\n"
    #expect(refusal(branches) { $0.parts = 1 } == "r:3: names more than 1 branches")
    let blocks = "mode: set\na:1.1,1.2 1 1\na:2.1,2.2 1 1\n"
    #expect(refusal(blocks) { $0.parts = 1 } == "r:3: names more than 1 blocks")
    let span = "mode: set\na:1.1,2147483647.1 1 1\n"
    #expect(refusal(span) { _ in } == "r:2: spans more than 100000000 lines")
    let path = String(repeating: "p", count: 4097)
    #expect(
      refusal("SF:\(path)\nend_of_record\n") { _ in }
        == "r:1: names a file by more than 4096 bytes")
    #expect(refusal("SF:\nend_of_record\n") { _ in } == "r:1: names a file by nothing")
    let far = #"{"data":[{"files":[{"segments":[[1,1,1,true,true],[2000000000,1,1,true,true]]}]}]}"#
    #expect(refusal(far) { _ in }?.contains("too far from it") == true)
  }
}
