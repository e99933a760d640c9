internal import Policy

/// Lays the files of a policy over one another, at the level of what stands in them: people, roles and
/// calendars entry by entry, rulesets by name and key by key, rules by id. What is locked stays.
struct PolicyMerge {
  private let problems: ProblemList
  private var version: SettingsNode.Entry?
  private var sections: [Section: Entries] = [:]
  private var rulesets: [MergedRuleset] = []
  private var places: [String: Int] = [:]
  private var rest = Entries()
  private var rulesetsKey: Position?
  private var locks = PolicyLocks()

  /// One map, as it is.
  enum Section: String, CaseIterable { case people, roles, calendars }

  /// What `parts` come to together, the last of them laid on top.
  static func merged(_ parts: [PolicyPart], problems: ProblemList) -> SettingsNode {
    var merge = PolicyMerge(problems: problems)
    for part in parts { merge.lay(part) }
    let start = Position(line: 1, column: 1)
    return SettingsNode(.map(merge.entries), at: parts.last?.root.position ?? start)
  }

  private init(problems: ProblemList) { self.problems = problems }

  private var entries: [SettingsNode.Entry] {
    var all = [version].compactMap { $0 }
    for section in Section.allCases {
      guard let merged = sections[section], let position = merged.position else { continue }
      all.append(merged.entry(section.rawValue, at: position))
    }
    if let rulesetsKey {
      let list = SettingsNode(.list(rulesets.map(\.node)), at: rulesetsKey)
      all.append(SettingsNode.Entry(key: "rulesets", position: rulesetsKey, node: list))
    }
    return all + rest.all
  }

  private mutating func lay(_ part: PolicyPart) {
    guard case .map(let entries) = part.root.value else { return }
    let reader = SettingsReader(part.root, name: "the policy", isKey: false, problems: problems)
    for entry in entries {
      switch entry.key {
      case "extends": continue
      case "version": version = entry
      case "rulesets":
        rulesetsKey = entry.position
        lay(reader.items("rulesets") ?? [], of: part)
      default:
        guard let section = Section(rawValue: entry.key) else {
          if let words = locks.words(against: entry.key) {
            problems.add(
              "\(entry.key.quoted) \(words)", at: entry.position, hint: "leave it out here")
            continue
          }
          if entry.key == "release" { lay(release: entry) } else { rest.set(entry) }
          continue
        }
        lay(reader.entries(entry.key), section, at: entry.position)
      }
    }
    lock(part)
  }

  private mutating func lay(
    _ entries: [SettingsNode.Entry], _ section: Section, at position: Position
  ) {
    var merged = sections[section] ?? Entries()
    merged.position = position
    for entry in entries {
      // A role that is named without people asks for some; it takes none away.
      if entry.node.value == .absent, section != .people, merged[entry.key] != nil { continue }
      if let lock = locks.lock(on: section, entry.key) {
        problems.add(
          "\(section.article) \(entry.key.quoted) \(lock.words)", at: entry.position,
          hint: "leave it out here; \(lock.place) has the last word on it")
        continue
      }
      merged.set(entry)
    }
    sections[section] = merged
  }

  /// Key by key, so that who states one of them takes none of the others away.
  private mutating func lay(release entry: SettingsNode.Entry) {
    guard case .map(let keys) = entry.node.value else {
      // Nothing takes nothing away, and what is no map its reader tells.
      if rest["release"] == nil || entry.node.value != .absent { rest.set(entry) }
      return
    }
    var merged = Entries(rest["release"]?.node.entries ?? [])
    for key in keys {
      if let words = locks.release.words(against: key.key) {
        problems.add(
          "\(key.key.quoted) of `release` \(words)", at: key.position, hint: "leave it out here")
        continue
      }
      merged.set(key)
    }
    rest.set(merged.entry("release", at: entry.position))
  }

  private mutating func lay(_ items: [SettingsNode], of part: PolicyPart) {
    var seen: [String: Position] = [:]
    for item in items {
      guard case .map(let entries) = item.value, let name = MergedRuleset.name(in: entries) else {
        rulesets.append(MergedRuleset(item, name: nil))
        continue
      }
      if let first = seen[name] {
        problems.add(
          "the ruleset \(name.quoted) stands here again", at: item.position,
          hint: "one of that name starts on line \(first.line); give this one another name")
        continue
      }
      seen[name] = item.position
      guard let index = places[name] else {
        places[name] = rulesets.count
        rulesets.append(MergedRuleset(item, name: name))
        continue
      }
      if let lock = locks.rulesets[name] {
        problems.add(
          "the ruleset \(name.quoted) \(lock.words)", at: item.position,
          hint: "give this one another name: rulesets on the same refs add up")
        continue
      }
      rulesets[index].stated.append(item.position)
      for entry in entries where entry.key != "name" {
        lay(entry, over: index, named: name)
      }
    }
  }

  private mutating func lay(
    _ entry: SettingsNode.Entry, over index: Int, named name: String
  ) {
    guard entry.key == "rules" else {
      if locks.hasRule(of: name) {
        problems.add(
          "\(entry.key.quoted) of the ruleset \(name.quoted) stays as it is: \(locks.ruleWords(of: name))",
          at: entry.position,
          hint: "write a ruleset of another name: rulesets on the same refs add up")
        return
      }
      rulesets[index].keys.set(entry)
      return
    }
    guard case .map(let rules) = entry.node.value else {
      if entry.node.value != .absent {
        problems.add(
          "`rules` takes a map, not a list or a single value", at: entry.node.position)
      }
      return
    }
    for rule in rules {
      if let lock = locks.rules[name]?[rule.key] {
        problems.add(
          "the rule \(rule.key.quoted) of \(name.quoted) \(lock.words)", at: rule.position,
          hint:
            "state a stricter one in a ruleset of another name: rulesets on the same refs add up"
        )
        continue
      }
      rulesets[index].rules.set(rule)
    }
  }

  /// Takes up what `part` locks, and whom and what that names.
  private mutating func lock(_ part: PolicyPart) {
    let laid = PolicyLocks.Laid(
      sections: sections, closure: part.closure)
    for ruleset in rulesets {
      guard let name = ruleset.name, ruleset.stated.contains(where: { $0.file == part.file }) else {
        continue
      }
      let isOwn = locks.take(
        ruleset, named: name, by: part.file, laid: laid, problems: problems)
      if isOwn {
        let file = part.file?.printableText ?? "this file"
        locks.take(people: laid, of: file)
        if let entry = rest["statements"], part.closure.contains(entry.position.file) {
          locks.take(statements: entry, of: file)
        }
        let release = rest["release"]?.node.entries ?? []
        locks.take(
          release: release.filter { part.closure.contains($0.position.file) }, of: ruleset,
          named: name, by: file, laid)
        for entry in release where !part.closure.contains(entry.position.file) {
          guard let words = locks.release.words(against: entry.key) else { continue }
          problems.add(
            "\(entry.key.quoted) of `release` \(words), and stands here before that",
            at: entry.position, hint: "leave it out here")
        }
      }
      guard isOwn, let other = ruleset.stated.first(where: { !part.closure.contains($0.file) }),
        let here = ruleset.stated.last
      else { continue }
      // What an unrelated file says of a locked ruleset could loosen it from behind.
      problems.add(
        "the ruleset \(name.quoted) is locked here, and \(other.place) states it too", at: here,
        hint: "give one of the two another name: rulesets on the same refs add up")
    }
    for entry in sections[.calendars]?.all ?? [] where entry.position.file == part.file {
      locks.take(calendar: entry, laid: laid, problems: problems)
    }
  }
}

/// Entries of a map by key, in the order in which the keys were first met.
struct Entries {
  private(set) var all: [SettingsNode.Entry] = []
  private var places: [String: Int] = [:]
  /// Where the key that holds them stands, the last time that it was met.
  var position: Position?

  init(_ entries: [SettingsNode.Entry] = []) {
    for entry in entries { set(entry) }
  }

  subscript(_ key: String) -> SettingsNode.Entry? { places[key].map { all[$0] } }

  mutating func set(_ entry: SettingsNode.Entry) {
    if let place = places[entry.key] {
      all[place] = entry
    } else {
      places[entry.key] = all.count
      all.append(entry)
    }
  }

  func entry(_ key: String, at position: Position) -> SettingsNode.Entry {
    SettingsNode.Entry(
      key: key, position: position, node: SettingsNode(.map(all), at: position))
  }
}

/// A ruleset as the files laid so far state it.
struct MergedRuleset {
  let name: String?
  /// Where files state it, the first of them first.
  var stated: [Position]
  /// Its keys but `rules`.
  var keys: Entries
  /// Its rules.
  var rules: Entries
  private let raw: SettingsNode
  private let rulesEntry: SettingsNode.Entry?

  init(_ node: SettingsNode, name: String?) {
    (self.name, raw, stated) = (name, node, [node.position])
    guard case .map(let entries) = node.value else {
      (keys, rules, rulesEntry) = (Entries(), Entries(), nil)
      return
    }
    keys = Entries(entries.filter { $0.key != "rules" })
    rulesEntry = entries.first { $0.key == "rules" }
    if case .map(let rules)? = rulesEntry?.node.value {
      self.rules = Entries(rules)
    } else {
      rules = Entries()
    }
  }

  /// The text under `name`, as far as it is one.
  static func name(in entries: [SettingsNode.Entry]) -> String? {
    guard case .scalar(let text, _)? = entries.first(where: { $0.key == "name" })?.node.value
    else { return nil }
    return text
  }

  var node: SettingsNode {
    guard case .map = raw.value else { return raw }
    var entries = keys.all
    if rules.all.isEmpty {
      // Nothing, or no map: whoever reads it says so.
      if let rulesEntry { entries.append(rulesEntry) }
    } else {
      let position = rulesEntry?.position ?? rules.all.first?.position ?? raw.position
      entries.append(rules.entry("rules", at: position))
    }
    return SettingsNode(.map(entries), at: raw.position)
  }
}

extension PolicyMerge.Section {
  /// For messages.
  var article: String {
    switch self {
    case .people: "the person"
    case .roles: "the role"
    case .calendars: "the calendar"
    }
  }
}
