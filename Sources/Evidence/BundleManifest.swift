public import GitModel

/// What an evidence bundle says of itself: the file `bundle.json` in it. Everything that it says is
/// checked against the rest.
public struct BundleManifest: Hashable, Sendable {
  /// The type that a bundle names.
  public static let type = "urn:gitrel:release-bundle:v1"
  /// How many files a policy may be made of.
  static let fileLimit = 100

  /// A file that the policy was made of, besides its own.
  public struct PolicyFile: Hashable, Sendable {
    /// How messages call it; with these names the digest of the policy is made.
    public let name: String
    /// Its place in the bundle.
    public let member: String

    /// A file.
    public init(name: String, member: String) { (self.name, self.member) = (name, member) }
  }

  /// The ref of the tag.
  public var ref: RefName
  /// The tag object.
  public var tag: ObjectID
  /// The commit that it stands on.
  public var commit: ObjectID
  /// The policy's path in the tree that it stood in.
  public var policyPath: String
  /// The commit of that tree; nil where the policy stood outside of the repository.
  public var policyCommit: ObjectID?
  /// What it extends, in the order of the reading.
  public var policyFiles: [PolicyFile]
  /// The number of the decision that let the tag in.
  public var decision: Int
  /// The program that made the bundle.
  public var program: String

  /// A manifest from its parts.
  public init(
    ref: RefName, tag: ObjectID, commit: ObjectID, policyPath: String, policyCommit: ObjectID?,
    policyFiles: [PolicyFile], decision: Int, program: String
  ) {
    (self.ref, self.tag, self.commit, self.policyPath) = (ref, tag, commit, policyPath)
    (self.policyCommit, self.policyFiles) = (policyCommit, policyFiles)
    (self.decision, self.program) = (decision, program)
  }

  /// The file: JSON for people.
  public var encoded: Bytes {
    let files = policyFiles.map { file in
      JSONValue.object([
        JSONMember("name", .text(file.name)), JSONMember("member", .text(file.member)),
      ])
    }
    return JSONValue.object([
      JSONMember("type", .text(Self.type)), JSONMember("ref", .string(ref.bytes)),
      JSONMember("tag", .text(tag.hex)), JSONMember("commit", .text(commit.hex)),
      JSONMember(
        "policy",
        .object([
          JSONMember("path", .text(policyPath)),
          JSONMember("commit", policyCommit.map { .text($0.hex) } ?? .null),
          JSONMember("files", .array(files)),
        ])),
      JSONMember("decision", .count(decision)), JSONMember("gitrel", .text(program)),
    ]).pretty
  }

  /// Reads the file, which must be what gitrel writes to the byte.
  public init(parsing bytes: Bytes) throws(EvidenceFault) {
    let json = try EvidenceFault.wrap("bundle.json") { () throws(JSONFault) in
      try JSONValue(parsing: bytes, limits: JSONLimits(bytes: 1 << 20))
    }
    guard json["type"]?.string == Bytes(Self.type.utf8) else {
      throw EvidenceFault("bundle.json is of no kind that this gitrel reads")
    }
    func text(_ value: JSONValue?) throws(EvidenceFault) -> Bytes {
      guard let text = value?.string else { throw EvidenceFault("bundle.json lacks something") }
      return text
    }
    func id(_ value: JSONValue?) throws(EvidenceFault) -> ObjectID {
      guard let id = ObjectID(hex: try text(value)) else {
        throw EvidenceFault("bundle.json names no object")
      }
      return id
    }
    let policy = json["policy"]
    guard let files = policy?["files"]?.array, files.count <= Self.fileLimit,
      let decision = json["decision"]?.integer, decision > 0, decision < Int32.max
    else { throw EvidenceFault("bundle.json lacks something") }
    let policyCommit: ObjectID? =
      if policy?["commit"] == .null { nil } else { try id(policy?["commit"]) }
    self.init(
      ref: RefName(try text(json["ref"])), tag: try id(json["tag"]),
      commit: try id(json["commit"]),
      policyPath: String(decoding: try text(policy?["path"]), as: UTF8.self),
      policyCommit: policyCommit,
      policyFiles: try files.map { file throws(EvidenceFault) in
        PolicyFile(
          name: String(decoding: try text(file["name"]), as: UTF8.self),
          member: String(decoding: try text(file["member"]), as: UTF8.self))
      }, decision: Int(decision),
      program: String(decoding: try text(json["gitrel"]), as: UTF8.self))
    guard ref.isTag, ref.fault == nil else { throw EvidenceFault("bundle.json names no tag") }
    guard encoded == bytes else { throw EvidenceFault("bundle.json is none that gitrel wrote") }
  }
}
