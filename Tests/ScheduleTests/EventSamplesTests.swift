import Foundation
import GitModel
import GitrelTestSupport
import Testing

@testable import Schedule

/// Files of people and programs, and what another reader found in them.
enum EventSamples {
  static let folder = URL(
    fileURLWithPath: #filePath.split(separator: "/").dropLast(4).map { "/\($0)" }.joined()
  ).appendingPathComponent("shared/samples")

  /// The names of the files, and what is known of them.
  static let all: [(name: String, expected: String)] = {
    let manifest = folder.appendingPathComponent("MANIFEST.tsv")
    let table = (try? String(contentsOf: manifest, encoding: .utf8)) ?? ""
    return table.split(separator: "\n").filter { $0.hasPrefix("ical/") }.map { line in
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
      return (String(columns[0]), columns.count > 9 ? String(columns[9]) : "{}")
    }
  }()
}

/// Calendars that people and programs wrote, against figures that another reader found.
@Suite("real iCalendar files", .needsSamples)
struct EventSamplesTests {
  private static func list(_ bytes: [UInt8]) throws -> EventList {
    let utc = try SystemZones.zone("UTC")
    return try EventList(ics: bytes, zone: utc) { name throws(ZoneFault) in
      do { return try SystemZones.zone(name) } catch { throw ZoneFault("there is none") }
    }
  }

  private static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: EventSamples.folder.appendingPathComponent(name)))
  }

  /// What is wrong with the files that are not read, as a team would be told.
  private static let faults = [
    "ical.js__google_birthday.ics": "12: `RDATE:20131210Z` is no day and no time",
    "icalendar__created_calendar_with_unicode_fields.ics": "16: the event lasts no time",
    "icalendar__issue_1050_multiple_calendars.ics": "4: this VEVENT has no DTSTART",
    "icalendar__issue_1081_invalid_start_and_end.ics":
      "6: `DTSTART:INVALID-DATE` is no day and no time",
    "icalendar__issue_1081_list_of_properties.ics": "4: the event lasts no time",
    "icalendar__issue_156_RDATE_with_PERIOD_TZID_khal_2.ics":
      "9: `RRULE:FREQ=YEARLY;BYMINUTE=0;BYHOUR=2;BYDAY=-1SU;BYMONTH=10` has a `BYHOUR` that is not read",
    "icalendar__issue_526_calendar_with_event_subset.ics":
      "7: the zone `Western/Central Europe` is none of IANA's, and the file does not define it",
    "icalendar__issue_526_calendar_with_shuffeled_events.ics":
      "7: the zone `Western/Central Europe` is none of IANA's, and the file does not define it",
    "icalendar__issue_798_related_to.ics": "2: this VEVENT has no DTSTART",
    "icalendar__pr_480_summary_with_colon.ics":
      "1: BEGIN:VCALENDAR has no END: the file is cut off",
    "icalendar__rfc_7256_multi_value_parameters.ics": "2: this VEVENT has no DTSTART",
    "icalendar__rfc_7529.ics":
      "8: `RRULE:RSCALE=CHINESE;FREQ=YEARLY` has a `RSCALE` that is not read",
    "icalendar__rfc_9253_related_to.ics": "4: this VEVENT has no DTSTART",
    "icalendar__timezone_rdate.ics":
      "53: is no line of an iCalendar file: `SUMMARY=testevent`",
    "python-recurring-ical-events__date_exclude.txt":
      "15: `RRULE:FREQ=DAILY;UNTIL=20231218T023000Z;FREQ=DAILY` says FREQ twice",
    "python-recurring-ical-events__duration.ics": "16: the event lasts no time",
    "python-recurring-ical-events__end_before_start_event.ics": "32: the event lasts no time",
    "python-recurring-ical-events__issue_117_until_before_dtstart.ics":
      "11: `RRULE:FREQ=WEEKLY;UNTIL=20231001;INTERVAL=2;BYDAY=MO` ends before it comes",
    "python-recurring-ical-events__issue_132_swapped_start_and_end.ics":
      "5: the event lasts no time",
    "python-recurring-ical-events__issue_75_range_parameter.ics":
      "16: `RECURRENCE-ID` has a RANGE, which is not read",
    "python-recurring-ical-events__recurring_events_changed_duration.ics":
      "97: the event has DTEND and DURATION",
    "python-recurring-ical-events__recurring_events_moved.ics":
      "71: the event has DTEND and DURATION",
  ]

  @Test("the samples are there: a table over none of them would prove nothing")
  func samplesAreThere() { #expect(EventSamples.all.count == 66) }

  @Test("read, or the first fault with its line", arguments: EventSamples.all.map(\.name))
  func read(_ path: String) throws {
    let name = String(path.dropFirst("ical/".count))
    do {
      _ = try Self.list(Self.bytes(path))
      #expect(Self.faults[name] == nil, "was read")
    } catch let fault as ICSFault {
      #expect(Self.faults[name] == "\(fault.line): \(fault.words)")
    }
  }

  @Test("as many events in a year as another reader found", arguments: EventSamples.all.map(\.name))
  func counts(_ path: String) throws {
    // Its midnights are those of Tokyo, and the years here those of UTC.
    guard !path.contains("aws-ssm"), let list = try? Self.list(Self.bytes(path)) else { return }
    let expected = try #require(EventSamples.all.first { $0.name == path }).expected
    let figures = try #require(
      JSONSerialization.jsonObject(with: Data(expected.utf8)) as? [String: Any])
    let years = figures["occurrences_2024_2025"] as? [Int] ?? []
    let utc = try SystemZones.zone("UTC")
    for (year, count) in zip(
      [2024, 2025, 2026], years + [figures["occurrences_2026"] as? Int ?? -1])
    {
      let start = try utc.instant("\(year)-01-01T00:00").seconds
      let end = try utc.instant("\(year + 1)-01-01T00:00").seconds
      let found = list.occurrences(in: start..<end).map(\.span)
      // One event of this file stands there twice, which the other reader takes for one.
      #expect((path.contains("duplicated") ? Set(found).count : found.count) == count, "\(year)")
    }
  }

  @Test("bytes that were changed anywhere never end the process", arguments: [1])
  func changedBytes(_ seed: UInt64) throws {
    var generator = SeededGenerator(state: seed)
    for (name, _) in EventSamples.all {
      let file = Array(try Self.bytes(name).prefix(4000))
      for _ in 0..<6 {
        var bytes = file
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          let place = Int.random(in: 0..<bytes.count, using: &generator)
          switch Int.random(in: 0..<3, using: &generator) {
          case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
          case 1: bytes.remove(at: place)
          default: bytes.insert(contentsOf: Array("99999".utf8), at: place)
          }
        }
        let list = try? Self.list(bytes)
        _ = list?.occurrences(in: 1_790_000_000..<1_800_000_000)
      }
    }
  }
}
