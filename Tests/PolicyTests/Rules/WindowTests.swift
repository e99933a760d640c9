import Evidence
import Foundation
import GitModel
import Policy
import Schedule
import Testing

@Suite("window")
struct WindowTests {
  private let context: PolicyContext
  private let london: Zone

  init() throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/London"))
    london = try Zone(identifier: "Europe/London", tzif: [UInt8](bytes))
    let office = Schedule.Calendar(
      name: "office", zone: london,
      allow: [
        try TimeWindow(days: "Mon-Thu", hours: "09:00-16:00"),
        try TimeWindow(days: "Fri", hours: "09:00-12:00"),
      ],
      deny: [
        try TimeWindow(days: "Fri", hours: "12:00-24:00", reason: "no Friday afternoon pushes")
      ],
      freezes: [
        try Freeze(
          id: "year-end", from: "2026-12-18T17:00", until: "2027-01-04T09:00", reason: "Christmas")
      ])
    let ended = Schedule.Calendar(
      name: "ended", zone: london,
      deny: [try TimeWindow(days: "daily", hours: "00:00-24:00", reason: "no \u{1B}[2J more")])
    let always = Schedule.Calendar(name: "always", zone: london)
    context = PolicyContext(calendars: ["office": office, "ended": ended, "always": always])
  }

  private func told(_ calendar: String, at seconds: Int64, _ kind: RefUpdate.Kind = .update)
    -> String
  {
    rule(Window.self, ["calendar": .quoted(calendar)], context)
      .judge(matter("refs/heads/main", kind, at: seconds)).told
  }

  // Friday, 20 November 2026, 16:45 in London.
  static let friday: Int64 = 1_795_193_100

  @Test("open and closed")
  func verdicts() {
    #expect(
      told("office", at: Self.friday) == """
        violated: Fri 20 Nov 16:45 GMT: no Friday afternoon pushes
        - opens Mon 23 Nov 09:00 GMT: in 2 d 16 h
        fix: push again from Mon 23 Nov 09:00 GMT
        """)
    #expect(
      told("office", at: Self.friday - 6 * 3600)
        == "satisfied: Fri 20 Nov 10:45 GMT: office is open, until Fri 20 Nov 12:00 GMT")
    #expect(
      told("office", at: Self.friday + 86_400) == """
        violated: Sat 21 Nov 16:45 GMT: outside the hours of `office` (Mon-Thu 09:00-16:00 or Fri \
        09:00-12:00)
        - opens Mon 23 Nov 09:00 GMT: in 1 d 16 h
        fix: push again from Mon 23 Nov 09:00 GMT
        """)
    #expect(
      told("office", at: Self.friday + 30 * 86_400) == """
        violated: Sun 20 Dec 16:45 GMT: frozen: Christmas (`year-end`, until 2027-01-04T09:00 \
        Europe/London)
        - opens Mon 4 Jan 2027 09:00 GMT: in 14 d 16 h
        fix: push again from Mon 4 Jan 2027 09:00 GMT
        """)
    #expect(
      told("ended", at: Self.friday) == """
        violated: Fri 20 Nov 16:45 GMT: no \\u{1b}[2J more
        - ended: does not open again in sight
        fix: give the calendar `ended` a window, or end the freeze, in the policy
        """)
    #expect(
      told("always", at: Self.friday) == "satisfied: Fri 20 Nov 16:45 GMT: always is open")
  }

  @Test("a freeze covers new refs and deletions too", arguments: RefUpdate.Kind.allCases)
  func kinds(_ kind: RefUpdate.Kind) {
    #expect(told("office", at: Self.friday, kind).hasPrefix("violated"))
  }

  @Test("the second before noon is open, noon is not")
  func boundaries() {
    let noon = Self.friday - 4 * 3600 - 45 * 60
    #expect(told("office", at: noon - 1).hasPrefix("satisfied"))
    #expect(told("office", at: noon).hasPrefix("violated"))
  }

  @Test("settings")
  func settings() {
    #expect(
      read(Window.self, .absent, context).problems == [
        "`window` names no calendar; write `window: {calendar: NAME}` with a name from `calendars`"
      ])
    #expect(
      read(Window.self, ["calendar": "ofice"], context).problems
        == ["there is no calendar `ofice`; did you mean `office`?"])
    #expect(
      read(Window.self, ["calendar": "lunar"], context).problems
        == ["there is no calendar `lunar`; there is always, ended and office"])
    #expect(
      read(Window.self, ["calendar": "office", "calendars": ["always"]], context).problems
        == ["`window` has `calendar` and `calendars`; write one"])
    #expect(
      read(Window.self, ["calendars": ["office", "office"]], context).problems
        == ["`calendars` names `office` twice"])
    #expect(
      read(Window.self, ["calendars": []], context).problems
        == ["`calendars` takes 1 to 16 names"])
    let (rule, problems) = read(Window.self, ["calendar": "x"])
    #expect(problems == ["there is no calendar `x`; state it under `calendars`"])
    #expect(rule.judge(matter()).told == "indeterminate: the calendar was not read")
    // A calendar with a problem of its own is not missing.
    #expect(
      read(Window.self, ["calendar": "x"], PolicyContext(broken: ["x"])).problems == [])
  }

  // MARK: - Several calendars

  private func judged(
    _ calendars: [Schedule.Calendar], _ times: [StatedDeclaration]? = nil, at seconds: Int64
  ) -> String {
    let names = calendars.map(\.name)
    let context = PolicyContext(
      calendars: Dictionary(calendars.map { ($0.name, $0) }) { first, _ in first })
    let settings = Setting.map([
      (key: "calendars", value: Setting.list(names.map { Setting.plain($0) }))
    ])
    return rule(Window.self, settings, context)
      .judge(
        matter("refs/heads/main", at: seconds) { facts in
          if let times { facts.times = .known(times) }
        }
      ).told
  }

  @Test("open where all are open")
  func several() throws {
    let office = Schedule.Calendar(
      name: "office", zone: london, allow: [try TimeWindow(days: "Mon-Fri", hours: "09:00-16:00")])
    let network = Schedule.Calendar(
      name: "network", zone: london,
      allow: [try TimeWindow(days: "2nd Tue", hours: "14:00-18:00")],
      deny: [try TimeWindow(dates: ["2026-12-08"], hours: nil, reason: "audit")])
    #expect(
      judged([office, network], at: Self.friday - 6 * 3600) == """
        violated: Fri 20 Nov 10:45 GMT: outside the hours of `network` (2nd Tue 14:00-18:00)
        - opens Tue 12 Jan 2027 14:00 GMT: in 53 d 3 h
        fix: push again from Tue 12 Jan 2027 14:00 GMT
        """)
    #expect(
      judged([office, network], at: Self.friday + 18 * 86_400) == """
        violated: Tue 8 Dec 16:45 GMT: outside the hours of `office` (Mon-Fri 09:00-16:00)
        - opens Tue 12 Jan 2027 14:00 GMT: in 34 d 21 h
        fix: push again from Tue 12 Jan 2027 14:00 GMT
        """)
    #expect(
      judged([network, office], at: 1_799_764_200)
        == "satisfied: Tue 12 Jan 14:30 GMT: network and office are open, until Tue 12 Jan 16:00 GMT"
    )
    let night = Schedule.Calendar(
      name: "night", zone: london, allow: [try TimeWindow(days: "daily", hours: "22:00-05:00")])
    #expect(judged([office, night], at: Self.friday).contains("does not open again in sight"))
  }

  @Test("a holiday gives its name as the reason")
  func holidays() throws {
    let file = """
      BEGIN:VCALENDAR
      BEGIN:VEVENT
      SUMMARY:Queen's\u{1B}[2J Day
      DTSTART;VALUE=DATE:20001120
      RRULE:FREQ=YEARLY
      END:VEVENT
      END:VCALENDAR
      """
    let list = try EventList(ics: Array(file.utf8), zone: london) { _ in london }
    let calendar = Schedule.Calendar(name: "office", zone: london, holidays: [list])
    #expect(
      judged([calendar], at: Self.friday) == """
        violated: Fri 20 Nov 16:45 GMT: Queen's\\u{1b}[2J Day, until Sat 21 Nov 00:00 GMT
        - opens Sat 21 Nov 00:00 GMT: in 7 h 15 min
        fix: push again from Sat 21 Nov 00:00 GMT
        """)
  }

  // MARK: - Statements

  private static func said(
    _ kind: Declaration.Kind, _ name: String, _ value: String = "start", by person: String = "rita",
    at seconds: Int64 = friday - 600, until: Int64? = nil, fault: String? = nil
  ) -> StatedDeclaration {
    let declaration = Declaration(
      kind, name: Array(name.utf8), value: Array(value.utf8), person: Array(person.utf8),
      recorded: Instant(seconds: seconds), until: until.map { Instant(seconds: $0) },
      comment: Array("on fire".utf8))
    return StatedDeclaration(
      declaration, digest: "0123456789abcdef", fault: fault)
  }

  private func frozen(_ times: [StatedDeclaration]?) -> String {
    let calendar = Schedule.Calendar(name: "office", zone: london, freezers: ["rita", "ron"])
    return judged([calendar], times, at: Self.friday)
  }

  @Test("a freeze that somebody declared")
  func declaredFreezes() {
    #expect(frozen([]) == "satisfied: Fri 20 Nov 16:45 GMT: office is open")
    let open = """
      violated: Fri 20 Nov 16:45 GMT: frozen by rita: on fire (`outage`, until it is ended)
      - opens Sun 21 Nov 2027 16:35 GMT at the latest: in 365 d 23 h
      fix: gitrel freeze end outage    by rita or ron, when it is over
      fix: push again from Sun 21 Nov 2027 16:35 GMT
      """
    #expect(frozen([Self.said(.freeze, "outage")]) == open)
    #expect(frozen([Self.said(.freeze, "office/outage")]) == open)
    #expect(
      frozen([Self.said(.freeze, "outage", until: Self.friday + 3600)]) == """
        violated: Fri 20 Nov 16:45 GMT: frozen by rita: on fire (`outage`, until Fri 20 Nov 17:45 GMT)
        - opens Fri 20 Nov 17:45 GMT: in 1 h
        fix: gitrel freeze end outage    by rita or ron, when it is over
        fix: push again from Fri 20 Nov 17:45 GMT
        """)
    // Another calendar's, and what is no freeze.
    #expect(frozen([Self.said(.freeze, "network/outage")]).hasPrefix("satisfied"))
    #expect(frozen([Self.said(.signOff, "outage")]).hasPrefix("satisfied"))
  }

  @Test("who ends a freeze, and which")
  func endedFreezes() {
    let start = Self.said(.freeze, "outage")
    #expect(
      frozen([start, Self.said(.freeze, "outage", "end", by: "ron", at: Self.friday - 60)])
        .hasPrefix("satisfied"))
    // Not one of before, not of another, not by somebody who may not.
    for end in [
      Self.said(.freeze, "outage", "end", at: Self.friday - 6000),
      Self.said(.freeze, "outage", "end", at: Self.friday - 600),
      Self.said(.freeze, "other", "end", at: Self.friday - 60),
      Self.said(.freeze, "outage", "end", by: "mallory", at: Self.friday - 60),
      Self.said(.freeze, "outage", "end", at: Self.friday - 60, fault: "is not signed"),
      Self.said(.freeze, "network/outage", "end", at: Self.friday - 60),
    ] {
      #expect(frozen([start, end]).hasPrefix("violated"), "\(end)")
    }
    // Started again after it was ended.
    #expect(
      frozen([
        start, Self.said(.freeze, "outage", "end", at: Self.friday - 300),
        Self.said(.freeze, "outage", at: Self.friday - 60),
      ]).hasPrefix("violated"))
  }

  @Test("what is said by a clock that is a little ahead counts at once, in the order of its times")
  func clocksAhead() {
    let ahead = Self.friday + 240
    #expect(frozen([Self.said(.freeze, "outage", at: ahead)]).hasPrefix("violated"))
    #expect(
      frozen([
        Self.said(.freeze, "outage", at: ahead),
        Self.said(.freeze, "outage", "end", at: ahead + 1),
      ]).hasPrefix("satisfied"))
    #expect(
      frozen([
        Self.said(.freeze, "outage"), Self.said(.freeze, "outage", "end", at: ahead),
        Self.said(.freeze, "outage", at: ahead + 1),
      ]).hasPrefix("violated"))
  }

  @Test("the last word on a freeze is that of who may freeze")
  func lastWords() {
    let calendar = Schedule.Calendar(name: "office", zone: london, freezers: ["rita", "ron"])
    func last(_ all: [StatedDeclaration]) -> Int64? {
      DeclaredTimes(all, at: Instant(seconds: Self.friday))
        .lastWord(onFreeze: Array("outage".utf8), of: [calendar])?.seconds
    }
    let start = Self.said(.freeze, "outage", at: 100)
    #expect(last([]) == nil)
    #expect(last([start]) == 100)
    #expect(last([start, Self.said(.freeze, "outage", "end", by: "ron", at: 200)]) == 200)
    #expect(last([start, Self.said(.freeze, "office/outage", at: 200)]) == 200)
    for other in [
      Self.said(.freeze, "outage", by: "mallory", at: 200),
      Self.said(.freeze, "network/outage", at: 200), Self.said(.freeze, "other", at: 200),
      Self.said(.duty, "outage", at: 200),
    ] {
      #expect(last([start, other]) == 100, "\(other)")
    }
  }

  @Test("what counts for nothing is told")
  func others() {
    #expect(
      frozen([
        Self.said(.freeze, "outage", by: "mallory"),
        Self.said(.freeze, "x", fault: "is not signed"), Self.said(.freeze, "y", "pause"),
        Self.said(.freeze, "old", by: "mallory", at: 1_600_000_000),
      ]) == """
        satisfied: Fri 20 Nov 16:45 GMT: office is open
        - outage: mallory, statement 0123456789ab, and mallory may not freeze `office`
        - x: rita, statement 0123456789ab, is not signed
        - y: rita, statement 0123456789ab, says neither `start` nor `end`
        """)
  }

  @Test("statements that cannot be read might be a freeze")
  func unreadable() {
    let calendar = Schedule.Calendar(name: "office", zone: london, freezers: ["rita"])
    let context = PolicyContext(calendars: ["office": calendar])
    let matter = matter("refs/heads/main", at: Self.friday) {
      $0.times = .unknown("statement 0123456789ab cannot be read")
    }
    #expect(
      rule(Window.self, ["calendar": "office"], context).judge(matter).told == """
        indeterminate: whether somebody froze the calendar, or is on duty, cannot be told: statement \
        0123456789ab cannot be read
        """)
    #expect(frozen(nil).hasPrefix("indeterminate"))
  }

  @Test("a role on duty, by the roster and by their own word")
  func staffing() throws {
    let file = """
      BEGIN:VCALENDAR
      BEGIN:VEVENT
      SUMMARY:olga
      DTSTART:20261120T080000Z
      DTEND:20261120T180000Z
      RRULE:FREQ=WEEKLY
      END:VEVENT
      END:VCALENDAR
      """
    let roster = try EventList(ics: Array(file.utf8), zone: london) { _ in london }
    let staffing = Staffing(
      posts: [.init(role: "on-call", holders: ["olga", "oskar"])], seconds: 4 * 3600,
      roster: roster, people: [["olga"]])
    let calendar = Schedule.Calendar(name: "office", zone: london, staffing: staffing)
    func told(_ times: [StatedDeclaration], at seconds: Int64) -> String {
      judged([calendar], times, at: seconds)
    }
    // 16:45: olga is there until 18:00.
    #expect(
      told([], at: Self.friday) == """
        violated: Fri 20 Nov 16:45 GMT: on duty as on-call is somebody until Fri 20 Nov 18:00 GMT only, \
        and must be for the next 4h
        - opens Fri 27 Nov 08:00 GMT: in 6 d 15 h
        fix: gitrel duty --as on-call --for 8h    by who is on duty
        fix: push again from Fri 27 Nov 08:00 GMT
        """)
    let (noon, night) = (Self.friday - 17_100, Self.friday + 7200)
    #expect(
      told([], at: noon + 7200)
        == "satisfied: Fri 20 Nov 14:00 GMT: office is open, until Fri 20 Nov 14:00 GMT")
    #expect(told([], at: noon + 7201).hasPrefix("violated"))
    #expect(told([], at: night).contains("nobody is on duty as on-call for the next 4h"))
    // Who does what the refusal says, a moment later, has time to push.
    let spans: [(wanted: Int64, told: String, length: Int64)] = [
      (60, "2m", 120), (3600, "2h", 7200), (4 * 3600, "8h", 8 * 3600),
      (4 * 86_400, "7d", 7 * 86_400), (6 * 86_400, "7d", 7 * 86_400),
    ]
    for (seconds, span, length) in spans {
      let calendar = Schedule.Calendar(
        name: "office", zone: london,
        staffing: Staffing(
          posts: [.init(role: "on-call", holders: ["oskar"])], seconds: seconds))
      let words = judged([calendar], [], at: Self.friday)
      #expect(words.contains("gitrel duty --as on-call --for \(span)    by"), "\(words)")
      let said = Self.said(
        .duty, "on-call", by: "oskar", at: Self.friday + 1, until: Self.friday + 1 + length)
      #expect(judged([calendar], [said], at: Self.friday + 1).hasPrefix("satisfied"))
      #expect(judged([calendar], [said], at: Self.friday + 60).hasPrefix("satisfied"), "\(words)")
    }
    // Together they are enough.
    let duty = Self.said(
      .duty, "on-call", by: "oskar", at: Self.friday - 600, until: Self.friday + 8 * 3600)
    #expect(
      told([duty], at: Self.friday)
        == "satisfied: Fri 20 Nov 16:45 GMT: office is open, until Fri 20 Nov 20:45 GMT")
    let stranger = Self.said(
      .duty, "on-call", by: "mallory", at: Self.friday - 600, until: Self.friday + 8 * 3600)
    #expect(told([stranger], at: Self.friday).contains("and mallory does not hold the role"))
    #expect(
      told([Self.said(.duty, "on-call", by: "oskar")], at: Self.friday).contains("says no end"))
  }
}
