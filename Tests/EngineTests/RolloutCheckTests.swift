import GitModel
import Testing

@testable import Engine

@Suite("what Prometheus answers")
struct RolloutCheckTests {
  private func told(_ document: String, below: Double = 1) -> String {
    switch RolloutCheck.reading(Bytes(document.utf8), below: below) {
    case .yes(let words): "yes: \(words)"
    case .no(let words): "no: \(words)"
    case .untold(let words, _): "untold: \(words)"
    }
  }

  @Test("what cannot be told is no yes", arguments: table)
  func answers(_ document: String, _ words: String) { #expect(told(document) == words) }

  static let table: [(String, String)] = [
    (vector(#"[0,"0.5"]"#), "yes: 0.5 is below 1.0"),
    (vector(#"[0,"-3"]"#, #"[0,"0.5"]"#), "yes: 0.5 is below 1.0"),
    (vector(#"[0,"0.5"]"#, #"[0,"1"]"#), "no: 1.0 is not below 1.0"),
    (vector(#"[0,"NaN"]"#), "untold: Prometheus answered `NaN`, which is no number"),
    (vector(#"[0,"-Inf"]"#), "untold: Prometheus answered `-Inf`, which is no number"),
    (vector(#"[0,"0\u001b"]"#), #"untold: Prometheus answered `0\u{1b}`, which is no number"#),
    (vector("[0,0.5]"), "untold: Prometheus answered `nothing`, which is no number"),
    (vector(), "untold: Prometheus has no data for the query"),
    (
      #"{"status":"success","data":{"resultType":"scalar","result":[0,"0.5"]}}"#,
      "yes: 0.5 is below 1.0"
    ),
    (
      #"{"status":"success","data":{"resultType":"matrix","result":[]}}"#,
      "untold: Prometheus answered neither a vector nor a scalar"
    ),
    (
      #"{"status":"error","errorType":"bad_data","error":"parse\u001b error"}"#,
      #"untold: Prometheus has no answer: parse\u{1b} error"#
    ),
    ("<html>", "untold: Prometheus answered what is no JSON"),
    ("{}", "untold: Prometheus has no answer: it does not say why"),
  ]

  @Test("of what a program says on standard error the first lines are shown")
  func said() {
    #expect(
      RolloutCheck.said(Bytes("curl: (7) no\u{1B}\n\ntwo\nthree\nfour\n".utf8)) == [
        "curl: (7) no\\u{1b}", "two", "three",
      ])
    #expect(RolloutCheck.said([]) == [])
  }

  private static func vector(_ values: String...) -> String {
    let samples = values.map { #"{"metric":{},"value":\#($0)}"# }.joined(separator: ",")
    return #"{"status":"success","data":{"resultType":"vector","result":[\#(samples)]}}"#
  }
}
