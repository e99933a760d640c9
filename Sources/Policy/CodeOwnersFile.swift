public import GitModel

/// Which file says who owns paths, and by whose rules it is read.
public struct CodeOwnersSearch: Hashable, Sendable {
  /// Its path in the tree of the policy; nil where the hosts look for it.
  public let file: String?
  /// By whose rules it is read; nil where the place tells.
  public let syntax: CodeOwners.Syntax?

  /// A search.
  public init(file: String? = nil, syntax: CodeOwners.Syntax? = nil) {
    (self.file, self.syntax) = (file, syntax)
  }

  /// Where a host looks, in its order.
  private static func places(_ syntax: CodeOwners.Syntax) -> [String] {
    switch syntax {
    case .github: [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"]
    case .gitlab: ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"]
    }
  }

  /// Finds the file among those that `read` reads, and reads it. `label` is what their tree is called.
  ///
  /// Where nobody says whose rules are meant, and the hosts would take different files, none is taken.
  public func found<Fault: WordedFault>(
    in label: String, by read: (String) throws(Fault) -> Bytes?
  ) throws(CodeOwnersFault) -> CodeOwnersFile {
    var seen: [String: Bytes] = [:]
    func first(of paths: [String]) throws(CodeOwnersFault) -> String? {
      for path in paths {
        if seen[path] != nil { return path }
        do throws(Fault) {
          guard let bytes = try read(path) else { continue }
          seen[path] = bytes
          return path
        } catch { throw CodeOwnersFault(words: error.words) }
      }
      return nil
    }
    let wanted = syntax.map { [$0] } ?? CodeOwners.Syntax.allCases
    var paths: [String] = []
    for places in file.map({ [[$0]] }) ?? wanted.map(Self.places) {
      guard let path = try first(of: places), !paths.contains(path) else { continue }
      paths.append(path)
    }
    guard let path = paths.first, let bytes = seen[path] else {
      let missing = file ?? listed(Self.all(wanted), "or")
      throw CodeOwnersFault(
        words: "nobody says who owns what: \(label) has no \(missing)".cleaned)
    }
    guard paths.count == 1 else {
      throw CodeOwnersFault(
        words: "\(label) has \(listed(paths)), of which GitHub reads the first and GitLab the last:"
          + " give `code-owners` a `file` or a `syntax`")
    }
    return try CodeOwnersFile(bytes, at: path, in: label, syntax: syntax)
  }

  private static func all(_ wanted: [CodeOwners.Syntax]) -> [String] {
    var all: [String] = []
    for path in wanted.flatMap(places) where !all.contains(path) { all.append(path) }
    return all
  }
}

/// Why nobody can tell who owns what.
public struct CodeOwnersFault: WordedFault, Hashable, Sendable {
  /// The sentence.
  public let words: String
  /// A sentence.
  public init(words: String) { self.words = words }
}

/// CODEOWNERS as it stands where the policy does: what is pushed has no say in it.
public struct CodeOwnersFile: Hashable, Sendable {
  /// Where it stands, for people: `main:.github/CODEOWNERS`.
  public let place: String
  /// What it says, all of it read.
  public let owners: CodeOwners

  /// Reads a file that lies at `path`.
  public init(
    _ bytes: Bytes, at path: String, in label: String, syntax: CodeOwners.Syntax? = nil
  ) throws(CodeOwnersFault) {
    place = "\(label):\(path)".cleaned
    guard bytes.count <= CodeOwners.maximumSize else {
      throw CodeOwnersFault(
        words: "\(place) is larger than \(ByteSize(bytes: CodeOwners.maximumSize).text)")
    }
    owners = CodeOwners(
      bytes, syntax: syntax ?? CodeOwners.usualSyntax(of: bytes, at: path))
    guard owners.faults.isEmpty else {
      let shown = owners.faults.prefix(5).map(\.description)
      let more = owners.faults.count - shown.count
      throw CodeOwnersFault(
        words: "\(place) cannot be read as \(owners.syntax.title)'s: "
          + shown.joined(separator: "; ") + (more > 0 ? "; and \(more) more" : ""))
    }
    guard owners.count > 0 else {
      throw CodeOwnersFault(words: "\(place) names no path: nobody owns anything")
    }
  }
}

extension CodeOwners.Syntax {
  /// The host's name.
  public var title: String {
    switch self {
    case .github: "GitHub"
    case .gitlab: "GitLab"
    }
  }
}
