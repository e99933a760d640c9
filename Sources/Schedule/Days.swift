internal import GitModel

/// Some days of the week, at least one: `Mon-Thu`, `Fri`, `Sat,Sun`, `Mon-Wed,Fri`, `Fri-Mon`,
/// `daily` or `*`.
public struct Days: Hashable, Sendable {
  private let mask: UInt8

  /// Every day.
  public static let daily = Days(mask: 0b111_1111)

  /// These days; nil when there are none.
  public init?(_ days: some Sequence<Weekday>) {
    let mask = days.reduce(into: UInt8(0)) { $0 |= 1 << UInt8($1.rawValue) }
    guard mask != 0 else { return nil }
    self.mask = mask
  }

  /// The days that a policy writes. A day that is named twice is a fault, for the author meant
  /// something else.
  public init(_ text: String) throws(ScheduleFault) {
    if text == "daily" || text == "*" {
      self = .daily
      return
    }
    var seen: UInt8 = 0
    for item in Bytes(text.utf8).split(
      separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    {
      for day in try Self.days(of: item.trimmed, in: text) {
        let bit: UInt8 = 1 << UInt8(day.rawValue)
        guard seen & bit == 0 else { throw ScheduleFault("\(quoted(text)) names \(day) twice") }
        seen |= bit
      }
    }
    mask = seen
  }

  private init(mask: UInt8) { self.mask = mask }

  /// Whether `day` is one of them.
  public func contains(_ day: Weekday) -> Bool { mask & (1 << UInt8(day.rawValue)) != 0 }

  /// `Mon` or `Fri-Mon`, which goes over the weekend.
  private static func days(of item: BytesSlice, in text: String) throws(ScheduleFault)
    -> [Weekday]
  {
    let ends = item.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
      .map { Weekday(String(decoding: $0, as: UTF8.self)) }
    guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1] else {
      throw ScheduleFault(
        "\(quoted(text)) is not a set of days; write days as Mon-Thu, Sat,Sun or daily")
    }
    if ends.count == 2, first == last {
      throw ScheduleFault("\(quoted(text)) names \(first) twice; write \(first) or daily")
    }
    var days = [first]
    var day = first
    while day != last {
      day = day.next
      days.append(day)
    }
    return days
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
    return runs.joined(separator: ",")
  }
}
