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

  /// The folder from which the paths of the policy `path` start, with all below it. No link leads out of
  /// it.
  public static func folder(ofPolicy path: String) -> PolicyPlace {
    guard let top = PolicyTop(ofPolicy: path) else {
      return .nowhere(String(path.split(separator: "/").last ?? ""))
    }
    return PolicyPlace(policy: top.policy, prefix: top.prefix) { (parts) throws(ExtendsFault) in
      guard let bytes = FileBytes.read(parts, under: top.path, limit: PolicyReader.maximumSize)
      else {
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
  fileprivate static func workingTree(around folder: String) -> String? {
    var folder = folder[...]
    while !folder.isEmpty {
      if access("\(folder)/.git", F_OK) == 0 { return String(folder) }
      guard let slash = folder.lastIndex(of: "/") else { return nil }
      folder = folder[..<slash]
    }
    return nil
  }
}

/// The folder from which the paths start that a policy names which is a file: the working tree of git that it
/// lies in, or else the folder that holds its `.gitrel`, or else its own.
struct PolicyTop {
  /// The folder, absolute and without links.
  let path: String
  /// The policy, as seen from there.
  let policy: String
  /// What to put before a path from there to name the file as the policy was named.
  let prefix: String

  /// Nil where there is no such folder.
  init?(ofPolicy file: String) {
    let slash = file.lastIndex(of: "/")
    let typed = slash.map { String(file[...$0]) } ?? ""
    let name = slash.map { String(file[file.index(after: $0)...]) } ?? file
    guard let real = realpath(typed.isEmpty ? "." : typed, nil) else { return nil }
    defer { free(real) }
    let folder = String(cString: real)
    if let top = PolicyPlace.workingTree(around: folder) {
      let inside = folder.dropFirst(top.count).drop { $0 == "/" }
      (path, prefix) = (top, "")
      policy = inside.isEmpty ? name : "\(inside)/\(name)"
    } else if folder.hasSuffix("/.gitrel") {
      path = String(folder.dropLast("/.gitrel".count))
      policy = ".gitrel/\(name)"
      prefix =
        typed.hasSuffix(".gitrel/") ? String(typed.dropLast(".gitrel/".count)) : "\(typed)../"
    } else {
      (path, policy, prefix) = (folder, name, typed)
    }
  }
}
