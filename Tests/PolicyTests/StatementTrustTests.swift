import Evidence
import GitModel
import Policy
import Testing

@Suite("whose statements count")
struct StatementTrustTests {
  private static let context = PolicyContext(people: team)

  private func good(_ people: String...) -> StatementSigners {
    StatementSigners(people.map { .good(person: $0, fingerprint: "SHA256:\($0)", format: .ssh) })
  }

  private func stated(
    _ signers: StatementSigners?, named name: String = "statement 1a2b3c", passed: Int = 2,
    failed: Int = 0, at second: Int64 = 0
  ) -> Stated<TestFigures> {
    var figures = TestFigures()
    (figures.passed, figures.failed) = (passed, failed)
    return Stated(
      suite: "unit", recorded: Instant(seconds: second), figures: figures, source: name,
      signers: signers)
  }

  private func told(_ settings: Setting, _ tests: [Stated<TestFigures>]) -> String {
    let verdict = rule(Tests.self, settings, Self.context).judge(
      matter(people: team) {
        $0.target = .known(target())
        $0.evidence = .known(TreeEvidence(tree: id(0x79ee), tests: tests))
      }
    ).told
    return verdict.split(separator: "\n").filter { !$0.hasPrefix("fix: ") }.joined(separator: "\n")
  }

  @Test("without `trust` and `by` anything counts, and it is told what it was")
  func any() {
    let tests = [stated(.unsigned)]
    let expected = """
      satisfied: 2 of 2 tests passed
      - unit: 2 tests, 2 passed; statement 1a2b3c, unsigned
      """
    #expect(told(.absent, tests) == expected)
    #expect(told(["trust": "any"], tests) == expected)
    #expect(told(.absent, [stated(good("carol"))]).hasSuffix("statement 1a2b3c, signed by carol"))
  }

  @Test("signed by somebody, or by one of these")
  func signed() {
    #expect(
      told(["trust": "signed"], [stated(good("carol"))]) == """
        satisfied: 2 of 2 tests passed
        - unit: 2 tests, 2 passed; statement 1a2b3c, signed by carol
        """)
    #expect(told(["by": ["carol"]], [stated(good("alice", "carol"))]).hasPrefix("satisfied"))
    #expect(told(["by": ["qa"]], [stated(good("carol"))]).hasPrefix("satisfied"))
    func refused(_ signers: StatementSigners?) -> String {
      told(["by": ["carol"]], [stated(signers)])
    }
    func refusal(_ words: String) -> String {
      """
      violated: no test result that counts is stated about the tree 000000 of 000000
      wants: statements signed by carol
      - not counted: statement 1a2b3c, \(words)
      """
    }
    let table: [(StatementSigners?, String)] = [
      (.unsigned, "unsigned"), (nil, "no statement"), (good("alice"), "signed by alice"),
      (
        StatementSigners([.unknownKey(fingerprint: "SHA256:x", format: .ssh)]),
        "signed with a key that is nobody's: SSH SHA256:x"
      ),
      (
        StatementSigners([.bad("is for the namespace `git`")]),
        "signed, but the signature is for the namespace `git`"
      ),
    ]
    for (signers, words) in table {
      let blotted = refused(signers).replacing(/\b[0-9a-f]{7}\b/, with: "000000")
      #expect(blotted == refusal(words))
    }
  }

  @Test("what does not count neither hides what does nor speaks beside it")
  func others() {
    let tests = [
      stated(good("carol"), named: "statement one", at: 1),
      stated(.unsigned, named: "statement two", passed: 0, failed: 9, at: 2),
    ]
    #expect(
      told(["by": ["carol"]], tests) == """
        satisfied: 2 of 2 tests passed
        - unit: 2 tests, 2 passed; statement one, signed by carol
        - not counted: statement two, unsigned
        """)
    let red = [
      stated(good("carol"), named: "statement one", failed: 1, at: 1),
      stated(good("alice"), named: "statement two", at: 2),
    ]
    #expect(told(["by": ["carol"]], red).hasPrefix("violated: 1 test failed"))
  }

  @Test("a last word whose signer cannot be told decides nothing")
  func doubt() {
    let unknown = StatementSigners([.unknown("gpg did not come to an end within its bounds")])
    let words =
      "signed, and it cannot be told by whom: gpg did not come to an end within its bounds"
    let last = [
      stated(good("carol"), at: 1), stated(unknown, named: "statement two", failed: 1, at: 2),
    ]
    #expect(told(["by": ["carol"]], last) == "indeterminate: statement two, \(words)")
    let before = [stated(good("carol"), at: 2), stated(unknown, failed: 1, at: 1)]
    #expect(told(["by": ["carol"]], before).hasPrefix("satisfied"))
    #expect(told(.absent, before).hasPrefix("satisfied"))
  }

  @Test("settings that contradict each other, or that nobody could meet")
  func problems() {
    func problems(_ settings: Setting) -> [String] {
      read(Tests.self, settings, Self.context).problems
    }
    #expect(
      problems(["trust": "any", "by": ["carol"]])
        == ["`by` asks for signatures, and `trust: any` for none; leave `trust` out"])
    #expect(problems(["by": ["nobody"]]) == ["`by` names nobody; nobody could state anything"])
    #expect(
      problems(["trust": "some"]) == ["`trust` takes any or signed, not the text \"some\""])
    #expect(problems(["trust": "signed", "by": ["carol"]]) == [])
  }

  @Test("coverage, and the coverage from which it may fall")
  func coverage() throws {
    func stated(_ covered: Int, _ signers: StatementSigners) throws -> Stated<CoverageFigures> {
      Stated(
        suite: "unit", recorded: Instant(seconds: 0),
        figures: CoverageFigures(
          lines: try #require(Ratio(covered: covered, valid: 10)), branches: nil, files: [:]),
        source: "statement", signers: signers)
    }
    func told(_ now: StatementSigners, _ before: StatementSigners) throws -> String {
      let (now, base) = (try stated(8, now), try stated(9, before))
      return rule(Coverage.self, ["line": "80%", "drop": "20%", "by": ["carol"]], Self.context)
        .judge(
          matter(people: team) {
            $0.target = .known(target())
            $0.evidence = .known(TreeEvidence(tree: id(1), coverage: [now]))
            $0.baseEvidence = .known(TreeEvidence(tree: id(2), coverage: [base]))
          }
        ).told
    }
    #expect(try told(good("carol"), good("carol")).hasPrefix("satisfied"))
    #expect(try told(.unsigned, good("carol")).contains("- not counted: statement, unsigned"))
    #expect(
      try told(good("carol"), .unsigned).hasPrefix(
        "violated: no coverage that counts is stated about the tree"))
    let unknown = StatementSigners([.unknown("gpg is gone")])
    #expect(try told(good("carol"), unknown).hasPrefix("indeterminate: statement, signed, and"))
  }
}
