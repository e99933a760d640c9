import Evidence
import GitModel
import Policy
import Testing

@Suite("scan")
struct ScanTests {
  private func figures(of text: String) -> ScanFigures {
    do {
      return try ScanReport.read(.bytes(Bytes(text.utf8)), file: [])
    } catch {
      Issue.record(error)
      return ScanFigures()
    }
  }

  /// A SARIF log of one run with results such as `"ruleId":"a","level":"error"`.
  private func sarif(_ results: String..., tool: String = "T", more: String = "") -> ScanFigures {
    let list = results.map { "{\($0)}" }.joined(separator: ",")
    return figures(
      of: #"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"\#(tool)","rules":["#
        + #"{"id":"scored","properties":{"security-severity":"9.5"}}]}},"results":[\#(list)]\#(more)}]}"#
    )
  }

  private func cycloneDX(_ severities: String...) -> ScanFigures {
    let list = severities.map { #"{"id":"CVE-\#($0)","ratings":[{"severity":"\#($0)"}]}"# }
    return figures(
      of: #"{"bomFormat":"CycloneDX","vulnerabilities":[\#(list.joined(separator: ","))]}"#)
  }

  private func stated(_ figures: ScanFigures, suite: String = "default") -> Stated<ScanFigures> {
    Stated(suite: suite, recorded: Instant(seconds: 0), figures: figures, source: "ci")
  }

  private func told(
    _ settings: Setting, _ now: [Stated<ScanFigures>],
    before: Fact<TreeEvidence?> = .notGathered
  ) -> String {
    rule(Scan.self, settings).judge(
      matter {
        $0.evidence = .known(TreeEvidence(tree: id(0x79ee), scans: now))
        $0.baseEvidence = before
      }
    ).told
  }

  private func base(_ scans: Stated<ScanFigures>...) -> Fact<TreeEvidence?> {
    .known(TreeEvidence(tree: id(0xba5e), scans: scans))
  }

  static let fix =
    "fix: gitrel attest HEAD --scan <FILE>    after it is mended, committed and scanned"

  @Test("without settings there may be no error")
  func byDefault() {
    #expect(
      told(.absent, [stated(sarif(#""level":"warning""#, #""level":"note""#))]) == """
        satisfied: 0 errors
        - default: 2 findings, 1 warning, 1 note; by T; ci
        """)
    let place =
      #""locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/a.c"},"#
      + #""region":{"startLine":7}}}]"#
    let bad = sarif(#""ruleId":"sql","level":"error","message":{"text":"injected"},\#(place)"#)
    #expect(
      told(.absent, [stated(bad)]) == """
        violated: 1 error, at most 0 may be
        - default: 1 finding, 1 error; by T; ci
        - sql: error in src/a.c:7: injected
        \(Self.fix)
        """)
  }

  @Test("each limit counts its own, over all suites")
  func limits() {
    let one = stated(sarif(#""level":"error""#, #""level":"warning""#), suite: "a")
    let two = stated(sarif(#""level":"warning""#, #""suppressions":[{}]"#), suite: "b")
    #expect(
      told(["maximum": ["error": 1, "warning": 2, "suppressed": 1]], [one, two])
        .hasPrefix("satisfied: 1 error, 2 warnings, 1 suppressed finding\n"))
    #expect(
      told(["maximum": ["error": 0, "warning": 1, "suppressed": 0]], [one, two])
        .hasPrefix(
          "violated: 1 error, at most 0 may be; 2 warnings, at most 1 may be;"
            + " 1 suppressed finding, at most 0 may be\n"))
  }

  @Test("a finding with one scale counts on both, and an unknown severity is high")
  func scales() {
    let scan = [stated(cycloneDX("critical", "high", "medium", "low", "info", "none", "dreadful"))]
    #expect(
      told(["maximum": ["error": 9, "warning": 9, "note": 9]], scan)
        .hasPrefix("satisfied: 3 errors, 1 warning, 2 notes\n"))
    #expect(
      told(["maximum": ["critical": 9, "high": 9, "medium": 9, "low": 9]], scan)
        .hasPrefix(
          "satisfied: 1 critical finding, 2 high findings, 1 medium finding, 1 low finding\n"))
    #expect(
      told(["maximum": ["high": 9, "unknown": 9, "error": 9]], scan)
        .hasPrefix("satisfied: 2 errors, 1 high finding, 1 unknown finding\n"))
    let code = [
      stated(
        sarif(
          #""level":"error""#, #""level":"warning""#, #""level":"note""#, #""level":"none""#,
          #""ruleId":"scored","level":"note""#))
    ]
    #expect(
      told(["maximum": ["critical": 9, "high": 9, "medium": 9, "low": 9]], code)
        .hasPrefix(
          "satisfied: 1 critical finding, 1 high finding, 1 medium finding, 1 low finding\n"))
    #expect(
      told(["maximum": ["error": 9, "note": 9]], code).hasPrefix("satisfied: 1 error, 2 notes\n"))
  }

  @Test("a scan that failed, or is not there, proves nothing")
  func noProof() {
    #expect(
      told(.absent, []) == """
        violated: no scan is stated about the tree 00079ee of 00009e3
        fix: gitrel attest 00009e3 --scan <FILE>    where the reports are
        """)
    let failed = sarif(more: #","invocations":[{"executionSuccessful":false}]"#)
    #expect(
      told(.absent, [stated(failed)]) == """
        violated: a scan proves nothing: the run of `T` says that its run was not successful
        - default: 0 findings; by T; ci
        \(Self.fix)
        """)
    #expect(
      told(.absent, [stated(ScanFigures())])
        .hasPrefix("violated: a scan proves nothing: the report holds no run of a tool\n"))
    #expect(
      told(["suites": ["deps"], "tools": ["CodeQL"]], [stated(sarif())])
        .hasPrefix(
          "violated: nothing is stated about the suite `deps`;"
            + " the tool `CodeQL` is not among those that ran\n"))
    #expect(
      told(["suites": ["default"], "tools": ["T"]], [stated(sarif())]).hasPrefix("satisfied"))
  }

  @Test("new is what the scanner says, and what the scan before has not")
  func newOnly() {
    let settings: Setting = ["new-only": true]
    let known = sarif(
      #""ruleId":"a","level":"error","fingerprints":{"f":"1"}"#,
      #""ruleId":"b","level":"error","message":{"text":"m"}"#)
    let two = stated(known)
    #expect(told(settings, [two], before: base(two)).hasPrefix("satisfied: 0 new errors\n"))
    // The same finding once more is one more.
    let more = sarif(
      #""ruleId":"b","level":"error","message":{"text":"m"}"#,
      #""ruleId":"b","level":"error","message":{"text":"m"}"#)
    #expect(
      told(settings, [stated(more)], before: base(two))
        .hasPrefix("violated: 1 new error, at most 0 may be\n"))
    // The same message with another fingerprint is another.
    let other = sarif(#""ruleId":"a","level":"error","fingerprints":{"f":"2"}"#)
    #expect(
      told(settings, [stated(other)], before: base(two)) == """
        violated: 1 new error, at most 0 may be
        - default: 1 finding, 1 error; by T; ci
        - a: error
        \(Self.fix)
        """)
    // Another suite's findings are not this one's.
    #expect(
      told(settings, [two], before: base(stated(known, suite: "x")))
        .hasPrefix("violated: 2 new errors"))
    let said = sarif(
      #""level":"error","baselineState":"unchanged""#,
      #""level":"error","baselineState":"updated""#,
      #""level":"error","baselineState":"absent""#)
    #expect(told(settings, [stated(said)], before: .known(nil)).hasPrefix("satisfied"))
    let fresh = sarif(
      #""ruleId":"a","level":"error","fingerprints":{"f":"1"},"baselineState":"new""#)
    #expect(
      told(settings, [stated(fresh)], before: base(two)).hasPrefix("violated: 1 new error"))
  }

  @Test("without a scan before, everything is new; what is not known is not decided")
  func newOnlyWithoutBase() {
    let settings: Setting = ["new-only": true]
    let bad = stated(sarif(#""ruleId":"a","level":"error""#))
    for before in [Fact<TreeEvidence?>.known(nil), base()] {
      #expect(
        told(settings, [bad], before: before) == """
          violated: 1 new error, at most 0 may be
          - default: 1 finding, 1 error; by T; ci
          - new: no scan is stated about what the ref has now, so every finding is new
          - a: error
          \(Self.fix)
          """)
    }
    #expect(told(settings, [bad], before: .unknown("gone")).hasPrefix("indeterminate: gone"))
    #expect(told(settings, [bad]).hasPrefix("indeterminate: a fact that this rule needs"))
  }

  @Test("the findings before are asked for only where they matter")
  func needs() {
    #expect(!rule(Scan.self).needs.kinds.contains(.baseEvidence))
    #expect(rule(Scan.self, ["new-only": true]).needs.kinds.contains(.baseEvidence))
    #expect(
      rule(Scan.self).judge(matter("refs/heads/main", .delete)).told
        == "notApplicable: a deletion is not scanned")
    #expect(
      rule(Scan.self).judge(matter { $0.evidence = .unknown("no") }).told
        .hasPrefix("indeterminate: no"))
  }

  @Test("what cannot be meant is a problem")
  func problems() {
    #expect(read(Scan.self, ["maximum": ["errors": 0]]).problems.isEmpty == false)
    #expect(read(Scan.self, ["maximum": [:]]).problems.isEmpty == false)
    #expect(read(Scan.self, ["maximum": ["error": -1]]).problems.isEmpty == false)
  }
}
