/// A program that a rule names, with what it may use.
public struct ProgramCall: Hashable, Sendable {
  /// The name under the rule, such as `licences`.
  public let name: String
  /// The program by its absolute path, and its arguments.
  public let command: [String]
  /// Seconds from its start to its answer.
  public let timeout: Int
  /// Bytes of address space.
  public let memory: Int
  /// Bytes that it may write to standard output.
  public let output: Int

  /// A call from its parts.
  public init(name: String, command: [String], timeout: Int, memory: Int, output: Int) {
    (self.name, self.command, self.timeout) = (name, command, timeout)
    (self.memory, self.output) = (memory, output)
  }
}

extension ProgramCall {
  /// What a program may use when nothing is said: seconds, bytes of memory and of output.
  static let standard = (timeout: 10, memory: 256_000_000, output: 64_000)

  /// Reads the settings of a program; nil after a problem. `example` is what it might be called.
  init?(
    from reader: SettingsReader, called name: String, example: String,
    output standardOutput: Int = standard.output, at place: Position
  ) {
    let problems = reader.problems
    let command = reader.texts("command") ?? []
    let commandPlace = reader.node("command")?.position ?? place
    if reader.lacks("command") {
      problems.add(
        "\(reader.name.quoted) has no `command`", at: place,
        hint: "write `command: [/usr/local/libexec/\(example)]`")
    } else if let program = command.first, !program.hasPrefix("/") {
      problems.add(
        "\(program.quoted) is no absolute path", at: commandPlace,
        hint: "no shell looks for it; write where it lies on the server")
    } else if command.isEmpty {
      problems.add("`command` is empty", at: commandPlace)
    }
    let timeout = reader.integer("timeout", in: 1...20)
    let memory = reader.size("memory", in: 1_000_000...4_000_000_000)
    let output = reader.size("output", in: 1_000...16_000_000)
    reader.finish()
    guard !command.isEmpty else { return nil }
    self.init(
      name: name, command: command, timeout: timeout ?? Self.standard.timeout,
      memory: memory ?? Self.standard.memory, output: output ?? standardOutput)
  }
}

extension Verdict {
  /// A program did not answer: the reason, and on the lines behind it what it wrote to its standard error.
  static func unanswered(_ why: String) -> Verdict {
    let lines = why.split(separator: "\n").map(String.init)
    return Verdict(
      .indeterminate,
      Explanation(
        lines.first ?? "it cannot be told what it says",
        findings: lines.dropFirst().map { Finding("stderr", $0) }))
  }
}
