public import GitModel

/// Reads one map of a policy file key by key and remembers which keys were asked for, so that a key
/// nobody asked for is an error with the nearest known one. Wrong types are problems, not defaults.
public final class SettingsReader {
  /// Where the map stands.
  public let position: Position
  /// Where problems go.
  public let problems: ProblemList
  /// What the map is called, as `approvals`.
  public let name: String
  /// The name as it stands in messages: in backquotes when it is a word of the file.
  private let title: String
  private let entries: [SettingsNode.Entry]
  private var known: Set<String> = []
  /// The place of the map while shapes are found out.
  let place: Int?

  /// A reader of `node`, which must be a map or nothing. `isKey` tells a word of the file from a
  /// description such as "a ruleset".
  public init(
    _ node: SettingsNode, name: String, isKey: Bool = true, problems: ProblemList
  ) {
    (self.position, self.name, self.problems) = (node.position, name, problems)
    title = isKey ? name.quoted : name
    place = problems.recorder?.place(of: node)
    if let place {
      problems.recorder?.map(place)
      entries = []
      return
    }
    switch node.value {
    case .map(let entries): self.entries = entries
    case .absent: entries = []
    case .scalar, .list:
      entries = []
      problems.add(
        "\(title) takes a map of settings, not \(node.kind)", at: node.position,
        hint: isKey
          ? "write `\(name.cut(to: 60)):` alone, or `\(name.cut(to: 60)): {key: value}`"
          : "write `key: value` lines")
    }
  }

  /// The keys that were asked for so far, sorted: after a rule has read itself, those that it takes.
  public var knownKeys: [String] { known.sorted() }

  /// The node under `key`, nil when the key is not there.
  public func node(_ key: String) -> SettingsNode? {
    known.insert(key)
    if let recorder = problems.recorder, let place {
      return recorder.node(recorder.key(key, of: place))
    }
    return entries.first { $0.key == key }?.node
  }

  /// The entries of the map under `key`; empty when the key is not there. `names` are the keys that
  /// they may have, when there are no others.
  public func entries(_ key: String, of names: [String]? = nil) -> [SettingsNode.Entry] {
    guard let node = node(key) else { return [] }
    if let recorder = problems.recorder, let place = recorder.place(of: node) {
      recorder.map(place)
      let places =
        names?.map { ($0, recorder.key($0, of: place)) } ?? [("example", recorder.value(of: place))]
      return places.map { name, place in
        SettingsNode.Entry(key: name, position: node.position, node: recorder.node(place))
      }
    }
    switch node.value {
    case .map(let entries): return entries
    case .absent: return []
    case .scalar, .list:
      problems.add("`\(key)` takes a map, not \(node.kind)", at: node.position)
      return []
    }
  }

  /// The entries under keys that nobody has asked for: where the keys are names that the policy gives.
  public func others() -> [SettingsNode.Entry] {
    if let recorder = problems.recorder, let place {
      let node = recorder.node(recorder.value(of: place))
      return [SettingsNode.Entry(key: "example", position: node.position, node: node)]
    }
    return entries.filter { known.insert($0.key).inserted }
  }

  /// The items of the list under `key`; a single value stands for a list of one.
  public func items(_ key: String) -> [SettingsNode]? {
    guard let node = node(key) else { return nil }
    if let recorder = problems.recorder, let place = recorder.place(of: node) {
      return [recorder.node(recorder.item(of: place))]
    }
    switch node.value {
    case .list(let items): return items
    case .scalar: return [node]
    case .absent, .map:
      problems.add("`\(key)` takes a list, not \(node.kind)", at: node.position)
      return nil
    }
  }

  /// The text under `key`.
  public func text(_ key: String) -> String? { node(key).flatMap { text(of: $0, for: key) } }

  /// The texts under `key`.
  public func texts(_ key: String) -> [String]? {
    items(key)?.compactMap { text(of: $0, for: key) }
  }

  /// The names under `key`, each once; nil where the key is not there.
  func names(_ key: String) -> [String]? {
    guard let names = texts(key) else { return nil }
    let place = node(key)?.position ?? position
    if names.isEmpty { problems.add("`\(key)` is empty", at: place) }
    if Set(names).count < names.count { problems.add("`\(key)` has a name twice", at: place) }
    return names
  }

  /// The text of `node`: quoted, or plain and not readable as anything but text.
  public func text(of node: SettingsNode, for key: String) -> String? {
    if records(.text, at: node) { return nil }
    guard case .scalar(let text, let isQuoted) = node.value else {
      problems.add("`\(key)` takes text, not \(node.kind)", at: node.position)
      return nil
    }
    if !isQuoted, let other = ImplicitYAML.meaning(of: text) {
      problems.add(
        "`\(key)` takes text, and YAML reads `\(text)` as \(other)", at: node.position,
        hint: text.isEmpty || text == "~" || text.lowercased() == "null"
          ? "leave the key out, or write the text in quotes" : "write it in quotes: \"\(text)\"")
      return nil
    }
    return text
  }

  /// The whole number under `key`, in plain decimal and within `range`.
  public func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    node(key).flatMap { integer(of: $0, for: key, in: range) }
  }

  /// The whole number of `node`.
  public func integer(of node: SettingsNode, for key: String, in range: ClosedRange<Int>) -> Int? {
    if records(.number(range), at: node) { return nil }
    guard case .scalar(let text, isQuoted: false) = node.value, Self.isPlainDecimal(text),
      let number = Int(text)
    else {
      let hint: String? =
        switch node.value {
        case .scalar(let text, isQuoted: true) where Self.isPlainDecimal(text):
          "leave the quotes out"
        case .scalar: "write it in plain decimal, e.g. 2"
        default: nil
        }
      problems.add(
        "`\(key)` takes a whole number, not \(node.kind)", at: node.position, hint: hint)
      return nil
    }
    guard range.contains(number) else {
      problems.add(
        range.count == 1
          ? "`\(key)` takes \(range.lowerBound), not \(number)"
          : "`\(key)` takes a number from \(range.lowerBound) to \(range.upperBound), not \(number)",
        at: node.position)
      return nil
    }
    return number
  }

  /// `true` or `false` under `key`.
  public func flag(_ key: String) -> Bool? {
    guard let node = node(key), !records(.flag, at: node) else { return nil }
    switch node.value {
    case .scalar("true", isQuoted: false): return true
    case .scalar("false", isQuoted: false): return false
    default:
      var hint: String?
      if case .scalar("true", _) = node.value { hint = "leave the quotes out" }
      if case .scalar("false", _) = node.value { hint = "leave the quotes out" }
      problems.add("`\(key)` takes true or false, not \(node.kind)", at: node.position, hint: hint)
      return nil
    }
  }

  /// One of the words of `Choice` under `key`.
  public func choice<Choice>(_ key: String) -> Choice?
  where Choice: RawRepresentable<String> & CaseIterable {
    node(key).flatMap { choice(of: $0, for: key) }
  }

  /// One of the words of `Choice` in `node`.
  public func choice<Choice>(of node: SettingsNode, for key: String) -> Choice?
  where Choice: RawRepresentable<String> & CaseIterable {
    let words = Choice.allCases.map(\.rawValue)
    if records(.choice(words), at: node) { return nil }
    guard case .scalar(let text, _) = node.value, let choice = Choice(rawValue: text) else {
      var hint: String?
      if case .scalar(let text, _) = node.value {
        hint = Spelling.suggestion(for: text, among: words)
      }
      problems.add(
        "`\(key)` takes \(listed(words, "or")), not \(node.kind)", at: node.position,
        hint: hint)
      return nil
    }
    return choice
  }

  /// The pattern under `key`, compiled.
  public func pattern(_ key: String) -> TextPattern? {
    guard let node = node(key) else { return nil }
    return pattern(of: node, for: key)
  }

  /// The pattern in `node`, compiled.
  public func pattern(of node: SettingsNode, for key: String) -> TextPattern? {
    guard !records(.pattern, at: node), let text = text(of: node, for: key) else { return nil }
    return problems.noting(at: node.position, "`\(key)`: the pattern \(text.quoted)") {
      () throws(TextPattern.Fault) in try TextPattern(text)
    }
  }

  /// The patterns of refs under `key`, each as written, and what they select; nil with a problem
  /// noted when a pattern is wrong or there is none.
  public func refs(_ key: String) -> (selection: RefSelection, patterns: [String])? {
    guard !recordsItems(.refPattern, under: key), let items = items(key) else { return nil }
    var patterns: [String] = []
    var isSound = true
    for item in items {
      guard let text = text(of: item, for: key) else {
        isSound = false
        continue
      }
      let pattern = text.hasPrefix("!") ? String(text.dropFirst()) : text
      let glob = problems.noting(at: item.position, "`\(key)`: the pattern \(text.quoted)") {
        () throws(Glob.Fault) in try Glob(pattern)
      }
      // No branch has such a name (see `RefName.Fault.confusable`), so the pattern would guard nothing.
      for start in ["heads/", "tags/", "remotes/", "ref/"] where pattern.hasPrefix(start) {
        let meant = start == "ref/" ? pattern.dropFirst(start.count) : pattern[...]
        problems.add(
          "`\(key)`: \(text.quoted) means branches called refs/heads/\(pattern.cut(to: 60))",
          at: item.position,
          hint: "did you mean `\(text.hasPrefix("!") ? "!" : "")refs/\(String(meant).cut(to: 60))`?"
        )
        isSound = false
      }
      if glob == nil { isSound = false }
      patterns.append(text)
    }
    guard isSound else { return nil }
    guard !patterns.isEmpty else {
      problems.add(
        "`\(key)` is empty", at: node(key)?.position ?? position,
        hint: "write `\(key): [main, \"release/*\"]`")
      return nil
    }
    // Every pattern is sound, so this can only fail where all of them take out.
    guard let selection = try? RefSelection(patterns) else {
      problems.add(
        "`\(key)` selects nothing: every pattern starts with `!`",
        at: node(key)?.position ?? position)
      return nil
    }
    return (selection, patterns)
  }

  /// Notes every key that nobody asked for. Call it last.
  public func finish() {
    for entry in entries where !known.contains(entry.key) {
      problems.add(
        known.isEmpty
          ? "\(title) takes no settings, and \(entry.key.quoted) is one"
          : "\(title) knows no key \(entry.key.quoted)",
        at: entry.position,
        hint: Spelling.suggestion(for: entry.key, among: known.sorted())
          ?? (known.isEmpty ? nil : "it knows \(known.sorted().joined(separator: ", "))"))
    }
  }

  static func isPlainDecimal(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 18 && text.utf8.allSatisfy(\.isASCIIDigit)
      && (text == "0" || !text.hasPrefix("0"))
  }
}

/// What YAML 1.1 readers make of plain words: the reason why a policy wants quotes round them.
enum ImplicitYAML {
  static func meaning(of text: String) -> String? {
    switch text.lowercased() {
    case "", "~", "null": return "nothing"
    case "y", "n", "yes", "no", "on", "off", "true", "false": return "a truth value"
    case ".inf", "-.inf", "+.inf", ".nan": return "a number"
    default: break
    }
    guard let first = text.utf8.first,
      first.isASCIIDigit || first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        || first == UInt8(ascii: ".")
    else { return nil }
    if text.hasPrefix("0x") || text.hasPrefix("0o") || text.hasPrefix("0b") { return "a number" }
    let rest = text.utf8.dropFirst(first.isASCIIDigit ? 0 : 1)
    guard rest.contains(where: \.isASCIIDigit) else { return nil }
    if rest.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "_") }) {
      return rest.contains(UInt8(ascii: ":")) ? "a number to the base of 60" : "a number"
    }
    return Double(text) == nil ? nil : "a number"
  }
}

/// Finding what somebody meant to write.
public enum Spelling {
  /// `did you mean \`word\`?` for the nearest of `words`, nil when none is near, or when the words are
  /// more than somebody has in mind.
  public static func suggestion(for text: String, among words: [String]) -> String? {
    let typed = Array(text.lowercased().unicodeScalars)
    guard typed.count <= 64, words.count <= 1000 else { return nil }
    let nearest =
      words
      .map { (word: $0, scalars: Array($0.lowercased().unicodeScalars)) }
      .filter { $0.scalars.count <= 64 }
      .map { ($0.word, distance(typed, $0.scalars)) }
      .min { ($0.1, $0.0) < ($1.1, $1.0) }
    // Of a word of one letter nothing would be left.
    guard let (word, distance) = nearest,
      distance <= min(max(1, typed.count / 3), typed.count - 1)
    else { return nil }
    return "did you mean `\(word)`?"
  }

  /// Edits (insert, delete, replace, swap of neighbours) between two words.
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var previous = Array(0...right.count)
    for (row, scalar) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var best = min(
          previous[column + 1] + 1, current[column] + 1,
          previous[column] + (scalar == other ? 0 : 1))
        if row > 0, column > 0, scalar == right[column - 1], left[row - 1] == other {
          best = min(best, before[column - 1] + 1)
        }
        current.append(best)
      }
      (before, previous) = (previous, current)
    }
    return previous[right.count]
  }
}
