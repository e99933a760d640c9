import GitModel

/// A repository that hooks are installed in, as git sees it.
public struct InstallSite: Sendable {
  /// Whose side the repository is on.
  public enum Side: Sendable, Hashable {
    /// A clone with a work tree: `pre-push`, `commit-msg`.
    case client
    /// A bare repository that is pushed to: `pre-receive`, `post-receive`.
    case server
  }

  /// Whose side it is on.
  public let side: Side
  /// The git directory that all worktrees share, absolute and without links.
  public let gitDirectory: String
  /// The top of the work tree; nil on a server.
  public let workTree: String?
  /// The directory that git takes hooks from: `core.hooksPath` where it is set.
  public let hooksDirectory: String
  /// git, working in it.
  let git: GitCommand

  /// The bare repository at `server`, or without one the clone that the current directory lies in.
  public init(server: String?, environment: ProcessEnvironment) throws(EngineFault) {
    if let server {
      try self.init(serverAt: server, environment: environment)
    } else {
      try self.init(cloneAt: ".", environment: environment)
    }
  }

  /// The clone that `directory` lies in.
  public init(
    cloneAt directory: String, environment: ProcessEnvironment, binary: String = "git"
  ) throws(EngineFault) {
    let git = GitCommand(repository: directory, environment: environment, binary: binary)
    let output = try git.run(
      unlessUnstarted: ["rev-parse", "--is-bare-repository", "--is-inside-work-tree"])
    guard output.isSuccess else { throw Self.unopened(directory, output) }
    let answers = output.text.split(separator: "\n")
    guard answers.first != "true" else {
      throw EngineFault(
        "'\(directory)' is a bare repository",
        hints: ["for the server's side: --server \(HookShim.quoted(directory))"])
    }
    guard answers.last == "true" else {
      throw EngineFault("'\(directory)' is not in a work tree", hints: ["run it in the work tree"])
    }
    side = .client
    let top = try git.answer(["rev-parse", "--show-toplevel"])
    // Hooks run at the top, and a relative core.hooksPath is relative to it.
    self.git = GitCommand(repository: top, environment: environment, binary: binary)
    workTree = top
    gitDirectory = try Self.path("--git-common-dir", self.git)
    hooksDirectory = try Self.path("--git-path=hooks", self.git)
  }

  /// The bare repository at `path`. What the environment says about another one is not heard.
  public init(
    serverAt path: String, environment: ProcessEnvironment, binary: String = "git"
  ) throws(EngineFault) {
    guard let real = FileSystem.resolved(path) else {
      throw EngineFault("no such repository: '\(path)'")
    }
    guard FileSystem.linkState("\(real)/.git") == nil else {
      throw EngineFault(
        "'\(path)' is a work tree, not a bare repository",
        hints: [
          "for a clone: gitrel install, run in it",
          "for a server: git clone --bare makes a repository to push to",
        ])
    }
    let git = GitCommand(
      repository: real, gitDirectory: ".", environment: environment.withoutRepository,
      binary: binary)
    let output = try git.run(unlessUnstarted: ["rev-parse", "--is-bare-repository"])
    guard output.isSuccess else { throw Self.unopened(path, output) }
    guard output.text == "true" else {
      throw EngineFault(
        "'\(path)' is the git directory of a work tree, not a bare repository",
        hints: ["for a clone: gitrel install, run in it"])
    }
    side = .server
    self.git = git
    workTree = nil
    gitDirectory = real
    hooksDirectory = try Self.path("--git-path=hooks", git)
  }

  /// The hooks directory without links, and nil when it lies in the repository or its work tree;
  /// otherwise other repositories may use it as well.
  var foreignHooksDirectory: String? {
    let real = FileSystem.resolvedAsFarAsPossible(hooksDirectory)
    let homes = [gitDirectory] + (workTree.flatMap(FileSystem.resolved).map { [$0] } ?? [])
    return homes.contains { FileSystem.isPath(real, within: $0) } ? nil : real
  }

  /// Where `core.hooksPath` is set, in git's words (`file:/home/u/.gitconfig`); nil when it is not.
  var hooksPathOrigin: String? {
    get throws(EngineFault) {
      let output = try git.run(
        unlessUnstarted: ["config", "--show-origin", "--get", "core.hooksPath"])
      guard output.isSuccess else { return nil }
      return output.text.split(separator: "\t").first.map(String.init)
    }
  }

  /// `sha1` or `sha256`.
  var objectFormat: String {
    get throws(EngineFault) { try git.answer(["rev-parse", "--show-object-format"]) }
  }

  private static func path(_ question: String, _ git: GitCommand) throws(EngineFault) -> String {
    let words = question.split(separator: "=").map(String.init)
    let path = try git.answer(["rev-parse", "--path-format=absolute"] + words)
    guard path.hasPrefix("/") else {
      throw EngineFault(
        "git gave no absolute path for \(question)", hints: ["gitrel needs git 2.31 or newer"])
    }
    return question.hasPrefix("--git-path") ? path : FileSystem.resolved(path) ?? path
  }

  private static func unopened(_ path: String, _ output: GitCommand.Output) -> EngineFault {
    let isNone = output.complaint.hasPrefix("not a git repository")
    return EngineFault(
      "git cannot open '\(path)': \(output.complaint)",
      hints: isNone ? ["run it in a repository, or name one: --server REPO"] : [])
  }
}

extension FileSystem {
  /// The path without links as far as it exists; what does not exist yet is appended as it is.
  static func resolvedAsFarAsPossible(_ path: String) -> String {
    if let real = resolved(path) { return real }
    let parent = directory(of: path)
    guard parent != path, parent != ".", let slash = path.lastIndex(of: "/") else { return path }
    let real = resolvedAsFarAsPossible(parent)
    return (real == "/" ? "" : real) + path[slash...]
  }
}
