internal import GitModel
internal import Glibc
public import Release

/// Hands a mail to what sends it: the machine's `sendmail`, or curl for a server of SMTP. Nothing of
/// this process is told to either but the mail.
public enum MailCarrier: Sendable {
  /// The machine's own `sendmail`.
  case sendmail
  /// The server behind a URL, `smtp://HOST:PORT` or `smtps://HOST`; a password stands in ~/.netrc.
  case smtp(String)

  /// How long one mail may take, in seconds.
  static let patience = 60

  /// Sends `mail`.
  public func send(_ mail: MailMessage, environment: ProcessEnvironment) throws(EngineFault) {
    let child: ChildProcess
    var input = mail.encoded
    switch self {
    case .sendmail:
      // sendmail takes lines as the system ends them.
      input = input.filter { $0 != UInt8(ascii: "\r") }
      child = process(
        "sendmail", ["-i", "-f", mail.from, "--"] + mail.to, Self.withSystemFolders(environment))
    case .smtp(let url):
      child = process("curl", try Self.arguments(url, mail), environment)
    }
    let output: ChildProcess.Output
    do { output = try child.run(input: input) } catch {
      throw EngineFault(
        "cannot \(error.call) `\(child.program)`: \(error.reason)",
        hints: ["nothing was sent; gitrel release mail --output FILE writes the mail"])
    }
    guard output.status == 0, !output.isCut else {
      let said = TagRun.shown(output.stderr)
      throw EngineFault(
        "the mail was not sent: `\(child.program)` \(output.isCut ? "took too long" : "ended with the status \(output.status)")"
          + (said.isEmpty ? "" : "\n\(said)"))
    }
  }

  private func process(
    _ program: String, _ arguments: [String], _ environment: ProcessEnvironment
  ) -> ChildProcess {
    ChildProcess(
      program: program, arguments: arguments.map { Array($0.utf8) }, environment: environment,
      isCaptured: true,
      bounds: .init(milliseconds: Int64(Self.patience + 10) * 1000, bytes: 1 << 20))
  }

  /// What curl is told. Its own configuration is left out; a connection to anywhere but this machine is
  /// encrypted or there is none.
  private static func arguments(
    _ url: String, _ mail: MailMessage
  ) throws(EngineFault) -> [String] {
    let isPlain = url.hasPrefix("smtp://")
    guard isPlain || url.hasPrefix("smtps://"), url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw EngineFault(
        "`\(Bytes(url.utf8).prefix(80).printable)` is no server of SMTP",
        hints: ["write smtp://mail.example.com:587 or smtps://mail.example.com"])
    }
    let authority = url.dropFirst((isPlain ? "smtp://" : "smtps://").count).prefix { $0 != "/" }
    guard !authority.contains("@") else {
      throw EngineFault(
        "a password in a command line is seen by everybody on the machine",
        hints: ["put it into ~/.netrc: machine HOST login NAME password PASSWORD"])
    }
    let host =
      authority.hasPrefix("[")
      ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
    let isHere = ["localhost", "127.0.0.1", "[::1]"].contains(String(host))
    return [
      "--disable", "--silent", "--show-error", "--noproxy", "*", "--proto", "=smtp,smtps",
      "--max-time", "\(patience)", "--netrc-optional",
    ] + (isHere ? [] : ["--ssl-reqd"]) + ["--mail-from", mail.from]
      + mail.to.flatMap { ["--mail-rcpt", $0] } + ["--upload-file", "-", "--url", url]
  }

  /// `sendmail` is where programs of the system are, which need not be in the PATH of a user.
  private static func withSystemFolders(_ environment: ProcessEnvironment) -> ProcessEnvironment {
    var environment = environment
    environment["PATH"] = (environment["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/usr/lib"
    return environment
  }
}
