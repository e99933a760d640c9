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

/// Who makes a statement, and where it goes.
struct SpeakerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Who you are in the policy.", valueName: "person"))
  var by: String?

  @Option(help: "The remote that gets the statement.")
  var remote: String?

  @Flag(inversion: .prefixedNo, help: "Push the statement to the remote.")
  var push = true
}

/// The repository and the policy of a command that makes a signed statement.
struct SpeakerPlace {
  let repository: Repository
  let gate: CloneGate
  /// The remote that gets the statement; nil for none.
  let target: String?
  private let speaker: SpeakerOptions

  init(_ speaker: SpeakerOptions) throws {
    self.speaker = speaker
    repository = try Workplace.repository()
    let remote = try Workplace.remote(speaker.remote, in: repository)
    gate = try Workplace.gate(repository, remote: remote, policy: nil)
    target = speaker.push ? remote : nil
  }

  /// The ref that is meant: the branch of the policy if none is named.
  func ref(_ ref: String?) throws -> RefName { try Workplace.ref(ref, of: gate) }

  /// Where statements are signed.
  func desk() throws -> StatementDesk {
    try Workplace.engine { () throws(EngineFault) in
      try StatementDesk(repository, git: Workplace.git(repository), policy: gate.policy)
    }
  }

  /// Signs what is declared about a revision, for a ref or, with nil, wherever it is.
  func declare(
    _ subject: DeclareRun.Subject, about revision: String, for ref: RefName? = nil, as role: String?
  ) throws -> DeclareRun.Receipt {
    let id = try Workplace.store { () throws(GitError) in try repository.resolve(revision) }
    guard let id else {
      throw Failure("there is no commit `\(Bytes(revision.utf8).printable)` here")
    }
    let desk = try desk()
    return try Workplace.engine { () throws(EngineFault) in
      try DeclareRun(desk).declare(
        subject, about: id, ref: ref, by: speaker.by, as: role, at: Moment.now(), remote: target)
    }
  }

  func tellWhere() { Console.report(target.map { "pushed to \($0)" } ?? "not pushed") }
}
