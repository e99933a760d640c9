internal import Evidence
public import GitModel

/// Where the scope of a release stands: a path in the tree of the policy with `{version}` in it.
public struct ScopeFile: Hashable, Sendable {
  /// The path, as `.gitrel/scope/{version}.json`.
  public let pattern: String
  /// How the file is written.
  public let format: Format

  /// How a scope is written.
  public enum Format: String, Hashable, Sendable, CaseIterable {
    case json, csv
  }

  /// Where it stands when nothing is said.
  public static let standard = ScopeFile(pattern: ".gitrel/scope/\(mark).json", format: .json)
  static let mark = "{version}"

  init(pattern: String, format: Format) { (self.pattern, self.format) = (pattern, format) }

  /// Reads the key of a rule.
  init?(from reader: SettingsReader, _ key: String) {
    guard let node = reader.node(key) else {
      self = .standard
      return
    }
    guard let path = reader.treePath(of: node, for: key, like: Self.standard.pattern) else {
      return nil
    }
    guard path.contains(Self.mark) else {
      reader.problems.add(
        "`\(key)`: \(path.quoted) is one file for all releases", at: node.position,
        hint: "put {version} into it: \(Self.standard.pattern)")
      return nil
    }
    guard let format = Format.allCases.first(where: { path.hasSuffix(".\($0.rawValue)") }) else {
      reader.problems.add(
        "`\(key)`: \(path.quoted) ends neither in .json nor in .csv", at: node.position)
      return nil
    }
    self.init(pattern: path, format: format)
  }

  /// The path of one release. No scheme of versions has a slash in it.
  public func path(of version: Version) -> String {
    pattern.replacing(Self.mark, with: String(decoding: version.spelling, as: UTF8.self))
  }
}

/// What was promised for a release: its tickets, as a file says that somebody committed.
public struct ReleaseScope: Hashable, Sendable {
  /// A ticket that was promised.
  public struct Ticket: Hashable, Sendable {
    /// What it is called.
    public let name: Bytes
    /// What it is about; may be empty.
    public let title: Bytes
    /// How far it is, as the tracker says; empty where nothing is said.
    public let status: Bytes

    /// A ticket from its parts.
    public init(name: Bytes, title: Bytes = [], status: Bytes = []) {
      (self.name, self.title, self.status) = (name, title, status)
    }
  }

  /// The version that the file says that it is of; nil where it does not say it.
  public let version: Bytes?
  /// The tickets in the order of the file, each once.
  public let tickets: [Ticket]

  /// How large a file may be, how many tickets it may have, and how long a text of it may be, in bytes.
  public static let maximum = (size: 4 << 20, tickets: 10_000, text: 1000)

  /// Why a scope cannot be read; a clause after its place.
  public struct Fault: WordedFault, Hashable, Sendable {
    /// The clause.
    public let words: String
  }

  /// A scope from its parts. Tickets are the same in capitals and small letters, as trackers have it.
  public init(version: Bytes? = nil, tickets: [Ticket]) throws(Fault) {
    guard tickets.count <= Self.maximum.tickets else {
      throw Fault(words: "has more than \(Self.maximum.tickets) tickets")
    }
    var seen: Set<Bytes> = []
    for ticket in tickets {
      guard !ticket.name.trimmed.isEmpty else { throw Fault(words: "has a ticket without a name") }
      for text in [ticket.name, ticket.title, ticket.status] {
        guard text.count <= Self.maximum.text else {
          throw Fault(words: "has a text of more than \(Self.maximum.text) bytes")
        }
      }
      guard seen.insert(ticket.name.asciiLowercased).inserted else {
        throw Fault(words: "has the ticket \(ticket.name.printable) twice")
      }
    }
    (self.version, self.tickets) = (version, tickets)
  }

  /// Reads a file.
  public init(_ bytes: Bytes, as format: ScopeFile.Format) throws(Fault) {
    switch format {
    case .json: try self.init(json: bytes)
    case .csv: try self.init(tickets: Self.tickets(csv: bytes))
    }
  }

  /// The file for people and for `git diff`: as JSON, in the order of the tickets. `source` says where
  /// it comes from.
  public func json(source: String?) -> Bytes {
    JSONValue.object(
      (version.map { [JSONMember("version", .string($0))] } ?? [])
        + (source.map { [JSONMember("source", .text($0))] } ?? []) + [
          JSONMember(
            "tickets",
            .array(
              tickets.map {
                .object([
                  JSONMember("ticket", .string($0.name)), JSONMember("title", .string($0.title)),
                  JSONMember("status", .string($0.status)),
                ])
              }))
        ]
    ).pretty
  }

  /// The same as CSV, which has no place for where it comes from.
  public var csv: Bytes {
    var rows = Bytes("ticket,title,status\n".utf8)
    for ticket in tickets {
      let fields = [ticket.name, ticket.title, ticket.status].map { field in
        "\"" + String(decoding: field, as: UTF8.self).replacing("\"", with: "\"\"") + "\""
      }
      rows += (fields.joined(separator: ",") + "\n").utf8
    }
    return rows
  }

  // MARK: - JSON

  private init(json: Bytes) throws(Fault) {
    let document: JSONValue
    do {
      document = try JSONValue(parsing: json, limits: JSONLimits(bytes: Self.maximum.size))
    } catch { throw Fault(words: "at \(error.line):\(error.column) it \(error.words)") }
    let top = try Self.texts(
      document, "the document", known: ["version", "source"], besides: "tickets")
    guard let listed = document["tickets"]?.array else {
      throw Fault(words: "has no list `tickets`")
    }
    var tickets: [Ticket] = []
    for item in listed {
      let parts = try Self.texts(item, "a ticket", known: ["ticket", "title", "status"])
      guard let name = parts["ticket"] else { throw Fault(words: "has a ticket without `ticket`") }
      tickets.append(
        Ticket(
          name: Bytes(name.trimmed), title: parts["title"] ?? [],
          status: Bytes((parts["status"] ?? []).trimmed)))
    }
    try self.init(version: top["version"], tickets: tickets)
  }

  private static func texts(
    _ value: JSONValue, _ what: String, known: Set<String>, besides other: String? = nil
  ) throws(Fault) -> [String: Bytes] {
    guard let members = value.object else { throw Fault(words: "\(what) is no object") }
    var found: [String: Bytes] = [:]
    for member in members {
      let name = String(decoding: member.name, as: UTF8.self)
      if name == other { continue }
      guard known.contains(name) else {
        throw Fault(words: "\(what) has a member \(name.quoted) that is not known")
      }
      guard let text = member.value.string else {
        throw Fault(words: "\(what) has a \(name.quoted) that is no text")
      }
      found[name] = text
    }
    return found
  }

  // MARK: - CSV

  /// Rows as RFC 4180 has them, under a row of names.
  private static func tickets(csv: Bytes) throws(Fault) -> [Ticket] {
    var rows = try CSVRows(csv)
    guard let header = try rows.next() else { throw Fault(words: "is empty") }
    let names = header.map { String(decoding: $0.trimmed, as: UTF8.self).lowercased() }
    for name in names where !["ticket", "title", "status"].contains(name) {
      throw Fault(words: "has a column \(name.quoted), and knows ticket, title and status")
    }
    guard names.contains("ticket"), Set(names).count == names.count else {
      throw Fault(words: "has no one column `ticket`, or a column twice")
    }
    var tickets: [Ticket] = []
    while let row = try rows.next() {
      guard row.count == names.count else {
        throw Fault(
          words: "line \(rows.line) has \(counted(row.count, "field")), and there are"
            + " \(counted(names.count, "column"))")
      }
      guard tickets.count < maximum.tickets else {
        throw Fault(words: "has more than \(maximum.tickets) tickets")
      }
      func field(_ name: String) -> Bytes { names.firstIndex(of: name).map { row[$0] } ?? [] }
      tickets.append(
        Ticket(
          name: Bytes(field("ticket").trimmed), title: field("title"),
          status: Bytes(field("status").trimmed)))
    }
    return tickets
  }
}

/// The rows of a CSV file, one after the other. Bytes that are no UTF-8 are refused.
private struct CSVRows {
  private let bytes: Bytes
  private var place = 0
  /// The line on which the last row ended, from 1.
  private(set) var line = 0

  init(_ bytes: Bytes) throws(ReleaseScope.Fault) {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw ReleaseScope.Fault(words: "is no UTF-8")
    }
    // Spreadsheets write a byte order mark.
    self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Bytes(bytes.dropFirst(3)) : bytes
  }

  /// The next row that is not empty; nil at the end.
  mutating func next() throws(ReleaseScope.Fault) -> [Bytes]? {
    while place < bytes.count {
      let row = try row()
      if row != [[]] { return row }
    }
    return nil
  }

  private mutating func row() throws(ReleaseScope.Fault) -> [Bytes] {
    line += 1
    var row: [Bytes] = []
    while true {
      row.append(try field())
      guard place < bytes.count else { return row }
      place += 1
      if bytes[place - 1] != UInt8(ascii: ",") { return row }
      guard row.count < 16 else { throw fault("has more than 16 fields") }
    }
  }

  /// A field, up to the comma or the line feed behind it.
  private mutating func field() throws(ReleaseScope.Fault) -> Bytes {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
      let end = bytes[place...].firstIndex { $0 == UInt8(ascii: ",") || $0 == 0x0A } ?? bytes.count
      defer { place = end }
      let isLast = end == bytes.count || bytes[end] == 0x0A
      var text = bytes[place..<end]
      if isLast, text.last == 0x0D { text.removeLast() }
      guard !text.contains(UInt8(ascii: "\"")) else { throw fault("has a quote within a field") }
      return Bytes(text)
    }
    place += 1
    var text = Bytes()
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      if byte == UInt8(ascii: "\"") {
        guard place < bytes.count, bytes[place] == byte else {
          if place < bytes.count, bytes[place] == 0x0D { place += 1 }
          guard place == bytes.count || bytes[place] == UInt8(ascii: ",") || bytes[place] == 0x0A
          else { throw fault("goes on behind a quoted field") }
          return text
        }
        place += 1
      }
      if byte == 0x0A { line += 1 }
      text.append(byte)
    }
    throw fault("has a quote that is not closed")
  }

  private func fault(_ words: String) -> ReleaseScope.Fault {
    ReleaseScope.Fault(words: "line \(line) \(words)")
  }
}
