import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Release
import Signing
import Testing

@testable import Engine

/// A bundle proves a release by its bytes alone, and nobody changes it unseen.
@Suite struct ReleaseBundleTests {
  /// Ids differ from run to run, with the keys.
  private static func blotted(_ words: [String]) -> [String] {
    words.map {
      $0.replacing(/\b[0-9a-f]{64}\b/, with: "DIGEST").replacing(/\b[0-9a-f]{40}\b/, with: "ID")
        .replacing(/\b[0-9a-f]{12}\b/, with: "SHORT").replacing(/\b[0-9a-f]{7}\b/, with: "ABBREV")
        .replacing(/SHA256:[^ )]{43}/, with: "KEY")
    }
  }

  @Test func whatHolds() throws {
    let made = try MadeBundle()
    let report = BundleCheck(keys: .ofPolicy, head: made.head).report(on: made.bytes)
    #expect(report.faults == [])
    #expect(report.holds)
    #expect(
      Self.blotted(report.proven) == [
        "the tag object ABBREV is what decision 7 let in at refs/tags/v1.4, and no later one moved it; its commit is ABBREV",
        "7 lines of the log, decisions 2 to 8, are unaltered: the head that was given is that of decision 8",
        "the policy is the one that judged, main@ABBREV",
        "4 of 5 statements are signed by whom the keys say, and all are about this release",
      ])
    #expect(
      Self.blotted(report.trusted) == [
        "who made the tag: it is not signed",
        "statement SHORT, suite other: 1 tests, 1 passed: it is unsigned",
        "that these statements lay there when it was decided: the log names only what was spent, 1 approval",
        "that no other statement, such as an incident, was left out of the bundle",
        "the summary (SLSA_SOURCE_LEVEL_2, 7 controls): it is not signed, so that since when its controls held is left out",
      ])
    #expect(report.controls.isEmpty)
    #expect(try made.shop.made().bytes == made.bytes, "the same release is the same file")
  }

  @Test func everyMemberIsCovered() throws {
    let made = try MadeBundle()
    let names = Set(made.files.keys.map { String($0.prefix { $0 != "/" }) })
    #expect(
      names == [
        "bundle.json", "log", "notes.md", "objects", "policy", "statements", "summary.json",
      ])
    for name in made.files.keys.sorted() {
      var files = made.files
      let middle = (files[name]?.count ?? 0) / 2
      files[name]?[middle] ^= 1
      #expect(try !made.report(files).holds, "a byte of \(name) changed, with new sums")
      files = made.files
      files[name] = nil
      #expect(try !made.report(files).holds, "\(name) left out, with new sums")
    }
    // Without new sums, a bit anywhere is seen, and no cut crashes.
    var bytes = made.bytes
    for place in stride(from: 0, to: bytes.count, by: 97) {
      bytes[place] ^= 4
      #expect(!BundleCheck(keys: .ofPolicy, head: made.head).report(on: bytes).holds)
      bytes[place] ^= 4
    }
    for end in stride(from: 0, to: bytes.count, by: 500) {
      let report = BundleCheck(keys: .ofPolicy, head: nil).report(on: Bytes(bytes.prefix(end)))
      #expect(report.faults.count == 1)
    }
  }

  /// What is done to the files of a bundle, and what is then wrong.
  struct Tampering: CustomTestStringConvertible, Sendable {
    let name: String
    let faults: [String]
    let change: @Sendable (inout [String: Bytes], MadeBundle) throws -> Void
    var testDescription: String { name }

    init(
      _ name: String, _ faults: String...,
      change: @escaping @Sendable (inout [String: Bytes], MadeBundle) throws -> Void
    ) {
      (self.name, self.faults, self.change) = (name, faults, change)
    }
  }

  private static func replace(
    _ file: String, _ old: String, _ new: String, in files: inout [String: Bytes]
  ) {
    let text = String(decoding: files[file] ?? [], as: UTF8.self)
    files[file] = Bytes(text.replacing(old, with: new).utf8)
  }

  /// Puts a statement in, with a summary that rests on it.
  private static func add(
    _ envelope: Envelope, to files: inout [String: Bytes]
  ) throws {
    files[BundleFiles.statement(envelope.digest)] = envelope.encoded
    try mend(&files)
  }

  /// Makes the summary rest on the statements that there are.
  private static func mend(
    _ files: inout [String: Bytes], _ change: (inout VerificationSummary) -> Void = { _ in }
  ) throws {
    let envelope = try Envelope(parsing: files[BundleFiles.summary] ?? [])
    var summary = try VerificationSummary(parsing: envelope.payload)
    summary.inputs = files.keys.filter { $0.hasPrefix("statements/") }.sorted().map {
      String($0.dropFirst("statements/".count).dropLast(".json".count))
    }
    change(&summary)
    files[BundleFiles.summary] = Envelope(payload: summary.encoded).encoded
  }

  static let tamperings = [
    Tampering(
      "a tag with another message", "the tag ABBREV has another content than its id: that of ABBREV"
    ) { files, _ in replace(BundleFiles.objects, "\n\nv1.4\n", "\n\nv1.5\n", in: &files) },
    Tampering(
      "another tag object on the same commit",
      "decision 7 did not let ABBREV in at refs/tags/v1.4"
    ) { files, made in
      let server = made.shop.server
      let old = server.held("refs/tags/v1.4")
      let text = "\(try server.repo.git("cat-file", "tag", old.hex))\n"
      let content = Bytes(text.replacing("Cem", with: "Eve").utf8)
      let tag = try Repository.id(of: content, kind: .tag)
      replace(BundleFiles.objects, text, String(decoding: content, as: UTF8.self), in: &files)
      replace(BundleFiles.objects, old.hex, tag.hex, in: &files)
      replace(BundleFiles.manifest, old.hex, tag.hex, in: &files)
    },
    Tampering("a commit of another release", "the object ABBREV has no part in the release") {
      files, made in
      let other = try made.shop.server.commit("x\n", on: [])
      let content = try made.shop.server.repo.git("cat-file", "commit", other.hex) + "\n"
      files[BundleFiles.objects]? += BundledObjects.encoded([
        .init(id: other, kind: .commit, content: Bytes(content.utf8))
      ])
    },
    Tampering("objects without end", "object 4 of the bundle cannot be read") { files, _ in
      files[BundleFiles.objects]? += Bytes("\(ObjectID.nowhere.hex) commit 999999999\nx\n".utf8)
    },
    Tampering("a line of the log", "decision 4 of the log does not follow decision 3") {
      files, made in
      replace(
        BundleFiles.lines, made.lines[1],
        made.lines[1].replacing("\"pusher\":null", with: "\"pusher\":\"eve\""), in: &files)
    },
    Tampering("a line left out", "decision 5 of the log does not follow decision 3") {
      files, made in replace(BundleFiles.lines, made.lines[2] + "\n", "", in: &files)
    },
    Tampering(
      "the newest line left out",
      "the head that was given is none of the 6 lines of the log, decisions 2 to 7: another log, or an older or newer head; take one from decision 7 to 7"
    ) { files, made in replace(BundleFiles.lines, made.lines[6] + "\n", "", in: &files) },
    Tampering("no line at all", "the log is cut off") { files, _ in
      files[BundleFiles.lines] = []
    },
    Tampering("what is no line", "line 1 of the log is none that gitrel wrote") { files, _ in
      files[BundleFiles.lines]?.insert(UInt8(ascii: " "), at: 0)
    },
    Tampering("another decision", "decision 6 did not let ABBREV in at refs/tags/v1.4") {
      files, _ in replace(BundleFiles.manifest, "\"decision\": 7", "\"decision\": 6", in: &files)
    },
    Tampering("a decision that is not there", "the log in the bundle does not have decision 99") {
      files, _ in replace(BundleFiles.manifest, "\"decision\": 7", "\"decision\": 99", in: &files)
    },
    Tampering("another tag's name", "the tag object is of `v1.4`, not of v9") { files, _ in
      replace(BundleFiles.manifest, "refs/tags/v1.4", "refs/tags/v9", in: &files)
    },
    Tampering(
      "a policy with another key", "the policy has the SHA-256 SHORT, and the log names SHORT"
    ) {
      files, made in
      replace(
        BundleFiles.policy, try made.shop.keys.line("alice"), try made.shop.keys.line("mallory"),
        in: &files)
    },
    Tampering("other notes", "notes.md is not what the tag says") { files, _ in
      files[BundleFiles.notes]? += Bytes("And more.\n".utf8)
    },
    Tampering("what was spent", "what decision 2 spent is not what its line says") { files, _ in
      files[BundleFiles.used(2)]?.removeLast()
    },
    Tampering(
      "an approval that was spent, left out",
      "statement SHORT, which let ABBREV in by decision 2, is not in the bundle"
    ) { files, made in
      files[try made.place("approved by alice")] = nil
      try mend(&files)
    },
    Tampering(
      "a statement left out", "the summary rests on other statements than the bundle holds"
    ) { files, made in files[try made.place("suite other")] = nil },
    Tampering("a statement under another name", "statements/DIGEST.json is not what its name says")
    { files, made in
      let place = try made.place("suite other")
      files[BundleFiles.statement(String(repeating: "0", count: 64))] = files[place]
    },
    Tampering("a statement for another tag", "statement SHORT is for v9, not for v1.4") {
      files, made in
      let said = try made.shop.said(.signOff, ref: RefName("refs/tags/v9"), role: "qa")
      try add(made.shop.envelope(said, by: "alice"), to: &files)
    },
    Tampering("a statement of another repository", "statement SHORT is for another repository: ``")
    {
      files, made in
      var said = try made.shop.said(.signOff, role: "qa")
      if case .declaration(var declaration) = said.predicate {
        declaration.repository = []
        said.predicate = .declaration(declaration)
      }
      try add(made.shop.envelope(said, by: "alice"), to: &files)
    },
    Tampering(
      "a statement of another tree", "statement SHORT is about another tree than that of v1.4"
    ) { files, made in
      var tests = try made.shop.tests("default")
      tests.subjects = [Subject(tree: .nowhere, commit: made.shop.server.mainOnce)]
      try add(made.shop.envelope(tests, by: "ci"), to: &files)
    },
    Tampering(
      "an approval that nobody spent",
      "statement SHORT is an approval that no decision spent on the release"
    ) { files, made in
      made.shop.server.time += 1
      let approval = try made.shop.approval(of: made.shop.commit)
      try add(made.shop.envelope(approval, by: "alice"), to: &files)
    },
    Tampering("a sign-off that nobody signed", "statement SHORT is not signed") { files, made in
      try add(made.shop.envelope(made.shop.said(.close), by: nil), to: &files)
    },
    Tampering(
      "a sign-off in another's name",
      "statement SHORT is signed by a key that the policy gives to nobody: KEY"
    ) { files, made in
      try add(made.shop.envelope(made.shop.said(.close), by: "mallory"), to: &files)
    },
    Tampering(
      "tests with the signature of others",
      "statement SHORT is signed, but the signature does not fit what it stands on: one or the other was changed"
    ) { files, made in
      let good = try Envelope(parsing: files[try made.place("suite default")] ?? [])
      var other = Envelope(payload: try made.shop.tests("third").encoded)
      other.signatures = good.signatures
      try add(other, to: &files)
    },
    Tampering(
      "a summary of another level",
      "the summary names ORG_SOURCE_NONE, which the policy does not state there",
      "the summary has ORG_SOURCE_TESTS begin when the log does not",
      "the summary states SLSA_SOURCE_LEVEL_2, which its controls do not come to"
    ) { files, _ in
      try mend(&files) { summary in
        summary.controls.removeAll { $0.name == "ORG_SOURCE_NO_DELETE" }
        summary.controls.append(
          .init(rule: "none", refs: summary.refs, since: summary.verified, decision: 7))
        summary.controls.append(
          .init(
            rule: "tests", refs: [ReleaseShop.ref],
            since: Instant(seconds: summary.verified.seconds - 1), decision: 7))
      }
    },
    Tampering(
      "a summary of something else", "the summary is about ABBREV, not about ABBREV",
      "the summary is not about this tag",
      "the summary is about another policy than the one that judged",
      "the summary is of another moment than decision 7"
    ) { files, _ in
      try mend(&files) { summary in
        (summary.commit, summary.refs) = (.nowhere, [RefName("refs/heads/main")])
        summary.verified = Instant(seconds: 0)
        summary.controls = []
        summary.level = .versioned
        summary.policyDigest = ""
      }
    },
    Tampering("a summary that is none", "the envelope has no payloadType") { files, _ in
      files[BundleFiles.summary] = Bytes("{}".utf8)
    },
    Tampering("a file too many", "notes.txt belongs to nothing in the bundle") { files, _ in
      files["notes.txt"] = []
    },
    Tampering("no manifest", "the bundle lacks bundle.json") { files, _ in
      files[BundleFiles.manifest] = nil
    },
  ]

  @Test func whatIsChangedIsNamed() throws {
    let made = try MadeBundle()
    for tampering in Self.tamperings {
      var files = made.files
      try tampering.change(&files, made)
      #expect(
        try Self.blotted(made.report(files).faults) == tampering.faults, "\(tampering.name)")
    }
  }

  @Test func theHeadMustBeOfTheDecisionOrLater() throws {
    let made = try MadeBundle()
    func faults(_ line: Int) throws -> [String] {
      try made.report(
        made.files, head: SHA256Digest.hex(of: Bytes(made.lines[line].utf8))
      ).faults
    }
    #expect(
      try faults(4) == [
        "the head that was given is that of decision 6, before the tag came in: it proves nothing of decision 7"
      ])
    #expect(try faults(5) == [])
    #expect(try faults(6) == [])
    let none = BundleCheck(keys: .ofPolicy, head: nil).report(on: made.bytes)
    #expect(none.holds)
    #expect(
      none.trusted.first
        == "that the log is the server's: 7 lines of the log, decisions 2 to 8, follow one another, and no head was given to hold them against (--head)"
    )
  }

  @Test func theVerifiersOwnKeysCount() throws {
    let made = try MadeBundle()
    func report(_ people: [String]) throws -> BundleReport {
      let lines = try people.map { "\($0)@example.org \(try made.shop.keys.line($0))\n" }
      let file = try BundleKeys.AllowedSignersFile(Bytes(lines.joined().utf8), name: "keys")
      return BundleCheck(keys: .given(file), head: made.head).report(on: made.bytes)
    }
    let unsigned = "the summary is not signed"
    #expect(try report(["alice", "ci"]).faults == [unsigned])
    // Who brings keys means them: whoever is not among them signed nothing.
    let faults = try Self.blotted(report(["ci"]).faults)
    #expect(
      faults
        == Array(
          repeating: "statement SHORT is signed by a key that keys gives to nobody: KEY",
          count: 3) + [unsigned])
    #expect(
      try Self.blotted(report(["alice"]).faults) == [
        "statement SHORT is signed with a key that is nobody's: SSH KEY", unsigned,
      ])
  }

  @Test func aSignedSummaryIsItsSigners() throws {
    let made = try MadeBundle()
    func report(by key: String, namespace: String = "gitrel") throws -> BundleReport {
      var files = made.files
      let envelope = try Envelope(parsing: files[BundleFiles.summary] ?? [])
      files[BundleFiles.summary] =
        try made.shop.keys.signed(envelope, by: key, namespace: namespace).encoded
      return try made.report(files)
    }
    let good = try report(by: "alice")
    #expect(good.holds)
    #expect(
      good.controls.map(\.name) == [
        "ORG_SOURCE_ANNOTATED_TAGS", "ORG_SOURCE_APPROVALS", "ORG_SOURCE_FAST_FORWARD_ONLY",
        "ORG_SOURCE_IMMUTABLE_TAGS", "ORG_SOURCE_NO_DELETE", "ORG_SOURCE_SIGNOFFS",
        "ORG_SOURCE_TESTS",
      ])
    #expect(
      Self.blotted(good.proven).last
        == "the summary (SLSA_SOURCE_LEVEL_2, 7 controls) is signed by alice (KEY)")
    #expect(
      try Self.blotted(report(by: "mallory").trusted).last
        == "the summary (SLSA_SOURCE_LEVEL_2, 7 controls) and since when its controls held: it is signed with a key that is nobody's here: KEY"
    )
    #expect(
      try report(by: "alice", namespace: "git").faults == [
        "the summary is signed, but the signature is for the namespace `git`, and `gitrel` is wanted"
      ])
  }

  @Test func whatALaterDecisionMovedIsNotProven() throws {
    let made = try MadeBundle()
    let last = try #require(made.lines.last)
    let entry = try #require(LogEntry(line: Bytes(last.utf8)))
    let ref = try #require(entry.refs?.first)
    func faults(_ name: String, _ new: ObjectID) throws -> [String] {
      let line = last.replacing("\"seq\":8,", with: "\"seq\":9,")
        .replacing(entry.previous, with: made.head)
        .replacing(ref.name.full, with: name).replacing(ref.new.hex, with: new.hex)
      var files = made.files
      files[BundleFiles.lines]? += Bytes("\(line)\n".utf8)
      return try made.report(files, head: SHA256Digest.hex(of: Bytes(line.utf8))).faults
    }
    #expect(try faults("refs/tags/v1.5", .nowhere) == [])
    #expect(try faults("refs/tags/v1.4", made.shop.server.held("refs/tags/v1.4")) == [])
    #expect(
      try faults("refs/tags/v1.4", .nowhere) == ["decision 9 let the tag be moved to 1234567"])
    #expect(try faults("refs/tags/v1.4", .zero) == ["decision 9 let the tag be deleted"])
  }

  @Test func whatIsNoReleaseIsNotBundled() throws {
    let shop = try ReleaseShop()
    func fault(_ name: String) -> String? {
      do { return try shop.made(name).report.name } catch {
        return (error as? EngineFault)?.message
      }
    }
    #expect(fault("v9") == "there is no tag `v9` here")
    #expect(fault("../x") == "there is no tag `../x` here")
    try shop.server.set("refs/tags/v2", shop.server.main)
    #expect(fault("v2") == "`v2` is no release: it is not an annotated tag of a commit")
    // Moved past the gate: the log let another object in.
    try shop.server.set(
      "refs/tags/v1.4", try shop.server.tag("v1.4", of: shop.server.mainOnce))
    #expect(fault("v1.4") == "no decision of the log here let v1.4 in as it is")
  }

  @Test func whatWasTakenBackIsTold() throws {
    let shop = try ReleaseShop()
    let digest = try shop.state(shop.said(.rollout), by: "alice")
    shop.server.time += 60
    let revocation = Statement(
      subjects: [Subject(sha256: digest)],
      predicate: .declaration(
        Declaration(
          .revocation, repository: ReleaseShop.repository, person: Bytes("alice".utf8),
          recorded: Instant(seconds: shop.server.time))))
    let time = shop.server.time
    try shop.state(revocation, by: "alice")
    let made = try shop.made()
    let item = made.report.items.first { $0.digest == digest }
    #expect(item?.revoked == Instant(seconds: time))
    #expect(made.report.items.filter { $0.revoked != nil }.count == 1)
    #expect(made.report.items.contains { $0.kind == "revocation" })
  }

  @Test func aControlBeginsAnewAfterItsRuleWasLifted() throws {
    let shop = try ReleaseShop()
    let entries = try shop.server.entries()
    let policy = try JudgedPolicy(
      of: entries[0], at: .standard, in: Repository.open(at: shop.server.repo.path)
    ).document
    func since(_ overrides: [Int: String], unknown: Int? = nil) throws -> [String: Int] {
      let last = try #require(entries.last)
      var history = ControlHistory(policy, on: [RefName("refs/heads/main")], at: last)
      for entry in entries.reversed() {
        var line = String(decoding: entry.line, as: UTF8.self)
        if let words = overrides[entry.sequence] {
          line = line.replacing(
            "\"policy\":",
            with: "\"overridden\":[\"\(words)\"],\"overriders\":[\"rita\"],\"policy\":")
        }
        if entry.sequence == unknown {
          line = line.replacing(try #require(entry.policyDigest), with: SHA256Digest.hex(of: [1]))
        }
        let entry = try #require(LogEntry(line: Bytes(line.utf8)))
        history.look(at: entry) { $0.sequence == unknown ? nil : policy }
      }
      return Dictionary(uniqueKeysWithValues: history.controls.map { ($0.name, $0.decision) })
    }
    let (approvals, delete) = ("ORG_SOURCE_APPROVALS", "ORG_SOURCE_NO_DELETE")
    #expect(try since([:])[approvals] == 1)
    let lifted = try since([3: "refs/heads/main approvals rita: outage (statement 1)"])
    #expect(lifted[approvals] == 4)
    #expect(lifted[delete] == 1)
    // What was overridden cannot be told: with doubt, everything was.
    #expect(try since([3: "x"])[delete] == 4)
    #expect(try since([:], unknown: 5)[delete] == 6)
    #expect(try since([8: "refs/heads/main approvals rita: outage"])[approvals] == nil)
  }
}
