import ArgumentParser
import Engine
import GitModel
import Glibc
import Output

@main
struct Gitrel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gitrel",
    abstract: "The release gate that lives in Git.",
    discussion: """
      One policy file says how code may reach production; gitrel judges pushes by it, on the laptop \
      before they leave and on the server before a ref moves.
      """,
    version: GitrelVersion.text,
    groupedSubcommands: [
      CommandGroup(name: "Judge", subcommands: [Check.self, Explain.self, WindowCommand.self]),
      CommandGroup(name: "Policy", subcommands: [PolicyCommand.self]),
      CommandGroup(
        name: "Evidence and releases",
        subcommands: [
          Approve.self, Attest.self, DutyCommand.self, EvidenceCommand.self, Fetch.self,
          FreezeCommand.self, NextCommand.self, NotesCommand.self, Override.self,
          ReleaseCommand.self, Review.self, Revoke.self, ScopeCommand.self, Signoff.self,
          TagCommand.self,
        ]),
      CommandGroup(name: "History", subcommands: [Log.self, MetricsCommand.self]),
      CommandGroup(
        name: "Installation", subcommands: [Install.self, Uninstall.self, Doctor.self]),
      CommandGroup(name: "Called by git and sshd", subcommands: [Hook.self, Shell.self]),
    ])

  static func main() {
    // A closed pipe ends a write, not the process: verdict and log do not depend on a reader.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as Failure {
      Console.fail(failure)
      Glibc.exit(failure.status.rawValue)
    } catch let fault as JSONFault {
      Console.fail(Failure(fault.description))
      Glibc.exit(ExitStatus.undecided.rawValue)
    } catch {
      // Help and version end with 0, a command line that was not understood with 64.
      let code = exitCode(for: error)
      // What somebody typed is quoted in the message, and is no more printed raw than a ref's name.
      let message = fullMessage(for: error)
      for line in message.split(separator: "\n", omittingEmptySubsequences: message.isEmpty) {
        let shown = Bytes(line.utf8).printable
        if code.isSuccess { Console.report(shown) } else { Console.diagnose(shown) }
      }
      Glibc.exit(code.rawValue)
    }
  }
}
