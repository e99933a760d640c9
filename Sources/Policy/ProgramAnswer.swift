internal import Evidence
public import GitModel

/// What a program of the rule `exec` answers: version 1 of the document in docs/exec.md.
public struct ProgramAnswer: Hashable, Sendable {
  /// The answer.
  public let outcome: Verdict.Outcome
  /// One clause.
  public let summary: String
  /// What is behind it, of very much the first.
  public let findings: [Finding]
  /// How many findings there are in all.
  public let total: Int
  /// What to do.
  public let fixes: [String]

  /// Why an answer cannot be read; a clause after the program's name.
  public struct Fault: WordedFault, Hashable, Sendable {
    /// The clause.
    public let words: String
  }

  /// How long a text of an answer may be, in characters; what is longer is cut.
  static let maximumText = 1000

  /// An answer from its parts.
  public init(
    _ outcome: Verdict.Outcome, _ summary: String, findings: [Finding] = [], total: Int? = nil,
    fixes: [String] = []
  ) {
    (self.outcome, self.summary) = (outcome, summary)
    (self.findings, self.fixes) = (findings, fixes)
    self.total = total ?? findings.count
  }

  /// Reads the document, which has at most `limit` bytes. What is not known is refused, so that a word
  /// spelled wrongly says nothing by accident.
  public init(document: Bytes, limit: Int) throws(Fault) {
    guard !document.allSatisfy(\.isASCIISpace) else { throw Fault(words: "answered nothing") }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: document, limits: JSONLimits(bytes: limit))
    } catch {
      throw Fault(words: "answered, and at \(error.line):\(error.column) it \(error.words)")
    }
    let top = try Self.members(
      value, "the answer", known: ["version", "verdict", "summary", "findings", "fixes"])
    guard let version = top["version"]?.integer else {
      throw Fault(words: "answered without a `version`")
    }
    guard version == 1 else { throw Fault(words: "answered in version \(version), and 1 is read") }
    let word = try Self.text(top["verdict"], "verdict")
    guard let outcome = Self.outcomes[word] else {
      throw Fault(
        words: "answered with the verdict \(word.quoted), which is none of"
          + " \(listed(Self.outcomes.keys.sorted(), "and"))")
    }
    self.outcome = outcome
    summary = try Self.text(top["summary"], "summary")
    guard !summary.isEmpty else { throw Fault(words: "answered with an empty `summary`") }
    let listed = try Self.elements(top["findings"], "findings")
    total = listed.count
    var findings: [Finding] = []
    for element in listed.prefix(Explanation.maximumFindings) {
      findings.append(try Self.finding(element))
    }
    self.findings = findings
    var fixes: [String] = []
    for element in try Self.elements(top["fixes"], "fixes").prefix(10) {
      fixes.append(try Self.text(element, "fixes"))
    }
    self.fixes = fixes
  }

  private static let outcomes: [String: Verdict.Outcome] = [
    "satisfied": .satisfied, "violated": .violated, "not-applicable": .notApplicable,
    "indeterminate": .indeterminate,
  ]

  private static func finding(_ value: JSONValue) throws(Fault) -> Finding {
    let parts = try members(value, "a finding", known: ["commit", "title", "detail"])
    var commit: ObjectID?
    if let given = parts["commit"], given != .null {
      guard let hex = given.string, let id = ObjectID(hex: hex) else {
        throw Fault(words: "answered with a `commit` that is no object id")
      }
      commit = id
    }
    return Finding(
      commit: commit, title: try text(parts["title"], "title"),
      detail: try text(parts["detail"], "detail"))
  }

  private static func members(
    _ value: JSONValue, _ what: String, known: Set<String>
  ) throws(Fault) -> [String: JSONValue] {
    guard let members = value.object else {
      throw Fault(words: "answered, and \(what) is no object")
    }
    var found: [String: JSONValue] = [:]
    for member in members {
      let name = String(decoding: member.name, as: UTF8.self)
      guard known.contains(name) else {
        throw Fault(words: "answered, and \(what) has a member \(name.quoted) that is not known")
      }
      found[name] = member.value
    }
    return found
  }

  private static func elements(
    _ value: JSONValue?, _ name: String
  ) throws(Fault) -> [JSONValue] {
    guard let value else { return [] }
    guard let elements = value.array else {
      throw Fault(words: "answered, and `\(name)` is no list")
    }
    return elements
  }

  private static func text(_ value: JSONValue?, _ name: String) throws(Fault) -> String {
    guard let bytes = value?.string else {
      throw Fault(words: "answered, and `\(name)` is \(value == nil ? "not there" : "no text")")
    }
    return String(decoding: bytes, as: UTF8.self).cut(to: maximumText)
  }
}

/// What a program of the rule `exec` is told: version 1 of the document in docs/exec.md.
public enum ProgramQuestion {
  /// How many bytes a document may have.
  public static let maximumSize = 64 << 20

  /// The document about `matter` for the program called `name`. `policy` is the label of the policy
  /// that judges; nil without `time` of the asking.
  public static func document(
    on matter: Matter, program name: String, ruleset: String, policy: String, time: Instant?
  ) -> Bytes {
    let update = matter.update
    var members = [
      JSONMember("version", .integer(1)),
      JSONMember("program", .text(name)),
      JSONMember("policy", .text(policy)),
      JSONMember("ruleset", .text(ruleset)),
      JSONMember("time", time.map { .text($0.utcText) } ?? .null),
      JSONMember("pusher", matter.pusher.map { .text($0) } ?? .null),
      JSONMember("person", matter.pushingPerson.map { .text($0.id) } ?? .null),
      JSONMember(
        "update",
        .object(
          text("ref", update.name.bytes) + [
            JSONMember("kind", .text(kind(of: matter))),
            JSONMember("old", .text(update.old.hex)),
            JSONMember("new", .text(update.new.hex)),
          ])),
    ]
    var changes: [ObjectID: [Change]] = [:]
    if case .known(let known) = matter.facts.changes {
      for commit in known { changes[commit.commit.id] = commit.changes }
    }
    var commits: [Commit] = []
    if case .known(let known) = matter.facts.newCommits { commits = known }
    members.append(
      JSONMember("commits", .array(commits.map { commit($0, changes[$0.id] ?? []) })))
    return JSONValue.object(members).canonical + [UInt8(ascii: "\n")]
  }

  private static func kind(of matter: Matter) -> String {
    if case .known(let kind) = matter.kind { return kind.rawValue }
    return matter.update.kind.rawValue
  }

  private static func commit(_ commit: Commit, _ changes: [Change]) -> JSONValue {
    .object(
      [
        JSONMember("id", .text(commit.id.hex)),
        JSONMember("tree", .text(commit.tree.hex)),
        JSONMember("parents", .array(commit.parents.map { .text($0.hex) })),
        JSONMember("author", identity(commit.author)),
        JSONMember("committer", identity(commit.committer)),
      ] + text("message", commit.message) + [
        JSONMember(
          "trailers",
          .array(
            TrailerBlock(message: commit.message[...]).trailers.map {
              .object(text("key", $0.key) + text("value", $0.value))
            })),
        JSONMember("changes", .array(changes.map(change))),
      ])
  }

  private static func identity(_ identity: Identity) -> JSONValue {
    .object(
      text("name", identity.name) + text("email", identity.email) + [
        JSONMember("seconds", .integer(identity.seconds)),
        JSONMember("offset_minutes", .count(identity.offsetMinutes)),
      ])
  }

  private static func change(_ change: Change) -> JSONValue {
    let kind =
      switch change.kind {
      case .added: "added"
      case .modified: "modified"
      case .deleted: "deleted"
      }
    func entry(_ entry: Change.Entry?) -> JSONValue {
      guard let entry else { return .null }
      return .object([
        JSONMember("mode", .text(String(entry.mode, radix: 8))),
        JSONMember("id", .text(entry.id.hex)),
      ])
    }
    return .object(
      text("path", change.path) + [
        JSONMember("kind", .text(kind)), JSONMember("old", entry(change.old)),
        JSONMember("new", entry(change.new)),
      ])
  }

  /// Bytes as text, and in base64 beside it where they are no UTF-8.
  private static func text(_ name: String, _ bytes: Bytes) -> [JSONMember] {
    let text = JSONMember(name, .string(bytes))
    let isUTF8 = String(decoding: bytes, as: UTF8.self).utf8.elementsEqual(bytes)
    return isUTF8
      ? [text] : [text, JSONMember(name + "_base64", .string(Base64.encode(bytes)))]
  }
}
