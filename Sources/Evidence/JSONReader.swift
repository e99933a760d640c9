import GitModel

/// Pulls one JSON document (RFC 8259) out of a source, value by value and in constant memory: the
/// only lexer of JSON here, of documents that are parsed whole (`JSONValue`) and of streams.
///
/// The caller walks. After `enterObject` it asks `nextName` until that is nil, after `enterArray`
/// `nextElement` until that is false, and after each it reads or skips exactly one value; `end`
/// comes last and is what makes a document whole. What is skipped is checked like everything else.
/// Nothing is read that two parsers could read differently: an object that is entered has each name
/// once, text is UTF-8, an integer is never a rounded one.
///
/// A class, so that the readers of formats can pass it on; used on one thread.
final class JSONReader {
  /// What a value is, told by its first byte.
  enum Kind { case object, array, string, number, bool, null }

  private struct Container {
    var isFirst = true
    var names = NamesSeen()
  }

  private let limits: JSONLimits
  // These change with every token.
  @exclusivity(unchecked) private var lexer: JSONLexer
  @exclusivity(unchecked) private var tokenStart = 0
  @exclusivity(unchecked) private var values = 0
  @exclusivity(unchecked) private var open: [Container] = []
  @exclusivity(unchecked) private var nameBytes = 0

  /// A reader that has read nothing yet.
  init(_ source: ByteSource, limits: JSONLimits) {
    self.limits = limits
    lexer = JSONLexer(source, limits: limits)
  }

  // MARK: Walking

  /// What the next value is; nothing of it is read.
  func kind() throws(JSONFault) -> Kind {
    try lexer.skipSpace()
    switch try lexer.next() {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case let byte? where byte == UInt8(ascii: "-") || byte.isASCIIDigit: return .number
    case nil: throw lexer.fault(values == 0 ? "is empty" : "is cut short")
    default: throw lexer.fault("is no JSON: a value was expected")
    }
  }

  /// Enters the object that comes next.
  func enterObject() throws(JSONFault) { try enter(.object) }

  /// Enters the array that comes next.
  func enterArray() throws(JSONFault) { try enter(.array) }

  /// The name of the next member of the object that was entered last; nil at its end, which leaves
  /// it.
  func nextName() throws(JSONFault) -> Bytes? {
    guard let name = try memberName(keeps: true) else { return nil }
    guard open[open.count - 1].names.insert(name) else {
      throw fault("has the name '\(Bytes(name.prefix(80)).printable)' twice")
    }
    nameBytes += name.count + NamesSeen.overhead
    guard nameBytes <= limits.names else {
      throw fault("has objects with more names than fit \(limits.names) bytes")
    }
    return name
  }

  /// Whether the array that was entered last has another element; its end leaves it.
  func nextElement() throws(JSONFault) -> Bool { try nextItem(UInt8(ascii: "]"), "',' or ']'") }

  /// Ends the document: nothing but white space may follow.
  func end() throws(JSONFault) {
    try lexer.skipSpace()
    guard try lexer.next() == nil else { throw lexer.fault("holds more than one JSON value") }
  }

  /// Skips a byte order mark, which some producers of reports write (SPECS.md 1, rule 5), and says
  /// what a document in UTF-16 is; only before anything else is read.
  func skipByteOrderMark() throws(JSONFault) { try lexer.skipByteOrderMark() }

  // MARK: Values

  /// The string that comes next.
  func string() throws(JSONFault) -> Bytes {
    try begin(.string)
    return try lexer.string(keeps: true)
  }

  /// The number that comes next: an integer that fits 64 bits, or its text.
  func number() throws(JSONFault) -> JSONValue {
    try begin(.number)
    return try lexer.number()
  }

  /// The integer from 0 on that comes next. `1.0` is none, and nothing is rounded.
  func count() throws(JSONFault) -> Int {
    let value = try number()
    if let count = value.integer.flatMap({ Int(exactly: $0) }), count >= 0 { return count }
    throw fault("has '\(value.canonical.prefix(40).printable)' where a count was expected")
  }

  /// The boolean that comes next.
  func bool() throws(JSONFault) -> Bool {
    try begin(.bool)
    let isTrue = try lexer.next() == UInt8(ascii: "t")
    try lexer.word(isTrue ? "true" : "false")
    return isTrue
  }

  /// The value that comes next, whole.
  func value() throws(JSONFault) -> JSONValue {
    switch try kind() {
    case .null:
      try begin(.null)
      try lexer.word("null")
      return .null
    case .bool: return .bool(try bool())
    case .number: return try number()
    case .string: return .string(try string())
    case .array:
      try enterArray()
      var elements: [JSONValue] = []
      while try nextElement() { elements.append(try value()) }
      return .array(elements)
    case .object:
      try enterObject()
      var members: [JSONMember] = []
      while let name = try nextName() {
        members.append(JSONMember(name: name, value: try value()))
      }
      return .object(members)
    }
  }

  /// Reads over the value that comes next, keeping nothing of it. Its names may repeat: nobody
  /// reads them.
  func skip() throws(JSONFault) {
    let kind = try kind()
    switch kind {
    case .object, .array:
      try enter(kind)
      let isObject = kind == .object
      while try isObject ? memberName(keeps: false) != nil : nextElement() { try skip() }
    case .string:
      try begin(kind)
      _ = try lexer.string(keeps: false)
    case .number: _ = try number()
    case .bool: _ = try bool()
    case .null:
      try begin(kind)
      try lexer.word("null")
    }
  }

  // MARK: Faults

  /// A fault of the value or name that was read last.
  func fault(_ words: String) -> JSONFault { lexer.fault(words, at: tokenStart) }

  private func missing(_ what: String) throws(JSONFault) -> JSONFault {
    lexer.fault(try lexer.next() == nil ? "is cut short" : "is no JSON: \(what) was expected")
  }

  private func memberName(keeps: Bool) throws(JSONFault) -> Bytes? {
    guard try nextItem(UInt8(ascii: "}"), "',' or '}'") else { return nil }
    guard try lexer.next() == UInt8(ascii: "\"") else { throw try missing("a name") }
    tokenStart = lexer.offset
    let name = try lexer.string(keeps: keeps)
    try lexer.skipSpace()
    guard try lexer.take(UInt8(ascii: ":")) else { throw try missing("':'") }
    return name
  }

  /// Goes to the next member or element of the open container; false at its end.
  private func nextItem(_ close: UInt8, _ what: String) throws(JSONFault) -> Bool {
    try lexer.skipSpace()
    let last = open.count - 1
    if try lexer.take(close) {
      nameBytes -= open[last].names.cost
      open.removeLast()
      return false
    }
    if open[last].isFirst {
      open[last].isFirst = false
    } else {
      guard try lexer.take(UInt8(ascii: ",")) else { throw try missing(what) }
      try lexer.skipSpace()
    }
    return true
  }

  private func enter(_ wanted: Kind) throws(JSONFault) {
    try begin(wanted)
    guard open.count < limits.depth else {
      throw lexer.fault("nests deeper than \(limits.depth) levels")
    }
    _ = try lexer.take(wanted == .object ? UInt8(ascii: "{") : UInt8(ascii: "["))
    open.append(Container())
  }

  /// Stands at the first byte of a value of this kind.
  private func begin(_ wanted: Kind) throws(JSONFault) {
    let found = try kind()
    tokenStart = lexer.offset
    guard found == wanted else {
      throw fault("has \(found.name) where \(wanted.name) was expected")
    }
    values += 1
    guard values <= limits.values else { throw fault("holds more than \(limits.values) values") }
  }

}

extension JSONReader.Kind {
  fileprivate var name: String {
    switch self {
    case .object: "an object"
    case .array: "an array"
    case .string: "a string"
    case .number: "a number"
    case .bool: "a boolean"
    case .null: "null"
    }
  }
}

/// The names that an object has had. Most objects have few, and few are compared faster than hashed.
private struct NamesSeen {
  /// What a name costs in memory beside its bytes, about.
  static let overhead = 64
  private static let few = 8

  private var first: [Bytes] = []
  private var rest: Set<Bytes> = []
  /// What the names cost in memory, about.
  private(set) var cost = 0

  /// Adds a name; false if it is there already.
  mutating func insert(_ name: Bytes) -> Bool {
    guard !first.contains(name) else { return false }
    if first.count < Self.few {
      first.append(name)
    } else if !rest.insert(name).inserted {
      return false
    }
    cost += name.count + Self.overhead
    return true
  }
}

/// Compares the bytes of a name with text, so that names can be told apart in a `switch`.
func ~= (text: StaticString, name: Bytes) -> Bool {
  name.count == text.utf8CodeUnitCount
    && name.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: name.count))
}
