/// Which lines of one file are known to a coverage report, and which of them are covered. Lines lie
/// in pages of 64, two bits a line, so that memory grows with unique lines and not with mentions.
public struct CoveredLines: Hashable, Sendable {
  fileprivate struct Page: Hashable {
    var known: UInt64 = 0
    var covered: UInt64 = 0

    mutating func note(line: Int, isHit: Bool) {
      let bit = UInt64(1) << UInt64(truncatingIfNeeded: line & 63)
      known |= bit
      if isHit { covered |= bit }
    }
  }

  private struct Branches: Hashable {
    var covered: UInt32
    var valid: UInt32

    func larger(_ other: Branches) -> Branches {
      (valid, covered) >= (other.valid, other.covered) ? self : other
    }
  }

  /// The largest line number.
  public static let limit = Int(Int32.max)

  fileprivate var pages: [Int32: Page] = [:]
  private var pairs: [Int32: Branches] = [:]

  /// No lines.
  public init() {}

  /// Says that a line is there, and whether it was hit. Said twice, the larger hit count stands.
  /// Lines outside 0 to `limit` are ignored.
  public mutating func note(line: Int, isHit: Bool) {
    guard (0...Self.limit).contains(line) else { return }
    pages[Int32(truncatingIfNeeded: line >> 6), default: Page()].note(line: line, isHit: isHit)
  }

  /// Says how many branches leave a line and how many of them were taken. Said twice, the pair with
  /// more branches stands, then the one with more taken. Lines outside 0 to `limit` are ignored.
  public mutating func note(line: Int, branches: Ratio) {
    guard (0...Self.limit).contains(line) else { return }
    let pair = Branches(
      covered: UInt32(clamping: branches.covered), valid: UInt32(clamping: branches.valid))
    let key = Int32(truncatingIfNeeded: line)
    pairs[key] = pairs[key].map { $0.larger(pair) } ?? pair
  }

  /// Forgets all lines and keeps the memory.
  mutating func clear() {
    pages.removeAll(keepingCapacity: true)
    pairs.removeAll(keepingCapacity: true)
  }

  /// Whether no line was noted.
  public var isEmpty: Bool { pages.isEmpty }

  /// Whether a line was hit; nil for a line that the report does not know.
  public func isHit(line: Int) -> Bool? {
    guard (0...Self.limit).contains(line),
      let page = pages[Int32(truncatingIfNeeded: line >> 6)]
    else { return nil }
    let bit = UInt64(1) << UInt64(truncatingIfNeeded: line & 63)
    return page.known & bit == 0 ? nil : page.covered & bit != 0
  }

  /// Hands every known line to `body`, the first one first, and whether it was hit.
  func visit(_ body: (_ line: Int, _ isHit: Bool) -> Void) {
    for (number, page) in pages.sorted(by: { $0.key < $1.key }) {
      var rest = page.known
      while rest != 0 {
        let bit = rest.trailingZeroBitCount
        rest &= rest - 1
        body(Int(number) << 6 | bit, page.covered >> UInt64(bit) & 1 == 1)
      }
    }
  }

  /// The known lines that were not hit, in order.
  public var missed: [ClosedRange<Int>] {
    var missed: [ClosedRange<Int>] = []
    visit { line, isHit in
      guard !isHit else { return }
      if let last = missed.last, last.upperBound == line - 1 {
        missed[missed.count - 1] = last.lowerBound...line
      } else {
        missed.append(line...line)
      }
    }
    return missed
  }

  /// The covered lines of all known ones.
  public var lines: Ratio {
    pages.values.reduce(.empty) {
      $0 + Ratio(counted: $1.covered.nonzeroBitCount, of: $1.known.nonzeroBitCount)
    }
  }

  /// The branches taken of all known ones.
  public var branches: Ratio {
    pairs.values.reduce(.empty) { $0 + Ratio(counted: Int($1.covered), of: Int($1.valid)) }
  }

  /// Adds the lines of another report of the same run: hit if either says so.
  public mutating func merge(_ other: CoveredLines) {
    pages.merge(other.pages) {
      Page(known: $0.known | $1.known, covered: $0.covered | $1.covered)
    }
    pairs.merge(other.pairs) { $0.larger($1) }
  }

  /// The lines of two reports of one run together: hit if either says so.
  public func merged(with other: CoveredLines) -> CoveredLines {
    var sum = self
    sum.merge(other)
    return sum
  }
}

/// Notes the lines of one file quickly: reports name them in order, so the page that is being
/// filled is kept out of the table until another one is wanted.
struct LineTally {
  /// What was noted; complete only after `settle`.
  private(set) var noted = CoveredLines()
  private var page = CoveredLines.Page()
  private var number: Int32 = -1

  /// Whether no line was noted.
  var isEmpty: Bool { number < 0 && noted.isEmpty }

  /// Says that a line, 0 to `CoveredLines.limit`, is there, and whether it was hit.
  @inline(__always)
  mutating func note(line: Int, isHit: Bool) {
    let wanted = Int32(truncatingIfNeeded: line >> 6)
    if wanted != number { turn(to: wanted) }
    page.note(line: line, isHit: isHit)
  }

  mutating func note(line: Int, branches: Ratio) { noted.note(line: line, branches: branches) }

  /// Whether a line was noted.
  func knows(line: Int) -> Bool {
    let bit = UInt64(1) << UInt64(truncatingIfNeeded: line & 63)
    let wanted = Int32(truncatingIfNeeded: line >> 6)
    return ((wanted == number ? page : noted.pages[wanted])?.known ?? 0) & bit != 0
  }

  /// Puts the page that is being filled into the table.
  mutating func settle() {
    if number >= 0 { noted.pages[number] = page }
    number = -1
  }

  /// Exchanges the settled lines with those of another file.
  mutating func exchange(with other: inout CoveredLines) {
    settle()
    swap(&noted, &other)
  }

  /// Adds settled lines.
  mutating func merge(_ other: CoveredLines) {
    settle()
    noted.merge(other)
  }

  /// Forgets all lines and keeps the memory.
  mutating func clear() {
    number = -1
    noted.clear()
  }

  private mutating func turn(to wanted: Int32) {
    settle()
    page = noted.pages[wanted] ?? CoveredLines.Page()
    number = wanted
  }
}
