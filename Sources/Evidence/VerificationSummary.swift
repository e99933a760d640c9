public import GitModel

/// A SLSA Verification Summary Attestation v1 of the source track (SPECS.md 5.4; slsa spec v1.2,
/// verification_summary.md): which level and which controls a revision was verified at, as an in-toto
/// statement. Reading one proves nothing: whose it is, its envelope tells.
public struct VerificationSummary: Hashable, Sendable {
  /// The type of its predicate.
  public static let predicateType = "https://slsa.dev/verification_summary/v1"
  /// Who verified: a gate of gitrel, whoever ran it.
  public static let verifier = "urn:gitrel:gate:v1"
  /// The field that tells since when each control held. (Extension fields have URIs as names.)
  static let controlsField = "urn:gitrel:controls:v1"
  /// How many controls and how many input attestations are read.
  static let listLimit = 20_000

  /// A level of the source track.
  public enum Level: Int, Hashable, Sendable, CaseIterable {
    /// It is under version control.
    case versioned = 1
    /// Its history is continuous and immutable, and every change of it was recorded when it was made.
    case immutable = 2

    /// `SLSA_SOURCE_LEVEL_2`
    public var name: String { "SLSA_SOURCE_LEVEL_\(rawValue)" }
  }

  /// A control of the organisation: a rule that could have refused, on these refs, without a gap.
  public struct Control: Hashable, Sendable {
    /// The prefix of the name of every control.
    public static let prefix = "ORG_SOURCE_"

    /// `ORG_SOURCE_FAST_FORWARD_ONLY`
    public let name: String
    /// The full names of the refs on which it holds.
    public let refs: [RefName]
    /// Since when.
    public let since: Instant
    /// The number of the decision from which on it holds.
    public let decision: Int

    /// The control that the rule called `rule` is.
    public init(rule: String, refs: [RefName], since: Instant, decision: Int) {
      name = Self.name(ofRule: rule)
      (self.refs, self.since, self.decision) = (refs, since, decision)
    }

    fileprivate init(name: String, refs: [RefName], since: Instant, decision: Int) {
      (self.name, self.refs, self.since, self.decision) = (name, refs, since, decision)
    }

    /// The name of the control that a rule is.
    public static func name(ofRule rule: String) -> String {
      prefix + rule.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }
  }

  /// The revision.
  public var commit: ObjectID
  /// Its tree.
  public var tree: ObjectID
  /// The full names of the refs on which it was verified.
  public var refs: [RefName]
  /// The program that verified.
  public var program: String
  /// The moment of the decision.
  public var verified: Instant
  /// The repository, as a URI.
  public var resource: String
  /// The policy, as a URI.
  public var policy: String
  /// The SHA-256 of the policy.
  public var policyDigest: String
  /// The SHA-256 of each attestation that was looked at, in order.
  public var inputs: [String]
  /// The level of the source track.
  public var level: Level
  /// The controls, by name.
  public var controls: [Control]

  /// A summary of a revision that passed.
  public init(
    commit: ObjectID, tree: ObjectID, refs: [RefName], program: String, verified: Instant,
    resource: String, policy: String, policyDigest: String, inputs: [String], level: Level,
    controls: [Control]
  ) {
    (self.commit, self.tree, self.refs, self.program) = (commit, tree, refs, program)
    (self.verified, self.resource, self.policy) = (verified, resource, policy)
    (self.policyDigest, self.inputs) = (policyDigest, inputs)
    (self.level, self.controls) = (level, controls)
  }

  // MARK: - Writing

  /// The statement as it is signed: canonical JSON.
  public var encoded: Bytes {
    let digest = JSONValue.object([
      JSONMember("gitCommit", .text(commit.hex)), JSONMember("gitTree", .text(tree.hex)),
    ])
    let subject = JSONValue.object([
      JSONMember("digest", digest),
      JSONMember("annotations", .object([JSONMember("sourceRefs", Self.json(refs))])),
    ])
    return JSONValue.object([
      JSONMember("_type", .text(Statement.type)), JSONMember("subject", .array([subject])),
      JSONMember("predicateType", .text(Self.predicateType)), JSONMember("predicate", predicate),
    ]).canonical
  }

  private var predicate: JSONValue {
    .object([
      JSONMember(
        "verifier",
        .object([
          JSONMember("id", .text(Self.verifier)),
          JSONMember("version", .object([JSONMember("gitrel", .text(program))])),
        ])),
      JSONMember("timeVerified", .text(verified.utcText)),
      JSONMember("resourceUri", .text(resource)),
      JSONMember(
        "policy",
        .object([JSONMember("uri", .text(policy)), JSONMember("digest", Self.sha256(policyDigest))])
      ),
      JSONMember(
        "inputAttestations",
        .array(inputs.map { .object([JSONMember("digest", Self.sha256($0))]) })),
      JSONMember("verificationResult", .text("PASSED")),
      JSONMember(
        "verifiedLevels", .array(([level.name] + controls.map(\.name)).map(JSONValue.text))),
      JSONMember("slsaVersion", .text("1.2")),
      JSONMember(Self.controlsField, .array(controls.map(Self.json))),
    ])
  }

  private static func json(_ control: Control) -> JSONValue {
    .object([
      JSONMember("name", .text(control.name)), JSONMember("refs", json(control.refs)),
      JSONMember("since", .text(control.since.utcText)),
      JSONMember("decision", .count(control.decision)),
    ])
  }

  private static func json(_ refs: [RefName]) -> JSONValue {
    .array(refs.map { .string($0.bytes) })
  }

  private static func sha256(_ digest: String) -> JSONValue {
    .object([JSONMember("sha256", .text(digest))])
  }

  // MARK: - Reading

  /// Reads the payload of an envelope: a summary that gitrel wrote, to the byte.
  ///
  /// - Throws: for anything else, a summary of another verifier included.
  public init(parsing payload: Bytes) throws(EvidenceFault) {
    let what = "the summary"
    let json = try EvidenceFault.wrap(what) { () throws(JSONFault) in
      try JSONValue(parsing: payload, limits: JSONLimits(bytes: Envelope.byteLimit))
    }
    guard json["_type"]?.string == Bytes(Statement.type.utf8),
      json["predicateType"]?.string == Bytes(Self.predicateType.utf8),
      let predicate = json["predicate"]
    else { throw EvidenceFault("\(what) is no verification summary of SLSA") }
    guard let subjects = json["subject"]?.array, subjects.count == 1, let subject = subjects.first,
      let commit = Self.id("gitCommit", of: subject), let tree = Self.id("gitTree", of: subject)
    else { throw EvidenceFault("\(what) is not about one commit and its tree") }
    guard let levels = predicate["verifiedLevels"]?.array?.first?.string,
      let level = Level.allCases.first(where: { $0.name.utf8.elementsEqual(levels) })
    else { throw EvidenceFault("\(what) names no level that gitrel verifies") }
    guard let inputs = predicate["inputAttestations"]?.array,
      let controls = predicate[Self.controlsField]?.array,
      inputs.count <= Self.listLimit, controls.count <= Self.listLimit
    else { throw EvidenceFault("\(what) lacks what it is made of, or has too much of it") }
    func text(_ value: JSONValue?, _ name: String) throws(EvidenceFault) -> String {
      guard let bytes = value?.string else { throw EvidenceFault("\(what) has no \(name)") }
      return String(decoding: bytes, as: UTF8.self)
    }
    let policy = predicate["policy"]
    self.init(
      commit: commit, tree: tree, refs: Self.refs(subject["annotations"]?["sourceRefs"]),
      program: try text(predicate["verifier"]?["version"]?["gitrel"], "version"),
      verified: try predicate.instant("timeVerified", in: what),
      resource: try text(predicate["resourceUri"], "resourceUri"),
      policy: try text(policy?["uri"], "policy"),
      policyDigest: try text(policy?["digest"]?["sha256"], "digest of the policy"),
      inputs: try inputs.map { input throws(EvidenceFault) in
        try text(input["digest"]?["sha256"], "digest of an attestation")
      }, level: level,
      controls: try controls.map { control throws(EvidenceFault) in
        guard let decision = control["decision"]?.integer, decision > 0, decision < Int32.max else {
          throw EvidenceFault("\(what) has a control without a decision")
        }
        return Control(
          name: try text(control["name"], "name of a control"), refs: Self.refs(control["refs"]),
          since: try control.instant("since", in: what), decision: Int(decision))
      })
    // Nothing is in it that was not read: no second level, no other verifier or result.
    guard encoded == payload else { throw EvidenceFault("\(what) is none that gitrel wrote") }
  }

  private static func id(_ name: String, of subject: JSONValue) -> ObjectID? {
    subject["digest"]?[name]?.string.flatMap { ObjectID(hex: $0) }
  }

  private static func refs(_ list: JSONValue?) -> [RefName] {
    (list?.array ?? []).compactMap { $0.string.map { RefName($0) } }
  }
}
