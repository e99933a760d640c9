internal import Evidence
internal import GitModel
internal import GitStore
internal import Glibc
internal import Policy

/// Puts statements into the clone's own evidence ref, and carries them to a remote.
///
/// What is to be pushed comes into that ref once the remote has it, and not before: what stayed here after
/// a push that failed would go along with any later one, days after it was meant.
public struct EvidenceCarrier {
  /// Is told what waited here and went to the remote with what is pushed.
  public typealias Told = (String) -> Void

  private let repository: Repository
  private let git: GitCommand
  private let alongside: Told

  /// How often the clone's own ref is written anew when another process was faster.
  private static let tries = 8
  /// How often a push is tried when the remote got other statements meanwhile. Of writers that come at
  /// once one lands in each round, and all wait a little, each another while.
  private static let pushes = 100

  init(_ repository: Repository, git: GitCommand, alongside: @escaping Told = { _ in }) {
    (self.repository, self.git, self.alongside) = (repository, git, alongside)
  }

  /// States: here alone with no remote, else there and then here. With no statements, what waited here is
  /// carried.
  func state(
    _ statements: [SignedStatement], at instant: Instant, remote: String?
  ) throws(EngineFault) {
    let identity = try identity(at: instant)
    if let remote {
      try carry(statements, by: identity, to: remote)
    } else {
      try write { own throws(EngineFault) in
        try commit(statements, on: own.map { [$0] } ?? [], by: identity)
      }
    }
  }

  private func carry(
    _ statements: [SignedStatement], by identity: Identity, to remote: String
  ) throws(EngineFault) {
    let exchange = EvidenceExchange(git: git, remote: remote)
    let copy = EvidenceStore.copy(of: remote)
    try fetch(from: remote)
    let waiting = try waiting(for: remote, by: identity)
    for attempt in 0..<Self.pushes {
      if attempt > 0 { Self.wait(upTo: min(attempt, 10) * 50) }
      let known = try repository.tip(copy)
      let tips = try apart(try repository.tip(EvidenceStore.ref), known)
      guard let new = try commit(statements, on: tips, by: identity) else { return }
      if new != known {
        switch try exchange.push(new) {
        case .done: break
        case .overtaken:
          try fetch(from: remote)
          continue
        case .refused(let fault):
          do { try exchange.fetch() } catch {
            guard !fault.isRefusal else { throw .nothingStated(fault, waiting) }
            throw EngineFault(
              "\(fault.message)\nnothing is stated here, and whether \(remote) took it is not known",
              hints: [
                "once \(remote) can be reached: gitrel fetch, and look before it is said again"
              ]
            )
          }
          let now = try repository.tip(copy)
          // It may have taken them before the line broke.
          if let now, try contains(now, new) { break }
          // A server with gitrel refuses in its own words what another push has overtaken.
          if now == known { throw .nothingStated(fault, waiting) }
          continue
        }
      }
      try write { own throws(EngineFault) in
        try commit([], on: try apart(own, new), by: identity)
      }
      // Git has done that where it fetches statements; else the copy would be one push behind.
      try? repository.update(copy, to: new, expecting: known ?? .zero, message: "gitrel: pushed")
      if let waiting { alongside(waiting) }
      return
    }
    throw .nothingStated(
      EngineFault("\(remote) gets other statements all the time", hints: ["try again"]))
  }

  /// Brings what is known of the statements of `remote` up to date, for one that is to follow them.
  func fetch(from remote: String) throws(EngineFault) {
    do { try EvidenceExchange(git: git, remote: remote).fetch() } catch {
      throw .nothingStated(error)
    }
  }

  /// A commit with `statements` beside all that is at `tips`; nil where that is nothing.
  private func commit(
    _ statements: [SignedStatement], on tips: [ObjectID], by identity: Identity
  ) throws(EngineFault) -> ObjectID? {
    let store = EvidenceStore(repository)
    var tips = tips
    for one in statements {
      tips = [try store.adding([one.envelope], about: one.place, to: tips, by: identity)]
    }
    guard tips.count > 1 else { return tips.first }
    return try store.adding([], about: .zero, to: tips, by: identity)
  }

  /// Makes the clone's own ref what `make` makes of it. Another process may do the same at the same moment,
  /// so the ref is compared and all is made anew.
  private func write(
    _ make: (ObjectID?) throws(EngineFault) -> ObjectID?
  ) throws(EngineFault) {
    for _ in 0..<Self.tries {
      let own = try repository.tip(EvidenceStore.ref)
      guard let new = try make(own), new != own else { return }
      do {
        try repository.update(
          EvidenceStore.ref, to: new, expecting: own ?? .zero, message: "gitrel: evidence")
        return
      } catch  where error.code == .modified || error.code == .locked || error.code == .exists {
        continue
      } catch { throw EngineFault(error) }
    }
    throw EngineFault(
      "\(EvidenceStore.ref.full) is written by others all the time", hints: ["try again"])
  }

  /// Sleeps for up to so many milliseconds.
  private static func wait(upTo limit: Int) {
    poll(nil, 0, Int32.random(in: 0...Int32(clamping: limit)))
  }

  // MARK: - What the remote lacks

  /// What the statements say that are here and not at `remote`, as of the last fetch; nil where there are
  /// none.
  func waiting(for remote: String, at instant: Instant) throws(EngineFault) -> String? {
    try waiting(for: remote, by: try identity(at: instant))
  }

  private func waiting(
    for remote: String, by identity: Identity
  ) throws(EngineFault) -> String? {
    let theirs = try repository.tip(EvidenceStore.copy(of: remote))
    let tips = try apart(try repository.tip(EvidenceStore.ref), theirs)
    guard let all = try commit([], on: tips, by: identity), all != theirs else { return nil }
    let (old, new) = try EngineFault.wrapping { () throws(GitError) in
      (
        try theirs.map { id throws(GitError) in try repository.commit(id).tree },
        try repository.commit(all).tree
      )
    }
    var growth = EvidenceGrowth(repository: repository)
    try growth.compare(old, new, folders: [])
    let store = EvidenceStore(repository)
    let told = growth.added.map { path, blob in
      guard let (envelope, statement) = try? store.read(blob, at: path) else {
        return (Instant(seconds: .min), "", "one that cannot be read")
      }
      let words = statement.kindAndWords.cleaned
      return (
        statement.recorded ?? Instant(seconds: .min), words,
        "\(envelope.statementDigest.prefix(12)) (\(words))"
      )
    }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    guard !told.isEmpty else { return nil }
    let left = told.count - Self.toldLimit
    let shown = told.prefix(Self.toldLimit).joined(separator: ", ")
    return
      "\(counted(told.count, "statement")) that waited here: \(shown)\(left > 0 ? ", and \(left) more" : "")"
  }

  /// How many statements are told one by one.
  private static let toldLimit = 5

  /// Whether the clone has statements that `remote` lacks, as of the last fetch; when it has, its ref
  /// is made one that the remote can take.
  func hasMore(than remote: String, at instant: Instant) throws(EngineFault) -> Bool {
    guard let own = try repository.tip(EvidenceStore.ref) else { return false }
    guard let theirs = try repository.tip(EvidenceStore.copy(of: remote)) else { return true }
    if try contains(theirs, own) { return false }
    let identity = try identity(at: instant)
    try write { own throws(EngineFault) in
      try commit([], on: try apart(own, theirs), by: identity)
    }
    return true
  }

  /// The tip that the evidence ref has once what is here is pushed, where one side has all of the other;
  /// else the clone's own.
  func evidenceTip(beside remote: String) throws(EngineFault) -> ObjectID? {
    let theirs = try repository.tip(EvidenceStore.copy(of: remote))
    guard let own = try repository.tip(EvidenceStore.ref) else { return theirs }
    guard let theirs, try contains(theirs, own) else { return own }
    return theirs
  }

  /// Those of two tips that are needed to have all.
  private func apart(_ own: ObjectID?, _ theirs: ObjectID?) throws(EngineFault) -> [ObjectID] {
    guard let own, let theirs else { return [own, theirs].compactMap { $0 } }
    if try contains(own, theirs) { return [own] }
    return try contains(theirs, own) ? [theirs] : [own, theirs]
  }

  /// Whether the history of `tip` has `other`.
  private func contains(_ tip: ObjectID, _ other: ObjectID) throws(EngineFault) -> Bool {
    if tip == other { return true }
    return try EngineFault.wrapping { () throws(GitError) in
      try repository.isAncestor(other, of: tip)
    }
  }

  /// Who git says the user is, at `instant`.
  func identity(at instant: Instant) throws(EngineFault) -> Identity {
    let ident = try git.demand(["var", "GIT_COMMITTER_IDENT"], "tell who you are").trimmed
    guard let open = ident.firstIndex(of: UInt8(ascii: "<")),
      let close = ident.lastIndex(of: UInt8(ascii: ">")), open < close
    else {
      throw EngineFault(
        "git does not tell who you are", hints: ["git config user.email YOU@EXAMPLE"])
    }
    return Identity(
      name: Bytes(ident[..<open].trimmed), email: Bytes(ident[(open + 1)..<close]),
      seconds: instant.seconds, offsetMinutes: 0)
  }
}

extension EngineFault {
  /// The same, of a statement that was to be pushed and of which nothing stays here.
  public static func nothingStated(_ fault: EngineFault) -> EngineFault {
    nothingStated(fault, nil)
  }

  /// With what waited here and went along, which may be what was refused.
  fileprivate static func nothingStated(
    _ fault: EngineFault, _ waiting: String?
  ) -> EngineFault {
    var hints = fault.hints
    if !fault.isRefusal {
      hints.append(
        "--no-push keeps it here on purpose, to go along with the next statement that is pushed")
    } else if let waiting {
      hints += [
        "what is refused may be of \(waiting)",
        "to forget what waits here: git update-ref -d \(EvidenceStore.ref.full)",
      ]
    }
    return EngineFault(
      "\(fault.message)\nnothing is stated", hints: hints, isRefusal: fault.isRefusal)
  }
}

extension Statement {
  /// What it is and says.
  fileprivate var kindAndWords: String {
    guard case .declaration(let said) = predicate, !said.name.isEmpty else { return words }
    let isState = said.kind == .freeze || said.kind == .incident
    let state = isState ? " \(said.value.printable)" : ""
    return "\(said.kind.rawValue)\(state) \(words)"
  }
}
