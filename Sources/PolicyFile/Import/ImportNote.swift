internal import GitModel
internal import Policy

/// Something of an imported file that is not in the policy, or not as it was there: where it stands,
/// what it is, why it is not carried, and what a person could do instead. Fit for a terminal.
public struct ImportNote: Hashable, Sendable {
  /// The file's name.
  public let file: String
  /// The line in it, from 1.
  public let line: Int
  /// What stands there.
  public let what: String
  /// Why the policy does not say it.
  public let why: String
  /// What a person could do instead, where there is something.
  public let instead: String?

  init(file: String, line: Int, what: String, why: String, instead: String?) {
    (self.file, self.line) = (Bytes(file.utf8).printable, line)
    (self.what, self.why) = (what.fitForTerminal, why.fitForTerminal)
    self.instead = instead?.fitForTerminal
  }

  /// The whole as one line: `file:line: what: why; what to do`.
  public var text: String {
    "\(file):\(line): \(what): \(why)\(instead.map { "; \($0)" } ?? "")"
  }
}

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
