import ArgumentParser
import Engine
import GitModel
import Output
import Policy
import Release

struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Cut a release: fetch, show every gate, ask, tag, push.",
    discussion: """
      The tag goes on the tip that the remote has, not on what is checked out. It is annotated, its \
      message holds the notes, and it is never moved: the same tag on the same commit is success, on \
      another commit an error. It is signed where a rule wants that or git is told to (tag.gpgSign).

      The hotfix lane wants a commit that descends from the release before it. The rollback lane tags \
      the very commit of a release that was. What else a lane wants, rules of the policy say.

      Example: gitrel tag v1.4
      Example: gitrel tag v1.4 --dry-run          only the plan
      Example: gitrel tag --next --yes            the version that `gitrel next` tells
      Example: gitrel tag v1.4.1 --lane hotfix --branch release/1.4
      Example: gitrel tag --next --lane rollback --rollback-target v1.3.2
      """)

  @Argument(help: "The version, as the tag is to be called.")
  var version: String?

  @Flag(help: "Tag the version that comes next.")
  var next = false

  @OptionGroup var step: NextOptions

  @OptionGroup var terms: TermOptions

  @Flag(help: "Do it without asking.")
  var yes = false

  @Flag(help: "Show the plan and change nothing.")
  var dryRun = false

  @Flag(help: "Print the notes alone and change nothing.")
  var notesOnly = false

  @Flag(help: "The same as --format json.")
  var json = false

  @Option(help: "text or json.")
  var format: Format = .text

  @Option(help: "The remote to release to.")
  var remote: String?

  @Option(help: "The branch to release; the one that holds the policy when not given.")
  var branch: String?

  @Option(help: ArgumentHelp("Try this policy file instead of the trusted one.", valueName: "file"))
  var policy: String?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("Who releases, as the server will know you.", valueName: "who"))
  var pusher: String?

  @Option(
    name: [.customShort("o"), .customLong("push-option")],
    help: ArgumentHelp("Goes with the push, as in git push.", valueName: "option"))
  var options: [String] = []

  private var isJSON: Bool { json || format == .json }

  func validate() throws {
    guard version == nil || !next else {
      throw ValidationError("a version and --next say two things; give one of them")
    }
    guard version == nil || !step.isStated else {
      throw ValidationError(
        "a version says which numbers it has; \(step.words) goes with --next")
    }
    guard version != nil || next else {
      throw ValidationError("name the version, or say --next")
    }
  }

  func run() throws {
    if isJSON, !dryRun, !yes, !notesOnly {
      throw Failure(
        "--json cannot ask", hints: ["add --yes to do it, or --dry-run to see it"], status: .usage)
    }
    let repository = try Workplace.repository()
    guard let remote = try Workplace.remote(remote, in: repository) else {
      throw Failure(
        "this repository has no remote to release to", hints: ["git remote add origin URL"])
    }
    let run = TagRun(repository, git: Workplace.git(repository), remote: remote)
    try Workplace.engine { () throws(EngineFault) in try run.fetch() }
    let plan = try Workplace.engine { () throws(EngineFault) in try run.plan(request) }
    if notesOnly { return try tellNotes(plan) }
    Workplace.checkPusher(pusher, plan.people)
    if case .taken(let id) = plan.state {
      if isJSON { Console.report(try PlanJSON.text(plan)) }
      throw Failure(
        "\(plan.name) exists, on \(id.short); a tag is never moved",
        hints: ["gitrel next tells a version that is free"], status: .refused)
    }
    if !isJSON, plan.state != .done {
      for line in PlanText().lines(plan) { Console.report(line) }
    }
    do {
      let receipt = try isToBeCut(plan) ? cut(plan, run) : nil
      if isJSON { Console.report(try PlanJSON.text(plan, receipt)) }
    } catch {
      if isJSON, !(error is JSONFault) { Console.report(try PlanJSON.text(plan)) }
      throw error
    }
  }

  private var request: TagRun.Request {
    var request = TagRun.Request(at: Moment.now())
    let instant = request.instant
    request.aim = step.aim
    request.aim.instant = instant
    (request.name, request.branch, request.terms) = (version, branch, terms.terms)
    (request.pusher, request.policyFile, request.options) = (pusher, policy, options)
    return request
  }

  /// Whether all is ready and somebody agrees.
  private func isToBeCut(_ plan: TagPlan) throws -> Bool {
    if case .done = plan.state {
      note("\(plan.name) is on \(plan.commit.id.short) already: nothing to do")
      return false
    }
    guard plan.isGuarded else {
      throw Failure(
        "no ruleset guards the tag \(plan.name), so nothing would be checked",
        hints: [
          plan.versionPrefix.map { "did you mean \($0)\(plan.name)?" }
            ?? "state rules for it in the policy: refs: [\"refs/tags/v*\"]"
        ], status: .refused)
    }
    guard plan.decision.answer == .accepted else {
      note("\(plan.name) is not cut: the gates above refuse it")
      throw Workplace.exit(plan.decision)
    }
    guard plan.isReady else {
      note("\(plan.name) is not cut: the \(plan.terms.lane.rawValue) lane is not for it")
      throw ExitCode(ExitStatus.refused.rawValue)
    }
    if dryRun {
      note("\(plan.name) is not cut: this was a dry run")
      return false
    }
    guard try yes || agreed(plan) else {
      note("\(plan.name) is not cut")
      throw ExitCode(ExitStatus.refused.rawValue)
    }
    return true
  }

  private func cut(_ plan: TagPlan, _ run: TagRun) throws -> TagReceipt {
    let answer = try Workplace.engine { () throws(EngineFault) in
      try run.cut(plan, options: options)
    }
    switch answer {
    case .refused(let words):
      throw Failure(
        words, hints: ["do what it says, then gitrel tag \(plan.name) again"], status: .refused)
    case .interrupted(let words):
      throw Failure(words, hints: ["gitrel tag \(plan.name) again pushes that very tag"])
    case .released(let receipt):
      for line in receipt.said.split(separator: UInt8(ascii: "\n")) {
        Console.diagnose(line.printable)
      }
      note("released \(plan.name) on \(plan.commit.id.short), pushed to \(plan.remote)")
      if !isJSON {
        for line in PlanText().lines(receipt, of: plan) { Console.report(line) }
      }
      return receipt
    }
  }

  private func tellNotes(_ plan: TagPlan) throws {
    guard !isJSON else { return Console.report(try PlanJSON.text(plan)) }
    let lines = plan.message.notes.split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines.dropLast() { Console.report(String(line).cleaned) }
  }

  private func agreed(_ plan: TagPlan) throws -> Bool {
    guard Console.canAsk else {
      throw Failure(
        "nobody can be asked: standard input is no terminal",
        hints: ["add --yes to cut \(plan.name) without being asked, or --dry-run to see the plan"],
        status: .usage)
    }
    return Console.ask("cut \(plan.name) on \(plan.commit.id.short) and push it to \(plan.remote)?")
  }

  /// A line that must not get between the lines of JSON.
  private func note(_ line: String) {
    if isJSON { Console.diagnose("gitrel: \(line)") } else { Console.report("gitrel: \(line)") }
  }
}
