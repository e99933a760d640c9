import Foundation
import GitModel
import Policy
import Schedule
import Testing

@Suite("window")
struct WindowTests {
  private let context: PolicyContext

  init() throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/London"))
    let london = try Zone(identifier: "Europe/London", tzif: [UInt8](bytes))
    let office = Schedule.Calendar(
      name: "office", zone: london,
      allow: [
        try WeeklyWindow(days: "Mon-Thu", hours: "09:00-16:00"),
        try WeeklyWindow(days: "Fri", hours: "09:00-12:00"),
      ],
      deny: [
        try WeeklyWindow(days: "Fri", hours: "12:00-24:00", reason: "no Friday afternoon pushes")
      ],
      freezes: [
        try Freeze(
          id: "year-end", from: "2026-12-18T17:00", until: "2027-01-04T09:00", reason: "Christmas")
      ])
    let ended = Schedule.Calendar(
      name: "ended", zone: london,
      deny: [try WeeklyWindow(days: "daily", hours: "00:00-24:00", reason: "no \u{1B}[2J more")])
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
    let (rule, problems) = read(Window.self, ["calendar": "x"])
    #expect(problems == ["there is no calendar `x`; state it under `calendars`"])
    #expect(rule.judge(matter()).told == "indeterminate: the calendar was not read")
    // A calendar with a problem of its own is not missing.
    #expect(
      read(Window.self, ["calendar": "x"], PolicyContext(broken: ["x"])).problems == [])
  }
}
