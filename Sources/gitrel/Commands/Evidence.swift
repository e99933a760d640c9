import ArgumentParser
import Engine
import GitModel
import GitStore
import Output
import Policy

struct EvidenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence",
    abstract: "Show what is stated about a commit, by whom, and whether the signatures hold.",
    discussion: """
      Signatures are judged now, by the people of the policy that the clone knows: what a key signed \
      before it expired counts no more.

      Example: gitrel evidence --fetch HEAD
      """)

  @Argument(help: "The commit.")
  var commit: String = "HEAD"

  @Flag(help: "Bring the clone's copy of the remote's statements up to date first.")
  var fetch = false

  @Option(help: "The remote whose statements and policy count.")
  var remote: String?

  @Option(help: "text or json.")
  var format: Format = .text

  func run() throws {
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(remote, in: repository)
    if fetch { try Workplace.fetch(repository, from: remote) }
    try Workplace.noteUnasked(remote, in: repository)
    let id = try Workplace.commit(commit, in: repository)
    let listing = try Workplace.engine { () throws(EngineFault) in
      try CloneGate.find(repository, remote: remote).evidence(
        on: id, in: CloneGate.EvidenceView(repository, remote: remote), at: Moment.now())
    }
    switch format {
    case .text: for line in EvidenceText.lines(listing) { Console.report(line) }
    case .json: Console.report(try DecisionJSON.text(listing))
    }
  }
}
