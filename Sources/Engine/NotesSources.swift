internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy
internal import Release

/// Finds what release notes go by: the words of the policy, its template, and the signed approvals that
/// let commits in.
struct NotesSources {
  let repository: Repository
  let gate: CloneGate
  /// The remote whose decisions let commits in; nil for the repository's own.
  let remote: String?

  private var policy: PolicyDocument { gate.policy.document }

  /// For how many days signed approvals are looked up.
  private static let daysLimit: Int64 = 400

  /// The template of the policy, else the usual form.
  func template() throws(EngineFault) -> NotesTemplate {
    guard let path = policy.release.notes.template else { return .standard }
    var trusted: ObjectID?
    if case .ref(let name, _) = gate.policy.source { trusted = try gate.view.value(of: name) }
    let files = TrustedFiles(repository: repository, source: gate.policy.source, trusted: trusted)
    let shown = "the template \(Bytes(path.utf8).printable)"
    do {
      guard
        let bytes = try files.bytes(
          at: path, limit: NotesTemplate.maximumSize, "the template of the notes")
      else {
        throw EngineFault(
          "there is no \(Bytes(path.utf8).printable) in \(files.place), which the policy names for notes",
          hints: ["commit it there, or take `template` out of the policy's `release: notes`"])
      }
      return try NotesTemplate(bytes)
    } catch let fault as EngineFault {
      throw fault
    } catch let fault as any WordedFault {
      let words = fault is NotesTemplate.Fault ? "\(shown): \(fault.words)" : fault.words
      throw EngineFault(words)
    } catch {
      throw EngineFault("\(error)")
    }
  }

  /// What notes of `commits` go by, which came to `branch` or to another one that has the newest of them.
  func source(of commits: [Commit], on branch: RefName) throws(EngineFault) -> NotesSource {
    let rules = policy.rulesets.flatMap(\.rules).map(\.rule)
    var source = NotesSource()
    source.people = policy.people
    source.link = policy.release.notes.link
    source.tickets =
      policy.release.notes.tickets.map { Tickets(pattern: $0) }
      ?? rules.lazy.compactMap { $0 as? Tickets }.first
    let approvals = rules.compactMap { $0 as? Approvals }
    if !approvals.isEmpty {
      let keys = approvals.flatMap { $0.source.keys + Array($0.source.aliases.keys) }
      source.approvalKeys = keys.map { Bytes($0.utf8) }
    }
    if rules.contains(where: { $0.needs.endorsements != nil }) {
      source.signed = try signed(commits, on: [branch] + others(with: commits.first, than: branch))
    }
    return source
  }

  /// How many other branches are looked at.
  private static let branchesLimit = 50

  /// The branches on which signed approvals count and that have `commit`: what is released from one of
  /// them was approved for it.
  private func others(
    with commit: Commit?, than branch: RefName
  ) throws(EngineFault) -> [RefName] {
    guard let commit else { return [] }
    let guarded = try gate.view.all().filter { ref in
      ref.name.isBranch && ref.name != branch
        && policy.rulesets(guarding: ref.name).flatMap(\.rules).contains {
          $0.rule.needs.endorsements != nil
        }
    }
    return try EngineFault.wrapping { () throws(GitError) in
      var found: [RefName] = []
      for ref in guarded.prefix(Self.branchesLimit)
      where try repository.isAncestor(commit.id, of: ref.value) { found.append(ref.name) }
      return found
    }
  }

  /// Whether nothing here tells what let commits in, so that signed approvals are missing from notes.
  func lacksDecisions() throws(EngineFault) -> Bool {
    guard let remote,
      policy.rulesets.flatMap(\.rules).contains(where: { $0.rule.needs.endorsements != nil })
    else { return false }
    return try repository.tip(DecisionLog.copy(of: remote)) == nil
  }

  /// Whose signed approvals let commits in, by the server's log.
  private func signed(
    _ commits: [Commit], on branches: [RefName]
  ) throws(EngineFault) -> [ObjectID: [String]] {
    let dates = commits.map(\.committer.seconds)
    guard let first = dates.min(), let last = dates.max() else { return [:] }
    let log = DecisionLog(
      repository, ref: remote.map { DecisionLog.copy(of: $0) } ?? DecisionLog.ref)
    let day: Int64 = 86_400
    let uses = try log.uses(since: Instant(seconds: first - day))
    guard !uses.isEmpty else { return [:] }
    let store = EvidenceStore(repository)
    let tips = try gate.view.evidenceTips()
    var signed: [ObjectID: [String]] = [:]
    // An approval is older than what it lets in, by a month or so.
    let start = max(first - 31 * day, last - Self.daysLimit * day)
    var moment = start
    while moment <= last + day {
      for branch in branches {
        let place = EvidencePlace.approvals(for: branch, on: Instant(seconds: moment))
        for stored in try store.statements(at: place, tips: tips) {
          guard case .success(let (envelope, statement)) = stored.content,
            case .approval(let approval) = statement.predicate,
            let spent = uses[envelope.statementDigest]
          else { continue }
          for commit in spent {
            signed[commit, default: []].append(String(decoding: approval.person, as: UTF8.self))
          }
        }
      }
      moment += day
    }
    return signed
  }
}
