internal import Policy
internal import Schedule

/// Reads `calendars`.
enum CalendarReader {
  static func calendars(
    _ entries: [SettingsNode.Entry], context: PolicyContext, place: PolicyPlace,
    problems: ProblemList, zone: (String) throws(ZoneFault) -> Zone
  ) -> [String: Calendar] {
    var calendars: [String: Calendar] = [:]
    for entry in entries {
      calendars[entry.key] = calendar(
        entry, context: context, place: place, problems: problems, zone: zone)
    }
    return calendars
  }

  private static func calendar(
    _ entry: SettingsNode.Entry, context: PolicyContext, place: PolicyPlace,
    problems: ProblemList, zone: (String) throws(ZoneFault) -> Zone
  ) -> Calendar? {
    if let file = entry.position.file, entry.node.value == .absent {
      problems.add(
        "\(file.printableText) wants the calendar \(entry.key.quoted), and nobody states it",
        at: entry.position,
        hint:
          "write it under `calendars` of the policy, e.g. `\(entry.key.printableText): {timezone: Europe/London}`"
      )
      return nil
    }
    let reader = SettingsReader(entry.node, name: entry.key, problems: problems)
    _ = reader.flag("locked")
    _ = reader.records(.nothing, at: entry.node)
    let allow = windows("allow", reader)
    let deny = windows("deny", reader)
    let freezes = freezes(reader)
    let freezers = reader.who("freeze-by", context)
    let identifier = reader.text("timezone")
    let position = reader.lacks("timezone") ? nil : reader.node("timezone")?.position
    let events = EventFileReader(reader, place: place)
    let holidays = events.names("holidays")
    let staffing = StaffingReader(reader, events, context)
    reader.finish()
    guard let identifier, let position else {
      if position == nil {
        problems.add(
          "the calendar `\(entry.key.printableText)` has no `timezone`", at: entry.position,
          hint: "write an IANA name, e.g. `timezone: Europe/London`")
      }
      return nil
    }
    let found = problems.noting(at: position, "`timezone`:") {
      () throws(ZoneFault) in try zone(identifier)
    }
    guard let found else { return nil }
    let calendar = Calendar(
      name: entry.key, zone: found, allow: allow, deny: deny, freezes: freezes,
      holidays: holidays.compactMap { events.list($0, zone: found, named: zone) },
      staffing: staffing?.staffing(zone: found, named: zone), freezers: freezers?.people ?? [])
    if calendar.neverOpens {
      problems.add(
        "the calendar `\(entry.key.printableText)` never opens", at: entry.position,
        hint: "its `deny` covers all of its `allow`")
    }
    return calendar
  }

  private static func windows(_ key: String, _ reader: SettingsReader) -> [TimeWindow] {
    (reader.items(key) ?? []).compactMap { item in
      let window = SettingsReader(
        item, name: "a window under `\(key)`", isKey: false, problems: reader.problems)
      guard case .map = item.value else { return nil }
      let days = window.text("days")
      let dates = window.texts("dates")
      let hours = window.text("hours")
      let reason = window.text("reason")
      if window.lacks("days", "dates") {
        reader.problems.add(
          "a window under `\(key)` has no `days`", at: item.position,
          hint: "write `{days: Mon-Thu, hours: \"09:00-16:00\"}`, or `dates: [2026-12-24]`")
      }
      // Of days that come once the whole day may be meant; of others it is said.
      if window.node("dates") == nil, window.lacks("hours") {
        reader.problems.add(
          "a window under `\(key)` has no `hours`", at: item.position,
          hint: "write `{days: Mon-Thu, hours: \"09:00-16:00\"}`")
      }
      window.finish()
      if days != nil, dates != nil {
        reader.problems.add(
          "a window under `\(key)` has `days` and `dates`", at: item.position,
          hint: "write two windows")
      }
      return reader.problems.noting(at: item.position, "") {
        () throws(ScheduleFault) -> TimeWindow? in
        if let dates { return try TimeWindow(dates: dates, hours: hours, reason: reason) }
        guard let days, let hours else { return nil }
        return try TimeWindow(days: days, hours: hours, reason: reason)
      }.flatMap { $0 }
    }
  }

  private static func freezes(_ reader: SettingsReader) -> [Freeze] {
    var seen: Set<String> = []
    return (reader.items("freezes") ?? []).compactMap { item in
      let freeze = SettingsReader(
        item, name: "a freeze", isKey: false, problems: reader.problems)
      guard case .map = item.value else { return nil }
      let parts = ["id", "from", "until", "reason"].map { (key: $0, text: freeze.text($0)) }
      for part in parts where freeze.lacks(part.key) {
        reader.problems.add(
          "a freeze has no `\(part.key)`", at: item.position,
          hint:
            "write `{id: year-end, from: 2026-12-18T17:00, until: 2027-01-04T09:00, reason: Christmas}`"
        )
      }
      freeze.finish()
      guard let id = parts[0].text, let from = parts[1].text, let until = parts[2].text,
        let reason = parts[3].text
      else { return nil }
      if !seen.insert(id).inserted {
        reader.problems.add(
          "the freeze `\(id.printableText)` stands here again", at: item.position,
          hint: "give this one another id")
      }
      return reader.problems.noting(at: item.position, "") {
        () throws(ScheduleFault) in try Freeze(id: id, from: from, until: until, reason: reason)
      }
    }
  }
}
