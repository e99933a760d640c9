public import GitModel
public import GitStore
internal import Policy
public import Release

/// `gitrel tag`: fetch, plan, and when somebody has agreed, tag and push. `NotesRun`
/// has the first parts alone.
public struct TagRun {
  let repository: Repository
  let git: GitCommand
  let remote: String

  /// What somebody wants to release.
  public struct Request: Sendable {
    /// What the tag is to be called; nil for the next version.
    public var name: String?
    /// Which number goes up, and the label of a pre-release, where no name is given.
    public var aim = VersionAim()
    /// The branch; the one of the policy where none is named.
    public var branch: String?
    /// What the tag declares.
    public var terms = TagTerms()
    /// When.
    public var instant: Instant
    /// Who, as the server will know them.
    public var pusher: String?
    /// What goes with the push, for `git push -o`.
    public var options: [String] = []
    /// Another policy than the trusted one, to try it.
    public var policyFile: String?

    /// A request at this moment.
    public init(at instant: Instant) {
      self.instant = instant
      aim.instant = instant
    }
  }

  /// A run in `repository`, which talks to `remote` through `git`.
  public init(_ repository: Repository, git: GitCommand, remote: String) {
    (self.repository, self.git, self.remote) = (repository, git, remote)
  }

  /// Brings the clone's copies of the remote's refs up to date, the evidence included.
  public func fetch() throws(EngineFault) {
    try EvidenceExchange(git: git, remote: remote).fetchAll()
  }

  /// What doing that would come to now.
  public func plan(_ request: Request) throws(EngineFault) -> TagPlan {
    var request = request
    if request.terms == TagTerms(), let declared = try declared(by: request.name) {
      // What broke off is gone on with as it was.
      request.terms = declared
    }
    let desk = try ReleaseDesk(repository, remote: remote, request)
    if let name = request.name { try Self.check(name) }
    let commit = try desk.commit()
    let name = if let name = request.name { name } else { try desk.next(at: commit).name }
    try Self.check(name)
    let ref = RefName("refs/tags/\(name)")
    if let strategy = request.terms.strategy {
      let plans = desk.gate.policy.document.release.strategies.stages
      guard plans[strategy] != nil else {
        throw EngineFault(
          "the policy has no way to roll out called `\(strategy.rawValue)`",
          hints: ["there is \(plans.keys.map(\.rawValue).sorted().joined(separator: ", "))"])
      }
    }
    let there = try tagsThere([name, request.terms.rollbackTarget].compactMap { $0 })
    if let target = request.terms.rollbackTarget, there[target] == nil {
      throw EngineFault(
        "\(remote) has no release \(Bytes(target.utf8).printable) to go back to",
        hints: ["git ls-remote --tags \(remote) shows those there are"])
    }
    let state = try state(of: ref, commit: commit.id, there: there[name], request.terms)
    let range = try desk.range(to: commit, as: ref)
    let notes = try desk.notes(range)
    var message = try desk.message(name, at: commit, since: range, notes)
    message.evidence = try EvidenceCarrier(repository, git: git).evidenceTip(beside: remote)
    if let fault = message.fault { throw EngineFault("\(name) cannot be tagged: \(fault)") }
    return TagPlan(
      name: name, remote: remote, branch: desk.branch.short, commit: commit,
      previous: message.previous, notes: notes, message: message, state: state,
      admissions: try desk.admissions(ref, at: commit),
      mergeBack: try desk.mergeBack(of: commit), branchHere: try desk.branchHere()?.short,
      versionPrefix: desk.missingPrefix(of: name),
      decision: try desk.decision(on: ref, at: commit.id, state: state, message),
      people: desk.gate.policy.document.people)
  }

  private static func check(_ name: String) throws(EngineFault) {
    let ref = RefName("refs/tags/\(name)")
    if let fault = ref.fault {
      throw EngineFault("the name `\(ref.short)` \(fault.words)", hints: ["gitrel tag v1.4"])
    }
  }

  // MARK: - What is there

  /// What the remote's tags of these names lead to.
  private func tagsThere(_ names: [String]) throws(EngineFault) -> [String: ObjectID] {
    let refs = names.map { RefName("refs/tags/\($0)").full }
    let listed = try git.demand(
      ["ls-remote", remote] + refs.flatMap { [$0, "\($0)^{}"] }, "ask \(remote) for its tags")
    var there: [String: ObjectID] = [:]
    for line in listed.split(separator: UInt8(ascii: "\n")) {
      let parts = line.split(separator: UInt8(ascii: "\t"))
      guard parts.count == 2, let id = ObjectID(hex: parts[0]) else { continue }
      there[String(decoding: parts[1], as: UTF8.self)] = id
    }
    var found: [String: ObjectID] = [:]
    for (name, ref) in zip(names, refs) { found[name] = there["\(ref)^{}"] ?? there[ref] }
    return found
  }

  /// What the annotated tag of this name that is here declares.
  private func declared(by name: String?) throws(EngineFault) -> TagTerms? {
    guard let name, let local = try repository.tip(RefName("refs/tags/\(name)")) else { return nil }
    let peeled = try EngineFault.wrapping { () throws(GitError) in try repository.peel(local) }
    return peeled.tags.first.map { TagTerms(message: $0.message) }
  }

  private func state(
    of ref: RefName, commit: ObjectID, there: ObjectID?, _ terms: TagTerms
  ) throws(EngineFault) -> TagPlan.State {
    if let there {
      guard there == commit else { return .taken(by: there) }
      if let declared = try declared(by: ref.short), declared != terms {
        throw EngineFault(
          "\(ref.short) is on \(remote) already, and says \(declared); you say \(terms)",
          hints: ["a tag that was released is never changed: cut another version"])
      }
      return .done
    }
    guard let local = try repository.tip(ref) else { return .new }
    let peeled = try EngineFault.wrapping { () throws(GitError) in try repository.peel(local) }
    let again = "git tag -d \(ref.short), then gitrel tag \(ref.short) again"
    guard peeled.target == commit else {
      throw EngineFault(
        "\(ref.short) is here on \(peeled.target.short), and \(remote) has no such tag",
        hints: [again])
    }
    guard let tag = peeled.tags.first else {
      throw EngineFault(
        "\(ref.short) is here, as a tag without a message that \(remote) has not got",
        hints: [again])
    }
    // A tag that an earlier run made and could not push: pushed now.
    guard TagTerms(message: tag.message) == terms else {
      throw EngineFault(
        "\(ref.short) is here, made before, and says \(TagTerms(message: tag.message)); you say \(terms)",
        hints: ["gitrel tag \(ref.short) pushes it as it is", again])
    }
    return .made(local)
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
