public import GitModel

/// What somebody says of a commit, or of another statement, as a predicate of gitrel's own,
/// `urn:gitrel:KIND:v1` (DESIGN.md 6).
public struct Declaration: Hashable, Sendable {
  /// What is declared.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A role says that a release may go out.
    case signOff = "sign-off"
    /// An item of a checklist is done; `name` is the item.
    case checklist
    /// A rule need not hold for this commit on this ref; `name` is the rule.
    case override
    /// The commit runs somewhere; `name` is the environment.
    case deployed
    /// Something was built from the commit; `name` is what, `value` its SHA-256.
    case artifact
    /// An override was looked at afterwards, the subject being its statement or the entry of the log; or
    /// a release, the subject being its commit and `ref` its tag.
    case review
    /// A release reached a stage of its roll-out; `name` is the stage.
    case rollout
    /// A release was taken back; `name` is the tag that runs instead.
    case rollback
    /// Something went wrong with a release, or is over; `name` is the incident, `value` `open` or `resolved`.
    case incident
    /// Somebody was told of a release; `name` is `scope` or `result`.
    case announced
    /// A release is done with.
    case close
    /// Nothing goes out from now on, or does again; `name` is the freeze, `value` `start` or `end`.
    case freeze
    /// An earlier statement of the same person counts no more; the subject is what was signed.
    case revocation
    /// Somebody is on duty until `until`; `name` is the role.
    case duty

    /// The URI of the kind.
    public var predicateType: String { "urn:gitrel:\(rawValue):v1" }
  }

  /// How many bytes a name or a value may have.
  public static let nameLimit = 200

  /// What is declared.
  public var kind: Kind
  /// Which repository is meant, as its policy names it; empty where the policy does not.
  public var repository: Bytes
  /// The ref that it is about; nil where it is about the commit wherever that is.
  public var ref: RefName?
  /// What of the kind: an item, a rule, an environment, an artifact; empty where the kind has none.
  public var name: Bytes
  /// What is said of it; empty where the kind has nothing to say.
  public var value: Bytes
  /// Who says so: the id of a person of the policy.
  public var person: Bytes
  /// In which role; empty for none.
  public var role: Bytes
  /// When it was said, as the signer's clock had it.
  public var recorded: Instant
  /// From when on it counts no more; nil for never.
  public var until: Instant?
  /// For people: a reason, a remark.
  public var comment: Bytes

  /// A declaration from its parts.
  public init(
    _ kind: Kind, repository: Bytes = [], ref: RefName? = nil, name: Bytes = [], value: Bytes = [],
    person: Bytes, role: Bytes = [], recorded: Instant, until: Instant? = nil, comment: Bytes = []
  ) {
    (self.kind, self.repository, self.ref) = (kind, repository, ref)
    (self.name, self.value, self.person, self.role) = (name, value, person, role)
    (self.recorded, self.until, self.comment) = (recorded, until, comment)
  }

  init(_ kind: Kind, _ json: JSONValue?) throws(EvidenceFault) {
    let what = "the \(kind.rawValue)"
    guard let json, json.object != nil else { throw EvidenceFault("\(what) has no predicate") }
    self.kind = kind
    repository = try json.text("repository", in: what)
    name = try json.text("name", in: what)
    value = try json.text("value", in: what)
    person = try json.text("person", in: what)
    role = try json.text("role", in: what)
    comment = try json.text("comment", in: what)
    guard !person.isEmpty else { throw EvidenceFault("\(what) names no person") }
    guard name.count <= Self.nameLimit, value.count <= Self.nameLimit,
      comment.count <= Approval.commentLimit
    else { throw EvidenceFault("\(what) has a name or a comment that is too long") }
    recorded = try json.instant("recorded", in: what)
    until = try json["until"].map { _ throws(EvidenceFault) in try json.instant("until", in: what) }
    if let until, until <= recorded { throw EvidenceFault("\(what) ends before it begins") }
    ref = try json["ref"].map { _ throws(EvidenceFault) in RefName(try json.text("ref", in: what)) }
    if let ref, ref.fault != nil { throw EvidenceFault("\(what) names no ref") }
    if kind == .artifact, !Hex.isSmall(value, count: 64) {
      throw EvidenceFault("\(what) has no SHA-256 as its value")
    }
  }

  var json: JSONValue {
    var members = [
      JSONMember("repository", .string(repository)), JSONMember("name", .string(name)),
      JSONMember("value", .string(value)), JSONMember("person", .string(person)),
      JSONMember("role", .string(role)), JSONMember("comment", .string(comment)),
      JSONMember("recorded", .text(recorded.utcText)),
    ]
    if let ref { members.append(JSONMember("ref", .string(ref.bytes))) }
    if let until { members.append(JSONMember("until", .text(until.utcText))) }
    return .object(members)
  }
}
