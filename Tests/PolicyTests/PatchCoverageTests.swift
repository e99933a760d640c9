import GitModel
import Testing

@testable import Evidence
@testable import Policy

@Suite("patch coverage")
struct PatchCoverageTests {
  /// Coverage of files: lines that are covered as numbers, those that are not below zero.
  private func figures(_ files: [String: [Int]], sources: [String] = []) -> CoverageFigures {
    var detail: [Bytes: CoveredLines] = [:]
    for (path, lines) in files {
      var state = CoveredLines()
      for line in lines { state.note(line: abs(line), isHit: line > 0) }
      detail[Bytes(path.utf8)] = state
    }
    return CoverageFigures(detail: detail, sources: sources.map { Bytes($0.utf8) })
  }

  /// What a push changes, in a tree that has `others` too.
  private func patch(
    _ files: [String: [ClosedRange<Int>]?], others: [String] = [], tooLarge: Set<String> = []
  ) -> PatchReading {
    var namesakes: [Bytes: [Bytes]] = [:]
    for path in Set(Array(files.keys) + others).sorted() {
      namesakes[Bytes(Bytes(path.utf8).pathName), default: []].append(Bytes(path.utf8))
    }
    return PatchReading(
      files: files.sorted { $0.key < $1.key }.map {
        PatchReading.File(
          path: Bytes($0.key.utf8), lines: $0.value, isTooLarge: tooLarge.contains($0.key))
      }, namesakes: namesakes)
  }

  private func told(
    _ settings: Setting, _ patch: PatchReading, _ figures: CoverageFigures...,
    on ref: String = "refs/heads/main"
  ) -> String {
    rule(Coverage.self, settings).judge(
      matter(ref) {
        $0.evidence = .known(
          TreeEvidence(
            tree: id(0x79ee),
            coverage: figures.enumerated().map {
              Stated(
                suite: $0.offset == 0 ? "default" : "suite \($0.offset)",
                recorded: Instant(seconds: 0), figures: $0.element, source: "ci")
            }))
        $0.patch = .known(patch)
      }
    ).told
  }

  /// The first line alone, without the totals.
  private func short(
    _ settings: Setting, _ patch: PatchReading, _ figures: CoverageFigures
  ) -> String {
    let told = told(settings, patch, figures)
    let line = told.split(separator: "\n").first.map { String($0) } ?? ""
    guard line.hasPrefix("satisfied") else { return line }
    return line.split(separator: "; ").last.map { String($0) } ?? ""
  }

  @Test("of the lines that change, those count that a report measures")
  func counts() {
    let change = patch(["src/a.c": [2...4, 9...9]])
    #expect(
      told(["patch": "75%"], change, figures(["src/a.c": [1, 2, -3, 4, 9, -20]])) == """
        satisfied: lines 66.66% (4 of 6); changed lines 75% (3 of 4)
        - default: lines 66.66% (4 of 6); ci
        """)
    #expect(
      told(["patch": "75.01%"], change, figures(["src/a.c": [1, 2, -3, 4, 9, -20]])) == """
        violated: changed lines 75% (3 of 4), at least 75.01%
        - default: lines 66.66% (4 of 6); ci
        - src/a.c: not covered: line 3; 3 of 4 changed lines are
        \(CoverageTests.fix)
        """)
    #expect(
      told(
        ["patch": "100%"], patch(["a.c": [1...40]]),
        figures(["a.c": (1...40).map { $0 % 3 - 1 == 0 ? $0 : -$0 }])
      ).contains(
        "not covered: lines 2-3, 5-6, 8-9, 11-12, 14-15, 17-18, 20-21, 23-24, 26-27, 29-30 and 6 more;"
          + " 14 of 40 changed lines are"))
  }

  @Test(
    "what has no line to be covered does not fail by arithmetic",
    arguments: [
      ["src/a.c": []], ["src/a.c": [[30, 31]]], ["README.md": []], [:],
    ] as [[String: [[Int]]]])
  func nothing(_ files: [String: [[Int]]]) {
    let change = patch(files.mapValues { $0.map { $0[0]...$0[1] } })
    #expect(
      short(["patch": "100%"], change, figures(["src/a.c": [1, -2]]))
        == "no changed line is one that a report measures")
  }

  @Test("a file that changes and is in no report is told, and so is which must be")
  func unmeasured() {
    let change = patch(["src/a.c": [1...1], "src/new.c": [1...9], "test/t.c": [1...2]])
    #expect(
      told(["patch": "50%"], change, figures(["src/a.c": [1]])) == """
        violated: no report measures src/new.c and 1 other file, which the push changes
        - default: lines 100% (1 of 1); ci
        - src/new.c: measured by no report
        - test/t.c: measured by no report
        fix: gitrel attest HEAD --coverage <FILE>    after tests are added, committed and run
        """)
    #expect(
      short(["patch": "50%", "patch-paths": ["*.c", "!test/"]], change, figures(["src/a.c": [1]]))
        == "violated: no report measures src/new.c, which the push changes")
    #expect(
      short(["patch": "50%", "patch-paths": ["src/a.*"]], change, figures(["src/a.c": [1]]))
        == "changed lines 100% (1 of 1)")
    // A picture has no lines.
    #expect(
      short(
        ["patch": "50%", "patch-paths": ["src/"]], patch(["src/a.png": nil]), figures(["b": [1]]))
        == "no changed line is one that a report measures")
  }

  @Test("suites are taken together: one that covers a line is enough")
  func suites() {
    #expect(
      told(
        ["patch": "100%"], patch(["a.c": [1...3]]), figures(["a.c": [1, -2]]),
        figures(["/ci/a.c": [2, 3]])
      ).hasPrefix("satisfied: lines 50% (1 of 2); lines 100% (2 of 2); changed lines 100% (3 of 3)")
    )
  }

  @Test("a statement that has no lines, and what cannot be compared, is no pass")
  func unknown() {
    let totals = CoverageFigures(
      lines: Ratio(covered: 9, valid: 9) ?? .empty, branches: nil,
      files: [Bytes("a.c".utf8): Ratio(covered: 9, valid: 9) ?? .empty])
    #expect(
      told(["patch": "1%"], patch(["a.c": [1...3]]), totals)
        == "indeterminate: suite `default` states no lines of a.c, so that patch coverage cannot be told"
    )
    #expect(
      told(["patch": "1%"], patch(["a.c": nil], tooLarge: ["a.c"]), figures(["a.c": [1]]))
        == "indeterminate: a.c is too large to be compared line by line, and a report measures it")
    #expect(
      told(["patch": "1%"], patch(["a.c": nil]), figures(["a.c": [1]]))
        == "indeterminate: a.c is no text, and a report measures it")
    let rule = rule(Coverage.self, ["patch": "1%"])
    let evidence = TreeEvidence(
      tree: id(0x79ee),
      coverage: [
        Stated(
          suite: "default", recorded: Instant(seconds: 0), figures: figures(["a.c": [1]]),
          source: "ci")
      ])
    #expect(
      rule.judge(
        matter {
          $0.evidence = .known(evidence)
          $0.patch = .unknown("why")
        }
      ).told == "indeterminate: why")
    #expect(
      rule.judge(matter { $0.evidence = .known(evidence) }).told
        == "indeterminate: a fact that this rule needs was not gathered; this is a fault in gitrel")
    #expect(rule.needs.patch == PatchSearch())
  }

  @Test("a tag brings no lines")
  func tags() {
    let change = patch(["a.c": [1...1]])
    #expect(
      told(["patch": "1%"], change, figures(["a.c": [-1]]), on: "refs/tags/v1")
        == "notApplicable: no line is new with a tag, and only new lines are asked for")
    #expect(
      told(["patch": "1%", "line": "0%"], change, figures(["a.c": [-1]]), on: "refs/tags/v1")
        .hasPrefix("satisfied: lines 0% (0 of 1)\n"))
  }

  @Test("how reports name files", arguments: spellings)
  func paths(_ spelling: Spelling) {
    let change = patch([spelling.path: [1...1]], others: spelling.others)
    var settings: [(key: String, value: Setting)] = [("patch", "100%")]
    if let paths = spelling.settings { settings.append(("report-paths", paths)) }
    let told = short(
      .map(settings), change, figures(spelling.report, sources: spelling.sources))
    #expect(told == spelling.told)
  }

  struct Spelling: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let path: String
    var others: [String] = []
    var report: [String: [Int]] = [:]
    var sources: [String] = []
    var settings: Setting?
    var told = "changed lines 100% (1 of 1)"
  }

  static let spellings = [
    Spelling(testDescription: "as the tree does", path: "src/a.c", report: ["src/a.c": [1]]),
    Spelling(testDescription: "with a dot", path: "src/a.c", report: ["./src/a.c": [1]]),
    Spelling(testDescription: "absolute", path: "src/a.c", report: ["/ci/work/src/a.c": [1]]),
    Spelling(
      testDescription: "absolute, of files with one name", path: "src/a.c", others: ["a.c"],
      report: ["/ci/work/src/a.c": [1], "/ci/work/a.c": [-1]]),
    Spelling(
      testDescription: "absolute, the folder of others tells", path: "src/index.js",
      others: ["index.js"], report: ["/ci/src/index.js": [1], "/ci/lib/b.js": [1]]),
    Spelling(
      testDescription: "absolute, nothing tells", path: "src/index.js",
      others: ["index.js"], report: ["/ci/src/index.js": [1]],
      told:
        "indeterminate: /ci/src/index.js of a report could be index.js or src/index.js; `report-paths` can tell which"
    ),
    Spelling(
      testDescription: "absolute, the policy tells", path: "src/index.js",
      others: ["index.js"], report: ["/ci/src/index.js": [1]], settings: ["strip": ["/ci/"]]),
    Spelling(
      testDescription: "by package", path: "app/src/main/java/shop/Tiers.java",
      report: ["shop/Tiers.java": [1]]),
    Spelling(
      testDescription: "by package, in two modules", path: "app/src/shop/Tiers.java",
      others: ["web/src/shop/Tiers.java"], report: ["shop/Tiers.java": [1]],
      told:
        "indeterminate: shop/Tiers.java of a report could be app/src/shop/Tiers.java or web/src/shop/Tiers.java; `report-paths` can tell which"
    ),
    Spelling(
      testDescription: "by package, the policy tells the module", path: "app/src/shop/Tiers.java",
      others: ["web/src/shop/Tiers.java"], report: ["g/shop/Tiers.java": [1]],
      settings: ["strip": "g", "prefix": "app/src"]),
    Spelling(
      testDescription: "by import path", path: "price/tiers.go",
      report: ["example.com/shop/price/tiers.go": [1]]),
    Spelling(
      testDescription: "from a source root", path: "src/a.py", others: ["a.py"],
      report: ["a.py": [1], "b.py": [1]], sources: ["/ci/src"],
      told:
        "indeterminate: a.py of a report could be a.py or src/a.py; `report-paths` can tell which"),
    Spelling(
      testDescription: "from a source root that is one file's", path: "src/a.py",
      others: ["lib/a.py"],
      report: ["a.py": [1]], sources: ["/ci/src"]),
    Spelling(
      testDescription: "from a source root that is elsewhere", path: "back/a.py",
      report: ["a.py": [1]], sources: ["/app"]),
    Spelling(
      testDescription: "twice", path: "src/a.c",
      report: ["/ci/src/a.c": [1], "/ci/other/src/a.c": [-1]],
      told:
        "indeterminate: src/a.c could be /ci/other/src/a.c or /ci/src/a.c of one report; `report-paths` can tell which"
    ),
    Spelling(
      testDescription: "another file of the same name is none", path: "src/parser.c",
      report: ["/ci/build/parser.c": [1]],
      told: "violated: no report measures src/parser.c, which the push changes"),
  ]

  @Test("settings", arguments: problems)
  func settings(_ settings: Setting, _ problems: [String]) {
    #expect(read(Coverage.self, settings).problems == problems)
  }

  static let problems: [(Setting, [String])] = [
    (["patch": "85%"], []),
    (
      ["line": "1%", "patch-paths": ["src/"], "report-paths": ["strip": "/ci"]],
      [
        "`patch-paths` is there without `patch`; write `patch: 85%`",
        "`report-paths` is there without `patch`; write `patch: 85%`",
      ]
    ),
    (
      ["patch": "1%", "report-paths": ["stripp": "/ci"]],
      ["`report-paths` knows no key `stripp`; did you mean `strip`?"]
    ),
  ]
}
