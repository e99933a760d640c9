import Foundation
import GitModel

/// The clock, and moments that somebody types.
enum Moment {
  /// Now, by the machine's real-time clock. Nothing but the machine's clock moves this.
  static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(seconds: Int64(time.tv_sec))
  }

  /// A moment as RFC 3339 writes it, with a zone; seconds may be left out.
  static func parse(_ text: String) throws -> Instant {
    for format in ["yyyy-MM-dd'T'HH:mm:ssXXXXX", "yyyy-MM-dd'T'HH:mmXXXXX"] {
      let formatter = DateFormatter()
      formatter.locale = Locale(identifier: "en_US_POSIX")
      formatter.timeZone = TimeZone(secondsFromGMT: 0)
      formatter.isLenient = false
      formatter.dateFormat = format
      if let date = formatter.date(from: text) {
        return Instant(seconds: Int64(date.timeIntervalSince1970.rounded(.down)))
      }
    }
    throw Failure(
      "`\(Bytes(text.utf8).printable)` is no moment",
      hints: ["write it with its zone: 2026-11-20T16:45:00Z or 2026-11-20T16:45+01:00"],
      status: .usage)
  }
}
