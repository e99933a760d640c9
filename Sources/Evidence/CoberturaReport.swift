import GitModel

/// Counts the lines of a Cobertura report (SPECS.md 0 and 3.1): unique pairs of file and line with
/// the largest hit count. A line is covered if it was hit, whatever its branches.
///
/// Lines are taken from `class/lines`. Those under `class/methods` are copies and are left out,
/// unless the class has no lines of its own. Several classes may share one file.
final class CoberturaReport: XMLHandler {
  private static let maximumSources = 1000
  private static let sourceLimit = 4096

  private let maximumFiles: Int

  // Much of it changes with every line, one event after the other (see `ExpatReader`).
  private var files: [CoveredLines] = []
  private var indices: [Bytes: Int] = [:]
  private var sources: [Bytes] = []
  private var sawPackages = false
  @exclusivity(unchecked) private var isInSource = false

  /// The open class: its depth, 0 for none; its file; its own lines, merged into those that the
  /// file already has, and those of its methods.
  @exclusivity(unchecked) private var classDepth = 0
  @exclusivity(unchecked) private var file = 0
  @exclusivity(unchecked) private var path: Bytes = []
  @exclusivity(unchecked) private var hasOwnLines = false
  @exclusivity(unchecked) private var lines = LineTally()
  @exclusivity(unchecked) private var methodLines = LineTally()
  /// The depth of the open `lines` element, 0 for none, and whether it is the class's own.
  @exclusivity(unchecked) private var linesDepth = 0
  @exclusivity(unchecked) private var linesAreOwn = false

  init(maximumFiles: Int) { self.maximumFiles = maximumFiles }

  var figures: CoverageFigures {
    var detail: [Bytes: CoveredLines] = [:]
    detail.reserveCapacity(indices.count)
    for (path, index) in indices { detail[path] = files[index] }
    return CoverageFigures(detail: detail, sources: sources)
  }

  func start(
    _ element: XMLName, _ attributes: XMLAttributes, depth: Int
  ) throws(XMLRefusal) -> Bool {
    if depth - 1 == linesDepth, linesDepth > 0 {
      if element == "line" { try note(attributes) }
      return false
    }
    if classDepth > 0 {
      if element == "lines" {
        linesDepth = depth
        linesAreOwn = depth == classDepth + 1
      } else if element == "class" {
        throw XMLRefusal(words: "holds a class inside a class")
      }
      return false
    }
    if element == "class" {
      try open(attributes, depth: depth)
    } else if element == "packages" {
      sawPackages = true
    } else if element == "source" {
      isInSource = true
      if sources.count < Self.maximumSources { sources.append([]) }
      return true
    }
    return false
  }

  func text(_ part: UnsafeBufferPointer<UInt8>) {
    guard let last = sources.indices.last, isInSource else { return }
    let room = Self.sourceLimit - sources[last].count
    if room > 0 { sources[last].append(contentsOf: part.prefix(room)) }
  }

  func end(depth: Int) throws(XMLRefusal) {
    if depth == linesDepth {
      linesDepth = 0
    } else if depth == classDepth {
      close()
    } else if isInSource {
      isInSource = false
    }
  }

  func finish() throws(XMLRefusal) {
    if !sawPackages {
      throw XMLRefusal(words: "is no coverage report that is read: <coverage> without <packages>")
    }
    sources = sources.map { Bytes($0.trimmed) }.filter { !$0.isEmpty }
  }

  private func open(_ attributes: XMLAttributes, depth: Int) throws(XMLRefusal) {
    path.removeAll(keepingCapacity: true)
    var name: Bytes = []
    var attributes = attributes
    while let attribute = attributes.next() {
      if attribute.name == "filename" {
        path.removeAll(keepingCapacity: true)
        attribute.value.append(to: &path, limit: CoverageTally.pathLimit + 1)
      } else if attribute.name == "name" {
        attribute.value.append(to: &name, limit: CoverageTally.pathLimit)
      }
    }
    guard path.count <= CoverageTally.pathLimit else {
      throw XMLRefusal(words: "names a file by more than \(CoverageTally.pathLimit) bytes")
    }
    // A class without a file still has lines that are covered or not; left out, they would hide.
    if path.isEmpty { path = name }
    CoverageTally.normalize(&path)
    if let known = indices[path] {
      file = known
    } else {
      guard files.count < maximumFiles else {
        throw XMLRefusal(words: "names more than \(maximumFiles) files")
      }
      file = files.count
      files.append(CoveredLines())
      indices[path] = file
    }
    lines.exchange(with: &files[file])
    hasOwnLines = false
    methodLines.clear()
    classDepth = depth
  }

  private func close() {
    if !hasOwnLines, !methodLines.isEmpty {
      methodLines.settle()
      lines.merge(methodLines.noted)
    }
    lines.exchange(with: &files[file])
    classDepth = 0
  }

  private func note(_ attributes: XMLAttributes) throws(XMLRefusal) {
    var (number, isHit): (Int?, Bool?)
    var conditions: XMLValue?
    var attributes = attributes
    while let attribute = attributes.next() {
      if attribute.name == "number" {
        number = attribute.value.lineNumber
        if number == nil { throw attribute.value.refusal(as: "line number") }
      } else if attribute.name == "hits" {
        isHit = attribute.value.isPositive
        if isHit == nil { throw attribute.value.refusal(as: "hit count") }
      } else if attribute.name == "condition-coverage" {
        conditions = attribute.value
      }
    }
    guard let number, let isHit else {
      throw XMLRefusal(words: "holds a line without number and hits")
    }
    let branches = try conditions.map { value throws(XMLRefusal) in try Self.pair(value) } ?? nil
    if linesAreOwn {
      hasOwnLines = true
      lines.note(line: number, isHit: isHit)
      if let branches { lines.note(line: number, branches: branches) }
    } else if !hasOwnLines {
      methodLines.note(line: number, isHit: isHit)
      if let branches { methodLines.note(line: number, branches: branches) }
    }
  }

  /// The pair in `50% (1/2)`; nil where there is none.
  private static func pair(_ value: XMLValue) throws(XMLRefusal) -> Ratio? {
    var cursor = value.start
    while cursor.pointee != 0, cursor.pointee != UInt8(ascii: "(") { cursor += 1 }
    guard cursor.pointee != 0 else { return nil }
    cursor += 1
    guard let covered = Decimal.digits(&cursor), cursor.pointee == UInt8(ascii: "/") else {
      return nil
    }
    cursor += 1
    guard let valid = Decimal.digits(&cursor), cursor.pointee == UInt8(ascii: ")") else {
      return nil
    }
    guard valid <= Ratio.partLimit, let pair = Ratio(covered: covered, valid: valid) else {
      throw value.refusal(as: "condition coverage")
    }
    return pair
  }
}
