internal import GitModel
internal import Glibc

/// The few things the store reads from the file system without libgit2.
enum Files {
  /// What `lstat` or `stat` says; nil when there is nothing.
  static func status(_ path: String, following: Bool) throws(GitError) -> stat? {
    var status = stat()
    let result = following ? stat(path, &status) : lstat(path, &status)
    if result == 0 { return status }
    if errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG { return nil }
    throw systemError("look at", path)
  }

  static func isDirectory(_ path: String) throws(GitError) -> Bool {
    guard let status = try status(path, following: true) else { return false }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  static func isFile(_ path: String) throws(GitError) -> Bool {
    guard let status = try status(path, following: true) else { return false }
    return status.st_mode & S_IFMT == S_IFREG
  }

  /// The path without links, dots and doubled slashes; nil when there is nothing.
  static func resolved(_ path: String) throws(GitError) -> String? {
    guard !path.utf8.contains(0) else { return nil }
    guard let result = realpath(path, nil) else {
      if errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG { return nil }
      throw systemError("resolve", path)
    }
    defer { free(result) }
    return String(cString: result)
  }

  /// The whole content of a regular file; nil when there is none.
  static func read(_ path: String, limit: Int) throws(GitError) -> Bytes? {
    try read(Bytes(path.utf8), limit: limit)
  }

  /// The same for a path of any bytes.
  static func read(_ path: Bytes, limit: Int) throws(GitError) -> Bytes? {
    try read(path.cString, shown: path.printable, limit: limit)
  }

  private static func read(
    _ path: UnsafePointer<CChar>, shown: String, limit: Int
  ) throws(GitError) -> Bytes? {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG { return nil }
      throw systemError("read", shown)
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw systemError("read", shown) }
    if status.st_mode & S_IFMT == S_IFDIR { return nil }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw GitError(.malformed, "read", shown, "it is not a regular file")
    }
    let size = Int(status.st_size)
    guard size <= limit else {
      throw GitError(
        .tooLarge, "read", shown, "it has \(size) bytes, which is over the limit of \(limit)")
    }
    var failed: Int32 = 0
    let bytes = Bytes(unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Glibc.read(file, buffer.baseAddress?.advanced(by: count), size - count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failed = errno }
        if got <= 0 { break }
        count += got
      }
    }
    guard failed == 0 else { throw systemError("read", shown, failed) }
    return bytes
  }

  /// What a name in a directory stands for.
  enum Kind {
    case file
    case directory
    case link
    case other

    init(mode: mode_t) {
      switch mode & S_IFMT {
      case S_IFREG: self = .file
      case S_IFDIR: self = .directory
      case S_IFLNK: self = .link
      default: self = .other
      }
    }
  }

  /// The names in a directory but `.` and `..`, unsorted; nil when there is no such directory.
  static func names(in path: Bytes) throws(GitError) -> [(name: Bytes, kind: Kind)]? {
    guard let directory = opendir(path.cString) else {
      if errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG { return nil }
      throw systemError("read", path.printable)
    }
    defer { closedir(directory) }
    var names: [(name: Bytes, kind: Kind)] = []
    while true {
      errno = 0
      guard let entry = readdir(directory) else {
        // readdir(3): the end and an error differ by errno only.
        guard errno == 0 else { throw systemError("read", path.printable) }
        return names
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Bytes($0.prefix { $0 != 0 }) }
      if name == [0x2E] || name == [0x2E, 0x2E] { continue }
      switch Int(entry.pointee.d_type) {
      case Int(DT_REG): names.append((name, .file))
      case Int(DT_DIR): names.append((name, .directory))
      case Int(DT_LNK): names.append((name, .link))
      default:
        if let kind = try kind(of: path + [0x2F] + name) { names.append((name, kind)) }
      }
    }
  }

  /// What lies at `path`, without following a link; nil when nothing does.
  static func kind(of path: Bytes) throws(GitError) -> Kind? {
    var status = stat()
    guard lstat(path.cString, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG { return nil }
      throw systemError("look at", path.printable)
    }
    return Kind(mode: status.st_mode)
  }

  /// Where the link at `path` points; nil when it is none any more.
  static func target(ofLink path: Bytes) -> Bytes? {
    let room = Int(PATH_MAX)
    let target = [CChar](unsafeUninitializedCapacity: room) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      count = max(0, readlink(path.cString, base, room))
    }
    return target.isEmpty ? nil : target.map { UInt8(bitPattern: $0) }
  }
}

extension Bytes {
  /// With the NUL at the end that C wants.
  var cString: [CChar] {
    var string = map { CChar(bitPattern: $0) }
    string.append(0)
    return string
  }
}

extension Bytes {
  /// `withUnsafeBytes`, which does not carry the type of what is thrown.
  func withRawBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(GitError) -> Result
  ) throws(GitError) -> Result {
    try withUnsafeBufferPointer { buffer throws(GitError) in
      try body(UnsafeRawBufferPointer(buffer))
    }
  }
}
