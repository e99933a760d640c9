internal import GitStore
internal import Policy

/// The doctor's checks that ask the gate itself: does the policy load, is the log whole.
enum GateChecks {
  static func policyLoads(_ subject: DoctorSubject) throws(EngineFault) -> [DoctorFinding] {
    let repository = try EngineFault.wrapping { () throws(GitError) in
      try Repository.open(at: subject.site.gitDirectory)
    }
    let remotes = subject.site.side == .server ? [] : try self.remotes(subject)
    do throws(EngineFault) {
      switch subject.site.side {
      case .server:
        let gate = try CloneGate(repository, remote: nil)
        return [.fine("policy-loads", loaded(gate))]
      case .client:
        for remote in remotes {
          switch CloneGate.find(repository, remote: remote) {
          case .found(let gate): return [.fine("policy-loads", loaded(gate))]
          case .none: continue
          case .broken(let fault): throw fault
          }
        }
        return [.fine("policy-loads", "there is none to load")]
      }
    } catch {
      return [
        .problem(
          "policy-loads", error.message,
          fix: error.hints.first ?? "mend the policy; every push is refused until it loads")
      ]
    }
  }

  static func log(_ subject: DoctorSubject) throws(EngineFault) -> [DoctorFinding] {
    let repository = try EngineFault.wrapping { () throws(GitError) in
      try Repository.open(at: subject.site.gitDirectory)
    }
    let audit = try LogAudit.run(
      DecisionLog(repository, ref: DecisionLog.ref), against: repository)
    if audit.entries == 0 { return [.fine("decision-log", "no push has been decided yet")] }
    if audit.faults.isEmpty {
      return [.fine("decision-log", "\(audit.entries) entries, whole, and every ref fits them")]
    }
    return audit.faults.prefix(10).map {
      .problem(
        "decision-log", $0,
        fix: "\(subject.gitCommand) log refs/gitrel/log    and find out who did it")
    }
  }

  private static func loaded(_ gate: CloneGate) -> String {
    let rules = gate.policy.document.rulesets.reduce(0) { $0 + $1.rules.count }
    return
      "\(gate.policy.origin.label): \(gate.policy.document.rulesets.count) rulesets, \(rules) rules"
  }

  private static func remotes(_ subject: DoctorSubject) throws(EngineFault) -> [String] {
    try subject.site.git.answer(["remote"]).split(separator: "\n").map(String.init)
  }
}
