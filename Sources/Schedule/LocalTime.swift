internal import GitModel

/// A time on the wall clock, to the minute; 24:00 is the end of the day.
public struct LocalTime: Hashable, Comparable, Sendable {
  /// Minutes since midnight, 0...1440.
  public let minutes: Int

  /// The time so many minutes after midnight; nil outside 0...1440.
  public init?(minutes: Int) {
    guard 0...1440 ~= minutes else { return nil }
    self.minutes = minutes
  }

  /// The time written as `HH:MM`, `00:00` to `24:00`. Nothing else is a time: `7`, `9:00`, `12.30`
  /// and what YAML makes of an unquoted `12:30` are faults.
  public init(_ text: String) throws(ScheduleFault) {
    let bytes = Bytes(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = number(bytes[..<2]),
      let minute = number(bytes[3...]), minute < 60, hour * 60 + minute <= 1440
    else {
      throw ScheduleFault("\(quoted(text)) is not a time of day; write HH:MM, 00:00 to 24:00")
    }
    minutes = hour * 60 + minute
  }

  /// Earlier first.
  public static func < (left: LocalTime, right: LocalTime) -> Bool { left.minutes < right.minutes }
}

extension LocalTime: CustomStringConvertible {
  /// The time as `HH:MM`.
  public var description: String { "\(padded(minutes / 60)):\(padded(minutes % 60))" }
}

/// A date and a time on the wall clock, to the second, without a zone.
public struct LocalDateTime: Hashable, Comparable, Sendable {
  /// The day.
  public let date: LocalDate
  /// Seconds since midnight, 0..<86400.
  public let secondOfDay: Int

  /// The moment of the day; nil when `secondOfDay` is not one of the day.
  public init?(date: LocalDate, secondOfDay: Int) {
    guard 0..<86_400 ~= secondOfDay else { return nil }
    self.date = date
    self.secondOfDay = secondOfDay
  }

  /// What is written as `2026-12-18T17:00` or `2026-12-18T17:00:30`; no zone, no other separator,
  /// no 24:00.
  public init(_ text: String) throws(ScheduleFault) {
    let bytes = Bytes(text.utf8)
    guard bytes.count == 16 || bytes.count == 19, bytes[10] == UInt8(ascii: "T"),
      bytes[13] == UInt8(ascii: ":"), let hour = number(bytes[11..<13]),
      let minute = number(bytes[14..<16]), hour < 24, minute < 60
    else { throw Self.malformed(text) }
    var second = 0
    if bytes.count == 19 {
      guard bytes[16] == UInt8(ascii: ":"), let written = number(bytes[17...]), written < 60
      else { throw Self.malformed(text) }
      second = written
    }
    date = try LocalDate(String(decoding: bytes[..<10], as: UTF8.self))
    secondOfDay = hour * 3600 + minute * 60 + second
  }

  /// The hour, 0...23.
  public var hour: Int { secondOfDay / 3600 }

  /// The minute, 0...59.
  public var minute: Int { secondOfDay / 60 % 60 }

  /// The second, 0...59.
  public var second: Int { secondOfDay % 60 }

  /// Earlier on the wall clock first.
  public static func < (left: LocalDateTime, right: LocalDateTime) -> Bool {
    (left.date, left.secondOfDay) < (right.date, right.secondOfDay)
  }

  private static func malformed(_ text: String) -> ScheduleFault {
    ScheduleFault("\(quoted(text)) is not a local date and time; write YYYY-MM-DDTHH:MM")
  }
}

extension LocalDateTime: CustomStringConvertible {
  /// The text that is read back as this value.
  public var description: String {
    "\(date)T\(padded(hour)):\(padded(minute))" + (second == 0 ? "" : ":\(padded(second))")
  }
}

extension LocalDateTime {
  /// What the wall clock would show `seconds` after 1970-01-01T00:00 if it never jumped.
  init(wallSeconds seconds: Int) {
    let (days, second) = seconds.floorDivided(by: 86_400)
    date = LocalDate(daysSinceEpoch: days)
    secondOfDay = second
  }

  /// Seconds on the wall clock since 1970-01-01T00:00, as if it never jumped.
  var wallSeconds: Int { date.daysSinceEpoch * 86_400 + secondOfDay }
}
