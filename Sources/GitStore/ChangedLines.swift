internal import CLibGit2
public import GitModel

/// Which lines of a file are new.
public enum ChangedLines: Hashable, Sendable {
  /// These, counted from 1, in order; none where lines are only taken away.
  case lines([ClosedRange<Int>])
  /// It is no text.
  case notText
  /// It is larger than what is compared.
  case tooLarge
}

extension Repository {
  /// How large a file may be whose lines are compared.
  public static let comparedFileSize = 8 << 20

  /// The lines of the blob `new` that `old` does not have, as `git diff -U0` tells them (git:
  /// diff.indentHeuristic is on there); all of them where `old` is nil. What is read is taken off
  /// `budget`; throws `.limit` beyond it.
  public func changedLines(
    from old: ObjectID?, to new: ObjectID, spending budget: inout Int
  ) throws(GitError) -> ChangedLines {
    if old == new { return .lines([]) }
    guard let content = try text(of: new, spending: &budget) else { return .tooLarge }
    guard !content.isBinary else { return .notText }
    var before: Bytes = []
    if let old {
      guard let content = try text(of: old, spending: &budget) else { return .tooLarge }
      // From binary to text every line is new.
      if !content.isBinary { before = content }
    }
    guard !before.isEmpty else {
      let count = content.lineCount
      return .lines(count == 0 ? [] : [1...count])
    }
    var options = git_diff_options()
    try call("compare", "files") {
      git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION))
    }
    options.flags = GIT_DIFF_FORCE_TEXT.rawValue | GIT_DIFF_INDENT_HEURISTIC.rawValue
    (options.context_lines, options.interhunk_lines) = (0, 0)
    var found: [ClosedRange<Int>] = []
    try call("compare", "files") {
      before.withUnsafeBytes { old in
        content.withUnsafeBytes { new in
          withUnsafeMutablePointer(to: &found) { found in
            git_diff_buffers(
              old.baseAddress, old.count, nil, new.baseAddress, new.count, nil, &options, nil, nil,
              { _, hunk, found in
                guard let hunk, let found, hunk.pointee.new_lines > 0 else { return 0 }
                let start = Int(hunk.pointee.new_start)
                found.assumingMemoryBound(to: [ClosedRange<Int>].self).pointee
                  .append(start...(start + Int(hunk.pointee.new_lines) - 1))
                return 0
              }, nil, found)
          }
        }
      }
    }
    return .lines(found)
  }

  /// How alike two files are, in hundredths: lines that both have, of those of the longer one; nil where
  /// one is too large or no text.
  public func likeness(
    of one: ObjectID, _ other: ObjectID, spending budget: inout Int
  ) throws(GitError) -> Int? {
    guard let first = try text(of: one, spending: &budget),
      let second = try text(of: other, spending: &budget), !first.isBinary, !second.isBinary
    else { return nil }
    let lines = [first, second].map { $0.split(separator: UInt8(ascii: "\n")) }
    guard let longer = lines.map(\.count).max(), longer > 0 else { return nil }
    var counts = Dictionary(lines[0].map { ($0, 1) }, uniquingKeysWith: +)
    var shared = 0
    for line in lines[1] {
      guard let count = counts[line], count > 0 else { continue }
      counts[line] = count - 1
      shared += 1
    }
    return shared * 100 / longer
  }

  /// The content of a blob; nil where it is too large to be compared.
  private func text(of id: ObjectID, spending budget: inout Int) throws(GitError) -> Bytes? {
    let size = try blobSize(of: id)
    guard size <= Self.comparedFileSize else { return nil }
    // Even an empty file has to be found.
    budget -= size + 64
    guard budget >= 0 else {
      throw GitError(
        .limit, "compare", "files", "there is more to compare than is read for one decision",
        hint: "push it in parts")
    }
    return try blob(id, limit: Self.comparedFileSize)
  }

  /// The paths of all files in a tree whose last part is one of `names`, by that part. What is looked
  /// at is taken off `budget`; throws `.limit` beyond it.
  public func paths(
    named names: Set<Bytes>, inTree tree: ObjectID, spending budget: inout Int
  ) throws(GitError) -> [Bytes: [Bytes]] {
    guard !names.isEmpty else { return [:] }
    var found: [Bytes: [Bytes]] = [:]
    var folders: [(path: Bytes, id: ObjectID, depth: Int)] = [([], tree, 0)]
    while let folder = folders.popLast() {
      guard folder.depth < limits.pathDepth else {
        throw GitError(.limit, "read tree", tree.hex, "a path is deeper than \(limits.pathDepth)")
      }
      for entry in try keptTree(Key(folder.id)).entries {
        budget -= 1
        guard budget >= 0 else {
          throw GitError(
            .limit, "read tree", tree.hex, "it has more entries than are read for one decision")
        }
        guard entry.isTree || entry.isFile && names.contains(entry.name) else { continue }
        let path =
          folder.path.isEmpty ? entry.name : folder.path + [UInt8(ascii: "/")] + entry.name
        if entry.isTree {
          folders.append((path, entry.id, folder.depth + 1))
        } else {
          found[entry.name, default: []].append(path)
        }
      }
    }
    return found
  }
}

extension Bytes {
  /// Whether git takes it for binary (git: xdiff-interface.c, `buffer_is_binary`).
  fileprivate var isBinary: Bool { prefix(8000).contains(0) }

  /// How many lines it has; the last one needs no end.
  fileprivate var lineCount: Int {
    let ends = reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    return isEmpty || last == UInt8(ascii: "\n") ? ends : ends + 1
  }
}
