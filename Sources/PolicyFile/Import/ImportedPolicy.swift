internal import GitModel

/// One rule as it is to be written.
struct ImportedRule: Hashable, Sendable {
  let id: String
  var settings: [PolicyValue.Setting]
  /// What a reader of the policy should know about it.
  var remarks: [String] = []
  /// Written as a comment: it would not load, or refuse everything, before a person adds something.
  var isDraft = false
  /// Reports, and does not refuse.
  var isEvaluated = false

  init(
    _ id: String, _ settings: [(String, PolicyValue)] = [], remark: String? = nil,
    isDraft: Bool = false, isEvaluated: Bool = false
  ) {
    self.id = id
    self.settings = settings.map { PolicyValue.Setting($0.0, $0.1) }
    remarks = remark.map { [$0] } ?? []
    (self.isDraft, self.isEvaluated) = (isDraft, isEvaluated)
  }
}

/// One ruleset as it is to be written.
struct ImportedRuleset: Hashable, Sendable {
  var name: String
  let refs: [String]
  var when: [PolicyValue.Setting] = []
  var except: [PolicyValue.Setting] = []
  var isEvaluated = false
  var remarks: [String] = []
  /// Written as a comment, for a person to finish.
  var isDraft = false
  private(set) var rules: [ImportedRule] = []
  /// Rules of which there is one already: a ruleset has each rule once, so they need one of their own.
  private var others: [ImportedRule] = []

  init(_ name: String, refs: [String], remarks: [String] = []) {
    (self.name, self.refs, self.remarks) = (name, refs, remarks)
  }

  /// Adds a rule; one that is there already takes the settings that it does not have.
  mutating func add(_ rule: ImportedRule) {
    guard let index = rules.firstIndex(where: { $0.id == rule.id }) else {
      rules.append(rule)
      return
    }
    let there = rules[index]
    let taken = Set(there.settings.map(\.key))
    if rule.settings == there.settings {
      rules[index].remarks += rule.remarks.filter { !there.remarks.contains($0) }
    } else if there.isDraft == rule.isDraft, there.isEvaluated == rule.isEvaluated,
      taken.isDisjoint(with: rule.settings.map(\.key))
    {
      rules[index].settings += rule.settings
      rules[index].remarks += rule.remarks
    } else {
      others.append(rule)
    }
  }

  /// Whether anything in it is to be judged.
  var isGuarding: Bool { !isDraft && rules.contains { !$0.isDraft } }

  /// This ruleset, and as many more as it takes until each rule stands once in each.
  var split: [ImportedRuleset] {
    var first = self
    first.others = []
    guard !others.isEmpty else { return [first] }
    var rest = ImportedRuleset(name, refs: refs)
    (rest.when, rest.except, rest.isEvaluated) = (when, except, isEvaluated)
    rest.isDraft = isDraft
    for rule in others { rest.add(rule) }
    return [first] + rest.split
  }
}

/// People and roles gathered from all inputs: one person once, whatever file names them.
struct ImportedPeople {
  struct Person: Hashable {
    let id: String
    var emails: [String] = []
    var logins: [String] = []
  }

  struct Role: Hashable {
    let id: String
    var members: [String]
    /// What it stands for in the imported file.
    let remark: String?
  }

  private(set) var people: [Person] = []
  private(set) var roles: [Role] = []

  /// The person who logs in as `login`.
  mutating func person(login: String) -> String {
    if let known = people.first(where: { $0.id == login || $0.logins.contains(login) }) {
      return known.id
    }
    let id = free(Self.name(from: login))
    people.append(Person(id: id, logins: id == login ? [] : [login]))
    return id
  }

  /// The person with this address; nil when a policy could not name it.
  mutating func person(email: String) -> String? {
    let bytes = Bytes(email.utf8)
    let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
      bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"<>,*?\"".utf8.contains($0) })
    else { return nil }
    let lower = String(decoding: bytes.asciiLowercased, as: UTF8.self)
    if let known = people.first(where: { $0.emails.contains(lower) }) { return known.id }
    let id = free(Self.name(from: String(decoding: parts[0], as: UTF8.self)))
    people.append(Person(id: id, emails: [lower]))
    return id
  }

  /// The role that stands for `what`, with these members; one of the same name and members is shared.
  mutating func role(_ name: String, members: [String], for what: String? = nil) -> String {
    let wanted = Self.name(from: name)
    if let known = roles.first(where: {
      $0.members == members && ($0.id == wanted || !members.isEmpty) && $0.remark == what
    }) {
      return known.id
    }
    let id = free(wanted)
    roles.append(Role(id: id, members: members, remark: what))
    return id
  }

  /// A name that neither a person nor a role has.
  private func free(_ name: String) -> String {
    func isTaken(_ text: String) -> Bool {
      people.contains { $0.id == text || $0.logins.contains(text) }
        || roles.contains { $0.id == text }
    }
    guard isTaken(name) else { return name }
    var number = 2
    while isTaken("\(name)-\(number)") { number += 1 }
    return "\(name)-\(number)"
  }

  /// The text with everything that a name may not hold as a dash.
  static func name(from text: String) -> String {
    let dashed = text.utf8.prefix(56).map { byte in
      byte.isASCIILetter || byte.isASCIIDigit || "-_.".utf8.contains(byte)
        ? byte : UInt8(ascii: "-")
    }
    let name = String(decoding: dashed, as: UTF8.self)
    // A name that YAML takes for a truth value or a number would want quotes wherever it stands.
    guard let first = dashed.first, first.isASCIILetter || YAMLText.scalar(name) != name else {
      return "x-\(name)"
    }
    return name
  }
}
