public import GitModel

/// Reads the reports of scanners: SARIF, and CycloneDX with vulnerabilities (SPECS.md 4).
public enum ScanReport {
  /// How much of a report is looked at to tell XML from JSON.
  private static let headBytes = 1 << 10

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
  ) throws(ReportFault) -> ScanFigures {
    let (head, whole): (Bytes, ByteSource)
    do { (head, whole) = try source.peeking(headBytes) } catch {
      throw ReportFault(file: file, line: 1, words: "cannot be read: \(error)")
    }
    if head.looksLikeXML {
      let report = CycloneDXMLReport()
      try ExpatReader.read(whole, file: file, limits: limits) { root throws(XMLRefusal) in
        let kind = ReportKind(root: root.bytes)
        guard kind == .cycloneDX else { throw kind.refusal(wanted: "scan report that is read") }
        return report
      }
      return report.report.figures
    }
    let text = head.drop { $0.isASCIISpace || [0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0].contains($0) }
    guard text.first == UInt8(ascii: "{") else {
      throw ReportFault(
        file: file, line: 1,
        words: "is no scan report that is read: SARIF 2.1.0 and CycloneDX with vulnerabilities are")
    }
    let json = JSONReader(whole, limits: JSONLimits(limits))
    do throws(JSONFault) { return try figures(of: json) } catch {
      throw ReportFault(error, file: file)
    }
  }

  /// Both formats are objects whose members come in any order, so which it is shows at the end.
  private static func figures(of json: JSONReader) throws(JSONFault) -> ScanFigures {
    try json.skipByteOrderMark()
    var version: Bytes?
    var isCycloneDX = false
    var sarif: SARIFReport?
    var vulnerabilities: CycloneDXReport?
    var tools: [Bytes] = []
    try json.enterObject()
    while let name = try json.nextName() {
      switch name {
      case "version": version = try json.stringOrNil()
      case "runs":
        sarif = SARIFReport()
        try sarif?.readRuns(json)
      case "bomFormat": isCycloneDX = try json.stringOrNil() == Bytes("CycloneDX".utf8)
      case "metadata": try CycloneDXReport.readMetadata(json, tools: &tools)
      case "vulnerabilities":
        vulnerabilities = CycloneDXReport()
        try vulnerabilities?.readVulnerabilities(json)
      default: try json.skip()
      }
    }
    try json.end()
    switch (sarif, isCycloneDX) {
    case (let sarif?, false):
      guard let version, version.starts(with: "2.".utf8) else {
        throw json.fault("is SARIF of another version than 2.1.0")
      }
      return sarif.figures
    case (nil, true):
      var report = vulnerabilities ?? CycloneDXReport()
      report.finish(tools: tools)
      return report.figures
    case (_?, true): throw json.fault("is SARIF and CycloneDX at once")
    case (nil, false):
      throw json.fault(
        "is no scan report that is read: it has neither the `runs` of SARIF nor a `bomFormat`")
    }
  }
}

extension Bytes {
  /// Whether a report that begins like this is XML, in any encoding, or nothing at all.
  var looksLikeXML: Bool {
    let text = drop { $0.isASCIISpace || [0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0].contains($0) }
    return text.isEmpty || text.first == UInt8(ascii: "<")
  }
}

extension JSONReader {
  /// The string that comes next; nil for anything else, which is skipped.
  func stringOrNil() throws(JSONFault) -> Bytes? {
    if try kind() == .string { return try string() }
    try skip()
    return nil
  }

  /// The count that comes next; nil for anything else, such as -1, which is skipped.
  func countOrNil() throws(JSONFault) -> Int? {
    guard try kind() == .number else {
      try skip()
      return nil
    }
    return try number().integer.flatMap { $0 >= 0 ? Int(exactly: $0) : nil }
  }

  /// Reads the members of the object that comes next, each by `read`, which reads or skips one value;
  /// anything that is no object is skipped.
  func members(_ read: (Bytes) throws(JSONFault) -> Void) throws(JSONFault) {
    guard try kind() == .object else { return try skip() }
    try enterObject()
    while let name = try nextName() { try read(name) }
  }

  /// Reads the elements of the array that comes next; `null` has none, anything else is a fault.
  func elements(_ read: () throws(JSONFault) -> Void) throws(JSONFault) {
    if try kind() == .null { return try skip() }
    try enterArray()
    while try nextElement() { try read() }
  }
}
