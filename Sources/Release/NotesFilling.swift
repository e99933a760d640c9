public import GitModel
internal import Policy

/// What is known of a release beside its notes.
public struct NotesHead: Hashable, Sendable {
  /// The version, as the tag is called; empty where none is named.
  public var version = ""
  /// The version before.
  public var previous: String?
  /// When it is cut.
  public var instant = Instant(seconds: 0)
  /// The commit.
  public var commit: ObjectID?
  /// The branch.
  public var branch = ""
  /// What the tag declares.
  public var terms = TagTerms()

  /// A release of which nothing is known.
  public init() {}
}

/// A word of a template, filled in.
struct NotesValue: Hashable {
  let text: String
  /// Whether it is Markdown itself, in which what was typed is plain already.
  var isMarkdown = false

  init(_ text: String, isMarkdown: Bool = false) {
    (self.text, self.isMarkdown) = (text, isMarkdown)
  }
}

/// What the words of a template stand for.
struct NotesFilling {
  let notes: ReleaseNotes
  let head: NotesHead

  /// What is told anywhere.
  var globals: [String: NotesValue] {
    let terms = head.terms
    return [
      "version": NotesValue(head.version), "previous": NotesValue(head.previous ?? ""),
      "date": NotesValue(String(head.instant.utcText.prefix { $0 != "T" })),
      "commit": NotesValue(head.commit?.short ?? ""), "branch": NotesValue(head.branch),
      "lane": NotesValue(terms.lane == .normal ? "" : terms.lane.rawValue),
      "back": NotesValue(terms.lane == .rollback ? terms.rollbackTarget ?? "" : ""),
      "strategy": NotesValue(terms.strategy?.rawValue ?? ""),
      "rollback-target": NotesValue(terms.rollbackTarget ?? ""),
      "risk": NotesValue(terms.risk?.rawValue ?? ""),
      "count": NotesValue(notes.isCut ? "more than \(notes.commits)" : "\(notes.commits)"),
      "left": NotesValue(
        notes.isCut ? "at least \(notes.left)" : notes.left == 0 ? "" : "\(notes.left)"),
      "tickets": joined(notes.tickets.map(ticket)),
      "contributors": joined(notes.contributors.map { NotesValue($0.name) }),
      "approvers": joined(
        notes.approvers.map { NotesValue($0.isSigned ? "\($0.name) (signed)" : $0.name) }),
    ]
  }

  /// The items of a list, within what is filled in around it.
  func items(of list: String, in values: [String: NotesValue]) -> [[String: NotesValue]] {
    switch list {
    case "section": return notes.sections.map { ["title": NotesValue($0.title)] }
    case "change":
      // Of the section around it, or of all.
      let sections =
        values["title"].map { title in notes.sections.filter { $0.title == title.text } }
        ?? notes.sections
      return sections.flatMap(\.changes).map(change)
    case "revert":
      return notes.reverts.prefix(ReleaseNotes.maximumChanges).map {
        [
          "text": NotesValue($0.change.text), "id": NotesValue($0.change.commit.short),
          "by": NotesValue($0.by.short),
        ]
      }
    case "ticket": return notes.tickets.map { ["ticket": ticket($0)] }
    case "contributor": return notes.contributors.map(person)
    case "approver": return notes.approvers.map(person)
    default: return []
    }
  }

  private func change(_ change: NotesChange) -> [String: NotesValue] {
    [
      "text": NotesValue(change.text), "type": NotesValue(change.type),
      "scope": NotesValue(change.scope ?? ""), "description": NotesValue(change.description),
      "breaking": NotesValue(change.breaking ?? ""), "id": NotesValue(change.commit.short),
      "ids": NotesValue(([change.commit] + change.copies).map(\.short).joined(separator: ", ")),
      "author": NotesValue(change.author), "tickets": joined(change.tickets.map(ticket)),
    ]
  }

  private func person(_ person: NotesPerson) -> [String: NotesValue] {
    [
      "name": NotesValue(person.name), "commits": NotesValue("\(person.commits)"),
      "signed": NotesValue(person.isSigned ? "signed" : ""),
    ]
  }

  /// A ticket as a link to where it is found.
  private func ticket(_ name: Bytes) -> NotesValue {
    let text = MarkdownText.escaped(name.prefix(80).printable, after: "")
    guard let link = notes.link else { return NotesValue(text, isMarkdown: true) }
    // RFC 3986, 2.3: what is not unreserved is percent-encoded.
    let digits = Array("0123456789ABCDEF")
    let encoded = name.map { byte -> String in
      byte.isASCIILetter || byte.isASCIIDigit || "-._~".utf8.contains(byte)
        ? String(UnicodeScalar(byte))
        : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 0xF)])"
    }.joined()
    let address = link.replacing(ReleaseNotesTerms.ticketMark, with: encoded)
    return NotesValue("[\(text)](\(address))", isMarkdown: true)
  }

  private static let joinedLimit = 200

  /// The values with commas between, the first ones of very many.
  private func joined(_ values: [NotesValue]) -> NotesValue {
    let shown = values.prefix(Self.joinedLimit).map { value in
      value.isMarkdown ? value.text : MarkdownText.escaped(value.text, after: "")
    }
    let more = values.count - shown.count
    let rest = more > 0 ? [" and \(more) more"] : []
    return NotesValue(([shown.joined(separator: ", ")] + rest).joined(), isMarkdown: true)
  }
}

extension ReleaseNotes {
  /// The notes as Markdown, in the form of `template`.
  public func markdown(
    _ template: NotesTemplate = .standard, _ head: NotesHead = NotesHead()
  ) throws(NotesTemplate.Fault) -> String {
    try template.text(NotesFilling(notes: self, head: head))
  }
}
