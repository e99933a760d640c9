internal import GitModel
internal import GitStore
internal import Policy

/// Finds the lines that an update changes, of the files that matter for patch coverage.
///
/// A file that is new is taken for one that was moved if a file is gone that has the same content, or else
/// the one with the same ending that it shares most lines with, at least half of the longer one's. Copies
/// are not followed: their lines are new. So are those of files that were moved beyond what is compared to
/// find that out. What all updates of a push cost together is bounded.
final class PatchFacts {
  /// How many paths and folders may differ.
  static let changesLimit = 200_000
  /// How many bytes of files may be read, in all, to compare them.
  static let bytesLimit = 128 << 20
  /// How many entries of the new tree are looked at for files with the same name.
  static let entriesLimit = 1_000_000
  /// How many files that are gone are compared with one that is new.
  static let candidates = 40
  /// How much two files must have in common, in hundredths, to be taken for one that was moved.
  static let likeness = 50

  /// How many bytes of files may be read to find out what was moved.
  static let movedBytesLimit = 64 << 20

  private let repository: Repository
  private var budget = PatchFacts.bytesLimit
  private var movedBudget = PatchFacts.movedBytesLimit
  private var paths = PatchFacts.changesLimit
  private var entries = PatchFacts.entriesLimit

  init(_ repository: Repository) { self.repository = repository }

  /// What the tree of `commit` has that the tree of the commit `old` has not; everything where that is
  /// nil. `endings` are those of the files that reports measure.
  func reading(
    of commit: Commit, since old: ObjectID?, endings: Set<Bytes>, _ search: PatchSearch
  ) throws(GitError) -> PatchReading {
    let changes = try repository.changes(of: commit, since: old, spending: &paths)
    var gone: [(path: Bytes, id: ObjectID)] = []
    for change in changes {
      guard case .deleted(let entry) = change.kind, entry.kind.isFile else { continue }
      gone.append((change.path, entry.id))
    }
    var files: [PatchReading.File] = []
    for change in changes {
      guard let new = change.new, new.kind.isFile,
        PatchReading.isLookedInto(change.path, endings: endings, search)
      else { continue }
      var before = change.old.flatMap { $0.kind.isFile ? $0.id : nil }
      if case .added = change.kind { before = try source(of: change.path, new.id, among: gone) }
      switch try repository.changedLines(from: before, to: new.id, spending: &budget) {
      case .lines(let lines): files.append(PatchReading.File(path: change.path, lines: lines))
      case .notText: files.append(PatchReading.File(path: change.path, lines: nil))
      case .tooLarge:
        files.append(PatchReading.File(path: change.path, lines: nil, isTooLarge: true))
      }
    }
    let names = files.filter { $0.lines?.isEmpty != true }.map { Bytes($0.path.pathName) }
    return PatchReading(
      files: files,
      namesakes: try repository.paths(
        named: Set(names), inTree: commit.tree, spending: &entries))
  }

  /// What a new file was before it was moved; nil where it is new indeed.
  private func source(
    of path: Bytes, _ id: ObjectID, among gone: [(path: Bytes, id: ObjectID)]
  ) throws(GitError) -> ObjectID? {
    if gone.contains(where: { $0.id == id }) { return id }
    let (name, ending) = (Bytes(path.pathName), PatchReading.ending(of: path))
    // The same name first: most files are moved from one folder to another.
    let alike = gone.filter { PatchReading.ending(of: $0.path) == ending }
    let size = try repository.blobSize(of: id)
    for files in [
      alike.filter { Bytes($0.path.pathName) == name },
      alike.filter { Bytes($0.path.pathName) != name },
    ] {
      var best: (likeness: Int, id: ObjectID)?
      for file in files.prefix(Self.candidates) {
        let other = try repository.blobSize(of: file.id)
        guard max(size, other) <= Repository.comparedFileSize,
          movedBudget > size + other + 128
        else { continue }
        let likeness = try repository.likeness(of: file.id, id, spending: &movedBudget)
        if let likeness, likeness >= Self.likeness, likeness > best?.likeness ?? 0 {
          best = (likeness, file.id)
        }
      }
      if let best { return best.id }
    }
    return nil
  }
}

extension Change.Entry.Kind {
  fileprivate var isFile: Bool { self == .file || self == .executable }
}
