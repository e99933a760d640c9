import ArgumentParser
import Engine
import GitModel
import GitStore
import Policy

struct Override: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign that a rule need not hold for a commit on a ref, with the reason.",
    discussion: """
      Only whom the rule's `override-by` names can do so. It is about this commit on this ref, counts \
      for 4 hours, and is recorded in the server's log with you and the reason. Where the server knows \
      who pushes, a push may say the same: git push -o gitrel.override=RULE -o gitrel.reason=...

      Example: gitrel override window --reason 'Outage #4711, agreed with the on-call' --ref main
      """)

  @Argument(help: "The rule, as its id or as RULESET/ID.")
  var rule: String

  @Argument(help: "The commit that the ref is to come to.")
  var commit: String = "HEAD"

  @Option(help: "Why; whoever looks at it afterwards needs to know.")
  var reason: String

  @Option(help: "The ref; the branch of the policy if not given.")
  var ref: String?

  @OptionGroup var speaker: SpeakerOptions

  func validate() throws {
    guard reason.contains(where: { !$0.isWhitespace }) else {
      throw ValidationError("--reason is empty")
    }
  }

  func run() throws {
    let place = try SpeakerPlace(speaker)
    let ref = try place.ref(ref)
    let old = try Workplace.engine { () throws(EngineFault) in
      try place.gate.view.value(of: ref) ?? .zero
    }
    let receipt = try place.declare(
      .override(rule: rule, reason: reason, old: old), about: commit, for: ref, as: nil)
    Console.report(
      "\(Bytes(rule.utf8).printable) overridden by \(Bytes(receipt.person.utf8).printable) for \(receipt.commit.id.short) on \(ref.short), until \(receipt.until?.utcText ?? ""): statement \(receipt.digest.prefix(12))"
    )
    place.tellWhere()
  }
}
