public import GitModel
public import Schedule

/// Whether a violation refuses, at one moment.
public enum Enforcement: String, Hashable, Sendable, CaseIterable {
  /// It does.
  case active
  /// It is told, and the push goes through.
  case evaluate
}

/// Whether violations refuse, as a policy states it.
public enum EnforcementPlan: Hashable, Sendable {
  /// The same at all times.
  case always(Enforcement)
  /// Only evaluated before a moment, active from then on.
  case activeFrom(Instant)

  /// What holds at `instant`.
  public func enforcement(at instant: Instant) -> Enforcement {
    switch self {
    case .always(let enforcement): enforcement
    case .activeFrom(let start): instant < start ? .evaluate : .active
    }
  }
}

/// One rule as a policy states it.
public struct StatedRule: Sendable {
  /// The rule.
  public let rule: any Rule
  /// Whether its violations refuse.
  public let enforcement: EnforcementPlan
  /// When it applies, besides what its ruleset says.
  public let conditions: Conditions
  /// Who may override it; nil for nobody.
  public let overrideBy: Who?
  /// Where its name stands in the file.
  public let position: Position
  /// Its settings as they stand in the file, or in the file that it extends.
  public let settings: SettingsNode

  /// A rule as stated.
  public init(
    _ rule: any Rule, enforcement: EnforcementPlan = .always(.active),
    conditions: Conditions = Conditions(), overrideBy: Who? = nil, position: Position,
    settings: SettingsNode? = nil
  ) {
    (self.rule, self.enforcement, self.position) = (rule, enforcement, position)
    self.overrideBy = overrideBy
    self.conditions = conditions
    self.settings = settings ?? SettingsNode(.absent, at: position)
  }

  /// What must be known to judge it.
  public var needs: Needs {
    var needs = rule.needs
    needs.add(conditions.needs)
    return needs
  }

  /// Its name.
  public var id: RuleID { type(of: rule).id }

  /// Whether it may judge a commit on one ref and not on another.
  var differsByRef: Bool { conditions.differByRef || rule.differsByRef }
}

/// Some refs and the rules on them.
public struct Ruleset: Sendable {
  /// The name, unique in the policy.
  public let name: String
  /// Which refs.
  public let refs: RefSelection
  /// The patterns as written, for messages.
  public let patterns: [String]
  /// When its rules apply.
  public let conditions: Conditions
  /// History that counts as guarded without having been judged.
  public let grandfathered: Grandfathered
  /// The rules in the order of the file.
  public let rules: [StatedRule]
  /// Where it starts in the file.
  public let position: Position

  /// A ruleset from its parts.
  public init(
    name: String, refs: RefSelection, patterns: [String], conditions: Conditions = Conditions(),
    grandfathered: Grandfathered = Grandfathered(), rules: [StatedRule], position: Position
  ) {
    (self.name, self.refs, self.patterns) = (name, refs, patterns)
    (self.conditions, self.grandfathered) = (conditions, grandfathered)
    (self.rules, self.position) = (rules, position)
  }

  /// What its rules and conditions need to know together.
  public var needs: Needs {
    rules.reduce(into: conditions.needs) { $0.add($1.needs) }
  }
}

/// History from before a ruleset, which it takes as it is.
public struct Grandfathered: Hashable, Sendable {
  /// Commits that count as guarded with all that they reach. An id cannot be typed into a history that
  /// does not hold it.
  public let commits: [ObjectID]
  /// Commits with an earlier committer date are left out, but only where the ruleset guards nothing yet
  /// and a whole history comes in at once: anybody can type a date.
  public let before: Instant?

  /// Nothing, or this.
  public init(commits: [ObjectID] = [], before: Instant? = nil) {
    (self.commits, self.before) = (commits, before)
  }
}

/// A whole policy, read and checked.
public struct PolicyDocument: Sendable {
  /// What statements call this repository; empty where the policy does not say.
  public let repository: Bytes
  /// The people and roles.
  public let people: People
  /// The calendars by name.
  public let calendars: [String: Calendar]
  /// The rulesets in the order of the file.
  public let rulesets: [Ruleset]
  /// Who may state what.
  public let statements: StatementRights
  /// How releases are made.
  public let release: ReleaseTerms
  /// The whole file as it was read, with what it extends merged in.
  public let root: SettingsNode

  /// A policy from its parts.
  public init(
    repository: Bytes = [], people: People, calendars: [String: Calendar], rulesets: [Ruleset],
    statements: StatementRights = .open, release: ReleaseTerms = ReleaseTerms(),
    root: SettingsNode = SettingsNode(.absent, at: Position(line: 1, column: 1))
  ) {
    (self.people, self.calendars, self.rulesets) = (people, calendars, rulesets)
    (self.repository, self.statements, self.root) = (repository, statements, root)
    self.release = release
  }

  /// The file as it was read, with those rulesets only that guard `name`.
  public func root(guarding name: RefName) -> SettingsNode {
    guard case .map(let entries) = root.value else { return root }
    let kept = entries.map { entry in
      guard entry.key == "rulesets", case .list(let items) = entry.node.value else { return entry }
      // Both in the order of the file: every ruleset of a policy that was read has its item.
      let guarding = zip(items, rulesets).filter { $0.1.refs.contains(name) }.map { $0.0 }
      return SettingsNode.Entry(
        key: entry.key, position: entry.position,
        node: SettingsNode(.list(guarding), at: entry.node.position))
    }
    return SettingsNode(.map(kept), at: root.position)
  }

  /// The same with no other rules than these, for looking at some alone.
  public func only(_ rules: [RuleID]) -> PolicyDocument {
    let kept = rulesets.map { ruleset in
      Ruleset(
        name: ruleset.name, refs: ruleset.refs, patterns: ruleset.patterns,
        conditions: ruleset.conditions, grandfathered: ruleset.grandfathered,
        rules: ruleset.rules.filter { rules.contains($0.id) }, position: ruleset.position)
    }
    return PolicyDocument(
      repository: repository, people: people, calendars: calendars, rulesets: kept,
      statements: statements, release: release, root: root)
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
  /// The tip of the trusted ref that it was read from; nil where it is a file.
  public let commit: ObjectID?

  /// An origin.
  public init(label: String, file: String, digest: String, commit: ObjectID? = nil) {
    (self.label, self.file, self.digest, self.commit) = (label, file, digest, commit)
  }
}
