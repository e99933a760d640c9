internal import Evidence
internal import GitModel
internal import GitStore

/// Compares two evidence trees: all of the old one must be in the new one, and what is added must lie
/// where statements lie. Equal subtrees are not looked into, and every other one must hold a statement
/// more, so the cost is that of the push, whatever its trees look like.
struct EvidenceGrowth {
  let repository: Repository
  var added: [(path: EvidencePath, blob: ObjectID)] = []
  /// The trees that are kept beside statements.
  var kept: [EvidencePath: ObjectID] = [:]

  /// What has so many statements that no others than people's own are taken in.
  var crowded: Set<ObjectID> = []

  /// How many folders lead to a statement.
  private static let depth = 2

  mutating func compare(
    _ old: ObjectID?, _ new: ObjectID, folders: [Bytes]
  ) throws(EngineFault) {
    guard old != new else { return }
    let before = try entries(old)
    let after = try entries(new)
    // Of folders there may be any number: each new one must hold a statement, and those are counted.
    guard
      folders.count < Self.depth
        || after.count(where: { !$0.isTree }) <= EvidenceStore.maximumKept
        || after.count <= before.count
    else {
      throw EngineFault("more than \(EvidenceStore.maximumKept) statements about one tree")
    }
    let isCrowded =
      folders.count == Self.depth
      && after.count(where: { !$0.isTree }) > EvidenceStore.maximumPushed
    let names = Set(after.map(\.name))
    for entry in before where !names.contains(entry.name) {
      throw EngineFault(
        "\(Self.path(folders, entry)) is taken away; statements are only ever added")
    }
    let byName = Dictionary(before.map { ($0.name, $0) }) { first, _ in first }
    let start = added.count
    for entry in after {
      let previous = byName[entry.name]
      if previous == entry { continue }
      if folders.count < Self.depth, entry.mode == 0o040000,
        previous.map({ $0.mode == entry.mode }) ?? true
      {
        try compare(previous?.id, entry.id, folders: folders + [entry.name])
        continue
      }
      guard previous == nil else {
        throw EngineFault("\(Self.path(folders, entry)) is changed; statements are only ever added")
      }
      if entry.mode == 0o040000,
        let path = EvidencePath(Self.bytes(folders, entry) + Bytes(".json".utf8))
      {
        kept[path] = entry.id
        continue
      }
      let path = EvidencePath(Self.bytes(folders, entry))
      guard entry.mode == 0o100644, let path else {
        throw EngineFault("\(Self.path(folders, entry)) is no place for a statement")
      }
      added.append((path, entry.id))
      if isCrowded { crowded.insert(path.subject) }
      guard added.count <= EvidenceStore.maximumAdded else {
        throw EngineFault("more than \(EvidenceStore.maximumAdded) statements in one push")
      }
    }
    guard added.count > start || folders.isEmpty else {
      let folder = Bytes(folders.joined(separator: [UInt8(ascii: "/")]))
      throw EngineFault("the folder \(folder.printable) comes without a statement")
    }
  }

  private static func bytes(_ folders: [Bytes], _ entry: TreeEntry) -> Bytes {
    Bytes((folders + [entry.name]).joined(separator: [UInt8(ascii: "/")]))
  }

  private static func path(_ folders: [Bytes], _ entry: TreeEntry) -> String {
    RefName(bytes(folders, entry)).full
  }

  private func entries(_ tree: ObjectID?) throws(EngineFault) -> [TreeEntry] {
    guard let tree else { return [] }
    return try EngineFault.wrapping { () throws(GitError) in try repository.tree(tree) }
  }
}
