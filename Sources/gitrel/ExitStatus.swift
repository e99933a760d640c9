/// How gitrel ends. Every status but the first refuses a push, so "could not decide" fails closed.
enum ExitStatus: Int32 {
  /// Accepted, or done.
  case accepted = 0
  /// Refused by a rule.
  case refused = 1
  /// Could not decide, or could not do what was asked: policy, repository, evidence, environment.
  case undecided = 2
  /// The command line was not understood (EX_USAGE of sysexits.h).
  case usage = 64
}

/// Ends the command with a status and a sentence on standard error.
struct Failure: Error {
  /// How to end.
  let status: ExitStatus
  /// What went wrong: what, where. No capital, no full stop, as git says it.
  let message: String
  /// What to do about it.
  let hints: [String]

  /// What is told.
  var lines: [String] {
    let all = ["gitrel: error: \(message)"] + hints.map { "gitrel: hint: \($0)" }
    // Some messages have lines of their own: the problems of a policy file.
    return all.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
      .map { String($0) }
  }

  init(_ message: String, hints: [String] = [], status: ExitStatus = .undecided) {
    (self.status, self.message, self.hints) = (status, message, hints)
  }
}
