internal import GitModel

/// Whether a regular expression of RE2 can match any text of an alphabet at all.
///
/// It reads only as much of the syntax as it must; of what it does not know it thinks the best.
struct PatternReach {
  private var rest: BytesSlice
  private let isAllowed: [Bool]

  /// Whether `pattern` can match a text whose bytes are all allowed; 256 flags, one a byte.
  static func canMatch(_ pattern: Bytes, of isAllowed: [Bool]) -> Bool {
    var reach = PatternReach(rest: pattern[...], isAllowed: isAllowed)
    return reach.alternatives(depth: 0)
  }

  private init(rest: BytesSlice, isAllowed: [Bool]) {
    (self.rest, self.isAllowed) = (rest, isAllowed)
  }

  private mutating func alternatives(depth: Int) -> Bool {
    // Deeper than anybody writes: thought the best of.
    guard depth < 100 else {
      rest = []
      return true
    }
    var isAny = false
    repeat { isAny = sequence(depth: depth) || isAny } while take("|")
    return isAny
  }

  private mutating func sequence(depth: Int) -> Bool {
    var isWhole = true
    while let byte = rest.first, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      let can = atom(depth: depth)
      isWhole = (quantifierAllowsNone() || can) && isWhole
    }
    return isWhole
  }

  private mutating func atom(depth: Int) -> Bool {
    switch rest.removeFirst() {
    case UInt8(ascii: "("):
      if take("?") {
        // (?:...), (?i:...), (?P<name>...), (?<name>...), (?i)
        while let byte = rest.first, byte != UInt8(ascii: ":"), byte != UInt8(ascii: ">"),
          byte != UInt8(ascii: ")")
        { rest.removeFirst() }
        if take(")") { return true }
        if !rest.isEmpty { rest.removeFirst() }
      }
      let can = alternatives(depth: depth + 1)
      _ = take(")")
      return can
    case UInt8(ascii: "["): return set()
    case UInt8(ascii: "\\"): return escape()
    case UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "$"): return true
    case let byte: return isAllowed[Int(byte)]
    }
  }

  private mutating func quantifierAllowsNone() -> Bool {
    var allowsNone = false
    while let byte = rest.first {
      switch byte {
      case UInt8(ascii: "*"), UInt8(ascii: "?"): allowsNone = true
      case UInt8(ascii: "+"): break
      case UInt8(ascii: "{"):
        let inside = rest.dropFirst().prefix { $0 != UInt8(ascii: "}") }
        guard let digit = inside.first, digit.isASCIIDigit else { return allowsNone }
        if digit == UInt8(ascii: "0"), inside.dropFirst().first?.isASCIIDigit != true {
          allowsNone = true
        }
        rest = rest.dropFirst(inside.count + 1)
      default: return allowsNone
      }
      if !rest.isEmpty { rest.removeFirst() }
    }
    return allowsNone
  }

  private mutating func escape() -> Bool {
    guard let byte = rest.popFirst() else { return true }
    switch byte {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "n"), UInt8(ascii: "r"):
      return " \t\n\r".utf8.contains { isAllowed[Int($0)] }
    case UInt8(ascii: "p"), UInt8(ascii: "P"), UInt8(ascii: "x"):
      if take("{") {
        while let next = rest.popFirst(), next != UInt8(ascii: "}") {}
      } else {
        rest = rest.dropFirst(byte == UInt8(ascii: "x") ? 2 : 1)
      }
      return true
    // Classes, anchors and the like; what a digit or letter means here, a name may hold.
    case _ where byte.isASCIILetter || byte.isASCIIDigit: return true
    default: return isAllowed[Int(byte)]
    }
  }

  private mutating func set() -> Bool {
    if take("^") {
      skipSet()
      return true
    }
    var can = false
    var isFirst = true
    while let byte = rest.popFirst(), isFirst || byte != UInt8(ascii: "]") {
      isFirst = false
      if byte == UInt8(ascii: "\\") {
        can = escape() || can
      } else if byte == UInt8(ascii: "["), rest.first == UInt8(ascii: ":") {
        can = true
        while let next = rest.popFirst(), next != UInt8(ascii: "]") {}
      } else if rest.first == UInt8(ascii: "-"), let high = rest.dropFirst().first,
        high != UInt8(ascii: "]"), byte <= high
      {
        can = can || (byte...high).contains { isAllowed[Int($0)] }
        rest = rest.dropFirst(2)
      } else {
        can = can || isAllowed[Int(byte)]
      }
    }
    return can
  }

  private mutating func skipSet() {
    _ = rest.popFirst()
    while let byte = rest.popFirst(), byte != UInt8(ascii: "]") {
      if byte == UInt8(ascii: "\\") { _ = rest.popFirst() }
    }
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: scalar) else { return false }
    rest.removeFirst()
    return true
  }
}
