import GitModel
import Glibc

/// The checks that need nothing but git and the file system.
enum DoctorChecks {
  typealias Findings = [DoctorFinding]

  static func gitVersion(_ subject: DoctorSubject) throws(EngineFault) -> Findings {
    let text = try subject.site.git.answer(["version"])
    let numbers = text.split { !"0123456789".contains($0) }.compactMap { Int($0) }
    let isNewEnough = numbers.count >= 2 && (numbers[0], numbers[1]) >= (2, 31)
    return [
      isNewEnough
        ? .fine("git-version", text)
        : .problem("git-version", "\(text); gitrel needs 2.31", fix: "install a newer git")
    ]
  }

  static func zoneData(_ subject: DoctorSubject) -> Findings {
    let file = "\(subject.zones)/Europe/London"
    let isPresent = FileSystem.contents(file)?.starts(with: "TZif".utf8) == true
    return [
      isPresent
        ? .fine("zone-data", "time zones are read from \(subject.zones)")
        : .problem(
          "zone-data", "no zone data in \(subject.zones): windows cannot be judged",
          fix: "apt-get install tzdata")
    ]
  }

  /// What libgit2 does not open, with the reason that libgit2 itself does not give.
  static func format(_ subject: DoctorSubject) throws(EngineFault) -> Findings {
    let format = try subject.site.objectFormat
    if format != "sha1" {
      return [
        .problem(
          "format", "object names are \(format): every push will be refused",
          fix: "move to a SHA-1 repository: git init --bare --object-format=sha1")
      ]
    }
    let version = subject.settings.value("core.repositoryformatversion") ?? "0"
    let known = ["extensions.noop", "extensions.objectformat"]
    let extensions = subject.settings.entries.map(\.key).filter {
      $0.hasPrefix("extensions.") && !known.contains($0)
    }
    // Version 0 does not look at extensions; git writes 0 there with some sparse checkouts.
    if version != "0", let name = extensions.first {
      return [
        .problem(
          "format", "the repository has \(name), which libgit2 does not know",
          fix: "\(subject.gitCommand) config --unset \(name)")
      ]
    }
    guard version == "0" || version == "1" else {
      return [
        .problem("format", "repository format \(version) is not known", fix: "git init anew")
      ]
    }
    return [.fine("format", "SHA-1, format \(version)")]
  }

  static func owner(_ subject: DoctorSubject) -> Findings {
    let directory = subject.site.gitDirectory
    guard let owner = FileSystem.state(directory)?.owner else {
      return [.problem("owner", "cannot look at \(directory)", fix: "ls -ld \(directory)")]
    }
    let me = geteuid()
    if owner != me, me != 0 {
      return [
        .problem(
          "owner", "\(directory) belongs to user \(owner), gitrel runs as user \(me)",
          fix: "run as that user, or: chown -R \(me) \(subject.quotedDirectory)")
      ]
    }
    for name in ["HEAD", "config", "objects", "refs"] {
      if let state = FileSystem.state(subject.path(name)), state.owner != owner {
        return [
          .problem(
            "owner", "\(subject.path(name)) belongs to user \(state.owner), not \(owner)",
            fix: "chown -R \(owner) \(subject.quotedDirectory)")
        ]
      }
    }
    return [.fine("owner", "everything belongs to user \(owner)")]
  }

  static func binary(_ subject: DoctorSubject) -> Findings {
    guard let binary = subject.record?["binary"] else { return [] }
    func problem(_ text: String) -> Findings {
      [
        .problem(
          "binary", text,
          fix: "install gitrel again, then: \(subject.installCommand) --binary PATH")
      ]
    }
    if let text = BinaryFile.problem(binary) { return problem(text) }
    if FileSystem.state(binary)?.isWritableByOthers == true {
      return [
        .problem(
          "binary", "'\(binary)' can be written by others",
          fix: "chmod go-w \(HookShim.quoted(binary))")
      ]
    }
    // The record belongs to the repository's owner: root does not run what that user names.
    guard let owner = FileSystem.state(binary)?.owner, owner == 0 || owner == geteuid() else {
      return problem("'\(binary)' belongs to another user, and is not run")
    }
    let child = ChildProcess(
      program: binary, arguments: [Array("--version".utf8)],
      environment: ProcessEnvironment(["PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no"]),
      isCaptured: true)
    guard let output = try? child.run(input: []), output.status == 0, !output.stdout.isEmpty else {
      return problem("'\(binary)' does not answer --version: an interrupted upgrade?")
    }
    let version = output.stdout.split(separator: 0x0A).first ?? []
    return [.fine("binary", "\(binary) answers: \(version.printable)")]
  }

  static func hooksDirectory(_ subject: DoctorSubject) throws(EngineFault) -> Findings {
    let origin = try subject.site.hooksPathOrigin
    let recorded = subject.record?["identity"].flatMap(PusherSource.init(rawValue:))
    let isForge = recorded?.place(of: .preReceive) != nil
    if subject.site.side == .server, !isForge, subject.site.foreignHooksDirectory != nil {
      let unset =
        origin == nil
        ? "make hooks a directory of its own"
        : "\(subject.gitCommand) config core.hooksPath hooks"
      return [
        .problem(
          "hooks-directory",
          "git takes hooks from \(subject.site.hooksDirectory) (\(origin ?? "a link")), "
            + "outside the repository",
          fix: "\(unset); then: \(subject.installCommand)")
      ]
    }
    if let recorded = subject.record?["path.\(hooks(of: subject)[0].rawValue)"], !isForge,
      FileSystem.directory(of: recorded) != subject.site.hooksDirectory
    {
      return [
        .problem(
          "hooks-directory",
          "git takes hooks from \(subject.site.hooksDirectory) (\(origin ?? "default")), "
            + "gitrel's are in \(FileSystem.directory(of: recorded))",
          fix: subject.site.foreignHooksDirectory == nil
            ? subject.installCommand
            : "\(subject.gitCommand) config --unset core.hooksPath    or: gitrel install --shared")
      ]
    }
    return [.fine("hooks-directory", "git takes hooks from \(subject.site.hooksDirectory)")]
  }

  private static func hooks(of subject: DoctorSubject) -> [HookName] {
    subject.site.side == .server ? HookName.server : HookName.client
  }

  static func hooks(_ subject: DoctorSubject) -> Findings {
    hooks(of: subject).map { hook in
      let check = "hook-\(hook.rawValue)"
      if let text = fault(of: hook, subject) {
        return .problem(check, text, fix: subject.installCommand)
      }
      return .fine(check, "\(path(of: hook, subject)) is gitrel's, unchanged and executable")
    }
  }

  private static func path(of hook: HookName, _ subject: DoctorSubject) -> String {
    let identity = subject.record?["identity"].flatMap(PusherSource.init(rawValue:))
    // Where git looks, and not where the record says: the record may be about yesterday.
    if subject.site.side == .server, let place = identity?.place(of: hook) {
      return subject.path(place)
    }
    return "\(subject.site.hooksDirectory)/\(hook.rawValue)"
  }

  /// What is wrong with a hook's file; git goes on without a word in each of these cases.
  private static func fault(of hook: HookName, _ subject: DoctorSubject) -> String? {
    let path = path(of: hook, subject)
    guard let link = FileSystem.linkState(path) else { return "no hook at \(path)" }
    guard let state = FileSystem.state(path) else { return "\(path) is a dangling link" }
    guard state.kind == .regular else { return "\(path) is not a file" }
    guard state.size > 0 else { return "\(path) is empty: git takes that for a yes" }
    guard let bytes = FileSystem.contents(path), HookShim.isShim(bytes) else {
      return "\(path) is not gitrel's"
    }
    guard FileSystem.isExecutable(path) else { return "\(path) is not executable" }
    guard link.kind == .regular else { return "\(path) is a link" }
    guard !state.isWritableByOthers else { return "\(path) can be written by others" }
    guard let record = subject.record, let binary = record["binary"] else {
      return "\(path) was not put there by gitrel install"
    }
    let before = record["before.\(hook.rawValue)"].flatMap(HookFile.Before.init(rawValue:))
    let shim = HookShim(
      hook,
      repository: subject.site.side == .server ? .path(subject.site.gitDirectory) : .fromGit,
      identity: record["identity"].flatMap(PusherSource.init(rawValue:)) ?? .none,
      isChained: before == .chained)
    guard bytes == Array(shim.text(binary: binary).utf8) else {
      return "\(path) has drifted from what this gitrel writes"
    }
    if before == .chained, !FileSystem.isExecutable(path + HookShim.keptSuffix) {
      return "the hook that runs after gitrel is gone: \(path)\(HookShim.keptSuffix)"
    }
    return nil
  }

  static func receiveSettings(_ subject: DoctorSubject) -> Findings {
    let settings = subject.settings
    let fsck =
      settings.value("receive.fsckobjects") == nil
      ? settings.isTrue("transfer.fsckobjects") : settings.isTrue("receive.fsckobjects")
    return [
      fsck
        ? .fine("fsck-objects", "git checks every object that is pushed")
        : .problem(
          "fsck-objects", "receive.fsckObjects is off: malformed objects get in",
          fix: "\(subject.gitCommand) config receive.fsckObjects true"),
      settings.isHidden(Installation.logRef)
        ? .fine("log-hidden", "nobody can push to \(Installation.logRef)")
        : .problem(
          "log-hidden", "\(Installation.logRef) is not hidden from pushes",
          fix: "\(subject.gitCommand) config --add receive.hideRefs \(Installation.logRef)"),
    ]
  }

  static func grafts(_ subject: DoctorSubject) -> Findings {
    let path = subject.path("info/grafts")
    guard let state = FileSystem.linkState(path), state.size > 0 else {
      return [.fine("grafts", "no grafts")]
    }
    return [
      .problem(
        "grafts", "\(path) shows git another history than gitrel judges",
        fix: "rm \(HookShim.quoted(path))")
    ]
  }

  static func replacements(_ subject: DoctorSubject) throws(EngineFault) -> Findings {
    let refs = try subject.site.git.answer(["for-each-ref", "--format=%(refname)", "refs/replace/"])
    guard !refs.isEmpty else { return [.fine("replace-refs", "no replaced objects")] }
    let count = refs.split(separator: "\n").count
    return [
      .problem(
        "replace-refs",
        "\(count) in refs/replace: git shows other objects than gitrel judges",
        fix: "\(subject.gitCommand) replace -l | xargs \(subject.gitCommand) replace -d")
    ]
  }

  static func alternates(_ subject: DoctorSubject) -> Findings {
    let file = subject.path("objects/info/alternates")
    guard let bytes = FileSystem.contents(file) else { return [.fine("alternates", "none")] }
    let owner = FileSystem.state(subject.site.gitDirectory)?.owner
    var findings: Findings = []
    for line in bytes.split(separator: 0x0A) where line.first != UInt8(ascii: "#") {
      let name = String(decoding: line, as: UTF8.self)
      let path = name.hasPrefix("/") ? name : subject.path("objects/\(name)")
      let shown = Array(path.utf8).printable
      let quoted = HookShim.quoted(file)
      guard let state = FileSystem.state(path), state.kind == .directory else {
        findings.append(
          .problem("alternates", "no object store at \(shown)", fix: "mend \(quoted)"))
        continue
      }
      if state.isWritableByOthers {
        findings.append(
          .problem(
            "alternates", "objects are also read from \(shown), which others can write",
            fix: "chmod -R go-w \(HookShim.quoted(path))"))
      } else if state.owner != 0, state.owner != owner {
        findings.append(
          .problem(
            "alternates", "objects are also read from \(shown), which belongs to another user",
            fix: "\(subject.gitCommand) repack -a -d && rm \(quoted)"))
      }
    }
    return findings.isEmpty ? [.fine("alternates", "safe")] : findings
  }

  /// A push that was killed leaves its quarantine behind. One that is younger than an hour may be a
  /// push that is under way.
  static func quarantines(_ subject: DoctorSubject) -> Findings {
    let objects = subject.path("objects")
    let stale = FileSystem.names(in: objects).filter { name in
      guard name.hasPrefix("tmp_objdir") || name.hasPrefix("incoming-"),
        let state = FileSystem.linkState("\(objects)/\(name)")
      else { return false }
      return subject.now - state.modified > 3600
    }
    guard !stale.isEmpty else { return [.fine("quarantines", "none left behind")] }
    return [
      .problem(
        "quarantines", "\(stale.count) left behind by pushes that were killed",
        fix: "rm -r " + stale.map { HookShim.quoted("\(objects)/\($0)") }.joined(separator: " "))
    ]
  }

  static func shallow(_ subject: DoctorSubject) -> Findings {
    guard FileSystem.linkState(subject.path("shallow")) != nil else {
      return [.fine("shallow", "the history is complete")]
    }
    return [
      .problem(
        "shallow", "the repository is shallow: history cannot be judged",
        fix: "\(subject.gitCommand) fetch --unshallow REMOTE")
    ]
  }

  static func fetching(_ subject: DoctorSubject) throws(EngineFault) -> Findings {
    let remotes = try subject.site.git.remotes()
    guard !remotes.isEmpty else { return [.fine("fetch", "no remote")] }
    let isFetched = remotes.contains {
      subject.settings.values("remote.\($0).fetch").contains(Installation.fetchRefspec(remote: $0))
    }
    return [
      isFetched
        ? .fine("fetch", "statements and the decision log come with every fetch")
        : .problem(
          "fetch", "statements and the decision log are not fetched", fix: subject.installCommand)
    ]
  }

  /// Whether there is a policy at the trusted place; that it loads is a check of its own.
  static func policy(_ subject: DoctorSubject) throws(EngineFault) -> Findings {
    let policy = try ConfiguredPolicy(subject.site)
    switch subject.site.side {
    case .server:
      guard try policy.exists(subject.site) else {
        return [
          .problem(
            "policy", "no policy at \(policy.place): every push is refused",
            fix: "\(subject.gitCommand) fetch CLONE "
              + "\(policy.ref.map { HookShim.quoted("\($0):\($0)") } ?? "")")
        ]
      }
      return [.fine("policy", "read from \(policy.place)")]
    case .client:
      guard let ref = policy.ref, ref.hasPrefix("refs/heads/") else {
        return [.fine("policy", "configured as \(policy.place)")]
      }
      let branch = ref.dropFirst("refs/heads/".count)
      let git = subject.site.git
      let remotes = try git.remotes()
      for remote in remotes {
        let copy = "refs/remotes/\(remote)/\(branch)"
        if try git.run(unlessUnstarted: ["rev-parse", "--verify", "--quiet", copy]).isSuccess {
          return [.fine("policy", "read from \(copy)")]
        }
      }
      guard let remote = remotes.first(where: { $0 == "origin" }) ?? remotes.first else {
        return [.fine("policy", "no remote, so nothing to compare with")]
      }
      return [
        .problem(
          "policy", "no copy of the server's \(branch) to read the policy from",
          fix: "git fetch \(HookShim.quoted(remote))")
      ]
    }
  }
}
