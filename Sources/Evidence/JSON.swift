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
  /// How many bytes a string or number that is kept may have.
  public var string: Int
  /// How much memory the names of the open objects may take, in bytes, so that one which is there
  /// twice is seen.
  public var names = 256 << 20

  /// Limits of a document of at most so many bytes.
  public init(bytes: Int) {
    self.bytes = bytes
    string = bytes
  }
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
    let reader = JSONReader(.bytes(bytes), limits: limits)
    self = try reader.value()
    try reader.end()
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
