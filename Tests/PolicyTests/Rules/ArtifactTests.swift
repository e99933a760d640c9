import Evidence
import Policy
import Testing

@Suite("artifact")
struct ArtifactTests {
  private let one = String(repeating: "1", count: 64)
  private let two = String(repeating: "2", count: 64)

  @Test("what is built is named with one digest by who builds")
  func judged() {
    let rule = rule(Artifact.self, ["names": ["app.tar.gz", "app.deb"], "by": "bob"], teamContext)
    #expect(
      told(
        rule, declared(.artifact, "app.tar.gz", value: one, by: "bob"),
        declared(.artifact, "app.tar.gz", value: one, by: "bob", at: 7),
        declared(.artifact, "app.deb", value: two, by: "bob"),
        declared(.artifact, "app.deb", value: one)) == """
          satisfied: 2 artifacts stated
          - app.tar.gz: sha256 \(one); bob, statement aaaaaaaaaaaa
          - app.tar.gz: sha256 \(one); bob, statement aaaaaaaaaaaa
          - app.deb: sha256 \(two); bob, statement aaaaaaaaaaaa
          """)
    #expect(
      told(
        rule, declared(.artifact, "app.tar.gz", value: one, by: "bob"),
        declared(.artifact, "app.tar.gz", value: two, by: "bob", at: 7),
        declared(.artifact, "app.deb", value: one)) == """
          violated: `app.tar.gz` is stated with 2 digests; no digest of `app.deb` is stated for 00009e3
          wants: signed by bob
          - app.tar.gz: sha256 \(one); bob, statement aaaaaaaaaaaa
          - app.tar.gz: sha256 \(two); bob, statement aaaaaaaaaaaa
          - app.deb: carol, statement aaaaaaaaaaaa, is by nobody whom the rule names
          fix: gitrel attest 00009e3 --artifact <FILE>    where it is built
          """)
    #expect(toldOfNothing(rule) == nothingIsDeclared)
  }

  @Test("settings", arguments: problems)
  func settings(_ settings: Setting, _ problems: [String]) {
    #expect(read(Artifact.self, settings, teamContext).problems == problems)
  }

  static let problems: [(Setting, [String])] = [
    (
      ["by": "bob"],
      [
        "`artifact` names nothing that is built; write `artifact: {names: [app.tar.gz], by: ci}`"
      ]
    ),
    (
      ["names": "a"],
      ["`artifact` does not say who builds; write `by:` with a person or a role, e.g. a bot"]
    ),
  ]
}
