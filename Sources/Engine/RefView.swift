public import GitModel
public import GitStore

/// The refs by which a push is judged, under the names that they have on the server.
///
/// On the server these are its own refs. In a clone they are its copies of the remote's refs, as old
/// as the last fetch, which is why a clone gives advice and the server decides.
public final class RefView {
  private enum Kind {
    case server
    case clone(remote: String)
    /// Only this one ref exists, besides the tags: for judging a range by itself.
    case range(RefName, ObjectID)
  }

  private let repository: Repository
  private let kind: Kind
  private var cached: [(name: RefName, value: ObjectID)]?

  private init(_ repository: Repository, _ kind: Kind) {
    (self.repository, self.kind) = (repository, kind)
  }

  /// The refs of the repository itself.
  public static func server(_ repository: Repository) -> RefView { RefView(repository, .server) }

  /// The copies that a clone has of `remote`'s branches, with the clone's own tags.
  public static func clone(_ repository: Repository, remote: String) -> RefView {
    RefView(repository, .clone(remote: remote))
  }

  /// The view in which `name` is at `old` and nothing else is guarded, so that exactly what comes
  /// after `old` is new.
  public static func range(_ repository: Repository, _ name: RefName, from old: ObjectID) -> RefView
  {
    RefView(repository, .range(name, old))
  }

  /// The commit or tag that `name` points at, nil when there is none. A symbolic ref is an error:
  /// what git would write through it is another ref.
  public func value(of name: RefName) throws(EngineFault) -> ObjectID? {
    if case .range(name, let old) = kind { return old }
    let value = try EngineFault.wrapping { () throws(GitError) in
      try repository.value(of: local(name))
    }
    switch value {
    case nil: return nil
    case .direct(let id): return id
    case .symbolic(let target):
      throw EngineFault(
        "\(name.full) is a symbolic ref to \(target.full)",
        hints: ["push to \(target.short) itself"])
    }
  }

  /// All branches and tags.
  public func all() throws(EngineFault) -> [(name: RefName, value: ObjectID)] {
    if let cached { return cached }
    let refs = try EngineFault.wrapping { () throws(GitError) in try read() }
    cached = refs
    return refs
  }

  private func read() throws(GitError) -> [(name: RefName, value: ObjectID)] {
    switch kind {
    case .server: return try repository.refs(under: "refs/")
    case .range(let name, let old):
      return [(name: name, value: old)] + (try repository.refs(under: "refs/tags/"))
    case .clone(let remote): return try copies(of: remote)
    }
  }

  private func copies(of remote: String) throws(GitError) -> [(name: RefName, value: ObjectID)] {
    let prefix = "refs/remotes/\(remote)/"
    let heads = try repository.refs(under: prefix).map { ref in
      let short = ref.name.bytes.dropFirst(prefix.utf8.count)
      return (name: RefName(Bytes("refs/heads/".utf8) + short), value: ref.value)
    }
    return heads + (try repository.refs(under: "refs/tags/"))
  }

  /// Whether these are a clone's copies, and its own tags.
  var isOfClone: Bool { if case .clone = kind { true } else { false } }

  /// How people call `name` here: `main`, or `origin/main` in a clone.
  public func display(_ name: RefName) -> String {
    switch kind {
    case .server, .range: name.short
    case .clone(let remote): name.isBranch ? "\(remote)/\(name.short)" : name.short
    }
  }

  /// The tips of the evidence ref that may speak: the server's, or the clone's own and its copy.
  func evidenceTips() throws(EngineFault) -> [ObjectID] {
    switch kind {
    case .server, .range: return try value(of: EvidenceStore.ref).map { [$0] } ?? []
    case .clone(let remote):
      let names = [EvidenceStore.ref, EvidenceStore.copy(of: remote)]
      var tips: [ObjectID] = []
      for name in names {
        if let tip = try value(of: name), !tips.contains(tip) { tips.append(tip) }
      }
      return tips
    }
  }

  /// Where `name` lies in this repository: itself, or a clone's copy of it.
  func place(of name: RefName) -> RefName {
    if case .clone(let remote) = kind, name == DecisionLog.ref {
      return DecisionLog.copy(of: remote)
    }
    return local(name)
  }

  private func local(_ name: RefName) -> RefName {
    guard case .clone(let remote) = kind, name.isBranch else { return name }
    return RefName(Bytes("refs/remotes/\(remote)/".utf8) + name.shortBytes)
  }
}
