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
      line of the policy behind it. With the name of a rule: what it wants, where it is stated and \
      with which settings it is in force. With both: that rule on that ref.

      Example: gitrel explain main
      Example: gitrel explain approvals
      Example: gitrel explain approvals main
      """)

  @Argument(help: ArgumentHelp("A ref, or the name of a rule.", valueName: "ref|rule"))
  var subject: String

  @Argument(help: ArgumentHelp("The ref, behind the name of a rule.", valueName: "ref"))
  var ref: String?

  @Option(help: "The remote whose copies stand for the server.")
  var remote: String?

  @Option(
    help: ArgumentHelp("Explain this policy file instead of the trusted one.", valueName: "file"))
  var policy: String?

  @Option(name: .customLong("as"), help: ArgumentHelp("Who pushes.", valueName: "who"))
  var pusher: String?

  @Option(help: ArgumentHelp("Judge as at this moment: RFC 3339.", valueName: "time"))
  var at: String?

  @Option(help: "text or json.")
  var format: Format = .text

  func run() throws {
    let instant = try at.map(Moment.parse) ?? Moment.now()
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(remote, in: repository)
    let gate = try Workplace.gate(repository, remote: remote, policy: policy)
    let rule = RuleID(subject).summary == nil ? nil : RuleID(subject)
    if rule == nil, let ref {
      let isTurned = RuleID(ref).summary != nil
      throw Failure(
        "there is no rule `\(Bytes(subject.utf8).printable)`",
        hints: [
          isTurned
            ? "did you mean `gitrel explain \(ref) \(Bytes(subject.utf8).printable)`?"
            : Spelling.suggestion(for: subject, among: Self.rules)
              ?? "there is \(RuleRegistry.names.joined(separator: ", "))"
        ], status: .usage)
    }
    guard let text = rule == nil ? subject : ref else {
      return try report(
        PolicyExplanation(gate.policy.document, gate.policy.origin, rule: rule), missing: nil)
    }
    let (name, isHere) = try find(
      text, in: repository, gate.policy.document.tagVersions, mayBeRule: rule == nil)
    var decision: Decision?
    if isHere {
      let update = try Subject(name.full, ref: nil, gate: gate)
      decision = try Workplace.engine { () throws(EngineFault) in
        try gate.decision(on: [try update.update(gate)], at: instant, pusher: pusher)
      }
    }
    let explanation = PolicyExplanation(
      gate.policy.document, gate.policy.origin, ref: name, rule: rule, decision: decision)
    try report(explanation, missing: isHere ? nil : name)
    if let decision = explanation.decision { throw Workplace.exit(decision) }
  }

  private static let rules = RuleRegistry.names + BuiltIn.summaries.map(\.id.text)

  /// The ref that `text` names, and whether it exists here.
  private func find(
    _ text: String, in repository: Repository, _ versions: TagVersions, mayBeRule: Bool
  ) throws -> (name: RefName, isHere: Bool) {
    let isFull = text.hasPrefix("refs/")
    let names =
      isFull ? [RefName(text)] : [RefName("refs/heads/\(text)"), RefName("refs/tags/\(text)")]
    let local = try names.first { name in
      try Workplace.store { () throws(GitError) in try repository.value(of: name) } != nil
    }
    if local == nil, !isFull, mayBeRule,
      let near = Spelling.suggestion(for: text, among: Self.rules)
    {
      throw Failure("there is no branch, tag or rule `\(names[0].short)` here", hints: [near])
    }
    // What was refused is not here any more, and a version was a tag.
    let isVersion = versions.version(of: Bytes(text.utf8)[...]) != nil
    return (local ?? (isVersion ? names[names.count - 1] : names[0]), local != nil)
  }

  private func report(
    _ explanation: PolicyExplanation, missing: RefName?
  ) throws(JSONFault) {
    switch format {
    case .json: Console.report(try DecisionJSON.text(explanation))
    case .text:
      for line in PolicyText().lines(explanation) { Console.report(line) }
      if let missing {
        Console.report("\(missing.full) does not exist here, so there is nothing to judge")
      }
    }
  }
}
