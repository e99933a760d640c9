public import GitModel

/// Runs the git binary: for what needs git's own configuration, a transport or credentials. Judging
/// never does. No shell is involved, and the child sees the given environment and no other.
public struct GitCommand: Sendable {
  /// What git answered.
  public struct Output: Sendable {
    /// The exit status; 128 + signal when git was killed.
    public let status: Int32
    /// The bytes on standard output.
    public let stdout: Bytes
    /// The bytes on standard error.
    public let stderr: Bytes

    /// Whether git ended with status 0.
    public var isSuccess: Bool { status == 0 }

    /// Standard output as text without the line end that git adds; for display and for paths.
    public var text: String {
      String(decoding: stdout.last == 0x0A ? stdout.dropLast() : stdout, as: UTF8.self)
    }

    /// The first line on standard error without git's `fatal: `, fit for a terminal.
    public var complaint: String {
      let line = stderr.split(separator: 0x0A).first ?? []
      for prefix in ["fatal: ", "error: "] where line.starts(with: prefix.utf8) {
        return line.dropFirst(prefix.utf8.count).printable
      }
      return line.printable
    }
  }

  /// The git binary: a path, or a name looked for in `PATH` of `environment`.
  public var binary: String
  /// The directory git works in (`-C`), nil for the current one.
  public var repository: String?
  /// The repository itself where it must not be looked for (`--git-dir`), as hooks see it.
  public var gitDirectory: String?
  /// The whole environment of git. `LC_ALL=C` is added, so that messages can be read.
  public var environment: ProcessEnvironment

  /// A git that works in `repository`, with this environment.
  public init(
    repository: String?, gitDirectory: String? = nil, environment: ProcessEnvironment,
    binary: String = "git"
  ) {
    self.binary = binary
    self.repository = repository
    self.gitDirectory = gitDirectory
    self.environment = environment
    self.environment["LC_ALL"] = "C"
  }

  /// Runs git to its end. A status other than 0 is an answer, not an error.
  public func run(
    _ arguments: [String], input: Bytes = []
  ) throws(GitCommandFault) -> Output {
    try run(bytes: arguments.map { Array($0.utf8) }, input: input)
  }

  /// The same with arguments that need not be UTF-8, such as names of refs.
  public func run(bytes arguments: [Bytes], input: Bytes = []) throws(GitCommandFault) -> Output {
    var all: [Bytes] = []
    if let repository { all += [Array("-C".utf8), Array(repository.utf8)] }
    if let gitDirectory { all.append(Array("--git-dir=\(gitDirectory)".utf8)) }
    all += arguments
    let child = ChildProcess(
      program: binary, arguments: all, environment: environment, isCaptured: true)
    do {
      let output = try child.run(input: input)
      return Output(status: output.status, stdout: output.stdout, stderr: output.stderr)
    } catch {
      throw GitCommandFault(binary: binary, call: error.call, reason: error.reason)
    }
  }
}

/// Git could not be run at all.
public struct GitCommandFault: Error, Hashable, CustomStringConvertible {
  /// The binary that was to be run.
  public let binary: String
  /// The system call that failed.
  public let call: String
  /// Why, in the system's words.
  public let reason: String

  /// `cannot start 'git': No such file or directory`.
  public var description: String { "cannot \(call) '\(binary)': \(reason)" }
}
