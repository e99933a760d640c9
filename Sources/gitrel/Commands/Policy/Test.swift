import ArgumentParser
import Engine
import Output
import Policy

struct PolicyTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run the tests of a policy: pushes as values, and what is expected of each.",
    discussion: """
      Each test file names a policy, and cases: what the repository has, who pushes what and when, what \
      is stated, and whether the push is accepted or which rules refuse it. Without an argument the \
      files below \(PolicyTestRun.usualFolder) are run. No repository is made or looked at, and the \
      clock is the one that a case states. docs/policy-tests.md has the format.

      Ends with 0 when every case is as expected, 1 when one is not, 2 when a file or its policy \
      cannot be read or there is no case.

      Example: gitrel policy test
      Example: gitrel policy test .gitrel/tests/main.yml --filter review
      Example: gitrel policy test --every-rule --format junit
      """)

  /// How the command answers.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, junit
  }

  @Argument(help: ArgumentHelp("Files and folders with tests.", valueName: "file|folder"))
  var paths: [String] = []

  @Option(
    help: ArgumentHelp("Only cases whose `file: name` holds this text.", valueName: "text"))
  var filter: String?

  @Flag(help: "Fail when a rule of a policy refuses in no case.")
  var everyRule = false

  @Option(help: "text, json or junit.")
  var format: Format = .text

  @Flag(name: .shortAndLong, help: "Tell the cases that hold, too.")
  var verbose = false

  func validate() throws {
    if everyRule, filter != nil {
      throw ValidationError("--every-rule looks at all cases, so it does not go with --filter")
    }
  }

  func run() throws {
    let report = try Workplace.engine { () throws(EngineFault) in
      try PolicyTestRun.report(
        of: paths.isEmpty ? [PolicyTestRun.usualFolder] : paths, filter: filter)
    }
    switch format {
    case .text:
      let text = PolicyTestText(isVerbose: verbose, wantsEveryRule: everyRule)
      for line in text.lines(report) { Console.report(line) }
    case .json: Console.report(try PolicyTestJSON.text(report))
    case .junit: for line in PolicyTestJUnit.lines(report) { Console.report(line) }
    }
    let isUntested = everyRule && !report.untested.isEmpty
    if !report.failures.isEmpty || isUntested {
      throw ExitCode(ExitStatus.refused.rawValue)
    }
  }
}
