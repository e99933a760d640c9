public import GitModel
internal import GitStore

/// What git really did after the gate said yes: commits on `refs/gitrel/applied`, each with the lines
/// that post-receive was given as its message.
///
/// A decision is logged before it is carried out, and git may still not carry it out. So the log alone
/// cannot tell a permit that was never applied from one that was applied and undone by hand. Each log
/// entry names the tip of this chain, so that nothing can be taken out of it unseen either.
public struct AppliedUpdates {
  /// The records, oldest first, each a ref update that was carried out.
  private(set) var records: [LogEntry.Ref] = []
  /// How many records there are up to and with a commit of the chain.
  private(set) var counts: [ObjectID: Int] = [:]

  /// Where the chain stands beside a log: `refs/gitrel/applied`, or a clone's copy of it.
  static func name(beside log: RefName) -> RefName {
    RefName(log.bytes.dropLast("log".utf8.count) + Bytes("applied".utf8))
  }

  /// The name on a server.
  static let ref = name(beside: DecisionLog.ref)

  /// The tip of the chain, nil when nothing was recorded.
  static func tip(
    of repository: Repository, _ name: RefName = ref
  ) throws(EngineFault) -> ObjectID? {
    let value = try EngineFault.wrapping { () throws(GitError) in try repository.value(of: name) }
    switch value {
    case nil: return nil
    case .direct(let id): return id
    case .symbolic: throw EngineFault("\(name.full) is a symbolic ref, which it never is")
    }
  }

  /// Reads the whole chain at `name`.
  init(_ repository: Repository, _ name: RefName) throws(EngineFault) {
    var chain: [(id: ObjectID, updates: [LogEntry.Ref])] = []
    var next = try Self.tip(of: repository, name)
    while let id = next {
      let commit = try EngineFault.wrapping { () throws(GitError) in try repository.commit(id) }
      // What cannot be read records nothing; entries that name it are then faults.
      let updates = (try? HookLines.received(commit.message)) ?? []
      chain.append((id, updates.map { LogEntry.Ref(name: $0.name, old: $0.old, new: $0.new) }))
      next = commit.parents.first
    }
    for link in chain.reversed() {
      records += link.updates
      counts[link.id] = records.count
    }
  }

  /// Records `lines`, as post-receive was given them.
  public static func record(
    _ lines: Bytes, at instant: Instant, gitDirectory: String
  ) throws(EngineFault) {
    let repository = try EngineFault.wrapping { () throws(GitError) in
      try Repository.openForLog(at: gitDirectory)
    }
    try DecisionLog(repository, ref: DecisionLog.ref).locked { () throws(EngineFault) in
      let tip = try tip(of: repository)
      let identity = DecisionLog.identity(at: instant)
      try EngineFault.wrapping { () throws(GitError) in
        let commit = try repository.writeCommit(
          tree: try repository.write(tree: []), parents: tip.map { [$0] } ?? [],
          author: identity, committer: identity, message: lines)
        try repository.update(
          ref, to: commit, expecting: tip ?? .zero, message: "gitrel: applied")
      }
    }
  }
}
