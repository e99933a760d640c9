public import GitModel

/// Why a file that a policy extends is not read; a clause after its name.
public struct ExtendsFault: WordedFault, Hashable, Sendable {
  /// The clause, such as "is no plain file".
  public let words: String
  /// What to do about it.
  public let hint: String?

  /// A fault with this clause.
  public init(_ words: String, hint: String? = nil) { (self.words, self.hint) = (words, hint) }
}

/// Where a policy lies with the files that it may extend: the tree of one commit, or a folder.
///
/// It remembers what it handed out, so that whoever reads a policy can tell what it was made of.
public final class PolicyPlace {
  /// A file that was read because a policy extends it.
  public struct File: Hashable, Sendable {
    /// How messages call it.
    public let name: String
    /// Its bytes.
    public let bytes: Bytes
  }

  /// What was handed out so far, in the order of the reading; packs too.
  public private(set) var files: [File] = []
  let policy: PolicyPath
  private let prefix: String
  /// The folder from which the policy names files that are no policies: the top, but where that is wider
  /// than the tree that the policy is meant for.
  private let home: [String]
  private let read: ([String]) throws(ExtendsFault) -> Bytes

  /// A place in which the policy lies at `policy`, a path from its top. `prefix` is what messages put
  /// before such paths, and `read` gives the bytes of a plain file of the place, by the parts of its
  /// path: no link, nothing that another program runs, at most `PolicyReader.maximumSize`. `home` is the
  /// folder from which files are named that are no policies.
  public init(
    policy: String, prefix: String = "", home: [String] = [],
    read: @escaping ([String]) throws(ExtendsFault) -> Bytes
  ) {
    self.policy = PolicyPath(parts: policy.split(separator: "/").map(String.init))
    (self.prefix, self.home, self.read) = (prefix, home, read)
  }

  /// A place that has no other file, for policies that come from nowhere.
  public static func nowhere(_ policy: String = "policy.yml") -> PolicyPlace {
    PolicyPlace(policy: policy) { (_) throws(ExtendsFault) in
      throw ExtendsFault(
        "cannot be read: this policy comes without a folder",
        hint: "only packs can be extended here, as in pack:trunk")
    }
  }

  func name(of reference: ExtendsReference) -> String {
    switch reference {
    case .pack(let name): Bytes("pack:\(name)".utf8).printable
    case .file(let path): Bytes((prefix + path.description).utf8).printable
    }
  }

  func bytes(of reference: ExtendsReference) throws(ExtendsFault) -> Bytes {
    let bytes: Bytes
    switch reference {
    case .file(let path): bytes = try read(path.parts)
    case .pack(let name):
      guard let pack = PolicyPack.named(name) else {
        throw ExtendsFault("is no pack", hint: PolicyPack.suggestion(for: name))
      }
      bytes = pack.bytes
    }
    files.append(File(name: name(of: reference), bytes: bytes))
    return bytes
  }

  /// The bytes of a file that a policy names by its path from the top of its tree.
  func bytes(ofFile text: String) throws(ExtendsFault) -> Bytes {
    let reference = try ExtendsReference(text, of: PolicyPath(parts: home + [""]))
    guard case .file(let path) = reference, path.parts.starts(with: home) else {
      throw ExtendsFault("is no file of the policy's place")
    }
    return try bytes(of: reference)
  }
}

/// A path from the top of a policy's place: parts without `.` and `..`.
struct PolicyPath: Hashable, CustomStringConvertible {
  let parts: [String]

  var description: String { parts.joined(separator: "/") }

  /// The path that `text` names for a file that lies here; nil when it leads out of the place.
  func resolving(_ text: String) -> PolicyPath? {
    var found = Array(parts.dropLast())
    for part in text.split(separator: "/") {
      switch part {
      case ".": continue
      case "..":
        guard found.popLast() != nil else { return nil }
      default: found.append(String(part))
      }
    }
    return found.isEmpty ? nil : PolicyPath(parts: found)
  }
}

/// What an entry of `extends` names.
enum ExtendsReference: Hashable {
  /// A pack that ships with gitrel.
  case pack(String)
  /// A file in the policy's place.
  case file(PolicyPath)

  /// Reads an entry of the file at `path`, nil for the entries of a pack, which lies nowhere.
  init(_ text: String, of path: PolicyPath?) throws(ExtendsFault) {
    if text.hasPrefix("pack:") {
      self = .pack(String(text.dropFirst("pack:".count)))
      return
    }
    guard let path else {
      throw ExtendsFault("cannot be extended by a pack", hint: "packs extend packs only")
    }
    let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
    guard isPlain, !text.isEmpty, text.utf8.count <= 1000 else {
      throw ExtendsFault(
        "is no path that is read here",
        hint: "without white space and backslashes, e.g. base.yml or pack:trunk")
    }
    guard !text.hasPrefix("/") else {
      throw ExtendsFault(
        "is an absolute path", hint: "write it as seen from this file, e.g. ../shared/base.yml")
    }
    guard let found = path.resolving(text) else {
      throw ExtendsFault(
        "leads out of the place of the policy",
        hint: "what a policy extends lies in the same tree, or is a pack")
    }
    self = .file(found)
  }
}
