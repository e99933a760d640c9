import GitModel
import Testing

@testable import Evidence

/// What each format of coverage does in its own way (SPECS.md 3).
@Suite struct CoverageDialectTests {
  private func read(_ text: String) throws(ReportFault) -> CoverageFigures {
    try CoverageReport.read(.bytes(Bytes(text.utf8)), file: Bytes("r".utf8))
  }

  private func refusal(_ text: String) -> String? {
    #expect(throws: ReportFault.self) { try read(text) }?.description
  }

  @Test("LCOV: records of one file are one file, and a branch is free text with commas")
  func lcovMerges() throws {
    let figures = try read(
      """
      # made by hand
      TN:one
      SF:src\\a.c
      FN:2,int mx<int>(int, int)
      FNDA:1,int mx<int>(int, int)
      BRDA:2,0,jump to line 3,-
      BRDA:2,0,jump, or not,1
      BRDA:2,e0,0,-
      BRDA:2,U0,9,0
      DA:2,0,md5
      DA:3,0
      LF:99
      end_of_record
      TN:two
      SF:src/a.c
      BRDA:2,0,jump to line 3,7
      DA:3,4
      DA:0,1
      end_of_record
      SF:sum.c
      LF:5
      LH:4
      end_of_record
      """)
    #expect(figures.files[Bytes("src/a.c".utf8)] == Ratio(covered: 2, valid: 3))
    #expect(figures.files[Bytes("sum.c".utf8)] == Ratio(covered: 4, valid: 5))
    #expect(figures.lines == Ratio(covered: 6, valid: 8))
    #expect(figures.branches == Ratio(covered: 2, valid: 3))
    #expect(figures.detail.count == 1)
  }

  @Test(
    "LCOV: nothing is skipped silently",
    arguments: [
      ("SF:a\nDA:1,1\n", "2: is cut short: its last record does not end"),
      ("SF:a\nSF:b\n", "2: begins a record before the one before it has ended"),
      ("TN:\nend_of_record\n", "2: ends a record that has not begun"),
      ("TN:\nDA:1,1\n", "2: holds 'DA:1,1' outside of the record of a source file"),
      ("SF:a\nDB:1,1\n", "2: holds 'DB:1,1', which is no record of LCOV"),
      ("SF:a\nDA:1\n", "2: holds 'DA:1', which is no record of LCOV"),
      ("SF:a\nDA:1,-1\n", "2: holds 'DA:1,-1', which is no record of LCOV"),
      ("SF:a\nBRDA:1,0,1\n", "2: holds 'BRDA:1,0,1', which is no record of LCOV"),
      ("SF:a\nLF:1\nLH:2\nend_of_record\n", "4: makes no sense: 2 lines hit of 1 found"),
      ("SF:a\nend_of_record \u{1B}[2J\n", "2: holds 'end_of_record \\u{1b}[2J', which"),
    ])
  func lcovFaults(text: String, words: String) {
    #expect(refusal(text)?.hasPrefix("r:\(words)") == true, "\(refusal(text) ?? "none")")
  }

  @Test("Go: a block that comes again counts once, and a path may hold anything")
  func goBlocks() throws {
    let figures = try read(
      """
      mode: atomic
      C:\\x y\\a.go:1.2,3.4 2 0
      C:\\x y\\a.go:1.2,3.4 2 18446744073709551616
      mode: atomic
      C:\\x y\\a.go:5.2,5.4 1 0
      C:\\x y\\a.go:7.2,7.4 0 0

      """)
    #expect(figures.others[.statements] == Ratio(covered: 2, valid: 3))
    #expect(figures.files == [Bytes("C:/x y/a.go".utf8): Ratio(covered: 3, valid: 5)])
    #expect(
      refusal("mode: set\na.go:1.2,3.4 2 0\na.go:1.2,3.4 3 0\n")
        == "r:3: gives a block 3 statements that had 2 before")
    for line in [
      "a.go", "a.go:1.2,3.4 2", "a.go:3.2,1.4 2 1", ":1.2,3.4 2 1", "a.go:1,3 2 1",
      "a.go:1.2,3.4 2 1 ",
    ] {
      #expect(refusal("mode: set\n\(line)\n")?.hasPrefix("r:2: ") == true, "\(line)")
    }
    let empty = try read("mode: set\n")
    #expect(empty.lines.isEmpty)
  }

  @Test("Clover: the two dialects of a condition, and no code of tests")
  func cloverDialects() throws {
    func figures(_ lines: String) throws -> CoverageFigures {
      try read(
        "<coverage clover='4'><project><package name='p'><file name='a' path='/x/a'>\(lines)</file>"
          + "</package></project><testproject><file name='t'><line num='1' type='stmt' count='0'/>"
          + "</file></testproject></coverage>")
    }
    let clover = try figures("<line num='1' type='cond' truecount='7' falsecount='0'/>")
    #expect(clover.branches == Ratio(covered: 1, valid: 2))
    #expect(clover.lines == Ratio(covered: 1, valid: 1))
    let istanbul = try figures("<line num='1' type='cond' count='0' truecount='3' falsecount='1'/>")
    #expect(istanbul.branches == Ratio(covered: 3, valid: 4))
    #expect(istanbul.lines == Ratio(covered: 0, valid: 1))
    #expect(istanbul.files.keys.map { String(decoding: $0, as: UTF8.self) } == ["/x/a"])
    for line in [
      "<line num='1' type='cond' truecount='1'/>", "<line num='1' type='stmt'/>",
      "<line type='stmt' count='1'/>", "<line num='1' count='1'/>",
      "<line num='1' type='else' count='1'/>",
    ] {
      #expect(throws: ReportFault.self, "\(line)") { try figures(line) }
    }
    #expect(refusal("<coverage><project><line/></project></coverage>")?.contains("outside") == true)
  }

  @Test("JaCoCo: modules keep their files apart, and absent branches are none")
  func jacocoGroups() throws {
    let file =
      "<package name='p'><class name='C'><counter type='LINE' missed='9' covered='9'/></class>"
      + "<sourcefile name='A.java'><line nr='1' mi='0' ci='3'/></sourcefile></package>"
    let figures = try read(
      "<report><group name='m'>\(file)</group><group name='n'>\(file)</group></report>")
    #expect(
      figures.files.keys.map { String(decoding: $0, as: UTF8.self) }.sorted()
        == ["m/p/A.java", "n/p/A.java"])
    #expect(figures.lines == Ratio(covered: 2, valid: 2))
    #expect(figures.branches == nil)
    #expect(refusal("<report>\(file)\(file)</report>")?.contains("'p/A.java' twice") == true)
    // Without debug information there are packages that count lines and name no file.
    let bare = try read(
      "<report><package name='q'><counter type='LINE' missed='1' covered='3'/></package>"
        + "<package name='r'><counter type='INSTRUCTION' missed='1' covered='3'/></package></report>"
    )
    #expect(bare.files == [Bytes("q".utf8): Ratio(covered: 3, valid: 4)].compactMapValues { $0 })
    #expect(bare.others[.instructions] == Ratio(covered: 3, valid: 4))
    #expect(bare.lines == Ratio(covered: 3, valid: 4))
    let none = try read(
      "<report><counter type='INSTRUCTION' missed='0' covered='3'/></report>")
    #expect(none.lines.isEmpty)
    let twice = "<counter type='LINE' missed='1' covered='3'/>"
    #expect(refusal("<report>\(twice)\(twice)</report>")?.contains("same counter twice") == true)
  }

  @Test("llvm-cov: the state of lines is what LLVM tells from segments")
  func llvmSegments() throws {
    let segments =
      "[1,10,4,true,true,false],[2,5,0,true,true,false],[4,6,4,true,false,false],"
      + "[6,2,0,false,false,false],[8,1,0,false,true,false],[9,1,0,false,false,false],"
      + "[10,1,1,true,true,true],[11,1,0,false,false,false]"
    let figures = try read(
      #"{"data":[{"files":[{"filename":"a","segments":[\#(segments)],"summary":"#
        + #"{"lines":{"count":7,"covered":6}}}]}],"type":"llvm.coverage.json.export","#
        + #""version":"3.0.1"}"#)
    let detail = try #require(figures.detail[Bytes("a".utf8)])
    // Line 2 begins inside of a region that ran, 3 and 4 inside of one that did not; 7 to 9 are no
    // code; a gap counts for the lines behind it.
    #expect(
      (1...11).map { detail.isHit(line: $0) }
        == [true, true, false, false, true, true, nil, nil, nil, false, true])
  }

  @Test("Istanbul: lines of old versions, wrapped maps, and shapes that are none")
  func istanbulShapes() throws {
    let file =
      #"{"path":"a.js","statementMap":{"1":{"start":{"line":4},"end":{"line":9}},"#
      + #""2":{"start":{"line":4}}},"s":{"1":0,"2":3},"f":{"1":1},"#
      + #""branchMap":{"1":{"line":4,"type":"if"}},"b":{"1":[0,2]}}"#
    let plain = try read(#"{"a.js":\#(file)}"#)
    #expect(plain.lines == Ratio(covered: 1, valid: 1))
    #expect(plain.others[.statements] == Ratio(covered: 1, valid: 2))
    #expect(plain.branches == Ratio(covered: 1, valid: 2))
    #expect(try read(file) == plain)
    #expect(try read(#"{"numTotalTests":1,"coverageMap":{"a.js":\#(file)},"x":{}}"#) == plain)
    let old = try read(file.dropLast() + #","l":{"4":1,"7":0,"8":0}}"#)
    #expect(old.lines == Ratio(covered: 1, valid: 3))
    for (text, words) in [
      (#"{"map":{"a.js":\#(file),"b.js":{}}}"#, "has no coverage of the file 'b.js'"),
      (#"{"a.js":\#(file),"b.js":{}}"#, "has no coverage of the file 'b.js'"),
      (#"{"numTotalTests":1,"coverageMap":null}"#, "holds no coverage of Istanbul"),
      (#"{"map":{},"a.js":\#(file)}"#, "in more than one shape"),
      (file.replacing(#""s":{"1":0,"#, with: #""s":{"#), "statements of 'a.js' without a count"),
      (
        file.replacing(#""s":{"1":0,"#, with: #""s":{"3":1,"1":0,"#),
        "a statement of 'a.js' that is"
      ),
      (file.replacing(#""b":{"1":[0,2]}"#, with: #""b":{}"#), "branches of 'a.js' without a count"),
      (file.replacing(#""s":{"#, with: #""s":{"1":9,"#), "has the name '1' twice"),
    ] {
      #expect(refusal(text)?.contains(words) == true, "\(refusal(text) ?? "none")")
    }
    let empty = try read(#"{"map":{"a.js":{"path":"a.js","statementMap":{},"s":{}}}}"#)
    #expect(empty.lines.isEmpty)
  }

  @Test("two formats of one run are merged where their lines allow it")
  func merging() throws {
    func small(_ name: String, _ path: String = "a.c") throws -> CoverageFigures {
      let report = try #require(SmallReport.all.first { $0.name == name })
      return try read(report.text.replacing("a.c", with: path))
    }
    let lcov = try small("LCOV")
    for name in ["Cobertura", "Clover", "llvm-cov", "coverage.py", "Istanbul", "Go"] {
      let sum = try lcov.merged(with: try small(name))
      #expect(sum.lines == lcov.lines, "\(name)")
      #expect(sum.files.count == 1)
      #expect(sum.others.isEmpty)
    }
    #expect(try lcov.merged(with: small("JaCoCo")).files.count == 2)
    let summary = try small("Istanbul summary")
    let second = #expect(throws: CoverageClash.self) { try lcov.merged(with: summary) }
    #expect(
      second?.words == "has totals that its lines do not make up, which cannot be added to others")
    let first = #expect(throws: CoverageClash.self) { try summary.merged(with: lcov) }
    #expect(
      first?.words
        == "cannot be added to the files before it, whose totals their lines do not make up")
    for path in ["/src/a.c", "C:/src/a.c"] {
      let absolute = try small("LCOV", path)
      for (first, second) in [(lcov, absolute), (absolute, lcov)] {
        let clash = #expect(throws: CoverageClash.self) { try first.merged(with: second) }
        #expect(clash?.words == "names '\(path)' by another path than the files before it")
      }
    }
    #expect(try small("LCOV", "/src/aa.c").merged(with: lcov).files.count == 2)
  }
}
