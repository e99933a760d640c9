import GitModel

/// Counts the vulnerabilities of a CycloneDX document (SPECS.md 4.2), in JSON here and in XML by
/// `CycloneDXMLReport`.
///
/// A vulnerability is one finding, with the worst of its ratings, whatever number of components it
/// affects. What its analysis says not to apply, or to be resolved, does not count. A document that
/// lists components and no vulnerabilities says what is there, and not that it was scanned.
struct CycloneDXReport {
  private(set) var figures = ScanFigures()
  private(set) var tally = Tally()
  private var wasScanned = false

  /// What was read, whether it counts or not.
  struct Tally: Hashable {
    var vulnerabilities = 0
    /// By the worst severity that is written out; `unrated` where there is no rating.
    var severities: [String: Int] = [:]
    var states: [Bytes: Int] = [:]
  }

  /// How many components of one vulnerability are kept by name.
  private static let affectedKept = 20

  /// One vulnerability while it is read.
  struct Vulnerability {
    var id: Bytes = []
    var reference: Bytes = []
    var ratings: [Rating] = []
    var state: Bytes?
    var affected: [Bytes] = []
    /// Of a rating of many the rest is folded into the first, so that no list is long.
    private static let ratingsKept = 100

    mutating func add(_ rating: Rating) {
      if ratings.count < Self.ratingsKept {
        ratings.append(rating)
      } else if rating.severity.order < ratings[0].severity.order {
        ratings[0] = rating
      }
    }

    mutating func add(affected name: Bytes) {
      if affected.count < CycloneDXReport.affectedKept { affected.append(name.cutText(512)) }
    }
  }

  /// One rating.
  struct Rating {
    var text: Bytes?
    var score: Double?
    var method: Bytes = []

    /// What is written out; nil for a rating that has no word.
    var stated: ScanSeverity? {
      text.map {
        let word = String(decoding: Bytes($0.trimmed.prefix(20)).asciiLowercased, as: UTF8.self)
        return ScanSeverity(rawValue: word) ?? .unknown
      }
    }

    /// The word, or the band of a CVSS score where there is only that.
    var severity: ScanSeverity {
      if let stated { return stated }
      let isCVSS = method.isEmpty || Bytes(method.prefix(4)).asciiLowercased == Bytes("cvss".utf8)
      return isCVSS ? score.map { ScanSeverity(score: $0) } ?? .unknown : .unknown
    }
  }

  /// That there is a list of vulnerabilities, if an empty one.
  mutating func noteScan() { wasScanned = true }

  /// Counts a vulnerability.
  mutating func count(_ vulnerability: Vulnerability) {
    tally.vulnerabilities += 1
    let stated = vulnerability.ratings.map { $0.stated ?? .unknown }.min { $0.order < $1.order }
    tally.severities[stated?.rawValue ?? "unrated", default: 0] += 1
    if tally.states.count < 100 {
      tally.states[vulnerability.state?.cutText(40) ?? Bytes("absent".utf8), default: 0] += 1
    }
    if let state = vulnerability.state,
      Self.settled.contains(String(decoding: state, as: UTF8.self))
    {
      figures.suppressed += 1
      return
    }
    let worst = vulnerability.ratings.map(\.severity).min { $0.order < $1.order } ?? .unknown
    let kind = ScanClass(severity: worst)
    figures.count(kind)
    let affected = vulnerability.affected.sorted { $0.lexicographicallyPrecedes($1) }
    figures.keep(
      ScanFinding(
        rule: vulnerability.id.isEmpty ? vulnerability.reference : vulnerability.id,
        path: Bytes(affected.joined(separator: [UInt8(ascii: " ")])), kind: kind))
  }

  /// What an analysis may say that lets a vulnerability not count.
  private static let settled = [
    "resolved", "resolved_with_pedigree", "false_positive", "not_affected",
  ]

  /// Ends the document.
  mutating func finish(tools: [Bytes]) {
    figures.runs = 1
    for tool in tools { figures.note(tool: tool) }
    if !wasScanned {
      figures.note(
        fault: Bytes(
          "the document has no list of vulnerabilities, not even an empty one: it was not scanned"
            .utf8))
    }
  }

  // MARK: - JSON

  mutating func readVulnerabilities(_ json: JSONReader) throws(JSONFault) {
    wasScanned = try json.kind() != .null
    try json.elements { () throws(JSONFault) in
      var vulnerability = Vulnerability()
      try json.enterObject()
      while let name = try json.nextName() {
        switch name {
        case "id": vulnerability.id = try json.stringOrNil() ?? []
        case "bom-ref": vulnerability.reference = try json.stringOrNil() ?? []
        case "ratings":
          try json.elements { () throws(JSONFault) in
            vulnerability.add(try Self.readRating(json))
          }
        case "analysis":
          try json.members { member throws(JSONFault) in
            guard member == Bytes("state".utf8) else { return try json.skip() }
            vulnerability.state = try json.stringOrNil()
          }
        case "affects":
          try json.elements { () throws(JSONFault) in
            try json.members { member throws(JSONFault) in
              guard member == Bytes("ref".utf8) else { return try json.skip() }
              vulnerability.add(affected: try json.stringOrNil() ?? [])
            }
          }
        default: try json.skip()
        }
      }
      count(vulnerability)
    }
  }

  private static func readRating(_ json: JSONReader) throws(JSONFault) -> Rating {
    var rating = Rating()
    try json.members { member throws(JSONFault) in
      switch member {
      case "severity": rating.text = try json.stringOrNil()
      case "method": rating.method = try json.stringOrNil() ?? []
      case "score":
        guard try json.kind() == .number else { return try json.skip() }
        rating.score = Double(String(decoding: try json.number().canonical, as: UTF8.self))
      default: try json.skip()
      }
    }
    return rating
  }

  /// The tools: a list of objects, or since version 1.5 components of one object.
  static func readMetadata(_ json: JSONReader, tools: inout [Bytes]) throws(JSONFault) {
    var found: [Bytes] = []
    func readTool() throws(JSONFault) {
      try json.members { member throws(JSONFault) in
        guard member == Bytes("name".utf8) else { return try json.skip() }
        if let name = try json.stringOrNil(), found.count < ScanFigures.toolsKept {
          found.append(name)
        }
      }
    }
    try json.members { member throws(JSONFault) in
      guard member == Bytes("tools".utf8) else { return try json.skip() }
      if try json.kind() == .array { return try json.elements(readTool) }
      try json.members { part throws(JSONFault) in
        guard part == Bytes("components".utf8) else { return try json.skip() }
        try json.elements(readTool)
      }
    }
    tools += found
  }
}

extension ScanSeverity {
  /// The place from the worst.
  var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
