import ArgumentParser
import Engine
import FoundationEssentials
import GitModel
import GitStore

struct Log: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the decisions of the server, and prove that none is missing.",
    discussion: """
      The log stands on refs/gitrel/log of the server. A clone with gitrel installed fetches it.

      Example: gitrel log --limit 5
      Example: gitrel log verify
      """,
    subcommands: [LogShow.self, LogVerify.self], defaultSubcommand: LogShow.self)
}

struct LogShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show decisions, newest first.",
    discussion: """
      Example: gitrel log show --limit 5 --ref main
      Example: gitrel log show --format json
      """)

  @Option(help: "How many to show.")
  var limit = 20

  @Option(help: ArgumentHelp("Only decisions on this ref.", valueName: "name"))
  var ref: String?

  @Option(help: "text or json; json prints each line of the log as it is.")
  var format: Format = .text

  @Option(help: "The remote whose log is shown.")
  var remote: String?

  func run() throws {
    let repository = try Workplace.repository()
    let log = try Workplace.log(of: repository, remote: remote)
    let wanted = ref.map {
      $0.hasPrefix("refs/")
        ? [RefName($0)] : [RefName("refs/heads/\($0)"), RefName("refs/tags/\($0)")]
    }
    var shown = 0
    try Workplace.engine { () throws(EngineFault) in
      try log.walk { entry, line, _ throws(EngineFault) in
        guard shown < limit else { return false }
        if let wanted, !(entry.refs ?? []).contains(where: { wanted.contains($0.name) }) {
          return true
        }
        shown += 1
        switch format {
        case .json: Console.report(String(decoding: line, as: UTF8.self))
        case .text: show(entry)
        }
        return true
      }
    }
    if shown == 0, format == .text { Console.report("no decision is logged here") }
  }

  private func show(_ entry: LogEntry) {
    let who = entry.pusher.map { ", pushed by \(Bytes($0.utf8).printable)" } ?? ""
    let policy = entry.policy.map { " by policy \(Bytes($0.utf8).printable)" } ?? ""
    Console.report(
      "\(entry.sequence)  \(Instant(seconds: entry.seconds).utcText)  \(entry.answer)\(policy)\(who)"
    )
    for ref in (entry.refs ?? []).prefix(20) {
      Console.report("    \(ref.name.full)  \(short(ref.old)) -> \(short(ref.new))")
    }
    let shown = min(entry.refs?.count ?? 0, 20)
    let more = entry.refCount - shown
    if more > 0 { Console.report(shown > 0 ? "    and \(more) more refs" : "    \(more) refs") }
    for override in entry.overrides {
      Console.report("    ! \(Bytes(override.utf8).printable)")
    }
    for refusal in entry.refusals { Console.report("    x \(Bytes(refusal.utf8).printable)") }
  }

  private func short(_ id: ObjectID) -> String { id.isZero ? "none" : id.short }
}

struct LogVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that the log is whole, and on the server that every ref moved by a decision.",
    discussion: """
      Ends with 1 and names what is wrong: an entry that was edited, taken out or cut off, a ref that \
      changed without a decision. A cut at the new end shows only against a head that was written \
      down elsewhere, so keep the one that is printed.

      Example: gitrel log verify
      Example: gitrel log verify --head 3b0c44298fc1...
      """)

  @Option(
    help: ArgumentHelp(
      "A head that was printed before: it must still be in the log.", valueName: "sha256"))
  var head: String?

  @Option(help: "The remote whose log is checked.")
  var remote: String?

  func run() throws {
    let repository = try Workplace.repository()
    let log = try Workplace.log(of: repository, remote: remote)
    if let head,
      head.utf8.count != 64
        || !head.utf8.allSatisfy({
          $0.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        })
    {
      throw Failure(
        "`\(Bytes(head.utf8).printable)` is no head",
        hints: ["give the 64 digits that gitrel log verify printed"],
        status: .usage)
    }
    let audit = try Workplace.engine { () throws(EngineFault) in
      try LogAudit.run(log, against: repository.isBare ? repository : nil, known: head)
    }
    guard audit.entries > 0 || !audit.faults.isEmpty else {
      throw Failure(
        "no decision is logged here",
        hints: [
          "on a server: gitrel install --server REPO; in a clone: gitrel fetch"
        ])
    }
    for fault in audit.faults { Console.report("x \(fault)") }
    if head != nil, !repository.isBare, !audit.faults.isEmpty {
      Console.diagnose(
        "gitrel: hint: this is the clone's copy of the log, as of the last fetch: gitrel fetch, then verify again"
      )
    }
    let last = audit.head ?? ""
    let entries = audit.entries == 1 ? "1 entry" : "\(audit.entries) entries"
    let faults = audit.faults.count == 1 ? "1 fault" : "\(audit.faults.count) faults"
    if audit.faults.isEmpty {
      Console.report("\(entries), whole; head \(last)")
      if !repository.isBare {
        Console.report("refs are not checked here: that is for the server itself")
      }
      return
    }
    Console.report("\(entries), \(faults); head \(last)")
    throw ExitCode(ExitStatus.refused.rawValue)
  }
}
