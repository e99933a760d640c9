import GitModel

/// The files of one coverage report and their lines, by path.
struct CoverageTally {
  /// How many bytes a path may have.
  static let pathLimit = 4096

  private let limits: ReportLimits
  private var indices: [Bytes: Int] = [:]
  private var spanned = 0

  /// The lines of each file, in the order of `open`.
  private(set) var files: [CoveredLines] = []

  init(_ limits: ReportLimits) { self.limits = limits }

  /// Makes `\` in a path `/`.
  static func normalize(_ path: inout Bytes) {
    for index in path.indices where path[index] == UInt8(ascii: "\\") {
      path[index] = UInt8(ascii: "/")
    }
  }

  /// The index of the file with a path, and whether it was there before; nil if it cannot be taken,
  /// which `refusal` puts into words.
  mutating func open(_ path: Bytes) -> (index: Int, isKnown: Bool)? {
    var path = path
    Self.normalize(&path)
    if let known = indices[path] { return (known, true) }
    guard !path.isEmpty, path.count <= Self.pathLimit, files.count < limits.files else {
      return nil
    }
    indices[path] = files.count
    files.append(CoveredLines())
    return (files.count - 1, false)
  }

  /// Why a path was not taken.
  func refusal(of path: Bytes) -> String {
    if path.isEmpty { return "names a file by nothing" }
    if path.count > Self.pathLimit { return "names a file by more than \(Self.pathLimit) bytes" }
    return "names more than \(limits.files) files"
  }

  /// The index of a file that was opened; nil for a path that was not.
  func index(of path: Bytes) -> Int? { indices[path] }

  /// Says that a line of a file is there, and whether it was hit.
  mutating func note(_ file: Int, line: Int, isHit: Bool) {
    files[file].note(line: line, isHit: isHit)
  }

  /// Says how many branches leave a line of a file and how many of them were taken.
  mutating func note(_ file: Int, line: Int, branches: Ratio) {
    files[file].note(line: line, branches: branches)
  }

  /// Says of all lines of a span whether they were hit; false if a report spans more lines than it
  /// may have elements, so that a few bytes cannot keep the reader busy for ever.
  mutating func note(_ file: Int, lines: ClosedRange<Int>, isHit: Bool) -> Bool {
    spanned += lines.count
    guard spanned <= limits.elements else { return false }
    for line in lines { files[file].note(line: line, isHit: isHit) }
    return true
  }

  /// Gives a file its lines.
  mutating func set(_ file: Int, _ lines: CoveredLines) { files[file] = lines }

  /// Exchanges the lines of a file with those that a reader notes quickly.
  mutating func exchange(_ file: Int, with lines: inout LineTally) {
    lines.exchange(with: &files[file])
  }

  /// The lines of each file by its path.
  var detail: [Bytes: CoveredLines] { indices.mapValues { files[$0] } }

  /// The totals that a reader keeps for each file in the order of `open`, by path.
  func byPath<Value>(_ values: [Value]) -> [Bytes: Value] {
    indices.compactMapValues { $0 < values.count ? values[$0] : nil }
  }
}
