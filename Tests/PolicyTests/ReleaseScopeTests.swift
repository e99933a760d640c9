import GitModel
import Policy
import Testing

@Suite("the scope of a release, as a file")
struct ReleaseScopeTests {
  private func told(_ text: String, _ format: ScopeFile.Format) -> String {
    do {
      let scope = try ReleaseScope(Bytes(text.utf8), as: format)
      return scope.tickets.map { ticket in
        [ticket.name, ticket.title, ticket.status].map { String(decoding: $0, as: UTF8.self) }
          .joined(separator: "|")
      }.joined(separator: " / ")
    } catch { return error.words }
  }

  @Test("JSON", arguments: json)
  func readsJSON(_ text: String, _ told: String) { #expect(self.told(text, .json) == told) }

  static let json: [(String, String)] = [
    (#"{"tickets": []}"#, ""),
    (#"{"tickets": [{"ticket": "A-1"}]}"#, "A-1||"),
    (
      #"{"version": "1.4", "source": "x", "tickets": [{"ticket": " A-1 ", "title": "T", "status": "Done"}]}"#,
      "A-1|T|Done"
    ),
    ("", "at 1:1 it is empty"),
    ("[]", "the document is no object"),
    ("{}", "has no list `tickets`"),
    (#"{"tickets": {}}"#, "has no list `tickets`"),
    (#"{"tickets": [], "tickets": []}"#, "at 1:17 it has the name 'tickets' twice"),
    (#"{"tickets": [], "until": "x"}"#, "the document has a member `until` that is not known"),
    (#"{"tickets": [], "version": 1.4}"#, "the document has a `version` that is no text"),
    (#"{"tickets": ["A-1"]}"#, "a ticket is no object"),
    (#"{"tickets": [{"title": "x"}]}"#, "has a ticket without `ticket`"),
    (#"{"tickets": [{"ticket": " "}]}"#, "has a ticket without a name"),
    (
      #"{"tickets": [{"ticket": "A-1", "state": "x"}]}"#,
      "a ticket has a member `state` that is not known"
    ),
    (#"{"tickets": [{"ticket": 1}]}"#, "a ticket has a `ticket` that is no text"),
    (#"{"tickets": [{"ticket": "A-1"}, {"ticket": "a-1"}]}"#, "has the ticket a-1 twice"),
    (#"{"tickets": []} {}"#, "at 1:17 it holds more than one JSON value"),
  ]

  @Test("CSV", arguments: csv)
  func readsCSV(_ text: String, _ told: String) { #expect(self.told(text, .csv) == told) }

  static let csv: [(String, String)] = [
    ("ticket\n", ""),
    ("ticket\nA-1\nA-2", "A-1|| / A-2||"),
    ("Status,Ticket,Title\r\nDone,A-1,\"Tiers, \"\"all\"\"\"\r\n\r\n", "A-1|Tiers, \"all\"|Done"),
    ("\u{FEFF}ticket,title\nA-1,\"two\nlines\"\n", "A-1|two\nlines|"),
    ("ticket,status\nA-1,\n", "A-1||"),
    ("", "is empty"),
    ("key,status\n", "has a column `key`, and knows ticket, title and status"),
    ("title,status\n", "has no one column `ticket`, or a column twice"),
    ("ticket,ticket\n", "has no one column `ticket`, or a column twice"),
    ("ticket,status\nA-1\n", "line 2 has 1 field, and there are 2 columns"),
    ("ticket,title\nA-1,\"x\ny\"\nA-2,x,y\n", "line 4 has 3 fields, and there are 2 columns"),
    ("ticket\n\"A-1\n", "line 3 has a quote that is not closed"),
    ("ticket\n\"A-1\"x\n", "line 2 goes on behind a quoted field"),
    ("ticket\nA\"-1\n", "line 2 has a quote within a field"),
    ("ticket\nA-1\nA-1\n", "has the ticket A-1 twice"),
    ("ticket,title\n\"\",x\n", "has a ticket without a name"),
    (String(repeating: ",", count: 1 << 20), "line 1 has more than 16 fields"),
  ]

  @Test("what is too much, and what is no text")
  func bounds() throws {
    #expect(
      told("ticket\n" + (1...10_001).map { "A-\($0)\n" }.joined(), .csv)
        == "has more than 10000 tickets")
    #expect(
      told("ticket\n" + String(repeating: "A", count: 1001), .csv)
        == "has a text of more than 1000 bytes")
    let fault = #expect(throws: ReleaseScope.Fault.self) {
      try ReleaseScope([0x74, 0xFF], as: .csv)
    }
    #expect(fault?.words == "is no UTF-8")
  }

  @Test("what is written is read again")
  func roundTrip() throws {
    let tickets = [
      ReleaseScope.Ticket(
        name: Bytes("A-1".utf8), title: Bytes("a \"b\", c\nd \\ ä".utf8), status: Bytes("Done".utf8)
      ),
      ReleaseScope.Ticket(name: Bytes("A-2".utf8)),
    ]
    let scope = try ReleaseScope(version: Bytes("1.4".utf8), tickets: tickets)
    #expect(try ReleaseScope(scope.json(source: "x"), as: .json) == scope)
    #expect(try ReleaseScope(scope.csv, as: .csv).tickets == tickets)
  }
}
