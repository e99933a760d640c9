import Glibc
import Synchronization

/// A line on standard error that says how far a long command is; only on a terminal.
enum Progress {
  private static let isShown = isatty(STDERR_FILENO) == 1
  private static let shown = Mutex(0)

  /// Tells how many past updates are judged.
  static let replay: @Sendable (Int) -> Void = { count in
    guard isShown else { return }
    shown.withLock { last in
      guard count > last else { return }
      last = count
      Console.diagnoseInPlace("replaying: \(count) updates")
    }
  }

  /// Takes the line away.
  static func end() {
    guard isShown else { return }
    Console.diagnoseInPlace("")
  }
}
