import GitModel
import Policy
import Release
import Testing

@Suite("templates of notes")
struct NotesTemplateTests {
  private static func text(
    _ template: String, _ commits: [Commit] = [], _ head: NotesHead = NotesHead()
  ) throws -> String {
    do {
      return try ReleaseNotes(commits).markdown(NotesTemplate(Bytes(template.utf8)), head)
    } catch { return error.words }
  }

  private static let commits = [
    commit(3, "fix(api): b", by: "Bob"), commit(2, "feat: a", by: "Ada"),
  ]

  private static var head: NotesHead {
    var head = NotesHead()
    (head.version, head.previous, head.branch) = ("v1.4.0", "v1.3.0", "main")
    (head.instant, head.commit) = (Instant(seconds: 1_795_193_100), id(9))
    head.terms.strategy = .canary
    return head
  }

  @Test("what a template makes", arguments: table)
  func makes(_ template: String, _ wanted: String) throws {
    #expect(try Self.text(template, Self.commits, Self.head) == wanted)
  }

  static let table: [(String, String)] = [
    ("", ""),
    ("Plain.", "Plain.\n"),
    ("\n\nOne.\n\n\n\nTwo.\n\n", "One.\n\nTwo.\n"),
    ("{version} {date} {commit} {branch}\n", "v1.4.0 2026-11-20 0000009 main\n"),
    ("{count} since {previous}, {strategy}", "2 since v1.3.0, canary\n"),
    ("a {{b} }{{", "a {b} }{\n"),
    ("{if previous}\nsince {previous}\n{end}", "since v1.3.0\n"),
    ("{unless risk}\nno risk\n{end}", "no risk\n"),
    ("{if revert}\nreverts\n{end}", ""),
    ("{if section}\nnews\n{end}", "news\n"),
    ("{each change}\n* {id} {type} {author}\n{end}", "* 0000002 feat Ada\n* 0000003 fix Bob\n"),
    (
      "{each section}\n# {title}\n  {each change}\n{scope}{description}\n  {end}\n{end}",
      "# Added\na\n# Fixed\napib\n"
    ),
    ("{each contributor}\n{name}: {commits}\n{end}\n", "Ada: 1\nBob: 1\n"),
    ("{each change}\n{if scope}\n{scope}\n{end}\n{end}", "api\n"),
    ("{contributors}\r\n{version}\r\n", "Ada, Bob\nv1.4.0\n"),
    // Faults.
    ("a\n{verson}", Self.unknown(2, "word", "verson", NotesTemplateTests.globals)),
    ("{title}", Self.unknown(1, "word", "title", NotesTemplateTests.globals)),
    (
      "{each section}\n{each section}\n{end}\n{end}",
      Self.unknown(2, "list", "section", "approver, change, contributor, revert, ticket")
    ),
    ("{if x}\n{end}", Self.unknown(1, "word", "x", NotesTemplateTests.globalsAndLists)),
    ("a\n{if risk}\n", "line 2: the part has no `{end}`"),
    ("{end}", "line 1: `{end}` ends nothing"),
    ("a {b", "line 1: a `{` is not closed; `{{` stands for one"),
    (
      "{each change} {id} {end}", Self.unknown(1, "word", "each change", NotesTemplateTests.globals)
    ),
    (
      String(repeating: "{if risk}\n", count: 9) + String(repeating: "{end}\n", count: 9),
      "line 9: parts are more than 8 deep"
    ),
  ]

  static let globals =
    "approvers, back, branch, commit, contributors, count, date, lane, left, previous, risk, rollback-target, strategy, tickets, version"
  static let globalsAndLists =
    "approver, approvers, back, branch, change, commit, contributor, contributors, count, date, lane, left, previous, revert, risk, rollback-target, section, strategy, ticket, tickets, version"

  private static func unknown(
    _ line: Int, _ kind: String, _ word: String, _ known: String
  ) -> String {
    "line \(line): there is no \(kind) `\(word)` here; there is \(known)"
  }

  @Test("what cannot be a template at all")
  func unreadable() {
    #expect(throws: NotesTemplate.Fault.self) { try NotesTemplate([0xFF]) }
    #expect(throws: NotesTemplate.Fault.self) { try NotesTemplate([0x61, 0]) }
    #expect(throws: NotesTemplate.Fault.self) {
      try NotesTemplate(Bytes(repeating: 0x61, count: NotesTemplate.maximumSize + 1))
    }
  }

  @Test("what would make too much")
  func tooMuch() throws {
    let commits = (1...1_000).map { commit($0, "fix: \($0)") }
    let line = String(repeating: "x", count: 600)
    #expect(
      try Self.text("{each change}\n\(line)\n{end}", commits)
        == "makes notes of more than \(NotesTemplate.maximumText) bytes")
  }

  @Test("what was typed means nothing in Markdown", arguments: hostile)
  func escapes(_ subject: String, _ wanted: String) throws {
    let made = try Self.text("{each change}\n- {description}\n{end}", [commit(1, subject)])
    #expect(made == "- \(wanted)\n")
  }

  static let hostile: [(String, String)] = [
    ("[a](https://evil.example)", "\\[a\\](https://evil.example)"),
    ("![a](https://evil.example/x.png)", "!\\[a\\](https://evil.example/x.png)"),
    ("<script>x</script>", "\\<script>x\\</script>"),
    ("*a* **b** ~~c~~", "\\*a\\* \\*\\*b\\*\\* \\~\\~c\\~\\~"),
    ("_a_ snake_case_name __init__", "\\_a\\_ snake_case_name \\_\\_init\\_\\_"),
    ("see __urgent__ now", "see \\_\\_urgent\\_\\_ now"), (">\u{301} said", "\\>\u{301} said"),
    ("# big", "\\# big"), ("#12 is done", "#12 is done"), ("> said", "\\> said"),
    ("- item", "\\- item"), ("-v is a flag", "-v is a flag"), ("--- ", "\\---"),
    ("-----BEGIN SSH SIGNATURE-----", "\\-----BEGIN SSH SIGNATURE-----"),
    ("12. item", "12\\. item"), ("12) item", "12\\) item"), ("12 items.", "12 items."),
    ("=== ", "\\==="), ("a | b", "a \\| b"), ("&lt; R&D &x", "\\&lt; R&D &x"),
    ("use `a_b*` now", "use `a_b*` now"), ("one ` tick *a*", "one \\` tick \\*a\\*"),
    ("``a`b`` *c*", "``a`b`` \\*c\\*"), ("`a | *b*`", "\\`a \\| \\*b\\*\\`"),
    ("```", "\\`\\`\\`"), ("a\\*b", "a\\\\\\*b"), ("tab\there", "tab\\\\u{9}here"),
  ]

  @Test("the words of a release are typed, too")
  func head() throws {
    var head = Self.head
    head.previous = "v1_*"
    #expect(try Self.text("{previous}", [], head) == "v1\\_\\*\n")
  }

  @Test("the usual form, with all that it can hold")
  func standard() throws {
    var source = NotesSource()
    source.tickets = Tickets(pattern: try TextPattern("SHOP-[0-9]+"))
    source.signed = [id(2): ["Carol"]]
    var head = Self.head
    let notes = ReleaseNotes(
      [
        commit(5, "Revert \"feat: c\"\n\nThis reverts commit 0000004.\n", by: "Bob"),
        commit(4, "feat: c", by: "Bob"), commit(3, "fix(api): b SHOP-7", by: "Bob"),
        commit(2, "feat: a\n\nReviewed-by: Bob <bob@example.com>\n", by: "Ada"),
      ], by: source)
    #expect(
      try notes.markdown(.standard, head) == """
        ### Added

        - a (0000002)

        ### Fixed

        - api: b SHOP-7 (0000003)

        ### Taken back

        - c (0000004), by 0000005

        Tickets: SHOP-7

        Contributors: Bob, Ada

        Approved by: Bob, Carol (signed)

        """)
    head.terms.lane = .rollback
    head.terms.rollbackTarget = "v1.2.0"
    let back = try notes.markdown(.standard, head)
    #expect(back.hasPrefix("Back to v1.2.0, which takes back what v1.3.0 brought:\n\n### Added\n"))
    #expect(back.hasSuffix("Tickets: SHOP-7\n"))
  }
}
