internal import GitModel
internal import Synchronization

/// The names of a policy's people, and what can be told by them of a name that somebody typed into a
/// commit.
final class PersonNames: Sendable {
  /// What can be told of a name.
  struct Reading {
    /// Whether it shows as it is: it is UTF-8, and nothing in it is invisible or moves a cursor.
    let isPlain: Bool
    /// The ids of those whose name people would read in it: who are called exactly so, or else who are
    /// called something that looks like it.
    let owners: [String]
  }

  private let exact: [[Unicode.Scalar]: [String]]
  private let shapes: [(shape: [Unicode.Scalar], id: String)]
  /// What was told: few people make many commits.
  private let known = Mutex<[Bytes: Reading]>([:])
  /// How many names are kept, and how long ones: whoever pushes makes them up.
  private static let kept = (count: 1_000, length: 200)

  /// The stated names; the key of an entry is none.
  init(_ people: [Person]) {
    let named = people.filter { $0.name != $0.id }.map { (id: $0.id, name: Bytes($0.name.utf8)) }
    exact = Dictionary(grouping: named) { Self.words($0.name) }.mapValues { $0.map(\.id) }
    shapes = named.map { (Self.words($0.name.map(Self.shape)), $0.id) }
  }

  /// What can be told of `name`.
  func reading(of name: Bytes) -> Reading {
    if let known = known.withLock({ $0[name] }) { return known }
    let reading = Reading(isPlain: Self.isPlain(name), owners: owners(of: name))
    if name.count <= Self.kept.length {
      known.withLock { if $0.count < Self.kept.count { $0[name] = reading } }
    }
    return reading
  }

  private static func isPlain(_ name: Bytes) -> Bool {
    // What `printable` escapes is what does not show. A backslash is the only byte that it may double.
    let plain = name.filter { $0 != UInt8(ascii: "\\") }
    return plain.printable.utf8.elementsEqual(plain)
  }

  private func owners(of name: Bytes) -> [String] {
    let text = Self.words(name)
    guard !text.isEmpty else { return [] }
    if let same = exact[text] { return same }
    let shape = Self.words(name.map(Self.shape))
    return shapes.filter { Self.isAlike($0.shape, shape) }.map(\.id)
  }

  /// A byte of those that look the same in many a font.
  private static func shape(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "I"), UInt8(ascii: "1"), UInt8(ascii: "|"): UInt8(ascii: "l")
    case UInt8(ascii: "0"): UInt8(ascii: "o")
    default: byte
    }
  }

  /// The name in small ASCII letters, one space between its words, without what does not show.
  private static func words(_ name: Bytes) -> [Unicode.Scalar] {
    var out: [Unicode.Scalar] = []
    for scalar in String(decoding: name.asciiLowercased, as: UTF8.self).unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .nonspacingMark, .enclosingMark: continue
      case .spaceSeparator: if let last = out.last, last != " " { out.append(" ") }
      default: out.append(scalar)
      }
    }
    if out.last == " " { out.removeLast() }
    return out
  }

  /// Whether one could be read as the other: of the same length, half of it the same, and where they
  /// differ a letter of ASCII against one that is not.
  private static func isAlike(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Bool {
    guard left.count == right.count, !left.isEmpty else { return false }
    var same = 0
    for (one, other) in zip(left, right) {
      if one == other { same += 1 } else if one.isASCII == other.isASCII { return false }
    }
    return same * 2 >= left.count
  }
}
