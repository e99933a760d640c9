import GitModel
import Testing

@testable import Evidence

/// The summary as slsa.dev wants it, and read only as gitrel writes it.
@Suite struct VerificationSummaryTests {
  private static let summary = VerificationSummary(
    commit: ObjectID(hex: String(repeating: "1", count: 40)) ?? .zero,
    tree: ObjectID(hex: String(repeating: "2", count: 40)) ?? .zero,
    refs: [RefName("refs/heads/main"), RefName("refs/tags/v1.4")], program: "gitrel 0.1",
    verified: Instant(seconds: 1_767_787_200), resource: "urn:gitrel:repository:shop",
    policy: "urn:gitrel:repository:shop#.gitrel/policy.yml",
    policyDigest: String(repeating: "a", count: 64), inputs: [String(repeating: "b", count: 64)],
    level: .immutable,
    controls: [
      .init(
        rule: "fast-forward-only", refs: [RefName("refs/heads/main")],
        since: Instant(seconds: 0), decision: 1)
    ])

  /// SPECS.md 5.4: the revision and its tree, the refs in full, one level of the track, controls with
  /// their prefix, extension fields with URIs as names.
  @Test func asTheSpecificationHasIt() throws {
    let json = try JSONValue(
      parsing: Self.summary.encoded, limits: JSONLimits(bytes: 1 << 20))
    func text(_ value: JSONValue?) -> String? {
      value?.string.map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(text(json["_type"]) == "https://in-toto.io/Statement/v1")
    #expect(text(json["predicateType"]) == "https://slsa.dev/verification_summary/v1")
    let subject = json["subject"]?.array?.first
    #expect(text(subject?["digest"]?["gitCommit"]) == String(repeating: "1", count: 40))
    #expect(
      subject?["annotations"]?["sourceRefs"]?.array?.map(text) == [
        "refs/heads/main", "refs/tags/v1.4",
      ])
    let predicate = json["predicate"]
    #expect(
      predicate?["verifiedLevels"]?.array?.map(text) == [
        "SLSA_SOURCE_LEVEL_2", "ORG_SOURCE_FAST_FORWARD_ONLY",
      ])
    #expect(text(predicate?["verificationResult"]) == "PASSED")
    #expect(text(predicate?["slsaVersion"]) == "1.2")
    #expect(text(predicate?["timeVerified"]) == "2026-01-07T12:00:00Z")
    #expect(
      text(predicate?["urn:gitrel:controls:v1"]?.array?.first?["since"]) == "1970-01-01T00:00:00Z")
    // It is a statement like any other, of a kind that no policy names.
    let statement = try Statement(parsing: Self.summary.encoded)
    #expect(statement.isAbout(commit: Self.summary.commit))
  }

  @Test func roundTrip() throws {
    #expect(try VerificationSummary(parsing: Self.summary.encoded) == Self.summary)
  }

  @Test(
    "anything else",
    arguments: [
      ("PASSED", "FAILED"), ("urn:gitrel:gate:v1", "https://example.com/other"),
      ("\"slsaVersion\":\"1.2\"", "\"slsaVersion\":\"1.0\""),
      ("SLSA_SOURCE_LEVEL_2\"", "SLSA_SOURCE_LEVEL_4\""),
      ("SLSA_SOURCE_LEVEL_2\"", "SLSA_SOURCE_LEVEL_2\",\"SLSA_SOURCE_LEVEL_3\""),
      ("verification_summary/v1", "verification_summary/v2"), ("gitCommit", "sha1"),
      ("\"decision\":1", "\"decision\":0"), ("1970-01-01T00:00:00Z", "1970-01-01"),
      ("{\"_type\"", "{\"\":1,\"_type\""), ("{\"_type\"", " {\"_type\""),
    ])
  func refused(_ old: String, _ new: String) {
    let text = String(decoding: Self.summary.encoded, as: UTF8.self).replacing(old, with: new)
    #expect(throws: EvidenceFault.self) { try VerificationSummary(parsing: Bytes(text.utf8)) }
  }

  @Test("the manifest is read as it is written")
  func manifest() throws {
    let manifest = BundleManifest(
      ref: RefName("refs/tags/v1.4"), tag: Self.summary.commit, commit: Self.summary.tree,
      policyPath: ".gitrel/policy.yml", policyCommit: nil,
      policyFiles: [.init(name: "pack:trunk", member: "policy/files/1")], decision: 7,
      program: "gitrel 0.1")
    #expect(try BundleManifest(parsing: manifest.encoded) == manifest)
    let text = String(decoding: manifest.encoded, as: UTF8.self)
    for (old, new) in [
      ("release-bundle:v1", "release-bundle:v2"), ("refs/tags/v1.4", "refs/heads/main"),
      ("\"decision\": 7", "\"decision\": -7"), ("\"ref\"", "\"Ref\""), ("{", "{ "),
      (String(repeating: "1", count: 40), "1"),
    ] {
      #expect(throws: EvidenceFault.self, "\(old)") {
        try BundleManifest(parsing: Bytes(text.replacing(old, with: new).utf8))
      }
    }
  }
}
