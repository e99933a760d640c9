internal import GitModel
internal import Glibc
internal import Signing

/// Asks gpg about signatures, in a home of its own that holds the public keys of the policy and nothing
/// else: no configuration, no trust, no agent, no network.
///
/// gpg judges at the moment that it is given. What a signature says of its own time is typed by whoever
/// made it, so that a key that has expired or was revoked signs nothing, back-dated or not.
final class OpenPGPCheck {
  /// How many signatures one push may bring; each is one run of gpg.
  static let limit = 1_000
  /// How long one run may take, and how much gpg may say.
  static let bounds = ChildProcess.Bounds(milliseconds: 10_000, bytes: 1 << 16)

  /// Where gpg is looked for: never where whoever runs gitrel has it.
  static let folders = ["/usr/local/bin", "/usr/bin", "/bin"]

  private let keys: [Bytes]
  private let instant: Instant
  private let program: String
  private var count = 0
  private lazy var home = makeHome()

  /// A check with these keys, at this moment.
  init(keys: [Bytes], instant: Instant, program: String = "gpg") {
    (self.keys, self.instant, self.program) = (keys, instant, program)
  }

  /// What gpg says of a detached signature over a payload.
  func status(of signature: Bytes, over payload: Bytes) -> OpenPGPStatus {
    count += 1
    guard count <= Self.limit else {
      return .undecided("there are more than \(Self.limit) OpenPGP signatures in one push")
    }
    do {
      let home = try home.get()
      let file = try home.write(signature, to: "signature")
      let output = try run(
        ["--faked-system-time", String(instant.seconds), "--verify", "--", file, "-"],
        input: payload, home: home.path)
      let status = OpenPGPStatus(lines: output.stdout)
      guard case .good = status, output.status != 0 else { return status }
      return .undecided("gpg ended with status \(output.status)")
    } catch {
      return .undecided(error.message)
    }
  }

  private func makeHome() -> Result<PrivateFolder, EngineFault> {
    Result { () throws(EngineFault) in
      let made = try PrivateFolder("gitrel-keys")
      _ = try run(
        ["--ignore-time-conflict", "--import"], input: keys.flatMap { $0 }, home: made.path)
      return made
    }
  }

  private func run(
    _ arguments: [String], input: Bytes, home: String
  ) throws(EngineFault) -> ChildProcess.Output {
    let fixed = [
      "--homedir", home, "--no-options", "--batch", "--no-tty", "--no-autostart",
      "--disable-dirmngr", "--no-auto-key-retrieve", "--no-auto-check-trustdb",
      "--trust-model", "always", "--status-fd", "1",
    ]
    let child = ChildProcess(
      program: program, arguments: (fixed + arguments).map { Bytes($0.utf8) },
      environment: ProcessEnvironment([
        "PATH": Self.folders.joined(separator: ":"), "HOME": home, "LC_ALL": "C",
      ]), isCaptured: true, bounds: Self.bounds)
    let output: ChildProcess.Output
    do { output = try child.run(input: input) } catch {
      let remedy = error.code == ENOENT ? "; it must be installed where the gate runs" : ""
      throw EngineFault("cannot \(error.call) gpg: \(error.reason)\(remedy)")
    }
    guard !output.isCut else { throw EngineFault("gpg did not come to an end within its bounds") }
    return output
  }
}
