/// What a new policy makes of past updates that an old one judged too.
public struct ReplayDifference: Sendable {
  /// What one rule of one side does.
  public struct Row: Sendable {
    /// The ruleset; nil for a built-in check.
    public let ruleset: String?
    /// The rule.
    public let rule: RuleID
    /// Where its policy states it.
    public let position: Position?
    /// How many updates that the other policy lets through.
    public private(set) var count: Int
    /// How many that the other policy refuses too, by other rules.
    public private(set) var anyway: Int
    /// Some of them all, the newest first.
    public private(set) var examples: [ReplayExample]

    init(_ judged: JudgedRule, _ example: ReplayExample, isDeciding: Bool) {
      (ruleset, rule, position) = (judged.ruleset, judged.rule, judged.position)
      (count, anyway, examples) = (isDeciding ? 1 : 0, isDeciding ? 0 : 1, [example])
    }

    func limited(to limit: Int) -> Row {
      var row = self
      row.examples = Array(examples.prefix(limit))
      return row
    }

    mutating func add(_ other: Row, examples limit: Int) {
      count += other.count
      anyway += other.anyway
      examples += other.examples.prefix(max(0, limit - examples.count))
    }
  }

  /// How many examples of each rule are kept.
  public let limit: Int
  /// How many updates there are.
  public private(set) var updates = 0
  /// How many the new policy refuses and the old one did not.
  public private(set) var newlyRefused = 0
  /// How many the old policy refused and the new one does not.
  public private(set) var noLongerRefused = 0
  /// How many both refuse.
  public private(set) var refusedByBoth = 0
  /// The rules of the new policy that refuse what they did not in the old one.
  public private(set) var refusing: [Row] = []
  /// The rules of the old policy that refused what they do not in the new one.
  public private(set) var released: [Row] = []

  /// Nothing yet.
  public init(examples limit: Int) { self.limit = limit }

  /// Compares what the two say of one update, older than all so far.
  public mutating func add(old: ReplayedUpdate, new: ReplayedUpdate) {
    updates += 1
    let before = Self.biting(old)
    let after = Self.biting(new)
    switch (before.isEmpty, after.isEmpty) {
    case (true, true): return
    case (false, false): refusedByBoth += 1
    case (true, false): newlyRefused += 1
    case (false, true): noLongerRefused += 1
    }
    for judged in after where !before.contains(where: { Self.isSame($0, judged) }) {
      let example = ReplayExample(new, judged.verdict)
      Self.add(Row(judged, example, isDeciding: before.isEmpty), to: &refusing, limit)
    }
    for judged in before where !after.contains(where: { Self.isSame($0, judged) }) {
      let example = ReplayExample(old, judged.verdict)
      Self.add(Row(judged, example, isDeciding: after.isEmpty), to: &released, limit)
    }
  }

  private static func isSame(_ left: JudgedRule, _ right: JudgedRule) -> Bool {
    left.ruleset == right.ruleset && left.rule == right.rule
  }

  /// Adds what is told of older updates.
  public mutating func add(_ older: ReplayDifference) {
    updates += older.updates
    newlyRefused += older.newlyRefused
    noLongerRefused += older.noLongerRefused
    refusedByBoth += older.refusedByBoth
    for row in older.refusing { Self.add(row, to: &refusing, limit) }
    for row in older.released { Self.add(row, to: &released, limit) }
  }

  /// What refuses, now or from a date on: a rule that comes into force later will refuse what it refuses
  /// in the past. What could not be told refuses nothing here.
  private static func biting(_ update: ReplayedUpdate) -> [JudgedRule] {
    update.judged.filter {
      $0.verdict.outcome == .violated && ($0.enforcement == .active || $0.activeFrom != nil)
    }
  }

  private static func add(_ row: Row, to rows: inout [Row], _ limit: Int) {
    if let place = rows.firstIndex(where: { $0.ruleset == row.ruleset && $0.rule == row.rule }) {
      rows[place].add(row, examples: limit)
    } else {
      rows.append(row.limited(to: limit))
    }
  }
}
