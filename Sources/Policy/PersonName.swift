internal import GitModel

/// What can be told of a name that somebody typed into a commit.
enum PersonName {
  /// Whether the name shows as it is: it is UTF-8, and nothing in it is invisible or moves a cursor.
  static func isPlain(_ name: Bytes) -> Bool {
    // What `printable` escapes is what does not show. A backslash is the only byte that it may double.
    let plain = name.filter { $0 != UInt8(ascii: "\\") }
    return plain.printable.utf8.elementsEqual(plain)
  }

  /// Those whose name in the policy people would read in `name`: who are called exactly so, or else who
  /// are called something that looks like it. A person without a stated name is not looked for.
  static func owners(of name: Bytes, in people: People) -> [Person] {
    let named = people.all.filter { $0.name != $0.id }
    let text = words(name)
    guard !text.isEmpty else { return [] }
    let exact = named.filter { words(Bytes($0.name.utf8)) == text }
    guard exact.isEmpty else { return exact }
    let shape = words(name.map(shape))
    return named.filter { isAlike(words(Bytes($0.name.utf8).map(Self.shape)), shape) }
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
