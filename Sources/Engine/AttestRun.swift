internal import Evidence
public import GitModel
public import GitStore
internal import Policy

/// `gitrel attest`: states figures about a commit's exact tree, and carries them to the remote.
public struct AttestRun {
  private let repository: Repository
  private let carrier: EvidenceCarrier

  /// A run in `repository`, with `git` for the identity and the transport. `alongside` is told what waited
  /// here and goes to the remote too.
  public init(
    _ repository: Repository, git: GitCommand,
    alongside: @escaping EvidenceCarrier.Told = { _ in }
  ) {
    self.repository = repository
    carrier = EvidenceCarrier(repository, git: git, alongside: alongside)
  }

  /// What was stated.
  public struct Receipt: Sendable {
    /// The commit.
    public let commit: ObjectID
    /// Its tree, which the statements are about.
    public let tree: ObjectID
    /// What each statement says.
    public let statements: [String]
    /// The key that signed them, as `SSH key SHA256:...`; nil when nothing did.
    public let key: String?
    /// The remote that has them now; nil when they are only here.
    public let remote: String?
  }

  /// States what `reports` hold about the tree of `commit`, signed by `signer` where there is one; with
  /// `remote`, there too.
  public func attest(
    _ commit: ObjectID, _ reports: HandedReports, remote: String?, signer: StatementSigner?
  ) throws(EngineFault) -> Receipt {
    let peeled = try EngineFault.wrapping { () throws(GitError) in try repository.peel(commit) }
    guard peeled.kind == .commit else {
      throw EngineFault("\(commit.short) is a \(peeled.kind.rawValue), not a commit")
    }
    let target = try EngineFault.wrapping { () throws(GitError) in
      try repository.commit(peeled.target)
    }
    let (statements, words) = Self.statements(about: target, reports)
    guard !statements.isEmpty else {
      throw EngineFault(
        "nothing to attest",
        hints: [
          "name reports: --tests 'build/TEST-*.xml' --coverage FILE --scan FILE"
        ])
    }
    var envelopes: [Envelope] = []
    var key: String?
    for statement in statements {
      var envelope = Envelope(payload: statement.encoded)
      if let signed = try signer?.signed(envelope) {
        (envelope, key) = (signed.envelope, signed.words)
      }
      envelopes.append(envelope)
    }
    for (statement, envelope) in zip(statements, envelopes) {
      try checkRights(statement, envelope, remote: remote, at: reports.recorded)
    }
    try carrier.state(
      envelopes.map { SignedStatement(envelope: $0, place: target.tree) }, at: reports.recorded,
      remote: remote)
    return Receipt(
      commit: target.id, tree: target.tree, statements: words, key: key, remote: remote)
  }

  /// What the policy would not let in is not written either: it would stand in the way of everything
  /// that is pushed after it.
  private func checkRights(
    _ statement: Statement, _ envelope: Envelope, remote: String?, at instant: Instant
  ) throws(EngineFault) {
    guard case .found(let gate) = CloneGate.find(repository, remote: remote) else { return }
    let policy = gate.policy.document
    let signatures = SignatureFacts(
      repository: repository, people: policy.people, instant: instant)
    guard
      let refusal = policy.statements.refusal(
        of: statement, in: envelope, policy.people, signatures)
    else { return }
    throw EngineFault(
      "the policy \(gate.policy.origin.label) would not let the statement in: \(refusal.words); it wants, \(refusal.wanted)",
      hints: StatementRights.fixes)
  }

  private static func statements(
    about commit: Commit, _ reports: HandedReports
  ) -> (statements: [Statement], words: [String]) {
    let subjects = [Subject(tree: commit.tree, commit: commit.id)]
    func run(_ files: [HandedReports.File]) -> RecordedRun {
      RecordedRun(
        suite: Bytes(reports.suite.utf8), recorded: reports.recorded,
        configuration: files.map {
          ReportDescriptor(name: Bytes($0.path.utf8), sha256: $0.digest)
        })
    }
    var statements: [Statement] = []
    var words: [String] = []
    if let tests = reports.tests {
      statements.append(
        Statement(
          subjects: subjects,
          predicate: .tests(TestResult(tests, run: run(reports.testFiles)))))
      words.append(
        "tests, suite \(reports.suite): \(tests.passed) of \(tests.tests) passed, from \(counted(reports.testFiles.count, "file"))"
      )
    }
    if let coverage = reports.coverage {
      statements.append(
        Statement(
          subjects: subjects,
          predicate: .coverage(CoverageResult(coverage, run: run(reports.coverageFiles)))))
      words.append(
        "coverage, suite \(reports.suite): \(coverage.lines.covered) of \(coverage.lines.valid) lines"
      )
    }
    if let scan = reports.scan {
      statements.append(
        Statement(
          subjects: subjects, predicate: .scan(ScanResult(scan, run: run(reports.scanFiles)))))
      words.append(
        "scan, suite \(reports.suite): \(counted(scan.total, "finding")), from \(counted(reports.scanFiles.count, "file"))"
      )
      if !scan.isWhole {
        words.append("scan, suite \(reports.suite): not whole, so it proves nothing to be clean")
      }
    }
    return (statements, words)
  }
}
