internal import CLibGit2
public import GitModel

extension Repository {
  /// The paths at which the tree `result` is something else than a plain three-way merge of `theirs` into
  /// `ours` over `base` makes; none where that merge has no conflict and makes exactly `result`.
  ///
  /// Plain: no renames, no attributes, no merge drivers, and nothing is written. Lines are merged as
  /// libgit2 does it (git2/merge.h, `git_merge_file`), by its usual and by its patience diff: of the two
  /// one must make the result. nil for `base` is an empty tree. What it costs is taken off `budget`;
  /// throws `.limit` beyond that, and for what cannot be read.
  public func residue(
    ofMerging theirs: ObjectID, into ours: ObjectID, over base: ObjectID?, as result: ObjectID,
    spending budget: inout Int
  ) throws(GitError) -> [Bytes] {
    var merge = ThreeWayMerge(repository: self, budget: budget)
    defer { budget = merge.budget }
    try merge.compare(
      base: base.map { .root($0) }, ours: .root(ours), theirs: .root(theirs), result: .root(result),
      at: [])
    return merge.residue
  }

  /// The one best common ancestor of two commits; nil where there is none, or more than one. Throws
  /// `.limit` when `other` has more than `limit` commits that `one` has not.
  public func mergeBase(
    of one: ObjectID, _ other: ObjectID, limit: Int
  ) throws(GitError) -> ObjectID? {
    let beyond = try newCommits(from: [other], hiding: [one], limit: limit)
    guard !beyond.isEmpty else { return other }
    let ids = Set(beyond.map(\.id))
    var ends = Set(beyond.flatMap(\.parents)).subtracting(ids)
    guard ends.count > 1 else { return ends.first }
    for end in ends.sorted() {
      for further in ends where further != end {
        if try isAncestor(end, of: further) {
          ends.remove(end)
          break
        }
      }
    }
    return ends.count == 1 ? ends.first : nil
  }
}

/// Walks four trees side by side.
private struct ThreeWayMerge {
  let repository: Repository
  var budget: Int
  var residue: [Bytes] = []

  /// How large a file may be that is merged by lines.
  private static let fileSize = 8 << 20

  mutating func compare(
    base: TreeEntry?, ours: TreeEntry?, theirs: TreeEntry?, result: TreeEntry?, at path: Bytes
  ) throws(GitError) {
    if let wanted = Self.plainly(base, ours, theirs) {
      if Self.isSame(wanted.entry, result) { return }
      // Which paths below it are meant.
      guard Self.isFolder(wanted.entry), Self.isFolder(result) else {
        residue.append(path)
        return
      }
      try descend(wanted.entry, wanted.entry, wanted.entry, result, at: path)
      return
    }
    if Self.isFolder(base), Self.isFolder(ours), Self.isFolder(theirs) {
      guard Self.isFolder(result) else {
        residue.append(path)
        return
      }
      try descend(base, ours, theirs, result, at: path)
      return
    }
    guard let base, let ours, let theirs, let result,
      [base, ours, theirs, result].allSatisfy(\.isFile),
      try isMerged(base, ours, theirs, result)
    else {
      residue.append(path)
      return
    }
  }

  /// What a merge takes without looking inside; nil when it must look.
  private static func plainly(
    _ base: TreeEntry?, _ ours: TreeEntry?, _ theirs: TreeEntry?
  ) -> (entry: TreeEntry?, Void)? {
    if isSame(ours, theirs) || isSame(base, theirs) { return (ours, ()) }
    return isSame(base, ours) ? (theirs, ()) : nil
  }

  private static func isSame(_ one: TreeEntry?, _ other: TreeEntry?) -> Bool {
    one?.id == other?.id && one?.mode == other?.mode
  }

  /// Whether there may be a folder: nothing is one without entries.
  private static func isFolder(_ entry: TreeEntry?) -> Bool { entry?.isTree ?? true }

  private mutating func descend(
    _ base: TreeEntry?, _ ours: TreeEntry?, _ theirs: TreeEntry?, _ result: TreeEntry?,
    at path: Bytes
  ) throws(GitError) {
    guard path.split(separator: UInt8(ascii: "/")).count < repository.limits.pathDepth else {
      throw GitError(
        .limit, "merge", path.printable, "a path is deeper than \(repository.limits.pathDepth)")
    }
    let sides = [try entries(base), try entries(ours), try entries(theirs), try entries(result)]
    let names = Set(sides.flatMap(\.keys)).sorted { $0.lexicographicallyPrecedes($1) }
    for name in names {
      try compare(
        base: sides[0][name], ours: sides[1][name], theirs: sides[2][name], result: sides[3][name],
        at: path.isEmpty ? name : path + [UInt8(ascii: "/")] + name)
    }
  }

  private mutating func entries(_ folder: TreeEntry?) throws(GitError) -> [Bytes: TreeEntry] {
    guard let folder else { return [:] }
    try spend(1)
    let entries = try repository.tree(folder.id)
    try spend(entries.count / 16)
    return Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }
  }

  private mutating func spend(_ cost: Int) throws(GitError) {
    budget -= cost
    guard budget >= 0 else {
      throw GitError(
        .limit, "merge", "trees", "there is more to compare than is read for one decision",
        hint: "push it in parts")
    }
  }

  private mutating func isMerged(
    _ base: TreeEntry, _ ours: TreeEntry, _ theirs: TreeEntry, _ result: TreeEntry
  ) throws(GitError) -> Bool {
    let mode = ours.mode == theirs.mode || base.mode == theirs.mode ? ours.mode : theirs.mode
    guard result.mode == mode else { return false }
    var contents: [Bytes] = []
    for entry in [base, ours, theirs] {
      try spend(1)
      guard try repository.blobSize(of: entry.id) <= Self.fileSize else { return false }
      let content = try repository.blob(entry.id, limit: Self.fileSize)
      // What git takes for binary it does not merge (git: xdiff-interface.c, `buffer_is_binary`).
      guard !content.prefix(8000).contains(0) else { return false }
      contents.append(content)
    }
    for flags in [GIT_MERGE_FILE_DEFAULT, GIT_MERGE_FILE_DIFF_PATIENCE] {
      let merged = try Self.merged(contents, flags: flags.rawValue)
      if merged == result.id { return true }
    }
    return false
  }

  /// The id of what three files make together; nil in conflict.
  private static func merged(_ contents: [Bytes], flags: UInt32) throws(GitError) -> ObjectID? {
    var options = git_merge_file_options()
    try call("merge", "a file") {
      git_merge_file_options_init(&options, UInt32(GIT_MERGE_FILE_OPTIONS_VERSION))
    }
    options.flags = flags
    var oid = git_oid()
    var isClean = false
    try call("merge", "a file") {
      contents[0].withInput { base in
        contents[1].withInput { ours in
          contents[2].withInput { theirs in
            var result = git_merge_file_result()
            let status = git_merge_file(&result, base, ours, theirs, &options)
            defer { git_merge_file_result_free(&result) }
            guard status >= 0, result.automergeable != 0 else { return min(status, 0) }
            isClean = true
            return git_odb_hash(&oid, result.ptr, result.len, GIT_OBJECT_BLOB)
          }
        }
      }
    }
    return isClean ? Key(oid).id : nil
  }
}

extension TreeEntry {
  fileprivate static func root(_ id: ObjectID) -> TreeEntry {
    TreeEntry(name: [], mode: 0o040000, id: id)
  }
}

extension Bytes {
  fileprivate func withInput(
    _ body: (UnsafePointer<git_merge_file_input>) -> Int32
  ) -> Int32 {
    withUnsafeBytes { bytes in
      var input = git_merge_file_input()
      let status = git_merge_file_input_init(&input, UInt32(GIT_MERGE_FILE_INPUT_VERSION))
      guard status >= 0 else { return status }
      input.ptr = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      input.size = bytes.count
      return body(&input)
    }
  }
}
