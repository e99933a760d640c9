import GitModel
import Policy
import Testing

@Suite("trailers")
struct TrailersTests {
  static let settings: Setting = [
    "required": ["Ticket", "Risk"], "forbidden": ["Generated-by"], "once": ["Ticket"],
    "format": ["Ticket": "[A-Z]+-[0-9]+"],
  ]

  @Test("what is wrong with one commit", arguments: table)
  func faults(_ block: String, _ fault: String?, _ fix: String) {
    let message = "Add tiers\n\nBody.\n\n\(block)"
    let told = rule(Trailers.self, Self.settings).judge(matter([commit(1, message)])).told
    guard let fault else {
      #expect(told == "satisfied: 1 commit with the wanted trailers")
      return
    }
    #expect(
      told == """
        violated: 1 of 1 new commit has wrong or missing trailers
        - 0000001 Add tiers: \(fault)
        fix: \(fix)
        """)
  }

  static let table: [(String, String?, String)] = [
    ("Ticket: AB-1\nRisk: low\n", nil, ""),
    ("ticket: AB-1\nRISK: low\n", nil, ""),
    (
      "Ticket: AB-1\n", "has no `Risk`", "git commit --amend --no-edit --trailer 'Risk: <VALUE>'"
    ),
    (
      "More.\n", "has no `Ticket`; has no `Risk`",
      "git commit --amend --no-edit --trailer 'Ticket: <VALUE>' --trailer 'Risk: <VALUE>'"
    ),
    ("Ticket: AB-1\nRisk:\n", "has an empty `Risk`", "git commit --amend"),
    (
      "Ticket: AB-1\nRisk: low\nGenerated-By: bot\n",
      "line 7 has `Generated-by`, which is forbidden",
      "git commit --amend"
    ),
    (
      "Ticket: AB-1\nTicket: AB-2\nRisk: low\n", "has `Ticket` 2 times, once at most",
      "git commit --amend"
    ),
    (
      "Ticket: 17\nRisk: low\n", "line 5: `Ticket` is `17`, not like [A-Z]+-[0-9]+",
      "git commit --amend"
    ),
    (
      "Ticket: AB-1 \u{202E}x\nRisk: low\n",
      "line 5: `Ticket` is `AB-1 \\u{202e}x`, not like [A-Z]+-[0-9]+", "git commit --amend"
    ),
    // A line that is there and does not count is named; adding another one would not be the mend.
    (
      "Ticket: AB-1\nRisk: low\n\nThe end.\n",
      "has no `Ticket`; line 5 `Ticket: AB-1` does not count: it is not in the last paragraph, which"
        + " starts on line 8; has no `Risk`; line 6 `Risk: low` does not count: it is not in the last"
        + " paragraph, which starts on line 8", "git commit --amend"
    ),
  ]

  @Test("older commits are mended by a rebase")
  func several() {
    let rule = rule(Trailers.self, ["required": ["Ticket"]])
    let good = "x\n\nTicket: AB-1\n"
    #expect(
      rule.judge(matter([commit(2, good), commit(1, "y")])).told == """
        violated: 1 of 2 new commits has wrong or missing trailers
        - 0000001 y: has no `Ticket`
        fix: git rebase -i 000bace    mark 0000001 as `edit`; at each: git commit --amend --no-edit \
        --trailer 'Ticket: <VALUE>' && git rebase --continue
        """)
    // Where all lack the same, no editor is needed.
    #expect(
      rule.judge(matter([commit(2, "z", parents: [1]), commit(1, "y")])).explanation.fixes == [
        "git rebase 000bace --exec \"git commit --amend --no-edit --trailer 'Ticket: <VALUE>'\""
      ])
    let both = PolicyTests.rule(Trailers.self, ["required": ["Ticket", "Risk"]])
    #expect(
      both.judge(matter([commit(2, "z", parents: [1]), commit(1, good)])).explanation.fixes
        == [
          "git rebase -i 000bace    mark 0000002 and 0000001 as `edit`; at 0000001: git commit"
            + " --amend --no-edit --trailer 'Risk: <VALUE>' && git rebase --continue; at 0000002: git"
            + " commit --amend --no-edit --trailer 'Ticket: <VALUE>' --trailer 'Risk: <VALUE>' && git"
            + " rebase --continue"
        ])
    // What is to be filled in is no value as it stands.
    #expect(
      rule.judge(matter([commit(1, "x\n\nTicket: <VALUE>\n")])).explanation.findings.map(\.detail)
        == ["has an empty `Ticket`"])
    #expect(
      rule.judge(matter([commit(2, good), commit(1, good)])).told
        == "satisfied: 2 commits with the wanted trailers")
  }

  @Test("nothing to judge")
  func nothing() {
    let rule = rule(Trailers.self, ["required": ["Ticket"], "exempt": ["merge"]])
    #expect(
      rule.judge(matter([commit(1, "Merge", parents: [2, 3])])).told
        == "notApplicable: the new commit is exempt (merge)")
    #expect(rule.judge(matter([])).outcome == .notApplicable)
    #expect(rule.judge(matter("refs/heads/x", .delete)).outcome == .notApplicable)
    #expect(rule.judge(matter { $0.newCommits = .unknown("why") }).told == "indeterminate: why")
  }

  @Test("settings", arguments: problems)
  func problemsCase(_ settings: Setting, _ problems: [String]) {
    #expect(read(Trailers.self, settings).problems == problems)
  }

  static let problems: [(Setting, [String])] = [
    (
      .absent,
      [
        "`trailers` wants nothing; give it `required`, `forbidden`, `once`, `format`,"
          + " `forbidden-values` or `order`"
      ]
    ),
    (
      ["required": ["Reviewed by"]],
      [
        "`Reviewed by` cannot be a trailer key; keys are ASCII letters, digits and dashes",
        "`trailers` wants nothing; give it `required`, `forbidden`, `once`, `format`,"
          + " `forbidden-values` or `order`",
      ]
    ),
    (
      ["required": ["Risk"], "forbidden": ["risk"]],
      ["`Risk` is both required and forbidden"]
    ),
    (
      ["required": ["A"], "format": ["B:": "x"]],
      ["`B:` cannot be a trailer key; keys are ASCII letters, digits and dashes"]
    ),
    (["order": ["A"]], ["`order` takes two keys or more"]),
    (["order": ["A", "B", "a"]], ["`a` stands twice in `order`"]),
    (
      ["forbidden-values": ["B:": "x", "A": "("]],
      [
        "`B:` cannot be a trailer key; keys are ASCII letters, digits and dashes",
        "`A`: the pattern `(` is not a regular expression that RE2 can read: missing ): (",
        "`trailers` wants nothing; give it `required`, `forbidden`, `once`, `format`,"
          + " `forbidden-values` or `order`",
      ]
    ),
  ]

  /// The finding on one commit, or the whole verdict where there is none.
  private func told(_ settings: Setting, _ message: String) -> String {
    let verdict = rule(Trailers.self, settings).judge(matter([commit(1, message)]))
    return verdict.explanation.findings.first?.detail ?? verdict.told
  }

  static let good = "satisfied: 1 commit with the wanted trailers"

  @Test("the order of those that are there", arguments: orders)
  func order(_ block: String, _ expected: String) {
    #expect(
      told(["order": ["Fixes", "Reviewed-by", "Signed-off-by"]], "x\n\n" + block) == expected)
  }

  static let orders: [(String, String)] = [
    ("Signed-off-by: a\n", good),
    ("Other: a\n", good),
    ("Fixes: a\nOther: b\nReviewed-by: c\nreviewed-by: d\nOther: e\nSIGNED-OFF-BY: f\n", good),
    (
      "Signed-off-by: a\nReviewed-by: b\n",
      "line 4: `Reviewed-by` stands below the `Signed-off-by` of line 3"
    ),
    (
      "Reviewed-by: a\nSigned-off-by: b\nOther: c\nReviewed-by: d\nFixes: e\n",
      "line 6: `Reviewed-by` stands below the `Signed-off-by` of line 4"
    ),
  ]

  @Test("what is forbidden is found in every line", arguments: forbidden)
  func forbiddenAnywhere(_ message: String, _ expected: String) {
    #expect(
      told(
        [
          "forbidden": ["Generated-by"],
          "forbidden-values": ["Co-authored-by": "(?i)copilot|@bots\\.example"],
        ], message) == expected)
  }

  static let forbidden: [(String, String)] = [
    ("x\n\nCo-authored-by: Bob <bob@example.com>\n", good),
    // A word in a sentence is no trailer.
    ("Explain generated-by copilot\n\nIt is generated-by nobody. Copilot: no.\n", good),
    (
      "x\n\nCo-Authored-By: COPILOT <c@x.y>\n",
      "line 3: `Co-authored-by` is `COPILOT <c@x.y>`, which is forbidden"
    ),
    (
      "x\n\nCo-authored-by: A\n B <b@bots.example>\n",
      "line 3: `Co-authored-by` is `A B <b@bots.example>`, which is forbidden"
    ),
    (
      "x\n\nco-authored-by: Copilot <c@x.y>\n\nThe end.\n",
      "line 3 `co-authored-by: Copilot <c@x.y>` is forbidden outside of the trailer block too"
    ),
    ("x\n\nCo-authored-by: Bob <bob@example.com>\n\nThe end.\n", good),
    (
      "x\n\nGenerated-by: y\n\nTicket: A-1\n",
      "line 3 `Generated-by: y` is forbidden outside of the trailer block too"
    ),
    (
      "Generated-by: y\n", "line 1 `Generated-by: y` is forbidden outside of the trailer block too"
    ),
    (
      "x\n\n  # generated_by: y\n\nTicket: A-1\n",
      "line 3 `# generated_by: y` is forbidden outside of the trailer block too"
    ),
    (
      "x\n\nG\u{435}nerated-by: y\n",
      "line 3 `G\u{435}nerated-by: y` is forbidden outside of the trailer block too"
    ),
    (
      "x\n\nTicket: A-1\n Generated-by: y\n",
      "line 4 `Generated-by: y` is forbidden outside of the trailer block too"
    ),
    (
      "x\n\nGenerated-by: y\n\nGenerated-by: z\n",
      "line 5 has `Generated-by`, which is forbidden; line 3 `Generated-by: y` is forbidden outside"
        + " of the trailer block too"
    ),
  ]
}
