public import GitModel
public import Policy
public import Schedule

/// Why a policy could not be read: every problem of the file.
public struct PolicyFault: Error, Hashable, Sendable {
  /// The file's name in messages.
  public let file: String
  /// The problems, in the order of the file.
  public let problems: [Problem]
  /// How many there are beyond those.
  public let left: Int

  init(file: String, _ list: ProblemList) {
    self.file = file
    // What is wrong in a file that is laid over another may be met twice: alone and merged.
    var seen: Set<Problem> = []
    problems = list.problems.filter { seen.insert($0).inserted }
      .sorted { $0.position < $1.position }
    left = list.left
  }

  /// Lines for people: `file:line:column: what is wrong; what to do`.
  public var lines: [String] {
    let told = problems.map { problem in
      let hint = problem.hint.map { "; \($0)" } ?? ""
      return
        "\(problem.position.file ?? file):\(problem.position.line):\(problem.position.column): \(problem.text)\(hint)"
    }
    return left == 0 ? told : told + ["\(file): and \(left) more"]
  }
}

/// Reads a policy strictly: a policy that loads means what it says.
public enum PolicyReader {
  /// The largest policy that is read, in bytes.
  public static let maximumSize = 1 << 20

  /// Reads `bytes`. `zone` gives the zone of an IANA name, or the sentence why there is none; `place`
  /// has the files that the policy may extend. `additions` are entries for the top that are laid over
  /// it, as a policy that extends it would state them; their positions name their file.
  public static func read(
    _ bytes: Bytes, file: String, extending place: PolicyPlace = .nowhere(),
    adding additions: [SettingsNode.Entry] = [], zone: (String) throws(ZoneFault) -> Zone
  ) throws(PolicyFault) -> PolicyDocument {
    let problems = ProblemList()
    guard let root = root(of: bytes, file: nil, problems: problems) else {
      throw PolicyFault(file: file, problems)
    }
    var whole = root
    if root.extends || !additions.isEmpty {
      var parts = PolicyChain.parts(
        of: root, file: file, size: bytes.count, place: place, problems: problems)
      if let first = additions.first {
        let top = SettingsNode(.map(additions), at: first.position)
        let closure = parts.reduce(into: Set<String?>()) { $0.formUnion($1.closure) }
        parts.append(
          PolicyPart(
            file: first.position.file, root: top, closure: closure.union([first.position.file])))
      }
      // What is missing would be missed in the policy over and over.
      guard problems.problems.isEmpty else { throw PolicyFault(file: file, problems) }
      whole = PolicyMerge.merged(parts, problems: problems)
    }
    let document = PolicyReader.document(whole, place: place, problems: problems, zone: zone)
    guard problems.problems.isEmpty else {
      throw PolicyFault(file: file, problems)
    }
    return document
  }

  /// The map that `bytes` are; nil with the problem noted when they are none. `file` is nil for the
  /// policy itself.
  static func root(of bytes: Bytes, file: String?, problems: ProblemList) -> SettingsNode? {
    let start = Position(line: 1, column: 1, file: file)
    guard bytes.count <= maximumSize else {
      problems.add(
        "the file has \(bytes.count) bytes, and a policy has \(maximumSize) at most", at: start)
      return nil
    }
    guard let root = YAMLReader.root(of: bytes, file: file, problems: problems) else { return nil }
    guard case .map = root.value else {
      problems.add(
        root.value == .absent
          ? "the file is empty"
          : "a policy is a map of settings, not \(root.isList ? "a list" : "a single value")",
        at: root.position, hint: "start with `version: 1`")
      return nil
    }
    return root
  }

  /// Every file says which version it is written in, so that none is read as another.
  static func checkVersion(_ reader: SettingsReader, of root: SettingsNode) {
    let problems = reader.problems
    if reader.lacks("version") {
      problems.add("there is no `version`", at: root.position, hint: "start with `version: 1`")
    } else if let version = reader.integer("version", in: 1...1_000_000), version != 1 {
      problems.add(
        "this gitrel reads `version: 1`, not \(version)",
        at: reader.node("version")?.position ?? root.position,
        hint: "take a gitrel that reads version \(version)")
    }
  }

  static func document(
    _ root: SettingsNode, place: PolicyPlace, problems: ProblemList,
    zone: (String) throws(ZoneFault) -> Zone
  ) -> PolicyDocument {
    let reader = SettingsReader(root, name: "the policy", isKey: false, problems: problems)
    checkVersion(reader, of: root)
    // Read before, where there is any; named here as a key that is known.
    _ = reader.texts("extends")
    let repository = reader.text("repository") ?? ""
    let (people, unreadRoles) = PeopleReader.people(reader, place: place)
    let stated = reader.entries("calendars")
    let calendars = CalendarReader.calendars(
      stated, context: PolicyContext(people: people, broken: Set(unreadRoles)), place: place,
      problems: problems, zone: zone)
    let unread = stated.map(\.key).filter { calendars[$0] == nil }
    var context = PolicyContext(
      people: people, calendars: calendars, broken: Set(unread + unreadRoles))
    let statements = StatementRightsReader.rights(reader, context: context)
    let release = ReleaseReader.terms(reader, context: context)
    context.release = release
    let rulesets = RulesetReader.rulesets(reader, context: context)
    reader.finish()
    return PolicyDocument(
      repository: Bytes(repository.utf8), people: people, calendars: calendars,
      rulesets: rulesets, statements: statements, release: release, root: root)
  }
}

extension SettingsNode {
  fileprivate var isList: Bool { if case .list = value { true } else { false } }

  /// Whether this root has the key, whatever stands there.
  fileprivate var extends: Bool {
    guard case .map(let entries) = value else { return false }
    return entries.contains { $0.key == "extends" }
  }
}
