public import GitModel

/// Something that is stated about the code: an in-toto Statement v1 (SPECS.md 5.2; in-toto
/// attestation, spec/v1/statement.md). It is the payload of an `Envelope`; that it is well-formed
/// says nothing about who stated it.
public struct Statement: Hashable, Sendable {
  /// The type that every statement names.
  public static let type = "https://in-toto.io/Statement/v1"
  /// How many subjects a statement may have.
  public static let subjectLimit = 1000

  /// What is stated.
  public enum Predicate: Hashable, Sendable {
    /// The result of a test run.
    case tests(TestResult)
    /// The coverage of a test run.
    case coverage(CoverageResult)
    /// What somebody says of a change.
    case approval(Approval)
    /// What somebody says of a commit, or of another statement.
    case declaration(Declaration)
    /// What scanners found.
    case scan(ScanResult)
    /// A kind that this version does not know, kept as it is; nil where there is no predicate.
    case other(predicateType: Bytes, JSONValue?)

    /// The URI of the kind.
    public var type: Bytes {
      switch self {
      case .tests: return Bytes(TestResult.predicateType.utf8)
      case .coverage: return Bytes(CoverageResult.predicateType.utf8)
      case .approval: return Bytes(Approval.predicateType.utf8)
      case .declaration(let declaration): return Bytes(declaration.kind.predicateType.utf8)
      case .scan: return Bytes(ScanResult.predicateType.utf8)
      case .other(let type, _): return type
      }
    }
  }

  /// What the statement is about; one that matches is enough.
  public var subjects: [Subject]
  /// What is stated.
  public var predicate: Predicate

  /// A statement from its parts.
  public init(subjects: [Subject], predicate: Predicate) {
    self.subjects = subjects
    self.predicate = predicate
  }

  /// When it was made, as its maker says; nil in statements of others and of kinds that are not known.
  public var recorded: Instant? {
    switch predicate {
    case .tests(let result): result.run.recorded
    case .coverage(let result): result.run.recorded
    case .scan(let result): result.run.recorded
    case .approval(let approval): approval.recorded
    case .declaration(let declaration): declaration.recorded
    case .other: nil
    }
  }

  /// Whether a subject is exactly this tree. A statement about a tree holds for every commit of it:
  /// an amended message keeps it, any change of content voids it (DESIGN.md 6).
  public func isAbout(tree: ObjectID) -> Bool { subjects.contains { $0.tree == tree } }

  /// Whether a subject is exactly what has this SHA-256.
  public func isAbout(sha256: String) -> Bool {
    subjects.contains { $0.sha256.map { $0.elementsEqual(sha256.utf8) } ?? false }
  }

  /// Whether a subject is exactly this commit.
  public func isAbout(commit: ObjectID) -> Bool { subjects.contains { $0.commit == commit } }

  /// Reads the payload of an envelope whose signatures were verified.
  ///
  /// Fields that are not known are ignored, as in-toto asks; known ones must be whole.
  ///
  /// - Throws: `EvidenceFault` for anything that is not exactly one statement, that names a subject
  ///   without a proper digest, or that contradicts itself.
  public init(parsing payload: Bytes) throws(EvidenceFault) {
    let json = try EvidenceFault.wrap("the statement") { () throws(JSONFault) in
      try JSONValue(parsing: payload, limits: JSONLimits(bytes: Envelope.byteLimit))
    }
    guard json["_type"]?.string == Bytes(Self.type.utf8) else {
      throw EvidenceFault("the payload is no in-toto statement v1")
    }
    guard let subjects = json["subject"]?.array, !subjects.isEmpty else {
      throw EvidenceFault("the statement has no subject")
    }
    guard subjects.count <= Self.subjectLimit else {
      throw EvidenceFault("the statement has more than \(Self.subjectLimit) subjects")
    }
    self.subjects = []
    for subject in subjects { self.subjects.append(try Subject(subject)) }
    guard let type = json["predicateType"]?.string, !type.isEmpty else {
      throw EvidenceFault("the statement has no predicateType")
    }
    let body = json["predicate"]
    switch String(decoding: type, as: UTF8.self) {
    case TestResult.predicateType: predicate = .tests(try TestResult(body))
    case CoverageResult.predicateType: predicate = .coverage(try CoverageResult(body))
    case ScanResult.predicateType: predicate = .scan(try ScanResult(body))
    case Approval.predicateType:
      let approval = try Approval(body)
      guard Set(approval.subjects).isSubset(of: Set(self.subjects.map(\.unnamed))) else {
        throw EvidenceFault("the approval is about other commits than its statement")
      }
      predicate = .approval(approval)
    case let text:
      let kind = Declaration.Kind.allCases.first { $0.predicateType == text }
      predicate =
        if let kind { .declaration(try Declaration(kind, body)) } else {
          .other(predicateType: type, body)
        }
    }
  }

  /// The statement as it is signed: canonical JSON.
  public var encoded: Bytes {
    var members = [
      JSONMember("_type", .text(Self.type)),
      JSONMember("subject", .array(subjects.map(\.json))),
      JSONMember("predicateType", .string(predicate.type)),
    ]
    switch predicate {
    case .tests(let result): members.append(JSONMember("predicate", result.json))
    case .coverage(let result): members.append(JSONMember("predicate", result.json))
    case .approval(let approval): members.append(JSONMember("predicate", approval.json))
    case .declaration(let declaration): members.append(JSONMember("predicate", declaration.json))
    case .scan(let result): members.append(JSONMember("predicate", result.json))
    case .other(_, let body?): members.append(JSONMember("predicate", body))
    case .other: break
    }
    return JSONValue.object(members).canonical
  }
}

/// What a statement is about, known by its digests alone; the name is for people and never matched.
public struct Subject: Hashable, Sendable {
  /// The name; nil where there is none.
  public var name: Bytes?
  /// The digests, by algorithm. Those of Git (`gitCommit`, `gitTree`, `gitBlob`, `gitTag`, `sha1`)
  /// and `sha256` are small hexadecimal digits of the right count.
  public let digests: [Bytes: Bytes]

  /// The tree of a commit and the commit itself.
  public init(tree: ObjectID, commit: ObjectID, name: Bytes? = nil) {
    self.name = name
    digests = [Self.gitTree: Bytes(tree.hex.utf8), Self.gitCommit: Bytes(commit.hex.utf8)]
  }

  /// The same without its name, which means nothing.
  fileprivate var unnamed: Subject {
    var subject = self
    subject.name = nil
    return subject
  }

  private static let gitTree = Bytes("gitTree".utf8)
  private static let gitCommit = Bytes("gitCommit".utf8)

  /// The tree, if the subject names one.
  public var tree: ObjectID? { digests[Self.gitTree].flatMap { ObjectID(hex: $0) } }

  /// A subject that is known by its bytes: another statement, something that was built.
  public init(sha256: String, name: Bytes? = nil) {
    self.name = name
    digests = [Bytes("sha256".utf8): Bytes(sha256.utf8)]
  }

  /// The SHA-256, if the subject names one.
  public var sha256: Bytes? { digests[Bytes("sha256".utf8)] }

  /// The commit, if the subject names one.
  public var commit: ObjectID? { digests[Self.gitCommit].flatMap { ObjectID(hex: $0) } }

  init(_ json: JSONValue) throws(EvidenceFault) {
    guard let members = json["digest"]?.object, !members.isEmpty else {
      throw EvidenceFault("the statement has a subject without a digest")
    }
    if let given = json["name"] {
      guard let text = given.string else {
        throw EvidenceFault("the statement has a subject whose name is no string")
      }
      name = text
    }
    var digests: [Bytes: Bytes] = [:]
    for member in members {
      guard let value = member.value.string, !value.isEmpty else {
        throw EvidenceFault("the statement has a subject with an empty digest")
      }
      let isProper: Bool
      switch String(decoding: member.name, as: UTF8.self) {
      case "gitCommit", "gitTree", "gitBlob", "gitTag":
        isProper = Hex.isSmall(value, count: 40) || Hex.isSmall(value, count: 64)
      case "sha1": isProper = Hex.isSmall(value, count: 40)
      case "sha256": isProper = Hex.isSmall(value, count: 64)
      default: isProper = true
      }
      guard isProper else {
        let (algorithm, shown) = (member.name.prefix(40), value.prefix(80))
        throw EvidenceFault(
          "the statement has a subject whose \(Bytes(algorithm).printable) is no full id in small "
            + "hexadecimal digits: '\(Bytes(shown).printable)'")
      }
      digests[member.name] = value
    }
    self.digests = digests
  }

  var json: JSONValue {
    let members = digests.map { JSONMember(name: $0, value: .string($1)) }
      .sorted { $0.name.lexicographicallyPrecedes($1.name) }
    let digest = JSONMember("digest", .object(members))
    return .object(name.map { [JSONMember("name", .string($0)), digest] } ?? [digest])
  }
}
