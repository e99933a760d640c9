internal import CLibGit2
internal import GitModel

/// An object id as the walk holds millions of them: hashed by its first word, made from memory
/// without a loop.
struct Key: Hashable, Comparable {
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  init(_ id: ObjectID) {
    self = id.raw.withUnsafeBytes { Key(at: $0, 0) }
  }

  /// From 20 raw bytes at `offset`, which must be there.
  init(at buffer: UnsafeRawBufferPointer, _ offset: Int) {
    high = UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    middle = UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
    low = UInt32(bigEndian: buffer.loadUnaligned(fromByteOffset: offset + 16, as: UInt32.self))
  }

  init(_ oid: git_oid) {
    self = withUnsafeBytes(of: oid) { Key(at: $0, 0) }
  }

  /// From 40 small hexadecimal digits at `offset`; nil when they are not there.
  init?(hexAt buffer: UnsafeRawBufferPointer, _ offset: Int) {
    guard offset + 40 <= buffer.count else { return nil }
    var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    guard Self.read(buffer, offset, 16, into: &words.0),
      Self.read(buffer, offset + 16, 16, into: &words.1),
      Self.read(buffer, offset + 32, 8, into: &words.2)
    else { return nil }
    (high, middle, low) = (words.0, words.1, UInt32(words.2))
  }

  private static func read(
    _ buffer: UnsafeRawBufferPointer, _ start: Int, _ count: Int, into word: inout UInt64
  ) -> Bool {
    for position in start..<start + count {
      let digit = buffer[position]
      let nibble: UInt8
      switch digit {
      case 0x30...0x39: nibble = digit - 0x30
      case 0x61...0x66: nibble = digit - 0x61 + 10
      default: return false
      }
      word = word << 4 | UInt64(nibble)
    }
    return true
  }

  /// libgit2's form of the id.
  var oid: git_oid {
    var oid = git_oid()
    withUnsafeMutableBytes(of: &oid) { bytes in
      bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
      bytes.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
      bytes.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
    }
    return oid
  }

  /// The id as a value of Git's.
  var id: ObjectID {
    let oid = oid
    return withUnsafeBytes(of: oid) { ObjectID(raw: $0) ?? .zero }
  }

  /// The first byte, which the fan-out tables of indexes are sorted by.
  var firstByte: Int { Int(high >> 56) }

  static func < (left: Key, right: Key) -> Bool {
    if left.high != right.high { return left.high < right.high }
    if left.middle != right.middle { return left.middle < right.middle }
    return left.low < right.low
  }

  func hash(into hasher: inout Hasher) { hasher.combine(high) }
}

extension ObjectKind {
  /// libgit2's number for the kind.
  var type: git_object_t {
    switch self {
    case .commit: GIT_OBJECT_COMMIT
    case .tree: GIT_OBJECT_TREE
    case .blob: GIT_OBJECT_BLOB
    case .tag: GIT_OBJECT_TAG
    }
  }

  /// The kind of libgit2's number; nil for what is no object of its own (deltas, errors).
  init?(_ type: git_object_t) {
    switch type {
    case GIT_OBJECT_COMMIT: self = .commit
    case GIT_OBJECT_TREE: self = .tree
    case GIT_OBJECT_BLOB: self = .blob
    case GIT_OBJECT_TAG: self = .tag
    default: return nil
    }
  }
}
