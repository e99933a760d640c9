public import GitModel
internal import Glibc

/// What a ref holds.
public enum RefValue: Hashable, Sendable {
  /// An object.
  case direct(ObjectID)
  /// Another ref, which may not exist (git-symbolic-ref(1)).
  case symbolic(RefName)
}

extension Repository {
  /// What the ref `name` holds, without following it; nil when there is no such ref, which is so for
  /// every name that git cannot hold.
  public func value(of name: RefName) throws(GitError) -> RefValue? {
    guard name.isPossible else { return nil }
    let directory = name.isOfOneWorktree ? gitDirectory : commonDirectory
    // Loose before packed, in the order in which git moves them: a ref that is packed between the
    // two looks is found by the second.
    if let value = try looseValue(of: name, in: Bytes(directory.utf8)) { return value }
    return try currentPackedRefs().value(of: name).map { .direct($0) }
  }

  /// The refs whose names start with `prefix` and that hold an object, sorted by the bytes of their
  /// names. Symbolic refs are left out. A ref file with anything else in it is an error: left out,
  /// it would make the list shorter than what git guards.
  public func refs(
    under prefix: String = "refs/"
  ) throws(GitError) -> [(name: RefName, value: ObjectID)] {
    var loose: [RefName: RefValue] = [:]
    let start = Bytes(prefix.utf8)
    let folder = start.lastIndex(of: UInt8(ascii: "/")).map { Bytes(start[..<$0]) } ?? []
    guard folder.isEmpty || RefName(folder).isPossible || folder == Bytes("refs".utf8) else {
      return []
    }
    let roots = Set([commonDirectory, gitDirectory]).map { Bytes($0.utf8) }
    for root in roots {
      try collect(folder.isEmpty ? Bytes("refs".utf8) : folder, in: root, into: &loose)
    }

    var found: [(name: RefName, value: ObjectID)] = []
    for (name, value) in loose {
      guard name.bytes.starts(with: start), case .direct(let id) = value else { continue }
      found.append((name, id))
    }
    found.sort { $0.name < $1.name }

    var merged: [(name: RefName, value: ObjectID)] = []
    let packed = try currentPackedRefs()
    let range = packed.range(startingWith: start)
    merged.reserveCapacity(found.count + range.count)
    var next = 0
    for position in range {
      let name = packed.names[position]
      while next < found.count, found[next].name < name {
        merged.append(found[next])
        next += 1
      }
      if loose.isEmpty || loose[name] == nil { merged.append((name, packed.values[position])) }
    }
    merged.append(contentsOf: found[next...])
    return merged
  }

  private func collect(
    _ folder: Bytes, in root: Bytes, into found: inout [RefName: RefValue]
  ) throws(GitError) {
    let slash = UInt8(ascii: "/")
    guard let names = try Files.names(in: root + [slash] + folder) else { return }
    for (part, kind) in names {
      // As git does (refs/files-backend.c, `loose_fill_ref_dir`).
      if part.first == UInt8(ascii: ".") || part.suffix(5).elementsEqual(".lock".utf8) { continue }
      let path = folder + [slash] + part
      if kind == .directory {
        try collect(path, in: root, into: &found)
        continue
      }
      let name = RefName(path)
      let home = name.isOfOneWorktree ? gitDirectory : commonDirectory
      guard home.utf8.elementsEqual(root), name.isPossible else { continue }
      if let value = try looseValue(of: name, in: root) { found[name] = value }
    }
  }

  private func looseValue(of name: RefName, in root: Bytes) throws(GitError) -> RefValue? {
    let path = root + [UInt8(ascii: "/")] + name.bytes
    if let value = try linkValue(of: path) { return value }
    let content: Bytes?
    do {
      content = try Files.read(path, limit: 1 << 16)
    } catch {
      throw GitError(error.code, "read ref", name.full, error.detail)
    }
    guard let content else { return nil }
    if content.starts(with: "ref:".utf8) { return .symbolic(RefName(content.dropFirst(4).trimmed)) }
    // git reads 40 digits and asks for the end or white space after them.
    guard let id = ObjectID(hex: content.prefix(40)),
      content.count == 40 || content[40].isASCIISpace
    else {
      throw GitError(
        .malformed, "read ref", name.full, "its file holds no object id",
        hint: "see what else is damaged, with: git fsck")
    }
    return .direct(id)
  }

  /// The oldest form of a symbolic ref is a symbolic link (git-symbolic-ref(1)).
  private func linkValue(of path: Bytes) throws(GitError) -> RefValue? {
    guard try Files.kind(of: path) == .link, let target = Files.target(ofLink: path) else {
      return nil
    }
    guard target.starts(with: "refs/".utf8) else {
      throw GitError(
        .malformed, "read ref", path.printable, "it is a symbolic link to '\(target.printable)'")
    }
    return .symbolic(RefName(target))
  }

  /// The content of `packed-refs`, read again when the file has changed.
  private func currentPackedRefs() throws(GitError) -> PackedRefs {
    let path = commonDirectory + "/packed-refs"
    let version = try Files.status(path, following: true).map { PackedRefs.Version($0) }
    if let known = packedRefs, known.version == version, version != nil { return known }
    let content = try Files.read(path, limit: limits.administrativeFileSize) ?? []
    let read = try PackedRefs(content, version: version)
    packedRefs = read
    return read
  }
}

extension RefName {
  /// Whether git can hold a ref of this name at all, and the path of its file stays inside the git
  /// directory (git-check-ref-format(1)). Wider than `fault`, which is what gitrel accepts.
  var isPossible: Bool {
    var part: [UInt8] = []
    guard !bytes.isEmpty, bytes.count < 4096, bytes.last != UInt8(ascii: ".") else { return false }
    var last: UInt8 = 0
    for byte in bytes + [UInt8(ascii: "/")] {
      switch byte {
      case 0...0x20, 0x7F, UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: ":"),
        UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "["), UInt8(ascii: "\\"):
        return false
      case UInt8(ascii: "/"):
        guard !part.isEmpty, !part.suffix(5).elementsEqual(".lock".utf8) else { return false }
        part = []
      case UInt8(ascii: ".") where last == byte || part.isEmpty: return false
      case UInt8(ascii: "{") where last == UInt8(ascii: "@"): return false
      default: part.append(byte)
      }
      last = byte
    }
    // Without a slash only the likes of HEAD and ORIG_HEAD are refs; `config` and `index` are not.
    return bytes.starts(with: "refs/".utf8)
      || bytes.allSatisfy { $0 == UInt8(ascii: "_") || ($0 >= 0x41 && $0 <= 0x5A) }
  }

  /// Whether each linked worktree has its own (git-worktree(1), REFS).
  fileprivate var isOfOneWorktree: Bool {
    !bytes.starts(with: "refs/".utf8) || hasPrefix("refs/bisect/") || hasPrefix("refs/worktree/")
      || hasPrefix("refs/rewritten/")
  }
}

/// The refs that git keeps together in one file (gitrepository-layout(5), packed-refs).
struct PackedRefs {
  /// What tells one state of the file from another.
  struct Version: Equatable {
    private let words: [Int]

    init(_ status: stat) {
      words = [
        Int(bitPattern: UInt(status.st_ino)), Int(status.st_size), status.st_mtim.tv_sec,
        status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
      ]
    }
  }

  let version: Version?
  /// Sorted.
  private(set) var names: [RefName] = []
  /// Those of `names`, in their order.
  private(set) var values: [ObjectID] = []

  init(_ content: Bytes, version: Version?) throws(GitError) {
    self.version = version
    var isSorted = true
    try content.withRawBytes { bytes throws(GitError) in
      var position = 0
      while position < bytes.count {
        var end = position
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        defer { position = end + 1 }
        // A comment, or what the tag before it leads to.
        if bytes[position] == UInt8(ascii: "#") || bytes[position] == UInt8(ascii: "^") { continue }
        guard end < bytes.count, end > position + 41, bytes[position + 40] == 0x20,
          let key = Key(hexAt: bytes, position)
        else {
          throw GitError(.malformed, "read", "packed-refs", "it has a line without id and name")
        }
        let name = RefName(bytes[(position + 41)..<end])
        if let last = names.last, !(last < name) { isSorted = false }
        names.append(name)
        values.append(key.id)
      }
    }
    guard !isSorted else { return }
    let order = names.indices.sorted { names[$0] < names[$1] }
    (names, values) = (order.map { names[$0] }, order.map { values[$0] })
  }

  func value(of name: RefName) -> ObjectID? {
    let position = firstIndex { !($0 < name) }
    return position < names.count && names[position] == name ? values[position] : nil
  }

  func range(startingWith prefix: Bytes) -> Range<Int> {
    let start = firstIndex { !$0.bytes.lexicographicallyPrecedes(prefix) }
    let end = firstIndex {
      !$0.bytes.starts(with: prefix) && !$0.bytes.lexicographicallyPrecedes(prefix)
    }
    return start..<max(start, end)
  }

  /// The first name for which `isBehind` holds, which it does from there on.
  private func firstIndex(_ isBehind: (RefName) -> Bool) -> Int {
    var (low, high) = (0, names.count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(names[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
