public import GitModel
internal import Policy

/// One run of `gitrel scope fetch`: what a tracker promises for a version becomes the file that the rule
/// `ticket-scope` reads, so that somebody reviews it and the server need not ask anybody.
public struct ScopeRun {
  /// The version.
  public let version: Version
  /// Where the file lies in the tree of the policy.
  public let path: String
  private let file: ScopeFile

  /// A run for the tag `name`, as the policy of `gate` wants it.
  public init(_ gate: CloneGate, tag name: String) throws(EngineFault) {
    let ref = RefName("refs/tags/\(name)")
    let versions = gate.policy.document.tagVersions
    guard ref.fault == nil, let version = versions.version(of: ref.shortBytes) else {
      throw EngineFault("`\(ref.short)` is not \(versions)")
    }
    let rules = gate.policy.document.rulesets(guarding: ref).flatMap(\.rules)
    guard let file = rules.lazy.compactMap({ ($0.rule as? TicketScope)?.snapshot }).first else {
      throw EngineFault(
        "no rule `\(TicketScope.id)` asks what \(ref.short) promises",
        hints: ["state it for a ruleset with refs: [\"refs/tags/v*\"]"])
    }
    (self.version, self.file) = (version, file)
    path = file.path(of: version)
  }

  /// Asks `search` and writes the file under the folder `top`, whose links are not followed. What the
  /// file said before is lost, but for what git keeps. Returns how many tickets there are.
  public func fetch(
    _ search: JiraSearch, project: String, fixVersion: String?, under top: String
  ) throws(EngineFault) -> Int {
    let name = fixVersion ?? String(decoding: version.spelling, as: UTF8.self)
    let scope = try search.scope(project: project, version: name, of: version)
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
      case .json: scope.json(source: JiraSearch.query(project: project, version: name))
      case .csv: scope.csv
      }
    try FileSystem.replace(target, with: bytes, mode: 0o644)
    return scope.tickets.count
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
