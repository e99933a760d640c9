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
  /// Does not load before the policy names people, and refuses most of them until it names all.
  var needsPeople = false

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

extension ImportedRule {
  /// The value of a setting.
  subscript(_ key: String) -> PolicyValue? { settings.first { $0.key == key }?.value }
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
    if let both = Self.both(there, rule) {
      rules[index] = both
      return
    }
    let taken = Set(there.settings.map(\.key))
    if there.isDraft == rule.isDraft, there.isEvaluated == rule.isEvaluated,
      taken.isDisjoint(with: rule.settings.map(\.key))
    {
      rules[index].settings += rule.settings
      rules[index].remarks += rule.remarks
    } else {
      others.append(rule)
    }
  }

  /// Two rules as one where what they say is a list of things forbidden, or about different people.
  private static func both(_ left: ImportedRule, _ right: ImportedRule) -> ImportedRule? {
    guard left.isDraft == right.isDraft, left.isEvaluated == right.isEvaluated else { return nil }
    var both = left
    for setting in right.settings {
      guard let index = both.settings.firstIndex(where: { $0.key == setting.key }) else {
        both.settings.append(setting)
        continue
      }
      switch (left.id, both.settings[index].value, setting.value) {
      case (_, let one, let other) where one == other: break
      case ("paths", .list(let one), .list(let other)):
        both.settings[index].value = .list(one + other.filter { !one.contains($0) })
      // `any` asks for nothing.
      case ("identity", .text("any"), let other): both.settings[index].value = other
      case ("identity", _, .text("any")): break
      default: return nil
      }
    }
    both.remarks += right.remarks.filter { !both.remarks.contains($0) }
    return both
  }

  /// Takes rules out.
  mutating func remove(_ ids: Set<String>) { rules.removeAll { ids.contains($0.id) } }

  /// Changes every rule.
  mutating func change(_ body: (inout ImportedRule) -> Void) {
    for index in rules.indices { body(&rules[index]) }
  }

  /// Every name in its conditions and rules that may be somebody's.
  var names: [String] {
    (when + except + rules.flatMap(\.settings)).flatMap(\.value.texts)
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
  private var ids: [String: String] = [:]
  private var idsByEmail: [String: String] = [:]
  private var taken: Set<String> = []
  private var rolesByWhat: [[String]: String] = [:]

  /// The person who logs in as `login`.
  mutating func person(login: String) -> String {
    if let known = ids[login] { return known }
    let id = free(Self.name(from: login))
    people.append(Person(id: id, logins: id == login ? [] : [login]))
    ids[login] = id
    taken.insert(login)
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
    if let known = idsByEmail[lower] { return known }
    let id = free(Self.name(from: String(decoding: parts[0], as: UTF8.self)))
    people.append(Person(id: id, emails: [lower]))
    idsByEmail[lower] = id
    return id
  }

  /// The role that stands for `what`, with these members; one of the same name and members is shared.
  mutating func role(_ name: String, members: [String], for what: String? = nil) -> String {
    // Roles without members are told apart by what they stand for.
    let key = members + ["", what ?? ""]
    if let known = rolesByWhat[key] { return known }
    let id = free(Self.name(from: name))
    roles.append(Role(id: id, members: members, remark: what))
    rolesByWhat[key] = id
    return id
  }

  /// Leaves out who is in no role and not among `names`: where people are named, nobody else counts.
  mutating func keep(_ names: Set<String>) {
    let members = Set(roles.flatMap(\.members))
    people.removeAll { !members.contains($0.id) && !names.contains($0.id) }
  }

  /// A name that neither a person nor a role has, from now on taken.
  private mutating func free(_ name: String) -> String {
    var free = name
    var number = taken.contains(name) ? taken.count : 0
    // Numbers count up from 2 while there are few, and are found at once where there are many.
    if number > 0 {
      number = 2
      while number < 1_000, taken.contains("\(name)-\(number)") { number += 1 }
      if taken.contains("\(name)-\(number)") { number = taken.count + 1_000 }
      free = "\(name)-\(number)"
    }
    taken.insert(free)
    return free
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
