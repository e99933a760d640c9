import ArgumentParser
import Engine
import GitStore

struct Fetch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring branches, tags, statements and the log of the remote up to date.",
    discussion: """
      What `git fetch` does in a clone in which gitrel is installed; this does it in any clone.

      Example: gitrel fetch
      """)

  @Argument(help: "The remote.")
  var remote: String?

  func run() throws {
    let repository = try Workplace.repository()
    guard let remote = try Workplace.remote(remote, in: repository, naming: "gitrel fetch") else {
      throw Failure("there is no remote to fetch from", hints: ["git remote add origin URL"])
    }
    try Workplace.engine { () throws(EngineFault) in
      try EvidenceExchange(git: Workplace.git(repository), remote: remote).fetchAll()
    }
  }
}
