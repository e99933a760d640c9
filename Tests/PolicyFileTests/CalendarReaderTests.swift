import GitModel
import Policy
import PolicyFile
import Schedule
import Testing

/// What is wrong with the windows, holidays and staffing of a calendar, each with its place: in the policy, or in
/// the file that it names.
@Suite struct CalendarReaderTests {
  /// The lines about a policy whose only calendar has `setting` on line 7, from column 5; `files` are what
  /// else lies there.
  private static func lines(_ setting: String, _ files: [String: String] = [:]) -> [String] {
    let text = """
      version: 1
      people: {olga: {name: Olga Ott, emails: [olga@example.com]}, rita: {emails: [rita@example.com]}}
      roles: {on-call: [olga], release-manager: [rita], broken: [nobody]}
      calendars:
        office:
          timezone: Europe/London
          \(setting)
      rulesets: [{name: production, refs: [main], rules: {window: {calendar: office}}}]

      """.replacing(setting.contains("broken") ? "" : ", broken: [nobody]", with: "")
    let place = PolicyPlace(policy: ".gitrel/policy.yml") { (parts) throws(ExtendsFault) in
      guard let file = files[parts.joined(separator: "/")] else {
        throw ExtendsFault("is not in the tree")
      }
      return Bytes(file.utf8)
    }
    do throws(PolicyFault) {
      _ = try PolicyReader.read(
        Bytes(text.utf8), file: "p.yml", extending: place, zone: SystemZones.zone)
      return []
    } catch { return error.lines }
  }

  @Test("windows, dates and who may freeze", arguments: windows)
  func window(_ setting: String, _ expected: [String]) {
    #expect(Self.lines(setting) == expected)
  }

  static let windows: [(String, [String])] = [
    ("allow: [{days: \"2nd Tue\", hours: \"09:00-16:00\"}]", []),
    ("deny: [{dates: [2026-12-24, 2026-12-28..2026-12-31], reason: between the years}]", []),
    ("freeze-by: [release-manager, olga]", []),
    (
      "deny: [{hours: \"09:00-16:00\"}]",
      [
        "p.yml:7:12: a window under `deny` has no `days`; write `{days: Mon-Thu, hours:"
          + " \"09:00-16:00\"}`, or `dates: [2026-12-24]`"
      ]
    ),
    (
      "deny: [{days: Fri, dates: [2026-12-24], hours: \"09:00-16:00\"}]",
      ["p.yml:7:12: a window under `deny` has `days` and `dates`; write two windows"]
    ),
    (
      "deny: [{days: Fri, hours: \"09:00-16:00\", reasons: x}]",
      [
        "p.yml:7:46: a window under `deny` knows no key `reasons`; did you mean `reason`?"
      ]
    ),
    ("deny: [{dates: []}]", ["p.yml:7:12: there is no date"]),
    ("deny: [{dates: [2026-02-30]}]", ["p.yml:7:12: `2026-02-30` is not a day of the calendar"]),
    ("deny: [{dates: [24.12.2026]}]", ["p.yml:7:12: `24.12.2026` is not a date; write YYYY-MM-DD"]),
    (
      "deny: [{dates: [2026-12-31..2026-12-24]}]",
      ["p.yml:7:12: `2026-12-31..2026-12-24` ends before it starts"]
    ),
    (
      "deny: [{dates: [2026-12-24..2026-12-26, 2026-12-25]}]",
      ["p.yml:7:12: 2026-12-25 is named twice"]
    ),
    (
      "allow: [{days: \"Mon,Mon\", hours: \"09:00-16:00\"}]",
      ["p.yml:7:13: `Mon,Mon` names Mon twice"]
    ),
    (
      "allow: [{days: \"6th Mon\", hours: \"09:00-16:00\"}]",
      [
        "p.yml:7:13: `6th Mon` is not a set of days; write days as Mon-Thu, Sat,Sun, 2nd Tue, last"
          + " Fri or daily"
      ]
    ),
    (
      "allow: [{days: Mon, hours: \"09:00-09:00\"}]",
      ["p.yml:7:13: `09:00-09:00` starts when it ends; write 00:00-24:00 for the whole day"]
    ),
    (
      "allow: [{days: Mon, hours: \"09:00-25:00\"}]",
      ["p.yml:7:13: `25:00` is not a time of day; write HH:MM, 00:00 to 24:00"]
    ),
    (
      "allow: daily",
      [
        "p.yml:7:12: a window under `allow` takes a map of settings, not `daily`; write `key: value` lines"
      ]
    ),
    (
      "freezes: [{id: a, from: 2026-12-18T17:00, until: 2026-12-19T17:00, reason: r}, {id: a, from: 2027-12-18T17:00, until: 2027-12-19T17:00, reason: r}]",
      ["p.yml:7:84: the freeze `a` stands here again; give this one another id"]
    ),
    (
      "freezes: [{}]",
      ["id", "from", "until", "reason"].map {
        "p.yml:7:15: a freeze has no `\($0)`; write `{id: year-end, from: 2026-12-18T17:00, until:"
          + " 2027-01-04T09:00, reason: Christmas}`"
      }
    ),
    (
      "freeze-by: [release-manger]",
      [
        "p.yml:7:17: there is no person and no role `release-manger`; did you mean `release-manager`?"
      ]
    ),
  ]

  private static let hint =
    "; name it as seen from the top of the tree, e.g. .gitrel/holidays.ics"

  private static func calendar(_ events: String) -> String {
    "BEGIN:VCALENDAR\n\(events)END:VCALENDAR\n"
  }

  private static func event(_ lines: String) -> String {
    calendar("BEGIN:VEVENT\n\(lines)END:VEVENT\n")
  }

  private static let christmas = event("SUMMARY:Christmas\nDTSTART;VALUE=DATE:20261225\n")

  @Test("holidays: the file, and the line in it")
  func holidays() {
    func told(_ file: String) -> [String] { Self.lines("holidays: [h.ics]", ["h.ics": file]) }
    #expect(told(Self.christmas) == [])
    #expect(
      Self.lines("holidays: [h.ics]") == [
        "p.yml:7:16: the file `h.ics` is not in the tree\(Self.hint)"
      ])
    #expect(
      Self.lines("holidays: [../h.ics]")
        == [
          "p.yml:7:16: the file `../h.ics` leads out of the place of the policy; what a policy extends"
            + " lies in the same tree, or is a pack"
        ])
    #expect(
      Self.lines("holidays: [\"pack:trunk\"]")
        == [
          "p.yml:7:16: the file `pack:trunk` is no file of the policy's place; name it as seen from the"
            + " top of the tree, e.g. .gitrel/holidays.ics"
        ])
    #expect(
      Self.lines(
        "holidays: [\((1...9).map { "\($0).ics" }.joined(separator: ", "))]",
        Dictionary(uniqueKeysWithValues: (1...9).map { ("\($0).ics", Self.christmas) }))
        == ["p.yml:6:5: `holidays` names 9 files, and 8 at most are read"])
    #expect(told("") == ["h.ics:1:1: it is no iCalendar file"])
    #expect(
      told("one\n") == ["h.ics:1:1: is no line of an iCalendar file: `one`"])
    #expect(
      told(Self.event("SUMMARY:x\n")) == ["h.ics:2:1: this VEVENT has no DTSTART"])
    #expect(
      told(Self.event("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=HOURLY\n"))
        == ["h.ics:4:1: `RRULE:FREQ=HOURLY` does not say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"])
    #expect(
      told(Self.event("DTSTART;VALUE=DATE:20261225\nEXRULE:FREQ=DAILY\n"))
        == ["h.ics:4:1: `EXRULE` is not read"])
    #expect(
      told(Self.event("DTSTART:20261225T100000Z\nDTEND:20261225T100000Z\n"))
        == ["h.ics:4:1: the event lasts no time"])
  }

  @Test(
    "staffing: roles that there are, for a time, by a roster that names people",
    arguments: staffings)
  func staffed(_ setting: String, _ roster: String, _ expected: [String]) {
    #expect(Self.lines(setting, roster.isEmpty ? [:] : ["r.ics": roster]) == expected)
  }

  private static func shift(_ lines: String) -> String {
    event("\(lines)DTSTART:20261120T080000Z\nDTEND:20261120T180000Z\n")
  }

  static let staffings: [(String, String, [String])] = [
    ("staffing: {roles: [on-call], for: 4h}", "", []),
    ("staffing: {roles: on-call, for: 6d, roster: r.ics}", shift("SUMMARY:Olga Ott\n"), []),
    (
      "staffing: {roles: [on-call], for: 4h, roster: r.ics}",
      shift("ATTENDEE:mailto:olga@example.com\nSUMMARY:the early shift\n"), []
    ),
    (
      "staffing: {}", "",
      [
        "p.yml:7:15: `staffing` names no roles; write `staffing: {roles: [on-call], for: 4h}`",
        "p.yml:7:15: `staffing` names no length of time; write `staffing: {roles: [on-call], for: 4h}`",
      ]
    ),
    (
      "staffing: on-call", "",
      [
        "p.yml:7:15: `staffing` takes a map of settings, not `on-call`; write `staffing:` alone, or"
          + " `staffing: {key: value}`",
        "p.yml:7:15: `staffing` names no roles; write `staffing: {roles: [on-call], for: 4h}`",
        "p.yml:7:15: `staffing` names no length of time; write `staffing: {roles: [on-call], for: 4h}`",
      ]
    ),
    (
      "staffing: {roles: [on-cal], for: 4h}", "",
      ["p.yml:7:24: there is no role `on-cal`; did you mean `on-call`?"]
    ),
    (
      "staffing: {roles: [pilots], for: 4h}", "",
      ["p.yml:7:24: there is no role `pilots`; state it under `roles`"]
    ),
    (
      "staffing: {roles: [on-call], for: 8d}", "", ["p.yml:7:39: `for` takes 6 days at most"]
    ),
    (
      "staffing: {roles: [on-call], for: 4 hours}", "",
      [
        "p.yml:7:39: `for` takes a length of time, not `4 hours`; write `for: 30d`; `m`, `h`, `d` and"
          + " `w` are minutes, hours, days and weeks"
      ]
    ),
    (
      "staffing: {roles: [on-call], for: 4h, at: night}", "",
      ["p.yml:7:43: `staffing` knows no key `at`; it knows for, roles, roster"]
    ),
    (
      "staffing: {roles: [on-call], for: 4h, roster: [r.ics, r.ics]}", shift("SUMMARY:olga\n"),
      ["p.yml:7:59: `roster` takes one file"]
    ),
    (
      "staffing: {roles: [on-call], for: 4h, roster: r.ics}", "",
      ["p.yml:7:51: the file `r.ics` is not in the tree\(hint)"]
    ),
    (
      "staffing: {roles: [on-call], for: 4h, roster: r.ics}", shift("SUMMARY:the early shift\n"),
      [
        "r.ics:2:1: the event on duty is `the early shift`, and the policy names nobody so; write an"
          + " ATTENDEE with an address of `people`, or an id as the SUMMARY"
      ]
    ),
    (
      "staffing: {roles: [on-call], for: 4h, roster: r.ics}",
      shift("ATTENDEE:mailto:mallory@example.com\nSUMMARY:olga\n"),
      [
        "r.ics:2:1: the event on duty is `mallory@example.com`, and the policy names nobody so; write"
          + " an ATTENDEE with an address of `people`, or an id as the SUMMARY"
      ]
    ),
  ]
}
