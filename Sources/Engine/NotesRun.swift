internal import GitModel
public import GitStore
internal import Policy
public import Release

/// `gitrel notes` and `gitrel next`: the notes of a release, of what would be one, or of any range, and
/// the version that comes next.
public struct NotesRun {
  private let repository: Repository
  private let remote: String?

  /// A run in `repository`, which goes by its copies of `remote`'s refs or by its own.
  public init(_ repository: Repository, remote: String?) {
    (self.repository, self.remote) = (repository, remote)
  }

  /// The version that comes next.
  public func next(_ request: TagRun.Request) throws(EngineFault) -> NextRelease {
    let desk = try ReleaseDesk(repository, remote: remote, request)
    return try desk.next(at: try desk.commit())
  }

  /// Notes, with what they are of.
  public struct Answer: Sendable {
    /// What is known of the release.
    public let head: NotesHead
    /// The notes.
    public let notes: ReleaseNotes
    /// The same as the policy's template writes it.
    public let text: String
    /// Why they may not tell all; nil where nothing is known to be missing.
    public let doubt: String?
  }

  /// The notes of `subject`: a tag, a revision or `OLD..NEW`; of what the branch would release now where
  /// none is named.
  public func notes(
    of subject: String?, _ request: TagRun.Request
  ) throws(EngineFault) -> Answer {
    var request = request
    var head = NotesHead()
    head.instant = request.instant
    let tag = try subject.flatMap { name throws(EngineFault) in try version(name, request) }
    if let tag {
      (request.name, head.version) = (tag.name.short, tag.name.short)
      if let message = try message(of: tag) { request.terms = TagTerms(message: message) }
    }
    let desk = try ReleaseDesk(repository, remote: remote, request)
    let range: ReleaseHistory.Range
    if let subject, let dots = subject.firstRange(of: "..") {
      let base = try commit(String(subject[..<dots.lowerBound]), or: "HEAD")
      let tip = try commit(String(subject[dots.upperBound...]), or: "HEAD")
      let previous = desk.history.tags.first { $0.name.short == subject[..<dots.lowerBound] }
      range = try desk.history.range(to: tip.id, since: base.id, previous: previous)
      head.commit = tip.id
    } else if let tag {
      guard let id = try desk.history.commit(of: tag) else {
        throw EngineFault("\(tag.name.short) is on no commit")
      }
      let commit = try EngineFault.wrapping { () throws(GitError) in try repository.commit(id) }
      range = try desk.range(to: commit, as: tag.name)
      head.commit = commit.id
    } else {
      let tip = if let subject { try commit(subject, or: "HEAD") } else { try desk.commit() }
      range = try desk.history.range(to: tip.id, as: nil)
      head.commit = tip.id
    }
    (head.previous, head.terms) = (range.previous?.name.short, request.terms)
    head.branch = desk.branch.short
    let notes = try desk.notes(range)
    return Answer(
      head: head, notes: notes, text: try desk.text(notes, head), doubt: try desk.doubt())
  }

  /// The tag of a version that is called so.
  private func version(
    _ name: String, _ request: TagRun.Request
  ) throws(EngineFault) -> ReleaseHistory.VersionTag? {
    let gate = try CloneGate(repository, remote: remote, policyFile: request.policyFile)
    let versions = gate.policy.document.tagVersions
    let history = try ReleaseHistory(repository, versions: versions)
    return history.tags.first { $0.name == RefName("refs/tags/\(name)") }
  }

  private func message(of tag: ReleaseHistory.VersionTag) throws(EngineFault) -> Bytes? {
    try EngineFault.wrapping { () throws(GitError) in
      try repository.peel(tag.id).tags.first?.message
    }
  }

  private func commit(_ revision: String, or usual: String) throws(EngineFault) -> Commit {
    let text = revision.isEmpty ? usual : revision
    let found = try EngineFault.wrapping { () throws(GitError) -> Commit? in
      guard let id = try repository.resolve(text) else { return nil }
      let peeled = try repository.peel(id)
      return peeled.kind == .commit ? try repository.commit(peeled.target) : nil
    }
    guard let found else { throw .noCommit(text, in: repository) }
    return found
  }
}
