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
    abstract: "Write down which tickets a tracker promises for a version.",
    discussion: """
      Writes the file that the rule `ticket-scope` reads, for you to look at and to commit. Talks to a Jira \
      (Cloud, Data Center or Server) through curl, or asks a program that you name: docs/exec.md has what it \
      is told, and what it answers.

      Example: gitrel scope fetch v1.4 --jira https://jira.example.com --project SHOP
      Example: gitrel scope fetch v1.4 --exec "$PWD/tools/scope" --team shop
      """)

  @Argument(help: ArgumentHelp("The version, as the tag is to be called.", valueName: "version"))
  var name: String

  @Option(help: ArgumentHelp("The address of the Jira.", valueName: "url"))
  var jira: String?

  @Option(help: ArgumentHelp("The key of the project in it.", valueName: "key"))
  var project: String?

  @Option(
    help: ArgumentHelp(
      "What it calls the version; without the tag's prefix when not given.", valueName: "name"))
  var fixVersion: String?

  @Option(
    help: ArgumentHelp(
      "A file that holds a token, or name:password; of a Jira Cloud, address:token.",
      valueName: "file"))
  var tokenFile: String?

  @Option(help: "The remote by whose policy it is.")
  var remote: String?

  @Option(help: ArgumentHelp("Try this policy file instead of the trusted one.", valueName: "file"))
  var policy: String?

  @Option(
    parsing: .remaining,
    help: ArgumentHelp(
      "A program to ask instead, by its absolute path; whatever follows is for it.",
      valueName: "program"))
  var exec: [String] = []

  func validate() throws {
    if exec.isEmpty {
      guard jira != nil, project != nil else {
        throw ValidationError("--jira and --project are needed, or --exec")
      }
    } else if jira != nil || project != nil || fixVersion != nil || tokenFile != nil {
      throw ValidationError("--exec asks a program, and what is said of a Jira is not for it")
    }
  }

  func run() throws {
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(remote, in: repository)
    let gate = try Workplace.gate(repository, remote: remote, policy: policy)
    let token = try tokenFile.map { try Workplace.input($0, limit: 1 << 16) }
    let (run, count) = try Workplace.engine { () throws(EngineFault) in
      let run = try ScopeRun(gate, tag: name)
      let git = GitCommand(repository: nil, environment: .ofThisProcess)
      let count = try run.fetch(
        try tracker(token), under: try ScopeRun.top(git), at: Moment.now())
      return (run, count)
    }
    let path = Bytes(run.path.utf8).printable
    Console.report("\(count) ticket\(count == 1 ? "" : "s") promised for \(run.version): \(path)")
    Console.report("look at it, and bring it in: git add \(path.asWord) && git commit")
  }

  private func tracker(_ token: Bytes?) throws(EngineFault) -> ScopeRun.Tracker {
    guard let jira, let project else { return .program(exec, .ofThisProcess) }
    return .jira(
      try JiraSearch(url: jira, token: token, environment: .ofThisProcess), project: project,
      fixVersion: fixVersion)
  }
}
