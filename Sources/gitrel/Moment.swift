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

  /// The start of what is looked back at: a day (midnight UTC), a moment, or a span before now.
  static func since(_ text: String) throws -> Instant {
    if let span = TimeSpan(text) { return span.before(now()) }
    if let day = Instant(utcText: Bytes("\(text)T00:00:00Z".utf8)) { return day }
    do { return try parse(text) } catch {
      throw Failure(
        "`\(Bytes(text.utf8).printable)` is no date and no span of time",
        hints: ["write 2025-11-20, 2025-11-20T16:45Z, 90d, 12w, '6 months ago' or '1 year'"],
        status: .usage)
    }
  }

  /// A length of time as a policy writes it: `30m`, `8h`, `2d`; in seconds.
  static func seconds(_ text: String) throws -> Int64 {
    let units: [Character: Int64] = ["m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last, let length = units[unit], text.utf8.count <= 6,
      let count = Int64(text.dropLast()), count > 0
    else {
      throw Failure(
        "`\(Bytes(text.utf8).printable)` is no length of time", hints: ["write 30m, 8h or 2d"],
        status: .usage)
    }
    return count * length
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
