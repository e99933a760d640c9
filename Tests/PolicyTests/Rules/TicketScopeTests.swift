import GitModel
import Policy
import Testing

@Suite("ticket-scope")
struct TicketScopeTests {
  private static let place = ScopePlace(path: ".gitrel/scope/1.4.json", in: "main")

  private func promised(_ tickets: [(String, String)]) throws -> Fact<ScopeReading> {
    .known(
      .promised(
        try ReleaseScope(
          tickets: tickets.map { name, status in
            ReleaseScope.Ticket(
              name: Bytes(name.utf8), title: Bytes("T".utf8), status: Bytes(status.utf8))
          }), Self.place))
  }

  private func told(
    _ settings: Setting = .absent, _ tickets: [(String, String)], _ commits: [Commit],
    plain: [Int] = []
  ) throws -> String {
    let scope = try promised(tickets)
    return rule(TicketScope.self, settings).judge(
      matter("refs/tags/v1.4", .create) {
        $0.scope = scope
        $0.sinceRelease = .known(SinceRelease(previous: "v1.3", commits: commits))
        $0.reverts = .known(Set(plain.map(id)))
      }
    ).told
  }

  @Test("what was promised is contained, and nothing else")
  func satisfied() throws {
    #expect(
      try told(
        ["status": ["Done", "Tested"]], [("SHOP-1", "Done"), ("shop-2", "Tested")],
        [commit(3, "More\n\nTicket: SHOP-2\n"), commit(2, "SHOP-1 x"), commit(1, "chore")])
        == "satisfied: 2 tickets promised, and judged by 3 commits since v1.3; 1 commit without a"
        + " ticket")
    #expect(
      try told(.absent, [], [commit(1, "chore")])
        == "satisfied: no ticket is promised, and none asked for since v1.3; 1 commit without a"
        + " ticket")
  }

  @Test("every difference is named, with what to do")
  func violated() throws {
    #expect(
      try told(
        ["status": "Done"],
        [("SHOP-1", "Done"), ("SHOP-2", "Open"), ("SHOP-3", ""), ("two", "Done")],
        [
          commit(4, "SHOP-9 and PAY-1"), commit(3, "SHOP-9"), commit(2, "SHOP-2 x"),
          commit(1, "SHOP-3"),
        ]) == """
          violated: tickets of v1.4: 2 promised and not contained, 2 contained and not promised and 2 not far enough
          wants: what main:.gitrel/scope/1.4.json promises, by the commits since v1.3
          - SHOP-1: is promised, and no commit since v1.3 names it (T)
          - two: is promised, and is not a ticket like [A-Z][A-Z0-9]+-[0-9]+ (T)
          - PAY-1: is not promised: 0000004 SHOP-9 and PAY-1
          - SHOP-9: is not promised: 0000004 SHOP-9 and PAY-1 and 1 commit more
          - SHOP-2: has the status Open, and must have Done (T)
          - SHOP-3: has no status, and must have Done (T)
          fix: merge what is missing, git revert what is not promised and finish what is open, or bring main:.gitrel/scope/1.4.json up to date where it is not; then gitrel tag v1.4
          """)
  }

  @Test("what is only told does not refuse")
  func toldOnly() throws {
    let settings: Setting = ["missing": "tell", "extra": "tell"]
    let commits = [commit(1, "SHOP-2")]
    #expect(
      try told(settings, [("SHOP-1", "")], commits) == """
        satisfied: 1 ticket promised, and judged by 1 commit since v1.3
        - SHOP-1: is promised, and no commit since v1.3 names it (T); only told
        - SHOP-2: is not promised: 0000001 SHOP-2; only told
        """)
    #expect(
      try told(["extra": "tell"], [("SHOP-1", "")], commits) == """
        violated: tickets of v1.4: 1 promised and not contained
        wants: what main:.gitrel/scope/1.4.json promises, by the commits since v1.3
        - SHOP-1: is promised, and no commit since v1.3 names it (T)
        - SHOP-2: is not promised: 0000001 SHOP-2; only told
        fix: merge what is missing, or bring main:.gitrel/scope/1.4.json up to date where it is not; then gitrel tag v1.4
        """)
    #expect(
      try told(["missing": "tell", "status": "Done"], [("SHOP-1", "Open")], []).hasPrefix(
        "violated: tickets of v1.4: 1 not far enough\n"))
  }

  private func revert(_ number: Int, of other: Int, _ subject: String, more: String = "") -> Commit
  {
    commit(number, "Revert \"\(subject)\"\n\nThis reverts commit \(id(other).hex).\n\(more)")
  }

  /// The findings about each ticket, by what is promised.
  private func findings(
    _ tickets: [String], _ commits: [Commit], plain: [Int] = []
  ) throws -> [String] {
    try told(.absent, tickets.map { ($0, "") }, commits, plain: plain).split(separator: "\n")
      .filter { $0.hasPrefix("- ") }.map { String($0.dropFirst(2)) }
  }

  @Test("a revert takes its ticket out again")
  func reverted() throws {
    let commits = [revert(2, of: 1, "SHOP-1 x"), commit(1, "SHOP-1 x")]
    #expect(
      try findings(["SHOP-1"], commits, plain: [2])
        == ["SHOP-1: is promised, and taken back by 0000002 (T)"])
    #expect(try findings([], commits, plain: [2]) == [])
    // What only says that it reverts is taken for neither: the ticket is not there, and not gone.
    #expect(
      try findings(["SHOP-1"], commits) == ["SHOP-1: is promised, and taken back by 0000002 (T)"])
    #expect(
      try findings([], commits) == [
        "SHOP-1: is not promised: 0000002 Revert \"SHOP-1 x\" and 1 commit more; 0000002 takes it"
          + " back, and not all of it"
      ])
    // Another commit of the ticket is left.
    #expect(try findings(["SHOP-1"], [commit(3, "SHOP-1 y")] + commits, plain: [2]) == [])
  }

  @Test("a revert has a ticket of its own")
  func ownTicket() throws {
    let commits = [
      revert(2, of: 1, "SHOP-1 x", more: "\nTicket: SHOP-7\n"), commit(1, "SHOP-1 x"),
    ]
    #expect(try findings(["SHOP-7"], commits, plain: [2]) == [])
    #expect(
      try findings([], commits, plain: [2])
        == ["SHOP-7: is not promised: 0000002 Revert \"SHOP-1 x\""])
  }

  @Test("the revert of a revert brings it back")
  func reapplied() throws {
    let commits = [
      commit(3, "Reapply \"SHOP-1 x\"\n\nThis reverts commit \(id(2).hex).\n"),
      revert(2, of: 1, "SHOP-1 x"), commit(1, "SHOP-1 x"),
    ]
    #expect(try findings(["SHOP-1"], commits, plain: [2, 3]) == [])
    #expect(
      try findings([], commits, plain: [2, 3]).first?.hasPrefix(
        "SHOP-1: is not promised: 0000001 SHOP-1 x") == true)
    // Where one of the two only says so, the ticket is neither there nor gone.
    for plain in [[2], [3], []] {
      #expect(try findings(["SHOP-1"], commits, plain: plain).count == (plain == [3] ? 0 : 1))
      #expect(try findings([], commits, plain: plain).count == 1)
    }
  }

  @Test(
    "a revert of what was released before takes a ticket out, and is told where nobody promised it")
  func ofOlder() throws {
    let commits = [revert(2, of: 0x77, "SHOP-1 x")]
    #expect(
      try findings(["SHOP-1"], commits) == ["SHOP-1: is promised, and taken back by 0000002 (T)"])
    #expect(
      try findings([], commits).first?.hasPrefix("SHOP-1: is not promised: 0000002 Revert") == true)
    // A host's own words for it, which name no commit.
    #expect(
      try findings(["SHOP-1"], [commit(2, "Revert \"SHOP-1 x\"\n\nReverts shop/shop#12\n")])
        == ["SHOP-1: is promised, and taken back by 0000002 (T)"])
  }

  @Test("a merge that is taken back takes back what it brought")
  func merge() throws {
    let commits = [
      commit(
        5,
        "Revert \"Merge branch 'x'\"\n\nThis reverts commit \(id(4).hex), reversing\nchanges made"
          + " to \(id(2).hex).\n", parents: [4]),
      commit(4, "Merge branch 'x'", parents: [2, 3]), commit(3, "SHOP-3", parents: [1]),
      commit(2, "SHOP-2", parents: [1]), commit(1, "SHOP-1", parents: [0xbace]),
    ]
    #expect(
      try findings(["SHOP-1", "SHOP-2", "SHOP-3"], commits, plain: [5])
        == ["SHOP-3: is promised, and taken back by 0000005 (T)"])
    #expect(try findings(["SHOP-1", "SHOP-2"], commits, plain: [5]) == [])
  }

  @Test("short ids, and more than one")
  func shortened() throws {
    let short = commit(3, "Undo\n\nThis reverts commit 0000001 (SHOP-1 x, 2026-11-01).\n")
    let both = commit(
      3, "Undo\n\nThis reverts commit \(id(1).hex).\nThis reverts commit \(id(2).hex).\n")
    let commits = [commit(2, "SHOP-2"), commit(1, "SHOP-1 x")]
    #expect(try findings(["SHOP-1", "SHOP-2"], [short] + commits).count == 1)
    #expect(try findings(["SHOP-1", "SHOP-2"], [both] + commits).count == 2)
    // Two are never looked into, whoever says that they are plain.
    #expect(try findings([], [both] + commits, plain: [3]).count == 2)
  }

  @Test("too many reverts are not counted")
  func flood() throws {
    let commits = (0...1000).map { commit($0 + 1, "Revert \"x\"") }
    #expect(
      try told(.absent, [], commits)
        == "indeterminate: more than 1000 commits since v1.3 take back others")
  }

  @Test("no promise, no version, nothing known")
  func others() throws {
    let rule = rule(TicketScope.self)
    func told(
      _ name: String = "refs/tags/v1.4", _ kind: RefUpdate.Kind = .create,
      _ facts: (inout Facts) -> Void = { _ in }
    ) -> String { rule.judge(matter(name, kind, facts)).told }
    #expect(
      told { $0.scope = .known(.none(Self.place)) } == """
        violated: nobody said which tickets v1.4 promises: there is no main:.gitrel/scope/1.4.json
        fix: gitrel scope fetch v1.4 --jira URL --project KEY    or write .gitrel/scope/1.4.json by hand; then bring it to main
        """)
    #expect(
      told("refs/tags/latest") { $0.scope = .known(.noVersion(.standard)) } == """
        violated: `latest` is no version, and tickets are promised for versions
        wants: a version such as v1.4 or v1.4.0 (semver.org)
        fix: gitrel tag <VERSION>    and leave latest out of the push
        fix: git tag -a -m <VERSION> <VERSION> 'latest^{}' && git tag -d latest    then push <VERSION>
        """)
    #expect(told { $0.scope = .unknown("it is a link") } == "indeterminate: it is a link")
    let scope = try promised([])
    #expect(
      told {
        $0.scope = scope
        $0.sinceRelease = .unknown("history is cut")
      } == "indeterminate: history is cut")
    #expect(
      told {
        $0.scope = scope
        $0.sinceRelease = .known(SinceRelease(previous: nil, commits: []))
        $0.reverts = .unknown("a tree is missing")
      } == "indeterminate: a tree is missing")
    #expect(told().hasPrefix("indeterminate: a fact that this rule needs was not gathered"))
    #expect(told("refs/tags/v1.4", .delete) == "notApplicable: a deletion releases nothing")
    #expect(told("refs/heads/main") == "notApplicable: main is no tag")
  }

  @Test("a program says what is promised")
  func program() throws {
    let settings: Setting = ["exec": ["command": ["/usr/local/libexec/scope"]]]
    let rule = rule(TicketScope.self, settings)
    func told(_ scope: Fact<ScopeReading>) -> String {
      rule.judge(
        matter("refs/tags/v1.4", .create) {
          $0.scope = scope
          $0.sinceRelease = .known(SinceRelease(previous: "v1.3", commits: [commit(1, "SHOP-2")]))
          $0.reverts = .known([])
        }
      ).told
    }
    let one = try ReleaseScope(tickets: [ReleaseScope.Ticket(name: Bytes("SHOP-2".utf8))])
    #expect(
      told(.known(.told(one, by: "/usr/local/libexec/scope")))
        == "satisfied: 1 ticket promised, and judged by 1 commit since v1.3")
    #expect(
      told(.known(.told(try ReleaseScope(tickets: []), by: "/usr/local/libexec/scope"))) == """
        violated: tickets of v1.4: 1 contained and not promised
        wants: what /usr/local/libexec/scope promises, by the commits since v1.3
        - SHOP-2: is not promised: 0000001 SHOP-2
        fix: git revert what is not promised, or bring what /usr/local/libexec/scope says up to date where it is not; then gitrel tag v1.4
        """)
    #expect(
      told(.unknown("/usr/local/libexec/scope: it ended with the status 3\nno such release")) == """
        indeterminate: /usr/local/libexec/scope: it ended with the status 3
        - stderr: no such release
        """)
    #expect(
      told(.known(.later("/usr/local/libexec/scope")))
        == "notApplicable: /usr/local/libexec/scope is asked by the server when this is pushed, and"
        + " may refuse it")
    #expect(
      rule.needs.scope
        == .program(
          ProgramCall(
            name: "ticket-scope", command: ["/usr/local/libexec/scope"], timeout: 10,
            memory: 256_000_000, output: 4_000_000)))
  }

  @Test("what a program answers is about the release that was asked for", arguments: answers)
  func answer(_ answer: String, _ told: String) throws {
    let version = try #require(TagVersions.standard.version(of: Bytes("v1.4".utf8)))
    do throws(ReleaseScope.Fault) {
      let scope = try ReleaseScope(answer: Bytes(answer.utf8), of: version)
      #expect("\(scope.tickets.count)" == told)
    } catch { #expect(error.words == told) }
  }

  static let answers: [(String, String)] = [
    (#"{"version": "1.4", "tickets": []}"#, "0"),
    (
      #" {"version": "1.4", "source": "x", "tickets": [{"ticket": "A-1"}, {"ticket": "A-2"}]} "#,
      "2"
    ),
    (" \n", "answered nothing"),
    ("no", "answered, and the scope at 1:1 it is no JSON: a value was expected"),
    (
      #"{"version": 1, "tickets": []}"#,
      "answered, and the scope the document has a `version` that is no text"
    ),
    (#"{"version": "1.4"}"#, "answered, and the scope has no list `tickets`"),
    (#"{"tickets": []}"#, "answered without a `version`"),
    (#"{"version": "1.3", "tickets": []}"#, "answered for the release 1.3, and was asked for 1.4"),
    (
      #"{"version": "1.4.0", "tickets": []}"#,
      "answered for the release 1.4.0, and was asked for 1.4"
    ),
    (
      #"{"version": "1.4", "tickets": [{"ticket": "A-1"}, {"ticket": "a-1"}]}"#,
      "answered, and the scope has the ticket a-1 twice"
    ),
    (
      #"{"version": "1.4", "tickets": [], "total": "0"}"#,
      "answered, and the scope the document has a member `total` that is not known"
    ),
  ]

  @Test("settings", arguments: settings)
  func problems(_ settings: Setting, _ told: [String]) {
    #expect(read(TicketScope.self, settings).problems == told)
  }

  static let settings: [(Setting, [String])] = [
    (.absent, []),
    (["snapshot": "release/{version}/scope.csv", "pattern": "#[0-9]+"], []),
    (
      ["snapshot": ".gitrel/scope.json"],
      [
        "`snapshot`: `.gitrel/scope.json` is one file for all releases; put {version} into it:"
          + " .gitrel/scope/{version}.json"
      ]
    ),
    (
      ["snapshot": "../{version}.json"],
      [
        "`snapshot`: `../{version}.json` is no path in the tree of the policy; write it from the"
          + " top, e.g. .gitrel/scope/{version}.json"
      ]
    ),
    (
      ["snapshot": "{version}.yml"],
      ["`snapshot`: `{version}.yml` ends neither in .json nor in .csv"]
    ),
    (
      [
        "exec": [
          "command": ["/bin/scope", "--team"], "timeout": 5, "memory": .plain("1GB"),
          "output": .plain("1MB"),
        ]
      ], []
    ),
    (
      ["exec": [:]],
      ["`exec` has no `command`; write `command: [/usr/local/libexec/scope]`"]
    ),
    (
      ["exec": ["command": "scope"]],
      ["`scope` is no absolute path; no shell looks for it; write where it lies on the server"]
    ),
    (
      ["exec": ["command": "/bin/scope", "cwd": "/"]],
      ["`exec` knows no key `cwd`; it knows command, memory, output, timeout"]
    ),
    (
      ["exec": ["command": "/bin/scope", "timeout": 60]],
      ["`timeout` takes a number from 1 to 20, not 60"]
    ),
    (
      ["exec": ["command": "/bin/scope"], "snapshot": "{version}.json"],
      [
        "a scope stands in a file or is told by a program: `snapshot` or `exec`; leave one of them"
          + " out"
      ]
    ),
    (["missing": "warn"], ["`missing` takes refuse or tell, not the text \"warn\""]),
    (["status": []], ["`status` is empty"]),
    (["status": ["Done", "Done"]], ["`status` has a name twice"]),
    (
      ["in": ["branch"]],
      [
        "`in` takes subject, body or trailers, not the text \"branch\""
      ]
    ),
    (
      ["exempt": ["merge"]],
      [
        "`ticket-scope` knows no key `exempt`; it knows exec, extra, in, missing, pattern, projects,"
          + " snapshot, status, trailers"
      ]
    ),
  ]
}
