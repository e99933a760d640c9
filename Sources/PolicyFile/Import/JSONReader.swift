internal import GitModel
internal import Policy

/// Reads one JSON document of another system into nodes with their places.
///
/// Text is quoted, numbers and truth values are plain, `null` is absent. A name that stands twice
/// counts the last time, as in most readers of JSON.
struct JSONReader {
  /// The deepest nesting that is read.
  static let maximumDepth = 64

  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var line = 1
  private var column = 1

  /// The root of `bytes`, or nil with the problem noted.
  static func root(of bytes: Bytes, problems: ProblemList) -> SettingsNode? {
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Bytes(bytes.dropFirst(3)) : bytes
    if let (place, control) = YAMLReader.firstUnreadable(in: bytes) {
      problems.add(
        control.map { "the file holds the control character 0x\(String($0, radix: 16))" }
          ?? "the file is not UTF-8", at: place)
      return nil
    }
    var reader = JSONReader(scalars: Array(String(decoding: bytes, as: UTF8.self).unicodeScalars))
    do throws(Problem) {
      reader.space()
      let root = try reader.value(depth: 0)
      reader.space()
      if !reader.isAtEnd { throw reader.problem("something stands behind the JSON document") }
      return root
    } catch {
      problems.add(error.text, at: error.position, hint: error.hint)
      return nil
    }
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private var isAtEnd: Bool { index >= scalars.count }
  private var next: Unicode.Scalar? { isAtEnd ? nil : scalars[index] }
  private var position: Position { Position(line: line, column: column) }

  private func problem(_ text: String, at place: Position? = nil, hint: String? = nil) -> Problem {
    Problem("this is not JSON: \(text)", at: place ?? position, hint: hint)
  }

  private mutating func advance() {
    (line, column) = scalars[index] == "\n" ? (line + 1, 1) : (line, column + 1)
    index += 1
  }

  private mutating func space() {
    while let scalar = next, scalar == " " || scalar == "\n" || scalar == "\r" || scalar == "\t" {
      advance()
    }
  }

  private func unexpected(_ wanted: String) -> Problem {
    guard let next else { return problem("the file ends where \(wanted) should stand") }
    let found = next == "`" ? "a backquote" : "`\(String(next).printableText)`"
    let hint: String? =
      switch next {
      case "/", "#": "JSON has no comments: take them out"
      case "'": "JSON writes text in double quotes"
      default: nil
      }
    return problem("\(found) stands where \(wanted) should stand", hint: hint)
  }

  private mutating func value(depth: Int) throws(Problem) -> SettingsNode {
    guard depth < Self.maximumDepth else {
      throw problem("it is nested deeper than \(Self.maximumDepth) levels")
    }
    let place = position
    switch next {
    case "{":
      return SettingsNode(.map(try members(depth: depth)), at: place)
    case "[":
      return SettingsNode(.list(try elements(depth: depth)), at: place)
    case "\"":
      return SettingsNode(.scalar(try string(), isQuoted: true), at: place)
    default:
      var word = ""
      while let scalar = next, scalar.isASCII,
        UInt8(ascii: scalar).isASCIILetter || UInt8(ascii: scalar).isASCIIDigit
          || "+-.".unicodeScalars.contains(scalar)
      {
        word.unicodeScalars.append(scalar)
        advance()
      }
      if word == "null" { return SettingsNode(.absent, at: place) }
      guard word == "true" || word == "false" || Double(word) != nil, !word.hasPrefix("+") else {
        if word.isEmpty { throw unexpected("a value") }
        throw problem(
          "`\(word.printableText)` is no value", at: place, hint: "text stands in double quotes")
      }
      return SettingsNode(.scalar(word, isQuoted: false), at: place)
    }
  }

  private mutating func members(depth: Int) throws(Problem) -> [SettingsNode.Entry] {
    var entries: [SettingsNode.Entry] = []
    advance()
    space()
    if next == "}" {
      advance()
      return entries
    }
    while true {
      let place = position
      guard next == "\"" else {
        if next == "}" { throw problem("a `,` stands before the `}`") }
        throw unexpected("a name in double quotes")
      }
      let key = try string()
      space()
      guard next == ":" else { throw unexpected("a `:`") }
      advance()
      space()
      entries.append(
        SettingsNode.Entry(key: key, position: place, node: try value(depth: depth + 1)))
      space()
      if next == "}" {
        advance()
        return entries
      }
      guard next == "," else { throw unexpected("a `,` or `}`") }
      advance()
      space()
    }
  }

  private mutating func elements(depth: Int) throws(Problem) -> [SettingsNode] {
    var items: [SettingsNode] = []
    advance()
    space()
    if next == "]" {
      advance()
      return items
    }
    while true {
      if next == "]" { throw problem("a `,` stands before the `]`") }
      items.append(try value(depth: depth + 1))
      space()
      if next == "]" {
        advance()
        return items
      }
      guard next == "," else { throw unexpected("a `,` or `]`") }
      advance()
      space()
    }
  }

  private mutating func string() throws(Problem) -> String {
    let start = position
    var text = ""
    advance()
    while let scalar = next {
      switch scalar {
      case "\"":
        advance()
        return text
      case "\n": throw problem("the text that starts here does not end on its line", at: start)
      case "\\":
        advance()
        text.unicodeScalars.append(try escape())
      default:
        text.unicodeScalars.append(scalar)
        advance()
      }
    }
    throw problem("the text that starts here does not end", at: start)
  }

  private mutating func escape() throws(Problem) -> Unicode.Scalar {
    let place = position
    guard let scalar = next else { throw unexpected("an escape") }
    advance()
    switch scalar {
    case "\"", "\\", "/": return scalar
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u":
      let high = try hex()
      if let whole = Unicode.Scalar(high) { return whole }
      // Half of a pair: the other half must follow.
      if high < 0xDC00, next == "\\" {
        advance()
        if next == "u" {
          advance()
          let low = try hex()
          if (0xDC00..<0xE000).contains(low),
            let pair = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
          {
            return pair
          }
        }
      }
      throw problem("half a surrogate pair", at: place)
    default: throw problem("`\\\(String(scalar).printableText)` is no escape", at: place)
    }
  }

  private mutating func hex() throws(Problem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let scalar = next, let digit = Character(scalar).hexDigitValue, scalar.isASCII else {
        throw unexpected("a hexadecimal digit")
      }
      value = value << 4 | UInt32(digit)
      advance()
    }
    return value
  }
}
