import GitModel
import GitrelTestSupport
import Policy
import Testing

@testable import Output

@Suite("decisions as annotations of GitHub Actions")
struct DecisionAnnotationsTests {
  @Test("all of a report")
  func snapshot() {
    let text = DecisionAnnotations.lines(everything).map { $0 + "\n" }.joined()
    #expect(Snapshot.difference(text, "formats/decision.github") == nil)
  }

  @Test("what means something to the runner is escaped")
  func escaping() {
    #expect(DecisionAnnotations.data("50%\r\na: b, c") == "50%25%0D%0Aa: b, c")
    #expect(DecisionAnnotations.property("50%\r\na: b, c") == "50%25%0D%0Aa%3A b%2C c")
  }

  @Test("what somebody else writes starts no command of its own")
  func hostileText() {
    let lines = DecisionAnnotations.lines(hostile)
    #expect(lines.count == 2)
    for line in lines { #expect(isPrintable(line) && !line.contains("\n")) }
    #expect(lines[0].hasPrefix("gitrel: refused") && !lines[0].contains("##["))
    // The properties end at the first `::` behind the name, and hold no `,` or `:` but gitrel's own.
    let parts = lines[1].dropFirst(2).split(separator: "::", maxSplits: 1)
    let names = parts[0].dropFirst("error ".count).split(separator: ",").map {
      $0.prefix { $0 != "=" }
    }
    #expect(lines[1].hasPrefix("::error file=") && names == ["file", "line", "col", "title"])
    #expect(!parts[0].contains(":") && parts[1].contains("%25") && !parts[1].contains("%0D"))
  }

  @Test("twenty annotations, what refuses first, and a count")
  func caps() {
    let lines = DecisionAnnotations.lines(flood)
    #expect(lines.count == 22 && lines.last == "::notice title=gitrel::and 980 more")
    #expect(lines[1].hasPrefix("::error ") && lines[1].hasSuffix("file 10  is bad%0Aand 9990 more"))
    #expect(
      lines[2].hasPrefix("::warning file=.gitrel/policy.yml,line=7,col=5,title=no-delete on x1::"))
  }

  @Test("an acceptance is a line of the log")
  func accepted() {
    #expect(
      DecisionAnnotations.lines(decision([updated("refs/heads/x", [], isGuarded: false)])) == [
        "gitrel: accepted by policy main@3f2a1c9: no ruleset guards x"
      ])
  }
}
