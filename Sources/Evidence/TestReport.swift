public import GitModel

/// Reads test reports.
public enum TestReport {
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
  ) throws(ReportFault) -> TestFigures {
    let (head, whole): (Bytes, ByteSource)
    do { (head, whole) = try source.peeking(headBytes) } catch {
      throw ReportFault(file: file, line: 1, words: "cannot be read: \(error)")
    }
    if head.looksLikeXML { return try readXML(whole, file: file, limits: limits) }
    var lines = LineReader(whole, file: file, limits: limits)
    switch LineFormat(head) {
    case .tap: return try TAPReport(&lines).figures
    case .goTest: return try GoTestReport(&lines, maximumTests: limits.tests).figures
    case .other(let name):
      throw ReportFault(
        file: file, line: 1, words: "is no test report that is read: it looks like \(name)")
    case nil:
      throw ReportFault(
        file: file, line: 1,
        words: "is no test report that is read: JUnit XML, TAP and the events of "
          + "`go test -json` are")
    }
  }

  private static func readXML(
    _ source: ByteSource, file: Bytes, limits: ReportLimits
  ) throws(ReportFault) -> TestFigures {
    let report = JUnitReport()
    try ExpatReader.read(source, file: file, limits: limits) { root throws(XMLRefusal) in
      let kind = ReportKind(root: root.bytes)
      guard kind == .junit else { throw kind.refusal(wanted: "test report that is read") }
      return report
    }
    return report.figures
  }

  /// A format of lines, by the first line that only one format has; what a program says before it is
  /// no part of the report.
  private enum LineFormat {
    case tap, goTest
    case other(String)

    init?(_ head: Bytes) {
      var text = head[...]
      if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
      for line in text.split(separator: UInt8(ascii: "\n")) {
        if line.first == UInt8(ascii: "{") {
          self = .goTest
          return
        }
        if TAPReport.isTelling(line) {
          self = .tap
          return
        }
        let looks = [
          ("[", "JSON"), ("TN:", "LCOV"), ("SF:", "LCOV"), ("mode: ", "a Go cover profile"),
        ]
        for look in looks where line.starts(with: look.0.utf8) {
          self = .other(look.1)
          return
        }
      }
      return nil
    }
  }
}
