import ArgumentParser
import Engine
import FoundationEssentials
import GitModel
import Output
import Policy

struct PolicyImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a policy of what other systems guard by.",
    discussion: """
      Reads GitHub rulesets and branch protection, GitLab push rules, CODEOWNERS, commitlint, \
      gitolite.conf, policy-bot and YACC; several files make one policy. The policy goes to standard \
      output, and what could not be carried to standard error, each with file and line. Exit status \
      2 when a file cannot be read.

      Example: gitrel policy import ruleset.json .github/CODEOWNERS --output .gitrel/policy.yml
      """)

  @Argument(help: ArgumentHelp("The files; `-` is standard input.", valueName: "file"))
  var files: [String]

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp(
      "Which system the files are from, where they do not tell: \(ImportRun.kinds.joined(separator: ", ")).",
      valueName: "kind"))
  var kind: String?

  @Option(
    help: ArgumentHelp("Where the policy goes: a file that is not there yet.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("What other systems call the default branch.", valueName: "branch"))
  var defaultBranch: String = "main"

  @Option(
    help: ArgumentHelp(
      "Which repository of a gitolite.conf; the first, if not said.", valueName: "name"))
  var repository: String?

  @Option(help: ArgumentHelp("text or json: policy and list in one document."))
  var format: Format = .text

  func run() throws {
    let inputs = try files.map { path in
      (
        name: path == "-" ? "standard input" : path,
        bytes: try Workplace.input(path, limit: ImportRun.maximumSize)
      )
    }
    let report = try Workplace.engine { () throws(EngineFault) in
      try ImportRun(from: kind, defaultBranch: defaultBranch, repository: repository)
        .report(on: inputs)
    }
    if let output {
      guard !FileManager.default.fileExists(atPath: output) else {
        throw Failure(
          "\(Bytes(output.utf8).printable) is there already", hints: ["name a file that is not"])
      }
      do {
        try Data(report.policy.utf8).write(to: URL(filePath: output), options: .withoutOverwriting)
      } catch { throw Failure("\(Bytes(output.utf8).printable) cannot be written") }
    }
    switch format {
    case .json: Console.report(try ImportText.json(report))
    case .text:
      if output == nil {
        // The policy ends with a line end of its own.
        for line in report.policy.split(separator: "\n", omittingEmptySubsequences: false)
          .dropLast()
        {
          Console.report(String(line))
        }
      }
      for line in ImportText.lines(report) { Console.diagnose(line) }
    }
  }
}
