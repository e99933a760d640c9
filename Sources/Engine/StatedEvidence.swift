internal import Evidence
public import GitModel
public import GitStore
public import Policy

extension CloneGate.Search {
  /// What is stated about `commit`, signatures judged at `instant` by the policy that was found.
  public func evidence(
    on commit: ObjectID, in view: CloneGate.EvidenceView, at instant: Instant
  ) throws(EngineFault) -> EvidenceListing {
    let repository = view.repository
    let found = try EngineFault.wrapping { () throws(GitError) in
      let peeled = try repository.peel(commit)
      return peeled.kind == .commit ? try repository.commit(peeled.target) : nil
    }
    guard let found else { throw EngineFault("\(commit.short) is no commit") }
    var policy: LoadedPolicy?
    switch self {
    case .found(let gate): policy = gate.policy
    case .none: break
    case .broken(let fault): throw fault
    }
    let signatures = SignatureFacts(
      repository: repository, people: policy?.document.people ?? People(), instant: instant)
    let tips = try view.refs.evidenceTips()
    let store = EvidenceStore(repository)
    var statements: [StoredStatement] = []
    for place in [found.tree, found.id] {
      statements += try store.statements(at: place, tips: tips)
    }
    let personal = policy.map { policy in
      PersonalStatements(
        store: store, tips: tips, policy: policy.document, signatures: signatures,
        arrivals: StatementArrivals(repository, view.refs, policy, at: instant), instant: instant)
    }
    statements += try personal?.approvals(of: found, on: view.refs.all().map(\.name)) ?? []
    var items: [EvidenceListing.Item] = []
    for stored in statements {
      switch stored.content {
      case .success(let (envelope, statement)):
        items.append(
          EvidenceListing.Item(
            digest: envelope.statementDigest,
            kind: StatementKind.name(ofPredicate: statement.predicate.type),
            recorded: statement.recorded, words: statement.words,
            signers: signatures.signers(of: envelope),
            fault: try personal?.fault(of: statement, in: envelope)))
      case .failure(let fault):
        items.append(EvidenceListing.Item(digest: stored.digest, fault: fault.message))
      }
    }
    return EvidenceListing(
      commit: found.id, tree: found.tree, policy: policy?.origin, items: items)
  }
}

extension PersonalStatements {
  /// Why a statement counts for nothing on whatever ref it means; nil where it may count.
  fileprivate func fault(
    of statement: Statement, in envelope: Envelope
  ) throws(EngineFault) -> String? {
    switch statement.predicate {
    case .approval(let said): return try fault(of: said, in: envelope, on: said.ref)
    case .declaration(let said):
      return try fault(of: said, in: envelope, on: said.ref ?? RefName("refs/heads/main"))
    case .tests, .coverage, .scan, .other: return nil
    }
  }

  /// The approvals and vetoes of the last year that name the commit or its tree, for any of `refs`. What a
  /// replay makes of others is for the rule to say.
  fileprivate func approvals(
    of commit: Commit, on refs: [RefName]
  ) throws(EngineFault) -> [StoredStatement] {
    var found: [StoredStatement] = []
    for ref in refs where !policy.rulesets(guarding: ref).isEmpty {
      for day in -1...Int64(366) {
        let moment = Instant(seconds: instant.seconds - day * 86_400)
        found += try stored(at: EvidencePlace.approvals(for: ref, on: moment)).filter { stored in
          guard case .success(let (_, statement)) = stored.content,
            case .approval(let said) = statement.predicate
          else { return false }
          return said.changes.contains {
            $0.head.commit == commit.id || $0.head.tree == commit.tree
          }
        }
      }
    }
    return found
  }
}

extension CloneGate {
  /// Where statements are looked for: a repository's own, and its copy of a remote's.
  public struct EvidenceView {
    let repository: Repository
    let refs: RefView

    /// Of `repository` and its copies of `remote`, where there is one.
    public init(_ repository: Repository, remote: String?) {
      self.repository = repository
      refs = remote.map { RefView.clone(repository, remote: $0) } ?? .server(repository)
    }
  }
}
