internal import GitModel
internal import GitStore
internal import Glibc
internal import Policy
internal import Signing

/// The doctor's checks that ask the gate itself: does the policy load, is the log whole.
enum GateChecks {
  static func policyLoads(_ subject: DoctorSubject) throws(EngineFault) -> [DoctorFinding] {
    guard let repository = try open(subject) else {
      return [.fine("policy-loads", "not tried: run doctor as the owner of the repository")]
    }
    let remotes: [String?] = subject.site.side == .server ? [nil] : try self.remotes(subject)
    do throws(EngineFault) {
      for remote in remotes {
        switch CloneGate.find(repository, remote: remote) {
        case .found(let gate):
          return [.fine("policy-loads", loaded(gate))] + ownGuard(gate)
            + signatures(by: gate.policy.document)
        case .none: continue  // `policy` has told that there is none.
        case .broken(let fault): throw fault
        }
      }
      return []
    } catch {
      return [
        .problem(
          "policy-loads", error.message,
          fix: error.hints.first ?? "mend the policy; every push is refused until it loads")
      ]
    }
  }

  static func log(_ subject: DoctorSubject) throws(EngineFault) -> [DoctorFinding] {
    guard let repository = try open(subject) else {
      return [.fine("decision-log", "not read: run doctor as the owner of the repository")]
    }
    let audit = try LogAudit.run(
      DecisionLog(repository, ref: DecisionLog.ref), against: repository)
    if audit.entries == 0 { return [.fine("decision-log", "no push has been decided yet")] }
    if audit.faults.isEmpty {
      return [
        .fine(
          "decision-log",
          audit.entries == 1
            ? "1 entry, and every ref fits it"
            : "\(audit.entries) entries, whole, and every ref fits them")
      ]
    }
    return audit.faults.prefix(10).map {
      .problem(
        "decision-log", $0,
        fix: "\(subject.gitCommand) log refs/gitrel/log    and find out who did it")
    }
  }

  /// The repository; nil when it belongs to another user, for whom root may look after it but whose
  /// files gitrel does not judge by.
  private static func open(_ subject: DoctorSubject) throws(EngineFault) -> Repository? {
    do { return try Repository.open(at: subject.site.gitDirectory) } catch {
      if error.code == .owner { return nil }
      throw EngineFault(error)
    }
  }

  /// Whether the branch that holds the policy is guarded by it: else any push replaces the policy.
  private static func ownGuard(_ gate: CloneGate) -> [DoctorFinding] {
    guard case .ref(let name, _) = gate.policy.source else { return [] }
    let isGuarded = gate.policy.document.rulesets(guarding: name).contains { ruleset in
      ruleset.rules.contains { $0.enforcement != .always(.evaluate) }
    }
    if isGuarded { return [] }
    return [
      .problem(
        "policy-guarded", "no active rule guards \(name.short), so any push may replace the policy",
        fix: "state rules for it in the policy: refs: [\(name.short)], approvals and no-delete")
    ]
  }

  /// Whether gpg is there, where the policy counts signatures that only gpg can check.
  static func signatures(
    by policy: PolicyDocument, folders: [String] = OpenPGPCheck.folders
  ) -> [DoctorFinding] {
    let rule = policy.rulesets.flatMap(\.rules).first { stated in
      let signers =
        (stated.rule as? SignedCommits)?.signers ?? (stated.rule as? SignedTags)?.signers
      guard let signers, signers.formats.contains(.openpgp) else { return false }
      let people = policy.people.all.filter { signers.by?.contains($0.id) ?? true }
      // No moment matters: OpenPGP keys are on no terms of a list.
      return !KeyRing(people.map { ($0.id, $0.keys) }, at: Instant(seconds: 0)).openPGPKeys.isEmpty
    }
    guard let rule else { return [] }
    if folders.contains(where: { access("\($0)/gpg", X_OK) == 0 }) {
      return [.fine("gpg", "is there for `\(rule.id)`")]
    }
    return [
      .problem(
        "gpg",
        "is not in \(folders.joined(separator: ", ")), so that no OpenPGP signature can be checked, which `\(rule.id)` (line \(rule.position.line)) asks for",
        fix: "install GnuPG, such as: apt-get install gpg")
    ]
  }

  private static func loaded(_ gate: CloneGate) -> String {
    let rules = gate.policy.document.rulesets.reduce(0) { $0 + $1.rules.count }
    let rulesets = gate.policy.document.rulesets.count
    return "\(gate.policy.origin.label): \(counted(rulesets, "ruleset")), \(counted(rules, "rule"))"
  }

  private static func remotes(_ subject: DoctorSubject) throws(EngineFault) -> [String] {
    try subject.site.git.answer(["remote"]).split(separator: "\n").map(String.init)
  }
}
