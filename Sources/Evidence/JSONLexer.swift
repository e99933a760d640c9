import GitModel

/// The tokens of JSON, pulled out of a source a buffer at a time: strings, numbers and words as RFC
/// 8259 has them, in UTF-8, and the place of each.
struct JSONLexer: ~Copyable {
  private static let chunk = 1 << 16

  private let source: ByteSource
  private let limits: JSONLimits
  private let buffer: UnsafeMutablePointer<UInt8>
  private var position = 0
  private var filled = 0
  private var bytesBefore = 0
  // Line feeds are legal between tokens only, so `skipSpace` sees every one.
  private var line = 1
  private var lineStart = 0

  init(_ source: ByteSource, limits: JSONLimits) {
    self.source = source
    self.limits = limits
    buffer = .allocate(capacity: Self.chunk)
  }

  deinit { buffer.deallocate() }

  // MARK: Places

  /// How many bytes lie before the position.
  var offset: Int { bytesBefore + position }

  /// A fault of what comes next.
  func fault(_ words: String) -> JSONFault { fault(words, at: offset) }

  /// A fault at an offset in the current line.
  func fault(_ words: String, at place: Int) -> JSONFault {
    JSONFault(line: line, column: max(place - lineStart, 0) + 1, words: words)
  }

  // MARK: Tokens

  /// Takes the letters of a word.
  mutating func word(_ word: StaticString) throws(JSONFault) {
    let start = offset
    for index in 0..<word.utf8CodeUnitCount {
      guard try take(word.utf8Start[index]) else {
        throw fault("is no JSON: a value was expected", at: start)
      }
    }
  }

  private mutating func skipDigits(to text: inout Bytes) throws(JSONFault) -> Bool {
    let before = text.count
    while let byte = try next(), byte.isASCIIDigit {
      text.append(byte)
      position += 1
      guard text.count <= limits.string else {
        throw fault("has a number longer than \(limits.string) bytes")
      }
    }
    return text.count > before
  }

  /// The number at the position: an integer that fits 64 bits, or its text.
  mutating func number() throws(JSONFault) -> JSONValue {
    let start = offset
    var text = Bytes()
    let isNegative = try take(UInt8(ascii: "-"), to: &text)
    let isZero = try next() == UInt8(ascii: "0")
    let wholeStart = text.count
    guard try skipDigits(to: &text), !isZero || text.count == wholeStart + 1 else {
      throw fault("holds no JSON number", at: start)
    }
    var isInteger = !(isZero && isNegative)
    if try take(UInt8(ascii: "."), to: &text) {
      isInteger = false
      guard try skipDigits(to: &text) else { throw fault("holds no JSON number", at: start) }
    }
    if let letter = try next(), letter | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      text.append(letter)
      position += 1
      if try !take(UInt8(ascii: "+"), to: &text) { _ = try take(UInt8(ascii: "-"), to: &text) }
      guard try skipDigits(to: &text) else { throw fault("holds no JSON number", at: start) }
    }
    if isInteger, text.count < 24 {
      if let integer = Int64(String(decoding: text, as: UTF8.self)) { return .integer(integer) }
    }
    return .number(text)
  }

  /// The string at the position, unescaped; empty if it is not to be kept, however long it is.
  mutating func string(keeps: Bool) throws(JSONFault) -> Bytes {
    let start = offset
    position += 1
    var out = Bytes()
    while true {
      var end = position
      while end < filled {
        let byte = buffer[end]
        if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
          break
        }
        end += 1
      }
      if keeps {
        out.append(contentsOf: UnsafeBufferPointer(start: buffer + position, count: end - position))
        guard out.count <= limits.string else {
          throw fault("has a string longer than \(limits.string) bytes", at: start)
        }
      } else {
        out.removeAll(keepingCapacity: true)
      }
      position = end
      guard let byte = try next() else { throw fault("has a string without end", at: start) }
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return out
      case UInt8(ascii: "\\"): try escape(to: &out)
      case 0x80...: try scalar(byte, to: &out)
      case 0x20...: break
      default: throw fault("has a control character in a string")
      }
    }
  }

  /// One character beyond ASCII, well-formed as Unicode defines it (no overlong form, no surrogate).
  private mutating func scalar(_ lead: UInt8, to out: inout Bytes) throws(JSONFault) {
    let start = offset
    let (count, second): (Int, ClosedRange<UInt8>)
    switch lead {
    case 0xC2...0xDF: (count, second) = (1, 0x80...0xBF)
    case 0xE0: (count, second) = (2, 0xA0...0xBF)
    case 0xED: (count, second) = (2, 0x80...0x9F)
    case 0xE1...0xEF: (count, second) = (2, 0x80...0xBF)
    case 0xF0: (count, second) = (3, 0x90...0xBF)
    case 0xF1...0xF3: (count, second) = (3, 0x80...0xBF)
    case 0xF4: (count, second) = (3, 0x80...0x8F)
    default: throw fault("is not UTF-8")
    }
    out.append(lead)
    position += 1
    for index in 0..<count {
      guard let byte = try next(), (index == 0 ? second : 0x80...0xBF).contains(byte) else {
        throw fault("is not UTF-8", at: start)
      }
      out.append(byte)
      position += 1
    }
  }

  private mutating func escape(to out: inout Bytes) throws(JSONFault) {
    let start = offset
    position += 1
    guard let letter = try next() else { throw fault("is cut short") }
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
        guard try take(UInt8(ascii: "\\")), try take(UInt8(ascii: "u")) else {
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
      guard let byte = try next(), let digit = Hex.value(byte) else {
        throw fault("has an unknown escape in a string", at: start)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  // MARK: Bytes

  /// Skips a byte order mark, which some producers of reports write (SPECS.md 1, rule 5), and says
  /// what a document in UTF-16 is; only before anything else is read.
  mutating func skipByteOrderMark() throws(JSONFault) {
    while filled < 3, try fill() {}
    let head = UnsafeBufferPointer(start: buffer, count: min(filled, 3))
    if head.elementsEqual([0xEF, 0xBB, 0xBF]) { (position, lineStart) = (3, 3) }
    let isUTF16 = head.starts(with: [0xFE, 0xFF]) || head.starts(with: [0xFF, 0xFE])
    if isUTF16 || head.prefix(2).contains(0) { throw fault("is not UTF-8: it looks like UTF-16") }
  }

  /// Skips white space.
  mutating func skipSpace() throws(JSONFault) {
    while let byte = try next() {
      switch byte {
      case 0x20, 0x09, 0x0D: position += 1
      case 0x0A:
        position += 1
        line += 1
        lineStart = offset
      default: return
      }
    }
  }

  /// Takes a byte if it comes next.
  @inline(__always)
  mutating func take(_ byte: UInt8) throws(JSONFault) -> Bool {
    guard try next() == byte else { return false }
    position += 1
    return true
  }

  private mutating func take(_ byte: UInt8, to text: inout Bytes) throws(JSONFault) -> Bool {
    guard try take(byte) else { return false }
    text.append(byte)
    return true
  }

  /// The byte at the position; nil at the end.
  @inline(__always)
  mutating func next() throws(JSONFault) -> UInt8? {
    if position == filled {
      bytesBefore += filled
      (position, filled) = (0, 0)
      guard try fill() else { return nil }
    }
    return buffer[position]
  }

  /// Reads more behind what the buffer holds; false at the end.
  private mutating func fill() throws(JSONFault) -> Bool {
    let count: Int
    do {
      count = try source.read(
        UnsafeMutableRawBufferPointer(start: buffer + filled, count: Self.chunk - filled))
    } catch {
      throw fault("cannot be read: \(error)")
    }
    filled += count
    guard bytesBefore + filled <= limits.bytes else {
      throw fault("is longer than \(limits.bytes) bytes")
    }
    return count > 0
  }
}
