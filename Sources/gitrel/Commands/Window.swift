import ArgumentParser
import Engine
import GitModel
import GitStore
import Output
import Policy

struct WindowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "window",
    abstract: "Show whether the calendars of a ref are open, why not, and when they open.",
    discussion: """
      It looks at the rule `window` alone. Freezes and duties that people have declared count as far as \
      this clone knows them. Where windows ask for the lane, each lane is told; the days that are drawn \
      and the status are those of the lane `normal`, or of --lane. Ends with 1 when it is closed and no \
      days are drawn.

      Example: gitrel window --week main
      """)

  @Argument(help: "The ref; the branch of the policy if not given.")
  var ref: String?

  @Flag(help: "Draw the next 7 days.")
  var week = false

  @Flag(help: "Draw the next 31 days.")
  var month = false

  @Option(
    help: ArgumentHelp(
      "Look at this moment: RFC 3339, e.g. 2026-11-20T16:45:00Z.", valueName: "time"))
  var at: String?

  @OptionGroup var source: CalendarSource

  @Option(help: ArgumentHelp("Try this policy file instead of the trusted one.", valueName: "file"))
  var policy: String?

  @Option(help: "Look at this lane alone: normal, hotfix or rollback.")
  var lane: TermOptions.LaneWord?

  @Option(help: "text or json.")
  var format: Format = .text

  func run() throws {
    let instant = try at.map(Moment.parse) ?? Moment.now()
    let place = try source.open(policy: policy)
    let view = try place.view(at: instant)
    let listing = WindowListing(
      view.policy, view.times, ref: try place.ref(ref), policy: place.gate.policy.origin,
      at: instant, lane: lane.flatMap { Lane(rawValue: $0.rawValue) },
      days: month ? 31 : week ? 7 : 0)
    if lane == nil, listing.clauses.isEmpty, listing.reading.calendars.isEmpty,
      listing.lanes.isEmpty
    {
      try Workplace.checkIsThere(listing.ref, in: place.gate)
    }
    switch format {
    case .text: for line in WindowText.lines(listing) { Console.report(line) }
    case .json: Console.report(try DecisionJSON.text(listing))
    }
    if listing.days == 0, listing.reading.closed(at: instant) != nil {
      throw ExitCode(ExitStatus.refused.rawValue)
    }
  }
}

/// Where a command finds calendars and what people have declared of them.
struct CalendarSource: ParsableArguments {
  @Option(help: "The remote whose statements and policy count.")
  var remote: String?

  @Flag(help: "Bring the clone's copy of the remote's statements up to date first.")
  var fetch = false

  /// The repository with its policy, or with the one in a file.
  func open(policy: String? = nil) throws -> Place {
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(remote, in: repository)
    if fetch { try Workplace.fetch(repository, from: remote) }
    let gate = try Workplace.gate(repository, remote: remote, policy: policy)
    if gate.hasDeclaredTimes {
      try Workplace.noteUnasked(remote, in: repository)
    }
    return Place(repository: repository, remote: remote, gate: gate)
  }

  struct Place {
    let repository: Repository
    let remote: String?
    let gate: CloneGate

    func view(at instant: Instant) throws -> CalendarView {
      try Workplace.engine { () throws(EngineFault) in
        try CalendarView(repository, policy: gate.policy, remote: remote, at: instant)
      }
    }

    /// The ref that is meant: the branch of the policy if none is named.
    func ref(_ ref: String?) throws -> RefName {
      try Workplace.ref(ref, of: gate, hint: "name it: gitrel window main")
    }
  }
}
