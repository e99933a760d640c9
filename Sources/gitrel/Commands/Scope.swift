import ArgumentParser
import Engine
import GitModel
import Policy

struct ScopeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scope",
    abstract: "What is promised for a release.",
    subcommands: [ScopeFetch.self])
}

struct ScopeFetch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Write down which tickets a Jira promises for a version.",
    discussion: """
      Writes the file that the rule `ticket-scope` reads, for you to look at and to commit: the server \
      asks no tracker. Talks to /rest/api/2/search, as Jira Server and Data Center have it, through curl.

      Example: gitrel scope fetch v1.4 --jira https://jira.example.com --project SHOP
      """)

  @Argument(help: ArgumentHelp("The version, as the tag is to be called.", valueName: "version"))
  var name: String

  @Option(help: ArgumentHelp("The address of the Jira.", valueName: "url"))
  var jira: String

  @Option(help: ArgumentHelp("The key of the project in it.", valueName: "key"))
  var project: String

  @Option(
    help: ArgumentHelp(
      "What it calls the version; without the tag's prefix when not given.", valueName: "name"))
  var fixVersion: String?

  @Option(
    help: ArgumentHelp("A file that holds a token, or name:password.", valueName: "file"))
  var tokenFile: String?

  @Option(help: "The remote by whose policy it is.")
  var remote: String?

  @Option(help: ArgumentHelp("Try this policy file instead of the trusted one.", valueName: "file"))
  var policy: String?

  func run() throws {
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(remote, in: repository)
    let gate = try Workplace.gate(repository, remote: remote, policy: policy)
    let token = try tokenFile.map { try Workplace.input($0, limit: 1 << 16) }
    let (run, count) = try Workplace.engine { () throws(EngineFault) in
      let run = try ScopeRun(gate, tag: name)
      let git = GitCommand(repository: nil, environment: .ofThisProcess)
      let count = try run.fetch(
        try JiraSearch(url: jira, token: token, environment: .ofThisProcess), project: project,
        fixVersion: fixVersion, under: try ScopeRun.top(git))
      return (run, count)
    }
    let path = Bytes(run.path.utf8).printable
    Console.report("\(count) ticket\(count == 1 ? "" : "s") promised for \(run.version): \(path)")
    Console.report("look at it, and bring it in: git add \(path.asWord) && git commit")
  }
}
