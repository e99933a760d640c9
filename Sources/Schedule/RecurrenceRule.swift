internal import GitModel

/// The days that a recurrence rule means: each period of its FREQ has some, and of the periods every
/// INTERVAL-th counts.
struct RecurrenceRule: Hashable {
  enum Frequency: String {
    case daily = "DAILY"
    case weekly = "WEEKLY"
    case monthly = "MONTHLY"
    case yearly = "YEARLY"
  }

  /// A weekday, and which one of its month or year; 0 for every one, negative from the end.
  struct Day: Hashable {
    let place: Int
    let day: Weekday
  }

  private let frequency: Frequency
  let interval: Int
  private let weekStart: Weekday
  private let months: [Int]
  private let weeks: [Int]
  private let yearDays: [Int]
  private let monthDays: [Int]
  private let days: [Day]
  private let places: [Int]
  private let first: LocalDate

  private static let weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

  /// The parts of a rule but COUNT and UNTIL, for an event that starts on `first`.
  init(_ parts: [String: BytesSlice], from first: LocalDate) throws(ScheduleFault) {
    guard
      let frequency = parts["FREQ"].flatMap({
        Frequency(rawValue: String(decoding: $0, as: UTF8.self))
      })
    else { throw ScheduleFault("does not say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY") }
    func fault(_ key: String) -> ScheduleFault {
      ScheduleFault("has a `\(Bytes(key.utf8).prefix(20).printable)` that is not read")
    }
    func numbers(_ key: String, _ range: ClosedRange<Int>, signed: Bool = true)
      throws(ScheduleFault)
      -> [Int]
    {
      guard let value = parts[key] else { return [] }
      var found: [Int] = []
      for item in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
        let sign = item.first.flatMap { "+-".utf8.contains($0) && signed ? $0 : nil }
        guard let size = number(sign == nil ? item : item.dropFirst()), range.contains(size),
          found.count < 400
        else { throw fault(key) }
        found.append(sign == UInt8(ascii: "-") ? -size : size)
      }
      return found
    }
    let known = [
      "FREQ", "INTERVAL", "WKST", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY",
      "BYSETPOS",
    ]
    if let key = parts.keys.sorted().first(where: { !known.contains($0) }) { throw fault(key) }
    let intervals = try numbers("INTERVAL", 1...1000, signed: false)
    guard intervals.count <= 1 else { throw fault("INTERVAL") }
    let isYearly = frequency == .yearly
    for (key, isFit) in [
      ("BYWEEKNO", isYearly), ("BYYEARDAY", isYearly), ("BYMONTHDAY", frequency != .weekly),
      ("BYSETPOS", frequency != .daily),
    ] where !isFit && parts[key] != nil { throw fault(key) }
    self.frequency = frequency
    interval = intervals.first ?? 1
    months = try numbers("BYMONTH", 1...12, signed: false)
    weeks = try numbers("BYWEEKNO", 1...53)
    yearDays = try numbers("BYYEARDAY", 1...366)
    monthDays = try numbers("BYMONTHDAY", 1...31)
    places = try numbers("BYSETPOS", 1...366)
    let takesPlaces = isYearly && weeks.isEmpty || frequency == .monthly
    var days: [Day] = []
    for item in parts["BYDAY"]?.split(
      separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      ?? []
    {
      let name = String(decoding: item.suffix(2), as: UTF8.self)
      let text = item.dropLast(2)
      let sign = text.first.flatMap { "+-".utf8.contains($0) ? $0 : nil }
      let size = text.isEmpty ? 0 : number(sign == nil ? text : text.dropFirst())
      guard let size, text.isEmpty || takesPlaces && 1...53 ~= size, days.count < 400,
        let day = Self.weekdays.firstIndex(of: name).flatMap({ Weekday(rawValue: $0) })
      else { throw fault("BYDAY") }
      days.append(Day(place: sign == UInt8(ascii: "-") ? -size : size, day: day))
    }
    self.days = days
    let name = parts["WKST"].map { String(decoding: $0, as: UTF8.self) } ?? "MO"
    guard let start = Self.weekdays.firstIndex(of: name).flatMap({ Weekday(rawValue: $0) }) else {
      throw fault("WKST")
    }
    weekStart = start
    self.first = first
  }

  // MARK: - Periods

  /// The periods that count, from the one with `date` on, by their numbers. One before it is among them:
  /// the first week of a year may begin in the year before.
  func periods(from date: LocalDate) -> some Sequence<Int> & LazySequenceProtocol {
    let origin = period(of: first)
    let steps = max(0, (period(of: date) - origin) / interval - 1)
    return (steps..<Int.max >> 16).lazy.map { [interval] in origin + $0 * interval }
  }

  /// How many days are looked at for a period, the more the longer the lists are that each is held against.
  var cost: Int {
    let looked =
      switch frequency {
      case .daily: 1
      case .weekly: 7
      case .monthly: 31
      case .yearly:
        if !weeks.isEmpty {
          380
        } else if yearDays.isEmpty, monthDays.isEmpty, days.isEmpty {
          max(1, months.count)
        } else {
          31 * (months.isEmpty ? 12 : months.count)
        }
      }
    let listed = [months, weeks, yearDays, monthDays, places].map(\.count).reduce(days.count, +)
    return looked * (1 + listed / 16)
  }

  /// The same for so many days of the calendar.
  func price(ofDays count: Int) -> Int {
    let shortest =
      switch frequency {
      case .daily: 1
      case .weekly: 7
      case .monthly: 28
      case .yearly: 365
      }
    return cost * (count / (shortest * interval) + 3)
  }

  private func period(of date: LocalDate) -> Int {
    switch frequency {
    case .daily: date.daysSinceEpoch
    case .weekly: week(of: date.daysSinceEpoch)
    case .monthly: date.year * 12 + date.month - 1
    case .yearly: date.year
    }
  }

  /// The number of a week; 1970-01-01 was a Thursday.
  private func week(of day: Int) -> Int {
    (day + 3 - weekStart.rawValue).floorDivided(by: 7).quotient
  }

  private func start(ofWeek number: Int) -> Int { number * 7 - 3 + weekStart.rawValue }

  /// The first day that a period may have.
  func start(of period: Int) -> LocalDate {
    switch frequency {
    case .daily: LocalDate(daysSinceEpoch: period)
    case .weekly: LocalDate(daysSinceEpoch: start(ofWeek: period))
    case .monthly:
      Self.date(period.floorDivided(by: 12).quotient, period.floorDivided(by: 12).remainder + 1, 1)
    case .yearly: Self.date(period, 1, 1).adding(days: weeks.isEmpty ? 0 : -7)
    }
  }

  private static func date(_ year: Int, _ month: Int, _ day: Int) -> LocalDate {
    LocalDate(year: year, month: month, day: day) ?? LocalDate(daysSinceEpoch: 0)
  }

  /// The days of a period, ascending.
  func dates(in period: Int) -> [LocalDate] {
    let all = candidates(in: period)
    guard !places.isEmpty else { return all }
    let indexes = places.map { $0 > 0 ? $0 - 1 : all.count + $0 }
    return Set(indexes).filter(all.indices.contains).sorted().map { all[$0] }
  }

  /// The first `count` days from `date` on, as far as so many periods have them. The days that are looked at
  /// come off `budget`.
  func dates(
    _ count: Int, from date: LocalDate, periods: Int, _ budget: inout DayBudget, on line: ICSLine
  ) throws(ICSFault) -> [LocalDate] {
    var found: [LocalDate] = []
    for period in self.periods(from: date).prefix(periods) {
      try budget.spend(cost, on: line)
      found += dates(in: period).filter { $0 >= date }
      if found.count >= count { break }
    }
    return Array(found.prefix(count))
  }

  private func candidates(in period: Int) -> [LocalDate] {
    switch frequency {
    case .daily:
      let date = LocalDate(daysSinceEpoch: period)
      return isIn(months, date.month) && isMonthDay(date) && isWeekday(date) ? [date] : []
    case .weekly:
      let start = start(ofWeek: period)
      let wanted = days.isEmpty ? [first.weekday] : days.map(\.day)
      return (start..<start + 7).map(LocalDate.init(daysSinceEpoch:)).filter {
        wanted.contains($0.weekday) && isIn(months, $0.month)
      }
    case .monthly:
      let (year, month) = period.floorDivided(by: 12)
      guard isIn(months, month + 1) else { return [] }
      return Self.days(year, month + 1).filter { date in
        if monthDays.isEmpty, days.isEmpty { return date.day == first.day }
        return isMonthDay(date) && isDay(date, ofYear: false)
      }
    case .yearly: return yearly(period)
    }
  }

  private func yearly(_ year: Int) -> [LocalDate] {
    if weeks.isEmpty, yearDays.isEmpty, monthDays.isEmpty, days.isEmpty {
      let wanted = months.isEmpty ? [first.month] : Set(months).sorted()
      return wanted.compactMap { LocalDate(year: year, month: $0, day: first.day) }
    }
    var all = (months.isEmpty ? Array(1...12) : Set(months).sorted()).flatMap {
      Self.days(year, $0)
    }
    if !weeks.isEmpty {
      let span =
        Self.date(year, 1, 1).daysSinceEpoch - 7..<Self.date(year, 12, 31).daysSinceEpoch + 8
      all = span.map(LocalDate.init(daysSinceEpoch:)).filter {
        isWeek($0, of: year) && isIn(months, $0.month)
          && (!days.isEmpty || !monthDays.isEmpty || !yearDays.isEmpty
            || $0.weekday == first.weekday)
      }
    }
    let ofYear = months.isEmpty
    return all.filter { date in
      isYearDay(date) && isMonthDay(date) && isDay(date, ofYear: ofYear)
    }
  }

  private static func days(_ year: Int, _ month: Int) -> [LocalDate] {
    (1...LocalDate.days(inMonth: month, of: year)).compactMap {
      LocalDate(year: year, month: month, day: $0)
    }
  }

  // MARK: - Parts

  private func isIn(_ wanted: [Int], _ value: Int) -> Bool {
    wanted.isEmpty || wanted.contains(value)
  }

  private func isMonthDay(_ date: LocalDate) -> Bool {
    let length = LocalDate.days(inMonth: date.month, of: date.year)
    return isIn(monthDays, date.day) || monthDays.contains(date.day - length - 1)
  }

  private func isYearDay(_ date: LocalDate) -> Bool {
    let day = date.daysSinceEpoch - Self.date(date.year, 1, 1).daysSinceEpoch + 1
    return isIn(yearDays, day)
      || yearDays.contains(day - (LocalDate.isLeap(date.year) ? 366 : 365) - 1)
  }

  private func isWeekday(_ date: LocalDate) -> Bool {
    days.isEmpty || days.contains { $0.day == date.weekday }
  }

  private func isDay(_ date: LocalDate, ofYear: Bool) -> Bool {
    guard isWeekday(date), !days.isEmpty else { return days.isEmpty }
    let first = Self.date(date.year, ofYear ? 1 : date.month, 1).daysSinceEpoch
    let length =
      ofYear
      ? (LocalDate.isLeap(date.year) ? 366 : 365)
      : LocalDate.days(inMonth: date.month, of: date.year)
    let index = date.daysSinceEpoch - first
    let (place, last) = (index / 7 + 1, -((length - 1 - index) / 7 + 1))
    return days.contains {
      $0.day == date.weekday && ($0.place == 0 || $0.place == place || $0.place == last)
    }
  }

  /// Whether the week of a day has a wanted number in `year`: the first week of a year is the first with
  /// four of its days in it.
  private func isWeek(_ date: LocalDate, of year: Int) -> Bool {
    func firstWeek(_ year: Int) -> Int { week(of: Self.date(year, 1, 4).daysSinceEpoch) }
    let number = week(of: date.daysSinceEpoch) - firstWeek(year) + 1
    let count = firstWeek(year + 1) - firstWeek(year)
    return 1...count ~= number && (weeks.contains(number) || weeks.contains(number - count - 1))
  }
}
