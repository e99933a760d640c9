import GitModel
import Policy
import Testing

@Suite("tag-name")
struct TagNameTests {
  @Test("names that are versions of the scheme", arguments: good)
  func isGood(_ settings: Setting, _ names: [String]) {
    let rule = rule(TagName.self, settings)
    for name in names {
      #expect(
        rule.judge(matter("refs/tags/\(name)", .create)).told
          == "satisfied: `\(name)` is a good name")
    }
  }

  static let good: [(Setting, [String])] = [
    (["scheme": "semver"], ["v1.4.0", "v0.0.1", "v1.4.0-rc.1", "v1.4.0+build.5"]),
    (["scheme": "semver", "allow-short": true], ["v1.4", "v1.4.0"]),
    (["scheme": "semver", "prefix": ""], ["1.4.0"]),
    (["scheme": "semver", "prefix": "release-"], ["release-1.4.0"]),
    (["scheme": "calver"], ["v2026.11.0", "v2026.01.12"]),
    (["scheme": "calver", "format": "YY.MM", "prefix": ""], ["26.1", "26.12"]),
    (["matches": "v[0-9]+"], ["v1", "v14"]),
    (["scheme": "semver", "matches": "v1[.].*"], ["v1.4.0"]),
    (["forbids": "tmp.*"], ["v1", "a-tmp"]),
  ]

  @Test("names that are not", arguments: bad)
  func isBad(_ settings: Setting, _ names: [(String, String?)], _ wanted: String) {
    let rule = rule(TagName.self, settings)
    for (name, better) in names {
      let new = better ?? "<NEW-NAME>"
      #expect(
        rule.judge(matter("refs/tags/\(name)", .create)).told == """
          violated: `\(name)` is not a name for a tag here
          wants: \(wanted)
          fix: gitrel tag \(new)    and leave \(name) out of the push
          fix: git tag -a -m \(new) \(new) '\(name)^{}' && git tag -d \(name)    then push \(new)
          """)
    }
  }

  static let bad: [(Setting, [(String, String?)], String)] = [
    (
      ["scheme": "semver"],
      [
        ("1.4.0", "v1.4.0"), ("v1.4", "v1.4.0"), ("v01.4.0", "v1.4.0"), ("V1.4.0", "v1.4.0"),
        ("v1.4-final", "v1.4.0"), ("release-2", "v2.0.0"), ("v1.4.0.0", nil), ("release", nil),
        ("v", nil),
      ],
      "a version such as v1.4.0 (MAJOR.MINOR.PATCH, semver.org)"
    ),
    (
      ["scheme": "semver", "allow-short": true], [("v1", "v1.0.0"), ("v1.4.x", "v1.4")],
      "a version such as v1.4 or v1.4.0 (semver.org)"
    ),
    (
      ["scheme": "calver"], [("v2026.1.0", nil), ("2026.11.0", "v2026.11.0"), ("v26.11.0", nil)],
      "a version such as vYYYY.0M.MICRO (calver.org)"
    ),
    (["scheme": "semver", "matches": "v1[.].*"], [("v2.0.0", nil)], "a name like v1[.].*"),
    (["forbids": "tmp.*"], [("tmp", nil), ("tmp-1", nil)], "a name unlike tmp.*"),
  ]

  @Test("what has no name to judge")
  func notApplicable() {
    let rule = rule(TagName.self, ["scheme": "semver"])
    #expect(rule.judge(matter("refs/heads/x")).told == "notApplicable: x is no tag")
    #expect(
      rule.judge(matter("refs/tags/x", .delete)).told
        == "notApplicable: a deletion needs no name")
  }

  @Test("settings that mean nothing are told", arguments: settings)
  func problems(_ settings: Setting, _ problems: [String]) {
    #expect(read(TagName.self, settings).problems == problems)
  }

  static let settings: [(Setting, [String])] = [
    (
      .absent,
      [
        "`tag-name` has neither `scheme` nor `matches` nor `forbids`; write"
          + " `tag-name: {scheme: semver}`"
      ]
    ),
    (
      ["scheme": "semvr"],
      ["`scheme` takes semver or calver, not the text \"semvr\"; did you mean `semver`?"]
    ),
    (
      ["scheme": "semver", "format": "YYYY.MM"],
      ["`format` means something only with `scheme: calver`"]
    ),
    (
      ["scheme": "calver", "allow-short": true],
      ["`allow-short` means something only with `scheme: semver`"]
    ),
    (["matches": "v.*", "prefix": "r"], ["`prefix` means something only with `scheme`"]),
    (
      ["scheme": "calver", "format": "YYYY.QQ"],
      [
        "`format`: the format has `QQ`, which is none of YYYY YY 0Y MM 0M WW 0W DD 0D MAJOR MINOR MICRO"
      ]
    ),
  ]
}
