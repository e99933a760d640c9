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
      another commit an error.

      Example: gitrel tag v1.4
      Example: gitrel tag v1.4 --dry-run          only the plan
      Example: gitrel tag v1.4 --yes              without being asked
      """)

  @Argument(help: "The version, as the tag is to be called.")
  var version: String

  @Flag(help: "Do it without asking.")
  var yes = false

  @Flag(help: "Show the plan and change nothing.")
  var dryRun = false

  @Flag(help: "Print the plan as JSON.")
  var json = false

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

  func run() throws {
    if json, !dryRun, !yes {
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
    let plan = try Workplace.engine { () throws(EngineFault) in
      try run.plan(
        version, branch: branch, at: Moment.now(), pusher: pusher, policyFile: policy)
    }
    if case .taken(let id) = plan.state, !json {
      throw Failure(
        "\(plan.name) exists, on \(id.short); a tag is never moved",
        hints: ["gitrel tag NEXT-VERSION"], status: .refused)
    }
    if json {
      Console.report(try DecisionJSON.text(plan))
    } else {
      for line in PlanText().lines(plan) { Console.report(line) }
    }
    switch plan.state {
    case .done:
      note("\(plan.name) is on \(plan.commit.id.short) already: nothing to do")
      return
    case .taken(let id):
      throw Failure(
        "\(plan.name) exists, on \(id.short); a tag is never moved",
        hints: ["gitrel tag NEXT-VERSION"], status: .refused)
    case .new: break
    }
    guard plan.decision.updates.contains(where: \.isGuarded) else {
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
    if dryRun { return note("\(plan.name) is not cut: this was a dry run") }
    guard try yes || agreed(plan) else {
      note("\(plan.name) is not cut")
      throw ExitCode(ExitStatus.refused.rawValue)
    }
    switch try Workplace.engine({ () throws(EngineFault) in try run.cut(plan) }) {
    case .refused(let words):
      throw Failure(
        words, hints: ["do what it says, then gitrel tag \(plan.name) again"], status: .refused)
    case .released(let said):
      for line in said.split(separator: UInt8(ascii: "\n")) { Console.diagnose(line.printable) }
    }
    note("released \(plan.name) on \(plan.commit.id.short), pushed to \(plan.remote)")
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
    if json { Console.diagnose("gitrel: \(line)") } else { Console.report("gitrel: \(line)") }
  }
}
