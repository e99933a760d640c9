import ArgumentParser

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Work on the policy.",
    discussion: """
      Read it, test it, try it on the past before it bites, and make one of what guards elsewhere.

      Example: gitrel policy validate
      Example: gitrel policy replay --policy .gitrel/policy.yml --since '6 months ago'
      Example: gitrel policy import .github/CODEOWNERS ruleset.json --output .gitrel/policy.yml
      """,
    subcommands: [
      PolicyValidateCommand.self, PolicyShowCommand.self, PolicySchemaCommand.self,
      PolicyTestCommand.self, PolicyReplayCommand.self, PolicyDiffCommand.self,
      PolicyImportCommand.self,
    ])
}
