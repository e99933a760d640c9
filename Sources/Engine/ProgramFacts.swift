internal import GitModel
internal import GitStore
internal import Policy

/// Whether the programs that rules name may be run here.
public enum ProgramRunning: Sendable {
  /// They may: on the server, or because whoever runs gitrel says so.
  case allowed
  /// They may not: in a clone the policy comes from somebody else, and would run what it likes.
  case refused
  /// They may not, and need not: what is planned here is pushed, and then the server runs them.
  case later
}

/// Asks the programs that rules name, each once for each question.
final class ProgramFacts {
  private struct Question: Hashable {
    let call: ProgramCall
    let document: Bytes
  }

  private var known: [Question: Fact<ProgramAnswer>] = [:]
  private var scopes: [Question: Fact<ScopeReading>] = [:]

  /// The answers of `programs` about `matter`, by their names.
  func answers(
    _ programs: [ProgramCall], on matter: Matter, ruleset: String, policy: PolicyOrigin,
    in repository: Repository, quarantine: String?, _ running: ProgramRunning
  ) -> [String: Fact<ProgramAnswer>] {
    var answers: [String: Fact<ProgramAnswer>] = [:]
    for call in programs {
      if running == .later {
        answers[call.name] = .known(
          ProgramAnswer(
            .notApplicable, "is run by the server when this is pushed, which may refuse it"))
        continue
      }
      guard running == .allowed else {
        answers[call.name] = .unknown(Self.refusal)
        continue
      }
      if let why = matter.untold {
        answers[call.name] = .unknown(why)
        continue
      }
      func document(_ time: Instant?) -> Bytes {
        ProgramQuestion.document(
          on: matter, program: call.name, ruleset: ruleset, policy: policy.label, time: time)
      }
      // A push is judged anew when a minute has passed; the same question is not asked again for that.
      let question = Question(call: call, document: document(nil))
      if let answer = known[question] {
        answers[call.name] = answer
        continue
      }
      let run = ProgramRun(
        call: call, gitDirectory: repository.gitDirectory,
        objectsDirectory: repository.objectsDirectory, quarantine: quarantine)
      let told = document(matter.instant)
      let answer: Fact<ProgramAnswer> =
        told.count > ProgramQuestion.maximumSize
        ? .unknown(
          "the push is too large to be told to it: \(told.count) bytes, \(ProgramQuestion.maximumSize) at most"
        )
        : run.answer(to: told)
      known[question] = answer
      answers[call.name] = answer
    }
    return answers
  }

  private static let refusal =
    "is run by the server only; gitrel check --run-programs runs it here"

  /// What the program `call` says is promised for the release that the tag `name` stands for.
  func scope(
    _ call: ProgramCall, of name: RefName, _ versions: TagVersions, at instant: Instant,
    in repository: Repository, quarantine: String?, _ running: ProgramRunning
  ) -> Fact<ScopeReading> {
    guard let version = versions.version(of: name.shortBytes) else {
      return .known(.noVersion(versions))
    }
    let program = Bytes((call.command.first ?? "").utf8).printable
    switch running {
    case .later: return .known(.later(program))
    case .refused: return .unknown("\(program) \(Self.refusal)")
    case .allowed: break
    }
    let question = Question(
      call: call, document: ScopeQuestion.document(of: version, name, at: nil))
    if let answer = scopes[question] { return answer }
    let run = ProgramRun(
      call: call, gitDirectory: repository.gitDirectory,
      objectsDirectory: repository.objectsDirectory, quarantine: quarantine)
    let document = ScopeQuestion.document(of: version, name, at: instant)
    let answer: Fact<ScopeReading> =
      switch run.answer(
        to: document,
        reading: { answer throws(ReleaseScope.Fault) in
          try ReleaseScope(answer: answer, of: version)
        })
      {
      case .known(let scope): .known(.told(scope, by: program))
      case .unknown(let why): .unknown("\(program): \(why)")
      case .notGathered: .notGathered
      }
    scopes[question] = answer
    return answer
  }
}

extension Matter {
  /// Why what a program is told cannot be found out; nil when it can.
  fileprivate var untold: String? {
    if update.kind == .delete { return nil }
    if case .unknown(let why) = facts.newCommits { return why }
    if case .unknown(let why) = facts.changes { return why }
    return nil
  }
}
