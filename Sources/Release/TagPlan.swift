public import GitModel
public import Policy

/// Everything that `gitrel tag` is going to do, as a value: shown, asked about, and then done.
public struct TagPlan: Hashable, Sendable {
  /// What stands in the way of nothing, of everything, or has been done before.
  public enum State: Hashable, Sendable {
    /// The tag does not exist.
    case new
    /// The remote has this tag on this very commit: there is nothing to do.
    case done
    /// A tag of this name is on another commit; it is never moved.
    case taken(by: ObjectID)
  }

  /// The tag's short name.
  public let name: String
  /// The remote.
  public let remote: String
  /// The branch on whose remote tip the tag goes.
  public let branch: String
  /// That tip.
  public let commit: Commit
  /// The version tag before this one, among the ancestors; nil for a first version.
  public let previous: String?
  /// The commits since then, newest first.
  public let commits: [Commit]
  /// What exists already.
  public let state: State
  /// The prefix of versions, when the name lacks it and would be guarded with it.
  public let versionPrefix: String?
  /// What the server would say now, as far as a clone can tell.
  public let decision: Decision

  /// A plan from its parts.
  public init(
    name: String, remote: String, branch: String, commit: Commit, previous: String?,
    commits: [Commit], state: State, versionPrefix: String? = nil, decision: Decision
  ) {
    (self.name, self.remote, self.branch, self.commit) = (name, remote, branch, commit)
    (self.previous, self.commits) = (previous, commits)
    (self.state, self.versionPrefix, self.decision) = (state, versionPrefix, decision)
  }

  /// The notes.
  public var notes: ReleaseNotes { ReleaseNotes(commits) }

  /// The message of the tag: the notes, and trailers that tell by which policy it was cut.
  ///
  /// git takes a line that starts with `#` for a comment only where it opens an editor; the tag is
  /// made with `--cleanup=verbatim`, so that headings stay.
  public var message: String {
    // The clone calls the server's branch origin/main; in the tag it is called as on the server.
    let policy =
      decision.policy.map { origin in
        let label =
          origin.label.hasPrefix("\(remote)/")
          ? String(origin.label.dropFirst(remote.count + 1)) : origin.label
        return "Gitrel-Policy: \(label) \(origin.digest)\n"
      } ?? ""
    let since = previous.map { "Gitrel-Since: \($0)\n" } ?? ""
    return "\(name)\n\n\(notes.markdown)\nGitrel-Version: \(name)\n\(since)\(policy)"
  }
}
