internal import GitModel
internal import Policy

/// What the importers put together: one policy out of all inputs, and what they could not carry.
final class ImportDraft {
  /// How many notes are kept. Who writes the files decides how many there are.
  static let maximumNotes = 2_000

  let options: ImportOptions
  var people = ImportedPeople()
  private(set) var rulesets: [ImportedRuleset] = []
  private(set) var notes: [ImportNote] = []
  /// How many notes there were beyond the ones that are kept.
  private(set) var notesLeft = 0
  /// Whether a host wants the owners of code to approve, and on which refs; nil when none says.
  var ownersWanted: (isRequired: Bool, refs: [String])?

  /// The first file that names people without their addresses.
  var peopleFile: String?

  /// Why a file is too much to be imported.
  private(set) var fault: ImportFault?
  private var names: Set<String> = []
  private var counts: [String: Int] = [:]

  init(_ options: ImportOptions) { self.options = options }

  /// The ref pattern of the branch that the other system calls the default one.
  var defaultBranch: String { options.defaultBranch }

  /// A branch for a ruleset that stands in where nothing guards: one that the files name, where they do.
  private(set) lazy var namedBranch = defaultBranch
  private var hasBranch = false

  /// Adds a ruleset, unless there is nothing in it.
  func add(_ ruleset: ImportedRuleset) {
    let isName: (String) -> Bool = { ref in
      !ref.hasPrefix("!") && !ref.hasPrefix("refs/") && !ref.contains { "*?[{".contains($0) }
    }
    if !hasBranch, let name = ruleset.refs.first(where: isName) {
      (namedBranch, hasBranch) = (name, true)
    }
    guard !ruleset.rules.isEmpty else { return }
    for part in ruleset.split {
      var part = part
      while !names.insert(part.name).inserted {
        let number = (counts[ruleset.name] ?? 1) + 1
        counts[ruleset.name] = number
        part.name = "\(ruleset.name) (\(number))"
      }
      rulesets.append(part)
    }
  }

  /// Ends the import: a file has more of something than is carried.
  func refuse(_ fault: ImportFault) { self.fault = self.fault ?? fault }

  /// Changes every rule of every ruleset.
  func change(_ body: (inout ImportedRule) -> Void) {
    for index in rulesets.indices { rulesets[index].change(body) }
  }

  func note(
    _ file: String, _ line: Int, _ what: String, _ why: String, instead: String? = nil
  ) {
    guard notes.count < Self.maximumNotes else {
      notesLeft += 1
      return
    }
    notes.append(ImportNote(file: file, line: line, what: what, why: why, instead: instead))
  }
}

extension Bytes {
  /// The lines of a file, without their ends.
  var fileLines: [String] {
    split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
  }
}

/// One input while it is imported: its name, and where what it says goes.
struct ImportSource {
  let file: String
  let draft: ImportDraft

  /// The name without folders.
  var name: String { file.split(separator: "/").last.map(String.init) ?? file }

  /// The person who logs in as `login`.
  func person(_ login: String) -> String {
    draft.peopleFile = draft.peopleFile ?? file
    return draft.people.person(login: login)
  }

  /// Notes what could not be carried.
  func note(_ position: Position, _ what: String, _ why: String, instead: String? = nil) {
    draft.note(file, position.line, what, why, instead: instead)
  }

  /// Notes what could not be carried.
  func note(line: Int, _ what: String, _ why: String, instead: String? = nil) {
    draft.note(file, line, what, why, instead: instead)
  }
}

/// One map of an imported file, read key by key: what nobody asked for is told at the end, and what
/// has another type than its system writes is told where it stands.
final class ForeignMap {
  let position: Position
  let entries: [SettingsNode.Entry]
  private let source: ImportSource
  private let title: String
  private var read: Set<String> = []

  /// The map in `node`; nil, with a note, when it is none.
  init?(_ node: SettingsNode, _ title: String, _ source: ImportSource) {
    switch node.value {
    case .map(let entries): self.entries = entries
    case .absent: entries = []
    case .scalar, .list:
      source.note(node.position, title, "is not a map", instead: nil)
      return nil
    }
    (position, self.title, self.source) = (node.position, title, source)
  }

  /// The entry of `key`; the last one where a key stands twice, as JSON readers have it.
  func entry(_ key: String) -> SettingsNode.Entry? {
    read.insert(key)
    return entries.last { $0.key == key }
  }

  /// The node under `key`; nil where it is missing or null.
  func node(_ key: String) -> SettingsNode? {
    guard let node = entry(key)?.node, node.value != .absent else { return nil }
    return node
  }

  func map(_ key: String) -> ForeignMap? {
    node(key).flatMap { ForeignMap($0, key, source) }
  }

  /// The items of a list; one value stands for a list of one.
  func items(_ key: String) -> [SettingsNode] {
    guard let node = node(key) else { return [] }
    if case .list(let items) = node.value { return items }
    return [node]
  }

  /// Text that is not empty.
  func text(_ key: String) -> String? {
    guard let node = node(key) else { return nil }
    guard case .scalar(let text, _) = node.value else {
      source.note(node.position, key, "is not text")
      return nil
    }
    return text.isEmpty ? nil : text
  }

  func texts(_ key: String) -> [(text: String, position: Position)] {
    items(key).compactMap { item in
      guard case .scalar(let text, _) = item.value else {
        source.note(item.position, key, "holds something that is not text")
        return nil
      }
      return (text, item.position)
    }
  }

  /// A truth value, also where an export wrote it as text, or as `{enabled: true}`.
  func flag(_ key: String) -> Bool? {
    guard let node = node(key) else { return nil }
    switch node.value {
    case .scalar(let text, _) where ["true", "false"].contains(text.lowercased()):
      return text.lowercased() == "true"
    case .map(let entries):
      if case .scalar(let text, _)? = entries.first(where: { $0.key == "enabled" })?.node.value {
        return text == "true"
      }
    default: break
    }
    source.note(node.position, key, "is neither true nor false")
    return nil
  }

  /// A number that is not negative, also where an export wrote it as text.
  func number(_ key: String) -> Int? {
    guard let node = node(key) else { return nil }
    if case .scalar(let text, _) = node.value, let number = Int(text), number >= 0 { return number }
    source.note(node.position, key, "is not a whole number")
    return nil
  }

  /// Marks keys as read that say nothing about what may be pushed.
  func skip(_ keys: String...) { read.formUnion(keys) }

  /// Marks every key as read: what the map is about was told already.
  func skipAll() { read.formUnion(entries.map(\.key)) }

  /// Where `key` stands.
  func place(_ key: String) -> Position { entries.last { $0.key == key }?.position ?? position }

  /// Notes every key that nobody asked for; those that start with `_` or `$` are remarks.
  func finish(instead: String? = nil) {
    for entry in entries where !read.contains(entry.key) {
      if entry.key.hasPrefix("_") || entry.key.hasPrefix("$") { continue }
      source.note(
        entry.position, "\(title): \(entry.key.shown)", "this gitrel does not know it",
        instead: instead)
    }
  }
}
