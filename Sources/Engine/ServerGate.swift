public import GitModel
internal import GitStore
public import Policy

/// The law: judges a push on the server, records the decision, and only then says yes.
public struct ServerGate {
  private let judging: Repository
  private let log: DecisionLog

  /// The gate of the bare repository at `gitDirectory`. `quarantine` is where git holds the pushed
  /// objects (GIT_QUARANTINE_PATH).
  public init(gitDirectory: String, quarantine: String?) throws(EngineFault) {
    judging = try EngineFault.wrapping { () throws(GitError) in
      try Repository.openForJudging(at: gitDirectory, quarantine: quarantine)
    }
    log = DecisionLog(
      try EngineFault.wrapping { () throws(GitError) in
        try Repository.openForLog(at: gitDirectory)
      }, ref: DecisionLog.ref)
  }

  /// What came of a push.
  public struct Outcome: Sendable {
    /// The decision.
    public let decision: Decision
    /// Its number in the log; nil when it could not be written, which refuses.
    public let sequence: Int?
  }

  /// Judges the hook lines in `input`. `now` is asked once for each judging.
  ///
  /// The push is judged without the lock; then, under it, the refs and the clock are looked at again,
  /// and the push is judged anew if something moved. The entry is on disk before this returns.
  public func receive(
    _ input: Bytes, pusher: String?, now: () -> Instant
  ) -> Outcome {
    let first = judge(input, pusher: pusher, at: now())
    do {
      return try log.locked { () throws(EngineFault) in
        let view = RefView.server(judging)
        var decision = first
        for update in first.updates
        where try view.value(of: update.update.name) ?? .zero != update.update.old {
          decision = judge(input, pusher: pusher, at: now())
          break
        }
        decision = try refusingClockSetBack(decision)
        let sequence = try log.append(decision, start: try view.all())
        return Outcome(decision: decision, sequence: sequence)
      }
    } catch {
      let fault = JudgedRule(
        builtIn: BuiltIn.log,
        .indeterminate("the decision could not be recorded: \(error.message)", fix: error.hints))
      return Outcome(decision: first.adding(fault), sequence: nil)
    }
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
          "the server's clock is \(last.seconds - decision.instant.seconds) seconds behind the last decision",
          fix: ["who runs the server sets its clock; then push again"])))
  }

  private func judge(_ input: Bytes, pusher: String?, at instant: Instant) -> Decision {
    let claimed: [RefUpdate]
    do { claimed = try HookLines.received(input) } catch {
      return .undecided(BuiltIn.input, error.words, at: instant, pusher: pusher)
    }
    do throws(EngineFault) {
      let source = try PolicySource(
        configured: try CloneGate.configuration("gitrel.policy", of: judging))
      let isShallow = try EngineFault.wrapping { () throws(GitError) in try judging.isShallow }
      if isShallow {
        throw EngineFault(
          "this repository is shallow, so that what a push brings in cannot be told",
          hints: ["git fetch --unshallow, on the server"])
      }
      let view = RefView.server(judging)
      let policy = try TrustedPolicy.load(source, in: judging, view: view)
      return try Judging(
        repository: judging, view: view, policy: policy, instant: instant, pusher: pusher,
        claimsOld: true
      ).decision(on: claimed)
    } catch {
      return .undecided(
        BuiltIn.policy, error.message, fixes: error.hints, at: instant, pusher: pusher,
        updates: claimed)
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
      instant: instant, pusher: pusher, policy: policy, updates: updates, whole: whole + [judged])
  }
}
