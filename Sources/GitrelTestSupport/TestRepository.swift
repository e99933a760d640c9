public import GitModel
internal import Glibc

/// A real repository in a temporary directory, made by git itself.
///
/// ```swift
/// let repo = try TestRepository(bare: true) { git in
///   git.commit("base", files: ["README": "hello\n"])
///   git.commit("feature", on: "topic", from: "main")
///   git.merge("merged", of: "topic")
///   git.tag("v1.0")
/// }
/// let id = repo["feature"]
/// ```
public final class TestRepository {
  /// The temporary directory, which is also git's home; there is room beside the repository.
  public let directory: TemporaryDirectory
  /// The repository: the working tree, or the git directory of a bare one.
  public let path: String
  /// What commands run with.
  public let environment: HermeticEnvironment
  private var ids: [String: ObjectID] = [:]
  private let isBare: Bool

  /// Makes a repository with the history that `tell` tells; `main` is its first branch.
  public init(
    bare: Bool = false, format: String = "sha1", name: String = "repo",
    _ tell: (inout History) throws -> Void = { _ in }
  ) throws {
    directory = try TemporaryDirectory()
    environment = HermeticEnvironment(home: directory.path)
    path = directory.file(name)
    isBare = bare
    try git(
      ["init", "--quiet", "--initial-branch=main", "--object-format=\(format)"]
        + (bare ? ["--bare"] : []) + [path], in: directory.path)
    var history = History()
    try tell(&history)
    guard !history.marks.isEmpty else { return }
    try importing(history)
    if !bare { try git(["reset", "--quiet", "--hard"]) }
  }

  /// The git directory.
  public var gitDirectory: String { isBare ? path : path + "/.git" }

  /// The id of what was told under `name`, or of any revision; the zero id when there is none, which
  /// no test takes for a commit.
  public subscript(_ name: String) -> ObjectID {
    if let id = ids[name] { return id }
    let found = try? run(
      ["git", "rev-parse", "--verify", "--quiet", name], environment: environment, in: path)
    return found.flatMap { ObjectID(hex: $0.line) } ?? .zero
  }

  /// Tells more of the history; names and tips of before are not known to it.
  public func tell(_ tell: (inout History) throws -> Void) throws {
    var history = History()
    try tell(&history)
    try importing(history)
  }

  private func importing(_ history: History) throws {
    let marks = directory.file("marks")
    try git(
      [
        "fast-import", "--quiet", "--done", "--force", "--date-format=raw-permissive",
        "--export-marks=\(marks)",
      ], input: history.finish())
    var numbers: [Int: ObjectID] = [:]
    for line in (contents(of: marks) ?? []).split(separator: UInt8(ascii: "\n")) {
      let parts = line.split(separator: UInt8(ascii: " "))
      guard parts.count == 2, let id = ObjectID(hex: parts[1]),
        let number = Int(String(decoding: parts[0].dropFirst(), as: UTF8.self))
      else { continue }
      numbers[number] = id
    }
    for (name, number) in history.marks { ids[name] = numbers[number] }
  }

  /// Runs git in the repository and gives its standard output without white space at the ends;
  /// throws when it fails.
  @discardableResult
  public func git(
    _ arguments: [String], input: [UInt8] = [], in folder: String? = nil,
    adding variables: [String: String] = [:]
  ) throws -> String {
    let result = try run(
      ["git"] + arguments, input: input, environment: environment.adding(variables),
      in: folder ?? path)
    guard result.status == 0 else {
      throw SupportError("git \(arguments.joined(separator: " ")): \(result.stderr)")
    }
    return result.line
  }

  /// Runs git in the repository, as the words of `arguments`.
  @discardableResult
  public func git(_ arguments: String...) throws -> String { try git(arguments) }

  /// Writes an object of these bytes, whatever they are, as a loose one.
  @discardableResult
  public func writeObject(
    _ kind: ObjectKind, _ content: [UInt8], adding variables: [String: String] = [:]
  ) throws -> ObjectID {
    let line = try git(
      ["hash-object", "-t", kind.rawValue, "-w", "--stdin", "--literally"], input: content,
      adding: variables)
    guard let id = ObjectID(hex: line) else { throw SupportError("hash-object said \(line)") }
    return id
  }

  /// The path of the file of a loose object.
  public func looseFile(_ id: ObjectID) -> String {
    gitDirectory + "/objects/" + id.hex.prefix(2) + "/" + id.hex.dropFirst(2)
  }
}
