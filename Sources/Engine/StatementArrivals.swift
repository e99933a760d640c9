internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// Tells when the server got statements, and under which policy, by its decision log: a signer's clock may
/// say anything earlier.
///
/// The log names each state of the evidence that a push brought about, and a state holds for ever what it
/// held: so the first one that holds a statement tells when it came. Nobody but the server writes the log, and
/// nobody can push evidence that it does not tell of. What it does not tell of is of one of these kinds:
/// - It lay there before the log began, by the list of refs in its first entry: then nothing is known but
///   the signer's time, and that is taken. So it is where there is no log.
/// - It comes with the very push that is judged, or was brought past the gate by somebody with a shell on
///   the server: then it counts as said now. In a clone, whose copy of the log may be old or which may not have
///   pushed it yet, it was not there when the log's last decision was made.
final class StatementArrivals {
  /// A decision that let statements in.
  struct Admission {
    /// The evidence before and after it.
    let (old, tip): (ObjectID, ObjectID)
    /// The moment.
    let time: Instant
    /// The SHA-256 of the policy that decided; nil where there was none.
    let policyDigest: String?
    /// Where the branch with the policy stood, as far as the log tells.
    let policyTip: ObjectID?
  }

  /// How a statement came in.
  struct Arrival {
    /// When it counts as said: at the later of the signer's time and the server's.
    let time: Instant
    /// The decision that let it in, and so took it for signed by whom it names; nil where none is known.
    let admission: Admission?
  }

  private let repository: Repository
  private let view: RefView
  private let log: DecisionLog
  private let policy: LoadedPolicy
  private let instant: Instant
  /// What was read of the log, the newest first.
  private var admissions: [Admission] = []
  /// The entry from which to read on, once anything was read.
  private var next: ObjectID?
  private var isBegun = false
  /// When the last decision was made.
  private var latest: Instant?
  /// Where the branch with the policy stood before the entries that were read.
  private var policyTip: ObjectID?
  /// The state of the evidence that the next older push brought about; nil before anything was read.
  private var evidenceTip: ObjectID?
  /// The evidence that lay there before the log began, once it was read to its start.
  private var first: ObjectID?
  /// The policies of then, by digest; nil where they cannot be had.
  private var policies: [String: PolicyDocument?] = [:]

  /// By the log that `view` has of `repository`, at `instant`; `policy` is that of today.
  init(_ repository: Repository, _ view: RefView, _ policy: LoadedPolicy, at instant: Instant) {
    (self.repository, self.view) = (repository, view)
    (self.policy, self.instant) = (policy, instant)
    log = DecisionLog(repository, ref: view.place(of: DecisionLog.ref))
  }

  /// How the statement in `file` at `place`, which says that it was made at `recorded`, came in. The log is
  /// read no further back than that.
  func arrival(
    of file: String, at place: ObjectID, recorded: Instant
  ) throws(EngineFault) -> Arrival {
    // Nothing that is pushed may be further ahead of the server's clock than the skew, and that may
    // have been set back by as much since.
    try read(backTo: recorded.seconds - 2 * EvidenceStore.clockSkew)
    // Statements are only ever added, so that those which hold it are searched by halves.
    var (low, high) = (0, admissions.count)
    while low < high {
      let middle = (low + high) / 2
      if try holds(admissions[middle].tip, file, at: place) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    let admission = low > 0 ? admissions[low - 1] : nil
    if let admission, try brings(admission, file, at: place) {
      return Arrival(time: max(recorded, admission.time), admission: admission)
    }
    if let first, try holds(first, file, at: place) {
      return Arrival(time: recorded, admission: nil)
    }
    guard latest != nil || !view.isOfClone else { return Arrival(time: recorded, admission: nil) }
    let known = view.isOfClone ? latest : instant
    return Arrival(time: max(recorded, admission?.time ?? known ?? instant), admission: nil)
  }

  /// The policy that made a decision; nil where it cannot be had here any more. The log has its digest, so
  /// that it does not matter who says where it is.
  func policy(of admission: Admission) -> PolicyDocument? {
    guard let digest = admission.policyDigest else { return nil }
    if digest == policy.origin.digest { return policy.document }
    if let known = policies[digest] { return known }
    let found = admission.policyTip.flatMap { try? loaded(at: $0) }
    let document = found?.origin.digest == digest ? found?.document : nil
    policies[digest] = .some(document)
    return document
  }

  private func loaded(at tip: ObjectID) throws(EngineFault) -> LoadedPolicy? {
    guard case .ref(let name, let path) = policy.source else { return nil }
    let blob = try TrustedPolicy.policyBlob(
      at: path, of: tip, in: repository, ref: view.display(name), mends: [])
    return try TrustedPolicy.read(
      blob, file: path, label: tip.short, source: policy.source,
      place: .tree(of: tip, policy: path, in: repository))
  }

  // MARK: - The log

  /// Reads the log back to a moment, from where it was read to before.
  private func read(backTo oldest: Int64) throws(EngineFault) {
    if !isBegun {
      isBegun = true
      next = try log.tip()
      if case .ref(let name, _) = policy.source { policyTip = try view.value(of: name) }
      // What is there when the log begins is there already.
      if next == nil { first = try view.value(of: EvidenceStore.ref) }
    }
    guard next != nil else { return }
    try log.walk(from: next) { (entry, _, commit) throws(EngineFault) in
      latest = latest ?? Instant(seconds: entry.seconds)
      if entry.answer == "accepted" {
        // A clock that was set back is refused, so that only what was accepted is in the order of time.
        guard entry.seconds >= oldest else {
          next = commit.id
          return false
        }
        try take(entry, in: commit)
      }
      next = commit.parents.first
      if next == nil, let start = entry.start {
        first = try log.startRefs(of: commit, digest: start)?[EvidenceStore.ref]
      }
      return true
    }
  }

  private func take(_ entry: LogEntry, in commit: Commit) throws(EngineFault) {
    guard let updates = try log.updates(of: entry, in: commit) else {
      throw EngineFault("log entry \(entry.sequence) does not hold what it says was pushed")
    }
    if case .ref(let name, _) = policy.source,
      let update = updates.first(where: { $0.name == name })
    {
      policyTip = update.old
    }
    for update in updates where update.name == EvidenceStore.ref && !update.new.isZero {
      guard try isHere(update.new), try wasApplied(update) else { continue }
      evidenceTip = update.old
      admissions.append(
        Admission(
          old: update.old, tip: update.new, time: Instant(seconds: entry.seconds),
          policyDigest: entry.policyDigest, policyTip: policyTip))
    }
  }

  /// Whether git carried out what a decision let in: of two that push at once, it takes one. What it left
  /// is no state of the evidence, and lacks what others brought meanwhile.
  private func wasApplied(_ update: LogEntry.Ref) throws(EngineFault) -> Bool {
    let newer = if let evidenceTip { [evidenceTip] } else { try view.evidenceTips() }
    if newer.contains(update.new) { return true }
    for tip in newer where !tip.isZero {
      guard try isHere(tip) else { continue }
      let isOlder = try EngineFault.wrapping { () throws(GitError) in
        try repository.isAncestor(update.new, of: tip)
      }
      if isOlder { return true }
    }
    return false
  }

  // MARK: - The evidence

  private func isHere(_ id: ObjectID) throws(EngineFault) -> Bool {
    try EngineFault.wrapping { () throws(GitError) in try repository.header(of: id) != nil }
  }

  /// Whether a decision let in what was not there before.
  private func brings(
    _ admission: Admission, _ file: String, at place: ObjectID
  ) throws(EngineFault) -> Bool {
    if admission.old.isZero { return true }
    guard try isHere(admission.old) else { return false }
    return try !holds(admission.old, file, at: place)
  }

  private func holds(
    _ tip: ObjectID, _ file: String, at place: ObjectID
  ) throws(EngineFault) -> Bool {
    guard try isHere(tip) else { return false }
    let path = EvidencePath.folder(of: place).split(separator: UInt8(ascii: "/")).map { Bytes($0) }
    return try EngineFault.wrapping { () throws(GitError) in
      let tree = try repository.commit(tip).tree
      return try repository.entry(at: path + [Bytes("\(file).json".utf8)], inTree: tree) != nil
    }
  }
}
