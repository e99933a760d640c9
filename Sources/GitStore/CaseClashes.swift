public import GitModel

extension Repository {
  /// For each of `paths`, the first other path in the tree that is the same but for ASCII capitals, if
  /// there is one; and one that is a file where `paths` has a folder of that name, or the other way
  /// round. Two folders that differ so and hold different names are no clash.
  ///
  /// (Unicode's own folding differs from file system to file system and is left alone.)
  public func caseClashes(
    of paths: [Bytes], inTree tree: ObjectID
  ) throws(GitError) -> [(path: Bytes, other: Bytes)] {
    let finder = CaseClashFinder(self)
    var found: [(path: Bytes, other: Bytes)] = []
    for path in paths {
      if let other = try finder.other(than: path, in: Key(tree)) { found.append((path, other)) }
    }
    return found
  }
}

/// Looks paths up without regard to ASCII case, one index for each folder that it comes through.
private final class CaseClashFinder {
  private struct Entry {
    let name: Bytes
    let isTree: Bool
    let key: Key
  }

  private let repository: Repository
  private var indexes: [Key: [Bytes: [Entry]]] = [:]

  init(_ repository: Repository) { self.repository = repository }

  func other(than path: Bytes, in root: Key) throws(GitError) -> Bytes? {
    let slash = UInt8(ascii: "/")
    // All folders that the parts so far lead to, and how they are written.
    var folders: [(path: Bytes, key: Key)] = [([], root)]
    let parts = path.split(separator: slash)
    for (position, part) in parts.enumerated() {
      let isLast = position == parts.count - 1
      var next: [(path: Bytes, key: Key)] = []
      // Of folders with other capitals and the same content one is enough, or they would multiply.
      var seen: Set<Key> = []
      for folder in folders {
        for entry in try index(of: folder.key)[part.asciiLowercased] ?? [] {
          let written = folder.path.isEmpty ? entry.name : folder.path + [slash] + entry.name
          if entry.isTree && !isLast {
            if path.starts(with: written) || seen.insert(entry.key).inserted {
              next.append((written, entry.key))
            }
          } else if written != path {
            return written
          }
        }
      }
      folders = next
    }
    return nil
  }

  private func index(of folder: Key) throws(GitError) -> [Bytes: [Entry]] {
    if let known = indexes[folder] { return known }
    var index: [Bytes: [Entry]] = [:]
    for entry in try repository.keptTree(folder).entries {
      index[entry.name.asciiLowercased, default: []].append(
        Entry(name: entry.name, isTree: entry.isTree, key: Key(entry.id)))
    }
    indexes[folder] = index
    return index
  }
}
