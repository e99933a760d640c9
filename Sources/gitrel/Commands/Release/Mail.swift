import ArgumentParser
import Engine
import FoundationEssentials
import GitModel
import Policy
import Release

struct ReleaseMailCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mail",
    abstract: "Write or send the mails of a release: what it brings, and what came of it.",
    discussion: """
      The policy says from whom and to whom, under `release.mail`. Without --send the mail is written \
      and nothing is sent. What was sent is stated, so that it is no longer owed.

      Example: gitrel release mail v1.4 --scope --output scope.eml
      Example: gitrel release mail v1.4 --result --send
      Example: gitrel release mail v1.4 --result --smtp smtps://mail.example.com
      """)

  @Argument(help: "The tag; the highest version if not given.")
  var tag: String?

  @Flag(help: "What the release brings.")
  var scope = false

  @Flag(help: "What came of it.")
  var result = false

  @Option(
    help: ArgumentHelp(
      "Write the mail into this file, and not to standard output.", valueName: "file"))
  var output: String?

  @Flag(help: "Send it with the machine's sendmail.")
  var send = false

  @Option(help: ArgumentHelp("Send it through this server, with curl.", valueName: "url"))
  var smtp: String?

  @Flag(help: "Only state that it was sent otherwise.")
  var sent = false

  @OptionGroup var step: ReleaseStepOptions

  func validate() throws {
    guard scope != result else { throw ValidationError("one of --scope and --result is needed") }
    guard !(send && smtp != nil), !(sent && (send || smtp != nil)) else {
      throw ValidationError("only one of --send, --smtp and --sent is possible")
    }
    guard output == nil || !(send || sent || smtp != nil) else {
      throw ValidationError("--output writes a mail that is not sent")
    }
  }

  func run() throws {
    let what: ReleaseStatement.Announcement = scope ? .scope : .result
    let carrier: MailCarrier? = smtp.map { .smtp($0) } ?? (send ? .sendmail : nil)
    guard carrier != nil || sent else { return try write(what) }
    var released: String?
    do {
      try step.state(of: tag) { _ in
        .announced(what)
      } before: { record, document throws(EngineFault) in
        guard let carrier else { return nil }
        let mail = try Self.message(what, record, document)
        try carrier.send(mail, environment: .ofThisProcess)
        Console.report("sent to \(mail.to.count) address\(mail.to.count == 1 ? "" : "es")")
        released = record.name
        return nil
      }
    } catch let failure as Failure {
      guard let released else { throw failure }
      // It cannot be called back, and is not to be sent twice.
      throw Failure(
        failure.message,
        hints: [
          "the mail is out; to state that alone: gitrel release mail \(released) --\(what.rawValue) --sent"
        ] + failure.hints, status: failure.status)
    }
  }

  private func write(_ what: ReleaseStatement.Announcement) throws {
    let place = try SpeakerPlace(step.speaker)
    let mail = try Workplace.engine { () throws(EngineFault) in
      let record = try ReleaseBook(place.gate, at: Moment.now()).record(tag)
      return try Self.message(what, record, place.gate.policy.document)
    }
    guard let output else {
      Console.write(mail.encoded)
      return
    }
    guard FileManager.default.createFile(atPath: output, contents: Data(mail.encoded)) else {
      throw Failure("\(Bytes(output.utf8).printable) cannot be written")
    }
    Console.report("wrote \(Bytes(output.utf8).printable)")
  }

  private static func message(
    _ what: ReleaseStatement.Announcement, _ record: ReleaseRecord, _ document: PolicyDocument
  ) throws(EngineFault) -> MailMessage {
    guard let terms = document.release.mail else {
      throw EngineFault(
        "the policy does not say who is told of releases",
        hints: ["release: {mail: {from: releases@example.com, to: [team@example.com]}}"])
    }
    return ReleaseMail.message(what, of: record, terms, repository: document.repository)
  }
}
