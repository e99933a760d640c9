public import GitModel
public import GitStore
public import Policy

/// The advice: judges on a laptop what the server would say, from the clone's copies of its refs.
///
/// It never claims to have enforced anything. What it cannot know (another push a second ago, who the
/// server thinks is pushing) it leaves to the server.
public struct CloneGate {
  /// The repository.
  public let repository: Repository
  /// The refs as the last fetch saw them.
  public let view: RefView
  /// The policy that judges.
  public let policy: LoadedPolicy

  /// The gate of a clone (or, with `remote` nil, of a repository by its own refs). `policyFile` tries
  /// another policy than the trusted one.
  public init(
    _ repository: Repository, remote: String?, policyFile: String? = nil
  ) throws(EngineFault) {
    self.repository = repository
    view = remote.map { RefView.clone(repository, remote: $0) } ?? RefView.server(repository)
    let source: PolicySource =
      if let policyFile { .file(policyFile) } else {
        try Self.source(repository, remote: remote)
      }
    policy = try TrustedPolicy.load(source, in: repository, view: view)
  }

  /// The decision on `updates` at `instant`. `claimsOld` as for `Judging`. Programs that the policy
  /// names are not run unless that is asked for: it would let a repository run code in its clones.
  public func decision(
    on updates: [RefUpdate], at instant: Instant, pusher: String?, handed: HandedReports? = nil,
    planned: PlannedTag? = nil, view other: RefView? = nil, claimsOld: Bool = false,
    options: [PushOption] = [], running: ProgramRunning = .refused
  ) throws(EngineFault) -> Decision {
    try Judging(
      repository: repository, view: other ?? view, policy: policy, instant: instant,
      pusher: pusher, claimsOld: claimsOld, handed: handed, planned: planned, options: options,
      running: running
    ).decision(on: updates)
  }

  /// What the clone's own ref holds; nil where there is none.
  public func localTip(of name: RefName) throws(EngineFault) -> ObjectID? {
    try repository.tip(name)
  }

  /// What is told to who states something of `commit`, called `revision`, for a tag to come: that another
  /// commit would be tagged. Nil where it is the tip of a branch of the remote, or tagged.
  public func otherCandidate(than commit: ObjectID, called revision: String) throws(EngineFault)
    -> String?
  {
    guard view.isOfClone, case .ref(let branch, _) = policy.source,
      let tip = try view.value(of: branch)
    else { return nil }
    let refs = try view.all()
    let tips = refs.filter { $0.name.isBranch }.map(\.value)
    guard !tips.contains(commit),
      !refs.contains(where: { !$0.name.isBranch && $0.name.short == revision })
    else { return nil }
    // Where that cannot be told (a shallow clone), the rest is true all the same.
    let new = try? repository.newCommits(from: [commit], hiding: tips, limit: 100_000)
    let isMissing = !(new?.isEmpty ?? true)
    let missing =
      isMissing ? "\(commit.short) is on no branch of the remote that is known here, and " : ""
    return "\(missing)\(view.display(branch)) is at \(tip.short), which a tag would take"
  }

  /// The update that pushing `local` to `name` would be now.
  public func update(of name: RefName, to local: ObjectID) throws(EngineFault) -> RefUpdate {
    RefUpdate(name: name, old: try view.value(of: name) ?? .zero, new: local)
  }
}

/// A tag that `gitrel tag` is about to make: judged before the object exists.
public struct PlannedTag: Sendable {
  /// The commit it will stand on; in the update it stands for the tag object.
  public let commit: ObjectID
  /// The tag as it will be.
  public let tag: Tag

  /// An annotated tag called `name` on `commit`.
  public init(name: Bytes, commit: ObjectID, message: Bytes) {
    self.commit = commit
    tag = Tag(
      id: .zero, target: commit, targetKind: .commit, name: name, tagger: nil, message: message)
  }
}

extension CloneGate {
  /// What looking for a clone's gate comes to.
  public enum Search {
    /// There is one.
    case found(CloneGate)
    /// The remote has no policy as far as this clone knows, so there is nothing to advise by.
    case none(String)
    /// There is a policy, and it cannot be read: the server refuses every push.
    case broken(EngineFault)
  }

  /// The gate of `repository` by its copy of `remote`'s policy, or by its own with no remote.
  public static func find(_ repository: Repository, remote: String?) -> Search {
    do {
      let source = try source(repository, remote: remote)
      if case .ref(let name, let path) = source {
        let view = remote.map { RefView.clone(repository, remote: $0) } ?? .server(repository)
        guard let tip = try view.value(of: name) else {
          return .none("there is no \(view.display(name)) yet")
        }
        let has = try EngineFault.wrapping { () throws(GitError) in
          try repository.entry(
            at: path.split(separator: "/").map { Bytes($0.utf8) },
            inTree: try repository.commit(tip).tree) != nil
        }
        guard has else { return .none("\(view.display(name)) has no \(path)") }
      }
      return .found(try CloneGate(repository, remote: remote))
    } catch {
      return .broken(error)
    }
  }

  /// Where the policy is: as the repository's configuration says, or at the usual place on `main`. A
  /// clone whose remote has no `main` takes the branch that the remote calls its HEAD.
  static func source(
    _ repository: Repository, remote: String?
  ) throws(EngineFault) -> PolicySource {
    let configured = try configuration("gitrel.policy", of: repository)
    let source = try PolicySource(configured: configured)
    guard configured == nil, let remote, case .ref(let name, let path) = source,
      try RefView.clone(repository, remote: remote).value(of: name) == nil
    else { return source }
    let head = try EngineFault.wrapping { () throws(GitError) in
      try repository.value(of: RefName("refs/remotes/\(remote)/HEAD"))
    }
    let prefix = "refs/remotes/\(remote)/"
    guard case .symbolic(let target)? = head, target.hasPrefix(prefix) else { return source }
    let branch = Bytes("refs/heads/".utf8) + target.bytes.dropFirst(prefix.utf8.count)
    return .ref(RefName(branch), path: path)
  }

  static func configuration(
    _ name: String, of repository: Repository
  ) throws(EngineFault) -> String? {
    try EngineFault.wrapping { () throws(GitError) in try repository.config(name) }
  }

  /// Stands for a commit that does not exist yet.
  private static let anyCommit = ObjectID(raw: [UInt8](repeating: 0xFF, count: 20)) ?? .zero

  /// The verdicts of the commit-message rules on a message as it stands in the editor's file.
  /// `isMerge`: the commit will have more than one parent, which a rule may exempt.
  public func verdicts(
    onMessage file: Bytes, of branch: RefName, isMerge: Bool, at instant: Instant
  ) -> [JudgedRule] {
    let message = EditedMessage.cleaned(file)
    let nobody = Identity(name: [], email: [], seconds: 0, offsetMinutes: 0)
    let commit = Commit(
      id: .zero, tree: .zero, parents: Array(repeating: Self.anyCommit, count: isMerge ? 2 : 1),
      author: nobody, committer: nobody, message: message)
    var facts = Facts()
    facts.newCommits = .known([commit])
    // As if the commit were pushed: anything but a deletion.
    let update = RefUpdate(name: branch, old: .zero, new: Self.anyCommit)
    let matter = Matter(
      update: update, facts: facts, instant: instant, people: policy.document.people)
    return policy.document.rulesets(guarding: branch).flatMap { ruleset in
      // A condition on what is not known yet (paths, who pushes) leaves the rule to the push.
      ruleset.judged(matter).filter { $0.rule == CommitMessage.id }.filter {
        $0.verdict.outcome != .indeterminate
      }.map(Self.uncommitted)
    }
  }
}

extension CloneGate {
  /// A verdict on a commit that does not exist yet: it has no id to name and nothing to amend.
  private static func uncommitted(_ judged: JudgedRule) -> JudgedRule {
    let explanation = judged.verdict.explanation
    guard judged.verdict.outcome == .violated else { return judged }
    return JudgedRule(
      rule: judged.rule, ruleset: judged.ruleset, position: judged.position,
      enforcement: judged.enforcement, activeFrom: judged.activeFrom,
      verdict: Verdict(
        .violated,
        Explanation(
          explanation.findings.map(\.detail).joined(separator: "; "),
          expected: explanation.expected)))
  }
}

/// A message as an editor leaves it: git takes out the comments and all below its scissors line.
public enum EditedMessage {
  /// Its first line.
  public static func subject(of file: Bytes) -> Bytes {
    Bytes(cleaned(file).prefix { $0 != UInt8(ascii: "\n") })
  }

  static func cleaned(_ file: Bytes) -> Bytes {
    let scissors = Bytes("# ------------------------ >8 ------------------------".utf8)
    var lines: [BytesSlice] = []
    for line in file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if line.starts(with: scissors) { break }
      if line.first != UInt8(ascii: "#") { lines.append(line) }
    }
    while lines.first?.trimmed.isEmpty ?? false { lines.removeFirst() }
    while lines.last?.trimmed.isEmpty ?? false { lines.removeLast() }
    return lines.isEmpty
      ? [] : Bytes(lines.joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
  }
}
