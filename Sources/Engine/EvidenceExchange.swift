internal import GitModel
public import GitStore

/// Carrying statements between a clone and its remote.
public struct EvidenceExchange {
  private let git: GitCommand
  private let remote: String

  /// Between the clone of `git` and `remote`.
  public init(git: GitCommand, remote: String) { (self.git, self.remote) = (git, remote) }

  /// Brings the clone's copy of the remote's statements up to date. A remote without any is fine.
  public func fetch() throws(EngineFault) {
    _ = try git.demand(
      ["fetch", "--quiet", "--no-tags", remote, Installation.fetchRefspec(remote: remote)],
      "fetch the evidence of \(remote)")
    let copies = "refs/gitrel-remotes/\(remote)/"
    let known = try git.demand(["for-each-ref", "--count=1", copies], "look at \(copies)")
    // That there is nothing is known only by having asked.
    if known.isEmpty {
      _ = try git.demand(
        ["config", Self.asked(remote), "true"], "note that \(remote) has no statements")
    }
  }

  /// Whether nobody has ever asked `remote` for its statements, so that `repository` cannot tell what is
  /// stated there.
  public static func isUnknown(
    _ remote: String, in repository: Repository
  ) throws(EngineFault) -> Bool {
    for copy in [EvidenceStore.copy(of: remote), DecisionLog.copy(of: remote)]
    where try repository.tip(copy) != nil { return false }
    return try EngineFault.wrapping { () throws(GitError) in
      try repository.config(asked(remote)) == nil
    }
  }

  private static func asked(_ remote: String) -> String { "remote.\(remote).gitrelAsked" }

  /// The same with the remote's branches and tags.
  public func fetchAll() throws(EngineFault) {
    _ = try git.demand(["fetch", "--quiet", remote], "fetch from \(remote)")
    try fetch()
  }

  /// What became of a push.
  enum Push {
    /// The remote has the statements.
    case done
    /// The remote got others in the meantime.
    case overtaken
    /// The remote did not take them, and this is what it said.
    case refused(EngineFault)
  }

  /// Pushes the statements of `commit`.
  func push(_ commit: ObjectID) throws(EngineFault) -> Push {
    let output: GitCommand.Output
    do {
      output = try git.run([
        "push", "--quiet", "--porcelain", remote,
        "\(commit.hex):\(EvidenceStore.ref.full)",
      ])
    } catch { throw EngineFault(error) }
    if output.isSuccess { return .done }
    let said = output.stdout + output.stderr
    let moved = ["(fetch first)", "(non-fast-forward)", "cannot lock ref", "stale info"]
    if moved.contains(where: { said.contains(Bytes($0.utf8)) }) { return .overtaken }
    return .refused(
      EngineFault(
        "\(remote) did not take the evidence:\n\(TagRun.shown(said).replacing("\(commit.hex):", with: ""))",
        isRefusal: said.contains(Bytes("[remote rejected]".utf8))))
  }
}
