import GitModel
import Policy
import Testing

@Suite("immutable-tags")
struct ImmutableTagsTests {
  @Test("verdicts", arguments: table)
  func verdicts(_ name: String, _ kind: RefUpdate.Kind, _ told: String) {
    #expect(rule(ImmutableTags.self).judge(matter(name, kind)).told == told)
  }

  static let table: [(String, RefUpdate.Kind, String)] = [
    ("refs/tags/v1", .create, "satisfied: v1 is new"),
    (
      "refs/tags/v1", .update,
      """
      violated: the tag v1 exists (0000a1d) and must not be moved
      fix: git fetch --tags --force    to see the tag as it was released
      fix: gitrel tag <NEW-VERSION>    to release something else
      """
    ),
    (
      "refs/tags/v1", .delete,
      """
      violated: the tag v1 must not be deleted
      fix: gitrel tag <NEW-VERSION>    to supersede a release; what was released stays known
      """
    ),
    ("refs/heads/v1", .update, "notApplicable: v1 is no tag"),
  ]
}
