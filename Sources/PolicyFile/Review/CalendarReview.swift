internal import GitModel
internal import Policy
internal import Schedule

/// What calendars say and hardly mean, and what is over.
extension PolicyReview {
  var times: [Problem] {
    policy.root.entries("calendars").flatMap { entry -> [Problem] in
      guard let calendar = policy.calendars[entry.key] else { return [] }
      let problems = calendar.problems.map { Problem(calendar.explain($0), at: entry.position) }
      return problems + unopened(calendar, entry.node) + edges(calendar, entry.node)
        + past(calendar, entry.node)
    }
  }

  private func unopened(_ calendar: Calendar, _ node: SettingsNode) -> [Problem] {
    zip(calendar.allow, node["allow"]?.node.items ?? []).compactMap { window, node in
      let alone = Calendar(
        name: calendar.name, zone: calendar.zone, allow: [window], deny: calendar.deny)
      guard alone.neverOpens else { return nil }
      return Problem(
        "the window \(window.description.quoted) never opens: `deny` covers all of it",
        at: node.position, hint: "take it out, or the part of `deny` that it is meant to open")
    }
  }

  /// Windows that start or end when the clocks are set, at one of the next times that they are.
  private func edges(_ calendar: Calendar, _ node: SettingsNode) -> [Problem] {
    var changes: [Instant] = []
    while changes.count < 4, let next = calendar.zone.nextChange(after: changes.last ?? instant) {
      changes.append(next)
    }
    return [("allow", calendar.allow), ("deny", calendar.deny)].flatMap { key, windows in
      zip(windows, node[key]?.node.items ?? []).compactMap { window, node in
        changes.lazy.compactMap { edge(of: window, on: $0, calendar.zone) }.first.map {
          Problem($0, at: node.position, hint: "choose another hour")
        }
      }
    }
  }

  private func edge(of window: TimeWindow, on change: Instant, _ zone: Zone) -> String? {
    let date = zone.local(at: change).date
    let hours = window.hours
    let lastDate = hours.crossesMidnight ? date.adding(days: -1) : date
    for (time, start, word) in [
      (hours.start, date, "starts"), (hours.end, lastDate, "ends"),
    ] where window.days.contains(start) {
      guard let local = LocalDateTime(date: date, secondOfDay: time.minutes * 60) else { continue }
      let how: String
      switch zone.instants(of: local) {
      case .one: continue
      case .gap: how = "skip"
      case .overlap: how = "show twice"
      }
      return
        "the window \(window.description.quoted) \(word) at \(time), which the clocks of \(zone.identifier) \(how) on \(date)"
    }
    return nil
  }

  private func past(_ calendar: Calendar, _ node: SettingsNode) -> [Problem] {
    let now = calendar.zone.local(at: instant)
    let freezes = zip(calendar.freezes, node["freezes"]?.node.items ?? []).filter {
      $0.0.until <= now
    }.map {
      Problem(
        "the freeze \($0.id.quoted) is over since \($0.until)", at: $1.position,
        hint: "take it out")
    }
    let windows = [("allow", calendar.allow), ("deny", calendar.deny)].flatMap { key, windows in
      zip(windows, node[key]?.node.items ?? []).compactMap { window, node -> Problem? in
        // The hours of the last day may go on on the day after.
        guard case .dates(let dates) = window.days, dates.last.adding(days: 1) < now.date else {
          return nil
        }
        return Problem(
          "the dates of the window \(window.description.quoted) are over", at: node.position,
          hint: "take it out")
      }
    }
    let files = node["holidays"]?.node
    let items = files?.items.isEmpty ?? true ? files.map { [$0] } ?? [] : files?.items ?? []
    let holidays = zip(calendar.holidays, items).compactMap { list, node -> Problem? in
      guard let end = list.end, end <= instant else { return nil }
      return Problem(
        "the file \((node.value.text ?? "").quoted) has no event that is to come",
        at: node.position,
        hint: "put the holidays of the years to come into it")
    }
    return freezes + windows + holidays
  }
}
