internal import GitModel
internal import Policy

/// What the rules of commitlint are in a policy, and what the configurations say that most extend.
struct CommitlintRules {
  typealias Setting = CommitlintImport.Setting
  typealias Value = CommitlintImport.Value

  let source: ImportSource
  /// 2 for errors, 1 for warnings.
  let level: Int
  /// The rules of that level.
  let settings: [(name: String, setting: Setting)]
  /// The rules of any level.
  let all: [(name: String, setting: Setting)]
  /// What they come to.
  private(set) var rules: [ImportedRule] = []
  private var message: [PolicyValue.Setting] = []
  private var remarks: [String] = []

  init(
    source: ImportSource, level: Int, settings: [(name: String, setting: Setting)],
    all: [(name: String, setting: Setting)]
  ) {
    (self.source, self.level, self.settings, self.all) = (source, level, settings, all)
  }

  /// The names of commitlint's own rules.
  static let known = [
    "body-case", "body-empty", "body-full-stop", "body-leading-blank", "body-max-length",
    "body-max-line-length", "body-min-length", "breaking-change-exclamation-mark",
    "footer-empty", "footer-leading-blank", "footer-max-length", "footer-max-line-length",
    "footer-min-length", "header-case", "header-full-stop", "header-max-length",
    "header-min-length", "header-trim", "references-empty", "scope-case",
    "scope-delimiter-style", "scope-empty", "scope-enum", "scope-max-length",
    "scope-min-length", "signed-off-by", "subject-case", "subject-empty",
    "subject-exclamation-mark", "subject-full-stop", "subject-max-length",
    "subject-min-length", "trailer-exists", "type-case", "type-empty", "type-enum",
    "type-max-length", "type-min-length",
  ]

  /// A rule of a built-in configuration.
  struct BuiltIn {
    let name: String
    let level: Int
    let isAlways: Bool
    var value = Value.none
  }

  /// The rules of a configuration that is built in; nil for another.
  static func config(_ name: String) -> [BuiltIn]? {
    switch name {
    case "@commitlint/config-conventional", "conventional", "@commitlint/conventional":
      common + [
        BuiltIn(name: "body-max-line-length", level: 2, isAlways: true, value: .number(100)),
        BuiltIn(name: "footer-max-line-length", level: 2, isAlways: true, value: .number(100)),
        BuiltIn(name: "header-max-length", level: 2, isAlways: true, value: .number(100)),
        BuiltIn(name: "header-trim", level: 2, isAlways: true),
        BuiltIn(name: "type-enum", level: 2, isAlways: true, value: .texts(types + ["chore"])),
      ]
    case "@commitlint/config-angular", "angular", "@commitlint/angular":
      common + [
        BuiltIn(name: "subject-exclamation-mark", level: 2, isAlways: false),
        BuiltIn(name: "header-max-length", level: 2, isAlways: true, value: .number(72)),
        BuiltIn(name: "scope-case", level: 2, isAlways: true, value: .text("lower-case")),
        BuiltIn(name: "type-enum", level: 2, isAlways: true, value: .texts(types)),
      ]
    default: nil
    }
  }

  private static let types = [
    "build", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test",
  ]

  private static let common = [
    BuiltIn(name: "body-leading-blank", level: 1, isAlways: true),
    BuiltIn(name: "footer-leading-blank", level: 1, isAlways: true),
    BuiltIn(
      name: "subject-case", level: 2, isAlways: false,
      value: .texts(["sentence-case", "start-case", "pascal-case", "upper-case"])),
    BuiltIn(name: "subject-empty", level: 2, isAlways: false),
    BuiltIn(name: "subject-full-stop", level: 2, isAlways: false, value: .text(".")),
    BuiltIn(name: "type-case", level: 2, isAlways: true, value: .text("lower-case")),
    BuiltIn(name: "type-empty", level: 2, isAlways: false),
  ]

  /// Whether the subject must have a type, at this level or a worse one.
  private var isConventional: Bool {
    all.contains { $0.name == "type-empty" && !$0.setting.isAlways && $0.setting.level >= level }
  }

  mutating func write() {
    for (name, setting) in settings { write(name, setting) }
    let needsTypes = message.contains { Self.conventionalKeys.contains($0.key) }
    if isConventional, needsTypes || settings.contains(where: { $0.name == "type-empty" }) {
      message.insert(.init("conventional", .flag(true)), at: 0)
    } else if needsTypes {
      for key in message.map(\.key) where Self.conventionalKeys.contains(key) {
        source.note(
          line: settings.first?.setting.position.line ?? 1, key,
          "it is only kept where a subject has a type, and no rule here asks so",
          instead: "add `type-empty: [2, never]`, or `conventional: true` to the policy")
      }
      message.removeAll { Self.conventionalKeys.contains($0.key) }
    }
    if !message.isEmpty { blankLine() }
    if !message.isEmpty {
      var rule = ImportedRule("commit-message")
      rule.settings = message
      rule.remarks = remarks
      rules.insert(rule, at: 0)
    }
  }

  /// Whether the second line must be empty, which a policy wants unless it says otherwise.
  private mutating func blankLine() {
    let stated = all.first { $0.name == "body-leading-blank" && $0.setting.isAlways }?.setting.level
    switch stated ?? 0 {
    case 0: say("blank-second-line", .flag(false))
    case 1 where level == 2:
      remarks.append("the second line must be empty, of which commitlint only warned")
    default: break
    }
  }

  private static let conventionalKeys: Set<String> = [
    "types", "scopes", "scope", "type-case", "scope-case",
  ]

  private mutating func say(_ key: String, _ value: PolicyValue) {
    if let index = message.firstIndex(where: { $0.key == key }) {
      message[index].value = value
    } else {
      message.append(.init(key, value))
    }
  }

  private func drop(_ name: String, _ setting: Setting, _ why: String, instead: String? = nil) {
    let origin = setting.origin.map { " of \($0.printableText)" } ?? ""
    source.note(setting.position, "\(name.shown)\(origin)", why, instead: instead)
  }

  private mutating func write(_ name: String, _ setting: Setting) {
    switch (name, setting.isAlways, setting.value) {
    case ("type-enum", true, .texts(let types)) where !types.isEmpty:
      say("types", .texts(types))
    case ("scope-enum", true, .texts(let scopes)):
      if !scopes.isEmpty { say("scopes", .texts(scopes)) }
    case ("type-empty", false, _), ("subject-empty", false, _), ("header-trim", true, _):
      // A conventional subject has a type and a description, and starts with the type.
      break
    case ("scope-empty", let isAlways, _):
      say("scope", .text(isAlways ? "forbidden" : "required"))
    case ("header-max-length", true, .number(let count)): say("subject-maximum", .number(count))
    case ("header-min-length", true, .number(let count)) where count > 0:
      say("subject-minimum", .number(count))
    case ("subject-max-length", true, .number(let count)):
      say("description-maximum", .number(count))
    case ("subject-min-length", true, .number(let count)) where count > 0:
      say("description-minimum", .number(count))
    case ("body-max-line-length", true, .number(let count)):
      say("body-line-maximum", .number(count))
    case ("body-min-length", true, .number(let count)) where count > 0:
      say("body-minimum", .number(count))
    case ("body-empty", false, _): say("body-minimum", .number(1))
    case ("subject-full-stop", false, .text(".")), ("subject-full-stop", false, .none),
      ("header-full-stop", false, .text(".")), ("header-full-stop", false, .none):
      say("full-stop", .flag(false))
    case ("body-leading-blank", true, _), ("footer-leading-blank", true, _):
      // The default of the rule, and git's own wish: see `blankLine`.
      break
    case ("type-case", true, let value), ("scope-case", true, let value):
      letters(name, value, setting)
    case ("subject-case", let isAlways, let value): subjectCase(isAlways, value, setting)
    case ("signed-off-by", true, let value), ("trailer-exists", true, let value):
      trailer(value, isRequired: true)
    case ("trailer-exists", false, let value), ("signed-off-by", false, let value):
      trailer(value, isRequired: false)
    case ("references-empty", false, _):
      rules.append(
        ImportedRule(
          "tickets",
          [("pattern", .text("#[0-9]+")), ("in", .texts(["subject", "body", "trailers"]))]))
    case ("subject-exclamation-mark", false, _):
      say("forbids", .text(#"^[^:\n]*!:"#))
    default:
      if setting.level == 0 { return }
      let isOwn = Self.known.contains(name)
      drop(
        name, setting,
        isOwn ? "`commit-message` has no key for it" : "commitlint has no such rule of its own",
        instead: isOwn ? "`matches` and `forbids` take patterns" : "the rule `exec` runs a program")
    }
  }

  /// The cases that are told by looking at letters.
  private static let letterCases = [
    "lower-case": "lower", "lowercase": "lower", "lowerCase": "lower", "upper-case": "upper",
    "uppercase": "upper", "kebab-case": "kebab", "snake-case": "snake", "camel-case": "camel",
    "pascal-case": "pascal", "sentence-case": "upper-start", "sentencecase": "upper-start",
  ]

  private mutating func letters(_ name: String, _ value: Value, _ setting: Setting) {
    let words: [String]
    switch value {
    case .text(let text): words = [text]
    case .texts(let texts): words = texts
    default: words = []
    }
    let cases = words.compactMap { Self.letterCases[$0] }
    guard cases.count == words.count, !cases.isEmpty else {
      drop(name, setting, "there is no such case here", instead: "`matches` takes a pattern")
      return
    }
    // Where all names are given, their letters are.
    let list = name == "type-case" ? "type-enum" : "scope-enum"
    if cases == ["lower"],
      case .texts(let names)? = all.first(where: {
        $0.name == list && $0.setting.level >= level && $0.setting.isAlways
      })?.setting.value, !names.isEmpty, names.allSatisfy({ $0 == $0.lowercased() })
    {
      return
    }
    say(name, .texts(cases))
  }

  private mutating func subjectCase(_ isAlways: Bool, _ value: Value, _ setting: Setting) {
    let words: Set<String>
    switch value {
    case .text(let text): words = [text]
    case .texts(let texts): words = Set(texts)
    default: words = []
    }
    // Every one of the four starts with a capital, and `sentence-case` wants no more than that.
    if !isAlways, words.contains("sentence-case"),
      words.isSubset(of: ["sentence-case", "start-case", "pascal-case", "upper-case"])
    {
      say("description-case", .texts(["lower-start"]))
      return
    }
    let cases = words.sorted().compactMap { Self.letterCases[$0] }
    guard isAlways, cases.count == words.count, !cases.isEmpty,
      Set(cases).isSubset(of: ["lower", "upper", "upper-start"])
    else {
      drop(
        "subject-case", setting, "there is no such case here", instead: "`matches` takes a pattern")
      return
    }
    say("description-case", .texts(cases))
  }

  private mutating func trailer(_ value: Value, isRequired: Bool) {
    var key = "Signed-off-by"
    if case .text(let text) = value {
      key = String(text.prefix { $0 != ":" && $0 != " " })
    }
    let isKey =
      !key.isEmpty
      && key.utf8.allSatisfy {
        $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-")
      }
    guard isKey else { return }
    rules.append(ImportedRule("trailers", [(isRequired ? "required" : "forbidden", .texts([key]))]))
  }
}
