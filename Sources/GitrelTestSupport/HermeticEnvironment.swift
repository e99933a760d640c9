internal import Glibc

/// Surroundings in which git does the same on every machine: nothing of the user's configuration,
/// own home, fixed identities and times, English messages.
public struct HermeticEnvironment: Sendable {
  /// The variables, which are all that a command gets.
  public var variables: [String: String]

  /// The moment that git takes for its commits: 2026-01-05T09:00:00Z, a Monday.
  public static let start: Int64 = 1_767_603_600

  /// Surroundings whose home is `home`.
  public init(home: String) {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    variables = [
      "PATH": path, "HOME": home, "TMPDIR": home, "XDG_CONFIG_HOME": home + "/.config",
      "LC_ALL": "C", "TZ": "UTC", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
      "GIT_TERMINAL_PROMPT": "0",
      "GIT_AUTHOR_NAME": "Ann Author", "GIT_AUTHOR_EMAIL": "ann@example.org",
      "GIT_AUTHOR_DATE": "\(Self.start) +0000",
      "GIT_COMMITTER_NAME": "Cem Committer", "GIT_COMMITTER_EMAIL": "cem@example.org",
      "GIT_COMMITTER_DATE": "\(Self.start) +0000",
    ]
  }

  /// With more variables, which win over those that are there.
  public func adding(_ more: [String: String]) -> HermeticEnvironment {
    var copy = self
    copy.variables.merge(more) { $1 }
    return copy
  }
}

/// What a command did.
public struct CommandResult: Hashable, Sendable {
  /// Its exit status, or 128 and the signal that ended it, as a shell has it.
  public let status: Int32
  /// What it wrote to standard output.
  public let output: [UInt8]
  /// What it wrote to standard error.
  public let errors: [UInt8]

  /// Standard output as text.
  public var stdout: String { String(decoding: output, as: UTF8.self) }
  /// Standard error as text.
  public var stderr: String { String(decoding: errors, as: UTF8.self) }
  /// Standard output as text without white space at its ends.
  public var line: String {
    var text = stdout[...]
    while text.last?.isWhitespace == true { text = text.dropLast() }
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    return String(text)
  }
}

/// Runs a command to its end. The first word is looked up in the environment's `PATH`; nothing goes
/// through a shell. Input and output are files, so no pipe can fill up.
public func run(
  _ command: [String], input: [UInt8] = [], environment: HermeticEnvironment,
  in directory: String
) throws -> CommandResult {
  guard let name = command.first else { throw SupportError("no command") }
  let (stdin, stdout, stderr) = (try scratchFile(), try scratchFile(), try scratchFile())
  defer { for file in [stdin, stdout, stderr] { close(file) } }
  var position = 0
  while position < input.count {
    let written = input.withUnsafeBytes {
      Glibc.write(stdin, $0.baseAddress?.advanced(by: position), input.count - position)
    }
    guard written > 0 else { throw SupportError("cannot write input of \(name)") }
    position += written
  }
  lseek(stdin, 0, SEEK_SET)

  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for (target, file) in [stdin, stdout, stderr].enumerated() {
    posix_spawn_file_actions_adddup2(&actions, file, Int32(target))
  }

  // posix_spawn has no portable way into another directory; env(1) has.
  let path = "/usr/bin/env"
  let words = [path, "-C", directory, try lookUp(name, environment, directory)]
  var arguments = (words + command.dropFirst()).map { strdup($0) } + [nil]
  var variables = environment.variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { for copy in arguments + variables { free(copy) } }
  var child = pid_t()
  let spawned = posix_spawn(&child, path, &actions, nil, &arguments, &variables)
  guard spawned == 0 else {
    throw SupportError("cannot run \(path): \(String(cString: strerror(spawned)))")
  }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0 {
    guard errno == EINTR else { throw SupportError("lost \(path)") }
  }
  for file in [stdout, stderr] { lseek(file, 0, SEEK_SET) }
  // wait(2): the low seven bits hold the signal, the byte above them the exit status.
  let signal = status & 0x7F
  return CommandResult(
    status: signal == 0 ? status >> 8 & 0xFF : 128 + signal, output: try readAll(stdout),
    errors: try readAll(stderr))
}

private func scratchFile() throws -> Int32 {
  var template = Array("/tmp/gitrel-stream.XXXXXX".utf8CString)
  let file = mkstemp(&template)
  guard file >= 0 else { throw SupportError("cannot make a file in /tmp") }
  unlink(template)
  _ = fcntl(file, F_SETFD, FD_CLOEXEC)
  return file
}

private func lookUp(
  _ name: String, _ environment: HermeticEnvironment, _ directory: String
) throws -> String {
  if name.contains("/") { return name.hasPrefix("/") ? name : directory + "/" + name }
  for folder in (environment.variables["PATH"] ?? "").split(separator: ":") {
    let path = "\(folder)/\(name)"
    if access(path, X_OK) == 0 { return path }
  }
  throw SupportError("there is no \(name) in PATH")
}
