internal import Evidence
public import GitModel
internal import GitStore
internal import Policy

/// `gitrel approve`: signs a statement on a change, and carries it to the remote.
public struct ApproveRun {
  /// What is asked for.
  public struct Request: Sendable {
    /// Whether it is to be kept out.
    public var isVeto: Bool
    /// The revisions: commits, or ranges as `OLD..NEW`; none for all that the ref lacks of HEAD.
    public var revisions: [String]
    /// The ref that the change is to come to.
    public var ref: RefName
    /// In which role; nil for all that the person holds.
    public var role: String?
    /// The person of the policy; nil for whom the address in git's configuration belongs to.
    public var person: String?
    /// For people.
    public var comment: String
    /// How long it is to count, in seconds.
    public var duration: Int64
    /// The moment, by this machine's clock.
    public var instant: Instant

    /// A request from its parts.
    public init(
      revisions: [String], ref: RefName, role: String? = nil, person: String? = nil,
      isVeto: Bool = false, comment: String = "", duration: Int64 = 30 * 86_400, instant: Instant
    ) {
      (self.revisions, self.ref, self.role, self.isVeto) = (revisions, ref, role, isVeto)
      (self.person, self.comment, self.duration) = (person, comment, duration)
      self.instant = instant
    }
  }

  /// What was signed.
  public struct Receipt: Sendable {
    /// The SHA-256 of what was signed.
    public let digest: String
    /// Who signed.
    public let person: String
    /// The commits, the newest first.
    public let commits: [Commit]
    /// Why the approval may not count; sentences.
    public let doubts: [String]
    /// The envelope as a trailer that a commit may carry: `Gitrel-Approval: ...`.
    public let trailer: String
  }

  private let repository: Repository
  private let policy: LoadedPolicy
  private let view: RefView
  private let desk: StatementDesk

  /// How many commits one statement may be about, the range itself beside.
  static let commitLimit = Approval.changeLimit - 1

  /// A run at `desk`, with the refs as `view` has them.
  public init(_ desk: StatementDesk, view: RefView) {
    (repository, policy) = (desk.repository, desk.policy)
    (self.desk, self.view) = (desk, view)
  }

  /// Signs what `request` asks for, puts it into the evidence ref, and carries it to `remote`.
  public func approve(
    _ request: Request, remote: String?
  ) throws(EngineFault) -> Receipt {
    let person = try desk.person(request.person, at: request.instant)
    if let role = request.role { try desk.check(role, of: person) }
    let (commits, changes) = try changes(request)
    let approval = Approval(
      request.isVeto ? .vetoed : .approved, repository: policy.document.repository,
      ref: request.ref, changes: changes,
      person: Bytes(person.utf8), role: Bytes((request.role ?? "").utf8),
      recorded: request.instant,
      until: Instant(seconds: request.instant.seconds + request.duration),
      comment: Bytes(request.comment.utf8.prefix(Approval.commentLimit)),
      nonce: StatementDesk.nonce())
    let signed = try desk.signed(
      Statement(subjects: approval.subjects, predicate: .approval(approval)), by: person,
      at: request.instant)
    try desk.publish([signed], at: request.instant, remote: remote)
    return Receipt(
      digest: signed.envelope.statementDigest, person: person, commits: commits,
      doubts: try doubts(on: request.ref) + unpushed(commits)
        + (request.isVeto ? [] : doubts(about: commits, of: person)),
      trailer:
        "\(String(decoding: ApprovalTrailer.key, as: UTF8.self)): "
        + String(decoding: ApprovalTrailer.value(of: signed.envelope), as: UTF8.self))
  }

  /// Takes back what the person has said of any of the commits for the ref: the statements, by digest; none
  /// where all is taken back already.
  public func revoke(_ request: Request, remote: String?) throws(EngineFault) -> [String] {
    let person = try desk.person(request.person, at: request.instant)
    let (commits, _) = try changes(request)
    let ids = Set(commits.map(\.id))
    let trees = Set(commits.map(\.tree))
    var revoked: [String] = []
    var isOld = false
    let statements = try PersonalStatements(repository, view, policy, at: request.instant)
    for day in 0...Int64(366) {
      let moment = Instant(seconds: request.instant.seconds - day * 86_400)
      let place = EvidencePlace.approvals(for: request.ref, on: moment)
      for stored in try statements.stored(at: place) {
        guard case .success(let (envelope, statement)) = stored.content,
          case .approval(let said) = statement.predicate, said.person == Bytes(person.utf8),
          said.until > request.instant,
          said.changes.contains(where: {
            ids.contains($0.head.commit) || trees.contains($0.head.tree)
          })
        else { continue }
        if try statements.revocation(of: envelope.statementDigest, by: person) != nil {
          isOld = true
        } else {
          revoked.append(envelope.statementDigest)
        }
      }
    }
    if revoked.isEmpty, isOld {
      try desk.carry(at: request.instant, to: remote)
      return []
    }
    guard !revoked.isEmpty else {
      throw EngineFault(
        "\(person.cleaned) has approved none of these commits for \(request.ref.short)",
        hints: [
          "gitrel evidence shows what is stated",
          "what was said of a commit before it was rebased is taken back by its id: gitrel revoke STATEMENT",
        ])
    }
    try desk.revoke(
      revoked, by: person, comment: request.comment, at: request.instant, remote: remote)
    return revoked
  }

  /// Where no rule counts what is signed, it is for nothing.
  private func doubts(on ref: RefName) throws(EngineFault) -> [String] {
    guard try view.value(of: ref) != nil else {
      return ["\(view.display(ref)) does not exist, as far as is known here: git fetch"]
    }
    let isCounted = policy.document.rulesets(guarding: ref).flatMap(\.rules).contains { stated in
      switch stated.rule {
      case let rule as Approvals: rule.source.trust == .signed
      case let rule as CodeOwnersRule: rule.source.trust == .signed
      default: false
      }
    }
    return isCounted
      ? []
      : ["no rule on \(ref.short) counts signed approvals: that takes `trust: signed` there"]
  }

  /// What nobody has pushed may yet be changed, and others cannot look at it.
  private func unpushed(_ commits: [Commit]) throws(EngineFault) -> [String] {
    guard view.isOfClone else { return [] }
    let tips = try view.all().filter { $0.name.isBranch }.map(\.value)
    let missing = try wrapped { () throws(GitError) in
      try repository.newCommits(
        from: commits.map(\.id), hiding: tips, limit: Self.commitLimit)
    }
    guard let first = missing.first else { return [] }
    let isOne = missing.count == 1
    return [
      "\(first.id.short)\(isOne ? " is" : " and \(missing.count - 1) more are") on no branch of the remote that is known here: this counts once the same \(isOne ? "change is" : "changes are") pushed"
    ]
  }

  /// Nobody approves what is their own, unless the rule says so.
  private func doubts(about commits: [Commit], of person: String) -> [String] {
    let own = commits.filter { commit in
      policy.document.people.person(email: commit.author.email)?.id == person
    }
    guard let first = own.first else { return [] }
    let more = own.count > 1 ? " and of \(own.count - 1) more" : ""
    return [
      "\(person.cleaned) is the author of \(first.id.short)\(more), and an author's own approval does not count unless the rule says so"
    ]
  }

  // MARK: - What

  private func changes(
    _ request: Request
  ) throws(EngineFault) -> ([Commit], [Approval.Change]) {
    var commits: [Commit] = []
    var changes: [Approval.Change] = []
    var revisions = request.revisions
    if revisions.isEmpty {
      guard let tip = try view.value(of: request.ref) else {
        throw EngineFault(
          "\(view.display(request.ref)) does not exist here, so name the commits to approve")
      }
      revisions = ["\(tip.hex)..HEAD"]
    }
    for revision in revisions {
      let parts = revision.split(separator: "..", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 {
        let (old, new) = (try commit(String(parts[0])), try commit(String(parts[1])))
        // What the ref has is approved already, or was let in otherwise; a local branch may be behind.
        let held = [old] + (try view.value(of: request.ref).map { [$0] } ?? [])
        let range = try wrapped { () throws(GitError) in
          try repository.newCommits(from: [new], hiding: held, limit: Self.commitLimit)
        }
        let start = try wrapped { () throws(GitError) in
          try repository.mergeBase(of: held.last ?? old, new, limit: 100_000)
        }
        commits += range
        // What a merge brings was not looked at here; one that adds something is approved by name.
        for commit in range where !commit.isMerge { changes.append(try change(of: commit)) }
        if let start, let head = range.first, range.count > 1 {
          changes.append(
            Approval.Change(
              base: try point(start), head: .init(commit: head.id, tree: head.tree)))
        }
      } else {
        let id = try commit(revision)
        let commit = try wrapped { () throws(GitError) in try repository.commit(id) }
        commits.append(commit)
        changes.append(try change(of: commit))
      }
    }
    guard !commits.isEmpty else {
      throw EngineFault("there is nothing new to approve: \(request.ref.short) has it all")
    }
    guard changes.count <= Approval.changeLimit else {
      throw EngineFault(
        "one approval is about \(Self.commitLimit) commits at most",
        hints: ["approve a part of them at a time, as OLD..NEW"])
    }
    var seen: Set<Approval.Change> = []
    return (commits, changes.filter { seen.insert($0).inserted })
  }

  private func change(of commit: Commit) throws(EngineFault) -> Approval.Change {
    Approval.Change(
      base: try commit.parents.first.map { id throws(EngineFault) in try point(id) },
      head: .init(commit: commit.id, tree: commit.tree))
  }

  private func point(_ id: ObjectID) throws(EngineFault) -> Approval.Point {
    .init(commit: id, tree: try wrapped { () throws(GitError) in try repository.commit(id).tree })
  }

  private func commit(_ revision: String) throws(EngineFault) -> ObjectID {
    let name = revision.isEmpty ? "HEAD" : revision
    let id = try wrapped { () throws(GitError) in try repository.resolve(name) }
    guard let id else { throw .noCommit(name, in: repository) }
    let peeled = try wrapped { () throws(GitError) in try repository.peel(id) }
    guard peeled.kind == .commit else {
      throw EngineFault("`\(Bytes(name.utf8).prefix(80).printable)` is a \(peeled.kind.rawValue)")
    }
    return peeled.target
  }

  private func wrapped<Value>(
    _ body: () throws(GitError) -> Value
  ) throws(EngineFault) -> Value {
    try EngineFault.wrapping(body)
  }
}
