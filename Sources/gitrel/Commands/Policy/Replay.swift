import ArgumentParser
import Engine
import GitModel
import GitStore
import Output
import Policy

struct PolicyReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Judge the past of a branch by a policy, before the policy bites.",
    discussion: """
      Every past update of a branch is judged at its own time, and each rule is told with how many it \
      would have refused, with examples. By default each commit of the first-parent history is one \
      update; with --from reflog the moves that this repository remembers. What history does not record \
      (who pushed, where other branches stood) cannot be told, and the report says so. Nothing is \
      written, and no rule refuses anything here.

      Ends with 0 when the history was judged, 2 when it could not be.

      --format csv has a line for each rule, with the columns that docs/json.md describes.

      Example: gitrel policy replay --since '6 months ago'
      Example: gitrel policy replay --policy new.yml --ref release/1.4 --examples 5
      Example: gitrel policy replay --ref 'refs/tags/v*' --rules version-increases --format csv
      """)

  /// How the command answers.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, csv
  }

  @OptionGroup var past: PastOptions

  @Option(help: ArgumentHelp("Try this policy file instead of the trusted one.", valueName: "file"))
  var policy: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Only these rules; commas may stand between them.", valueName: "rule"))
  var rules: [String] = []

  @Option(help: ArgumentHelp("How many examples of each rule.", valueName: "number"))
  var examples: Int = 3

  @Option(help: "text, json or csv.")
  var format: Format = .text

  /// The rules that are asked for, one by one.
  private var ruleNames: [String] {
    rules.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  func validate() throws {
    guard (0...1000).contains(examples) else {
      throw ValidationError("--examples takes a number from 0 to 1000")
    }
    for rule in ruleNames where !RuleRegistry.names.contains(rule) {
      let hint = Spelling.suggestion(for: rule, among: RuleRegistry.names)
      throw ValidationError("there is no rule `\(rule)`\(hint.map { "; \($0)" } ?? "")")
    }
  }

  func run() throws {
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(past.remote, in: repository)
    let gate = try gate(repository, remote: remote)
    let loaded = rules.isEmpty ? gate.policy : gate.policy.only(ruleNames.map { RuleID($0) })
    let replay = Replay(
      policies: [loaded], since: try past.sinceMoment(), examples: examples,
      progress: Progress.replay)
    let outcome = try past.outcome(of: replay, in: repository, view: gate.view)
    Progress.end()
    guard let counted = outcome.counted.first else { return }
    let report = ReplayReport(
      refs: outcome.refs, source: outcome.source, policy: loaded.origin, tally: counted.tally,
      notes: outcome.notes)
    switch format {
    case .text: for line in ReplayText(width: Console.width).lines(report) { Console.report(line) }
    case .json: Console.report(try ReplayJSON.text(report))
    case .csv: for line in ReplayCSV.lines(report) { Console.report(line) }
    }
  }

  /// The gate. Where the trusted policy is not there or does not load, one that is can still be tried: how
  /// the server gets another is told by what is pushed, not by what was.
  private func gate(_ repository: Repository, remote: String?) throws -> CloneGate {
    do { return try Workplace.gate(repository, remote: remote, policy: policy) } catch let failure
      as Failure where policy == nil
    {
      throw Failure(
        failure.message, hints: ["try a policy file: --policy .gitrel/policy.yml"],
        status: failure.status)
    }
  }
}

/// Which past is replayed.
struct PastOptions: ParsableArguments {
  /// Where past updates come from.
  enum Source: String, ExpressibleByArgument, CaseIterable {
    case history, reflog
  }

  @Option(
    help: ArgumentHelp(
      "Only updates since a day (midnight UTC), a moment, or so long ago: 90d, 12w, '6 months', '1 year'.",
      valueName: "date"))
  var since: String?

  @Option(
    help: ArgumentHelp(
      "The branch, or tags by a pattern such as 'refs/tags/v*'; by default the current branch.",
      valueName: "ref"))
  var ref: String?

  @Option(help: "history (of first parents) or reflog.")
  var from: Source = .history

  @Option(help: "The remote whose copies stand for the server.")
  var remote: String?

  func sinceMoment() throws -> Instant? {
    try since.map(Moment.since)
  }

  /// What comes of `replay` over this past.
  func outcome(
    of replay: Replay, in repository: Repository, view: RefView
  ) throws -> Replay.Outcome {
    let shown = try ref ?? currentBranch(repository)
    if shown.hasPrefix("refs/tags/") {
      guard from == .history else {
        throw Failure("tags have no reflog to be replayed from", status: .usage)
      }
      let selection: RefSelection
      do { selection = try RefSelection([shown]) } catch {
        throw Failure(
          "--ref: the pattern `\(Bytes(shown.utf8).printable)` \(error.words)", status: .usage)
      }
      return try Workplace.engine { () throws(EngineFault) in
        try replay.tags(
          selection, called: Bytes(shown.utf8).printable, in: repository, view: view)
      }
    }
    let name = RefName(shown.hasPrefix("refs/") ? shown : "refs/heads/\(shown)")
    if let fault = name.fault {
      throw Failure("the name \(name.full) \(fault.words)", status: .usage)
    }
    if from == .reflog {
      return try Workplace.engine { () throws(EngineFault) in
        try replay.reflog(of: name, in: repository, view: view)
      }
    }
    let tip = try Workplace.engine { () throws(EngineFault) in try view.value(of: name) }
    guard let tip else {
      throw Failure(
        "there is no branch \(view.display(name))",
        hints: ["git fetch, or name another with --ref"])
    }
    return try Workplace.engine { () throws(EngineFault) in
      try replay.history(of: name, from: tip, in: repository, view: view)
    }
  }

  private func currentBranch(_ repository: Repository) throws -> String {
    let head = try Workplace.store { () throws(GitError) in
      try repository.value(of: RefName("HEAD"))
    }
    guard case .symbolic(let branch)? = head else {
      throw Failure("no branch is checked out", hints: ["name one with --ref"])
    }
    return branch.full
  }
}
