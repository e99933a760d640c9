public import Evidence
public import GitModel
public import GitStore
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
    /// The statement, as its file is called.
    public let digest: String
    /// Who signed.
    public let person: String
    /// The commits, the newest first.
    public let commits: [Commit]
    /// What the whole of them starts from; nil for a first commit.
    public let base: ObjectID?
    /// The envelope as a trailer that a commit may carry: `Gitrel-Approval: ...`.
    public let trailer: String
  }

  /// Signs an envelope as the user's git does.
  public typealias Sign = (Envelope) throws(EngineFault) -> Envelope

  private let repository: Repository
  private let git: GitCommand
  private let policy: LoadedPolicy
  private let view: RefView
  private let sign: Sign

  /// How many commits one statement may be about, the range itself beside.
  static let commitLimit = Approval.changeLimit - 1

  /// A run in `repository` under `policy`, which says who is who.
  public init(
    _ repository: Repository, git: GitCommand, policy: LoadedPolicy, view: RefView,
    sign: @escaping Sign
  ) {
    (self.repository, self.git, self.policy) = (repository, git, policy)
    (self.view, self.sign) = (view, sign)
  }

  /// Signs what `request` asks for, puts it into the evidence ref, and carries it to `remote`.
  public func approve(
    _ request: Request, remote: String?
  ) throws(EngineFault) -> Receipt {
    let person = try person(request)
    if let role = request.role { try check(role, of: person) }
    let (commits, changes, base) = try changes(request)
    let approval = Approval(
      request.isVeto ? .vetoed : .approved, repository: policy.document.repository, ref: request.ref, changes: changes,
      person: Bytes(person.utf8), role: Bytes((request.role ?? "").utf8),
      recorded: request.instant,
      until: Instant(seconds: request.instant.seconds + request.duration),
      comment: Bytes(request.comment.utf8.prefix(Approval.commentLimit)), nonce: Self.nonce())
    let envelope = try signed(approval, by: person, at: request.instant)
    try publish([envelope], at: request.instant, remote: remote)
    return Receipt(
      digest: envelope.digest, person: person, commits: commits, base: base,
      trailer:
        "\(String(decoding: ApprovalTrailer.key, as: UTF8.self)): "
        + String(decoding: ApprovalTrailer.value(of: envelope.envelope), as: UTF8.self))
  }

  /// Takes back what the person has said of any of the commits for the ref: the statements, by digest.
  public func revoke(_ request: Request, remote: String?) throws(EngineFault) -> [String] {
    let person = try person(request)
    let (commits, _, _) = try changes(request)
    let ids = Set(commits.map(\.id))
    let trees = Set(commits.map(\.tree))
    var revocations: [(digest: String, envelope: Envelope, place: ObjectID)] = []
    let store = EvidenceStore(repository)
    let tips = try view.evidenceTips()
    for day in 0...Int64(366) {
      let moment = Instant(seconds: request.instant.seconds - day * 86_400)
      let place = EvidencePlace.approvals(for: request.ref, on: moment)
      for stored in try store.statements(at: place, tips: tips) {
        guard case .success(let (_, statement)) = stored.content,
          case .approval(let said) = statement.predicate, said.person == Bytes(person.utf8),
          said.until > request.instant,
          said.changes.contains(where: { ids.contains($0.head.commit) || trees.contains($0.head.tree) })
        else { continue }
        var revocation = said
        revocation.word = .revoked
        revocation.revoked = stored.digest
        revocation.recorded = request.instant
        revocation.comment = Bytes(request.comment.utf8.prefix(Approval.commentLimit))
        revocation.nonce = Self.nonce()
        let signed = try signed(revocation, by: person, at: request.instant)
        revocations.append((stored.digest, signed.envelope, signed.place))
      }
    }
    guard !revocations.isEmpty else {
      throw EngineFault(
        "\(person.cleaned) has approved none of these commits for \(request.ref.short)",
        hints: ["gitrel evidence shows what is stated"])
    }
    try publish(
      revocations.map { SignedStatement(envelope: $0.envelope, place: $0.place) },
      at: request.instant, remote: remote)
    return revocations.map(\.digest)
  }

  // MARK: - Who

  private func person(_ request: Request) throws(EngineFault) -> String {
    let people = policy.document.people
    if let id = request.person {
      guard people.all.contains(where: { $0.id == id }) else {
        throw EngineFault("the policy names nobody `\(id.cleaned)`", hints: [whoThereIs])
      }
      return id
    }
    let identity = try AttestRun(repository, git: git).identity(at: request.instant)
    guard let person = people.person(email: identity.email) else {
      throw EngineFault(
        "the policy names nobody with your address <\(identity.email.prefix(80).printable)>",
        hints: [
          "say who you are with --by, or set the address: git config user.email YOU@EXAMPLE",
          whoThereIs,
        ])
    }
    return person.id
  }

  private var whoThereIs: String {
    let ids = policy.document.people.all.map(\.id)
    guard !ids.isEmpty else { return "the policy states no `people`" }
    return "there are \(ids.prefix(10).joined(separator: ", "))\(ids.count > 10 ? ", ..." : "")"
  }

  private func check(_ role: String, of person: String) throws(EngineFault) {
    let people = policy.document.people
    guard people.roles[role] != nil else {
      throw EngineFault(
        "the policy has no role `\(role.cleaned)`",
        hints: ["there are \(people.roles.keys.sorted().joined(separator: ", "))"])
    }
    guard people.holders(of: role).contains(person) else {
      throw EngineFault(
        "\(person.cleaned) does not hold the role `\(role.cleaned)`",
        hints: ["it is held by \(people.holders(of: role).joined(separator: ", "))"])
    }
  }

  // MARK: - What

  private func changes(
    _ request: Request
  ) throws(EngineFault) -> ([Commit], [Approval.Change], base: ObjectID?) {
    var commits: [Commit] = []
    var changes: [Approval.Change] = []
    var base: ObjectID?
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
        let range = try wrapped { () throws(GitError) in
          try repository.newCommits(from: [new], hiding: [old], limit: Self.commitLimit)
        }
        let start = try wrapped { () throws(GitError) in
          try repository.mergeBase(of: old, new, limit: 100_000)
        }
        commits += range
        for commit in range { changes.append(try change(of: commit)) }
        if let start, let head = range.first, range.count > 1 {
          changes.append(
            Approval.Change(
              base: try point(start), head: .init(commit: head.id, tree: head.tree)))
        }
        base = start
      } else {
        let id = try commit(revision)
        let commit = try wrapped { () throws(GitError) in try repository.commit(id) }
        commits.append(commit)
        changes.append(try change(of: commit))
        base = commit.parents.first
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
    return (commits, changes.filter { seen.insert($0).inserted }, base)
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
    guard let id else {
      throw EngineFault("there is no commit `\(Bytes(name.utf8).prefix(80).printable)` here")
    }
    let peeled = try wrapped { () throws(GitError) in try repository.peel(id) }
    guard peeled.kind == .commit else {
      throw EngineFault("`\(Bytes(name.utf8).prefix(80).printable)` is a \(peeled.kind.rawValue)")
    }
    return peeled.target
  }

  // MARK: - Signing and carrying

  private struct SignedStatement {
    let envelope: Envelope
    let place: ObjectID
    var digest: String { envelope.digest }
  }

  private func signed(
    _ approval: Approval, by person: String, at instant: Instant
  ) throws(EngineFault) -> SignedStatement {
    let statement = Statement(subjects: approval.subjects, predicate: .approval(approval))
    guard let place = statement.place else { throw EngineFault("the statement is about nothing") }
    let envelope = try sign(Envelope(payload: statement.encoded))
    let facts = SignatureFacts(
      repository: repository, people: policy.document.people, instant: instant)
    if let fault = facts.reading(of: envelope).fault(asSignedBy: person) {
      throw EngineFault(
        "the statement \(fault)",
        hints: [
          "your public key must stand under `keys` of \(person.cleaned) in the policy (\(policy.origin.label))",
          "git config user.signingKey names the key that signs",
        ])
    }
    return SignedStatement(envelope: envelope, place: place)
  }

  private func publish(
    _ statements: [SignedStatement], at instant: Instant, remote: String?
  ) throws(EngineFault) {
    let run = AttestRun(repository, git: git)
    let identity = try run.identity(at: instant)
    for statement in statements {
      try run.record([statement.envelope], about: statement.place, by: identity, joining: nil)
    }
    if let remote, let last = statements.last {
      try run.carry(about: last.place, by: identity, to: remote)
    }
  }

  private static func nonce() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  private func wrapped<Value>(
    _ body: () throws(GitError) -> Value
  ) throws(EngineFault) -> Value {
    try EngineFault.wrapping(body)
  }
}
