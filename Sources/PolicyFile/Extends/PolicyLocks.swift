internal import Policy

/// What later files of a policy may not touch.
struct PolicyLocks {
  /// Why something is locked, and where that is said.
  struct Lock {
    /// Where the locked thing is stated, as `base.yml:12`.
    let place: String
    /// Where the lock stands.
    let words: String
  }

  /// What the files laid so far state, and which files the one that locks may speak for.
  struct Laid {
    let sections: [PolicyMerge.Section: Entries]
    let closure: Set<String?>

    /// The entry, when the file that locks states it, or one that it extends.
    func stated(_ section: PolicyMerge.Section, _ key: String) -> SettingsNode.Entry? {
      guard let entry = sections[section]?[key], closure.contains(entry.position.file) else {
        return nil
      }
      return section == .people || entry.node.value != .absent ? entry : nil
    }
  }

  private(set) var rulesets: [String: Lock] = [:]
  private(set) var rules: [String: [String: Lock]] = [:]
  private var entries: [PolicyMerge.Section: [String: Lock]] = [:]
  private var statements: Lock?
  private(set) var release = ReleaseLocks()

  func lock(on section: PolicyMerge.Section, _ key: String) -> Lock? { entries[section]?[key] }

  /// Why a later file may not state this key of the top; nil when it may. A list of keys could add one
  /// to somebody who is locked, and who may state what is what locked rules rest on.
  func words(against key: String) -> String? {
    switch key {
    case "statements": statements.map(\.words)
    case "allowed-signers":
      entries[.people]?.min { $0.key < $1.key }.map {
        "could give \($0.key.quoted) another key, who \($0.value.words)"
      }
    default: nil
    }
  }

  /// Locks what a file with locks, or what it extends, says under `statements`.
  mutating func take(statements entry: SettingsNode.Entry, of file: String) {
    guard statements == nil else { return }
    let place = entry.position.place
    statements = Lock(
      place: place, words: "is locked where \(place) states it: \(file) locks rules")
  }

  /// Locks what a file with locked rules locks of `release`, with the people and roles that it names.
  mutating func take(
    release laid: [SettingsNode.Entry], of ruleset: MergedRuleset, named name: String,
    by file: String, _ all: Laid
  ) {
    var locked: [(id: String, place: String)] = []
    for rule in ruleset.rules.all {
      guard let lock = rules[name]?[rule.key] ?? rulesets[name] else { continue }
      locked.append((rule.key, lock.place))
    }
    release.take(laid, rules: locked, of: file)
    for entry in laid where entry.key == "steps" {
      take(
        namesIn: [entry.node], because: "the locked key `steps`",
        at: entry.position, all)
    }
  }

  /// Whether a rule of the ruleset is locked.
  func hasRule(of ruleset: String) -> Bool { rules[ruleset] != nil }

  /// The first of a ruleset's locked rules, as `its rule ... is locked by ...`.
  func ruleWords(of ruleset: String) -> String {
    guard let (id, lock) = rules[ruleset]?.min(by: { $0.key < $1.key }) else { return "" }
    return "its rule \(id.quoted) \(lock.words)"
  }

  /// Locks what `ruleset` says is locked, with all that it names; whether `file` is the one that says
  /// so of anything.
  mutating func take(
    _ ruleset: MergedRuleset, named name: String, by file: String?, laid: Laid,
    problems: ProblemList
  ) -> Bool {
    var isOwn = false
    if let position = Self.lock(in: ruleset.keys.all, problems) {
      isOwn = position.file == file
      if rulesets[name] == nil { rulesets[name] = Lock(at: position) }
      take(
        namesIn: [ruleset.node], because: "the locked ruleset \(name.quoted)", at: position, laid)
    }
    for rule in ruleset.rules.all {
      guard case .map(let settings) = rule.node.value,
        let position = Self.lock(in: settings, problems)
      else { continue }
      isOwn = isOwn || position.file == file
      if rules[name]?[rule.key] == nil { rules[name, default: [:]][rule.key] = Lock(at: position) }
      let conditions = ["when", "except"].compactMap { ruleset.keys[$0]?.node }
      take(
        namesIn: [rule.node] + conditions, because: "the locked rule \(rule.key.quoted)",
        at: position, laid)
    }
    return isOwn
  }

  /// Locks everybody whom a file that locks something states: who is whom, and who is a bot, decides
  /// what rules say that name nobody.
  mutating func take(people laid: Laid, of file: String) {
    for entry in laid.sections[.people]?.all ?? [] {
      guard let stated = laid.stated(.people, entry.key) else { continue }
      let words =
        "is locked where \(stated.position.place) states it: \(file) locks rules, which go by people"
      add(.people, entry.key, Lock(place: stated.position.place, words: words))
    }
  }

  /// Locks a calendar that says so, with all that it names.
  mutating func take(calendar entry: SettingsNode.Entry, laid: Laid, problems: ProblemList) {
    guard case .map(let settings) = entry.node.value,
      let position = Self.lock(in: settings, problems)
    else { return }
    add(.calendars, entry.key, Lock(at: position))
    take(
      namesIn: [entry.node], because: "the locked calendar \(entry.key.quoted)", at: position, laid)
  }

  /// Locks every calendar, role and person that stands among the words of `nodes`, and the people who
  /// hold those roles. A word that only looks like a name locks too: too much is safe, and is told.
  private mutating func take(
    namesIn nodes: [SettingsNode], because reason: String, at position: Position, _ laid: Laid
  ) {
    var words: Set<String> = []
    for node in nodes { node.addWords(to: &words) }
    // A calendar says who may freeze it and who must be on duty.
    for calendar in words.compactMap({ laid.stated(.calendars, $0) }) {
      calendar.node.addWords(to: &words)
    }
    for word in words.sorted() {
      if let role = laid.stated(.roles, word) {
        add(.roles, word, Lock(role, because: "\(reason) names it", at: position))
        var holders: Set<String> = []
        role.node.addWords(to: &holders)
        for holder in holders.sorted() {
          add(
            .people, holder, laid.stated(.people, holder),
            because: "\(reason) names their role \(word.quoted)", at: position)
        }
      }
      for section in [PolicyMerge.Section.calendars, .people] {
        add(
          section, word, laid.stated(section, word), because: "\(reason) names it", at: position)
      }
    }
  }

  private mutating func add(
    _ section: PolicyMerge.Section, _ key: String, _ entry: SettingsNode.Entry?,
    because reason: String, at position: Position
  ) {
    guard let entry else { return }
    add(section, key, Lock(entry, because: reason, at: position))
  }

  private mutating func add(_ section: PolicyMerge.Section, _ key: String, _ lock: Lock) {
    if entries[section]?[key] == nil { entries[section, default: [:]][key] = lock }
  }

  /// Where `locked: true` stands; a `locked` that is neither true nor false is a problem, not a no.
  private static func lock(in entries: [SettingsNode.Entry], _ problems: ProblemList) -> Position? {
    guard let entry = entries.first(where: { $0.key == "locked" }) else { return nil }
    let reader = SettingsReader(
      SettingsNode(.map([entry]), at: entry.position), name: "locked", problems: problems)
    return reader.flag("locked") == true ? entry.position : nil
  }
}

extension PolicyLocks.Lock {
  /// A lock of its own.
  init(at position: Position) {
    self.init(place: position.place, words: "is locked by \(position.place)")
  }

  /// A lock on `entry` for the sake of something else that is locked.
  init(_ entry: SettingsNode.Entry, because reason: String, at position: Position) {
    self.init(
      place: entry.position.place,
      words: "is locked where \(entry.position.place) states it: \(reason) (\(position.place))")
  }
}

extension Position {
  /// For messages that name another file than the one that they are about: `base.yml:12`.
  var place: String { file.map { "\($0.printableText):\(line)" } ?? "line \(line)" }
}

extension SettingsNode {
  /// Collects every key and every value that stands in here.
  func addWords(to words: inout Set<String>) {
    switch value {
    case .absent: break
    case .scalar(let text, _): words.insert(text)
    case .list(let items): for item in items { item.addWords(to: &words) }
    case .map(let entries):
      for entry in entries {
        words.insert(entry.key)
        entry.node.addWords(to: &words)
      }
    }
  }
}
