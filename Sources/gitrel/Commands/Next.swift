import ArgumentParser
import Engine
import GitModel
import Output
import Release

struct NextCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "next",
    abstract: "Say which version comes next.",
    discussion: """
      It goes by the conventional commits since the last release: a breaking change wants the first \
      number to go up, a feature the second, all else the last; below 1.0.0 a breaking change wants the \
      second. On a branch such as release/1.4 it is the next version of that line. Versions are written \
      as the policy's first tag-name says. The version is all of standard output, why is told on standard \
      error. It goes by what was fetched last.

      Example: gitrel next
      Example: gitrel next --minor --pre rc
      Example: git fetch && gitrel next --branch release/1.4
      """)

  @OptionGroup var next: NextOptions

  @Option(help: "The branch; the one that is released from when not given.")
  var branch: String?

  @Option(help: "The remote whose copies stand for the server.")
  var remote: String?

  @Option(help: ArgumentHelp("Go by this policy file.", valueName: "file"))
  var policy: String?

  @Option(help: "text or json.")
  var format: Format = .text

  func run() throws {
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(remote, in: repository)
    var request = TagRun.Request(at: Moment.now())
    let instant = request.instant
    request.aim = next.aim
    request.aim.instant = instant
    (request.branch, request.policyFile) = (branch, policy)
    let found = try Workplace.engine { () throws(EngineFault) in
      try NotesRun(repository, remote: remote).next(request)
    }
    guard format == .text else { return Console.report(try PlanJSON.text(found)) }
    Console.report(found.name)
    for line in NextText.lines(found) { Console.diagnose("gitrel: \(line)") }
  }
}
