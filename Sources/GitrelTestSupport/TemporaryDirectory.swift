internal import Glibc

/// A directory of its own under `TMPDIR`, or where it is wanted, removed with everything in it when
/// the value goes away.
public final class TemporaryDirectory {
  /// Its absolute path, without symbolic links.
  public let path: String

  /// Makes one; `name` is for people who look at what a killed test left behind.
  public init(_ name: String = "gitrel-test", in folder: String? = nil) throws {
    let base = folder ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = (base + "/" + name + ".XXXXXX").utf8CString
    let made = template.withUnsafeMutableBufferPointer { buffer -> String? in
      guard let start = buffer.baseAddress, mkdtemp(start) != nil,
        let resolved = realpath(start, nil)
      else { return nil }
      defer { free(resolved) }
      return String(cString: resolved)
    }
    guard let made else { throw SupportError("cannot make a directory in \(base)") }
    path = made
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    // A test may have taken rights away.
    chmod(path, 0o700)
    guard let directory = opendir(path) else { return }
    var names: [(String, isFolder: Bool)] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name != "." && name != ".." else { continue }
      names.append((name, Int(entry.pointee.d_type) == Int(DT_DIR)))
    }
    closedir(directory)
    for (name, isFolder) in names {
      if isFolder { remove(path + "/" + name) } else { unlink(path + "/" + name) }
    }
    rmdir(path)
  }

  /// The path of `name` in it.
  public func file(_ name: String) -> String { path + "/" + name }
}

/// Why a test cannot be set up.
public struct SupportError: Error, CustomStringConvertible {
  /// The reason.
  public let description: String

  /// A reason.
  public init(_ description: String) { self.description = description }
}

/// Writes a file, with the directories above it.
public func write(_ content: [UInt8], to path: String, mode: UInt32 = 0o644) throws {
  var above = path[...]
  if let slash = above.lastIndex(of: "/") { above = above[..<slash] }
  var made = ""
  for part in above.split(separator: "/") {
    made += "/" + part
    mkdir(made, 0o755)
  }
  // Away with it first: objects are written read only, and a link is not to be followed.
  unlink(path)
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
  guard file >= 0 else {
    throw SupportError("cannot write \(path): \(String(cString: strerror(errno)))")
  }
  defer { close(file) }
  var position = 0
  while position < content.count {
    let written = content.withUnsafeBytes {
      Glibc.write(file, $0.baseAddress?.advanced(by: position), content.count - position)
    }
    guard written > 0 else { throw SupportError("cannot write \(path)") }
    position += written
  }
  chmod(path, mode)
}

/// Writes text to a file, with the directories above it.
public func write(_ text: String, to path: String, mode: UInt32 = 0o644) throws {
  try write(Array(text.utf8), to: path, mode: mode)
}

/// The content of a file; nil when there is none.
public func contents(of path: String) -> [UInt8]? {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return nil }
  defer { close(file) }
  return try? readAll(file)
}

func readAll(_ file: Int32) throws -> [UInt8] {
  var bytes: [UInt8] = []
  let room = 1 << 16
  while true {
    var got = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      got = read(file, buffer.baseAddress, room)
      count = max(0, got)
    }
    if got < 0 && errno == EINTR { continue }
    guard got >= 0 else { throw SupportError("cannot read: \(String(cString: strerror(errno)))") }
    if got == 0 { return bytes }
    bytes += chunk
  }
}
