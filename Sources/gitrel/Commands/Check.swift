import ArgumentParser
import Engine
import FoundationEssentials
import GitModel
import GitStore
import Output
import Policy

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what the server would say of a push.",
    discussion: """
      Without an argument: the current branch, as if it were pushed now to the branch of the same \
      name. With a branch or tag: that one. With A..B: the commits of a range. Nothing is pushed and \
      nothing is written.

      Example: gitrel check
      Example: gitrel check --ref main            this commit, as if pushed to main
      Example: gitrel check main~20..main         the last twenty commits
      Example: gitrel check --at 2026-11-20T16:45Z --tests 'build/TEST-*.xml'
      Example: gitrel check A..B --format sarif > gitrel.sarif    for code scanning
      """)

  @Argument(help: ArgumentHelp("What to judge.", valueName: "ref|range"))
  var subject: String?

  @Option(help: ArgumentHelp("The ref on the server that it is judged as.", valueName: "name"))
  var ref: String?

  @Option(
    help: ArgumentHelp(
      "Judge hook lines from this file, `-` for standard input: `<old> <new> <ref>` as pre-receive gets them.",
      valueName: "file"))
  var pushLines: String?

  @Option(help: "The remote whose copies stand for the server.")
  var remote: String?

  @Option(help: ArgumentHelp("Try this policy file instead of the trusted one.", valueName: "file"))
  var policy: String?

  @Option(name: .customLong("as"), help: ArgumentHelp("Who pushes.", valueName: "who"))
  var pusher: String?

  @Option(
    help: ArgumentHelp(
      "Judge as at this moment: RFC 3339, e.g. 2026-11-20T16:45:00Z.", valueName: "time"))
  var at: String?

  @OptionGroup var reports: ReportOptions

  @Flag(help: "Run the programs that the policy's `exec` names. They are the policy's, not yours.")
  var runPrograms = false

  @Option(
    help:
      "text; json, sarif or junit, one document; github, annotations of a step of GitHub Actions.")
  var format: DecisionFormat = .text

  @Flag(name: .shortAndLong, help: "Tell the rules that hold, too.")
  var verbose = false

  func run() throws {
    let instant = try at.map(Moment.parse) ?? Moment.now()
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(remote, in: repository)
    let gate = try Workplace.gate(repository, remote: remote, policy: policy)
    Workplace.checkPusher(pusher, gate.policy.document.people)
    // Where no rule goes by statements, none is missed.
    if gate.policy.document.rulesets.flatMap(\.rules).contains(where: {
      $0.rule.needs.asksForStatements
    }) {
      try Workplace.noteUnasked(remote, in: repository)
    }
    let handed = try reports.read(recorded: instant)
    let decision: Decision
    if let pushLines {
      let input = try Workplace.input(pushLines, limit: 16 << 20)
      let updates: [RefUpdate]
      do { updates = try HookLines.received(input) } catch { throw Failure(error.words) }
      decision = try Workplace.engine { () throws(EngineFault) in
        try gate.decision(
          on: updates, at: instant, pusher: pusher, handed: handed, claimsOld: remote == nil,
          running: runPrograms ? .allowed : .refused)
      }
    } else {
      let subject = try Subject(subject, ref: ref, gate: gate)
      if ref != nil { try Workplace.checkRef(subject.name, of: gate) }
      let update = try Workplace.engine { () throws(EngineFault) in try subject.update(gate) }
      guard update.old != update.new else {
        return try report(nothing: update, gate, at: instant)
      }
      decision = try Workplace.engine { () throws(EngineFault) in
        try gate.decision(
          on: [update], at: instant, pusher: pusher, handed: handed,
          view: subject.view(gate), running: runPrograms ? .allowed : .refused)
      }
    }
    try report(decision)
    throw Workplace.exit(decision)
  }

  private func report(_ decision: Decision) throws(JSONFault) {
    switch format {
    case .json: Console.report(try DecisionJSON.text(decision))
    case .sarif: Console.report(try DecisionSARIF.text(decision, version: GitrelVersion.text))
    case .junit: for line in DecisionJUnit.lines(decision) { Console.report(line) }
    case .github: for line in DecisionAnnotations.lines(decision) { Console.report(line) }
    case .text:
      let more = decision.refusedRef.map { "gitrel explain \($0.asArgument)" }
      for line in DecisionText(width: 80, isVerbose: verbose).lines(decision, more: more) {
        Console.report(line)
      }
      if pusher == nil, decision.all.contains(where: \.lacksPusher) {
        Console.diagnose("gitrel: hint: gitrel check --as WHO tries it as somebody")
      }
    }
  }

  /// There is nothing to judge, which a program is told as a decision on no update.
  private func report(
    nothing update: RefUpdate, _ gate: CloneGate, at instant: Instant
  ) throws(JSONFault) {
    switch format {
    case .json, .sarif, .junit, .github:
      try report(
        Decision(instant: instant, pusher: pusher, policy: gate.policy.origin, updates: []))
    case .text:
      if policy != nil {
        let rules = gate.policy.document.rulesets.reduce(0) { $0 + $1.rules.count }
        Console.report("the policy \(gate.policy.origin.label) loads, \(rules) rules in all")
      }
      Console.report("nothing to push: \(update.name.short) is at \(update.new.short) already")
    }
  }
}

/// What a command judges: one update of one ref, and by which refs.
struct Subject {
  let name: RefName
  let new: ObjectID
  /// The start of a range, when one was given.
  let old: ObjectID?

  /// Reads `text` (a branch, tag, commit or A..B; HEAD when nil) as an update of `ref`.
  init(_ text: String?, ref: String?, gate: CloneGate) throws {
    let repository = gate.repository
    func resolve(_ revision: String) throws -> ObjectID {
      try Workplace.commit(
        revision, in: repository,
        hints: [
          "git log --oneline -5 shows what there is; an empty repository has nothing to check"
        ]
      )
    }
    var revision = text ?? "HEAD"
    if let dots = zip(revision.indices, revision.indices.dropFirst()).first(where: {
      revision[$0] == "." && revision[$1] == "."
    }) {
      let start = String(revision[..<dots.0])
      let end = String(revision[revision.index(after: dots.1)...])
      guard !start.isEmpty, !end.hasPrefix(".") else {
        throw Failure(
          "`\(Bytes(revision.utf8).printable)` is no range", hints: ["write A..B"], status: .usage)
      }
      old = try resolve(start)
      revision = end.isEmpty ? "HEAD" : end
    } else {
      old = nil
    }
    new = try resolve(revision)
    if let ref {
      name = ref.hasPrefix("refs/") ? RefName(ref) : RefName("refs/heads/\(ref)")
    } else if let found = try Self.name(of: revision, in: repository) {
      name = found
    } else {
      throw Failure(
        "`\(Bytes(revision.utf8).printable)` is no branch and no tag, so it is not known where it would be pushed to",
        hints: ["add --ref BRANCH"], status: .usage)
    }
  }

  private static func name(of revision: String, in repository: Repository) throws -> RefName? {
    if revision == "HEAD" {
      guard
        case .symbolic(let target) = try Workplace.store({ () throws(GitError) in
          try repository.value(of: RefName("HEAD"))
        })
      else { return nil }
      return target
    }
    let candidates =
      revision.hasPrefix("refs/")
      ? [revision] : ["refs/heads/\(revision)", "refs/tags/\(revision)"]
    for candidate in candidates {
      let value = try Workplace.store { () throws(GitError) in
        try repository.value(of: RefName(candidate))
      }
      if value != nil { return RefName(candidate) }
    }
    return nil
  }

  /// The update by the refs of `gate`, or of the range.
  func update(_ gate: CloneGate) throws(EngineFault) -> RefUpdate {
    if let old { return RefUpdate(name: name, old: old, new: new) }
    return try gate.update(of: name, to: new)
  }

  /// The refs by which a range is judged; nil for those of the gate.
  func view(_ gate: CloneGate) -> RefView? {
    old.map { RefView.range(gate.repository, name, from: $0) }
  }
}
