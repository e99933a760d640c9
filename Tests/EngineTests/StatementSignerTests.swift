import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Glibc
import Policy
import Signing
import Testing

@testable import Engine

/// Signing as git is configured to sign, with the programs that it would run.
@Suite struct StatementSignerTests {
  fileprivate static let envelope = Envelope(payload: Bytes("{\"a\":1}".utf8))

  private final class Desk {
    let keys: SSHKeys
    let repo: TestRepository
    var environment: HermeticEnvironment

    init() throws {
      keys = try SSHKeys()
      repo = try TestRepository { git in git.commit("base", files: ["README": "hello\n"]) }
      environment = repo.environment
    }

    func config(_ settings: [String: String]) throws {
      for (key, value) in settings { try repo.git(["config", key, value]) }
    }

    func signer() throws -> StatementSigner {
      try StatementSigner(
        GitCommand(repository: repo.path, environment: ProcessEnvironment(environment.variables)))
    }

    func signed() throws -> StatementSigner.Signed {
      try signer().signed(StatementSignerTests.envelope)
    }

    /// The fault of signing, with its hints.
    func fault() -> String {
      do {
        let signed = try signed()
        return "signed with \(signed.words)"
      } catch let fault as EngineFault {
        return ([fault.message] + fault.hints).joined(separator: "\n")
      } catch { return "\(error)" }
    }

    func holds(_ signed: StatementSigner.Signed, by key: String) throws -> Bool {
      let facts = SignatureFacts(
        repository: try Repository.open(at: repo.path),
        people: People([Person(id: "carol", keys: [key])]),
        instant: Instant(seconds: HermeticEnvironment.start + 60))
      return facts.signers(of: signed.envelope).people == ["carol"]
    }
  }

  private static let setUp =
    "git config gpg.format ssh\ngit config user.signingKey ~/.ssh/id_ed25519.pub"

  @Test("with a key in a file, private or public, and with `~`")
  func files() throws {
    let desk = try Desk()
    #expect(try !desk.signer().isConfigured)
    let line = try desk.keys.make("carol")
    let fingerprint = try SSHPublicKey(line: Bytes(line.utf8)[...]).fingerprint
    desk.environment = desk.environment.adding(["HOME": desk.keys.folder.path])
    for name in ["\(desk.keys.folder.path)/carol", "~/carol", "~/carol.pub"] {
      try desk.config(["gpg.format": "ssh", "user.signingKey": name])
      #expect(try desk.signer().isConfigured)
      let signed = try desk.signed()
      #expect(signed.words == "SSH key \(fingerprint)")
      #expect(signed.envelope.signatures.map(\.keyID) == [Bytes(fingerprint.utf8)])
      #expect(signed.envelope.payload == Self.envelope.payload)
      #expect(try desk.holds(signed, by: line), "\(name)")
    }
  }

  @Test("with a key that an agent holds, written out, or told by a command")
  func agent() throws {
    let desk = try Desk()
    let line = try desk.keys.make("carol")
    let socket = desk.keys.folder.file("agent")
    let agent = try desk.keys.sh(["ssh-agent", "-a", socket])
    let agentProcess = try #require(
      agent.stdout.firstMatch(of: /SSH_AGENT_PID=(\d+)/).flatMap { Int32($0.1) })
    defer { kill(agentProcess, SIGTERM) }
    desk.environment = desk.environment.adding(["SSH_AUTH_SOCK": socket])
    _ = try run(
      ["ssh-add", "-q", "carol"],
      environment: desk.keys.environment.adding(["SSH_AUTH_SOCK": socket]),
      in: desk.keys.folder.path)
    // The agent alone has it from now on.
    try desk.keys.sh(["mv", "carol", "away"])
    try desk.config(["gpg.format": "ssh"])
    for literal in [line, "key::\(line)"] {
      try desk.config(["user.signingKey": literal])
      #expect(try desk.holds(try desk.signed(), by: line), "\(literal)")
    }
    try desk.config(["user.signingKey": desk.keys.folder.file("carol.pub")])
    #expect(try desk.holds(try desk.signed(), by: line))
    try desk.repo.git(["config", "--unset", "user.signingKey"])
    try desk.config(["gpg.ssh.defaultKeyCommand": "sh -c 'echo \"key::\(line)\"'"])
    #expect(try desk.signer().isConfigured)
    #expect(try desk.holds(try desk.signed(), by: line))
    try desk.config(["gpg.ssh.defaultKeyCommand": "echo nothing"])
    #expect(
      desk.fault()
        == "gpg.ssh.defaultKeyCommand gave no key: `nothing`\nlet it print a line such as `key::ssh-ed25519 AAAA...`\n"
        + Self.setUp)
  }

  @Test("what is missing is told, with what sets it up")
  func faults() throws {
    let desk = try Desk()
    try desk.config(["gpg.format": "ssh"])
    #expect(desk.fault() == "git is not told with which SSH key to sign\n\(Self.setUp)")
    try desk.config(["user.signingKey": "/nowhere/key"])
    #expect(
      desk.fault()
        == "ssh-keygen did not sign with '/nowhere/key': Couldn't load public key /nowhere/key: No such file or directory\n\(Self.setUp)"
    )
    try desk.config(["gpg.format": "x509"])
    #expect(
      desk.fault() == "gpg.format is x509, and a gate takes no X.509 signatures\n\(Self.setUp)")
    try desk.config(["gpg.format": "wax"])
    #expect(desk.fault() == "gpg.format is `wax`, which git does not know\n\(Self.setUp)")
    try desk.config(["gpg.format": "ssh", "gpg.ssh.program": "/nowhere/program"])
    #expect(
      desk.fault()
        == "cannot start '/nowhere/program': No such file or directory\ninstall it, or name another as gpg.ssh.program or gpg.program"
    )
  }

  @Test("a program that signs something else is found out before anything is written")
  func ownCheck() throws {
    let desk = try Desk()
    try desk.keys.make("carol")
    let program = desk.keys.folder.file("program")
    try desk.config([
      "gpg.format": "ssh", "user.signingKey": desk.keys.folder.file("carol"),
      "gpg.ssh.program": program,
    ])
    func says(_ act: String) throws -> String {
      try write("#!/bin/sh\nfor file; do :; done\n\(act)\n", to: program)
      chmod(program, 0o755)
      return desk.fault()
    }
    let key = desk.keys.folder.file("carol")
    #expect(
      try says("ssh-keygen -q -Y sign -n git -f \(key) \"$file\"")
        == "the signature that was made is for the namespace `git`, and `gitrel` is wanted\n\(Self.setUp)"
    )
    #expect(
      try says("echo more >>\"$file\"; ssh-keygen -q -Y sign -n gitrel -f \(key) \"$file\"")
        == "the signature that was made does not fit what it stands on: one or the other was changed\n\(Self.setUp)"
    )
    #expect(
      try says("echo nonsense >\"$file.sig\"")
        == "the signature that was made is none: it does not start as one of SSH or OpenPGP does\n\(Self.setUp)"
    )
    #expect(
      try says("echo 'no card in the reader' >&2; exit 1")
        == "\(program) did not sign with '\(key)': no card in the reader\n\(Self.setUp)")
    #expect(try says("exec ssh-keygen \"$@\"").hasPrefix("signed with SSH key SHA256:"))
  }

  @Test("with OpenPGP, by the key that is named or by the committer's")
  func openPGP() throws {
    let desk = try Desk()
    let home = try TemporaryDirectory("gpg", in: "/tmp")
    chmod(home.path, 0o700)
    desk.environment = desk.environment.adding(["GNUPGHOME": home.path])
    defer {
      _ = try? run(["gpgconf", "--kill", "all"], environment: desk.environment, in: home.path)
    }
    func gpg(_ words: String...) throws -> CommandResult {
      try run(
        ["gpg", "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""] + words,
        environment: desk.environment, in: home.path)
    }
    _ = try gpg(
      "--faked-system-time", "\(HermeticEnvironment.start - 60)", "--quick-generate-key",
      "Cem Committer <cem@example.org>", "ed25519", "sign", "never")
    let block = try gpg("--armor", "--export", "cem@example.org").stdout
    // The signature is made now, which is long after the moment at which it is judged here.
    let now = Instant(seconds: Int64(time(nil)) + 60)
    func signers(_ signed: StatementSigner.Signed) throws -> StatementSigners {
      SignatureFacts(
        repository: try Repository.open(at: desk.repo.path),
        people: People([Person(id: "cem", keys: [block])]), instant: now
      ).signers(of: signed.envelope)
    }
    let byCommitter = try desk.signed()
    #expect(byCommitter.format == .openpgp)
    #expect(try signers(byCommitter).words == "signed by cem")
    try desk.config(["user.signingKey": "cem@example.org", "gpg.format": "openpgp"])
    let named = try desk.signed()
    #expect(try signers(named).words == "signed by cem")
    // The same signature over other bytes, and over what a commit of git is.
    var copied = named
    copied = .init(
      envelope: Envelope(payload: Bytes("[]".utf8), signatures: named.envelope.signatures),
      format: .openpgp, fingerprint: named.fingerprint)
    #expect(
      try signers(copied).words
        == "signed, but the signature does not fit what it stands on: one or the other was changed")
    try desk.config(["user.signingKey": "nobody@example.org"])
    #expect(
      desk.fault()
        == "gpg did not sign with the key `nobody@example.org`: gpg: signing failed: No secret key\n\(Self.setUp)"
    )
  }

  @Test func commandLinesAreSplitAsGitDoes() {
    #expect(StatementSigner.words(of: "ssh-add -L") == ["ssh-add", "-L"])
    #expect(StatementSigner.words(of: "  sh -c 'a \"b\" \\'  ") == ["sh", "-c", "a \"b\" \\"])
    #expect(StatementSigner.words(of: "a \"b \\\" c\" d\\ e ''") == ["a", "b \" c", "d e", ""])
    #expect(StatementSigner.words(of: "a 'b") == [])
    #expect(StatementSigner.words(of: "") == [])
  }
}
