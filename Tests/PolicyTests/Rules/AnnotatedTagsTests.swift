import GitModel
import Policy
import Testing

@Suite("annotated-tags")
struct AnnotatedTagsTests {
  @Test("verdicts", arguments: table)
  func verdicts(_ fact: Fact<Target>, _ told: String) {
    let rule = rule(AnnotatedTags.self)
    #expect(rule.judge(matter("refs/tags/v1.4.0", .create) { $0.target = fact }).told == told)
    #expect(rule.needs == Needs(.target))
  }

  static let table: [(Fact<Target>, String)] = [
    (.known(target()), "satisfied: an annotated tag on 000c0de"),
    (
      .known(target(tags: [])),
      """
      violated: v1.4.0 is a lightweight tag: it says neither who made it nor why
      wants: an annotated tag
      fix: git tag -d v1.4.0 && git tag -a -m v1.4.0 v1.4.0 000c0de
      fix: git tag -d v1.4.0 && gitrel tag v1.4.0    tags what the remote branch has
      """
    ),
    (
      .known(target(tags: ["v1.4.0", "inner"])),
      """
      violated: v1.4.0 is a tag of a tag, 2 deep
      wants: one annotated tag, on a commit
      fix: git tag -d v1.4.0 && git tag -a -m v1.4.0 v1.4.0 000c0de
      fix: git tag -d v1.4.0 && gitrel tag v1.4.0    tags what the remote branch has
      """
    ),
    (
      .known(target(kind: .blob)),
      """
      violated: v1.4.0 is a tag of a blob
      wants: a tag of a commit
      fix: git tag -d v1.4.0 && git tag -a -m v1.4.0 v1.4.0 <COMMIT>
      fix: git tag -d v1.4.0 && gitrel tag v1.4.0    tags what the remote branch has
      """
    ),
    (
      .known(target(tags: ["v1.3.0\u{1B}"])),
      """
      violated: the tag object under v1.4.0 calls itself `v1.3.0\\u{1b}`
      wants: the same name inside and outside
      fix: git tag -d v1.4.0 && git tag -a -m v1.4.0 v1.4.0 000c0de    push no tag under another name
      fix: git tag -d v1.4.0 && gitrel tag v1.4.0    tags what the remote branch has
      """
    ),
    (.unknown("000c0de is missing"), "indeterminate: 000c0de is missing"),
  ]

  @Test("a tag that the server has is left as it is")
  func pushed() {
    let rule = rule(AnnotatedTags.self)
    let verdict = rule.judge(matter("refs/tags/v1.4.0") { $0.target = .known(target(tags: [])) })
    #expect(
      verdict.explanation.fixes == [
        "gitrel tag <NEW-VERSION>    a tag that was pushed is never moved; leave v1.4.0 out of the push"
      ])
  }

  @Test("what is no tag that comes")
  func notApplicable() {
    let rule = rule(AnnotatedTags.self)
    #expect(
      rule.judge(matter("refs/tags/v1", .delete)).told == "notApplicable: a deletion makes no tag")
    #expect(rule.judge(matter()).told == "notApplicable: main is no tag")
  }
}
