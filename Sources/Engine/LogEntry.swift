internal import Evidence
public import GitModel
internal import Policy
internal import Signing

/// One line of the decision log, as a value.
public struct LogEntry: Hashable, Sendable {
  /// A ref update as the log keeps it.
  public struct Ref: Hashable, Sendable {
    /// The full name.
    public let name: RefName
    /// What the repository really held.
    public let old: ObjectID
    /// What was asked for.
    public let new: ObjectID
  }

  /// The place in the log, from 1.
  public let sequence: Int
  /// SHA-256 of the line before, zeros for the first.
  public let previous: String
  /// The moment of the decision, seconds since 1970.
  public let seconds: Int64
  /// `accepted`, `refused` or `undecided`.
  public let answer: String
  /// Who pushed, when that was authenticated.
  public let pusher: String?
  /// The refs; nil when they do not fit into the line, or JSON cannot hold a name. The file `updates`
  /// of the entry's commit has them when the push was accepted.
  public let refs: [Ref]?
  /// How many refs the push named.
  public let refCount: Int
  /// The rules that refused, each as `ref rule`, as far as they fit.
  public private(set) var refusals: [String]
  /// The rules that were overridden, each as `ref rule person: reason`, as far as they fit.
  public private(set) var overrides: [String]
  /// The people who overrode rules of a push that was accepted: it is owed a review by somebody else.
  public let overriders: [String]
  /// Who pushed what is owed one, as the policy that decided knew the pusher: logins change. Nil where it
  /// owes none, or the policy knew nobody of that login.
  public let pushingPerson: String?
  /// The last entry before this one that owes a review; nil where there is none.
  public let debtBefore: ObjectID?
  /// The policy that judged.
  public let policy: String?
  /// The commit that it was read from; nil where it was a file.
  public let policyCommit: ObjectID?
  /// The tip of the record of what was carried out, when the entry was written.
  public let applied: ObjectID?
  /// In the first entry: SHA-256 of the file that holds every ref as it was.
  public let start: String?
  /// SHA-256 of the file that holds the statements which let the push in; nil where there are none.
  public let used: String?
  /// SHA-256 over all ref updates as `listing` writes them, also those that did not fit.
  public let refsDigest: String
  /// How many verdicts of each outcome there were.
  public let verdicts: [String: Int]
  /// SHA-256 of the policy's bytes.
  public let policyDigest: String?
  /// The version of the zone data.
  public let zones: String?
  /// The program that wrote the entry.
  public let program: String

  init(
    sequence: Int, previous: String, start: String?, applied: ObjectID?,
    debtBefore: ObjectID? = nil, decision: Decision, zoneData: String?
  ) {
    self.sequence = sequence
    self.previous = previous
    self.start = start
    self.applied = applied
    seconds = decision.instant.seconds
    answer = decision.answer.rawValue
    pusher = decision.pusher.map { Bytes($0.utf8.prefix(200)).printable }
    policy = decision.policy?.label
    policyCommit = decision.policy?.commit
    let refs = decision.updates.map {
      Ref(name: $0.update.name, old: $0.update.old, new: $0.update.new)
    }
    refCount = refs.count
    refusals = Self.refusals(decision)
    overrides = Self.overrides(decision)
    overriders = decision.answer == .accepted ? decision.overriders : []
    pushingPerson = overriders.isEmpty ? nil : decision.pushingPerson
    self.debtBefore = debtBefore
    // The longest spelling of a byte in canonical JSON has six.
    let size = refs.reduce(0) { $0 + $1.name.bytes.count * 6 + 120 }
    let fits =
      size < DecisionLog.maximumLine / 2
      && refs.allSatisfy { String(validating: $0.name.bytes, as: UTF8.self) != nil }
    self.refs = fits ? refs : nil
    zones = zoneData
    policyDigest = decision.policy?.digest
    program = "gitrel \(GitrelVersion.text)"
    used = decision.isSpending ? SHA256Digest.hex(of: Self.uses(of: decision)) : nil
    verdicts = Dictionary(grouping: decision.all, by: \.verdict.outcome.rawValue).mapValues(\.count)
    refsDigest = SHA256Digest.hex(of: Self.listing(of: decision))
    while line.count > DecisionLog.maximumLine, !refusals.isEmpty { refusals.removeLast() }
    while line.count > DecisionLog.maximumLine, !overrides.isEmpty { overrides.removeLast() }
  }

  /// The ref updates of a decision as hook lines, with the old ids that the repository really held.
  static func listing(of decision: Decision) -> Bytes {
    var lines = Bytes()
    for update in decision.updates.map(\.update) {
      lines += Bytes("\(update.old.hex) \(update.new.hex) ".utf8) + update.name.bytes
      lines.append(UInt8(ascii: "\n"))
    }
    return lines
  }

  /// The statements that let a push in, each with the commit, one to a line.
  static func uses(of decision: Decision) -> Bytes {
    Bytes(decision.uses.map { "\($0.digest) \($0.commit.hex)\n" }.joined().utf8)
  }

  private static func overrides(_ decision: Decision) -> [String] {
    let all = decision.updates.flatMap { update in
      update.judged.compactMap { judged -> String? in
        guard case .accepted(let person, let reason, let source)? = judged.override else {
          return nil
        }
        let ref = update.update.name.full.prefix(80)
        return "\(ref) \(judged.rule) \(person): \(reason.prefix(200)) (\(source))"
      }
    }
    return Array(all.prefix(20))
  }

  private static func refusals(_ decision: Decision) -> [String] {
    let all =
      decision.whole.filter(\.refuses).map(\.rule.text)
      + decision.updates.flatMap { update in
        update.judged.filter(\.refuses).map { "\(update.update.name.full.prefix(80)) \($0.rule)" }
      }
    return Array(all.prefix(20))
  }

  private var json: JSONValue {
    func optional(_ text: String?) -> JSONValue { text.map(JSONValue.text) ?? .null }
    let listed: JSONValue =
      refs.map { refs in
        .array(
          refs.map { ref in
            .object([
              JSONMember("ref", .string(ref.name.bytes)),
              JSONMember("old", .text(ref.old.hex)), JSONMember("new", .text(ref.new.hex)),
            ])
          })
      } ?? .null
    // Entries that were written before there was such a thing have no such member.
    var later = used.map { [JSONMember("used-sha256", .text($0))] } ?? []
    if !overrides.isEmpty {
      later.append(JSONMember("overridden", .array(overrides.map(JSONValue.text))))
    }
    if !overriders.isEmpty {
      later.append(JSONMember("overriders", .array(overriders.map(JSONValue.text))))
    }
    if let policyCommit { later.append(JSONMember("policy-commit", .text(policyCommit.hex))) }
    if let pushingPerson { later.append(JSONMember("pushing-person", .text(pushingPerson))) }
    if let debtBefore { later.append(JSONMember("debt-before", .text(debtBefore.hex))) }
    return .object(
      later + [
        JSONMember("v", .integer(1)),
        JSONMember("seq", .count(sequence)),
        JSONMember("prev", .text(previous)),
        JSONMember("start", optional(start)),
        JSONMember("applied", optional(applied?.hex)),
        JSONMember("time", .integer(seconds)),
        JSONMember("tzdata", optional(zones)),
        JSONMember("pusher", optional(pusher)),
        JSONMember("answer", .text(answer)),
        JSONMember("refs", listed),
        JSONMember("count", .count(refCount)),
        JSONMember("refs-sha256", .text(refsDigest)),
        JSONMember("refused", .array(refusals.map(JSONValue.text))),
        JSONMember(
          "verdicts",
          .object(verdicts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .count($0.value)) })),
        JSONMember("policy", optional(policy)),
        JSONMember("policy-sha256", optional(policyDigest)),
        JSONMember("gitrel", .text(program)),
      ])
  }

  /// The canonical line, without its line end: sorted keys, ASCII only.
  public var line: Bytes { json.canonical }

  /// The last entry that owes a review, seen from behind this one, whose commit is `id`.
  func newestDebt(at id: ObjectID) -> ObjectID? { overriders.isEmpty ? debtBefore : id }

  /// Reads a line that gitrel wrote; nil for anything else. The line must be canonical to the byte.
  public init?(line: Bytes) {
    guard let json = try? JSONValue(parsing: line, limits: JSONLimits(bytes: 1 << 20)),
      json["v"]?.integer == 1,
      let sequence = json["seq"]?.integer, sequence > 0, sequence < Int64(Int32.max),
      let previous = json["prev"]?.string, previous.count == 64,
      let seconds = json["time"]?.integer,
      let answer = json["answer"]?.string, let listed = json["refs"],
      let refsDigest = json["refs-sha256"]?.string, let program = json["gitrel"]?.string,
      let count = json["count"]?.integer, count >= 0, count < 1 << 32
    else { return nil }
    func text(_ name: String) -> String? {
      json[name]?.string.map { String(decoding: $0, as: UTF8.self) }
    }
    var refs: [Ref]?
    if let array = listed.array {
      var read: [Ref] = []
      for item in array {
        guard let name = item["ref"]?.string, let old = item["old"]?.string,
          let new = item["new"]?.string, let oldID = ObjectID(hex: old),
          let newID = ObjectID(hex: new)
        else { return nil }
        read.append(Ref(name: RefName(name), old: oldID, new: newID))
      }
      refs = read
    }
    self.refsDigest = String(decoding: refsDigest, as: UTF8.self)
    self.program = String(decoding: program, as: UTF8.self)
    verdicts = Dictionary(
      (json["verdicts"]?.object ?? []).compactMap { member in
        member.value.integer.map { (String(decoding: member.name, as: UTF8.self), Int($0)) }
      }, uniquingKeysWith: { $1 })
    policyDigest = text("policy-sha256")
    zones = text("tzdata")
    self.sequence = Int(sequence)
    self.previous = String(decoding: previous, as: UTF8.self)
    self.seconds = seconds
    self.answer = String(decoding: answer, as: UTF8.self)
    self.refs = refs
    refCount = Int(count)
    pusher = text("pusher")
    policy = text("policy")
    policyCommit = text("policy-commit").flatMap { ObjectID(hex: $0) }
    start = text("start")
    applied = text("applied").flatMap { ObjectID(hex: $0) }
    used = text("used-sha256")
    refusals = (json["refused"]?.array ?? []).compactMap {
      $0.string.map { String(decoding: $0, as: UTF8.self) }
    }
    overrides = (json["overridden"]?.array ?? []).compactMap {
      $0.string.map { String(decoding: $0, as: UTF8.self) }
    }
    overriders = (json["overriders"]?.array ?? []).compactMap {
      $0.string.map { String(decoding: $0, as: UTF8.self) }
    }
    pushingPerson = text("pushing-person")
    debtBefore = text("debt-before").flatMap { ObjectID(hex: $0) }
    // What was read must be all that the line says, in the one spelling that gitrel writes.
    guard self.line == line else { return nil }
  }
}

extension Decision {
  /// The people who overrode something, each once.
  fileprivate var overriders: [String] {
    Set(
      all.compactMap { judged in
        if case .accepted(let person, _, _)? = judged.override { person } else { nil }
      }
    ).sorted()
  }

  /// Whether it spends the statements that it rests on.
  var isSpending: Bool { answer == .accepted && !uses.isEmpty }
}
