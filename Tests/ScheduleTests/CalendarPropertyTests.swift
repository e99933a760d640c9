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
    for round in 0..<3 {
      let calendar = try Self.calendar(zone, walls, &generator)
      let isOpen = try Self.oracle(calendar, walls)
      for _ in 0..<15 {
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
    func days() throws -> TimeWindow.Start {
      let days = Weekday.allCases.filter { _ in Bool.random(using: &generator) }
      switch Int.random(in: 0..<4, using: &generator) {
      case 0:
        let places = ["1st", "2nd", "3rd", "4th", "5th", "last"]
        let texts = (days.isEmpty ? [.monday] : days).map {
          "\(places[Int.random(in: 0..<6, using: &generator)]) \($0)"
        }
        return .days(try Days(texts.joined(separator: ",")))
      case 1:
        let first = LocalDate(daysSinceEpoch: walls[0] / 86_400)
        let start = first.adding(days: Int.random(in: -2..<5, using: &generator))
        let end = start.adding(days: Int.random(in: 0..<3, using: &generator))
        return .dates(try Dates(["\(start)..\(end)", "\(end.adding(days: 2))"]))
      default: return .days(Days(days) ?? .daily)
      }
    }
    func windows(_ range: ClosedRange<Int>) throws -> [TimeWindow] {
      try (0..<Int.random(in: range, using: &generator)).map { _ in
        // Half of the times fall into the small hours, where clocks are set.
        func time(_ last: Int) -> Int {
          let isSmall = Bool.random(using: &generator)
          return Int.random(in: 0...(isSmall ? 16 : last / 15), using: &generator) * 15
        }
        let start = time(1425)
        var end = time(1440)
        if end == start { end += 15 }
        return TimeWindow(
          days: try days(),
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
    // A whole day now and then, and an hour that comes every so many days.
    var events = ""
    for number in 0..<Int.random(in: 0...2, using: &generator) {
      let day = LocalDate(daysSinceEpoch: walls[0] / 86_400 + 2 * number + 1).ics
      events += "BEGIN:VEVENT\nDTSTART;VALUE=DATE:\(day)\nEND:VEVENT\n"
    }
    if Bool.random(using: &generator) {
      let start = LocalDateTime(wallSeconds: walls[Int.random(in: 0..<1440, using: &generator)])
      events +=
        "BEGIN:VEVENT\nDTSTART:\(start.date.ics)T\(padded(start.hour))0000\nDURATION:PT90M\n"
        + "RRULE:FREQ=DAILY;INTERVAL=\(Int.random(in: 1...3, using: &generator))\nEND:VEVENT\n"
    }
    let file = Bytes("BEGIN:VCALENDAR\n\(events)END:VCALENDAR\n".utf8)
    let holidays = try EventList(ics: file, zone: zone) { _ in zone }
    return Calendar(
      name: "c", zone: zone, allow: allow, deny: deny, freezes: freezes, holidays: [holidays])
  }

  /// Whether a policy means `day`, by counting the days of its month one by one.
  private static func isMeant(_ start: TimeWindow.Start, _ day: Int) -> Bool {
    let date = LocalDate(daysSinceEpoch: day)
    guard case .days(let days) = start else {
      return "\(start)".split(separator: ",").contains { item in
        let ends = item.split(separator: "..", omittingEmptySubsequences: false)
        return "\(ends[0])" <= "\(date)" && "\(date)" <= "\(ends[ends.count - 1])"
      }
    }
    let month = (day - 31...day + 31).map(LocalDate.init(daysSinceEpoch:)).filter {
      ($0.year, $0.month, $0.weekday) == (date.year, date.month, date.weekday)
    }
    let place = (month.firstIndex(of: date) ?? 0) + 1
    var names = ["\(["1st", "2nd", "3rd", "4th", "5th"][place - 1]) \(date.weekday)"]
    if month.last == date { names.append("last \(date.weekday)") }
    return days.contains(date.weekday)
      || "\(days)".split(separator: ",").contains { names.contains(String($0)) }
  }

  /// Which minutes are open, from what the clocks show in each.
  private static func oracle(_ calendar: Schedule.Calendar, _ walls: [Int]) throws -> [Bool] {
    func spans(_ window: TimeWindow) -> [Range<Int>] {
      let first = walls[0] / 86_400 - 2
      return (first..<first + 14).filter { isMeant(window.days, $0) }.map { day in
        let start = window.hours.start.minutes
        let end = window.hours.end.minutes
        return (day * 1440 + start) * 60..<(day * 1440 + end + (end < start ? 1440 : 0)) * 60
      }
    }
    func minutes(from start: Int, until end: Int) -> Range<Int> {
      let first = walls.firstIndex { $0 >= start } ?? walls.count
      let last = walls.lastIndex { $0 < end } ?? -1
      return first..<max(first, last + 1)
    }
    let allowed = calendar.allow.flatMap(spans)
    let denied = calendar.deny.flatMap(spans)
    var frozen = calendar.freezes.map {
      minutes(from: $0.from.wallSeconds, until: $0.until.wallSeconds)
    }
    for event in calendar.holidays.flatMap(\.series) {
      guard let start = event.times.first?.wallSeconds else { continue }
      guard let rule = event.recurrence else {
        frozen.append(minutes(from: start, until: start + event.days * 86_400))
        continue
      }
      let interval = rule.rule.interval
      for number in 0..<12 {
        let first = walls.firstIndex { $0 >= start + number * interval * 86_400 } ?? walls.count
        frozen.append(first..<first + 90)
      }
    }
    return walls.indices.map { minute in
      let wall = walls[minute]
      if frozen.contains(where: { $0.contains(minute) }) { return false }
      if denied.contains(where: { $0.contains(wall) }) { return false }
      return calendar.allow.isEmpty || allowed.contains { $0.contains(wall) }
    }
  }
}

extension LocalDate {
  /// The day as iCalendar writes it.
  var ics: String { "\(padded(year, 4))\(padded(month))\(padded(day))" }
}
