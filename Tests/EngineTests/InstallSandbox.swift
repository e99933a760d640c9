import Glibc
import Testing

@testable import Engine

/// All that concerns installing; one at a time, because the tests write programs and run them.
@Suite(.serialized) struct InstallTests {}

/// A directory of its own with a home, a fake gitrel and nothing of the machine's configuration.
final class InstallSandbox {
  let root: String
  var environment: ProcessEnvironment

  struct Outcome {
    var status: Int32
    var out: String
    var err: String
  }

  init() throws {
    var template = Array("/tmp/gitrel-install-XXXXXX".utf8CString)
    _ = try #require(mkdtemp(&template))
    let directory = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    root = directory
    environment = ProcessEnvironment([
      "PATH": "/usr/bin:/bin", "HOME": "\(root)/home", "LC_ALL": "C",
      "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
      "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com",
      "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.com",
    ])
    mkdir("\(root)/home", 0o755)
    try write(
      "policy.yml",
      "version: 1\nrulesets:\n  - {name: all, refs: [main], rules: {no-delete: }}\n")
    try write(
      "bin/gitrel",
      """
      #!/bin/sh
      test "$1" = --version && echo 0.1.0 && exit 0
      printf '%s\\n' "$*" >>'\(root)/calls'
      test "$2" = commit-msg || cat >>'\(root)/stdin'
      exit "$(cat '\(root)/answer' 2>/dev/null || echo 100)"

      """, mode: 0o755)
  }

  deinit {
    let child = ChildProcess(
      program: "/bin/rm", arguments: ["-rf", root].map { Array($0.utf8) },
      environment: ProcessEnvironment([:]), isCaptured: true)
    _ = try? child.run(input: [])
  }

  var gitrel: String { "\(root)/bin/gitrel" }

  func path(_ name: String) -> String { name.hasPrefix("/") ? name : "\(root)/\(name)" }

  func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
    try FileSystem.makeDirectory(FileSystem.directory(of: path(name)))
    try FileSystem.replace(path(name), with: Array(text.utf8), mode: mode)
  }

  func read(_ name: String) -> String? {
    FileSystem.contents(path(name)).map { String(decoding: $0, as: UTF8.self) }
  }

  @discardableResult
  func run(
    _ program: String, _ arguments: [String], input: String = "", setting: [String: String] = [:]
  ) throws -> Outcome {
    var environment = environment
    for (name, value) in setting { environment[name] = value }
    let child = ChildProcess(
      program: program, arguments: arguments.map { Array($0.utf8) }, environment: environment,
      isCaptured: true)
    let output = try child.run(input: Array(input.utf8))
    return Outcome(
      status: output.status, out: String(decoding: output.stdout, as: UTF8.self),
      err: String(decoding: output.stderr, as: UTF8.self))
  }

  /// sh in the sandbox's root.
  @discardableResult
  func sh(_ script: String, setting: [String: String] = [:]) throws -> Outcome {
    try run("/bin/sh", ["-c", "cd '\(root)' && \(script)"], setting: setting)
  }

  /// sh that must succeed.
  @discardableResult
  func ok(_ script: String, setting: [String: String] = [:]) throws -> String {
    let outcome = try sh(script, setting: setting)
    try #require(outcome.status == 0, "\(script): \(outcome.err)")
    return outcome.out
  }

  /// `clone` with a commit on main, and the bare `server.git` that it pushes to.
  func makeRepositories() throws {
    try ok(
      """
      git init -q --bare -b main server.git && git init -q -b main clone && cd clone &&
      git commit -q --allow-empty -m one && git remote add origin ../server.git
      """)
  }

  func clone(_ name: String = "clone") throws -> InstallSite {
    try InstallSite(cloneAt: path(name), environment: environment)
  }

  func server(_ name: String = "server.git") throws -> InstallSite {
    try InstallSite(serverAt: path(name), environment: environment)
  }

  @discardableResult
  func install(
    _ site: InstallSite, identity: PusherSource? = nil, policy: String? = nil,
    isShared: Bool = false
  ) throws -> InstallReport {
    try Installation.run(
      site,
      Installation.Options(
        binary: gitrel, identity: identity, policy: policy, isShared: isShared))
  }

  /// Names, modes and contents below a directory.
  func snapshot(_ name: String) throws -> String {
    try ok(
      "cd '\(name)' && find . -printf '%p %y %m %l\\n' | sort && cat config && cat hooks/* || :")
  }
}

/// The message of the fault that `body` throws.
func installFault(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let fault as EngineFault {
    return fault.message
  } catch {
    return "\(error)"
  }
}
