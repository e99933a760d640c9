internal import GitModel

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
  }

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

  /// Pushes the clone's statements.
  func push() throws(EngineFault) -> Push {
    let output: GitCommand.Output
    do {
      output = try git.run([
        "push", "--quiet", "--porcelain", remote,
        "\(EvidenceStore.ref.full):\(EvidenceStore.ref.full)",
      ])
    } catch { throw EngineFault(error) }
    if output.isSuccess { return .done }
    let said = output.stdout + output.stderr
    let moved = ["(fetch first)", "(non-fast-forward)", "cannot lock ref", "stale info"]
    if moved.contains(where: { said.contains(Bytes($0.utf8)) }) { return .overtaken }
    return .refused(
      EngineFault(
        "\(remote) did not take the evidence:\n\(TagRun.shown(said))",
        isRefusal: said.contains(Bytes("[remote rejected]".utf8))))
  }
}
