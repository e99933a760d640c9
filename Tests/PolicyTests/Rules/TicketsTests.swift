import GitModel
import Policy
import Testing

@Suite("tickets")
struct TicketsTests {
  private func judge(
    _ settings: Setting, _ message: String, on name: String = "refs/heads/main"
  ) -> String {
    let tip = commit(1, message)
    return rule(Tickets.self, settings).judge(
      matter(name, to: tip.id) { $0.newCommits = .known([tip]) }
    ).told
  }

  @Test("where a ticket counts", arguments: table)
  func places(_ settings: Setting, _ message: String, _ fault: String?) {
    let told = judge(settings, message)
    guard let fault else {
      #expect(told == "satisfied: the commit names a ticket")
      return
    }
    let lines = told.split(separator: "\n")
    #expect(lines.first == "violated: 1 of 1 new commit names no ticket")
    #expect(
      lines.first { $0.hasPrefix("- ") }.map { $0.split(separator: ": ", maxSplits: 1)[1] } ?? ""
        == fault)
  }

  static let table: [(Setting, String, String?)] = [
    (.absent, "SHOP-12 Add tiers", nil),
    (.absent, "Add tiers (SHOP-12)", nil),
    (.absent, "SHOP-12: Add tiers", nil),
    (.absent, "Add tiers\n\nTicket: SHOP-12\n", nil),
    (.absent, "Add tiers\n\nfixes: see SHOP-12, and SHOP-13\nSigned-off-by: A <a@x>\n", nil),
    (.absent, "Add tiers", "names no ticket"),
    (.absent, "shop-12", "names no ticket"),
    (.absent, "", "names no ticket"),
    // A word of its own, whatever stands around it.
    (.absent, "xSHOP-12", "names no ticket"),
    (.absent, "_SHOP-12", "names no ticket"),
    (.absent, "SHOP-12x SHOP-13", nil),
    (.absent, "SHOP-12-add-tiers", nil),
    (.absent, "\u{4FEE}\u{590D}SHOP-12\u{7684}", nil),
    // In the body it counts only when the policy says so.
    (.absent, "Add tiers\n\nFor SHOP-12.\n", "names no ticket"),
    (["in": ["body"]], "Add tiers\n\nFor SHOP-12.\n", nil),
    (["in": ["body"]], "SHOP-12", "names no ticket"),
    (["in": ["subject"]], "Add tiers\n\nTicket: SHOP-12\n", "names no ticket"),
    (["in": ["trailers"]], "SHOP-12\n\nTicket: none\n", "names no ticket"),
    // Keys, and lines that look like one of them.
    (["trailers": ["Bug"]], "x\n\nTicket: SHOP-12\n", "names no ticket"),
    (["trailers": ["Bug"]], "x\n\nBUG: SHOP-12\n", nil),
    (
      .absent, "x\n\nTicket: SHOP-12\n\nThe end.\n",
      "names no ticket; line 3 `Ticket: SHOP-12` does not count: it is not in the last paragraph,"
        + " which starts on line 5"
    ),
    (
      .absent, "x\n\nTicket: SHOP-12\nIt is done.\n",
      "names no ticket; line 3 `Ticket: SHOP-12` does not count: line 4 `It is done.` makes this"
        + " paragraph no trailer block"
    ),
    // Of no project that the policy names.
    (["projects": ["SHOP", "PAY"]], "PAY-1", nil),
    (["projects": ["SHOP"]], "UTF-8 for all", "names `UTF-8`, which is no ticket of SHOP"),
    (["projects": ["SHOP"]], "UTF-8 for SHOP-1", nil),
    (["projects": ["SHOP"]], "SHOPS-1", "names `SHOPS-1`, which is no ticket of SHOP"),
    (
      ["projects": ["SHOP"]], "UTF-8\n\nTicket: PAY-1\n",
      "names `UTF-8`, which is no ticket of SHOP"
    ),
    // Another form.
    (["pattern": "#[0-9]+"], "Add tiers (#12)", nil),
    (["pattern": "#[0-9]+"], "Add#12", nil),
    (["pattern": "#[0-9]+"], "#12a", "names no ticket"),
    (["pattern": "(?i)shop-[0-9]+", "projects": ["SHOP"]], "shop-7", nil),
  ]

  @Test("the name of the branch counts for all its commits")
  func branch() {
    let settings: Setting = ["in": ["branch", "subject"], "projects": ["SHOP"]]
    #expect(
      judge(settings, "x", on: "refs/heads/feature/SHOP-12-tiers")
        == "satisfied: feature/SHOP-12-tiers names a ticket for all its commits")
    #expect(judge(settings, "SHOP-1", on: "refs/heads/x") == "satisfied: the commit names a ticket")
    #expect(
      judge(["in": ["branch"]], "SHOP-1", on: "refs/heads/x") == """
        violated: the name x has no ticket
        wants: a ticket like [A-Z][A-Z0-9]+-[0-9]+ in the name of the branch
        fix: git push origin HEAD:<NAME-WITH-TICKET>
        """)
    #expect(
      judge(["in": ["branch"]], "SHOP-1", on: "refs/tags/v1").hasSuffix(
        "fix: push under a name with a ticket"))
    // What is before the short name is no name that somebody chose.
    #expect(judge(["in": ["branch"], "pattern": "heads"], "x").hasPrefix("violated"))
  }

  @Test("what is to be filled in is no ticket as it stands", arguments: placeholders)
  func unedited(_ settings: Setting, _ value: String) throws {
    let rule = rule(Tickets.self, settings)
    let fix = try #require(rule.judge(matter([commit(1, "wip")])).explanation.fixes.first)
    #expect(fix == "git commit --amend --no-edit --trailer 'Ticket: \(value)'")
    let pasted = commit(1, "wip\n\nTicket: \(value)\n")
    #expect(rule.judge(matter([pasted])).outcome == .violated)
    let any = PolicyTests.rule(Tickets.self, ["pattern": "<.*>"])
    #expect(
      any.judge(matter([commit(1, "wip")])).explanation.fixes
        == ["git commit --amend    and add the ticket"])
  }

  static let placeholders: [(Setting, String)] = [
    (.absent, "<TICKET>"), (["projects": ["SHOP", "PAY"]], "SHOP-<NUMBER>"),
    (["pattern": "(?i)ticket"], "<...>"), (["pattern": "[A-Z]+"], "<...>"),
    (["projects": ["s"], "pattern": "s#[0-9]+"], "<TICKET>"),
    (["projects": ["it's"], "pattern": "it's-[0-9]+"], "<TICKET>"),
  ]

  @Test("what to do")
  func mending() {
    #expect(
      judge(["projects": ["SHOP", "PAY"]], "wip") == """
        violated: 1 of 1 new commit names no ticket
        wants: a ticket like [A-Z][A-Z0-9]+-[0-9]+ of SHOP or PAY in the subject or a trailer (Ticket,\
         Issue, Refs, Fixes, Closes)
        - 0000001 wip: names no ticket
        fix: git commit --amend --no-edit --trailer 'Ticket: SHOP-<NUMBER>'
        """)
    let commits = [commit(2, "SHOP-1"), commit(1, "wip")]
    #expect(
      rule(Tickets.self, ["in": ["subject", "body"]]).judge(matter(commits)).told == """
        violated: 1 of 2 new commits names no ticket
        wants: a ticket like [A-Z][A-Z0-9]+-[0-9]+ in the subject or the body
        - 0000001 wip: names no ticket
        fix: git rebase -i 000bace    mark 0000001 as `reword`, add the ticket
        """)
    #expect(
      rule(Tickets.self).judge(matter([commit(2, "SHOP-1"), commit(1, "SHOP-2")])).told
        == "satisfied: all 2 commits name a ticket")
  }

  @Test("nothing to judge, and nothing known")
  func nothing() {
    let rule = rule(Tickets.self, ["exempt": ["merge"], "in": ["branch"]])
    #expect(
      rule.judge(matter([commit(1, "Merge", parents: [2, 3])])).told
        == "notApplicable: the new commit is exempt (merge)")
    #expect(rule.judge(matter([])).outcome == .notApplicable)
    #expect(rule.judge(matter("refs/heads/x", .delete)).outcome == .notApplicable)
    #expect(rule.judge(matter { $0.newCommits = .unknown("why") }).told == "indeterminate: why")
  }

  @Test("a message full of what is nearly a ticket takes no time")
  func hostile() {
    let clock = ContinuousClock()
    for message in ["A-1_", "A", "SHOP-12x ", "1", "A1-1"] {
      let text = "x\n\n" + String(repeating: message, count: 900_000 / message.count)
      let spent = clock.measure {
        _ = judge(["in": ["body"], "projects": ["ZZ"]], text)
      }
      #expect(spent < .seconds(10), "\(message)")
    }
  }

  @Test("settings", arguments: problems)
  func settings(_ settings: Setting, _ problems: [String]) {
    #expect(read(Tickets.self, settings).problems == problems)
  }

  static let problems: [(Setting, [String])] = [
    (.absent, []),
    (["pattern": "[A-Z]*"], ["`pattern`: `[A-Z]*` matches nothing, and a ticket is something"]),
    (
      ["pattern": "(a"],
      ["`pattern`: the pattern `(a` is not a regular expression that RE2 can read: missing ): (a"]
    ),
    (
      ["in": []],
      [
        "`in` is empty, so that no commit can name a ticket; leave it out, or list subject, body,"
          + " trailers or branch"
      ]
    ),
    (
      ["in": ["trailer"]],
      [
        "`in` takes subject, body, trailers or branch, not the text \"trailer\";"
          + " did you mean `trailers`?"
      ]
    ),
    (
      ["in": ["subject"], "trailers": ["Bug"]],
      ["`trailers` means something only with `in: [trailers]`"]
    ),
    (
      ["projects": ["SHOP-", "a b"]],
      [
        "`SHOP-` is no project; what stands before the number, as SHOP in SHOP-12",
        "`a b` is no project; what stands before the number, as SHOP in SHOP-12",
      ]
    ),
  ]
}
