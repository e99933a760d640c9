import ArgumentParser
import Engine
import FoundationEssentials
import GitModel
import GitStore
import Glibc
import Output
import Policy

struct Hook: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What the files in hooks/ call.",
    discussion: """
      Git runs the installed hooks, and they run this. There is no reason to type it, but to see \
      what a hook would say: gitrel check --push-lines FILE.

      Example: gitrel hook pre-receive --repository /srv/git/app.git < lines
      """,
    subcommands: [PreReceive.self, PostReceive.self, PrePush.self, CommitMsg.self])
}

/// What every hook takes: how it says yes to its shim, and the foreign hook that was there before.
struct ShimOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The status that means yes; the shim believes no other.", valueName: "n"))
  var acceptedStatus: Int32 = 0

  @Option(
    help: ArgumentHelp(
      "The hook that was there before gitrel, to be run after it.", valueName: "path"))
  var chain: String?

  /// Runs the foreign hook with git's own arguments and input, and ends the command: with the yes of
  /// the shim, or with the foreign hook's refusal, told after `prefix`.
  func accept(_ arguments: [String], input: Bytes, prefix: String = "") throws -> Never {
    try runChained(arguments, input: input, prefix: prefix)
    throw ExitCode(acceptedStatus)
  }

  private func runChained(_ arguments: [String], input: Bytes, prefix: String) throws {
    guard let chain else { return }
    ProcessLimits.lift()
    let status = try Workplace.engine { () throws(EngineFault) in
      try ChainedHook.run(
        path: chain, arguments: arguments.map { Bytes($0.utf8) }, stdin: input,
        environment: .ofThisProcess)
    }
    // Whatever the foreign hook says but 0 is a refusal; its own number could mean the shim's yes.
    if status != 0 {
      Console.diagnose(
        "\(prefix)gitrel: the hook that was here before gitrel refused (status \(status))")
      throw ExitCode(ExitStatus.refused.rawValue)
    }
  }
}

/// Which repository a server's hook guards.
struct RepositoryOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The bare repository, by absolute path.", valueName: "path"))
  var repository: String?

  @Flag(help: "The repository in which git starts the hook.")
  var repositoryFromGit = false

  @Option(
    help: ArgumentHelp(
      "What tells who pushes: none, shell, gitolite, gitea, forgejo, gitlab, http.",
      valueName: "kind"))
  var identity: PusherSource = .none

  /// Its directory. Git starts server hooks inside the repository, with GIT_DIR=`.`; a GIT_DIR that
  /// says anything else comes from somewhere else, and the working directory stands.
  func directory() throws -> String {
    let here = try workingDirectory()
    guard let repository else { return here }
    // Written into the hook when it was installed: a copy or a moved repository is not that one.
    guard Self.isSame(repository, here) else {
      throw Failure(
        "this hook was installed for \(Bytes(repository.utf8).printable) and runs in \(Bytes(here.utf8).printable)",
        hints: ["who runs the server runs: gitrel install --server \(Bytes(here.utf8).printable)"])
    }
    return repository
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    var (one, other) = (stat(), stat())
    return stat(left, &one) == 0 && stat(right, &other) == 0
      && one.st_dev == other.st_dev && one.st_ino == other.st_ino
  }

  private func workingDirectory() throws -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard getcwd(&buffer, buffer.count) != nil else {
      throw Failure("the working directory cannot be told: \(String(cString: strerror(errno)))")
    }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension Hook {
  /// How much of standard input a hook reads, in bytes.
  static let inputLimit = 16 << 20

  /// Tells the pusher a line of a server's hook, which git puts `remote: ` before. A hint, which has a
  /// command to be copied, stays whole.
  static func tell(_ line: String, prefix: String = "") {
    let isHint = line.hasPrefix("gitrel: hint: ")
    let width = isHint ? Int.max : DecisionText.standardWidth - prefix.count
    for part in line.wrapped(to: width, hanging: 8) { Console.diagnose(prefix + part) }
  }

  struct PreReceive: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pre-receive", abstract: "Judge a push on the server, before any ref moves.")

    @OptionGroup var place: RepositoryOptions

    @OptionGroup var shim: ShimOptions

    func run() throws {
      ProcessLimits.impose()
      let input = Console.input(limit: Hook.inputLimit)
      do { try judge(input) } catch let failure as Failure {
        for line in failure.lines { Hook.tell(line, prefix: place.identity.refusalPrefix) }
        throw ExitCode(failure.status.rawValue)
      }
    }

    private func judge(_ input: [UInt8]?) throws {
      let directory = try place.directory()
      let gate = try Workplace.engine { () throws(EngineFault) in
        try ServerGate(gitDirectory: directory, quarantine: HookEnvironment.quarantine)
      }
      let outcome = outcome(of: input, gate)
      let more = outcome.decision.refusedRef.map {
        "gitrel explain \($0.asArgument)    in your clone"
          + (outcome.sequence.map { "; decision \($0)" } ?? "")
      }
      for line in lines(outcome.decision, more: more) { Console.diagnose(line) }
      guard outcome.decision.answer == .accepted, let input else {
        throw Workplace.exit(outcome.decision)
      }
      try shim.accept([], input: input, prefix: place.identity.refusalPrefix)
    }

    /// What the pusher reads.
    private func lines(_ decision: Decision, more: String?) -> [String] {
      let prefix = decision.answer == .accepted ? "" : place.identity.refusalPrefix
      return DecisionText(width: DecisionText.standardWidth - prefix.count)
        .lines(decision, more: more).map { prefix + $0 }
    }

    /// What is refused before it can be judged is in the log too.
    private func outcome(of input: [UInt8]?, _ gate: ServerGate) -> ServerGate.Outcome {
      let failure: Failure
      do {
        let environment = try HookEnvironment(identity: place.identity)
        if let input {
          return gate.receive(
            input, pusher: environment.pusher, route: environment.route,
            options: environment.options, now: Moment.now)
        }
        failure = Failure(
          "standard input is larger than \(Hook.inputLimit) bytes, or cannot be read")
      } catch { failure = error }
      return gate.refuse(failure.message, fixes: failure.hints, pusher: nil, now: Moment.now)
    }
  }

  struct PostReceive: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "post-receive",
      abstract: "Tell of refs that moved without a decision. Refuses nothing: they have moved.")

    @OptionGroup var place: RepositoryOptions

    @OptionGroup var shim: ShimOptions

    func run() throws {
      ProcessLimits.impose()
      let input = Console.input(limit: Hook.inputLimit) ?? []
      do {
        let updates = try HookLines.received(input)
        let directory = try place.directory()
        try AppliedUpdates.record(input, at: Moment.now(), gitDirectory: directory)
        let unlogged = try LogAudit.unlogged(updates, gitDirectory: directory)
        for update in unlogged {
          Hook.tell(
            "gitrel: warning: \(update.name.short) moved to \(update.new.short) without a decision in the log"
          )
          Hook.tell("gitrel: hint: gitrel doctor --server REPO    says why it was not asked")
        }
      } catch let fault as EngineFault {
        Hook.tell("gitrel: warning: \(fault.message)")
      } catch let fault as HookLines.Fault {
        Hook.tell("gitrel: warning: \(fault.words)")
      }
      try shim.accept([], input: input)
    }
  }

  struct PrePush: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pre-push", abstract: "Say before a push leaves what the server would say.")

    @Argument(help: "The remote's name, or its URL, as git gives it.")
    var remote: String

    @Argument(help: "The remote's URL, as git gives it.")
    var url: String?

    @OptionGroup var shim: ShimOptions

    func run() throws {
      guard let input = Console.input(limit: Hook.inputLimit) else {
        throw Failure("standard input is larger than \(Hook.inputLimit) bytes, or cannot be read")
      }
      let outgoing: [HookLines.Outgoing]
      do { outgoing = try HookLines.outgoing(input) } catch { throw Failure(error.words) }
      if !outgoing.isEmpty { try advise(outgoing.map(\.update)) }
      try shim.accept([remote] + (url.map { [$0] } ?? []), input: input)
    }

    /// Prints what the server would say, and ends the command when it would refuse.
    private func advise(_ updates: [RefUpdate]) throws {
      let repository = try Workplace.repository()
      guard
        try Workplace.store({ () throws(GitError) in
          try repository.config("remote.\(remote).url")
        }) != nil
      else {
        // A URL typed by hand: the clone has no copy of its refs, so nothing can be said of it.
        return Console.diagnose(
          "gitrel: no remote has this URL, so it was not checked here; the server decides")
      }
      let gate: CloneGate
      switch CloneGate.find(repository, remote: remote) {
      case .found(let found): gate = found
      case .none(let why):
        return Console.diagnose("gitrel: not checked here: \(why); the server decides")
      case .broken(let fault): throw Failure(fault.message, hints: fault.hints)
      }
      let decision = try Workplace.engine { () throws(EngineFault) in
        try gate.decision(on: updates, at: Moment.now(), pusher: nil)
      }
      let more = decision.refusedRef.map { "gitrel explain \($0.asArgument)" }
      switch decision.answer {
      case .accepted:
        // Quiet, but for rules that are being tried.
        let isTold = decision.all.contains { $0.verdict.outcome == .violated }
        guard isTold else { return }
        for line in DecisionText(width: 80).lines(decision) { Console.diagnose(line) }
      case .refused:
        for line in DecisionText(width: 80).lines(decision, more: more) { Console.diagnose(line) }
        if decision.all.contains(where: { $0.refuses && $0.override != nil }) {
          Console.diagnose("gitrel: hint: overridden already? gitrel fetch, then push again")
        }
        throw Workplace.exit(decision)
      case .undecided:
        Console.diagnose("gitrel: the push goes on and the server decides; this clone cannot tell:")
        // Without the headline, which would say that the push is refused.
        let verdicts = DecisionText(width: 80).lines(decision).drop { !$0.hasPrefix("  ?") }
        for line in verdicts { Console.diagnose(line) }
      }
    }
  }

  struct CommitMsg: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "commit-msg", abstract: "Judge the form of a commit message as it is made.")

    @Argument(help: "The file that holds the message, as git gives it.")
    var file: String

    @OptionGroup var shim: ShimOptions

    func run() throws {
      try advise()
      try shim.accept([file], input: [])
    }

    private func advise() throws {
      let repository = try Workplace.repository()
      // Of several remotes none may be meant: then there is nothing to advise by.
      guard let remote = try? Workplace.remote(nil, in: repository),
        case .found(let gate) = CloneGate.find(repository, remote: remote)
      else { return }
      let head = try Workplace.store { () throws(GitError) in
        try repository.value(of: RefName("HEAD"))
      }
      guard case .symbolic(let branch)? = head else { return }
      let message = try Workplace.input(file, limit: 1 << 20)
      let merged = try Workplace.store { () throws(GitError) in
        try repository.value(of: RefName("MERGE_HEAD"))
      }
      let tip = try tip(of: branch, in: repository)
      // A merge that is amended is a merge; it is told by its subject, as git tells no hook.
      let isMerge =
        merged != nil
        || tip.map { $0.isMerge && EditedMessage.subject(of: message) == Bytes($0.subject) }
          ?? false
      let verdicts = gate.verdicts(
        onMessage: message, of: branch, isMerge: isMerge, at: Moment.now())
      let decision = Decision(
        instant: Moment.now(), pusher: nil, policy: gate.policy.origin,
        updates: [
          UpdateDecision(
            update: RefUpdate(name: branch, old: .zero, new: .zero), isGuarded: true,
            judged: verdicts)
        ])
      guard decision.answer != .accepted else { return }
      for line in DecisionText(width: 80).lines(decision) { Console.diagnose(line) }
      Console.diagnose("gitrel: hint: the message is kept: git commit -e -F \(file)")
      // Git does not tell a hook whether it amends.
      if let tip, merged == nil {
        Console.diagnose(
          "gitrel: hint: where you amended \(tip.id.short): git commit --amend -e -F \(file)")
      }
      throw Workplace.exit(decision)
    }

    /// The commit that the branch has, nil when it has none yet.
    private func tip(of branch: RefName, in repository: Repository) throws -> Commit? {
      try Workplace.store { () throws(GitError) in
        guard case .direct(let id)? = try repository.value(of: branch) else { return nil }
        return try repository.commit(id)
      }
    }
  }
}

/// What a server hook takes from its environment: a fixed list of names, read once.
struct HookEnvironment {
  /// Where git holds the pushed objects.
  static var quarantine: String? { ProcessInfo.processInfo.environment["GIT_QUARANTINE_PATH"] }

  /// Who pushes, as the installed source tells.
  let pusher: String?
  /// How the push comes, as the installed source tells.
  let route: Route?

  /// What the client sent with `git push -o` (githooks(5), pre-receive).
  let options: [PushOption]

  /// How many options are read; git itself knows no limit.
  private static let optionLimit = 100

  /// Variables with which git (or somebody) makes the repository look like another one.
  private static let refused = [
    "GIT_NAMESPACE", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_REPLACE_REF_BASE",
    "GIT_GRAFT_FILE",
  ]

  init(identity: PusherSource) throws(Failure) {
    let environment = ProcessInfo.processInfo.environment
    if environment["GIT_SHALLOW_FILE"].map({ !$0.isEmpty }) ?? false {
      throw Failure(
        "the push comes from a shallow clone and would make this repository shallow",
        hints: ["git fetch --unshallow, then push again"])
    }
    for name in Self.refused where environment[name] != nil {
      throw Failure(
        "\(name) is set, so that the repository would not be judged as it is",
        hints: ["who runs the server takes it out of the hook's environment"])
    }
    route = identity.route(in: environment)
    let count = min(environment["GIT_PUSH_OPTION_COUNT"].flatMap(Int.init) ?? 0, Self.optionLimit)
    options = (0..<max(0, count)).compactMap { number in
      environment["GIT_PUSH_OPTION_\(number)"].map { PushOption($0) }
    }
    pusher = identity.variable.flatMap { environment[$0] }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
