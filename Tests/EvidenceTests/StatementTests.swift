import GitModel
import Testing

@testable import Evidence

@Suite struct StatementTests {
  private let digest = String(repeating: "ab", count: 32)

  private func subject() throws -> Subject {
    Subject(
      tree: try #require(ObjectID(hex: String(repeating: "1", count: 40))),
      commit: try #require(ObjectID(hex: String(repeating: "2", count: 40))))
  }

  private func run() -> RecordedRun {
    RecordedRun(
      suite: Bytes("unit".utf8), recorded: Instant(seconds: 1_795_193_100),
      configuration: [ReportDescriptor(name: Bytes("TEST-a.xml".utf8), sha256: digest)])
  }

  private func read(_ text: String) throws(EvidenceFault) -> Statement {
    try Statement(parsing: Bytes(text.utf8))
  }

  @Test func testsRoundTrip() throws {
    var figures = TestFigures()
    (figures.passed, figures.failed, figures.skipped, figures.flakyPassed) = (1000, 1, 3, 2)
    figures.failing = [TestName(classname: Bytes("A".utf8), name: Bytes("b".utf8))]
    figures.note(suite: Bytes("A".utf8), try #require(SuiteCount(tests: 4, ran: 1)))
    figures.note(suite: Bytes("B\u{1F600}".utf8), try #require(SuiteCount(tests: 1000, ran: 1000)))
    let statement = Statement(
      subjects: [try subject()], predicate: .tests(TestResult(figures, run: run())))
    #expect(try Statement(parsing: statement.encoded) == statement)
    #expect(
      String(decoding: statement.encoded, as: UTF8.self) == """
        {"_type":"https://in-toto.io/Statement/v1","predicate":{"configuration":[{"digest":\
        {"sha256":"\(digest)"},"name":"TEST-a.xml"}],"failedTests":["A.b"],"gitrel":{"disabled":0,\
        "errored":0,"failed":1,"flakyPassed":2,"hasAllSuites":true,"passed":1000,\
        "recorded":"2026-11-20T16:45:00Z","rerunFailed":0,"skipped":3,"suite":"unit",\
        "suiteErrors":0,"suites":{"A":[4,1],"B\\ud83d\\ude00":[1000,1000]},"tests":1004},\
        "result":"FAILED"},\
        "predicateType":"https://in-toto.io/attestation/test-result/v0.1","subject":[{"digest":\
        {"gitCommit":"2222222222222222222222222222222222222222",\
        "gitTree":"1111111111111111111111111111111111111111"}}]}
        """)
  }

  @Test func coverageRoundTrip() throws {
    let lines = try #require(Ratio(covered: 3, valid: 4))
    let figures = CoverageFigures(
      lines: lines, branches: Ratio(covered: 0, valid: 1), files: [Bytes("a/ü.c".utf8): lines])
    let statement = Statement(
      subjects: [try subject()], predicate: .coverage(CoverageResult(figures, run: run())))
    #expect(try Statement(parsing: statement.encoded) == statement)
  }

  @Test func scanRoundTrip() throws {
    let report = #"""
      {"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T","rules":[{"id":"a"},{"id":"b",
      "properties":{"security-severity":"9.1"}}]}},"results":[{"ruleId":"a","message":{"text":"ü"},
      "locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.c"},"region":{"startLine":7}}}]},
      {"ruleId":"b","level":"error","baselineState":"new","fingerprints":{"f":"x"}},
      {"ruleId":"b","suppressions":[{}]},{"baselineState":"absent"}]},{}]}
      """#
    let figures = try ScanReport.read(.bytes(Bytes(report.utf8)), file: [])
    let statement = Statement(
      subjects: [try subject()], predicate: .scan(ScanResult(figures, run: run())))
    #expect(try Statement(parsing: statement.encoded) == statement)
    #expect(
      String(decoding: statement.encoded, as: UTF8.self) == #"""
        {"_type":"https://in-toto.io/Statement/v1","predicate":{"configuration":[{"digest":\#
        {"sha256":"\#(digest)"},"name":"TEST-a.xml"}],"counts":[{"baseline":"new","count":1,\#
        "level":"error","severity":"critical"},{"count":1,"level":"warning"}],\#
        "faults":["a run has no results: it did not get to scan"],\#
        "findings":[{"level":"warning","line":7,"message":"\u00fc","path":"a.c","rule":"a",\#
        "tool":"T"},{"baseline":"new","fingerprint":"f=x","level":"error","rule":"b",\#
        "severity":"critical","tool":"T"}],"gone":1,"recorded":"2026-11-20T16:45:00Z","runs":2,\#
        "suite":"unit","suppressed":1,"tools":["T"]},"predicateType":"urn:gitrel:scan:v1",\#
        "subject":[{"digest":{"gitCommit":"2222222222222222222222222222222222222222",\#
        "gitTree":"1111111111111111111111111111111111111111"}}]}
        """#)
  }

  @Test(
    "a scan that contradicts itself is a fault, and what it counts and does not list is left out",
    arguments: [
      (#""counts":[],"findings":[{"rule":"a","level":"error"}]"#, "more findings than it counts"),
      (#""counts":[{"count":1}],"findings":[]"#, "neither level nor severity"),
      (#""counts":[{"level":"fatal","count":1}],"findings":[]"#, "'level' that is not known"),
      (#""counts":[{"level":"error","count":-1}],"findings":[]"#, "no count 'count'"),
      (#""counts":[{"level":"error","count":1}],"findings":[{"level":"error"}]"#, "without 'rule'"),
      (#""counts":[]"#, "no 'findings'"), (#""findings":[]"#, "no 'counts'"),
      (#""counts":[{"level":"error","count":2}],"findings":[{"rule":"a","level":"error"}]"#, nil),
    ])
  func scans(own: String, words: String?) throws {
    let text = #"""
      {"_type":"https://in-toto.io/Statement/v1","predicateType":"urn:gitrel:scan:v1","predicate":
      {\#(own),"runs":1,"suppressed":0,"gone":0,"configuration":[],
      "recorded":"2026-11-20T16:45:00Z"},"subject":[{"digest":{"x":"y"}}]}
      """#
    guard let words else {
      guard case .scan(let result) = try read(text).predicate else { throw EvidenceFault("kind") }
      #expect(result.figures.total == 2 && !result.figures.hasAllFindings)
      return
    }
    let fault = #expect(throws: EvidenceFault.self) { try read(text) }
    #expect(fault?.words.contains(words) == true, "\(String(describing: fault))")
  }

  @Test("a kind that is not known is kept as it is")
  func otherKinds() throws {
    let statement = try read(
      #"""
      {"_type":"https://in-toto.io/Statement/v1","predicateType":"urn:x","predicate":{"b":1.50},
       "subject":[{"name":"n","digest":{"foo":"BAR"}}],"later":1}
      """#)
    #expect(statement.predicate.type == Bytes("urn:x".utf8))
    #expect(try Statement(parsing: statement.encoded) == statement)
  }

  @Test("a subject matches by digest alone")
  func subjects() throws {
    let statement = Statement(
      subjects: [try subject()], predicate: .other(predicateType: Bytes("urn:x".utf8), nil))
    let one = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
    let two = try #require(ObjectID(hex: String(repeating: "2", count: 40)))
    #expect(statement.isAbout(tree: one) && !statement.isAbout(tree: two))
    #expect(statement.isAbout(commit: two) && !statement.isAbout(commit: one))
  }

  @Test(
    "what is no one statement is a fault (SPECS.md 5.2)",
    arguments: [
      (#"{"_type":"https://in-toto.io/Statement/v0.1"}"#, "no in-toto statement v1"),
      (#"{"commit":"a","prev_commit":"b","properties":{}}"#, "no in-toto statement v1"),
      ("[]", "no in-toto statement v1"), ("{}\n{}", "more than one JSON value"),
      (#"{"_type":"T"}"#, "no subject"), (#"{"_type":"T","subject":[]}"#, "no subject"),
      (#"{"_type":"T","subject":[{"uri":"x"}]}"#, "without a digest"),
      (#"{"_type":"T","subject":[{"digest":{}}]}"#, "without a digest"),
      (#"{"_type":"T","subject":[{"digest":{"x":""}}]}"#, "empty digest"),
      (#"{"_type":"T","subject":[{"digest":{"x":1}}]}"#, "empty digest"),
      (#"{"_type":"T","subject":[{"digest":{"gitTree":"1111111"}}]}"#, "no full id"),
      (
        #"{"_type":"T","subject":[{"digest":{"gitCommit":"ABABABABABABABABABABABABABABABABABABABAB"}}]}"#,
        "no full id"
      ),
      (#"{"_type":"T","subject":[{"digest":{"x":"y"}}]}"#, "no predicateType"),
    ])
  func faults(text: String, words: String) {
    let text = text.replacing("\"T\"", with: "\"\(Statement.type)\"")
    let fault = #expect(throws: EvidenceFault.self) { try read(text) }
    #expect(fault?.words.contains(words) == true, "\(String(describing: fault))")
  }

  @Test(
    "a test result that contradicts itself is a fault",
    arguments: [
      ("PASSED", #""failedTests":["a"],"#, counts(failed: 1), "PASSED with failures"),
      ("PASSED", "", counts(failed: 1), "PASSED with failures"),
      ("PASSED", "", counts(errored: 1), "PASSED with failures"),
      ("PASSED", "", counts(suiteErrors: 1), "PASSED with failures"),
      ("WARNED", "", counts(failed: 1), "WARNED with failures"),
      ("PASSED", #""failedTests":["a"],"#, counts(), "more failures named than counted"),
      ("PASSED", "", counts(tests: 9), "counts are not 'tests'"),
      ("PASSED", "", counts(flaky: 3), "more flaky tests"),
      ("PASSED", "", counts(more: #","rerunFailed":1"#), "more failed reruns"),
      ("PASSED", "", counts(more: #","suites":[]"#), "is no object"),
      ("PASSED", "", counts(more: #","suites":{"a":[1]}"#), "without its two counts"),
      ("PASSED", "", counts(more: #","suites":{"a":[1,2]}"#), "without its two counts"),
      ("PASSED", "", counts(more: #","suites":{"a":[-1,-1]}"#), "without its two counts"),
      ("PASSED", "", counts(more: #","suites":{"a":[9000000000000000000,1]}"#), "two counts"),
      ("PASSED", "", counts(more: #","suites":{"a":[9,1]}"#), "suites have more tests"),
      ("PASSED", "", counts(passed: "-1"), "no count 'passed'"),
      ("PASSED", "", counts(passed: "1.0"), "no count 'passed'"),
      ("PASSED", "", counts(passed: "9223372036854775807"), "no count 'passed'"),
      ("passed", "", counts(), "none of PASSED"),
      ("PASSED", #""failedTests":[1],"#, counts(), "no list of names"),
    ])
  func contradictions(result: String, extra: String, own: String, words: String) {
    let fault = #expect(throws: EvidenceFault.self) { try read(tests(result, extra, own)) }
    #expect(fault?.words.contains(words) == true, "\(String(describing: fault))")
  }

  @Test("a result of others is counted from its names, and one without names proves nothing")
  func foreignResults() throws {
    func gate(_ result: String, _ lists: String) throws -> TestGate? {
      let text = tests(result, lists, nil)
      guard case .tests(let tests) = try read(text).predicate else { return nil }
      return tests.gate
    }
    #expect(try gate("PASSED", #""passedTests":["a","b"],"#) == .pass)
    #expect(try gate("PASSED", "") == .empty)
    #expect(try gate("FAILED", #""passedTests":["a"],"#) == .fail)
    #expect(throws: EvidenceFault.self) { try gate("PASSED", #""failedTests":["a"],"#) }
  }

  @Test("files and instant are strict in gitrel's own statements")
  func strictRun() throws {
    let good = tests("PASSED", "", Self.counts())
    _ = try read(good)
    for (old, new) in [
      ("2026-11-20T16:45:00Z", "2026-11-20T16:45:00+00:00"),
      ("2026-11-20T16:45:00Z", "2026-02-30T16:45:00Z"),
      ("2026-11-20T16:45:00Z", "2026-11-20T24:00:00Z"),
      (#""name":"f","#, ""), ("abab", "ABAB"), ("\"sha256\"", "\"sha512\""),
      ("\"configuration\"", "\"x\""), (#""suite":"default""#, #""suite":"""#),
    ] {
      #expect(good.contains(old))
      #expect(throws: EvidenceFault.self, "\(new)") { try read(good.replacing(old, with: new)) }
    }
  }

  @Test("units besides lines travel with a statement, and none of them is nothing of nothing")
  func coverageUnits() throws {
    for report in SmallReport.all {
      let figures = try CoverageReport.read(.bytes(Bytes(report.text.utf8)), file: [])
      let statement = Statement(
        subjects: [try subject()], predicate: .coverage(CoverageResult(figures, run: run())))
      guard case .coverage(let result) = try Statement(parsing: statement.encoded).predicate else {
        Issue.record("\(report.name) is no coverage")
        continue
      }
      #expect(result.figures.lines == figures.lines)
      #expect(result.figures.branches == nil)
      #expect(result.figures.others == figures.others, "\(report.name)")
      #expect(result.figures.files == figures.files)
      #expect(result.figures.detail.isEmpty)
    }
    var none = CoverageFigures(lines: .empty, branches: nil, files: [:])
    none.others[.instructions] = Ratio(covered: 3, valid: 3)
    let text = String(
      decoding: Statement(
        subjects: [try subject()], predicate: .coverage(CoverageResult(none, run: run()))
      ).encoded, as: UTF8.self)
    #expect(text.contains(#""lines":{"covered":0,"valid":0}"#))
    #expect(text.contains(#""instructions":{"covered":3,"valid":3}"#))
    #expect(!text.contains("branches") && !text.contains("regions"))
  }

  @Test("coverage that contradicts itself is a fault")
  func coverageFaults() {
    for body in [
      #"{"lines":{"covered":2,"valid":1}}"#, #"{"lines":{"covered":-1,"valid":1}}"#, "{}",
      #"{"lines":{"covered":1,"valid":2},"files":{"a":{"covered":2,"valid":2}}}"#,
      #"{"lines":{"covered":1,"valid":2},"statements":{"covered":3,"valid":2}}"#,
      #"{"lines":{"covered":1,"valid":2},"regions":7}"#,
      #"{"lines":{"covered":1,"valid":2},"regions":null}"#,
    ] {
      let own = #","configuration":[],"recorded":"2026-11-20T16:45:00Z"}"#
      let predicate = body.dropLast() + (body == "{}" ? String(own.dropFirst()) : own)
      let text =
        #"{"_type":"\#(Statement.type)","subject":[{"digest":{"x":"y"}}],"predicateType":"#
        + #""urn:gitrel:coverage:v1","predicate":\#(predicate)}"#
      let fault = #expect(throws: EvidenceFault.self) { try read(text) }
      #expect(fault?.words.contains("coverage") == true || fault?.words.contains("count") == true)
    }
  }

  private func tests(_ result: String, _ extra: String, _ own: String?) -> String {
    let gitrel = own.map { #","gitrel":\#($0)"# } ?? ""
    return #"{"_type":"\#(Statement.type)","subject":[{"digest":{"x":"y"}}],"predicateType":"#
      + #""\#(TestResult.predicateType)","predicate":{"result":"\#(result)",\#(extra)"#
      + #""configuration":[{"name":"f","digest":{"sha256":"\#(digest)"}}]\#(gitrel)}}"#
  }

  private static func counts(
    tests: Int? = nil, passed: String = "2", failed: Int = 0, errored: Int = 0,
    suiteErrors: Int = 0, flaky: Int = 0, more: String = ""
  ) -> String {
    #"{"tests":\#(tests ?? 2 + failed + errored),"passed":\#(passed),"failed":\#(failed),"#
      + #""errored":\#(errored),"skipped":0,"disabled":0,"suiteErrors":\#(suiteErrors),"#
      + #""flakyPassed":\#(flaky),"suite":"default","recorded":"2026-11-20T16:45:00Z"\#(more)}"#
  }

  @Test(
    "instants are spelled in one way",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
      (951_782_400, "2000-02-29T00:00:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
      (253_402_300_799, "9999-12-31T23:59:59Z"),
    ] as [(Int64, String)])
  func instants(seconds: Int64, text: String) {
    #expect(Instant(seconds: seconds).utcText == text)
    #expect(Instant(utcText: Bytes(text.utf8)) == Instant(seconds: seconds))
  }

  @Test func instantsOutOfRange() {
    #expect(Instant(utcText: Bytes(Instant(seconds: 253_402_300_800).utcText.utf8)) == nil)
    #expect(Instant(utcText: Bytes(Instant(seconds: .max).utcText.utf8)) == nil)
    #expect(Instant(utcText: Bytes(Instant(seconds: .min).utcText.utf8)) == nil)
  }
}
