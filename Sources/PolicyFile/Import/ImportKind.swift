internal import GitModel
internal import Policy

/// Which system a file is from.
public enum ImportKind: String, CaseIterable, Sendable {
  /// A GitHub ruleset, or a list of them.
  case githubRuleset = "github-ruleset"
  /// GitHub's classic branch protection.
  case githubProtection = "github-protection"
  /// GitLab push rules.
  case gitlabPushRules = "gitlab-push-rules"
  /// CODEOWNERS of GitHub or GitLab.
  case codeowners
  /// A commitlint configuration.
  case commitlint
  /// gitolite.conf.
  case gitolite
  /// `.policy.yml` of policy-bot.
  case policyBot = "policy-bot"
  /// Settings of YACC.
  case yacc

  /// What it is called in a sentence.
  public var title: String {
    switch self {
    case .githubRuleset: "GitHub ruleset"
    case .githubProtection: "GitHub branch protection"
    case .gitlabPushRules: "GitLab push rules"
    case .codeowners: "CODEOWNERS"
    case .commitlint: "commitlint"
    case .gitolite: "gitolite"
    case .policyBot: "policy-bot"
    case .yacc: "YACC"
    }
  }

  /// Whether its files are lines of their own grammar.
  var isLines: Bool { self == .codeowners || self == .gitolite }

  private static let gitlabKeys: Set<String> = [
    "commit_message_regex", "commit_message_negative_regex", "branch_name_regex",
    "deny_delete_tag", "member_check", "prevent_secrets", "author_email_regex",
    "file_name_regex", "commit_committer_check", "reject_unsigned_commits",
    "reject_non_dco_commits",
  ]

  private static let protectionKeys: Set<String> = [
    "required_pull_request_reviews", "required_status_checks", "enforce_admins", "restrictions",
    "allow_force_pushes", "allow_deletions", "required_linear_history", "protection",
  ]

  /// The kind of a document of maps and lists; nil where it is none of them.
  static func of(_ root: SettingsNode) -> ImportKind? {
    switch root.value {
    case .absent: return .gitlabPushRules
    case .scalar: return nil
    case .list(let items):
      let kinds = Set(items.map(of))
      return kinds == [.githubRuleset] ? .githubRuleset : nil
    case .map(let entries):
      let keys = Set(entries.map(\.key))
      func isList(_ key: String) -> Bool {
        if case .list? = entries.first(where: { $0.key == key })?.node.value { true } else { false }
      }
      if isList("rules"), !keys.isDisjoint(with: ["enforcement", "target", "conditions"]) {
        return .githubRuleset
      }
      if keys.contains("approval_rules") || keys.isSuperset(of: ["policy"])
        || (keys.contains("remote") && !keys.contains("rules"))
      {
        return .policyBot
      }
      if !keys.isDisjoint(with: YaccImport.keys) { return .yacc }
      if !keys.isDisjoint(with: gitlabKeys) { return .gitlabPushRules }
      if keys.contains("commitlint") { return .commitlint }
      if !keys.isDisjoint(with: protectionKeys) { return .githubProtection }
      if !keys.isDisjoint(with: ["extends", "parserPreset", "defaultIgnores"]) {
        return .commitlint
      }
      if keys.contains("rules"), !isList("rules") { return .commitlint }
      return nil
    }
  }

  /// The kind of a file that is lines; nil where its lines are of no grammar that is known, or of
  /// several.
  static func ofLines(_ bytes: Bytes) -> ImportKind? {
    var owned = 0
    var gitolite = 0
    var properties = 0
    var lines = 0
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let text = String(decoding: line.trimmed, as: UTF8.self)
      if text.isEmpty || text.hasPrefix("#") { continue }
      lines += 1
      let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
      if words[0] == "repo" || (words[0].hasPrefix("@") && words.dropFirst().first == "=") {
        gitolite += 1
      }
      let key = text.prefix { $0 != "=" && $0 != ":" && $0 != " " }
      if YaccImport.keys.contains(String(key)) { properties += 1 }
      if words.dropFirst().contains(where: { $0.contains("@") }) || text.hasPrefix("[")
        || text.hasPrefix("^[")
      {
        owned += 1
      }
    }
    if gitolite > 0 { return .gitolite }
    if properties > 0 { return .yacc }
    return owned > 0 && owned * 2 >= lines ? .codeowners : nil
  }

  /// The kind that a file's name tells, for a file whose content does not.
  static func ofName(_ file: String) -> ImportKind? {
    let name = file.split(separator: "/").last.map(String.init)?.lowercased() ?? ""
    if name.hasSuffix("codeowners") { return .codeowners }
    if name.contains("commitlintrc") { return .commitlint }
    if name.hasSuffix("gitolite.conf") { return .gitolite }
    if name.hasSuffix(".policy.yml") { return .policyBot }
    return nil
  }
}

/// One file read as far as its kind.
struct ImportDocument {
  let file: String
  let bytes: Bytes
  let kind: ImportKind
  /// What a file of maps and lists holds; nil for one of lines.
  let root: SettingsNode?

  /// Reads `bytes` as `kind`, or as what they are.
  init(_ bytes: Bytes, file: String, kind stated: ImportKind?) throws(ImportFault) {
    (self.file, self.bytes) = (file, bytes)
    if let (place, control) = YAMLReader.firstUnreadable(in: bytes) {
      let what =
        control.map { "holds the control character 0x\(String($0, radix: 16))" } ?? "is not UTF-8"
      throw ImportFault("\(file):\(place.line):\(place.column): the file \(what)")
    }
    if let stated, stated.isLines {
      (kind, root) = (stated, nil)
      return
    }
    if stated == nil, Self.isProgram(bytes) {
      throw ImportFault(
        "\(file) is a program, which is not run",
        hints: ["import what `npx commitlint --print-config json` prints"])
    }
    if Self.isJSON(bytes) || bytes.trimmed.elementsEqual("null".utf8) {
      let problems = ProblemList()
      guard let root = JSONReader.root(of: bytes, problems: problems) else {
        throw ImportFault(file: file, problems)
      }
      guard let kind = stated ?? ImportKind.of(root) ?? ImportKind.ofName(file) else {
        throw Self.unknown(file)
      }
      guard !kind.isLines else { throw Self.unknown(file) }
      (self.kind, self.root) = (kind, root)
      return
    }
    let problems = ProblemList()
    let root = YAMLReader.root(of: bytes, mode: .lenient, problems: problems)
    if let stated {
      if let root, case .map = root.value {
        (kind, self.root) = (stated, root)
      } else if stated == .yacc {
        (kind, self.root) = (stated, YaccImport.properties(bytes))
      } else if let root {
        (kind, self.root) = (stated, root)
      } else {
        throw ImportFault(file: file, problems)
      }
      return
    }
    if let root, case .map = root.value, let kind = ImportKind.of(root) {
      (self.kind, self.root) = (kind, root)
    } else if let kind = ImportKind.ofLines(bytes) ?? ImportKind.ofName(file) {
      guard kind == .yacc || kind.isLines || root != nil else {
        throw ImportFault(file: file, problems)
      }
      self.kind = kind
      self.root = kind == .yacc ? YaccImport.properties(bytes) : kind.isLines ? nil : root
    } else {
      throw Self.unknown(file)
    }
  }

  private static func unknown(_ file: String) -> ImportFault {
    ImportFault(
      "it cannot be told what \(file) is",
      hints: [
        "say it with --from \(ImportKind.allCases.map(\.rawValue).joined(separator: ", "))"
      ])
  }

  /// Whether it starts as JSON does: `{`, or a list of `{`; `[Name]` is a section of CODEOWNERS.
  private static func isJSON(_ bytes: Bytes) -> Bool {
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    let text = start.trimmed
    guard let first = text.first else { return false }
    if first == UInt8(ascii: "{") { return true }
    guard first == UInt8(ascii: "[") else { return false }
    let next = text.dropFirst().trimmed.first
    return next == UInt8(ascii: "{") || next == UInt8(ascii: "]")
  }

  private static func isProgram(_ bytes: Bytes) -> Bool {
    bytes.split(separator: UInt8(ascii: "\n")).contains { line in
      let text = line.trimmed
      return text.starts(with: "module.exports".utf8) || text.starts(with: "export default".utf8)
        || text.starts(with: "import ".utf8) && text.last == UInt8(ascii: ";")
    }
  }
}
