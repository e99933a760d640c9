import Foundation
import GitModel
import GitrelTestSupport
import Output
import Policy
import Testing

/// `Tests/sarif-against-schema` holds documents against the public schema; here stands what of it
/// matters to who reads them.
@Suite("decisions as SARIF")
struct DecisionSARIFTests {
  private func run(_ decision: Decision) throws -> [String: Any] {
    let text = try DecisionSARIF.text(decision, version: "1.2.3")
    #expect(isPrintable(text))
    let log = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(log["version"] as? String == "2.1.0")
    #expect((log["$schema"] as? String)?.hasSuffix("/sarif-schema-2.1.0.json") == true)
    return try #require((log["runs"] as? [[String: Any]])?.first)
  }

  @Test("all of a document")
  func snapshot() throws {
    #expect(
      Snapshot.difference(
        try DecisionSARIF.text(everything, version: "1.2.3") + "\n", "formats/decision.sarif")
        == nil)
  }

  @Test("what the schema and code scanning ask of each result", arguments: [0, 1, 2])
  func constraints(_ number: Int) throws {
    let run = try run([everything, hostile, flood][number])
    let driver = try #require((run["tool"] as? [String: [String: Any]])?["driver"])
    let rules = try #require(driver["rules"] as? [[String: Any]])
    #expect(driver["name"] as? String == "gitrel" && driver["version"] as? String == "1.2.3")
    #expect(Set(rules.compactMap { $0["id"] as? String }).count == rules.count)
    for rule in rules {
      for key in ["shortDescription", "help"] {
        #expect((rule[key] as? [String: String])?["text"]?.isEmpty == false)
      }
    }
    var prints: Set<String> = []
    for result in try #require(run["results"] as? [[String: Any]]) {
      let index = try #require(result["ruleIndex"] as? Int)
      #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
      #expect(["error", "warning"].contains(result["level"] as? String))
      let message = try #require((result["message"] as? [String: String])?["text"])
      #expect(!message.isEmpty)
      // Neither a placeholder nor a link that somebody else wrote.
      #expect(
        !message.replacing("{{", with: "").replacing("}}", with: "").contains { "{}".contains($0) })
      #expect(!message.contains("]("))
      let locations = try #require(result["locations"] as? [[String: Any]])
      let place = try #require(locations.first?["physicalLocation"] as? [String: Any])
      let artifact = try #require(place["artifactLocation"] as? [String: String])
      let uri = try #require(artifact["uri"])
      #expect(URL(string: uri) != nil && uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(uri)")
      if let region = place["region"] as? [String: Int] {
        #expect(region["startLine"] ?? 0 > 0 && region["startColumn"] ?? 0 > 0)
      }
      let fingerprint = try #require(
        (result["partialFingerprints"] as? [String: String])?["gitrelVerdict/v1"])
      #expect(prints.insert(fingerprint).inserted, "\(fingerprint)")
    }
  }

  @Test("levels, and what is told at all")
  func levels() throws {
    let results = try #require(try run(everything)["results"] as? [[String: Any]])
    #expect(
      results.map { "\($0["ruleId"] ?? "") \($0["level"] ?? "")" } == [
        "policy error", "history error", "approvals error", "tests error", "window warning",
        "coverage warning",
      ])
  }

  @Test("what is overridden is suppressed, with who did it and why")
  func suppressions() throws {
    let results = try #require(try run(overriddenDecision)["results"] as? [[String: Any]])
    #expect(results.compactMap { $0["level"] as? String } == ["warning"])
    #expect(
      (results.first?["suppressions"] as? [[String: String]]) == [
        [
          "kind": "external", "status": "accepted",
          "justification": "overridden by rita (statement 1a): outage",
        ]
      ])
  }

  @Test("a fingerprint stays when commits and figures change, and tells verdicts apart")
  func fingerprints() throws {
    func prints(_ judged: [JudgedRule]) throws -> [String] {
      let run = try run(decision([updated("refs/heads/main", judged)]))
      return (run["results"] as? [[String: Any]] ?? []).compactMap {
        ($0["partialFingerprints"] as? [String: String])?["gitrelVerdict/v1"]
      }
    }
    let first = judged("tests", .violated, "2 tests failed", [Finding(commit(1, "a"), "b")])
    let later = JudgedRule(
      rule: "tests", ruleset: "production", position: Position(line: 70, column: 1),
      enforcement: .evaluate, verdict: .indeterminate("gone"))
    #expect(try prints([first]) == ["production/tests on refs/heads/main"])
    #expect(try prints([later]) == prints([first]))
    #expect(try prints([first, later]).last == "production/tests on refs/heads/main (2)")
  }

  @Test("a policy outside the repository, and none")
  func places() throws {
    func artifact(_ file: String) throws -> [String: String]? {
      let some = Decision(
        instant: Instant(seconds: 0), pusher: nil,
        policy: PolicyOrigin(label: "x", file: file, digest: ""),
        updates: [updated("refs/heads/main", [judged("tests", .violated, "bad")])])
      let results = try #require(try run(some)["results"] as? [[String: Any]])
      let place = (results.first?["locations"] as? [[String: Any]])?.first?["physicalLocation"]
      return (place as? [String: Any])?["artifactLocation"] as? [String: String]
    }
    #expect(try artifact("/etc/a b:ü.yml") == ["uri": "file:///etc/a%20b%3A%C3%BC.yml"])
    #expect(try artifact("a b.yml") == ["uri": "a%20b.yml", "uriBaseId": "%SRCROOT%"])
    let none = try run(
      decision([updated("refs/heads/main", [judged("tests", .violated, "bad")])], hasPolicy: false))
    let locations = (none["results"] as? [[String: Any]])?.first?["locations"] as? [[String: Any]]
    #expect(locations?.first?["physicalLocation"] == nil)
    #expect((locations?.first?["logicalLocations"] as? [[String: String]])?.count == 1)
  }

  @Test("long lists are capped with a count")
  func caps() throws {
    let run = try run(flood)
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.count == 1000)
    let message = try #require((results.first?["message"] as? [String: String])?["text"])
    #expect(message.hasSuffix("file 10  is bad\nand 9990 more"))
    #expect((results.first?["properties"] as? [String: Any])?["findingsTotal"] as? Int == 10_000)
    let many = (1...6000).map { judged(RuleID("r\($0)"), .violated, "bad", [], .evaluate) }
    let huge = try self.run(
      decision([updated("refs/heads/main", many + [judged("last", .violated, "bad")])]))
    let kept = try #require(huge["results"] as? [[String: Any]])
    #expect(kept.count == 5000 && kept.first?["ruleId"] as? String == "last")
    #expect((huge["properties"] as? [String: Any])?["resultsTotal"] as? Int == 6001)
  }
}
