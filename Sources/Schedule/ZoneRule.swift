internal import GitModel

/// The rule in the footer of a TZif file: a POSIX `TZ` string such as `GMT0BST,M3.5.0/1,M10.5.0`,
/// with the hours from -167 to 167 that version 3 added.
struct ZoneRule: Hashable, Sendable {
  /// The time of the part of the year without the change.
  let standard: ZoneFile.LocalTimeType
  /// The change, when there is one.
  let daylight: Daylight?

  /// A part of each year in which the clocks are set otherwise. In Dublin that is the winter.
  struct Daylight: Hashable, Sendable {
    let type: ZoneFile.LocalTimeType
    let start: Edge
    let end: Edge
  }

  /// When in a year the clocks are changed.
  struct Edge: Hashable, Sendable {
    let day: Day
    /// Seconds after midnight, in the local time that ends here; may be negative or over a day.
    let time: Int
  }

  enum Day: Hashable, Sendable {
    /// `Jn`: 1...365, the leap day is never counted.
    case julian(Int)
    /// `n`: 0...365, the leap day is counted.
    case zeroBased(Int)
    /// `Mm.w.d`: the weekday, Sunday being 0, of that week of the month, 5 being the last.
    case weekday(month: Int, week: Int, day: Int)
  }

  init(_ text: BytesSlice, extended: Bool) throws(ZoneFault) {
    var reader = Reader(rest: text, extended: extended)
    let name = try reader.name()
    let offset = try -reader.offset()
    standard = ZoneFile.LocalTimeType(offset: offset, abbreviation: name)
    guard !reader.rest.isEmpty else {
      daylight = nil
      return
    }
    let otherName = try reader.name()
    let otherOffset =
      reader.rest.first == UInt8(ascii: ",") ? offset + 3600 : try -reader.offset()
    guard ZoneFile.offsets ~= otherOffset else { throw Reader.fault }
    let start = try reader.edge()
    let end = try reader.edge()
    guard reader.rest.isEmpty else { throw Reader.fault }
    daylight = Daylight(
      type: ZoneFile.LocalTimeType(offset: otherOffset, abbreviation: otherName),
      start: start, end: end)
  }

  /// What the clocks are set to at `seconds`.
  func type(at seconds: Int64) -> ZoneFile.LocalTimeType {
    guard let daylight else { return standard }
    let isInside = daylightSpans(around: seconds).contains {
      $0.start <= seconds && seconds < $0.end
    }
    return isInside ? daylight.type : standard
  }

  /// The first moment after `seconds` at which the clocks may change.
  func nextChange(after seconds: Int64) -> Int64? {
    daylightSpans(around: seconds).flatMap { [$0.start, $0.end] }.filter { $0 > seconds }.min()
  }

  private func daylightSpans(around seconds: Int64) -> [(start: Int64, end: Int64)] {
    guard let daylight else { return [] }
    let year = LocalDate(daysSinceEpoch: Int(seconds).floorDivided(by: 86_400).quotient).year
    // An edge may lie a week and a day outside its year, and on the southern half of the globe
    // summer begins in one year and ends in the next.
    return (year - 2...year + 2).map { year in
      let start = daylight.start.moment(in: year, offset: standard.offset)
      let end = daylight.end.moment(in: year, offset: daylight.type.offset)
      return start < end
        ? (start, end)
        : (start, daylight.end.moment(in: year + 1, offset: daylight.type.offset))
    }
  }
}

extension ZoneRule.Edge {
  /// Seconds since 1970 of the change in `year`, when the clocks before it are `offset` from UTC.
  fileprivate func moment(in year: Int, offset: Int) -> Int64 {
    let newYear = Self.days(year, month: 1)
    let days =
      switch day {
      case .julian(let number):
        newYear + number - 1 + (LocalDate.isLeap(year) && number >= 60 ? 1 : 0)
      case .zeroBased(let number):
        newYear + number
      case .weekday(let month, let week, let day):
        Self.weekday(day, week: week, first: Self.days(year, month: month))
          - (week == 5 && Self.isFifthOutside(day, month: month, year: year) ? 7 : 0)
      }
    return Int64(days * 86_400 + time - offset)
  }

  private static func days(_ year: Int, month: Int) -> Int {
    LocalDate(year: year, month: month, day: 1)?.daysSinceEpoch ?? 0
  }

  /// The day of the `week`-th weekday counted from the first of a month.
  private static func weekday(_ day: Int, week: Int, first: Int) -> Int {
    // 1970-01-01 was a Thursday, which is 4 when Sunday is 0.
    let weekdayOfFirst = (first + 4).floorDivided(by: 7).remainder
    return first + (day - weekdayOfFirst + 7) % 7 + (week - 1) * 7
  }

  private static func isFifthOutside(_ day: Int, month: Int, year: Int) -> Bool {
    let first = days(year, month: month)
    return weekday(day, week: 5, first: first) >= first
      + LocalDate.days(inMonth: month, of: year)
  }
}

/// Reads the parts of a `TZ` string.
private struct Reader {
  static var fault: ZoneFault { ZoneFault("the zone file has a footer that cannot be read") }

  var rest: BytesSlice
  let extended: Bool

  /// `GMT`, or `<+0330>` for what is not only letters.
  mutating func name() throws(ZoneFault) -> String {
    let name: BytesSlice
    if skip("<") {
      guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { throw Self.fault }
      name = rest[..<end]
      rest = rest[(end + 1)...]
    } else {
      name = rest.prefix { $0.isASCIILetter }
      rest = rest.dropFirst(name.count)
    }
    guard name.count >= 3 else { throw Self.fault }
    return try ZoneFile.abbreviation(name)
  }

  /// Seconds west of UTC, as POSIX has it.
  mutating func offset() throws(ZoneFault) -> Int { try duration(hours: 24) }

  /// `,M3.5.0/1`
  mutating func edge() throws(ZoneFault) -> ZoneRule.Edge {
    guard skip(",") else { throw Self.fault }
    let day: ZoneRule.Day
    if skip("J") {
      day = .julian(try number(1...365))
    } else if skip("M") {
      let month = try number(1...12)
      guard skip(".") else { throw Self.fault }
      let week = try number(1...5)
      guard skip(".") else { throw Self.fault }
      day = .weekday(month: month, week: week, day: try number(0...6))
    } else {
      day = .zeroBased(try number(0...365))
    }
    let time = skip("/") ? try duration(hours: extended ? 167 : 24) : 7200
    return ZoneRule.Edge(day: day, time: time)
  }

  /// `[+-]hh[:mm[:ss]]` in seconds.
  private mutating func duration(hours: Int) throws(ZoneFault) -> Int {
    let sign = skip("-") ? -1 : 1
    if sign == 1 { _ = skip("+") }
    var seconds = try number(0...hours) * 3600
    if skip(":") {
      seconds += try number(0...59) * 60
      if skip(":") { seconds += try number(0...59) }
    }
    return sign * seconds
  }

  private mutating func number(_ range: ClosedRange<Int>) throws(ZoneFault) -> Int {
    let digits = rest.prefix { $0.isASCIIDigit }
    guard let value = Schedule.number(digits), range ~= value else { throw Self.fault }
    rest = rest.dropFirst(digits.count)
    return value
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }
}
