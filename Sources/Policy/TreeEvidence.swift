public import Evidence
public import GitModel

/// Figures that somebody stated about a tree.
public struct Stated<Figures: Hashable & Sendable>: Hashable, Sendable {
  /// Which run of which suite: `default` when nothing else was said.
  public let suite: String
  /// When it was stated, as the statement claims.
  public let recorded: Instant
  /// The figures.
  public let figures: Figures
  /// For people: where it comes from and whether anybody signed it.
  public let source: String
  /// Who signed it; nil for what is no statement, such as a file that was handed over.
  public let signers: StatementSigners?

  /// Figures from `source`, such as `statement 1fd6b4950b9b`.
  public init(
    suite: String, recorded: Instant, figures: Figures, source: String,
    signers: StatementSigners? = nil
  ) {
    (self.suite, self.recorded, self.figures) = (suite, recorded, figures)
    self.source = signers.map { "\(source), \($0.words)" } ?? source
    self.signers = signers
  }
}

/// Everything that is stated about one exact tree.
public struct TreeEvidence: Hashable, Sendable {
  /// The tree.
  public let tree: ObjectID
  /// Test results.
  public private(set) var tests: [Stated<TestFigures>]
  /// Coverage.
  public private(set) var coverage: [Stated<CoverageFigures>]
  /// What scanners found.
  public private(set) var scans: [Stated<ScanFigures>]
  /// Statements under this tree that could not be read, each with the reason.
  public let unreadable: [String]

  /// What is stated about `tree`.
  public init(
    tree: ObjectID, tests: [Stated<TestFigures>] = [], coverage: [Stated<CoverageFigures>] = [],
    scans: [Stated<ScanFigures>] = [], unreadable: [String] = []
  ) {
    (self.tree, self.tests, self.coverage) = (tree, tests, coverage)
    (self.scans, self.unreadable) = (scans, unreadable)
  }

  /// Adds figures that were handed over for this run only.
  public mutating func add(
    tests: [Stated<TestFigures>] = [], coverage: [Stated<CoverageFigures>] = [],
    scans: [Stated<ScanFigures>] = []
  ) {
    self.tests += tests
    self.coverage += coverage
    self.scans += scans
  }

  /// How the names of the files end that coverage measures, whoever states it.
  public var measuredEndings: Set<Bytes> {
    Set(coverage.flatMap { $0.figures.files.keys.compactMap { PatchReading.ending(of: $0) } })
  }

  /// Of each suite what was stated last, all of it when several were stated in the same second.
  static func standing<Figures>(_ all: [Stated<Figures>]) -> [Stated<Figures>] {
    let last = Dictionary(all.map { ($0.suite, $0.recorded) }, uniquingKeysWith: max)
    return all.filter { $0.recorded == last[$0.suite] }
      .sorted { ($0.suite, $0.source) < ($1.suite, $1.source) }
  }
}
