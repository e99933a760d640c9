import CExpat
import GitModel

/// What a handler says when the document is not what it can read; the reader adds the place.
struct XMLRefusal: Error {
  let words: String
}

/// The local name of an element or attribute (its namespace prefix dropped, SPECS.md 1, rule 3), as
/// it lies in expat's memory: valid only during the event, and compared without making a `String`.
struct XMLName {
  private let start: UnsafePointer<UInt8>
  private let count: Int

  @inline(__always)
  init(_ name: UnsafePointer<XML_Char>) {
    let raw = UnsafeRawPointer(name).assumingMemoryBound(to: UInt8.self)
    var local = raw
    var end = raw
    while end.pointee != 0 {
      let byte = end.pointee
      end += 1
      if byte == UInt8(ascii: ":") { local = end }
    }
    start = local
    count = end - local
  }

  @inline(__always)
  static func == (name: XMLName, text: StaticString) -> Bool {
    guard name.count == text.utf8CodeUnitCount else { return false }
    let other = text.utf8Start
    for index in 0..<name.count where name.start[index] != other[index] { return false }
    return true
  }

  /// The name copied out.
  var bytes: Bytes { Bytes(UnsafeBufferPointer(start: start, count: count)) }
}

/// The value of an attribute in expat's memory: UTF-8, ended by a zero byte, valid only during the
/// event.
struct XMLValue {
  let start: UnsafePointer<UInt8>

  /// The value copied out, or its first `limit` bytes.
  func bytes(limit: Int = .max) -> Bytes {
    var out = Bytes()
    append(to: &out, limit: limit)
    return out
  }

  /// Appends the value, or its first `limit` bytes.
  @inline(__always)
  func append(to out: inout Bytes, limit: Int = .max) {
    out.append(contentsOf: UnsafeBufferPointer(start: start, count: length(limit: limit)))
  }

  @inline(__always)
  func length(limit: Int = .max) -> Int {
    var length = 0
    while length < limit, start[length] != 0 { length += 1 }
    return length
  }
}

/// The attributes of an element, in the order of the document, without copying any.
struct XMLAttributes {
  private var cursor: UnsafeMutablePointer<UnsafePointer<XML_Char>?>

  @inline(__always)
  init(_ list: UnsafeMutablePointer<UnsafePointer<XML_Char>?>) { cursor = list }

  @inline(__always)
  mutating func next() -> (name: XMLName, value: XMLValue)? {
    guard let name = cursor.pointee, let value = cursor.successor().pointee else { return nil }
    cursor += 2
    let start = UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self)
    return (XMLName(name), XMLValue(start: start))
  }
}

/// Takes the events of one document. A class, because expat's callbacks hold it by reference.
protocol XMLHandler: AnyObject {
  /// An element begins at `depth` (the root is 1). Answers whether its own text is wanted; text is
  /// skipped otherwise, however long it is.
  func start(
    _ name: XMLName, _ attributes: XMLAttributes, depth: Int
  ) throws(XMLRefusal) -> Bool
  /// Some text of the element that was asked for, in parts as they come.
  func text(_ part: UnsafeBufferPointer<UInt8>)
  /// The element at `depth` ends.
  func end(depth: Int) throws(XMLRefusal)
  /// The document has ended well.
  func finish() throws(XMLRefusal)
}

extension XMLHandler {
  func text(_ part: UnsafeBufferPointer<UInt8>) {}
}

/// Reads XML with expat, as a stream.
///
/// A document type is tolerated and never fetched; a declared entity or attribute list is refused
/// (SPECS.md 1, rule 1; THREATS.md E09), and with no entity there is nothing to expand. The four
/// encodings that expat knows are read (UTF-8, UTF-16, ISO-8859-1, US-ASCII), any other is a fault.
final class ExpatReader {
  private static let chunk = 1 << 16

  private let parser: XML_Parser
  private let file: Bytes
  private let limits: ReportLimits
  private let maximumDepth: Int
  private let choose: (XMLName) throws(XMLRefusal) -> (any XMLHandler)?

  // These change with every element, and only inside `pump`, on one thread, one event after the
  // other; the run-time check of that costs a tenth of the reading.
  @exclusivity(unchecked) private var handler: (any XMLHandler)?
  @exclusivity(unchecked) private var depth = 0
  @exclusivity(unchecked) private var elements = 0
  @exclusivity(unchecked) private var isRefused = false
  @exclusivity(unchecked) private var readsText = false
  private var refusal: ReportFault?

  /// Reads one document to its end.
  ///
  /// - Parameters:
  ///   - source: the bytes.
  ///   - file: what the file is called in faults.
  ///   - limits: when to stop.
  ///   - choose: picks the handler from the name of the root element, or refuses it; asked again at
  ///     the next element if it gives none.
  /// - Throws: `ReportFault` for anything but a whole, well-formed document within the limits that
  ///   the handler accepts.
  static func read(
    _ source: ByteSource, file: Bytes, limits: ReportLimits,
    choose: @escaping (XMLName) throws(XMLRefusal) -> (any XMLHandler)?
  ) throws(ReportFault) {
    guard let parser = XML_ParserCreate(nil) else {
      throw ReportFault(file: file, line: 1, words: "cannot be read: out of memory")
    }
    let reader = ExpatReader(parser, file: file, limits: limits, choose: choose)
    try withExtendedLifetime(reader) { () throws(ReportFault) in try reader.pump(source) }
  }

  private init(
    _ parser: XML_Parser, file: Bytes, limits: ReportLimits,
    choose: @escaping (XMLName) throws(XMLRefusal) -> (any XMLHandler)?
  ) {
    self.parser = parser
    self.file = file
    self.limits = limits
    maximumDepth = min(limits.depth, 64)
    self.choose = choose
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { data, name, attributes in
        guard let data, let name, let attributes else { return }
        Unmanaged<ExpatReader>.fromOpaque(data)._withUnsafeGuaranteedRef {
          $0.started(XMLName(name), XMLAttributes(attributes))
        }
      },
      { data, _ in
        guard let data else { return }
        Unmanaged<ExpatReader>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.ended() }
      })
    XML_SetEntityDeclHandler(parser) { data, _, _, _, _, _, _, _, _ in
      ExpatReader.refuse(data, "declares an entity, which no report needs and only attacks use")
    }
    XML_SetAttlistDeclHandler(parser) { data, _, _, _, _, _ in
      ExpatReader.refuse(data, "declares an attribute list, which no report needs")
    }
    XML_SetSkippedEntityHandler(parser) { data, _, _ in
      ExpatReader.refuse(data, "refers to an entity that it does not define")
    }
    // Nothing else is set: with no handler for external entities expat opens nothing, and
    // parameter entities stay unread (XML_PARAM_ENTITY_PARSING_NEVER is the default).
  }

  deinit { XML_ParserFree(parser) }

  private func pump(_ source: ByteSource) throws(ReportFault) {
    var total = 0
    var tokenStart = 0
    while true {
      guard let room = XML_GetBuffer(parser, Int32(Self.chunk)) else {
        throw fault("cannot be read: out of memory")
      }
      let count: Int
      do {
        count = try source.read(UnsafeMutableRawBufferPointer(start: room, count: Self.chunk))
      } catch {
        throw fault("cannot be read: \(error)")
      }
      if total == 0 { try sniff(UnsafeRawBufferPointer(start: room, count: count)) }
      total += count
      guard total <= limits.bytes else {
        throw fault("is longer than \(limits.bytes) bytes")
      }
      let status = XML_ParseBuffer(parser, Int32(count), count == 0 ? 1 : 0)
      if let refusal { throw refusal }
      guard status == XML_STATUS_OK else { throw fault(wordsOfError) }
      if count == 0 { break }
      // Expat keeps what it has not finished: one tag, comment or declaration. Where that begins is
      // the place of its current event.
      let current = Int(XML_GetCurrentByteIndex(parser))
      if current >= 0 { tokenStart = current }
      guard total - tokenStart <= limits.token else {
        throw fault("holds a tag, comment or declaration longer than \(limits.token) bytes")
      }
    }
    do { try handler?.finish() } catch { throw fault(error.words) }
  }

  /// Says what a file that is no XML looks like, which helps more than "syntax error".
  private func sniff(_ chunk: UnsafeRawBufferPointer) throws(ReportFault) {
    guard !chunk.isEmpty else { throw fault("is empty") }
    var text = chunk[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    while let first = text.first, first.isASCIISpace { text = text.dropFirst() }
    let looks: [(prefix: String, name: String)] = [
      ("{", "JSON"), ("[", "JSON"), ("TAP version", "TAP"), ("1..", "TAP"), ("ok ", "TAP"),
      ("not ok ", "TAP"), ("TN:", "LCOV"), ("SF:", "LCOV"), ("mode: ", "a Go cover profile"),
    ]
    for look in looks where text.starts(with: look.prefix.utf8) {
      throw fault("looks like \(look.name), which is not read here; XML is")
    }
  }

  private func fault(_ words: String) -> ReportFault {
    ReportFault(
      file: file, line: max(1, Int(XML_GetCurrentLineNumber(parser))),
      column: Int(XML_GetCurrentColumnNumber(parser)) + 1, words: words)
  }

  private var wordsOfError: String {
    switch XML_GetErrorCode(parser) {
    case XML_ERROR_NO_ELEMENTS where elements == 0: return "holds no element"
    case XML_ERROR_NO_ELEMENTS: return "is cut short: the root element does not end"
    case XML_ERROR_UNKNOWN_ENCODING:
      return "is in an encoding that is not read (UTF-8, UTF-16, ISO-8859-1 and US-ASCII are)"
    case XML_ERROR_INCORRECT_ENCODING: return "is not in the encoding that it declares"
    case XML_ERROR_UNDEFINED_ENTITY: return "refers to an entity that it does not define"
    case let code:
      let reason = XML_ErrorString(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
      return "is not well-formed XML: \(reason)"
    }
  }

  private static func refuse(_ data: UnsafeMutableRawPointer?, _ words: String) {
    guard let data else { return }
    Unmanaged<ExpatReader>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.refuse(words) }
  }

  /// Stops the parser at the current event, whose place is known only now. Expat may still call a
  /// handler or two (the end of an empty element, for one), so the first fault stands.
  private func refuse(_ words: String) {
    guard !isRefused else { return }
    isRefused = true
    refusal = fault(words)
    _ = XML_StopParser(parser, 0)
  }

  private func started(_ name: XMLName, _ attributes: XMLAttributes) {
    guard !isRefused else { return }
    if readsText { skipText() }
    depth += 1
    elements += 1
    if depth > maximumDepth { return refuse("nests deeper than \(maximumDepth) elements") }
    if elements > limits.elements { return refuse("holds more than \(limits.elements) elements") }
    do throws(XMLRefusal) {
      let handler: any XMLHandler
      if let known = self.handler {
        handler = known
      } else {
        guard let chosen = try choose(name) else { return }
        handler = chosen
        self.handler = chosen
      }
      if try handler.start(name, attributes, depth: depth) { readText() }
    } catch {
      refuse(error.words)
    }
  }

  private func ended() {
    guard !isRefused else { return }
    if readsText { skipText() }
    do throws(XMLRefusal) {
      try handler?.end(depth: depth)
    } catch {
      refuse(error.words)
    }
    depth -= 1
  }

  private func readText() {
    readsText = true
    XML_SetCharacterDataHandler(parser) { data, text, count in
      guard let data, let text else { return }
      let start = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
      Unmanaged<ExpatReader>.fromOpaque(data)._withUnsafeGuaranteedRef {
        $0.handler?.text(UnsafeBufferPointer(start: start, count: Int(count)))
      }
    }
  }

  private func skipText() {
    readsText = false
    XML_SetCharacterDataHandler(parser, nil)
  }
}
