import GitModel
import Testing

@testable import Schedule

/// Random calendars against an oracle that knows nothing of boundaries: it looks at every minute.
@Suite("Calendars against an oracle")
struct CalendarPropertyTests {
  static let minutes = 9 * 1440

  /// Zones and the first day of nine days in which their clocks are set, or not.
  static let stages = [
    ("Europe/London", "2026-03-25"), ("Europe/London", "2026-10-21"),
    ("America/New_York", "2026-03-04"), ("America/New_York", "2050-11-01"),
    ("Australia/Lord_Howe", "2026-04-01"), ("Australia/Lord_Howe", "2026-09-30"),
    ("Pacific/Apia", "2011-12-26"), ("Africa/Casablanca", "2026-02-11"),
    ("America/Nuuk", "2040-03-20"), ("Antarctica/Troll", "2026-10-21"), ("UTC", "2026-06-01"),
  ]

  @Test(arguments: stages)
  func agrees(_ identifier: String, _ day: String) throws {
    let zone = try SystemZones.zone(identifier)
    let start = try zone.instant(day + "T00:00").seconds
    let walls = (0..<Self.minutes).map {
      zone.local(at: Instant(seconds: start + Int64($0) * 60)).wallSeconds
    }
    var generator = SeededGenerator(state: UInt64(start))
    for round in 0..<12 {
      let calendar = try Self.calendar(zone, walls, &generator)
      let isOpen = Self.oracle(calendar, walls)
      for _ in 0..<60 {
        // In the first six days, so that something changes before the end.
        let minute = Int.random(in: 0..<6 * 1440, using: &generator)
        let second = Int64.random(in: 0..<60, using: &generator)
        let now = Instant(seconds: start + Int64(minute) * 60 + second)
        let change = isOpen[minute...].firstIndex { $0 != isOpen[minute] }
        let expected = change.map { Instant(seconds: start + Int64($0) * 60) }
        let state = calendar.state(at: now)
        #expect(state.isOpen == isOpen[minute], "round \(round) minute \(minute)")
        switch state {
        case .open(let until), .closed(_, let until):
          if let expected {
            #expect(until == expected, "round \(round) minute \(minute)")
          } else if let until {
            #expect(until.seconds >= start + Int64(Self.minutes) * 60)
          }
        }
        if case .closed(_, let opens?) = state {
          #expect(calendar.state(at: opens).isOpen)
          #expect(!calendar.state(at: Instant(seconds: opens.seconds - 1)).isOpen)
        }
      }
    }
  }

  private static func calendar(
    _ zone: Zone, _ walls: [Int], _ generator: inout SeededGenerator
  ) throws -> Schedule.Calendar {
    func windows(_ range: ClosedRange<Int>) throws -> [WeeklyWindow] {
      try (0..<Int.random(in: range, using: &generator)).map { _ in
        let days = Weekday.allCases.filter { _ in Bool.random(using: &generator) }
        // Half of the times fall into the small hours, where clocks are set.
        func time(_ last: Int) -> Int {
          let isSmall = Bool.random(using: &generator)
          return Int.random(in: 0...(isSmall ? 16 : last / 15), using: &generator) * 15
        }
        let start = time(1425)
        var end = time(1440)
        if end == start { end += 15 }
        return WeeklyWindow(
          days: Days(days) ?? .daily,
          hours: try HourRange(
            start: #require(LocalTime(minutes: start)), end: #require(LocalTime(minutes: end))))
      }
    }
    let allow = try windows(0...3)
    let deny = try windows(0...2)
    let freezes = try (0..<Int.random(in: 0...2, using: &generator)).map { number in
      let from = walls[Int.random(in: 0..<5 * 1440, using: &generator)]
      let length = Int.random(in: 1...2000, using: &generator) * 60
      return try Freeze(
        id: "\(number)", from: LocalDateTime(wallSeconds: from),
        until: LocalDateTime(wallSeconds: from + length), reason: "r")
    }
    return Calendar(name: "c", zone: zone, allow: allow, deny: deny, freezes: freezes)
  }

  /// Which minutes are open, from what the clocks show in each.
  private static func oracle(_ calendar: Schedule.Calendar, _ walls: [Int]) -> [Bool] {
    func spans(_ window: WeeklyWindow) -> [Range<Int>] {
      let first = walls[0] / 86_400 - 2
      return (first..<first + 14).filter {
        window.days.contains(LocalDate(daysSinceEpoch: $0).weekday)
      }.map { day in
        let start = window.hours.start.minutes
        let end = window.hours.end.minutes
        return (day * 1440 + start) * 60..<(day * 1440 + end + (end < start ? 1440 : 0)) * 60
      }
    }
    let allowed = calendar.allow.flatMap(spans)
    let denied = calendar.deny.flatMap(spans)
    let frozen = calendar.freezes.map { freeze in
      let first = walls.firstIndex { $0 >= freeze.from.wallSeconds } ?? walls.count
      let last = walls.lastIndex { $0 < freeze.until.wallSeconds } ?? -1
      return first..<max(first, last + 1)
    }
    return walls.indices.map { minute in
      let wall = walls[minute]
      if frozen.contains(where: { $0.contains(minute) }) { return false }
      if denied.contains(where: { $0.contains(wall) }) { return false }
      return calendar.allow.isEmpty || allowed.contains { $0.contains(wall) }
    }
  }
}
