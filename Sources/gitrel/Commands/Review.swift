import ArgumentParser
import Engine
import GitModel
import GitStore

struct Review: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign that you have looked at what was overridden in a decision.",
    discussion: """
      An override is a debt: where the policy has the rule `review-owed`, nothing goes out before \
      somebody else than who overrode and who pushed has reviewed it. gitrel log shows the decisions. What \
      you have reviewed already is not stated again.

      Example: gitrel review 17 --comment 'The outage was real, the test is mended in #4713'
      """)

  @Argument(help: ArgumentHelp("The number of the decision in the log.", valueName: "decision"))
  var decision: Int

  @Option(help: "What you found.")
  var comment: String

  @Option(name: .customLong("as"), help: "The role in which you review.")
  var role: String?

  @OptionGroup var speaker: SpeakerOptions

  func validate() throws {
    guard comment.contains(where: { !$0.isWhitespace }) else {
      throw ValidationError("--comment is empty")
    }
  }

  func run() throws {
    let place = try SpeakerPlace(speaker)
    let log = try Workplace.log(of: place.repository, remote: speaker.remote)
    let desk = try place.desk()
    let (receipt, overrides) = try Workplace.engine { () throws(EngineFault) in
      try DeclareRun(desk).review(
        decision, in: log, place.gate.view, comment: comment, by: speaker.by, as: role,
        at: Moment.now(), remote: place.target)
    }
    for override in overrides { Console.report("  \(Bytes(override.utf8).printable)") }
    if let earlier = receipt.earlier {
      return Console.report(
        "decision \(decision) was reviewed by \(Bytes(receipt.person.utf8).printable) \(earlier.utcText) already, statement \(receipt.digest.prefix(12)): nothing to do"
      )
    }
    Console.report(
      "decision \(decision) reviewed by \(Bytes(receipt.person.utf8).printable): statement \(receipt.digest.prefix(12))"
    )
    place.tellWhere()
  }
}
