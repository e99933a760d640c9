public import ArgumentParser
public import Engine
@preconcurrency import Glibc

/// `gitrel install`
struct Install: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Install gitrel's hooks in this clone or in a server's repository.",
    discussion: """
      In a clone: pre-push and commit-msg, in the directory that git really uses, and a refspec that \
      fetches statements and the decision log. On a server: pre-receive and post-receive in a bare \
      repository, and the settings that they rely on. A hook that is there already is kept beside and \
      runs after gitrel's. Running it again changes nothing, or mends what has drifted.

      Example: gitrel install
      Example: gitrel install --server /srv/git/app.git --identity shell
      Example: gitrel install --hooks-dir /usr/local/libexec/gitrel/hooks
      """)

  @Option(help: "Install in this bare repository, for all who push to it.")
  var server: String?

  @Option(
    help: ArgumentHelp(
      "Who tells the hook the pusher's name: \(Install.identities).", valueName: "kind"))
  var identity: PusherSource?

  @Option(
    help: ArgumentHelp(
      "Where the policy is: refs/heads/main:.gitrel/policy.yml or an absolute file.",
      valueName: "place"))
  var policy: String?

  @Option(help: "The gitrel binary that the hooks call; default: this one.")
  var binary: String?

  @Option(help: "The remote whose statements are fetched; default: the only one, or origin.")
  var remote: String?

  @Flag(help: "Go into a hooks directory that other repositories use too.")
  var shared = false

  @Option(
    help: ArgumentHelp(
      "Write the hooks that `gitrel shell` uses for all repositories.", valueName: "dir"))
  var hooksDir: String?

  private static let identities = PusherSource.allCases.map(\.rawValue).joined(separator: ", ")

  func validate() throws {
    if server == nil, policy != nil { throw ValidationError("--policy needs --server") }
    if server == nil, hooksDir == nil, identity != nil {
      throw ValidationError("--identity needs --server")
    }
    if server != nil, remote != nil || shared {
      throw ValidationError("--remote and --shared are for a clone, not for --server")
    }
    if hooksDir != nil, server != nil || policy != nil || remote != nil || shared {
      throw ValidationError("--hooks-dir goes with --binary and --identity only")
    }
  }

  func run() throws {
    let binary = try binary ?? Executable.callable()
    try Failure.translating { () throws(EngineFault) in
      let report: InstallReport
      if let hooksDir {
        report = try HooksDirectory.write(
          Executable.absolute(hooksDir), binary: Executable.absolute(binary),
          identity: identity ?? .shell)
      } else {
        let environment = ProcessEnvironment.ofThisProcess
        let site = try InstallSite(server: server, environment: environment)
        report = try Installation.run(
          site,
          Installation.Options(
            binary: Executable.absolute(binary), identity: identity, policy: policy,
            remote: remote, isShared: shared))
      }
      report.tell()
    }
  }
}

extension PusherSource: ExpressibleByArgument {}

extension InstallReport {
  /// Prints what was done and what is left to do.
  func tell() {
    for sentence in done { Console.report(sentence) }
    for sentence in advice { Console.diagnose("gitrel: hint: \(sentence)") }
  }
}

extension Failure {
  /// Runs what installs, and turns its faults into failures of the command.
  static func translating<Result>(
    status: ExitStatus = .undecided, _ body: () throws(EngineFault) -> Result
  ) throws(Failure) -> Result {
    do {
      return try body()
    } catch {
      throw Failure(error.message, hints: error.hints, status: status)
    }
  }
}

extension ProcessEnvironment {
  /// The environment that this process was started with.
  static var ofThisProcess: ProcessEnvironment {
    var entries: [[UInt8]] = []
    var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = environ
    while let entry = next?.pointee {
      entries.append((0..<strlen(entry)).map { UInt8(bitPattern: entry[$0]) })
      next = next?.successor()
    }
    return ProcessEnvironment(entries: entries)
  }
}

/// The file that this process runs.
enum Executable {
  /// Its path without links.
  static func path() throws(Failure) -> String {
    guard let real = realpath("/proc/self/exe", nil) else {
      throw Failure("cannot tell where gitrel is installed", hints: ["name it with --binary PATH"])
    }
    defer { free(real) }
    return String(cString: real)
  }

  /// The path that it was called by, if that is absolute or found in PATH: a link such as
  /// `/usr/local/bin/gitrel` outlives the version that it leads to today.
  static func callable() throws(Failure) -> String {
    let real = try path()
    let name = CommandLine.arguments.first ?? ""
    let candidates =
      name.contains("/")
      ? [absolute(name)]
      : (ProcessEnvironment.ofThisProcess["PATH"] ?? "").split(separator: ":")
        .filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }
    for candidate in candidates {
      guard let found = realpath(candidate, nil) else { continue }
      defer { free(found) }
      if String(cString: found) == real { return candidate }
    }
    return real
  }

  /// A path as seen from the current directory.
  static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let here = getcwd(nil, 0) else { return path }
    defer { free(here) }
    let name = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    return "\(String(cString: here))/\(name)"
  }
}
