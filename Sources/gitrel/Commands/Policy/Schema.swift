import ArgumentParser
import PolicyFile

struct PolicySchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON schema of policy files, for editors.",
    discussion: """
      An editor with a YAML language server completes keys and marks faults when the policy starts with
      # yaml-language-server: $schema=policy.schema.json

      Example: gitrel policy schema > .gitrel/policy.schema.json
      """)

  func run() throws { Console.report(PolicySchema.text) }
}
