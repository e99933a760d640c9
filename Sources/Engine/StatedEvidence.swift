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
    return EvidenceListing(
      commit: found.id, tree: found.tree, policy: policy?.origin,
      items: statements.map { stored in
        switch stored.content {
        case .success(let (envelope, statement)):
          EvidenceListing.Item(
            digest: stored.digest,
            kind: StatementKind.name(ofPredicate: statement.predicate.type),
            recorded: statement.recorded, words: statement.words,
            signers: signatures.signers(of: envelope))
        case .failure(let fault):
          EvidenceListing.Item(digest: stored.digest, fault: fault.message)
        }
      })
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
