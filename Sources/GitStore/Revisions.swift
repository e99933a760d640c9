internal import CLibGit2
public import GitModel

/// Revisions as somebody types them on a command line.
extension Repository {
  /// What a revision such as `main`, `4b825dc` or `main~2` means (gitrevisions(7)); nil when it means
  /// nothing here.
  ///
  /// Names and ids are found without reading what they name, so that a commit which libgit2 cannot read can
  /// be named; anything more is left to libgit2.
  public func resolve(_ revision: String) throws(GitError) -> ObjectID? {
    guard !revision.utf8.contains(0) else { return nil }
    if let id = ObjectID(hex: revision) { return try header(of: id) == nil ? nil : id }
    if let id = try named(revision) { return id }
    if let id = try abbreviated(revision) { return id }
    var object: OpaquePointer?
    let status = git_revparse_single(&object, handle, revision)
    // Of fewer than four digits git makes no id, and libgit2 an error.
    let isShort = status == GIT_EAMBIGUOUS.rawValue && revision.utf8.count < 4
    if isShort || status == GIT_ENOTFOUND.rawValue || status == GIT_EINVALIDSPEC.rawValue {
      git_error_clear()
      return nil
    }
    guard status == 0 else { throw lastError(status, "resolve", revision.shown) }
    defer { git_object_free(object) }
    return git_object_id(object).map { Key($0.pointee).id }
  }

  /// What the first ref that `text` may stand for points at (gitrevisions(7), `<refname>`).
  private func named(_ text: String) throws(GitError) -> ObjectID? {
    let short = text == "@" ? "HEAD" : text
    for rule in ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"] {
      // Beside `refs/` there are only names such as HEAD and FETCH_HEAD.
      if rule.isEmpty, !short.hasPrefix("refs/"), !short.allSatisfy({ $0.isUppercase || $0 == "_" })
      {
        continue
      }
      if let id = try target(of: RefName(rule + short)) { return id }
    }
    return try target(of: RefName("refs/remotes/\(short)/HEAD"))
  }

  /// What a ref points at, through symbolic ones; git follows five of them (refs.c, SYMREF_MAXDEPTH).
  private func target(of name: RefName) throws(GitError) -> ObjectID? {
    var name = name
    for _ in 0...5 {
      switch try value(of: name) {
      case nil: return nil
      case .direct(let id): return id
      case .symbolic(let next): name = next
      }
    }
    return nil
  }

  /// The one object whose id starts with `text`; at least four digits, as in git.
  private func abbreviated(_ text: String) throws(GitError) -> ObjectID? {
    let digits = text.utf8.count
    // libgit2 reads digits of either case, and refuses all else.
    var oid = git_oid()
    guard (4..<40).contains(digits), git_oid_fromstrn(&oid, text, digits) == 0 else { return nil }
    var database: OpaquePointer?
    try call("open", "object database") { git_repository_odb(&database, handle) }
    defer { git_odb_free(database) }
    var found = git_oid()
    let status = git_odb_exists_prefix(&found, database, &oid, digits)
    if status == GIT_ENOTFOUND.rawValue {
      git_error_clear()
      return nil
    }
    guard status == 0 else { throw lastError(status, "resolve", text.shown) }
    return Key(found).id
  }

  /// The tree of a commit, of which nothing else is judged.
  public func tree(of commit: ObjectID) throws(GitError) -> ObjectID {
    let action = "read commit"
    let content = try content(of: commit, .commit, action, limit: limits.commitSize)
    let start = Bytes("tree ".utf8)
    // `tree` SP id LF is how every commit starts.
    guard content.starts(with: start), content.dropFirst(start.count + 40).first == 0x0A,
      let id = ObjectID(hex: content.dropFirst(start.count).prefix(40))
    else { throw GitError(.malformed, action, commit.hex, "it does not start with a tree") }
    return id
  }
}
