internal import CLibGit2
public import GitModel

/// What is known of an object before it is read.
public struct ObjectHeader: Hashable, Sendable {
  /// Its kind.
  public let kind: ObjectKind
  /// The length of its content in bytes.
  public let size: Int

  /// A header from its parts.
  public init(kind: ObjectKind, size: Int) { (self.kind, self.size) = (kind, size) }
}

/// What an id leads to when annotated tags are followed.
public struct Peeled: Hashable, Sendable {
  /// The tags on the way, the outermost first; none when the id was no tag.
  public let tags: [Tag]
  /// The first object that is no tag.
  public let target: ObjectID
  /// Its kind.
  public let kind: ObjectKind
}

/// One line of a tree.
public struct TreeEntry: Hashable, Sendable {
  /// The name, without a slash.
  public let name: Bytes
  /// The mode as it stands in the tree, such as 0o100644.
  public let mode: Int
  /// The object.
  public let id: ObjectID

  /// An entry from its parts.
  public init(name: Bytes, mode: Int, id: ObjectID) {
    (self.name, self.mode, self.id) = (name, mode, id)
  }

  /// Whether it is a directory (mode 040000).
  public var isTree: Bool { mode & 0o170000 == 0o040000 }
  /// Whether it is a regular file (mode 100644 or 100755).
  public var isFile: Bool { mode & 0o170000 == 0o100000 }
  /// Whether it is a symbolic link (mode 120000).
  public var isSymbolicLink: Bool { mode & 0o170000 == 0o120000 }
  /// Whether it is a commit of a submodule (mode 160000).
  public var isSubmodule: Bool { mode & 0o170000 == 0o160000 }
}

extension Repository {
  /// Kind and size of an object, without reading it; nil when there is none.
  public func header(of id: ObjectID) throws(GitError) -> ObjectHeader? {
    let key = Key(id)
    if let header = try quarantine?.header(key, "read object") { return header }
    if let header = try store.header(key, "read object") { return header }
    return try store.refresh() ? try store.header(key, "read object") : nil
  }

  /// A commit, by the strict reader.
  public func commit(_ id: ObjectID) throws(GitError) -> Commit {
    let action = "read commit"
    let content = try content(of: id, .commit, action, limit: limits.commitSize)
    do { return try Commit(id: id, content: content[...]) } catch {
      throw .malformed(action, error)
    }
  }

  /// An annotated tag, by the strict reader.
  public func tag(_ id: ObjectID) throws(GitError) -> Tag {
    let action = "read tag"
    let content = try content(of: id, .tag, action, limit: limits.tagSize)
    do { return try Tag(id: id, content: content[...]) } catch { throw .malformed(action, error) }
  }

  /// The content of a blob of at most `limit` bytes.
  public func blob(_ id: ObjectID, limit: Int) throws(GitError) -> Bytes {
    try content(of: id, .blob, "read blob", limit: limit)
  }

  /// The size of a blob, by its header: nothing of it is read, however large it is.
  public func blobSize(of id: ObjectID) throws(GitError) -> Int {
    let action = "read blob"
    guard let header = try header(of: id) else { throw .missing(action, id) }
    guard header.kind == .blob else {
      throw .wrongKind(action, id, found: header.kind, wanted: .blob)
    }
    return header.size
  }

  /// The content of a commit or tag as it is stored, which is what its signature is made over.
  public func content(of id: ObjectID, kind: ObjectKind) throws(GitError) -> Bytes {
    let limit =
      switch kind {
      case .commit, .blob: limits.commitSize
      case .tag: limits.tagSize
      case .tree: limits.treeSize
      }
    return try content(of: id, kind, "read \(kind.rawValue)", limit: limit)
  }

  /// Follows annotated tags to what they point at.
  public func peel(_ id: ObjectID) throws(GitError) -> Peeled {
    var tags: [Tag] = []
    var current = id
    while true {
      guard let header = try header(of: current) else { throw .missing("read object", current) }
      // A tag may say that its target is of one kind, and it is of another.
      if let last = tags.last, last.targetKind != header.kind {
        throw GitError(
          .malformed, "read tag", last.id.hex,
          "it says that it points at a \(last.targetKind.rawValue), and it is a "
            + header.kind.rawValue)
      }
      guard header.kind == .tag else {
        return Peeled(tags: tags, target: current, kind: header.kind)
      }
      guard tags.count < limits.nestedTags else {
        throw GitError(
          .limit, "read tag", id.hex, "it leads over more than \(limits.nestedTags) tags")
      }
      let tag = try tag(current)
      tags.append(tag)
      current = tag.target
    }
  }

  /// The entries of a tree in their order, which is git's: refused when they are in another one or a
  /// name is there twice, because git and libgit2 would each find another entry.
  public func tree(_ id: ObjectID) throws(GitError) -> [TreeEntry] {
    try parsedTree(Key(id)).entries
  }

  /// The entry that `path` leads to, part by part from `tree`; nil when there is none.
  public func entry(at path: [Bytes], inTree tree: ObjectID) throws(GitError) -> TreeEntry? {
    guard path.count <= limits.pathDepth else {
      throw GitError(.limit, "read tree", tree.hex, "a path is deeper than \(limits.pathDepth)")
    }
    var directory = tree
    for (position, name) in path.enumerated() {
      guard let entry = try self.tree(directory).first(where: { $0.name == name }) else {
        return nil
      }
      if position == path.count - 1 { return entry }
      guard entry.isTree else { return nil }
      directory = entry.id
    }
    return nil
  }

  func content(
    of id: ObjectID, _ wanted: ObjectKind, _ action: String, limit: Int
  ) throws(GitError) -> Bytes {
    let found = try withObject(Key(id), action, limit: limit) { kind, bytes throws(GitError) in
      guard kind == wanted else { throw .wrongKind(action, id, found: kind, wanted: wanted) }
      return Bytes(bytes)
    }
    guard let found else { throw .missing(action, id) }
    return found
  }

  /// Hands kind and content of an object to `body`; nil when there is none.
  func withObject<Result>(
    _ key: Key, _ action: String, limit: Int,
    _ body: (ObjectKind, UnsafeRawBufferPointer) throws(GitError) -> Result
  ) throws(GitError) -> Result? {
    var isQuarantined = false
    return try withObject(key, action, limit: limit, isQuarantined: &isQuarantined, body)
  }

  /// The same, telling where the object was found, and looking first where it is expected.
  func withObject<Result>(
    _ key: Key, _ action: String, limit: Int, expectedInStore: Bool = false,
    isQuarantined: inout Bool,
    _ body: (ObjectKind, UnsafeRawBufferPointer) throws(GitError) -> Result
  ) throws(GitError) -> Result? {
    isQuarantined = false
    if expectedInStore, let result = try store.read(key, action, limit: limit, body) {
      return result
    }
    // On a push most of what is read lies in the quarantine.
    if let result = try quarantine?.read(key, action, limit: limit, body) {
      isQuarantined = true
      return result
    }
    if !expectedInStore, let result = try store.read(key, action, limit: limit, body) {
      return result
    }
    return try store.refresh() ? try store.read(key, action, limit: limit, body) : nil
  }
}
