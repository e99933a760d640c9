public import GitModel

/// How `gitrel shell` starts git for a client: the program, its arguments, its whole environment.
///
/// Nothing of the client's environment gets in but a well-formed protocol version, and nothing of the
/// repository's own configuration can switch the hooks off: what is said on the command line wins.
public struct ServedSession: Sendable, Hashable {
  /// What the administrator wrote into the forced command.
  public struct Settings: Sendable, Hashable {
    /// The directory that all repositories lie in.
    public var root: String
    /// The directory of hooks for every push.
    public var hooks: String
    /// The git binary, an absolute path.
    public var git: String
    /// The most that one push may bring, as git reads sizes.
    public var maximumInput: String

    /// The settings of one forced command.
    public init(root: String, hooks: String, git: String, maximumInput: String) {
      (self.root, self.hooks, self.git) = (root, hooks, git)
      self.maximumInput = maximumInput
    }
  }

  /// The program.
  public let program: String
  /// The arguments, the program's name first.
  public let arguments: [Bytes]
  /// The whole environment.
  public let environment: ProcessEnvironment
  /// The repository, absolute and without links.
  public let repository: Bytes

  /// Decides what to run, or refuses.
  ///
  /// - Parameters:
  ///   - who: the pusher's name, from the forced command and never from the client.
  ///   - command: what the client asked for (`SSH_ORIGINAL_COMMAND`).
  ///   - settings: what the administrator wrote.
  ///   - gitProtocol: the client's `GIT_PROTOCOL`.
  /// - Throws: when the client may not have what it asks for, or the settings do not hold.
  public init(
    who: String, command: Bytes, settings: Settings, gitProtocol: String?
  ) throws(EngineFault) {
    try Self.check(who: who)
    let asked = try ForcedCommand(command)
    guard settings.git.hasPrefix("/"), FileSystem.isExecutable(settings.git) else {
      throw EngineFault(
        "no git at '\(settings.git)'", hints: ["server admin: name it with --git PATH"])
    }
    repository = try Self.repository(asked.path, root: settings.root)
    var words = ["git"]
    if asked.service == .receivePack {
      let hooks = try HooksDirectory.checked(settings.hooks)
      guard Self.isSize(settings.maximumInput) else {
        throw EngineFault("'\(settings.maximumInput)' is no size; write it like 500m or 2g")
      }
      for setting in [
        "core.hooksPath=\(hooks)",
        "receive.fsckObjects=true",
        "transfer.fsckObjects=true",
        "receive.hideRefs=\(Installation.logRef)",
        "receive.maxInputSize=\(settings.maximumInput)",
        "receive.advertisePushOptions=true",
      ] {
        words += ["-c", setting]
      }
    }
    words.append(asked.service.rawValue)
    program = settings.git
    arguments = words.map { Array($0.utf8) } + [repository]

    var variables = [
      "PATH": "/usr/bin:/bin",
      "HOME": "/nonexistent",
      "LC_ALL": "C",
      "GIT_CONFIG_NOSYSTEM": "1",
      "GIT_CONFIG_GLOBAL": "/dev/null",
      "GITREL_PUSHER": who,
      "SWIFT_BACKTRACE": "enable=no",
    ]
    if let gitProtocol, ["version=0", "version=1", "version=2"].contains(gitProtocol) {
      variables["GIT_PROTOCOL"] = gitProtocol
    }
    environment = ProcessEnvironment(variables)
  }

  static func check(who: String) throws(EngineFault) {
    let isName = who.utf8.allSatisfy {
      $0.isASCIILetter || $0.isASCIIDigit || "._@-".utf8.contains($0)
    }
    guard isName, !who.isEmpty, who.utf8.count <= 128 else {
      throw EngineFault(
        "'\(Array(who.utf8).printable)' is no name for a pusher",
        hints: ["letters, digits and . _ @ - make a name"])
    }
  }

  private static func isSize(_ text: String) -> Bool {
    let digits =
      text.utf8.last.map { "kmgKMG".utf8.contains($0) } == true ? text.dropLast() : text[...]
    return !digits.isEmpty && digits.utf8.count <= 18 && digits.utf8.allSatisfy(\.isASCIIDigit)
  }

  /// The repository that a client means: below the root, also behind every link, bare.
  ///
  /// An absolute path counts from `/` when it lies in the root and from the root otherwise, so that
  /// `ssh://host/srv/git/app.git`, `ssh://host/app.git` and `host:app.git` all lead to one.
  private static func repository(_ path: Bytes, root: String) throws(EngineFault) -> Bytes {
    guard root.hasPrefix("/"), let home = FileSystem.resolved(root), home != "/" else {
      throw EngineFault(
        "no directory of repositories: '\(root)'",
        hints: ["server admin: name it with --root DIR, an absolute path other than /"])
    }
    // What is missing, what is elsewhere and what is no repository get one and the same answer: the
    // client learns nothing about files outside the root.
    let fault = EngineFault("no such repository: '\(path.prefix(200).printable)'")
    guard !path.split(separator: UInt8(ascii: "/")).contains(where: { Array($0) == [0x2E, 0x2E] })
    else { throw fault }
    let slash = UInt8(ascii: "/")
    let inRoot = [root, home].contains { path.starts(with: Array($0.utf8) + [slash]) }
    let base = inRoot ? path : Array(home.utf8) + [slash] + path
    for suffix in ["", ".git"] {
      var candidate = base
      if !suffix.isEmpty {
        while candidate.last == slash { candidate.removeLast() }
        candidate += suffix.utf8
      }
      guard let real = FileSystem.resolved(bytes: candidate) else { continue }
      guard real.starts(with: Array(home.utf8) + [slash]) else { throw fault }
      guard isBareRepository(real) else { continue }
      return real
    }
    throw fault
  }

  /// Whether this is a git directory of its own. `commondir` would lead git to another one.
  private static func isBareRepository(_ path: Bytes) -> Bool {
    func kind(_ name: String) -> FileState.Kind? {
      FileSystem.linkState(bytes: path + Array("/\(name)".utf8))?.kind
    }
    return kind("objects") == .directory && kind("refs") == .directory
      && (kind("HEAD") == .regular || kind("HEAD") == .symbolicLink)
      && kind("commondir") == nil && path.suffix(5) != Array("/.git".utf8)[...]
  }
}
