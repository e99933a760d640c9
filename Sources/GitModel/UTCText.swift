extension Instant {
  /// The moment in UTC as RFC 3339 writes it, to the second: `2026-11-20T16:45:00Z`.
  public var utcText: String {
    let (days, second) = Self.floorDivide(seconds, by: 86_400)
    let (year, month, day) = Self.civil(days)
    func padded(_ value: Int64, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let (hour, rest) = second.quotientAndRemainder(dividingBy: 3600)
    return "\(date)T\(padded(hour, 2)):\(padded(rest / 60, 2)):\(padded(rest % 60, 2))Z"
  }

  /// The moment that `text` spells as `utcText` does, in a year from 0 to 9999; nil for any other
  /// spelling and for dates that are none.
  public init?(utcText text: Bytes) {
    let shape = Bytes("0000-00-00T00:00:00Z".utf8)
    guard text.count == shape.count else { return nil }
    for (byte, wanted) in zip(text, shape) {
      guard wanted == UInt8(ascii: "0") ? byte.isASCIIDigit : byte == wanted else { return nil }
    }
    func number(_ range: Range<Int>) -> Int64 {
      text[range].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }
    let days = Self.daysBefore(year: number(0..<4), month: number(5..<7), day: number(8..<10))
    let time = number(11..<13) * 3600 + number(14..<16) * 60 + number(17..<19)
    self.init(seconds: days * 86_400 + time)
    // What is no date or time (a 30th of February, 24:00) comes back spelled otherwise.
    guard utcText.utf8.elementsEqual(text) else { return nil }
  }

  static func floorDivide(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that
  // the leap day is the last of its year; 719,468 days lie between 0000-03-01 and 1970-01-01.

  static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  static func daysBefore(year: Int64, month: Int64, day: Int64) -> Int64 {
    let (era, yearOfEra) = floorDivide(month <= 2 ? year - 1 : year, by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
