internal import GitModel

/// Times at which an event does not come: EXDATE has them, or another event stands for them by its
/// RECURRENCE-ID.
///
/// Each may be written in a zone of its own, so that they are kept as instants. Of an event of whole days,
/// and where a day is written, the days decide.
struct AbsentTimes: Hashable {
  /// A time as it is written.
  struct Time: Hashable {
    /// When it is; nil where a day is written.
    let instant: Int64?
    /// The day, or the one that the time stands for.
    let day: LocalDate

    /// The day, where that is what is written.
    var writtenDay: LocalDate? { instant == nil ? day : nil }
  }

  private var instants: Set<Int64> = []
  /// Those that are written as days.
  private var days: Set<LocalDate> = []
  /// The days of all.
  private var allDays: Set<LocalDate> = []

  init(_ times: [Time] = []) {
    for time in times { insert(time) }
  }

  mutating func insert(_ time: Time) {
    if let instant = time.instant { instants.insert(instant) } else { days.insert(time.day) }
    allDays.insert(time.day)
  }

  /// Whether the clocks of `zone` showing `start` is one of them, for an event that starts so.
  func contains(_ start: LocalDateTime, in zone: Zone, isDay: Bool) -> Bool {
    if isDay { return allDays.contains(start.date) }
    if days.contains(start.date) { return true }
    guard !instants.isEmpty else { return false }
    // Of a time that the clocks show twice either may be meant.
    return instants.contains(zone.first(start)) || instants.contains(zone.last(start))
  }
}
