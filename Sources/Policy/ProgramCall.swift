/// A program that the rule `exec` names, with what it may use.
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
