import ArgumentParser
import Engine
import GitModel
import GitStore
import Output
import Policy

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say why a ref is accepted or refused, rule by rule, or what a rule wants.",
    discussion: """
      With a branch or tag: which rulesets guard it and why, and the verdict of every rule with the \
      line of the policy behind it. With the name of a rule: what it wants and where it is stated.

      Example: gitrel explain main
      Example: gitrel explain approvals
      """)

  @Argument(help: ArgumentHelp("A ref, or the name of a rule.", valueName: "ref|rule"))
  var subject: String

  @Option(help: "The remote whose copies stand for the server.")
  var remote: String?

  @Option(
    help: ArgumentHelp("Explain this policy file instead of the trusted one.", valueName: "file"))
  var policy: String?

  @Option(name: .customLong("as"), help: ArgumentHelp("Who pushes.", valueName: "who"))
  var pusher: String?

  @Option(help: ArgumentHelp("Judge as at this moment: RFC 3339.", valueName: "time"))
  var at: String?

  func run() throws {
    let instant = try at.map(Moment.parse) ?? Moment.now()
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(remote, in: repository)
    let gate = try Workplace.gate(repository, remote: remote, policy: policy)
    if RuleRegistry.names.contains(subject) {
      for line in PolicyText.lines(rule: subject, gate.policy.document, gate.policy.origin) {
        Console.report(line)
      }
      return
    }
    let full = subject.hasPrefix("refs/") ? RefName(subject) : nil
    let names =
      full.map { [$0] } ?? [RefName("refs/heads/\(subject)"), RefName("refs/tags/\(subject)")]
    let local = try names.first { name in
      try Workplace.store { () throws(GitError) in try repository.value(of: name) } != nil
    }
    if local == nil, full == nil,
      let near = Spelling.suggestion(for: subject, among: RuleRegistry.names)
    {
      throw Failure("there is no branch, tag or rule `\(names[0].short)` here", hints: [near])
    }
    let name = local ?? names[0]
    for line in PolicyText.lines(guarding: name, gate.policy.document, gate.policy.origin) {
      Console.report(line)
    }
    guard local != nil else {
      Console.report("\(name.full) does not exist here, so there is nothing to judge")
      return
    }
    let update = try Subject(name.full, ref: nil, gate: gate)
    let decision = try Workplace.engine { () throws(EngineFault) in
      try gate.decision(on: [try update.update(gate)], at: instant, pusher: pusher)
    }
    Console.report()
    Console.report("if \(name.short) were pushed now:")
    for line in DecisionText(width: 100, isVerbose: true, showsLines: true).lines(decision) {
      Console.report(line)
    }
    throw Workplace.exit(decision)
  }
}
