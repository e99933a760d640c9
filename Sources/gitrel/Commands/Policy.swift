import ArgumentParser

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Work on the policy.",
    subcommands: [
      PolicyValidateCommand.self, PolicyShowCommand.self, PolicySchemaCommand.self,
      PolicyTestCommand.self, PolicyReplayCommand.self, PolicyDiffCommand.self,
      PolicyImportCommand.self,
    ])
}
