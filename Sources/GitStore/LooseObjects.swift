internal import CLibGit2
internal import GitModel
internal import Glibc

/// Reads objects that lie in files of their own (`objects/4b/825dc...`, gitrepository-layout(5)).
///
/// libgit2 1.5.1 loops for ever on a loose object that is cut off (libgit2 pull request 7346) and
/// writes beyond its memory when the header promises less than the file holds (7172). A pusher can
/// bring about neither, but a crash of the server can; so the store inflates them itself, compares
/// the length with the header, and the hash with the name.
struct LooseObjects {
  /// The objects directory and a slash.
  private let prefix: Bytes
  /// Which of the 256 folders there are; most look-ups end here.
  private var folders = Array(repeating: false, count: 256)

  init(directory: String) throws(GitError) {
    prefix = Bytes(directory.utf8) + [UInt8(ascii: "/")]
    try refresh()
  }

  /// Looks again which folders there are.
  mutating func refresh() throws(GitError) {
    for (name, _) in try Files.names(in: prefix) ?? [] where name.count == 2 {
      if let byte = UInt8(String(decoding: name, as: UTF8.self), radix: 16) {
        folders[Int(byte)] = true
      }
    }
  }

  /// The path of the file, if its folder is there.
  private func path(_ key: Key) -> [CChar]? {
    guard folders[key.firstByte] else { return nil }
    var path = prefix
    path.reserveCapacity(prefix.count + 42)
    let oid = key.oid
    withUnsafeBytes(of: oid) { bytes in
      for (position, byte) in bytes.enumerated() {
        if position == 1 { path.append(UInt8(ascii: "/")) }
        for nibble in [byte >> 4, byte & 15] {
          path.append(nibble < 10 ? nibble + 0x30 : nibble + 0x57)
        }
      }
    }
    return path.cString
  }

  /// Whether the folder is there in which it would lie.
  func mayHold(_ key: Key) -> Bool { folders[key.firstByte] }

  func holds(_ key: Key) -> Bool { path(key).map { access($0, F_OK) == 0 } ?? false }

  func header(_ key: Key, _ action: String) throws(GitError) -> ObjectHeader? {
    guard let path = path(key), let stream = try Inflater(path, key.id, action) else { return nil }
    return try stream.header()
  }

  /// The content; nil when there is no such object here.
  func read(
    _ key: Key, _ action: String, limit: Int
  ) throws(GitError) -> (kind: ObjectKind, content: Bytes)? {
    guard let path = path(key) else { return nil }
    let id = key.id
    guard let stream = try Inflater(path, id, action) else { return nil }
    let header = try stream.header()
    guard header.size <= limit else {
      throw .tooLarge(action, id, size: header.size, limit: limit)
    }
    let content = try stream.content(header.size)
    var oid = git_oid()
    _ = try content.withRawBytes { bytes throws(GitError) in
      try call(action, id.hex) {
        git_odb_hash(&oid, bytes.baseAddress, bytes.count, header.kind.type)
      }
    }
    guard Key(oid) == key else { throw stream.mismatch() }
    return (header.kind, content)
  }
}

/// One file being inflated.
private final class Inflater {
  private let file: Int32
  private let id: ObjectID
  private let action: String
  private var stream = z_stream()
  private let input: UnsafeMutablePointer<UInt8>
  private var ended = false
  /// What was inflated together with the header and belongs to the content.
  private var first: BytesSlice = []

  private static let chunk = 1 << 15

  /// Opens the file; nil when there is none.
  init?(_ path: [CChar], _ id: ObjectID, _ action: String) throws(GitError) {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if file < 0 {
      guard errno == ENOENT || errno == ENOTDIR else { throw systemError(action, id.hex) }
      return nil
    }
    (self.file, self.id, self.action) = (file, id, action)
    input = .allocate(capacity: Self.chunk)
    guard gitrel_inflate_start(&stream) == Z_OK else {
      throw GitError(.system, action, id.hex, "zlib does not start")
    }
  }

  deinit {
    inflateEnd(&stream)
    input.deallocate()
    close(file)
  }

  private func damaged(_ words: String) -> GitError {
    GitError(
      .corrupt, action, id.hex, "its file is damaged: \(words)",
      hint: "see what else is, with: git fsck")
  }

  func mismatch() -> GitError {
    GitError(
      .mismatch, action, id.hex, "its content has another hash than its name",
      hint: "see what else is damaged, with: git fsck")
  }

  /// Inflates until `buffer` is full or the stream ends; every turn consumes input, makes output or
  /// throws, so this ends.
  private func fill(_ buffer: UnsafeMutableBufferPointer<UInt8>) throws(GitError) -> Int {
    var made = 0
    while made < buffer.count && !ended {
      if stream.avail_in == 0 {
        let got = Glibc.read(file, input, Self.chunk)
        if got < 0 && errno == EINTR { continue }
        guard got >= 0 else { throw systemError(action, id.hex) }
        guard got > 0 else { throw damaged("it is cut off") }
        stream.next_in = input
        stream.avail_in = UInt32(got)
      }
      let room = min(buffer.count - made, 1 << 30)
      stream.next_out = buffer.baseAddress?.advanced(by: made)
      stream.avail_out = UInt32(room)
      let status = inflate(&stream, Z_NO_FLUSH)
      made += room - Int(stream.avail_out)
      switch status {
      case Z_OK: break
      case Z_STREAM_END: ended = true
      case Z_BUF_ERROR where stream.avail_in == 0: break
      default: throw damaged("it is not what zlib writes")
      }
    }
    return made
  }

  /// Reads `kind SP size NUL`.
  func header() throws(GitError) -> ObjectHeader {
    // The longest, `commit` and 19 digits, has 27 bytes.
    let start = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64)
    defer { start.deallocate() }
    let bytes = Bytes(start.prefix(try fill(start)))
    guard let end = bytes.firstIndex(of: 0), let space = bytes.firstIndex(of: 0x20), space < end,
      let kind = ObjectKind(rawValue: String(decoding: bytes[..<space], as: UTF8.self))
    else { throw damaged("it has no header") }
    let digits = bytes[(space + 1)..<end]
    guard (1...18).contains(digits.count), digits.allSatisfy(\.isASCIIDigit),
      digits.count == 1 || digits.first != 0x30
    else { throw damaged("its header has no size") }
    first = bytes[(end + 1)...]
    return ObjectHeader(kind: kind, size: digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
  }

  /// Reads the content, which must have exactly `size` bytes.
  func content(_ size: Int) throws(GitError) -> Bytes {
    guard first.count <= size else { throw damaged("it is longer than its header says") }
    // One byte more than promised, to see the end of the stream and whether anything follows.
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: size + 1)
    defer { buffer.deallocate() }
    _ = buffer.update(fromContentsOf: first)
    let rest = UnsafeMutableBufferPointer(rebasing: buffer[first.count...])
    let count = first.count + (try fill(rest))
    guard count <= size else { throw damaged("it is longer than its header says") }
    guard count == size else { throw damaged("it is shorter than its header says") }
    return Bytes(buffer.prefix(size))
  }
}
