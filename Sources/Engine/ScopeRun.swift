public import GitModel
internal import Policy

/// One run of `gitrel scope fetch`: what a tracker or a program promises for a version becomes the file that the
/// rule `ticket-scope` reads, so that somebody reviews it and the server need not ask anybody.
public struct ScopeRun {
  /// Who is asked.
  public enum Tracker: Sendable {
    /// A Jira for the tickets of a project, in which the version may be called otherwise.
    case jira(JiraSearch, project: String, fixVersion: String?)
    /// A program by its absolute path with its arguments, in the environment of who asks.
    case program([String], ProcessEnvironment)
  }

  /// The version.
  public let version: Version
  /// Where the file lies in the tree of the policy.
  public let path: String
  private let ref: RefName
  private let file: ScopeFile

  /// What a program may use that somebody runs by hand: seconds, and bytes of memory.
  private static let bounds = (seconds: 60, memory: 4_000_000_000)

  /// A run for the tag `name`, as the policy of `gate` wants it.
  public init(_ gate: CloneGate, tag name: String) throws(EngineFault) {
    let ref = RefName("refs/tags/\(name)")
    let versions = gate.policy.document.tagVersions
    guard ref.fault == nil, let version = versions.version(of: ref.shortBytes) else {
      throw EngineFault("`\(ref.short)` is not \(versions)")
    }
    let rules = gate.policy.document.rulesets(guarding: ref).flatMap(\.rules)
    let sources = rules.compactMap { ($0.rule as? TicketScope)?.promise }
    let files = sources.lazy.compactMap { source -> ScopeFile? in
      if case .file(let file) = source { file } else { nil }
    }
    guard let file = files.first else {
      guard sources.isEmpty else {
        throw EngineFault(
          "there is no file to write: a program tells the server what \(ref.short) promises",
          hints: ["gitrel explain \(TicketScope.id)"])
      }
      throw EngineFault(
        "no rule `\(TicketScope.id)` asks what \(ref.short) promises",
        hints: ["state it for a ruleset with refs: [\"refs/tags/v*\"]"])
    }
    (self.version, self.ref, self.file) = (version, ref, file)
    path = file.path(of: version)
  }

  /// Asks `tracker` and writes the file under the folder `top`, whose links are not followed. What the
  /// file said before is lost, but for what git keeps. Returns how many tickets there are.
  public func fetch(
    _ tracker: Tracker, under top: String, at instant: Instant
  ) throws(EngineFault) -> Int {
    let (scope, source) = try promised(by: tracker, in: top, at: instant)
    var folder = top
    for part in path.split(separator: "/").dropLast() {
      folder += "/\(part)"
      if let state = FileSystem.linkState(folder) {
        guard state.kind == .directory else { throw Self.odd(folder) }
      } else {
        try FileSystem.makeDirectory(folder)
      }
    }
    let target = "\(top)/\(path)"
    if let state = FileSystem.linkState(target), state.kind != .regular { throw Self.odd(target) }
    let bytes =
      switch file.format {
      case .json: scope.json(source: source)
      case .csv: scope.csv
      }
    try FileSystem.replace(target, with: bytes, mode: 0o644)
    return scope.tickets.count
  }

  private func promised(
    by tracker: Tracker, in top: String, at instant: Instant
  ) throws(EngineFault) -> (scope: ReleaseScope, source: String) {
    switch tracker {
    case .jira(let search, let project, let fixVersion):
      let name = fixVersion ?? String(decoding: version.spelling, as: UTF8.self)
      return (
        try search.scope(project: project, version: name, of: version),
        JiraSearch.query(project: project, version: name)
      )
    case .program(let command, let environment):
      let program = command.first ?? ""
      let shown = Bytes(program.utf8).printable
      guard program.hasPrefix("/") else {
        throw EngineFault("`\(shown)` is no absolute path", hints: ["--exec \"$PWD/...\""])
      }
      let run = ProgramRun(
        call: ProgramCall(
          name: "scope", command: command, timeout: Self.bounds.seconds,
          memory: Self.bounds.memory, output: ReleaseScope.maximum.size),
        gitDirectory: top, objectsDirectory: top, quarantine: nil, environmentByHand: environment)
      let answer: Fact<ReleaseScope> = run.answer(
        to: ScopeQuestion.document(of: version, ref, at: instant),
        reading: { answer throws(ReleaseScope.Fault) in
          try ReleaseScope(answer: answer, of: version)
        })
      switch answer {
      case .known(let scope): return (scope, program)
      case .unknown(let why):
        throw EngineFault("\(shown): " + why.replacing("\n", with: "\n  "))
      case .notGathered: throw EngineFault("\(shown) was not asked")
      }
    }
  }

  private static func odd(_ path: String) -> EngineFault {
    EngineFault("\(Bytes(path.utf8).printable) is in the way", hints: ["a link is not followed"])
  }

  /// The top of the working tree.
  public static func top(_ git: GitCommand) throws(EngineFault) -> String {
    let bytes = try git.demand(
      ["rev-parse", "--show-toplevel"], "find the working tree to write the scope to")
    return String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes, as: UTF8.self)
  }
}
