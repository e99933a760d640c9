public import GitModel

/// A report file that a statement was made from: an in-toto ResourceDescriptor.
public struct ReportDescriptor: Hashable, Sendable {
  /// What the file was called where the run took place.
  public var name: Bytes
  /// The SHA-256 of its bytes, 64 small hexadecimal digits; nil only in statements of others.
  public var sha256: String?

  /// A file and its digest.
  public init(name: Bytes, sha256: String) {
    self.name = name
    self.sha256 = sha256
  }

  init(_ json: JSONValue, isOwn: Bool) throws(EvidenceFault) {
    guard json.object != nil else {
      throw EvidenceFault("the predicate has a configuration that is no list of files")
    }
    name = json["name"]?.string ?? []
    if let digest = json["digest"]?["sha256"] {
      guard let text = digest.string, Hex.isSmall(text, count: 64) else {
        throw EvidenceFault("the predicate has a file whose sha256 is not 64 small hex digits")
      }
      sha256 = String(decoding: text, as: UTF8.self)
    }
    if isOwn, name.isEmpty || sha256 == nil {
      throw EvidenceFault("the predicate has a file without name or sha256")
    }
  }

  var json: JSONValue {
    var members = [JSONMember("name", .string(name))]
    if let sha256 {
      members.append(JSONMember("digest", .object([JSONMember("sha256", .text(sha256))])))
    }
    return .object(members)
  }
}

/// What all statements about a run have in common.
public struct RecordedRun: Hashable, Sendable {
  /// The suite that a statement is about where it names none.
  public static let defaultSuite = Bytes("default".utf8)
  /// How many bytes the name of a suite may have.
  public static let suiteLimit = 200

  /// Which of several suites ran, so that one cannot stand for another (THREATS.md E02).
  public var suite: Bytes
  /// When the statement was made, as its maker says; nil only in statements of others.
  public var recorded: Instant?
  /// The report files.
  public var configuration: [ReportDescriptor]

  /// A run from its parts.
  public init(
    suite: Bytes = RecordedRun.defaultSuite, recorded: Instant, configuration: [ReportDescriptor]
  ) {
    self.suite = suite
    self.recorded = recorded
    self.configuration = configuration
  }

  /// Reads suite and instant from an object of gitrel's own, nil in statements of others, and the
  /// files from the predicate.
  /// Whether `name` can name a suite.
  public static func isSuite(_ name: Bytes) -> Bool {
    !name.isEmpty && name.count <= suiteLimit
  }

  init(own: JSONValue?, predicate: JSONValue) throws(EvidenceFault) {
    guard let files = predicate["configuration"]?.array else {
      throw EvidenceFault("the predicate has no configuration")
    }
    configuration = []
    for file in files {
      configuration.append(try ReportDescriptor(file, isOwn: own != nil))
    }
    suite = Self.defaultSuite
    guard let own else { return }
    if let given = own["suite"] {
      guard let text = given.string, Self.isSuite(text) else {
        throw EvidenceFault("the predicate has a suite that is no name")
      }
      suite = text
    }
    guard let instant = own["recorded"]?.string.flatMap({ Instant(utcText: $0) }) else {
      throw EvidenceFault("the predicate has no instant 'recorded' such as 2026-11-20T16:45:00Z")
    }
    recorded = instant
  }

  /// `suite` and `recorded`.
  var members: [JSONMember] {
    var members = [JSONMember("suite", .string(suite))]
    // A year that no reader takes is left out.
    if let text = recorded?.utcText, Instant(utcText: Bytes(text.utf8)) != nil {
      members.append(JSONMember("recorded", .text(text)))
    }
    return members
  }

  /// `configuration`.
  var files: JSONMember { JSONMember("configuration", .array(configuration.map(\.json))) }
}

extension JSONValue {
  /// A count in a predicate: an integer from 0 to `Ratio.limit`.
  func count(_ name: String) throws(EvidenceFault) -> Int {
    guard let integer = self[name]?.integer, integer >= 0, integer <= Int64(Ratio.limit) else {
      throw EvidenceFault("the predicate has no count '\(name)'")
    }
    return Int(integer)
  }

  /// A list of strings in a predicate; empty where there is none.
  func names(_ name: String) throws(EvidenceFault) -> [Bytes] {
    guard let value = self[name] else { return [] }
    let names = value.array.map { $0.compactMap(\.string) }
    guard let names, names.count == value.array?.count else {
      throw EvidenceFault("the predicate has '\(name)' that is no list of names")
    }
    return names
  }
}
