internal import GitModel
internal import GitStore
internal import Glibc
internal import Policy

/// Files that stand where the trusted policy does: in the same tree, or beside a policy outside of the
/// repository. Nothing that is pushed has a say in them.
struct TrustedFiles {
  let repository: Repository
  let source: PolicySource
  /// The commit of the trusted ref, when the policy stands on one.
  let trusted: ObjectID?

  /// Why a file cannot be read.
  struct Fault: WordedFault {
    let words: String
  }

  /// What the tree is called: `main`, or the folder.
  private var label: String {
    switch source {
    case .ref(let name, _): name.short
    case .file(let policy): Bytes((PolicyTop(ofPolicy: policy)?.path ?? policy).utf8).printable
    }
  }

  /// The same, with the commit that is read.
  var place: String { trusted.map { "\(label) (\($0.short))" } ?? label }

  /// The bytes of a plain file; nil when there is none. `what` begins the sentence on what is wrong.
  func bytes(at path: String, limit: Int, _ what: String) throws(Fault) -> Bytes? {
    switch source {
    case .ref(let name, _):
      guard let trusted else {
        throw Fault(words: "\(what) cannot be read: \(name.short) does not exist")
      }
      let parts = path.split(separator: "/").map { Bytes($0.utf8) }
      let shown = "\(what) \(name.short):\(Bytes(path.utf8).printable)"
      do throws(GitError) {
        let tree = try repository.commit(trusted).tree
        guard let entry = try repository.entry(at: parts, inTree: tree) else { return nil }
        if entry.mode == 0o100644 { return try repository.blob(entry.id, limit: limit) }
      } catch {
        throw Fault(
          words: error.code == .tooLarge
            ? "\(shown) is larger than \(limit) bytes" : error.description)
      }
      throw Fault(words: "\(shown) is no plain file")
    case .file(let policy):
      guard let top = PolicyTop(ofPolicy: policy) else { return nil }
      let file = "\(top.path)/\(path)"
      var status = stat()
      guard lstat(file, &status) == 0 || errno != ENOENT && errno != ENOTDIR else { return nil }
      guard let bytes = FileBytes.read(file, limit: limit) else {
        throw Fault(
          words:
            "\(what) \(Bytes(file.utf8).printable) cannot be read, or is larger than \(limit) bytes"
        )
      }
      return bytes
    }
  }
}

extension TrustedFiles {
  /// The file that says who owns what.
  func codeOwners(_ search: CodeOwnersSearch) throws(CodeOwnersFault) -> CodeOwnersFile {
    try search.found(in: label) { path throws(Fault) in
      try bytes(at: path, limit: CodeOwners.maximumSize, "the owners in")
    }
  }
}

extension TrustedFiles {
  /// What was promised for the release that a tag is called.
  func scope(
    of tag: RefName, _ versions: TagVersions, _ file: ScopeFile
  ) throws(Fault) -> ScopeReading {
    guard let version = versions.version(of: tag.shortBytes) else { return .noVersion(versions) }
    let place = ScopePlace(path: file.path(of: version), in: label)
    let found = try bytes(at: place.path, limit: ReleaseScope.maximum.size, "the scope")
    guard let found else { return .none(place) }
    let promised: ReleaseScope
    do { promised = try ReleaseScope(found, as: file.format) } catch {
      throw Fault(words: "\(place.shown) cannot be read: \(error.words)")
    }
    guard promised.version == nil || promised.version == version.spelling else {
      throw Fault(
        words: "\(place.shown) is of the release \(promised.version?.prefix(60).printable ?? "")")
    }
    return .promised(promised, place)
  }
}
