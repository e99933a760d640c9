import ArgumentParser
import Engine
import GitModel

struct Signoff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign, in a role, that a commit may be released.",
    discussion: """
      The rule `signoffs` wants such statements from roles, in an order. It is about this very commit, \
      signed as your git signs commits, and pushed to the remote.

      Example: gitrel signoff v1.4-rc1 --as qa -m 'Tested on staging'
      """)

  @Argument(help: "The commit.")
  var commit: String = "HEAD"

  @Option(name: .customLong("as"), help: "The role in which you sign it off.")
  var role: String

  @Option(name: [.customShort("m"), .long], help: "A remark, for people.")
  var comment: String = ""

  @OptionGroup var speaker: SpeakerOptions

  func run() throws {
    let place = try SpeakerPlace(speaker)
    let receipt = try place.declare(.signOff(comment: comment), about: commit, as: role)
    Console.report(
      "signed off by \(Bytes(receipt.person.utf8).printable) as \(Bytes(role.utf8).printable): \(receipt.commit.id.short)  \(receipt.commit.subject.prefix(72).printable)"
    )
    Console.report("statement \(receipt.digest.prefix(12))")
    if let doubt = receipt.doubt { Console.diagnose("gitrel: note: \(doubt)") }
    let other = try Workplace.engine { () throws(EngineFault) in
      try place.gate.otherCandidate(than: receipt.commit.id, called: commit)
    }
    if let other { Console.diagnose("gitrel: note: \(other)") }
    place.tellWhere()
  }
}
