import Foundation
import GitModel
import GitrelTestSupport
import PolicyFile
import Signing
import Testing

@testable import Engine

/// gpg itself, with keys that are made here.
@Suite struct OpenPGPCheckTests {
  /// A home with secret keys. Its path is short, because a socket lies in it.
  private final class Signer {
    let folder: TemporaryDirectory
    private let environment: HermeticEnvironment

    init() throws {
      folder = try TemporaryDirectory("gpg", in: "/tmp")
      chmod(folder.path, 0o700)
      environment = HermeticEnvironment(home: folder.path).adding(["GNUPGHOME": folder.path])
    }

    deinit {
      _ = try? run(["gpgconf", "--kill", "all"], environment: environment, in: folder.path)
    }

    @discardableResult
    func gpg(_ words: [String], input: Bytes = []) throws -> Bytes {
      let time = ["--faked-system-time", "\(HermeticEnvironment.start)"]
      let result = try run(
        ["gpg", "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""] + time
          + words, input: input, environment: environment, in: folder.path)
      guard result.status == 0 else { throw SupportError("gpg \(words): \(result.stderr)") }
      return result.output
    }

    func key(_ name: String, _ kind: String = "ed25519", expires: String = "never") throws -> String
    {
      try gpg(["--quick-generate-key", name, kind, "sign", expires])
      return String(decoding: try gpg(["--armor", "--export", name]), as: UTF8.self)
    }

    func sign(_ payload: Bytes, by names: String..., options: [String] = []) throws -> Bytes {
      try gpg(
        names.flatMap { ["-u", $0] } + options + ["--armor", "--detach-sign"], input: payload)
    }
  }

  private static let payload = Bytes("tree 1\n\nmessage\n".utf8)

  private func check(
    _ signature: Bytes, _ people: [(String, String)], over payload: Bytes = payload,
    after seconds: Int64 = 60, program: String = "gpg"
  ) -> String {
    let ring = KeyRing(people.map { (id: $0.0, keys: [$0.1]) }, at: Instant(seconds: 0))
    #expect(ring.problems == [])
    let gpg = OpenPGPCheck(
      keys: ring.openPGPKeys, instant: Instant(seconds: HermeticEnvironment.start + seconds),
      program: program)
    switch ring.check(
      signature, of: .openpgp, over: payload, namespace: Bytes("git".utf8),
      openPGP: { gpg.status(of: $0, over: $1) })
    {
    case .unsigned: return "unsigned"
    case .good(let signer): return "good: \(signer.person)"
    case .unknownKey: return "unknown"
    case .refused(let words): return "refused: \(words)"
    case .undecided(let words): return "undecided: \(words)"
    }
  }

  @Test("whose key, good or not, at the moment of the decision")
  func answers() throws {
    let home = try Signer()
    let alice = try home.key("alice@example.com")
    let bob = try home.key("bob@example.com", expires: "2026-02-01")
    let people = [("alice", alice), ("bob", bob)]
    let good = try home.sign(Self.payload, by: "alice@example.com")
    #expect(check(good, people) == "good: alice")
    #expect(check(good, [("bob", bob)]) == "unknown")
    #expect(
      check(good, people, over: Self.payload + [10])
        == "refused: does not fit what it stands on: one or the other was changed")
    let both = try home.sign(Self.payload, by: "alice@example.com", "bob@example.com")
    #expect(check(both, people) == "refused: holds 2 signatures, and one is what counts")
    let old = try home.sign(
      Self.payload, by: "alice@example.com", options: ["--digest-algo", "SHA1"])
    #expect(
      check(old, people)
        == "refused: hashes with SHA-1, and SHA-256, SHA-384 and SHA-512 are what counts")

    // Bob's key lives until February, whenever he says that he signed.
    let bobs = try home.sign(Self.payload, by: "bob@example.com")
    #expect(check(bobs, people) == "good: bob")
    #expect(
      check(bobs, people, after: 40 * 86_400) == "refused: is by a key that has expired")

    #expect(
      check(good, people, program: "no-such-gpg")
        == "undecided: cannot start gpg: No such file or directory; it must be installed where the gate runs"
    )
  }

  @Test("a key that was revoked, and one that is too small")
  func revokedAndSmall() throws {
    let home = try Signer()
    let small = try home.key("small@example.com", "rsa2048")
    let signed = try home.sign(Self.payload, by: "small@example.com")
    #expect(
      check(signed, [("small", small)])
        == "refused: is by a key that is an RSA key of 2048 bits, and fewer than 3072 are too weak")

    _ = try home.key("alice@example.com")
    let good = try home.sign(Self.payload, by: "alice@example.com")
    let folder = home.folder.file("openpgp-revocs.d")
    let listed = try home.gpg(["--with-colons", "--list-keys", "alice@example.com"])
    let fingerprint = try #require(
      String(decoding: listed, as: UTF8.self).split(separator: "\n").first {
        $0.hasPrefix("fpr:")
      }?.split(separator: ":").last)
    // gpg keeps a certificate ready, with a colon before its first line against accidents.
    let kept = String(
      decoding: contents(of: "\(folder)/\(fingerprint).rev") ?? [], as: UTF8.self)
    try home.gpg(["--import"], input: Bytes(kept.replacing(":-----BEGIN", with: "-----BEGIN").utf8))
    let revoked = String(
      decoding: try home.gpg(["--armor", "--export", "alice@example.com"]), as: UTF8.self)
    #expect(check(good, [("alice", revoked)]) == "refused: is by a key that was revoked")
  }

  @Test("a child that takes too long, or writes too much, is killed")
  func bounds() throws {
    func run(_ script: String) throws -> ChildProcess.Output {
      try ChildProcess(
        program: "/bin/sh", arguments: [Bytes("-c".utf8), Bytes(script.utf8)],
        environment: ProcessEnvironment([:]), isCaptured: true,
        bounds: .init(milliseconds: 300, bytes: 1_000)
      ).run(input: [])
    }
    #expect(try run("echo yes").stdout == Bytes("yes\n".utf8))
    #expect(try run("echo yes").isCut == false)
    #expect(try run("exec sleep 60").isCut)
    #expect(try run("exec >&- 2>&-; exec sleep 60").isCut)
    #expect(try run("exec yes").isCut)
  }

  @Test("the doctor asks for gpg where the policy counts what only gpg can check")
  func doctor() throws {
    let key = try Signer().key("Ann <ann@example.org>")
    let lines = key.split(separator: "\n", omittingEmptySubsequences: false)
    func findings(_ rule: String, folders: [String]) throws -> [DoctorFinding] {
      let text =
        "version: 1\nrulesets: [{name: a, refs: [main], rules: {\(rule)}}]\n"
        + "people:\n  bob: {}\n  ann:\n    keys:\n      - |\n"
        + lines.map { "        \($0)\n" }.joined()
      let policy = try PolicyReader.read(Bytes(text.utf8), file: "p", zone: ZoneDirectory.zone)
      return GateChecks.signatures(by: policy, folders: folders)
    }
    #expect(
      try findings("signed-commits: ", folders: ["/nowhere", "/none"]).map(\.text) == [
        "is not in /nowhere, /none, so that no OpenPGP signature can be checked, which `signed-commits` (line 2) asks for"
      ])
    #expect(
      try findings("signed-commits: ", folders: OpenPGPCheck.folders) == [
        .fine("gpg", "is there for `signed-commits`")
      ])
    // Nobody has a key for gpg who could sign, no such signature counts, or none is asked for.
    for rule in ["signed-commits: {by: bob}", "signed-commits: {formats: [ssh]}", "no-delete: "] {
      #expect(try findings(rule, folders: ["/nowhere"]) == [], "\(rule)")
    }
  }
}
