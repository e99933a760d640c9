internal import GitModel

/// A day of the week.
public enum Weekday: Int, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// The first day of the working week.
  case monday
  /// The second.
  case tuesday
  /// The third.
  case wednesday
  /// The fourth.
  case thursday
  /// The fifth.
  case friday
  /// The sixth.
  case saturday
  /// The seventh.
  case sunday

  /// The day written as `Mon`, `Tue` and so on; nil for any other text.
  public init?(_ text: String) {
    guard let day = Self.allCases.first(where: { $0.description.utf8.elementsEqual(text.utf8) })
    else { return nil }
    self = day
  }

  /// The day after this one.
  public var next: Weekday { Weekday.of(rawValue + 1) }

  /// The day before this one.
  public var previous: Weekday { Weekday.of(rawValue + 6) }

  /// `Mon`, `Tue` and so on.
  public var description: String {
    switch self {
    case .monday: "Mon"
    case .tuesday: "Tue"
    case .wednesday: "Wed"
    case .thursday: "Thu"
    case .friday: "Fri"
    case .saturday: "Sat"
    case .sunday: "Sun"
    }
  }

  static func of(_ daysAfterMonday: Int) -> Weekday {
    Weekday(rawValue: daysAfterMonday.floorDivided(by: 7).remainder) ?? .monday
  }
}

/// A day of the proleptic Gregorian calendar, without a zone.
public struct LocalDate: Hashable, Comparable, Sendable {
  /// The year, 2026; the year before 1 is 0.
  public let year: Int
  /// The month, 1...12.
  public let month: Int
  /// The day of the month, 1...31.
  public let day: Int

  /// Years beyond plus and minus this are no days here; it keeps the arithmetic from overflowing.
  static let farthestYear = 40_000_000

  /// The day, if there is one of this number in this month.
  public init?(year: Int, month: Int, day: Int) {
    guard abs(year.clamped(to: Int.min / 2...Int.max / 2)) <= Self.farthestYear,
      1...12 ~= month, day >= 1, day <= Self.days(inMonth: month, of: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day that is `days` days after 1970-01-01, at most some 35 million years away from it.
  public init(daysSinceEpoch days: Int) {
    let farthest = Int(Zone.farthest / 86_400) + 400
    // The usual era arithmetic: 400 years are always 146,097 days, and a year that starts in March
    // ends with its leap day (Howard Hinnant, "chrono-compatible low-level date algorithms").
    let (era, dayOfEra) = (days.clamped(to: -farthest...farthest) + 719_468)
      .floorDivided(by: 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// The day written as `2026-12-18`.
  public init(_ text: String) throws(ScheduleFault) {
    let bytes = Bytes(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = number(bytes[..<4]), let month = number(bytes[5..<7]),
      let day = number(bytes[8...])
    else { throw ScheduleFault("\(quoted(text)) is not a date; write YYYY-MM-DD") }
    guard let date = LocalDate(year: year, month: month, day: day) else {
      throw ScheduleFault("\(quoted(text)) is not a day of the calendar")
    }
    self = date
  }

  /// Days since 1970-01-01, negative before it.
  public var daysSinceEpoch: Int {
    let yearFromMarch = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = yearFromMarch.floorDivided(by: 400)
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The day of the week.
  public var weekday: Weekday { Weekday.of(daysSinceEpoch + 3) }

  /// The day that is `days` days later, or earlier when negative.
  public func adding(days: Int) -> LocalDate {
    let farthest = Int(Zone.farthest / 86_400) * 2
    return LocalDate(daysSinceEpoch: daysSinceEpoch + days.clamped(to: -farthest...farthest))
  }

  /// Earlier first.
  public static func < (left: LocalDate, right: LocalDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension LocalDate: CustomStringConvertible {
  /// The day as `2026-12-18`.
  public var description: String { "\(padded(year, 4))-\(padded(month))-\(padded(day))" }
}

extension Comparable {
  func clamped(to range: ClosedRange<Self>) -> Self {
    min(max(self, range.lowerBound), range.upperBound)
  }
}
