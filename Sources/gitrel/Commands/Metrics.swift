import ArgumentParser
import Engine
import GitModel
import GitStore
import Output
import Release

struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Show the DORA keys: how often, how fast and how safely releases go out.",
    discussion: """
      Counted are annotated tags whose names are versions by the policy, candidates left out. A release went \
      out with the first roll-out that is stated of it, else when the server let its tag in, else at the \
      tagger's date. What a failure is, the policy says under `release: {failure: ...}`. Nothing is fetched: \
      gitrel fetch brings tags, statements and the log up to date.

      --format csv has a line for each period, with the columns that docs/json.md describes.

      Example: gitrel metrics
      Example: gitrel metrics --by quarter --since '2 years' --branch main
      """)

  /// How the command answers.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, csv
  }

  /// How time is cut.
  enum Period: String, ExpressibleByArgument, CaseIterable {
    case month, quarter
  }

  @Option(help: "month or quarter, of the calendar in UTC.")
  var by: Period = .month

  @Option(
    help: ArgumentHelp(
      "From a day (midnight UTC), a moment, or so long ago: 90d, '6 months', '2 years'; by default 12 months or 8 quarters, and no earlier than the first release.",
      valueName: "date"))
  var since: String?

  @Option(help: ArgumentHelp("Only releases that this branch has.", valueName: "name"))
  var branch: String?

  @Option(help: ArgumentHelp("Try this policy file instead of the trusted one.", valueName: "file"))
  var policy: String?

  @Option(help: "The remote whose copies stand for the server.")
  var remote: String?

  @Option(help: "text, json or csv.")
  var format: Format = .text

  func run() throws {
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(remote, in: repository)
    try Workplace.noteUnasked(remote, in: repository)
    let now = Moment.now()
    let start = try since.map(Moment.since)
    if let start, start >= now {
      throw Failure("--since names no time before now", status: .usage)
    }
    let branch = branch.map { RefName($0.hasPrefix("refs/") ? $0 : "refs/heads/\($0)") }
    if let branch, let fault = branch.fault {
      throw Failure("the name \(branch.full) \(fault.words)", status: .usage)
    }
    let search: CloneGate.Search =
      if let policy {
        .found(try Workplace.gate(repository, remote: remote, policy: policy))
      } else {
        CloneGate.find(repository, remote: remote)
      }
    let log = try Workplace.log(of: repository, remote: remote)
    let report = try Workplace.engine { () throws(EngineFault) in
      try MetricsRun(repository, remote: remote, search: search, log: log)
        .report(by: by == .month ? .month : .quarter, since: start, branch: branch, at: now)
    }
    switch format {
    case .text:
      for line in MetricsText(width: Console.width).lines(report) { Console.report(line) }
    case .json: Console.report(try MetricsJSON.text(report))
    case .csv: for line in MetricsCSV.lines(report) { Console.report(line) }
    }
  }
}
