import GitModel
import Testing

@testable import Schedule

/// Rules against an oracle that asks of every day whether RFC 5545 means it.
@Suite("Recurrence")
struct RecurrenceTests {
  static func rule(_ text: String, from start: String) throws -> Recurrence? {
    let line = try #require(ICSLine.all(of: Bytes("RRULE:\(text)".utf8)).first)
    var budget = DayBudget()
    return try Recurrence(line, from: LocalDateTime(start), &budget) { value throws(ICSFault) in
      try ICSTime(value, of: line).local
    }
  }

  static func days(_ text: String, from start: String, _ first: String, _ last: String) throws
    -> [String]
  {
    try rule(text, from: start)?.times(from: LocalDateTime(first), to: LocalDateTime(last))
      .map { "\($0.date)" } ?? []
  }

  @Test
  func inAnyYear() throws {
    #expect(
      try Self.days(
        "FREQ=YEARLY", from: "1864-12-25T00:00", "2037-01-01T00:00", "2039-12-31T00:00")
        == ["2037-12-25", "2038-12-25", "2039-12-25"])
    #expect(
      try Self.days(
        "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", from: "1971-05-31T00:00", "2100-01-01T00:00",
        "2101-12-31T00:00") == ["2100-05-31", "2101-05-30"])
    // The year 2100 has no leap day.
    #expect(
      try Self.days(
        "FREQ=YEARLY", from: "2024-02-29T00:00", "2090-01-01T00:00", "2110-01-01T00:00")
        == ["2092-02-29", "2096-02-29", "2104-02-29", "2108-02-29"])
    #expect(
      try Self.days(
        "FREQ=MONTHLY;BYMONTHDAY=31", from: "2026-01-31T00:00", "2050-01-01T00:00",
        "2050-06-01T00:00") == ["2050-01-31", "2050-03-31", "2050-05-31"])
  }

  @Test
  func counted() throws {
    #expect(
      try Self.days(
        "FREQ=WEEKLY;COUNT=3", from: "2026-11-23T09:00", "2026-11-24T00:00", "2030-01-01T00:00")
        == ["2026-11-30", "2026-12-07"])
    #expect(
      try Self.days(
        "FREQ=DAILY;UNTIL=20261125T090000", from: "2026-11-23T09:00", "2026-01-01T00:00",
        "2030-01-01T00:00") == ["2026-11-23", "2026-11-24", "2026-11-25"])
    // It comes at its start, which the rule does not name.
    #expect(
      try Self.days(
        "FREQ=WEEKLY;BYDAY=MO;COUNT=2", from: "2026-11-25T09:00", "2026-01-01T00:00",
        "2030-01-01T00:00") == ["2026-11-25", "2026-11-30", "2026-12-07"])
    #expect(try Self.rule("", from: "2026-11-25T09:00") == nil)
  }

  @Test(arguments: [
    ("FREQ=HOURLY", "does not say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"),
    ("FREQ=SECONDLY", "does not say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"),
    ("INTERVAL=2", "does not say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"),
    ("FREQ=DAILY;FREQ=DAILY", "says FREQ twice"),
    ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "has COUNT and UNTIL"),
    ("FREQ=DAILY;COUNT=0", "has a COUNT that is not from 1 to 5000"),
    ("FREQ=DAILY;COUNT=99999999999999999999", "has a COUNT that is not from 1 to 5000"),
    ("FREQ=DAILY;INTERVAL=0", "has a `INTERVAL` that is not read"),
    ("FREQ=DAILY;BYHOUR=3", "has a `BYHOUR` that is not read"),
    ("FREQ=YEARLY;RSCALE=CHINESE", "has a `RSCALE` that is not read"),
    ("FREQ=WEEKLY;BYDAY=2MO", "has a `BYDAY` that is not read"),
    ("FREQ=MONTHLY;BYDAY=0MO", "has a `BYDAY` that is not read"),
    ("FREQ=YEARLY;BYMONTH=13", "has a `BYMONTH` that is not read"),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
    ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
    ("FREQ=DAILY;UNTIL=20200101", "ends before it comes"),
    ("FREQ", "has a part without `=`"),
  ])
  func faults(_ text: String, _ words: String) {
    #expect(throws: ICSFault("`RRULE:\(text)` \(words)", line: 1)) {
      try Self.rule(text, from: "2026-11-23T09:00")
    }
  }

  @Test("a rule that takes long to work out is a fault, before it is worked out")
  func tooMuch() throws {
    let text = "FREQ=YEARLY;COUNT=5000;BYDAY=53MO"
    #expect(
      throws: ICSFault(
        "`RRULE:\(text)` is too much: for the rules of a file 1000000 days at most are looked at",
        line: 1)
    ) { try Self.rule(text, from: "2026-11-23T09:00") }
    // What people write is far from that.
    var budget = DayBudget()
    for text in [
      "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "FREQ=DAILY",
    ] {
      let line = try #require(ICSLine.all(of: Bytes("RRULE:\(text)".utf8)).first)
      for _ in 0..<EventList.maximumRules {
        _ = try Recurrence(line, from: LocalDateTime("2026-11-23T09:00"), &budget) {
          value throws(ICSFault) in try ICSTime(value, of: line).local
        }
      }
    }
  }

  @Test
  func agreesWithTheWordsOfTheStandard() throws {
    var generator = SeededGenerator(state: 5545)
    var checked = 0
    while checked < 60 {
      let made = Made(&generator)
      let start = LocalDate(daysSinceEpoch: Int.random(in: 18_000..<20_000, using: &generator))
      guard let rule = try? Self.rule(made.text, from: "\(start)T09:00") else { continue }
      checked += 1
      // Somewhere between tomorrow and the year 2190.
      let first = start.adding(days: Int.random(in: 1..<60_000, using: &generator))
      let last = first.adding(days: 800)
      let expected = (0...800).map { first.adding(days: $0) }.filter {
        made.means($0, from: start)
      }
      let times = rule.times(
        from: try LocalDateTime("\(first)T00:00"), to: try LocalDateTime("\(last)T23:59"))
      #expect(times.map(\.date) == expected, "\(made.text) from \(start), looked at from \(first)")
    }
  }

  /// A rule, and what it says of a day.
  struct Made {
    let frequency: String
    let interval: Int
    var months: [Int] = []
    var monthDays: [Int] = []
    var days: [(place: Int, day: Weekday)] = []

    init(_ generator: inout SeededGenerator) {
      frequency =
        ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"][Int.random(in: 0..<4, using: &generator)]
      interval = Int.random(in: 1...4, using: &generator)
      if frequency == "YEARLY" || Int.random(in: 0..<3, using: &generator) == 0 {
        months = Array(Set((0..<2).map { _ in Int.random(in: 1...12, using: &generator) })).sorted()
      }
      if frequency != "WEEKLY", Int.random(in: 0..<3, using: &generator) == 0 {
        monthDays = [
          Int.random(in: 1...31, using: &generator), -Int.random(in: 1...5, using: &generator),
        ]
      } else if Bool.random(using: &generator) {
        let takesPlaces = frequency == "MONTHLY" || frequency == "YEARLY"
        days = Weekday.allCases.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }.map {
          let place = [0, 1, 2, 3, 4, -1, -2][Int.random(in: 0..<7, using: &generator)]
          return (takesPlaces ? place : 0, $0)
        }
      }
    }

    private static let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

    var text: String {
      var text = "FREQ=\(frequency);INTERVAL=\(interval)"
      if !months.isEmpty { text += ";BYMONTH=\(months.map(String.init).joined(separator: ","))" }
      if !monthDays.isEmpty {
        text += ";BYMONTHDAY=\(monthDays.map(String.init).joined(separator: ","))"
      }
      if !days.isEmpty {
        let words = days.map {
          "\($0.place == 0 ? "" : "\($0.place)")\(Self.names[$0.day.rawValue])"
        }
        text += ";BYDAY=\(words.joined(separator: ","))"
      }
      return text
    }

    func means(_ date: LocalDate, from start: LocalDate) -> Bool {
      let apart =
        switch frequency {
        case "DAILY": date.daysSinceEpoch - start.daysSinceEpoch
        case "WEEKLY": (date.daysSinceEpoch + 3) / 7 - (start.daysSinceEpoch + 3) / 7
        case "MONTHLY": (date.year - start.year) * 12 + date.month - start.month
        default: date.year - start.year
        }
      guard date >= start, apart % interval == 0 else { return false }
      if !months.isEmpty, !months.contains(date.month) { return false }
      let length = LocalDate.days(inMonth: date.month, of: date.year)
      if !monthDays.isEmpty {
        return monthDays.contains(date.day) || monthDays.contains(date.day - length - 1)
      }
      if !days.isEmpty {
        return days.contains { place, day in
          guard day == date.weekday else { return false }
          // With BYMONTH the places are those of the month in a year, too.
          return place == 0 || place == (date.day - 1) / 7 + 1
            || place == -((length - date.day) / 7 + 1)
        }
      }
      switch frequency {
      case "WEEKLY": return date.weekday == start.weekday
      case "MONTHLY": return date.day == start.day
      case "YEARLY": return date.day == start.day && (!months.isEmpty || date.month == start.month)
      default: return true
      }
    }
  }
}
