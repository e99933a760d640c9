internal import CLibGit2
internal import GitModel

/// Where objects lie: an objects directory with its alternates, or the quarantine of a push.
final class ObjectSource {
  /// libgit2's view of the packs alone; loose objects are read by `LooseObjects`.
  private let packs: OpaquePointer
  private var loose: [LooseObjects]
  /// Whether objects out of packs are hashed and compared with their names.
  ///
  /// libgit2 would do it for everything or nothing, and it costs a third of a walk. Packs of the
  /// repository were checked when git indexed them and carry a checksum; what lies in the
  /// quarantine was brought by the pusher a moment ago. Loose objects are always checked.
  private let verifiesPacks: Bool
  private var misses = 0

  init(directories: [String], verifiesPacks: Bool) throws(GitError) {
    var handle: OpaquePointer?
    try call("open", "object database") { git_odb_new(&handle) }
    guard let packs = handle else {
      throw GitError(.general, "open", "object database", "libgit2 gave none")
    }
    self.packs = packs
    self.verifiesPacks = verifiesPacks
    loose = []
    for (position, directory) in directories.enumerated() {
      loose.append(try LooseObjects(directory: directory))
      var backend: UnsafeMutablePointer<git_odb_backend>?
      try call("open packs in", directory.shown) { git_odb_backend_pack(&backend, directory) }
      // "Add a custom backend to an existing Object DB" (git2/sys/odb_backend.h): it is freed with
      // the database; the higher priority is asked first.
      try call("open packs in", directory.shown) {
        git_odb_add_backend(packs, backend, Int32(directories.count - position))
      }
    }
  }

  deinit { git_odb_free(packs) }

  private func isPacked(_ oid: inout git_oid) -> Bool {
    git_odb_exists_ext(packs, &oid, UInt32(GIT_ODB_LOOKUP_NO_REFRESH.rawValue)) == 1
  }

  /// Looks again which packs and folders there are, since another process may have written or
  /// repacked; true when it is worth another look. Costs some system calls, so absent objects do not
  /// bring it about for ever.
  func refresh() throws(GitError) -> Bool {
    misses += 1
    guard misses <= 1000 || misses % 1000 == 0 else { return false }
    try call("look for new", "packs") { git_odb_refresh(packs) }
    for position in loose.indices { try loose[position].refresh() }
    return true
  }

  func holds(_ key: Key) -> Bool {
    var oid = key.oid
    return isPacked(&oid) || loose.contains { $0.holds(key) }
  }

  func header(_ key: Key, _ action: String) throws(GitError) -> ObjectHeader? {
    var oid = key.oid
    if isPacked(&oid) {
      var size = 0
      var type = GIT_OBJECT_INVALID
      try call(action, key.id.hex) { git_odb_read_header(&size, &type, packs, &oid) }
      guard let kind = ObjectKind(type) else {
        throw GitError(.corrupt, action, key.id.hex, "it is of no known kind")
      }
      return ObjectHeader(kind: kind, size: size)
    }
    for directory in loose {
      if let header = try directory.header(key, action) { return header }
    }
    return nil
  }

  /// Hands kind and content to `body`, for its duration only; nil when the object is not here.
  /// Throws `.tooLarge` on the word of the header, before the content is read.
  func read<Result>(
    _ key: Key, _ action: String, limit: Int,
    _ body: (ObjectKind, UnsafeRawBufferPointer) throws(GitError) -> Result
  ) throws(GitError) -> Result? {
    var oid = key.oid
    // Where no folder can hold it, one search of the packs fewer does.
    guard !loose.contains(where: { $0.mayHold(key) }) || isPacked(&oid) else {
      for directory in loose {
        guard let (kind, content) = try directory.read(key, action, limit: limit) else {
          continue
        }
        return try content.withRawBytes { bytes throws(GitError) in try body(kind, bytes) }
      }
      return nil
    }

    var size = 0
    var type = GIT_OBJECT_INVALID
    var object: OpaquePointer?
    var isAbsent = false
    try call(action, key.id.hex) {
      let code = git_odb_read_header(&size, &type, packs, &oid)
      isAbsent = code == GIT_ENOTFOUND.rawValue
      return isAbsent ? 0 : code
    }
    guard !isAbsent else { return nil }
    guard size <= limit else { throw .tooLarge(action, key.id, size: size, limit: limit) }
    try call(action, key.id.hex) { git_odb_read(&object, packs, &oid) }
    defer { git_odb_object_free(object) }
    guard let kind = ObjectKind(git_odb_object_type(object)) else {
      throw GitError(.corrupt, action, key.id.hex, "it is of no known kind")
    }
    let content = UnsafeRawBufferPointer(
      start: git_odb_object_data(object), count: git_odb_object_size(object))
    if verifiesPacks {
      var computed = git_oid()
      try call(action, key.id.hex) {
        git_odb_hash(&computed, content.baseAddress, content.count, type)
      }
      guard Key(computed) == key else {
        throw GitError(
          .mismatch, action, key.id.hex, "its content has another hash than its name")
      }
    }
    return try body(kind, content)
  }
}
