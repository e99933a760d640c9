internal import GitModel
internal import Policy

/// Configurations of commitlint in JSON or YAML, those in package.json included.
///
/// Errors become one rule, warnings one that only reports. What `@commitlint/config-conventional` and
/// `@commitlint/config-angular` say is built in.
struct CommitlintImport {
  /// One rule: how bad breaking it is, whether it is turned round, its value.
  struct Setting {
    let level: Int
    let isAlways: Bool
    let value: Value
    let position: Position
    /// The configuration that it comes from, when that is not the file itself.
    var origin: String?
  }

  enum Value: Hashable {
    case none
    case number(Int)
    case text(String)
    case texts([String])
    case other
  }

  private let source: ImportSource
  private var settings: [(name: String, setting: Setting)] = []

  static func read(_ root: SettingsNode, _ source: ImportSource) {
    guard let outer = ForeignMap(root, "the configuration", source) else { return }
    var reader = CommitlintImport(source: source)
    // A package.json has it under a key of its own, and much else.
    if let inner = outer.map("commitlint") { reader.read(inner) } else { reader.read(outer) }
  }

  private init(source: ImportSource) { self.source = source }

  private mutating func read(_ map: ForeignMap) {
    for (name, position) in map.texts("extends") { extend(name, at: position) }
    if let rules = map.map("rules") {
      for entry in rules.entries {
        guard let setting = setting(entry) else { continue }
        set(entry.key, setting)
      }
    }
    preset(map)
    for key in ["ignores", "plugins"] where map.node(key) != nil {
      guard let node = map.node(key), node.value != .list([]), node.value != .map([]) else {
        continue
      }
      source.note(
        map.place(key), key, "it is a program",
        instead: key == "ignores"
          ? "`exempt: [merge, revert, cherry-pick, bot]`" : "the rule `exec`")
    }
    if map.text("helpUrl") != nil {
      source.note(
        map.place("helpUrl"), "helpUrl", "refusals name the command that mends, and no page")
    }
    map.skip("formatter", "prompt", "helpUrl", "$schema")
    let isExempting = map.flag("defaultIgnores") ?? true
    let keys = Set(CommitlintRules.known)
    map.finish(
      instead: map.entries.contains { keys.contains($0.key) }
        ? "commitlint reads rules under `rules` only" : nil)
    write(isExempting: isExempting)
  }

  private mutating func extend(_ name: String, at position: Position) {
    guard let rules = CommitlintRules.config(name) else {
      source.note(
        position, "extends: \(name.shown)", "what it says is not in this file",
        instead: "import what `npx commitlint --print-config json` prints")
      return
    }
    for rule in rules {
      set(
        rule.name,
        Setting(
          level: rule.level, isAlways: rule.isAlways, value: rule.value, position: position,
          origin: name))
    }
  }

  private mutating func set(_ name: String, _ setting: Setting) {
    settings.append((name, setting))
  }

  private func preset(_ map: ForeignMap) {
    guard let node = map.node("parserPreset") else { return }
    var hasPattern = false
    if case .map(let entries) = node.value {
      for entry in entries where entry.key == "parserOpts" {
        if case .map(let options) = entry.node.value {
          hasPattern = options.contains { $0.key == "headerPattern" || $0.key == "issuePrefixes" }
        }
      }
    } else if case .scalar(let name, _) = node.value {
      hasPattern = !name.contains("conventional") && !name.contains("angular")
    }
    if hasPattern {
      source.note(
        map.place("parserPreset"), "parserPreset",
        "subjects are read as `type(scope)!: description`, and no other way",
        instead: "`commit-message: {matches: PATTERN}` without `conventional`")
    }
  }

  /// `[level, always|never, value]`, or the level alone.
  private func setting(_ entry: SettingsNode.Entry) -> Setting? {
    let items = if case .list(let items) = entry.node.value { items } else { [entry.node] }
    var level: Int?
    if case .scalar(let text, _)? = items.first?.value { level = Int(text) }
    guard let level, (0...2).contains(level) else {
      source.note(
        entry.position, "\(entry.key.shown)", "it is no `[level, always|never, value]`",
        instead: "commitlint itself does not read it")
      return nil
    }
    var isAlways = true
    if items.count > 1, case .scalar("never", _) = items[1].value { isAlways = false }
    var value = Value.none
    if items.count > 2 {
      switch items[2].value {
      case .scalar(let text, isQuoted: false) where Int(text) != nil:
        value = .number(Int(text) ?? 0)
      case .scalar(let text, _): value = .text(text)
      case .list(let list):
        let texts = list.compactMap { item -> String? in
          if case .scalar(let text, _) = item.value { text } else { nil }
        }
        value = texts.count == list.count ? .texts(texts) : .other
      case .absent: value = .none
      case .map(let entries):
        // The long form of `scope-enum` and `scope-case`.
        let key = entry.key == "scope-enum" ? "scopes" : "cases"
        let list = entries.first { $0.key == key }?.node.value
        if case .list(let list)? = list {
          value = .texts(
            list.compactMap { if case .scalar(let text, _) = $0.value { text } else { nil } })
        } else {
          value = .other
        }
      }
    }
    return Setting(level: level, isAlways: isAlways, value: value, position: entry.position)
  }

  private func write(isExempting: Bool) {
    // The last word on a rule counts.
    let last = Dictionary(
      settings.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: max)
    let settings = settings.enumerated().filter { last[$0.element.name] == $0.offset }
      .map(\.element)
    for (level, name) in [(2, "commit messages"), (1, "commit messages, warnings")] {
      var ruleset = ImportedRuleset(name, refs: ["**"])
      ruleset.isEvaluated = level == 1
      if level == 1 { ruleset.remarks = ["what commitlint warns of only reports"] }
      var writer = CommitlintRules(
        source: source, level: level, settings: settings.filter { $0.setting.level == level },
        all: settings)
      writer.write()
      for var rule in writer.rules {
        if isExempting {
          rule.settings.append(.init("exempt", .texts(["merge", "revert"])))
        }
        ruleset.add(rule)
      }
      source.draft.add(ruleset)
    }
  }
}
