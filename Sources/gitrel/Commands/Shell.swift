import ArgumentParser
import Engine
import Glibc

/// `gitrel shell`
struct Shell: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve git to one person over ssh, with hooks that cannot be switched off.",
    discussion: """
      A forced command for sshd, one line in authorized_keys for each key:

        command="/usr/local/bin/gitrel shell alice --root /srv/git",restrict ssh-ed25519 AAAA...

      Only git push, fetch, clone and archive are served, only below the root, in a clean environment. \
      Hooks come from --hooks and never from the repository. The hook is told who pushes: the name \
      written here, not what the client says.

      Example: gitrel shell alice --root /srv/git -c "git-upload-pack 'app.git'"
      """)

  @Argument(help: "Who pushes: letters, digits and . _ @ -")
  var who: String

  @Option(help: "The directory of the repositories; default: the account's home.")
  var root: String?

  @Option(help: "The directory of the hooks; default: libexec/gitrel/hooks beside bin.")
  var hooks: String?

  @Option(help: "The git binary.")
  var git = "/usr/bin/git"

  @Option(help: "The most that one push may bring, such as 500m or 2g.")
  var maxInput = "2g"

  @Option(name: .customShort("c"), help: "The command to serve; default: SSH_ORIGINAL_COMMAND.")
  var command: String?

  func run() throws {
    let environment = ProcessEnvironment.ofThisProcess
    let settings = ServedSession.Settings(
      root: try root ?? Self.home(), hooks: try hooks ?? Self.defaultHooks(), git: git,
      maximumInput: maxInput)
    let asked = command.map { Array($0.utf8) } ?? environment.bytes("SSH_ORIGINAL_COMMAND") ?? []
    let session = try Failure.translating(status: .refused) { () throws(EngineFault) in
      try ServedSession(
        who: who, command: asked, settings: settings, gitProtocol: environment["GIT_PROTOCOL"])
    }
    Self.closeDescriptors()
    CStringArray.with(session.arguments) { arguments in
      CStringArray.with(session.environment.entries) { environment in
        _ = execve(session.program, arguments, environment)
      }
    }
    throw Failure("cannot start '\(session.program)': \(String(cString: strerror(errno)))")
  }

  /// The home directory in the password file: the environment's `HOME` may be the client's.
  private static func home() throws(Failure) -> String {
    guard let entry = getpwuid(getuid()), let directory = entry.pointee.pw_dir else {
      throw Failure("this account has no home directory", hints: ["name the root with --root DIR"])
    }
    return String(cString: directory)
  }

  private static func defaultHooks() throws(Failure) -> String {
    // PREFIX/bin/gitrel -> PREFIX/libexec/gitrel/hooks
    let parts = try Executable.path().split(separator: "/").dropLast(2)
    return "/" + (parts + ["libexec", "gitrel", "hooks"]).joined(separator: "/")
  }

  /// Git gets the three streams and nothing else that was open by chance.
  private static func closeDescriptors() {
    var open: [Int32] = []
    if let directory = opendir("/proc/self/fd") {
      while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
          String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
        if let file = Int32(name) { open.append(file) }
      }
      closedir(directory)
    } else {
      open = Array(3..<1024)
    }
    for file in open where file > 2 { close(file) }
  }
}
