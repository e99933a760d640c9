import ArgumentParser
import Engine
import GitModel
import GitStore
import Policy
import Release

struct ReleaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "What follows the tag: roll out, incidents, roll back, review, close.",
    discussion: """
      Each step is a statement that somebody signs, about the commit and the tag. A step that the \
      release does not allow yet (a stage that is jumped, a soak time that is not over) is refused here, \
      and counts for nothing where somebody states it all the same.

      Example: gitrel release show v1.4
      Example: gitrel release rollout v1.4 canary-5
      """,
    subcommands: [
      ReleaseList.self, ReleaseShow.self, ReleaseSignoff.self, ReleaseRollout.self,
      ReleaseRollback.self, ReleaseIncident.self, ReleaseReviewCommand.self, ReleaseClose.self,
      ReleaseMailCommand.self, ReleaseBundle.self, ReleaseVerify.self,
    ])
}

/// Where releases are read, and how they are told.
struct ReleaseReadingOptions: ParsableArguments {
  @Flag(help: "Bring the clone's copies of the remote's refs and statements up to date first.")
  var fetch = false

  @Option(help: "The remote whose releases and policy count.")
  var remote: String?

  @Option(help: "text or json.")
  var format: Format = .text

  /// The releases of the working directory's repository.
  func book() throws -> ReleaseBook {
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(remote, in: repository)
    if fetch { try Workplace.fetch(repository, from: remote, all: true) }
    try Workplace.noteUnasked(remote, in: repository)
    let gate = try Workplace.gate(repository, remote: remote, policy: nil)
    return try Workplace.engine { () throws(EngineFault) in
      try ReleaseBook(gate, at: Moment.now())
    }
  }
}

/// Who takes a step, and with which words.
struct ReleaseStepOptions: ParsableArguments {
  @Option(name: .customLong("as"), help: "The role in which you say it.")
  var role: String?

  @Option(name: [.customShort("m"), .long], help: "A remark, for people.")
  var comment: String = ""

  @OptionGroup var speaker: SpeakerOptions

  /// Signs what `choose` makes of the release; the release as it was before, or nil where that is said
  /// already.
  @discardableResult
  func state(
    of tag: String?, comment other: String? = nil,
    _ choose: (ReleaseRecord) -> ReleaseStatement?,
    before: (ReleaseRecord, PolicyDocument) throws(EngineFault) -> String? = { _, _ in nil }
  ) throws -> ReleaseRecord? {
    let place = try SpeakerPlace(speaker)
    let desk = try place.desk()
    let outcome = try Workplace.engine { () throws(EngineFault) in
      // What the remote has been told meanwhile decides too.
      if let remote = place.target {
        let exchange = EvidenceExchange(git: Workplace.git(place.repository), remote: remote)
        do throws(EngineFault) { try exchange.fetch() } catch { throw .nothingStated(error) }
      }
      return try ReleaseStepRun(desk, place.gate, remote: place.target).state(
        of: tag, by: .init(speaker.by, as: role, comment: other ?? comment), at: Moment.now(),
        choose, before: before)
    }
    switch outcome {
    case .done(let words):
      Console.report("\(words) already: nothing to do")
      return nil
    case .refused(let words, let hints): throw Failure(words, hints: hints, status: .refused)
    case .stated(let receipt, let record, let notes):
      let said = choose(record)?.words ?? ""
      let role = role.map { " as \(Bytes($0.utf8).printable)" } ?? ""
      Console.report(
        "\(record.name) \(said) by \(Bytes(receipt.person.utf8).printable)\(role): statement \(receipt.digest.prefix(12))"
      )
      for note in notes { Console.diagnose("gitrel: note: \(note.cleaned)") }
      place.tellWhere()
      return record
    }
  }
}
