import GitModel
import Testing

@testable import Evidence

/// TAP and `go test -json` as they are meant to be, and as somebody may want them to be read.
@Suite struct LineReportTests {
  private let file = Bytes("r.txt".utf8)

  private func read(_ text: String) throws(ReportFault) -> TestFigures {
    try TestReport.read(.bytes(Bytes(text.utf8)), file: file)
  }

  private func refusal(_ text: String) -> String? {
    #expect(throws: ReportFault.self) { try read(text) }?.description
  }

  private func words(_ names: [TestName]) -> [String] {
    names.map { String(decoding: $0.joined, as: UTF8.self) }
  }

  // MARK: - TAP

  @Test("a document that is not whole fails, and says why")
  func brokenTAP() throws {
    let cases = [
      ("1..2\nok 1\n", "2 tests are planned, 1 are there"),
      ("ok 1\nok 2\n", "there is no plan"),
      ("1..1\nok 1\n1..1\n", "there are two plans"),
      ("1..2\nok 1\nok 3\n", "1 tests have a number outside the plan"),
      ("1..2\nok 1\nok 0\n", "1 tests have a number outside the plan"),
      ("1..1\nok 99999999999999999999\n", "1 tests have a number outside the plan"),
      ("ok 1\n1..2\nok 2\n", "1 tests come after a plan that closes the run"),
      ("1..1\nok 1\nBail out! no disk\n", "the run bailed out"),
      ("1..1\n    Bail out! deep\nok 1\n", "the run bailed out"),
      ("ok 1\n1..1", "the document is cut short"),
      ("1..1\nok 1\n  ---\n  a: b\n", "the document is cut short"),
      ("1..99999999999\nok 1\n", "there is no plan"),
      ("1..1 todo 1;\nok 1\n", "there is no plan"),
    ]
    for (text, fault) in cases {
      let figures = try read(text)
      #expect(figures.gate == .fail, "\(text)")
      #expect(words(figures.failing).contains(fault), "\(text): \(words(figures.failing))")
    }
  }

  @Test("a directive is one behind white space, and a TODO that fails is not a failure")
  func directives() throws {
    let figures = try read(
      """
      some output before the version
      TAP version 14
      1..9
      ok 1 - plain
      not ok 2 - later # TODO not yet
      ok 3 - never # SKIPPED: no network
      not ok 4 # skip
      ok 5 - early # TODO it works
      ok 6 - page.html#skip
      ok 7 - a \\# skip
      not ok 8 - bad # to do
      \tnot ok 9 - no test point
      okay 9 - neither
      ok 9\r

      """)
    #expect(figures.tests == 9)
    #expect(figures.passed == 5)
    #expect(figures.skipped == 3)
    #expect(words(figures.failing) == ["bad # to do"])
    #expect(figures.suiteErrors == 0)
  }

  @Test("an indented point is the subtest's; what looks like one in YAML is nothing")
  func subtests() throws {
    let figures = try read(
      """
      TAP version 14
      # Subtest: a
          not ok 1 - inner
            ---
            Bail out! this is a value
            ...
          1..1
      ok 1 - a # time=1ms
        ---
        not ok 2
      Bail
          Bail out!
        ...
      1..1

      """)
    // The YAML ended with the line that is indented less, so the last `Bail out!` is one.
    #expect(words(figures.failing) == ["the run bailed out"])
    #expect(figures.passed == 1)
    let whole = try read("1..1\nok 1\n  ---\n    Bail out!\n  not ok 2\n  ...\n")
    #expect(whole.gate == .pass)
  }

  @Test("no prefix of a document passes")
  func prefixesOfTAP() throws {
    let documents = [
      "TAP version 13\n1..3\nok 1\nok 2 - b\n  ---\n  a: b\n  ...\nok 3 # SKIP x\n",
      "ok 1\nnot ok 2 # TODO x\nok 3\nok 4\nok 5\nok 6\nok 7\nok 8\nok 9\nok 10\n1..10\n",
      "ok 1\n1..10\n",
    ]
    for document in documents {
      for count in 0..<document.utf8.count {
        let figures = try? read(String(document.prefix(count)))
        #expect(figures?.gate != .pass, "\(count) bytes of \(document)")
      }
    }
    #expect(try read(documents[0]).gate == .pass)
    #expect(try read(documents[1]).gate == .pass)
  }

  @Test("empty is not pass")
  func empty() throws {
    #expect(try read("1..0 # SKIP nothing here\n").gate == .empty)
    #expect(try read("TAP version 13\n").gate == .fail)
    #expect(try read("1..1 # SKIP\nok 1 # SKIP\n").skipped == 1)
  }

  // MARK: - go test -json

  private func event(_ action: String, _ test: String? = nil, package: String = "p") -> String {
    let test = test.map { ",\"Test\":\"\($0)\"" } ?? ""
    return "{\"Action\":\"\(action)\",\"Package\":\"\(package)\"\(test)}\n"
  }

  @Test("a test and a package without an end have not passed")
  func unfinished() throws {
    let panicked = try read(
      event("run", "A") + event("pass", "A") + event("run", "B") + event("fail"))
    #expect(panicked.passed == 1)
    #expect(panicked.errored == 1)
    #expect(panicked.suiteErrors == 1)
    #expect(words(panicked.failing) == ["p.B", "p"])
    let cut = try read(event("run", "A") + event("pass", "A"))
    #expect(cut.gate == .fail)
    #expect(words(cut.failing) == ["p"])
    #expect(try read(event("run", "A") + event("pass", "A") + event("pass")).gate == .pass)
    #expect(try read(event("start") + event("skip")).gate == .empty)
  }

  @Test("a rerun stands for what it ran again, and is flaky")
  func reruns() throws {
    let first = event("run", "A") + event("fail", "A") + event("run", "B") + event("pass", "B")
    let rerun = event("run", "A") + event("pass", "A") + event("pass")
    let flaky = try read(first + event("fail") + rerun)
    #expect(flaky.gate == .pass)
    #expect(flaky.passed == 2)
    #expect(flaky.flakyPassed == 1)
    // -count=2 ends the package once, and it failed.
    let counted = try read(first + event("run", "A") + event("pass", "A") + event("fail"))
    #expect(counted.gate == .fail)
    #expect(words(counted.failing) == ["p"])
    // The rerun broke off.
    #expect(try read(first + event("fail") + event("run", "A")).errored == 1)
    // What a panic kept from running is not mended by running one test again.
    let panicked = event("run", "A") + event("fail", "A") + event("run", "B") + event("fail")
    let after = try read(panicked + rerun + event("run", "B") + event("pass", "B") + event("pass"))
    #expect(after.gate == .fail)
    #expect(words(after.failing) == ["p"])
    // Nor is a package that failed by itself.
    #expect(
      try read(event("fail") + event("run", "A") + event("pass", "A") + event("pass")).gate == .fail
    )
  }

  @Test("leaves are counted, and a parent that fails beside its subtests is told")
  func leaves() throws {
    let figures = try read(
      event("run", "A") + event("run", "A/x") + event("pass", "A/x") + event("run", "A/y/z")
        + event("skip", "A/y/z") + event("fail", "A") + event("fail"))
    #expect(figures.tests == 2)
    #expect(figures.suiteErrors == 1)
    #expect(words(figures.failing) == ["p.A"])
    #expect(figures.suitesByName[Bytes("p".utf8)] == SuiteCount(tests: 2, ran: 1))
  }

  @Test("a build that fails is an error, and is named once")
  func builds() throws {
    let output = #"{"ImportPath":"p [p.test]","Action":"build-output","Output":"x\n"}"# + "\n"
    let fail = #"{"ImportPath":"p [p.test]","Action":"build-fail"}"# + "\n"
    let package = #"{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}"# + "\n"
    let figures = try read("go: downloading x v1\n" + output + fail + package)
    #expect(figures.suiteErrors == 1)
    #expect(words(figures.failing) == ["p"])
    #expect(words(try read(output + fail).failing) == ["p [p.test].does not build"])
  }

  @Test("what is no event is a fault at its line")
  func brokenEvents() {
    let good = event("run", "A")
    #expect(
      refusal(good + "{\"Action\":\"pa")
        == "r.txt:2:11: is no JSON event of `go test -json`: has a string without end")
    #expect(refusal("{}") == "r.txt:1: is no JSON event of `go test -json`: it has no Action")
    #expect(
      refusal("{\n  \"runs\": []\n}\n")
        == "r.txt:1:2: is no JSON event of `go test -json`: is cut short")
    #expect(
      refusal(good + #"{"Action":"pass","Package":"p","Test":7}"#)
        == "r.txt:2: is no JSON event of `go test -json`: its Test is no string")
    #expect(
      refusal(good + #"{"Action":"fail","Action":"pass","Package":"p"}"#)
        == "r.txt:2:18: is no JSON event of `go test -json`: has the name 'Action' twice")
    #expect(
      refusal(event("run", String(repeating: "/x", count: 129)))
        == "r.txt:1: nests subtests deeper than 128 levels")
    #expect(
      refusal(event("run", String(repeating: "x", count: 4097)))
        == "r.txt:1: has a name longer than 4096 bytes")
    let deep = String(repeating: "[", count: 100_000)
    #expect(refusal("{\"Action\":\(deep)")?.contains("nests deeper than 64 levels") == true)
  }

  @Test("no prefix of a stream of events passes")
  func prefixesOfEvents() throws {
    let stream =
      event("start") + event("run", "A") + event("output", "A") + event("pass", "A")
      + event("run", "B/x") + event("skip", "B/x") + event("pass")
    for count in 0..<(stream.utf8.count - 1) {
      let figures = try? read(String(stream.prefix(count)))
      #expect(figures?.gate != .pass, "\(count)")
    }
    #expect(try read(stream).gate == .pass)
  }

  // MARK: - Both

  @Test("other formats are called by their names")
  func others() {
    #expect(
      refusal("\u{FEFF}mode: set\na.go:1.1,2.2 1 1\n")
        == "r.txt:1: is no test report that is read: it looks like a Go cover profile")
    #expect(
      refusal("TN:\nSF:a\n") == "r.txt:1: is no test report that is read: it looks like LCOV")
    #expect(
      refusal("[]") == "r.txt:1: is no test report that is read: it looks like JSON")
    #expect(
      refusal("PASS\n\u{0}\n")
        == "r.txt:1: is no test report that is read: JUnit XML, TAP and the events of"
        + " `go test -json` are")
    let utf16 = Bytes([0xFF, 0xFE]) + "1..1\nok 1\n".utf16.flatMap { [UInt8($0 & 0xFF), 0] }
    #expect(throws: ReportFault.self) { try TestReport.read(.bytes(utf16), file: file) }
  }

  @Test("bytes, lines and tests are bounded by the caller")
  func limits() throws {
    let text = Bytes("1..1\nok 1 - \(String(repeating: "x", count: 200_000))\n".utf8)
    var limits = ReportLimits(bytes: text.count)
    #expect(try TestReport.read(.bytes(text), file: file, limits: limits).tests == 1)
    limits.token = 100_000
    let long = #expect(throws: ReportFault.self) {
      try TestReport.read(.bytes(text), file: file, limits: limits)
    }
    #expect(long?.description == "r.txt:2: holds a line longer than 100000 bytes")
    let short = #expect(throws: ReportFault.self) {
      try TestReport.read(.bytes(text), file: file, limits: ReportLimits(bytes: text.count - 1))
    }
    #expect(short?.words == "is longer than \(text.count - 1) bytes")
    limits = ReportLimits()
    limits.tests = 1
    let two = Bytes((event("run", "A") + event("run", "B")).utf8)
    let many = #expect(throws: ReportFault.self) {
      try TestReport.read(.bytes(two), file: file, limits: limits)
    }
    #expect(many?.description == "r.txt:2: names more than 1 tests")
  }

  @Test("a source that gives one byte at a time reads the same, and one that breaks is a fault")
  func sources() throws {
    var rest = Bytes("1..2\r\nok 1\r\nnot ok 2 - é\r\n".utf8)[...]
    let source = ByteSource { buffer in
      guard let byte = rest.popFirst() else { return 0 }
      buffer[0] = byte
      return 1
    }
    #expect(words(try TestReport.read(source, file: file).failing) == ["é"])
    struct DiskIsGone: Error {}
    var isFirst = true
    let broken = ByteSource { buffer in
      guard isFirst else { throw DiskIsGone() }
      isFirst = false
      let text = Bytes("1..1\nok 1\n".utf8)
      buffer.copyBytes(from: text)
      return text.count
    }
    #expect(throws: ReportFault.self) { try TestReport.read(broken, file: file) }
  }
}
