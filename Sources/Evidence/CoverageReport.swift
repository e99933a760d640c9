public import GitModel

/// Reads coverage reports.
public enum CoverageReport {
  /// How much of a report is looked at to tell its format.
  private static let headBytes = 1 << 16

  /// Reads one report to its end, its format found by its content.
  ///
  /// - Parameters:
  ///   - source: the bytes of the report.
  ///   - file: what the file is called in faults.
  ///   - limits: when to stop reading.
  /// - Returns: what was counted.
  /// - Throws: `ReportFault` if the report is broken, cut short, hostile or of another kind.
  public static func read(
    _ source: ByteSource, file: Bytes, limits: ReportLimits = ReportLimits()
  ) throws(ReportFault) -> CoverageFigures {
    let figures = try count(source, file: file, limits: limits)
    let ratios = [figures.lines, figures.branches ?? .empty] + figures.others.values
    guard ratios.allSatisfy({ $0.valid <= Ratio.limit }) else {
      throw ReportFault(file: file, line: 1, words: "counts more than \(Ratio.limit) of something")
    }
    return figures
  }

  private static func count(
    _ source: ByteSource, file: Bytes, limits: ReportLimits
  ) throws(ReportFault) -> CoverageFigures {
    let (head, whole): (Bytes, ByteSource)
    do { (head, whole) = try source.peeking(headBytes) } catch {
      throw ReportFault(file: file, line: 1, words: "cannot be read: \(error)")
    }
    switch CoverageFormat(head) {
    case .xml: return try readXML(whole, file: file, limits: limits)
    case .lines(let kind):
      var lines = LineReader(whole, file: file, limits: limits)
      return kind == .lcov
        ? try LCOVReport(&lines, limits: limits).figures
        : try GoCoverReport(&lines, limits: limits).figures
    case .json(let kind):
      do throws(JSONFault) {
        return try readJSON(whole, kind, limits: limits)
      } catch {
        throw ReportFault(error, file: file)
      }
    case .other(let name):
      throw ReportFault(
        file: file, line: 1, words: "is no coverage report that is read: it looks like \(name)")
    }
  }

  private static func readXML(
    _ source: ByteSource, file: Bytes, limits: ReportLimits
  ) throws(ReportFault) -> CoverageFigures {
    var root: ReportKind?
    var read: (() -> CoverageFigures)?
    try ExpatReader.read(source, file: file, limits: limits) { name throws(XMLRefusal) in
      let kind = root == nil ? ReportKind(root: name.bytes) : ReportKind(coverageChild: name.bytes)
      if root == nil {
        root = kind
        if kind == .cobertura { return nil }
      }
      switch kind {
      case .cobertura:
        let report = CoberturaReport(maximumFiles: limits.files)
        read = { report.figures }
        return report
      case .clover:
        let report = CloverReport(limits)
        read = { report.figures }
        return report
      case .jacoco:
        let report = JaCoCoReport(limits)
        read = { report.figures }
        return report
      default: throw kind.refusal(wanted: "coverage report that is read")
      }
    }
    guard let read else {
      throw ReportFault(
        file: file, line: 1,
        words: "is no coverage report that is read: <coverage> without <packages> or <project>")
    }
    return read()
  }

  private static func readJSON(
    _ source: ByteSource, _ kind: ReportKind?, limits: ReportLimits
  ) throws(JSONFault) -> CoverageFigures {
    let json = JSONReader(source, limits: JSONLimits(limits))
    try json.skipByteOrderMark()
    switch kind {
    case .llvmCov: return try LLVMCoverageReport(json, limits: limits).figures
    case .coveragePy: return try CoveragePyReport(json, limits: limits).figures
    case .istanbul: return try IstanbulReport(json, limits: limits).figures
    case .istanbulSummary: return try IstanbulSummary(json, limits: limits).figures
    default:
      // Whether it is JSON at all is the better thing to say first.
      try json.skip()
      try json.end()
      throw JSONFault(
        line: 1, column: 1,
        words: "is no coverage report that is read: JSON of llvm-cov, coverage.py and Istanbul is")
    }
  }
}

/// The format of a coverage report, told by its head.
private enum CoverageFormat {
  case xml
  case lines(ReportKind)
  case json(ReportKind?)
  case other(String)

  init(_ head: Bytes) {
    let marks: [UInt8] = [0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0]
    let text = head.drop { $0.isASCIISpace || marks.contains($0) }
    switch text.first {
    case nil, UInt8(ascii: "<"): self = .xml
    case UInt8(ascii: "{"), UInt8(ascii: "["): self = .json(ReportKind(json: head))
    default: self = Self.lines(of: text)
    }
  }

  /// The format of lines, by the first that is no comment.
  private static func lines(of text: BytesSlice) -> CoverageFormat {
    var rest = text
    while rest.first == UInt8(ascii: "#") {
      rest = rest.drop { $0 != UInt8(ascii: "\n") }.drop(while: \.isASCIISpace)
    }
    let looks: [(prefix: String, format: CoverageFormat)] = [
      ("TN:", .lines(.lcov)), ("SF:", .lines(.lcov)), ("mode: ", .lines(.goCover)),
      ("TAP version", .other("TAP")), ("1..", .other("TAP")), ("ok ", .other("TAP")),
      ("not ok ", .other("TAP")),
    ]
    for look in looks where rest.starts(with: look.prefix.utf8) { return look.format }
    return .xml
  }
}

extension ReportKind {
  /// The kind of coverage that a JSON document holds, told by the names at its front; nil if they
  /// tell none.
  fileprivate init?(json head: Bytes) {
    let reader = JSONReader(.bytes(head), limits: JSONLimits(bytes: head.count))
    // The head ends somewhere inside the document, which is a fault that says nothing.
    guard let kind = try? Self.told(by: reader) else { return nil }
    self = kind
  }

  private static func told(by json: JSONReader) throws(JSONFault) -> ReportKind? {
    try json.skipByteOrderMark()
    try json.enterObject()
    while let name = try json.nextName() {
      switch name {
      case "data": return try json.kind() == .array ? .llvmCov : .istanbul
      case "meta", "files", "totals": return .coveragePy
      case "total": return .istanbulSummary
      case "coverageMap", "map", "result", "path", "statementMap", "numTotalTests": return .istanbul
      case "type", "version": try json.skip()
      case _ where try json.kind() == .object:
        if let kind = try file(json) { return kind }
      default: try json.skip()
      }
    }
    return nil
  }

  /// What the entry of a file in a map of files tells.
  private static func file(_ json: JSONReader) throws(JSONFault) -> ReportKind? {
    try json.enterObject()
    while let name = try json.nextName() {
      switch name {
      case "path", "statementMap", "fnMap", "branchMap", "s", "f", "b": return .istanbul
      case "lines", "statements": return .istanbulSummary
      default: try json.skip()
      }
    }
    return nil
  }
}
