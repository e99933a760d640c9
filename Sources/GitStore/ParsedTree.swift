internal import GitModel
internal import Glibc

/// A tree that was read strictly once: its content, and where each entry stands in it.
///
/// Comparing the trees of ten thousand commits goes over some ten million entries, so an entry is
/// three numbers here, and no array of its own as in `TreeEntry`.
final class ParsedTree {
  /// Where an entry stands: `mode SP name NUL id`.
  struct Line {
    let mode: UInt32
    let nameStart: UInt32
    let nameEnd: UInt32

    var isTree: Bool { mode & 0o170000 == 0o040000 }
  }

  private let content: UnsafeMutableRawBufferPointer
  /// The entries in git's order.
  let lines: ContiguousArray<Line>

  /// A tree without entries.
  init() {
    content = .allocate(byteCount: 0, alignment: 1)
    lines = []
  }

  /// Reads a tree: refused when entries are in another order than git's or a name is there twice,
  /// because git and libgit2 would each find another entry.
  init(_ bytes: UnsafeRawBufferPointer, of id: ObjectID) throws(GitError) {
    func malformed(_ words: String) -> GitError {
      .malformed("read tree", ObjectFault(id: id, words: words))
    }
    func twice(_ line: Line) -> GitError {
      malformed("has two entries named `\(Bytes(line.name(in: bytes).prefix(200)).printable)`")
    }
    var lines: ContiguousArray<Line> = []
    lines.reserveCapacity(bytes.count / 32)
    var position = 0
    while position < bytes.count {
      var mode: UInt32 = 0
      var digits = 0
      while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x37, digits < 7 {
        mode = mode << 3 | UInt32(bytes[position] - 0x30)
        digits += 1
        position += 1
      }
      guard digits > 0, position < bytes.count, bytes[position] == 0x20 else {
        throw malformed("has an entry without a mode")
      }
      let start = position + 1
      var end = start
      while end < bytes.count, bytes[end] != 0, bytes[end] != UInt8(ascii: "/") { end += 1 }
      guard end == bytes.count || (end > start && bytes[end] == 0) else {
        throw malformed("has an entry whose name is empty or holds a slash")
      }
      guard end + 20 < bytes.count, let first = UInt32(exactly: start) else {
        throw malformed("ends in the middle of an entry")
      }
      let line = Line(mode: mode, nameStart: first, nameEnd: first + UInt32(end - start))
      if let last = lines.last {
        let order = TreeOrder.compare(
          last.name(in: bytes), last.isTree, line.name(in: bytes), line.isTree)
        guard order < 0 else {
          let isTwice = last.name(in: bytes).elementsEqual(line.name(in: bytes))
          throw isTwice ? twice(line) : malformed("has unsorted entries")
        }
      }
      lines.append(line)
      position = end + 21
    }
    // The order alone keeps two of a kind apart, and not a file and a directory.
    for line in lines where line.isTree {
      let name = line.name(in: bytes)
      if Self.index(of: name, isTree: false, in: lines, content: bytes) != nil { throw twice(line) }
    }
    self.lines = lines
    content = .allocate(byteCount: bytes.count, alignment: 1)
    content.copyMemory(from: bytes)
  }

  deinit { content.deallocate() }

  /// About how much memory it takes.
  var size: Int { content.count + lines.count * MemoryLayout<Line>.stride + 64 }

  /// The entries as values.
  var entries: [TreeEntry] {
    lines.map { TreeEntry(name: Bytes(name(of: $0)), mode: Int($0.mode), id: key(of: $0).id) }
  }

  /// The name of an entry; good for as long as the tree lives, which the caller sees to.
  func name(of line: Line) -> UnsafeRawBufferPointer {
    line.name(in: UnsafeRawBufferPointer(content))
  }

  /// The object of an entry.
  func key(of line: Line) -> Key {
    Key(at: UnsafeRawBufferPointer(content), Int(line.nameEnd) + 1)
  }

  /// The entry called `name` that is a directory, or is none.
  func line(named name: UnsafeRawBufferPointer, isTree: Bool) -> Line? {
    Self.index(of: name, isTree: isTree, in: lines, content: UnsafeRawBufferPointer(content))
      .map { lines[$0] }
  }

  private static func index(
    of name: UnsafeRawBufferPointer, isTree: Bool, in lines: ContiguousArray<Line>,
    content: UnsafeRawBufferPointer
  ) -> Int? {
    var (low, high) = (0, lines.count)
    while low < high {
      let middle = (low + high) / 2
      let line = lines[middle]
      let order = TreeOrder.compare(line.name(in: content), line.isTree, name, isTree)
      if order == 0 { return middle }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}

extension ParsedTree.Line {
  fileprivate func name(in content: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: content[Int(nameStart)..<Int(nameEnd)])
  }
}

/// The order of tree entries: by their bytes, directories as if a slash followed the name (git:
/// tree.c, `base_name_compare`).
enum TreeOrder {
  static func areInOrder(_ left: TreeEntry, _ right: TreeEntry) -> Bool {
    left.name.withUnsafeBytes { first in
      right.name.withUnsafeBytes { compare(first, left.isTree, $0, right.isTree) < 0 }
    }
  }

  /// A name that a file and a directory share; the order alone keeps two of a kind apart.
  static func repeatedName(in sorted: [TreeEntry]) -> Bytes? {
    let directories = Set(sorted.filter(\.isTree).map(\.name))
    return sorted.first { !$0.isTree && directories.contains($0.name) }?.name
  }

  static func compare(
    _ left: UnsafeRawBufferPointer, _ leftIsTree: Bool,
    _ right: UnsafeRawBufferPointer, _ rightIsTree: Bool
  ) -> Int {
    let common = min(left.count, right.count)
    if common > 0, let first = left.baseAddress, let second = right.baseAddress {
      let order = memcmp(first, second, common)
      if order != 0 { return Int(order) }
    }
    func next(_ name: UnsafeRawBufferPointer, _ isTree: Bool) -> Int {
      common < name.count ? Int(name[common]) : isTree ? 0x2F : 0
    }
    return next(left, leftIsTree) - next(right, rightIsTree)
  }
}

/// Trees that were read lately, by their ids: two generations, of which the older is dropped whole.
struct KeptTrees {
  private var young: [Key: ParsedTree] = [:]
  private var old: [Key: ParsedTree] = [:]
  private var youngSize = 0
  private let generationSize: Int
  private var roots: [Key: Key] = [:]

  init(size: Int) { generationSize = size / 2 }

  /// The tree of that id, when it is kept.
  mutating func tree(_ key: Key) -> ParsedTree? {
    if let tree = young[key] { return tree }
    guard let tree = old[key] else { return nil }
    keep(tree, as: key)
    return tree
  }

  /// Keeps a tree.
  mutating func keep(_ tree: ParsedTree, as key: Key) {
    if youngSize + tree.size > generationSize {
      (old, young, youngSize) = (young, [:], 0)
    }
    young[key] = tree
    youngSize += tree.size
  }

  /// The tree of a commit, when it is known.
  func root(of commit: Key) -> Key? { roots[commit] }

  /// Remembers the tree of a commit.
  mutating func keep(root: Key, of commit: Key) {
    if roots.count >= Self.rootCount { roots = [:] }
    roots[commit] = root
  }

  private static let rootCount = 100_000
}

extension Repository {
  /// A tree, read by the strict reader, or kept from the last time.
  func keptTree(_ key: Key) throws(GitError) -> ParsedTree {
    if let tree = keptTrees.tree(key) { return tree }
    let tree = try parsedTree(key)
    keptTrees.keep(tree, as: key)
    return tree
  }

  /// A tree, read by the strict reader.
  func parsedTree(_ key: Key) throws(GitError) -> ParsedTree {
    // Git knows the empty tree by heart, and need neither store nor send it.
    if key.id == Self.emptyTree { return ParsedTree() }
    let action = "read tree"
    let found = try withObject(key, action, limit: limits.treeSize) {
      kind, bytes throws(GitError) in
      guard kind == .tree else {
        throw .wrongKind(action, key.id, found: kind, wanted: .tree)
      }
      return try ParsedTree(bytes, of: key.id)
    }
    guard let found else { throw .missing(action, key.id) }
    return found
  }

  private static let emptyTree = ObjectID(hex: "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
}
