internal import GitModel
internal import Policy

/// A regular expression of another system, taken apart as far as patterns of refs and paths can say
/// the same: words, sets, `.*`, alternatives, anchors. Anything else gives nil, never a guess.
struct ForeignRegex {
  enum Piece: Hashable {
    /// One character.
    case literal(Unicode.Scalar)
    /// One character of a set, as in `[a-z]`.
    case set(String)
    /// Any one character.
    case one
    /// Any one character but `/`.
    case flatOne
    /// Any run of characters.
    case run
    /// Any run without `/`.
    case flatRun
    /// One or more characters of a set.
    case someOf(String)
  }

  /// One alternative.
  struct Branch: Hashable {
    var isStart = false
    var pieces: [Piece] = []
    var isEnd = false

    /// This alternative and then `other`; nil where an anchor would stand in the middle.
    func followed(by other: Branch) -> Branch? {
      if pieces.isEmpty, !isEnd {
        return Branch(
          isStart: isStart || other.isStart, pieces: other.pieces, isEnd: other.isEnd)
      }
      if other.isStart || (isEnd && !other.pieces.isEmpty) { return nil }
      return Branch(
        isStart: isStart, pieces: pieces + other.pieces, isEnd: isEnd || other.isEnd)
    }
  }

  /// How many alternatives a pattern may multiply out to.
  static let maximumBranches = 64

  /// The alternatives.
  let branches: [Branch]

  /// Takes `text` apart; nil where it is more than patterns can say.
  init?(_ text: String) {
    guard text.utf8.count <= 1_000 else { return nil }
    var parser = Parser(rest: Array(text.unicodeScalars)[...])
    guard let branches = parser.alternatives(depth: 0), parser.rest.isEmpty else { return nil }
    self.branches = branches
  }

  /// Globs that together match what the expression is found in; `isWhole` where the other system
  /// wants it to match the whole. Nil where a glob cannot say it.
  func globs(isWhole: Bool = false) -> [String]? {
    var globs: [String] = []
    for branch in branches {
      var forms = [branch.isStart || isWhole ? "" : "**"]
      for piece in branch.pieces {
        // Any character is one that `?` means, or a `/`.
        let texts = piece == .one ? ["?", "/"] : [Self.glob(of: piece)]
        var longer: [String] = []
        for text in texts {
          guard let text else { return nil }
          longer += forms.map { Self.joined($0, text) }
        }
        guard longer.count <= Self.maximumBranches else { return nil }
        forms = longer
      }
      if !branch.isEnd, !isWhole { forms = forms.map { Self.joined($0, "**") } }
      // No name of a ref and no path has an empty part.
      for glob in forms where !glob.hasPrefix("/") && !glob.contains("//") {
        guard (try? Glob(glob)) != nil else { return nil }
        if !globs.contains(glob) { globs.append(glob) }
      }
    }
    return globs.isEmpty ? nil : globs
  }

  /// Two pieces of a glob, without three stars in a row.
  static func joined(_ left: String, _ right: String) -> String {
    if left.hasSuffix("**"), right.hasPrefix("*") { return left }
    if left.hasSuffix("*"), right == "**" { return left + "*" }
    return left + right
  }

  /// A piece as a glob has it; nil where globs have no such thing.
  static func glob(of piece: Piece) -> String? {
    switch piece {
    case .literal(let scalar): "*?[]{}!".unicodeScalars.contains(scalar) ? nil : String(scalar)
    case .set(let set): "[\(set)]"
    case .one: nil
    case .flatOne: "?"
    case .run: "**"
    case .flatRun: "*"
    case .someOf: nil
    }
  }

  /// The mail domains that an expression over addresses lets through, where it is about nothing else.
  var domains: [String]? {
    var domains: [String] = []
    for branch in branches {
      guard branch.isEnd, let at = branch.pieces.firstIndex(of: .literal("@")) else { return nil }
      for piece in branch.pieces[..<at] {
        switch piece {
        case .run, .one, .flatOne, .flatRun, .someOf: continue
        case .literal, .set: return nil
        }
      }
      if branch.isStart, at == 0 { return nil }
      var domain = ""
      for piece in branch.pieces[(at + 1)...] {
        switch piece {
        // A dot that somebody forgot to escape is a dot.
        case .one: domain += "."
        case .literal(let scalar)
        where scalar.isASCII
          && (UInt8(ascii: scalar).isASCIILetter || UInt8(ascii: scalar).isASCIIDigit
            || scalar == "-" || scalar == "."):
          domain.unicodeScalars.append(scalar)
        default: return nil
        }
      }
      guard domain.contains("."), !domain.hasPrefix("."), !domain.hasSuffix(".") else {
        return nil
      }
      domains.append(domain.lowercased())
    }
    return domains
  }

  private struct Parser {
    var rest: ArraySlice<Unicode.Scalar>

    mutating func alternatives(depth: Int) -> [Branch]? {
      guard depth < 8 else { return nil }
      var all: [Branch] = []
      repeat {
        guard let sequence = sequence(depth: depth) else { return nil }
        all += sequence
        guard all.count <= ForeignRegex.maximumBranches else { return nil }
      } while take("|")
      return all
    }

    private mutating func sequence(depth: Int) -> [Branch]? {
      var all = [Branch()]
      while let next = rest.first, next != "|", next != ")" {
        guard let atom = atom(depth: depth) else { return nil }
        var longer: [Branch] = []
        for left in all {
          for right in atom {
            guard let both = left.followed(by: right) else { return nil }
            longer.append(both)
          }
        }
        guard longer.count <= ForeignRegex.maximumBranches else { return nil }
        all = longer
      }
      return all
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
      guard rest.first == scalar else { return false }
      rest = rest.dropFirst()
      return true
    }

    private mutating func atom(depth: Int) -> [Branch]? {
      guard let first = rest.popFirst() else { return nil }
      switch first {
      case "^": return [Branch(isStart: true)]
      case "$": return [Branch(isEnd: true)]
      case "(":
        if take("?"), !take(":") { return nil }
        guard let inside = alternatives(depth: depth + 1), take(")") else { return nil }
        return repeated(inside)
      case "[": return set()
      case ".": return repeated([Branch(pieces: [.one])], many: .run)
      case "\\": return escape()
      case "*", "+", "?", "{", "}", ")", "]": return nil
      default: return repeated([Branch(pieces: [.literal(first)])])
      }
    }

    private mutating func escape() -> [Branch]? {
      guard let next = rest.popFirst() else { return nil }
      switch next {
      case "d": return repeatedSet("0-9")
      case "w": return repeatedSet("A-Za-z0-9_")
      case "A": return [Branch(isStart: true)]
      case "z", "Z": return [Branch(isEnd: true)]
      default:
        let isWord =
          next.isASCII && (UInt8(ascii: next).isASCIILetter || UInt8(ascii: next).isASCIIDigit)
        return isWord ? nil : repeated([Branch(pieces: [.literal(next)])])
      }
    }

    private mutating func set() -> [Branch]? {
      guard let close = rest.firstIndex(of: "]"), close > rest.startIndex else { return nil }
      var inside = ""
      var scalars = rest[..<close]
      while let scalar = scalars.popFirst() {
        var scalar = scalar
        if scalar == "\\" {
          guard let next = scalars.popFirst() else { return nil }
          switch next {
          case "d": inside += "0-9"
          case "w": inside += "A-Za-z0-9_"
          case ".", "-", "/", "_", "+", "%", "@": scalar = next
          default: return nil
          }
          if next == "d" || next == "w" { continue }
          // A dash that is meant as one stands last, where a glob reads it as one.
          if next == "-", !scalars.isEmpty { return nil }
        }
        if "[!{},".unicodeScalars.contains(scalar) { return nil }
        inside.unicodeScalars.append(scalar)
      }
      rest = rest[(close + 1)...]
      if inside == "^/" {
        if take("*") { return [Branch(pieces: [.flatRun])] }
        if take("+") { return [Branch(pieces: [.flatOne, .flatRun])] }
        return [Branch(pieces: [.flatOne])]
      }
      if inside.hasPrefix("^") {
        guard inside.count > 1 else { return nil }
        return repeatedSet("!" + inside.dropFirst())
      }
      return inside.isEmpty ? nil : repeatedSet(inside)
    }

    private mutating func repeatedSet(_ set: String) -> [Branch]? {
      if take("+") {
        _ = take("?")
        return [Branch(pieces: [.someOf(set)])]
      }
      return repeated([Branch(pieces: [.set(set)])])
    }

    /// What follows an atom: nothing, `?`, and for `.` also `*` and `+`.
    private mutating func repeated(_ atom: [Branch], many: Piece? = nil) -> [Branch]? {
      switch rest.first {
      case "?":
        rest = rest.dropFirst()
        return atom + [Branch()]
      case "*", "+":
        guard let many else { return nil }
        let isSome = rest.first == "+"
        rest = rest.dropFirst()
        _ = take("?")
        return [Branch(pieces: isSome ? [.one, many] : [many])]
      case "{": return nil
      default: return atom
      }
    }
  }
}

/// Regular expressions in RE2's syntax, made from pieces.
enum RegexText {
  /// An expression that matches `literal` and nothing else.
  static func quoted(_ literal: String) -> String {
    var quoted = ""
    for scalar in literal.unicodeScalars {
      if "\\.+*?()|[]{}^$".unicodeScalars.contains(scalar) { quoted += "\\" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted
  }

  /// An expression that matches the whole of what `pattern` is found in.
  static func whole(found pattern: String) -> String {
    // With an alternative at the top, an anchor may hold for a part of the pattern only.
    guard !hasAlternatives(pattern), !pattern.hasSuffix("\\$") else {
      return "(?s:.*)(?:\(pattern))(?s:.*)"
    }
    let isStart = pattern.hasPrefix("^")
    let isEnd = pattern.hasSuffix("$")
    let inside = pattern.dropFirst(isStart ? 1 : 0).dropLast(isEnd ? 1 : 0)
    let middle = inside.isEmpty ? "" : String(inside)
    return (isStart ? "" : "(?s:.*)") + middle + (isEnd ? "" : "(?s:.*)")
  }

  /// Whether a `|` may stand outside of every bracket.
  private static func hasAlternatives(_ pattern: String) -> Bool {
    var depth = 0
    for byte in pattern.utf8 {
      switch byte {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: "|") where depth <= 0: return true
      default: break
      }
    }
    return false
  }

  /// Why RE2 cannot read `pattern`; nil where it can.
  static func fault(of pattern: String) -> String? {
    do throws(TextPattern.Fault) {
      _ = try TextPattern(pattern)
      return nil
    } catch { return error.words }
  }
}
