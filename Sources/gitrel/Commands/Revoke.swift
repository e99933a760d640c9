import ArgumentParser
import Engine
import GitModel

struct Revoke: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign that statements of yours count no more.",
    discussion: """
      Whatever you signed: an approval or a veto, a sign-off, an item of a checklist, an override, a \
      review. Refusals and gitrel evidence name statements by their ids. Nothing is taken out of \
      refs/gitrel/evidence; what rests on the statement is judged without it from now on.

      Example: gitrel revoke 3f2a1c9d0b4e --comment 'Looked at the wrong branch'
      """)

  @Argument(help: "The ids of statements, or their first 7 digits and more.")
  var statements: [String]

  @Option(name: [.customShort("m"), .long], help: "A remark, for people.")
  var comment: String = ""

  @OptionGroup var speaker: SpeakerOptions

  func run() throws {
    let place = try SpeakerPlace(speaker)
    let run = RevokeRun(try place.desk(), view: place.gate.view)
    let receipts = try Workplace.engine { () throws(EngineFault) in
      try run.revoke(
        statements, by: speaker.by, comment: comment, at: Moment.now(), remote: place.target)
    }
    for receipt in receipts {
      let said = receipt.isOld ? "already revoked:" : "revoked"
      Console.report("\(said) statement \(receipt.digest.prefix(12)): \(receipt.words)")
    }
    guard receipts.contains(where: { !$0.isOld }) else { return Console.report("nothing to do") }
    place.tellWhere()
  }
}
