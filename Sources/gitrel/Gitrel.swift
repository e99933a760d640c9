import ArgumentParser
import Glibc

@main
struct Gitrel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gitrel",
    abstract: "The release gate that lives in Git.",
    version: "0.1.0",
    subcommands: [Install.self, Uninstall.self, Doctor.self, Shell.self])

  static func main() {
    // A closed pipe ends a write, not the process: verdict and log do not depend on a reader.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as Failure {
      Console.fail(failure)
      Glibc.exit(failure.status.rawValue)
    } catch {
      // Help and version end with 0, a command line that was not understood with 64.
      exit(withError: error)
    }
  }
}
