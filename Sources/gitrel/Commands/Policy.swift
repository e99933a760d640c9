import ArgumentParser

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Work on the policy.",
    subcommands: [
      PolicyValidateCommand.self, PolicyShowCommand.self, PolicySchemaCommand.self,
      PolicyImportCommand.self,
    ])
}
