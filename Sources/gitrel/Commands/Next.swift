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

  @OptionGroup var source: ReleaseSource

  @Option(help: "text or json.")
  var format: Format = .text

  func run() throws {
    var request = source.request
    request.aim = next.aim
    request.aim.instant = request.instant
    let run = try source.run()
    let found = try Workplace.engine { () throws(EngineFault) in try run.next(request) }
    guard format == .text else { return Console.report(try PlanJSON.text(found)) }
    Console.report(found.name)
    for line in NextText.lines(found) { Console.diagnose("gitrel: \(line)") }
  }
}
