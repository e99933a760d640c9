import ArgumentParser
import Engine
import GitModel
import Output
import Policy

struct FreezeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze",
    abstract: "Close calendars now, without a change of the policy, and open them again.",
    discussion: """
      A freeze is a statement that is signed as your git signs commits, by somebody whom `freeze-by` of \
      the calendar names, and pushed to the remote: from then on the rule `window` refuses.

      Example: gitrel freeze start outage --reason 'Database on fire'
      """,
    subcommands: [FreezeStart.self, FreezeEnd.self, FreezeList.self])
}

struct FreezeStart: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Let nothing through from now on.",
    discussion: """
      Without --until it is on until somebody ends it, and a year at most.

      Example: gitrel freeze start outage --reason 'Database on fire' --until 2026-11-25T18:00Z
      """)

  @Argument(help: "What the freeze is called: letters, digits, dot, dash and underscore.")
  var id: String

  @Option(help: "Why; whoever is refused reads it.")
  var reason: String

  @Option(help: ArgumentHelp("When it is over: RFC 3339.", valueName: "time"))
  var until: String?

  @Option(help: "The calendar; every one that you may freeze if not given.")
  var calendar: String?

  @OptionGroup var speaker: SpeakerOptions

  func validate() throws {
    guard reason.contains(where: { !$0.isWhitespace }) else {
      throw ValidationError("--reason is empty")
    }
  }

  func run() throws {
    let place = try SpeakerPlace(speaker)
    let until = try until.map(Moment.parse)
    let run = TimeRun(try place.desk())
    let receipt = try Workplace.engine { () throws(EngineFault) in
      try run.start(
        id, calendar, reason: reason, until: until, by: speaker.by, at: Moment.now(),
        remote: place.target)
    }
    let end = until == nil ? "until it is ended, a year at most" : "until \(receipt.until.utcText)"
    Console.report(
      "frozen by \(Bytes(receipt.person.utf8).printable): \(receipt.names), \(end); statement \(receipt.digest.prefix(12))"
    )
    place.tellWhere()
  }
}

struct FreezeEnd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "end",
    abstract: "End a freeze that was started.",
    discussion: """
      Whoever may freeze the calendar may end it. A freeze of the policy ends with a change of the policy.

      Example: gitrel freeze end outage
      """)

  @Argument(help: "The freeze.")
  var id: String

  @Option(help: "The calendar; every one that you may freeze if not given.")
  var calendar: String?

  @OptionGroup var speaker: SpeakerOptions

  func run() throws {
    let place = try SpeakerPlace(speaker)
    let run = TimeRun(try place.desk())
    let receipt = try Workplace.engine { () throws(EngineFault) in
      try run.end(id, calendar, by: speaker.by, at: Moment.now(), remote: place.target)
    }
    Console.report(
      "ended by \(Bytes(receipt.person.utf8).printable): \(receipt.names); statement \(receipt.digest.prefix(12))"
    )
    place.tellWhere()
  }
}

struct FreezeList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show the freezes that are on or to come, of the policy and of people.",
    discussion: "Example: gitrel freeze list --fetch")

  @Option(
    help: ArgumentHelp(
      "Look at this moment: RFC 3339, e.g. 2026-11-20T16:45:00Z.", valueName: "time"))
  var at: String?

  @OptionGroup var source: CalendarSource

  @Option(help: "text or json.")
  var format: Format = .text

  func run() throws {
    let instant = try at.map(Moment.parse) ?? Moment.now()
    let view = try source.open().view(at: instant)
    let listing = FreezeListing(view.policy, view.times, at: instant)
    switch format {
    case .text: for line in FreezeText.lines(listing) { Console.report(line) }
    case .json: Console.report(try DecisionJSON.text(listing))
    }
  }
}

struct DutyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "duty",
    abstract: "Sign that you are on duty in a role for some time from now on.",
    discussion: """
      A calendar with `staffing` is open only while somebody is on duty for long enough. Who is on duty by \
      the roster of the policy need not say so.

      Example: gitrel duty --as on-call --for 8h
      """)

  @Option(name: .customLong("as"), help: "The role.")
  var role: String

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("How long: 30m, 8h or 2d, a week at most.", valueName: "time"))
  var span: String

  @OptionGroup var speaker: SpeakerOptions

  func run() throws {
    let seconds = try Moment.seconds(span)
    let place = try SpeakerPlace(speaker)
    let run = TimeRun(try place.desk())
    let receipt = try Workplace.engine { () throws(EngineFault) in
      try run.duty(role, for: seconds, by: speaker.by, at: Moment.now(), remote: place.target)
    }
    Console.report(
      "on duty as \(Bytes(role.utf8).printable): \(Bytes(receipt.person.utf8).printable), until \(receipt.until.utcText), for \(receipt.names); statement \(receipt.digest.prefix(12))"
    )
    place.tellWhere()
  }
}

extension TimeRun.Receipt {
  /// The calendars, for people.
  fileprivate var names: String {
    calendars.map { Bytes($0.utf8).printable }.joined(separator: ", ")
  }
}
