import Foundation
import GitModel
import Output
import Policy
import Release
import Testing

@Suite("decisions as JSON")
struct DecisionJSONTests {
  private let refused = decision(
    [
      updated(
        "refs/heads/main",
        [
          judged(
            "tests", .violated, "2 tests failed", expected: "none",
            [Finding(commit(1, "Add"), "bad"), Finding("suite", "worse")], fixes: ["git push"]),
          judged("window", .indeterminate, "x", [], .evaluate),
        ])
    ], whole: [JudgedRule(builtIn: "input", .satisfied("well-formed"))])

  private func object(_ text: String) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("the fields of a decision")
  func fields() throws {
    let document = try object(try DecisionJSON.text(refused))
    #expect(document["version"] as? Int == 1)
    #expect(document["answer"] as? String == "refused")
    #expect(document["time"] as? String == "2026-11-20T16:45:00Z")
    #expect(document["pusher"] as? String == "alice")
    let policy = try #require(document["policy"] as? [String: String])
    #expect(
      policy == ["label": "main@3f2a1c9", "file": ".gitrel/policy.yml", "sha256": "abc"])
    let update = try #require((document["updates"] as? [[String: Any]])?.first)
    #expect(update["ref"] as? String == "refs/heads/main")
    #expect(update["old"] as? String == id(0xa1d).hex)
    #expect(update["new"] as? String == id(0x9e3).hex)
    #expect(update["kind"] as? String == "update")
    #expect(update["guarded"] as? Bool == true)
    let verdicts = try #require(update["verdicts"] as? [[String: Any]])
    let first = try #require(verdicts.first)
    #expect(first["rule"] as? String == "tests")
    #expect(first["ruleset"] as? String == "production")
    #expect(first["line"] as? Int == 7 && first["column"] as? Int == 5)
    #expect(first["outcome"] as? String == "violated")
    #expect(first["refuses"] as? Bool == true)
    #expect(first["summary"] as? String == "2 tests failed")
    #expect(first["expected"] as? String == "none")
    #expect(first["fixes"] as? [String] == ["git push"])
    let findings = try #require(first["findings"] as? [[String: String]])
    #expect(
      findings == [
        ["commit": id(1).hex, "title": "Add", "detail": "bad"],
        ["title": "suite", "detail": "worse"],
      ])
    #expect(first["findingsTotal"] as? Int == 2)
    #expect(verdicts.last?["enforce"] as? String == "evaluate")
    #expect(verdicts.last?["refuses"] as? Bool == false)
    let whole = try #require((document["whole"] as? [[String: Any]])?.first)
    #expect(whole["rule"] as? String == "input" && whole["line"] == nil)
  }

  @Test("hostile text stays text")
  func hostile() throws {
    let text = try DecisionJSON.text(
      decision([
        updated(
          "refs/heads/a\"\u{1B}\n",
          [judged("tests", .violated, "\"}\u{202E}", [Finding(commit(1, [0xFF, 0x22]), "\\")])])
      ]))
    let update = try #require((try object(text)["updates"] as? [[String: Any]])?.first)
    #expect(update["ref"] as? String == "refs/heads/a\"\\u{1b}\\u{a}")
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0 != "\u{202E}" })
  }

  @Test("no policy, no pusher")
  func absent() throws {
    let empty = Decision(instant: Instant(seconds: 0), pusher: nil, policy: nil, updates: [])
    let document = try object(try DecisionJSON.text(empty))
    #expect(document["policy"] == nil && document["pusher"] == nil)
    #expect(document["answer"] as? String == "accepted")
  }
}
