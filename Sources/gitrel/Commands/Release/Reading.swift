import ArgumentParser
import Engine
import GitModel
import Output

struct ReleaseList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the releases: where each stands, and what is owed.",
    discussion: "Example: gitrel release list --fetch")

  @OptionGroup var reading: ReleaseReadingOptions

  func run() throws {
    let book = try reading.book()
    let records = try Workplace.engine { () throws(EngineFault) in try book.records() }
    switch reading.format {
    case .text: for line in ReleaseText.lines(records) { Console.report(line) }
    case .json: Console.report(try DecisionJSON.text(records))
    }
  }
}

struct ReleaseShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a release: its timeline, what is owed, and what may come next.",
    discussion: """
      What was stated and counts for nothing is shown with an x and the reason.

      Example: gitrel release show v1.4 --fetch
      """)

  @Argument(help: "The tag; the highest version if not given.")
  var tag: String?

  @OptionGroup var reading: ReleaseReadingOptions

  func run() throws {
    let book = try reading.book()
    let record = try Workplace.engine { () throws(EngineFault) in try book.record(tag) }
    switch reading.format {
    case .text: for line in ReleaseText.lines(record) { Console.report(line) }
    case .json: Console.report(try DecisionJSON.text(record))
    }
  }
}
