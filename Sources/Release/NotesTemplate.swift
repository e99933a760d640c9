public import GitModel

/// The form of release notes: a text whose `{words}` are filled in (docs/release-notes.md).
///
/// A line that is `{each LIST}`, `{if WORD}` or `{unless WORD}` alone starts a part, which `{end}` ends;
/// `{{` is a brace. Empty lines that come together are one, and none stands at the ends. What is filled in
/// is text: where it would mean something in Markdown, a backslash keeps it from that.
public struct NotesTemplate: Hashable, Sendable {
  /// Why a template cannot be used; a clause that starts with the line.
  public struct Fault: WordedFault, Hashable, Sendable {
    /// The clause.
    public let words: String
  }

  /// The largest template, in bytes.
  public static let maximumSize = 64 << 10
  /// The largest text that is made of one, in bytes: it must fit into a tag.
  public static let maximumText = 512 << 10
  private static let maximumDepth = 8

  indirect enum Node: Hashable, Sendable {
    case line([Piece])
    case each(String, [Node])
    case test(String, isWanted: Bool, [Node])
  }

  enum Piece: Hashable, Sendable {
    case text(String)
    case value(String)
  }

  private let nodes: [Node]

  /// What may be filled in anywhere.
  static let words = [
    "version", "previous", "date", "commit", "branch", "lane", "strategy", "rollback-target",
    "risk",
    "back", "count", "left", "tickets", "contributors", "approvers",
  ]
  /// The lists, with what may be filled in for each of their items.
  static let lists: [String: [String]] = [
    "section": ["title"],
    "change": [
      "text", "type", "scope", "description", "breaking", "id", "ids", "author", "tickets",
    ],
    "revert": ["text", "id", "by"],
    "ticket": ["ticket"],
    "contributor": ["name", "commits"],
    "approver": ["name", "commits", "signed"],
  ]

  /// The usual form.
  public static let standard = NotesTemplate(
    nodes: (try? Parser(
      lines: standardText.split(separator: "\n", omittingEmptySubsequences: false)
    )
    .all()) ?? [])

  private init(nodes: [Node]) { self.nodes = nodes }

  /// Reads a template.
  public init(_ bytes: Bytes) throws(Fault) {
    guard bytes.count <= Self.maximumSize else {
      throw Fault(words: "has \(bytes.count) bytes, and a template has \(Self.maximumSize) at most")
    }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw Fault(words: "is no text in UTF-8")
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.hasSuffix("\r") ? $0.dropLast() : $0
    }
    // In Swift CR LF is one character.
    if text.utf8.contains(UInt8(ascii: "\r")) {
      lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }
    nodes = try Parser(lines: lines).all()
  }

  /// The text of what `filling` knows.
  func text(_ filling: NotesFilling) throws(Fault) -> String {
    var writer = Writer()
    try Self.write(nodes, filling.globals, filling, &writer)
    return writer.text
  }

  private static func write(
    _ nodes: [Node], _ values: [String: NotesValue], _ filling: NotesFilling,
    _ writer: inout Writer
  ) throws(Fault) {
    for node in nodes {
      switch node {
      case .line(let pieces):
        writer.add(line(pieces, values))
        guard writer.size <= maximumText else {
          throw Fault(words: "makes notes of more than \(maximumText) bytes")
        }
      case .test(let word, let isWanted, let inner):
        if isThere(word, values, filling) == isWanted {
          try write(inner, values, filling, &writer)
        }
      case .each(let list, let inner):
        for item in filling.items(of: list, in: values) {
          try write(inner, values.merging(item) { $1 }, filling, &writer)
        }
      }
    }
  }

  private static func isThere(
    _ word: String, _ values: [String: NotesValue], _ filling: NotesFilling
  ) -> Bool {
    if let value = values[word] { return !value.text.isEmpty }
    return !filling.items(of: word, in: values).isEmpty
  }

  private static func line(_ pieces: [Piece], _ values: [String: NotesValue]) -> String {
    var line = ""
    for piece in pieces {
      switch piece {
      case .text(let text): line += text
      case .value(let word):
        guard let value = values[word] else { continue }
        line += value.isMarkdown ? value.text : MarkdownText.escaped(value.text, after: line)
      }
    }
    return line
  }

  /// Puts lines together.
  private struct Writer {
    private var lines: [String] = []
    private(set) var size = 0

    mutating func add(_ line: String) {
      let line = line.allSatisfy(\.isWhitespace) ? "" : line
      if line.isEmpty, lines.last?.isEmpty ?? true { return }
      lines.append(line)
      size += line.utf8.count + 1
    }

    var text: String {
      let kept = lines.last?.isEmpty ?? false ? lines.dropLast() : lines[...]
      return kept.map { $0 + "\n" }.joined()
    }
  }
}

extension NotesTemplate {
  fileprivate struct Parser {
    let lines: [Substring]
    private var next = 0

    init(lines: [Substring]) { self.lines = lines }

    func all() throws(Fault) -> [Node] {
      var parser = self
      return try parser.nodes(known: NotesTemplate.words, around: [], start: nil)
    }

    /// The nodes up to the `{end}` of the part that starts at line `start`, or to the end.
    private mutating func nodes(
      known: [String], around lists: [String], start: Int?
    ) throws(Fault) -> [Node] {
      var nodes: [Node] = []
      while next < lines.count {
        let number = next + 1
        let line = lines[next]
        next += 1
        guard let (verb, word) = Self.order(line) else {
          nodes.append(.line(try Self.pieces(of: line, known: known, at: number)))
          continue
        }
        if verb == "end" {
          guard start != nil else { throw Fault(words: "line \(number): `{end}` ends nothing") }
          return nodes
        }
        guard lists.count < maximumDepth else {
          throw Fault(words: "line \(number): parts are more than \(maximumDepth) deep")
        }
        let isList = NotesTemplate.lists[word] != nil
        if verb == "each" {
          guard let own = NotesTemplate.lists[word], !lists.contains(word) else {
            throw Self.unknown(
              word, "list", among: NotesTemplate.lists.keys.filter { !lists.contains($0) },
              at: number)
          }
          nodes.append(
            .each(
              word, try self.nodes(known: known + own, around: lists + [word], start: number)))
        } else {
          guard isList || known.contains(word) else {
            throw Self.unknown(
              word, "word", among: known + Array(NotesTemplate.lists.keys), at: number)
          }
          nodes.append(
            .test(
              word, isWanted: verb == "if",
              try self.nodes(known: known, around: lists + [""], start: number)))
        }
      }
      if let start { throw Fault(words: "line \(start): the part has no `{end}`") }
      return nodes
    }

    /// What a line of its own orders.
    private static func order(_ line: Substring) -> (verb: String, word: String)? {
      let text = line.drop(while: \.isWhitespace)
      guard text.first == "{", let end = text.firstIndex(of: "}"),
        text[text.index(after: end)...].allSatisfy(\.isWhitespace)
      else { return nil }
      let words = text.dropFirst().prefix(upTo: end).split(separator: " ").map { String($0) }
      if words == ["end"] { return ("end", "") }
      guard words.count == 2, ["each", "if", "unless"].contains(words[0]) else { return nil }
      return (words[0], words[1])
    }

    private static func pieces(
      of line: Substring, known: [String], at number: Int
    ) throws(Fault) -> [Piece] {
      var pieces: [Piece] = []
      var text = ""
      var rest = line
      while let open = rest.firstIndex(of: "{") {
        text += rest[..<open]
        rest = rest[rest.index(after: open)...]
        if rest.first == "{" {
          text += "{"
          rest = rest.dropFirst()
          continue
        }
        guard let close = rest.firstIndex(of: "}") else {
          throw Fault(words: "line \(number): a `{` is not closed; `{{` stands for one")
        }
        let word = String(rest[..<close])
        guard known.contains(word) else { throw unknown(word, "word", among: known, at: number) }
        if !text.isEmpty { pieces.append(.text(text)) }
        pieces.append(.value(word))
        text = ""
        rest = rest[rest.index(after: close)...]
      }
      text += rest
      return text.isEmpty ? pieces : pieces + [.text(text)]
    }

    private static func unknown(
      _ word: String, _ kind: String, among known: [String], at number: Int
    ) -> Fault {
      let shown = Bytes(word.utf8).prefix(40).printable
      return Fault(
        words:
          "line \(number): there is no \(kind) `\(shown)` here; there is \(Set(known).sorted().joined(separator: ", "))"
      )
    }
  }

  /// The usual form, in its own language.
  static let standardText = """
    {if back}
    Back to {back}, which takes back what {previous} brought:

    {end}
    {unless section}
    No change since the last version.
    {end}
    {each section}
    ### {title}

    {each change}
    - {text} ({ids})
    {if breaking}
      {breaking}
    {end}
    {end}

    {end}
    {if left}
    And {left} more changes, which are not listed.

    {end}
    {if revert}
    ### Taken back

    {each revert}
    - {text} ({id}), by {by}
    {end}

    {end}
    {if tickets}
    Tickets: {tickets}

    {end}
    {unless back}
    {if contributors}
    Contributors: {contributors}

    {end}
    {if approvers}
    Approved by: {approvers}
    {end}
    {end}
    """
}
