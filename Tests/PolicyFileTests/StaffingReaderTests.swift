import GitModel
import Policy
import PolicyFile
import Schedule
import Testing

/// Who is on duty by a roster, and what is wrong with one.
@Suite("Staffing and rosters")
struct StaffingReaderTests {
  private func read(
    _ events: [[String]], span: String = "1h"
  ) throws(PolicyFault) -> Staffing? {
    let policy = """
      version: 1
      people:
        olga: {name: Olga Ivy, emails: [olga@example.com]}
        oskar: {emails: [oskar@example.com]}
      roles: {on-call: [olga, oskar]}
      calendars:
        office:
          timezone: UTC
          staffing: {roles: [on-call], for: \(span), roster: roster.ics}
      rulesets: [{name: production, refs: [main], rules: {window: {calendar: office}}}]

      """
    let roster =
      "BEGIN:VCALENDAR\n"
      + events.map { lines in
        "BEGIN:VEVENT\nDTSTART:20261125\n\(lines.joined(separator: "\n"))\nEND:VEVENT\n"
      }.joined() + "END:VCALENDAR\n"
    let place = PolicyPlace(policy: "policy.yml") { (_) throws(ExtendsFault) in Bytes(roster.utf8) }
    return try PolicyReader.read(
      Bytes(policy.utf8), file: "policy.yml", extending: place, zone: SystemZones.zone
    ).calendars["office"]?.staffing
  }

  private func faults(_ events: [[String]], span: String = "1h") -> [String] {
    do throws(PolicyFault) {
      _ = try read(events, span: span)
      return []
    } catch { return error.lines }
  }

  @Test("ATTENDEEs who come, or else the SUMMARY")
  func people() throws {
    let staffing = try read([
      ["SUMMARY:olga"], ["SUMMARY:Olga Ivy"],
      ["SUMMARY:Night", "ATTENDEE:mailto:oskar@example.com", "ATTENDEE:mailto:olga@example.com"],
      ["SUMMARY:olga", "STATUS:Tentative"],
      // Whoever declined is not there because the event is called so.
      ["SUMMARY:olga", "ATTENDEE;PARTSTAT=DECLINED:mailto:olga@example.com"],
      [
        "SUMMARY:olga", "ATTENDEE;PARTSTAT=declined:mailto:olga@example.com",
        "ATTENDEE;ROLE=NON-PARTICIPANT:mailto:stranger@example.com",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:oskar@example.com",
      ],
    ])
    #expect(
      staffing?.people == [["olga"], ["olga"], ["oskar", "olga"], [], [], ["oskar"]])
  }

  @Test
  func problems() {
    #expect(
      faults([["SUMMARY:otto"]]) == [
        "roster.ics:2:1: the event on duty is `otto`, and the policy names nobody so; write an ATTENDEE with an address of `people`, or an id as the SUMMARY"
      ])
    #expect(
      faults([["RRULE:FREQ=YEARLY;COUNT=5000;BYDAY=53MO", "SUMMARY:olga"]]) == [
        "roster.ics:4:1: `RRULE:FREQ=YEARLY;COUNT=5000;BYDAY=53MO` is too much: for the rules of a file 1000000 days at most are looked at"
      ])
    // A duty lasts a week, and must be longer than what is asked for.
    #expect(faults([["SUMMARY:olga"]], span: "6d") == [])
    #expect(
      faults([["SUMMARY:olga"]], span: "7d") == ["policy.yml:9:39: `for` takes 6 days at most"])
  }
}
