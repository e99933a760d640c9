import ArgumentParser
import Engine
import GitModel
import Output
import Policy
import Release

struct NotesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notes",
    abstract: "Print the notes of a release.",
    discussion: """
      Changes under headings by their conventional type, breaking ones first; what was taken back; \
      tickets; who wrote and who approved. Without an argument they are of what would be released now. \
      The policy may have a template for them (release: notes).

      Example: gitrel notes
      Example: gitrel notes v1.4
      Example: gitrel notes v1.3..v1.4 --format json
      """)

  @Argument(help: ArgumentHelp("A tag, a commit, or a range as OLD..NEW.", valueName: "tag|range"))
  var subject: String?

  @OptionGroup var source: ReleaseSource

  @Option(help: "text, which is Markdown, or json.")
  var format: Format = .text

  func run() throws {
    let (run, request) = (try source.run(), source.request)
    let answer = try Workplace.engine { () throws(EngineFault) in
      try run.notes(of: subject, request)
    }
    if let doubt = answer.doubt { Console.diagnose("gitrel: note: \(doubt)") }
    guard format == .text else {
      return Console.report(try PlanJSON.text(answer.notes, answer.head, text: answer.text))
    }
    for line in answer.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      Console.report(String(line).cleaned)
    }
  }
}

/// What is released from, by what policy.
struct ReleaseSource: ParsableArguments {
  @Option(help: "The branch; the one that is released from when not given.")
  var branch: String?

  @Option(help: "The remote whose copies stand for the server.")
  var remote: String?

  @Option(help: ArgumentHelp("Go by this policy file.", valueName: "file"))
  var policy: String?

  var request: TagRun.Request {
    var request = TagRun.Request(at: Moment.now())
    (request.branch, request.policyFile) = (branch, policy)
    return request
  }

  func run() throws -> NotesRun {
    let repository = try Workplace.repository()
    return NotesRun(repository, remote: try Workplace.remote(remote, in: repository))
  }
}
