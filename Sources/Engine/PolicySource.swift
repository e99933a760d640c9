public import GitModel
public import GitStore
public import Policy
public import PolicyFile
internal import Signing

/// Where the trusted policy stands.
public enum PolicySource: Hashable, Sendable {
  /// A file on a ref of the repository, at the ref's value before the push.
  case ref(RefName, path: String)
  /// A file outside the repository, by absolute path.
  case file(String)

  /// Where it stands when nothing says otherwise.
  public static let standard = PolicySource.ref(
    RefName("refs/heads/main"), path: ".gitrel/policy.yml")

  /// The source that the repository's own configuration names (`gitrel.policy`).
  public init(configured text: String?) throws(EngineFault) {
    guard let text else {
      self = .standard
      return
    }
    if text.hasPrefix("/") {
      self = .file(text)
      return
    }
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
      throw EngineFault(
        "the setting gitrel.policy is `\(Bytes(text.utf8).printable)`, which names neither a file nor REF:PATH",
        hints: ["git config gitrel.policy refs/heads/main:.gitrel/policy.yml"])
    }
    let name = RefName(Bytes(text.utf8[..<colon]))
    if let fault = name.fault {
      throw EngineFault("the setting gitrel.policy: the name \(name.full) \(fault.words)")
    }
    self = .ref(name, path: String(text[text.utf8.index(after: colon)...]))
  }

  /// For people: `main:.gitrel/policy.yml`.
  public var description: String {
    switch self {
    case .ref(let name, let path): "\(name.short):\(path)"
    case .file(let path): path
    }
  }
}

/// Why gitrel could not do what was asked, outside of any verdict.
public struct EngineFault: Error, Hashable, Sendable {
  /// What went wrong: what, where.
  public let message: String
  /// What to do about it.
  public let hints: [String]
  /// Whether a server was asked and said no, rather than that it could not be asked.
  public let isRefusal: Bool

  /// A fault.
  public init(_ message: String, hints: [String] = []) {
    self.init(message, hints: hints, isRefusal: false)
  }

  init(_ message: String, hints: [String] = [], isRefusal: Bool) {
    (self.message, self.hints, self.isRefusal) = (message, hints, isRefusal)
  }

  /// What the store said.
  public init(_ error: GitError) {
    self.init(error.description, hints: error.hint.map { [$0] } ?? [])
  }

  /// What running git came to, when it could not be run.
  public init(_ fault: GitCommandFault) {
    self.init(fault.description, hints: ["git must be installed and in PATH"])
  }

  /// What `body` reads from the store, its errors as faults.
  static func wrapping<Value>(
    _ body: () throws(GitError) -> Value
  ) throws(EngineFault) -> Value {
    do { return try body() } catch { throw EngineFault(error) }
  }
}

extension Repository {
  /// What the ref `name` points at; nil when there is none, or when it only names another ref.
  func tip(_ name: RefName) throws(EngineFault) -> ObjectID? {
    let value = try EngineFault.wrapping { () throws(GitError) in try self.value(of: name) }
    guard case .direct(let id)? = value else { return nil }
    return id
  }
}

/// A policy with where it was read.
public struct LoadedPolicy: Sendable {
  /// The policy.
  public let document: PolicyDocument
  /// Where it was read.
  public let origin: PolicyOrigin
  /// The source.
  public let source: PolicySource

  /// The same with no other rules than these.
  public func only(_ rules: [RuleID]) -> LoadedPolicy {
    LoadedPolicy(document: document.only(rules), origin: origin, source: source)
  }
}

/// Finding and reading the trusted policy.
public enum TrustedPolicy {
  /// Reads the policy of `source`, through `view`: the server's own refs, or a clone's copies of them.
  public static func load(
    _ source: PolicySource, in repository: Repository, view: RefView
  ) throws(EngineFault) -> LoadedPolicy {
    switch source {
    case .file(let path):
      guard let bytes = FileBytes.read(path, limit: PolicyReader.maximumSize) else {
        throw EngineFault(
          "there is no policy at \(Bytes(path.utf8).printable), or it cannot be read or is larger than \(PolicyReader.maximumSize) bytes"
        )
      }
      return try read(
        bytes, file: path, label: path, source: source, place: .folder(ofPolicy: path))
    case .ref(let name, let path):
      guard let tip = try view.value(of: name) else {
        throw EngineFault(
          "there is no policy: \(view.display(name)) does not exist",
          hints: view.isOfClone
            ? Self.cloneHints(name, path)
            : [
              "no push is accepted until there is one; on the server: git fetch CLONE \(name.full):\(name.full), or git config gitrel.policy /etc/gitrel/policy.yml"
            ])
      }
      // Nobody can push while there is no policy that loads, so no push mends it.
      let mend =
        "no push is accepted until there is one that loads; \(view.isOfClone ? "who runs the server brings it in" : "on the server"): git fetch CLONE \(name.full):\(name.full)"
      let label = "\(view.display(name))@\(tip.short)"
      let blob = try policyBlob(
        at: path, of: tip, in: repository, ref: view.display(name),
        mends: view.isOfClone ? Self.cloneHints(name, path) : [mend])
      do {
        return try read(
          blob, file: path, label: label, commit: tip, source: source,
          place: .tree(of: tip, policy: path, in: repository))
      } catch {
        throw EngineFault(error.message, hints: [mend])
      }
    }
  }

  /// What a developer does where their clone sees no policy.
  private static func cloneHints(_ name: RefName, _ path: String) -> [String] {
    [
      "git fetch, if others have pushed it since",
      "if the server keeps it elsewhere, ask who runs it, and say so here too: git config gitrel.policy REF:PATH",
      "if there is none yet, the first is committed as \(path) on \(name.short), and who runs the server brings it in",
    ]
  }

  /// Reads the policy that somebody names: a file, or `REV:PATH` as git-show(1) has it.
  public static func named(
    _ text: String, in repository: Repository
  ) throws(EngineFault) -> LoadedPolicy {
    let shown = Bytes(text.utf8).printable
    if let bytes = FileBytes.read(text, limit: PolicyReader.maximumSize) {
      return try read(
        bytes, file: shown, label: shown, source: .file(text), place: .folder(ofPolicy: text))
    }
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
      throw EngineFault(
        "there is no policy at \(shown), or it cannot be read or is larger than \(PolicyReader.maximumSize) bytes",
        hints: ["name a file, or one in history: main:.gitrel/policy.yml"])
    }
    let revision = String(text[..<colon])
    let path = String(text[text.utf8.index(after: colon)...])
    let peeled = try EngineFault.wrapping { () throws(GitError) in
      try repository.resolve(revision).map { id throws(GitError) in try repository.peel(id) }
    }
    guard let peeled, peeled.kind == .commit else {
      throw EngineFault("`\(Bytes(revision.utf8).printable)` is no commit here")
    }
    let tree = try EngineFault.wrapping { () throws(GitError) in
      try repository.tree(of: peeled.target)
    }
    let blob = try policyBlob(
      at: path, of: peeled.target, tree: tree, in: repository, ref: Bytes(revision.utf8).printable,
      mends: ["git ls-tree -r \(revision) names the files that there are"])
    return try read(
      blob, file: shown, label: shown, source: .file(text),
      place: .tree(of: peeled.target, policy: path, in: repository))
  }

  /// Reads bytes as a policy, with the files of `place` that it extends.
  public static func read(
    _ bytes: Bytes, file: String, label: String, commit: ObjectID? = nil, source: PolicySource,
    place: PolicyPlace
  ) throws(EngineFault) -> LoadedPolicy {
    do {
      let document = try PushSize.readingPolicy { () throws(PolicyFault) in
        try PolicyReader.read(bytes, file: file, extending: place, zone: ZoneDirectory.zone)
      }
      let origin = PolicyOrigin(
        label: label, file: file,
        digest: digest(of: bytes, extending: place.files.map { ($0.name, $0.bytes) }),
        commit: commit)
      return LoadedPolicy(document: document, origin: origin, source: source)
    } catch {
      let shown = error.lines.prefix(20)
      let more = error.lines.count - shown.count
      throw EngineFault(
        "the policy \(label) cannot be read\(shown.map { "\n  \($0)" }.joined())"
          + (more > 0 ? "\n  and \(more) more" : ""))
    }
  }

  /// SHA-256 of the policy's bytes or, when it extends others, of the list of the digests of all files
  /// that were read, so that the change of any of them is a change of the policy.
  static func digest(of bytes: Bytes, extending files: [(name: String, bytes: Bytes)]) -> String {
    let own = SHA256Digest.hex(of: bytes)
    guard !files.isEmpty else { return own }
    let list = files.map { "\(SHA256Digest.hex(of: $0.bytes))  \($0.name)\n" }
    return SHA256Digest.hex(of: Bytes("\(own)\n\(list.joined())".utf8))
  }

  /// The bytes of the policy file in the tree of commit `tip`: a plain file, no link, no program. The
  /// commit must be one that the strict reader accepts, unless its `tree` is known.
  static func policyBlob(
    at path: String, of tip: ObjectID, tree: ObjectID? = nil, in repository: Repository,
    ref: String, mends: [String]
  ) throws(EngineFault) -> Bytes {
    let parts = path.split(separator: "/").map { Bytes($0.utf8) }
    let entry = try EngineFault.wrapping { () throws(GitError) in
      let root = if let tree { tree } else { try repository.commit(tip).tree }
      return try repository.entry(at: parts, inTree: root)
    }
    guard let entry else {
      throw EngineFault(
        "there is no policy: \(ref) (\(tip.short)) has no file \(path)",
        hints: mends)
    }
    guard entry.mode == 0o100644 else {
      throw EngineFault(
        "the policy \(ref):\(path) is no plain file (mode \(String(entry.mode, radix: 8)))",
        hints: ["make it a regular file that is not executable, no link and no submodule"])
    }
    return try EngineFault.wrapping { () throws(GitError) in
      try repository.blob(entry.id, limit: PolicyReader.maximumSize)
    }
  }
}
