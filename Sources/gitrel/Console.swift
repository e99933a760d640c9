import Glibc

/// The streams of the process. Nothing else prints.
///
/// Text given here is fit for a terminal already; bytes from a repository go through `printable` first.
enum Console {
  /// A line of the report, on standard output.
  static func report(_ line: String = "") { write(line + "\n", to: STDOUT_FILENO) }

  /// Bytes that are meant for a file or another program, on standard output.
  static func write(_ bytes: [UInt8]) {
    write(String(decoding: bytes, as: UTF8.self), to: STDOUT_FILENO)
  }

  /// A line of diagnosis, on standard error.
  static func diagnose(_ line: String = "") { write(line + "\n", to: STDERR_FILENO) }

  /// A line of diagnosis that takes the place of the one before it. (`ESC [ K` clears the rest of it.)
  static func diagnoseInPlace(_ line: String) { write("\r\(line)\u{1B}[K", to: STDERR_FILENO) }

  /// `error:` and `hint:` lines in git's voice.
  static func fail(_ failure: Failure) { for line in failure.lines { diagnose(line) } }

  /// Whether standard output is a terminal.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// How wide a line of the report may be: as wide as the terminal, and 80 columns where there is none.
  static var width: Int {
    var size = winsize()
    guard isTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 80
    }
    return max(40, Int(size.ws_col))
  }

  /// Whether somebody sits there who can be asked.
  static var canAsk: Bool { isatty(STDIN_FILENO) == 1 }

  /// Asks a question that is answered with `y` or anything else.
  static func ask(_ question: String) -> Bool {
    write("\(question) [y/N] ", to: STDERR_FILENO)
    let answer = (readLine() ?? "").lowercased()
    return answer == "y" || answer == "yes"
  }

  /// Everything on standard input, up to `limit` bytes; nil when there is more.
  static func input(limit: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? bytes : nil }
      bytes += chunk.prefix(count)
      if bytes.count > limit {
        // Drained to the end all the same, so that the writer never meets a closed pipe.
        while read(STDIN_FILENO, &chunk, chunk.count) > 0 {}
        return nil
      }
    }
  }

  private static func write(_ text: String, to file: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      // Nobody reads any more (SIGPIPE is ignored): the verdict and the log do not depend on it.
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }
}
