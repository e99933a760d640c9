public import GitModel

/// What somebody says of a change, as a predicate of gitrel's own, `urn:gitrel:approval:v1` (DESIGN.md 6):
/// the change from one exact tree to another, for one ref of one repository.
public struct Approval: Hashable, Sendable {
  /// The URI of the kind.
  public static let predicateType = "urn:gitrel:approval:v1"
  /// How many changes one approval may name: a range with each of its commits.
  public static let changeLimit = 200
  /// How many bytes a comment may have.
  public static let commentLimit = 2000

  /// What is said.
  public enum Word: String, Hashable, Sendable, CaseIterable {
    /// The change may come in.
    case approved
    /// It may not.
    case vetoed
  }

  /// A commit and its tree.
  public struct Point: Hashable, Sendable {
    /// The commit.
    public let commit: ObjectID
    /// Its tree.
    public let tree: ObjectID

    /// A commit with its tree.
    public init(commit: ObjectID, tree: ObjectID) { (self.commit, self.tree) = (commit, tree) }
  }

  /// A change: what the tree was, and what it comes to be.
  public struct Change: Hashable, Sendable {
    /// Where it starts; nil for a first commit, which starts from nothing.
    public let base: Point?
    /// Where it ends.
    public let head: Point

    /// The change from `base` to `head`.
    public init(base: Point?, head: Point) { (self.base, self.head) = (base, head) }
  }

  /// What is said.
  public var word: Word
  /// Which repository is meant, as its policy names it; empty where the policy does not.
  public var repository: Bytes
  /// The ref that the change is to come to.
  public var ref: RefName
  /// The changes: each commit of a range by itself, and the range as one.
  public var changes: [Change]
  /// Who says so: the id of a person of the policy.
  public var person: Bytes
  /// In which role; empty for none.
  public var role: Bytes
  /// When it was said, as the signer's clock had it.
  public var recorded: Instant
  /// From when on it counts no more.
  public var until: Instant
  /// For people.
  public var comment: Bytes
  /// What makes two approvals of one change two: 32 small hexadecimal digits.
  public var nonce: String

  /// An approval from its parts.
  public init(
    _ word: Word, repository: Bytes, ref: RefName, changes: [Change], person: Bytes, role: Bytes,
    recorded: Instant, until: Instant, comment: Bytes, nonce: String
  ) {
    (self.word, self.repository, self.ref) = (word, repository, ref)
    (self.changes, self.person, self.role) = (changes, person, role)
    (self.recorded, self.until) = (recorded, until)
    (self.comment, self.nonce) = (comment, nonce)
  }

  /// What the statement is about: where each change ends.
  public var subjects: [Subject] {
    changes.map { Subject(tree: $0.head.tree, commit: $0.head.commit) }
  }

  init(_ json: JSONValue?) throws(EvidenceFault) {
    guard let json, json.object != nil else { throw EvidenceFault("the approval has no predicate") }
    guard
      let word = json["word"]?.string.flatMap({
        Word(rawValue: String(decoding: $0, as: UTF8.self))
      })
    else { throw EvidenceFault("the approval has no 'word' that is approved or vetoed") }
    self.word = word
    repository = try json.text("repository", in: "the approval")
    ref = RefName(try json.text("ref", in: "the approval"))
    person = try json.text("person", in: "the approval")
    role = try json.text("role", in: "the approval")
    comment = try json.text("comment", in: "the approval")
    guard !person.isEmpty, ref.fault == nil else {
      throw EvidenceFault("the approval names no person, or no ref")
    }
    guard comment.count <= Self.commentLimit else {
      throw EvidenceFault("the approval has a comment of more than \(Self.commentLimit) bytes")
    }
    recorded = try json.instant("recorded", in: "the approval")
    until = try json.instant("until", in: "the approval")
    guard recorded < until else { throw EvidenceFault("the approval ends before it begins") }
    nonce = try json.hex("nonce", count: 32, in: "the approval")
    guard let listed = json["changes"]?.array, !listed.isEmpty, listed.count <= Self.changeLimit
    else { throw EvidenceFault("the approval has no 1 to \(Self.changeLimit) changes") }
    changes = []
    for change in listed { changes.append(try Change(change)) }
  }

  var json: JSONValue {
    .object([
      JSONMember("word", .text(word.rawValue)), JSONMember("repository", .string(repository)),
      JSONMember("ref", .string(ref.bytes)),
      JSONMember("changes", .array(changes.map(\.json))), JSONMember("person", .string(person)),
      JSONMember("role", .string(role)), JSONMember("comment", .string(comment)),
      JSONMember("recorded", .text(recorded.utcText)), JSONMember("until", .text(until.utcText)),
      JSONMember("nonce", .text(nonce)),
    ])
  }
}

extension Approval.Change {
  fileprivate init(_ json: JSONValue) throws(EvidenceFault) {
    guard let head = json["head"] else {
      throw EvidenceFault("the approval has a change without head")
    }
    self.init(
      base: try json["base"].map { value throws(EvidenceFault) in try .init(value) },
      head: try .init(head))
  }

  fileprivate var json: JSONValue {
    var members = [JSONMember("head", head.json)]
    if let base { members.append(JSONMember("base", base.json)) }
    return .object(members)
  }
}

extension Approval.Point {
  fileprivate init(_ json: JSONValue) throws(EvidenceFault) {
    guard let commit = json["commit"]?.string.flatMap({ ObjectID(hex: $0) }),
      let tree = json["tree"]?.string.flatMap({ ObjectID(hex: $0) })
    else { throw EvidenceFault("the approval has a change without the ids of commit and tree") }
    self.init(commit: commit, tree: tree)
  }

  fileprivate var json: JSONValue {
    .object([JSONMember("commit", .text(commit.hex)), JSONMember("tree", .text(tree.hex))])
  }
}

extension JSONValue {
  /// A text of a predicate, which must be there.
  func text(_ name: String, in what: String) throws(EvidenceFault) -> Bytes {
    guard let text = self[name]?.string else {
      throw EvidenceFault("\(what) has no text '\(name)'")
    }
    return text
  }

  /// A moment of a predicate, which must be there.
  func instant(_ name: String, in what: String) throws(EvidenceFault) -> Instant {
    guard let instant = self[name]?.string.flatMap({ Instant(utcText: $0) }) else {
      throw EvidenceFault("\(what) has no instant '\(name)' such as 2026-11-20T16:45:00Z")
    }
    return instant
  }

  /// Small hexadecimal digits of a predicate, which must be there.
  func hex(_ name: String, count: Int, in what: String) throws(EvidenceFault) -> String {
    guard let text = self[name]?.string, Hex.isSmall(text, count: count) else {
      throw EvidenceFault("\(what) has no '\(name)' of \(count) small hexadecimal digits")
    }
    return String(decoding: text, as: UTF8.self)
  }
}
