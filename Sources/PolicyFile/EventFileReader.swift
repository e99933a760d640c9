internal import GitModel
internal import Policy
internal import Schedule

/// Reads the iCalendar files that a calendar names, from the place of the policy.
struct EventFileReader {
  private let reader: SettingsReader
  let place: PolicyPlace

  /// How many files a key may name.
  static let maximumFiles = 8

  init(_ reader: SettingsReader, place: PolicyPlace) { (self.reader, self.place) = (reader, place) }

  /// A file, and where a policy names it.
  struct Name {
    let path: String
    let position: Position
  }

  /// The files that stand under `key` of the calendar.
  func names(_ key: String) -> [Name] {
    let items = reader.items(key) ?? []
    if items.count > Self.maximumFiles {
      reader.problems.add(
        "`\(key)` names \(items.count) files, and \(Self.maximumFiles) at most are read",
        at: reader.position)
    }
    return items.prefix(Self.maximumFiles).compactMap { item in
      reader.text(of: item, for: key).map { Name(path: $0, position: item.position) }
    }
  }

  /// The events of a file; nil with the problem noted where it cannot be read.
  func list(
    _ name: Name, zone: Zone, named: (String) throws(ZoneFault) -> Zone
  ) -> EventList? {
    let problems = reader.problems
    let bytes: Bytes
    do throws(ExtendsFault) {
      bytes = try place.bytes(ofFile: name.path)
    } catch {
      problems.add(
        "the file \(name.path.quoted) \(error.words)", at: name.position,
        hint: error.hint ?? "name it as seen from the top of the tree, e.g. .gitrel/holidays.ics")
      return nil
    }
    do throws(ICSFault) {
      return try EventList(ics: bytes, zone: zone, named: named)
    } catch {
      problems.add(error.words, at: Self.position(error.line, of: name))
      return nil
    }
  }

  /// A line of a file.
  static func position(_ line: Int, of name: Name) -> Position {
    Position(line: line, column: 1, file: name.path.printableText)
  }

  /// Notes what is wrong on a line of a file.
  func note(_ words: String, on line: Int, of name: Name, hint: String) {
    reader.problems.add(words, at: Self.position(line, of: name), hint: hint)
  }
}

/// Reads `staffing` of a calendar.
struct StaffingReader {
  private let posts: [Staffing.Post]
  private let seconds: Int64
  private let roster: EventFileReader.Name?
  private let events: EventFileReader
  private let people: People

  /// The longest time for which somebody can be asked to be on duty, in seconds: a day less than a duty can
  /// last, so that there is time to push.
  static let longest = DeclaredTimes.longestDuty - 86_400

  /// What `calendar` says of it; nil where it says nothing.
  init?(_ calendar: SettingsReader, _ events: EventFileReader, _ context: PolicyContext) {
    guard let node = calendar.node("staffing") else { return nil }
    let problems = calendar.problems
    let reader = SettingsReader(node, name: "staffing", problems: problems)
    let hint = "write `staffing: {roles: [on-call], for: 4h}`"
    for (key, words) in [("roles", "roles"), ("for", "length of time")] where reader.lacks(key) {
      problems.add("`staffing` names no \(words)", at: reader.position, hint: hint)
    }
    posts = (reader.items("roles") ?? []).compactMap { item in
      guard let role = reader.text(of: item, for: "roles") else { return nil }
      if let holders = context.people.roles[role] {
        return Staffing.Post(role: role, holders: Set(holders))
      }
      if !context.broken.contains(role) {
        problems.add(
          "there is no role \(role.quoted)", at: item.position,
          hint: Spelling.suggestion(for: role, among: context.people.roles.keys.sorted())
            ?? "state it under `roles`")
      }
      return nil
    }
    seconds = reader.duration("for") ?? 0
    if seconds > Self.longest {
      problems.add(
        "`for` takes 6 days at most", at: reader.node("for")?.position ?? reader.position)
    }
    let inner = EventFileReader(reader, place: events.place)
    let names = inner.names("roster")
    if names.count > 1 {
      problems.add("`roster` takes one file", at: names[1].position)
    }
    reader.finish()
    (roster, self.events, people) = (names.first, inner, context.people)
  }

  /// The staffing, with the roster read.
  func staffing(zone: Zone, named: (String) throws(ZoneFault) -> Zone) -> Staffing {
    guard let roster, let list = events.list(roster, zone: zone, named: named) else {
      return Staffing(posts: posts, seconds: seconds)
    }
    let onDuty = list.events.map { event in event.isTentative ? [] : people(of: event, in: roster) }
    return Staffing(posts: posts, seconds: seconds, roster: list, people: onDuty)
  }

  /// Who is on duty in an event: its ATTENDEEs by their addresses, or, where it names none, the person whose
  /// id or name is its SUMMARY.
  private func people(of event: EventList.Event, in roster: EventFileReader.Name) -> [String] {
    let named = event.attendees ?? [event.summary]
    return named.compactMap { word in
      let found =
        event.attendees == nil
        ? people.all.first { $0.id == word || $0.name == word }
        : people.person(email: Bytes(word.utf8))
      if let found { return found.id }
      events.note(
        "the event on duty is \(word.quoted), and the policy names nobody so", on: event.line,
        of: roster, hint: "write an ATTENDEE with an address of `people`, or an id as the SUMMARY")
      return nil
    }
  }
}
