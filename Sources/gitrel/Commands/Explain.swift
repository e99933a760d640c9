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
      line of the policy behind it. What is judged is what a push of it would bring or, where it would \
      bring nothing, what the remote has. With the name of a rule: what it wants, where it is stated and \
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
    Workplace.checkPusher(pusher, gate.policy.document.people)
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
    let name = try find(text, in: gate, mayBeRule: rule == nil)
    let looked = try Looked(at: name, in: gate, remote: remote)
    let decision = try looked.map { looked in
      try Workplace.engine { () throws(EngineFault) in
        try gate.decision(on: [looked.update], at: instant, pusher: pusher)
      }
    }
    let explanation = PolicyExplanation(
      gate.policy.document, gate.policy.origin, ref: name, rule: rule, decision: decision,
      looked: looked?.words)
    try report(explanation, missing: looked == nil ? name : nil)
    if let decision = explanation.decision { throw Workplace.exit(decision) }
  }

  private static let rules = RuleRegistry.names + BuiltIn.summaries.map(\.id.text)

  /// The ref that `text` names.
  private func find(_ text: String, in gate: CloneGate, mayBeRule: Bool) throws -> RefName {
    let isFull = text.hasPrefix("refs/")
    let names =
      isFull ? [RefName(text)] : [RefName("refs/heads/\(text)"), RefName("refs/tags/\(text)")]
    let known = try names.first { name in
      try Workplace.store { () throws(GitError) in try gate.repository.value(of: name) } != nil
        || Workplace.engine { () throws(EngineFault) in try gate.view.value(of: name) } != nil
    }
    if let known { return known }
    if !isFull, mayBeRule,
      let near = Spelling.suggestion(for: text, among: Self.rules)
    {
      throw Failure("there is no branch, tag or rule `\(names[0].short)` here", hints: [near])
    }
    // What was refused is not here any more, and a version was a tag.
    let versions = gate.policy.document.tagVersions
    return versions.version(of: Bytes(text.utf8)[...]) != nil ? names[names.count - 1] : names[0]
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

/// What is looked at of a ref: what a push of it would bring, or what the remote has where that is as much.
private struct Looked {
  let update: RefUpdate
  /// Which commit that is, behind the name of the ref.
  let words: String

  /// Nil where the ref is neither here nor there.
  init?(at name: RefName, in gate: CloneGate, remote: String?) throws {
    let here = try Workplace.engine { () throws(EngineFault) in try gate.localTip(of: name) }
    let there = try Workplace.engine { () throws(EngineFault) in try gate.view.value(of: name) }
    let shown = gate.view.display(name)
    guard let there, name.isBranch, remote != nil else {
      guard let id = here ?? there else { return nil }
      update = RefUpdate(name: name, old: there ?? .zero, new: id)
      words = "if \(name.short) were pushed now, at \(id.short):"
      return
    }
    if let here, here != there {
      let isBehind = try Workplace.store { () throws(GitError) in
        try gate.repository.isAncestor(here, of: there)
      }
      guard isBehind else {
        update = RefUpdate(name: name, old: there, new: here)
        words =
          "if \(name.short) were pushed now, at \(here.short) (\(shown) is at \(there.short)):"
        return
      }
      words =
        "\(shown) as it is, at \(there.short) (\(name.short) is behind here, at \(here.short)):"
    } else {
      words = "\(shown) as it is, at \(there.short):"
    }
    update = RefUpdate(name: name, old: there, new: there)
  }
}
