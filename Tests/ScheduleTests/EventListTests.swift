import Foundation
import GitModel
import GitrelTestSupport
import Testing

@testable import Schedule

@Suite("iCalendar files")
struct EventListTests {
  private let london: Zone

  init() throws { london = try SystemZones.zone("Europe/London") }

  private func list(_ body: String) throws -> EventList {
    try EventList(
      ics: Bytes("BEGIN:VCALENDAR\r\n\(body.replacing("\n", with: "\r\n"))\r\nEND:VCALENDAR".utf8),
      zone: london, named: Self.zone)
  }

  private static func zone(_ name: String) throws(ZoneFault) -> Zone {
    do { return try SystemZones.zone(name) } catch { throw ZoneFault("there is none") }
  }

  private func event(_ lines: String...) -> String {
    "BEGIN:VEVENT\n\(lines.joined(separator: "\n"))\nEND:VEVENT"
  }

  /// When events are on in a span of days, as the clocks of London show it.
  private func told(_ list: EventList, _ first: String, _ last: String) throws -> [String] {
    let start = try london.instant("\(first)T00:00").seconds
    let end = try london.instant("\(last)T24:00".replacing("24:00", with: "23:59")).seconds
    return list.occurrences(in: start..<end).map { one in
      let from = london.local(at: Instant(seconds: one.span.lowerBound))
      let to = london.local(at: Instant(seconds: one.span.upperBound))
      return "\(list.events[one.event].summary): \(from)..\(to)"
    }
  }

  @Test
  func days() throws {
    let list = try list(
      event(
        "SUMMARY:Christmas\\, at last", "DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261227")
        + "\n" + event("SUMMARY:New Year", "DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=YEARLY"))
    #expect(
      try told(list, "2026-12-20", "2027-01-10") == [
        "Christmas, at last: 2026-12-25T00:00..2026-12-27T00:00",
        "New Year: 2027-01-01T00:00..2027-01-02T00:00",
      ])
    #expect(
      try told(list, "2037-12-31", "2038-01-02") == ["New Year: 2038-01-01T00:00..2038-01-02T00:00"]
    )
    #expect(list.end == nil)
  }

  @Test
  func times() throws {
    let list = try list(
      event(
        "SUMMARY:UTC", "DTSTART:20260701T080000Z", "DTEND:20260701T090000Z", "TRANSP:TRANSPARENT")
        + "\n" + event("SUMMARY:floating", "DTSTART:20260702T080000", "DURATION:PT1H30M") + "\n"
        + event(
          "SUMMARY:Berlin", "DTSTART;TZID=Europe/Berlin:20260703T080000",
          "DTEND;TZID=Europe/Berlin:20260703T090000"))
    #expect(
      try told(list, "2026-07-01", "2026-07-04") == [
        "UTC: 2026-07-01T09:00..2026-07-01T10:00",
        "floating: 2026-07-02T08:00..2026-07-02T09:30",
        "Berlin: 2026-07-03T07:00..2026-07-03T08:00",
      ])
    #expect(list.end == Instant(seconds: try london.instant("2026-07-03T08:00").seconds))
  }

  @Test
  func exceptions() throws {
    let list = try list(
      event(
        "UID:1", "SUMMARY:standup", "DTSTART;TZID=Europe/London:20261123T100000",
        "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20261127T100000Z",
        "EXDATE;TZID=Europe/London:20261124T100000",
        "RDATE;TZID=Europe/London:20261128T120000,20261129T120000")
        + "\n"
        + event(
          "UID:1", "SUMMARY:moved", "RECURRENCE-ID;TZID=Europe/London:20261125T100000",
          "DTSTART;TZID=Europe/London:20261125T150000", "DURATION:PT1H") + "\n"
        + event(
          "UID:1", "RECURRENCE-ID:20261126T100000Z", "DTSTART:20261126T100000Z", "DURATION:PT1H",
          "STATUS:CANCELLED"))
    #expect(
      try told(list, "2026-11-20", "2026-12-10") == [
        "standup: 2026-11-23T10:00..2026-11-23T11:00",
        "moved: 2026-11-25T15:00..2026-11-25T16:00",
        "standup: 2026-11-27T10:00..2026-11-27T11:00",
        "standup: 2026-11-28T12:00..2026-11-28T13:00",
        "standup: 2026-11-29T12:00..2026-11-29T13:00",
      ])
  }

  @Test("the highest SEQUENCE counts, and what is cancelled does not come")
  func sequences() throws {
    let list = try list(
      event("UID:1", "SEQUENCE:1", "SUMMARY:old", "DTSTART;VALUE=DATE:20261123") + "\n"
        + event("UID:1", "SEQUENCE:2", "SUMMARY:new", "DTSTART;VALUE=DATE:20261124") + "\n"
        + event("UID:2", "SUMMARY:off", "STATUS:CANCELLED", "DTSTART;VALUE=DATE:20261125"))
    #expect(
      try told(list, "2026-11-20", "2026-12-10") == ["new: 2026-11-24T00:00..2026-11-25T00:00"])
  }

  /// The weekly duty of Berlin at nine, and what changes it.
  private func duty(_ changes: String...) throws -> EventList {
    try list(
      event(
        "UID:1", "SUMMARY:duty", "DTSTART;TZID=Europe/Berlin:20261201T090000", "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY") + "\n" + changes.joined(separator: "\n"))
  }

  @Test(
    "another event stands for a time, whatever zone that is written in",
    arguments: [
      ";TZID=Europe/Berlin:20261215T090000", ":20261215T080000Z",
      ";TZID=Europe/London:20261215T080000", ";TZID=America/New_York:20261215T030000",
      ":20261215T080000", ";VALUE=DATE:20261215",
    ])
  func stoodFor(_ time: String) throws {
    let cancelled = event(
      "UID:1", "RECURRENCE-ID\(time)", "DTSTART:20261215T080000Z", "DURATION:PT1H",
      "STATUS:CANCELLED")
    #expect(
      try told(try duty(cancelled), "2026-12-02", "2026-12-23") == [
        "duty: 2026-12-08T08:00..2026-12-08T09:00", "duty: 2026-12-22T08:00..2026-12-22T09:00",
      ])
    // The one that has the last word, written otherwise, stands for the same time.
    let moved = event(
      "UID:1", "SUMMARY:moved", "SEQUENCE:2", "RECURRENCE-ID:20261215T080000Z",
      "DTSTART:20261216T080000Z", "DURATION:PT1H")
    #expect(
      try told(try duty(cancelled, moved), "2026-12-10", "2026-12-20")
        == ["moved: 2026-12-16T08:00..2026-12-16T09:00"])
  }

  @Test("what stands for another time leaves it alone")
  func stoodForNothing() throws {
    for time in [":20261215T090000Z", ";TZID=Europe/London:20261215T090000"] {
      let other = event(
        "UID:1", "RECURRENCE-ID\(time)", "DTSTART:20261215T080000Z", "DURATION:PT1H",
        "STATUS:CANCELLED")
      #expect(
        try told(try duty(other), "2026-12-10", "2026-12-20")
          == ["duty: 2026-12-15T08:00..2026-12-15T09:00"])
    }
  }

  @Test(
    "a time that stands for a day, as some programs write it",
    arguments: [
      ";VALUE=DATE:20260416", ";TZID=Europe/London:20260416T000000", ":20260416T000000Z",
      ":20260415T230000Z",
    ])
  func daysStoodFor(_ time: String) throws {
    let list = try list(
      event("UID:1", "SUMMARY:off", "DTSTART;VALUE=DATE:20260415", "RRULE:FREQ=DAILY;COUNT=3")
        + "\n" + event("UID:1", "RECURRENCE-ID\(time)", "DTSTART:20260416", "STATUS:CANCELLED"))
    #expect(
      try told(list, "2026-04-10", "2026-04-20") == [
        "off: 2026-04-15T00:00..2026-04-16T00:00", "off: 2026-04-17T00:00..2026-04-18T00:00",
      ])
  }

  @Test(
    "the last day, as UNTIL gives it, is one of them",
    arguments: [
      ("America/New_York", "20261226"), ("America/New_York", "20261226T000000Z"),
      ("America/New_York", "20261226T050000Z"), ("America/New_York", "20261227T045959Z"),
      ("Asia/Tokyo", "20261226T000000Z"), ("Asia/Tokyo", "20261225T150000Z"),
      ("Europe/London", "20261226T000000Z"),
    ])
  func lastDays(_ zone: String, _ until: String) throws {
    let own = try SystemZones.zone(zone)
    let file = """
      BEGIN:VCALENDAR
      BEGIN:VEVENT
      DTSTART;VALUE=DATE:20261224
      RRULE:FREQ=DAILY;UNTIL=\(until)
      END:VEVENT
      END:VCALENDAR
      """
    let list = try EventList(ics: Bytes(file.utf8), zone: own, named: Self.zone)
    #expect(list.end == Instant(seconds: try own.instant("2026-12-27T00:00").seconds))
    #expect(list.occurrences(in: 1_790_000_000..<1_800_000_000).count == 3)
  }

  @Test("a time that the clocks skip is that of the clocks before")
  func skippedTimes() throws {
    let list = try list(
      event("DTSTART;TZID=America/New_York:20270314T023000", "DURATION:PT1H") + "\n"
        + event(
          "DTSTART;TZID=America/New_York:20280311T023000", "DURATION:PT1H",
          "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20280312T073000Z"))
    #expect(
      try told(list, "2027-03-13", "2027-03-15") == [": 2027-03-14T07:30..2027-03-14T08:30"])
    // The one that would be in the gap is taken out by the instant that is meant.
    #expect(
      try told(list, "2028-03-11", "2028-03-14") == [
        ": 2028-03-11T07:30..2028-03-11T08:30", ": 2028-03-13T06:30..2028-03-13T07:30",
      ])
  }

  @Test("a status means the same in any capitals, and who has declined is not there")
  func statuses() throws {
    for status in ["CANCELLED", "Cancelled", "cancelled"] {
      let list = try list(event("DTSTART:20261125", "STATUS:\(status)"))
      #expect(list.events.isEmpty, "\(status)")
    }
    for status in ["TENTATIVE", "Tentative"] {
      let list = try list(event("DTSTART:20261125", "STATUS:\(status)"))
      #expect(list.events.map(\.isTentative) == [true], "\(status)")
    }
    func attendees(_ lines: String...) throws -> [String]? {
      try list(event((["DTSTART:20261125"] + lines).joined(separator: "\n"))).events.first?
        .attendees
    }
    #expect(try attendees() == nil)
    #expect(
      try attendees(
        "ATTENDEE:mailto:a@x.org", "ATTENDEE;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:MAILTO:b@x.org",
        "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:c@x.org",
        "ATTENDEE;CN=D;PARTSTAT=DECLINED:mailto:d@x.org",
        "ATTENDEE;PARTSTAT=\"Declined\":mailto:e@x.org",
        "ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:a@x.org\":mailto:f@x.org",
        "ATTENDEE;PARTSTAT=tentative:mailto:g@x.org",
        "ATTENDEE;ROLE=Non-Participant:mailto:h@x.org") == ["a@x.org", "b@x.org", "c@x.org"])
    // Nobody, which is not the same as an event that names nobody.
    #expect(try attendees("ATTENDEE;PARTSTAT=DECLINED:mailto:a@x.org") == [])
  }

  @Test("names that agree in their first 200 bytes are not the same")
  func longNames() throws {
    let stem = String(repeating: "Z", count: 250)
    func zone(_ name: String, _ offset: String) -> String {
      """
      BEGIN:VTIMEZONE
      TZID:\(name)
      BEGIN:STANDARD
      DTSTART:19700101T000000
      TZOFFSETFROM:\(offset)
      TZOFFSETTO:\(offset)
      END:STANDARD
      END:VTIMEZONE

      """
    }
    let list = try list(
      zone("\(stem)1", "+0300") + zone("\(stem)2", "+0500")
        + event(
          "UID:\(stem)1", "DTSTART;TZID=\(stem)1:20261201T080000", "DURATION:PT1H", "SEQUENCE:1")
        + "\n"
        + event("UID:\(stem)2", "DTSTART;TZID=\(stem)2:20261201T080000", "DURATION:PT1H"))
    #expect(
      try told(list, "2026-12-01", "2026-12-01") == [
        ": 2026-12-01T03:00..2026-12-01T04:00", ": 2026-12-01T05:00..2026-12-01T06:00",
      ])
  }

  @Test("a zone of the file's own holds in 2050 too")
  func ownZone() throws {
    let zone = """
      BEGIN:VTIMEZONE
      TZID:W. Europe Standard Time
      BEGIN:STANDARD
      DTSTART:16010101T030000
      TZOFFSETFROM:+0200
      TZOFFSETTO:+0100
      RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
      END:STANDARD
      BEGIN:DAYLIGHT
      DTSTART:16010101T020000
      TZOFFSETFROM:+0100
      TZOFFSETTO:+0200
      RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
      END:DAYLIGHT
      END:VTIMEZONE

      """
    for (tzid, head) in [
      ("\"W. Europe Standard Time\"", zone), ("Europe/Berlin", ""),
      ("/mozilla.org/20050126_1/Europe/Berlin", ""),
    ] {
      let list = try list(
        head + event("DTSTART;TZID=\(tzid):20260105T080000", "DURATION:PT1H", "RRULE:FREQ=DAILY"))
      for (date, hour) in [
        ("2026-01-05", "07"), ("2026-07-01", "07"), ("2037-03-28", "07"), ("2050-07-01", "07"),
        ("2050-12-01", "07"),
      ] {
        #expect(
          try told(list, date, date) == [": \(date)T\(hour):00..\(date)T08:00"], "\(tzid) \(date)")
      }
    }
  }

  @Test("days on which the clocks are set")
  func setClocks() throws {
    let list = try list(
      event("DTSTART:20260328T013000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3") + "\n"
        + event("DTSTART;VALUE=DATE:20261025"))
    // At 01:00 on 29 March it is 02:00, and 01:30 is when the clocks would show it that were not set.
    #expect(
      try told(list, "2026-03-28", "2026-03-30") == [
        ": 2026-03-28T01:30..2026-03-28T02:30", ": 2026-03-29T02:30..2026-03-29T03:30",
        ": 2026-03-30T01:30..2026-03-30T02:30",
      ])
    let day = try #require(
      list.occurrences(in: try london.instant("2026-10-25T12:00").seconds..<1_900_000_000).first)
    #expect(day.span.count == 25 * 3600)
  }

  @Test(arguments: [
    ("", 1, "it is no iCalendar file"),
    (
      "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\n", 2,
      "BEGIN:VEVENT has no END: the file is cut off"
    ),
    ("BEGIN:VEVENT\nEND:VEVENT\n", 1, "starts with something else than BEGIN:VCALENDAR"),
    ("BEGIN:VCALENDAR\nEND:VEVENT\n", 2, "ends `VEVENT`, which is not what is open"),
    ("X-A:b\n", 1, "stands outside of BEGIN:VCALENDAR"),
    ("BEGIN:VCALENDAR\nhello\nEND:VCALENDAR\n", 2, "is no line of an iCalendar file: `hello`"),
    (" BEGIN:VCALENDAR\n", 1, "goes on with a line that there is not"),
  ])
  func brokenFiles(_ text: String, _ line: Int, _ words: String) {
    #expect(throws: ICSFault(words, line: line)) {
      try EventList(ics: Bytes(text.utf8), zone: london, named: Self.zone)
    }
  }

  @Test(arguments: [
    (["SUMMARY:x"], 2, "this VEVENT has no DTSTART"),
    (["DTSTART:tomorrow"], 3, "`DTSTART:tomorrow` is no day and no time"),
    (["DTSTART:20260229"], 3, "`DTSTART:20260229` is no day and no time"),
    (["DTSTART:20260101T240000"], 3, "`DTSTART:20260101T240000` is no day and no time"),
    (["DTSTART:99990101"], 3, "`DTSTART:99990101` is no day and no time"),
    (["DTSTART:20260101", "DTSTART:20260101"], 4, "`DTSTART` stands here again"),
    (["DTSTART:20260101T080000Z"], 2, "the event lasts no time"),
    (["DTSTART:20260102", "DTEND:20260101"], 4, "the event lasts no time"),
    (
      ["DTSTART:20260102", "DTEND:20260103T000000Z"], 4,
      "`DTEND` and `DTSTART` are not both a day or both a time"
    ),
    (
      ["DTSTART:20260102", "DTEND:20260103", "DURATION:P1D"], 4,
      "the event has DTEND and DURATION"
    ),
    (["DTSTART:20260102", "DURATION:PT1H"], 4, "the event starts at a day and lasts hours"),
    (["DTSTART:20260102", "DURATION:P9999D"], 4, "the event lasts more than 366 days"),
    (["DTSTART:20260102", "DURATION:-P1D"], 4, "`DURATION:-P1D` is no length of time"),
    (["DTSTART:20260102", "DURATION:one day"], 4, "`DURATION:one day` is no length of time"),
    (
      ["DTSTART:20260102", "EXDATE:20260103T000000Z"], 4,
      "`EXDATE` has a time, and the event starts at a day"
    ),
    (
      ["DTSTART:20260102", "RDATE;VALUE=PERIOD:20260103T000000Z/PT1H"], 4,
      "`RDATE:20260103T000000Z/PT1H` is no day and no time"
    ),
    (["DTSTART:20260102", "EXRULE:FREQ=DAILY"], 4, "`EXRULE` is not read"),
    (
      ["DTSTART:20260102", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260102"], 4,
      "`RECURRENCE-ID` has a RANGE, which is not read"
    ),
    (
      ["DTSTART;TZID=Mars/Base:20260102T080000", "DURATION:PT1H"], 3,
      "the zone `Mars/Base` is none of IANA's, and the file does not define it"
    ),
    (
      ["DTSTART;TZID=../../etc/passwd:20260102T080000", "DURATION:PT1H"], 3,
      "the zone `../../etc/passwd` is none of IANA's, and the file does not define it"
    ),
    (["DTSTART;TZID:20260102T080000"], 3, "`DTSTART` has parameters that cannot be read"),
  ])
  func brokenEvents(_ lines: [String], _ line: Int, _ words: String) {
    let event = "BEGIN:VEVENT\n\(lines.joined(separator: "\n"))\nEND:VEVENT"
    #expect(throws: ICSFault(words, line: line)) { try list(event) }
  }

  @Test("what is too much is a fault, and fast")
  func floods() throws {
    let many = String(
      repeating: "BEGIN:VEVENT\nDTSTART:20260101\nRRULE:FREQ=DAILY\nEND:VEVENT\n",
      count: EventList.maximumRules + 1)
    #expect(
      throws: ICSFault("more than 400 of its events come again by a rule", line: 1)
    ) { try list(many) }
    let large = Bytes(repeating: UInt8(ascii: "A"), count: 1 << 20 + 1)
    #expect(throws: ICSFault.self) {
      try EventList(ics: large, zone: london, named: Self.zone)
    }
    // One that comes every six years, counted to the end of the world.
    let seldom = String(
      repeating:
        "BEGIN:VEVENT\nDTSTART:20260101\nRRULE:FREQ=YEARLY;COUNT=5000;BYDAY=53MO\nEND:VEVENT\n",
      count: EventList.maximumRules)
    #expect(
      throws: ICSFault(
        "`RRULE:FREQ=YEARLY;COUNT=5000;BYDAY=53MO` is too much: for the rules of a file 1000000 days at most are looked at",
        line: 4)
    ) { try list(seldom) }
    let deep = String(repeating: "BEGIN:VEVENT\n", count: 100)
    #expect(throws: ICSFault("has more components than are read", line: 9)) {
      try list(deep)
    }
  }

  private static func part(_ lines: String, _ offset: String = "+0100") -> String {
    """
    BEGIN:STANDARD
    DTSTART:19700101T000000
    TZOFFSETFROM:+0000
    TZOFFSETTO:\(offset)
    \(lines)
    END:STANDARD

    """
  }

  @Test(
    "a zone that sets its clocks at every turn is a fault, and fast", .timeLimit(.minutes(1)),
    arguments: [
      String(repeating: part("RRULE:FREQ=DAILY"), count: 5000),
      // Just often enough in a few days to make each question for a time a long one.
      part("RDATE:" + (10...59).map { "20261201T00\($0)00" }.joined(separator: ",")),
      (0..<300).map { part("RDATE:\(2000 + $0)0101", "+\(padded($0 / 60))\(padded($0 % 60))") }
        .joined(),
    ])
  func restlessZones(_ parts: String) {
    #expect(throws: ICSFault("the zone sets its clocks too often", line: 2)) {
      try list(
        "BEGIN:VTIMEZONE\nTZID:Restless\n\(parts)END:VTIMEZONE\n"
          + event("DTSTART;TZID=Restless:20261201T080000", "DURATION:PT1H"))
    }
  }

  @Test("many dates beside a rule are read fast, and come once", .timeLimit(.minutes(1)))
  func datesBesideARule() throws {
    let start = LocalDate(daysSinceEpoch: 0)
    let dates = (0..<50_000).map { start.adding(days: $0).ics }
    let lines = stride(from: 0, to: dates.count, by: 1000).map { first in
      "RDATE;VALUE=DATE:" + dates[first..<first + 1000].joined(separator: ",")
    }
    let list = try list(
      event(
        "SUMMARY:off", "DTSTART;VALUE=DATE:19700101",
        "RRULE:FREQ=YEARLY;BYYEARDAY=1,2,3,4,5,6,7,8,9,10;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        lines.joined(separator: "\n")))
    #expect(
      try told(list, "2106-11-22", "2107-01-02") == [
        "off: 2106-11-22T00:00..2106-11-23T00:00", "off: 2106-11-23T00:00..2106-11-24T00:00",
        "off: 2107-01-01T00:00..2107-01-02T00:00", "off: 2107-01-02T00:00..2107-01-03T00:00",
      ])
    #expect(try told(list, "1971-01-01", "1971-01-02").count == 2)
  }

  @Test("events that lie over one another for ever end the search for an opening")
  func closedForEver() throws {
    let list = try list(
      (0..<40).map { _ in
        event("DTSTART;VALUE=DATE:20200101", "DURATION:P366D", "RRULE:FREQ=DAILY")
      }.joined(separator: "\n"))
    let calendar = Schedule.Calendar(name: "c", zone: london, holidays: [list])
    let start = ContinuousClock.now
    let now = Instant(seconds: 1_795_193_100)
    #expect(calendar.nextOpening(after: now) == nil)
    // Worked out for the 44 years in which it looks for one it takes 1.2 million events.
    #expect(ContinuousClock.now - start < .seconds(25))
  }
}
