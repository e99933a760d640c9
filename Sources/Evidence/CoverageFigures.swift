public import GitModel

/// How much of something is covered: two counts, never a rounded percentage (SPECS.md 3.0).
public struct Ratio: Hashable, Sendable {
  /// The largest count; a claim beyond it is refused, so that no comparison can overflow.
  public static let limit = 1 << 40
  /// The largest count that a reader takes from one place, so that no sum of all that fit into a
  /// report can overflow.
  static let partLimit = Int(UInt32.max)

  /// How many are covered.
  public let covered: Int
  /// How many there are.
  public let valid: Int

  /// Nothing of nothing.
  public static let empty = Ratio(counted: 0, of: 0)

  /// A ratio of counts; nil unless `0 <= covered <= valid <= limit`.
  public init?(covered: Int, valid: Int) {
    guard covered >= 0, covered <= valid, valid <= Self.limit else { return nil }
    self.init(counted: covered, of: valid)
  }

  /// A ratio of counts that a reader of this module made itself.
  init(counted covered: Int, of valid: Int) {
    self.covered = covered
    self.valid = valid
  }

  /// Whether nothing was measured. Nothing of nothing is not 100 % (SPECS.md 1, rule 7).
  public var isEmpty: Bool { valid == 0 }

  /// Whether at least this share is covered, compared as integers; false if nothing was measured.
  public func meets(_ threshold: Percentage) -> Bool {
    !isEmpty && Int128(covered) * 10_000 >= Int128(threshold.hundredths) * Int128(valid)
  }

  /// Whether the covered share fell from `baseline` to this by more than `drop` percentage points,
  /// compared as integers; nil if either measured nothing.
  public func fell(from baseline: Ratio, byMoreThan drop: Percentage) -> Bool? {
    guard !isEmpty, !baseline.isEmpty else { return nil }
    let before = Int128(baseline.covered) * Int128(valid)
    let now = Int128(covered) * Int128(baseline.valid)
    let whole = Int128(valid) * Int128(baseline.valid)
    return (before - now) * 10_000 > Int128(drop.hundredths) * whole
  }

  /// The covered share, rounded down, so that 79.999 % never shows as 80 %; nil for nothing.
  public var roundedDown: Percentage? {
    isEmpty ? nil : Percentage(hundredths: Int(Int128(covered) * 10_000 / Int128(valid)))
  }

  /// The counts of two disjoint sets together.
  public static func + (left: Ratio, right: Ratio) -> Ratio {
    Ratio(counted: left.covered + right.covered, of: left.valid + right.valid)
  }
}

/// A share from 0 % to 100 %, exact to a hundredth of a percent.
public struct Percentage: Hashable, Comparable, Sendable {
  /// Hundredths of a percent, 0 to 10,000.
  public let hundredths: Int

  /// A share from hundredths of a percent; nil outside 0 to 10,000.
  public init?(hundredths: Int) {
    guard (0...10_000).contains(hundredths) else { return nil }
    self.hundredths = hundredths
  }

  /// A share from text such as `80%` or `80.25%`: digits, perhaps a point and one or two digits,
  /// the sign; nil for anything else and above 100 %. Nothing is rounded.
  public init?(_ text: String) {
    var rest = Array(text.utf8)[...]
    guard rest.popLast() == UInt8(ascii: "%") else { return nil }
    let parts = rest.split(
      separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, (1...3).contains(whole.count) else { return nil }
    var digits = Bytes(whole)
    if parts.count == 2 {
      guard (1...2).contains(parts[1].count) else { return nil }
      digits += parts[1]
      if parts[1].count == 1 { digits.append(UInt8(ascii: "0")) }
    } else {
      digits += Bytes("00".utf8)
    }
    guard digits.allSatisfy(\.isASCIIDigit) else { return nil }
    self.init(hundredths: digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
  }

  /// The smaller share first.
  public static func < (left: Percentage, right: Percentage) -> Bool {
    left.hundredths < right.hundredths
  }
}

extension Percentage: CustomStringConvertible {
  /// The share as it is written in a policy, with no more decimals than it needs.
  public var description: String {
    let (whole, part) = hundredths.quotientAndRemainder(dividingBy: 100)
    if part == 0 { return "\(whole)%" }
    if part % 10 == 0 { return "\(whole).\(part / 10)%" }
    return "\(whole).\(part < 10 ? "0" : "")\(part)%"
  }
}

/// What a coverage report counts besides lines and branches (SPECS.md 3.0).
public enum CoverageUnit: String, Hashable, Sendable, CaseIterable {
  /// Statements: Clover, coverage.py, Istanbul, Go.
  case statements
  /// Instructions of the virtual machine: JaCoCo.
  case instructions
  /// Regions of code: llvm-cov.
  case regions
  /// Functions or methods: Clover, llvm-cov, Istanbul.
  case functions
}

/// What a coverage report says, counted from its lines and never from totals that it claims
/// (SPECS.md 0 and 3.0).
public struct CoverageFigures: Hashable, Sendable {
  /// Lines over all files: unique pairs of file and line. Every format has lines or lets them be
  /// told; where a report has none all the same (JaCoCo of classes without debug information), this
  /// is nothing of nothing, which meets no threshold.
  public var lines: Ratio
  /// Branches over all files; nil where the report has none, which is not 0 %.
  public var branches: Ratio?
  /// What the format counts besides.
  public var others: [CoverageUnit: Ratio] = [:]
  /// Lines per file. The path as the report writes it, `\` as `/`.
  public var files: [Bytes: Ratio]
  /// Which lines are known and covered, per file: what patch coverage asks, and what merging two
  /// reports needs. Empty in figures that come from a statement.
  public var detail: [Bytes: CoveredLines]
  /// The same in figures that come from a statement, as it is written there. A file that is in `files`
  /// and not here has lines whose state is not stated.
  public var runs: [Bytes: LineRuns] = [:]
  /// The directories that the paths may be relative to, as the report writes them.
  public var sources: [Bytes]

  /// What is known of some lines of a file; nil where the state of its lines is not.
  public func lines(of path: Bytes, within ranges: [ClosedRange<Int>]) -> CoveredLines? {
    if let runs = runs[path] { return runs.lines(within: ranges) }
    guard let state = detail[path] else { return nil }
    var lines = CoveredLines()
    for range in ranges {
      for line in range {
        if let isHit = state.isHit(line: line) { lines.note(line: line, isHit: isHit) }
      }
    }
    return lines
  }

  /// Figures from totals, without the state of each line.
  public init(lines: Ratio, branches: Ratio?, files: [Bytes: Ratio]) {
    self.lines = lines
    self.branches = branches
    self.files = files
    detail = [:]
    sources = []
  }

  /// Figures from the state of each line; files without lines are left out.
  public init(detail: [Bytes: CoveredLines], sources: [Bytes] = []) {
    var (lines, branches) = (Ratio.empty, Ratio.empty)
    var files: [Bytes: Ratio] = [:]
    let kept = detail.filter { !$0.value.lines.isEmpty }
    files.reserveCapacity(kept.count)
    for (path, state) in kept {
      files[path] = state.lines
      lines = lines + state.lines
      branches = branches + state.branches
    }
    self.lines = lines
    self.branches = branches.isEmpty ? nil : branches
    self.files = files
    self.detail = kept
    self.sources = sources
  }
}
