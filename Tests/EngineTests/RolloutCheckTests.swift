import GitModel
import Testing

@testable import Engine

@Suite("what Prometheus answers")
struct RolloutCheckTests {
  private func told(_ document: String, below: Double = 1) -> String {
    switch RolloutCheck.reading(Bytes(document.utf8), below: below) {
    case .yes(let words): "yes: \(words)"
    case .no(let words): "no: \(words)"
    }
  }

  @Test("what cannot be told is a no", arguments: table)
  func answers(_ document: String, _ words: String) { #expect(told(document) == words) }

  static let table: [(String, String)] = [
    (vector(#"[0,"0.5"]"#), "yes: 0.5 is below 1.0"),
    (vector(#"[0,"-3"]"#, #"[0,"0.5"]"#), "yes: 0.5 is below 1.0"),
    (vector(#"[0,"0.5"]"#, #"[0,"1"]"#), "no: 1.0 is not below 1.0"),
    (vector(#"[0,"NaN"]"#), "no: Prometheus answered `NaN`, which is no number"),
    (vector(#"[0,"-Inf"]"#), "no: Prometheus answered `-Inf`, which is no number"),
    (vector(#"[0,"0\u001b"]"#), #"no: Prometheus answered `0\u{1b}`, which is no number"#),
    (vector("[0,0.5]"), "no: Prometheus answered `nothing`, which is no number"),
    (vector(), "no: Prometheus has no data for the query"),
    (
      #"{"status":"success","data":{"resultType":"scalar","result":[0,"0.5"]}}"#,
      "yes: 0.5 is below 1.0"
    ),
    (
      #"{"status":"success","data":{"resultType":"matrix","result":[]}}"#,
      "no: Prometheus answered neither a vector nor a scalar"
    ),
    (
      #"{"status":"error","errorType":"bad_data","error":"parse\u001b error"}"#,
      #"no: Prometheus has no answer: parse\u{1b} error"#
    ),
    ("<html>", "no: Prometheus answered what is no JSON"),
    ("{}", "no: Prometheus has no answer: it does not say why"),
  ]

  private static func vector(_ values: String...) -> String {
    let samples = values.map { #"{"metric":{},"value":\#($0)}"# }.joined(separator: ",")
    return #"{"status":"success","data":{"resultType":"vector","result":[\#(samples)]}}"#
  }
}
