internal import GitModel

/// A rule by which an event comes again (RFC 5545, 3.3.10), on the wall clock.
///
/// It is worked out from any day on, period by period, so that a rule without an end holds in any year
/// (docs/decisions/0015-icalendar-in-swift.md).
struct Recurrence: Hashable {
  /// When the event comes first.
  let start: LocalDateTime
  /// The last time at which it may come; nil for no end.
  let until: LocalDateTime?
  let rule: RecurrenceRule
  /// The times of a rule that counts them; nil where it does not.
  private let counted: [LocalDateTime]?

  /// How often at most a rule may let an event come that counts.
  static let maximumCount = 5000
  /// How many periods are looked through for the first time, and for all that are counted.
  private static let maximumPeriods = (first: 5000, counted: 50_000)
  /// The days for which a calendar works it out at once, with those of the longest event before them.
  private static let sight = 800

  /// Whether it has an end.
  var isBounded: Bool { until != nil || counted != nil }

  /// The last time of a rule that counts.
  var last: LocalDateTime? { counted?.last }

  /// Reads what stands behind `RRULE:`; nil where nothing does, as some programs write it. `end` gives
  /// the time of the wall clock that an UNTIL means, and the days that are looked at come off `budget`.
  init?(
    _ line: ICSLine, from start: LocalDateTime, _ budget: inout DayBudget,
    end: (BytesSlice) throws(ICSFault) -> LocalDateTime
  ) throws(ICSFault) {
    guard !line.value.trimmed.isEmpty else { return nil }
    func fault(_ words: String) -> ICSFault {
      ICSFault("`RRULE:\(line.value.prefix(80).printable)` \(words)", line: line.line)
    }
    guard line.value.count <= 1000 else { throw fault("is too long") }
    var parts: [String: BytesSlice] = [:]
    for part in line.value.split(separator: UInt8(ascii: ";")) {
      let pair = part.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2 else { throw fault("has a part without `=`") }
      let key = String(decoding: pair[0], as: UTF8.self)
      guard parts.updateValue(pair[1], forKey: key) == nil else {
        throw fault("says \(pair[0].prefix(20).printable) twice")
      }
    }
    self.start = start
    var until: LocalDateTime?
    if let value = parts.removeValue(forKey: "UNTIL") { until = try end(value) }
    self.until = until
    let count = parts.removeValue(forKey: "COUNT")
    guard until == nil || count == nil else { throw fault("has COUNT and UNTIL") }
    do throws(ScheduleFault) {
      rule = try RecurrenceRule(parts, from: start.date)
    } catch {
      throw fault(error.words)
    }
    let first = try rule.dates(
      1, from: start.date, periods: Self.maximumPeriods.first, &budget, on: line
    ).first
    guard let first else { throw fault("never comes") }
    if let until, until.date < first { throw fault("ends before it comes") }
    guard let count else {
      counted = nil
      try budget.spend(rule.price(ofDays: Self.sight), on: line)
      return
    }
    guard let wanted = number(count), 1...Self.maximumCount ~= wanted else {
      throw fault("has a COUNT that is not from 1 to \(Self.maximumCount)")
    }
    let dates = try rule.dates(
      wanted, from: start.date, periods: Self.maximumPeriods.counted, &budget, on: line)
    let times = dates.compactMap { LocalDateTime(date: $0, secondOfDay: start.secondOfDay) }
    guard times.count == wanted else { throw fault("comes too seldom to be counted") }
    counted = times.first == start ? times : [start] + times
  }

  /// The times at which the event comes from `first` to `last`, ascending. It comes at its start,
  /// whether that fits the rule or not.
  func times(from first: LocalDateTime, to last: LocalDateTime) -> [LocalDateTime] {
    let last = until.map { min($0, last) } ?? last
    guard first <= last else { return [] }
    if let counted {
      let start = counted.partitioningIndex { $0 >= first }
      return Array(counted[start..<counted.partitioningIndex { $0 > last }])
    }
    var found = first <= start && start <= last ? [start] : []
    guard last > start else { return found }
    for period in rule.periods(from: max(first, start).date) {
      guard rule.start(of: period) <= last.date else { break }
      for date in rule.dates(in: period) {
        guard let time = LocalDateTime(date: date, secondOfDay: start.secondOfDay) else { continue }
        if time > start, first <= time, time <= last { found.append(time) }
      }
    }
    return found.sorted()
  }

  /// The same, where it is worked out for many years; the days that are looked at come off `budget`.
  func times(
    from first: LocalDateTime, to last: LocalDateTime, _ budget: inout DayBudget, on line: ICSLine
  ) throws(ICSFault) -> [LocalDateTime] {
    let end = until.map { min($0, last) } ?? last
    guard first <= end else { return [] }
    let days = end.date.daysSinceEpoch - first.date.daysSinceEpoch
    if counted == nil { try budget.spend(rule.price(ofDays: days), on: line) }
    return times(from: first, to: end)
  }
}
