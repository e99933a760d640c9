public import GitModel
public import Policy
public import Schedule

/// A file of policy tests, read and ready to be judged.
public struct PolicyTestFile: Sendable {
  /// The file, as messages call it.
  public let file: String
  /// The policy under test, with what the file adds.
  public let policy: PolicyDocument
  /// Which policy that is.
  public let origin: PolicyOrigin
  /// The cases in the order of the file.
  public let cases: [PolicyTestCase]

  /// Judges every case.
  public func tested() -> [TestedCase] {
    cases.map { $0.tested(by: policy, origin, file: file) }
  }
}

/// Why there is no policy to test; a clause.
public struct PolicyTestFault: WordedFault, Hashable, Sendable {
  /// The clause.
  public let words: String

  /// A fault with this clause.
  public init(_ words: String) { self.words = words }
}

/// Reads files of policy tests, as strictly as policies: a case that loads means what it says.
public enum PolicyTestReader {
  /// How many cases one file may have.
  static let maximumCases = 10_000

  /// Reads `bytes`, a test file that lies in `place` with the policy that it tests. `usual` is the entry
  /// for the policy of a file that names none; `identify` tells which policy the files are that were
  /// read for it, the policy itself first; `zone` gives the zone of an IANA name.
  public static func read(
    _ bytes: Bytes, file: String, in place: PolicyPlace,
    zone: @escaping (String) throws(ZoneFault) -> Zone,
    usual: () throws(PolicyTestFault) -> String,
    identify: ([PolicyPlace.File]) -> PolicyOrigin
  ) throws(PolicyFault) -> PolicyTestFile {
    let problems = ProblemList()
    func failed() -> PolicyFault { PolicyFault(file: file, problems) }
    guard bytes.count <= PolicyReader.maximumSize else {
      problems.add(
        "the file has \(bytes.count) bytes, and a file of tests has"
          + " \(PolicyReader.maximumSize) at most", at: Position(line: 1, column: 1))
      throw failed()
    }
    guard let root = YAMLReader.root(of: bytes, problems: problems) else { throw failed() }
    guard case .map = root.value else {
      problems.add(
        "a file of policy tests is a map of settings", at: root.position,
        hint: "start with `policy: pack:trunk` and `cases:`")
      throw failed()
    }
    let reader = SettingsReader(root, name: "a test file", isKey: false, problems: problems)
    let named = reader.text("policy")
    let position = reader.node("policy")?.position ?? root.position
    let additions = ["people", "roles", "calendars"].compactMap { key in
      reader.node(key).map { SettingsNode.Entry(key: key, position: $0.position, node: $0) }
    }
    let given = reader.node("given")
    let cases = reader.node("cases")
    reader.finish()
    guard problems.problems.isEmpty || named != nil || reader.node("policy") == nil else {
      throw failed()
    }
    let entry =
      named
      ?? problems.noting(at: position, "`policy`:") { () throws(PolicyTestFault) in try usual() }
    guard let entry else { throw failed() }
    let document = try PolicyReader.read(
      extending: entry, at: position, adding: additions, file: file, size: bytes.count, in: place,
      zone: zone)
    let context = PolicyTestContext(
      policy: document, problems: problems, zone: zone)
    let read = context.cases(under: cases, of: root, given: given)
    guard problems.problems.isEmpty else { throw failed() }
    return PolicyTestFile(file: file, policy: document, origin: identify(place.files), cases: read)
  }
}

extension PolicyReader {
  /// The policy that a test file extends, with people, roles and calendars of the test file added as a
  /// policy adds them to what it extends.
  fileprivate static func read(
    extending entry: String, at position: Position, adding additions: [SettingsNode.Entry],
    file: String, size: Int, in place: PolicyPlace, zone: (String) throws(ZoneFault) -> Zone
  ) throws(PolicyFault) -> PolicyDocument {
    func made(_ key: String, _ value: SettingsNode.Value) -> SettingsNode.Entry {
      SettingsNode.Entry(
        key: key, position: position, node: SettingsNode(value, at: position))
    }
    let problems = ProblemList()
    let name = SettingsNode(.scalar(entry, isQuoted: true), at: position)
    let root = SettingsNode(
      .map(
        [
          made("version", .scalar("1", isQuoted: false)), made("extends", .list([name])),
        ] + additions), at: position)
    let parts = PolicyChain.parts(
      of: root, file: file, size: size, place: place, key: "policy", problems: problems)
    guard problems.problems.isEmpty else { throw PolicyFault(file: file, problems) }
    let whole = PolicyMerge.merged(parts, problems: problems)
    let document = PolicyReader.document(whole, place: place, problems: problems, zone: zone)
    guard problems.problems.isEmpty else { throw PolicyFault(file: file, problems) }
    return document
  }
}

extension SettingsNode.Entry {
  /// The map of this entry with the entries of another one over its own.
  func overlaid(by other: SettingsNode.Entry) -> SettingsNode.Entry {
    guard case .map(let own) = node.value, case .map(let others) = other.node.value else {
      return other
    }
    let kept = own.filter { entry in !others.contains { $0.key == entry.key } }
    return SettingsNode.Entry(
      key: key, position: other.position,
      node: SettingsNode(.map(kept + others), at: other.node.position))
  }
}
