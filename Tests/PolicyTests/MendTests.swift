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

  @Test("the tip is amended")
  func tip() {
    #expect(Mend.reword([line[0]], newest: line) == "git commit --amend")
    #expect(
      Mend.reword([line[0]], newest: line, adding: "`A: b`")
        == "git commit --amend    and add `A: b`")
    #expect(
      Mend.amend([line[0]], newest: line, with: "-s", adding: "", words: "by you")
        == "git commit --amend --no-edit -s    by you")
    #expect(Mend.edit([merged[0]], newest: merged, running: "git x") == "git x")
  }

  @Test("an older one is rebased from its own parent")
  func older() {
    #expect(
      Mend.reword([line[1]], newest: line) == "git rebase -i 0000001    mark 0000002 as `reword`")
    #expect(
      Mend.reword([line[0], line[2]], newest: line, adding: "`A: b`")
        == "git rebase -i 000bace    mark these 2 commits as `reword`, add `A: b`")
    #expect(
      Mend.edit([line[1]], newest: line, running: "git x")
        == "git rebase -i 0000001    mark 0000002 as `edit`; at each: git x && git rebase --continue"
    )
  }

  @Test("what comes after a commit that is signed anew is signed anew too")
  func sign() {
    #expect(Mend.sign([line[0]], newest: line) == "git commit --amend --no-edit -S")
    #expect(Mend.sign([line[1]], newest: line) == "git rebase --force-rebase -S 0000001")
    #expect(
      Mend.sign([merged[2]], newest: merged)
        == "git rebase --rebase-merges --force-rebase -S 0000001")
    #expect(
      Mend.sign([commit(1, "a", parents: [])], newest: line)
        == "git rebase --force-rebase -S --root")
  }

  @Test("a root has nothing to stand on")
  func root() {
    let root = [commit(2, "b", parents: [1]), commit(1, "a", parents: [])]
    #expect(
      Mend.reword([root[1]], newest: root) == "git rebase -i --root    mark 0000001 as `reword`")
    #expect(
      Mend.amend(root, newest: root, with: "-s", adding: "")
        == "git rebase --root --exec \"git commit --amend --no-edit -s\"")
  }

  @Test("merges are kept where the rebase goes over one, and only there")
  func merges() {
    #expect(
      Mend.reword([merged[2]], newest: merged)
        == "git rebase -i --rebase-merges 0000001    mark 0000002 as `reword`")
    let above = [commit(5, "top", parents: [4])] + merged
    #expect(Mend.reword([above[0]], newest: above) == "git commit --amend")
    let two = [commit(6, "tip", parents: [5])] + above
    #expect(
      Mend.reword([two[1]], newest: two) == "git rebase -i 0000004    mark 0000005 as `reword`")
    #expect(
      Mend.reword([two[2]], newest: two)
        == "git rebase -i --rebase-merges 0000002    mark 0000004 as `reword`")
  }

  @Test("all commits of a line are amended without an editor")
  func all() {
    let options = "--trailer 'Reviewed-by: NAME <ADDRESS>'"
    #expect(
      Mend.amend(line, newest: line, with: options, adding: "x", words: "by who reviewed them")
        == "git rebase 000bace --exec \"git commit --amend --no-edit \(options)\"    by who reviewed them"
    )
    #expect(
      Mend.amend([line[0], line[1]], newest: line, with: options, adding: "x")
        == "git rebase 0000001 --exec \"git commit --amend --no-edit \(options)\"")
    // Not all of them, a merge among them, a quote that would end the command early.
    for fix in [
      Mend.amend([line[0], line[2]], newest: line, with: options, adding: "x"),
      Mend.amend(merged, newest: merged, with: options, adding: "x"),
      Mend.amend(line, newest: line, with: "--trailer 'A: \"b'", adding: "x"),
    ] {
      #expect(fix.hasPrefix("git rebase -i ") && fix.hasSuffix(", add x"), "\(fix)")
    }
  }

  @Test("a name that fits", arguments: names)
  func name(_ old: String, _ pattern: String?, _ forbidden: String?, _ command: String) throws {
    let fix = Mend.rename(
      RefName("refs/heads/\(old)"), fitting: try pattern.map { try TextPattern($0) },
      unlike: try forbidden.map { try TextPattern($0) })
    #expect(fix == "git branch -m \(old) \(command)")
  }

  private static let other = "or another name that fits; then push that"
  private static let none = "NEW-NAME    then push NEW-NAME"

  static let names: [(String, String?, String?, String)] = [
    ("MyStuff", "(feature|fix)/.+", nil, "feature/my-stuff    then push feature/my-stuff"),
    ("MyStuff", "(feature|fix)/[a-z]+", nil, "feature/mystuff    then push feature/mystuff"),
    (
      "my_new stuff", "^(?:feature|fix)/[a-z0-9]+(-[a-z0-9]+)*$", nil,
      "feature/my-new-stuff    then push feature/my-new-stuff"
    ),
    ("fix-prices", "(feature|fix)/.+", nil, "fix/prices    then push fix/prices"),
    ("Fix/PRICES", "(feature|fix)/[a-z]+", nil, "fix/prices    then push fix/prices"),
    ("MyStuff", "[a-z-]+", nil, "my-stuff    then push my-stuff"),
    ("My-Stuff", "[a-z_]+", nil, "my_stuff    then push my_stuff"),
    (
      "tiers", "(feature|fix)/[A-Z]+-[0-9]+(-[a-z0-9]+)*", nil,
      "feature/ABC-123-tiers    \(other)"
    ),
    ("tiers", #"feature/[A-Z]{2,5}-\d+"#, nil, "feature/AB-123    \(other)"),
    ("tiers", "release/[0-9]+[.]x", nil, "release/123.x    \(other)"),
    ("wip/tiers", nil, "wip/.*", "wip-tiers    then push wip-tiers"),
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
    #expect(
      Mend.retag(update("refs/tags/v1", .create), on: "000c0de") == [
        "git tag -d v1 && git tag -a v1 000c0de",
        "git tag -d v1 && gitrel tag v1    tags what the remote branch has",
      ])
    #expect(Mend.retag(update("refs/tags/v1"), on: "000c0de").allSatisfy { !$0.contains("-d") })
  }
}
