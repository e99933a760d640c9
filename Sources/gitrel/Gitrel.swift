import ArgumentParser
import Engine
import GitModel
import Glibc
import Output
import Policy

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

  /// Refuses a command that does not exist: ArgumentParser shows the help of the nearest one that does, and
  /// `help` would end well.
  private static func checkNames(_ arguments: ArraySlice<String>) throws(Failure) {
    var command: any ParsableCommand.Type = Gitrel.self
    var path = "gitrel"
    for word in arguments.first == "help" ? arguments.dropFirst() : arguments {
      let commands = command.configuration.subcommands
      guard !commands.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
      guard let next = commands.first(where: { $0._commandName == word }) else {
        let names = commands.map { $0._commandName }
        throw Failure(
          "there is no command `\(path) \(Bytes(word.utf8).prefix(80).printable)`",
          hints: [
            Spelling.suggestion(for: word, among: names) ?? "\(path) --help lists those there are"
          ], status: .usage)
      }
      command = next
      path += " \(word)"
    }
  }

  static func main() {
    // A closed pipe ends a write, not the process: verdict and log do not depend on a reader.
    signal(SIGPIPE, SIG_IGN)
    do {
      try checkNames(CommandLine.arguments.dropFirst())
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
