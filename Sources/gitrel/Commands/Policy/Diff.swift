import ArgumentParser
import Engine
import GitModel
import GitStore
import Output
import Policy

struct PolicyDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Tell what a new policy refuses that an old one did not, over the same history.",
    discussion: """
      Each policy is a file, or REV:PATH as in git show. What is stated otherwise is told in words; then \
      the past of a branch is judged by both in one pass, and each rule that makes a difference is told \
      with whether it was switched on or off, or is stricter or looser. A rule under `enforce: evaluate` refuses \
      nothing; one with `active-from` is taken as in force.

      Ends with 0 when the new policy refuses nothing that the old one let through, 1 when it does, 2 \
      when a policy or history cannot be read.

      Example: gitrel policy diff origin/main:.gitrel/policy.yml .gitrel/policy.yml
      Example: gitrel policy diff old.yml new.yml --since 2025-11-20 --ref main --format json
      """)

  @Argument(help: ArgumentHelp("The old policy: a file, or REV:PATH.", valueName: "old"))
  var old: String

  @Argument(help: ArgumentHelp("The new policy.", valueName: "new"))
  var new: String

  @OptionGroup var past: PastOptions

  @Option(help: ArgumentHelp("How many examples of each rule.", valueName: "number"))
  var examples: Int = 3

  @Option(help: "text or json.")
  var format: Format = .text

  func validate() throws {
    guard (0...1000).contains(examples) else {
      throw ValidationError("--examples takes a number from 0 to 1000")
    }
  }

  func run() throws {
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(past.remote, in: repository)
    let view = remote.map { RefView.clone(repository, remote: $0) } ?? .server(repository)
    let policies = try [old, new].map { text in
      try Workplace.engine { () throws(EngineFault) in
        try TrustedPolicy.named(text, in: repository)
      }
    }
    let replay = Replay(
      policies: policies, since: try past.sinceMoment(), examples: examples,
      progress: Progress.replay)
    let outcome = try past.outcome(of: replay, in: repository, view: view)
    Progress.end()
    guard let difference = outcome.difference else { return }
    let report = PolicyDifferenceReport(
      old: policies[0].origin, new: policies[1].origin,
      comparison: PolicyComparison(old: policies[0].document, new: policies[1].document),
      refs: outcome.refs, source: outcome.source, difference: difference,
      tallies: outcome.counted.map(\.tally), notes: outcome.notes)
    switch format {
    case .text:
      for line in PolicyDifferenceText(width: Console.width).lines(report) { Console.report(line) }
    case .json: Console.report(try PolicyDifferenceJSON.text(report))
    }
    if difference.newlyRefused > 0 { throw ExitCode(ExitStatus.refused.rawValue) }
  }
}
