import ArgumentParser
import Engine
import GitModel
import Output

struct PolicyValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Say what is wrong with a policy file, and what it hardly means.",
    discussion: """
      Without a file: the policy of the working tree. Every error is told at once, with its line and \
      column. A policy that loads is looked over: patterns that match nothing, rules that never apply, \
      roles that nobody asks for, windows that never open, conditions that leave a hole, signatures that \
      nobody could make, branches that this repository does not have. Exit status 0 means that it \
      loads, 1 that it does not; with --strict also that there are warnings.

      Example: gitrel policy validate
      Example: gitrel policy validate --strict --format json .gitrel/policy.yml
      """)

  @Argument(help: ArgumentHelp("The policy file, `-` for standard input.", valueName: "file"))
  var file: String?

  @Option(help: "The remote whose branches and tags count.")
  var remote: String?

  @Option(help: ArgumentHelp("Look it over as at this moment: RFC 3339.", valueName: "time"))
  var at: String?

  @Flag(help: "End with 1 when there are warnings.")
  var strict = false

  @Option(help: "text or json.")
  var format: Format = .text

  func run() throws {
    let instant = try at.map(Moment.parse) ?? Moment.now()
    // A file that is named can be read anywhere.
    let repository = file == nil ? try Workplace.repository() : try? Workplace.repository()
    let remote = try repository.flatMap { try Workplace.remote(self.remote, in: $0) }
    let draft = try Workplace.engine { () throws(EngineFault) in
      try PolicyDraft(file == "-" ? nil : file, repository: repository, remote: remote)
    }
    let bytes = try Workplace.input(file ?? draft.file, limit: PolicyDraft.maximumSize)
    let findings = draft.findings(on: bytes, at: instant)
    switch format {
    case .json:
      Console.report(
        ProblemText.json(
          file: findings.file, errors: findings.errors, left: findings.left,
          warnings: findings.warnings, warningsLeft: findings.warningsLeft))
    case .text: report(findings)
    }
    if !findings.errors.isEmpty || strict && !findings.warnings.isEmpty {
      throw ExitCode(ExitStatus.refused.rawValue)
    }
  }

  private func report(_ findings: PolicyDraft.Findings) {
    let lines =
      ProblemText.lines(findings.errors, "error", file: findings.file, left: findings.left)
      + ProblemText.lines(
        findings.warnings, "warning", file: findings.file, left: findings.warningsLeft)
    for line in lines { Console.report(line) }
    let name = Bytes(findings.file.utf8).printable
    guard findings.errors.isEmpty else {
      let count = findings.errors.count + findings.left
      return Console.report("\(name) does not load: \(count) error\(count == 1 ? "" : "s")")
    }
    let (rulesets, rules) = findings.counts
    let warnings = findings.warnings.count + findings.warningsLeft
    Console.report(
      "\(name) loads: \(rulesets) ruleset\(rulesets == 1 ? "" : "s"), \(rules) rule\(rules == 1 ? "" : "s"), "
        + "\(warnings) warning\(warnings == 1 ? "" : "s")")
  }
}
