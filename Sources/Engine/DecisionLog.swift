internal import Evidence
public import GitModel
public import GitStore
internal import Glibc
public import Policy
internal import Signing

/// The server's log of decisions: commits on `refs/gitrel/log`, each with one canonical JSON line as
/// its message, each naming the SHA-256 of the line before. DESIGN.md section 9 says why.
///
/// The handle is a plain one: what it writes must outlive a push that is refused, and the quarantine
/// of such a push is thrown away.
public final class DecisionLog {
  /// Where the log stands.
  public static let ref = RefName("refs/gitrel/log")
  /// The longest line, in bytes; longer lists are replaced by their count and digest.
  public static let maximumLine = 16 << 10
  /// How long to wait for another run to finish its entry, in seconds.
  static let lockWait = 5

  /// Where a clone keeps its copy of `remote`'s log.
  public static func copy(of remote: String) -> RefName {
    RefName("refs/gitrel-remotes/\(remote)/log")
  }

  private let repository: Repository
  private let name: RefName
  private let lockWait: Int

  /// The log at `ref` of `repository`, which was opened for the log when it is to be written.
  public convenience init(_ repository: Repository, ref: RefName) {
    self.init(repository, ref: ref, lockWait: Self.lockWait)
  }

  init(_ repository: Repository, ref: RefName, lockWait: Int) {
    (self.repository, name, self.lockWait) = (repository, ref, lockWait)
  }

  /// Runs `body` while no other run of gitrel on this repository does.
  public func locked<Value>(
    _ body: () throws(EngineFault) -> Value
  ) throws(EngineFault) -> Value {
    let path = "\(repository.commonDirectory)/gitrel.lock"
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard file >= 0 else {
      throw EngineFault(
        "the decision log cannot be locked: \(path): \(String(cString: strerror(errno)))")
    }
    defer {
      // A child that is being started may hold a copy of the file for a moment longer.
      flock(file, LOCK_UN)
      close(file)
    }
    var tries = 0
    while flock(file, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR, tries < lockWait * 50 else {
        throw EngineFault(
          "another push is being decided, for more than \(lockWait) seconds",
          hints: ["push again in a moment"])
      }
      tries += 1
      usleep(20_000)
    }
    return try body()
  }

  /// The last entry, nil when the log has not begun.
  public func last() throws(EngineFault) -> LogEntry? {
    guard let tip = try tip() else { return nil }
    return try entry(tip).entry
  }

  /// Writes one entry after the last. Call it while locked. Returns the sequence number.
  @discardableResult
  public func append(
    _ decision: Decision,
    start: @autoclosure () throws(EngineFault) -> [(name: RefName, value: ObjectID)]
  ) throws(EngineFault) -> Int {
    let tip = try tip()
    let previous: Stored? = if let tip { try entry(tip) } else { nil }
    var files: [TreeEntry] = []
    var startDigest: String?
    if previous == nil {
      // The first entry holds every ref as it was, so that later changes can be told from what was
      // there before gitrel.
      var list = Bytes()
      for ref in try start() {
        list += Bytes("\(ref.value.hex) ".utf8) + ref.name.bytes + [UInt8(ascii: "\n")]
      }
      startDigest = SHA256Digest.hex(of: list)
      files.append(try file("refs", list))
    }
    let entry = LogEntry(
      sequence: (previous?.entry.sequence ?? 0) + 1,
      previous: previous.map { SHA256Digest.hex(of: $0.line) } ?? String(repeating: "0", count: 64),
      start: startDigest, applied: try AppliedUpdates.tip(of: repository),
      debtBefore: previous.flatMap { $0.entry.newestDebt(at: $0.commit.id) }, decision: decision,
      zoneData: ZoneDirectory.version)
    let line = entry.line
    guard LogEntry(line: line) == entry, line.count <= Self.maximumLine else {
      // Never written: every later run would find that it cannot be read, and refuse.
      throw EngineFault("the entry could not be read back")
    }
    if entry.refs == nil, decision.answer == .accepted {
      files.append(try file(Self.updatesFile, LogEntry.listing(of: decision)))
    }
    if decision.isSpending {
      files.append(try file(Self.usesFile, LogEntry.uses(of: decision)))
    }
    let identity = Self.identity(at: decision.instant)
    try EngineFault.wrapping { () throws(GitError) in
      let tree = try repository.write(tree: files)
      let commit = try repository.writeCommit(
        tree: tree, parents: tip.map { [$0] } ?? [], author: identity, committer: identity,
        message: line + [UInt8(ascii: "\n")])
      try repository.update(
        name, to: commit, expecting: tip ?? .zero, message: "gitrel: decision \(entry.sequence)")
    }
    return entry.sequence
  }

  /// Who writes the log: the machine, not a person.
  static func identity(at instant: Instant) -> Identity {
    Identity(
      name: Bytes("gitrel".utf8), email: Bytes("gitrel@localhost".utf8),
      seconds: instant.seconds, offsetMinutes: 0)
  }

  private static let updatesFile = "updates"
  private static let usesFile = "used"

  private func file(_ name: String, _ content: Bytes) throws(EngineFault) -> TreeEntry {
    let blob = try EngineFault.wrapping { () throws(GitError) in
      try repository.write(blob: content)
    }
    return TreeEntry(name: Bytes(name.utf8), mode: 0o100644, id: blob)
  }

  /// The last entry's commit; nil when the log has not begun.
  func tip() throws(EngineFault) -> ObjectID? {
    let value = try EngineFault.wrapping { () throws(GitError) in
      try repository.value(of: name)
    }
    switch value {
    case nil: return nil
    case .direct(let id): return id
    case .symbolic: throw EngineFault("\(name.full) is a symbolic ref, which the log never is")
    }
  }

  /// An entry with its line and its commit.
  private typealias Stored = (entry: LogEntry, line: Bytes, commit: Commit)

  private func entry(_ id: ObjectID) throws(EngineFault) -> Stored {
    let commit = try EngineFault.wrapping { () throws(GitError) in try repository.commit(id) }
    guard commit.message.last == UInt8(ascii: "\n") else {
      throw EngineFault("log entry \(id.short) is cut")
    }
    let line = Bytes(commit.message.dropLast())
    guard let entry = LogEntry(line: line) else {
      throw EngineFault("log entry \(id.short) is not a line that gitrel wrote")
    }
    return (entry, line, commit)
  }

  /// Every entry, newest first, until `visit` answers false.
  public func walk(
    _ visit: (LogEntry, _ line: Bytes, Commit) throws(EngineFault) -> Bool
  ) throws(EngineFault) {
    try walk(from: try tip(), visit)
  }

  /// The entry whose commit is `start` and all before it, newest first, until `visit` answers false.
  func walk(
    from start: ObjectID?,
    _ visit: (LogEntry, _ line: Bytes, Commit) throws(EngineFault) -> Bool
  ) throws(EngineFault) {
    var next = start
    while let id = next {
      let (entry, line, commit) = try entry(id)
      guard try visit(entry, line, commit) else { return }
      next = commit.parents.first
    }
  }

  /// How many debts are looked at.
  static let maximumDebts = 2_000

  /// An accepted decision that overrode rules, with what a review of it is about.
  struct DebtEntry {
    let entry: LogEntry
    /// SHA-256 of its line.
    let digest: String
  }

  /// The decisions from `since` on that owe a review, the newest first, whether they got one or not. Each
  /// entry says where the one before it is, so that no other is read.
  func debts(since: Instant? = nil) throws(EngineFault) -> [DebtEntry] {
    guard let tip = try tip() else { return [] }
    var found: [DebtEntry] = []
    var next = try entry(tip).entry.newestDebt(at: tip)
    while let id = next {
      let (entry, line, _) = try entry(id)
      if let since, entry.seconds < since.seconds { break }
      found.append(DebtEntry(entry: entry, digest: SHA256Digest.hex(of: line)))
      guard found.count <= Self.maximumDebts else {
        throw EngineFault(
          "the log holds more than \(Self.maximumDebts) overrides",
          hints: ["`since` in the rule leaves out the oldest"])
      }
      next = entry.debtBefore
    }
    return found
  }

  /// What was carried out of these decisions.
  func applied() throws(EngineFault) -> AppliedUpdates {
    try AppliedUpdates(repository, AppliedUpdates.name(beside: name))
  }

  /// The refs that the first entry recorded; nil when its file is not what the entry says.
  func startRefs(of commit: Commit, digest: String) throws(EngineFault) -> [RefName: ObjectID]? {
    guard let bytes = try content(of: "refs", in: commit, digest: digest) else { return nil }
    var refs: [RefName: ObjectID] = [:]
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let id = ObjectID(hex: line.prefix(ObjectID.hexLength)) else { return nil }
      refs[RefName(line.dropFirst(ObjectID.hexLength + 1))] = id
    }
    return refs
  }

  /// The ref updates of `entry`, out of its line or the file beside it; nil when they were not kept,
  /// because the push was not accepted, or the file is not what the line says.
  func updates(of entry: LogEntry, in commit: Commit) throws(EngineFault) -> [LogEntry.Ref]? {
    if let refs = entry.refs { return refs }
    guard let bytes = try content(of: Self.updatesFile, in: commit, digest: entry.refsDigest),
      let updates = try? HookLines.received(bytes), updates.count == entry.refCount
    else { return nil }
    return updates.map { LogEntry.Ref(name: $0.name, old: $0.old, new: $0.new) }
  }

  /// The statements that were spent on commits by entries from `instant` on. Throws where an entry, or
  /// the file beside it, is not what was written: then nobody can tell.
  func uses(since instant: Instant) throws(EngineFault) -> [String: Set<ObjectID>] {
    var uses: [String: Set<ObjectID>] = [:]
    try walk { (entry, _, commit) throws(EngineFault) in
      guard entry.seconds >= instant.seconds else { return false }
      guard let digest = entry.used else { return true }
      guard let bytes = try content(of: Self.usesFile, in: commit, digest: digest) else {
        throw EngineFault("log entry \(entry.sequence) does not hold what it says was used")
      }
      for line in bytes.split(separator: UInt8(ascii: "\n")) {
        guard line.count == 65 + ObjectID.hexLength,
          let id = ObjectID(hex: line.suffix(ObjectID.hexLength))
        else { throw EngineFault("log entry \(entry.sequence) cannot be read") }
        uses[String(decoding: line.prefix(64), as: UTF8.self), default: []].insert(id)
      }
      return true
    }
    return uses
  }

  /// The files that an entry says lie beside it, as they were written; nil where it says so of none, or
  /// they are not there.
  func files(
    of entry: LogEntry, in commit: Commit
  ) throws(EngineFault) -> (updates: Bytes?, used: Bytes?) {
    let updates =
      entry.refs == nil
      ? try content(of: Self.updatesFile, in: commit, digest: entry.refsDigest) : nil
    let used = try entry.used.flatMap { digest throws(EngineFault) in
      try content(of: Self.usesFile, in: commit, digest: digest)
    }
    return (updates, used)
  }

  private func content(
    of file: String, in commit: Commit, digest: String
  ) throws(EngineFault) -> Bytes? {
    try EngineFault.wrapping { () throws(GitError) -> Bytes? in
      guard
        let entry = try repository.entry(at: [Bytes(file.utf8)], inTree: commit.tree),
        case let bytes = try repository.blob(entry.id, limit: 256 << 20),
        SHA256Digest.hex(of: bytes) == digest
      else { return nil }
      return bytes
    }
  }
}
