public import GitModel
public import GitStore
internal import Signing

/// What `gitrel log verify` finds: everything that the log and the refs of a repository tell against
/// each other.
public struct LogAudit: Sendable {
  /// How many entries the log holds.
  public let entries: Int
  /// SHA-256 of the last line, to be written down elsewhere: whoever has it sees a log that was cut.
  public let head: String?
  /// What is wrong, each a sentence.
  public let faults: [String]

  /// Checks the whole chain, and where `repository` is the server itself, every ref against it.
  ///
  /// Each line must be canonical, numbered without a gap and name the digest of the line before. For
  /// each ref, what an entry saw must be what the entries before allow: the last value permitted, or
  /// the value before it when git did not apply a permit (another push was first, or it died). Where
  /// post-receive recorded that a permit was applied, only the permitted value is left. Any other value
  /// is a change without a decision.
  /// `known` is the head of an earlier run, which must still be in the log.
  public static func run(
    _ log: DecisionLog, against repository: Repository?, known: String? = nil
  ) throws(EngineFault) -> LogAudit {
    var isKnownFound = false
    var faults: [String] = []
    var chain: [(entry: LogEntry, commit: Commit)] = []
    var newer: LogEntry?
    var head: String?
    do {
      try log.walk { entry, line, commit throws(EngineFault) in
        let digest = SHA256Digest.hex(of: line)
        if head == nil { head = digest }
        if digest == known { isKnownFound = true }
        if let newer {
          if newer.previous != digest {
            faults.append(
              "entry \(newer.sequence) does not follow entry \(entry.sequence): a line was edited")
          }
          if newer.sequence != entry.sequence + 1 {
            faults.append(
              "entry \(newer.sequence) follows entry \(entry.sequence): entries are missing")
          }
        }
        if let newer, newer.debtBefore != entry.newestDebt(at: commit.id) {
          faults.append(
            "entry \(newer.sequence) passes over an override: the last one before it is not where it says"
          )
        }
        if commit.parents.count > 1 {
          faults.append("entry \(entry.sequence) has \(commit.parents.count) parents")
        }
        if commit.parents.isEmpty {
          if entry.sequence != 1 || entry.previous != String(repeating: "0", count: 64) {
            faults.append(
              "the log begins with entry \(entry.sequence): what came before was cut off")
          }
        }
        newer = entry
        chain.append((entry, commit))
        return true
      }
    } catch {
      // Older entries hang on this one, so nothing before it can be told.
      faults.append("\(error.message); what came before it cannot be checked")
      return LogAudit(entries: chain.count, head: head, faults: faults)
    }
    chain.reverse()
    if let first = chain.first {
      faults += try refFaults(log, first.commit, chain, repository)
    }
    if let known, !isKnownFound {
      faults.append(
        "the head \(known.prefix(12)) that was known is not in the log: it was cut or written anew")
    }
    return LogAudit(entries: chain.count, head: head, faults: faults)
  }

  /// What a ref may be after some entries: what the last one saw, or what a permit on that made of it.
  private struct Expected {
    var held: ObjectID
    /// Permits that may still be applied: git compares the old value when it moves a ref, so these
    /// all start from `held`. `record` is the place of the record that it was applied.
    var pending: [(new: ObjectID, record: Int?)] = []
    var sequence = 0

    /// The values that the ref may have, when so many records are known.
    func values(records: Int) -> [ObjectID] {
      let applied = pending.filter { $0.record.map { $0 < records } ?? false }
      return applied.isEmpty ? [held] + pending.map(\.new) : applied.map(\.new)
    }

    mutating func see(_ ref: LogEntry.Ref, in entry: LogEntry, record: Int?) {
      if ref.old != held { pending = [] }
      held = ref.old
      if entry.answer == "accepted" { pending.append((ref.new, record)) }
      sequence = entry.sequence
    }
  }

  private static func refFaults(
    _ log: DecisionLog, _ start: Commit, _ entries: [(entry: LogEntry, commit: Commit)],
    _ repository: Repository?
  ) throws(EngineFault) -> [String] {
    var faults: [String] = []
    var known: [RefName: ObjectID]?
    if let digest = entries.first?.entry.start {
      known = try log.startRefs(of: start, digest: digest)
    }
    if known == nil { faults.append("the first entry does not hold the refs as they were") }
    var expected = (known ?? [:]).mapValues { Expected(held: $0) }
    let applied = try log.applied()
    // The places of the records of each update, first ones last, so that each is taken once.
    var places: [LogEntry.Ref: [Int]] = [:]
    for (place, record) in applied.records.enumerated().reversed() {
      places[record, default: []].append(place)
    }
    var isBlind = false
    for (entry, commit) in entries {
      let records = entry.applied.map { applied.counts[$0] } ?? 0
      if records == nil {
        faults.append(
          "what was carried out before entry \(entry.sequence) is no longer on record: refs/gitrel/applied was rewritten"
        )
      }
      guard let refs = try log.updates(of: entry, in: commit) else {
        // What was refused moved nothing. What was accepted must be known, or nothing is from here on.
        guard entry.answer == "accepted" else { continue }
        faults.append(
          "entry \(entry.sequence) does not hold its \(entry.refCount) ref updates: no ref can be checked after it"
        )
        isBlind = true
        continue
      }
      // A push to the log itself is refused, and what it saw there is the chain, checked above.
      for ref in refs where !Self.isOwn(ref.name) {
        let before = expected[ref.name] ?? Expected(held: .zero)
        let allowed = before.values(records: records ?? 0)
        if !allowed.contains(ref.old), !isBlind {
          faults.append(
            change(
              ref.name, from: allowed, after: before, to: ref.old,
              seen: "entry \(entry.sequence) saw"))
        }
        let record = entry.answer == "accepted" ? places[ref]?.popLast() : nil
        expected[ref.name, default: before].see(ref, in: entry, record: record)
      }
    }
    guard let repository, !isBlind else { return faults }
    var held: [RefName: ObjectID] = [:]
    let refs = try EngineFault.wrapping { () throws(GitError) in try repository.refs() }
    for ref in refs { held[ref.name] = ref.value }
    for name in Set(held.keys).union(expected.keys).sorted() where !Self.isOwn(name) {
      let before = expected[name] ?? Expected(held: .zero)
      let allowed = before.values(records: applied.records.count)
      let now = held[name] ?? .zero
      if !allowed.contains(now) {
        faults.append(change(name, from: allowed, after: before, to: now, seen: "it is now"))
      }
    }
    return faults
  }

  /// The refs that only the server's own gitrel writes; their chains are checked by themselves.
  private static func isOwn(_ name: RefName) -> Bool {
    name == DecisionLog.ref || name == AppliedUpdates.ref
  }

  private static func change(
    _ name: RefName, from allowed: [ObjectID], after before: Expected, to now: ObjectID,
    seen: String
  ) -> String {
    func words(_ id: ObjectID) -> String { id.isZero ? "absent" : id.short }
    let since = before.sequence == 0 ? "when the log began" : "after entry \(before.sequence)"
    let expected = allowed.map(words).joined(separator: " or ")
    return "\(name.full) changed without a decision: \(expected) \(since), \(seen) \(words(now))"
  }

  /// Those of `updates` that the last accepted entries do not know: refs that moved past the gate.
  public static func unlogged(
    _ updates: [RefUpdate], gitDirectory: String
  ) throws(EngineFault) -> [RefUpdate] {
    let repository = try EngineFault.wrapping { () throws(GitError) in
      try Repository.open(at: gitDirectory)
    }
    var left = updates
    var looked = 0
    let log = DecisionLog(repository, ref: DecisionLog.ref)
    try log.walk { entry, _, commit throws(EngineFault) in
      looked += 1
      if entry.answer == "accepted", let refs = try log.updates(of: entry, in: commit) {
        let permitted = Dictionary(refs.map { ($0.name, $0.new) }) { first, _ in first }
        left.removeAll { permitted[$0.name] == $0.new }
      }
      return !left.isEmpty && looked < 100
    }
    return left
  }
}
