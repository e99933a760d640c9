import ArgumentParser

@main
struct Gitrel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gitrel",
    abstract: "The release gate that lives in Git.",
    version: "0.1.0",
    subcommands: [])
}
