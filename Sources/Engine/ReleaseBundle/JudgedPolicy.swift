internal import GitModel
internal import GitStore
internal import Policy
internal import PolicyFile

/// The policy that judged, found again by what the log says of it, with everything that it was made of.
struct JudgedPolicy {
  let document: PolicyDocument
  /// Its path in the tree that it stood in.
  let path: String
  /// The commit of that tree; nil where it stood outside of the repository.
  let commit: ObjectID?
  let bytes: Bytes
  let files: [PolicyPlace.File]

  /// The policy of `entry`, which stands at `source`.
  ///
  /// - Throws: where there is none that has the digest which the log names.
  init(
    of entry: LogEntry, at source: PolicySource, in repository: Repository
  ) throws(EngineFault) {
    let label = entry.policy ?? "none"
    let missing = EngineFault(
      "the policy that judged decision \(entry.sequence), \(label.cleaned), is not to be found here",
      hints: ["gitrel fetch brings the history that it lies in"])
    let place: PolicyPlace
    switch source {
    case .ref(let name, let path):
      guard let found = entry.policyCommit,
        try EngineFault.wrapping({ () throws(GitError) in try repository.header(of: found) })?.kind
          == .commit
      else { throw missing }
      (self.path, commit) = (path, found)
      bytes = try TrustedPolicy.policyBlob(
        at: path, of: found, in: repository, ref: name.short, mends: missing.hints)
      place = .tree(of: found, policy: path, in: repository)
    case .file(let path):
      guard let read = FileBytes.read(path, limit: PolicyReader.maximumSize) else { throw missing }
      (self.path, commit, bytes) = (path, nil, read)
      place = .folder(ofPolicy: path)
    }
    let loaded = try TrustedPolicy.read(
      bytes, file: path, label: label, source: source, place: place)
    guard loaded.origin.digest == entry.policyDigest else { throw missing }
    (document, files) = (loaded.document, place.files)
  }
}
