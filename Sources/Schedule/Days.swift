internal import GitModel

/// Some days of the week, at least one: `Mon-Thu`, `Fri`, `Sat,Sun`, `Mon-Wed,Fri`, `Fri-Mon`,
/// `daily` or `*`; or some of a month: `2nd Tue`, `last Fri`, `1st Mon,3rd Mon`.
public struct Days: Hashable, Sendable {
  /// Seven bits a place: first the days of every week, then those that are the 1st to the 5th of
  /// their month, and the last.
  private let bits: UInt64

  private static let places = ["", "1st", "2nd", "3rd", "4th", "5th", "last"]

  /// Every day.
  public static let daily = Days(bits: 0b111_1111)

  /// These days of every week; nil when there are none.
  public init?(_ days: some Sequence<Weekday>) {
    let bits = days.reduce(into: UInt64(0)) { $0 |= Self.bit($1) }
    guard bits != 0 else { return nil }
    self.bits = bits
  }

  /// The days that a policy writes. A day that is named twice is a fault, for the author meant
  /// something else.
  public init(_ text: String) throws(ScheduleFault) {
    if text == "daily" || text == "*" {
      self = .daily
      return
    }
    var seen: UInt64 = 0
    for item in Bytes(text.utf8).split(
      separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    {
      let (place, days) = try Self.days(of: item.trimmed, in: text)
      for day in days {
        let bit = Self.bit(day, place)
        guard (seen | seen << UInt64(7 * place)) & bit == 0 else {
          throw ScheduleFault("\(quoted(text)) names \(Self.name(day, place)) twice")
        }
        seen |= bit
      }
    }
    bits = seen
  }

  private init(bits: UInt64) { self.bits = bits }

  /// Whether `day` is one of them in every week.
  public func contains(_ day: Weekday) -> Bool { bits & Self.bit(day) != 0 }

  /// Whether `date` is one of them.
  public func contains(_ date: LocalDate) -> Bool {
    let day = date.weekday
    if contains(day) { return true }
    if bits & Self.bit(day, (date.day - 1) / 7 + 1) != 0 { return true }
    return bits & Self.bit(day, Self.places.count - 1) != 0
      && date.day + 7 > LocalDate.days(inMonth: date.month, of: date.year)
  }

  /// The first of them that is `date` or later.
  func first(from date: LocalDate) -> LocalDate? {
    // A 5th of a weekday can be 14 weeks away.
    (0..<120).lazy.map { date.adding(days: $0) }.first(where: contains)
  }

  private static func bit(_ day: Weekday, _ place: Int = 0) -> UInt64 {
    1 << UInt64(7 * place + day.rawValue)
  }

  private static func name(_ day: Weekday, _ place: Int) -> String {
    place == 0 ? "\(day)" : "\(places[place]) \(day)"
  }

  /// `Mon`, `Fri-Mon`, which goes over the weekend, or `2nd Tue`.
  private static func days(
    of item: BytesSlice, in text: String
  ) throws(ScheduleFault) -> (place: Int, days: [Weekday]) {
    let fault = ScheduleFault(
      "\(quoted(text)) is not a set of days; write days as Mon-Thu, Sat,Sun, 2nd Tue, last Fri or daily"
    )
    let words = item.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    if words.count == 2 {
      guard let place = places.firstIndex(of: words[0]), let day = Weekday(words[1]) else {
        throw fault
      }
      return (place, [day])
    }
    let ends = item.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
      .map { Weekday(String(decoding: $0, as: UTF8.self)) }
    guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1] else { throw fault }
    if ends.count == 2, first == last {
      throw ScheduleFault("\(quoted(text)) names \(first) twice; write \(first) or daily")
    }
    var days = [first]
    var day = first
    while day != last {
      day = day.next
      days.append(day)
    }
    return (0, days)
  }
}

extension Days: CustomStringConvertible {
  /// The shortest text that is read back as these days.
  public var description: String {
    if self == .daily { return "daily" }
    // Runs are looked for from a day whose eve is not in the set, so that Fri-Mon stays one.
    let starts = Weekday.allCases.filter { contains($0) && !contains($0.previous) }
    let runs = starts.map { start in
      var end = start
      while contains(end.next) { end = end.next }
      if end == start { return "\(start)" }
      return end == start.next ? "\(start),\(end)" : "\(start)-\(end)"
    }
    let others = Self.places.indices.dropFirst().flatMap { place in
      Weekday.allCases.filter { bits & Self.bit($0, place) != 0 }.map { Self.name($0, place) }
    }
    return (runs + others).joined(separator: ",")
  }
}
