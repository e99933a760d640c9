import FoundationEssentials
import GitModel
import Glibc

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
    // `2026-11-20T16:45Z` is what people type; the parser wants the seconds.
    let time = Array(text)
    let full =
      time.count > 16 && time[13] == ":" && time[16] != ":"
      ? String(time[..<16]) + ":00" + String(time[16...]) : text
    if let date = try? Date(full, strategy: .iso8601) {
      return Instant(seconds: Int64(date.timeIntervalSince1970.rounded(.down)))
    }
    throw Failure(
      "`\(Bytes(text.utf8).printable)` is no moment",
      hints: ["write it with its zone: 2026-11-20T16:45:00Z or 2026-11-20T16:45+01:00"],
      status: .usage)
  }
}
