import ArgumentParser
import Engine
import GitModel
import GitStore
import Output
import Policy

struct PolicyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the policy with what it extends, and where each line comes from.",
    discussion: """
      The policy that judges here, with the files and packs that it extends laid over one another, as \
      one policy file. With a branch or tag: only the rulesets that guard it.

      Example: gitrel policy show
      Example: gitrel policy show main --policy .gitrel/policy.yml
      """)

  @Argument(help: ArgumentHelp("A branch, a tag or a full ref.", valueName: "ref"))
  var ref: String?

  @Option(help: "The remote whose policy is shown.")
  var remote: String?

  @Option(
    help: ArgumentHelp("Show this policy file instead of the trusted one.", valueName: "file"))
  var policy: String?

  @Option(help: "yaml or json.")
  var format: ShownFormat = .yaml

  enum ShownFormat: String, ExpressibleByArgument, CaseIterable {
    case yaml, json
  }

  func run() throws {
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(remote, in: repository)
    let gate = try Workplace.gate(repository, remote: remote, policy: policy)
    let policy = gate.policy.document
    let origin = gate.policy.origin
    var root = policy.root
    if let ref {
      let name = try name(ref, in: repository)
      root = policy.root(guarding: name)
      if policy.rulesets(guarding: name).isEmpty {
        throw Failure(
          "no ruleset of the policy \(origin.label) guards \(name.full)",
          hints: ["gitrel explain \(name.short)"], status: .refused)
      }
    }
    switch format {
    case .json: Console.report(PolicyYAML.json(root, origin: origin))
    case .yaml:
      Console.report("# the policy \(origin.label), with what it extends")
      for line in PolicyYAML.lines(root, file: origin.file) { Console.report(line) }
    }
  }

  /// A tag where there is one of that name and no branch; else a branch, there or not.
  private func name(_ ref: String, in repository: Repository) throws -> RefName {
    if ref.hasPrefix("refs/") { return RefName(ref) }
    let (branch, tag) = (RefName("refs/heads/\(ref)"), RefName("refs/tags/\(ref)"))
    func exists(_ name: RefName) throws -> Bool {
      try Workplace.store { () throws(GitError) in try repository.value(of: name) != nil }
    }
    return try !exists(branch) && exists(tag) ? tag : branch
  }
}
