public import GitModel
public import Policy
public import Schedule

/// Why a policy could not be read: every problem of the file.
public struct PolicyFault: Error, Hashable, Sendable {
  /// The file's name in messages.
  public let file: String
  /// The problems, in the order of the file.
  public let problems: [Problem]

  /// Lines for people: `file:line:column: what is wrong; what to do`.
  public var lines: [String] {
    problems.map { problem in
      let hint = problem.hint.map { "; \($0)" } ?? ""
      return
        "\(file):\(problem.position.line):\(problem.position.column): \(Bytes(problem.text.utf8).printable)\(Bytes(hint.utf8).printable)"
    }
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
        "the file has \(bytes.count) bytes, at most \(maximumSize) are read",
        at: Position(line: 1, column: 1))
      throw PolicyFault(file: file, problems: problems.problems)
    }
    guard let root = YAMLReader.root(of: bytes, problems: problems) else {
      throw PolicyFault(file: file, problems: problems.problems)
    }
    let document = PolicyReader.document(root, problems: problems, zone: zone)
    guard problems.problems.isEmpty else {
      throw PolicyFault(
        file: file, problems: problems.problems.sorted { $0.position < $1.position })
    }
    return document
  }

  private static func document(
    _ root: SettingsNode, problems: ProblemList, zone: (String) throws(ZoneFault) -> Zone
  ) -> PolicyDocument {
    let reader = SettingsReader(root, name: "the policy", problems: problems)
    if reader.node("version") == nil {
      problems.add("there is no `version`", at: root.position, hint: "start with `version: 1`")
    } else {
      _ = reader.integer("version", in: 1...1)
    }
    let people = PeopleReader.people(reader)
    let calendars = CalendarReader.calendars(
      reader.entries("calendars"), problems: problems, zone: zone)
    let context = PolicyContext(people: people, calendars: calendars)
    let rulesets = RulesetReader.rulesets(reader, context: context)
    reader.finish()
    return PolicyDocument(people: people, calendars: calendars, rulesets: rulesets)
  }
}
