internal import Evidence
internal import GitModel
internal import GitStore

/// The trees that an approval is about, kept beside it in the evidence ref: a rebase leaves the reviewed
/// commits behind, and who replays an approval must have what was approved.
enum ReviewedTrees {
  /// What is kept for a statement: the tree at the end of each change, by its id; nothing but for
  /// approvals and vetoes.
  static func entries(of envelope: Envelope) -> [TreeEntry] {
    guard let statement = try? Statement(parsing: envelope.payload),
      case .approval(let approval) = statement.predicate
    else { return [] }
    return Set(approval.changes.map(\.head.tree)).sorted().map {
      TreeEntry(name: Bytes($0.hex.utf8), mode: 0o040000, id: $0)
    }
  }

  /// Refuses a folder that holds anything else.
  static func check(
    _ folder: ObjectID, of envelope: Envelope, in repository: Repository
  ) throws(EngineFault) {
    let found = try EngineFault.wrapping { () throws(GitError) in try repository.tree(folder) }
    guard !found.isEmpty, found == entries(of: envelope) else {
      throw EngineFault("what is kept beside it is not what it is about")
    }
  }
}
