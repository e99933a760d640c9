public import Evidence
public import GitModel
internal import Glibc
internal import Signing

/// Signs statements exactly as the user's git is configured to sign (git-config(1), `gpg.format`,
/// `user.signingKey`): ssh-keygen or gpg do it, so that agents and security keys work as they do for
/// commits. What was signed is checked before it is handed back.
///
/// An SSH signature is made for the namespace `gitrel`, and counts for nothing else. OpenPGP knows no
/// such thing; there the first bytes of what is signed, `DSSEv1 ` and two lengths, tell a statement from
/// every object of git, which starts with `tree `, `object ` or another header.
public struct StatementSigner {
  /// What SSH signatures of statements are made for.
  static let namespace = Bytes("gitrel".utf8)

  /// An envelope with its signature.
  public struct Signed: Sendable {
    /// The envelope.
    public let envelope: Envelope
    /// How it was signed.
    public let format: SignatureFormat
    /// With which key.
    public let fingerprint: String

    /// `SSH key SHA256:...`
    public var words: String { "\(format == .ssh ? "SSH" : "OpenPGP") key \(fingerprint)" }
  }

  private let git: GitCommand
  private let settings: GitSettings

  /// A signer with the configuration that `git` reads.
  public init(_ git: GitCommand) throws(EngineFault) {
    self.git = git
    settings = try GitSettings(git)
  }

  /// The signer that somebody wants who says yes or no; who says nothing signs where git is told how.
  public static func wanted(
    _ choice: Bool?, by git: GitCommand
  ) throws(EngineFault) -> StatementSigner? {
    if choice == false { return nil }
    let signer = try StatementSigner(git)
    return choice == true || signer.isConfigured ? signer : nil
  }

  /// Whether git is told with what to sign.
  public var isConfigured: Bool {
    settings.value("user.signingkey") != nil
      || settings.value("gpg.format") == "ssh"
        && settings.value("gpg.ssh.defaultkeycommand") != nil
  }

  /// The envelope with a signature over its payload added.
  public func signed(_ envelope: Envelope) throws(EngineFault) -> Signed {
    let message = envelope.preAuthenticationEncoding
    let (signature, verifier) = try signature(over: message)
    do throws(SigningFault) {
      let detached = try DetachedSignature(armoured: signature)
      let fingerprint = try detached.fingerprint(
        over: message, namespace: Self.namespace, openPGP: verifier)
      var envelope = envelope
      envelope.signatures.append(
        .init(keyID: Bytes(fingerprint.utf8), signature: signature))
      return Signed(envelope: envelope, format: detached.format, fingerprint: fingerprint)
    } catch {
      throw EngineFault("the signature that was made \(error.words)", hints: Self.setUp)
    }
  }

  private func signature(
    over message: Bytes
  ) throws(EngineFault) -> (Bytes, KeyRing.OpenPGPVerifier) {
    let name = settings.value("gpg.format") ?? SignatureFormat.openpgp.rawValue
    switch SignatureFormat(rawValue: name) {
    case .ssh?:
      return (try sshSignature(over: message), { _, _ in .undecided("gpg was not asked for it") })
    case .openpgp?:
      let program = openPGPProgram
      return (
        try openPGPSignature(over: message, program),
        { signature, message in status(of: signature, over: message, program) }
      )
    case .x509?:
      throw EngineFault(
        "gpg.format is x509, and a gate takes no X.509 signatures", hints: Self.setUp)
    case nil:
      throw EngineFault(
        "gpg.format is `\(Bytes(name.utf8).printable)`, which git does not know", hints: Self.setUp)
    }
  }

  static let setUp = [
    "git config gpg.format ssh", "git config user.signingKey ~/.ssh/id_ed25519.pub",
  ]

  // MARK: - SSH

  /// As `sign_buffer_ssh` of git's gpg-interface.c does it, with the namespace `gitrel`.
  private func sshSignature(over message: Bytes) throws(EngineFault) -> Bytes {
    let folder = try PrivateFolder("gitrel-sign")
    let program = settings.value("gpg.ssh.program") ?? "ssh-keygen"
    let key = try sshKey()
    let file = try folder.write(message, to: "statement")
    var arguments = ["-Y", "sign", "-n", String(decoding: Self.namespace, as: UTF8.self), "-f"]
    switch key {
    case .literal(let text):
      // The agent has the other half of it.
      arguments += [try folder.write(Bytes((text + "\n").utf8), to: "key"), "-U"]
    case .file(let path): arguments.append(path)
    }
    let output = try run(program, arguments + [file])
    guard output.status == 0, let made = FileSystem.contents(file + ".sig") else {
      throw EngineFault(
        "\(Bytes(program.utf8).printable) did not sign with \(key.words): \(Self.complaint(output))",
        hints: Self.setUp)
    }
    return made
  }

  private enum SSHKey {
    case literal(String)
    case file(String)

    var words: String {
      switch self {
      case .literal(let text): "the key `\(Bytes(text.utf8.prefix(60)).printable)...` of the agent"
      case .file(let path): "'\(Bytes(path.utf8).printable)'"
      }
    }

    /// A key that is written out, as git tells it (`is_literal_ssh_key`).
    init?(literal text: String) {
      if text.hasPrefix("key::") {
        self = .literal(String(text.dropFirst("key::".count)))
      } else if text.hasPrefix("ssh-") {
        self = .literal(text)
      } else {
        return nil
      }
    }
  }

  private func sshKey() throws(EngineFault) -> SSHKey {
    if let text = settings.value("user.signingkey") {
      if let literal = SSHKey(literal: text) { return literal }
      // `~/` and `%(prefix)/` are git's to resolve.
      return .file(try git.answer(["config", "--type=path", "--get", "user.signingkey"]))
    }
    guard let command = settings.value("gpg.ssh.defaultkeycommand") else {
      throw EngineFault("git is not told with which SSH key to sign", hints: Self.setUp)
    }
    let words = Self.words(of: command)
    guard let program = words.first else {
      throw EngineFault("gpg.ssh.defaultKeyCommand is no command", hints: Self.setUp)
    }
    let output = try run(program, Array(words.dropFirst()))
    let line = output.stdout.prefix { $0 != UInt8(ascii: "\n") }
    guard output.status == 0, let key = SSHKey(literal: String(decoding: line, as: UTF8.self))
    else {
      throw EngineFault(
        "gpg.ssh.defaultKeyCommand gave no key: \(output.status == 0 ? "`\(line.prefix(60).printable)`" : Self.complaint(output))",
        hints: ["let it print a line such as `key::ssh-ed25519 AAAA...`"] + Self.setUp)
    }
    return key
  }

  /// The words of a command line, as git splits one (`split_cmdline` of its alias.c): white space
  /// between them, quotes of both kinds, and a backslash before anything.
  static func words(of command: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var rest = command[...]
    while let character = rest.popFirst() {
      if character == "\\", quote != "'" {
        if let next = rest.popFirst() { word = (word ?? "") + String(next) }
      } else if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if quote == nil, character == " " || character == "\t" || character == "\n" {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return quote == nil ? words + [word].compactMap { $0 } : []
  }

  // MARK: - OpenPGP

  private var openPGPProgram: String {
    settings.entries.last { ["gpg.program", "gpg.openpgp.program"].contains($0.key) }?.value
      ?? "gpg"
  }

  /// As `sign_buffer_gpg` does it.
  private func openPGPSignature(
    over message: Bytes, _ program: String
  ) throws(EngineFault) -> Bytes {
    let key = if let named = settings.value("user.signingkey") { named } else { try committer() }
    let output = try run(program, ["--status-fd=2", "-bsau", key], input: message)
    let created = output.stderr.split(separator: UInt8(ascii: "\n")).contains {
      $0.starts(with: "[GNUPG:] SIG_CREATED ".utf8)
    }
    guard output.status == 0, created else {
      throw EngineFault(
        "\(Bytes(program.utf8).printable) did not sign with the key `\(Bytes(key.utf8).printable)`: \(Self.complaint(output))",
        hints: Self.setUp)
    }
    return output.stdout
  }

  /// Whom git commits as, without the date: gpg looks for a key of that name.
  private func committer() throws(EngineFault) -> String {
    let ident = try git.answer(["var", "GIT_COMMITTER_IDENT"])
    return ident.lastIndex(of: ">").map { String(ident[...$0]) } ?? ident
  }

  private func status(
    of signature: Bytes, over message: Bytes, _ program: String
  ) -> OpenPGPStatus {
    do throws(EngineFault) {
      let folder = try PrivateFolder("gitrel-sign")
      let file = try folder.write(signature, to: "signature")
      return OpenPGPStatus(
        lines: try run(program, ["--status-fd=1", "--verify", file, "-"], input: message).stdout)
    } catch { return .undecided(error.message) }
  }

  // MARK: - Programs

  /// Runs a program of the user's configuration, with the user's environment.
  private func run(
    _ program: String, _ arguments: [String], input: Bytes = []
  ) throws(EngineFault) -> ChildProcess.Output {
    let child = ChildProcess(
      program: program, arguments: arguments.map { Bytes($0.utf8) }, environment: git.environment,
      isCaptured: true)
    do { return try child.run(input: input) } catch {
      throw EngineFault(
        "cannot \(error.call) '\(Bytes(program.utf8).printable)': \(error.reason)",
        hints: error.code == ENOENT
          ? ["install it, or name another as gpg.ssh.program or gpg.program"] : [])
    }
  }

  /// What a program said, but for what is for machines.
  private static func complaint(_ output: ChildProcess.Output) -> String {
    let lines = output.stderr.split(separator: UInt8(ascii: "\n")).filter {
      !$0.starts(with: "[GNUPG:]".utf8)
    }
    return lines.last?.trimmed.printable ?? "it ended with status \(output.status)"
  }
}
