public import GitModel
public import GitStore
internal import Policy
public import Release

/// `gitrel tag`: fetch, plan, and when somebody has agreed, tag and push.
public struct TagRun {
  private let repository: Repository
  private let git: GitCommand
  private let remote: String

  /// How many commits notes are made of at most.
  static let notesLimit = 20_000

  /// A run in `repository`, which talks to `remote` through `git`.
  public init(_ repository: Repository, git: GitCommand, remote: String) {
    (self.repository, self.git, self.remote) = (repository, git, remote)
  }

  /// Brings the clone's copies of the remote's refs up to date, the evidence included.
  public func fetch() throws(EngineFault) {
    try run(["fetch", "--quiet", remote], "fetch from \(remote)")
    try EvidenceExchange(git: git, remote: remote).fetch()
  }

  /// What cutting `name` would do now. `branch` is the branch of the policy when nil.
  public func plan(
    _ name: String, branch: String?, at instant: Instant, pusher: String?, policyFile: String?
  ) throws(EngineFault) -> TagPlan {
    let ref = RefName("refs/tags/\(name)")
    if let fault = ref.fault {
      throw EngineFault("the name `\(ref.short)` \(fault.words)", hints: ["gitrel tag v1.4"])
    }
    let gate = try CloneGate(repository, remote: remote, policyFile: policyFile)
    let branch = branch.map { RefName("refs/heads/\($0)") } ?? standardBranch(gate)
    guard let tip = try gate.view.value(of: branch) else {
      throw EngineFault(
        "\(remote) has no branch \(branch.short)",
        hints: ["name the branch to release: --branch NAME"])
    }
    let commit = try EngineFault.wrapping { () throws(GitError) in try repository.commit(tip) }
    let (previous, commits) = try since(
      commit, versions: gate.policy.document.tagVersions, except: ref)
    let state = try state(of: ref, commit: tip)
    let planned = PlannedTag(
      name: Bytes(name.utf8), commit: tip, message: Bytes("\(name)\n".utf8))
    let decision = try gate.decision(
      on: [RefUpdate(name: ref, old: .zero, new: tip)], at: instant, pusher: pusher,
      planned: planned, running: .later)
    return TagPlan(
      name: name, remote: remote, branch: branch.short, commit: commit, previous: previous,
      commits: commits, state: state, versionPrefix: missingPrefix(of: name, gate),
      decision: decision)
  }

  /// Makes the annotated tag, signed where a rule wants that, and pushes it, with the evidence when this clone has some that the
  /// remote lacks, all or nothing. Returns what git and the server said. After a refusal no tag is
  /// left behind that was not there before.
  public func cut(_ plan: TagPlan) throws(EngineFault) -> Answer {
    let ref = "refs/tags/\(plan.name)"
    let existed = try repository.tip(RefName(ref)) != nil
    if !existed {
      let isSigned = plan.decision.all.contains { $0.rule == SignedTags.id }
      try run(
        [
          "tag", isSigned ? "--sign" : "--annotate", "--cleanup=verbatim", "--file=-", "--",
          plan.name,
          plan.commit.id.hex,
        ],
        "make the tag \(plan.name)", input: Bytes(plan.message.utf8))
    }
    let evidence = try AttestRun(repository, git: git).hasMore(
      than: remote, about: plan.commit.tree, at: plan.decision.instant)
    let refs = [ref] + (evidence ? [EvidenceStore.ref.full] : [])
    let output: GitCommand.Output
    do { output = try git.run(["push", "--atomic", remote] + refs.map { "\($0):\($0)" }) } catch {
      throw EngineFault(error)
    }
    guard output.status == 0 else {
      if !existed { _ = try? git.run(["update-ref", "-d", ref]) }
      return .refused(
        "\(remote) did not take the tag \(plan.name); \(existed ? "it is here still, as it was before" : "no tag is left here")\n\(Self.shown(output.stderr))"
      )
    }
    return .released(said: output.stderr)
  }

  /// What the remote made of a tag.
  public enum Answer: Hashable, Sendable {
    /// It took it; what git and the server said.
    case released(said: Bytes)
    /// It did not; a sentence, and below it what git and the server said.
    case refused(String)
  }

  // MARK: - Parts of the plan

  /// The branch that releases are cut from: what the policy says, else the one that holds it, else main.
  private func standardBranch(_ gate: CloneGate) -> RefName {
    if let branch = gate.policy.document.release.branch { return branch }
    if case .ref(let name, _) = gate.policy.source, name.isBranch { return name }
    return RefName("refs/heads/main")
  }

  /// The prefix of versions, when `name` lacks it and a ruleset guards the name that has it.
  private func missingPrefix(of name: String, _ gate: CloneGate) -> String? {
    let prefix = gate.policy.document.tagVersions.prefix
    let whole = RefName("refs/tags/\(prefix)\(name)")
    guard !name.hasPrefix(prefix), !gate.policy.document.rulesets(guarding: whole).isEmpty else {
      return nil
    }
    return prefix
  }

  /// The version before `name` among the ancestors of `commit`, and the commits since then. A release
  /// follows the release before it, not its own candidates, whose changes it brings too.
  private func since(
    _ commit: Commit, versions: TagVersions, except name: RefName
  ) throws(EngineFault) -> (previous: String?, commits: [Commit]) {
    let version = versions.version(of: name.shortBytes)
    return try EngineFault.wrapping { () throws(GitError) in
      let tags = try repository.refs(under: "refs/tags/").compactMap { ref in
        ref.name == name
          ? nil : versions.version(of: ref.name.shortBytes).map { (ref: ref, version: $0) }
      }.filter { tag in
        guard let version else { return true }
        return tag.version < version && (version.isPrerelease || !tag.version.isPrerelease)
      }.sorted { $1.version < $0.version }
      for tag in tags {
        let peeled = try repository.peel(tag.ref.value)
        guard peeled.kind == .commit,
          try repository.isAncestor(peeled.target, of: commit.id)
        else { continue }
        let commits = try repository.newCommits(
          from: [commit.id], hiding: [peeled.target], limit: Self.notesLimit)
        return (tag.ref.name.short, commits)
      }
      return (nil, try repository.newCommits(from: [commit.id], hiding: [], limit: Self.notesLimit))
    }
  }

  private func state(of ref: RefName, commit: ObjectID) throws(EngineFault) -> TagPlan.State {
    let listed = try run(
      ["ls-remote", remote, ref.full, "\(ref.full)^{}"], "ask \(remote) for its tags")
    var there: [String: ObjectID] = [:]
    for line in listed.split(separator: UInt8(ascii: "\n")) {
      let parts = line.split(separator: UInt8(ascii: "\t"))
      guard parts.count == 2, let id = ObjectID(hex: parts[0]) else { continue }
      there[String(decoding: parts[1], as: UTF8.self)] = id
    }
    if let tag = there["\(ref.full)^{}"] ?? there[ref.full] {
      return tag == commit ? .done : .taken(by: tag)
    }
    guard let local = try repository.tip(ref) else { return .new }
    let peeled = try EngineFault.wrapping { () throws(GitError) in try repository.peel(local) }
    // A tag that an earlier run made and could not push: pushed now.
    return peeled.target == commit && !peeled.tags.isEmpty ? .new : .taken(by: peeled.target)
  }

  @discardableResult
  private func run(
    _ arguments: [String], _ what: String, input: Bytes = []
  ) throws(EngineFault) -> Bytes {
    try git.demand(arguments, what, input: input)
  }

  /// What git or a server said, fit for a terminal, line by line.
  static func shown(_ bytes: Bytes) -> String {
    bytes.split(separator: UInt8(ascii: "\n")).map { "  \($0.printable)" }.joined(separator: "\n")
  }
}

extension GitCommand {
  /// Runs git and returns its output; a failure is a fault that says what could not be done and what
  /// git said.
  func demand(_ arguments: [String], _ what: String, input: Bytes = []) throws(EngineFault) -> Bytes
  {
    let output: Output
    do { output = try run(arguments, input: input) } catch { throw EngineFault(error) }
    guard output.status == 0 else {
      throw EngineFault("cannot \(what):\n\(TagRun.shown(output.stderr))")
    }
    return output.stdout
  }
}
