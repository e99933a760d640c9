internal import GitModel
public import Policy

/// Problems of a policy file as text and JSON.
public enum ProblemText {
  /// Lines for people: `error: file:line:column: what is wrong; what to do`. `left` is how many there are
  /// beyond these.
  public static func lines(
    _ problems: [Problem], _ kind: String, file: String, left: Int = 0
  ) -> [String] {
    let lines = problems.map { problem in
      let hint = problem.hint.map { "; \($0)" } ?? ""
      return "\(kind): \(place(problem, file)): \(problem.text)\(hint)"
    }
    return left == 0 ? lines : lines + ["and \(counted(left, "more \(kind)"))"]
  }

  /// The document of `gitrel policy validate --format json`.
  public static func json(
    file: String, errors: [Problem], left: Int, warnings: [Problem], warningsLeft: Int
  ) -> String {
    JSONText.object([
      ("version", .number(1)), ("file", .string(file)),
      ("loads", .flag(errors.isEmpty)),
      ("errors", .array(errors.map { json($0, file) })), ("moreErrors", .number(left)),
      ("warnings", .array(warnings.map { json($0, file) })),
      ("moreWarnings", .number(warningsLeft)),
    ]).text
  }

  private static func json(_ problem: Problem, _ file: String) -> JSONText {
    .object([
      ("file", .string(problem.position.file ?? file)),
      ("line", .number(problem.position.line)), ("column", .number(problem.position.column)),
      ("text", .string(problem.text)), ("hint", problem.hint.map { .string($0) } ?? .null),
    ])
  }

  private static func place(_ problem: Problem, _ file: String) -> String {
    let position = problem.position
    // The words of a problem and the names of other files are fit for a terminal already.
    let name = position.file ?? Bytes(file.utf8).printable
    return "\(name):\(position.line):\(position.column)"
  }
}
