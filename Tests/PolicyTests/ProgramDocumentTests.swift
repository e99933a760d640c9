import GitModel
import Policy
import Testing

@Suite struct ProgramDocumentTests {
  @Test("answers", arguments: answers)
  func answer(_ text: String, _ told: String) {
    let said: String
    do throws(ProgramAnswer.Fault) {
      let answer = try ProgramAnswer(document: Bytes(text.utf8), limit: 64_000)
      said =
        "\(answer.outcome.rawValue): \(answer.summary)"
        + answer.findings.map { "\n- \($0.commit?.short ?? "") \($0.title): \($0.detail)" }.joined()
        + answer.fixes.map { "\nfix: \($0)" }.joined()
    } catch { said = "it \(error.words)" }
    #expect(said == told)
  }

  static let answers: [(String, String)] = [
    (#"{"version":1,"verdict":"satisfied","summary":"fine"}"#, "satisfied: fine"),
    (
      #"{"version":1,"verdict":"not-applicable","summary":"x","findings":[],"fixes":[]}"#,
      "notApplicable: x"
    ),
    (
      #"{"version":1,"verdict":"violated","summary":"bad","findings":[{"commit":"00000010000000000000000000000000000000ff","title":"a","detail":"b"},{"title":"c","detail":"d"},{"commit":null,"title":"e","detail":"f"}],"fixes":["do"]}"#,
      "violated: bad\n- 0000001 a: b\n-  c: d\n-  e: f\nfix: do"
    ),
    ("", "it answered nothing"),
    ("  \n", "it answered nothing"),
    ("yes", "it answered, and at 1:1 it is no JSON: a value was expected"),
    ("[]", "it answered, and the answer is no object"),
    ("{}", "it answered without a `version`"),
    (#"{"version":2}"#, "it answered in version 2, and 1 is read"),
    (#"{"version":1}"#, "it answered, and `verdict` is not there"),
    (#"{"version":1,"verdict":true}"#, "it answered, and `verdict` is no text"),
    (
      #"{"version":1,"verdict":"ok","summary":"x"}"#,
      "it answered with the verdict `ok`, which is none of indeterminate, not-applicable, satisfied and violated"
    ),
    (#"{"version":1,"verdict":"satisfied","summary":""}"#, "it answered with an empty `summary`"),
    (
      #"{"version":1,"verdict":"satisfied","summary":"x","sumary":"y"}"#,
      "it answered, and the answer has a member `sumary` that is not known"
    ),
    (
      #"{"version":1,"verdict":"satisfied","summary":"x","findings":{}}"#,
      "it answered, and `findings` is no list"
    ),
    (
      #"{"version":1,"verdict":"satisfied","summary":"x","findings":[{"title":"a"}]}"#,
      "it answered, and `detail` is not there"
    ),
    (
      #"{"version":1,"verdict":"satisfied","summary":"x","findings":[{"commit":"abc","title":"a","detail":"b"}]}"#,
      "it answered with a `commit` that is no object id"
    ),
  ]

  @Test("what a program says is made fit for a terminal, and cut")
  func hostile() throws {
    let text =
      #"{"version":1,"verdict":"violated","summary":"\#(String(repeating: "x", count: 2000))","findings":[{"title":"\u001b[2J","detail":"d"}]}"#
    let answer = try ProgramAnswer(document: Bytes(text.utf8), limit: 64_000)
    #expect(answer.summary.count == 1003)
    #expect(answer.findings.first?.title == #"\u{1b}[2J"#)
    let many = (0..<250).map { #"{"title":"\#($0)","detail":"d"}"# }.joined(separator: ",")
    let long = #"{"version":1,"verdict":"violated","summary":"x","findings":[\#(many)]}"#
    let cut = try ProgramAnswer(document: Bytes(long.utf8), limit: 64_000)
    #expect(cut.findings.count == 100 && cut.total == 250)
  }

  @Test("the question, with bytes that are no UTF-8 in base64 too")
  func question() {
    let message = Bytes("Add\n\nTicket: A-1\nNote: ".utf8) + [0xFF] + Bytes("\n".utf8)
    let entry = Change.Entry(mode: 0o100644, id: id(7))
    let one = commit(1, message)
    let matter = matter(pusher: "ang", people: team) {
      $0.newCommits = .known([one])
      $0.isFastForward = .known(false)
      $0.changes = .known([
        CommitChanges(
          commit: one,
          changes: [
            Change(path: Bytes("a.c".utf8), kind: .added(entry)),
            Change(path: [0xE9], kind: .deleted(entry)),
          ])
      ])
    }
    let document = ProgramQuestion.document(
      on: matter, program: "licences", ruleset: "production", policy: "main@0000a1d",
      time: Instant(seconds: 0))
    let zeros = String(repeating: "0", count: 33)
    #expect(
      String(decoding: document, as: UTF8.self) == """
        {"commits":[{"author":{"email":"dev@example.com","name":"N","offset_minutes":0,"seconds":0},\
        "changes":[{"kind":"added","new":{"id":"0000007\(zeros)","mode":"100644"},"old":null,"path":"a.c"},\
        {"kind":"deleted","new":null,"old":{"id":"0000007\(zeros)","mode":"100644"},"path":"\\ufffd",\
        "path_base64":"6Q=="}],"committer":{"email":"dev@example.com","name":"N","offset_minutes":0,"seconds":0},\
        "id":"0000001\(zeros)","message":"Add\\n\\nTicket: A-1\\nNote: \\ufffd\\n",\
        "message_base64":"QWRkCgpUaWNrZXQ6IEEtMQpOb3RlOiD/Cg==","parents":["000bace\(zeros)"],\
        "trailers":[{"key":"Ticket","value":"A-1"},{"key":"Note","value":"\\ufffd","value_base64":"/w=="}],\
        "tree":"0001001\(zeros)"}],"person":"alice","policy":"main@0000a1d","program":"licences",\
        "pusher":"ang","ruleset":"production","time":"1970-01-01T00:00:00Z","update":{"kind":"rewind",\
        "new":"00009e3\(zeros)","old":"0000a1d\(zeros)","ref":"refs/heads/main"},"version":1}

        """)
  }
}
