internal import Evidence
public import GitModel
internal import GitStore
internal import Policy

/// Signs declarations on a commit: `gitrel override`, `gitrel signoff` and what is like them.
public struct DeclareRun {
  /// What is declared.
  public enum Subject: Sendable {
    /// A rule, as its id or as `RULESET/ID`, need not hold on the ref; with the reason.
    case override(rule: String, reason: String)
    /// A release may go out.
    case signOff(comment: String)
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
  }

  private let desk: StatementDesk

  /// A run at `desk`.
  public init(_ desk: StatementDesk) { self.desk = desk }

  /// Signs what is declared about `commit`, for `ref` where one is meant, and carries it to `remote`.
  public func declare(
    _ subject: Subject, about commit: ObjectID, ref: RefName?, by person: String?, as role: String?,
    at instant: Instant, remote: String?
  ) throws(EngineFault) -> Receipt {
    let person = try desk.person(person, at: instant)
    if let role { try desk.check(role, of: person) }
    let found = try EngineFault.wrapping { () throws(GitError) in
      let peeled = try desk.repository.peel(commit)
      return peeled.kind == .commit ? try desk.repository.commit(peeled.target) : nil
    }
    guard let found else { throw EngineFault("\(commit.short) is no commit") }
    var declaration = Declaration(
      .signOff, repository: desk.policy.document.repository, ref: ref,
      person: Bytes(person.utf8), role: Bytes((role ?? "").utf8), recorded: instant)
    switch subject {
    case .override(let rule, let reason):
      try check(rule, on: ref)
      declaration.kind = .override
      declaration.name = Bytes(rule.utf8)
      declaration.comment = Bytes(reason.utf8.prefix(Approval.commentLimit))
      declaration.until = Instant(seconds: instant.seconds + OverrideFacts.longest)
    case .signOff(let comment):
      declaration.comment = Bytes(comment.utf8.prefix(Approval.commentLimit))
    }
    let statement = Statement(
      subjects: [.init(tree: found.tree, commit: found.id)], predicate: .declaration(declaration))
    let signed = try desk.signed(statement, by: person, at: instant)
    try desk.publish([signed], at: instant, remote: remote)
    return Receipt(
      digest: signed.digest, person: person, commit: found, until: declaration.until)
  }

  /// A rule that the policy does not state on the ref, or that nobody may override, is a mistake.
  private func check(_ rule: String, on ref: RefName?) throws(EngineFault) {
    let rulesets = desk.policy.document.rulesets.filter { set in
      ref.map { set.refs.contains($0) } ?? true
    }
    let named = rulesets.flatMap { set in
      set.rules.filter { rule == $0.id.text || rule == "\(set.name)/\($0.id)" }
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
  }
}
