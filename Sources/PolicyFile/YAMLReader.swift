private import CYaml
internal import GitModel
internal import Policy

/// Reads one YAML document into nodes with their places, through libyaml's events.
///
/// Stricter than YAML: no anchors, aliases, tags or merge keys, no key twice, no second document, keys
/// are plain words. What plain words mean is left to who reads the node, so `NO` is never a truth
/// value by accident.
///
/// Files of other systems are read leniently: anchors, aliases and merge keys mean what YAML says, as
/// far as that stays small, tags and a byte order mark mean nothing, and a key that stands twice
/// counts the last time.
struct YAMLReader {
  /// How strict a reading is.
  enum Mode {
    /// A policy: it means what it says.
    case strict
    /// A file of another system.
    case lenient
  }

  /// The deepest nesting that is read.
  static let maximumDepth = 32
  /// How many values all aliases together may stand for.
  static let maximumAliased = 20_000

  private let problems: ProblemList
  private let mode: Mode
  /// The file as positions name it.
  private let file: String?
  /// What the anchors so far stand for, and how many values each is.
  private var anchors: [String: (node: SettingsNode, count: Int)] = [:]
  private var aliased = 0

  private init(problems: ProblemList, mode: Mode, file: String?) {
    (self.problems, self.mode, self.file) = (problems, mode, file)
  }

  /// The root of `bytes`, or nil with the problem noted. `file` goes into every position.
  static func root(
    of bytes: Bytes, file: String? = nil, mode: Mode = .strict, problems: ProblemList
  ) -> SettingsNode? {
    let start = Position(line: 1, column: 1, file: file)
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let bytes = hasMark && mode == .lenient ? Bytes(bytes.dropFirst(3)) : bytes
    if let (place, control) = firstUnreadable(in: bytes, file: file) {
      problems.add(
        control.map { "the file holds the control character 0x\(String($0, radix: 16))" }
          ?? "the file is not UTF-8", at: place,
        hint: control == nil ? "save it as UTF-8 without a BOM" : "leave it out")
      return nil
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      problems.add(
        "the file starts with a byte order mark", at: start,
        hint: "save it as UTF-8 without a BOM")
      return nil
    }
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else {
      problems.add("there is no memory to read the file", at: start)
      return nil
    }
    defer { yaml_parser_delete(&parser) }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
    return bytes.withUnsafeBufferPointer { buffer in
      yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
      var reader = YAMLReader(problems: problems, mode: mode, file: file)
      do throws(Problem) { return try reader.document(&parser) } catch {
        problems.add(error.text, at: error.position, hint: error.hint)
        return nil
      }
    }
  }

  private mutating func document(_ parser: inout yaml_parser_t) throws(Problem) -> SettingsNode {
    var event = try next(&parser)
    while event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_START_EVENT {
      event = try next(&parser)
    }
    if event.type == YAML_STREAM_END_EVENT {
      throw Problem(
        "the file is empty", at: event.position,
        hint: mode == .strict ? "start with `version: 1`" : nil)
    }
    let root = try node(event, &parser, depth: 0)
    event = try next(&parser)
    if event.type == YAML_DOCUMENT_END_EVENT { event = try next(&parser) }
    guard event.type == YAML_STREAM_END_EVENT else {
      throw Problem(
        "a second document starts here", at: event.position,
        hint: mode == .strict ? "a policy is one document" : nil)
    }
    return root
  }

  private mutating func node(
    _ event: Event, _ parser: inout yaml_parser_t, depth: Int
  ) throws(Problem) -> SettingsNode {
    guard depth < Self.maximumDepth else {
      throw Problem(
        "nested deeper than \(Self.maximumDepth) levels", at: event.position,
        hint: "no setting needs that")
    }
    if mode == .lenient, let alias = event.alias {
      return try target(of: alias, at: event.position)
    }
    if event.type == YAML_ALIAS_EVENT {
      throw Problem("aliases (`*name`) are not read", at: event.position, hint: "write it out")
    }
    if mode == .strict, event.anchor != nil {
      throw Problem("anchors (`&name`) are not read", at: event.position, hint: "write it out")
    }
    if mode == .strict, event.hasTag {
      throw Problem("tags (`!name`) are not read", at: event.position, hint: "leave the tag out")
    }
    let node = try value(event, &parser, depth: depth)
    if let anchor = event.anchor { anchors[anchor] = (node, node.count) }
    return node
  }

  /// What an alias stands for.
  private mutating func target(
    of alias: String, at position: Position
  ) throws(Problem) -> SettingsNode {
    guard let (node, count) = anchors[alias] else {
      throw Problem("there is no anchor `&\(alias.printableText)` before this", at: position)
    }
    aliased += count
    guard aliased <= Self.maximumAliased else {
      throw Problem("aliases stand for more than \(Self.maximumAliased) values", at: position)
    }
    return node
  }

  private mutating func value(
    _ event: Event, _ parser: inout yaml_parser_t, depth: Int
  ) throws(Problem) -> SettingsNode {
    switch event.type {
    case YAML_SCALAR_EVENT:
      let isAbsent = event.text.isEmpty && !event.isQuoted
      return SettingsNode(
        isAbsent ? .absent : .scalar(event.text, isQuoted: event.isQuoted), at: event.position)
    case YAML_SEQUENCE_START_EVENT:
      var items: [SettingsNode] = []
      while true {
        let item = try next(&parser)
        if item.type == YAML_SEQUENCE_END_EVENT { break }
        items.append(try node(item, &parser, depth: depth + 1))
      }
      return SettingsNode(.list(items), at: event.position)
    case YAML_MAPPING_START_EVENT:
      return SettingsNode(
        .map(try entries(&parser, depth: depth)), at: event.position)
    default:
      throw Problem("a value is missing", at: event.position)
    }
  }

  private mutating func entries(
    _ parser: inout yaml_parser_t, depth: Int
  ) throws(Problem) -> [SettingsNode.Entry] {
    var entries: [SettingsNode.Entry] = []
    var merges: [SettingsNode.Entry] = []
    var seen: [String: Position] = [:]
    while true {
      let key = try next(&parser)
      if key.type == YAML_MAPPING_END_EVENT {
        // What the map states itself wins over what is merged in.
        return merges.filter { seen[$0.key] == nil } + entries
      }
      guard key.type == YAML_SCALAR_EVENT, mode == .lenient || key.isBare else {
        throw Problem(
          "a key must be one word of text, without anchor, tag or brackets", at: key.position)
      }
      if key.text == "<<", mode == .lenient {
        let merged = try node(try next(&parser), &parser, depth: depth + 1)
        merges += merged.entriesToMerge
        continue
      }
      if key.text == "<<" {
        throw Problem("merge keys (`<<`) are not read", at: key.position, hint: "write it out")
      }
      let value = try next(&parser)
      let entry = SettingsNode.Entry(
        key: key.text, position: key.position,
        node: try node(value, &parser, depth: depth + 1))
      if let first = seen[key.text], mode == .strict {
        problems.add(
          "`\(key.text.printableText)` stands here again", at: key.position,
          hint: "it stands on line \(first.line) already; keep one")
      }
      seen[key.text] = key.position
      entries.append(entry)
    }
  }

  private func next(_ parser: inout yaml_parser_t) throws(Problem) -> Event {
    var raw = yaml_event_t()
    guard yaml_parser_parse(&parser, &raw) == 1 else {
      let what = parser.problem.map { String(cString: $0) } ?? "cannot be read"
      let mark = parser.problem_mark
      let context = parser.context.map { " (\(String(cString: $0)))" } ?? ""
      let hint: String? =
        if what.contains("cannot start any token") {
          "YAML takes no TAB for indentation, and quotes round words that start with a sign"
        } else if what.contains("unexpected ':'") { "write a space behind the colon" } else { nil }
      throw Problem(
        "this is not YAML: \(what)\(context)",
        at: Position(line: Int(mark.line) + 1, column: Int(mark.column) + 1, file: file),
        hint: hint)
    }
    defer { yaml_event_delete(&raw) }
    return Event(raw, file: file)
  }

  /// One event, copied out of libyaml's memory.
  private struct Event {
    let type: yaml_event_type_t
    let position: Position
    var text = ""
    var isQuoted = false
    var anchor: String?
    var alias: String?
    var hasTag = false
    /// Whether it has neither anchor nor tag.
    var isBare: Bool { anchor == nil && !hasTag }

    init(_ raw: yaml_event_t, file: String?) {
      type = raw.type
      position = Position(
        line: Int(raw.start_mark.line) + 1, column: Int(raw.start_mark.column) + 1,
        file: file)
      switch raw.type {
      case YAML_SCALAR_EVENT:
        let scalar = raw.data.scalar
        text = String(
          decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        isQuoted = scalar.style != YAML_PLAIN_SCALAR_STYLE
        anchor = Self.text(scalar.anchor)
        hasTag = scalar.tag != nil
      case YAML_SEQUENCE_START_EVENT:
        anchor = Self.text(raw.data.sequence_start.anchor)
        hasTag = raw.data.sequence_start.tag != nil
      case YAML_MAPPING_START_EVENT:
        anchor = Self.text(raw.data.mapping_start.anchor)
        hasTag = raw.data.mapping_start.tag != nil
      case YAML_ALIAS_EVENT: alias = Self.text(raw.data.alias.anchor)
      default: break
      }
    }

    /// The text at `start`, up to its NUL.
    private static func text(_ start: UnsafeMutablePointer<yaml_char_t>?) -> String? {
      start.map { String(cString: $0) }
    }
  }

  /// Where the first byte stands that is not UTF-8, or is a control character, and which.
  static func firstUnreadable(
    in bytes: Bytes, file: String? = nil
  ) -> (Position, control: UInt8?)? {
    var (line, column) = (1, 1)
    var rest = bytes[...]
    while let first = rest.first {
      let isSpace = first == 0x09 || first == 0x0A || first == 0x0D
      if first == 0x7F || first < 0x20, !isSpace {
        return (Position(line: line, column: column, file: file), first)
      }
      guard first >= 0x80 else {
        (line, column) = first == UInt8(ascii: "\n") ? (line + 1, 1) : (line, column + 1)
        rest = rest.dropFirst()
        continue
      }
      var iterator = rest.makeIterator()
      var decoder = UTF8()
      guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
        return (Position(line: line, column: column, file: file), nil)
      }
      column += 1
      rest = rest.dropFirst(UTF8.width(scalar))
    }
    return nil
  }
}

extension SettingsNode {
  /// How many values it holds, itself included.
  fileprivate var count: Int {
    switch value {
    case .absent, .scalar: 1
    case .list(let items): items.reduce(1) { $0 + $1.count }
    case .map(let entries): entries.reduce(1) { $0 + $1.node.count }
    }
  }

  /// What a merge key (`<<`) brings in: the entries of a map, or of several, the first one winning.
  fileprivate var entriesToMerge: [Entry] {
    switch value {
    case .map(let entries): return entries
    case .list(let items):
      var all: [Entry] = []
      for entry in items.flatMap(\.entriesToMerge)
      where !all.contains(where: { $0.key == entry.key }) {
        all.append(entry)
      }
      return all
    case .absent, .scalar: return []
    }
  }
}

extension String {
  /// The text without anything that could move a cursor, cut when somebody writes a novel.
  var printableText: String {
    let bytes = Bytes(utf8)
    return bytes.count <= 80 ? bytes.printable : bytes.prefix(80).printable + "..."
  }

  /// The same in backquotes.
  var quoted: String { "`\(printableText)`" }
}
