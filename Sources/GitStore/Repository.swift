internal import CLibGit2
internal import GitModel

/// A Git repository, read and written through libgit2.
///
/// Everything handed out is a value: copied out of libgit2, whose own objects are freed before the
/// call returns. Not `Sendable`, because libgit2 allows one thread at a time on a repository; open
/// one for each task instead.
///
/// No environment variable has an effect on where objects and refs are read or written, and no
/// configuration but the repository's own is read.
public final class Repository {
  let handle: OpaquePointer
  let location: Location
  let store: ObjectSource
  let quarantine: ObjectSource?
  let isReadOnly: Bool
  var packedRefs: PackedRefs?
  /// Unset until it was looked for.
  var commitGraph: CommitGraph??
  var keptTrees: KeptTrees
  /// What this handle refuses to read.
  public let limits: Limits
  /// The directory with objects; the quarantine is not in it but below it.
  public let objectsDirectory: String

  private init(
    _ location: Location, quarantine directory: String?, readOnly: Bool, limits: Limits
  ) throws(GitError) {
    try Library.start()
    try location.checkOwner()
    try location.checkFormat()
    let objects = location.commonDirectory + "/objects"
    guard let objectsDirectory = try Files.resolved(objects) else {
      throw GitError(.notFound, "open repository", objects.shown, "no such directory")
    }
    var quarantined: String?
    if let directory {
      quarantined = try Self.resolveQuarantine(directory, in: objectsDirectory)
    }

    self.location = location
    self.limits = limits
    self.objectsDirectory = objectsDirectory
    isReadOnly = readOnly
    keptTrees = KeptTrees(size: limits.keptTrees)
    store = try ObjectSource(
      directories: Alternates.of(objectsDirectory, limits: limits), verifiesPacks: false)
    if let quarantined {
      quarantine = try ObjectSource(directories: [quarantined], verifiesPacks: true)
    } else {
      quarantine = nil
    }

    var opened: OpaquePointer?
    let flags = GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue | GIT_REPOSITORY_OPEN_NO_DOTGIT.rawValue
    let path = location.gitDirectory
    try call("open repository", path.shown) { git_repository_open_ext(&opened, path, flags, nil) }
    guard let opened else {
      throw GitError(.general, "open repository", path.shown, "libgit2 gave none")
    }
    handle = opened
    if let quarantined { try attach(quarantined) }
  }

  deinit { git_repository_free(handle) }

  /// Lets libgit2's own functions on this repository (merges, revisions) see the quarantine too.
  private func attach(_ quarantine: String) throws(GitError) {
    var database: OpaquePointer?
    try call("open", "object database") { git_repository_odb(&database, handle) }
    defer { git_odb_free(database) }
    try call("open quarantine", quarantine.shown) {
      git_odb_add_disk_alternate(database, quarantine)
    }
  }

  private static func resolveQuarantine(
    _ path: String, in objects: String
  ) throws(GitError) -> String {
    guard let resolved = try Files.resolved(path), try Files.isDirectory(resolved) else {
      throw GitError(.quarantine, "open quarantine", path.shown, "no such directory")
    }
    guard resolved.hasPrefix(objects + "/") else {
      throw GitError(
        .quarantine, "open quarantine", path.shown,
        "it does not lie in this repository's object directory '\(objects.shown)'")
    }
    return resolved
  }
}

extension Repository {
  /// Opens the repository at `path`: a working tree, a linked worktree, a `.git` directory or file,
  /// or a bare repository. The path is taken as it is; nothing is searched.
  public static func open(
    at path: String, limits: Limits = Limits()
  ) throws(GitError) -> Repository {
    try Repository(Location.at(path), quarantine: nil, readOnly: false, limits: limits)
  }

  /// Opens the repository that `path` lies in, searched upwards as git does.
  public static func discover(
    from path: String, limits: Limits = Limits()
  ) throws(GitError) -> Repository {
    try Repository(Location.around(path), quarantine: nil, readOnly: false, limits: limits)
  }

  /// Opens a server's repository to judge a push: read only, with the objects that git holds in
  /// `quarantine` (git-receive-pack(1), Quarantine Environment) until the hook has said yes.
  ///
  /// `quarantine` must lie inside the repository's own object directory. Every method that writes
  /// throws `.readOnly`: libgit2 would let a ref point at an object that vanishes when the push is
  /// refused.
  public static func openForJudging(
    at gitDirectory: String, quarantine: String?, limits: Limits = Limits()
  ) throws(GitError) -> Repository {
    try Repository(
      Location.gitDirectory(gitDirectory), quarantine: quarantine, readOnly: true, limits: limits)
  }

  /// Opens a server's repository to write the decision log: it knows nothing of a quarantine, and
  /// what it writes is on the disk when the call returns.
  ///
  /// libgit2 has one switch for the whole process for that (`GIT_OPT_ENABLE_FSYNC_GITDIR`), so
  /// from here on every handle writes in this way.
  public static func openForLog(
    at gitDirectory: String, limits: Limits = Limits()
  ) throws(GitError) -> Repository {
    let repository = try Repository(
      Location.gitDirectory(gitDirectory), quarantine: nil, readOnly: false, limits: limits)
    try call("set up", "libgit2") { gitrel_option_switch(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) }
    return repository
  }
}

extension Repository {
  /// The git directory: `.git`, the bare repository, or `.git/worktrees/NAME`.
  public var gitDirectory: String { location.gitDirectory }

  /// The directory that linked worktrees share (git-worktree(1)); elsewhere the git directory.
  public var commonDirectory: String { location.commonDirectory }

  /// Whether there is no working tree.
  public var isBare: Bool { git_repository_is_bare(handle) == 1 }

  /// Whether history is cut off somewhere (git: Documentation/technical/shallow.txt).
  public var isShallow: Bool {
    get throws(GitError) { try !shallowCommits().isEmpty }
  }

  /// The value of `name` in the repository's own configuration, the last where there are several
  /// (git-config(1)); nil when it is not set.
  public func config(_ name: String) throws(GitError) -> String? {
    var live: OpaquePointer?
    var snapshot: OpaquePointer?
    try call("read", "config") { git_repository_config(&live, handle) }
    defer { git_config_free(live) }
    try call("read", "config") { git_config_snapshot(&snapshot, live) }
    defer { git_config_free(snapshot) }
    // "The string ... is valid until ... the config" is freed, and only snapshots give it out
    // (git2/config.h, git_config_get_string).
    var value: UnsafePointer<CChar>?
    let status = git_config_get_string(&value, snapshot, name)
    if status == GIT_ENOTFOUND.rawValue {
      git_error_clear()
      return nil
    }
    guard status == 0 else { throw lastError(status, "read config", name.shown) }
    return value.map { String(cString: $0) }
  }

  /// The commits whose parents were left behind, from the file that git keeps them in.
  func shallowCommits() throws(GitError) -> Set<Key> {
    let path = commonDirectory + "/shallow"
    guard let content = try Files.read(path, limit: limits.administrativeFileSize) else {
      return []
    }
    var keys: Set<Key> = []
    for line in content.split(separator: UInt8(ascii: "\n")) {
      guard line.count == 40, let key = line.withUnsafeBytes({ Key(hexAt: $0, 0) }) else {
        throw GitError(.malformed, "read", path.shown, "a line in it is no object id")
      }
      keys.insert(key)
    }
    return keys
  }

  func requireWritable(_ action: String, _ subject: String) throws(GitError) {
    guard !isReadOnly else {
      throw GitError(
        .readOnly, action, subject, "this handle judges a push, and only reads")
    }
  }
}

/// The object directories that one borrows from, by `info/alternates` (gitrepository-layout(5)).
private enum Alternates {
  /// `directory` itself and what it leads to, each once.
  static func of(_ directory: String, limits: Limits) throws(GitError) -> [String] {
    var found = [directory]
    var level = [directory]
    for _ in 0..<limits.alternatesDepth {
      var next: [String] = []
      for directory in level {
        for path in try read(directory, limits) where !found.contains(path) {
          found.append(path)
          next.append(path)
        }
      }
      level = next
    }
    return found
  }

  private static func read(_ directory: String, _ limits: Limits) throws(GitError) -> [String] {
    let content =
      try Files.read(directory + "/info/alternates", limit: limits.administrativeFileSize) ?? []
    var paths: [String] = []
    for line in content.split(separator: UInt8(ascii: "\n")) {
      guard line.first != UInt8(ascii: "#") else { continue }
      let path = String(decoding: line, as: UTF8.self)
      // As git does, one that is not there is passed over; its objects are then missing.
      if let resolved = try Files.resolved(path.hasPrefix("/") ? path : directory + "/" + path),
        try Files.isDirectory(resolved)
      {
        paths.append(resolved)
      }
    }
    return paths
  }
}
