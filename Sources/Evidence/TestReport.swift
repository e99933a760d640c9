public import GitModel

/// Reads test reports.
public enum TestReport {
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
    let report = JUnitReport()
    try ExpatReader.read(source, file: file, limits: limits) { root throws(XMLRefusal) in
      let kind = ReportKind(root: root.bytes)
      guard kind == .junit else { throw kind.refusal(wanted: "test report that is read") }
      return report
    }
    return report.figures
  }
}
