import Foundation
import GitModel
import GitrelTestSupport
import Testing

@testable import Signing

/// Keys and signatures that ssh-keygen and git make here, judged by them and by us.
struct Keygen {
  let folder: TemporaryDirectory
  let environment: HermeticEnvironment

  init() throws {
    folder = try TemporaryDirectory()
    environment = HermeticEnvironment(home: folder.path)
  }

  @discardableResult
  func sh(_ words: [String], input: Bytes = []) throws -> CommandResult {
    try run(words, input: input, environment: environment, in: folder.path)
  }

  /// Makes a key pair called `name`.
  func key(_ name: String, _ kind: [String]) throws -> SSHPublicKey {
    try sh(["ssh-keygen", "-q", "-N", "", "-C", name, "-f", name, "-t"] + kind)
    return try SSHPublicKey(line: (contents(of: folder.file(name + ".pub")) ?? [])[...])
  }

  func sign(
    _ message: Bytes, by key: String, namespace: String = "git", options: [String] = []
  ) throws -> Bytes {
    try write(message, to: folder.file("message"))
    unlink(folder.file("message.sig"))
    try sh(["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", key] + options + ["message"])
    return contents(of: folder.file("message.sig")) ?? []
  }

  /// Whether `ssh-keygen -Y verify` takes it, for `a@x` at a time.
  func takes(
    _ signature: Bytes, over message: Bytes, signers: String, namespace: String = "git",
    time: String = "20260105090000"
  ) throws -> Bool {
    try write(signature, to: folder.file("told.sig"))
    try write(signers, to: folder.file("signers"))
    return try sh(
      [
        "ssh-keygen", "-Y", "verify", "-n", namespace, "-I", "a@x", "-f", "signers", "-s",
        "told.sig", "-O", "verify-time=\(time)",
      ], input: message
    ).status == 0
  }
}

extension KeyRing {
  /// What a signature of SSH over a message for git comes to.
  fileprivate func told(
    _ signature: Bytes, over message: Bytes, for namespace: String = "git"
  ) -> String {
    let check = check(signature, of: .ssh, over: message, namespace: Bytes(namespace.utf8)) {
      _, _ in
      .undecided("nobody asks")
    }
    return switch check {
    case .good(let signer): "good: \(signer.person)"
    case .unknownKey(let fingerprint, _): "unknown key: \(fingerprint)"
    case .refused(let words): "refused: \(words)"
    case .undecided(let words): "undecided: \(words)"
    case .unsigned: "unsigned"
    }
  }
}

@Suite struct AgainstSSHKeygenTests {
  static let message = Bytes("tree 1\n\na message\n".utf8)
  static let start = Instant(seconds: HermeticEnvironment.start)

  /// Our answer to the same question.
  private func ours(
    _ signature: Bytes, over message: Bytes, signers: String, namespace: String = "git",
    at instant: Instant = start
  ) -> Bool {
    told {
      let armoured = signature
      let signature = try SSHSignature(armoured: signature[...])
      if signature.certificate != nil {
        // As a gate asks: whose it is, by the lines with an authority.
        let authorities = try AllowedSigners(content: Bytes(signers.utf8)).entries
          .filter(\.isAuthority).map {
            CertificateAuthority(key: $0.key, principals: $0.principals, terms: $0.terms)
          }
        let ring = KeyRing(
          [], authorities: authorities, addresses: [(Bytes("a@x".utf8), "a@x")], at: instant)
        let told = ring.told(armoured, over: message, for: namespace)
        guard told == "good: a@x" else { throw SigningFault(told) }
        return
      }
      try signature.check(message, namespace: Bytes(namespace.utf8))
      _ = try AllowedSigners(content: Bytes(signers.utf8)).entry(
        for: signature.key, principal: Bytes("a@x".utf8),
        namespace: Bytes(namespace.utf8),
        at: instant)
    } == "good"
  }

  static let kinds: [[String]] = [
    ["ed25519"], ["ecdsa", "-b", "256"], ["ecdsa", "-b", "384"], ["ecdsa", "-b", "521"],
    ["rsa", "-b", "3072"],
  ]

  @Test("good and forged signatures, as ssh-keygen judges them", arguments: kinds)
  func matrix(kind: [String]) throws {
    let keygen = try Keygen()
    let key = try keygen.key("key", kind)
    let other = try keygen.key("other", ["ed25519"])
    let listed = try keygen.sh(["ssh-keygen", "-l", "-f", "key.pub"]).stdout
    #expect(listed.contains(" \(key.fingerprint) "))

    let line = "\(key.kind.rawValue) " + String(decoding: Base64.encode(key.blob), as: UTF8.self)
    let otherLine =
      "\(other.kind.rawValue) " + String(decoding: Base64.encode(other.blob), as: UTF8.self)
    let signers = "a@x \(line)\n"
    let good = try keygen.sign(Self.message, by: "key")
    let sha256 = try keygen.sign(Self.message, by: "key", options: ["-O", "hashalg=sha256"])
    let file = try keygen.sign(Self.message, by: "key", namespace: "file")
    var turned = try Forge(good)
    turned.signature[turned.signature.count - 1] ^= 1
    var long = try Forge(good)
    long.tail = [0]
    var longer = try Forge(good)
    longer.signature += [0]
    var version = try Forge(good)
    version.version = 2
    var renamed = try Forge(file)
    renamed.namespace = Bytes("git".utf8)
    var swapped = try Forge(good)
    swapped.key = other.blob
    let questions: [(name: String, Bytes, Bytes, String, takes: Bool)] = [
      ("good", good, Self.message, signers, true),
      ("sha256", sha256, Self.message, signers, true),
      (
        "lines of another width", Forge.armour(try Forge(good).blob, width: 33), Self.message,
        signers, true
      ),
      ("another namespace", file, Self.message, signers, false),
      ("a namespace renamed", renamed.armoured, Self.message, signers, false),
      ("another key's list", good, Self.message, "a@x \(otherLine)\n", false),
      ("another key in it", swapped.armoured, Self.message, "a@x \(otherLine)\n", false),
      ("a changed message", good, Self.message + [10], signers, false),
      ("a changed signature", turned.armoured, Self.message, signers, false),
      ("bytes behind it", long.armoured, Self.message, signers, false),
      ("bytes behind the inner one", longer.armoured, Self.message, signers, false),
      ("version 2", version.armoured, Self.message, signers, false),
      ("another principal", good, Self.message, "b@x \(line)\n", false),
      ("a principal taken out", good, Self.message, "*@x,!a@x \(line)\n", false),
      ("a principal by pattern", good, Self.message, "?@* \(line)\n", true),
      ("namespaces with it", good, Self.message, "a@x namespaces=\"file,g*\" \(line)\n", true),
      ("namespaces without it", good, Self.message, "a@x namespaces=\"file\" \(line)\n", false),
      ("an authority", good, Self.message, "a@x cert-authority \(line)\n", false),
      ("expired", good, Self.message, "a@x valid-before=\"20260104\" \(line)\n", false),
      ("not yet expired", good, Self.message, "a@x valid-before=\"20260106\" \(line)\n", true),
      ("not yet valid", good, Self.message, "a@x valid-after=\"20260106\" \(line)\n", false),
      ("valid", good, Self.message, "a@x valid-after=\"20260104\" \(line)\n", true),
    ]
    for (name, signature, message, signers, takes) in questions {
      #expect(
        try keygen.takes(signature, over: message, signers: signers) == takes,
        "ssh-keygen on \(name)")
      #expect(ours(signature, over: message, signers: signers) == takes, "gitrel on \(name)")
    }
  }

  @Test("certificates, as ssh-keygen judges them", arguments: kinds)
  func certificates(kind: [String]) throws {
    let keygen = try Keygen()
    let authority = try keygen.key("ca", kind)
    let other = try keygen.key("other", ["ed25519"])
    func line(_ key: SSHPublicKey) -> String {
      "\(key.kind.rawValue) " + String(decoding: Base64.encode(key.blob), as: UTF8.self)
    }
    let key = try keygen.key("key", kind == ["ed25519"] ? ["ecdsa", "-b", "384"] : ["ed25519"])
    func signature(_ options: [String], by ca: String = "ca", namespace: String = "git") throws
      -> Bytes
    {
      try keygen.sh(["ssh-keygen", "-q", "-s", ca, "-I", "x"] + options + ["key.pub"])
      return try keygen.sign(Self.message, by: "key-cert.pub", namespace: namespace)
    }
    let always = ["-V", "20200101000000Z:20400101000000Z"]
    let good = try signature(always + ["-n", "b@x,a@x"])
    let read = try SSHSignature(armoured: good[...])
    #expect(read.key == key && read.certificate?.authority == authority)
    var turned = try Forge(good)
    // The last byte of the authority's signature.
    turned.key[turned.key.count - 1] ^= 1
    let trusted = "a@x cert-authority \(line(authority))\n"
    let questions: [(name: String, Bytes, String, takes: Bool)] = [
      ("good", good, trusted, true),
      ("a pattern", good, "*@x cert-authority \(line(authority))\n", true),
      ("another principal's line", good, "b@x cert-authority \(line(authority))\n", false),
      ("taken out", good, "*@x,!a@x cert-authority \(line(authority))\n", false),
      ("no authority", good, "a@x \(line(authority))\n", false),
      ("another authority", good, "a@x cert-authority \(line(other))\n", false),
      ("the key itself is listed", good, "a@x \(line(key))\n", false),
      (
        "the authority has expired", good,
        "a@x cert-authority,valid-before=\"20260104\" \(line(authority))\n", false
      ),
      (
        "for another namespace", good,
        "a@x cert-authority,namespaces=\"file\" \(line(authority))\n", false
      ),
      (
        "made for another namespace", try signature(always + ["-n", "a@x"], namespace: "file"),
        trusted, false
      ),
      ("for somebody else", try signature(always + ["-n", "b@x"]), trusted, false),
      ("for nobody", try signature(always), trusted, false),
      ("for a host", try signature(always + ["-h", "-n", "a@x"]), trusted, false),
      (
        "expired", try signature(["-V", "20200101000000Z:20260104000000Z", "-n", "a@x"]), trusted,
        false
      ),
      (
        "not valid yet", try signature(["-V", "20260106000000Z:20400101000000Z", "-n", "a@x"]),
        trusted, false
      ),
      ("by somebody else", try signature(always + ["-n", "a@x"], by: "other"), trusted, false),
      ("changed", turned.armoured, trusted, false),
      (
        "a signature by the key alone", try keygen.sign(Self.message, by: "key"), trusted, false
      ),
    ]
    for (name, signature, signers, takes) in questions {
      #expect(
        try keygen.takes(signature, over: Self.message, signers: signers) == takes,
        "ssh-keygen on \(name)")
      #expect(ours(signature, over: Self.message, signers: signers) == takes, "gitrel on \(name)")
    }
    // What ties a key to a command is not for signing; ssh-keygen passes over it.
    let tied = try signature(always + ["-n", "a@x", "-O", "force-command=true"])
    #expect(try keygen.takes(tied, over: Self.message, signers: trusted))
    #expect(!ours(tied, over: Self.message, signers: trusted))
    #expect(
      KeyRing(
        [], authorities: [.init(key: authority, principals: Bytes("*".utf8), terms: Self.anything)],
        addresses: [(Bytes("a@x".utf8), "alice")], at: Self.start
      ).told(tied, over: Self.message)
        == "refused: is by a certificate for something else: it is tied by `force-command`")
  }

  private static let anything = KeyTerms(
    line: 1, namespaces: nil, validAfter: nil, validBefore: nil)

  @Test("whose key a certificate makes it")
  func certified() throws {
    let keygen = try Keygen()
    let authority = try keygen.key("ca", ["ed25519"])
    let key = try keygen.key("key", ["ed25519"])
    try keygen.sh(["ssh-keygen", "-q", "-s", "ca", "-I", "x", "-n", "A@x,b@x,c@y", "key.pub"])
    let signature = try keygen.sign(Self.message, by: "key-cert.pub")
    func told(
      _ addresses: [(String, String)], by principals: String = "*",
      people: [(id: String, keys: [String])] = [], authorities: Bool = true
    ) -> String {
      KeyRing(
        people,
        authorities: authorities
          ? [.init(key: authority, principals: Bytes(principals.utf8), terms: Self.anything)] : [],
        addresses: addresses.map { (Bytes($0.0.utf8), $0.1) }, at: Self.start
      ).told(signature, over: Self.message)
    }
    #expect(told([("a@x", "alice")]) == "good: alice")
    #expect(told([("a@x", "alice"), ("b@x", "alice")]) == "good: alice")
    #expect(
      told([("a@x", "alice"), ("b@x", "bob")]) == "refused: is by a certificate for alice and bob")
    // What a pattern takes out stays out, however the certificate spells it.
    #expect(told([("a@x", "alice")], by: "*@x,!a@x").hasPrefix("refused: is by a certificate for"))
    #expect(told([("a@x", "alice")], by: "A@X") == "good: alice")
    // The authority may name those of one domain only.
    #expect(told([("a@x", "alice"), ("c@y", "carol")], by: "*@y") == "good: carol")
    #expect(
      told([("a@x", "alice")], by: "*@y")
        == "refused: is by a certificate for `A@x, b@x, c@y`, who is nobody whom the policy lets its authority name"
    )
    #expect(
      told([("a@x", "alice")], authorities: false) == "unknown key: \(authority.fingerprint)")
    let line =
      "\(key.kind.rawValue) " + String(decoding: Base64.encode(key.blob), as: UTF8.self)
    #expect(
      told([("a@x", "alice")], people: [("bob", [line])])
        == "refused: is by a key of bob with a certificate for alice")
  }

  @Test("what ssh-keygen takes and a gate does not")
  func stricter() throws {
    let keygen = try Keygen()
    try keygen.sh(["ssh-keygen", "-q", "-N", "", "-f", "small", "-t", "rsa", "-b", "2048"])
    let line = String(decoding: contents(of: keygen.folder.file("small.pub")) ?? [], as: UTF8.self)
    let small = try keygen.sign(Self.message, by: "small")
    #expect(try keygen.takes(small, over: Self.message, signers: "a@x \(line)"))
    let words = "is an RSA key of 2048 bits, and fewer than 3072 are too weak"
    #expect(told { _ = try SSHSignature(armoured: small[...]) } == "is by a key that \(words)")
    #expect(told { _ = try SSHPublicKey(line: Bytes(line.utf8)[...]) } == words)

    let key = try keygen.key("key", ["ed25519"])
    let signers =
      "a@x \(key.kind.rawValue) " + String(decoding: Base64.encode(key.blob), as: UTF8.self) + "\n"
    let good = try keygen.sign(Self.message, by: "key")
    var reserved = try Forge(good)
    reserved.reserved = Bytes("x".utf8)
    for forged in [good + "Approved-by: Bob\n".utf8, reserved.armoured] {
      #expect(try keygen.takes(forged, over: Self.message, signers: signers))
      #expect(!ours(forged, over: Self.message, signers: signers))
    }
  }

  @Test("commits and tags that git signs, and git's own answers")
  func git() throws {
    let repo = try TestRepository { git in git.commit("base", files: ["README": "hello\n"]) }
    try repo.git(["config", "gpg.format", "ssh"])
    let key = repo.directory.file("key")
    _ = try run(
      ["ssh-keygen", "-q", "-N", "", "-t", "ed25519", "-f", key], environment: repo.environment,
      in: repo.directory.path)
    let line = String(decoding: contents(of: key + ".pub") ?? [], as: UTF8.self)
    try write("cem@example.org \(line)", to: repo.directory.file("signers"))
    try repo.git(["config", "user.signingKey", key])
    try repo.git(["config", "gpg.ssh.allowedSignersFile", repo.directory.file("signers")])
    let ring = KeyRing([(id: "cem", keys: [line])], at: Self.start)

    try repo.git(["commit", "-q", "--allow-empty", "-S", "-m", "signed\n\nwith a body"])
    let commit = try content("HEAD", "commit", repo)
    try repo.git(["commit", "-q", "--allow-empty", "-m", "not signed"])
    let unsigned = try content("HEAD", "commit", repo)
    try repo.git(["tag", "-s", "-m", "version 1\n\nSee:\n\n----\n", "v1"])
    let tag = try content("v1", "tag", repo)
    try repo.git(["tag", "-a", "-m", "version 2", "v2"])
    let plain = try content("v2", "tag", repo)

    func changed(_ content: Bytes, _ old: String, _ new: String) -> Bytes {
      Bytes(String(decoding: content, as: UTF8.self).replacing(old, with: new).utf8)
    }
    let broken = "does not fit what it stands on: one or the other was changed"
    let good = SignatureCheck.Signer(
      person: "cem", format: .ssh,
      fingerprint: try SSHPublicKey(line: Bytes(line.utf8)[...]).fingerprint)
    let table: [(ObjectKind, Bytes, SignatureCheck, git: Bool)] = [
      (.commit, commit, .good(good), true),
      (.commit, unsigned, .unsigned, false),
      (.commit, changed(commit, "with a body", "with a bodY"), .refused(broken), false),
      (.commit, changed(commit, "Ann Author", "Ann Other"), .refused(broken), false),
      (.commit, changed(commit, "\n\nsigned", "\nchange-id x\n\nsigned"), .refused(broken), false),
      (.tag, tag, .good(good), true),
      (.tag, plain, .unsigned, false),
      (.tag, changed(tag, "tag v1", "tag v9"), .refused(broken), false),
      // git takes this one, though nobody signed the last line.
      (
        .tag, tag + "Approved-by: Bob\n".utf8,
        .refused("has text after its end, which nobody signed"), true
      ),
    ]
    for (kind, content, expected, isGoodForGit) in table {
      let id = try repo.writeObject(kind, content)
      let told = try run(
        ["git", "verify-\(kind.rawValue)", id.hex], environment: repo.environment, in: repo.path)
      #expect((told.status == 0) == isGoodForGit, "\(told.stderr)")
      let check = ring.check(content[...], kind: kind) { _, _ in
        .undecided("nobody asks gpg about SSH")
      }
      #expect(check == expected)
    }
  }

  @Test("a key that has expired signs nothing, also back-dated, where git calls it good")
  func expired() throws {
    let repo = try TestRepository { git in git.commit("base", files: ["README": "hello\n"]) }
    let key = repo.directory.file("key")
    _ = try run(
      ["ssh-keygen", "-q", "-N", "", "-t", "ed25519", "-f", key], environment: repo.environment,
      in: repo.directory.path)
    let line = String(decoding: contents(of: key + ".pub") ?? [], as: UTF8.self)
    // The objects say 2026-01-05, 09:00 UTC.
    let terms = "namespaces=\"git\",valid-after=\"20260105Z\",valid-before=\"20260106Z\""
    let signers = "cem@example.org \(terms) \(line)"
    try write(signers, to: repo.directory.file("signers"))
    for (key, value) in [
      ("gpg.format", "ssh"), ("user.signingKey", key),
      ("gpg.ssh.allowedSignersFile", repo.directory.file("signers")),
    ] { try repo.git(["config", key, value]) }
    try repo.git(["commit", "-q", "--allow-empty", "-S", "-m", "signed"])
    try repo.git(["tag", "-s", "-m", "version 1", "v1"])
    let entry = try #require(try AllowedSigners(content: Bytes(signers.utf8)).entries.first)
    let day: Int64 = 86_400
    let table: [(Int64, SignatureCheck?)] = [
      (0, nil),
      (
        day,
        .refused("is by a key that was valid until 2026-01-06T00:00:00Z (line 1)")
      ),
      (
        -day,
        .refused("is by a key that is valid from 2026-01-05T00:00:00Z on (line 1)")
      ),
    ]
    for (kind, name) in [(ObjectKind.commit, "HEAD"), (.tag, "v1")] {
      let content = try content(name, kind.rawValue, repo)
      // git asks about the moment that the object claims, whenever it is asked.
      let git = try run(
        ["faketime", "2026-03-01 09:00:00", "git", "verify-\(kind.rawValue)", name],
        environment: repo.environment, in: repo.path)
      #expect(git.status == 0, "\(git.stderr)")
      for (offset, refusal) in table {
        let ring = KeyRing(
          [],
          listed: [
            .init(person: "cem", text: PublicKey.ssh(entry.key).text, terms: entry.terms)
          ], at: Instant(seconds: HermeticEnvironment.start + offset))
        let check = ring.check(content[...], kind: kind) { _, _ in .undecided("nobody asks gpg") }
        let good = SignatureCheck.good(
          .init(person: "cem", format: .ssh, fingerprint: entry.key.fingerprint))
        #expect(check == refusal ?? good)
      }
    }
  }

  private func content(_ name: String, _ kind: String, _ repo: TestRepository) throws -> Bytes {
    try run(["git", "cat-file", kind, name], environment: repo.environment, in: repo.path).output
  }
}
