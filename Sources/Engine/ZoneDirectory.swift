internal import GitModel
internal import Glibc
public import Schedule

/// The operating system's zone database, read from its fixed place: no environment variable moves it.
public enum ZoneDirectory {
  static let path = "/usr/share/zoneinfo"

  /// The zone of an IANA name.
  public static func zone(_ identifier: String) throws(ZoneFault) -> Zone {
    if let fault = Zone.fault(inIdentifier: identifier) { throw fault }
    guard let bytes = FileBytes.read("\(path)/\(identifier)", limit: 1 << 20) else {
      throw ZoneFault(
        "there is no zone `\(Bytes(identifier.utf8).printable)` in \(path); names are those of IANA, e.g. Europe/London"
      )
    }
    return try Zone(identifier: identifier, tzif: bytes)
  }

  /// The version of the database, for the decision log; nil when it does not tell.
  public static var version: String? {
    guard let head = FileBytes.read("\(path)/tzdata.zi", limit: 1 << 20, prefix: 64) else {
      return nil
    }
    let line = String(decoding: head.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return line.hasPrefix("# version ") ? String(line.dropFirst("# version ".count)) : nil
  }
}

/// Reading a whole file, without following anything but the path given.
enum FileBytes {
  /// The bytes of a regular file of at most `limit` bytes; nil when there is none. With `prefix`, only
  /// so many from its start.
  static func read(_ path: String, limit: Int, prefix: Int? = nil) -> Bytes? {
    read(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), limit: limit, prefix: prefix)
  }

  /// The bytes of a regular file by the parts of its path below `folder`, none of which may be a link.
  static func read(_ parts: [String], under folder: String, limit: Int) -> Bytes? {
    var place = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    for (index, part) in parts.enumerated() {
      guard place >= 0 else { return nil }
      let outer = place
      defer { close(outer) }
      let kind = index + 1 < parts.count ? O_DIRECTORY : O_NONBLOCK
      place = openat(outer, part, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | kind)
    }
    return read(place, limit: limit, prefix: nil)
  }

  /// Why `read` finds nothing at `path`; a clause.
  static func fault(of path: String, limit: Int) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return String(cString: strerror(errno)).lowercased() }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { return String(cString: strerror(errno)).lowercased() }
    if status.st_mode & S_IFMT != S_IFREG { return "it is no plain file" }
    return status.st_size > limit
      ? "it has \(status.st_size) bytes, and \(limit) at most are read"
      : "it changed while it was read"
  }

  /// Reads the open `file`, and closes it.
  private static func read(_ file: Int32, limit: Int, prefix: Int?) -> Bytes? {
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= limit
    else { return nil }
    let wanted = prefix ?? limit
    var bytes = Bytes()
    var chunk = Bytes(repeating: 0, count: min(wanted, 1 << 16))
    while bytes.count < wanted {
      let count = Glibc.read(file, &chunk, min(chunk.count, wanted - bytes.count))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? bytes : nil }
      bytes += chunk.prefix(count)
    }
    return bytes
  }
}
