public import GitModel
public import GitStore
public import Policy
internal import PolicyFile

/// A policy file that somebody is working on: read and looked over, and nobody is judged by it.
public struct PolicyDraft {
  /// The largest policy that is read, in bytes.
  public static let maximumSize = PolicyReader.maximumSize

  /// The file's name in messages.
  public let file: String
  /// The branch that is to hold it, when that is known.
  public let home: RefName?
  /// The refs that it would guard, when they are known.
  public let refs: [RefName]?

  /// What there is to say of a draft.
  public struct Findings: Sendable {
    /// The file's name in messages.
    public let file: String
    /// What keeps it from loading.
    public let errors: [Problem]
    /// How many errors there are beyond those.
    public let left: Int
    /// What it says and hardly means; none while it does not load.
    public let warnings: [Problem]
    /// How many warnings there are beyond those.
    public let warningsLeft: Int
    /// How many rulesets and rules it has.
    public let counts: (rulesets: Int, rules: Int)

    /// Findings from their parts; of the warnings as many are kept as a list of errors holds.
    public init(
      file: String, errors: [Problem] = [], left: Int = 0, warnings: [Problem] = [],
      counts: (rulesets: Int, rules: Int) = (0, 0)
    ) {
      (self.file, self.errors, self.left) = (file, errors, left)
      self.warnings = Array(warnings.prefix(ProblemList.maximumCount))
      warningsLeft = warnings.count - self.warnings.count
      self.counts = counts
    }
  }

  /// The draft in `file`, or with nil the one in the working tree of `repository`, where the policy of
  /// that place is.
  public init(
    _ file: String?, repository: Repository?, remote: String?
  ) throws(EngineFault) {
    let standard = try repository.flatMap { (it) throws(EngineFault) in
      try Self.standard(it, remote: remote)
    }
    guard let place = file ?? standard?.file else {
      throw EngineFault(
        "there is no repository here, and no file is named",
        hints: ["gitrel policy validate FILE"])
    }
    self.file = place
    home = file == nil || file == standard?.file ? standard?.home : nil
    refs = try repository.map { (it) throws(EngineFault) in try Self.refs(of: it, remote: remote) }
  }

  /// Reads `bytes`, and looks them over as at `instant`.
  public func findings(on bytes: Bytes, at instant: Instant) -> Findings {
    do throws(PolicyFault) {
      let policy = try PolicyReader.read(
        bytes, file: file, extending: .folder(ofPolicy: file), zone: ZoneDirectory.zone)
      let warnings = PolicyReview.warnings(on: policy, at: instant, refs: refs, home: home)
      return Findings(
        file: file, warnings: warnings,
        counts: (policy.rulesets.count, policy.rulesets.reduce(0) { $0 + $1.rules.count }))
    } catch {
      return Findings(file: file, errors: error.problems, left: error.left)
    }
  }

  /// Where the policy of a repository lies in its working tree, and on which branch.
  private static func standard(
    _ repository: Repository, remote: String?
  ) throws(EngineFault) -> (file: String, home: RefName?)? {
    switch try CloneGate.source(repository, remote: remote) {
    case .file(let path): return (path, nil)
    case .ref(let name, let path):
      guard !repository.isBare, let top = PolicyPlace.workingTree() else { return nil }
      return (top + path, name)
    }
  }

  private static func refs(
    of repository: Repository, remote: String?
  ) throws(EngineFault) -> [RefName] {
    let own = try RefView.server(repository).all().map(\.name).filter {
      !$0.hasPrefix("refs/remotes/")
    }
    guard let remote else { return own }
    let copies = try RefView.clone(repository, remote: remote).all().map(\.name)
    return Set(own + copies).sorted { $0.full < $1.full }
  }
}
