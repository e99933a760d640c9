import GitModel
import Policy
import Testing

@Suite("signed-tags")
struct SignedTagsTests {
  private static let tag = id(0x7a9)

  @Test("verdicts", arguments: table)
  func verdicts(_ settings: Setting, _ reading: SignatureReading?, _ told: String) {
    let rule = rule(SignedTags.self, settings, PolicyContext(people: team))
    let matter = matter("refs/tags/v1.4.0", .create, people: team) { facts in
      facts.target = .known(target())
      facts.signatures = .known(reading.map { [Self.tag: $0] } ?? [:])
    }
    #expect(rule.judge(matter).told == told)
    #expect(rule.needs == Needs([.target, .signatures]))
  }

  private static let setUp =
    "git config gpg.format ssh    to sign with an SSH key, which user.signingKey names"

  private static func violated(
    _ words: String,
    wants: String = "a signature (SSH or OpenPGP) by a key of somebody in the policy"
  ) -> String {
    """
    violated: v1.4.0 \(words)
    wants: \(wants)
    fix: git tag -d v1.4.0 && git tag -s -m v1.4.0 v1.4.0 000c0de
    fix: git tag -d v1.4.0 && gitrel tag v1.4.0    tags what the remote branch has
    fix: \(setUp)
    """
  }

  private static func good(_ person: String, _ format: SignatureFormat = .ssh) -> SignatureReading {
    .good(person: person, fingerprint: "SHA256:abc", format: format)
  }

  static let table: [(Setting, SignatureReading?, String)] = [
    (.absent, good("alice"), "satisfied: signed by alice"),
    (.absent, good("dave", .openpgp), "satisfied: signed by dave"),
    (["by": ["tech-lead"]], good("bob"), "satisfied: signed by bob"),
    (
      ["by": ["tech-lead", "carol"]], good("dave"),
      violated(
        "is signed by dave, with SHA256:abc",
        wants:
          "a signature (SSH or OpenPGP) by a key of tech-lead (alice or bob) or carol")
    ),
    (
      ["formats": ["openpgp"]], good("alice"),
      violated(
        "is signed with SSH, and OpenPGP counts",
        wants: "a signature (OpenPGP) by a key of somebody in the policy")
    ),
    (.absent, .unsigned, violated("is not signed")),
    (
      .absent, .unknownKey(fingerprint: "SHA256:abc", format: .ssh),
      violated("is signed with a key that is nobody's: SSH SHA256:abc")
    ),
    (
      .absent, .bad("was made by a security key that nobody touched"),
      violated(
        "has a signature that does not count: it was made by a security key that nobody touched")
    ),
    (
      .absent, .unknown("cannot start gpg"),
      "indeterminate: v1.4.0 cannot be told to be signed: cannot start gpg"
    ),
    (
      .absent, nil,
      "indeterminate: v1.4.0 cannot be told to be signed: nobody looked; this is a fault in gitrel"
    ),
    (
      .absent, .planned, "notApplicable: v1.4.0 is not made yet, and will be signed when it is"
    ),
  ]

  @Test("a lightweight tag holds no signature, and only the outermost tag counts")
  func otherTargets() {
    let rule = rule(SignedTags.self)
    let lightweight = matter("refs/tags/v1.4.0", .create) { facts in
      facts.target = .known(target(tags: []))
      facts.signatures = .known([id(0xc0de): Self.good("alice")])
    }
    #expect(
      rule.judge(lightweight).told
        == Self.violated("is a lightweight tag, which nobody can sign"))

    let outer = Tag(
      id: id(0x0fe), target: Self.tag, targetKind: .tag, name: Bytes("v1.4.0".utf8),
      tagger: nil, message: [])
    let nested = matter("refs/tags/v1.4.0", .create) { facts in
      facts.target = .known(
        Target(tags: [outer] + target().tags, object: id(0xc0de), kind: .commit))
      facts.signatures = .known([outer.id: .unsigned, Self.tag: Self.good("alice")])
    }
    #expect(rule.judge(nested).told == Self.violated("is not signed"))
  }

  @Test("what is not known")
  func unknown() {
    let rule = rule(SignedTags.self)
    let noTarget = matter("refs/tags/v1", .create) { $0.target = .unknown("it is missing") }
    #expect(rule.judge(noTarget).told == "indeterminate: it is missing")
    let noSignatures = matter("refs/tags/v1", .create) { facts in
      facts.target = .known(target(tags: ["v1"]))
      facts.signatures = .unknown("it is missing")
    }
    #expect(rule.judge(noSignatures).told == "indeterminate: it is missing")
  }

  @Test("who signed one name has not signed another")
  func anotherName() {
    let signed = matter("refs/tags/v9", .create) { facts in
      facts.target = .known(target(tags: ["v1"]))
      facts.signatures = .known([
        id(0x7a9): .good(person: "alice", fingerprint: "SHA256:x", format: .ssh)
      ])
    }
    let told = rule(SignedTags.self).judge(signed).told
    #expect(told.hasPrefix("violated: v9 is signed as `v1`, which is another name\n"))
  }

  @Test("what is no tag that comes")
  func notApplicable() {
    let rule = rule(SignedTags.self)
    #expect(
      rule.judge(matter("refs/tags/v1", .delete)).told == "notApplicable: a deletion makes no tag")
    #expect(rule.judge(matter()).told == "notApplicable: main is no tag")
  }

  @Test("settings that mean nothing", arguments: problems)
  func settings(_ settings: Setting, _ problem: String) {
    #expect(
      read(SignedTags.self, settings, PolicyContext(people: team)).problems == [problem])
  }

  static let problems: [(Setting, String)] = [
    (["by": ["alcie"]], "there is no person and no role `alcie`; did you mean `alice`?"),
    (["by": ["nobody"]], "`by` names nobody; nobody could sign"),
    (["by": []], "`by` names nobody; nobody could sign"),
    (["formats": []], "`formats` is empty; leave it out for `[ssh, openpgp]`"),
  ]

  @Test("X.509 cannot be asked for")
  func x509() {
    let problems = read(SignedTags.self, ["formats": ["x509"]]).problems
    #expect(problems.first == "`formats` takes ssh or openpgp, not the text \"x509\"")
  }
}
