import ArgumentParser
import Engine
import GitModel
import GitStore

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
  /// Where the statement went, for people.
  let `where`: String
  private let speaker: SpeakerOptions

  init(_ speaker: SpeakerOptions) throws {
    self.speaker = speaker
    repository = try Workplace.repository()
    let remote = try Workplace.remote(speaker.remote, in: repository)
    gate = try Workplace.gate(repository, remote: remote, policy: nil)
    target = speaker.push ? remote : nil
    `where` = Self.words(remote, isPushed: speaker.push)
  }

  /// The ref that is meant: the branch of the policy if none is named.
  func ref(_ ref: String?) throws -> RefName { try Workplace.ref(ref, of: gate) }

  /// Where statements are signed.
  func desk() throws -> StatementDesk {
    try Workplace.engine { () throws(EngineFault) in
      try StatementDesk(
        repository, git: Workplace.git(repository), policy: gate.policy,
        alongside: Self.tellAlongside)
    }
  }

  /// Signs what is declared about a revision, for a ref or, with nil, wherever it is.
  func declare(
    _ subject: DeclareRun.Subject, about revision: String, for ref: RefName? = nil, as role: String?
  ) throws -> DeclareRun.Receipt {
    let id = try Workplace.commit(revision, in: repository)
    let desk = try desk()
    return try Workplace.engine { () throws(EngineFault) in
      try DeclareRun(desk).declare(
        subject, about: id, ref: ref, by: speaker.by, as: role, at: Moment.now(), remote: target)
    }
  }

  /// Where a statement goes that is to go to `remote`, if it is pushed at all.
  static func words(_ remote: String?, isPushed: Bool) -> String {
    guard isPushed else { return "not pushed" }
    return remote.map { "pushed to \($0)" } ?? "not pushed: this repository has no remote"
  }

  /// Tells what waited here and went along: its time may be over.
  static func tellAlongside(_ waited: String) {
    Console.diagnose("gitrel: note: also pushed: \(waited)")
  }

  func tellWhere() { Console.report(`where`) }
}
