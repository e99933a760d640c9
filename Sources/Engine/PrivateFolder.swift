internal import GitModel
internal import Glibc

/// A folder that only this user can read, for what other programs read from files; gone with it.
final class PrivateFolder {
  /// Where it is.
  let path: String

  /// Makes one whose name starts with `name`.
  init(_ name: String) throws(EngineFault) {
    var template = "/tmp/\(name).XXXXXX".utf8CString
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let made else {
      throw EngineFault("cannot make a directory in '/tmp': \(FileSystem.reason(errno))")
    }
    path = made
  }

  deinit { Self.remove(path) }

  /// Writes a file, and says where it is.
  func write(_ bytes: Bytes, to name: String) throws(EngineFault) -> String {
    let path = "\(path)/\(name)"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    defer { if file >= 0 { close(file) } }
    guard file >= 0, FileSystem.writeAll(bytes, to: file) else {
      throw EngineFault("cannot write '\(path)': \(FileSystem.reason(errno))")
    }
    return path
  }

  private static func remove(_ folder: String) {
    for name in FileSystem.names(in: folder) {
      let path = folder + "/" + name
      if FileSystem.linkState(path)?.kind == .directory { remove(path) } else { unlink(path) }
    }
    rmdir(folder)
  }
}
