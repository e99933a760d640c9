internal import GitModel
internal import GitStore
internal import Glibc
public import PolicyFile

/// The places of policies: a commit's tree, and a folder.
extension PolicyPlace {
  /// The tree of the commit `tip`, in which a policy lies at `path`.
  static func tree(of tip: ObjectID, policy path: String, in repository: Repository) -> PolicyPlace
  {
    PolicyPlace(policy: path) { (parts) throws(ExtendsFault) in
      let entry: (mode: Int, id: ObjectID)?
      do throws(GitError) { entry = try found(parts, tip, repository) } catch {
        throw ExtendsFault("cannot be read: \(error.description)")
      }
      guard let entry else { throw ExtendsFault("is not in the tree of \(tip.short)") }
      guard entry.mode == 0o100644 else {
        throw ExtendsFault(
          "is no plain file (mode \(String(entry.mode, radix: 8)))",
          hint: "make it a regular file that is not executable, no link and no submodule")
      }
      do throws(GitError) {
        return try repository.blob(entry.id, limit: PolicyReader.maximumSize)
      } catch {
        throw ExtendsFault("cannot be read: \(error.description)")
      }
    }
  }

  private static func found(
    _ parts: [String], _ tip: ObjectID, _ repository: Repository
  ) throws(GitError) -> (mode: Int, id: ObjectID)? {
    let tree = try repository.tree(of: tip)
    return try repository.entry(at: parts.map { Bytes($0.utf8) }, inTree: tree).map {
      ($0.mode, $0.id)
    }
  }

  /// The folder in which the file `path` lies or, when that is in a working tree of git, the whole
  /// tree. No link leads out of it.
  public static func folder(ofPolicy path: String) -> PolicyPlace {
    let slash = path.lastIndex(of: "/")
    let typed = slash.map { String(path[...$0]) } ?? ""
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    guard let real = realpath(typed.isEmpty ? "." : typed, nil) else { return .nowhere(name) }
    defer { free(real) }
    let folder = String(cString: real)
    guard let top = workingTree(around: folder) else {
      return place(top: folder, policy: name, prefix: typed)
    }
    let inside = folder.dropFirst(top.count).drop { $0 == "/" }
    return place(top: top, policy: inside.isEmpty ? name : "\(inside)/\(name)", prefix: "")
  }

  private static func place(top: String, policy: String, prefix: String) -> PolicyPlace {
    PolicyPlace(policy: policy, prefix: prefix) { (parts) throws(ExtendsFault) in
      guard let bytes = FileBytes.read(parts, under: top, limit: PolicyReader.maximumSize) else {
        throw ExtendsFault(
          "is no file that can be read",
          hint: "a plain file, no link, of at most \(PolicyReader.maximumSize) bytes")
      }
      return bytes
    }
  }

  /// What to put before a path in the working tree that the working directory lies in; nil outside of
  /// one.
  static func workingTree() -> String? {
    guard let real = realpath(".", nil) else { return nil }
    defer { free(real) }
    let folder = String(cString: real)
    guard let top = workingTree(around: folder) else { return nil }
    let inside = folder.dropFirst(top.count).split(separator: "/")
    return inside.map { _ in "../" }.joined()
  }

  /// The nearest folder at or above `folder` that has a `.git`.
  private static func workingTree(around folder: String) -> String? {
    var folder = folder[...]
    while !folder.isEmpty {
      if access("\(folder)/.git", F_OK) == 0 { return String(folder) }
      guard let slash = folder.lastIndex(of: "/") else { return nil }
      folder = folder[..<slash]
    }
    return nil
  }
}
