import GitModel
import Testing

@testable import Evidence

/// Reports of scanners as they are meant to be, and as somebody may want them to be read.
@Suite struct ScanReportTests {
  private let file = Bytes("r.sarif".utf8)

  private func read(_ text: String) throws(ReportFault) -> ScanFigures {
    try ScanReport.read(.bytes(Bytes(text.utf8)), file: file)
  }

  private func refusal(_ text: String) -> String? {
    #expect(throws: ReportFault.self) { try read(text) }?.description
  }

  private func log(_ run: String) -> String { #"{"version":"2.1.0","runs":[{\#(run)}]}"# }

  private func text(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test("a level stands in the result, an override, the rule, or is warning (SARIF 3.27.10)")
  func levels() throws {
    let figures = try read(
      log(
        #"""
        "results":[{"ruleId":"a"},{"ruleIndex":0},{"ruleId":"b/sub"},{"ruleId":"a","level":"none"},
          {"rule":{"index":0,"toolComponent":{"index":0}}},{"ruleId":"x"},{"ruleIndex":-1},
          {"ruleId":"a","kind":"pass","level":"error"},{"ruleId":"o"},
          {"ruleId":"o","provenance":{"invocationIndex":7}},{"ruleId":"a","level":"Catastrophe"},
          {"ruleId":"a","level":null}],
        "invocations":[{"executionSuccessful":true,"ruleConfigurationOverrides":[
          {"descriptor":{"id":"o"},"configuration":{"level":"error"}}]}],
        "tool":{"driver":{"name":"T","rules":[{"id":"a","defaultConfiguration":{"level":"error"}},
          {"id":"b","defaultConfiguration":{"level":"note"}},{"id":"o"}]},
          "extensions":[{"name":"E","rules":[{"id":"e","defaultConfiguration":{"level":"note"}}]}]}
        """#))
    func count(_ level: ScanLevel) -> Int? { figures.counts[ScanClass(level: level)] }
    // a, 0, a with null, the override, and the level that is none of SARIF's.
    #expect(count(.error) == 5)
    #expect(count(.note) == 2)
    #expect(count(.none) == 2)
    // x, -1, and the invocation that is not there.
    #expect(count(.warning) == 3)
    #expect(figures.total == 12)
    #expect(figures.findings.map { text($0.rule) }.prefix(5) == ["a", "a", "b/sub", "a", "e"])
    #expect(figures.tools.map(text) == ["T"])
    #expect(figures.isWhole)
  }

  @Test("suppressed is what has suppressions that are all accepted; gone is what is absent")
  func suppressions() throws {
    let figures = try read(
      log(
        #"""
        "tool":{"driver":{"name":"T"}},"results":[{"suppressions":[]},{"suppressions":[{}]},
          {"suppressions":[{"status":"accepted"},{"status":"underReview"}]},
          {"suppressions":[{"status":"rejected"}]},{"suppressions":["accepted"]},
          {"suppressions":null},{"baselineState":"absent"},{"baselineState":"new"},
          {"baselineState":"existing"},{"suppressions":[{"status":"accepted","status2":1}]}]
        """#))
    #expect(figures.suppressed == 2)
    #expect(figures.gone == 1)
    #expect(figures.total == 7)
    #expect(figures.counts[ScanClass(level: .warning, baseline: .new)] == 1)
  }

  @Test("a security-severity is a score, as text or as a number")
  func scores() throws {
    let scores = [
      ("\"9.0\"", ScanSeverity.critical), ("8.9", .high), ("\"4\"", .medium), ("\"0.1\"", .low),
      ("0", .none), ("\"-1\"", .unknown), ("\"nan\"", .unknown), ("\"high\"", .unknown),
      ("1e999", .critical),
    ]
    for (score, severity) in scores {
      let figures = try read(
        log(
          #"""
          "results":[{"ruleId":"a"}],"tool":{"driver":{"rules":[
            {"id":"a","properties":{"tags":["security"],"security-severity":\#(score)}}]}}
          """#))
      #expect(figures.counts == [ScanClass(level: .warning, severity: severity): 1], "\(score)")
    }
  }

  @Test("a finding has its place, also by the table of artifacts, and its fingerprint")
  func findings() throws {
    let figures = try read(
      log(
        #"""
        "results":[{"ruleId":"a","message":{"text":"bad","id":"m"},"locations":[
          {"physicalLocation":{"region":{"startLine":7},"artifactLocation":{"index":1}}},
          {"physicalLocation":{"artifactLocation":{"uri":"other"}}}],
          "partialFingerprints":{"b":"2","a":"1"}},
          {"ruleId":"a","message":{"id":"m"},"fingerprints":{"f":"x"},"partialFingerprints":{"p":"y"},
          "locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/b.c","index":1}}}]}],
        "artifacts":[{"location":{"uri":"src/z.c"}},{"location":{"uri":"src/a.c"}}],
        "tool":{"driver":{"name":"T"}}
        """#))
    let first = try #require(figures.findings.first)
    #expect(text(first.path) == "src/a.c" && first.line == 7 && text(first.message) == "bad")
    #expect(text(first.fingerprint) == "a=1 b=2")
    let second = try #require(figures.findings.last)
    #expect(text(second.path) == "src/b.c" && second.line == nil && text(second.message) == "m")
    #expect(text(second.fingerprint) == "f=x")
    var moved = first
    moved.line = 9
    moved.path = Bytes("src/moved.c".utf8)
    #expect(moved.identity == first.identity)
    moved.fingerprint = []
    #expect(moved.identity != first.identity)
  }

  @Test("a run that failed, or did not get to scan, is no proof")
  func notWhole() throws {
    let tool = #""tool":{"driver":{"name":"T"}}"#
    let cases = [
      (#""results":[],"invocations":[{"executionSuccessful":false}]"#, "was not successful"),
      (
        #""results":[],"invocations":[{"toolExecutionNotifications":[{"level":"error"}]}]"#,
        "its tool met an error"
      ),
      (
        #""results":[],"invocations":[{"toolConfigurationNotifications":[{"level":"error"}]}]"#,
        "its tool met an error"
      ),
      (#""invocations":[]"#, "did not get to scan"),
      (#""results":null"#, "did not get to scan"),
      (#""results":[],"externalPropertyFileReferences":{"results":[{}]}"#, "in other files"),
    ]
    for (run, words) in cases {
      let figures = try read(log("\(tool),\(run)"))
      #expect(!figures.isWhole, "\(run)")
      #expect(figures.faults.contains { text($0).contains(words) }, "\(run)")
    }
    #expect(try read(log(#"\#(tool),"results":[]"#)).isWhole)
    #expect(try read(#"{"version":"2.1.0","runs":[]}"#).isWhole == false)
    #expect(try read(#"{"bomFormat":"CycloneDX","components":[{}]}"#).isWhole == false)
    #expect(try read(#"{"bomFormat":"CycloneDX","vulnerabilities":[]}"#).isWhole)
    let whole = try read(log(#"\#(tool),"results":[]"#))
    #expect((whole + (try read(log(tool)))).isWhole == false)
  }

  @Test("what is no whole report of a known format is a fault at its place")
  func broken() {
    #expect(refusal("") == "r.sarif:1:1: is empty")
    #expect(refusal("[]")?.contains("SARIF 2.1.0 and CycloneDX") == true)
    #expect(refusal("{}")?.contains("neither the `runs` of SARIF nor a `bomFormat`") == true)
    #expect(refusal(#"{"version":"1.0.0","runs":[]}"#)?.contains("another version") == true)
    #expect(refusal(#"{"runs":[]}"#)?.contains("another version") == true)
    #expect(
      refusal(#"{"version":"2.1.0","runs":[],"bomFormat":"CycloneDX"}"#)?.contains("at once")
        == true)
    #expect(
      refusal("{\"version\":\"2.1.0\",\n\"runs\":{}}")
        == "r.sarif:2:8: has an object where an array was expected")
    #expect(
      refusal(#"{"version":"2.1.0","runs":[7]}"#)?.contains("a number where an object") == true)
    #expect(
      refusal(#"{"version":"2.1.0","runs":[],"runs":[]}"#)?.contains("the name 'runs' twice")
        == true)
    #expect(refusal("<testsuites/>")?.contains("JUnit XML") == true)
    #expect(refusal("<bom/>")?.contains("names no namespace") == true)
    #expect(
      refusal("<!DOCTYPE bom [<!ENTITY a 'b'>]><bom/>")?.contains("declares an entity") == true)
    let deep = String(repeating: "[", count: 100_000)
    #expect(
      refusal("{\"version\":\"2.1.0\",\"x\":\(deep)")?.contains("nests deeper than 64") == true)
    #expect(throws: ReportFault.self) { try read("{\"version\":\"2.1.0\",\"runs\":[]}{}") }
    var utf16: Bytes = [0xFF, 0xFE]
    for unit in "{\"runs\":[]}".utf16 { utf16 += [UInt8(unit & 0xFF), 0] }
    #expect(throws: ReportFault.self) { try ScanReport.read(.bytes(utf16), file: file) }
    #expect(throws: ReportFault.self) {
      try ScanReport.read(.bytes(Bytes("{\"a\":\"".utf8) + [0xFF] + Bytes("\"}".utf8)), file: file)
    }
  }

  @Test("every prefix of a report is a fault")
  func prefixes() throws {
    let reports = [
      log(#""tool":{"driver":{"name":"T","rules":[]}},"results":[{"ruleId":"a","level":"error"}]"#),
      #"{"bomFormat":"CycloneDX","vulnerabilities":[{"id":"CVE-1","ratings":[{"severity":"low"}]}]}"#,
      "<bom xmlns='http://cyclonedx.org/schema/bom/1.4'><vulnerabilities><vulnerability><id>a</id>"
        + "</vulnerability></vulnerabilities></bom>",
    ]
    for report in reports {
      #expect(try read(report).total == 1)
      for count in 0..<report.utf8.count {
        #expect(throws: ReportFault.self, "\(count)") { try read(String(report.prefix(count))) }
      }
    }
  }

  @Test("the worst rating counts, a score where there is no word, and what is settled does not")
  func cycloneDX() throws {
    let json = try read(
      #"""
      {"bomFormat":"CycloneDX","specVersion":"1.5","version":1,
       "metadata":{"tools":{"components":[{"name":"grype"}]}},"vulnerabilities":[
        {"id":"1","ratings":[{"severity":"low"},{"severity":"CRITICAL"},{"severity":"none"}]},
        {"id":"2","ratings":[{"score":7.5,"method":"CVSSv31"}],"affects":[{"ref":"b"},{"ref":"a"}]},
        {"id":"3","ratings":[{"score":7.5,"method":"OWASP"}]},{"id":"4"},
        {"id":"5","ratings":[{"severity":"dreadful"}]},
        {"id":"6","ratings":[{"severity":"high"}],"analysis":{"state":"not_affected"}},
        {"id":"7","ratings":[{"severity":"high"}],"analysis":{"state":"in_triage"}},
        {"id":"8","ratings":[{"severity":"high"}],"analysis":{"state":"Resolved"}}]}
      """#)
    #expect(json.suppressed == 1)
    #expect(json.counts[ScanClass(severity: .critical)] == 1)
    #expect(json.counts[ScanClass(severity: .high)] == 3)
    #expect(json.counts[ScanClass(severity: .unknown)] == 3)
    #expect(json.tools.map(text) == ["grype"])
    #expect(text(json.findings[1].path) == "a b")

    let xml = try read(
      """
      <bom xmlns="http://cyclonedx.org/schema/bom/1.2" xmlns:v="urn:v"><metadata><tools><tool>
      <name>jake</name></tool></tools></metadata><components><component><name>x</name>
      <v:vulnerabilities><v:vulnerability ref="pkg:x"><v:id>CVE-1</v:id><v:ratings><v:rating>
      <v:score><v:base>9.8</v:base></v:score></v:rating></v:ratings></v:vulnerability>
      <v:vulnerability><v:id>CVE-2</v:id><v:ratings><v:rating><v:severity> Low </v:severity>
      </v:rating></v:ratings><v:references><v:reference><v:id>other</v:id></v:reference>
      </v:references></v:vulnerability></v:vulnerabilities></component></components></bom>
      """)
    #expect(xml.counts == [ScanClass(severity: .critical): 1, ScanClass(severity: .low): 1])
    #expect(xml.findings.map { text($0.rule) } == ["CVE-1", "CVE-2"])
    #expect(text(xml.findings[0].path) == "pkg:x")
    #expect(xml.tools.map(text) == ["jake"])
  }

  @Test("findings are counted beyond those that are kept, and memory stays bounded")
  func many() throws {
    let result = #"{"ruleId":"a","message":{"text":"\#(String(repeating: "x", count: 1000))"}},"#
    let grown = try growth(below: 100) { () throws in
      let figures = try ScanReport.read(
        repeating(
          result, times: 100_000,
          head: #"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":["#,
          tail: "{}]}]}"), file: file)
      #expect(figures.total == 100_001)
      #expect(figures.findings.count == ScanFigures.findingsKept)
      #expect(!figures.hasAllFindings)
    }
    #expect(grown < 100)

    let rules = repeating(
      #"{"id":"r"},"#, times: 200_000,
      head: #"{"version":"2.1.0","runs":[{"tool":{"driver":{"rules":["#, tail: "{}]}}}]}")
    let fault = #expect(throws: ReportFault.self) { try ScanReport.read(rules, file: file) }
    #expect(fault?.words.contains("more than 100000 rules") == true)
  }

  @Test("100 MB of lines and 50 MB of events are read in bounded memory")
  func longTestReports() throws {
    let line = "# " + String(repeating: "x", count: 1021) + "\n"
    let lines = try growth(below: 60) { () throws in
      let tap = repeating(line, times: 100 << 10, head: "1..1\nok 1\n", tail: "")
      #expect(try TestReport.read(tap, file: file).passed == 1)
    }
    #expect(lines < 60)
    let output =
      #"{"Action":"output","Package":"p","Output":"\#(String(repeating: "x", count: 970))\n"}"#
    let events = try growth(below: 60) { () throws in
      let go = repeating(
        output + "\n", times: 50 << 10, head: #"{"Action":"run","Package":"p","Test":"A"}"# + "\n",
        tail: #"{"Action":"pass","Package":"p","Test":"A"}"# + "\n"
          + #"{"Action":"pass","Package":"p"}"# + "\n")
      #expect(try TestReport.read(go, file: file).gate == .pass)
    }
    #expect(events < 60)
  }
}
