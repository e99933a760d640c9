public import GitModel

/// A JSON value (RFC 8259) that keeps exactly what was written: integers are integers, any other
/// number is its text, strings and names are UTF-8 bytes and compare as bytes, members keep their
/// order.
public enum JSONValue: Hashable, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number written as an integer that fits 64 bits.
  case integer(Int64)
  /// Any other number, as its text: a fraction, an exponent, `-0`, or too large.
  case number(Bytes)
  /// A string, unescaped, in UTF-8. The writers show bytes that are not UTF-8 as U+FFFD.
  case string(Bytes)
  /// An array.
  case array([JSONValue])
  /// An object. A parsed one has each name once.
  case object([JSONMember])

  /// A string from text.
  public static func text(_ text: String) -> JSONValue { .string(Bytes(text.utf8)) }

  /// An integer from a count.
  public static func count(_ count: Int) -> JSONValue { .integer(Int64(count)) }

  /// The member with a name; nil if there is none or this is no object.
  public subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name.elementsEqual(name.utf8) }?.value
  }

  /// The bytes of a string; nil for anything else.
  public var string: Bytes? {
    if case .string(let bytes) = self { bytes } else { nil }
  }

  /// The value of an integer; nil for anything else, `1.0` included.
  public var integer: Int64? {
    if case .integer(let integer) = self { integer } else { nil }
  }

  /// The elements of an array; nil for anything else.
  public var array: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members of an object; nil for anything else.
  public var object: [JSONMember]? {
    if case .object(let members) = self { members } else { nil }
  }
}

/// A name and its value in a JSON object.
public struct JSONMember: Hashable, Sendable {
  /// The name, unescaped, in UTF-8.
  public var name: Bytes
  /// The value.
  public var value: JSONValue

  /// A member from its name's bytes.
  public init(name: Bytes, value: JSONValue) {
    self.name = name
    self.value = value
  }

  /// A member from its name.
  public init(_ name: String, _ value: JSONValue) {
    self.init(name: Bytes(name.utf8), value: value)
  }
}

/// Why bytes are not the JSON that was asked for.
public struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The line, from 1.
  public let line: Int
  /// The column in the line, from 1, in bytes.
  public let column: Int
  /// What is wrong there.
  public let words: String

  /// A fault at a place.
  public init(line: Int, column: Int, words: String) {
    self.line = line
    self.column = column
    self.words = words
  }

  /// `line:column: words`.
  public var description: String { "\(line):\(column): \(words)" }
}

/// How much JSON is read before it is refused (THREATS.md E06).
public struct JSONLimits: Hashable, Sendable {
  /// How many bytes a document may have.
  public var bytes: Int
  /// How deep arrays and objects may nest.
  public var depth = 64
  /// How many values, members' and elements' alike, a document may hold: what bounds the memory.
  public var values = 1_000_000

  /// Limits of a document of at most so many bytes.
  public init(bytes: Int) { self.bytes = bytes }
}

extension JSONValue {
  /// Parses one document: strict RFC 8259, and nothing that two parsers could read differently.
  ///
  /// - Parameters:
  ///   - bytes: the whole document, in UTF-8 without a byte order mark.
  ///   - limits: when to stop.
  /// - Throws: `JSONFault` for anything else: a name twice in an object, data behind the value,
  ///   invalid UTF-8, half a surrogate pair, a control character in a string, a limit exceeded.
  public init(parsing bytes: Bytes, limits: JSONLimits) throws(JSONFault) {
    guard bytes.count <= limits.bytes else {
      throw JSONFault(line: 1, column: 1, words: "is longer than \(limits.bytes) bytes")
    }
    var parser = JSONParser(bytes: bytes, limits: limits)
    self = try parser.document()
  }

  /// The one spelling of a value that is signed and digested: members sorted by the bytes of their
  /// names, no white space, ASCII only.
  public var canonical: Bytes {
    var out = Bytes()
    JSONWriter.write(self, to: &out)
    return out
  }

  /// The value for people: two spaces a level, members in their own order, ASCII only, a line feed
  /// at the end.
  public var pretty: Bytes {
    var out = Bytes()
    JSONWriter.writePretty(self, indent: 0, to: &out)
    out.append(UInt8(ascii: "\n"))
    return out
  }
}

private struct JSONParser {
  let bytes: Bytes
  let limits: JSONLimits
  var position = 0
  var values = 0

  init(bytes: Bytes, limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  /// The byte at the position; nil at the end.
  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func document() throws(JSONFault) -> JSONValue {
    skipSpace()
    guard next != nil else { throw fault("is empty") }
    let value = try value(depth: 1)
    skipSpace()
    guard next == nil else { throw fault("holds more than one JSON value") }
    return value
  }

  private func fault(_ words: String, at place: Int? = nil) -> JSONFault {
    let before = bytes.prefix(place ?? position)
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return JSONFault(line: line, column: before.count - lineStart + 1, words: words)
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
    values += 1
    guard values <= limits.values else { throw fault("holds more than \(limits.values) values") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || byte.isASCIIDigit: return try number()
    case nil: throw fault("is cut short")
    default: throw fault("is no JSON: a value was expected")
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONFault) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else {
      throw fault("is no JSON: a value was expected")
    }
    position += word.utf8.count
    return value
  }

  private func checkDepth(_ depth: Int) throws(JSONFault) {
    guard depth <= limits.depth else { throw fault("nests deeper than \(limits.depth) levels") }
  }

  private mutating func array(depth: Int) throws(JSONFault) -> JSONValue {
    try checkDepth(depth)
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(elements) }
    while true {
      skipSpace()
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(elements) }
      guard take(UInt8(ascii: ",")) else { throw missing("',' or ']'") }
    }
  }

  private mutating func object(depth: Int) throws(JSONFault) -> JSONValue {
    try checkDepth(depth)
    position += 1
    var members: [JSONMember] = []
    var names: Set<Bytes> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw missing("a name") }
      let start = position
      let name = try string()
      guard names.insert(name).inserted else {
        throw fault("has the name '\(Bytes(name.prefix(80)).printable)' twice", at: start)
      }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw missing("':'") }
      skipSpace()
      members.append(JSONMember(name: name, value: try value(depth: depth + 1)))
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw missing("',' or '}'") }
    }
  }

  private func missing(_ what: String) -> JSONFault {
    fault(next == nil ? "is cut short" : "is no JSON: \(what) was expected")
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = next, byte.isASCIIDigit { position += 1 }
    return position - start
  }

  private mutating func number() throws(JSONFault) -> JSONValue {
    let start = position
    _ = take(UInt8(ascii: "-"))
    let leading = next
    let digits = skipDigits()
    guard digits > 0, digits == 1 || leading != UInt8(ascii: "0") else {
      throw fault("holds no JSON number", at: start)
    }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      guard skipDigits() > 0 else { throw fault("holds no JSON number", at: start) }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      guard skipDigits() > 0 else { throw fault("holds no JSON number", at: start) }
    }
    let text = Bytes(bytes[start..<position])
    if isInteger, text != Bytes("-0".utf8) {
      if let integer = Int64(String(decoding: text, as: UTF8.self)) { return .integer(integer) }
    }
    return .number(text)
  }

  private mutating func string() throws(JSONFault) -> Bytes {
    let start = position
    position += 1
    var out = Bytes()
    while true {
      let runStart = position
      while let byte = next, byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""),
        byte != UInt8(ascii: "\\")
      {
        position += 1
      }
      out.append(contentsOf: bytes[runStart..<position])
      guard let byte = next else { throw fault("has a string without end", at: start) }
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return out
      case UInt8(ascii: "\\"): try escape(to: &out)
      case 0x80...: try scalar(to: &out)
      default: throw fault("has a control character in a string")
      }
    }
  }

  /// One character beyond ASCII, well-formed as Unicode defines it (no overlong form, no surrogate).
  private mutating func scalar(to out: inout Bytes) throws(JSONFault) {
    var iterator = bytes[position..<min(position + 4, bytes.count)].makeIterator()
    var decoder = UTF8()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
      throw fault("is not UTF-8")
    }
    let width = UTF8.width(scalar)
    out.append(contentsOf: bytes[position..<position + width])
    position += width
  }

  private mutating func escape(to out: inout Bytes) throws(JSONFault) {
    let start = position
    position += 1
    guard let letter = next else { throw fault("is cut short") }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(letter)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"):
      var value = try hexDigits(start)
      if (0xD800..<0xDC00).contains(value) {
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
          throw fault("has half a surrogate pair", at: start)
        }
        let low = try hexDigits(start)
        guard (0xDC00..<0xE000).contains(low) else {
          throw fault("has half a surrogate pair", at: start)
        }
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(value) else {
        throw fault("has half a surrogate pair", at: start)
      }
      out.append(contentsOf: UTF8.encode(scalar).map { Bytes($0) } ?? [])
    default: throw fault("has an unknown escape in a string", at: start)
    }
  }

  private mutating func hexDigits(_ start: Int) throws(JSONFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Hex.value(byte) else {
        throw fault("has an unknown escape in a string", at: start)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}

private enum JSONWriter {
  static func write(_ value: JSONValue, to out: inout Bytes) {
    switch value {
    case .null: out += "null".utf8
    case .bool(let bool): out += (bool ? "true" : "false").utf8
    case .integer(let integer): out += String(integer).utf8
    case .number(let text): out += text
    case .string(let bytes): write(string: bytes, to: &out)
    case .array(let elements):
      out.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        write(element, to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      let sorted = members.sorted { $0.name.lexicographicallyPrecedes($1.name) }
      for (index, member) in sorted.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        write(string: member.name, to: &out)
        out.append(UInt8(ascii: ":"))
        write(member.value, to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  static func writePretty(_ value: JSONValue, indent: Int, to out: inout Bytes) {
    func newLine(_ indent: Int) {
      out.append(UInt8(ascii: "\n"))
      out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent))
    }
    switch value {
    case .array(let elements) where !elements.isEmpty:
      out.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        newLine(indent + 2)
        writePretty(element, indent: indent + 2, to: &out)
      }
      newLine(indent)
      out.append(UInt8(ascii: "]"))
    case .object(let members) where !members.isEmpty:
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        newLine(indent + 2)
        write(string: member.name, to: &out)
        out += ": ".utf8
        writePretty(member.value, indent: indent + 2, to: &out)
      }
      newLine(indent)
      out.append(UInt8(ascii: "}"))
    default: write(value, to: &out)
    }
  }

  private static func write(string: Bytes, to out: inout Bytes) {
    out.append(UInt8(ascii: "\""))
    for scalar in String(decoding: string, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\"": out += "\\\"".utf8
      case "\\": out += "\\\\".utf8
      case "\u{08}": out += "\\b".utf8
      case "\u{0C}": out += "\\f".utf8
      case "\n": out += "\\n".utf8
      case "\r": out += "\\r".utf8
      case "\t": out += "\\t".utf8
      case " "..."~": out.append(UInt8(truncatingIfNeeded: scalar.value))
      default:
        for unit in UTF16.encode(scalar).map({ Array($0) }) ?? [] {
          out += "\\u".utf8
          for shift in [12, 8, 4, 0] as [UInt16] {
            out.append(Hex.digit(UInt8(truncatingIfNeeded: unit >> shift) & 15))
          }
        }
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}

/// Hexadecimal digits.
enum Hex {
  /// The value of a digit of either case; nil for any other byte.
  static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): return digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): return digit - UInt8(ascii: "A") + 10
    default: return nil
    }
  }

  /// The small digit of a value below 16.
  static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + (value - 10)
  }

  /// Whether these are so many small hexadecimal digits.
  static func isSmall(_ text: Bytes, count: Int) -> Bool {
    text.count == count
      && text.allSatisfy {
        $0.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}
