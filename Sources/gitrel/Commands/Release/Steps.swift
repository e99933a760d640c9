import ArgumentParser
import Engine
import GitModel
import Policy
import Release

struct ReleaseSignoff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "signoff",
    abstract: "Sign a release off in a role.",
    discussion: """
      The same as gitrel signoff, about this tag.

      Example: gitrel release signoff v1.4 --as qa -m 'Tested on production'
      """)

  @Argument(help: "The tag; the highest version if not given.")
  var tag: String?

  @OptionGroup var step: ReleaseStepOptions

  func validate() throws {
    guard step.role != nil else {
      throw ValidationError("--as is missing: a sign-off is in a role")
    }
  }

  func run() throws { try step.state(of: tag) { _ in .signOff } }
}

struct ReleaseRollout: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollout",
    abstract: "State that a release reached a stage of its roll-out.",
    discussion: """
      The stages are those of the strategy that the tag names; none is jumped, and none begins before the \
      soak time of the one before is over.

      A check may be asked before it is stated: a program, which answers as docs/exec.md says, or a query \
      of Prometheus, of which every value must be below a number. What cannot be told is no yes.

      Example: gitrel release rollout v1.4 canary-5
      Example: gitrel release rollout v1.4 --check-prometheus http://localhost:9090 --query 'rate(errors_total[5m])' --below 0.01
      """)

  @Argument(help: "The tag; the highest version if not given.")
  var tag: String?

  @Argument(help: "The stage; the next one if not given.")
  var stage: String?

  @Option(help: ArgumentHelp("Ask this program first, by its absolute path.", valueName: "path"))
  var checkExec: String?

  @Option(help: ArgumentHelp("Ask this Prometheus first, with curl.", valueName: "url"))
  var checkPrometheus: String?

  @Option(help: ArgumentHelp("What to ask Prometheus, in PromQL.", valueName: "query"))
  var query: String?

  @Option(help: ArgumentHelp("What every value must be below.", valueName: "number"))
  var below: Double?

  @OptionGroup var step: ReleaseStepOptions

  func run() throws {
    try step.state(of: tag) { record in
      (stage ?? record.course.nextStage?.name).map { .rollout(Bytes($0.utf8)) }
    } before: { record, _ throws(EngineFault) in
      for check in checks {
        let next = stage ?? record.course.nextStage?.name ?? ""
        switch try check.answer(record, to: next, environment: .ofThisProcess) {
        case .yes(let words): Console.report("check: \(words)")
        case .no(let words): return "the check says no: \(words)"
        case .untold(let words, let said):
          for line in said { Console.diagnose("  \(line)") }
          return "the check could not be told: \(words)"
        }
      }
      return nil
    }
  }

  func validate() throws {
    let isAsked = [checkPrometheus != nil, query != nil, below != nil]
    guard Set(isAsked).count == 1 else {
      throw ValidationError("--check-prometheus, --query and --below go together")
    }
  }

  private var checks: [RolloutCheck] {
    var checks: [RolloutCheck] = []
    if let checkExec { checks.append(.program(checkExec)) }
    if let checkPrometheus, let query, let below {
      checks.append(.prometheus(url: checkPrometheus, query: query, below: below))
    }
    return checks
  }
}

struct ReleaseRollback: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "State that a release was taken back, and what runs instead.",
    discussion: """
      What runs instead is a release: the one that the tag names as its target, or a new tag on the \
      rollback lane, which the server judges as it is pushed.

      Example: gitrel release rollback v1.4 --to v1.3.2 --reason 'Prices are wrong'
      """)

  @Argument(help: "The tag; the highest version if not given.")
  var tag: String?

  @Option(
    help: ArgumentHelp(
      "The tag that runs instead; the one that the release names if not given.", valueName: "tag"))
  var to: String?

  @Option(help: "Why; whoever looks at it afterwards needs to know.")
  var reason: String

  @OptionGroup var step: ReleaseStepOptions

  func validate() throws {
    guard reason.contains(where: { !$0.isWhitespace }) else {
      throw ValidationError("--reason is empty")
    }
  }

  func run() throws {
    try step.state(of: tag, comment: reason) { record in
      var target = to
      if target == nil, case .known(let named) = record.trailers.rollbackTarget { target = named }
      return .rollback(Bytes((target ?? "").utf8))
    }
  }
}

struct ReleaseIncident: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "incident",
    abstract: "State that something is wrong with a release, or is over.",
    discussion: """
      While an incident is open, the roll-out does not go on.

      Example: gitrel release incident v1.4 --open 4711 -m 'Prices are wrong'
      Example: gitrel release incident v1.4 --resolve 4711
      """)

  @Argument(help: "The tag; the highest version if not given.")
  var tag: String?

  @Option(help: ArgumentHelp("The incident that begins.", valueName: "id"))
  var open: String?

  @Option(help: ArgumentHelp("The incident that is over.", valueName: "id"))
  var resolve: String?

  @OptionGroup var step: ReleaseStepOptions

  func validate() throws {
    guard open == nil || resolve == nil else {
      throw ValidationError("--open and --resolve say two things; give one of them")
    }
    guard open != nil || resolve != nil else {
      throw ValidationError("one of --open and --resolve is needed")
    }
    guard !(open ?? resolve ?? "").isEmpty else { throw ValidationError("the incident has no id") }
  }

  func run() throws {
    let id = Bytes((open ?? resolve ?? "").utf8)
    try step.state(of: tag) { _ in .incident(id, isOpen: open != nil) }
  }
}

struct ReleaseReviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review",
    abstract: "State that a release was looked at afterwards.",
    discussion: """
      Once said, it stands until the next incident or rollback; said again, nothing is stated.

      Example: gitrel release review v1.4 -m 'Nothing to learn'
      """)

  @Argument(help: "The tag; the highest version if not given.")
  var tag: String?

  @OptionGroup var step: ReleaseStepOptions

  func run() throws { try step.state(of: tag) { _ in .review } }
}

struct ReleaseClose: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close",
    abstract: "State that a release is done with.",
    discussion: """
      It is refused while the release is under way, an incident is open or a review is owed and, where \
      the policy has `release.mail` or says who states `announced`, before both mails are out or stated \
      to be: the scope and the result (gitrel release mail).

      Example: gitrel release close v1.4
      """)

  @Argument(help: "The tag; the highest version if not given.")
  var tag: String?

  @OptionGroup var step: ReleaseStepOptions

  func run() throws { try step.state(of: tag) { _ in .close } }
}
