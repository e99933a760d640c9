public import GitModel

/// One past update of a ref, as values, with what a policy says of it.
public struct ReplayedUpdate: Sendable {
  /// The update.
  public let update: RefUpdate
  /// When it was made, as far as history tells.
  public let instant: Instant
  /// The subject of the commit that the ref got, or the tag's first line.
  public let title: String
  /// How many commits it brought in.
  public let commits: Int
  /// The verdicts, in the order in which the policy states its rules, built-in checks first.
  public let judged: [JudgedRule]

  /// A past update with its verdicts.
  public init(
    update: RefUpdate, instant: Instant, title: String, commits: Int, judged: [JudgedRule]
  ) {
    (self.update, self.instant, self.title) = (update, instant, title)
    (self.commits, self.judged) = (commits, judged)
  }

  /// Whether a rule is violated, enforced or not.
  public var isViolating: Bool { judged.contains { $0.verdict.outcome == .violated } }
}

/// A past update that breaks a rule, for showing.
public struct ReplayExample: Hashable, Sendable {
  /// The update.
  public let update: RefUpdate
  /// When.
  public let instant: Instant
  /// The subject.
  public let title: String
  /// What the rule says.
  public let explanation: Explanation

  init(_ update: ReplayedUpdate, _ verdict: Verdict) {
    self.update = update.update
    (instant, title, explanation) = (update.instant, update.title, verdict.explanation)
  }
}

/// What one rule says of past updates.
public struct RuleTally: Sendable {
  /// Which rule of which ruleset; nil for a built-in check.
  public let ruleset: String?
  /// The rule.
  public let rule: RuleID
  /// Where the policy states it.
  public let position: Position?
  /// Updates that it would have refused.
  public private(set) var refused = 0
  /// Updates for which it holds.
  public private(set) var held = 0
  /// Updates to which it does not apply.
  public private(set) var notApplicable = 0
  /// Updates of which it could not be told.
  public private(set) var untold = 0
  /// The first examples of what it would have refused, the newest first.
  public private(set) var examples: [ReplayExample] = []
  /// Why it could not be told, with how often.
  public private(set) var reasons: [(why: String, count: Int)] = []

  /// How many different reasons are kept; the rest is in `untold` alone.
  static let maximumReasons = 4

  init(_ judged: JudgedRule) {
    (ruleset, rule, position) = (judged.ruleset, judged.rule, judged.position)
  }

  /// A rule that has not been asked yet.
  public init(ruleset: String?, rule: RuleID, position: Position?) {
    (self.ruleset, self.rule, self.position) = (ruleset, rule, position)
  }

  mutating func add(_ judged: JudgedRule, of update: ReplayedUpdate, examples limit: Int) {
    switch judged.verdict.outcome {
    case .satisfied: held += 1
    case .notApplicable: notApplicable += 1
    case .violated:
      refused += 1
      if examples.count < limit { examples.append(ReplayExample(update, judged.verdict)) }
    case .indeterminate:
      untold += 1
      add(judged.verdict.explanation.summary, 1)
    }
  }

  private mutating func add(_ why: String, _ count: Int) {
    if let known = reasons.firstIndex(where: { $0.why == why }) {
      reasons[known].count += count
    } else if reasons.count < Self.maximumReasons {
      reasons.append((why, count))
    }
  }

  mutating func add(_ older: RuleTally, examples limit: Int) {
    refused += older.refused
    held += older.held
    notApplicable += older.notApplicable
    untold += older.untold
    examples += older.examples.prefix(max(0, limit - examples.count))
    for reason in older.reasons { add(reason.why, reason.count) }
  }
}

/// What a policy says of past updates, counted.
public struct ReplayTally: Sendable {
  /// How many examples of each rule are kept.
  public let limit: Int
  /// How many updates there are.
  public private(set) var updates = 0
  /// How many commits they brought in.
  public private(set) var commits = 0
  /// How many updates break a rule.
  public private(set) var refused = 0
  /// How many updates break none, and of some rule it could not be told.
  public private(set) var untold = 0
  /// How many updates no ruleset guards.
  public private(set) var unguarded = 0
  /// When the first was made, and the last.
  public private(set) var span: ClosedRange<Instant>?
  /// The rules in the order of the policy.
  public private(set) var rules: [RuleTally] = []
  private var places: [Key: Int] = [:]

  private struct Key: Hashable {
    let ruleset: String?
    let rule: RuleID
  }

  /// Nothing yet.
  public init(examples limit: Int) { self.limit = limit }

  /// Nothing yet, with a row for each of these rules, so that one that is never asked shows.
  public init(_ rulesets: [Ruleset], examples limit: Int) {
    self.init(examples: limit)
    for ruleset in rulesets {
      for stated in ruleset.rules {
        places[Key(ruleset: ruleset.name, rule: stated.id)] = rules.count
        rules.append(
          RuleTally(ruleset: ruleset.name, rule: stated.id, position: stated.position))
      }
    }
  }

  /// Counts an update that is older than all so far.
  public mutating func add(_ update: ReplayedUpdate, isGuarded: Bool) {
    updates += 1
    commits += update.commits
    if !isGuarded { unguarded += 1 }
    var (isViolated, isUntold) = (false, false)
    var next = 0
    for judged in update.judged {
      let place = place(of: judged, near: next)
      next = place + 1
      rules[place].add(judged, of: update, examples: limit)
      switch judged.verdict.outcome {
      case .violated: isViolated = true
      case .indeterminate: isUntold = true
      case .satisfied, .notApplicable: break
      }
    }
    if isViolated { refused += 1 } else if isUntold { untold += 1 }
    stretch(to: update.instant...update.instant)
  }

  /// Adds the counts of older updates.
  public mutating func add(_ older: ReplayTally) {
    updates += older.updates
    commits += older.commits
    refused += older.refused
    untold += older.untold
    unguarded += older.unguarded
    if let span = older.span { stretch(to: span) }
    for tally in older.rules {
      let key = Key(ruleset: tally.ruleset, rule: tally.rule)
      if let place = places[key] {
        rules[place].add(tally, examples: limit)
      } else {
        places[key] = rules.count
        rules.append(tally)
      }
    }
  }

  /// The row of a rule. Mostly the verdicts come in the order of the rows.
  private mutating func place(of judged: JudgedRule, near number: Int) -> Int {
    if number < rules.count, rules[number].rule == judged.rule,
      rules[number].ruleset == judged.ruleset
    {
      return number
    }
    let key = Key(ruleset: judged.ruleset, rule: judged.rule)
    if let place = places[key] { return place }
    places[key] = rules.count
    rules.append(RuleTally(judged))
    return rules.count - 1
  }

  private mutating func stretch(to other: ClosedRange<Instant>) {
    guard let span else {
      span = other
      return
    }
    self.span =
      min(span.lowerBound, other.lowerBound)...max(span.upperBound, other.upperBound)
  }
}

/// What came of replaying past updates under one policy.
public struct ReplayReport: Sendable {
  /// The refs, as they were asked for.
  public let refs: String
  /// Where the updates come from, in words.
  public let source: String
  /// The policy.
  public let policy: PolicyOrigin
  /// The counts.
  public let tally: ReplayTally
  /// What a reader must know to read the counts: what stands in for what was not recorded.
  public let notes: [String]

  /// A report from its parts.
  public init(
    refs: String, source: String, policy: PolicyOrigin, tally: ReplayTally, notes: [String]
  ) {
    (self.refs, self.source, self.policy) = (refs, source, policy)
    (self.tally, self.notes) = (tally, notes)
  }
}
