import GitModel
import Testing

@testable import Schedule

@Suite("Calendars")
struct CalendarTests {
  let london: Zone
  let office: Schedule.Calendar
  let christmas: Freeze

  init() throws {
    london = try SystemZones.zone("Europe/London")
    christmas = try Freeze(
      id: "year-end", from: "2026-12-18T17:00", until: "2027-01-04T09:00", reason: "Christmas")
    office = Calendar(
      name: "office", zone: london,
      allow: [
        try TimeWindow(days: "Mon-Thu", hours: "09:00-16:00"),
        try TimeWindow(days: "Fri", hours: "09:00-12:00"),
      ],
      deny: [
        try TimeWindow(
          days: "Fri", hours: "12:00-24:00", reason: "no Friday afternoon pushes")
      ],
      freezes: [christmas])
  }

  @Test
  func theExampleOfTheDesign() throws {
    let now = try london.instant("2026-11-20T16:45")
    guard case .closed(.denied(let window), let opensNext?) = office.state(at: now) else {
      Issue.record("not closed by a window")
      return
    }
    #expect(
      "\(london.format(now)): \(window.reason ?? "")"
        == "Fri 20 Nov 16:45 GMT: no Friday afternoon pushes")
    #expect(
      "opens \(london.format(opensNext, reference: now)), in \(duration(from: now, to: opensNext))"
        == "opens Mon 23 Nov 09:00 GMT, in 2 d 16 h")
  }

  @Test(arguments: [
    ("2026-11-20T08:59:59", "outside"), ("2026-11-20T09:00", "open"),
    ("2026-11-20T11:59:59", "open"), ("2026-11-20T12:00", "denied"),
    ("2026-11-20T12:00:01", "denied"), ("2026-11-20T23:59:59", "denied"),
    ("2026-11-21T00:00", "outside"), ("2026-11-23T15:59:59", "open"),
    ("2026-11-23T16:00", "outside"), ("2026-12-18T16:59:59", "denied"),
    ("2026-12-18T17:00", "frozen"), ("2027-01-04T08:59:59", "frozen"),
    ("2027-01-04T09:00", "open"),
  ])
  func boundaries(_ local: String, _ expected: String) throws {
    let state = office.state(at: try london.instant(local))
    let found =
      switch state {
      case .open: "open"
      case .closed(.denied, _): "denied"
      case .closed(.frozen(let freeze), _): freeze == christmas ? "frozen" : "?"
      case .closed(.outside, _): "outside"
      case .closed: "?"
      }
    #expect(found == expected)
    #expect(state.isOpen == (expected == "open"))
  }

  @Test
  func whatComesNext() throws {
    let monday = try london.instant("2026-11-23T10:30")
    #expect(office.state(at: monday) == .open(until: try london.instant("2026-11-23T16:00")))
    #expect(office.nextOpening(after: monday) == monday)
    let frozen = try london.instant("2026-12-20T10:00")
    #expect(
      office.state(at: frozen)
        == .closed(.frozen(christmas), opensNext: try london.instant("2027-01-04T09:00")))
    // An hour of the clocks that are set forward lies between these two.
    let saturday = try london.instant("2026-03-28T10:00")
    let next = try #require(office.nextOpening(after: saturday))
    #expect(london.format(next, reference: saturday) == "Mon 30 Mar 09:00 BST")
    #expect(duration(from: saturday, to: next) == "1 d 22 h")
  }

  @Test
  func extremes() throws {
    let utc = try SystemZones.zone("UTC")
    let now = Instant(seconds: 1_790_000_000)
    #expect(Calendar(name: "", zone: utc).state(at: now) == .open(until: nil))
    let daily = try TimeWindow(days: "daily", hours: "00:00-24:00")
    #expect(Calendar(name: "", zone: utc, allow: [daily]).state(at: now) == .open(until: nil))
    let shut = Calendar(name: "shut", zone: utc, allow: [daily], deny: [daily])
    #expect(shut.state(at: now) == .closed(.denied(daily), opensNext: nil))
    #expect(shut.problems == [.neverOpens])
    #expect(
      shut.explain(.neverOpens)
        == "the calendar `shut` is never open: its windows leave no minute of the week")
    let long = try Freeze(id: "f", from: "0001-01-01T00:00", until: "9999-12-31T23:59", reason: "r")
    let frozen = Calendar(name: "", zone: utc, freezes: [long])
    #expect(
      frozen.state(at: now)
        == .closed(.frozen(long), opensNext: try utc.instant("9999-12-31T23:59")))
    for seconds in [Int64.min, Int64.max] {
      _ = office.state(at: Instant(seconds: seconds))
      _ = shut.state(at: Instant(seconds: seconds))
      #expect(frozen.state(at: Instant(seconds: seconds)).isOpen)
    }
  }

  @Test
  func midnight() throws {
    let night = Calendar(
      name: "night", zone: london, allow: [try TimeWindow(days: "Sun", hours: "22:00-06:00")])
    // The window belongs to Sunday and ends on Monday.
    let cases = [
      ("2026-11-22T05:00", false), ("2026-11-22T21:59:59", false), ("2026-11-22T22:00", true),
      ("2026-11-22T23:59:59", true), ("2026-11-23T00:00", true), ("2026-11-23T05:59:59", true),
      ("2026-11-23T06:00", false), ("2026-11-23T22:00", false),
    ]
    for (local, isOpen) in cases {
      #expect(night.state(at: try london.instant(local)).isOpen == isOpen, "\(local)")
    }
    #expect(
      night.state(at: try london.instant("2026-11-22T23:00"))
        == .open(until: try london.instant("2026-11-23T06:00")))
  }

  @Test
  func clocksThatAreSet() throws {
    let early = Calendar(
      name: "early", zone: london, allow: [try TimeWindow(days: "Sun", hours: "01:15-01:45")])
    // 2026-03-29: the window does not exist; the next one is a week later.
    #expect(
      early.nextOpening(after: try london.instant("2026-03-28T12:00"))
        == (try london.instant("2026-04-05T01:15")))
    // 2026-10-25: it exists twice.
    let first = try london.instant("2026-10-25T01:15")
    #expect(early.state(at: first) == .open(until: Instant(seconds: first.seconds + 1800)))
    #expect(
      early.nextOpening(after: Instant(seconds: first.seconds + 1800))
        == Instant(seconds: first.seconds + 3600))
    // A window that ends in the gap ends with the jump.
    let late = Calendar(
      name: "late", zone: london, allow: [try TimeWindow(days: "Sun", hours: "00:30-01:30")])
    #expect(
      late.state(at: try london.instant("2026-03-29T00:45"))
        == .open(until: Instant(seconds: 1_774_746_000)))
  }

  @Test
  func freezesHaveNoHoles() throws {
    let autumn: Int64 = 1_792_890_000  // 2026-10-25T01:00Z, the clocks go from 02:00 to 01:00
    let freeze = try Freeze(
      id: "f", from: "2026-10-25T01:30", until: "2026-10-25T12:00", reason: "r")
    let other = try Freeze(
      id: "g", from: "2026-03-29T01:30", until: "2026-10-25T01:30", reason: "r")
    let starts = Calendar(name: "c", zone: london, freezes: [freeze])
    let ends = Calendar(name: "c", zone: london, freezes: [other])
    for seconds in stride(from: autumn - 1800, to: autumn + 3600, by: 60) {
      #expect(!starts.state(at: Instant(seconds: seconds)).isOpen)
    }
    #expect(starts.state(at: Instant(seconds: autumn - 1801)).isOpen)
    #expect(
      ends.nextOpening(after: Instant(seconds: autumn - 7200)) == Instant(seconds: autumn + 1800))
    #expect(
      ends.problems == [
        .skippedTime(
          freeze: "g", local: other.from, takenAs: Instant(seconds: 1_774_746_000)),
        .repeatedTime(freeze: "g", local: other.until, takenAs: Instant(seconds: autumn + 1800)),
      ])
    #expect(
      ends.problems.map(ends.explain) == [
        "the freeze `g` names 2026-03-29T01:30, which the clocks of Europe/London skip; taken as "
          + "Sun 29 Mar 02:00 BST",
        "the freeze `g` names 2026-10-25T01:30, which the clocks of Europe/London show twice; taken"
          + " as Sun 25 Oct 01:30 GMT",
      ])
    #expect(
      Calendar(name: "c", zone: london, freezes: [freeze, freeze]).problems.contains(
        .repeatedFreeze(id: "f")))
  }

  @Test(arguments: [
    (-5, "0 s"), (0, "0 s"), (45, "45 s"), (60, "1 min"), (2100, "35 min"), (2159, "35 min"),
    (3600, "1 h"), (3900, "1 h 5 min"), (86_400, "1 d"), (86_459, "1 d"), (231_300, "2 d 16 h"),
    (Int64.max, "106751991167300 d 15 h"),
  ])
  func durations(_ seconds: Int64, _ text: String) { #expect(duration(seconds) == text) }

  @Test
  func textOfInstants() throws {
    let now = try london.instant("2026-12-31T23:59")
    let next = try london.instant("2027-01-04T09:00")
    #expect(london.format(next, reference: now) == "Mon 4 Jan 2027 09:00 GMT")
    #expect(london.format(next) == "Mon 4 Jan 09:00 GMT")
    #expect(london.format(now, reference: now) == "Thu 31 Dec 23:59 GMT")
    let low = Instant(seconds: .min)
    #expect(duration(from: low, to: Instant(seconds: .max)) == duration(Int64.max))
    #expect(duration(from: Instant(seconds: .max), to: low) == "0 s")
  }
}
