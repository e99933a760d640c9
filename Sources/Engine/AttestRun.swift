internal import Evidence
public import GitModel
public import GitStore
internal import Glibc
internal import Policy

/// `gitrel attest`: states figures about a commit's exact tree, and carries them to the remote.
public struct AttestRun {
  private let repository: Repository
  private let git: GitCommand

  /// How often the clone's own ref is written anew when another process was faster.
  static let tries = 8
  /// How often a push is tried when the remote got other statements meanwhile. Of writers that come at
  /// once one lands in each round, and all wait a little, each another while.
  static let pushes = 100

  /// A run in `repository`, with `git` for the identity and the transport.
  public init(_ repository: Repository, git: GitCommand) {
    (self.repository, self.git) = (repository, git)
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
    let identity = try identity(at: reports.recorded)
    try record(envelopes, about: target.tree, by: identity, joining: nil)
    if let remote { try carry(about: target.tree, by: identity, to: remote) }
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

  /// Adds statements to the clone's own ref, joined with what `joining` holds. Another process may do
  /// the same at the same moment, so the ref is compared and the union made anew.
  func record(
    _ envelopes: [Envelope], about tree: ObjectID, by identity: Identity, joining: RefName?
  ) throws(EngineFault) {
    for _ in 0..<Self.tries {
      let own = try repository.tip(EvidenceStore.ref)
      var other: ObjectID?
      if let joining { other = try repository.tip(joining) }
      let tips = [own, other].compactMap { $0 }
      let commit: ObjectID
      if envelopes.isEmpty, let other, try contains(other, own) {
        commit = other
      } else {
        commit = try EvidenceStore(repository).adding(
          envelopes, about: tree, to: own == other ? Array(tips.prefix(1)) : tips, by: identity)
      }
      do {
        try repository.update(
          EvidenceStore.ref, to: commit, expecting: own ?? .zero, message: "gitrel: evidence")
        return
      } catch  where error.code == .modified || error.code == .locked || error.code == .exists {
        continue
      } catch { throw EngineFault(error) }
    }
    throw EngineFault(
      "\(EvidenceStore.ref.full) is written by others all the time", hints: ["try again"])
  }

  /// Puts the evidence ref back to what it was.
  func restore(_ tip: ObjectID?) throws(EngineFault) {
    let now = try repository.tip(EvidenceStore.ref)
    guard let now, now != tip else { return }
    _ = try git.demand(
      tip.map { ["update-ref", EvidenceStore.ref.full, $0.hex, now.hex] }
        ?? ["update-ref", "-d", EvidenceStore.ref.full, now.hex],
      "take back what was refused")
  }

  func carry(
    about tree: ObjectID, by identity: Identity, to remote: String
  ) throws(EngineFault) {
    let exchange = EvidenceExchange(git: git, remote: remote)
    do { try exchange.fetch() } catch {
      throw EngineFault(
        "\(error.message)\nwhat is stated is kept here, in \(EvidenceStore.ref.full)",
        hints: error.hints + [
          "once \(remote) can be reached: git push \(remote) \(EvidenceStore.ref.full)",
          "with --no-push nothing is asked of \(remote)",
        ])
    }
    for attempt in 0..<Self.pushes {
      if attempt > 0 { Self.wait(upTo: min(attempt, 10) * 50) }
      try join(remote, about: tree, by: identity)
      let known = try repository.tip(EvidenceStore.copy(of: remote))
      switch try exchange.push() {
      case .done: return
      case .overtaken: try exchange.fetch()
      case .refused(let fault):
        // A server with gitrel refuses in its own words what another push has overtaken.
        try exchange.fetch()
        if try repository.tip(EvidenceStore.copy(of: remote)) == known { throw fault }
      }
    }
    throw EngineFault(
      "\(remote) gets other statements all the time; the statement is kept here",
      hints: ["git push \(remote) \(EvidenceStore.ref.full)"])
  }

  /// Sleeps for up to so many milliseconds.
  private static func wait(upTo limit: Int) {
    poll(nil, 0, Int32.random(in: 0...Int32(clamping: limit)))
  }

  /// Joins what the clone knows of the remote's statements into its own.
  private func join(
    _ remote: String, about tree: ObjectID, by identity: Identity
  ) throws(EngineFault) {
    let copy = EvidenceStore.copy(of: remote)
    if let theirs = try repository.tip(copy), let own = try repository.tip(EvidenceStore.ref),
      try !contains(own, theirs)
    {
      try record([], about: tree, by: identity, joining: copy)
    }
  }

  /// Whether the clone has statements that `remote` lacks, as of the last fetch; when it has, its ref
  /// is made one that the remote can take.
  func hasMore(
    than remote: String, about tree: ObjectID, at instant: Instant
  ) throws(EngineFault) -> Bool {
    guard let own = try repository.tip(EvidenceStore.ref) else { return false }
    guard let theirs = try repository.tip(EvidenceStore.copy(of: remote)) else { return true }
    if try contains(theirs, own) { return false }
    if try !contains(own, theirs) {
      try join(remote, about: tree, by: try identity(at: instant))
    }
    return true
  }

  /// The tip that the evidence ref has once what is here is pushed, where one side has all of the other;
  /// else the clone's own.
  func evidenceTip(beside remote: String) throws(EngineFault) -> ObjectID? {
    let theirs = try repository.tip(EvidenceStore.copy(of: remote))
    guard let own = try repository.tip(EvidenceStore.ref) else { return theirs }
    guard let theirs, try contains(theirs, own) else { return own }
    return theirs
  }

  /// Whether the history of `tip` has `other`.
  private func contains(_ tip: ObjectID, _ other: ObjectID?) throws(EngineFault) -> Bool {
    guard let other else { return true }
    return try EngineFault.wrapping { () throws(GitError) in
      try repository.isAncestor(other, of: tip)
    }
  }

  /// Who git says the user is, at `instant`.
  func identity(at instant: Instant) throws(EngineFault) -> Identity {
    let ident = try git.demand(["var", "GIT_COMMITTER_IDENT"], "tell who you are").trimmed
    guard let open = ident.firstIndex(of: UInt8(ascii: "<")),
      let close = ident.lastIndex(of: UInt8(ascii: ">")), open < close
    else {
      throw EngineFault(
        "git does not tell who you are", hints: ["git config user.email YOU@EXAMPLE"])
    }
    return Identity(
      name: Bytes(ident[..<open].trimmed), email: Bytes(ident[(open + 1)..<close]),
      seconds: instant.seconds, offsetMinutes: 0)
  }
}
