internal import CLibGit2
internal import GitModel
internal import Glibc

/// Where a repository lies, found without libgit2 so that the owner is known before anything of it
/// is read, and without the environment (`GIT_DIR` and its kin).
struct Location {
  /// The git directory: `.git`, the bare repository, or `.git/worktrees/NAME`.
  let gitDirectory: String
  /// The directory with objects, refs and config; differs from `gitDirectory` in a linked worktree.
  let commonDirectory: String
  /// What git checks the owner of: git directory, working tree and `.git` file.
  private let owned: [String]

  /// Version 1 extensions that a reader which never fetches and never prunes may pass over.
  static let harmlessExtensions = ["partialclone", "preciousobjects", "worktreeconfig"]

  /// The repository at exactly `path`: a working tree, a `.git` directory or file, or a bare one.
  static func at(_ path: String) throws(GitError) -> Location {
    guard let resolved = try Files.resolved(path) else {
      throw GitError(.notFound, "open repository", path.shown, "no such directory")
    }
    guard let location = try found(in: resolved) else { throw noRepository(path) }
    return location
  }

  /// The repository that `path` lies in, as git finds it (git(1), Discussion of GIT_DIR): upwards
  /// until there is one, but never across a file system boundary.
  static func around(_ path: String) throws(GitError) -> Location {
    guard let start = try Files.resolved(path) else {
      throw GitError(.notFound, "open repository", path.shown, "no such directory")
    }
    let device = try Files.status(start, following: true)?.st_dev
    var directory = start
    while true {
      if let location = try found(in: directory) { return location }
      guard directory != "/", let slash = directory.lastIndex(of: "/") else { break }
      directory = slash == directory.startIndex ? "/" : String(directory[..<slash])
      guard try Files.status(directory, following: true)?.st_dev == device else { break }
    }
    throw GitError(
      .notFound, "open repository", path.shown,
      "it is not a git repository, and neither is any directory above it",
      hint: "run this inside a repository, or make one with: git init")
  }

  /// The repository whose git directory is exactly `path`.
  static func gitDirectory(_ path: String) throws(GitError) -> Location {
    guard let resolved = try Files.resolved(path),
      let location = try from(gitDirectory: resolved, owned: [])
    else { throw noRepository(path) }
    return location
  }

  private static func noRepository(_ path: String) -> GitError {
    GitError(.notFound, "open repository", path.shown, "it is not a git repository")
  }

  private static func found(in path: String) throws(GitError) -> Location? {
    let dotGit = path == "/" ? "/.git" : path + "/.git"
    if try Files.isDirectory(dotGit), let resolved = try Files.resolved(dotGit),
      let location = try from(gitDirectory: resolved, owned: [path])
    {
      return location
    }
    if try Files.isFile(dotGit) { return try from(gitFile: dotGit, in: path) }
    if try Files.isFile(path) {
      let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
      return path.hasSuffix("/.git") ? try from(gitFile: path, in: parent) : nil
    }
    return try from(gitDirectory: path, owned: [])
  }

  /// Follows a `.git` file: `gitdir: PATH` (gitrepository-layout(5)).
  private static func from(gitFile: String, in directory: String) throws(GitError) -> Location? {
    let content = try Files.read(gitFile, limit: 1 << 16) ?? []
    guard content.starts(with: "gitdir: ".utf8) else {
      throw GitError(.format, "open repository", gitFile.shown, "its first word is not 'gitdir:'")
    }
    let target = String(decoding: content.dropFirst(8).trimmed, as: UTF8.self)
    let path = target.hasPrefix("/") ? target : directory + "/" + target
    guard let resolved = try Files.resolved(path),
      let location = try from(gitDirectory: resolved, owned: [directory, gitFile])
    else {
      throw GitError(
        .notFound, "open repository", gitFile.shown, "it points to '\(path.shown)', where none is",
        hint: "repair it with: git worktree repair")
    }
    return location
  }

  /// What git takes for a git directory: `HEAD`, and `objects` and `refs` there or in the common
  /// directory (git: setup.c, `is_git_directory`).
  private static func from(
    gitDirectory path: String, owned: [String]
  ) throws(GitError) -> Location? {
    guard try Files.status(path + "/HEAD", following: false) != nil else { return nil }
    var common = path
    if let link = try Files.read(path + "/commondir", limit: 1 << 16) {
      let target = String(decoding: link.trimmed, as: UTF8.self)
      guard
        let resolved = try Files.resolved(target.hasPrefix("/") ? target : path + "/" + target)
      else { return nil }
      common = resolved
    }
    guard try Files.isDirectory(common + "/objects"), try Files.isDirectory(common + "/refs")
    else { return nil }
    return Location(
      gitDirectory: path, commonDirectory: common,
      owned: owned + (common == path ? [path] : [path, common]))
  }

  /// Refuses what belongs to another user, because its config and its objects are under that
  /// user's hand (git-config(1), safe.directory). As git does it, but without exceptions.
  func checkOwner() throws(GitError) {
    let me = geteuid()
    for path in owned {
      guard let status = try Files.status(path, following: false) else {
        throw systemError("open repository", path, ENOENT)
      }
      guard status.st_uid == me else {
        throw GitError(
          .owner, "open repository", path.shown,
          "it is owned by another user (uid \(status.st_uid)), and this process runs as uid \(me)",
          hint: "run as that user, or give it to this one: chown -R \(me) \(path.shown)")
      }
    }
  }

  /// Refuses formats that libgit2 1.5 does not read, in sentences of our own.
  func checkFormat() throws(GitError) {
    let path = commonDirectory + "/config"
    guard try Files.isFile(path) else { return }
    var handle: OpaquePointer?
    try call("read", path.shown) { git_config_open_ondisk(&handle, path) }
    defer { git_config_free(handle) }

    var version: Int32 = 0
    let status = git_config_get_int32(&version, handle, "core.repositoryformatversion")
    if status < 0 && status != GIT_ENOTFOUND.rawValue {
      throw lastError(status, "open repository", gitDirectory.shown)
    }
    git_error_clear()
    guard (0...1).contains(version) else {
      throw format("it has format version \(version), and versions 0 and 1 are known")
    }

    var iterator: OpaquePointer?
    try call("read", path.shown) {
      git_config_iterator_glob_new(&iterator, handle, "^extensions\\.")
    }
    defer { git_config_iterator_free(iterator) }
    while true {
      var entry: UnsafeMutablePointer<git_config_entry>?
      let status = git_config_next(&entry, iterator)
      if status == GIT_ITEROVER.rawValue { break }
      guard status == 0, let found = entry?.pointee, let name = found.name else {
        throw lastError(status, "read", path.shown)
      }
      let value = found.value.map { String(cString: $0) } ?? ""
      try check(
        extension: String(String(cString: name).dropFirst("extensions.".count)), value: value,
        version: version)
    }
    git_error_clear()
  }

  private func check(
    extension name: String, value: String, version: Int32
  ) throws(GitError) {
    switch (name, value) {
    case ("objectformat", "sha1"), ("refstorage", "files"), ("noop", _): return
    case ("objectformat", "sha256"):
      throw format(
        "its objects are named by SHA-256, which libgit2 1.5 does not read",
        hint: "gitrel guards repositories in SHA-1 format: git init --object-format=sha1")
    case ("refstorage", _):
      throw format(
        "it keeps refs as `\(value.shown)`, which libgit2 1.5 does not read",
        hint: "convert it with: git refs migrate --ref-format=files")
    default:
      // git(1) passes over extensions in version 0, which older versions of git left behind.
      guard version == 1, !Self.harmlessExtensions.contains(name) else { return }
      throw format("it needs the extension `\(name.shown)`, which is not known here")
    }
  }

  private func format(_ detail: String, hint: String? = nil) -> GitError {
    GitError(.format, "open repository", gitDirectory.shown, detail, hint: hint)
  }
}

extension String {
  /// Fit for a terminal and a log.
  var shown: String { Bytes(utf8).printable }
}
