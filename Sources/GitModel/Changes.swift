/// What a commit does to one path of its tree.
public struct Change: Hashable, Sendable {
  /// What a tree holds at a path, folders apart.
  public struct Entry: Hashable, Sendable {
    /// The mode as git reads it: 0o100644, 0o100755, 0o120000 or 0o160000.
    public let mode: Int
    /// The blob, or the commit of a submodule.
    public let id: ObjectID

    /// An entry; what else a mode may say is folded as git does (git: tree-walk.c, `canon_mode`).
    public init(mode: Int, id: ObjectID) {
      (self.mode, self.id) = (Self.canonical(mode), id)
    }

    /// What an entry is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
      case file, executable, link, submodule
    }

    /// What it is.
    public var kind: Kind {
      switch mode {
      case 0o100644: .file
      case 0o100755: .executable
      case 0o120000: .link
      default: .submodule
      }
    }

    private static func canonical(_ mode: Int) -> Int {
      switch mode & 0o170000 {
      case 0o100000: mode & 0o100 == 0 ? 0o100644 : 0o100755
      case 0o120000: 0o120000
      default: 0o160000
      }
    }
  }

  /// What happens to the path.
  public enum Kind: Hashable, Sendable {
    /// It is new.
    case added(Entry)
    /// It was there with another content or mode.
    case modified(from: Entry, to: Entry)
    /// It is gone.
    case deleted(Entry)
  }

  /// The path from the top of the tree: any bytes, parts parted by `/`.
  public let path: Bytes
  /// What happens to it.
  public let kind: Kind

  /// A change of a path.
  public init(path: Bytes, kind: Kind) { (self.path, self.kind) = (path, kind) }

  /// What was there; of a merge, what the first parent that had something there had.
  public var old: Entry? {
    switch kind {
    case .added: nil
    case .modified(let from, _): from
    case .deleted(let entry): entry
    }
  }

  /// What is there now.
  public var new: Entry? {
    switch kind {
    case .added(let entry): entry
    case .modified(_, let to): to
    case .deleted: nil
    }
  }
}
