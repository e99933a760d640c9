internal import GitModel
internal import Policy

/// Why nothing could be imported.
public struct ImportFault: Error, Hashable, Sendable {
  /// What is wrong, with the file and, where there is one, line and column.
  public let message: String
  /// What to do about it.
  public let hints: [String]

  init(_ message: String, hints: [String] = []) {
    self.message = message.fitForTerminal
    self.hints = hints.map(\.fitForTerminal)
  }

  /// The first of `problems`, in `file`.
  init(file: String, _ problems: ProblemList) {
    let first = problems.problems.first
    let place = first.map { ":\($0.position.line):\($0.position.column)" } ?? ""
    self.init(
      "\(file)\(place): \(first?.text ?? "cannot be read")",
      hints: first?.hint.map { [$0] } ?? [])
  }
}

extension String {
  /// The text with everything escaped that a terminal would act on, and cut when it is long.
  var fitForTerminal: String {
    let bytes = Bytes(utf8)
    return bytes.count <= 600 ? bytes.printable : bytes.prefix(600).printable + "..."
  }

  /// A piece of an imported file in backquotes, cut to what one line can show.
  var shown: String { "`\(printableText)`" }
}
