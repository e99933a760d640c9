import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// THREATS.md C and T: what history may come, and what may become of refs.
@Suite struct HistoryGateTests {
  @Test func approvedOrNot() throws {
    let server = try Server()
    let bad = try server.commit("bad\n", on: [server.main])
    let good = try server.approved("good", on: [server.main])
    let onBad = try server.approved("on bad", on: [bad])
    #expect(try server.judge(server.line("main", bad)).refusing == ["main approvals"])
    #expect(try server.judge(server.line("main", onBad)).refusing == ["main approvals"])
    #expect(try server.push(server.line("main", good)).answer == .accepted)
    #expect(server.main == good)
  }

  @Test func forcedPushAndDeletion() throws {
    let server = try Server()
    let base = server.main
    let one = try server.approved("one", on: [base])
    let other = try server.approved("other", on: [base])
    try server.push(server.line("main", one))
    #expect(try server.judge(server.line("main", other)).refusing == ["main fast-forward-only"])
    #expect(try server.judge(server.line("main", base)).refusing == ["main fast-forward-only"])
    let gone = try server.judge(server.line("main", .zero))
    #expect(gone.refusing == ["main no-delete", "main policy-change"])
    try server.push(server.line("release/1", base))
    #expect(try server.judge(server.line("release/1", .zero)).refusing == ["release/1 no-delete"])
    #expect(try server.audit().faults == [])
  }

  @Test func newGuardedBranches() throws {
    let server = try Server()
    let good = try server.approved("good", on: [server.main])
    try server.push(server.line("main", good))
    // Cut from main: nothing new, and it says so.
    let cut = try server.judge(server.line("release/1", good))
    #expect(cut.answer == .accepted)
    #expect(cut.outcome("approvals", on: "release/1") == .notApplicable)
    // Cut from work that nobody guarded: everything is judged, however long it lay there.
    let work = try server.commit("work\n", on: [good])
    #expect(try server.push(server.line("wip/a", work)).answer == .accepted)
    #expect(try server.judge(server.line("release/2", work)).refusing == ["release/2 approvals"])
    #expect(try server.judge(server.line("main", work)).refusing == ["main approvals"])
    // Also when the unguarded branch goes in the same push.
    #expect(
      try server.judge(server.line("wip/a", .zero), server.line("main", work)).refusing
        == ["main approvals"])
    // And when a guarded ref gets it in the same push, in either order.
    for lines in [
      [server.line("release/3", work), server.line("main", work)],
      [server.line("main", work), server.line("release/3", work)],
    ] {
      let outcome = try server.judge(Bytes(lines.joined().utf8))
      #expect(outcome.refusing == ["main approvals", "release/3 approvals"])
    }
  }

  /// A ruleset that grows must not take in what it has not judged: it would count as guarded then, and
  /// could go to main unseen.
  @Test func rulesetThatGrows() throws {
    let server = try Server(Server.policy.replacing(", \"release/*\"", with: ""))
    let evil = try server.commit("evil\n", on: [server.main])
    #expect(try server.push(server.line("release/evil", evil)).answer == .accepted)
    let wide = try server.policyCommit(
      "100644", try server.blob(Server.policy), subject: "grow")
    let refused = try server.judge(server.line("main", wide))
    #expect(refused.refusing.contains("main policy-change"))
    // Without the stranger it may grow, and what is cut from main is no stranger.
    #expect(
      try !server.judge(server.line("main", wide), server.line("release/evil", .zero)).refusing
        .contains("main policy-change"))
    // Nor does it help to make the stranger with the same push.
    try server.push(server.line("release/evil", .zero))
    #expect(
      try server.judge(server.line("main", wide), server.line("release/evil", evil)).refusing
        .contains("main policy-change"))
    #expect(
      try !server.judge(server.line("main", wide), server.line("release/1", server.main)).refusing
        .contains("main policy-change"))
  }

  /// A commit that names one parent twice looks like a merge, and is none.
  @Test func doubledParents() throws {
    let server = try Server()
    let body = "Reviewed-by: A <a@example.com>\n"
    let twice = try server.commit("x\n\n\(body)", on: [server.main, server.main])
    #expect(try server.judge(server.line("main", twice)).refusing == ["main history"])
  }

  /// An orphan that came first must not make the trusted history a stranger.
  @Test func orphanBeforeTheRest() throws {
    let server = try Server(
      Server.policy.replacing(
        "  - name: tags",
        with: "  - {name: work, refs: [\"wip/*\"], rules: {no-delete: }}\n  - name: tags"))
    let orphan = try server.commit("site\n", on: [])
    #expect(try server.push(server.line("wip/site", orphan)).answer == .accepted)
    let work = try server.commit("work\n", on: [server.main])
    #expect(try server.judge(server.line("wip/work", work)).answer == .accepted)
    let other = try server.commit("another\n", on: [])
    #expect(try server.judge(server.line("wip/other", other)).refusing == ["wip/other history"])
  }

  @Test func unguardedRefsAreToldAndNotWalked() throws {
    let server = try Server()
    // Its parent is not there: a walk would fail.
    let text =
      "tree \(try server.tree(of: server.main).hex)\nparent \(ObjectID.nowhere.hex)\n"
      + "author \(Server.author)\ncommitter \(Server.author)\n\nx\n"
    let id = try server.repo.writeObject(.commit, Bytes(text.utf8))
    let outcome = try server.judge(server.line("wip/a", id))
    #expect(outcome.answer == .accepted)
    #expect(outcome.decision.updates.map(\.isGuarded) == [false])
    #expect(outcome.decision.updates.flatMap(\.judged) == [])
    #expect(try server.judge(server.line("main", id)).answer != .accepted)
  }

  @Test func octopusAndStrangers() throws {
    let server = try Server()
    let base = server.main
    let sides = try ["a", "b", "c"].map { try server.approved($0, on: [base]) }
    let octopus = try server.approved("octopus", on: sides)
    #expect(try server.judge(server.line("main", octopus)).refusing == ["main history"])
    let root = try server.approved("root", on: [], tree: server.tree(of: base))
    let joined = try server.approved("joined", on: [base, root])
    #expect(try server.judge(server.line("main", joined)).refusing == ["main history"])
    #expect(
      try server.judge(server.line("main", root)).refusing
        == ["main fast-forward-only", "main history"])
    #expect(try server.judge(server.line("release/1", root)).refusing == ["release/1 history"])
    #expect(try server.judge(server.line("wip/root", root)).answer == .accepted)
    let merge = try server.approved("merge", on: [sides[0], sides[1]])
    #expect(try server.judge(server.line("main", merge)).answer == .accepted)
    // The same parent twice is one that libgit2 and git count differently.
    let twice = try server.approved("twice", on: [base, base])
    _ = try server.judge(server.line("main", twice))
  }

  @Test func branchesStandOnCommits() throws {
    let server = try Server(
      Server.policy + """
          - name: hours
            refs: ["other/**"]
            rules:
              no-delete:

        """)
    let blob = try server.blob("x")
    let tag = try server.tag("x", of: server.main)
    for id in [blob, tag, try server.tree(of: server.main)] {
      #expect(try server.judge(server.line("other/x", id)).refusing == ["other/x history"])
      #expect(try server.judge(server.line("main", id)).refusing.contains("main history"))
    }
  }

  @Test func twoRulesetsOnOneRef() throws {
    let server = try Server(
      Server.policy + """
          - name: also
            refs: [main, "wip/**"]
            rules:
              trailers: {required: [Ticket]}

        """)
    let approved = try server.approved("x", on: [server.main])
    let both = try server.commit(
      "x\n\nTicket: 1\nReviewed-by: Bob <bob@example.org>\n", on: [server.main])
    #expect(try server.judge(server.line("main", approved)).refusing == ["main trailers"])
    #expect(try server.judge(server.line("main", both)).answer == .accepted)
    // Judged by one ruleset when it came to wip, and by the other when it comes to main.
    let ticket = try server.commit("x\n\nTicket: 1\n", on: [server.main])
    #expect(try server.push(server.line("wip/a", ticket)).answer == .accepted)
    let outcome = try server.judge(server.line("main", ticket))
    #expect(outcome.refusing == ["main approvals"])
    #expect(outcome.outcome("trailers", on: "main") == .notApplicable)
  }

  @Test func firstParentScope() throws {
    let server = try Server(
      Server.policy.replacing("trust: trailer", with: "trust: trailer, scope: first-parent"))
    let side = try server.commit("side\n", on: [server.main], author: "Sue <sue@x.org> 1 +0000")
    let good = try server.approved("merge", on: [server.main, side])
    let bad = try server.commit("merge\n", on: [server.main, side])
    #expect(try server.judge(server.line("main", good)).answer == .accepted)
    #expect(try server.judge(server.line("main", bad)).refusing == ["main approvals"])
    // The other way round the unapproved side is the line itself.
    let crossed = try server.approved("merge", on: [side, server.main])
    #expect(try server.judge(server.line("main", crossed)).refusing == ["main approvals"])
  }

  @Test func datesInObjectsMeanNothing() throws {
    let server = try Server(
      """
      version: 1
      calendars:
        office:
          timezone: Europe/London
          allow: [{days: Mon-Thu, hours: "09:00-16:00"}]
      rulesets:
        - name: production
          refs: [main]
          rules:
            window: {calendar: office}

      """)
    let commits = try ["1", "1767787200", "1767808800", "253402300799"].map { seconds in
      let author = "Ann <ann@example.org> \(seconds) +0000"
      return try server.commit("x\n", on: [server.main], author: author, committer: author)
    }
    for id in commits { #expect(try server.judge(server.line("main", id)).answer == .accepted) }
    server.time += 6 * 3600
    for id in commits {
      #expect(try server.judge(server.line("main", id)).refusing == ["main window"])
    }
  }

  @Test func evaluateTellsAndLetsThrough() throws {
    let server = try Server(
      Server.policy.replacing("minimum: 1,", with: "enforce: evaluate, minimum: 1,"))
    let bad = try server.commit("bad\n", on: [server.main])
    let outcome = try server.judge(server.line("main", bad))
    #expect(outcome.answer == .accepted)
    #expect(outcome.outcome("approvals", on: "main") == .violated)
    // What stands before every policy is not switched off with it.
    let octopus = try server.commit("o\n", on: [bad, server.main, bad])
    #expect(try server.judge(server.line("main", octopus)).answer == .refused)
  }

  // MARK: Tags

  @Test func tagsOfAnything() throws {
    let server = try Server()
    let commit = server.main
    let blob = try server.blob("x")
    let tree = try server.tree(of: commit)
    let inner = try server.tag("v1", of: commit)
    let cases: [(String, ObjectID, Bool)] = [
      ("commit", commit, false), ("blob", blob, false), ("tree", tree, false),
      ("tag of blob", try server.tag("v1", of: blob, kind: "blob"), false),
      ("tag of tree", try server.tag("v1", of: tree, kind: "tree"), false),
      ("tag of tag", try server.tag("v1", of: inner, kind: "tag"), false),
      ("other name", try server.tag("v9", of: commit), false),
      ("other case", try server.tag("V1", of: commit), false),
      ("lying kind", try server.tag("v1", of: blob, kind: "commit"), false),
      ("nowhere", try server.tag("v1", of: .nowhere), false),
      ("itself", inner, true),
    ]
    for (what, id, good) in cases {
      let outcome = try server.judge(server.line("refs/tags/v1", id))
      #expect((outcome.answer == .accepted) == good, "\(what)")
      // A tag that nobody guards may be anything.
      #expect(try server.judge(server.line("refs/tags/x1", id)).answer == .accepted, "\(what)")
    }
    var nested = inner
    for _ in 0..<50 { nested = try server.tag("v1", of: nested, kind: "tag") }
    #expect(try server.judge(server.line("refs/tags/v1", nested)).answer != .accepted)
    let huge =
      "object \(commit.hex)\ntype commit\ntag v1\n\n" + String(repeating: "a", count: 2 << 20)
    let big = try server.repo.writeObject(.tag, Bytes(huge.utf8))
    #expect(try server.judge(server.line("refs/tags/v1", big)).answer != .accepted)
  }

  @Test func tagAndItsBranchInEitherOrder() throws {
    let server = try Server()
    let good = try server.approved("good", on: [server.main])
    let tag = try server.tag("v1", of: good)
    let (branch, tagLine) = (server.line("main", good), server.line("refs/tags/v1", tag))
    #expect(try server.judge(tagLine).refusing == ["v1 tag-on-branch"])
    #expect(try server.judge(branch, tagLine).answer == .accepted)
    #expect(try server.judge(tagLine, branch).answer == .accepted)
    // Not when the branch goes away from it, or is refused.
    try server.push(branch)
    #expect(try server.judge(tagLine).answer == .accepted)
    let bad = try server.commit("bad\n", on: [good])
    let badTag = try server.tag("v2", of: bad)
    let outcome = try server.judge(
      server.line("refs/tags/v2", badTag), server.line("main", bad))
    #expect(outcome.answer == .refused)
  }

  @Test func tagsDoNotMove() throws {
    let server = try Server()
    let first = try server.tag("v1", of: server.main)
    try server.push(server.line("refs/tags/v1", first))
    let again = try server.repo.writeObject(
      .tag, Bytes("object \(server.main.hex)\ntype commit\ntag v1\n\nother\n".utf8))
    #expect(try server.judge(server.line("refs/tags/v1", again)).refusing == ["v1 immutable-tags"])
    #expect(try server.judge(server.line("refs/tags/v1", .zero)).refusing == ["v1 immutable-tags"])
    #expect(
      try server.judge(server.line("refs/tags/v1", again, from: .zero)).refusing == ["v1 stale"])
  }

  @Test func tagsCarryNothingPastTheHistoryCheck() throws {
    // One ruleset on tags and a branch, none of whose rules looks at commits.
    let server = try Server(
      """
      version: 1
      rulesets:
        - name: all
          refs: [main, "refs/tags/**"]
          rules:
            no-delete:

      """)
    let base = server.main
    let octopus = try server.approved(
      "o", on: [base, try server.approved("1", on: [base]), try server.approved("2", on: [base])])
    #expect(try server.push(server.line("refs/tags/t", octopus)).answer == .accepted)
    #expect(try server.judge(server.line("main", octopus)).refusing == ["main history"])
  }

  @Test func evidenceHidesNoCommits() throws {
    let server = try Server(
      """
      version: 1
      rulesets:
        - name: all
          refs: ["refs/**"]
          rules:
            no-delete:

      """)
    let base = server.main
    let octopus = try server.approved(
      "o", on: [base, try server.approved("1", on: [base]), try server.approved("2", on: [base])])
    let evidence = try server.commit("x\n", on: [octopus], tree: server.tree([]))
    try server.set("refs/gitrel/evidence", evidence)
    #expect(try server.judge(server.line("main", octopus)).refusing == ["main history"])
  }

  // MARK: Malformed commits

  static let malformed:
    [(String, author: String, committer: String, headers: String, message: String)] = [
      ("author twice", Server.author, Server.author, "author Eve <eve@x.org> 1 +0000\n", "x\n"),
      ("committer twice", Server.author, Server.author, "committer E <e@x.org> 1 +0000\n", "x\n"),
      ("late parent", Server.author, Server.author, "parent \(ObjectID.nowhere.hex)\n", "x\n"),
      ("two addresses", "Ann <ann@x.org> <eve@x.org> 1 +0000", Server.author, "", "x\n"),
      ("no address", "Ann 1 +0000", Server.author, "", "x\n"),
      ("NUL", Server.author, Server.author, "", "x\0y\n"),
      ("UTF-7", Server.author, Server.author, "encoding UTF-7\n", "x\n"),
      ("UTF-16", Server.author, Server.author, "encoding utf-16\n", "x\n"),
      ("date overflow", "A <a@x.org> 9223372036854775808 +0000", Server.author, "", "x\n"),
      ("date negative", "A <a@x.org> -1 +0000", Server.author, "", "x\n"),
      ("zone", "A <a@x.org> 1 +9999", Server.author, "", "x\n"),
      ("header without end", Server.author, Server.author, "gpgsig", "x\n"),
      ("two signatures", Server.author, Server.author, "gpgsig a\ngpgsig b\n", "x\n"),
      ("1 MB", Server.author, Server.author, "", String(repeating: "a", count: 1 << 20)),
    ]

  @Test(arguments: malformed.indices)
  func malformedCommit(_ number: Int) throws {
    let (what, author, committer, headers, message) = Self.malformed[number]
    let server = try Server()
    let id = try server.commit(
      message + "\nReviewed-by: Bob <bob@x.org>\n", on: [server.main], author: author,
      committer: committer, headers: headers)
    for tip in [id, try server.approved("on top", on: [id])] {
      let outcome = try server.judge(server.line("main", tip))
      #expect(outcome.answer == .refused, "\(what)")
      #expect(outcome.refusing.contains("main history"), "\(what)")
    }
    #expect(try server.push(server.line("wip/a", id)).answer == .accepted, "\(what)")
    #expect(try server.judge(server.line("main", id)).answer == .refused, "\(what)")
    #expect(try server.audit().faults == [])
  }
}
