import Foundation
import GitModel
import Policy
import Release
import Testing

@testable import Output

/// A report with everything that one can have.
func bundleReport(faults: [String] = ["the log is cut off"]) -> BundleReport {
  var report = BundleReport(keys: .given(file: "keys"))
  report.name = "v1.4"
  report.tag = id(7)
  report.commit = commit(3, "Add price\u{1B} tiers")
  report.ruling = .init(
    decision: 7, instant: Instant(seconds: 60), pusher: "rita", policy: "main@3f2a1c9",
    overrides: ["refs/tags/v1.4 window rita: outage"])
  report.head = "9f86d081884c7d65"
  report.items = [
    .init(
      digest: "1fd6b4950b9b00", kind: "sign-off", words: "sign-off, by alice",
      recorded: Instant(seconds: 0), signers: "signed by alice", revoked: Instant(seconds: 90)),
    .init(
      digest: "2fd6b4950b9b00", kind: "urn:x\u{1B}", words: "of a kind", recorded: nil,
      signers: "unsigned", revoked: nil),
  ]
  report.level = "SLSA_SOURCE_LEVEL_2"
  report.controls = [
    .init(name: "ORG_SOURCE_TESTS", refs: ["main", "v1.4"], since: Instant(seconds: 0))
  ]
  report.proven = ["the policy is the one that judged"]
  report.trusted = ["who made the tag: it is not signed, and that goes on over the end of a line"]
  report.faults = faults
  return report
}

@Suite("an evidence bundle")
struct BundleTextTests {
  @Test("everything, as text")
  func text() {
    #expect(
      BundleText.lines(bundleReport(), width: 60) == [
        "release v1.4 on \(id(3).short)  Add price\\u{1b} tiers",
        "  decision  7, 1970-01-01T00:01:00Z, accepted by policy main@3f2a1c9, pushed by rita",
        "            ! overridden: refs/tags/v1.4 window rita: outage",
        "  log head  9f86d081884c7d65", "  keys      those of keys", "  proven",
        "    o the policy is the one that judged", "  statements",
        "    1fd6b4950b9b  sign-off, by alice",
        "        1970-01-01T00:00:00Z, signed by alice", "        revoked 1970-01-01T00:01:30Z",
        "    2fd6b4950b9b  urn:x\\u{1b}: of a kind", "        unsigned",
        "  controls, SLSA_SOURCE_LEVEL_2",
        "    ORG_SOURCE_TESTS  since 1970-01-01T00:00:00Z on main, v1.4", "  taken on trust",
        "    ? who made the tag: it is not signed, and that goes on",
        "        over the end of a line", "  wrong", "    x the log is cut off",
      ])
    #expect(BundleText.verdict(bundleReport()) == "v1.4 does not hold: 1 fault")
    #expect(
      BundleText.verdict(bundleReport(faults: [])) == "v1.4 holds, with 1 thing taken on trust")
  }

  @Test("nothing that can be told")
  func nothing() throws {
    var report = BundleReport(keys: .ofPolicy)
    #expect(!report.holds, "without a decision nothing is proven")
    report.faults = ["it is none"]
    #expect(BundleText.lines(report, width: 80) == ["  wrong", "    x it is none"])
    #expect(BundleText.verdict(report) == "the file does not hold: 1 fault")
    #expect(try DecisionJSON.text(report).contains("\"holds\" : false"))
  }
}
