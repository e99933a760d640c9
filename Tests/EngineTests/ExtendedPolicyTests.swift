import GitModel
import GitStore
import GitrelTestSupport
import Glibc
import Policy
import Testing

@testable import Engine

/// A policy that extends files of its own tree, on a server: what may be pushed for one, and by which
/// tree it is read.
@Suite struct ExtendedPolicyTests {
  private static let policy =
    "version: 1\nextends: [base.yml]\nrulesets: [{name: more, refs: [main], rules: {no-delete: }}]\n"
  private static let base = Server.policy

  /// A commit on main with the policy above and a base that is what `entry` makes of it.
  private func commit(_ server: Server, _ mode: String, _ id: ObjectID) throws -> ObjectID {
    let policy = try server.blob(Self.policy)
    let folder = try server.tree([(mode, "base.yml", id), ("100644", "policy.yml", policy)])
    return try server.approved(
      "policy", on: [server.main], tree: server.tree([("40000", ".gitrel", folder)]))
  }

  @Test func whatAPushMayNotMakeOfABase() throws {
    let server = try Server()
    let good = try server.blob(Self.base)
    let folder = try server.tree([("100644", "x", good)])
    let huge = try server.blob(Self.base + "#" + String(repeating: "a", count: 2 << 20) + "\n")
    let cases: [(String, ObjectID, String)] = [
      ("100644", try server.blob("foo: [\n"), ".gitrel/base.yml:2:1: this is not YAML"),
      (
        "120000", try server.blob("/etc/passwd"),
        "`extends`: base.yml is no plain file (mode 120000)"
      ),
      ("100755", good, "is no plain file (mode 100755)"),
      ("40000", folder, "is no plain file (mode 40000)"),
      ("160000", server.main, "is no plain file (mode 160000)"),
      ("100644", huge, "`extends`: base.yml cannot be read: "),
      ("100644", folder, "`extends`: base.yml cannot be read: "),
      ("100644", .nowhere, "`extends`: base.yml cannot be read: "),
    ]
    for (mode, id, words) in cases {
      let outcome = try server.judge(server.line("main", try commit(server, mode, id)))
      #expect(outcome.refusing == ["main policy-change"], "\(words)")
      #expect(outcome.words.contains(words), "\(words): \(outcome.words)")
    }
    #expect(
      try server.judge(server.line("main", try commit(server, "100644", good))).answer == .accepted)
  }

  @Test func theBaseJudgesAsItIsOnTheTrustedRef() throws {
    let server = try Server()
    let good = try commit(server, "100644", try server.blob(Self.base))
    #expect(try server.push(server.line("main", good)).answer == .accepted)
    let repository = try Repository.open(at: server.repo.path)
    let first = try TrustedPolicy.load(
      .standard, in: repository, view: .server(repository))
    // Only the base changes: the policy's own bytes stay, and it is another policy all the same.
    let weak = try commit(
      server, "100644",
      try server.blob(Self.base.replacing("approvals: {minimum: 1, trust: trailer}", with: "")))
    let bad = try server.commit("bad\n", on: [weak])
    #expect(try server.judge(server.line("main", bad)).refusing == ["main approvals"])
    let outcome = try server.push(server.line("main", weak))
    #expect(outcome.answer == .accepted)
    let second = try TrustedPolicy.load(
      .standard, in: repository, view: .server(repository))
    #expect(first.origin.digest != second.origin.digest)
    #expect(try server.judge(server.line("main", bad)).answer == .accepted)
    // A base that takes in commits which nobody judged is told as such, too.
    let wild = try server.commit("wild\n", on: [server.main])
    #expect(try server.push(server.line("wip/wild", wild)).answer == .accepted)
    let grown = try commit(
      server, "100644",
      try server.blob(Self.base.replacing("\"release/*\"]", with: "\"release/*\", \"wip/*\"]")))
    let told = try server.judge(server.line("main", grown))
    #expect(told.refusing == ["main policy-change"])
    #expect(told.words.contains("would come to guard commits that it has not judged"))
  }

  @Test func aBaseInAFolder() throws {
    let folder = try TemporaryDirectory("gitrel-extends")
    try write(Self.base, to: folder.file("shared/base.yml"))
    try write(Self.policy, to: folder.file("shared/policy.yml"))
    let server = try Server()
    let repository = try Repository.open(at: server.repo.path)
    func load(_ name: String) throws -> LoadedPolicy {
      try TrustedPolicy.load(
        .file(folder.file(name)), in: repository, view: .server(repository))
    }
    let policy = try load("shared/policy.yml").document
    #expect(policy.rulesets.map(\.name) == ["production", "tags", "more"])
    #expect(policy.rulesets[0].position.file == folder.file("shared/base.yml"))

    func fault(_ extends: String) throws -> String {
      try write("version: 1\nextends: [\(extends)]\n", to: folder.file("shared/other.yml"))
      do {
        _ = try load("shared/other.yml")
        return ""
      } catch let fault as EngineFault { return fault.message }
    }
    #expect(try fault("../policy.yml").contains("leads out of the place of the policy"))
    #expect(try fault("none.yml").contains("none.yml is no file that can be read"))
    #expect(symlink(folder.file("shared/base.yml"), folder.file("shared/link.yml")) == 0)
    #expect(symlink("/etc", folder.file("shared/etc")) == 0)
    #expect(mkfifo(folder.file("shared/pipe"), 0o600) == 0)
    for name in ["link.yml", "etc/passwd", "pipe", "."] {
      #expect(try !fault(name).isEmpty, "\(name)")
    }
    #expect(try fault("link.yml").contains("is no file that can be read"))
    // In a working tree all of it is the place.
    try write("", to: folder.file(".git"))
    try write("version: 1\nextends: [../shared/policy.yml]\n", to: folder.file("team/policy.yml"))
    #expect(try load("team/policy.yml").document.rulesets.count == 3)
  }
}
