internal import Evidence
public import GitModel

/// Who says what is promised for a release.
public enum ScopeSource: Hashable, Sendable {
  /// A file of the tree of the policy.
  case file(ScopeFile)
  /// A program, which the server asks.
  case program(ProgramCall)

  /// How much a program may write when nothing is said: as much as a file may have.
  private static let output = 4_000_000

  /// Reads the settings of the rule; nil after a problem.
  init?(from reader: SettingsReader) {
    let file = ScopeFile(from: reader, "snapshot")
    guard let node = reader.node("exec") else {
      guard let file else { return nil }
      self = .file(file)
      return
    }
    if reader.node("snapshot") != nil {
      reader.problems.add(
        "a scope stands in a file or is told by a program: `snapshot` or `exec`",
        at: node.position, hint: "leave one of them out")
    }
    let program = ProgramCall(
      from: SettingsReader(node, name: "exec", problems: reader.problems), called: "ticket-scope",
      example: "scope", output: Self.output, at: node.position)
    guard let program else { return nil }
    self = .program(program)
  }
}

/// Where a promise stands.
public struct ScopePlace: Hashable, Sendable {
  /// With what its tree is called, for people: `main:.gitrel/scope/1.4.json`.
  public let shown: String
  /// The path alone.
  public let path: String
  /// What its tree is called.
  public let tree: String

  /// A path in a tree.
  public init(path: String, in tree: String) {
    (self.path, self.tree) = (path, tree)
    shown = "\(tree):\(path)".cleaned
  }
}

/// What was promised for a release, as far as it could be found out.
public enum ScopeReading: Hashable, Sendable {
  /// The tag is no version, so that nothing is promised for it.
  case noVersion(TagVersions)
  /// There is no such file.
  case none(ScopePlace)
  /// What the file says.
  case promised(ReleaseScope, ScopePlace)
  /// What a program says, by its path.
  case told(ReleaseScope, by: String)
  /// The program is asked when this is pushed, and not before.
  case later(String)
}

/// What a program is asked that says what is promised: version 1 of the document in docs/exec.md.
public enum ScopeQuestion {
  /// The document about the release `version`, which the tag `name` stands for; nil without `time` of the
  /// asking.
  public static func document(of version: Version, _ name: RefName, at time: Instant?) -> Bytes {
    JSONValue.object([
      JSONMember("version", .integer(1)), JSONMember("program", .text("ticket-scope")),
      JSONMember("release", .string(version.spelling)), JSONMember("ref", .string(name.bytes)),
      JSONMember("time", time.map { .text($0.utcText) } ?? .null),
    ]).canonical + [UInt8(ascii: "\n")]
  }
}

extension ReleaseScope {
  /// Reads what a program answers of the release `version`: the document that a file has, which must say
  /// of what release it is.
  public init(answer bytes: Bytes, of version: Version) throws(Fault) {
    guard !bytes.allSatisfy(\.isASCIISpace) else { throw Fault(words: "answered nothing") }
    do throws(Fault) { try self.init(bytes, as: .json) } catch {
      throw Fault(words: "answered, and the scope \(error.words)")
    }
    guard let named = self.version else { throw Fault(words: "answered without a `version`") }
    guard named == version.spelling else {
      throw Fault(
        words: "answered for the release \(named.prefix(60).printable), and was asked for"
          + " \(version.spelling.printable)")
    }
  }
}
