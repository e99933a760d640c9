internal import GitModel
internal import GitStore
internal import Policy
internal import Release

/// What `gitrel tag`, `next` and `notes` look up for one request, by the policy that judges it.
struct ReleaseDesk {
  let repository: Repository
  let gate: CloneGate
  let history: ReleaseHistory
  let branch: RefName
  private let remote: String?
  private let request: TagRun.Request
  private let sources: NotesSources

  init(
    _ repository: Repository, remote: String?, _ request: TagRun.Request
  ) throws(EngineFault) {
    self.repository = repository
    (self.remote, self.request) = (remote, request)
    gate = try CloneGate(repository, remote: remote, policyFile: request.policyFile)
    history = try ReleaseHistory(
      repository, versions: gate.policy.document.tagVersions)
    branch = request.branch.map { RefName("refs/heads/\($0)") } ?? Self.standardBranch(gate)
    sources = NotesSources(repository: repository, gate: gate, remote: remote)
  }

  /// The branch that releases are cut from: what the policy says, else the one that holds it, else main.
  static func standardBranch(_ gate: CloneGate) -> RefName {
    if let branch = gate.policy.document.release.branch { return branch }
    if case .ref(let name, _) = gate.policy.source, name.isBranch { return name }
    return RefName("refs/heads/main")
  }

  /// The commit to be tagged: the tip that the remote has or, to go back, what the target stands on.
  func commit() throws(EngineFault) -> Commit {
    if request.terms.lane == .rollback {
      guard let target = try target() else {
        throw EngineFault(
          "the rollback lane needs the release to go back to",
          hints: ["gitrel tag VERSION --lane rollback --rollback-target v1.3.2"])
      }
      return target.commit
    }
    guard let tip = try gate.view.value(of: branch) else {
      throw EngineFault(
        "\(remote ?? "this repository") has no branch \(branch.short)",
        hints: ["name the branch to release: --branch NAME"])
    }
    return try EngineFault.wrapping { () throws(GitError) in try repository.commit(tip) }
  }

  /// The release to go back to.
  private func target() throws(EngineFault) -> (tag: ReleaseHistory.VersionTag, commit: Commit)? {
    guard let name = request.terms.rollbackTarget else { return nil }
    let ref = RefName("refs/tags/\(name)")
    guard let tag = history.tags.first(where: { $0.name == ref }),
      let commit = try history.commit(of: tag)
    else {
      throw EngineFault(
        "there is no release \(Bytes(name.utf8).printable) to go back to",
        hints: ["it must be a tag whose name is a version: git fetch --tags, then git tag --list"])
    }
    let found = try EngineFault.wrapping { () throws(GitError) in try repository.commit(commit) }
    return (tag, found)
  }

  /// The version that comes next at `commit`.
  func next(at commit: Commit) throws(EngineFault) -> NextRelease {
    var aim = request.aim
    if request.terms.lane == .rollback {
      // A release that goes back brings nothing; it is one number above the last.
      aim.step = aim.step ?? .patch
    }
    aim.line = VersionLine(branch: branch, prefix: Bytes(history.versions.prefix.utf8))
    let range = try history.range(to: commit.id, as: nil)
    return try history.next(aim, to: range, notes: try notes(range))
  }

  // MARK: - Notes

  /// The commits that `name` brings at `commit` or, where it goes back, takes back.
  func range(to commit: Commit, as name: RefName) throws(EngineFault) -> ReleaseHistory.Range {
    if request.terms.lane == .rollback, let last = history.release(before: name),
      let tip = try history.commit(of: last)
    {
      return try history.range(to: tip, since: commit.id, previous: last)
    }
    return try history.range(to: commit.id, as: name)
  }

  /// The notes of a range.
  func notes(_ range: ReleaseHistory.Range) throws(EngineFault) -> ReleaseNotes {
    ReleaseNotes(
      range.commits, by: try sources.source(of: range.commits, on: branch), isCut: range.isCut)
  }

  /// Why notes may not tell all; nil where nothing is known to be missing.
  func doubt() throws(EngineFault) -> String? {
    guard try sources.lacksDecisions() else { return nil }
    return
      "the decisions of \(remote ?? "the server") are not here, and with them who approved by signature: gitrel fetch"
  }

  /// The notes in the form that the policy gives them.
  func text(_ notes: ReleaseNotes, _ head: NotesHead) throws(EngineFault) -> String {
    let template = try sources.template()
    do { return try notes.markdown(template, head) } catch {
      throw EngineFault("the template of the notes: \(error.words)")
    }
  }

  /// The message of the tag, but for the evidence.
  func message(
    _ name: String, at commit: Commit, since range: ReleaseHistory.Range, _ notes: ReleaseNotes
  ) throws(EngineFault) -> TagMessage {
    var head = NotesHead()
    (head.version, head.previous) = (name, range.previous?.name.short)
    (head.instant, head.commit) = (request.instant, commit.id)
    (head.branch, head.terms) = (branch.short, request.terms)
    let origin = gate.policy.origin
    // The clone calls the server's branch origin/main; in the tag it is called as on the server.
    let prefix = remote.map { "\($0)/" } ?? ""
    let label =
      origin.label.hasPrefix(prefix) ? String(origin.label.dropFirst(prefix.count)) : origin.label
    return TagMessage(
      name: name, notes: try text(notes, head), previous: range.previous?.name.short,
      terms: request.terms,
      policy: PolicyOrigin(
        label: label, file: origin.file, digest: origin.digest, commit: origin.commit))
  }

  // MARK: - What is asked of it

  /// What the server would say of the tag, as it will be or as it was made before.
  func decision(
    on ref: RefName, at commit: ObjectID, state: TagPlan.State, _ message: TagMessage
  ) throws(EngineFault) -> Decision {
    var new = commit
    var planned: PlannedTag?
    if case .made(let tag) = state {
      new = tag
    } else {
      planned = PlannedTag(
        name: Bytes(message.name.utf8), commit: commit, message: Bytes(message.text.utf8))
    }
    let decision = try gate.decision(
      on: [RefUpdate(name: ref, old: .zero, new: new)], at: request.instant,
      pusher: request.pusher, planned: planned, options: request.options.map { PushOption($0) },
      running: .later)
    // One that is made already is mended as git mends tags.
    guard planned != nil else { return decision }
    var options = ReleaseTrailers(Bytes(message.text.utf8)).options
    if let branch = request.branch { options.append(.branch(branch.asWord)) }
    return decision.planned(by: TagCommand(message.name, options))
  }

  /// What the lane wants beside what rules want.
  func admissions(
    _ name: RefName, at commit: Commit
  ) throws(EngineFault) -> [TagPlan.Admission] {
    let last = history.release(before: name)
    switch request.terms.lane {
    case .normal: return []
    case .hotfix:
      guard let last, let base = try history.commit(of: last) else {
        return [TagPlan.Admission(false, "nothing is released yet that it could mend")]
      }
      if base == commit.id {
        return [
          TagPlan.Admission(
            false,
            "0 new commits: \(commit.id.short) is \(last.name.short) already, and mends nothing",
            fix: try branchHere().map {
              "gitrel tag \(name.short) --lane hotfix --branch \($0.short)"
            })
        ]
      }
      let descends = try EngineFault.wrapping { () throws(GitError) in
        try repository.isAncestor(base, of: commit.id)
      }
      if descends {
        return [TagPlan.Admission(true, "descends from \(last.name.short), the release before it")]
      }
      return [
        TagPlan.Admission(
          false,
          "\(commit.id.short) does not descend from \(last.name.short), the release before it",
          fix: "git switch -c hotfix/\(name.short) \(last.name.short)")
      ]
    case .rollback:
      guard let target = try target() else { return [] }
      guard let last, last.name != target.tag.name, target.tag.version < last.version else {
        return [
          TagPlan.Admission(
            false, "\(target.tag.name.short) is the last release: there is nothing to go back from")
        ]
      }
      return [
        TagPlan.Admission(
          true, "back from \(last.name.short) to \(target.tag.name.short), on its very commit")
      ]
    }
  }

  /// The branch that is checked out, where it is another than the one released, the remote has it, and
  /// the policy guards it for a line of versions; nil where a branch was named.
  func branchHere() throws(EngineFault) -> RefName? {
    guard request.branch == nil, request.terms.lane != .rollback else { return nil }
    let head = try EngineFault.wrapping { () throws(GitError) in
      try repository.value(of: RefName("HEAD"))
    }
    let prefix = Bytes(history.versions.prefix.utf8)
    guard case .symbolic(let here)? = head, here != branch,
      VersionLine(branch: here, prefix: prefix) != nil, try gate.view.value(of: here) != nil,
      !gate.policy.document.rulesets(guarding: here).isEmpty
    else { return nil }
    return here
  }

  /// The branch of releases, where it lacks a hotfix from another one.
  func mergeBack(of commit: Commit) throws(EngineFault) -> String? {
    let standard = Self.standardBranch(gate)
    guard request.terms.lane == .hotfix, branch != standard,
      let tip = try gate.view.value(of: standard)
    else { return nil }
    let has = try EngineFault.wrapping { () throws(GitError) in
      try repository.isAncestor(commit.id, of: tip)
    }
    return has ? nil : standard.short
  }

  /// The prefix of versions, when `name` lacks it and a ruleset guards the name that has it.
  func missingPrefix(of name: String) -> String? {
    let prefix = history.versions.prefix
    let whole = RefName("refs/tags/\(prefix)\(name)")
    guard !name.hasPrefix(prefix), !prefix.isEmpty,
      history.versions.version(of: whole.shortBytes) != nil,
      !gate.policy.document.rulesets(guarding: whole).isEmpty
    else {
      return nil
    }
    return prefix
  }
}
