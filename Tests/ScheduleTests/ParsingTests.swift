import Testing

@testable import Schedule

@Suite("Texts of a calendar")
struct ParsingTests {
  @Test(arguments: [("00:00", 0), ("09:05", 545), ("23:59", 1439), ("24:00", 1440)])
  func timesOfDay(_ text: String, _ minutes: Int) throws {
    let time = try LocalTime(text)
    #expect(time.minutes == minutes)
    #expect(time.description == text)
  }

  @Test(arguments: [
    "", "7", "750", "9:00", "12.30", "12:3", "12:60", "24:01", "25:00", "-1:00", "+1:00", "12:30 ",
    "12:30:00", "12:３0", "1２:30", "noon", "12:30\u{0}", "12\u{0338}:30",
  ])
  func notTimesOfDay(_ text: String) {
    #expect(throws: ScheduleFault.self) { try LocalTime(text) }
  }

  @Test
  func faultsAreClauses() {
    #expect(
      throws: ScheduleFault("`25:00` is not a time of day; write HH:MM, 00:00 to 24:00")
    ) { try HourRange("25:00-26:00") }
    #expect(throws: ScheduleFault("`9-5` is not a range of hours; write HH:MM-HH:MM")) {
      try HourRange("9-5")
    }
    #expect(
      throws: ScheduleFault(
        "`09:00-09:00` starts when it ends; write 00:00-24:00 for the whole day")
    ) { try HourRange("09:00-09:00") }
    #expect(throws: ScheduleFault("`\\u{1b}[2J` is not a time of day; write HH:MM, 00:00 to 24:00"))
    { try LocalTime("\u{1b}[2J") }
    #expect(throws: ScheduleFault("`2026-02-29` is not a day of the calendar")) {
      try LocalDateTime("2026-02-29T10:00")
    }
    #expect(
      throws: ScheduleFault(
        "the freeze `f` ends at 2026-01-01T00:00, not after its start 2026-01-01T00:00")
    ) { try Freeze(id: "f", from: "2026-01-01T00:00", until: "2026-01-01T00:00", reason: "r") }
    #expect(throws: ScheduleFault("`Mon-Wed,Tue` names Tue twice")) { try Days("Mon-Wed,Tue") }
  }

  @Test(arguments: ["09:00-16:00", "22:00-06:00", "00:00-24:00", "22:00-24:00", "22:00-00:00"])
  func hourRanges(_ text: String) throws {
    let range = try HourRange(text)
    #expect(range.description == text)
    #expect(range.crossesMidnight == text.hasPrefix("22:00-0"))
  }

  @Test(arguments: [
    "", "09:00", "09:00-", "-16:00", "09:00–16:00", "09:00 - 16:00", "24:00-06:00", "00:00-00:00",
    "24:00-24:00", "9:00-16:00", "09:00-25:00", "09:00-16:00-17:00",
  ])
  func notHourRanges(_ text: String) {
    #expect(throws: ScheduleFault.self) { try HourRange(text) }
  }

  @Test(arguments: [
    ("Fri", [4], "Fri"), ("Mon-Thu", [0, 1, 2, 3], "Mon-Thu"), ("Sat,Sun", [5, 6], "Sat,Sun"),
    ("Mon-Wed,Fri", [0, 1, 2, 4], "Mon-Wed,Fri"), ("Fri-Mon", [0, 4, 5, 6], "Fri-Mon"),
    ("Sat, Sun", [5, 6], "Sat,Sun"), ("Sun,Mon", [0, 6], "Sun,Mon"), ("*", Array(0...6), "daily"),
    ("daily", Array(0...6), "daily"), ("Wed-Tue", Array(0...6), "daily"),
  ])
  func days(_ text: String, _ expected: [Int], _ shortest: String) throws {
    let days = try Days(text)
    #expect(Weekday.allCases.filter(days.contains).map(\.rawValue) == expected)
    #expect(days.description == shortest)
    #expect(try Days(days.description) == days)
    #expect(Days(expected.map(Weekday.of)) == days)
  }

  @Test(arguments: [
    "", "mon", "MON", "Monday", "Mo", "Mon-", "-Fri", "Mon--Fri", "Mon-Wed-Fri", "Mon,", ",Mon",
    "Mon,Mon", "Mon-Mon", "Mon-Wed,Tue", "Mon Tue", "Mon;Tue", "weekdays", "**", "1-5",
  ])
  func notDays(_ text: String) {
    #expect(throws: ScheduleFault.self) { try Days(text) }
  }

  @Test(arguments: [
    ("2nd Tue", "2nd Tue", [10]), ("last Fri", "last Fri", [27]), ("5th Mon", "5th Mon", [30]),
    ("1st Mon, 3rd Mon", "1st Mon,3rd Mon", [2, 16]), ("5th Wed", "5th Wed", []),
    ("Sun,last Mon", "Sun,last Mon", [1, 8, 15, 22, 29, 30]), ("4th Mon", "4th Mon", [23]),
  ])
  func daysOfAMonth(_ text: String, _ shortest: String, _ expected: [Int]) throws {
    let days = try Days(text)
    #expect(days.description == shortest)
    #expect(try Days(days.description) == days)
    // November 2026 starts on a Sunday.
    let found = try (1...30).filter {
      try days.contains(LocalDate("2026-11-\($0 < 10 ? "0" : "")\($0)"))
    }
    #expect(found == expected)
  }

  @Test(arguments: [
    "6th Mon", "2nd", "2nd Tuesday", "2 Tue", "first Mon", "last", "2nd Mon-Fri", "2nd  last Mon",
    "Mon 2nd", "2nd Tue,2nd Tue", "Tue,2nd Tue",
  ])
  func notDaysOfAMonth(_ text: String) {
    #expect(throws: ScheduleFault.self) { try Days(text) }
  }

  @Test
  func dates() throws {
    let dates = try Dates(["2026-12-31..2027-01-02", "2026-12-24", "2028-02-29"])
    #expect(dates.description == "2026-12-24,2026-12-31..2027-01-02,2028-02-29")
    for (date, isIn) in [
      ("2026-12-23", false), ("2026-12-24", true), ("2026-12-25", false), ("2026-12-31", true),
      ("2027-01-02", true), ("2027-01-03", false), ("2028-02-29", true),
    ] {
      #expect(dates.contains(try LocalDate(date)) == isIn, "\(date)")
    }
    #expect(try dates.first(from: LocalDate("2027-01-03")) == LocalDate("2028-02-29"))
    #expect(try dates.first(from: LocalDate("2028-03-01")) == nil)
    #expect(
      try Dates(["2026-01-01", "2026-01-03", "2026-01-05", "2026-01-07"]).description
        == "2026-01-01,2026-01-03,2026-01-05 and 1 more")
  }

  @Test(arguments: [
    ([], "there is no date"), (["2026-02-29"], "`2026-02-29` is not a day of the calendar"),
    (["24 Dec"], "`24 Dec` is not a date; write YYYY-MM-DD"),
    (["2026-12-24", "2026-12-24"], "2026-12-24 is named twice"),
    (["2026-12-24..2026-12-26", "2026-12-26"], "2026-12-26 is named twice"),
    (["2026-12-26..2026-12-24"], "`2026-12-26..2026-12-24` ends before it starts"),
    (["2026-12-24.2026-12-26"], "`2026-12-24.2026-12-26` is not a date; write YYYY-MM-DD"),
  ])
  func notDates(_ texts: [String], _ words: String) {
    #expect(throws: ScheduleFault(words)) { try Dates(texts) }
  }

  @Test(arguments: [
    ("2026-12-18T17:00", 1_797_613_200), ("1970-01-01T00:00", 0), ("2024-02-29T23:59:59", nil),
    ("0001-01-01T00:00", nil), ("9999-12-31T23:59", nil),
  ])
  func localDateTimes(_ text: String, _ wallSeconds: Int?) throws {
    let moment = try LocalDateTime(text)
    #expect(moment.description == text)
    #expect(LocalDateTime(wallSeconds: moment.wallSeconds) == moment)
    if let wallSeconds { #expect(moment.wallSeconds == wallSeconds) }
  }

  @Test(arguments: [
    "", "2026-12-18", "2026-12-18 17:00", "2026-12-18t17:00", "2026-12-18T17", "2026-12-18T24:00",
    "2026-12-18T17:00Z", "2026-12-18T17:00+00:00", "2026-13-01T00:00", "2026-00-01T00:00",
    "2026-01-00T00:00", "2026-01-32T00:00", "2026-04-31T00:00", "1900-02-29T00:00",
    "26-12-18T17:00", "2026-12-18T17:60", "2026-12-18T17:00:60", "2026-12-18T17:00:5",
    "-026-12-18T17:00", "2026-12-18T17:00.5", "2026-12-18T17:00\n",
  ])
  func notLocalDateTimes(_ text: String) {
    #expect(throws: ScheduleFault.self) { try LocalDateTime(text) }
  }

  @Test
  func datesAreExact() throws {
    // Every day of 1999 to 2101 follows the one before it, in number, in date and in weekday.
    var date = try LocalDate("1999-01-01")
    #expect(date.weekday == .friday)
    while date.year < 2102 {
      let next = date.adding(days: 1)
      #expect(next > date && next.daysSinceEpoch == date.daysSinceEpoch + 1)
      #expect(next.weekday == date.weekday.next)
      #expect(LocalDate(year: next.year, month: next.month, day: next.day) == next)
      if next.day == 1 { #expect(date.day == LocalDate.days(inMonth: date.month, of: date.year)) }
      date = next
    }
    #expect(try LocalDate("2000-02-29").adding(days: 366).description == "2001-03-01")
    #expect(try LocalDate("2026-11-20").weekday == .friday)
    #expect(LocalDate(daysSinceEpoch: -719_528).description == "0000-01-01")
  }

  @Test(arguments: [Int.min, Int.min + 1, -1, 0, 1, Int.max - 1, Int.max])
  func nothingOverflows(_ number: Int) {
    let date = LocalDate(daysSinceEpoch: number)
    #expect(LocalDate(daysSinceEpoch: date.daysSinceEpoch) == date)
    #expect(date.adding(days: number) == date.adding(days: number))
    #expect(LocalDate(year: number, month: 1, day: 1) == nil || abs(number) <= 1)
    #expect(LocalTime(minutes: number) == nil || 0...1 ~= number)
    #expect(LocalDateTime(date: date, secondOfDay: number) == nil || 0...1 ~= number)
  }
}
