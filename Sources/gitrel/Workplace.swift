import ArgumentParser
import Engine
import FoundationEssentials
import GitModel
import GitStore
import Policy

/// How a command answers.
enum Format: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

/// How a command answers that comes to a decision.
enum DecisionFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, sarif, junit, github
}

/// The repository, remote and policy that a command works with, and errors as failures.
enum Workplace {
  /// The repository of the working directory, or the one that git names to its hooks (GIT_DIR).
  static func repository() throws -> Repository {
    let named = ProcessInfo.processInfo.environment["GIT_DIR"]
    return try store { () throws(GitError) in
      if let named { try Repository.open(at: named) } else { try Repository.discover(from: ".") }
    }
  }

  /// The remote to judge by and to push to: the one named, the current branch's, `origin`, or the only one
  /// there is; of several others one must be named, as `naming` and its name. Nil in a repository without
  /// remotes, which is judged by its own refs.
  static func remote(
    _ name: String?, in repository: Repository, naming: String = "--remote"
  ) throws -> String? {
    if let name {
      guard try store({ () throws(GitError) in try repository.config("remote.\(name).url") }) != nil
      else {
        throw Failure(
          "there is no remote `\(name)`", hints: ["git remote -v shows those there are"])
      }
      return name
    }
    if repository.isBare { return nil }
    let head = try store { () throws(GitError) in try repository.value(of: RefName("HEAD")) }
    if case .symbolic(let branch)? = head,
      let remote = try store({ () throws(GitError) in
        try repository.config("branch.\(branch.short).remote")
      }), remote != "."
    {
      return remote
    }
    if try store({ () throws(GitError) in try repository.config("remote.origin.url") }) != nil {
      return "origin"
    }
    let names = try engine { () throws(EngineFault) in try git(repository).remotes() }
    guard names.count > 1 else { return names.first }
    let meant = names.first { $0 == "upstream" } ?? names[0]
    let shown = names.prefix(10).map { Bytes($0.utf8).printable }.joined(separator: ", ")
    throw Failure(
      "no remote origin; there are \(shown)",
      hints: ["say which, e.g. \(naming) \(Bytes(meant.utf8).printable)"])
  }

  /// Says that this clone never asked what is stated at `remote`: what nobody knows of looks undone.
  static func noteUnasked(_ remote: String?, in repository: Repository) throws {
    guard let remote,
      try engine({ () throws(EngineFault) in
        try EvidenceExchange.isUnknown(remote, in: repository)
      })
    else { return }
    Console.diagnose(
      "gitrel: note: this clone has no statements of \(Bytes(remote.utf8).printable), so what follows may be wrong: gitrel fetch"
    )
  }

  /// What a revision names.
  static func commit(
    _ revision: String, in repository: Repository, hints: [String] = []
  ) throws -> ObjectID {
    let id = try store { () throws(GitError) in try repository.resolve(revision) }
    guard let id else {
      let fault = EngineFault.noCommit(revision, in: repository, hints: hints)
      throw Failure(fault.message, hints: fault.hints)
    }
    return id
  }

  /// Warns where the policy knows nobody who pushes by this name: a slip of the keyboard would be judged as
  /// a stranger.
  static func checkPusher(_ login: String?, _ people: People) {
    guard let login, !people.isEmpty, people.person(login: login) == nil else { return }
    let near = Spelling.suggestion(
      for: login, among: people.all.flatMap { $0.logins + [$0.id] })
    warn(
      "the policy knows nobody who pushes as `\(Bytes(login.utf8).printable)`, so a stranger is judged; \(near ?? "it knows \(known(people))")"
    )
  }

  /// The logins of the policy, or the first of them.
  private static func known(_ people: People) -> String {
    let logins = people.all.flatMap(\.logins)
    guard !logins.isEmpty else { return "no logins" }
    return logins.prefix(10).joined(separator: ", ") + (logins.count > 10 ? ", ..." : "")
  }

  /// Warns where there is no such ref on the server, as far as is known here, and none is to be pushed.
  static func checkRef(_ name: RefName, of gate: CloneGate) throws {
    let known = try engine { () throws(EngineFault) in try gate.view.all() }.map(\.name)
    guard !known.contains(name) else { return }
    let near = Spelling.suggestion(for: name.short, among: known.map(\.short))
    warn(
      "there is no \(gate.view.display(name)) yet, so it is judged as a new ref\(near.map { "; \($0)" } ?? "")"
    )
  }

  /// Warns where there is no such ref on the server, as far as is known here.
  static func checkIsThere(_ name: RefName, in gate: CloneGate) throws {
    let known = try engine { () throws(EngineFault) in try gate.view.all() }.map(\.name)
    guard !known.contains(name) else { return }
    let near = Spelling.suggestion(for: name.short, among: known.map(\.short))
    warn("there is no ref \(name.short) here\(near.map { "; \($0)" } ?? "")")
  }

  private static func warn(_ words: String) { Console.diagnose("gitrel: warning: \(words)") }

  /// The ref that somebody means: the branch of the policy if they name none.
  static func ref(
    _ ref: String?, of gate: CloneGate, hint: String = "add --ref main"
  ) throws -> RefName {
    if let ref {
      var name = RefName(ref.hasPrefix("refs/") ? ref : "refs/heads/\(ref)")
      // A version is a tag, unless a branch is called so.
      let isBranch = try engine { () throws(EngineFault) in try gate.view.value(of: name) != nil }
      if !isBranch, gate.policy.document.tagVersions.version(of: Bytes(ref.utf8)[...]) != nil {
        name = RefName("refs/tags/\(ref)")
      }
      guard name.fault == nil else {
        throw Failure("`\(Bytes(ref.utf8).printable)` is no name of a ref", status: .usage)
      }
      return name
    }
    guard case .ref(let name, _) = gate.policy.source else {
      throw Failure(
        "the policy stands on no branch, so say which ref you mean", hints: [hint], status: .usage)
    }
    return name
  }

  /// Brings the statements of `remote` up to date for a command that was told to, and with `all` its branches
  /// and tags too.
  static func fetch(_ repository: Repository, from remote: String?, all: Bool = false) throws {
    guard let remote else {
      throw Failure("there is no remote to fetch from", hints: ["leave out --fetch"])
    }
    let exchange = EvidenceExchange(git: git(repository), remote: remote)
    do { if all { try exchange.fetchAll() } else { try exchange.fetch() } } catch {
      throw Failure(
        error.message, hints: error.hints + ["without --fetch it goes by what is known here"])
    }
  }

  /// The gate of `repository` by `remote`.
  static func gate(_ repository: Repository, remote: String?, policy: String?) throws -> CloneGate {
    try engine { () throws(EngineFault) in
      try CloneGate(repository, remote: remote, policyFile: policy)
    }
  }

  /// The decision log: a server's own, or a clone's copy of its remote's.
  static func log(of repository: Repository, remote: String?) throws -> DecisionLog {
    guard let remote = try Workplace.remote(remote, in: repository) else {
      return DecisionLog(repository, ref: DecisionLog.ref)
    }
    return DecisionLog(repository, ref: DecisionLog.copy(of: remote))
  }

  /// The git command for what needs a transport, in `repository`, with the user's own environment.
  static func git(_ repository: Repository) -> GitCommand {
    GitCommand(
      repository: nil, gitDirectory: repository.gitDirectory,
      environment: .ofThisProcess)
  }

  /// What `body` reads from the store; its error as a failure.
  static func store<Value>(_ body: () throws(GitError) -> Value) throws -> Value {
    do { return try body() } catch {
      throw Failure(error.description, hints: error.hint.map { [$0] } ?? [])
    }
  }

  /// What `body` does in the engine; its fault as a failure.
  static func engine<Value>(_ body: () throws(EngineFault) -> Value) throws -> Value {
    do { return try body() } catch {
      throw Failure(
        error.message, hints: error.hints, status: error.isRefusal ? .refused : .undecided)
    }
  }

  /// The bytes of a file, or of standard input for `-`.
  static func input(_ path: String, limit: Int) throws -> Bytes {
    if path == "-" {
      guard let bytes = Console.input(limit: limit) else {
        throw Failure("standard input is larger than \(limit) bytes, or cannot be read")
      }
      return bytes
    }
    guard let data = FileManager.default.contents(atPath: path), data.count <= limit else {
      throw Failure("\(path) cannot be read, or is larger than \(limit) bytes")
    }
    return Bytes(data)
  }

  /// The exit of a command that came to `decision`.
  static func exit(_ decision: Decision) -> ExitCode {
    switch decision.answer {
    case .accepted: ExitCode(ExitStatus.accepted.rawValue)
    case .refused: ExitCode(ExitStatus.refused.rawValue)
    case .undecided: ExitCode(ExitStatus.undecided.rawValue)
    }
  }
}
