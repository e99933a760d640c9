import GitModel
import Policy
import Testing

@Suite("namespaces")
struct NamespacesTests {
  @Test("verdicts", arguments: table)
  func verdicts(_ name: String, _ kind: RefUpdate.Kind, _ told: String) {
    let rule = rule(
      Namespaces.self,
      ["allow": ["main", "{feature,fix}/*", "!feature/x", "refs/tags/v*", "refs/notes/**"]])
    #expect(rule.judge(matter(name, kind)).told == told)
  }

  static let table: [(String, RefUpdate.Kind, String)] = [
    ("refs/heads/main", .update, "satisfied: main may exist"),
    ("refs/heads/fix/AB-1", .create, "satisfied: fix/AB-1 may exist"),
    ("refs/tags/v1", .create, "satisfied: v1 may exist"),
    ("refs/notes/a/b", .create, "satisfied: refs/notes/a/b may exist"),
    (
      "refs/heads/mine", .create,
      """
      violated: no branch may be called mine here
      wants: a ref like main, {feature,fix}/*, refs/tags/v* or refs/notes/**, and not like feature/x
      fix: git push origin HEAD:<NEW-NAME>
      """
    ),
    (
      "refs/heads/feature/x", .update,
      """
      violated: no branch may be called feature/x here
      wants: a ref like main, {feature,fix}/*, refs/tags/v* or refs/notes/**, and not like feature/x
      fix: git push origin HEAD:<NEW-NAME>
      """
    ),
    (
      "refs/tags/main", .create,
      """
      violated: no tag may be called main here
      wants: a ref like main, {feature,fix}/*, refs/tags/v* or refs/notes/**, and not like feature/x
      fix: gitrel tag <NEW-NAME>    and leave main out of the push
      fix: git tag -a -m <NEW-NAME> <NEW-NAME> 'main^{}' && git tag -d main    then push <NEW-NAME>
      """
    ),
    (
      "refs/changes/1\u{1B}", .create,
      """
      violated: no ref may be called refs/changes/1\\u{1b} here
      wants: a ref like main, {feature,fix}/*, refs/tags/v* or refs/notes/**, and not like feature/x
      fix: leave refs/changes/1\\u{1b} out of the push
      """
    ),
    (
      "refs/heads/mine", .delete, "notApplicable: a deletion leaves nothing in a wrong place"
    ),
    (
      "refs/gitrel/evidence", .update, "notApplicable: refs/gitrel/evidence belongs to gitrel"
    ),
  ]

  @Test("settings")
  func settings() {
    #expect(
      read(Namespaces.self).problems == [
        "`namespaces` has no `allow`; write `namespaces: {allow: [main, \"feature/**\","
          + " \"refs/tags/v*\"]}`"
      ])
    let (rule, problems) = read(Namespaces.self, ["allow": ["!main"]])
    #expect(problems == ["`allow` selects nothing: every pattern starts with `!`"])
    // It would not have been read; a rule without its setting says neither yes nor no.
    #expect(
      rule.judge(matter("refs/heads/x", .create)).told
        == "indeterminate: the policy does not say which refs may exist")
    #expect(
      read(Namespaces.self, ["allow": []]).problems == [
        "`allow` is empty; write `allow: [main, \"release/*\"]`"
      ])
    #expect(rule.needs == Needs())
  }
}
