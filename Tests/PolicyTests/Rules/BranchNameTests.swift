import GitModel
import Policy
import Testing

@Suite("branch-name")
struct BranchNameTests {
  @Test("verdicts", arguments: table)
  func verdicts(_ name: String, _ kind: RefUpdate.Kind, _ told: String) {
    let rule = rule(
      BranchName.self, ["matches": "(feature|fix)/[A-Z]+-[0-9]+", "forbids": ".*/TMP-.*"])
    #expect(rule.judge(matter(name, kind)).told == told)
  }

  static let table: [(String, RefUpdate.Kind, String)] = [
    ("refs/heads/fix/AB-1", .create, "satisfied: `fix/AB-1` is a good name"),
    ("refs/heads/fix/AB-1", .update, "satisfied: `fix/AB-1` is a good name"),
    (
      "refs/heads/fix/AB-1x", .create,
      """
      violated: `fix/AB-1x` is not a name for a branch here
      wants: a name like (feature|fix)/[A-Z]+-[0-9]+
      fix: git push origin HEAD:fix/ABC-123    or another name that fits
      """
    ),
    (
      "refs/heads/x/fix/AB-1", .create,
      """
      violated: `x/fix/AB-1` is not a name for a branch here
      wants: a name like (feature|fix)/[A-Z]+-[0-9]+
      fix: git push origin HEAD:fix/ABC-123    or another name that fits
      """
    ),
    (
      "refs/heads/fix/TMP-1", .update,
      """
      violated: `fix/TMP-1` is a name that is forbidden here
      wants: a name unlike .*/TMP-.*
      fix: git push origin HEAD:fix/ABC-123    or another name that fits
      """
    ),
    ("refs/heads/wrong", .delete, "notApplicable: a deletion needs no name"),
    ("refs/tags/wrong", .create, "notApplicable: wrong is no branch"),
    ("refs/notes/wrong", .create, "notApplicable: refs/notes/wrong is no branch"),
  ]

  @Test("a name or pattern with an escape sequence is never shown raw")
  func hostile() {
    let rule = rule(BranchName.self, ["matches": "a\u{1B}\u{202E}"])
    let told = rule.judge(matter("refs/heads/b\u{1B}[2J", .create)).told
    #expect(told.contains("`b\\u{1b}[2J`") && told.contains("a name like a\\u{1b}\\u{202e}"))
    #expect(told.unicodeScalars.allSatisfy { $0.isASCII && ($0 == "\n" || $0.value >= 0x20) })
  }

  @Test("settings")
  func settings() {
    #expect(
      read(BranchName.self).problems == [
        "`branch-name` has no pattern; write `branch-name: {matches: '(feature|fix)/.+'}`"
      ])
    #expect(
      read(BranchName.self, ["matches": "(a"]).problems == [
        "`matches`: the pattern `(a` is not a regular expression that RE2 can read: missing ): (a"
      ])
    #expect(rule(BranchName.self, ["matches": "a"]).needs == Needs())
  }
}
