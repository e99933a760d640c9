public import GitModel
internal import GitStore
public import Policy
internal import Schedule

/// The law: judges a push on the server, records the decision, and only then says yes.
public struct ServerGate {
  /// The handle that judges, or why there is none.
  private let judging: Result<Repository, EngineFault>
  /// The handle that writes the log, which sees what stands and nothing that was pushed.
  private let standing: Repository
  /// Where git holds the pushed objects.
  private let quarantine: String?
  private let log: DecisionLog

  /// The gate of the bare repository at `gitDirectory`. `quarantine` is where git holds the pushed
  /// objects (GIT_QUARANTINE_PATH).
  public init(gitDirectory: String, quarantine: String?) throws(EngineFault) {
    try self.init(
      gitDirectory: gitDirectory, quarantine: quarantine, lockWait: DecisionLog.lockWait)
  }

  init(gitDirectory: String, quarantine: String?, lockWait: Int) throws(EngineFault) {
    self.quarantine = quarantine
    standing = try EngineFault.wrapping { () throws(GitError) in
      try Repository.openForLog(at: gitDirectory)
    }
    log = DecisionLog(standing, ref: DecisionLog.ref, lockWait: lockWait)
    // Without it every push is refused, and that is logged as any other refusal.
    judging = Result { () throws(EngineFault) in
      try EngineFault.wrapping { () throws(GitError) in
        try Repository.openForJudging(at: gitDirectory, quarantine: quarantine)
      }
    }
  }

  /// What came of a push.
  public struct Outcome: Sendable {
    /// The decision.
    public let decision: Decision
    /// Its number in the log; nil when it could not be written, which refuses.
    public let sequence: Int?
  }

  /// A decision with what it rests on besides the refs that it names.
  private struct Judged {
    let decision: Decision
    /// Every ref but gitrel's own at that moment: names, versions and guarded commits rest on them.
    var refs: [RefName: ObjectID] = [:]
    /// The last entry of the log at that moment: what was spent and what is owed rest on it.
    var entry: ObjectID?

    /// Whether another entry of the log could make it another one.
    var restsOnLog: Bool {
      !decision.uses.isEmpty || decision.all.contains { $0.rule == ReviewOwed.id }
    }
  }

  private static func refs(of view: RefView) throws(EngineFault) -> [RefName: ObjectID] {
    let all = try view.all().filter {
      !$0.name.hasPrefix("refs/gitrel/") || $0.name == EvidenceStore.ref
    }
    return Dictionary(all.map { ($0.name, $0.value) }) { first, _ in first }
  }

  /// Judges the hook lines in `input`. `now` is asked once for each judging.
  ///
  /// The push is judged without the lock; then, under it, the refs and the clock are looked at again,
  /// and the push is judged anew if a ref moved or another minute began (windows open and close on the
  /// minute). The entry is on disk before this returns.
  public func receive(
    _ input: Bytes, pusher: String?, route: Route? = nil, options: [PushOption] = [],
    now: () -> Instant
  ) -> Outcome {
    let programs = ProgramFacts()
    return decide(now: now) {
      judge(input, pusher: pusher, route: route, options, programs, at: now())
    }
  }

  /// Records that a push was refused before it could be judged.
  public func refuse(
    _ words: String, fixes: [String], pusher: String?, now: () -> Instant
  ) -> Outcome {
    decide(now: now) {
      Judged(
        decision: .undecided(BuiltIn.input, words, fixes: fixes, at: now(), pusher: pusher))
    }
  }

  private func decide(now: () -> Instant, _ judge: () -> Judged) -> Outcome {
    let first = judge()
    do {
      return try log.locked { () throws(EngineFault) in
        var decision = first.decision
        if hasMoved(since: first, now: now()) { decision = judge().decision }
        decision = try refusingClockSetBack(decision)
        let sequence = try log.append(decision, start: try RefView.server(standing).all())
        return Outcome(decision: decision, sequence: sequence)
      }
    } catch {
      let fault = JudgedRule(
        builtIn: BuiltIn.log,
        .indeterminate("the decision could not be recorded: \(error.message)", fix: error.hints))
      return Outcome(decision: first.decision.adding(fault), sequence: nil)
    }
  }

  /// Whether to judge again; also when that cannot be told, since the judging says why.
  private func hasMoved(since first: Judged, now: Instant) -> Bool {
    let judged = first.decision.instant.seconds
    if now.seconds / 60 != judged / 60 || now.seconds - judged > 5 { return true }
    let view = RefView.server(standing)
    do {
      if first.restsOnLog, try log.tip() != first.entry { return true }
      for update in first.decision.updates.map(\.update) {
        if try view.value(of: update.name) ?? .zero != update.old { return true }
      }
      if first.refs.isEmpty { return false }
      return try Self.refs(of: view) != first.refs
    } catch { return true }
  }

  /// A clock that runs well behind the last entry decides nothing: windows and freezes rest on it.
  private func refusingClockSetBack(_ decision: Decision) throws(EngineFault) -> Decision {
    guard let last = try log.last(), decision.instant.seconds < last.seconds - 300 else {
      return decision
    }
    return decision.adding(
      JudgedRule(
        builtIn: BuiltIn.log,
        .indeterminate(
          "the server's clock is \(duration(from: decision.instant, to: Instant(seconds: last.seconds))) behind the last decision",
          fix: ["who runs the server sets its clock; then push again"])))
  }

  private func judge(
    _ input: Bytes, pusher: String?, route: Route?, _ options: [PushOption],
    _ programs: ProgramFacts, at instant: Instant
  ) -> Judged {
    let claimed: [RefUpdate]
    do { claimed = try HookLines.received(input) } catch {
      var fixes: [String] = []
      if case .tooMany(let limit) = error { fixes = ["push at most \(limit) refs at a time"] }
      return Judged(
        decision: .undecided(
          BuiltIn.input, error.words, fixes: fixes, at: instant, pusher: pusher))
    }
    var refs: [RefName: ObjectID] = [:]
    do throws(EngineFault) {
      let repository = try judging.get()
      let source = try PolicySource(
        configured: try CloneGate.configuration("gitrel.policy", of: repository))
      let isShallow = try EngineFault.wrapping { () throws(GitError) in try repository.isShallow }
      if isShallow {
        throw EngineFault(
          "this repository is shallow, so that what a push brings in cannot be told",
          hints: ["git fetch --unshallow, on the server"])
      }
      let view = RefView.server(repository)
      refs = try Self.refs(of: view)
      // Where it cannot be told, the writing of the entry says so.
      let entry = try? log.tip()
      let policy = try TrustedPolicy.load(source, in: repository, view: view)
      let decision = try Judging(
        repository: repository, view: view, policy: policy, instant: instant, pusher: pusher,
        route: route, claimsOld: true, running: .allowed, programs: programs, options: options,
        quarantine: quarantine
      ).decision(on: claimed)
      return Judged(decision: decision, refs: refs, entry: entry)
    } catch {
      let decision = Decision.undecided(
        BuiltIn.policy, error.message, fixes: error.hints, at: instant, pusher: pusher,
        updates: held(claimed))
      return Judged(decision: decision, refs: refs)
    }
  }

  /// The updates with the old ids that the repository holds: the log never repeats a claim. A ref
  /// whose value cannot be told is left out.
  private func held(_ claimed: [RefUpdate]) -> [RefUpdate] {
    let view = RefView.server(standing)
    return claimed.compactMap { claim in
      do throws(EngineFault) {
        return RefUpdate(
          name: claim.name, old: try view.value(of: claim.name) ?? .zero, new: claim.new)
      } catch { return nil }
    }
  }
}

extension Decision {
  /// A decision that could not come to a verdict at all.
  static func undecided(
    _ rule: RuleID, _ words: String, fixes: [String] = [], at instant: Instant, pusher: String?,
    updates: [RefUpdate] = []
  ) -> Decision {
    Decision(
      instant: instant, pusher: pusher, policy: nil,
      updates: updates.map { UpdateDecision(update: $0, isGuarded: false, judged: []) },
      whole: [JudgedRule(builtIn: rule, .indeterminate(words, fix: fixes))])
  }

  /// The same decision with one more verdict on the whole push.
  func adding(_ judged: JudgedRule) -> Decision {
    Decision(
      instant: instant, pusher: pusher, policy: policy, updates: updates, whole: whole + [judged],
      pushingPerson: pushingPerson)
  }
}
