import Evidence
import GitModel
import GitrelTestSupport
import Output
import Policy
import Testing

@Suite("decisions as JUnit XML")
struct DecisionJUnitTests {
  private func text(_ decision: Decision) -> String {
    DecisionJUnit.lines(decision).map { $0 + "\n" }.joined()
  }

  @Test("all of a document")
  func snapshot() {
    #expect(Snapshot.difference(text(everything), "formats/decision.junit") == nil)
  }

  @Test("gitrel's own reader, which is strict, counts what was told", arguments: table)
  func counts(_ number: Int, passed: Int, failed: Int, errored: Int, skipped: Int) throws {
    let told = text([everything, hostile, flood][number])
    #expect(isPrintable(told))
    let figures = try TestReport.read(.bytes(Bytes(told.utf8)), file: Bytes("told".utf8))
    #expect(figures.passed == passed && figures.failed == failed)
    #expect(figures.errored == errored && figures.skipped == skipped)
  }

  static let table = [(0, 1, 3, 1, 3), (1, 0, 1, 0, 0), (2, 0, 1, 0, 999)]

  @Test("what XML cannot hold is written out, and nothing ends an element early")
  func hostileText() {
    let told = text(hostile)
    #expect(!told.contains("]]>") && !told.contains("<x") && !told.contains("&amp;amp;x"))
    #expect(told.contains("\\u{1b}[2J\\u{202e}]]&gt;--\\u{0}&lt;x a=&quot;'&quot;&gt;&amp;amp;"))
    let lines = text(
      decision([updated("refs/heads/main", [judged("tests", .violated, "one\ntwo")])]))
    #expect(lines.contains("message=\"one&#10;two\"") && lines.contains(">one\ntwo\n"))
  }

  @Test("what is overridden is skipped, with who did it and why")
  func overridden() {
    #expect(
      text(overriddenDecision).contains(
        "<skipped message=\"closed; overridden by rita (statement 1a): outage\"/>"))
  }

  @Test("nothing to judge")
  func nothing() {
    #expect(
      text(decision([])) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="gitrel" tests="0" failures="0" errors="0">
        </testsuites>

        """)
  }

  @Test("ten thousand findings are ten and a count")
  func flooded() {
    #expect(
      text(flood).contains("file 10  is bad\nand 9990 more\npolicy: .gitrel/policy.yml:7</failure>")
    )
  }
}
