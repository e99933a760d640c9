internal import CLibGit2
public import GitModel

extension Repository {
  /// Writes a blob and gives its id.
  public func write(blob content: Bytes) throws(GitError) -> ObjectID {
    try write(content, as: .blob)
  }

  /// Writes a tree of these entries, in whatever order they come.
  public func write(tree entries: [TreeEntry]) throws(GitError) -> ObjectID {
    let sorted = entries.sorted(by: TreeOrder.areInOrder)
    var content = Bytes()
    for (position, entry) in sorted.enumerated() {
      guard !entry.name.isEmpty, !entry.name.contains(0), !entry.name.contains(UInt8(ascii: "/"))
      else {
        throw GitError(.invalidName, "write tree", entry.name.printable, "no file has such a name")
      }
      guard position == 0 || TreeOrder.areInOrder(sorted[position - 1], entry) else {
        throw GitError(.exists, "write tree", entry.name.printable, "the name is there twice")
      }
      content += Bytes(String(entry.mode, radix: 8).utf8) + [0x20] + entry.name + [0]
      content += entry.id.raw
    }
    if let name = TreeOrder.repeatedName(in: sorted) {
      throw GitError(.exists, "write tree", name.printable, "the name is there twice")
    }
    return try write(content, as: .tree)
  }

  /// Writes a commit and gives its id. What the strict reader would refuse is not written.
  public func writeCommit(
    tree: ObjectID, parents: [ObjectID], author: Identity, committer: Identity, message: Bytes
  ) throws(GitError) -> ObjectID {
    try requireWritable("write", "commit")
    var content = Bytes("tree \(tree.hex)\n".utf8)
    for parent in parents { content += Bytes("parent \(parent.hex)\n".utf8) }
    content += Bytes("author ".utf8) + author.line + Bytes("\ncommitter ".utf8)
    content += committer.line + Bytes("\n\n".utf8) + message
    do throws(ObjectFault) {
      let read = try Commit(id: .zero, content: content[...])
      guard read.author == author, read.committer == committer, read.message == message else {
        throw ObjectFault(id: .zero, words: "would be read differently than it is meant")
      }
    } catch {
      throw GitError(.malformed, "write", "commit", "it \(error.words)")
    }
    return try write(content, as: .commit)
  }

  /// Points the ref `name` at `id` if it holds `old` at that moment, the zero id meaning that there
  /// must be no such ref; throws `.modified` when it holds something else. `message` goes into the
  /// reflog where there is one. A symbolic ref is neither followed nor replaced.
  public func update(
    _ name: RefName, to id: ObjectID, expecting old: ObjectID, message: String
  ) throws(GitError) {
    let action = "update ref"
    try requireWritable(action, name.full)
    let path = try path(of: name, action)
    try refuseSymbolic(name, action)
    var reference: OpaquePointer?
    var target = Key(id).oid
    var status: Int32
    if old.isZero {
      status = git_reference_create(&reference, handle, path, &target, 0, message)
    } else {
      var expected = Key(old).oid
      status = git_reference_create_matching(
        &reference, handle, path, &target, 1, &expected, message)
    }
    defer { git_reference_free(reference) }
    guard status < 0 else { return }
    let error = lastError(status, action, name.full)
    let isTaken = old.isZero && error.code == .exists
    let isGone = !old.isZero && error.code == .notFound
    guard isTaken || isGone || error.code == .modified else { throw error }
    // `.exists` may also mean a ref in whose folder, or as whose folder, this one would lie.
    if isTaken, try value(of: name) == nil { throw error }
    throw try modified(name, action, expecting: old)
  }

  /// Deletes the ref `name` if it holds `old` at that moment; throws `.modified` otherwise.
  public func delete(_ name: RefName, expecting old: ObjectID) throws(GitError) {
    let action = "delete ref"
    try requireWritable(action, name.full)
    let path = try path(of: name, action)
    try refuseSymbolic(name, action)
    var reference: OpaquePointer?
    let status = git_reference_lookup(&reference, handle, path)
    guard status == 0 else {
      let error = lastError(status, action, name.full)
      throw error.code == .notFound ? try modified(name, action, expecting: old) : error
    }
    defer { git_reference_free(reference) }
    guard let held = git_reference_target(reference)?.pointee, Key(held) == Key(old) else {
      throw try modified(name, action, expecting: old)
    }
    // "This function will return an error if the reference has changed from the time it was looked
    // up" (git2/refs.h, git_reference_delete).
    let deleted = git_reference_delete(reference)
    guard deleted < 0 else { return }
    let error = lastError(deleted, action, name.full)
    throw error.code == .modified ? try modified(name, action, expecting: old) : error
  }

  private func write(_ content: Bytes, as kind: ObjectKind) throws(GitError) -> ObjectID {
    try requireWritable("write", kind.rawValue)
    var database: OpaquePointer?
    try call("open", "object database") { git_repository_odb(&database, handle) }
    defer { git_odb_free(database) }
    var oid = git_oid()
    _ = try content.withRawBytes { bytes throws(GitError) in
      try call("write", kind.rawValue) {
        git_odb_write(&oid, database, bytes.baseAddress, bytes.count, kind.type)
      }
    }
    return Key(oid).id
  }

  private func path(of name: RefName, _ action: String) throws(GitError) -> String {
    guard name.isPossible, let path = String(validating: name.bytes, as: UTF8.self) else {
      throw GitError(.invalidName, action, name.full, "no ref can have this name")
    }
    return path
  }

  private func refuseSymbolic(_ name: RefName, _ action: String) throws(GitError) {
    if case .symbolic(let target)? = try value(of: name) {
      throw GitError(
        .modified, action, name.full, "it is a symbolic ref to '\(target.full)', not an object")
    }
  }

  private func modified(
    _ name: RefName, _ action: String, expecting old: ObjectID
  ) throws(GitError) -> GitError {
    let held =
      switch try value(of: name) {
      case nil: "it does not exist"
      case .direct(let id): "it is at \(id.short)"
      case .symbolic(let target): "it is a symbolic ref to '\(target.full)'"
      }
    let expected = old.isZero ? "should not exist" : "was expected at \(old.short)"
    return GitError(.modified, action, name.full, "\(held) and \(expected)")
  }
}

extension Identity {
  /// As it stands in an object: `name <email> seconds zone`.
  fileprivate var line: Bytes {
    let minutes = offsetMinutes.magnitude
    let zone = String(10_000 + minutes / 60 * 100 + minutes % 60).dropFirst()
    return name + Bytes(" <".utf8) + email
      + Bytes("> \(seconds) \(offsetMinutes < 0 ? "-" : "+")\(zone)".utf8)
  }
}
