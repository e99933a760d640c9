import ArgumentParser

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Work on the policy.",
    subcommands: [PolicyImportCommand.self])
}
