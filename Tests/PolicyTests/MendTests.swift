import GitModel
import Testing

@testable import Policy

@Suite("the commands that mend")
struct MendTests {
  /// Children first: 4 merges 3 into 2, both stand on 1.
  private let merged = [
    commit(4, "merge", parents: [2, 3]), commit(3, "side", parents: [1]),
    commit(2, "line", parents: [1]), commit(1, "start"),
  ]
  private let line = [
    commit(3, "third", parents: [2]), commit(2, "second", parents: [1]), commit(1, "first"),
  ]

  private static let all = CommitMend.Deed(isReworded: true)
  private static let signOff = CommitMend.Deed(options: [.signOff])
  private static let sign = CommitMend.Deed(options: [.sign])
  private static let author = CommitMend.Deed(options: [.resetAuthor])
  private static let trailer = CommitMend.Deed(options: [.trailer(key: "A", value: "b")])
  private static let out = CommitMend.Deed(commands: ["git x"])

  private func mend(
    _ commits: [Commit], _ newest: [Commit], _ deed: CommitMend.Deed, words: String = ""
  ) -> CommitMend { CommitMend(commits, newest: newest, deed, words: words) }

  @Test("the tip is amended")
  func tip() {
    #expect(mend([line[0]], line, Self.all).fix == "git commit --amend")
    #expect(
      mend([line[0]], line, CommitMend.Deed(isReworded: true, adding: ["`A: b`"])).fix
        == "git commit --amend    and add `A: b`")
    #expect(
      mend([line[0]], line, Self.signOff, words: "by you").fix
        == "git commit --amend --no-edit --signoff    by you")
    #expect(mend([merged[0]], merged, Self.out).fix == "git x && git commit --amend --no-edit")
    #expect(
      mend([line[0]], line, CommitMend.Deed(byHand: ["take it out"])).fix
        == "git commit --amend --no-edit    after you take it out")
  }

  @Test("an older one is rebased from its own parent")
  func older() {
    #expect(
      mend([line[1]], line, Self.all).fix == "git rebase -i 0000001    mark 0000002 as `reword`")
    #expect(
      mend([line[0], line[2]], line, CommitMend.Deed(isReworded: true, adding: ["`A: b`"])).fix
        == "git rebase -i 000bace    mark 0000003 and 0000001 as `reword`, add `A: b`")
    #expect(
      mend([line[1]], line, Self.out).fix
        == "git rebase -i 0000001    mark 0000002 as `edit`; at each: git x && git commit --amend --no-edit && git rebase --continue"
    )
  }

  @Test("what comes after a commit that is signed anew is signed anew too")
  func sign() {
    #expect(mend([line[0]], line, Self.sign).fix == "git commit --amend --no-edit -S")
    #expect(mend([line[1]], line, Self.sign).fix == "git rebase --force-rebase -S 0000001")
    #expect(
      mend([merged[2]], merged, Self.sign).fix
        == "git rebase --rebase-merges --force-rebase -S 0000001")
    let root = [commit(2, "b", parents: [1]), commit(1, "a", parents: [])]
    #expect(mend([root[1]], root, Self.sign).fix == "git rebase --force-rebase -S --root")
  }

  @Test("a rebase signs off a line, and merges only where each commit is amended")
  func signingOff() {
    #expect(
      mend([line[1]], line, Self.signOff, words: "by you").fix
        == "git rebase --signoff 0000001    by you; it signs off every commit from there")
    #expect(
      mend([merged[2]], merged, Self.signOff).fix
        == "git rebase --rebase-merges 0000001 --exec \"git commit --amend --no-edit --signoff\"")
  }

  @Test("a root has nothing to stand on")
  func root() {
    let root = [commit(2, "b", parents: [1]), commit(1, "a", parents: [])]
    #expect(
      mend([root[1]], root, Self.all).fix == "git rebase -i --root    mark 0000001 as `reword`")
    #expect(
      mend(root, root, Self.trailer).fix
        == "git rebase --root --exec \"git commit --amend --no-edit --trailer 'A: b'\"")
  }

  @Test("merges are kept where the rebase goes over one, and marked in their own way")
  func merges() {
    #expect(
      mend([merged[2]], merged, Self.all).fix
        == "git rebase -i --rebase-merges 0000001    mark 0000002 as `reword`")
    let above = [commit(5, "top", parents: [4])] + merged
    #expect(mend([above[0]], above, Self.all).fix == "git commit --amend")
    let two = [commit(6, "tip", parents: [5])] + above
    #expect(
      mend([two[1]], two, Self.all).fix == "git rebase -i 0000004    mark 0000005 as `reword`")
    #expect(
      mend([two[2]], two, Self.all).fix
        == "git rebase -i --rebase-merges 0000002    write `merge -c` for `merge -C` at 0000004")
    #expect(
      mend([two[2]], two, Self.author).fix
        == "git rebase -i --rebase-merges 0000002    put a line `break` below 0000004; at each: git commit --amend --no-edit --reset-author && git rebase --continue"
    )
  }

  @Test("all commits of a line are amended without marks")
  func all() {
    #expect(
      mend(line, line, Self.trailer, words: "by who reviewed them").fix
        == "git rebase 000bace --exec \"git commit --amend --no-edit --trailer 'A: b'\"    by who reviewed them"
    )
    #expect(
      mend(line, line, Self.all).fix
        == "git rebase 000bace --exec \"git commit --amend\"    an editor opens for each message")
    #expect(
      mend(merged, merged, Self.trailer).fix
        == "git rebase --rebase-merges 000bace --exec \"git commit --amend --no-edit --trailer 'A: b'\""
    )
    // Not all of them, a merge of what is guarded already, what means something between quotes.
    let elsewhere = [commit(4, "merge", parents: [3, 0xdead])] + line
    for value in ["\"", "$HOME", "`id`", "a\\b", "wow!"] {
      let quoted = CommitMend.Deed(options: [.trailer(key: "A", value: value)])
      #expect(mend(line, line, quoted).fix.hasPrefix("git rebase -i 000bace    mark "), "\(value)")
    }
    #expect(mend([line[0], line[2]], line, Self.trailer).fix.hasPrefix("git rebase -i "))
    #expect(
      mend(elsewhere, elsewhere, Self.trailer).fix.hasPrefix("git rebase -i --rebase-merges "))
  }

  @Test("several mends are one amend of each commit and one rebase")
  func together() {
    let mend = mend([line[1]], line, Self.out, words: "one")
      .merged(with: mend(line, line, Self.trailer, words: "two"))
      .merged(with: mend([line[0], line[1]], line, Self.signOff, words: "one"))
      .merged(with: CommitMend([line[1]], newest: line, Self.author, before: ["git config x"]))
    #expect(
      mend.steps.map(\.text) == [
        "git config x",
        "git rebase -i 000bace    mark 0000003, 0000002 and 0000001 as `edit`; one; two",
        "git commit --amend --no-edit --trailer 'A: b' && git rebase --continue    at 0000001",
        "git x && git commit --amend --no-edit --reset-author --signoff --trailer 'A: b' && git rebase --continue    at 0000002",
        "git commit --amend --no-edit --signoff --trailer 'A: b' && git rebase --continue    at 0000003",
      ])
    // To sign off and to sign one commit more does no harm.
    let signed = self.mend(line, line, Self.trailer).merged(
      with: self.mend([line[1]], line, Self.sign)
    )
    .merged(with: self.mend([line[2]], line, Self.signOff))
    #expect(
      signed.steps.map(\.text) == [
        "git rebase 000bace --exec \"git commit --amend --no-edit --signoff --trailer 'A: b' -S\""
      ])
    let some = self.mend([line[1]], line, Self.all).merged(
      with: self.mend([line[2]], line, Self.sign))
    #expect(
      some.steps.map(\.text) == [
        "git rebase -i --force-rebase -S 000bace    mark 0000002 as `reword`"
      ])
  }

  @Test("commits are told in the order in which a rebase comes to them")
  func order() {
    // 6 merges 5 (of 4) into 3 (of 2, which merges 0xa into 1).
    let commits = [
      commit(6, "m", parents: [3, 5]), commit(3, "c", parents: [2]), commit(5, "t2", parents: [4]),
      commit(4, "t1", parents: [1]), commit(2, "n", parents: [1, 0xa]),
      commit(0xa, "s", parents: [1]), commit(1, "a"),
    ]
    func order(_ keepingMerges: Bool) -> [Int] {
      RebaseOrder.of(commits, keepingMerges: keepingMerges).compactMap {
        Int($0.id.short, radix: 16)
      }
    }
    #expect(order(false) == [1, 0xa, 3, 4, 5])
    #expect(order(true) == [1, 0xa, 4, 5, 2, 3, 6])
  }

  @Test("a line that is made flat has no merges to be mended")
  func flat() {
    let flat = CommitMend(flattening: merged, onto: id(0xbace))
    #expect(
      flat.fix
        == "git rebase 000bace    without --rebase-merges, which makes one line of it")
    #expect(
      flat.merged(with: mend(merged, merged, Self.trailer)).fix
        == "git rebase 000bace --exec \"git commit --amend --no-edit --trailer 'A: b'\"    without --rebase-merges, which makes one line of it"
    )
    #expect(
      flat.merged(with: mend([merged[0], merged[1]], merged, Self.all)).fix
        == "git rebase -i 000bace    mark 0000003 as `reword`; without --rebase-merges, which makes one line of it"
    )
    #expect(flat.merged(with: mend([merged[0]], merged, Self.all)).fix == flat.fix)
  }

  @Test("what is known of a trailer stands before what is to be filled in")
  func options() {
    func option(_ key: String, _ value: String) -> CommitMend.Deed {
      CommitMend.Deed(options: [.trailer(key: key, value: value)])
    }
    let open = option("Ticket", Placeholder.value)
    for (one, other) in [(open, option("ticket", "S-<N>")), (option("ticket", "S-<N>"), open)] {
      let both = mend([line[0]], line, one).merged(with: mend([line[0]], line, other))
      #expect(both.fix == "git commit --amend --no-edit --trailer 'ticket: S-<N>'")
    }
    let signed = mend([line[0]], line, option("Signed-off-by", Placeholder.value))
      .merged(with: mend([line[0]], line, Self.signOff))
    #expect(signed.fix == "git commit --amend --no-edit --signoff")
  }

  @Test(
    "a word of a shell",
    arguments: [
      ("v1.0", "v1.0"), ("a b", "'a b'"), ("-x", "'-x'"), ("it's", #"'it'\''s'"#),
      ("$(id)", "'$(id)'"),
      ("", "''"), ("a;b", "'a;b'"),
    ])
  func word(_ text: String, _ word: String) { #expect(text.asWord == word) }

  @Test("a name that fits", arguments: names)
  func name(_ old: String, _ pattern: String?, _ forbidden: String?, _ command: String) throws {
    let fix = Mend.rename(
      RefName("refs/heads/\(old)"), fitting: try pattern.map { try TextPattern($0) },
      unlike: try forbidden.map { try TextPattern($0) })
    #expect(fix.fixes(for: nil) == ["git push origin HEAD:\(command)"])
  }

  private static let other = "or another name that fits"
  private static let none = "<NEW-NAME>"

  static let names: [(String, String?, String?, String)] = [
    ("MyStuff", "(feature|fix)/.+", nil, "feature/my-stuff"),
    ("MyStuff", "(feature|fix)/[a-z]+", nil, "feature/mystuff"),
    (
      "my_new stuff", "^(?:feature|fix)/[a-z0-9]+(-[a-z0-9]+)*$", nil,
      "feature/my-new-stuff"
    ),
    ("fix-prices", "(feature|fix)/.+", nil, "fix/prices"),
    ("Fix/PRICES", "(feature|fix)/[a-z]+", nil, "fix/prices"),
    ("MyStuff", "[a-z-]+", nil, "my-stuff"),
    ("My-Stuff", "[a-z_]+", nil, "my_stuff"),
    (
      "tiers", "(feature|fix)/[A-Z]+-[0-9]+(-[a-z0-9]+)*", nil,
      "feature/ABC-123-tiers    \(other)"
    ),
    ("tiers", #"feature/[A-Z]{2,5}-\d+"#, nil, "feature/AB-123    \(other)"),
    ("tiers", "release/[0-9]+[.]x", nil, "release/123.x    \(other)"),
    ("wip/tiers", nil, "wip/.*", "wip-tiers"),
    // What cannot be derived, or would not be a good name, is left to people.
    ("tiers", #"\p{Lu}+"#, nil, none), ("tiers", "[^a]+x", nil, none),
    ("tiers", "(?i)feature", nil, none), ("tiers", "a b", nil, none),
    ("tiers", "x{41}", nil, none), ("tiers", "(a|b", nil, none),
    ("tiers", "feature/.*", "feature/.*", none), ("feature", "feature", "feature", none),
  ].filter { (try? TextPattern($0.1 ?? "x")) != nil }

  @Test("a pattern that is deep or long, and a name of no letters")
  func hostile() throws {
    let deep = String(repeating: "(", count: 200) + "a" + String(repeating: ")", count: 200)
    let wide = String(repeating: "(a|b){30}", count: 40)
    for pattern in [deep, wide, "((a{30}){30}){2}", "[[:alpha:]]+"] {
      guard let pattern = try? TextPattern(pattern) else { continue }
      let name = NameSuggestion.name(
        for: RefName("refs/heads/tiers"), fitting: pattern, unlike: nil)
      #expect(name == nil || name?.name == "tiers-b", "\(name?.name ?? "")")
    }
    for old in ["", "///", "\u{1B}[2J", String(repeating: "x", count: 5000)] {
      let name = NameSuggestion.name(
        for: RefName("refs/heads/\(old)"), fitting: try TextPattern("[a-z]+/[a-z]+"), unlike: nil)
      #expect((name?.name.utf8.count ?? 0) <= 60)
    }
  }

  @Test("a tag is made anew where it is, and never moved where it was pushed")
  func tags() {
    let annotated = TagMend.Kind.made(option: "-a", on: "000c0de")
    let new = update("refs/tags/v1", .create)
    #expect(
      TagMend(new, annotated).fixes == [
        "git tag -d v1 && git tag -a -m v1 v1 000c0de",
        "git tag -d v1 && gitrel tag v1    tags what the remote branch has",
      ])
    #expect(TagMend(update("refs/tags/v1"), annotated).fixes.allSatisfy { !$0.contains("-d") })
    #expect(
      TagMend(new, .any, calling: "v1.0.0").fixes == [
        "gitrel tag v1.0.0    and leave v1 out of the push",
        "git tag -a -m v1.0.0 v1.0.0 'v1^{}' && git tag -d v1    then push v1.0.0",
      ])
  }

  @Test("what is planned is mended by the command that would make it")
  func planned() {
    let new = update("refs/tags/v1", .create)
    let command = TagCommand("v1", [.branch("release/1"), .lane("hotfix"), .strategy("rolling")])
    func fix(_ mend: TagMend) -> [String] { Mend.tag(mend).fixes(for: command) }
    #expect(
      fix(TagMend(new, .any, calling: "v1.0.0"))
        == ["gitrel tag v1.0.0 --lane hotfix --strategy rolling --branch release/1"])
    // An option that is given already is given anew; what the tag declares is in the command.
    let strategy = TagMend(
      new, .released, with: [.strategy("canary"), .risk("<RISK>")],
      declaring: [.strategy("rolling"), .lane("hotfix")])
    #expect(
      fix(strategy) == [
        "gitrel tag v1 --lane hotfix --strategy canary --risk <RISK> --branch release/1"
      ])
    #expect(
      strategy.fixes == [
        "git tag -d v1 && gitrel tag v1 --lane hotfix --strategy canary --risk <RISK>    tags what the remote branch has"
      ])
    #expect(
      TagMend(update("refs/tags/v1"), .released, with: [.strategy("canary")]).fixes == [
        "gitrel tag <NEW-VERSION> --strategy canary    a tag that was pushed is never moved; leave v1 out of the push"
      ])
    // Two rules at once.
    let target = TagMend(
      new, .released, with: [.rollbackTarget("v0.9")], declaring: [.lane("hotfix")])
    let higher = TagMend(new, .released, calling: "<VERSION>", words: "above v2")
    #expect(
      fix(strategy.merged(with: target).merged(with: higher)) == [
        "gitrel tag <VERSION> --lane hotfix --strategy canary --rollback-target v0.9 --risk <RISK> --branch release/1    above v2"
      ])
    #expect(
      target.merged(with: strategy).steps(after: []).map(\.text) == [
        "git tag -d v1",
        "gitrel tag v1 --lane hotfix --strategy canary --rollback-target v0.9 --risk <RISK>    it tags what the remote branch has",
      ])
    #expect(
      Mend.wait("from Monday").fixes(for: command) == [
        "gitrel tag v1 --lane hotfix --strategy rolling --branch release/1    from Monday"
      ])
    #expect(Mend.wait("from Monday").fixes(for: nil) == ["push again from Monday"])
  }

  @Test(
    "the branches of a rule as an option",
    arguments: [
      (["main"], "main"), (["release/*"], "<BRANCH>"), (["main", "stable"], "<BRANCH>"),
      (["it's"], #"'it'\''s'"#),
    ])
  func branches(_ patterns: [String], _ value: String) {
    #expect(TagCommand("v1").text(with: [.branch(patterns)]) == "gitrel tag v1 --branch \(value)")
  }

  @Test("a tag of several rules has one name and one command")
  func tagsTogether() {
    let new = update("refs/tags/v1", .create)
    let signed = TagMend(new, .made(option: "-s", on: "000c0de"))
    let annotated = TagMend(new, .made(option: "-a", on: "000c0de"))
    let named = TagMend(new, .any, calling: "v1.0.0")
    let higher = TagMend(new, .released, calling: "<VERSION>", words: "above v2")
    #expect(
      named.merged(with: annotated).merged(with: signed).steps(after: []).map(\.text) == [
        "git tag -s -m v1.0.0 v1.0.0 000c0de && git tag -d v1", "git push origin v1.0.0",
      ])
    #expect(
      signed.merged(with: annotated).steps(after: []).map(\.text) == [
        "git tag -d v1 && git tag -s -m v1 v1 000c0de", "git push origin v1",
      ])
    #expect(
      named.merged(with: annotated).steps(after: ["main"]).map(\.text) == [
        "git tag -d v1",
        "gitrel tag v1.0.0    once main is pushed; it tags what the remote branch has",
      ])
    #expect(
      named.merged(with: higher).steps(after: []).map(\.text) == [
        "git tag -d v1", "gitrel tag <VERSION>    it tags what the remote branch has; above v2",
      ])
  }
}
