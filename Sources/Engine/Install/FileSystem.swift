import Glibc

/// What a path leads to, as far as installing needs to know it.
public struct FileState: Sendable, Hashable {
  /// The kinds of file that are told apart.
  public enum Kind: Sendable, Hashable {
    /// A regular file.
    case regular
    /// A directory.
    case directory
    /// A symbolic link (only when the link itself was asked for).
    case symbolicLink
    /// Anything else: device, socket, pipe.
    case other
  }

  /// What it is.
  public let kind: Kind
  /// The permission bits.
  public let mode: UInt32
  /// The number of bytes.
  public let size: Int
  /// The owner.
  public let owner: UInt32
  /// The owner's group.
  public let group: UInt32
  /// When its content last changed, in seconds since 1970.
  public let modified: Int

  /// Whether anyone but the owner may write.
  public var isWritableByOthers: Bool { mode & 0o022 != 0 }

  init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .regular
    case S_IFDIR: kind = .directory
    case S_IFLNK: kind = .symbolicLink
    default: kind = .other
    }
    mode = status.st_mode & 0o7777
    size = Int(status.st_size)
    owner = status.st_uid
    group = status.st_gid
    modified = Int(status.st_mtim.tv_sec)
  }
}

/// The few file operations of installing, over the system calls.
enum FileSystem {
  private static func fault(
    _ action: String, _ path: String, _ code: Int32 = errno
  ) -> EngineFault {
    EngineFault("cannot \(action) '\(path)': \(reason(code))")
  }

  static func reason(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }

  /// What the path leads to, nil when there is nothing (also behind a dangling link).
  static func state(_ path: String) -> FileState? {
    var status = stat()
    return stat(path, &status) == 0 ? FileState(status) : nil
  }

  /// What stands at the path itself, a link not followed.
  static func linkState(_ path: String) -> FileState? {
    var status = stat()
    return lstat(path, &status) == 0 ? FileState(status) : nil
  }

  static func isDirectory(_ path: String) -> Bool { state(path)?.kind == .directory }

  /// Whether this process may execute the path; links are followed, as git does.
  static func isExecutable(_ path: String) -> Bool {
    state(path)?.kind == .regular && access(path, X_OK) == 0
  }

  /// The path without links, `.` and `..`; nil when it does not exist.
  static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(validatingCString: real)
  }

  /// The same for a path that need not be UTF-8.
  static func resolved(bytes path: [UInt8]) -> [UInt8]? {
    guard !path.contains(0) else { return nil }
    let real = path.map { CChar(bitPattern: $0) }.withTerminator { realpath($0, nil) }
    guard let real else { return nil }
    defer { free(real) }
    return (0..<strlen(real)).map { UInt8(bitPattern: real[$0]) }
  }

  /// The same as `linkState` for a path that need not be UTF-8.
  static func linkState(bytes path: [UInt8]) -> FileState? {
    var status = stat()
    let code = path.map { CChar(bitPattern: $0) }.withTerminator { lstat($0, &status) }
    return code == 0 ? FileState(status) : nil
  }

  /// Whether `path` is `directory` or lies in it; both without links.
  static func isPath(_ path: String, within directory: String) -> Bool {
    path == directory || path.hasPrefix(directory == "/" ? "/" : directory + "/")
  }

  /// The bytes of a file, nil when it cannot be read or has more than `limit` bytes.
  static func contents(_ path: String, limit: Int = 1 << 20) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = read(file, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? bytes : nil }
      bytes += chunk.prefix(count)
      if bytes.count > limit { return nil }
    }
  }

  static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return false }
      rest = rest.dropFirst(written)
    }
    return true
  }

  /// Writes a file by rename, synced first: whoever looks meanwhile, or after a crash, sees the old
  /// content or the new, never an empty file (git runs an empty hook as one that says yes).
  static func replace(_ path: String, with bytes: [UInt8], mode: UInt32) throws(EngineFault) {
    let temporary = "\(path).gitrel-new-\(getpid())"
    unlink(temporary)
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else { throw fault("write", path) }
    // fchmod as well: the umask must not take away the executable bit.
    if let owner = ownerForRoot(in: directory(of: path)) {
      fchown(file, owner.owner, owner.group)
    }
    let isWritten = writeAll(bytes, to: file) && fchmod(file, mode) == 0 && fsync(file) == 0
    let code = errno
    close(file)
    guard isWritten else {
      unlink(temporary)
      throw fault("write", path, code)
    }
    guard rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      throw fault("write", path, code)
    }
    syncDirectory(of: path)
  }

  /// When root works in a directory of somebody else's: whose. What root writes there is to be that
  /// user's, or a server that runs as that user cannot use its own repository any more.
  private static func ownerForRoot(in directory: String) -> FileState? {
    guard geteuid() == 0, let state = state(directory), state.owner != 0 else { return nil }
    return state
  }

  /// The same for a file that git has written.
  static func giveToOwnerOfDirectory(_ path: String) {
    guard let owner = ownerForRoot(in: directory(of: path)) else { return }
    lchown(path, owner.owner, owner.group)
  }

  /// Gives what stands at `path` a second name; there is no moment at which the first is gone.
  static func keep(_ path: String, as kept: String) throws(EngineFault) {
    if linkat(AT_FDCWD, path, AT_FDCWD, kept, 0) == 0 { return }
    guard errno == EPERM || errno == EOPNOTSUPP || errno == EMLINK, rename(path, kept) == 0 else {
      throw fault("keep", path)
    }
  }

  static func move(_ path: String, to target: String) throws(EngineFault) {
    guard rename(path, target) == 0 else {
      throw fault("rename", path)
    }
    syncDirectory(of: target)
  }

  static func remove(_ path: String) throws(EngineFault) {
    guard unlink(path) == 0 || errno == ENOENT else {
      throw fault("remove", path)
    }
  }

  /// Makes a directory and those above it.
  static func makeDirectory(_ path: String) throws(EngineFault) {
    if isDirectory(path) { return }
    let parent = directory(of: path)
    if parent != path { try makeDirectory(parent) }
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw fault("make directory", path)
    }
    giveToOwnerOfDirectory(path)
  }

  /// Removes a directory if nothing is in it.
  static func removeIfEmpty(_ directory: String) { rmdir(directory) }

  /// The names in a directory, sorted; none when it cannot be read.
  static func names(in directory: String) -> [String] {
    guard let handle = opendir(directory) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The directory that a path lies in.
  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func syncDirectory(of path: String) {
    let handle = open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard handle >= 0 else { return }
    fsync(handle)
    close(handle)
  }
}

extension [CChar] {
  fileprivate func withTerminator<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    // An array is passed as a pointer to its elements for the time of the call.
    body(self + [0])
  }
}
