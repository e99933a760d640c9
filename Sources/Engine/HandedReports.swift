public import Evidence
public import GitModel
internal import Glibc
internal import Policy
internal import Signing

/// Figures read from report files: handed to one `check`, or to be attested.
public struct HandedReports: Sendable {
  /// One report file that was read.
  public struct File: Hashable, Sendable {
    /// The path as found.
    public let path: String
    /// SHA-256 of its bytes.
    public let digest: String
  }

  /// The tests of all files together; nil when no test report was named.
  public let tests: TestFigures?
  /// The test reports.
  public let testFiles: [File]
  /// The coverage; nil when no coverage report was named.
  public let coverage: CoverageFigures?
  /// The coverage reports.
  public let coverageFiles: [File]
  /// What scanners found; nil when no scan report was named.
  public let scan: ScanFigures?
  /// The scan reports.
  public let scanFiles: [File]
  /// The suite that they are said to be of.
  public let suite: String
  let recorded: Instant

  /// Reads every file that `tests`, `coverage` and `scan` name; a name may hold `*` and `**`.
  ///
  /// A file given twice counts once. A pattern that matches nothing is an error: no report is no pass.
  public init(
    tests: [String], coverage: [String], scan: [String], suite: String, recorded: Instant
  ) throws(EngineFault) {
    guard RecordedRun.isSuite(Bytes(suite.utf8)) else {
      throw EngineFault(
        "`\(Bytes(suite.utf8.prefix(60)).printable)` is no name for a suite",
        hints: [
          "--suite NAME takes one word or a few, e.g. unit; without it the suite is `default`"
        ])
    }
    self.suite = suite
    self.recorded = recorded
    var seen: Set<String> = []
    var testFigures: TestFigures?
    var testFiles: [File] = []
    for path in try ReportFiles.paths(matching: tests) {
      let report = ReportFile(path)
      let figures = try report.read { source, name throws(ReportFault) in
        try TestReport.read(source, file: name)
      }
      guard seen.insert(report.digest).inserted else { continue }
      testFigures = (testFigures ?? TestFigures()) + figures
      testFiles.append(File(path: path, digest: report.digest))
    }
    var coverageFigures: CoverageFigures?
    var coverageFiles: [File] = []
    for path in try ReportFiles.paths(matching: coverage) {
      let report = ReportFile(path)
      let figures = try report.read { source, name throws(ReportFault) in
        try CoverageReport.read(source, file: name)
      }
      guard seen.insert(report.digest).inserted else { continue }
      if let before = coverageFigures {
        do throws(CoverageClash) {
          coverageFigures = try before.merged(with: figures)
        } catch {
          throw EngineFault(
            "\(Bytes(path.utf8).printable) \(error.words)",
            hints: ["attest each report with a --suite of its own"])
        }
      } else {
        coverageFigures = figures
      }
      coverageFiles.append(File(path: path, digest: report.digest))
    }
    var scanFigures: ScanFigures?
    var scanFiles: [File] = []
    for path in try ReportFiles.paths(matching: scan) {
      let report = ReportFile(path)
      let figures = try report.read { source, name throws(ReportFault) in
        try ScanReport.read(source, file: name)
      }
      guard seen.insert(report.digest).inserted else { continue }
      scanFigures = (scanFigures ?? ScanFigures()) + figures
      scanFiles.append(File(path: path, digest: report.digest))
    }
    (self.tests, self.testFiles) = (testFigures, testFiles)
    (self.scan, self.scanFiles) = (scanFigures, scanFiles)
    (self.coverage, self.coverageFiles) = (coverageFigures, coverageFiles)
  }
}

extension TreeEvidence {
  /// Adds figures that were handed over for this run only; of their suite they are the last word.
  mutating func add(_ handed: HandedReports) {
    func source(_ files: [HandedReports.File]) -> String {
      files.count == 1
        ? "file \(Bytes(files[0].path.utf8).printable)" : "\(files.count) files, handed over"
    }
    let last = Instant(seconds: .max)
    if let tests = handed.tests {
      add(tests: [
        Stated(
          suite: handed.suite, recorded: last, figures: tests, source: source(handed.testFiles))
      ])
    }
    if let coverage = handed.coverage {
      add(coverage: [
        Stated(
          suite: handed.suite, recorded: last, figures: coverage,
          source: source(handed.coverageFiles))
      ])
    }
    if let scan = handed.scan {
      add(scans: [
        Stated(
          suite: handed.suite, recorded: last, figures: scan, source: source(handed.scanFiles))
      ])
    }
  }
}

/// One report file, read once from its start to its end and digested on the way.
private final class ReportFile {
  private let path: String
  private(set) var digest = ""

  init(_ path: String) { self.path = path }

  func read<Figures>(
    _ read: (ByteSource, Bytes) throws(ReportFault) -> Figures
  ) throws(EngineFault) -> Figures {
    let shown = Bytes(path.utf8).printable
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw EngineFault(
        "the report \(shown) cannot be opened: \(String(cString: strerror(errno)))",
        hints: [
          "what follows --tests, --coverage or --scan is read as reports; put a ref before them"
        ])
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      throw EngineFault(
        "the report \(shown) is a directory", hints: ["name its files: '\(shown)/**/*.xml'"])
    }
    var hash = SHA256Digest.Incremental()
    let source = ByteSource { buffer in
      while true {
        let count = Glibc.read(file, buffer.baseAddress, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw ReadingStopped() }
        hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
      }
    }
    let figures: Figures
    do { figures = try read(source, Bytes(path.utf8)) } catch {
      throw EngineFault("cannot read the report \(shown): \(error.sentence)")
    }
    digest = hash.hex
    return figures
  }

  private struct ReadingStopped: Error {}
}

/// Finding report files by pattern.
enum ReportFiles {
  /// How many files one pattern may name.
  static let maximum = 10_000

  /// The regular files that `patterns` name, sorted, each once. A pattern without wildcards names a
  /// file; one with wildcards must match some.
  static func paths(matching patterns: [String]) throws(EngineFault) -> [String] {
    var all: [String] = []
    var seen: Set<String> = []
    for pattern in patterns {
      let found = try paths(matching: pattern)
      guard !found.isEmpty else {
        throw EngineFault(
          "no file matches \(Bytes(pattern.utf8).printable)",
          hints: ["run the tests so that they write their reports; quote the pattern in the shell"])
      }
      all += found.filter { seen.insert($0).inserted }
    }
    return all
  }

  private static func paths(matching pattern: String) throws(EngineFault) -> [String] {
    let isLiteral = !pattern.utf8.contains { "*?[{".utf8.contains($0) }
    if isLiteral { return [pattern] }
    let glob: Glob
    do { glob = try Glob(pattern) } catch {
      throw EngineFault("the pattern \(Bytes(pattern.utf8).printable) \(error.words)")
    }
    // Only folders below the part of the pattern that has no wildcard can hold a match.
    let folders = pattern.split(separator: "/", omittingEmptySubsequences: false)
      .prefix { part in !part.utf8.contains { "*?[{".utf8.contains($0) } }
    let base = folders.joined(separator: "/")
    var found: [String] = []
    try walk(base.isEmpty ? (pattern.hasPrefix("/") ? "/" : ".") : base, depth: 0) {
      path throws(EngineFault) in
      let name = path.hasPrefix("./") && !pattern.hasPrefix("./") ? String(path.dropFirst(2)) : path
      guard glob.matches(Bytes(name.utf8)) else { return }
      found.append(name)
      guard found.count <= maximum else {
        throw EngineFault("\(Bytes(pattern.utf8).printable) matches more than \(maximum) files")
      }
    }
    return found.sorted()
  }

  /// Every regular file below `folder`; links to folders are not followed, so that no loop is walked.
  private static func walk(
    _ folder: String, depth: Int, _ visit: (String) throws(EngineFault) -> Void
  ) throws(EngineFault) {
    guard depth < 64 else {
      throw EngineFault("\(Bytes(folder.utf8).printable) lies too deep to look for reports in it")
    }
    guard let stream = opendir(folder) else {
      // A folder that is passed over could hold the report that fails.
      guard errno == ENOENT || errno == ENOTDIR else {
        throw EngineFault(
          "\(Bytes(folder.utf8).printable) cannot be searched for reports: \(String(cString: strerror(errno)))"
        )
      }
      return
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." || name == ".git" { continue }
      let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
      var status = stat()
      guard lstat(path, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try walk(path, depth: depth + 1, visit)
      case S_IFREG: try visit(path)
      default: break
      }
    }
  }
}

extension ReportFault {
  /// `line 3, column 1: ...`, behind the name of the file.
  fileprivate var sentence: String {
    "line \(line)\(column.map { ", column \($0)" } ?? ""): \(words)"
  }
}
