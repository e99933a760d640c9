public import GitModel
public import Schedule

/// Whether a violation refuses.
public enum Enforcement: String, Hashable, Sendable, CaseIterable {
  /// It does.
  case active
  /// It is told, and the push goes through.
  case evaluate
}

/// One rule as a policy states it.
public struct StatedRule: Sendable {
  /// The rule.
  public let rule: any Rule
  /// Its own enforcement.
  public let enforcement: Enforcement
  /// Where its name stands in the file.
  public let position: Position

  /// A rule as stated.
  public init(_ rule: any Rule, enforcement: Enforcement, position: Position) {
    (self.rule, self.enforcement, self.position) = (rule, enforcement, position)
  }

  /// Its name.
  public var id: RuleID { type(of: rule).id }
}

/// Some refs and the rules on them.
public struct Ruleset: Sendable {
  /// The name, unique in the policy.
  public let name: String
  /// Which refs.
  public let refs: RefSelection
  /// The patterns as written, for messages.
  public let patterns: [String]
  /// The rules in the order of the file.
  public let rules: [StatedRule]
  /// Where it starts in the file.
  public let position: Position

  /// A ruleset from its parts.
  public init(
    name: String, refs: RefSelection, patterns: [String], rules: [StatedRule], position: Position
  ) {
    (self.name, self.refs, self.patterns) = (name, refs, patterns)
    (self.rules, self.position) = (rules, position)
  }

  /// What its rules need to know together.
  public var needs: Needs {
    rules.reduce(into: Needs()) { $0.add($1.rule.needs) }
  }
}

/// A whole policy, read and checked.
public struct PolicyDocument: Sendable {
  /// The people and roles.
  public let people: People
  /// The calendars by name.
  public let calendars: [String: Calendar]
  /// The rulesets in the order of the file.
  public let rulesets: [Ruleset]

  /// A policy from its parts.
  public init(people: People, calendars: [String: Calendar], rulesets: [Ruleset]) {
    (self.people, self.calendars, self.rulesets) = (people, calendars, rulesets)
  }

  /// The rulesets that guard `name`.
  public func rulesets(guarding name: RefName) -> [Ruleset] {
    rulesets.filter { $0.refs.contains(name) }
  }
}

/// Which policy judged: where it was read and what it was.
public struct PolicyOrigin: Hashable, Sendable {
  /// For people: `main@3f2a1c9`, or a file's path.
  public let label: String
  /// The file's name in messages about its lines.
  public let file: String
  /// SHA-256 of the bytes that were read, in hexadecimal.
  public let digest: String

  /// An origin.
  public init(label: String, file: String, digest: String) {
    (self.label, self.file, self.digest) = (label, file, digest)
  }
}
