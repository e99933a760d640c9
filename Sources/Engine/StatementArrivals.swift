internal import Evidence
internal import GitModel
internal import GitStore

/// Tells when the server got statements, by its decision log: what a signer's clock says may be earlier.
final class StatementArrivals {
  private let repository: Repository
  private let log: DecisionLog
  /// What was read of the log, and from when on that is.
  private var known: (oldest: Int64, states: [State])?

  /// By `log`, or a copy of it.
  init(_ repository: Repository, _ log: DecisionLog) {
    (self.repository, self.log) = (repository, log)
  }

  /// When the server got what lies at `place`, by the digest of what was signed. What the log does not tell,
  /// because it is not here or does not go on so far, is left out.
  func found(
    of stored: [StoredStatement], at place: ObjectID
  ) throws(EngineFault) -> [String: Instant] {
    let said = stored.compactMap { stored -> (file: String, signed: String, recorded: Instant)? in
      guard case .success(let (envelope, statement)) = stored.content,
        let recorded = statement.recorded
      else { return nil }
      return (stored.digest, envelope.statementDigest, recorded)
    }
    guard let first = said.map(\.recorded).min() else { return [:] }
    let states = try states(since: first)
    var found: [String: Instant] = [:]
    for statement in said {
      let arrival = try arrival(of: statement.file, at: place, states)
      // The same may lie there in two envelopes: the earlier one told of it.
      if let arrival {
        found[statement.signed] = min(arrival, found[statement.signed] ?? arrival)
      }
    }
    return found
  }

  private typealias State = (tip: ObjectID, time: Instant)

  /// What the evidence was made to be by pushes that may have brought something signed at `first`, the
  /// oldest first. Nothing that is pushed may be further ahead of the server's clock than the skew.
  private func states(since first: Instant) throws(EngineFault) -> [State] {
    var oldest = first.seconds - EvidenceStore.clockSkew
    if let known {
      if known.oldest <= oldest { return known.states }
      // Whoever asks for older and older ones asks for all of them.
      oldest = .min
    }
    var states: [State] = []
    try log.walk { (entry, _, commit) throws(EngineFault) in
      guard entry.seconds >= oldest else { return false }
      guard entry.answer == "accepted" else { return true }
      for ref in try log.updates(of: entry, in: commit) ?? [] where ref.name == EvidenceStore.ref {
        let isHere = try EngineFault.wrapping { () throws(GitError) in
          try repository.header(of: ref.new) != nil
        }
        if isHere { states.append((ref.new, Instant(seconds: entry.seconds))) }
      }
      return true
    }
    states.reverse()
    known = (oldest, states)
    return states
  }

  /// The first state that holds a statement: statements are only ever added, so that it is searched by
  /// halves.
  private func arrival(
    of file: String, at place: ObjectID, _ states: [State]
  ) throws(EngineFault) -> Instant? {
    var (low, high) = (0, states.count)
    while low < high {
      let middle = (low + high) / 2
      if try holds(states[middle].tip, file, at: place) { high = middle } else { low = middle + 1 }
    }
    return low < states.count ? states[low].time : nil
  }

  private func holds(
    _ tip: ObjectID, _ file: String, at place: ObjectID
  ) throws(EngineFault) -> Bool {
    let path = EvidencePath.folder(of: place).split(separator: UInt8(ascii: "/")).map { Bytes($0) }
    return try EngineFault.wrapping { () throws(GitError) in
      let tree = try repository.commit(tip).tree
      return try repository.entry(at: path + [Bytes("\(file).json".utf8)], inTree: tree) != nil
    }
  }
}
