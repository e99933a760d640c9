import GitModel
import Policy
import Testing

@Suite("version-increases")
struct VersionIncreasesTests {
  private func told(
    _ settings: Setting, _ name: String, _ kind: RefUpdate.Kind = .create, after names: [String]
  ) -> String {
    rule(VersionIncreases.self, settings).judge(
      matter("refs/tags/\(name)", kind) { $0.tagNames = .known(names.map { Bytes($0.utf8) }) }
    ).told
  }

  @Test("higher than what was tagged before", arguments: higher)
  func isHigher(_ settings: Setting, _ name: String, _ before: [String], _ told: String) {
    #expect(self.told(settings, name, after: before) == "satisfied: \(told)")
  }

  static let higher: [(Setting, String, [String], String)] = [
    (.absent, "v1.4.0", ["v1.3.9", "v1.2", "junk"], "v1.4.0 follows v1.3.9"),
    (.absent, "v1.10.0", ["v1.9.0"], "v1.10.0 follows v1.9.0"),
    (.absent, "v1.4.0", ["v1.4.0-rc.2", "v1.4.0-rc.10"], "v1.4.0 follows v1.4.0-rc.10"),
    (.absent, "v1.4", [], "v1.4 is the first version"),
    (.absent, "v1.0.0", ["nightly", "1.9.0"], "v1.0.0 is the first version"),
    (["within": "major"], "v1.9.1", ["v2.0.0", "v1.9.0"], "v1.9.1 follows v1.9.0"),
    (["within": "minor"], "v1.3.2", ["v1.4.0", "v1.3.1"], "v1.3.2 follows v1.3.1"),
    (["within": "major"], "v3.0.0", ["v2.0.0"], "v3.0.0 is the first version of its line"),
    (["prefix": "r"], "r2.0.0", ["v3.0.0", "r1.0.0"], "r2.0.0 follows r1.0.0"),
    (["scheme": "calver"], "v2026.11.0", ["v2026.09.4"], "v2026.11.0 follows v2026.09.4"),
  ]

  @Test("not higher", arguments: lower)
  func isNotHigher(_ settings: Setting, _ name: String, _ before: [String], _ highest: String) {
    #expect(
      told(settings, name, after: before) == """
        violated: \(name) is not higher than \(highest), which is there already
        wants: a version above \(highest)
        fix: gitrel tag <VERSION>    with a version above \(highest)
        """)
  }

  static let lower: [(Setting, String, [String], String)] = [
    (.absent, "v1.4.0", ["v1.4.1", "v1.3.0"], "v1.4.1"),
    (.absent, "v1.4.0-rc.1", ["v1.4.0"], "v1.4.0"),
    // The same version, spelled otherwise.
    (.absent, "v1.4", ["v1.4.0"], "v1.4.0"),
    (.absent, "v1.4.0+b", ["v1.4.0+a"], "v1.4.0+a"),
    (["within": "major"], "v1.9.0", ["v2.0.0", "v1.9.0-rc.1", "v1.10.0"], "v1.10.0"),
    (["scheme": "calver"], "v2026.09.4", ["v2026.11.0"], "v2026.11.0"),
  ]

  @Test("what is no new version")
  func others() {
    #expect(
      told(.absent, "latest", after: []) == """
        violated: `latest` is no version
        wants: a version such as v1.4 or v1.4.0 (semver.org)
        fix: gitrel tag <VERSION>    and leave latest out of the push
        fix: git tag -a -m <VERSION> <VERSION> 'latest^{}' && git tag -d latest    then push <VERSION>
        """)
    #expect(
      told(.absent, "v1.0.0", .update, after: ["v2.0.0"])
        == "notApplicable: no version is added; `immutable-tags` judges tags that exist")
    let rule = rule(VersionIncreases.self)
    #expect(rule.judge(matter("refs/heads/v1.0.0")).told == "notApplicable: v1.0.0 is no tag")
    #expect(
      rule.judge(matter("refs/tags/v1.0.0", .create) { $0.tagNames = .unknown("no tags read") })
        .told == "indeterminate: no tags read")
    #expect(
      rule.judge(matter("refs/tags/v1.0.0", .create)).outcome == .indeterminate)
    #expect(rule.needs == Needs(.tagNames))
  }

  @Test("a version that must stand on the release before it")
  func descends() {
    func told(_ lineage: Fact<VersionLineage?>, after names: [String] = ["v1.4.0"]) -> String {
      rule(VersionIncreases.self, ["descends": true, "within": "minor"]).judge(
        matter("refs/tags/v1.4.1", .create) {
          $0.tagNames = .known(names.map { Bytes($0.utf8) })
          $0.lineage = lineage
        }
      ).told
    }
    let release = Bytes("v1.4.0".utf8)
    #expect(
      told(.known(VersionLineage(release: release, isBelow: true)))
        == "satisfied: v1.4.1 follows v1.4.0 and stands on v1.4.0")
    #expect(
      told(.known(VersionLineage(release: release, isBelow: false))) == """
        violated: v1.4.1 does not stand on v1.4.0, the release before it
        wants: a commit that has v1.4.0 in its history
        fix: git switch -c hotfix/v1.4.1 v1.4.0    and release what is mended there
        """)
    #expect(
      told(.known(nil), after: [])
        == "satisfied: v1.4.1 is the first version of its line; nothing was released before it")
    #expect(told(.unknown("no history")) == "indeterminate: no history")
    #expect(told(.notGathered).hasPrefix("indeterminate: a fact that this rule needs"))
    // The number comes first.
    #expect(told(.known(nil), after: ["v1.4.2"]).hasPrefix("violated: v1.4.1 is not higher"))
    var needs = Needs(.tagNames)
    needs.lineage = .standard
    #expect(rule(VersionIncreases.self, ["descends": true]).needs == needs)
  }

  @Test(
    "the release below a version: no candidates, nothing that is no version",
    arguments: [
      ("v1.4.1", "v1.4.0"), ("v2.0.0", "v1.10.0"), ("v1.0.0", nil), ("v1.4.0-rc.2", "v1.3.9"),
      ("nightly", nil),
    ])
  func release(_ name: String, _ wanted: String?) {
    let names = ["v1.4.0", "v1.3.9", "v1.4.1-rc.1", "nightly", "v1.10.0", "v1.4.1", "1.4.0"]
    let found = TagVersions.standard.release(
      below: RefName("refs/tags/\(name)"), among: names.map { Bytes($0.utf8) })
    #expect(found?.printable == wanted)
  }
}
