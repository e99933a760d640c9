import GitModel
import Testing

@testable import Evidence

@Suite struct LineRunsTests {
  private func lines(_ numbers: [Int]) -> CoveredLines {
    var lines = CoveredLines()
    for number in numbers { lines.note(line: abs(number), isHit: number > 0) }
    return lines
  }

  @Test(
    arguments: [
      ([], ""), ([1, 2, 3, -4, -5], ".1+3-2"), ([1, 3, -4, 200], ".1+1.1+1-1.195+1"),
      ([0], "-1"), ([63, 64, 65, -128], ".63+3.62-1"),
      ([CoveredLines.limit], ".2147483647+1"),
    ] as [([Int], String)])
  func written(_ numbers: [Int], _ text: String) throws {
    let runs = LineRuns(lines(numbers))
    #expect(String(decoding: runs.text, as: UTF8.self) == text)
    #expect(LineRuns(text: runs.text) == runs)
    for range in numbers.map({ abs($0)...abs($0) }) {
      #expect(runs.lines(within: [range]) == lines(numbers.filter { abs($0) == range.lowerBound }))
    }
  }

  @Test func someOfThem() {
    let runs = LineRuns(lines([1, 2, 3, -4, -5, 9, 10, -11]))
    #expect(runs.lines(within: []) == CoveredLines())
    #expect(runs.lines(within: [2...4, 6...7, 10...900]) == lines([2, 3, -4, 10, -11]))
    #expect(runs.lines(within: [0...1, 3...3, 5...5, 11...11]) == lines([1, 3, -5, -11]))
    #expect(runs.lines(within: [2...4, 5...5]).missed == [4...5])
    #expect(runs.lines(within: [12...20]).lines == .empty)
  }

  /// Against the plain way of looking, over many made-up files.
  @Test func asLooking() {
    var seed: UInt64 = 7
    func next(_ below: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % below
    }
    for _ in 0..<300 {
      var state = CoveredLines()
      for _ in 0..<next(60) { state.note(line: next(150), isHit: next(2) == 0) }
      var (ranges, from): ([ClosedRange<Int>], Int) = ([], next(10))
      while from < 160 {
        let to = from + next(12)
        ranges.append(from...to)
        from = to + 1 + next(20)
      }
      var figures = CoverageFigures(detail: [Bytes("a".utf8): state])
      let plain = figures.lines(of: Bytes("a".utf8), within: ranges) ?? CoveredLines()
      let runs = LineRuns(state)
      #expect(LineRuns(text: runs.text) == runs)
      figures.runs[Bytes("a".utf8)] = runs
      #expect(runs.lines(within: ranges) == plain)
    }
  }

  @Test(arguments: [
    "1", "+", "+0", "+01", "*1", "+1-", "+1 -1", "+99999999999", "+2147483648+1", "+1\u{0}",
  ])
  func hostile(_ text: String) { #expect(LineRuns(text: Bytes(text.utf8)) == nil) }

  @Test func everyLineThereIs() { #expect(LineRuns(text: Bytes("+2147483648".utf8)) != nil) }
}
