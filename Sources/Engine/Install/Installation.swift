import GitModel

/// What an installation did and what is left to do, as sentences for the person who ran it.
public struct InstallReport: Sendable, Hashable {
  /// What was done, or that nothing was to be done; in order.
  public internal(set) var done: [String] = []
  /// What to do or to know next.
  public internal(set) var advice: [String] = []
  /// Whether anything was changed.
  public internal(set) var isChanged = false

  mutating func did(_ sentence: String) {
    done.append(sentence)
    isChanged = true
  }
}

/// Installs gitrel's hooks in one repository. Running it again changes nothing, or mends what has
/// drifted; what was there before is written down, so that `Removal` can put it back.
public struct Installation {
  /// What was asked for.
  public struct Options: Sendable, Hashable {
    /// The absolute path of the gitrel binary that the hooks call.
    public var binary: String
    /// Who tells the pusher's name (server).
    public var identity: PusherSource?
    /// Where the policy is, `REF:PATH` or an absolute file (server).
    public var policy: String?
    /// The remote that the statements and the log are fetched from (clone); nil to choose.
    public var remote: String?
    /// Whether to go into a hooks directory that other repositories use too (clone).
    public var isShared: Bool

    /// The options of `gitrel install`.
    public init(
      binary: String, identity: PusherSource? = nil, policy: String? = nil,
      remote: String? = nil, isShared: Bool = false
    ) {
      (self.binary, self.identity, self.policy) = (binary, identity, policy)
      (self.remote, self.isShared) = (remote, isShared)
    }
  }

  /// Where a clone keeps what it fetched of a remote's `refs/gitrel/*`: beside its own, which
  /// `gitrel attest` writes and merges. Without `+`, so that a rewound log is seen; a pattern,
  /// because a refspec that names a missing ref would fail the whole fetch.
  public static func fetchRefspec(remote: String) -> String {
    "refs/gitrel/*:refs/gitrel-remotes/\(remote)/*"
  }

  /// The ref that only the server writes.
  static let logRef = "refs/gitrel/log"

  private let site: InstallSite
  private let options: Options
  private var record: InstallRecord
  private var report = InstallReport()

  private init(_ site: InstallSite, _ options: Options) {
    (self.site, self.options) = (site, options)
    record = InstallRecord(in: site.gitDirectory) ?? InstallRecord()
  }

  /// Installs, and says what was done.
  public static func run(
    _ site: InstallSite, _ options: Options
  ) throws(EngineFault) -> InstallReport {
    var installation = Installation(site, options)
    try installation.check()
    try installation.installHooks()
    switch site.side {
    case .server: try installation.configureServer()
    case .client: try installation.configureClone()
    }
    if !installation.report.isChanged {
      installation.report.done = ["already installed in \(site.gitDirectory)"]
    }
    return installation.report
  }

  // MARK: What must hold before anything is touched

  private func check() throws(EngineFault) {
    let format = try site.objectFormat
    guard format == "sha1" else {
      throw EngineFault(
        "'\(site.gitDirectory)' has \(format) object names; gitrel reads SHA-1 repositories only")
    }
    try BinaryFile.check(options.binary)
    if let policy = options.policy { try Self.check(policy: policy) }
    guard let foreign = site.foreignHooksDirectory, place(of: .preReceive) == nil else { return }
    let origin = try site.hooksPathOrigin ?? "a link"
    if site.side == .client, options.isShared { return }
    throw EngineFault(
      "git takes the hooks of '\(site.gitDirectory)' from '\(foreign)' (\(origin)), "
        + "which other repositories may share",
      hints: site.side == .client
        ? [
          "for this repository alone: git config core.hooksPath "
            + HookShim.quoted("\(site.gitDirectory)/hooks"),
          "for all that share it: gitrel install --shared",
        ]
        : [
          "give this repository hooks of its own: git --git-dir="
            + "\(HookShim.quoted(site.gitDirectory)) config core.hooksPath hooks",
          "or serve it through `gitrel shell`, which brings its own",
        ])
  }

  private static func check(policy: String) throws(EngineFault) {
    if policy.hasPrefix("/") {
      guard FileSystem.state(policy)?.kind == .regular else {
        throw EngineFault("no policy file at '\(policy)'")
      }
      return
    }
    let parts = policy.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, parts[0].hasPrefix("refs/"), !parts[1].hasPrefix("/") else {
      throw EngineFault(
        "cannot read the place of the policy '\(policy)'",
        hints: ["write it as refs/heads/main:.gitrel/policy.yml or as an absolute path"])
    }
  }

  // MARK: Hooks

  private var identity: PusherSource {
    options.identity ?? record["identity"].flatMap(PusherSource.init(rawValue:)) ?? .none
  }

  private func place(of hook: HookName) -> String? {
    guard site.side == .server else { return nil }
    return identity.place(of: hook).map { "\(site.gitDirectory)/\($0)" }
  }

  private mutating func installHooks() throws(EngineFault) {
    record["format"] = "1"
    record["side"] = site.side == .server ? "server" : "client"
    record["binary"] = options.binary
    if site.side == .server { record["identity"] = identity.rawValue }
    for hook in site.side == .server ? HookName.server : HookName.client {
      let path = place(of: hook) ?? "\(site.hooksDirectory)/\(hook.rawValue)"
      if let old = record["path.\(hook.rawValue)"], old != path {
        // Git looks elsewhere now: what was there before comes back to the old place.
        let file = HookFile(hook: hook, path: old)
        if file.belongs(to: site) { _ = try file.remove(&record, &report) }
      }
      let file = HookFile(hook: hook, path: path)
      guard file.belongs(to: site) else {
        throw EngineFault("'\(path)' leads out of the repository by a link")
      }
      try makeDirectory(FileSystem.directory(of: path))
      try file.install(
        HookShim(
          hook, repository: site.side == .server ? .path(site.gitDirectory) : .fromGit,
          identity: identity),
        binary: options.binary, in: site.gitDirectory, &record, &report)
    }
    // Also when every shim is as it should be: the binary or the identity may be new.
    if InstallRecord(in: site.gitDirectory) != record { try record.write(in: site.gitDirectory) }
    if let top = site.workTree.flatMap(FileSystem.resolved), report.isChanged,
      FileSystem.isPath(FileSystem.resolvedAsFarAsPossible(site.hooksDirectory), within: top),
      !FileSystem.isPath(
        FileSystem.resolvedAsFarAsPossible(site.hooksDirectory), within: site.gitDirectory)
    {
      report.advice.append(
        "\(site.hooksDirectory) is part of the work tree: the hooks name a path of this machine, "
          + "so do not commit them")
    }
  }

  private mutating func makeDirectory(_ directory: String) throws(EngineFault) {
    guard !FileSystem.isDirectory(directory) else { return }
    try FileSystem.makeDirectory(directory)
    record.add("directory", directory)
  }

  // MARK: Configuration

  private mutating func configureServer() throws(EngineFault) {
    try set("receive.fsckObjects", "true", why: "git checks every object that is pushed")
    if !(try GitSettings(site.git)).isHidden(Self.logRef) {
      try add("receive.hideRefs", Self.logRef, why: "nobody can push to the decision log")
    }
    if identity != .none {
      // An option counts only where the server knows whose it is.
      try set("receive.advertisePushOptions", "true", why: "an override may come as a push option")
    }
    if let policy = options.policy {
      try set("gitrel.policy", policy, why: "the policy is read from there")
    } else if try GitSettings(site.git).value("gitrel.policy") == nil {
      let head = try site.git.run(unlessUnstarted: ["symbolic-ref", "--quiet", "HEAD"])
      if head.isSuccess, head.text != "refs/heads/main" {
        try set(
          "gitrel.policy", "\(head.text):\(ConfiguredPolicy.path)",
          why: "HEAD is \(head.text), so the policy is read from there")
      }
    }
    let policy = try ConfiguredPolicy(site)
    if try !policy.exists(site) {
      report.advice += policy.adviceForServer(site)
    }
    if identity == .none {
      report.advice.append(
        "nobody tells the hook who pushes (--identity none), so rules about the pusher cannot be "
          + "satisfied: use `gitrel shell` with sshd, or name the front end with --identity")
    }
    report.advice.append(
      "check it at any time: gitrel doctor --server \(HookShim.quoted(site.gitDirectory))")
  }

  private mutating func configureClone() throws(EngineFault) {
    let remotes = try site.git.remotes()
    let remote: String
    if let wanted = options.remote {
      guard remotes.contains(wanted) else {
        throw EngineFault(
          "no remote '\(wanted)'", hints: ["remotes here: \(remotes.joined(separator: ", "))"])
      }
      remote = wanted
    } else if let chosen = remotes.count == 1
      ? remotes.first : remotes.first(where: { $0 == "origin" })
    {
      remote = chosen
    } else {
      report.advice.append(
        remotes.isEmpty
          ? "no remote yet: run gitrel install again when there is one, to fetch its statements"
          : "several remotes, none named origin: gitrel install --remote NAME fetches its statements"
      )
      return
    }
    let wasChanged = report.isChanged
    try add(
      "remote.\(remote).fetch", Self.fetchRefspec(remote: remote),
      why: "statements and the decision log come with every fetch")
    if report.isChanged, !wasChanged || report.done.last?.contains("fetch") == true {
      report.advice.append("next: git fetch \(HookShim.quoted(remote))")
    }
    report.advice.append(
      "these hooks are advice: `git push --no-verify` skips them, the server decides")
  }

  private mutating func set(_ key: String, _ value: String, why: String) throws(EngineFault) {
    let name = Self.canonical(key)
    let before = try GitSettings(site.git, isLocal: true).values(name)
    guard before != [value] else { return }
    if record["changed.\(name)"] == nil {
      for old in before { record.append("before.\(name)", old) }
    }
    record["changed.\(name)"] = value
    try record.write(in: site.gitDirectory)
    try site.git.configure(site, ["--replace-all", key, value])
    report.did("config \(key) = \(value): \(why)")
  }

  private mutating func add(_ key: String, _ value: String, why: String) throws(EngineFault) {
    let name = Self.canonical(key)
    guard try !GitSettings(site.git, isLocal: true).values(name).contains(value) else { return }
    record.add("added.\(name)", value)
    try record.write(in: site.gitDirectory)
    try site.git.configure(site, ["--add", key, value])
    report.did("config \(key) += \(value): \(why)")
  }

  /// A key as git lists it: section and name in small letters, the part between them as it is.
  private static func canonical(_ key: String) -> String {
    guard let first = key.firstIndex(of: "."), let last = key.lastIndex(of: ".") else { return key }
    return key[..<first].lowercased() + key[first..<last] + key[last...].lowercased()
  }
}
