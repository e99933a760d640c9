internal import GitModel

extension Zone {
  /// Where nobody sets the clocks, for times that an iCalendar file gives in UTC.
  static let utc = Zone(
    made: "UTC", ZoneFile(types: [ZoneFile.LocalTimeType(offset: 0, abbreviation: "UTC")]))

  /// The zone that a VTIMEZONE describes, for names that are none of IANA's. Its changes are worked out
  /// up to the year 2200, and the days that are looked at for them come off `budget`.
  init(ics component: ICSComponent, _ budget: inout DayBudget) throws(ICSFault) {
    let tooOften = ICSFault("the zone sets its clocks too often", line: component.line)
    var changes: [(local: LocalDateTime, before: Int, type: ZoneFile.LocalTimeType)] = []
    for part in component.parts where part.name == "STANDARD" || part.name == "DAYLIGHT" {
      let before = try part.offset("TZOFFSETFROM")
      let type = ZoneFile.LocalTimeType(
        offset: try part.offset("TZOFFSETTO"), abbreviation: try part.abbreviation)
      let start = try ICSTime(try part.demand("DTSTART")).local
      var times = [start]
      for line in part.all("RDATE") {
        times += try ICSTime.list(line).map(\.local)
      }
      if let line = try part.one("RRULE") {
        let rule = try Recurrence(line, from: start, &budget) { value throws(ICSFault) in
          let time = try ICSTime(value, of: line)
          return time.isUTC
            ? LocalDateTime(wallSeconds: time.local.wallSeconds + before) : time.local
        }
        times +=
          try rule?.times(
            from: max(start, Self.firstChange), to: Self.lastChange, &budget, on: line) ?? []
      }
      changes += Set(times).map { ($0, before, type) }
      guard changes.count <= Self.maximumChanges else { throw tooOften }
    }
    guard let first = changes.min(by: { $0.local < $1.local }) else {
      throw ICSFault("the zone has neither STANDARD nor DAYLIGHT", line: component.line)
    }
    let start = ZoneFile.LocalTimeType(offset: first.before, abbreviation: "LMT")
    var file = ZoneFile(types: [start])
    for change in changes.sorted(by: { $0.local < $1.local }) {
      let at = Int64(change.local.wallSeconds - change.before)
      if let last = file.transitions.last, at <= last { continue }
      // Whoever asks when the clocks show a time goes through the changes of some days around it.
      if let some = file.transitions.dropLast(Self.maximumTypes / 16).last, at - some < 200_000 {
        throw tooOften
      }
      file.append(change.type, from: at)
      guard file.types.count <= Self.maximumTypes else { throw tooOften }
    }
    self.init(made: component.name, file)
  }

  private static let firstChange = LocalDateTime(wallSeconds: 0)
  private static let lastChange = LocalDateTime(wallSeconds: 230 * 31_556_952)
  private static let maximumChanges = 20_000
  /// How many kinds of time a zone may have, as in a file of the operating system.
  private static let maximumTypes = 256
}

extension ICSComponent {
  /// `+0100`, `-0330`, `+001736`, in seconds.
  fileprivate func offset(_ name: String) throws(ICSFault) -> Int {
    let line = try demand(name)
    let text = line.value.trimmed
    let digits = text.dropFirst()
    guard let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      digits.count == 4 || digits.count == 6, let all = number(digits)
    else {
      throw ICSFault("`\(name):\(text.prefix(20).printable)` is no offset", line: line.line)
    }
    let (hours, minutes, seconds) =
      digits.count == 4 ? (all / 100, all % 100, 0) : (all / 10_000, all / 100 % 100, all % 100)
    guard hours < 24, minutes < 60, seconds < 60 else {
      throw ICSFault("`\(name):\(text.printable)` is no offset", line: line.line)
    }
    let offset = hours * 3600 + minutes * 60 + seconds
    return sign == UInt8(ascii: "-") ? -offset : offset
  }

  fileprivate var abbreviation: String {
    get throws(ICSFault) {
      guard let line = all("TZNAME").first else { return "local" }
      return line.value.prefix(10).printable
    }
  }
}

extension ZoneFile {
  /// A file with one kind of time, and no change yet.
  init(types: [LocalTimeType]) {
    self.types = types
    rule = nil
  }

  /// Adds a change that comes after all others.
  mutating func append(_ type: LocalTimeType, from seconds: Int64) {
    let index = types.firstIndex(of: type) ?? types.count
    if index == types.count { types.append(type) }
    transitions.append(seconds)
    typeIndexes.append(index)
  }
}
