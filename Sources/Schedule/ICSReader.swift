public import GitModel

extension EventList {
  /// How many events a file may have.
  public static let maximumEvents = 5000
  /// How many of them may come again by a rule.
  public static let maximumRules = 400

  /// Reads an iCalendar file. Days, and times that name no zone, are of `zone`; `named` gives the zone of
  /// an IANA name.
  ///
  /// An event that is cancelled does not come. Whether it is TRANSPARENT, which is how some programs mark
  /// holidays, does not matter.
  public init(
    ics file: Bytes, zone: Zone, named: (String) throws(ZoneFault) -> Zone
  ) throws(ICSFault) {
    let calendars = try ICSComponent.calendars(of: file)
    var components: [ICSComponent] = []
    var zones: [Bytes: ICSComponent] = [:]
    for part in calendars.flatMap(\.parts) {
      switch part.name {
      case "VEVENT": components.append(part)
      case "VTIMEZONE": zones[try part.bytes("TZID")] = part
      default: break
      }
    }
    guard components.count <= Self.maximumEvents else {
      throw ICSFault("it has more than \(Self.maximumEvents) events", line: 1)
    }
    guard components.count(where: { !$0.all("RRULE").isEmpty }) <= Self.maximumRules else {
      throw ICSFault("more than \(Self.maximumRules) of its events come again by a rule", line: 1)
    }
    var reader = EventReader(own: zone, defined: zones)
    for component in components { try reader.read(component, named: named) }
    self.init(events: reader.events, series: reader.series)
  }
}

/// Reads the events of a file one after another, then puts changed ones in their places.
private struct EventReader {
  let own: Zone
  let defined: [Bytes: ICSComponent]
  private var known: [String: Zone] = [:]
  private var budget = DayBudget()
  private var found: [Found] = []

  private struct Found {
    let event: EventList.Event
    let series: EventSeries
    let uid: Bytes
    let sequence: Int
    /// Which time of the event with the same UID this one stands for.
    let replaced: AbsentTimes.Time?
    let isCancelled: Bool

    /// What only one event can be, written in whatever zone.
    var place: Place { Place(uid: uid, instant: replaced?.instant, day: replaced?.writtenDay) }
  }

  private struct Place: Hashable {
    let uid: Bytes
    let instant: Int64?
    let day: LocalDate?
  }

  init(own: Zone, defined: [Bytes: ICSComponent]) { (self.own, self.defined) = (own, defined) }

  /// What counts: of events with one UID those with the highest SEQUENCE.
  private var counting: [Found] {
    var highest: [Place: Int] = [:]
    for one in found { highest[one.place] = max(highest[one.place] ?? 0, one.sequence) }
    return found.filter { $0.uid.isEmpty || $0.sequence == highest[$0.place] }
  }

  var events: [EventList.Event] { counting.filter { !$0.isCancelled }.map(\.event) }

  var series: [EventSeries] {
    let counting = counting
    var replaced: [Bytes: AbsentTimes] = [:]
    for one in counting {
      if let time = one.replaced { replaced[one.uid, default: AbsentTimes()].insert(time) }
    }
    return counting.filter { !$0.isCancelled }.enumerated().map { index, one in
      var series = one.series
      series.event = index
      if one.replaced == nil, !one.uid.isEmpty, let times = replaced[one.uid] {
        series.replaced = times
      }
      return series
    }
  }

  mutating func read(
    _ component: ICSComponent, named: (String) throws(ZoneFault) -> Zone
  ) throws(ICSFault) {
    let line = try component.demand("DTSTART")
    let start = try ICSTime(line)
    let zone = try zone(of: line, start, named)
    for name in ["EXRULE"] where !component.all(name).isEmpty {
      throw ICSFault("`\(name)` is not read", line: component.all(name)[0].line)
    }
    let (days, seconds) = try length(of: component, start, zone, named)
    // One that stands for a single time carries the rule of the others along.
    let isSingle = try component.one("RECURRENCE-ID") != nil
    var rule: Recurrence?
    if !isSingle, let line = try component.one("RRULE") {
      rule = try Recurrence(line, from: start.local, &budget) { value throws(ICSFault) in
        let time = try ICSTime(value, of: line)
        if start.isDate {
          return LocalDateTime(wallSeconds: Self.day(time, in: zone).daysSinceEpoch * 86_400)
        }
        return time.isDate
          ? LocalDateTime(wallSeconds: time.local.wallSeconds + 86_399) : Self.local(time, in: zone)
      }
    }
    var added: [LocalDateTime] = []
    for (line, time) in try times("RDATE", of: component, start) {
      added.append(try local(line, time, in: zone, named))
    }
    var excluded = AbsentTimes()
    for (line, time) in try times("EXDATE", of: component, start) {
      excluded.insert(try absent(line, time, named))
    }
    var replaced: AbsentTimes.Time?
    if let line = try component.one("RECURRENCE-ID") {
      guard try line.parameter("RANGE") == nil else {
        throw ICSFault("`RECURRENCE-ID` has a RANGE, which is not read", line: line.line)
      }
      replaced = try absent(line, try ICSTime(line), named)
    }
    // RFC 5545, 2: "enumerated property values [...] are case-insensitive".
    let status = try component.text("STATUS").uppercased()
    let sequence = try component.one("SEQUENCE").map { number($0.value.trimmed) ?? 0 } ?? 0
    let invited = component.all("ATTENDEE")
    var attendees: [String] = []
    for line in invited {
      guard try Self.takesPart(line) else { continue }
      let address = line.value.trimmed
      let isMail = address.prefix(7).asciiLowercased.elementsEqual("mailto:".utf8)
      attendees.append(address.dropFirst(isMail ? 7 : 0).prefix(200).printable)
    }
    let event = EventList.Event(
      summary: try component.text("SUMMARY"), attendees: invited.isEmpty ? nil : attendees,
      isTentative: status == "TENTATIVE", line: component.line)
    found.append(
      Found(
        event: event,
        series: EventSeries(
          event: 0, zone: zone, isDay: start.isDate, days: days, seconds: seconds,
          times: [start.local] + added, recurrence: rule, excluded: excluded),
        uid: try component.bytes("UID"), sequence: sequence, replaced: replaced,
        isCancelled: status == "CANCELLED"))
  }

  /// Whether who is invited is to be there: who has declined, was replaced, is not sure or is only told is
  /// not.
  private static func takesPart(_ line: ICSLine) throws(ICSFault) -> Bool {
    let answer = try line.parameter("PARTSTAT")?.uppercased() ?? ""
    let role = try line.parameter("ROLE")?.uppercased()
    return !["DECLINED", "DELEGATED", "TENTATIVE"].contains(answer) && role != "NON-PARTICIPANT"
  }

  // MARK: - Times

  private func times(
    _ name: String, of component: ICSComponent, _ start: ICSTime
  ) throws(ICSFault) -> [(line: ICSLine, time: ICSTime)] {
    var found: [(line: ICSLine, time: ICSTime)] = []
    for line in component.all(name) {
      for time in try ICSTime.list(line) {
        guard time.isDate == start.isDate else {
          throw ICSFault(
            "`\(name)` has a \(time.isDate ? "day" : "time"), and the event starts at a \(start.isDate ? "day" : "time")",
            line: line.line)
        }
        found.append((line, time))
      }
    }
    return found
  }

  /// A time at which an event does not come, as a line gives it in its own zone.
  private mutating func absent(
    _ line: ICSLine, _ time: ICSTime, _ named: (String) throws(ZoneFault) -> Zone
  ) throws(ICSFault) -> AbsentTimes.Time {
    AbsentTimes.Time(
      instant: time.isDate ? nil : try zone(of: line, time, named).first(time.local),
      day: Self.day(time, in: own))
  }

  /// The day that a time stands for where an event of whole days is meant: midnight in UTC is how some
  /// programs write the day itself, others write when the day begins or ends on their clocks.
  private static func day(_ time: ICSTime, in zone: Zone) -> LocalDate {
    time.local.secondOfDay == 0 ? time.local.date : local(time, in: zone).date
  }

  /// What the clocks of `zone` show at a time that a line gives in its own zone.
  private mutating func local(
    _ line: ICSLine, _ time: ICSTime, in zone: Zone,
    _ named: (String) throws(ZoneFault) -> Zone
  ) throws(ICSFault) -> LocalDateTime {
    if time.isDate || time.isUTC { return Self.local(time, in: zone) }
    let other = try self.zone(of: line, time, named)
    return other == zone ? time.local : zone.local(at: Instant(seconds: other.first(time.local)))
  }

  private static func local(_ time: ICSTime, in zone: Zone) -> LocalDateTime {
    time.isUTC ? zone.local(at: Instant(seconds: Int64(time.local.wallSeconds))) : time.local
  }

  /// How long an event lasts: whole days of the clocks, and seconds.
  private mutating func length(
    of component: ICSComponent, _ start: ICSTime, _ zone: Zone,
    _ named: (String) throws(ZoneFault) -> Zone
  ) throws(ICSFault) -> (days: Int, seconds: Int64) {
    var (days, seconds) = (start.isDate ? 1 : 0, Int64(0))
    let end = try component.one("DTEND")
    let duration = try component.one("DURATION")
    if let end, duration != nil {
      throw ICSFault("the event has DTEND and DURATION", line: end.line)
    }
    if let end {
      let time = try ICSTime(end)
      guard time.isDate == start.isDate else {
        throw ICSFault("`DTEND` and `DTSTART` are not both a day or both a time", line: end.line)
      }
      if start.isDate {
        days = time.local.date.daysSinceEpoch - start.local.date.daysSinceEpoch
        // What many programs write for one day.
        if days == 0 { days = 1 }
      } else {
        let other = try self.zone(of: end, time, named)
        seconds = other.first(time.local) - zone.first(start.local)
      }
    }
    if let duration { (days, seconds) = try Self.duration(duration) }
    let line = (end ?? duration)?.line ?? component.line
    guard days > 0 || seconds > 0, days >= 0, seconds >= 0 else {
      throw ICSFault("the event lasts no time", line: line)
    }
    guard !start.isDate || seconds == 0 else {
      throw ICSFault("the event starts at a day and lasts hours", line: line)
    }
    guard days <= EventSeries.maximumDays, seconds <= Int64(EventSeries.maximumDays) * 86_400 else {
      throw ICSFault("the event lasts more than \(EventSeries.maximumDays) days", line: line)
    }
    return (days, seconds)
  }

  /// `P7D`, `P2W`, `PT1H30M`, `P1DT12H`: whole days of the clocks, and seconds.
  private static func duration(_ line: ICSLine) throws(ICSFault) -> (days: Int, seconds: Int64) {
    let text = line.value.trimmed
    var rest = text.first == UInt8(ascii: "+") ? text.dropFirst() : text
    var (days, seconds) = (0, Int64(0))
    var units = "WDT"[...]
    var isSound = rest.first == UInt8(ascii: "P") && rest.count > 2
    rest = rest.dropFirst()
    while isSound, let first = rest.first {
      let digits = rest.prefix { $0.isASCIIDigit }
      let unit = Character(Unicode.Scalar(rest.dropFirst(digits.count).first ?? first))
      rest = rest.dropFirst(digits.count + 1)
      guard let place = units.firstIndex(of: unit) else {
        isSound = false
        break
      }
      units = units[units.index(after: place)...]
      if unit == "T", digits.isEmpty, !rest.isEmpty {
        units = "HMS"
        continue
      }
      let count = number(digits).flatMap { $0 < 1 << 24 ? $0 : nil }
      isSound = count != nil
      switch unit {
      case "W": days += 7 * (count ?? 0)
      case "D": days += count ?? 0
      case "H": seconds += 3600 * Int64(count ?? 0)
      case "M": seconds += 60 * Int64(count ?? 0)
      case "S": seconds += Int64(count ?? 0)
      default: isSound = false
      }
    }
    guard isSound else {
      throw ICSFault(
        "`DURATION:\(text.prefix(40).printable)` is no length of time", line: line.line)
    }
    return (days, seconds)
  }

  // MARK: - Zones

  /// Whose clocks show the time of `line`.
  private mutating func zone(
    of line: ICSLine, _ time: ICSTime, _ named: (String) throws(ZoneFault) -> Zone
  ) throws(ICSFault) -> Zone {
    if time.isUTC { return .utc }
    guard !time.isDate, let name = try line.parameter("TZID") else { return own }
    if let zone = known[name] { return zone }
    var found: Zone?
    for name in Self.names(name) where found == nil { found = try? named(name) }
    if found == nil, let part = defined[Bytes(name.utf8)] {
      found = try Zone(ics: part, &budget)
    }
    guard let found else {
      throw ICSFault(
        "the zone `\(Bytes(name.utf8).prefix(60).printable)` is none of IANA's, and the file does not define it",
        line: line.line)
    }
    known[name] = found
    return found
  }

  /// A name, and what is left of one with something before it, as `/mozilla.org/20050126_1/Europe/Berlin`.
  private static func names(_ name: String) -> [String] {
    let parts = name.split(separator: "/")
    guard name.hasPrefix("/") else { return [name] }
    return [3, 2].filter { $0 < parts.count }.map { parts.suffix($0).joined(separator: "/") }
  }
}
