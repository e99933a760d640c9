internal import Evidence
internal import GitModel
internal import Policy
internal import Signing

/// What the decision log has to say of a release: the decision that let its tag in, those that let its
/// commits in by statements, the lines from the oldest of these to the newest, and since when which
/// controls held.
struct LogSurvey {
  /// The decision that let the tag in.
  let decision: LogEntry
  /// The policy that judged it.
  let policy: JudgedPolicy
  /// The files for the bundle.
  let files: [TarArchive.Member]
  /// The SHA-256 of each line that is among them.
  let digests: Set<String>
  /// The SHA-256 of the newest line.
  let head: String
  /// The moment of the newest line.
  let last: Int64
  /// The statements that were spent on the release, with the moment.
  let spent: [String: Int64]
  /// The controls.
  let controls: [VerificationSummary.Control]

  /// Goes through all of `log`.
  init(_ log: DecisionLog, of release: BundledRelease, _ gate: CloneGate) throws(EngineFault) {
    var lines: [Bytes] = []
    var needed = 0
    var found: (entry: LogEntry, policy: JudgedPolicy)?
    var history: ControlHistory?
    var files: [TarArchive.Member] = []
    var spent: [String: Int64] = [:]
    var last: Int64 = 0
    try log.walk { (entry, line, commit) throws(EngineFault) in
      lines.append(line)
      if lines.count == 1 { last = entry.seconds }
      let isAccepted = entry.answer == "accepted"
      let beside = isAccepted ? try log.files(of: entry, in: commit) : (updates: nil, used: nil)
      let isLater = found == nil
      if isAccepted, isLater {
        if let updates = beside.updates {
          files.append(.init(BundleFiles.updates(entry.sequence), updates))
        }
        let updates = try log.updates(of: entry, in: commit)
        if updates?.contains(where: { $0.name == release.ref && $0.new == release.tag.id }) ?? false
        {
          let policy = try JudgedPolicy(of: entry, at: gate.policy.source, in: gate.repository)
          found = (entry, policy)
          history = ControlHistory(policy.document, on: release.refs, at: entry)
          needed = lines.count
        }
      }
      history?.look(at: entry) { entry in
        try? JudgedPolicy(of: entry, at: gate.policy.source, in: gate.repository).document
      }
      let isDecision = found?.entry.sequence == entry.sequence
      guard let used = beside.used, let uses = try? BundledLog.uses(of: entry, in: used) else {
        return true
      }
      let mine = uses.filter { isDecision || release.commits.contains($0.commit) }
      guard !mine.isEmpty else { return true }
      files.append(.init(BundleFiles.used(entry.sequence), used))
      for use in mine where spent[use.statement] == nil { spent[use.statement] = entry.seconds }
      needed = lines.count
      return true
    }
    guard let (decision, policy) = found else {
      throw EngineFault(
        "no decision of the log here let \(release.ref.short) in as it is",
        hints: [
          "gitrel fetch brings the log of the server",
          "gitrel log --ref \(release.ref.short) shows what was decided of it",
        ])
    }
    (self.decision, self.policy) = (decision, policy)
    let chain = lines.prefix(needed)
    files.append(
      .init(BundleFiles.lines, Bytes(chain.reversed().map { $0 + [UInt8(ascii: "\n")] }.joined())))
    digests = Set(chain.map { SHA256Digest.hex(of: $0) })
    head = lines.first.map { SHA256Digest.hex(of: $0) } ?? ""
    (self.files, self.last, self.spent) = (files, last, spent)
    controls = history?.controls ?? []
  }
}
