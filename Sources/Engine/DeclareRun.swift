internal import Evidence
public import GitModel
internal import GitStore
internal import Glibc
public import Policy
internal import Signing

/// Signs declarations on a commit: `gitrel override`, `gitrel signoff` and what is like them.
public struct DeclareRun {
  /// What is declared.
  public enum Subject: Sendable {
    /// A rule, as its id or as `RULESET/ID`, need not hold on the ref; with the reason, and what the ref
    /// has before the push.
    case override(rule: String, reason: String, old: ObjectID)
    /// A release may go out.
    case signOff(comment: String)
    /// An item of a checklist is done.
    case checklist(item: String)
    /// The commit runs in an environment from now on.
    case deployed(environment: String)
    /// The file at this path was built from the commit.
    case artifact(path: String)
    /// What follows the tag of a release, with a remark.
    case release(ReleaseStatement, comment: String)
  }

  /// What was signed.
  public struct Receipt: Sendable {
    /// The statement, as its file is called.
    public let digest: String
    /// Who signed.
    public let person: String
    /// The commit.
    public let commit: Commit
    /// From when on it counts no more; nil for never.
    public let until: Instant?
    /// What of the kind, and what is said of it, as they are told.
    public let name, value: String
    /// Why no rule will count it; nil where one may.
    public let doubt: String?
  }

  private let desk: StatementDesk

  /// A run at `desk`.
  public init(_ desk: StatementDesk) { self.desk = desk }

  /// Signs what is declared about `commit`, for `ref` where one is meant, and carries it to `remote`.
  public func declare(
    _ subject: Subject, about commit: ObjectID, ref: RefName?, by person: String?, as role: String?,
    at instant: Instant, remote: String?
  ) throws(EngineFault) -> Receipt {
    let receipts = try declare(
      [subject], about: commit, ref: ref, by: person, as: role, at: instant, remote: remote)
    guard let receipt = receipts.first else { throw EngineFault("nothing is declared") }
    return receipt
  }

  /// The same of several things, which are carried together.
  public func declare(
    _ subjects: [Subject], about commit: ObjectID, ref: RefName?, by person: String?,
    as role: String?, at instant: Instant, remote: String?
  ) throws(EngineFault) -> [Receipt] {
    let person = try desk.person(person, at: instant)
    if let role { try desk.check(role, of: person) }
    let found = try EngineFault.wrapping { () throws(GitError) in
      let peeled = try desk.repository.peel(commit)
      return peeled.kind == .commit ? try desk.repository.commit(peeled.target) : nil
    }
    guard let found else { throw EngineFault("\(commit.short) is no commit") }
    var signed: [SignedStatement] = []
    var receipts: [Receipt] = []
    for subject in subjects {
      var declaration = Declaration(
        .signOff, repository: desk.policy.document.repository, ref: ref,
        person: Bytes(person.utf8), role: Bytes((role ?? "").utf8), recorded: instant)
      try fill(&declaration, subject)
      let statement = Statement(
        subjects: [.init(tree: found.tree, commit: found.id)], predicate: .declaration(declaration))
      let one = try desk.signed(statement, by: person, at: instant)
      signed.append(one)
      receipts.append(
        Receipt(
          digest: one.digest, person: person, commit: found, until: declaration.until,
          name: declaration.name.printable, value: declaration.value.printable,
          doubt: desk.policy.document.doubt(about: declaration)))
    }
    try desk.publish(signed, at: instant, remote: remote)
    return receipts
  }

  /// Signs that the person has looked at what was overridden in a decision of `log`; nothing where they said
  /// so before, in a statement that `view` has and that counts.
  public func review(
    _ decision: Int, in log: DecisionLog, _ view: RefView, comment: String, by person: String?,
    as role: String?, at instant: Instant, remote: String?
  ) throws(EngineFault) -> (receipt: SignedReview, overrides: [String]) {
    let person = try desk.person(person, at: instant)
    if let role { try desk.check(role, of: person) }
    guard let debt = try log.debts().first(where: { $0.entry.sequence == decision }) else {
      let isThere = try log.last().map { 1...$0.sequence ~= decision } ?? false
      throw EngineFault(
        isThere ? "decision \(decision) overrode nothing" : "there is no decision \(decision) here",
        hints: ["gitrel log shows the decisions; gitrel fetch brings the newest of them"])
    }
    let people = desk.policy.document.people
    guard !debt.entry.involved(among: people).contains(person) else {
      throw EngineFault(
        "\(person.cleaned) overrode or pushed it, and somebody else is to review that")
    }
    let statements = try PersonalStatements(desk.repository, view, desk.policy, at: instant)
    let said = try statements.reviews(of: debt.digest).first { review in
      review.fault == nil && review.declaration.person == Bytes(person.utf8)
        && review.declaration.role == Bytes((role ?? "").utf8)
    }
    if let said {
      try desk.carry(at: instant, to: remote)
      return (
        SignedReview(digest: said.digest, person: person, earlier: said.declaration.recorded),
        debt.entry.overrides
      )
    }
    let declaration = Declaration(
      .review, repository: desk.policy.document.repository,
      name: Bytes("decision \(decision)".utf8), person: Bytes(person.utf8),
      role: Bytes((role ?? "").utf8), recorded: instant,
      comment: Bytes(comment.utf8.prefix(Approval.commentLimit)))
    let signed = try desk.signed(
      Statement(
        subjects: [.init(sha256: debt.digest, name: declaration.name)],
        predicate: .declaration(declaration)),
      by: person, at: instant)
    try desk.publish([signed], at: instant, remote: remote)
    return (
      SignedReview(digest: signed.digest, person: person, earlier: nil), debt.entry.overrides
    )
  }

  /// A review that was signed.
  public struct SignedReview: Sendable {
    /// The statement, as its file is called.
    public let digest: String
    /// Who signed.
    public let person: String
    /// When that was, where it was before and nothing is signed now.
    public let earlier: Instant?
  }

  private func fill(
    _ declaration: inout Declaration, _ subject: Subject
  ) throws(EngineFault) {
    switch subject {
    case .override(let rule, let reason, let old):
      try check(
        rule, on: declaration.ref, by: String(decoding: declaration.person, as: UTF8.self))
      declaration.kind = .override
      declaration.name = Bytes(rule.utf8)
      declaration.value = Bytes(old.hex.utf8)
      declaration.comment = Bytes(reason.utf8.prefix(Approval.commentLimit))
      declaration.until = Instant(
        seconds: declaration.recorded.seconds + OverrideClaim.longest)
    case .signOff(let comment):
      declaration.comment = Bytes(comment.utf8.prefix(Approval.commentLimit))
    case .checklist(let item):
      declaration.kind = .checklist
      declaration.name = Bytes(item.utf8)
    case .deployed(let environment):
      declaration.kind = .deployed
      declaration.name = Bytes(environment.utf8)
    case .artifact(let path):
      declaration.kind = .artifact
      declaration.name = Bytes((path.split(separator: "/").last.map { String($0) } ?? path).utf8)
      declaration.value = Bytes(try Self.digest(of: path).utf8)
    case .release(let said, let comment):
      (declaration.kind, declaration.name, declaration.value) = said.parts
      declaration.comment = Bytes(comment.utf8.prefix(Approval.commentLimit))
    }
    let isNamed: Set<Declaration.Kind> = [.checklist, .deployed, .artifact]
    guard !isNamed.contains(declaration.kind) || !declaration.name.trimmed.isEmpty else {
      throw EngineFault("the \(declaration.kind.rawValue) has no name")
    }
    guard declaration.name.count <= Declaration.nameLimit else {
      throw EngineFault("a name has \(Declaration.nameLimit) bytes at most")
    }
  }

  /// The SHA-256 of a file.
  private static func digest(of path: String) throws(EngineFault) -> String {
    let shown = Bytes(path.utf8).printable
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw EngineFault("\(shown) cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    var hash = SHA256Digest.Incremental()
    var buffer = Bytes(repeating: 0, count: 1 << 16)
    while true {
      let count = buffer.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw EngineFault("\(shown) cannot be read: \(String(cString: strerror(errno)))")
      }
      guard count > 0 else { return hash.hex }
      buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }

  /// A rule that the policy does not state on the ref, or that nobody may override, is a mistake.
  private func check(
    _ rule: String, on ref: RefName?, by person: String
  ) throws(EngineFault) {
    let rulesets = desk.policy.document.rulesets.filter { set in
      ref.map { set.refs.contains($0) } ?? true
    }
    let named = rulesets.flatMap { set in
      set.rules.filter { $0.isCalled(rule, in: set.name) }
    }
    guard !named.isEmpty else {
      throw EngineFault(
        "the policy states no rule `\(rule.cleaned)` on \(ref?.short ?? "any ref")",
        hints: ["gitrel explain \(ref?.short ?? "main") shows the rules"])
    }
    guard named.contains(where: { $0.overrideBy != nil }) else {
      throw EngineFault(
        "nobody may override `\(rule.cleaned)`: the policy gives it no `override-by`")
    }
    let may = named.compactMap(\.overrideBy)
    guard may.contains(where: { $0.contains(person) }) else {
      throw EngineFault(
        "\(person.cleaned) may not override `\(rule.cleaned)`",
        hints: ["who may: \(Set(may.flatMap(\.names)).sorted().joined(separator: ", "))"])
    }
  }
}
