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
    problems = list.problems.sorted { $0.position < $1.position }
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

  /// Reads `bytes`. `zone` gives the zone of an IANA name, or the sentence why there is none.
  public static func read(
    _ bytes: Bytes, file: String, zone: (String) throws(ZoneFault) -> Zone
  ) throws(PolicyFault) -> PolicyDocument {
    let problems = ProblemList()
    guard bytes.count <= maximumSize else {
      problems.add(
        "the file has \(bytes.count) bytes, and a policy has \(maximumSize) at most",
        at: Position(line: 1, column: 1))
      throw PolicyFault(file: file, problems)
    }
    guard let root = YAMLReader.root(of: bytes, problems: problems) else {
      throw PolicyFault(file: file, problems)
    }
    guard case .map = root.value else {
      problems.add(
        root.value == .absent
          ? "the file is empty"
          : "a policy is a map of settings, not \(root.isList ? "a list" : "a single value")",
        at: root.position, hint: "start with `version: 1`")
      throw PolicyFault(file: file, problems)
    }
    let document = PolicyReader.document(root, problems: problems, zone: zone)
    guard problems.problems.isEmpty else {
      throw PolicyFault(file: file, problems)
    }
    return document
  }

  private static func document(
    _ root: SettingsNode, problems: ProblemList, zone: (String) throws(ZoneFault) -> Zone
  ) -> PolicyDocument {
    let reader = SettingsReader(root, name: "the policy", isKey: false, problems: problems)
    if reader.node("version") == nil {
      problems.add("there is no `version`", at: root.position, hint: "start with `version: 1`")
    } else if let version = reader.integer("version", in: 1...1_000_000), version != 1 {
      problems.add(
        "this gitrel reads `version: 1`, not \(version)",
        at: reader.node("version")?.position ?? root.position,
        hint: "take a gitrel that reads version \(version)")
    }
    let (people, unreadRoles) = PeopleReader.people(reader)
    let stated = reader.entries("calendars")
    let calendars = CalendarReader.calendars(stated, problems: problems, zone: zone)
    let unread = stated.map(\.key).filter { calendars[$0] == nil }
    let context = PolicyContext(
      people: people, calendars: calendars, broken: Set(unread + unreadRoles))
    let rulesets = RulesetReader.rulesets(reader, context: context)
    reader.finish()
    return PolicyDocument(
      people: people, calendars: calendars, rulesets: rulesets, root: root)
  }
}

extension SettingsNode {
  fileprivate var isList: Bool { if case .list = value { true } else { false } }
}
