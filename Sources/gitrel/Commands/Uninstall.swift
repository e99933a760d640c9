import ArgumentParser
import Engine

/// `gitrel uninstall`
struct Uninstall: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Remove gitrel's hooks and settings, and put back what was there before.",
    discussion: """
      A hook that was edited by hand since is left as it is, and said.

      Example: gitrel uninstall
      Example: gitrel uninstall --server /srv/git/app.git
      """)

  @Option(help: "Remove it from this bare repository.")
  var server: String?

  func run() throws {
    try Failure.translating { () throws(EngineFault) in
      let environment = ProcessEnvironment.ofThisProcess
      let site = try InstallSite(server: server, environment: environment)
      try Removal.run(site).tell()
    }
  }
}
